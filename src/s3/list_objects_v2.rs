//! ListObjectsV2. <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;

use super::encoding::decode_listed;
use super::operation::plain_request;
use super::{Bucket, Operation, RequestError, S3Error, Signing, xml};

/// One page of the objects of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListObjectsV2 {
    /// Only keys that start with this; empty for all.
    pub prefix: String,
    /// What separates folders, normally `/`; `None` lists every key below the prefix.
    pub delimiter: Option<String>,
    /// [`ListPage::next`] of the page before; `None` starts anew. The other fields must stay the same.
    pub continuation: Option<String>,
    /// At most so many entries; storages give 1000 by themselves and no more.
    pub max_keys: Option<u32>,
}

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectSummary {
    /// Object key.
    pub key: String,
    /// Stored size in bytes.
    pub size: u64,
    /// ISO 8601, as the storage wrote it.
    pub last_modified: String,
    /// ETag without quotes.
    pub etag: String,
}

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// Objects, in key order.
    pub objects: Vec<ObjectSummary>,
    /// Common prefixes ("folders"), each ending in the delimiter.
    pub common_prefixes: Vec<String>,
    /// Token for the next page, if there is one.
    pub next: Option<String>,
}

/// Begins a token of our own: go on after this key. The storage's tokens come out of XML and cannot hold U+0001.
const AFTER: char = '\u{1}';

impl Operation for ListObjectsV2 {
    type Output = ListPage;

    const NAME: &'static str = "ListObjectsV2";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let max_keys = self.max_keys.map(|max| max.to_string());
        // Without url encoding, keys with control characters make the whole answer unreadable: XML cannot hold them.
        let mut query = vec![("list-type", Some("2")), ("encoding-type", Some("url"))];
        if let Some(delimiter) = &self.delimiter {
            query.push(("delimiter", Some(delimiter)));
        }
        if let Some(max_keys) = &max_keys {
            query.push(("max-keys", Some(max_keys)));
        }
        if !self.prefix.is_empty() {
            query.push(("prefix", Some(&self.prefix)));
        }
        match (&self.continuation, self.after()) {
            (_, Some(key)) => query.push(("start-after", Some(key))),
            (Some(token), None) => query.push(("continuation-token", Some(token))),
            (None, None) => {}
        }
        Ok(plain_request(Method::GET, bucket.bucket_query(&query)?))
    }

    fn signing(&self) -> Signing {
        Signing::Query
    }

    fn output(&self, response: &Response<Bytes>) -> Result<ListPage, S3Error> {
        let result: ListBucketResult = xml::document(response, "ListBucketResult")?;
        let status = response.status().as_u16();
        let encoded = result.encoding_type.eq_ignore_ascii_case("url");
        let decode = |text: String| match encoded {
            true => decode_listed(&text).ok_or_else(|| S3Error::malformed(status, "a listed key is not UTF-8")),
            false => Ok(text),
        };
        let mut page = ListPage::default();
        for object in result.contents {
            page.objects.push(ObjectSummary {
                key: decode(object.key)?,
                size: object.size,
                last_modified: object.last_modified,
                etag: xml::unquoted(&object.etag),
            });
        }
        for prefix in result.common_prefixes {
            page.common_prefixes.push(decode(prefix.prefix)?);
        }
        if result.is_truncated {
            page.next = Some(self.next(&page, result.next_continuation_token, status)?);
        }
        Ok(page)
    }
}

impl ListObjectsV2 {
    /// For [`ListObjectsV2::continuation`]: begin with what comes after this key.
    pub fn after_key(key: &str) -> String {
        format!("{AFTER}{key}")
    }

    /// The key to go on after, where the storage gave no token.
    fn after(&self) -> Option<&str> {
        self.continuation.as_deref()?.strip_prefix(AFTER)
    }

