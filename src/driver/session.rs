//! One connection: signs, sends, reads answers, keeps the clock right, remembers what CORS exposes.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Response;

use super::customer_keys::CustomerKeys;
use super::refusal::{self, Subject};
use super::skew::{self, Skew};
use super::{Problem, Target};
use crate::platform::abort::Abort;
use crate::platform::http::HttpError;
use crate::platform::{clock, page, random};
use crate::s3::{
    AddressingStyle, Bucket, CorsRule, Credentials, DeleteObject, ErrorKind, GetBucketCors, Grounds, ListObjectsV2,
    ListPage, ObjectHead, Operation, S3Error, SseRequest, grounds,
};
use crate::transfer::{Backoff, FailureKind};

/// Requests without a large body are given up after this.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Keys of one listed page: what S3 gives at most.
const PAGE: u32 = 1000;

/// A bucket, and the right to use it. Credentials stay in here.
pub(super) struct Session {
    pub(super) target: Target,
    bucket: Bucket,
    credentials: Credentials,
    skew: Skew,
    /// The bucket's CORS rules: `None` before they were asked for, an inner `None` where they cannot be read.
    cors: RefCell<Option<Option<Vec<CorsRule>>>>,
    /// The last time they were asked for, the answer could not be read.
    cors_unreadable: Cell<bool>,
    sse_seen: Cell<bool>,
    /// The storage does SSE, whatever it was taken for.
    sse_offered: Cell<bool>,
    /// What new objects ask of the storage.
    upload_sse: RefCell<SseRequest>,
    /// What objects stored with SSE-C are read with.
    pub(super) customer_keys: RefCell<CustomerKeys>,
}

impl Session {
    pub(super) fn new(target: Target, bucket: Bucket, credentials: Credentials) -> Session {
        let sse_offered = Cell::new(target.provider.preset().offers_sse);
        Session {
            target,
            bucket,
            credentials,
            skew: Skew::default(),
            cors: RefCell::default(),
            sse_offered,
            cors_unreadable: Cell::default(),
            sse_seen: Cell::new(false),
            upload_sse: RefCell::default(),
            customer_keys: RefCell::default(),
        }
    }

    /// Endpoint and bucket: with other credentials it is still the same place.
    pub(super) fn place(&self) -> String {
        format!("{} {}", self.target.endpoint, self.target.bucket)
    }

    /// Another bucket at the same place, with the same credentials; no prefix.
    pub(super) fn sibling(&self, name: &str) -> Result<Session, Problem> {
        let target = Target {
            bucket: name.to_owned(),
            prefix: String::new(),
            ..self.target.clone()
        };
        let bucket = Bucket::new(&target.endpoint, &target.region, name, target.style)
            .map_err(|error| refusal::from_bucket(&error, &target.endpoint, name))?;
        Ok(Session {
            skew: self.skew.clone(),
            ..Session::new(target, bucket, self.credentials.clone())
        })
    }

    /// Whether what is sent can be read on the way.
    pub(super) fn sends_in_clear(&self) -> bool {
        let endpoint = self.bucket.endpoint();
        !endpoint.is_https() && !endpoint.is_loopback()
    }

    /// The bucket's URL, unsigned.
    pub(super) fn bucket_uri(&self) -> http::Uri {
        self.bucket.bucket_uri()
    }

    /// Scheme, host and port of all requests.
    pub(super) fn origin(&self) -> String {
        self.bucket.origin()
    }

    /// Where requests go, for people: the endpoint as it was given, or the bucket's own host.
    pub(super) fn reached_at(&self) -> String {
        match self.bucket.style() {
            AddressingStyle::Path => self.target.endpoint.clone(),
            AddressingStyle::VirtualHosted => self.bucket.origin(),
        }
    }

    /// What new objects ask of the storage.
    pub(super) fn upload_sse(&self) -> SseRequest {
        self.upload_sse.borrow().clone()
    }

    /// From now on new objects ask for this.
    pub(super) fn set_upload_sse(&self, sse: SseRequest) {
        if let SseRequest::SseC(key) = &sse {
            self.customer_keys.borrow_mut().add(key);
        }
        self.upload_sse.replace(sse);
    }

    /// The bucket's rules were changed: what was seen under the old ones says nothing.
    pub(super) fn forget_cors(&self) {
        self.doubt_cors();
        self.sse_seen.set(false);
    }

    /// The bucket's rules may be others by now: they are read again. Where they cannot be read, what was seen still counts.
    pub(super) fn doubt_cors(&self) {
        self.cors.replace(None);
        self.cors_unreadable.set(false);
    }

