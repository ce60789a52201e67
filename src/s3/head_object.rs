//! HeadObject. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, Method, Request, Response};

use super::operation::plain_request;
use super::{Bucket, Operation, RequestError, S3Error, Signing, xml};

/// What the storage knows of an object. Signed in the query, so no preflight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadObject {
    /// Object key.
    pub key: String,
}

/// What a browser could see of it. A header that is missing here may only be hidden by CORS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectHead {
    /// Stored size in bytes. CORS never hides it.
    pub size: u64,
    /// ETag without quotes.
    pub etag: Option<String>,
    /// HTTP date of the last change.
    pub last_modified: Option<String>,
    /// Media type.
    pub content_type: Option<String>,
    /// Version id, where the bucket has versions.
    pub version_id: Option<String>,
    /// `algorithm:value` of the `x-amz-checksum-…` headers, sorted.
    pub checksums: Vec<String>,
    /// User metadata without the `x-amz-meta-` prefix, sorted.
    pub metadata: Vec<(String, String)>,
    /// All headers that were visible: [`super::sse::judge`] needs them.
    pub headers: HeaderMap,
}

impl Operation for HeadObject {
    type Output = ObjectHead;

    const NAME: &'static str = "HeadObject";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        Ok(plain_request(Method::HEAD, bucket.object_uri(&self.key)?))
    }

    fn signing(&self) -> Signing {
        Signing::Query
    }

    fn output(&self, response: &Response<Bytes>) -> Result<ObjectHead, S3Error> {
        if !response.status().is_success() {
            return Err(S3Error::from_head(response, "NoSuchKey"));
        }
        ObjectHead::from_headers(response.headers())
            .ok_or_else(|| S3Error::malformed(response.status().as_u16(), "the answer has no Content-Length"))
    }
}

impl ObjectHead {
    /// Reads the headers of a HEAD; `None` without a size.
    fn from_headers(headers: &HeaderMap) -> Option<ObjectHead> {
        let text = |name: &http::HeaderName| header_text(headers, name.as_str());
        let mut checksums = Vec::new();
        let mut metadata = Vec::new();
        for (name, value) in headers {
            // The kind of the checksum, full object or composite, is no checksum.
            if let Some(algorithm) = name
                .as_str()
                .strip_prefix("x-amz-checksum-")
                .filter(|name| *name != "type")
            {
                checksums.push(format!("{algorithm}:{}", String::from_utf8_lossy(value.as_bytes())));
            }
            if let Some(name) = name.as_str().strip_prefix("x-amz-meta-") {
                metadata.push((name.to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
            }
        }
        checksums.sort();
        metadata.sort();
        Some(ObjectHead {
            size: text(&CONTENT_LENGTH)?.parse().ok()?,
            etag: visible_etag(headers),
            last_modified: text(&LAST_MODIFIED),
            content_type: text(&CONTENT_TYPE),
            version_id: header_text(headers, "x-amz-version-id"),
            checksums,
            metadata,
            headers: headers.clone(),
        })
    }
}

/// A header, if it is there and not empty.
pub(super) fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// The ETag without quotes, if CORS shows it.
pub(super) fn visible_etag(headers: &HeaderMap) -> Option<String> {
    header_text(headers, ETAG.as_str())
        .map(|etag| xml::unquoted(&etag))
        .filter(|etag| !etag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{AddressingStyle, ErrorKind};

    fn head(status: u16, headers: &[(&str, &str)]) -> Result<ObjectHead, S3Error> {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let operation = HeadObject { key: "k".to_owned() };
        operation.output(&response.body(Bytes::new()).expect("a response"))
    }

    #[test]
    fn the_request_has_no_header_and_so_needs_no_preflight() {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let operation = HeadObject { key: "a b".to_owned() };
        let request = operation.request(&bucket).expect("a request");
        assert_eq!(request.method(), Method::HEAD);
        assert_eq!(request.uri(), "https://h/data/a%20b");
        assert!(request.headers().is_empty());
        assert_eq!(operation.signing(), Signing::Query);
    }

    #[test]
    fn what_is_visible_is_read() {
        let head = head(
            200,
            &[
                ("content-length", "434234"),
                ("etag", "\"1b2cf535f27731c974343645a3985328\""),
                ("last-modified", "Sun, 1 Jan 2006 12:00:00 GMT"),
                ("content-type", "text/plain"),
                ("x-amz-version-id", "3HL4kqCxf3vjVBH40Nrjfkd"),
                ("x-amz-checksum-sha256", "aGVsbG8="),
                ("x-amz-checksum-crc32", "AAAAAA=="),
                ("x-amz-checksum-type", "FULL_OBJECT"),
                ("x-amz-meta-owner", "ada"),
                ("x-amz-meta-colour", "blue"),
                ("x-amz-server-side-encryption", "AES256"),
            ],
        )
        .expect("a head");
        assert_eq!(head.size, 434_234);
        assert_eq!(head.etag.as_deref(), Some("1b2cf535f27731c974343645a3985328"));
        assert_eq!(head.last_modified.as_deref(), Some("Sun, 1 Jan 2006 12:00:00 GMT"));
        assert_eq!(head.content_type.as_deref(), Some("text/plain"));
        assert_eq!(head.version_id.as_deref(), Some("3HL4kqCxf3vjVBH40Nrjfkd"));
        assert_eq!(head.checksums, ["crc32:AAAAAA==", "sha256:aGVsbG8="]);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(head.metadata, [pair("colour", "blue"), pair("owner", "ada")]);
        assert_eq!(head.headers["x-amz-server-side-encryption"], "AES256");
    }

    #[test]
    fn what_cors_hides_is_not_there() {
        let head = head(200, &[("content-length", "0")]).expect("a head");
        assert_eq!((head.size, head.etag, head.version_id), (0, None, None));
    }

    #[test]
    fn a_size_is_needed() {
        for headers in [&[][..], &[("content-length", "many")]] {
            assert_eq!(head(200, headers).expect_err("no size").kind(), ErrorKind::Malformed);
        }
    }

    #[test]
    fn refusals_have_no_body_but_a_meaning() {
        assert_eq!(head(404, &[]).expect_err("404").kind(), ErrorKind::NoSuchKey);
        assert_eq!(head(403, &[]).expect_err("403").kind(), ErrorKind::AccessDenied);
        assert_eq!(head(503, &[]).expect_err("503").kind(), ErrorKind::Throttled);
    }
}
