//! Confirming many small uploads at once. One listing shows size and ETag of up to a thousand objects, where HEAD takes
//! a request for each: half of the work of a small file. What a listing does not show, SSE first of all, is not known
//! then, and is looked at by HEAD when the connections have nothing more urgent to do.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use futures::channel::oneshot;
use wasm_bindgen_futures::spawn_local;

use super::conflicts::common_prefix;
use super::engine::Engine;
use super::sent_object::SentObject;
use super::session::Session;
use super::{ObjectFacts, Problem, TransferId, look};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::s3::{HeadObject, ListObjectsV2, ObjectSummary};

/// How long uploads are gathered for one listing.
const GATHER: Duration = Duration::from_millis(300);
/// Listing is worth it for so many, and a page of it for so many more.
pub(super) const MANY: usize = 24;
/// Objects waiting for a listing, at most.
const MOST: usize = 2_000;
/// Objects looked at a time, afterwards.
const LOOKS_AT_A_TIME: usize = 6;
/// Between two looks at whether there is time for it.
const PATIENCE: Duration = Duration::from_millis(500);

/// Who waits for a listing, and what is to be looked at later.
#[derive(Default)]
pub(super) struct RollCall {
    awaited: RefCell<Vec<Awaited>>,
    calling: Cell<bool>,
    /// A place that does not let us list.
    refused: RefCell<Option<String>>,
    unseen: RefCell<VecDeque<Unseen>>,
    looking: Cell<usize>,
}

struct Awaited {
    session: Rc<Session>,
    key: String,
    sent: SentObject,
    answer: oneshot::Sender<ObjectSummary>,
}

/// A finished upload whose SSE is not known.
pub(super) struct Unseen {
    pub(super) session: Rc<Session>,
    pub(super) id: TransferId,
    pub(super) facts: ObjectFacts,
}

impl RollCall {
    /// Whether so many more uploads are to come that listing is worth it, and the storage lets us.
    pub(super) fn is_worth_it(&self, session: &Session, to_come: usize) -> bool {
        let waiting = self.awaited.borrow().len();
        let refused = self.refused.borrow().as_ref() == Some(&session.place());
        to_come >= MANY && waiting < MOST && !refused
    }

    /// Nothing is to be looked at any more.
    pub(super) fn clear(&self) {
        self.unseen.take();
    }
}

/// The object, once a listing shows it as it was sent; `None` if none does: HEAD decides.
pub(super) async fn answer(
    engine: &Rc<Engine>,
    session: &Rc<Session>,
    key: &str,
    sent: SentObject,
) -> Option<ObjectSummary> {
    let (answer, answered) = oneshot::channel();
    engine.roll_call.awaited.borrow_mut().push(Awaited {
        session: session.clone(),
        key: key.to_owned(),
        sent,
        answer,
    });
    if !engine.roll_call.calling.replace(true) {
        spawn_local(call_all(engine.clone()));
    }
    answered.await.ok()
}

async fn call_all(engine: Rc<Engine>) {
    loop {
        clock::sleep(GATHER).await;
        let mut awaited = engine.roll_call.awaited.take();
        let Some(session) = awaited.first().map(|first| first.session.clone()) else {
            break;
        };
        let (same, others): (Vec<_>, Vec<_>) = awaited
            .drain(..)
            .partition(|awaited| awaited.session.place() == session.place());
        engine.roll_call.awaited.borrow_mut().extend(others);
        let same = same.into_iter().map(|awaited| (awaited.key.clone(), awaited));
        // Whoever is not found is told by being dropped.
        if let Err(Problem::AccessDenied { .. }) = call(&session, same.collect()).await {
            engine.roll_call.refused.replace(Some(session.place()));
        }
    }
    engine.roll_call.calling.set(false);
}

async fn call(session: &Session, mut awaited: BTreeMap<String, Awaited>) -> Result<(), Problem> {
    let (Some(first), Some(last)) = (awaited.keys().next().cloned(), awaited.keys().next_back().cloned()) else {
        return Ok(());
    };
    let prefix = common_prefix(&first, &last).to_owned();
    // A beginning of the first key comes before it, and not long before.
    let before = first.char_indices().next_back().map(|(at, _)| &first[..at]);
    let before = before.filter(|before| before.len() > prefix.len());
    let mut continuation = before.map(ListObjectsV2::after_key);
    for _ in 0..1 + awaited.len() / MANY {
        let operation = ListObjectsV2 {
            prefix: prefix.clone(),
            delimiter: None,
            continuation: continuation.take(),
            max_keys: None,
        };
        let page = session.call(&operation, "", &Abort::new()).await?;
        let past_the_last = page.objects.last().is_some_and(|object| object.key > last);
        for object in page.objects {
            if let Some(found) = awaited.remove(&object.key)
                && found.sent.is(&object)
            {
                // Whoever was cancelled meanwhile does not listen.
                let _ = found.answer.send(object);
            }
        }
        continuation = page.next;
        if continuation.is_none() || past_the_last || awaited.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Looks at this object when there is time.
pub(super) fn look_later(engine: &Rc<Engine>, unseen: Unseen) {
    let calls = &engine.roll_call;
    calls.unseen.borrow_mut().push_back(unseen);
    if calls.looking.get() < LOOKS_AT_A_TIME {
        calls.looking.set(calls.looking.get() + 1);
        spawn_local(look_on(engine.clone()));
    }
}

async fn look_on(engine: Rc<Engine>) {
    loop {
        while engine.queue.small_uploads_waiting() > 0 {
            clock::sleep(PATIENCE).await;
        }
        let next = engine.roll_call.unseen.borrow_mut().pop_front();
        let Some(Unseen { session, id, facts }) = next else {
            break;
        };
        // One that was taken off the list is nobody's any more.
        if !engine.queue.has(id) {
            continue;
        }
        let head = HeadObject { key: facts.key.clone() };
        let Ok(head) = session.call_with_key(&head, &facts.key, &Abort::new()).await else {
            // It stays unknown, and is shown as that.
            continue;
        };
        let seen = look::facts_of(&session, &facts.key, head).await;
        // Somebody else's object by now.
        if seen.etag.is_some() && seen.etag != facts.etag {
            continue;
        }
        let (original_size, cse) = (facts.original_size, facts.cse);
        let facts = Rc::new(ObjectFacts {
            original_size,
            cse,
            ..seen
        });
        engine.queue.update(id, |info| info.facts = Some(facts));
        engine.flush_soon();
    }
    engine.roll_call.looking.set(engine.roll_call.looking.get() - 1);
}
