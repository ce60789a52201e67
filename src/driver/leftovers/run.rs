//! Listing them and aborting them.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::UNIX_EPOCH;

use futures::StreamExt;
use wasm_bindgen_futures::spawn_local;

use super::{Leftover, LeftoverId, LeftoverState, LeftoversEvent, LeftoversIntent, LeftoversState, PartsHeld};
use crate::driver::engine::Engine;
use crate::driver::kept::Kept;
use crate::driver::session::Session;
use crate::driver::{Event, Problem, refusal, upload_again};
use crate::platform::abort::Abort;
use crate::platform::lock::Lock;
use crate::s3::{AbortMultipartUpload, ListMultipartUploads, ListParts, ListedUpload};
use crate::transfer::{Checkpoint, FailureKind};

/// Requests at a time: browsers open six connections to one HTTP/1.1 server, and transfers want some of them.
const AT_A_TIME: usize = 4;

/// The listing under way: a newer one ends it.
#[derive(Default)]
pub(in crate::driver) struct LeftoverJobs(Cell<u64>);

impl LeftoverJobs {
    /// Ends it.
    pub(in crate::driver) fn cancel(&self) {
        self.next();
    }

    fn next(&self) -> u64 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }
}

/// Carries out an intent.
pub(in crate::driver) fn take(engine: Rc<Engine>, intent: LeftoversIntent) {
    let Ok(session) = engine.session() else { return };
    spawn_local(async move {
        match intent {
            LeftoversIntent::List => {
                let number = engine.leftovers.next();
                let listed = list(&engine, &session, number).await;
                let state = listed.map_or_else(LeftoversState::Failed, |()| LeftoversState::Done);
                tell(&engine, &session, number, Vec::new(), state);
            }
            LeftoversIntent::Abort(ids) => {
                let known = Known::read(&engine, &session).await;
                let (engine, session, known) = (&*engine, &*session, &known);
                let aborting = ids.into_iter().map(|id| async move {
                    let event = match abort(engine, session, known, &id).await {
                        Ok(()) => LeftoversEvent::Aborted(id),
                        Err(problem) => LeftoversEvent::AbortFailed(id, problem),
                    };
                    engine.tell(session, Event::Leftovers(event));
                });
                let mut aborting = futures::stream::iter(aborting).buffer_unordered(AT_A_TIME);
                while let Some(()) = aborting.next().await {}
                engine.list_unfinished().await;
            }
        }
    });
}

fn tell(engine: &Engine, session: &Session, number: u64, rows: Vec<Leftover>, state: LeftoversState) {
    // The person asked anew meanwhile, or is connected elsewhere.
    if engine.leftovers.0.get() == number {
        engine.tell(session, Event::Leftovers(LeftoversEvent::Found { rows, state }));
    }
}

async fn list(engine: &Engine, session: &Session, number: u64) -> Result<(), Problem> {
    let known = &Known::read(engine, session).await;
    let mut after = None;
    loop {
        let operation = ListMultipartUploads {
            prefix: String::new(),
            after,
        };
        let page = session.call(&operation, "", &Abort::new()).await?;
        let looking = page.uploads.into_iter().map(|upload| look_at(session, known, upload));
        let mut looking = futures::stream::iter(looking).buffered(AT_A_TIME);
        while let Some(row) = looking.next().await {
            if engine.leftovers.0.get() != number {
                return Ok(());
            }
            // Every upload that is left would be a row of the same complaint.
            if let Err(problem) = &row.held
                && matches!(refusal::kind(problem), FailureKind::Offline | FailureKind::Credentials)
            {
                return Err(problem.clone());
            }
            tell(engine, session, number, vec![row], LeftoversState::Running);
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn look_at(session: &Session, known: &Known, upload: ListedUpload) -> Leftover {
    let id = LeftoverId {
        key: upload.key,
        upload_id: upload.upload_id,
    };
    let started = upload
        .initiated
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map(|since| since.as_secs_f64() * 1000.0);
    Leftover {
        started,
        state: known.state(&id).await,
        held: held(session, &id).await,
        id,
    }
}

async fn held(session: &Session, id: &LeftoverId) -> Result<PartsHeld, Problem> {
    let mut held = PartsHeld::default();
    let mut after = Some(0);
    while let Some(marker) = after {
        let operation = ListParts {
            key: id.key.clone(),
            upload_id: id.upload_id.clone(),
            after: marker,
        };
        let page = session.call(&operation, &id.key, &Abort::new()).await?;
        held.parts += page.parts.len() as u64;
        held.bytes += page.parts.iter().map(|part| part.size).sum::<u64>();
        after = page.next;
    }
    Ok(held)
}

async fn abort(engine: &Engine, session: &Session, known: &Known, id: &LeftoverId) -> Result<(), Problem> {
    if known.state(id).await == LeftoverState::Running {
        return Err(Problem::UsedElsewhere);
    }
    if let Some(checkpoint) = known.checkpoints.get(&id.upload_id) {
        return upload_again::abandon(engine, session, &Kept::new(checkpoint.clone(), None, None)).await;
    }
    let operation = AbortMultipartUpload {
        key: id.key.clone(),
        upload_id: id.upload_id.clone(),
    };
    session.call(&operation, &id.key, &Abort::new()).await
}

/// What this browser knows of uploads to this place.
struct Known {
    /// By upload id.
    checkpoints: HashMap<String, Checkpoint>,
    /// Keys that this page is uploading to.
    going_up: HashSet<String>,
}

impl Known {
    async fn read(engine: &Engine, session: &Session) -> Known {
        let checkpoints = engine.kept.list(&session.place()).await.into_iter();
        Known {
            checkpoints: checkpoints
                .map(|checkpoint| (checkpoint.upload_id.clone(), checkpoint))
                .collect(),
            going_up: engine.queue.keys_going_up(&session.place()),
        }
    }

    async fn state(&self, id: &LeftoverId) -> LeftoverState {
        let ours = self.going_up.contains(&id.key);
        match self.checkpoints.get(&id.upload_id) {
            Some(_) if ours => LeftoverState::Running,
            Some(checkpoint) => match Lock::try_take(&checkpoint.lock_name()).await {
                Ok(None) => LeftoverState::Running,
                _ => LeftoverState::Resumable,
            },
            // Where nothing is kept, the key alone tells that this page is at it.
            None if ours && !self.checkpoints.values().any(|other| other.key == id.key) => LeftoverState::Running,
            None => LeftoverState::Unknown,
        }
    }
}