    /// The token for the next page: the storage's, or one of our own where it says there is more and gives none.
    /// Stopping there would show an incomplete listing as a complete one.
    fn next(&self, page: &ListPage, token: Option<String>, status: u16) -> Result<String, S3Error> {
        let stuck = || S3Error::malformed(status, "the listing says there is more, but does not go on");
        if let Some(token) = token.filter(|token| !token.is_empty()) {
            return match self.continuation.as_ref() == Some(&token) {
                true => Err(stuck()),
                false => Ok(token),
            };
        }
        let key = page.objects.last().map(|object| object.key.clone());
        // After a folder means after everything in it.
        let folder = page.common_prefixes.last().map(|prefix| format!("{prefix}\u{10ffff}"));
        let last = key.max(folder).ok_or_else(stuck)?;
        match self.after() {
            Some(after) if last.as_str() <= after => Err(stuck()),
            _ => Ok(ListObjectsV2::after_key(&last)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListBucketResult {
    #[serde(default)]
    encoding_type: String,
    #[serde(default)]
    is_truncated: bool,
    next_continuation_token: Option<String>,
    #[serde(default)]
    contents: Vec<Contents>,
    #[serde(default)]
    common_prefixes: Vec<CommonPrefix>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Contents {
    key: String,
    size: u64,
    #[serde(default)]
    last_modified: String,
    #[serde(default, rename = "ETag")]
    etag: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CommonPrefix {
    prefix: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{AddressingStyle, ErrorKind};

    fn uri(operation: &ListObjectsV2) -> String {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        operation.request(&bucket).expect("a request").uri().to_string()
    }

    fn page(operation: &ListObjectsV2, inside: &str) -> Result<ListPage, S3Error> {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>data</Name>{inside}</ListBucketResult>"
        );
        operation.output(&Response::new(Bytes::from(body)))
    }

    fn object(key: &str) -> String {
        format!(
            "<Contents><Key>{key}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>\
             <ETag>&quot;e-2&quot;</ETag><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )
    }

    #[test]
    fn the_request_says_what_is_asked() {
        assert_eq!(
            uri(&ListObjectsV2::default()),
            "https://h/data?list-type=2&encoding-type=url"
        );
        let operation = ListObjectsV2 {
            prefix: "a b/".to_owned(),
            delimiter: Some("/".to_owned()),
            continuation: Some("1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM=".to_owned()),
            max_keys: Some(3),
        };
        assert_eq!(
            uri(&operation),
            "https://h/data?list-type=2&encoding-type=url&delimiter=%2F&max-keys=3&prefix=a%20b%2F\
             &continuation-token=1ueGcxLPRx1Tr%2FXYExHnhbYLgveDs2J%2Fwm36Hy4vbOwM%3D"
        );
    }

    #[test]
    fn a_page_is_read_and_decoded() {
        let inside = format!(
            "<EncodingType>url</EncodingType><Prefix>a+b/</Prefix><IsTruncated>true</IsTruncated>\
             <NextContinuationToken>t+1%</NextContinuationToken>{}{}\
             <CommonPrefixes><Prefix>a+b/%E6%97%A5/</Prefix></CommonPrefixes>",
            object("a+b/c%2Bd.txt"),
            object("%F0%9F%A6%80%01")
        );
        let page = page(&ListObjectsV2::default(), &inside).expect("a page");
        assert_eq!(
            page.objects[0],
            ObjectSummary {
                key: "a b/c+d.txt".to_owned(),
                size: 7,
                last_modified: "2026-01-02T03:04:05.000Z".to_owned(),
                etag: "e-2".to_owned(),
            }
        );
        assert_eq!(page.objects[1].key, "🦀\u{1}");
        assert_eq!(page.common_prefixes, ["a b/日/"]);
        assert_eq!(page.next.as_deref(), Some("t+1%"), "tokens are never encoded");
    }

    #[test]
    fn a_storage_that_does_not_encode_is_taken_at_its_word() {
        let page = page(&ListObjectsV2::default(), &object(" a+b%20c &amp; d ")).expect("a page");
        assert_eq!(page.objects[0].key, " a+b%20c & d ");
        assert_eq!(page.next, None);
    }

    #[test]
    fn an_empty_bucket_is_an_empty_page() {
        let inside = "<Prefix/><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>";
        assert_eq!(page(&ListObjectsV2::default(), inside), Ok(ListPage::default()));
    }

    #[test]
    fn more_without_a_token_goes_on_after_the_last_key() {
        let truncated = format!("<IsTruncated>true</IsTruncated>{}{}", object("a"), object("b &lt;"));
        let first = page(&ListObjectsV2::default(), &truncated).expect("a page");
        let second = ListObjectsV2 {
            continuation: first.next,
            ..ListObjectsV2::default()
        };
        assert_eq!(
            uri(&second),
            "https://h/data?list-type=2&encoding-type=url&start-after=b%20%3C"
        );
        // A storage that does not know start-after answers with the same page: an error, not an endless loop.
        let error = page(&second, &truncated).expect_err("stuck");
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }

    #[test]
    fn going_on_after_a_folder_skips_what_is_in_it() {
        let truncated = format!(
            "<IsTruncated>true</IsTruncated>{}<CommonPrefixes><Prefix>b/</Prefix></CommonPrefixes>",
            object("a")
        );
        let second = ListObjectsV2 {
            continuation: page(&ListObjectsV2::default(), &truncated).expect("a page").next,
            ..ListObjectsV2::default()
        };
        assert!(uri(&second).ends_with("&start-after=b%2F%F4%8F%BF%BF"));
    }

    #[test]
    fn a_listing_that_does_not_go_on_is_malformed() {
        let again = ListObjectsV2 {
            continuation: Some("t".to_owned()),
            ..ListObjectsV2::default()
        };
        for inside in [
            "<IsTruncated>true</IsTruncated>",
            "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>",
        ] {
            let error = page(&again, inside).expect_err(inside);
            assert_eq!(error.kind(), ErrorKind::Malformed);
        }
    }

    #[test]
    fn another_answer_is_malformed() {
        for body in ["<ListAllMyBucketsResult/>", "<html></html>", ""] {
            let response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
            let error = ListObjectsV2::default().output(&response).expect_err(body);
            assert_eq!(error.kind(), ErrorKind::Malformed, "{body}");
        }
        let bad = "<EncodingType>url</EncodingType>".to_owned() + &object("%FF");
        let error = page(&ListObjectsV2::default(), &bad).expect_err("not UTF-8");
        assert_eq!(error.kind(), ErrorKind::Malformed);
    }
}
