//! PutBucketEncryption. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html>
//!
//! There is no DeleteBucketEncryption here, on purpose: Ceph 16.2 reads `DELETE /bucket?encryption` as the order to
//! delete the bucket.

use bytes::Bytes;
use http::{Method, Request, Response};
use quick_xml::escape::escape;

use super::content_md5::set_xml;
use super::operation::plain_request;
use super::{Bucket, DefaultEncryption, Operation, Payload, RequestError, S3Error, Signing};

/// Makes the bucket encrypt new objects that ask for nothing. Objects that are there already stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutBucketEncryption(pub DefaultEncryption);

impl Operation for PutBucketEncryption {
    type Output = ();

    const NAME: &'static str = "PutBucketEncryption";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = plain_request(Method::PUT, bucket.bucket_slash_query(&[("encryption", None)])?);
        set_xml(&mut request, self.xml())?;
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

impl PutBucketEncryption {
    /// The document: exactly one rule, and no key id with `AES256` (Scality refuses both).
    fn xml(&self) -> String {
        let key = match &self.0.key_id {
            Some(id) if self.0.algorithm != "AES256" => format!("<KMSMasterKeyID>{}</KMSMasterKeyID>", escape(id)),
            _ => String::new(),
        };
        let bucket_key = if self.0.bucket_key {
            "<BucketKeyEnabled>true</BucketKeyEnabled>"
        } else {
            ""
        };
        format!(
            "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>\
             <ApplyServerSideEncryptionByDefault><SSEAlgorithm>{}</SSEAlgorithm>{key}\
             </ApplyServerSideEncryptionByDefault>{bucket_key}</Rule></ServerSideEncryptionConfiguration>",
            escape(&self.0.algorithm)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{AddressingStyle, GetBucketEncryption};

    #[test]
    fn what_is_written_is_read_back_and_carries_its_md5() {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let default = DefaultEncryption {
            algorithm: "aws:kms".into(),
            key_id: Some("a<b".into()),
            bucket_key: true,
        };
        let request = PutBucketEncryption(default.clone())
            .request(&bucket)
            .expect("a request");
        assert_eq!(request.uri(), "https://h/data/?encryption");
        assert!(request.headers().contains_key("content-md5"));
        let answer = Response::new(request.body().clone());
        assert_eq!(GetBucketEncryption.output(&answer), Ok(Some(default)));
    }

    #[test]
    fn aes256_never_has_a_key_id() {
        let default = DefaultEncryption {
            algorithm: "AES256".into(),
            key_id: Some("k".into()),
            bucket_key: false,
        };
        assert!(!PutBucketEncryption(default).xml().contains("KMSMasterKeyID"));
    }
}
