//! A bucket and the URLs of what is in it.

use std::fmt;

use http::Uri;

use super::encoding::{encode_key, encode_query};
use super::{AddressingStyle, Endpoint, EndpointError, RequestError};

/// A bucket: where it is, and how its name goes into URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    endpoint: Endpoint,
    region: String,
    name: String,
    style: AddressingStyle,
}

/// Why there is no such bucket to speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BucketError {
    /// The endpoint is none.
    Endpoint(EndpointError),
    /// The region is empty, or holds something other than visible ASCII without `/`.
    Region,
    /// The name cannot be a bucket's name.
    Name,
    /// The name cannot be part of a host name, or the endpoint is an address; path style would work.
    NotVirtualHosted,
}

impl fmt::Display for BucketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BucketError::Endpoint(error) => error.fmt(f),
            BucketError::Region => f.write_str("the region is not a region name"),
            BucketError::Name => f.write_str("the bucket name must be 3 to 63 letters, digits, dots and hyphens"),
            BucketError::NotVirtualHosted => f.write_str("this bucket needs path-style addressing"),
        }
    }
}

impl std::error::Error for BucketError {}

impl From<EndpointError> for BucketError {
    fn from(error: EndpointError) -> Self {
        BucketError::Endpoint(error)
    }
}

/// Why an object key cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// No key at all.
    Empty,
    /// More than [`MAX_KEY_BYTES`].
    TooLong {
        /// Bytes of UTF-8.
        bytes: usize,
    },
    /// A segment is `.` or `..`. Every browser resolves those away before it sends the URL, written as `%2e` too,
    /// so the request would name another object.
    DotSegment,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Empty => f.write_str("the object key is empty"),
            KeyError::TooLong { bytes } => {
                write!(f, "the object key has {bytes} bytes; {MAX_KEY_BYTES} are allowed")
            }
            KeyError::DotSegment => f.write_str("a browser cannot send an object key with a . or .. between slashes"),
        }
    }
}

impl std::error::Error for KeyError {}

/// Longest object key, in bytes of UTF-8.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const MAX_KEY_BYTES: usize = 1024;

/// Longest bucket name that storages of before 2018 gave out (US East, and path style only).
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
const MAX_LEGACY_NAME: usize = 255;

impl Bucket {
    /// Checks everything once, so that requests can trust it.
    ///
    /// Path style also takes the names of old buckets: upper case, underscores, up to 255 bytes. It is what a name with
    /// a dot gets on https whatever was asked for: a certificate for `*.host` covers one label, so no browser connects to
    /// `a.b.host`. The official SDKs do the same.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
    pub fn new(endpoint: &str, region: &str, name: &str, style: AddressingStyle) -> Result<Bucket, BucketError> {
        let endpoint = Endpoint::parse(endpoint)?;
        let region = region.trim();
        if region.is_empty() || !region.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/') {
            return Err(BucketError::Region);
        }
        check_name(name)?;
        let style = match style {
            AddressingStyle::VirtualHosted if endpoint.is_https() && name.contains('.') => AddressingStyle::Path,
            style => style,
        };
        if style == AddressingStyle::VirtualHosted && (endpoint.is_address() || !fits_host(name)) {
            return Err(BucketError::NotVirtualHosted);
        }
        Ok(Bucket {
            endpoint,
            region: region.to_owned(),
            name: name.to_owned(),
            style,
        })
    }

    /// Where it is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// SigV4 region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How its name goes into URLs: not always as it was asked for, see [`Bucket::new`].
    pub fn style(&self) -> AddressingStyle {
        self.style
    }

    /// `https://host[:port]` of its URLs: what a page's own origin is compared with.
    pub fn origin(&self) -> String {
        let scheme = self.endpoint.scheme();
        let authority = self.endpoint.authority();
        match self.style {
            AddressingStyle::Path => format!("{scheme}://{authority}"),
            AddressingStyle::VirtualHosted => format!("{scheme}://{}.{authority}", self.name),
        }
    }

    /// The URL of the bucket itself, without a slash after the name in path style.
    pub fn bucket_uri(&self) -> Uri {
        self.uri("")
    }

    /// The URL of an object, percent-encoded once. Slashes of the key stay as they are, also first, last and doubled.
    pub fn object_uri(&self, key: &str) -> Result<Uri, KeyError> {
        check_key(key)?;
        Ok(self.uri(&format!("/{}", encode_key(key))))
    }

    /// The bucket's URL with a query, with a slash after the name, for requests that change the bucket. Browsers ask
    /// first for those (preflight), and SeaweedFS 4.48 closes the connection on a preflight without the slash.
    pub(super) fn bucket_slash_query(&self, query: &[(&str, Option<&str>)]) -> Result<Uri, RequestError> {
        Ok(self.uri(&format!("/{}", query_string(query)?)))
    }

    /// The bucket's URL with a query.
    pub(super) fn bucket_query(&self, query: &[(&str, Option<&str>)]) -> Result<Uri, RequestError> {
        Ok(self.uri(&query_string(query)?))
    }

    /// An object's URL with a query.
    pub(super) fn object_query(&self, key: &str, query: &[(&str, Option<&str>)]) -> Result<Uri, RequestError> {
        check_key(key)?;
        Ok(self.uri(&format!("/{}{}", encode_key(key), query_string(query)?)))
    }

    /// `rest` is what follows the bucket: empty, an encoded `/key`, a `?query`, or both.
    fn uri(&self, rest: &str) -> Uri {
        let origin = self.origin();
        let base = self.endpoint.path();
        let text = match self.style {
            AddressingStyle::Path => format!("{origin}{base}/{}{rest}", self.name),
            AddressingStyle::VirtualHosted if rest.starts_with('/') => format!("{origin}{base}{rest}"),
            AddressingStyle::VirtualHosted => format!("{origin}{base}/{rest}"),
        };
        Uri::try_from(text).expect("host and path were checked in `new`, the rest is percent-encoded and bounded")
    }
}

