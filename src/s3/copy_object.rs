//! CopyObject. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;

use super::encoding::encode_key;
use super::operation::{plain_request, set_header};
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing, check_key, xml};

/// Largest object one CopyObject takes. <https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html>
pub const MAX_COPY_BYTES: u64 = 5 << 30;

/// Copies an object inside the storage, its metadata with it. The source stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyObject {
    /// Bucket to copy from.
    pub from_bucket: String,
    /// Key to copy from.
    pub from_key: String,
    /// Key to copy to, in the bucket the request goes to.
    pub key: String,
    /// ETag, without quotes, the source must still have.
    pub source_etag: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "ETag", default)]
    etag: String,
}

impl Operation for CopyObject {
    /// ETag of the copy, without quotes, where there is one. Its form depends on SSE: compare sizes and bytes, not this.
    type Output = Option<String>;

    const NAME: &'static str = "CopyObject";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = plain_request(Method::PUT, bucket.object_uri(&self.key)?);
        set_source(
            &mut request,
            &self.from_bucket,
            &self.from_key,
            self.source_etag.as_deref(),
        )?;
        set_header(&mut request, "x-amz-metadata-directive", "COPY")?;
        Ok(request)
    }

    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Hashed)
    }

    fn output(&self, response: &Response<Bytes>) -> Result<Option<String>, S3Error> {
        // A copy that fails late is a 200 with an Error in it.
        let answer: Answer = xml::document(response, "CopyObjectResult")?;
        Ok(Some(xml::unquoted(&answer.etag)).filter(|etag| !etag.is_empty()))
    }
}

/// What is copied, and the ETag, without quotes, it must still have.
pub(super) fn set_source(
    request: &mut Request<Bytes>,
    bucket: &str,
    key: &str,
    etag: Option<&str>,
) -> Result<(), RequestError> {
    check_key(key)?;
    set_header(request, "x-amz-copy-source", &format!("/{bucket}/{}", encode_key(key)))?;
    match etag {
        Some(etag) => set_header(request, "x-amz-copy-source-if-match", &format!("\"{etag}\"")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{AddressingStyle, ErrorKind};

    fn copy() -> CopyObject {
        CopyObject {
            from_bucket: "plain".into(),
            from_key: "a/日 b+".into(),
            key: "a/日 b+".into(),
            source_etag: Some("e".into()),
        }
    }

    #[test]
    fn the_source_is_encoded_and_metadata_kept() {
        let bucket = Bucket::new("https://h", "us-east-1", "safe", AddressingStyle::Path).expect("a bucket");
        let request = copy().request(&bucket).expect("a request");
        assert_eq!(request.headers()["x-amz-copy-source"], "/plain/a/%E6%97%A5%20b%2B");
        assert_eq!(request.headers()["x-amz-metadata-directive"], "COPY");
        assert_eq!(request.headers()["x-amz-copy-source-if-match"], "\"e\"");
    }

    #[test]
    fn a_late_failure_inside_a_200_is_a_failure() {
        let read = |body: &'static str| copy().output(&Response::new(Bytes::from_static(body.as_bytes())));
        assert_eq!(
            read("<CopyObjectResult><ETag>&quot;e&quot;</ETag></CopyObjectResult>"),
            Ok(Some("e".into()))
        );
        let failed = read("<Error><Code>InternalError</Code></Error>").expect_err("an error");
        assert_eq!(failed.kind(), ErrorKind::Server);
    }
}
