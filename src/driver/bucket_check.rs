//! The bucket's SSE, from HEAD of real objects; for an empty bucket, from a test object that is removed again.

use super::engine::Engine;
use super::session::Session;
use super::{Event, ObjectFacts, Problem, look, storage};
use crate::platform::abort::Abort;
use crate::s3::ListObjectsV2;

/// Objects looked at.
const SAMPLE: usize = 8;

/// HEADs some objects, or one made for the purpose. Nothing at all: the bucket is empty.
pub(super) async fn check(engine: &Engine, session: &Session, with_test: bool) -> Result<Vec<ObjectFacts>, Problem> {
    if with_test {
        return Ok(vec![try_out(engine, session).await?]);
    }
    let operation = ListObjectsV2::default();
    let mut objects = session.call(&operation, "", &Abort::new()).await?.objects;
    // The oldest and the newest tell most: encryption may have been switched on in between.
    objects.sort_by(|a, b| a.last_modified.cmp(&b.last_modified));
    let newest = objects.len().saturating_sub(SAMPLE / 2).max(SAMPLE / 2);
    let sample = objects.iter().take(SAMPLE / 2).chain(objects.iter().skip(newest));
    let mut facts = Vec::new();
    for object in sample {
        match look::head(session, &object.key).await {
            Ok(seen) => facts.push(seen),
            // Deleted by somebody since it was listed.
            Err(Problem::NoSuchKey { .. }) => {}
            Err(Problem::CustomerKeyNeeded) => facts.push(look::locked(object)),
            Err(problem) => return Err(problem),
        }
    }
    Ok(facts)
}

/// Creates an object, looks at it, removes it.
pub(super) async fn try_out(engine: &Engine, session: &Session) -> Result<ObjectFacts, Problem> {
    let key = storage::test_key(session);
    let put = storage::test_object(&key);
    session.call(&put, &key, &Abort::new()).await?;
    let seen = look::head(session, &key).await;
    if let Err(problem) = session.delete(&key).await {
        engine.emit(Event::DeleteFailed { key, problem });
    }
    seen
}

/// Whether HEAD repeats what it was told.
pub(super) async fn echoes(engine: &Engine, session: &Session) -> bool {
    let key = storage::test_key(session);
    match storage::echoes(session, &key).await {
        Ok(echoes) => echoes,
        Err(problem) => {
            engine.emit(Event::DeleteFailed { key, problem });
            false
        }
    }
}
