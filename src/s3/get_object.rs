//! GetObject. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, IF_MATCH, RANGE};
use http::{HeaderMap, Method, Request, Response, StatusCode};

use super::head_object::visible_etag;
use super::operation::{plain_request, set_header};
use super::{Bucket, Operation, RequestError, S3Error, Signing};

/// Has the answer say so of its encoding. An object stored with `Content-Encoding: gzip` (or br, zstd) is sent with that
/// header, and a browser unpacks what comes under it, or fails to, a part of the object like the whole: what it then gives
/// are not the stored bytes. No request header can keep it from that, but S3 replaces the header on request.
const AS_STORED: (&str, Option<&str>) = ("response-content-encoding", Some("identity"));

/// An object's stored bytes, or some of them. Signed in the query: without `if_match`, no preflight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetObject {
    /// Object key.
    pub key: String,
    /// Which bytes; `None` for all.
    pub range: Option<ByteRange>,
    /// Only if the object still has this ETag (without quotes). Costs a preflight.
    pub if_match: Option<String>,
}

/// Bytes from `start` on, up to but not including `end`, or to the object's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// First byte.
    pub start: u64,
    /// The byte after the last.
    pub end: Option<u64>,
}

/// What the head of a good answer says of the bytes that follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyHead {
    /// Place of the body's first byte in the object.
    pub first: u64,
    /// Size of the whole object, where visible.
    pub total: Option<u64>,
    /// ETag without quotes, where visible.
    pub etag: Option<String>,
    /// All headers that were visible.
    pub headers: HeaderMap,
}

/// An answer that is wholly in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectBytes {
    /// What its head says.
    pub head: BodyHead,
    /// The bytes, never more than were asked for; fewer where the object ends.
    pub bytes: Bytes,
}

impl Operation for GetObject {
    type Output = ObjectBytes;

    const NAME: &'static str = "GetObject";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = plain_request(Method::GET, bucket.object_query(&self.key, &[AS_STORED])?);
        if let Some(range) = self.range {
            set_header(&mut request, RANGE.as_str(), &range.header()?)?;
        }
        if let Some(etag) = &self.if_match {
            set_header(&mut request, IF_MATCH.as_str(), &format!("\"{etag}\""))?;
        }
        Ok(request)
    }

    fn signing(&self) -> Signing {
        Signing::Query
    }

    fn output(&self, response: &Response<Bytes>) -> Result<ObjectBytes, S3Error> {
        if !response.status().is_success() {
            return Err(S3Error::from_response(response));
        }
        let head = self.body_head(response)?;
        let mut bytes = response.body().clone();
        let length = bytes.len() as u64;
        let asked = self.range.and_then(|range| range.end).map(|end| end - head.first);
        let is_part = response.status() == StatusCode::PARTIAL_CONTENT;
        let most = if is_part { asked } else { head.total };
        if most.is_some_and(|most| length > most) {
            return Err(S3Error::unpacked(response.status().as_u16()));
        }
        // A storage that ignores ranges sends everything.
        if let Some(asked) = asked.and_then(|asked| usize::try_from(asked).ok()) {
            bytes.truncate(asked);
        }
        Ok(ObjectBytes { head, bytes })
    }
}

impl GetObject {
    /// Checks the head of a *good* answer, before its body is read: for bodies that are streamed.
    ///
    /// For any other status read the body and let [`Operation::output`] say what it means.
    pub fn body_head<B>(&self, response: &Response<B>) -> Result<BodyHead, S3Error> {
        let status = response.status();
        let malformed = |detail: &str| S3Error::malformed(status.as_u16(), detail);
        let headers = response.headers();
        let text = |name: &http::HeaderName| headers.get(name)?.to_str().ok();
        let (first, total) = match (status, self.range) {
            (StatusCode::OK, range) => {
                if range.is_some_and(|range| range.start > 0) {
                    return Err(malformed("the storage ignores byte ranges"));
                }
                (0, text(&CONTENT_LENGTH).and_then(|length| length.parse().ok()))
            }
            (StatusCode::PARTIAL_CONTENT, Some(range)) => match text(&CONTENT_RANGE) {
                // CORS may hide it; the status alone then says that the range was honoured.
                None => (range.start, None),
                Some(value) => {
                    let (first, last, total) =
                        content_range(value).ok_or_else(|| malformed("unreadable Content-Range"))?;
                    if first != range.start || range.end.is_some_and(|end| last >= end) {
                        return Err(malformed("the storage sent another byte range"));
                    }
                    (first, total)
                }
            },
            (StatusCode::PARTIAL_CONTENT, None) => return Err(malformed("a part came where all was asked for")),
            _ => return Err(malformed("an answer without bytes")),
        };
        Ok(BodyHead {
            first,
            total,
            etag: visible_etag(headers),
            headers: headers.clone(),
        })
    }
}

impl ByteRange {
    /// `bytes=a-b` with both ends included, the one form of the header that needs no preflight.
    fn header(self) -> Result<String, RequestError> {
        match self.end {
            None => Ok(format!("bytes={}-", self.start)),
            Some(end) if end > self.start => Ok(format!("bytes={}-{}", self.start, end - 1)),
            Some(_) => Err(RequestError::EmptyRange),
        }
    }
}

