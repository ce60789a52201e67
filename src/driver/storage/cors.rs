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

/// Probes everything.
pub(super) async fn check(session: &Session, applied: bool) -> Result<CorsReport, Problem> {
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
    let (upload_id, part_number) = (NO_UPLOAD.to_owned(), 1);
    let absent = GetObject {
        key: key.clone(),
        range: None,
        if_match: None,
    };
    let get = readable(session, &Preflighted(absent.clone(), None), &key).await?;
    let with_header = readable(session, &Preflighted(absent, Some(ENVELOPE_HEADER)), &key).await?;
    let head = readable(session, &Preflighted(HeadObject { key: key.clone() }, None), &key).await?;
    let part = UploadPart {
        key: key.clone(),
        upload_id: upload_id.clone(),
        part_number,
    };
    let put = readable(session, &part, &key).await?;
    let complete = CompleteMultipartUpload {
        key: key.clone(),
        upload_id: upload_id.clone(),
        parts: vec![(1, "0".repeat(32))],
        if_none_match: false,
    };
    let post = readable(session, &complete, &key).await?;
    let delete = readable(
        session,
        &AbortMultipartUpload {
            key: key.clone(),
            upload_id,
        },
        &key,
    )
    .await?;
    // A storage that overlooks the upload id has made an object of ours.
    if put.as_ref().is_ok_and(|answer| answer.status().is_success()) {
        session.delete(&key).await?;
    }
    seen.errors = Some(
        [&head, &put, &post, &delete]
            .iter()
            .any(|answer| answer.as_ref().is_ok_and(|answer| !answer.status().is_success())),
    );
    // Where GET itself is blocked, that its headers are too says nothing.
    seen.request_headers = get.is_ok().then_some(with_header.is_ok());
    seen.methods = [
        ("GET", &get),
        ("HEAD", &head),
        ("PUT", &put),
        ("POST", &post),
        ("DELETE", &delete),
    ]
    .map(|(method, answer)| (method, answer.is_ok()))
    .to_vec();
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
        proposed,
        applied,
    })
}

/// The answer, if the browser lets us read it; offline is no finding.
async fn readable<O: Operation>(
    session: &Session,
    operation: &O,
    key: &str,
) -> Result<Result<Response<Bytes>, HttpError>, Problem> {
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
    check(session, true).await
}
