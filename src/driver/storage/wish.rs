//! Trying out what new files are to ask of the storage, before gigabytes are stored under it.

use super::super::engine::Engine;
use super::super::session::Session;
use super::super::{Problem, look, refusal};
use super::test_object;
use crate::s3::{SseRequest, SseState};

/// What HEAD shows of a test object that asks for `sse`; a wish that was not granted is `unconfirmed`.
///
/// # Errors
/// The storage refuses the wish.
pub(super) async fn try_out(engine: &Engine, session: &Session, sse: &SseRequest) -> Result<SseState, Problem> {
    if matches!(sse, SseRequest::SseC(_)) && session.sends_in_clear() {
        return Err(Problem::CustomerKeyInClear);
    }
    let tried = match test_object::try_out(engine, session, sse).await {
        Ok(tried) => tried,
        // Scality refuses such headers before it has read the bucket's CORS rules: no page can read why.
        Err(Problem::Unreachable { .. }) => {
            test_object::try_out(engine, session, &SseRequest::BucketDefault).await?;
            return Err(Problem::SseRefused {
                status: 0,
                code: String::new(),
                kind: sse.kind(),
                message: String::new(),
            });
        }
        Err(problem) => return Err(refusal::of_sse(sse, problem)),
    };
    if tried.read_without_key {
        return Ok(SseState::Unconfirmed);
    }
    let facts = look::facts_of(session, &tried.key, tried.head).await;
    Ok(sse.confirmed(facts.sse))
}
