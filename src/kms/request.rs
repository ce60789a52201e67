//! Requests to KMS.

use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{Method, Request, Uri, header};
use serde_json::{Map, Value, json};

use crate::s3::{Credentials, SignError, Signer, sign_json};

/// Where KMS is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsEndpoint {
    uri: Uri,
    region: String,
}

impl KmsEndpoint {
    /// `url`: scheme and host, and a port where it is not the usual one; the empty text is AWS's own endpoint of the
    /// region. `None` when it is no such URL; plain http is for local test servers.
    pub fn new(url: &str, region: &str) -> Option<Self> {
        let region_is_plain = !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let url = match url.trim() {
            "" => format!("https://kms.{region}.amazonaws.com"),
            url => url.trim_end_matches('/').to_owned(),
        };
        let uri: Uri = format!("{url}/").parse().ok()?;
        let whole = matches!(uri.scheme_str(), Some("https" | "http"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.path_and_query().is_some_and(|path| path == "/")
            && uri
                .authority()
                .is_some_and(|authority| !authority.as_str().contains('@'));
        (whole && region_is_plain).then(|| KmsEndpoint {
            uri,
            region: region.to_owned(),
        })
    }

    /// Its URL, for people and for the page's list of allowed hosts.
    pub fn url(&self) -> String {
        self.uri.to_string()
    }

    fn signed(
        &self,
        action: &str,
        body: &Value,
        credentials: &Credentials,
        time: SystemTime,
    ) -> Result<Request<Bytes>, SignError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.uri.clone())
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", format!("TrentService.{action}"))
            .body(Bytes::from(body.to_string()))
            .expect("the parts were checked when the endpoint was made");
        sign_json(
            request,
            "kms",
            &Signer {
                credentials,
                region: &self.region,
                time,
            },
        )
    }
}

/// Text pairs that KMS binds to the data key.
fn context<'c>(pairs: impl IntoIterator<Item = (&'c str, &'c str)>) -> Value {
    Value::Object(
        pairs
            .into_iter()
            .map(|(key, value)| (key.to_owned(), Value::from(value)))
            .collect::<Map<_, _>>(),
    )
}

/// Asks for a fresh 256-bit data key, in clear and wrapped.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html>
#[derive(Clone, Copy, Debug)]
pub struct GenerateDataKey<'a> {
    /// Key id, ARN or alias.
    pub key_id: &'a str,
}

impl GenerateDataKey<'_> {
    /// The request as it is sent. Sign every attempt afresh.
    pub fn signed<'c>(
        &self,
        encryption_context: impl IntoIterator<Item = (&'c str, &'c str)>,
        endpoint: &KmsEndpoint,
        credentials: &Credentials,
        time: SystemTime,
    ) -> Result<Request<Bytes>, SignError> {
        let body = json!({
            "KeyId": self.key_id,
            "KeySpec": "AES_256",
            "EncryptionContext": context(encryption_context),
        });
        endpoint.signed("GenerateDataKey", &body, credentials, time)
    }
}

/// Asks to unwrap a data key.
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html>
#[derive(Clone, Copy, Debug)]
pub struct Decrypt<'a> {
    /// The key that wrapped it, where known: KMS then refuses every other.
    pub key_id: Option<&'a str>,
    /// The wrapped data key.
    pub ciphertext_blob: &'a [u8],
}

impl Decrypt<'_> {
    /// The request as it is sent. Sign every attempt afresh.
    pub fn signed<'c>(
        &self,
        encryption_context: impl IntoIterator<Item = (&'c str, &'c str)>,
        endpoint: &KmsEndpoint,
        credentials: &Credentials,
        time: SystemTime,
    ) -> Result<Request<Bytes>, SignError> {
        let mut body = json!({
            "CiphertextBlob": STANDARD.encode(self.ciphertext_blob),
            "EncryptionContext": context(encryption_context),
        });
        if let Some(key_id) = self.key_id {
            body["KeyId"] = key_id.into();
        }
        endpoint.signed("Decrypt", &body, credentials, time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    fn credentials() -> Credentials {
        Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: Some("SESSION".into()),
        }
    }

    #[test]
    fn endpoints_are_hosts() {
        let url = |url: &str| KmsEndpoint::new(url, "ap-northeast-1").map(|endpoint| endpoint.url());
        assert_eq!(url("").unwrap(), "https://kms.ap-northeast-1.amazonaws.com/");
        assert_eq!(url("http://127.0.0.1:5000/").unwrap(), "http://127.0.0.1:5000/");
        for bad in [
            "ftp://x",
            "https://",
            "x",
            "https://u:p@h",
            "https://h/path",
            "https://h?q",
        ] {
            assert_eq!(url(bad), None, "{bad}");
        }
        assert!(KmsEndpoint::new("", "").is_none() && KmsEndpoint::new("", "a.b/").is_none());
    }

    #[test]
    fn requests_are_json_and_signed_for_kms() {
        let endpoint = KmsEndpoint::new("http://127.0.0.1:5000", "us-east-1").unwrap();
        let time = UNIX_EPOCH + Duration::from_secs(1_440_938_160);
        let ask = GenerateDataKey { key_id: "alias/mine" };
        let request = ask.signed([("a", "1")], &endpoint, &credentials(), time).unwrap();
        assert_eq!(request.headers()["x-amz-target"], "TrentService.GenerateDataKey");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let expected = json!({"KeyId": "alias/mine", "KeySpec": "AES_256", "EncryptionContext": {"a": "1"}});
        assert_eq!(body, expected);
        let authorization = request.headers()["authorization"].to_str().unwrap();
        assert!(
            authorization.contains("/20150830/us-east-1/kms/aws4_request"),
            "{authorization}"
        );
        assert!(
            authorization.contains("content-type;host;x-amz-date;x-amz-security-token;x-amz-target"),
            "{authorization}"
        );
        assert!(
            !format!("{request:?}").contains("SESSION"),
            "sensitive headers are not shown"
        );
        let ask = Decrypt {
            key_id: None,
            ciphertext_blob: b"blob",
        };
        let request = ask.signed([], &endpoint, &credentials(), time).unwrap();
        assert_eq!(request.headers()["x-amz-target"], "TrentService.Decrypt");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(body, json!({"CiphertextBlob": "YmxvYg==", "EncryptionContext": {}}));
    }
}
