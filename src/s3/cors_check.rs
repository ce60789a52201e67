//! What is missing between a page and a bucket: judged from the rules, where they can be read, and from what was seen.

use http::HeaderMap;

use super::get_bucket_cors::allows;
use super::{CorsRule, exposes};

/// One thing the app needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorsProbe {
    /// This method, with signed headers, so with a preflight.
    Method(&'static str),
    /// The request headers of an encrypted upload (metadata, checksum) may be sent.
    RequestHeaders,
    /// A refusal can be read, not only success.
    Errors,
    /// A response header that every answer of its kind carries.
    Header(&'static str),
    /// The SSE header, which only encrypted objects carry.
    Sse,
    /// The metadata of the Amazon S3 Encryption Client.
    Envelope,
}

/// Why a probe came out as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorsReason {
    /// It was seen to work.
    Seen,
    /// The rule that applies allows or exposes it.
    RuleAllows,
    /// The rule that applies does not.
    RuleLacks,
    /// Every such answer carries it, and this page does not see it.
    NotSeen,
    /// The request was sent, and the browser kept the answer from the page.
    Blocked,
    /// There is no object to look at.
    NoObject,
    /// The rules could not be read, and nothing else decides.
    RulesUnreadable,
    /// No rule of the bucket matches this page; something else let it in.
    NoRuleMatches,
    /// Nobody has looked yet.
    NotChecked,
}

/// A probe with its outcome; `ok` is `None` where nothing decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CorsFinding {
    /// What was probed.
    pub probe: CorsProbe,
    /// Whether it works.
    pub ok: Option<bool>,
    /// Why we think so.
    pub reason: CorsReason,
}

/// What the probes saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsSeen {
    /// Methods, and whether their answer could be read; `None` for those that were not tried.
    pub methods: Vec<(&'static str, Option<bool>)>,
    /// Whether a request with such headers got an answer; `None` if none was sent.
    pub request_headers: Option<bool>,
    /// Whether a refusal could be read; `None` if nothing was refused.
    pub errors: Option<bool>,
    /// Visible headers of a HEAD of some object.
    pub head: Option<HeaderMap>,
    /// Visible headers of a GET of one byte of it.
    pub range: Option<HeaderMap>,
}

/// The envelope's names: every object of formats V1 and V2 has the first, every one of V3 the second.
const ENVELOPE: [&str; 2] = ["x-amz-meta-x-amz-iv", "x-amz-meta-x-amz-c"];

