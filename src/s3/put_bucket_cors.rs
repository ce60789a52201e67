//! PutBucketCors. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html>

use bytes::Bytes;
use http::{Method, Request, Response};

use super::content_md5::set_xml;
use super::cors_rules::cors_xml;
use super::operation::plain_request;
use super::{Bucket, CorsRule, Operation, Payload, RequestError, S3Error, Signing};

/// Replaces all CORS rules of the bucket: send the existing ones along (see [`super::merge_rule`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutBucketCors(pub Vec<CorsRule>);

impl Operation for PutBucketCors {
    type Output = ();

    const NAME: &'static str = "PutBucketCors";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = plain_request(Method::PUT, bucket.bucket_slash_query(&[("cors", None)])?);
        set_xml(&mut request, cors_xml(&self.0))?;
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
    use super::*;
    use crate::s3::{AddressingStyle, GetBucketCors, recommended_rule};

    #[test]
    fn what_is_written_is_read_back_and_carries_its_md5() {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let mut rule = recommended_rule("https://a&b");
        rule.id = Some("mine".into());
        let request = PutBucketCors(vec![rule.clone()]).request(&bucket).expect("a request");
        assert_eq!(request.uri(), "https://h/data/?cors");
        assert!(request.headers().contains_key("content-md5"));
        let read = GetBucketCors.output(&Response::new(request.body().clone()));
        assert_eq!(read, Ok(vec![rule]));
    }
}
