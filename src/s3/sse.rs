//! Server-side encryption as HEAD shows it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html#API_HeadObject_ResponseSyntax>

use http::HeaderMap;

use super::Sight;
use super::head_object::header_text;

/// The response header that tells.
pub const SSE_HEADER: &str = "x-amz-server-side-encryption";
pub(super) const KEY_ID_HEADER: &str = "x-amz-server-side-encryption-aws-kms-key-id";
pub(super) const CUSTOMER_HEADER: &str = "x-amz-server-side-encryption-customer-algorithm";
pub(super) const CUSTOMER_KEY_HEADER: &str = "x-amz-server-side-encryption-customer-key";

/// SSE state, by the names of the UI contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SseState {
    /// `AES256`.
    SseS3,
    /// `aws:kms`.
    SseKms {
        /// Key id or ARN, where shown.
        key_id: Option<String>,
    },
    /// `aws:kms:dsse`.
    SseKmsDsse {
        /// Key id or ARN, where shown.
        key_id: Option<String>,
    },
    /// Encrypted with a key the customer sends.
    SseC,
    /// The header would be visible, and is not there.
    None,
    /// CORS does not expose the header.
    Hidden,
    /// This storage has no SSE.
    NotOffered,
    /// Asked for on upload; HEAD does not show it.
    Unconfirmed,
    /// Not looked yet, or nothing decides.
    #[default]
    Unknown,
}

impl SseState {
    /// The value of `data-sse`.
    pub fn as_str(&self) -> &'static str {
        match self {
            SseState::SseS3 => "sse-s3",
            SseState::SseKms { .. } => "sse-kms",
            SseState::SseKmsDsse { .. } => "sse-kms-dsse",
            SseState::SseC => "sse-c",
            SseState::None => "none",
            SseState::Hidden => "hidden",
            SseState::NotOffered => "not-offered",
            SseState::Unconfirmed => "unconfirmed",
            SseState::Unknown => "unknown",
        }
    }
}

impl SseState {
    /// Whether the storage says that it encrypts.
    pub fn is_encrypted(&self) -> bool {
        matches!(
            self,
            SseState::SseS3 | SseState::SseKms { .. } | SseState::SseKmsDsse { .. } | SseState::SseC
        )
    }
}

/// The SSE headers of an answer, `name: value`, as evidence. A storage that sends the customer's key back (`rclone serve
/// s3` does) does not get it onto the screen.
pub fn sse_headers(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<_> = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with(SSE_HEADER) && *name != CUSTOMER_KEY_HEADER)
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    lines.sort();
    lines
}

/// Reads the state off a HEAD or GET answer. A header that is there always wins; one that is not there means "not
/// encrypted" only where it would be visible. A value this version does not know is [`SseState::Unknown`]: something
/// is there, but we cannot say what. `offered` tells whether the storage has SSE at all.
pub fn judge(headers: &HeaderMap, sight: Sight, offered: bool) -> SseState {
    if headers.contains_key(CUSTOMER_HEADER) {
        return SseState::SseC;
    }
    let key_id = || header_text(headers, KEY_ID_HEADER);
    match (header_text(headers, SSE_HEADER).as_deref(), sight) {
        (Some("AES256"), _) => SseState::SseS3,
        (Some("aws:kms"), _) => SseState::SseKms { key_id: key_id() },
        (Some("aws:kms:dsse"), _) => SseState::SseKmsDsse { key_id: key_id() },
        (Some(_), _) => SseState::Unknown,
        (None, _) if !offered => SseState::NotOffered,
        (None, Sight::Visible) => SseState::None,
        (None, Sight::HiddenByCors) => SseState::Hidden,
        (None, Sight::Undecided) => SseState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn what_is_there_wins_and_what_is_not_there_depends_on_sight() {
        use Sight::{HiddenByCors, Undecided, Visible};
        let key = Some("k".to_owned());
        for (given, sight, offered, expected) in [
            (headers(&[(SSE_HEADER, "AES256")]), Undecided, true, SseState::SseS3),
            (headers(&[(SSE_HEADER, "AES256")]), Visible, false, SseState::SseS3),
            (
                headers(&[(SSE_HEADER, "aws:kms"), (KEY_ID_HEADER, "k")]),
                Visible,
                true,
                SseState::SseKms { key_id: key.clone() },
            ),
            (
                headers(&[(SSE_HEADER, "aws:kms:dsse")]),
                Visible,
                true,
                SseState::SseKmsDsse { key_id: None },
            ),
            (headers(&[(CUSTOMER_HEADER, "AES256")]), Visible, true, SseState::SseC),
            (headers(&[(SSE_HEADER, "rot13")]), Visible, true, SseState::Unknown),
            (headers(&[]), Visible, true, SseState::None),
            (headers(&[]), HiddenByCors, true, SseState::Hidden),
            (headers(&[]), Undecided, true, SseState::Unknown),
            (headers(&[]), Visible, false, SseState::NotOffered),
            (headers(&[]), HiddenByCors, false, SseState::NotOffered),
        ] {
            assert_eq!(judge(&given, sight, offered), expected, "{given:?} {sight:?} {offered}");
        }
    }

    #[test]
    fn evidence_is_what_was_seen_word_for_word() {
        let seen = headers(&[("etag", "e"), (SSE_HEADER, "aws:kms"), (KEY_ID_HEADER, "k")]);
        assert_eq!(
            sse_headers(&seen),
            [
                "x-amz-server-side-encryption-aws-kms-key-id: k",
                "x-amz-server-side-encryption: aws:kms"
            ]
        );
        assert!(sse_headers(&headers(&[("etag", "e")])).is_empty());
        let echoed = headers(&[(CUSTOMER_HEADER, "AES256"), (CUSTOMER_KEY_HEADER, "BwcHBwc=")]);
        assert_eq!(
            sse_headers(&echoed),
            [format!("{CUSTOMER_HEADER}: AES256")],
            "no key on the screen"
        );
    }
}
