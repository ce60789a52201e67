//! Percent-encoding as SigV4 wants it: everything but `A-Z a-z 0-9 - . _ ~`.
//!
//! What is encoded here goes into the URL and, unchanged, into the signature. Browsers leave such a URL as it is,
//! so both sides sign the same bytes.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html> ("UriEncode()")

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const KEY: &AsciiSet = &QUERY.remove(b'/');

/// An object key as a URL path: `/` stays.
pub(super) fn encode_key(key: &str) -> String {
    utf8_percent_encode(key, KEY).to_string()
}

/// A query name or value: `/` is encoded.
pub(super) fn encode_query(value: &str) -> String {
    utf8_percent_encode(value, QUERY).to_string()
}

/// A value of an answer that says `EncodingType` is `url`. S3 writes a space as `+` and a plus as `%2B`, as HTML
/// forms do; a `+` is therefore always a space. `None` if it is not UTF-8 after decoding.
pub(super) fn decode_listed(value: &str) -> Option<String> {
    let spaced = if value.contains('+') {
        Cow::Owned(value.replace('+', " "))
    } else {
        Cow::Borrowed(value)
    };
    Some(percent_decode_str(&spaced).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_keeps_only_unreserved_characters_and_slashes() {
        for (key, path) in [
            ("a/b-c_d.e~f", "a/b-c_d.e~f"),
            ("a b+c", "a%20b%2Bc"),
            ("100%", "100%25"),
            ("//a//", "//a//"),
            ("!*'()=&?#@:,;$[]", "%21%2A%27%28%29%3D%26%3F%23%40%3A%2C%3B%24%5B%5D"),
            ("日本", "%E6%97%A5%E6%9C%AC"),
            ("🦀", "%F0%9F%A6%80"),
            ("a\nb\0", "a%0Ab%00"),
        ] {
            assert_eq!(encode_key(key), path);
        }
    }

    #[test]
    fn a_query_value_has_no_slash_left() {
        assert_eq!(encode_query("a/b c"), "a%2Fb%20c");
    }

    #[test]
    fn a_plus_in_a_listing_is_a_space() {
        assert_eq!(decode_listed("a+b%2Bc%20d/e").as_deref(), Some("a b+c d/e"));
        assert_eq!(decode_listed("%E6%97%A5").as_deref(), Some("日"));
        assert_eq!(decode_listed("%FF"), None);
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(key in "\\PC*") {
            prop_assert_eq!(decode_listed(&encode_query(&key)), Some(key.clone()));
            prop_assert_eq!(decode_listed(&encode_key(&key)), Some(key));
        }
    }
}
