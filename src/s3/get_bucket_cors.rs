//! GetBucketCors, and what a rule means.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketCors.html>

use bytes::Bytes;
use http::{Method, Request, Response};
use serde::Deserialize;

use super::operation::plain_request;
use super::{Bucket, Operation, RequestError, S3Error, Signing, xml};

/// Reads the bucket's CORS rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetBucketCors;

/// One CORS rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct CorsRule {
    /// Its name, where somebody gave it one.
    #[serde(rename = "ID", default)]
    pub id: Option<String>,
    /// Origins, each with at most one `*`.
    #[serde(rename = "AllowedOrigin", default)]
    pub allowed_origins: Vec<String>,
    /// HTTP methods.
    #[serde(rename = "AllowedMethod", default)]
    pub allowed_methods: Vec<String>,
    /// Request headers, each with at most one `*`.
    #[serde(rename = "AllowedHeader", default)]
    pub allowed_headers: Vec<String>,
    /// Response headers that scripts may see.
    #[serde(rename = "ExposeHeader", default)]
    pub expose_headers: Vec<String>,
    /// Seconds a preflight is good for.
    #[serde(rename = "MaxAgeSeconds", default)]
    pub max_age: Option<u32>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "CORSRule", default)]
    rules: Vec<CorsRule>,
}

impl Operation for GetBucketCors {
    /// In order; empty where the bucket has none.
    type Output = Vec<CorsRule>;

    const NAME: &'static str = "GetBucketCors";

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        Ok(plain_request(Method::GET, bucket.bucket_query(&[("cors", None)])?))
    }

    fn signing(&self) -> Signing {
        Signing::Query
    }

    fn output(&self, response: &Response<Bytes>) -> Result<Vec<CorsRule>, S3Error> {
        match xml::document::<Answer>(response, "CORSConfiguration") {
            Ok(answer) => Ok(answer.rules),
            Err(error) if error.code == "NoSuchCORSConfiguration" => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

/// Whether the rule that S3 applies to `method` from `origin` (the first that matches) lets scripts see `header`.
/// `None` when no rule matches: the page saw the answer all the same, so something else than these rules let it.
pub fn exposes(rules: &[CorsRule], origin: &str, method: &str, header: &str) -> Option<bool> {
    let matches = |rule: &&CorsRule| {
        rule.allowed_origins
            .iter()
            .any(|pattern| matches_pattern(pattern, origin))
            && rule.allowed_methods.iter().any(|allowed| allowed == method)
    };
    let rule = rules.iter().find(matches)?;
    Some(
        rule.expose_headers
            .iter()
            .any(|exposed| exposed == "*" || exposed.eq_ignore_ascii_case(header)),
    )
}

/// Whether some rule lets pages of `origin` send `method`.
pub(super) fn allows(rules: &[CorsRule], origin: &str, method: &str) -> bool {
    rules.iter().any(|rule| {
        let for_origin = rule
            .allowed_origins
            .iter()
            .any(|pattern| matches_pattern(pattern, origin));
        for_origin && rule.allowed_methods.iter().any(|allowed| allowed == method)
    })
}

/// `*` stands for any text, once.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(origin: &str, method: &str, exposed: &str) -> CorsRule {
        CorsRule {
            allowed_origins: vec![origin.to_owned()],
            allowed_methods: vec![method.to_owned()],
            expose_headers: vec![exposed.to_owned()],
            ..CorsRule::default()
        }
    }

    #[test]
    fn rules_are_read() {
        let body = "<CORSConfiguration xmlns=\"x\"><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>\
            <AllowedMethod>HEAD</AllowedMethod><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>60</MaxAgeSeconds></CORSRule>\
            </CORSConfiguration>";
        let rules = GetBucketCors
            .output(&Response::new(Bytes::from_static(body.as_bytes())))
            .expect("rules");
        assert_eq!(rules[0].allowed_methods, ["GET", "HEAD"]);
        assert_eq!(rules[0].max_age, Some(60));
    }

    #[test]
    fn a_bucket_without_rules_has_an_empty_list() {
        let body = "<Error><Code>NoSuchCORSConfiguration</Code></Error>";
        let answer = Response::builder()
            .status(404)
            .body(Bytes::from_static(body.as_bytes()));
        assert_eq!(GetBucketCors.output(&answer.expect("a response")), Ok(Vec::new()));
        let denied = Response::builder().status(403).body(Bytes::new()).expect("a response");
        assert!(GetBucketCors.output(&denied).is_err());
    }

    #[test]
    fn the_first_matching_rule_decides() {
        let rules = [
            rule("https://a", "HEAD", "ETag"),
            rule("https://*", "HEAD", "x-sse"),
            rule("*", "GET", "x-sse"),
        ];
        assert_eq!(exposes(&rules, "https://a", "HEAD", "X-SSE"), Some(false));
        assert_eq!(exposes(&rules, "https://a", "HEAD", "etag"), Some(true));
        assert_eq!(exposes(&rules, "https://b", "HEAD", "X-SSE"), Some(true));
        assert_eq!(exposes(&rules, "http://b", "HEAD", "x-sse"), None);
        assert_eq!(exposes(&rules, "http://b", "GET", "x-sse"), Some(true));
        assert!(!matches_pattern("ab*ba", "aba"));
    }
}
