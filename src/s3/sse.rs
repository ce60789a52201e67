//! Server-side encryption as HEAD shows it.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html#API_HeadObject_ResponseSyntax>

use http::HeaderMap;

use super::head_object::header_text;
use super::{CorsRule, exposes};

/// The response header that tells.
pub const SSE_HEADER: &str = "x-amz-server-side-encryption";
const KEY_ID_HEADER: &str = "x-amz-server-side-encryption-aws-kms-key-id";
const CUSTOMER_HEADER: &str = "x-amz-server-side-encryption-customer-algorithm";

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

/// Whether the page would see the SSE header if it were there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sight {
    /// It was seen, or the bucket's CORS rule exposes it.
    Visible,
    /// The bucket's CORS rule does not expose it.
    HiddenByCors,
    /// Nothing decided it.
    #[default]
    Undecided,
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

/// What can be known of the header's visibility for `origin`: from the bucket's rules where they could be read, else
/// from the answer itself: where not even the ETag is visible, the rule exposes nothing.
pub fn sight(rules: Option<&[CorsRule]>, origin: &str, headers: &HeaderMap) -> Sight {
    let seen = [SSE_HEADER, CUSTOMER_HEADER]
        .iter()
        .any(|name| headers.contains_key(*name));
    match rules.and_then(|rules| exposes(rules, origin, "HEAD", SSE_HEADER)) {
        _ if seen => Sight::Visible,
        Some(true) => Sight::Visible,
        Some(false) => Sight::HiddenByCors,
        None if !headers.contains_key("etag") => Sight::HiddenByCors,
        None => Sight::Undecided,
    }
}

/// SSE of a bucket, judged from objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BucketSse {
    /// No object was there to look at.
    Empty,
    /// All objects looked at are in this state.
    All(SseState),
    /// They differ.
    Mixed,
}

impl BucketSse {
    /// Judges the states of the objects looked at. Key ids may differ within one state.
    pub fn judge<'a>(states: impl IntoIterator<Item = &'a SseState>) -> BucketSse {
        let mut states = states.into_iter();
        match states.next() {
            None => BucketSse::Empty,
            Some(first) if states.all(|state| state.as_str() == first.as_str()) => BucketSse::All(first.clone()),
            Some(_) => BucketSse::Mixed,
        }
    }

    /// The value of `data-sse`.
    pub fn as_str(&self) -> &'static str {
        match self {
            BucketSse::Empty => "empty",
            BucketSse::All(state) => state.as_str(),
            BucketSse::Mixed => "mixed",
        }
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
    fn sight_comes_from_the_rule_or_from_what_was_seen() {
        let rule = |exposed: &str| CorsRule {
            allowed_origins: vec!["*".into()],
            allowed_methods: vec!["HEAD".into()],
            expose_headers: vec![exposed.into()],
            ..CorsRule::default()
        };
        let (etag, none) = (headers(&[("etag", "x")]), headers(&[]));
        assert_eq!(
            sight(Some(&[rule("X-Amz-Server-Side-Encryption")]), "o", &etag),
            Sight::Visible
        );
        assert_eq!(sight(Some(&[rule("ETag")]), "o", &etag), Sight::HiddenByCors);
        assert_eq!(sight(Some(&[]), "o", &etag), Sight::Undecided);
        assert_eq!(sight(None, "o", &etag), Sight::Undecided);
        assert_eq!(sight(None, "o", &none), Sight::HiddenByCors);
        assert_eq!(sight(None, "o", &headers(&[(SSE_HEADER, "AES256")])), Sight::Visible);
    }

    #[test]
    fn a_bucket_is_what_its_objects_are() {
        let bucket = |states: &[SseState]| BucketSse::judge(states).as_str();
        assert_eq!(bucket(&[]), "empty");
        assert_eq!(bucket(&[SseState::SseS3, SseState::SseS3]), "sse-s3");
        assert_eq!(bucket(&[SseState::SseS3, SseState::None]), "mixed");
        let kms = |id: &str| SseState::SseKms {
            key_id: Some(id.into()),
        };
        assert_eq!(bucket(&[kms("a"), kms("b")]), "sse-kms");
    }
}
