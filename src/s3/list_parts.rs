//! ListParts. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html>

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;

use super::operation::plain_request;
use super::{Bucket, Operation, RequestError, S3Error, Signing, xml};

/// One page of the parts of a multipart upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListParts {
    /// Object key.
    pub key: String,
    /// Multipart upload id.
    pub upload_id: String,
    /// Parts after this number; 0 from the start.
    pub after: u16,
}

/// A part the storage has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPart {
    /// Part number.
    pub number: u16,
    /// ETag, without quotes.
    pub etag: String,
    /// Bytes.
    pub size: u64,
}

/// Parts, and where the next page starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartsPage {
    /// Parts, ascending.
    pub parts: Vec<ListedPart>,
    /// [`ListParts::after`] of the next page.
    pub next: Option<u16>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "IsTruncated", default)]
    truncated: bool,
    #[serde(rename = "Part", default)]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "PartNumber")]
    number: u16,
    #[serde(rename = "ETag")]
    etag: String,
    #[serde(rename = "Size")]
    size: u64,
}

impl Operation for ListParts {
    type Output = PartsPage;

    const NAME: &'static str = "ListParts";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let after = self.after.to_string();
        let mut query = vec![("uploadId", Some(self.upload_id.as_str()))];
        if self.after > 0 {
            query.push(("part-number-marker", Some(&after)));
        }
        Ok(plain_request(Method::GET, bucket.object_query(&self.key, &query)?))
    }

    fn signing(&self) -> Signing {
        Signing::Query
    }

    fn output(&self, response: &Response<Bytes>) -> Result<PartsPage, S3Error> {
        let answer: Answer = xml::document(response, "ListPartsResult")?;
        let listed = |part: Part| ListedPart {
            number: part.number,
            etag: xml::unquoted(&part.etag),
            size: part.size,
        };
        let parts: Vec<_> = answer.parts.into_iter().map(listed).collect();
        // The last number is the marker; storages differ in what they write into theirs.
        let next = parts
            .last()
            .map(|part| part.number)
            .filter(|last| answer.truncated && *last > self.after);
        if answer.truncated && next.is_none() {
            return Err(S3Error::malformed(
                response.status().as_u16(),
                "a truncated listing without an end",
            ));
        }
        Ok(PartsPage { parts, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(after: u16, body: &str) -> Result<PartsPage, S3Error> {
        let operation = ListParts {
            key: "k".into(),
            upload_id: "x".into(),
            after,
        };
        let body = format!("<ListPartsResult xmlns=\"x\">{body}</ListPartsResult>");
        operation.output(&Response::new(Bytes::from(body)))
    }

    #[test]
    fn pages_follow_the_last_part() {
        let part = "<Part><PartNumber>7</PartNumber><ETag>\"e\"</ETag><Size>5</Size></Part>";
        let expected = ListedPart {
            number: 7,
            etag: "e".into(),
            size: 5,
        };
        let last = page(0, &format!("<IsTruncated>false</IsTruncated>{part}")).expect("a page");
        assert_eq!(
            last,
            PartsPage {
                parts: vec![expected.clone()],
                next: None
            }
        );
        let more = page(0, &format!("<IsTruncated>true</IsTruncated>{part}")).expect("a page");
        assert_eq!(more.next, Some(7));
        assert!(
            page(7, &format!("<IsTruncated>true</IsTruncated>{part}")).is_err(),
            "a loop"
        );
        assert_eq!(page(0, "").expect("a page").parts, []);
    }
}