/// All probes, judged.
pub fn cors_findings(rules: Option<&[CorsRule]>, origin: &str, seen: &CorsSeen) -> Vec<CorsFinding> {
    use CorsReason::{Blocked, NoObject, NoRuleMatches, NotSeen, RuleAllows, RuleLacks, RulesUnreadable, Seen};
    let finding = |probe, ok, reason| CorsFinding { probe, ok, reason };
    let by_rule = |names: &[&str]| match rules {
        None => (None, RulesUnreadable),
        Some(rules) => {
            let exposed: Option<Vec<bool>> = names.iter().map(|name| exposes(rules, origin, "HEAD", name)).collect();
            match exposed {
                None => (None, NoRuleMatches),
                Some(all) if all.iter().all(|exposed| *exposed) => (Some(true), RuleAllows),
                Some(_) => (Some(false), RuleLacks),
            }
        }
    };
    let mut findings: Vec<_> = seen
        .methods
        .iter()
        .map(|(method, readable)| {
            let (ok, reason) = match readable {
                Some(true) => (Some(true), Seen),
                Some(false) => (Some(false), Blocked),
                None => match rules {
                    Some(rules) if allows(rules, origin, method) => (Some(true), RuleAllows),
                    Some([]) => (None, NoRuleMatches),
                    Some(_) => (Some(false), RuleLacks),
                    None => (None, CorsReason::NotChecked),
                },
            };
            finding(CorsProbe::Method(method), ok, reason)
        })
        .collect();
    let tried = |probe, readable: Option<bool>| match readable {
        Some(true) => finding(probe, Some(true), Seen),
        Some(false) => finding(probe, Some(false), Blocked),
        None => finding(probe, None, CorsReason::NotChecked),
    };
    findings.push(tried(CorsProbe::RequestHeaders, seen.request_headers));
    findings.push(match seen.errors {
        Some(true) => finding(CorsProbe::Errors, Some(true), Seen),
        Some(false) => finding(CorsProbe::Errors, Some(false), Blocked),
        None => finding(CorsProbe::Errors, None, NoObject),
    });
    for (name, headers) in [
        ("ETag", &seen.head),
        ("Date", &seen.head),
        ("Content-Range", &seen.range),
    ] {
        let (ok, reason) = match headers {
            Some(headers) if headers.contains_key(name.to_ascii_lowercase().as_str()) => (Some(true), Seen),
            Some(_) => (Some(false), NotSeen),
            None => match by_rule(&[name]) {
                (None, _) => (None, NoObject),
                decided => decided,
            },
        };
        findings.push(finding(CorsProbe::Header(name), ok, reason));
    }
    let shown = |name: &str| seen.head.as_ref().is_some_and(|headers| headers.contains_key(name));
    let sse = if shown(super::SSE_HEADER) {
        (Some(true), Seen)
    } else {
        by_rule(&[super::SSE_HEADER])
    };
    findings.push(finding(CorsProbe::Sse, sse.0, sse.1));
    let envelope = by_rule(&ENVELOPE);
    findings.push(finding(CorsProbe::Envelope, envelope.0, envelope.1));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::{SSE_HEADER, recommended_rule};

    fn headers(names: &[&'static str]) -> Option<HeaderMap> {
        let value = http::HeaderValue::from_static("x");
        let pair = |name: &&'static str| (http::HeaderName::from_static(name), value.clone());
        Some(names.iter().map(pair).collect())
    }

    fn outcome(rules: Option<&[CorsRule]>, seen: &CorsSeen, probe: CorsProbe) -> (Option<bool>, CorsReason) {
        let found = cors_findings(rules, "https://o", seen);
        let found = found.iter().find(|finding| finding.probe == probe).expect("the probe");
        (found.ok, found.reason)
    }

    #[test]
    fn what_every_answer_carries_is_missing_when_it_is_not_seen() {
        let seen = CorsSeen {
            methods: vec![("PUT", Some(true)), ("DELETE", Some(false)), ("POST", None)],
            errors: Some(true),
            head: headers(&["etag"]),
            range: headers(&["content-length"]),
            request_headers: Some(true),
        };
        for (probe, expected) in [
            (CorsProbe::Method("PUT"), (Some(true), CorsReason::Seen)),
            (CorsProbe::Method("DELETE"), (Some(false), CorsReason::Blocked)),
            (CorsProbe::Method("POST"), (None, CorsReason::NotChecked)),
            (CorsProbe::Errors, (Some(true), CorsReason::Seen)),
            (CorsProbe::Header("ETag"), (Some(true), CorsReason::Seen)),
            (CorsProbe::Header("Date"), (Some(false), CorsReason::NotSeen)),
            (CorsProbe::Header("Content-Range"), (Some(false), CorsReason::NotSeen)),
            (CorsProbe::Sse, (None, CorsReason::RulesUnreadable)),
            (CorsProbe::Envelope, (None, CorsReason::RulesUnreadable)),
        ] {
            assert_eq!(outcome(None, &seen, probe), expected, "{probe:?}");
        }
    }

    #[test]
    fn methods_that_were_not_tried_are_judged_by_the_rule() {
        let rule = |methods: &[&str]| CorsRule {
            allowed_methods: methods.iter().map(|method| (*method).to_owned()).collect(),
            ..recommended_rule("https://o")
        };
        let seen = CorsSeen {
            methods: vec![("PUT", None)],
            ..CorsSeen::default()
        };
        let put = CorsProbe::Method("PUT");
        let by = |rules: &[CorsRule]| outcome(Some(rules), &seen, put);
        assert_eq!(by(&[rule(&["GET", "PUT"])]), (Some(true), CorsReason::RuleAllows));
        assert_eq!(by(&[rule(&["GET"])]), (Some(false), CorsReason::RuleLacks));
        // The page reads all the same: something else than the rules lets it.
        assert_eq!(by(&[]), (None, CorsReason::NoRuleMatches));
    }

    #[test]
    fn without_an_object_the_rules_decide_and_without_rules_nothing_does() {
        let rule = [recommended_rule("https://o")];
        let mut narrow = rule[0].clone();
        narrow.expose_headers = vec!["ETag".into()];
        let nothing = CorsSeen::default();
        assert_eq!(
            outcome(Some(&rule), &nothing, CorsProbe::Header("Date")),
            (Some(true), CorsReason::RuleAllows)
        );
        assert_eq!(
            outcome(Some(&[narrow.clone()]), &nothing, CorsProbe::Sse),
            (Some(false), CorsReason::RuleLacks)
        );
        assert_eq!(
            outcome(Some(&[narrow]), &nothing, CorsProbe::Envelope),
            (Some(false), CorsReason::RuleLacks)
        );
        assert_eq!(
            outcome(Some(&rule), &nothing, CorsProbe::Envelope),
            (Some(true), CorsReason::RuleAllows)
        );
        assert_eq!(
            outcome(Some(&[]), &nothing, CorsProbe::Sse),
            (None, CorsReason::NoRuleMatches)
        );
        assert_eq!(
            outcome(None, &nothing, CorsProbe::Header("ETag")),
            (None, CorsReason::NoObject)
        );
        let encrypted = CorsSeen {
            head: headers(&[SSE_HEADER]),
            ..CorsSeen::default()
        };
        assert_eq!(
            outcome(None, &encrypted, CorsProbe::Sse),
            (Some(true), CorsReason::Seen)
        );
    }
}