    /// Signs from now on for a clock that is so far behind ours. Whether what was signed for one that is `signed` behind
    /// (see [`Session::clock_ahead_seconds`]) is to be signed again.
    pub(super) fn correct_clock(&self, signed: i64, ahead_seconds: i64) -> bool {
        self.skew.correct(signed, Some(ahead_seconds))
    }

    /// A request to KMS, signed with these credentials for this moment.
    pub(super) fn for_kms<T>(&self, sign: impl FnOnce(&Credentials, SystemTime) -> T) -> T {
        sign(&self.credentials, self.now())
    }

    /// How far this computer's clock is ahead of the storage's, once that was corrected for; else 0.
    pub(super) fn clock_ahead_seconds(&self) -> i64 {
        self.skew.seconds()
    }

    fn now(&self) -> SystemTime {
        let (now, ahead) = (clock::system_time(), self.skew.seconds());
        let shift = Duration::from_secs(ahead.unsigned_abs());
        if ahead > 0 { now - shift } else { now + shift }
    }

    /// The request, signed for this moment.
    pub(super) fn sign<O: Operation>(&self, operation: &O, key: &str) -> Result<http::Request<Bytes>, Problem> {
        let signed = operation.signed(&self.bucket, &self.credentials, self.now());
        signed.map_err(|error| refusal::from_request(&error, self.subject::<O>(key)))
    }

    /// Reads the answer to what was signed for a clock `signed` seconds behind ours. A clock that is off is corrected as a
    /// side effect, so that the next try succeeds.
    pub(super) fn read<O: Operation>(
        &self,
        operation: &O,
        key: &str,
        signed: i64,
        answer: Result<Response<Bytes>, HttpError>,
    ) -> Result<O::Output, Problem> {
        let answer = answer.map_err(|error| self.no_answer(error))?;
        operation
            .output(&answer)
            .map_err(|error| self.refused::<O>(&error, key, signed))
    }

    /// A refusal as a problem; corrects the clock as [`Session::read`] does.
    pub(super) fn refused<O: Operation>(&self, error: &S3Error, key: &str, signed: i64) -> Problem {
        let ahead = error.clock_skew(clock::system_time());
        if error.kind() == ErrorKind::RequestTimeTooSkewed || skew::is_wordlessly_skewed(error, signed, ahead) {
            if self.skew.correct(signed, ahead) {
                return Problem::ServerBusy { status: error.status };
            }
            return Problem::ClockSkew {
                seconds: ahead.unwrap_or_default(),
            };
        }
        refusal::from_s3(error, self.subject::<O>(key))
    }

    /// No readable answer: what the browser lets us know about why.
    pub(super) fn no_answer(&self, error: HttpError) -> Problem {
        match error {
            HttpError::Aborted => Problem::Cancelled,
            _ if !page::is_online() => Problem::Offline,
            _ => Problem::Unreachable {
                endpoint: self.reached_at(),
            },
        }
    }

    fn subject<'a, O: Operation>(&'a self, key: &'a str) -> Subject<'a> {
        Subject {
            operation: O::NAME,
            bucket: self.bucket.name(),
            key,
        }
    }

    /// Sends once.
    pub(super) async fn call_once<O: Operation>(
        &self,
        operation: &O,
        key: &str,
        abort: &Abort,
    ) -> Result<O::Output, Problem> {
        self.call_within(operation, key, abort, TIMEOUT).await
    }

    /// Sends once, and waits so long for the answer.
    pub(super) async fn call_within<O: Operation>(
        &self,
        operation: &O,
        key: &str,
        abort: &Abort,
        timeout: Duration,
    ) -> Result<O::Output, Problem> {
        let (request, signed) = (self.sign(operation, key)?, self.clock_ahead_seconds());
        let answer = crate::platform::http::send(request, abort, timeout).await;
        self.read(operation, key, signed, answer)
    }

    /// Sends, and tries again a few times while that can help.
    pub(super) async fn call<O: Operation>(
        &self,
        operation: &O,
        key: &str,
        abort: &Abort,
    ) -> Result<O::Output, Problem> {
        self.call_patiently(operation, key, abort, TIMEOUT).await
    }

