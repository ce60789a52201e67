//! Looking at every object of a bucket or a folder, a few at a time.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt;

use super::super::engine::Engine;
use super::super::look::{self, Beside};
use super::super::session::Session;
use super::super::{CseState, Event, Problem, instruction, refusal};
use super::{AuditRow, AuditState, StorageEvent};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::s3::{ListObjectsV2, ObjectSummary, SseState};
use crate::transfer::FailureKind;

/// Objects looked at a time: browsers open six connections to one HTTP/1.1 server, and transfers want some of them.
const AT_A_TIME: usize = 6;
/// So many objects in a row without an answer: nothing answers any more.
const UNANSWERED: u32 = 20;
/// How often a paused audit looks whether it may go on.
const PAUSE: Duration = Duration::from_millis(150);
/// Rows are handed over when there are so many, or after so long.
const BATCH_ROWS: usize = 500;
const BATCH_MS: f64 = 300.0;

/// The reins of a long job.
#[derive(Default)]
pub(in crate::driver) struct Reins {
    pub(in crate::driver) paused: Cell<bool>,
    pub(in crate::driver) cancelled: Cell<bool>,
}

impl Reins {
    /// Whether to go on, once not paused any more.
    pub(super) async fn go_on(&self) -> bool {
        while self.paused.get() && !self.cancelled.get() {
            clock::sleep(PAUSE).await;
        }
        !self.cancelled.get()
    }
}

/// Rows that wait to be handed over.
struct Batch<'a> {
    engine: &'a Engine,
    session: &'a Session,
    rows: RefCell<Vec<AuditRow>>,
    listed: Cell<u64>,
    told: Cell<f64>,
}

impl Batch<'_> {
    fn add(&self, row: AuditRow) {
        self.rows.borrow_mut().push(row);
        if self.rows.borrow().len() >= BATCH_ROWS || clock::now_ms() - self.told.get() > BATCH_MS {
            self.tell(AuditState::Running);
        }
    }

    fn tell(&self, state: AuditState) {
        self.told.set(clock::now_ms());
        let event = StorageEvent::Audit {
            rows: self.rows.take(),
            listed: self.listed.get(),
            state,
        };
        self.engine.tell(self.session, Event::Storage(event));
    }
}

/// Lists and looks until the end, the person or a problem stops it.
pub(super) async fn audit(engine: &Engine, session: &Session, prefix: String, reins: Rc<Reins>) {
    session.doubt_cors();
    let batch = Batch {
        engine,
        session,
        rows: RefCell::default(),
        listed: Cell::new(0),
        told: Cell::new(0.0),
    };
    batch.tell(AuditState::Running);
    let state = match run(engine, session, prefix, &reins, &batch).await {
        Ok(()) if reins.cancelled.get() => AuditState::Cancelled,
        Ok(()) => AuditState::Done,
        Err(problem) => AuditState::Failed(problem),
    };
    batch.tell(state);
}

async fn run(
    engine: &Engine,
    session: &Session,
    prefix: String,
    reins: &Reins,
    batch: &Batch<'_>,
) -> Result<(), Problem> {
    let mut continuation = None;
    let mut unanswered = 0;
    loop {
        let listing = ListObjectsV2 {
            prefix: prefix.clone(),
            continuation,
            ..ListObjectsV2::default()
        };
        let page = session.call(&listing, "", &Abort::new()).await?;
        batch.listed.set(batch.listed.get() + page.objects.len() as u64);
        let keys: HashSet<String> = page.objects.iter().map(|object| object.key.clone()).collect();
        let keys = &keys;
        let mut looking = futures::stream::iter(page.objects)
            .map(|object| async move {
                if reins.go_on().await {
                    let beside = Beside::Listed(keys.contains(&instruction::key_of(&object.key)));
                    Some(look_at(engine, session, object, beside).await)
                } else {
                    None
                }
            })
            .buffered(AT_A_TIME);
        while let Some(row) = looking.next().await {
            if let Some(row) = row {
                if let Err(problem) = &row.seen {
                    unanswered = if matches!(problem, Problem::Unreachable { .. }) {
                        unanswered + 1
                    } else {
                        0
                    };
                    // Every object that is left would be a row of the same complaint.
                    let hopeless = matches!(refusal::kind(problem), FailureKind::Offline | FailureKind::Credentials);
                    if hopeless || unanswered >= UNANSWERED {
                        return Err(problem.clone());
                    }
                } else {
                    unanswered = 0;
                }
                batch.add(row);
                if reins.paused.get() {
                    batch.tell(AuditState::Running);
                }
            }
        }
        continuation = page.next;
        if continuation.is_none() || reins.cancelled.get() {
            return Ok(());
        }
    }
}

async fn look_at(engine: &Engine, session: &Session, object: ObjectSummary, beside: Beside) -> AuditRow {
    let seen = look::facts(engine, session, &object.key, beside).await;
    AuditRow {
        key: object.key,
        size: object.size,
        seen: match seen {
            Ok(facts) => Ok((facts.sse, facts.cse.state)),
            Err(Problem::CustomerKeyNeeded) => Ok((SseState::SseC, CseState::Unknown)),
            Err(problem) => Err(problem),
        },
    }
}
