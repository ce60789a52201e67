//! One worker, seen from the page.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::{self, Either, select};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, WorkerOptions, WorkerType};

use super::super::abort::Abort;
use super::super::listener::Listener;
use super::super::{clock, page};

/// Why a call has no reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkerError {
    /// The worker could not be started: no script, refused by the page's policy, or silent.
    NotStarted,
    /// It ended in the middle; every call that was waiting failed. The text says where, for a bug report.
    Crashed(String),
    /// The message could not be posted.
    NotPosted,
    /// The job itself answered with an error.
    Job(String),
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkerError::NotStarted => f.write_str("the worker did not start"),
            WorkerError::Crashed(place) => write!(f, "the worker crashed ({place})"),
            WorkerError::NotPosted => f.write_str("the message cannot be sent to a worker"),
            WorkerError::Job(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for WorkerError {}

/// A worker that says nothing for so long will not start any more.
const START_LIMIT: Duration = Duration::from_secs(30);

type Answer = Result<JsValue, WorkerError>;

/// Hears the notes of a call.
type OnNote = Rc<dyn Fn(f64)>;

/// A running worker. Dropping it ends it, at once, whatever it is doing.
#[derive(Debug)]
pub struct Worker {
    shared: Rc<Shared>,
    _listeners: [Listener; 3],
}

#[derive(Debug)]
struct Shared {
    worker: web_sys::Worker,
    phase: RefCell<Phase>,
    last_id: Cell<f64>,
    pending: RefCell<HashMap<u64, Pending>>,
}

struct Pending {
    sender: oneshot::Sender<Answer>,
    on_note: Option<OnNote>,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pending")
    }
}

#[derive(Debug)]
enum Phase {
    Starting(Vec<oneshot::Sender<()>>),
    Ready,
    Ended(WorkerError),
}

impl Worker {
    /// Starts the script that the page names. It is ready later; calls wait for that.
    ///
    /// # Errors
    /// If the page names none, or the browser refuses to start it.
    pub fn start() -> Result<Self, WorkerError> {
        let (Some(script), Some(glue)) = (page::meta("sealdrop-worker"), page::meta("sealdrop-glue")) else {
            return Err(WorkerError::NotStarted);
        };
        // The glue is imported from inside the worker, whose own address is another base for relative URLs.
        let (Some(script), Some(glue)) = (page::resolve(&script), page::resolve(&glue)) else {
            return Err(WorkerError::NotStarted);
        };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = web_sys::Worker::new_with_options(&script, &options).map_err(|_| WorkerError::NotStarted)?;
        let shared = Rc::new(Shared {
            worker,
            phase: RefCell::new(Phase::Starting(Vec::new())),
            last_id: Cell::new(0.0),
            pending: RefCell::new(HashMap::new()),
        });
        let listeners = listen(&shared);
        let hello = Object::new();
        Reflect::set(&hello, &"glue".into(), &glue.into()).map_err(|_| WorkerError::NotStarted)?;
        Reflect::set(&hello, &"module".into(), &wasm_bindgen::module()).map_err(|_| WorkerError::NotStarted)?;
        shared
            .worker
            .post_message(&hello)
            .map_err(|_| WorkerError::NotStarted)?;
        Ok(Worker {
            shared,
            _listeners: listeners,
        })
    }

    /// Whether it has ended by itself; every call fails then.
    pub fn has_ended(&self) -> bool {
        matches!(*self.shared.phase.borrow(), Phase::Ended(_))
    }

    /// Posts `message`, transferring the objects in `transfer`, and waits for the reply. Several calls may wait at
    /// once. Dropping the future forgets the reply; the worker works on.
    ///
    /// # Errors
    /// See [`WorkerError`]. What was transferred is lost then.
    pub async fn call(&self, message: &JsValue, transfer: &Array) -> Result<JsValue, WorkerError> {
        self.shared.ready().await?;
        let (_, receiver) = self.shared.post(message, transfer, None)?;
        answered(receiver).await
    }

    /// The same for work that tells how far it is, and that can be given up: when `abort` says so the worker is told, and
    /// what it answers to that is waited for. Dropping the future tells the worker too, and forgets the reply.
    ///
    /// # Errors
    /// As [`Worker::call`].
    pub async fn converse(
        &self,
        message: &JsValue,
        transfer: &Array,
        on_note: impl Fn(f64) + 'static,
        abort: &Abort,
    ) -> Result<JsValue, WorkerError> {
        self.shared.ready().await?;
        let (id, receiver) = self.shared.post(message, transfer, Some(Rc::new(on_note)))?;
        let _giving_up = GivingUp {
            shared: &self.shared,
            id,
        };
        match select(receiver, pin!(abort.aborted())).await {
            Either::Left((answer, _)) => answered(future::ready(answer)).await,
            Either::Right(((), receiver)) => {
                self.shared.give_up(id);
                answered(receiver).await
            }
        }
    }
}

