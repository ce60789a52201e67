//! A signed request and its answer, as they cross the border to a worker that sends a body with it.
//!
//! A signature is good for this one request; the secret access key that made it stays on the page. What a request may
//! carry besides (a session token, an SSE-C key) lives as long as the request does. None of it is ever printed.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

/// A request without its body.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRequest {
    method: String,
    url: String,
    headers: Headers,
}

impl SignedRequest {
    /// This request.
    pub fn pack(request: &http::Request<()>) -> Self {
        SignedRequest {
            method: request.method().to_string(),
            url: request.uri().to_string(),
            headers: Headers::pack(request.headers()),
        }
    }

    /// The request again; `None` if it is none.
    pub fn unpack(&self) -> Option<http::Request<()>> {
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(&self.url)
            .body(())
            .ok()?;
        *request.headers_mut() = self.headers.unpack()?;
        Some(request)
    }
}

impl fmt::Debug for SignedRequest {
    /// The method only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedRequest({})", self.method)
    }
}

/// What a storage answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedAnswer {
    status: u16,
    headers: Headers,
    body: String,
}

impl PackedAnswer {
    /// This answer.
    pub fn pack(answer: &http::Response<Bytes>) -> Self {
        PackedAnswer {
            status: answer.status().as_u16(),
            headers: Headers::pack(answer.headers()),
            body: to_characters(answer.body()),
        }
    }

    /// The answer again; `None` if it is none.
    pub fn unpack(&self) -> Option<http::Response<Bytes>> {
        let mut answer = http::Response::new(Bytes::from(to_bytes(&self.body)?));
        *answer.status_mut() = StatusCode::from_u16(self.status).ok()?;
        *answer.headers_mut() = self.headers.unpack()?;
        Some(answer)
    }
}

impl fmt::Debug for PackedAnswer {
    /// The status only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PackedAnswer({})", self.status)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoAnswer {
    /// Nothing readable came back.
    Network,
    /// The page gave up.
    Aborted,
    /// Nothing moved for too long.
    TimedOut,
}

/// Names and values, one character for each byte of a value: JSON knows text only, and a value may hold any bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Headers(Vec<(String, String)>);

impl Headers {
    fn pack(headers: &HeaderMap) -> Self {
        let entries = headers.iter();
        Headers(
            entries
                .map(|(name, value)| (name.to_string(), to_characters(value.as_bytes())))
                .collect(),
        )
    }

    fn unpack(&self) -> Option<HeaderMap> {
        let entries = self.0.iter();
        entries
            .map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                Some((name, HeaderValue::from_bytes(&to_bytes(value)?).ok()?))
            })
            .collect()
    }
}

fn to_characters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn to_bytes(characters: &str) -> Option<Vec<u8>> {
    characters
        .chars()
        .map(|char| u8::try_from(u32::from(char)).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_back_and_shows_nothing() {
        let request = http::Request::put("https://bucket.example/a%20b?partNumber=1&uploadId=x%2By")
            .header("authorization", "AWS4-HMAC-SHA256 secret")
            .header("x-amz-meta-name", HeaderValue::from_bytes("ü".as_bytes()).unwrap())
            .body(())
            .unwrap();
        let packed = SignedRequest::pack(&request);
        let text = serde_json::to_string(&packed).unwrap();
        let back = serde_json::from_str::<SignedRequest>(&text).unwrap().unpack().unwrap();
        assert_eq!(back.method(), request.method());
        assert_eq!(back.uri(), request.uri());
        assert_eq!(back.headers(), request.headers());
        let shown = format!("{packed:?}");
        assert!(!shown.contains("secret") && !shown.contains("bucket"), "{shown}");
    }

    #[test]
    fn an_answer_reads_back_byte_for_byte() {
        let body: Vec<u8> = (0..=255).collect();
        let mut answer = http::Response::new(Bytes::from(body));
        *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        for etag in ["\"a\"", "\"b\""] {
            answer.headers_mut().append("etag", HeaderValue::from_static(etag));
        }
        let text = serde_json::to_string(&PackedAnswer::pack(&answer)).unwrap();
        let back = serde_json::from_str::<PackedAnswer>(&text).unwrap().unpack().unwrap();
        assert_eq!(back.status(), answer.status());
        assert_eq!(back.headers(), answer.headers(), "both of the same name");
        assert_eq!(back.body(), answer.body());
    }
}
