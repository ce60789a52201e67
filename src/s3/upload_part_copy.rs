//! UploadPartCopy. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html>

use std::ops::Range;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;

use super::copy_object::set_source;
use super::operation::{plain_request, set_header};
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing, xml};

/// Bytes of a part that is copied, where 10,000 of them will do: a part is one request without a sign of life, and browsers
/// give those up after five minutes.
const COPY_PART_LENGTH: u64 = 128 << 20;
/// Parts of one upload.
const MAX_PARTS: u64 = 10_000;

/// How an object of `size` bytes, more than none, is cut to be copied in parts.
pub fn copy_ranges(size: u64) -> impl Iterator<Item = Range<u64>> {
    let length = COPY_PART_LENGTH.max(size.div_ceil(MAX_PARTS));
    (0..size.div_ceil(length)).map(move |part| part * length..size.min((part + 1) * length))
}

/// Copies a range of an object into a part, inside the storage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadPartCopy {
    /// Bucket to copy from.
    pub from_bucket: String,
    /// Key to copy from.
    pub from_key: String,
    /// Bytes to copy.
    pub range: Range<u64>,
    /// ETag, without quotes, the source must still have: parts of two contents make neither.
    pub source_etag: String,
    /// Key of the copy, in the bucket the request goes to.
    pub key: String,
    /// Multipart upload id.
    pub upload_id: String,
    /// 1 to 10000.
    pub part_number: u16,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "ETag")]
    etag: String,
}

impl Operation for UploadPartCopy {
    /// The part's ETag, without quotes.
    type Output = String;

    const NAME: &'static str = "UploadPartCopy";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        if !(1..=10_000).contains(&self.part_number) {
            return Err(RequestError::PartNumber(self.part_number.into()));
        }
        if self.range.is_empty() {
            return Err(RequestError::EmptyRange);
        }
        let number = self.part_number.to_string();
        let query = [
            ("partNumber", Some(number.as_str())),
            ("uploadId", Some(self.upload_id.as_str())),
        ];
        let mut request = plain_request(Method::PUT, bucket.object_query(&self.key, &query)?);
        set_source(&mut request, &self.from_bucket, &self.from_key, Some(&self.source_etag))?;
        let range = format!("bytes={}-{}", self.range.start, self.range.end - 1);
        set_header(&mut request, "x-amz-copy-source-range", &range)?;
        Ok(request)
    }

    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Hashed)
    }

    fn output(&self, response: &Response<Bytes>) -> Result<String, S3Error> {
        // A copy that fails late is a 200 with an Error in it.
        let answer: Answer = xml::document(response, "CopyPartResult")?;
        let etag = xml::unquoted(&answer.etag);
        if etag.is_empty() {
            return Err(S3Error::malformed(response.status().as_u16(), "the answer has no ETag"));
        }
        Ok(etag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{AddressingStyle, ErrorKind};

    fn part() -> UploadPartCopy {
        UploadPartCopy {
            from_bucket: "plain".into(),
            from_key: "日 b+".into(),
            range: 5..10,
            source_etag: "e-2".into(),
            key: "日 b+".into(),
            upload_id: "x/+".into(),
            part_number: 2,
        }
    }

    #[test]
    fn the_parts_cover_the_object_and_are_never_too_many() {
        const TIB: u64 = 1 << 40;
        for size in [
            1,
            COPY_PART_LENGTH,
            COPY_PART_LENGTH + 1,
            6 << 30,
            5 * TIB - 1,
            5 * TIB,
            48 * TIB,
        ] {
            let ranges: Vec<_> = copy_ranges(size).collect();
            assert!(ranges.len() <= 10_000, "{size}");
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(
                ranges
                    .iter()
                    .all(|range| !range.is_empty() && range.end - range.start <= 5 << 30)
            );
            assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (0, size));
        }
        assert_eq!(copy_ranges(6 << 30).count(), 48);
    }

    #[test]
    fn the_range_is_inclusive_and_the_source_pinned() {
        let bucket = Bucket::new("https://h", "us-east-1", "safe", AddressingStyle::Path).expect("a bucket");
        let request = part().request(&bucket).expect("a request");
        let header = |name: &str| request.headers()[name].to_str().expect("ASCII").to_owned();
        assert_eq!(header("x-amz-copy-source"), "/plain/%E6%97%A5%20b%2B");
        assert_eq!(header("x-amz-copy-source-range"), "bytes=5-9");
        assert_eq!(header("x-amz-copy-source-if-match"), "\"e-2\"");
        assert!(request.uri().to_string().ends_with("?partNumber=2&uploadId=x%2F%2B"));
        let none = UploadPartCopy { range: 5..5, ..part() };
        assert_eq!(none.request(&bucket).err(), Some(RequestError::EmptyRange));
    }

    #[test]
    fn a_late_failure_and_an_answer_without_etag_are_failures() {
        let read = |body: &'static str| part().output(&Response::new(Bytes::from_static(body.as_bytes())));
        assert_eq!(
            read("<CopyPartResult><ETag>\"e\"</ETag></CopyPartResult>"),
            Ok("e".into())
        );
        let failed = read("<Error><Code>InternalError</Code></Error>").expect_err("an error");
        assert_eq!(failed.kind(), ErrorKind::Server);
        assert!(read("<CopyPartResult><ETag></ETag></CopyPartResult>").is_err());
    }
}
