//! A test object: made, looked at, removed. Its name is random and nobody else's.

use bytes::Bytes;

use super::super::engine::Engine;
use super::super::session::Session;
use super::super::{Event, Problem};
use crate::platform::abort::Abort;
use crate::platform::random;
use crate::s3::{HeadObject, ObjectHead, PutBody, PutObject, SseRequest, WithSse};

/// What was seen of a test object, which is gone again.
pub(in crate::driver) struct Tried {
    /// Its name.
    pub(in crate::driver) key: String,
    /// What HEAD showed.
    pub(in crate::driver) head: ObjectHead,
    /// It was stored with a customer's key, and read without: the storage swallowed the key's headers.
    pub(in crate::driver) read_without_key: bool,
}

/// Stores one that asks for `sse`, looks at it and removes it. If it cannot be removed, the person is told its name.
pub(in crate::driver) async fn try_out(engine: &Engine, session: &Session, sse: &SseRequest) -> Result<Tried, Problem> {
    let key = test_key(session);
    let put = test_object(&key);
    let asked = WithSse { operation: &put, sse };
    // A wish that is refused is refused again; anything else may heal.
    let written = if *sse == SseRequest::BucketDefault {
        session.call(&asked, &key, &Abort::new()).await
    } else {
        session.call_once(&asked, &key, &Abort::new()).await
    };
    let (written, seen) = match written {
        Ok(written) => (Some(written), look(session, &key, sse).await),
        // Whether it is there is not known: it must not stay.
        Err(problem @ (Problem::Unreachable { .. } | Problem::ServerBusy { .. })) => (None, Err(problem)),
        Err(problem) => return Err(problem),
    };
    let is_there = written.is_some();
    let removed = session
        .delete_version(&key, written.and_then(|written| written.version_id))
        .await;
    if let Err(problem) = removed
        && is_there
    {
        let key = key.clone();
        engine.emit(Event::DeleteFailed { key, problem });
    }
    seen.map(|(head, read_without_key)| Tried {
        key,
        head,
        read_without_key,
    })
}

async fn look(session: &Session, key: &str, sse: &SseRequest) -> Result<(ObjectHead, bool), Problem> {
    let head = HeadObject { key: key.to_owned() };
    let asked = WithSse { operation: &head, sse };
    let seen = session.call(&asked, key, &Abort::new()).await?;
    let read_without_key =
        matches!(sse, SseRequest::SseC(_)) && session.call_once(&head, key, &Abort::new()).await.is_ok();
    Ok((seen, read_without_key))
}

/// A name for a test object, under the session's prefix.
pub(super) fn test_key(session: &Session) -> String {
    let number = u64::from_be_bytes(random::make_array());
    format!("{}sealdrop-test-object-{number:016x}", session.target.prefix)
}

/// A small object that says what it is.
fn test_object(key: &str) -> PutObject {
    PutObject {
        key: key.to_owned(),
        content_type: "text/plain".to_owned(),
        metadata: Vec::new(),
        if_none_match: false, // the name is one of 2^64
        body: PutBody::Inline(Bytes::from_static(
            b"sealdrop looked at this object's encryption and removes it.\n",
        )),
    }
}
