//! CompleteMultipartUpload. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html>

use bytes::Bytes;
use http::header::{CONTENT_TYPE, IF_NONE_MATCH};
use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::operation::{plain_request, set_header};
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing, xml};

/// Puts the parts together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompleteMultipartUpload {
    /// Object key.
    pub key: String,
    /// Multipart upload id.
    pub upload_id: String,
    /// Part numbers and ETags (without quotes), ascending.
    pub parts: Vec<(u16, String)>,
    /// Refuse if an object with this key exists, where the storage honours it.
    pub if_none_match: bool,
}

#[derive(Serialize)]
#[serde(rename = "CompleteMultipartUpload")]
struct Body<'a> {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    #[serde(rename = "Part")]
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    #[serde(rename = "PartNumber")]
    number: u16,
    #[serde(rename = "ETag")]
    etag: std::borrow::Cow<'a, str>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "ETag", default)]
    etag: String,
}

impl Operation for CompleteMultipartUpload {
    /// The object's ETag, without quotes; `None` where the storage sends an empty one (Ceph).
    type Output = Option<String>;

    const NAME: &'static str = "CompleteMultipartUpload";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        if self.parts.is_empty() || !self.parts.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(RequestError::Parts);
        }
        let uri = bucket.object_query(&self.key, &[("uploadId", Some(&self.upload_id))])?;
        let mut request = plain_request(Method::POST, uri);
        set_header(&mut request, CONTENT_TYPE.as_str(), "application/xml")?;
        if self.if_none_match {
            set_header(&mut request, IF_NONE_MATCH.as_str(), "*")?;
        }
        let parts = self.parts.iter().map(|(number, etag)| Part {
            number: *number,
            etag: format!("\"{etag}\"").into(),
        });
        let body = Body {
            namespace: "http://s3.amazonaws.com/doc/2006-03-01/",
            parts: parts.collect(),
        };
        let text = quick_xml::se::to_string(&body).map_err(|_| RequestError::Parts)?;
        *request.body_mut() = text.into();
        Ok(request)
    }

    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Hashed)
    }

    /// A 200 may carry an error: S3 answers before it knows.
    fn output(&self, response: &Response<Bytes>) -> Result<Option<String>, S3Error> {
        let answer: Answer = xml::document(response, "CompleteMultipartUploadResult")?;
        Ok(Some(xml::unquoted(&answer.etag)).filter(|etag| !etag.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{AddressingStyle, ErrorKind};

    fn complete(parts: &[(u16, &str)]) -> CompleteMultipartUpload {
        let parts = parts
            .iter()
            .map(|(number, etag)| (*number, (*etag).to_owned()))
            .collect();
        CompleteMultipartUpload {
            key: "k".into(),
            upload_id: "x".into(),
            parts,
            if_none_match: true,
        }
    }

    #[test]
    fn the_body_lists_the_parts() {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let request = complete(&[(1, "a"), (2, "b&")]).request(&bucket).expect("a request");
        let body = std::str::from_utf8(request.body()).expect("text");
        assert!(body.contains("<Part><PartNumber>1</PartNumber><ETag>"), "{body}");
        assert!(body.contains("b&amp;") && body.matches("<Part>").count() == 2, "{body}");
        assert_eq!(request.headers()["if-none-match"], "*");
        for parts in [&[][..], &[(2, "b"), (1, "a")], &[(1, "a"), (1, "a")]] {
            assert_eq!(complete(parts).request(&bucket).err(), Some(RequestError::Parts));
        }
    }

    #[test]
    fn an_error_inside_a_200_and_an_empty_etag_are_told_apart() {
        let answer = |body: &str| complete(&[(1, "a")]).output(&Response::new(Bytes::copy_from_slice(body.as_bytes())));
        let error =
            answer("<?xml version=\"1.0\"?>\n\n<Error><Code>InternalError</Code></Error>").expect_err("an error");
        assert_eq!(error.kind(), ErrorKind::Server);
        let result = |etag: &str| format!("<CompleteMultipartUploadResult>{etag}</CompleteMultipartUploadResult>");
        assert_eq!(answer(&result("<ETag>\"abc-2\"</ETag>")), Ok(Some("abc-2".to_owned())));
        assert_eq!(answer(&result("<ETag></ETag>")), Ok(None));
        assert_eq!(answer(&result("<Bucket>b</Bucket>")), Ok(None));
    }
}