/// The sender ends, without having sent, when the worker itself is dropped.
async fn answered(receiver: impl Future<Output = Result<Answer, oneshot::Canceled>>) -> Answer {
    receiver
        .await
        .unwrap_or_else(|_| Err(WorkerError::Crashed("ended".into())))
}

/// Dropped before the answer has come, it tells the worker that nobody waits.
struct GivingUp<'a> {
    shared: &'a Shared,
    id: f64,
}

impl Drop for GivingUp<'_> {
    fn drop(&mut self) {
        let waited = self.shared.pending.borrow_mut().remove(&(self.id as u64)).is_some();
        if waited {
            self.shared.give_up(self.id);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.worker.terminate();
    }
}

fn listen(shared: &Rc<Shared>) -> [Listener; 3] {
    let messages = Rc::downgrade(shared);
    let errors = Rc::downgrade(shared);
    let garbled = Rc::downgrade(shared);
    [
        Listener::new(&shared.worker, "message", move |event| {
            if let (Some(shared), Some(event)) = (messages.upgrade(), event.dyn_ref::<MessageEvent>()) {
                shared.hear(&event.data());
            }
        }),
        Listener::new(&shared.worker, "error", move |event| {
            if let Some(shared) = errors.upgrade() {
                // The text goes into our own error; without this the browser would report it once more.
                event.prevent_default();
                let place = Reflect::get(&event, &"message".into())
                    .ok()
                    .and_then(|text| text.as_string());
                let starting = matches!(*shared.phase.borrow(), Phase::Starting(_));
                shared.end(match starting {
                    true => WorkerError::NotStarted,
                    false => WorkerError::Crashed(place.unwrap_or_default()),
                });
            }
        }),
        Listener::new(&shared.worker, "messageerror", move |_| {
            if let Some(shared) = garbled.upgrade() {
                shared.end(WorkerError::Crashed("a message could not be read".into()));
            }
        }),
    ]
}

impl Shared {
    async fn ready(&self) -> Result<(), WorkerError> {
        let receiver = match &mut *self.phase.borrow_mut() {
            Phase::Ready => return Ok(()),
            Phase::Ended(error) => return Err(error.clone()),
            Phase::Starting(waiting) => {
                let (sender, receiver) = oneshot::channel();
                waiting.push(sender);
                receiver
            }
        };
        if let Either::Right(_) = select(receiver, pin!(clock::sleep(START_LIMIT))).await {
            self.end(WorkerError::NotStarted);
        }
        match &*self.phase.borrow() {
            Phase::Ended(error) => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Sends a message; gives its id, and where the answer comes.
    fn post(
        &self,
        message: &JsValue,
        transfer: &Array,
        on_note: Option<OnNote>,
    ) -> Result<(f64, oneshot::Receiver<Answer>), WorkerError> {
        let id = self.last_id.get() + 1.0;
        self.last_id.set(id);
        let (sender, receiver) = oneshot::channel();
        self.pending.borrow_mut().insert(id as u64, Pending { sender, on_note });
        let posted = self
            .worker
            .post_message_with_transfer(&Array::of2(&id.into(), message), transfer);
        if posted.is_err() {
            self.pending.borrow_mut().remove(&(id as u64));
            return Err(WorkerError::NotPosted);
        }
        Ok((id, receiver))
    }

    /// Tells the worker to stop working on a call.
    fn give_up(&self, id: f64) {
        // Plain values can always be posted; a worker that has ended hears nothing, and need not.
        let _ = self.worker.post_message(&Array::of1(&id.into()));
    }

    fn hear(&self, data: &JsValue) {
        if data.as_string().as_deref() == Some("ready") {
            self.enter(Phase::Ready);
            return;
        }
        let Some(data) = data.dyn_ref::<Array>() else {
            return;
        };
        let Some(id) = data.get(0).as_f64() else {
            let place = data.get(1).as_string().unwrap_or_default();
            self.end(WorkerError::Crashed(place));
            return;
        };
        if let Some(note) = data.get(1).as_f64() {
            let pending = self.pending.borrow();
            let on_note = pending.get(&(id as u64)).and_then(|pending| pending.on_note.clone());
            drop(pending);
            if let Some(on_note) = on_note {
                on_note(note);
            }
            return;
        }
        let answer = match data.get(1).as_bool() {
            Some(true) => Ok(data.get(2)),
            _ => Err(WorkerError::Job(data.get(2).as_string().unwrap_or_default())),
        };
        let pending = self.pending.borrow_mut().remove(&(id as u64));
        if let Some(pending) = pending {
            // The caller may have stopped waiting.
            let _ = pending.sender.send(answer);
        }
    }

    fn end(&self, error: WorkerError) {
        if matches!(*self.phase.borrow(), Phase::Ended(_)) {
            return;
        }
        self.worker.terminate();
        self.enter(Phase::Ended(error.clone()));
        for (_, pending) in self.pending.take() {
            let _ = pending.sender.send(Err(error.clone()));
        }
    }

    fn enter(&self, phase: Phase) {
        if let Phase::Starting(waiting) = self.phase.replace(phase) {
            for waiting in waiting {
                let _ = waiting.send(());
            }
        }
    }
}
