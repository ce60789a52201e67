//! CreateMultipartUpload. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html>

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response};
use serde::Deserialize;

use super::operation::{plain_request, set_header, set_metadata};
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing, xml};

/// Starts a multipart upload. Its parts cost money until it is completed or aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateMultipartUpload {
    /// Object key.
    pub key: String,
    /// Media type of the object.
    pub content_type: String,
    /// User metadata, names without `x-amz-meta-`.
    pub metadata: Vec<(String, String)>,
    /// Other headers that the object is to be given out with, such as Cache-Control.
    pub given_with: Vec<(&'static str, String)>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "UploadId")]
    upload_id: String,
}

impl Operation for CreateMultipartUpload {
    /// The upload id.
    type Output = String;

    const NAME: &'static str = "CreateMultipartUpload";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = plain_request(Method::POST, bucket.object_query(&self.key, &[("uploads", None)])?);
        set_header(&mut request, CONTENT_TYPE.as_str(), &self.content_type)?;
        set_metadata(&mut request, &self.metadata)?;
        for (name, value) in &self.given_with {
            set_header(&mut request, name, value)?;
        }
        Ok(request)
    }

    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Hashed)
    }

    fn output(&self, response: &Response<Bytes>) -> Result<String, S3Error> {
        let answer: Answer = xml::document(response, "InitiateMultipartUploadResult")?;
        if answer.upload_id.is_empty() {
            return Err(S3Error::malformed(
                response.status().as_u16(),
                "the answer has no upload id",
            ));
        }
        Ok(answer.upload_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::AddressingStyle;

    #[test]
    fn the_upload_id_is_read() {
        let operation = CreateMultipartUpload {
            key: "a".into(),
            content_type: "text/plain".into(),
            metadata: Vec::new(),
            given_with: vec![("cache-control", "no-cache".into())],
        };
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let request = operation.request(&bucket).expect("a request");
        assert_eq!(
            request.uri().to_string().trim_end_matches('='),
            "https://h/data/a?uploads"
        );
        assert_eq!(request.headers()["cache-control"], "no-cache");
        let answer = |body: &str| operation.output(&Response::new(Bytes::copy_from_slice(body.as_bytes())));
        let id = |id: &str| {
            format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>")
        };
        assert_eq!(answer(&id("x-1")), Ok("x-1".to_owned()));
        assert!(answer(&id("")).is_err());
    }
}
