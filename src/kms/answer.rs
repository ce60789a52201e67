//! Answers of KMS.

use std::fmt;
use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::Response;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::s3::parse_amz_date;

/// Longest answer read: a data key and its wrap have less than 10 KiB.
const MAX_ANSWER: usize = 64 << 10;

/// A data key. Redacted in Debug, wiped on drop.
#[derive(Clone)]
pub struct DataKeyAnswer {
    /// The data key in clear.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The wrapped data key; only GenerateDataKey gives it.
    pub ciphertext_blob: Vec<u8>,
    /// ARN of the key that wrapped it.
    pub key_arn: String,
}

impl fmt::Debug for DataKeyAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKeyAnswer({} <redacted>)", self.key_arn)
    }
}

/// What a refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KmsErrorKind {
    /// These credentials may not use the key.
    AccessDenied,
    /// There is no such key, or it is disabled or deleted.
    KeyUnavailable,
    /// The wrapped key or its encryption context was changed.
    InvalidCiphertext,
    /// Another key than the one that was asked for wrapped it.
    OtherKey,
    /// The credentials are unknown, wrong or expired.
    Credentials,
    /// The request was signed for a time more than five minutes from KMS's: see [`KmsError::server_time`].
    Clock,
    /// Busy or out of order: trying again can help.
    Transient,
    /// No answer of KMS.
    Malformed,
    /// Something else; see the code.
    Other,
}

/// KMS refused, or something that is not KMS answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsError {
    /// HTTP status.
    pub status: u16,
    /// KMS's name for it, such as `AccessDeniedException`; empty when the answer had none.
    pub code: String,
    /// KMS's words.
    pub message: String,
}

impl KmsError {
    /// What it means.
    pub fn kind(&self) -> KmsErrorKind {
        match self.code.as_str() {
            "AccessDeniedException" => KmsErrorKind::AccessDenied,
            "NotFoundException" | "DisabledException" | "KMSInvalidStateException" | "KeyUnavailableException" => {
                KmsErrorKind::KeyUnavailable
            }
            "InvalidCiphertextException" => KmsErrorKind::InvalidCiphertext,
            "IncorrectKeyException" => KmsErrorKind::OtherKey,
            "InvalidSignatureException" if self.is_about_time() => KmsErrorKind::Clock,
            "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "IncompleteSignature"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "SignatureDoesNotMatch" => KmsErrorKind::Credentials,
            "ThrottlingException"
            | "LimitExceededException"
            | "DependencyTimeoutException"
            | "KMSInternalException" => KmsErrorKind::Transient,
            _ if self.status == 429 || self.status >= 500 => KmsErrorKind::Transient,
            "" => KmsErrorKind::Malformed,
            _ => KmsErrorKind::Other,
        }
    }

    /// KMS's clock, where its words tell: `Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z
    /// (20260101T001000Z - 5 min.)`, and `Signature not yet current: … is still later than … (20260101T001000Z + 5 min.)`.
    pub fn server_time(&self) -> Option<SystemTime> {
        if !self.is_about_time() {
            return None;
        }
        let (_, bounds) = self.message.split_once('(')?;
        parse_amz_date(bounds.split(' ').next()?)
    }

    fn is_about_time(&self) -> bool {
        self.message.starts_with("Signature expired") || self.message.starts_with("Signature not yet current")
    }

    fn malformed(status: u16) -> Self {
        KmsError {
            status,
            code: String::new(),
            message: "the answer is not one of AWS KMS".into(),
        }
    }
}

impl fmt::Display for KmsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "AWS KMS refused (status {}, {}): {}",
            self.status, self.code, self.message
        )
    }
}

impl std::error::Error for KmsError {}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Good {
    plaintext: String,
    #[serde(default)]
    ciphertext_blob: String,
    key_id: String,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type")]
    code: String,
    #[serde(alias = "Message", default)]
    message: String,
}