/// Whether the key can be sent at all.
pub fn check_key(key: &str) -> Result<(), KeyError> {
    if key.is_empty() {
        return Err(KeyError::Empty);
    }
    if key.len() > MAX_KEY_BYTES {
        return Err(KeyError::TooLong { bytes: key.len() });
    }
    if key.split('/').any(|segment| segment == "." || segment == "..") {
        return Err(KeyError::DotSegment);
    }
    Ok(())
}

/// Longest query we send: tokens and upload ids come from the storage, and a URI must stay below 64 KiB.
const MAX_QUERY_BYTES: usize = 32 * 1024;

fn query_string(query: &[(&str, Option<&str>)]) -> Result<String, RequestError> {
    let mut text = String::new();
    for (name, value) in query {
        text.push(if text.is_empty() { '?' } else { '&' });
        text.push_str(&encode_query(name));
        if let Some(value) = value {
            text.push('=');
            text.push_str(&encode_query(value));
        }
    }
    if text.len() > MAX_QUERY_BYTES {
        return Err(RequestError::QueryTooLong);
    }
    Ok(text)
}

fn check_name(name: &str) -> Result<(), BucketError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    if (3..=MAX_LEGACY_NAME).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(BucketError::Name)
    }
}

fn fits_host(name: &str) -> bool {
    let label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    name.len() <= 63
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte))
        && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(endpoint: &str) -> Bucket {
        Bucket::new(endpoint, "us-east-1", "data", AddressingStyle::Path).expect("a bucket")
    }

    fn virtual_hosted(endpoint: &str) -> Bucket {
        Bucket::new(endpoint, "us-east-1", "data", AddressingStyle::VirtualHosted).expect("a bucket")
    }

    #[test]
    fn the_name_goes_into_path_or_host() {
        assert_eq!(path("https://h").bucket_uri(), "https://h/data");
        assert_eq!(path("https://h:9/x/").bucket_uri(), "https://h:9/x/data");
        assert_eq!(virtual_hosted("https://h:9").bucket_uri(), "https://data.h:9/");
        assert_eq!(virtual_hosted("https://h/x").bucket_uri(), "https://data.h/x/");
        assert_eq!(path("https://h").origin(), "https://h");
        assert_eq!(virtual_hosted("https://h").origin(), "https://data.h");
    }

    #[test]
    fn keys_go_into_urls_unharmed() {
        for (key, tail) in [
            ("a.txt", "/a.txt"),
            ("/a", "//a"),
            ("a//b", "/a//b"),
            ("a/", "/a/"),
            ("//", "///"),
            ("a b+c", "/a%20b%2Bc"),
            ("résumé.pdf", "/r%C3%A9sum%C3%A9.pdf"),
            ("🦀/..x/x../...", "/%F0%9F%A6%80/..x/x../..."),
            ("%2e%2e", "/%252e%252e"),
            ("a?b#c", "/a%3Fb%23c"),
        ] {
            assert_eq!(
                path("https://h").object_uri(key).expect("a key").to_string(),
                format!("https://h/data{tail}")
            );
            assert_eq!(
                virtual_hosted("https://h").object_uri(key).expect("a key").to_string(),
                format!("https://data.h{tail}")
            );
        }
    }

    #[test]
    fn keys_that_cannot_be_sent_are_refused() {
        let long = "é".repeat(513);
        for (key, error) in [
            ("", KeyError::Empty),
            (".", KeyError::DotSegment),
            ("..", KeyError::DotSegment),
            ("a/../b", KeyError::DotSegment),
            ("a/./b", KeyError::DotSegment),
            ("a/..", KeyError::DotSegment),
            ("./a", KeyError::DotSegment),
            (long.as_str(), KeyError::TooLong { bytes: 1026 }),
        ] {
            assert_eq!(path("https://h").object_uri(key), Err(error));
        }
        assert!(path("https://h").object_uri(&"k".repeat(1024)).is_ok());
    }

    #[test]
    fn the_longest_of_everything_is_still_a_uri() {
        let endpoint = format!("https://h/{}", "p".repeat(2000));
        let bucket = Bucket::new(&endpoint, "r", &"b".repeat(255), AddressingStyle::Path).expect("a bucket");
        let uri = bucket.object_query(&"\u{7f}".repeat(1024), &[("marker", Some(&"\u{7f}".repeat(10_000)))]);
        assert!(uri.is_ok());
    }

    #[test]
    fn queries_are_encoded() {
        let query = [("list-type", Some("2")), ("prefix", Some("a b/+&")), ("uploads", None)];
        let uri = path("https://h").bucket_query(&query).expect("short");
        assert_eq!(uri, "https://h/data?list-type=2&prefix=a%20b%2F%2B%26&uploads");
        let uri = virtual_hosted("https://h")
            .bucket_query(&[("cors", None)])
            .expect("short");
        assert_eq!(uri, "https://data.h/?cors");
        let endless = "t".repeat(40_000);
        assert_eq!(
            path("https://h").bucket_query(&[("continuation-token", Some(&endless))]),
            Err(RequestError::QueryTooLong)
        );
    }

    #[test]
    fn names_follow_the_style() {
        use AddressingStyle::{Path, VirtualHosted};
        let new = |name: &str, style| Bucket::new("https://h", "r", name, style).map(|_| ());
        for name in ["abc", "a.b-c", "0ab", &"a".repeat(63)] {
            assert_eq!(new(name, Path), Ok(()));
            assert_eq!(new(name, VirtualHosted), Ok(()));
        }
        for name in ["Old_Bucket", "-ab", "ab-", &"a".repeat(255)] {
            assert_eq!(new(name, Path), Ok(()), "{name}");
            assert_eq!(new(name, VirtualHosted), Err(BucketError::NotVirtualHosted), "{name}");
        }
        for name in ["", "ab", "a/b", "a b", "a\nb", "é-bucket", "a%2fb", &"a".repeat(256)] {
            assert_eq!(new(name, Path), Err(BucketError::Name), "{name}");
        }
        assert_eq!(
            Bucket::new("http://127.0.0.1:1", "r", "data", VirtualHosted),
            Err(BucketError::NotVirtualHosted)
        );
    }

    #[test]
    fn a_name_with_a_dot_stays_out_of_the_host_where_a_certificate_must_fit() {
        let bucket = |endpoint, name| {
            Bucket::new(endpoint, "r", name, AddressingStyle::VirtualHosted)
                .map(|bucket| bucket.bucket_uri().to_string())
        };
        for (endpoint, name, uri) in [
            ("https://h", "my.bucket", Ok("https://h/my.bucket")),
            ("https://h", "a..b", Ok("https://h/a..b")),
            ("https://h", "my-bucket", Ok("https://my-bucket.h/")),
            ("http://h", "my.bucket", Ok("http://my.bucket.h/")),
            ("http://h", "a..b", Err(BucketError::NotVirtualHosted)),
        ] {
            assert_eq!(bucket(endpoint, name), uri.map(str::to_owned), "{endpoint} {name}");
        }
        let dotted = Bucket::new("https://h", "r", "my.bucket", AddressingStyle::VirtualHosted).expect("a bucket");
        assert_eq!(dotted.object_uri("k").expect("a key"), "https://h/my.bucket/k");
        assert_eq!(
            (dotted.origin().as_str(), dotted.style()),
            ("https://h", AddressingStyle::Path)
        );
    }

    #[test]
    fn regions_and_endpoints_are_checked() {
        let new = |endpoint, region| Bucket::new(endpoint, region, "data", AddressingStyle::Path).map(|_| ());
        assert_eq!(new("https://h", " us-east-1 "), Ok(()));
        assert_eq!(new("https://h", ""), Err(BucketError::Region));
        assert_eq!(new("https://h", "a/b"), Err(BucketError::Region));
        assert_eq!(new("https://h", "a\nb"), Err(BucketError::Region));
        assert_eq!(new("h", "r"), Err(BucketError::Endpoint(EndpointError::Scheme)));
    }
}
