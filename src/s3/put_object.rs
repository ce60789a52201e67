//! PutObject. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>

use bytes::Bytes;
use http::header::{CONTENT_TYPE, IF_NONE_MATCH};
use http::{Method, Request, Response};

use super::head_object::{header_text, visible_etag};
use super::operation::{plain_request, set_header, set_metadata};
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing};

/// An object in one request, at most 5 GiB.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutObject {
    /// Object key.
    pub key: String,
    /// Media type. Always sent: browsers add one of their own otherwise, after the signature.
    pub content_type: String,
    /// User metadata, visible ASCII, without the `x-amz-meta-` prefix.
    pub metadata: Vec<(String, String)>,
    /// Only if there is no such object yet. Not every storage honours it.
    pub if_none_match: bool,
    /// The bytes.
    pub body: PutBody,
}

/// Where the bytes of an upload are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutBody {
    /// Here, few of them; their hash is signed.
    Inline(Bytes),
    /// With the browser, which adds them to the request (whose body is empty) and counts them; not signed.
    Elsewhere,
}

/// What a good answer says of a new object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// ETag without quotes, where visible.
    pub etag: Option<String>,
    /// Version id, where the bucket has versions and CORS shows it.
    pub version_id: Option<String>,
}

impl Operation for PutObject {
    type Output = Written;

    const NAME: &'static str = "PutObject";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = plain_request(Method::PUT, bucket.object_uri(&self.key)?);
        set_header(&mut request, CONTENT_TYPE.as_str(), &self.content_type)?;
        set_metadata(&mut request, &self.metadata)?;
        if self.if_none_match {
            set_header(&mut request, IF_NONE_MATCH.as_str(), "*")?;
        }
        if let PutBody::Inline(bytes) = &self.body {
            *request.body_mut() = bytes.clone();
        }
        Ok(request)
    }

    fn signing(&self) -> Signing {
        Signing::Headers(match self.body {
            PutBody::Inline(_) => Payload::Hashed,
            PutBody::Elsewhere => Payload::Unsigned,
        })
    }

    fn output(&self, response: &Response<Bytes>) -> Result<Written, S3Error> {
        if !response.status().is_success() {
            return Err(S3Error::from_response(response));
        }
        Ok(Written {
            etag: visible_etag(response.headers()),
            version_id: header_text(response.headers(), "x-amz-version-id"),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::s3::{AddressingStyle, Credentials, ErrorKind};

    fn put(body: PutBody) -> PutObject {
        PutObject {
            key: "k".to_owned(),
            content_type: "application/octet-stream".to_owned(),
            metadata: vec![("Owner".to_owned(), "ada".to_owned())],
            if_none_match: true,
            body,
        }
    }

    fn bucket() -> Bucket {
        Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket")
    }

    fn signed(operation: &PutObject) -> Request<Bytes> {
        let credentials = Credentials {
            access_key_id: "AKID".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: None,
        };
        let time = UNIX_EPOCH + Duration::from_secs(1_369_353_600);
        operation.signed(&bucket(), &credentials, time).expect("signed")
    }

    #[test]
    fn every_header_is_signed() {
        let request = signed(&put(PutBody::Elsewhere));
        assert_eq!(request.method(), Method::PUT);
        assert_eq!(request.headers()["content-type"], "application/octet-stream");
        assert_eq!(request.headers()["if-none-match"], "*");
        assert_eq!(request.headers()["x-amz-meta-owner"], "ada");
        assert_eq!(request.headers()["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
        let authorization = request.headers()["authorization"].to_str().expect("ASCII");
        assert!(authorization.contains(
            "SignedHeaders=content-type;host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-meta-owner,"
        ));
        assert!(request.body().is_empty());
    }

    #[test]
    fn an_inline_body_is_hashed() {
        let request = signed(&put(PutBody::Inline(Bytes::from_static(b"Welcome to Amazon S3."))));
        assert_eq!(request.body(), "Welcome to Amazon S3.");
        assert_eq!(
            request.headers()["x-amz-content-sha256"],
            "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
        );
    }

    #[test]
    fn metadata_that_is_no_header_is_refused() {
        for (name, value) in [("a b", "c"), ("a", "日本"), ("a", "b\r\nc: d"), ("", "\u{7f}")] {
            let operation = PutObject {
                metadata: vec![(name.to_owned(), value.to_owned())],
                ..put(PutBody::Elsewhere)
            };
            assert!(matches!(operation.request(&bucket()), Err(RequestError::Header(_))));
        }
    }

    #[test]
    fn the_answer_is_read() {
        let operation = put(PutBody::Elsewhere);
        let response = Response::builder()
            .header("etag", "\"e\"")
            .header("x-amz-version-id", "v")
            .body(Bytes::new())
            .expect("a response");
        let written = operation.output(&response).expect("written");
        assert_eq!(
            (written.etag.as_deref(), written.version_id.as_deref()),
            (Some("e"), Some("v"))
        );
        let hidden = operation.output(&Response::new(Bytes::new())).expect("written");
        assert_eq!(hidden, Written::default());
        let exists = Response::builder().status(412).body(Bytes::new()).expect("a response");
        assert_eq!(
            operation.output(&exists).expect_err("412").kind(),
            ErrorKind::PreconditionFailed
        );
    }
}