/// `bytes 0-9/443` or `bytes 0-9/*` as first, last, and size of the whole.
fn content_range(value: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, total) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let total = match total {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last && total.is_none_or(|total| last < total)).then_some((first, last, total))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{AddressingStyle, ErrorKind};

    fn get(range: Option<(u64, Option<u64>)>) -> GetObject {
        GetObject {
            key: "k".to_owned(),
            range: range.map(|(start, end)| ByteRange { start, end }),
            if_match: None,
        }
    }

    fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response<Bytes> {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(Bytes::from_static(body.as_bytes())).expect("a response")
    }

    fn request(operation: &GetObject) -> Result<Request<Bytes>, RequestError> {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        operation.request(&bucket)
    }

    #[test]
    fn ranges_are_written_with_both_ends() {
        for (range, header) in [
            ((0, Some(10)), "bytes=0-9"),
            ((5, Some(6)), "bytes=5-5"),
            ((7, None), "bytes=7-"),
        ] {
            assert_eq!(
                request(&get(Some(range))).expect("a request").headers()["range"],
                header
            );
        }
        for range in [(0, Some(0)), (5, Some(5)), (6, Some(5))] {
            assert_eq!(request(&get(Some(range))).map(|_| ()), Err(RequestError::EmptyRange));
        }
        assert!(request(&get(None)).expect("a request").headers().is_empty());
    }

    #[test]
    fn if_match_is_quoted() {
        let operation = GetObject {
            if_match: Some("abc-2".to_owned()),
            ..get(None)
        };
        assert_eq!(
            request(&operation).expect("a request").headers()["if-match"],
            "\"abc-2\""
        );
    }

    #[test]
    fn the_whole_object_is_read() {
        let response = answer(200, &[("content-length", "5"), ("etag", "\"e\"")], "hello");
        let output = get(None).output(&response).expect("bytes");
        assert_eq!((output.head.first, output.head.total), (0, Some(5)));
        assert_eq!(output.head.etag.as_deref(), Some("e"));
        assert_eq!(output.bytes, "hello");
    }

    #[test]
    fn a_part_says_where_it_belongs() {
        let response = answer(206, &[("content-range", "bytes 2-3/5")], "ll");
        let output = get(Some((2, Some(4)))).output(&response).expect("bytes");
        assert_eq!(
            (output.head.first, output.head.total, output.bytes),
            (2, Some(5), "ll".into())
        );
        // Past the end there is less than was asked for.
        let response = answer(206, &[("content-range", "bytes 3-4/5")], "lo");
        let output = get(Some((3, Some(100)))).output(&response).expect("bytes");
        assert_eq!(output.bytes, "lo");
    }

    #[test]
    fn a_hidden_content_range_leaves_the_status_to_speak() {
        let output = get(Some((2, None))).output(&answer(206, &[], "llo")).expect("bytes");
        assert_eq!((output.head.first, output.head.total), (2, None));
    }

    #[test]
    fn a_storage_that_ignores_ranges_is_noticed() {
        let whole = answer(200, &[("content-length", "5")], "hello");
        let output = get(Some((0, Some(2)))).output(&whole).expect("the start is there");
        assert_eq!((output.head.total, output.bytes), (Some(5), "he".into()));
        let error = get(Some((2, Some(4)))).output(&whole).expect_err("wrong bytes");
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }

    #[test]
    fn the_stored_bytes_are_asked_for() {
        let uri = request(&get(None)).expect("a request").uri().to_string();
        assert_eq!(uri, "https://h/data/k?response-content-encoding=identity");
    }

    #[test]
    fn more_than_the_storage_sent_was_unpacked_on_the_way() {
        let part = answer(206, &[("content-range", "bytes 0-4/5")], "hello, all of you");
        let whole = answer(200, &[("content-length", "5")], "hello, all of you");
        let hidden = answer(206, &[], "hello, all of you");
        for (range, response) in [
            (Some((0, Some(5))), &part),
            (Some((0, Some(5))), &hidden),
            (None, &whole),
            (Some((0, Some(2))), &whole),
        ] {
            let error = get(range).output(response).expect_err("not the stored bytes");
            assert_eq!(error.kind(), ErrorKind::Unpacked);
        }
    }

    #[test]
    fn other_bytes_than_asked_for_are_refused() {
        for range in [
            "bytes 0-1/5",
            "bytes 2-4/5",
            "bytes 2-3/3",
            "bytes 3-2/5",
            "bytes */5",
            "octets 2-3/5",
        ] {
            let response = answer(206, &[("content-range", range)], "ll");
            let error = get(Some((2, Some(4)))).output(&response).expect_err(range);
            assert_eq!(error.kind(), ErrorKind::Malformed, "{range}");
        }
        let error = get(None).output(&answer(206, &[], "x")).expect_err("a part");
        assert_eq!(error.kind(), ErrorKind::Malformed);
        let error = get(None).output(&answer(204, &[], "")).expect_err("nothing");
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }

    #[test]
    fn refusals_are_refusals() {
        let body = "<Error><Code>NoSuchKey</Code></Error>";
        let error = get(None).output(&answer(404, &[], body)).expect_err("404");
        assert_eq!(error.kind(), ErrorKind::NoSuchKey);
        let error = get(Some((0, Some(1)))).output(&answer(416, &[], "")).expect_err("416");
        assert_eq!(error.kind(), ErrorKind::InvalidRange);
        let error = get(None).output(&answer(412, &[], "")).expect_err("412");
        assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
    }
}
