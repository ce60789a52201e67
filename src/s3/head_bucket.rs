//! HeadBucket. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>

use bytes::Bytes;
use http::{Method, Request, Response};

use super::head_object::header_text;
use super::operation::plain_request;
use super::{Bucket, Operation, RequestError, S3Error, Signing};

/// Asks whether the bucket is there and may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadBucket;

impl Operation for HeadBucket {
    /// The bucket's region, where the storage says it and CORS shows it.
    type Output = Option<String>;

    const NAME: &'static str = "HeadBucket";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        Ok(plain_request(Method::HEAD, bucket.bucket_uri()))
    }

    fn signing(&self) -> Signing {
        Signing::Query
    }

    fn output(&self, response: &Response<Bytes>) -> Result<Option<String>, S3Error> {
        if !response.status().is_success() {
            return Err(S3Error::from_head(response, "NoSuchBucket"));
        }
        Ok(header_text(response.headers(), "x-amz-bucket-region"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::ErrorKind;

    #[test]
    fn the_status_alone_tells_what_is_wrong() {
        let answer = |status| {
            HeadBucket.output(
                &Response::builder()
                    .status(status)
                    .body(Bytes::new())
                    .expect("a response"),
            )
        };
        assert_eq!(answer(200), Ok(None));
        assert_eq!(answer(404).expect_err("404").kind(), ErrorKind::NoSuchBucket);
        assert_eq!(answer(403).expect_err("403").kind(), ErrorKind::AccessDenied);
    }
}
