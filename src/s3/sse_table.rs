//! What each server answered when it was measured, and the verdict that follows. `docs/servers.md` lists their other
//! traits, each with its test.

use http::HeaderMap;

use super::{CorsRule, Grounds, SseRequest, SseState, grounds, judge, recommended_rule};

const ORIGIN: &str = "https://portal.example";
const SSE: &str = "x-amz-server-side-encryption";

struct Measured {
    server: &'static str,
    /// Headers of HEAD that the browser shows.
    head: &'static [(&'static str, &'static str)],
    /// Whether GetBucketCors can be read, with the documented rule in it.
    rules: bool,
    offered: bool,
    asked: SseRequest,
    expected: &'static str,
}

/// Plain objects where nothing was asked, objects where SSE-S3 was, and what a page can know of each.
fn table() -> Vec<Measured> {
    let row = |server, head, rules, offered, asked, expected| Measured {
        server,
        head,
        rules,
        offered,
        asked,
        expected,
    };
    let nothing = || SseRequest::BucketDefault;
    let sse_s3 = || SseRequest::SseS3;
    let etag: &[(&str, &str)] = &[("etag", "\"e\"")];
    let shown: &[(&str, &str)] = &[("etag", "\"e\""), (SSE, "AES256")];
    vec![
        row("Amazon S3 since 2023", shown, false, true, nothing(), "sse-s3"),
        row("SeaweedFS 4.48, bucket default", shown, true, true, nothing(), "sse-s3"),
        row("SeaweedFS 4.48, plain", etag, true, true, nothing(), "none"),
        row(
            "SeaweedFS 4.48, permissive CORS",
            &[("etag", "\"e\""), ("server", "SeaweedFS")],
            false,
            true,
            nothing(),
            "none",
        ),
        row("Scality 7.4, encrypted bucket", shown, true, true, nothing(), "sse-s3"),
        row(
            "Scality 7.4, plain bucket that answered 200",
            etag,
            true,
            true,
            sse_s3(),
            "unconfirmed",
        ),
        row("Scality 8.8, asked", shown, true, true, sse_s3(), "sse-s3"),
        row(
            "Scality 7.10, stored before the default was set",
            etag,
            true,
            true,
            nothing(),
            "none",
        ),
        row(
            "MinIO without a KMS, everything exposed",
            &[("etag", "\"e\""), ("server", "MinIO")],
            false,
            true,
            nothing(),
            "none",
        ),
        row(
            "a gateway without SSE, taken for another storage",
            etag,
            true,
            true,
            nothing(),
            "none",
        ),
        row(
            "a storage with SSE, taken for one without",
            shown,
            true,
            false,
            nothing(),
            "sse-s3",
        ),
        row(
            "Ceph 16.2, plain, rules unreadable",
            etag,
            false,
            true,
            nothing(),
            "unknown",
        ),
        row("Ceph 16.2, SSE-S3 ignored", etag, false, true, sse_s3(), "unconfirmed"),
        row("Garage 2.5, SSE-S3 ignored", etag, true, false, sse_s3(), "unconfirmed"),
        row("Garage 2.5, nothing asked", etag, true, false, nothing(), "not-offered"),
        row("ABCI 3.0", etag, true, false, nothing(), "not-offered"),
        row("rclone serve s3, plain", etag, false, true, nothing(), "unknown"),
        row(
            "any, nothing exposed",
            &[("content-length", "1")],
            false,
            true,
            nothing(),
            "hidden",
        ),
        row(
            "any, nothing exposed, asked",
            &[("content-length", "1")],
            false,
            true,
            sse_s3(),
            "hidden",
        ),
    ]
}

#[test]
fn every_server_gets_the_verdict_it_deserves() {
    for row in table() {
        let pair = |(name, value): &(&'static str, &str)| {
            (http::HeaderName::from_static(name), value.parse().expect("a value"))
        };
        let headers: HeaderMap = row.head.iter().map(pair).collect();
        let rules: Option<Vec<CorsRule>> = row.rules.then(|| vec![recommended_rule(ORIGIN)]);
        let known: Grounds = grounds(rules.as_deref(), ORIGIN, &headers);
        let seen: SseState = judge(&headers, known.sight(), row.offered);
        assert_eq!(row.asked.confirmed(seen).as_str(), row.expected, "{}", row.server);
    }
}
