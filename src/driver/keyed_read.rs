//! Reading objects that were stored with SSE-C: without the key first, and with one only where the storage demands it.

use super::Problem;
use super::customer_keys::CustomerKeys;
use super::session::Session;
use crate::platform::abort::Abort;
use crate::platform::page;
use crate::s3::{ByteRange, CustomerKey, GetObject, HeadObject, Operation, SseRequest, WithSse};

impl Session {
    /// As [`Session::call`], for reads of an object: where the storage demands its SSE-C key, the keys held for this
    /// place are tried.
    pub(super) async fn call_with_key<O: Operation>(
        &self,
        operation: &O,
        key: &str,
        abort: &Abort,
    ) -> Result<O::Output, Problem> {
        let sse = self.sse_of(key);
        if sse != SseRequest::BucketDefault {
            let keyed = WithSse { operation, sse: &sse };
            match self.call(&keyed, key, abort).await {
                Err(problem) if is_refusal(&problem) => self.customer_keys.borrow_mut().forget(key),
                outcome => return outcome,
            }
        }
        match self.call(operation, key, abort).await {
            Err(problem) if self.demands_key(&problem, key, abort).await? => {}
            outcome => return outcome,
        }
        let held = self.customer_keys.borrow().all();
        for customer_key in held {
            match self.try_key(operation, key, &customer_key, abort).await {
                Err(Problem::CustomerKeyWrong) => {}
                outcome => return outcome,
            }
        }
        Err(Problem::CustomerKeyNeeded)
    }

    /// What a request about this object must bring: the key that was seen to open it, or nothing.
    pub(super) fn sse_of(&self, key: &str) -> SseRequest {
        self.customer_keys.borrow().of(key).unwrap_or_default()
    }

    /// Tries a key on an object, and keeps it if it fits.
    pub(super) async fn use_customer_key(&self, key: &str, customer_key: &CustomerKey) -> Result<(), Problem> {
        if self.sends_in_clear() {
            return Err(Problem::CustomerKeyInClear);
        }
        let head = HeadObject { key: key.to_owned() };
        self.try_key(&head, key, customer_key, &Abort::new()).await.map(|_| ())
    }

    /// Keys given for the same place, under other credentials.
    pub(super) fn take_customer_keys(&self, earlier: &Session) {
        if self.place() == earlier.place() {
            let keys: CustomerKeys = earlier.customer_keys.take();
            self.customer_keys.replace(keys);
        }
    }

    async fn try_key<O: Operation>(
        &self,
        operation: &O,
        key: &str,
        customer_key: &CustomerKey,
        abort: &Abort,
    ) -> Result<O::Output, Problem> {
        let sse = SseRequest::SseC(customer_key.clone());
        match self.call_once(&WithSse { operation, sse: &sse }, key, abort).await {
            Ok(output) => {
                self.customer_keys.borrow_mut().add_for(key, customer_key);
                Ok(output)
            }
            // The storage answered a moment ago: what is new are the headers, and the preflight that asks for them.
            Err(Problem::Unreachable { .. }) => Err(Problem::CustomerKeyBlocked { origin: page::origin() }),
            Err(problem) if is_refusal(&problem) => Err(Problem::CustomerKeyWrong),
            Err(problem) => Err(problem),
        }
    }

    /// Whether the storage wants the object's SSE-C key. A refused HEAD has no words, only its 400: GET says why.
    async fn demands_key(&self, problem: &Problem, key: &str, abort: &Abort) -> Result<bool, Problem> {
        match problem {
            Problem::CustomerKeyNeeded => return Ok(true),
            Problem::Refused { status: 400, code, .. } if code.is_empty() => {}
            _ => return Ok(false),
        }
        let range = ByteRange { start: 0, end: Some(1) };
        let get = GetObject {
            key: key.to_owned(),
            range: Some(range),
            if_match: None,
        };
        match self.call(&get, key, abort).await {
            Err(Problem::CustomerKeyNeeded) => Ok(true),
            // A token that ran out is a 400 as well.
            Err(worded @ Problem::ExpiredToken) => Err(worded),
            _ => Ok(false),
        }
    }
}

/// How storages refuse a key that is not the object's: 400 on Ceph, 403 on Amazon and SeaweedFS.
fn is_refusal(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Refused { status: 400, .. } | Problem::AccessDenied { .. } | Problem::CustomerKeyNeeded
    )
}