impl DataKeyAnswer {
    /// Reads the answer to GenerateDataKey or Decrypt.
    pub fn read(response: &Response<Bytes>) -> Result<DataKeyAnswer, KmsError> {
        let (status, body) = (response.status().as_u16(), response.body());
        let malformed = || KmsError::malformed(status);
        if body.len() > MAX_ANSWER {
            return Err(malformed());
        }
        if status != 200 {
            let refusal: Refusal = serde_json::from_slice(body).map_err(|_| malformed())?;
            // `com.amazonaws.kms#NotFoundException` in some of them.
            let code = refusal.code.rsplit('#').next().unwrap_or_default().to_owned();
            return Err(KmsError {
                status,
                code,
                message: refusal.message,
            });
        }
        // The error of a body that does not parse could quote the data key, so it is dropped.
        let good: Good = serde_json::from_slice(body).map_err(|_| malformed())?;
        let base64 = Zeroizing::new(good.plaintext);
        let plaintext = STANDARD
            .decode(base64.as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| malformed())?;
        if plaintext.is_empty() {
            return Err(malformed());
        }
        Ok(DataKeyAnswer {
            plaintext,
            ciphertext_blob: STANDARD.decode(&good.ciphertext_blob).map_err(|_| malformed())?,
            key_arn: good.key_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> Result<DataKeyAnswer, KmsError> {
        let body = Bytes::from(body.to_owned());
        DataKeyAnswer::read(&Response::builder().status(status).body(body).unwrap())
    }

    #[test]
    fn data_keys_are_read_and_not_shown() {
        let body = r#"{"CiphertextBlob":"YmxvYg==","KeyId":"arn:x","Plaintext":"p6enpw==","More":1}"#;
        let answer = read(200, body).unwrap();
        assert_eq!(
            (&answer.plaintext[..], &answer.ciphertext_blob[..]),
            (&[0xa7; 4][..], &b"blob"[..])
        );
        assert_eq!(format!("{answer:?}"), "DataKeyAnswer(arn:x <redacted>)");
        assert!(
            read(
                200,
                r#"{"KeyId":"arn:x","Plaintext":"p6enpw==","EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#
            )
            .is_ok()
        );
    }

    #[test]
    fn refusals_have_a_meaning() {
        let kind = |status, body: &str| read(status, body).unwrap_err().kind();
        let refused = r#"{"__type":"com.amazonaws.kms#AccessDeniedException","Message":"no"}"#;
        assert_eq!(kind(400, refused), KmsErrorKind::AccessDenied);
        assert_eq!(read(400, refused).unwrap_err().message, "no");
        assert_eq!(
            kind(400, r#"{"__type":"NotFoundException","message":"x"}"#),
            KmsErrorKind::KeyUnavailable
        );
        assert_eq!(
            kind(400, r#"{"__type":"InvalidCiphertextException"}"#),
            KmsErrorKind::InvalidCiphertext
        );
        assert_eq!(
            kind(400, r#"{"__type":"IncorrectKeyException"}"#),
            KmsErrorKind::OtherKey
        );
        assert_eq!(
            kind(400, r#"{"__type":"ThrottlingException"}"#),
            KmsErrorKind::Transient
        );
        assert_eq!(kind(503, r#"{"__type":"x"}"#), KmsErrorKind::Transient);
        assert_eq!(kind(403, "<html>"), KmsErrorKind::Malformed);
        for body in [
            "",
            "{}",
            r#"{"KeyId":"a","Plaintext":"!"}"#,
            r#"{"KeyId":"a","Plaintext":""}"#,
            "[]",
        ] {
            assert_eq!(kind(200, body), KmsErrorKind::Malformed, "{body}");
        }
        assert_eq!(kind(200, &" ".repeat(100_000)), KmsErrorKind::Malformed);
    }

    #[test]
    fn a_clock_that_is_off_is_no_wrong_secret() {
        let refused = |message: &str| {
            let body = serde_json::json!({ "__type": "InvalidSignatureException", "message": message });
            read(400, &body.to_string()).unwrap_err()
        };
        let ten_past_midnight = parse_amz_date("20260101T001000Z");
        for message in [
            "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T001000Z - 5 min.)",
            "Signature not yet current: 20260101T002000Z is still later than 20260101T001500Z (20260101T001000Z + 5 min.)",
        ] {
            let error = refused(message);
            assert_eq!(
                (error.kind(), error.server_time()),
                (KmsErrorKind::Clock, ten_past_midnight)
            );
        }
        let wordless = refused("Signature expired");
        assert_eq!((wordless.kind(), wordless.server_time()), (KmsErrorKind::Clock, None));
        let wrong = refused("The request signature we calculated does not match (20260101T001000Z)");
        assert_eq!((wrong.kind(), wrong.server_time()), (KmsErrorKind::Credentials, None));
    }
}
