//! Why nothing could be read: the browser says only that it failed, so ask in ways that tell the causes apart.

use std::time::Duration;

use ::http::{Method, Request};
use bytes::Bytes;

use super::super::session::Session;
use super::super::skew::TOLERATED_SECONDS;
use super::super::{Problem, refusal};
use super::{Diagnosis, DiagnosisQuestion};
use crate::platform::abort::Abort;
use crate::platform::{clock, http, page, probe};
use crate::s3::{Endpoint, ErrorKind, S3Error, clock_skew};

/// A server that does not answer a probe in this time is not there.
const PROBE: Duration = Duration::from_secs(10);

/// Asks one question after the other; the first no names the problem.
pub(in crate::driver) async fn why(session: &Session, endpoint: &Endpoint) -> (Problem, Vec<Diagnosis>) {
    use DiagnosisQuestion::{Answers, BucketReadable, Clock, NotMixed, Online, SignedReadable};
    let mut found = Vec::new();
    let mut note = |question, ok| found.push(Diagnosis { question, ok });
    note(Online, Some(page::is_online()));
    if !page::is_online() {
        return (Problem::Offline, found);
    }
    note(NotMixed, Some(true));
    let shown = session.reached_at();
    let host = session.origin();
    let does_answer = answers(&host).await;
    note(Answers, Some(does_answer));
    if !does_answer {
        // The bucket's own host needs a name and a certificate beside the endpoint's.
        let problem = if host != endpoint.origin() && answers(&endpoint.origin()).await {
            Problem::BucketHostUnreachable {
                host,
                endpoint: endpoint.to_string(),
            }
        } else {
            Problem::Unreachable { endpoint: shown }
        };
        return (problem, found);
    }
    let skew = skew_of_this_computer().await;
    note(Clock, skew.map(|seconds| seconds.abs() <= TOLERATED_SECONDS));
    // Unsigned, so that neither key nor clock matter: whether this page may read about this bucket at all.
    let unsigned = Request::builder()
        .method(Method::GET)
        .uri(session.bucket_uri())
        .body(Bytes::new());
    let readable = match unsigned {
        Ok(request) => http::send(request, &Abort::new(), PROBE).await.ok(),
        Err(_) => None,
    };
    note(BucketReadable, readable.as_ref().map(|_| true));
    if let Some(seconds) = skew.filter(|seconds| seconds.abs() > TOLERATED_SECONDS) {
        note(SignedReadable, Some(false));
        return (Problem::ClockOff { seconds }, found);
    }
    let Some(answer) = readable else {
        // A redirect to another host loses this page's origin on the way: only that there is one can be seen.
        let bucket = session.bucket_uri().to_string();
        if probe::is_redirected(&bucket, &Abort::new(), PROBE).await == Ok(true) {
            return (Problem::WrongRegion { expected: None }, found);
        }
        return (
            Problem::CorsBlocked {
                endpoint: shown,
                origin: page::origin(),
            },
            found,
        );
    };
    note(SignedReadable, Some(false));
    let error = S3Error::from_response(&answer);
    let problem = match error.kind() {
        ErrorKind::NoSuchBucket | ErrorKind::WrongRegion | ErrorKind::Redirect => {
            let subject = refusal::Subject {
                operation: "ListObjectsV2",
                bucket: &session.target.bucket,
                key: "",
            };
            refusal::from_s3(&error, subject)
        }
        _ => Problem::KeyRefusedUnreadably,
    };
    (problem, found)
}

/// Whether anything answers there, readable or not.
async fn answers(origin: &str) -> bool {
    probe::no_cors(&format!("{origin}/"), &Abort::new(), PROBE)
        .await
        .is_ok()
}

/// Seconds by which this computer's clock is ahead of the server of this page, where that says its time.
pub(in crate::driver) async fn skew_of_this_computer() -> Option<i64> {
    let request = Request::builder()
        .method(Method::HEAD)
        .uri(page::resolve("index.html")?)
        .body(Bytes::new())
        .ok()?;
    let answer = http::send(request, &Abort::new(), PROBE).await.ok()?;
    clock_skew(answer.headers(), clock::system_time())
}
