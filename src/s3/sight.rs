//! Whether the page would see the SSE header if it were there, and how we know.

use http::HeaderMap;

use super::sse::{CUSTOMER_HEADER, SSE_HEADER};
use super::{CorsRule, exposes};

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

/// How [`Sight`] is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grounds {
    /// The answer shows the header.
    Shown,
    /// Another object's answer, under the same rule, showed it.
    ShownElsewhere,
    /// The storage refuses to say anything without the customer's key.
    KeyDemanded,
    /// The bucket's CORS rule exposes it.
    RuleExposes,
    /// The answer shows headers that no rule lists: the storage exposes every header.
    EverythingShown,
    /// The bucket's CORS rule does not expose it.
    RuleHides,
    /// The answer shows nothing but what CORS shows of every answer: nothing is exposed.
    NothingShown,
    /// Rules and answer leave it open.
    #[default]
    Nothing,
}

impl Grounds {
    /// What they say.
    pub fn sight(self) -> Sight {
        match self {
            Grounds::Shown
            | Grounds::ShownElsewhere
            | Grounds::KeyDemanded
            | Grounds::RuleExposes
            | Grounds::EverythingShown => Sight::Visible,
            Grounds::RuleHides | Grounds::NothingShown => Sight::HiddenByCors,
            Grounds::Nothing => Sight::Undecided,
        }
    }
}

/// Headers that web servers send and nobody lists in a bucket's rule. A page sees them only where everything is exposed.
const NEVER_LISTED: [&str; 3] = ["server", "connection", "keep-alive"];

/// Headers that CORS shows without being told to. <https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name>
const ALWAYS_SHOWN: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// What can be known of the header's visibility for `origin`: from the answer where it shows the header, else from the
/// bucket's rules where they could be read, else from what else the answer shows.
pub fn grounds(rules: Option<&[CorsRule]>, origin: &str, headers: &HeaderMap) -> Grounds {
    let shows = |names: &[&str]| names.iter().any(|name| headers.contains_key(*name));
    if shows(&[SSE_HEADER, CUSTOMER_HEADER]) {
        return Grounds::Shown;
    }
    let listed = |name: &str| rules.and_then(|rules| exposes(rules, origin, "HEAD", name));
    let beyond_the_rule = |name: &&str| headers.contains_key(*name) && listed(name) != Some(true);
    match listed(SSE_HEADER) {
        _ if NEVER_LISTED.iter().any(beyond_the_rule) => Grounds::EverythingShown,
        Some(true) => Grounds::RuleExposes,
        Some(false) => Grounds::RuleHides,
        None if headers.keys().all(|name| ALWAYS_SHOWN.contains(&name.as_str())) => Grounds::NothingShown,
        None => Grounds::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(exposed: &str) -> CorsRule {
        CorsRule {
            allowed_origins: vec!["*".into()],
            allowed_methods: vec!["HEAD".into()],
            expose_headers: vec![exposed.into()],
            ..CorsRule::default()
        }
    }

    #[test]
    fn the_answer_comes_first_then_the_rule_then_what_else_is_seen() {
        let headers = |names: &[&'static str]| -> HeaderMap {
            let value = http::HeaderValue::from_static("AES256");
            let pair = |name: &&'static str| (http::HeaderName::from_static(name), value.clone());
            names.iter().map(pair).collect()
        };
        let (exposing, other) = ([rule("X-Amz-Server-Side-Encryption")], [rule("ETag")]);
        for (rules, names, expected) in [
            (None, &[SSE_HEADER][..], Grounds::Shown),
            (Some(&other[..]), &[CUSTOMER_HEADER], Grounds::Shown),
            (Some(&exposing), &["etag"], Grounds::RuleExposes),
            (Some(&[rule("*")][..]), &["etag"], Grounds::RuleExposes),
            (Some(&other), &["etag"], Grounds::RuleHides),
            (Some(&[]), &["etag"], Grounds::Nothing),
            (Some(&[]), &["etag", "server"], Grounds::EverythingShown),
            (None, &["etag"], Grounds::Nothing),
            (None, &["etag", "date", "x-amz-request-id"], Grounds::Nothing),
            (None, &["content-length", "last-modified"], Grounds::NothingShown),
            // A rule that exposes the SSE header alone, and cannot be read, would look like this too.
            (None, &["content-length", "x-amz-request-id"], Grounds::Nothing),
            // A rule may list even these.
            (Some(&[rule("Server")][..]), &["etag", "server"], Grounds::RuleHides),
            (Some(&other), &["etag", "server"], Grounds::EverythingShown),
        ] {
            assert_eq!(
                grounds(rules, "https://o", &headers(names)),
                expected,
                "{rules:?} {names:?}"
            );
        }
    }
}
