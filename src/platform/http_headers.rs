//! Header values as bytes.
//!
//! Browsers hand out header values with one character per byte (isomorphic decoding). S3 user metadata may hold raw
//! UTF-8, so the bytes are put back; the reader decides what they mean.

use http::{HeaderMap, HeaderName, HeaderValue};

/// The value whose bytes are the characters of `text`; `None` if that cannot be a header value.
fn value_from_isomorphic(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text.chars().map(|char| u8::try_from(u32::from(char)).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// The value as the browser wants it: one character per byte.
pub(super) fn to_isomorphic(value: &HeaderValue) -> String {
    value.as_bytes().iter().map(|byte| char::from(*byte)).collect()
}

/// Appends a header as the browser told it. What cannot be a header is left out: no server sends it.
pub(super) fn append(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), value_from_isomorphic(value)) {
        headers.append(name, value);
    }
}

/// Puts the bytes back into headers whose values hold the browser's characters in UTF-8.
pub(super) fn restore_bytes(headers: &mut HeaderMap) {
    for value in headers.values_mut() {
        if let Some(bytes) = std::str::from_utf8(value.as_bytes())
            .ok()
            .and_then(value_from_isomorphic)
        {
            *value = bytes;
        }
    }
}

/// Reads the lines of `XMLHttpRequest.getAllResponseHeaders()`.
pub(super) fn parse_lines(lines: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split("\r\n") {
        if let Some((name, value)) = line.split_once(':') {
            append(&mut headers, name, value.trim());
        }
    }
    headers
}
