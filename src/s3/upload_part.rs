//! UploadPart. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html>

use bytes::Bytes;
use http::{Method, Request, Response};

use super::head_object::visible_etag;
use super::operation::plain_request;
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing};

/// Sends one part. Its body lies in the browser's memory, so the request value has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadPart {
    /// Object key.
    pub key: String,
    /// Multipart upload id.
    pub upload_id: String,
    /// 1 to 10000.
    pub part_number: u16,
}

impl Operation for UploadPart {
    /// The part's ETag, without quotes; `None` where CORS hides it (ListParts has it).
    type Output = Option<String>;

    const NAME: &'static str = "UploadPart";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        if !(1..=10_000).contains(&self.part_number) {
            return Err(RequestError::PartNumber(self.part_number.into()));
        }
        let number = self.part_number.to_string();
        let query = [
            ("partNumber", Some(number.as_str())),
            ("uploadId", Some(self.upload_id.as_str())),
        ];
        Ok(plain_request(Method::PUT, bucket.object_query(&self.key, &query)?))
    }

    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Unsigned)
    }

    fn output(&self, response: &Response<Bytes>) -> Result<Option<String>, S3Error> {
        if !response.status().is_success() {
            return Err(S3Error::from_response(response));
        }
        Ok(visible_etag(response.headers()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::AddressingStyle;

    #[test]
    fn number_and_id_go_into_the_query() {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let part = |part_number| UploadPart {
            key: "a b".into(),
            upload_id: "x/+=".into(),
            part_number,
        };
        let uri = part(10_000).request(&bucket).expect("a request").uri().to_string();
        assert_eq!(uri, "https://h/data/a%20b?partNumber=10000&uploadId=x%2F%2B%3D");
        assert_eq!(part(0).request(&bucket).err(), Some(RequestError::PartNumber(0)));
        assert_eq!(
            part(10_001).request(&bucket).err(),
            Some(RequestError::PartNumber(10_001))
        );
    }

    #[test]
    fn a_hidden_etag_is_none() {
        let part = UploadPart {
            key: "a".into(),
            upload_id: "x".into(),
            part_number: 1,
        };
        let seen = Response::builder()
            .header("etag", "\"abc\"")
            .body(Bytes::new())
            .expect("a response");
        assert_eq!(part.output(&seen), Ok(Some("abc".to_owned())));
        assert_eq!(part.output(&Response::new(Bytes::new())), Ok(None));
    }
}
