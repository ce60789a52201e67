//! GetBucketEncryption. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketEncryption.html>

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;

use super::operation::plain_request;
use super::{Bucket, Operation, RequestError, S3Error, Signing, xml};

/// Reads what the bucket does to new objects that ask for nothing. Says nothing about objects that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetBucketEncryption;

/// A bucket's default encryption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DefaultEncryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// Key id or ARN, with a KMS.
    pub key_id: Option<String>,
    /// Whether S3 uses a bucket key, which saves requests to the KMS.
    pub bucket_key: bool,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "Rule", default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(rename = "ApplyServerSideEncryptionByDefault")]
    by_default: Option<ByDefault>,
    #[serde(rename = "BucketKeyEnabled", default)]
    bucket_key: bool,
}

#[derive(Deserialize)]
struct ByDefault {
    #[serde(rename = "SSEAlgorithm")]
    algorithm: String,
    #[serde(rename = "KMSMasterKeyID", default)]
    key_id: Option<String>,
}

impl Operation for GetBucketEncryption {
    /// `None`: the bucket has no default encryption.
    type Output = Option<DefaultEncryption>;

    const NAME: &'static str = "GetBucketEncryption";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let uri = bucket.bucket_query(&[("encryption", None)])?;
        Ok(plain_request(Method::GET, uri))
    }

    fn signing(&self) -> Signing {
        Signing::Query
    }

    fn output(&self, response: &Response<Bytes>) -> Result<Option<DefaultEncryption>, S3Error> {
        // Ceph 16.2 does not know `?encryption` and answers with the bucket's listing: the root decides.
        let answer: Result<Answer, S3Error> = xml::document(response, "ServerSideEncryptionConfiguration");
        match answer {
            Ok(answer) => Ok(answer.rules.into_iter().find_map(|rule| {
                let by_default = rule.by_default?;
                Some(DefaultEncryption {
                    algorithm: by_default.algorithm,
                    key_id: by_default.key_id.filter(|id| !id.is_empty()),
                    bucket_key: rule.bucket_key,
                })
            })),
            Err(error) if error.code == "ServerSideEncryptionConfigurationNotFoundError" => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::ErrorKind;

    fn read(status: u16, body: &'static str) -> Result<Option<DefaultEncryption>, S3Error> {
        let response = Response::builder()
            .status(status)
            .body(Bytes::from_static(body.as_bytes()));
        GetBucketEncryption.output(&response.expect("a response"))
    }

    #[test]
    fn the_default_is_read() {
        let kms = "<ServerSideEncryptionConfiguration xmlns=\"x\"><Rule><ApplyServerSideEncryptionByDefault>\
            <SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault>\
            <BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";
        let found = read(200, kms).expect("read").expect("a default");
        assert_eq!(
            (found.algorithm.as_str(), found.key_id.as_deref(), found.bucket_key),
            ("aws:kms", Some("k"), true)
        );
    }

    #[test]
    fn no_configuration_is_an_answer() {
        let body = "<Error><Code>ServerSideEncryptionConfigurationNotFoundError</Code></Error>";
        assert_eq!(read(404, body), Ok(None));
    }

    #[test]
    fn cephs_listing_is_no_answer() {
        let body = "<ListBucketResult><Name>b</Name></ListBucketResult>";
        assert_eq!(read(200, body).expect_err("a listing").kind(), ErrorKind::Malformed);
    }

    #[test]
    fn scality_7_4_does_not_know_it() {
        let body = "<Error><Code>NotImplemented</Code></Error>";
        assert_eq!(read(501, body).expect_err("501").kind(), ErrorKind::NotImplemented);
    }
}
