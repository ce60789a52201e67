//! What a bucket says of itself, and whether its HEAD can be believed.

use bytes::Bytes;

use super::super::Problem;
use super::super::session::Session;
use super::Claims;
use crate::platform::abort::Abort;
use crate::platform::random;
use crate::s3::SseRequest;
use crate::s3::{GetBucketEncryption, HeadObject, PutBody, PutObject, SSE_HEADER, WithSse};

/// An algorithm that does not exist.
const NONSENSE: &str = "sealdrop-test";

/// Asks for the bucket's default encryption. That there is no answer is worth knowing too.
pub(in crate::driver) async fn claims(session: &Session) -> Claims {
    Claims {
        default: Some(session.call(&GetBucketEncryption, "", &Abort::new()).await),
        echoes: false,
    }
}

/// Whether the storage's HEAD repeats an algorithm that does not exist: then what it says about SSE proves nothing.
/// An honest storage refuses the request, or keeps quiet. The object is removed again.
///
/// # Errors
/// The test object may still be there.
pub(in crate::driver) async fn echoes(session: &Session, key: &str) -> Result<bool, Problem> {
    let put = test_object(key);
    let sse = SseRequest::Unheard(NONSENSE);
    let asked = WithSse {
        operation: &put,
        sse: &sse,
    };
    if session.call_once(&asked, key, &Abort::new()).await.is_err() {
        return Ok(false);
    }
    let head = session
        .call_once(&HeadObject { key: key.to_owned() }, key, &Abort::new())
        .await;
    session.delete(key).await?;
    Ok(head.is_ok_and(|head| head.headers.get(SSE_HEADER).is_some_and(|value| value == NONSENSE)))
}

/// A name for a test object, under the session's prefix.
pub(in crate::driver) fn test_key(session: &Session) -> String {
    let number = u64::from_be_bytes(random::make_array());
    format!("{}sealdrop-test-object-{number:016x}", session.target.prefix)
}

/// A small object that says what it is.
pub(in crate::driver) fn test_object(key: &str) -> PutObject {
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
