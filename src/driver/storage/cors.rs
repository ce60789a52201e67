//! Probing CORS without changing anything, and writing the rule that is missing.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

use super::super::Problem;
use super::super::session::Session;
use super::CorsReport;
use super::sample::some_objects;
use super::test_object::test_key;
use crate::platform::abort::Abort;
use crate::platform::http::{HttpError, send};
use crate::platform::page;
use crate::s3::{
    AbortMultipartUpload, Bucket, ByteRange, CompleteMultipartUpload, CorsSeen, GetBucketCors, GetObject, HeadObject,
    Operation, Payload, PutBucketCors, RequestError, S3Error, Signing, UploadPart, cors_findings, merge_rule,
    recommended_rule, rules_difference,
};

/// A probe is small.
const PROBE: Duration = Duration::from_secs(20);
/// Encrypted uploads send such headers, and a rule that lists what may be sent easily forgets them. On a read it has no
/// meaning.
const ENVELOPE_HEADER: &str = "x-amz-meta-x-amz-iv";
/// An upload that was never created: whatever is asked of it, nothing happens.
const NO_UPLOAD: &str = "sealdrop-no-such-upload";

/// A read that is signed in headers, so that the browser sends a preflight first; with one header more, if given.
struct Preflighted<O>(O, Option<&'static str>);

impl<O: Operation> Operation for Preflighted<O> {
    type Output = O::Output;
    const NAME: &'static str = O::NAME;
    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = self.0.request(bucket)?;
        if let Some(name) = self.1 {
            let value = http::HeaderValue::from_static("sealdrop");
            request.headers_mut().insert(name, value);
        }
        Ok(request)
    }
    fn signing(&self) -> Signing {
        Signing::Headers(Payload::Hashed)
    }
    fn output(&self, response: &Response<Bytes>) -> Result<O::Output, S3Error> {
        self.0.output(response)
    }
}

/// Probes everything; without `full`, only by reading.
pub(super) async fn check(session: &Session, full: bool, applied: bool) -> Result<CorsReport, Problem> {
    session.doubt_cors();
    let origin = page::origin();
    let objects = some_objects(session, Some(20)).await?;
    let (rules, per_bucket) = match session.call_once(&GetBucketCors, "", &Abort::new()).await {
        Ok(rules) => (Some(rules), true),
        Err(Problem::Offline) => return Err(Problem::Offline),
        Err(Problem::NotImplemented { .. }) => (None, false),
        Err(_) => (None, true),
    };
    let key = test_key(session);
    let mut seen = CorsSeen::default();
    let object = objects.iter().find(|object| object.size > 0).or(objects.first());
    if let Some(object) = object {
        let head = HeadObject {
            key: object.key.clone(),
        };
        if let Ok(answer) = readable(session, &head, &object.key).await?
            && answer.status().is_success()
        {
            seen.head = Some(answer.headers().clone());
        }
        let get = GetObject {
            key: object.key.clone(),
            range: Some(ByteRange { start: 0, end: Some(1) }),
            if_match: None,
        };
        if object.size > 0
            && let Ok(answer) = readable(session, &get, &object.key).await?
            && answer.status().as_u16() == 206
        {
            seen.range = Some(answer.headers().clone());
        }
    }
    let absent = GetObject {
        key: key.clone(),
        range: None,
        if_match: None,
    };
    let get = readable(session, &Preflighted(absent.clone(), None), &key).await?;
    let with_header = readable(session, &Preflighted(absent, Some(ENVELOPE_HEADER)), &key).await?;
    let head = readable(session, &Preflighted(HeadObject { key: key.clone() }, None), &key).await?;
    let writes = if full { Some(write(session, &key).await?) } else { None };
    let refused = |answer: &Answer| answer.as_ref().is_ok_and(|answer| !answer.status().is_success());
    let tried = [&get, &head].into_iter().chain(writes.iter().flatten());
    seen.errors = Some(tried.into_iter().any(refused));
    // Where GET itself is blocked, that its headers are too says nothing.
    seen.request_headers = get.is_ok().then_some(with_header.is_ok());
    let written = |at: usize| writes.as_ref().map(|answers| answers[at].is_ok());
    seen.methods = vec![
        ("GET", Some(get.is_ok())),
        ("HEAD", Some(head.is_ok())),
        ("PUT", written(0)),
        ("POST", written(1)),
        ("DELETE", written(2)),
    ];
    let proposed = rules
        .as_deref()
        .map_or_else(|| vec![recommended_rule(&origin)], |rules| merge_rule(rules, &origin));
    Ok(CorsReport {
        findings: cors_findings(rules.as_deref(), &origin, &seen),
        difference: rules
            .as_deref()
            .map(|rules| rules_difference(rules, &proposed))
            .unwrap_or_default(),
        origin,
        rules,
        per_bucket,
        full,
        proposed,
        applied,
    })
}

/// What the browser lets us read of an answer.
type Answer = Result<Response<Bytes>, HttpError>;

/// PUT, POST and DELETE, to an upload that was never created.
async fn write(session: &Session, key: &str) -> Result<[Answer; 3], Problem> {
    let part = UploadPart {
        key: key.to_owned(),
        upload_id: NO_UPLOAD.to_owned(),
        part_number: 1,
    };
    let put = readable(session, &part, key).await?;
    let complete = CompleteMultipartUpload {
        key: key.to_owned(),
        upload_id: NO_UPLOAD.to_owned(),
        parts: vec![(1, "0".repeat(32))],
        if_none_match: false,
    };
    let post = readable(session, &complete, key).await?;
    let abort = AbortMultipartUpload {
        key: key.to_owned(),
        upload_id: NO_UPLOAD.to_owned(),
    };
    let delete = readable(session, &abort, key).await?;
    // A storage that overlooks the upload id has made an object of ours.
    if put.as_ref().is_ok_and(|answer| answer.status().is_success()) {
        session.delete(key).await?;
    }
    Ok([put, post, delete])
}

/// The answer, if the browser lets us read it; offline is no finding.
async fn readable<O: Operation>(session: &Session, operation: &O, key: &str) -> Result<Answer, Problem> {
    let request = session.sign(operation, key)?;
    match send(request, &Abort::new(), PROBE).await {
        Err(_) if !page::is_online() => Err(Problem::Offline),
        answer => Ok(answer),
    }
}

/// Writes the rules that were shown, unless somebody changed the bucket's rules meanwhile.
pub(super) async fn apply(session: &Session, shown: &CorsReport) -> Result<CorsReport, Problem> {
    let now = session.call(&GetBucketCors, "", &Abort::new()).await?;
    if shown.rules.as_ref() != Some(&now) {
        return Err(Problem::RulesChanged);
    }
    let written = session
        .call_once(&PutBucketCors(shown.proposed.clone()), "", &Abort::new())
        .await;
    // An answer that cannot be read says nothing: the rules do.
    match written {
        Err(Problem::Unreachable { endpoint }) => {
            if session.call(&GetBucketCors, "", &Abort::new()).await? != shown.proposed {
                let origin = page::origin();
                return Err(Problem::CorsBlocked { endpoint, origin });
            }
        }
        written => written?,
    }
    session.forget_cors();
    check(session, true, true).await
}