    /// The same, waiting so long for each answer.
    pub(super) async fn call_patiently<O: Operation>(
        &self,
        operation: &O,
        key: &str,
        abort: &Abort,
        timeout: Duration,
    ) -> Result<O::Output, Problem> {
        let backoff = Backoff {
            tries: 4,
            ..Backoff::default()
        };
        for failed in 1.. {
            let problem = match self.call_within(operation, key, abort, timeout).await {
                Ok(output) => return Ok(output),
                Err(problem) => problem,
            };
            let wait = backoff
                .wait_ms(failed, random::unit())
                .filter(|_| matches!(refusal::kind(&problem), FailureKind::Transient | FailureKind::Offline));
            match wait {
                Some(wait) => clock::sleep(Duration::from_secs_f64(wait / 1000.0)).await,
                None => return Err(problem),
            }
        }
        unreachable!("a loop without an end")
    }

    /// One page of keys and folders.
    pub(super) async fn list(&self, prefix: &str, continuation: Option<&str>) -> Result<ListPage, Problem> {
        self.call(&listing(prefix, continuation), "", &Abort::new()).await
    }

    /// The first page of them, asked for once, and not waited for longer than this.
    pub(super) async fn list_within(&self, prefix: &str, timeout: Duration) -> Result<ListPage, Problem> {
        self.call_within(&listing(prefix, None), "", &Abort::new(), timeout)
            .await
    }

    /// Deletes the object.
    pub(super) async fn delete(&self, key: &str) -> Result<(), Problem> {
        self.delete_version(key, None).await
    }

    /// Deletes this very version of the object, if its id is known; else the object.
    pub(super) async fn delete_version(&self, key: &str, version_id: Option<String>) -> Result<(), Problem> {
        let delete = DeleteObject {
            key: key.to_owned(),
            version_id,
        };
        self.call(&delete, key, &Abort::new()).await
    }

    /// The storage was seen to do SSE.
    pub(super) fn has_sse(&self) {
        self.sse_offered.set(true);
    }

    /// Whether the storage has SSE at all, by what it was taken for or by what was seen.
    pub(super) fn offers_sse(&self) -> bool {
        self.sse_offered.get()
    }

    /// Whether the page would see the SSE header of this answer if it were there, and how that is known.
    pub(super) async fn sse_grounds(&self, head: &ObjectHead) -> Grounds {
        let origin = page::origin();
        match grounds(None, &origin, &head.headers) {
            Grounds::Shown => {
                // What HEAD showed once, the same rule shows every time.
                self.sse_seen.set(true);
                self.has_sse();
                Grounds::Shown
            }
            _ => match grounds(self.cors().await.as_deref(), &origin, &head.headers) {
                Grounds::Nothing if self.sse_seen.get() => Grounds::ShownElsewhere,
                grounds => grounds,
            },
        }
    }

    /// Whether the page would see the metadata of the Amazon S3 Encryption Client; `None` where nothing decides.
    pub(super) async fn envelope_visible(&self) -> Option<bool> {
        // Every object of formats V1 and V2 has the first, every one of V3 the second.
        self.exposes_metadata(["x-amz-iv", "x-amz-c"].into_iter()).await
    }

    /// Whether the page would see all of these user metadata; `None` where nothing decides.
    pub(super) async fn exposes_metadata(&self, names: impl Iterator<Item = &str>) -> Option<bool> {
        let rules = self.cors().await?;
        let origin = page::origin();
        let seen = names.map(|name| crate::s3::exposes(&rules, &origin, "HEAD", &format!("x-amz-meta-{name}")));
        seen.collect::<Option<Vec<_>>>()
            .map(|seen| seen.into_iter().all(|seen| seen))
    }

    /// The bucket's rules, asked for once. That they cannot be read is an answer too: many users may not.
    async fn cors(&self) -> Option<Vec<CorsRule>> {
        if let Some(known) = &*self.cors.borrow() {
            return known.clone();
        }
        let was_unreadable = self.cors_unreadable.get();
        let rules = self.call_once(&GetBucketCors, "", &Abort::new()).await;
        let unreadable = matches!(rules, Err(Problem::Unreachable { .. }));
        self.cors_unreadable.set(unreadable);
        match &rules {
            // Ceph sends this one answer without CORS headers, whatever the rules are: once may be the network, twice is it.
            Err(Problem::Unreachable { .. }) if !was_unreadable => {}
            // An answer that did not come is no answer; it is asked for again.
            Err(Problem::ServerBusy { .. } | Problem::Offline) => {}
            known => {
                self.cors.replace(Some(known.clone().ok()));
            }
        }
        rules.ok()
    }
}

fn listing(prefix: &str, continuation: Option<&str>) -> ListObjectsV2 {
    ListObjectsV2 {
        prefix: prefix.to_owned(),
        delimiter: Some("/".to_owned()),
        continuation: continuation.map(str::to_owned),
        max_keys: Some(PAGE),
    }
}
