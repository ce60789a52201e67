//! The bucket's SSE, from HEAD of real objects; for an empty bucket, from a test object that is removed again.

use std::rc::Rc;

use super::engine::Engine;
use super::session::Session;
use super::storage::{self, StorageEvent};
use super::{Event, ObjectFacts, Problem, look, refusal};
use crate::platform::clock;
use crate::s3::{Grounds, SseRequest, SseState};

/// Objects looked at.
const SAMPLE: usize = 8;

impl Engine {
    /// Judges the connected bucket by its objects, or by one made for the purpose, and by what it claims.
    pub(super) fn check_bucket(self: Rc<Self>, with_test_object: bool) {
        self.on_session(async move |engine, session| {
            let checking = async {
                session.doubt_cors();
                let mut claims = storage::claims(&session).await;
                let facts = check(&engine, &session, with_test_object).await;
                if with_test_object && facts.is_ok() {
                    claims.echoes = storage::echoes(&engine, &session).await;
                }
                engine.tell(&session, Event::Storage(StorageEvent::Claimed(claims)));
                facts
            };
            let event = match checking.await {
                Ok(facts) => Event::BucketChecked {
                    facts: facts.into_iter().map(Rc::new).collect(),
                    by_test_object: with_test_object,
                    at: clock::now_ms(),
                },
                Err(problem) => Event::BucketCheckFailed(problem),
            };
            engine.tell(&session, event);
        });
    }
}

/// HEADs some objects, or one made for the purpose. Nothing at all: the bucket is empty.
async fn check(engine: &Engine, session: &Session, with_test: bool) -> Result<Vec<ObjectFacts>, Problem> {
    if with_test {
        return Ok(vec![try_out(engine, session).await?]);
    }
    let mut objects = storage::some_objects(session, None).await?;
    // The oldest and the newest tell most: encryption may have been switched on in between.
    objects.sort_by(|a, b| a.last_modified.cmp(&b.last_modified));
    let newest = objects.len().saturating_sub(SAMPLE / 2).max(SAMPLE / 2);
    let sample = objects.iter().take(SAMPLE / 2).chain(objects.iter().skip(newest));
    let (mut facts, mut kept_back) = (Vec::new(), None);
    for object in sample {
        match look::head(session, &object.key).await {
            Ok(seen) => facts.push(seen),
            // Deleted by somebody since it was listed.
            Err(Problem::NoSuchKey { .. }) => {}
            Err(Problem::CustomerKeyNeeded) => facts.push(look::locked(object)),
            // One of them says nothing of the others.
            Err(problem @ Problem::BadObjectKey { .. }) => kept_back = Some(problem),
            Err(problem) if refusal::is_of_content(&problem) => kept_back = Some(problem),
            Err(problem) => return Err(problem),
        }
    }
    match kept_back {
        Some(problem) if facts.is_empty() => Err(problem),
        _ => Ok(facts),
    }
}

/// Creates an object, looks at it, removes it. Where nothing tells "not encrypted" from "hidden", a second one asks for
/// SSE-S3: if its header shows, the first one's would have.
pub(super) async fn try_out(engine: &Engine, session: &Session) -> Result<ObjectFacts, Problem> {
    let plain = storage::try_object(engine, session, &SseRequest::BucketDefault).await?;
    let facts = look::facts_of(session, &plain.key, plain.head.clone()).await;
    if facts.sse != SseState::Unknown || facts.grounds != Grounds::Nothing {
        return Ok(facts);
    }
    let asked = storage::try_object(engine, session, &SseRequest::SseS3).await;
    let shown = match asked {
        Ok(asked) => session.sse_grounds(&asked.head).await == Grounds::Shown,
        Err(_) => false, // a storage that refuses the wish decides nothing
    };
    Ok(if shown {
        look::facts_of(session, &plain.key, plain.head).await
    } else {
        facts
    })
}
