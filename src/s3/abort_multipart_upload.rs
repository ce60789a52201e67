//! AbortMultipartUpload. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html>

use bytes::Bytes;
use http::{Method, Request, Response};

use super::operation::plain_request;
use super::{Bucket, ErrorKind, Operation, Payload, RequestError, S3Error, Signing};

/// Removes a multipart upload and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbortMultipartUpload {
    /// Object key.
    pub key: String,
    /// Multipart upload id.
    pub upload_id: String,
}

impl Operation for AbortMultipartUpload {
    type Output = ();

    const NAME: &'static str = "AbortMultipartUpload";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let query = [("uploadId", Some(self.upload_id.as_str()))];
        Ok(plain_request(Method::DELETE, bucket.object_query(&self.key, &query)?))
    }

    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Hashed)
    }

    /// An upload that is gone already is what was wanted.
    fn output(&self, response: &Response<Bytes>) -> Result<(), S3Error> {
        if response.status().is_success() {
            return Ok(());
        }
        let error = S3Error::from_response(response);
        if error.kind() == ErrorKind::NoSuchUpload {
            Ok(())
        } else {
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gone_already_is_fine_and_a_refusal_is_not() {
        let abort = AbortMultipartUpload {
            key: "k".into(),
            upload_id: "x".into(),
        };
        let answer = |status, body: &'static str| {
            abort.output(
                &Response::builder()
                    .status(status)
                    .body(Bytes::from_static(body.as_bytes()))
                    .expect("a response"),
            )
        };
        assert_eq!(answer(204, ""), Ok(()));
        assert_eq!(answer(404, "<Error><Code>NoSuchUpload</Code></Error>"), Ok(()));
        assert!(answer(403, "<Error><Code>AccessDenied</Code></Error>").is_err());
    }
}
