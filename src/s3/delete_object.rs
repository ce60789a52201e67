//! DeleteObject. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html>

use bytes::Bytes;
use http::{Method, Request, Response};

use super::operation::plain_request;
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing};

/// Deletes an object; in a bucket with versions, marks it deleted. Deleting what is not there succeeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteObject {
    /// Object key.
    pub key: String,
    /// This very version, for good. Without it a bucket with versions keeps the object, marked deleted.
    pub version_id: Option<String>,
}

impl Operation for DeleteObject {
    type Output = ();

    const NAME: &'static str = "DeleteObject";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let uri = match &self.version_id {
            Some(id) => bucket.object_query(&self.key, &[("versionId", Some(id))])?,
            None => bucket.object_uri(&self.key)?,
        };
        Ok(plain_request(Method::DELETE, uri))
    }

    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Hashed)
    }

    fn output(&self, response: &Response<Bytes>) -> Result<(), S3Error> {
        if !response.status().is_success() {
            return Err(S3Error::from_response(response));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{AddressingStyle, ErrorKind};

    #[test]
    fn the_object_itself_is_named() {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::VirtualHosted).expect("a bucket");
        for (version_id, uri) in [
            (None, "https://data.h/a/"),
            (Some("v+1".to_owned()), "https://data.h/a/?versionId=v%2B1"),
        ] {
            let key = "a/".to_owned();
            let request = DeleteObject { key, version_id }.request(&bucket).expect("a request");
            assert_eq!(
                (request.method(), request.uri().to_string().as_str()),
                (&Method::DELETE, uri)
            );
        }
    }

    #[test]
    fn gone_is_gone_and_denied_is_denied() {
        let operation = DeleteObject {
            key: "k".to_owned(),
            version_id: None,
        };
        let answer = |status| {
            Response::builder()
                .status(status)
                .body(Bytes::new())
                .expect("a response")
        };
        assert_eq!(operation.output(&answer(204)), Ok(()));
        assert_eq!(
            operation.output(&answer(403)).expect_err("403").kind(),
            ErrorKind::AccessDenied
        );
    }
}
