//! What a bucket says of itself, and whether its HEAD can be believed.

use super::super::engine::Engine;
use super::super::session::Session;
use super::{Claims, test_object};
use crate::platform::abort::Abort;
use crate::s3::{GetBucketEncryption, SSE_HEADER, SseRequest};

/// An algorithm that does not exist.
const NONSENSE: &str = "sealdrop-test";

/// Asks for the bucket's default encryption. That there is no answer is worth knowing too.
pub(in crate::driver) async fn claims(session: &Session) -> Claims {
    // Once: Scality 7.4 refuses it in a way no page can read, and would do so again.
    let default = session.call_once(&GetBucketEncryption, "", &Abort::new()).await;
    if matches!(default, Ok(Some(_))) {
        session.has_sse();
    }
    Claims {
        default: Some(default),
        echoes: false,
    }
}

/// Whether the storage's HEAD repeats an algorithm that does not exist: then what it says about SSE proves nothing.
/// An honest storage refuses the request, or keeps quiet.
pub(in crate::driver) async fn echoes(engine: &Engine, session: &Session) -> bool {
    let tried = test_object::try_out(engine, session, &SseRequest::Unheard(NONSENSE)).await;
    tried.is_ok_and(|tried| {
        tried
            .head
            .headers
            .get(SSE_HEADER)
            .is_some_and(|value| value == NONSENSE)
    })
}
