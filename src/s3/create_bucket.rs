//! CreateBucket. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>

use bytes::Bytes;
use http::{Method, Request, Response};
use quick_xml::escape::escape;

use super::content_md5::set_xml;
use super::operation::{plain_request, set_header};
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing};

/// Scality's header, the whole of what `create-encrypted-bucket` does: it must be signed, and a value it does not know
/// makes a plain bucket without a word. <https://github.com/scality/cloudserver> `lib/kms/utilities.js`
pub const SCALITY_HEADER: &str = "x-amz-scal-server-side-encryption";

/// Makes a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateBucket {
    /// Where; `None` for `us-east-1` and for storages with one place only.
    pub location: Option<String>,
    /// Ask Scality for SSE with this algorithm, at creation, the only moment when 7.4 takes it.
    pub scality_algorithm: Option<String>,
}

impl Operation for CreateBucket {
    type Output = ();

    const NAME: &'static str = "CreateBucket";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = plain_request(Method::PUT, bucket.bucket_slash_query(&[])?);
        if let Some(algorithm) = &self.scality_algorithm {
            set_header(&mut request, SCALITY_HEADER, algorithm)?;
        }
        if let Some(location) = &self.location {
            let xml = format!(
                "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>{}\
                 </LocationConstraint></CreateBucketConfiguration>",
                escape(location)
            );
            set_xml(&mut request, xml)?;
        }
        Ok(request)
    }

    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Hashed)
    }

    fn output(&self, response: &Response<Bytes>) -> Result<(), S3Error> {
        if response.status().is_success() {
            Ok(())
        } else {
            Err(S3Error::from_response(response))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::s3::{AddressingStyle, Credentials};

    fn signed(operation: &CreateBucket) -> Request<Bytes> {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let credentials = Credentials {
            access_key_id: "AKID".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: None,
        };
        let time = UNIX_EPOCH + Duration::from_secs(1_369_353_600);
        operation.signed(&bucket, &credentials, time).expect("signed")
    }

    /// The headers as `create-encrypted-bucket` sent them to Scality 7.4.9.3; unsigned, the header is answered by 403.
    #[test]
    fn scalitys_header_is_signed() {
        let request = signed(&CreateBucket {
            location: None,
            scality_algorithm: Some("AES256".into()),
        });
        assert_eq!((request.method(), request.uri().path()), (&Method::PUT, "/data/"));
        assert_eq!(request.headers()[SCALITY_HEADER], "AES256");
        let authorization = request.headers()["authorization"].to_str().expect("ASCII");
        assert!(
            authorization
                .contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-scal-server-side-encryption,")
        );
        assert!(request.body().is_empty());
    }

    #[test]
    fn a_location_goes_into_the_body() {
        let request = signed(&CreateBucket {
            location: Some("eu-west-1".into()),
            scality_algorithm: None,
        });
        let body = String::from_utf8(request.body().to_vec()).expect("text");
        assert!(body.contains("<LocationConstraint>eu-west-1</LocationConstraint>"));
        assert!(!request.headers().contains_key(SCALITY_HEADER));
    }
}
