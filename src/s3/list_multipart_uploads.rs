//! ListMultipartUploads. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html>

use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;

use super::encoding::decode_listed;
use super::operation::plain_request;
use super::{Bucket, Operation, RequestError, S3Error, Signing, clock, xml};

/// One page of the multipart uploads that are neither completed nor aborted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListMultipartUploads {
    /// Keys that start with this.
    pub prefix: String,
    /// Where the previous page ended: key and upload id.
    pub after: Option<(String, String)>,
}

/// An upload that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUpload {
    /// Object key.
    pub key: String,
    /// Multipart upload id.
    pub upload_id: String,
    /// When, where the storage says so.
    pub initiated: Option<SystemTime>,
}

/// Uploads, and where the next page starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadsPage {
    /// Uploads, in key order.
    pub uploads: Vec<ListedUpload>,
    /// [`ListMultipartUploads::after`] of the next page.
    pub next: Option<(String, String)>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "EncodingType", default)]
    encoding: String,
    #[serde(rename = "IsTruncated", default)]
    truncated: bool,
    #[serde(rename = "Upload", default)]
    uploads: Vec<Upload>,
}

#[derive(Deserialize)]
struct Upload {
    #[serde(rename = "Key")]
    key: String,
    #[serde(rename = "UploadId")]
    upload_id: String,
    #[serde(rename = "Initiated", default)]
    initiated: String,
}

impl Operation for ListMultipartUploads {
    type Output = UploadsPage;

    const NAME: &'static str = "ListMultipartUploads";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        // No encoding-type: SeaweedFS says it encoded the keys, and did not.
        let mut query = vec![("uploads", None)];
        if !self.prefix.is_empty() {
            query.push(("prefix", Some(self.prefix.as_str())));
        }
        if let Some((key, upload_id)) = &self.after {
            query.extend([
                ("key-marker", Some(key.as_str())),
                ("upload-id-marker", Some(upload_id.as_str())),
            ]);
        }
        Ok(plain_request(Method::GET, bucket.bucket_query(&query)?))
    }

    fn signing(&self) -> Signing {
        Signing::Query
    }

    fn output(&self, response: &Response<Bytes>) -> Result<UploadsPage, S3Error> {
        let answer: Answer = xml::document(response, "ListMultipartUploadsResult")?;
        let encoded = answer.encoding == "url";
        let malformed = |detail| S3Error::malformed(response.status().as_u16(), detail);
        let uploads = answer.uploads.into_iter().map(|upload| {
            let key = if encoded {
                decode_listed(&upload.key)
            } else {
                Some(upload.key)
            };
            let key = key.ok_or_else(|| malformed("a key is not UTF-8"))?;
            Ok(ListedUpload {
                key,
                upload_id: upload.upload_id,
                initiated: clock::parse_iso8601(&upload.initiated),
            })
        });
        let uploads: Vec<_> = uploads.collect::<Result<_, S3Error>>()?;
        let last = uploads.last().map(|last| (last.key.clone(), last.upload_id.clone()));
        let next = last.filter(|last| answer.truncated && Some(last) != self.after.as_ref());
        if answer.truncated && next.is_none() {
            return Err(malformed("a truncated listing without an end"));
        }
        Ok(UploadsPage { uploads, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_decoded_and_pages_follow_the_last_upload() {
        let operation = ListMultipartUploads::default();
        let body = "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>\
            <Upload><Key>a%20b</Key><UploadId>x</UploadId><Initiated>2026-01-01T00:00:00Z</Initiated></Upload>\
            </ListMultipartUploadsResult>";
        let answer = Response::new(Bytes::from_static(body.as_bytes()));
        let page = operation.output(&answer).expect("a page");
        assert_eq!(page.uploads[0].key, "a b");
        let begun = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_767_225_600);
        assert_eq!(page.uploads[0].initiated, Some(begun));
        assert_eq!(page.next, Some(("a b".to_owned(), "x".to_owned())));
        let looping = ListMultipartUploads {
            after: page.next,
            ..operation
        };
        assert!(looping.output(&answer).is_err());
    }
}
