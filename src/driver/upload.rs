//! Uploading one file: polls the upload machine, carries out its commands, feeds the answers back.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use futures::future::{self, Either};
use futures::stream::{FuturesUnordered, StreamExt};

use super::engine::Engine;
use super::session::Session;
use super::{Cse, CseState, ObjectFacts, Problem, TransferId, TransferState, UploadEncryption, look, refusal};
use crate::encryption::esdk::{EncryptionContext, FRAME_LENGTH, Materials, Message};
use crate::encryption::{DataKey, WrappingKey};
use crate::platform::abort::Abort;
use crate::platform::buffer::{BufferPool, Lease};
use crate::platform::files::FileHandle;
use crate::platform::http::HttpError;
use crate::platform::{clock, random, upload_body};
use crate::s3::{
    AbortMultipartUpload, ByteRange, CompleteMultipartUpload, CreateMultipartUpload, GetObject, HeadObject, ListParts,
    Operation, PutBody, PutObject, SseRequest, UploadPart, WithSse, check_key,
};
use crate::transfer::{
    Backoff, Command, CommandId, Content, Failure, FailureKind, Outcome, PART_LENGTH, PartPlan, Upload,
};
use crate::worker::call::{Cargo, Hand, call};
use crate::worker::messages::{Frames, Task, TaskError};

/// Bodies of one file that are made or sent at a time.
const PARTS_IN_FLIGHT: usize = 4;
/// A request body of which nothing moves for so long is sent again.
const STALL: Duration = Duration::from_secs(60);
/// Room for any header we write.
const HEADER_ROOM: usize = 4096;
const MEDIA_TYPE: &str = "application/octet-stream";
/// Largest object: 10,000 parts of 5 GiB.
const MAX_OBJECT: u64 = 10_000 * (5 << 30);

/// A command being carried out.
type UnderWay = Pin<Box<dyn Future<Output = (CommandId, Answer)>>>;

/// What to upload.
pub(super) struct UploadJob {
    pub(super) file: FileHandle,
    pub(super) key: String,
    pub(super) encryption: UploadEncryption,
    pub(super) replace: bool,
    /// Another file goes to the same key: sending both would lose one.
    pub(super) collides: bool,
}

/// The longest body of a part of usual size.
pub(super) fn longest_standard_body() -> usize {
    let frames = (PART_LENGTH / u64::from(FRAME_LENGTH)) as usize;
    HEADER_ROOM + PART_LENGTH as usize + frames * 40
}

/// Uploads the file; a second call starts over with a fresh data key.
pub(super) async fn run(engine: &Rc<Engine>, id: TransferId, job: &UploadJob, abort: &Abort) -> Result<(), Problem> {
    if job.collides {
        return Err(Problem::SameKey);
    }
    let session = engine.session()?;
    check_key(&job.key).map_err(|error| refusal::from_key(&error, &job.key))?;
    engine.queue.update(id, |info| info.state = TransferState::Preparing);
    engine.flush_soon();
    let message = match job.encryption {
        UploadEncryption::Key(key) => Some(start_message(engine.vault.borrow().for_writing(key)?, job)?),
        UploadEncryption::Off => None,
    };
    let content = match &message {
        Some(message) => Content::Message(message.layout),
        None => Content::Plain {
            length: job.file.size(),
        },
    };
    let plan = PartPlan::new(content).ok_or(Problem::TooLarge { limit: MAX_OBJECT })?;
    let longest = plan.longest_part() as usize;
    let bodies = if longest <= engine.bodies.buffer_size() {
        engine.bodies.clone()
    } else {
        BufferPool::new(longest, PARTS_IN_FLIGHT)
    };
    let parts = usize::from(plan.part_count());
    let mut machine: Upload<Problem> = Upload::new(plan.clone(), PARTS_IN_FLIGHT, Backoff::default());
    let work = Rc::new(Work {
        engine: engine.clone(),
        sse: session.upload_sse(),
        session,
        id,
        file: job.file.clone(),
        key: job.key.clone(),
        encryption: job.encryption,
        replace: job.replace,
        message,
        plan,
        pool: bodies,
        bodies: RefCell::default(),
        moved: RefCell::new(vec![0; parts]),
        facts: RefCell::default(),
        last_state: Cell::new(""),
        abort: abort.clone(),
        steady: Abort::new(),
    });
    let mut under_way: FuturesUnordered<UnderWay> = FuturesUnordered::new();
    let mut cancelled = false;
    loop {
        let mut wait_ms = None;
        while let Some((command_id, command)) = machine.poll(clock::now_ms()) {
            if let Command::Wait { until_ms } = command {
                wait_ms = Some((until_ms - clock::now_ms()).max(1.0));
                break;
            }
            let work = work.clone();
            under_way.push(Box::pin(async move { (command_id, work.carry_out(command).await) }));
        }
        if let Some(outcome) = machine.outcome() {
            return match outcome {
                Outcome::Done => {
                    work.tell_facts();
                    Ok(())
                }
                Outcome::Failed(problem) => Err(refusal::of_sse(&work.sse, problem.clone())),
                Outcome::Cancelled => Err(Problem::Cancelled),
            };
        }
        work.tell_state(&machine);
        let timer = async {
            match wait_ms {
                Some(ms) => clock::sleep(Duration::from_secs_f64(ms / 1000.0)).await,
                None => future::pending().await,
            }
        };
        let waiting_for_cancel = !cancelled;
        let cancel = async {
            if !waiting_for_cancel {
                future::pending().await
            } else {
                abort.aborted().await
            }
        };
        let answer = async {
            match under_way.next().await {
                Some(answer) => answer,
                None => future::pending().await,
            }
        };
        match future::select(pin!(answer), future::select(pin!(cancel), pin!(timer))).await {
            Either::Left(((command, answer), _)) => work.report(&mut machine, command, answer),
            Either::Right((Either::Left(_), _)) => {
                cancelled = true;
                machine.cancel();
            }
            Either::Right((Either::Right(_), _)) => {}
        }
    }
}

fn start_message(key: &WrappingKey, job: &UploadJob) -> Result<Message, Problem> {
    let mut context = EncryptionContext::default();
    context.insert(look::FINGERPRINT_PAIR, &key.fingerprint().to_string());
    context.insert(look::OBJECT_KEY_PAIR, &job.key);
    let materials = Materials {
        data_key: DataKey::from_random(random::make_array()),
        message_id: random::make_array(),
        wrap_iv: random::make_array(),
    };
    let message = Message::write(materials, key, &context, job.file.size());
    message.map_err(|error| refusal::from_encryption(error, None))
}

struct Work {
    engine: Rc<Engine>,
    session: Rc<Session>,
    /// What this upload asks of the storage, from its first request to its last.
    sse: SseRequest,
    id: TransferId,
    file: FileHandle,
    key: String,
    encryption: UploadEncryption,
    replace: bool,
    message: Option<Message>,
    plan: PartPlan,
    pool: BufferPool,
    bodies: RefCell<HashMap<u16, Lease>>,
    /// Plaintext bytes sent of each part.
    moved: RefCell<Vec<u64>>,
    facts: RefCell<Option<ObjectFacts>>,
    last_state: Cell<&'static str>,
    /// Cuts preparing and sending short.
    abort: Abort,
    /// Never aborted: what changes the bucket's books runs to its end, so that nothing is left behind.
    steady: Abort,
}

enum Answer {
    Created(String),
    Prepared,
    Sent(Option<String>),
    Listed(Vec<(u16, String, u64)>),
    Completed,
    Confirmed(u64),
    Aborted,
    Failed(Failure<Problem>),
}

impl Work {
    async fn carry_out(&self, command: Command) -> Answer {
        let identify = command == Command::Confirm { identify: true };
        let answer = match command {
            Command::Create => self.create().await.map(Answer::Created),
            Command::Prepare { part } => match self.prepare(part).await {
                Ok(()) => Ok(Answer::Prepared),
                // Never made again: the file might have changed in between, and the keystream would meet both.
                Err(problem) => {
                    return Answer::Failed(Failure {
                        kind: FailureKind::Final,
                        problem,
                    });
                }
            },
            Command::Send { part, upload_id } => self.send(part, upload_id).await.map(Answer::Sent),
            Command::ListParts { upload_id } => self.list_parts(&upload_id).await.map(Answer::Listed),
            Command::Complete { upload_id, parts } => {
                let (key, if_none_match) = (self.key.clone(), !self.replace);
                let complete = CompleteMultipartUpload {
                    key,
                    upload_id,
                    parts,
                    if_none_match,
                };
                self.steady_call(&complete).await.map(|_| Answer::Completed)
            }
            Command::Confirm { .. } => self.confirm(identify).await.map(Answer::Confirmed),
            Command::Abort { upload_id } => {
                let abort = AbortMultipartUpload {
                    key: self.key.clone(),
                    upload_id,
                };
                self.steady_call(&abort).await.map(|()| Answer::Aborted)
            }
            Command::Wait { .. } => unreachable!("waiting is the loop's own"),
        };
        answer.unwrap_or_else(|problem| {
            Answer::Failed(Failure {
                kind: refusal::kind(&problem),
                problem,
            })
        })
    }

    fn report(&self, machine: &mut Upload<Problem>, id: CommandId, answer: Answer) {
        match answer {
            Answer::Created(upload_id) => machine.created(id, upload_id),
            Answer::Prepared => machine.prepared(id),
            Answer::Sent(etag) => machine.sent(id, etag),
            Answer::Listed(parts) => {
                let detail = "a part that was sent is not in the list".to_owned();
                machine.parts_listed(
                    id,
                    &parts,
                    Problem::BadAnswer {
                        operation: ListParts::NAME,
                        detail,
                    },
                );
            }
            Answer::Completed => machine.completed(id),
            Answer::Confirmed(found) => {
                machine.confirmed(
                    id,
                    found,
                    Problem::SizeMismatch {
                        sent: self.plan.object_length(),
                        found,
                    },
                );
            }
            Answer::Aborted => machine.aborted(id),
            Answer::Failed(failure) => machine.failed(id, failure, clock::now_ms(), random::unit()),
        }
    }

    /// The operation with what this upload asks of the storage.
    fn with_sse<'a, O>(&'a self, operation: &'a O) -> WithSse<'a, O> {
        WithSse {
            operation,
            sse: &self.sse,
        }
    }

    async fn steady_call<O: Operation>(&self, operation: &O) -> Result<O::Output, Problem> {
        self.session.call_once(operation, &self.key, &self.steady).await
    }

    async fn create(&self) -> Result<String, Problem> {
        let (key, content_type) = (self.key.clone(), MEDIA_TYPE.to_owned());
        let create = CreateMultipartUpload {
            key,
            content_type,
            metadata: Vec::new(),
        };
        self.steady_call(&self.with_sse(&create)).await
    }

    /// Has the part's frames encrypted. A plain part needs nothing: the browser reads the file as it sends.
    async fn prepare(&self, index: u16) -> Result<(), Problem> {
        let Some(message) = &self.message else { return Ok(()) };
        let part = self.plan.part(index);
        let lease = self.pool.take();
        let mut lease = match future::select(pin!(lease), pin!(self.abort.aborted())).await {
            Either::Left((lease, _)) => lease,
            Either::Right(_) => return Err(Problem::Cancelled),
        };
        let buffer = lease.detach().ok_or_else(|| lost("buffer"))?;
        let header: &[u8] = if index == 0 { &message.header } else { &[] };
        buffer.copy_from(0, header);
        let frames = part.frames.ok_or_else(|| lost("plan"))?;
        let frames = Frames {
            message_id: message.message_id,
            layout: message.layout,
            frames,
        };
        let slice = self.file.slice(part.plaintext.start, part.plaintext.end);
        let cargo = Cargo {
            key: Some(&message.content_key),
            blob: Some(&slice),
            buffer: Some(buffer),
        };
        let task = Task::Encrypt {
            frames,
            at: header.len() as u32,
        };
        let (length, buffer) = call(Hand::Any(&self.engine.workers), &task, cargo)
            .await
            .map_err(from_task)?;
        if u64::from(length) != part.body.end - part.body.start {
            return Err(lost("part's length"));
        }
        lease.attach(buffer.ok_or_else(|| lost("buffer"))?);
        self.bodies.borrow_mut().insert(index, lease);
        Ok(())
    }

    async fn send(&self, index: u16, upload_id: Option<String>) -> Result<Option<String>, Problem> {
        let key = self.key.clone();
        let etag = match upload_id {
            Some(upload_id) => {
                let part_number = self.plan.part(index).number;
                let part = UploadPart {
                    key,
                    upload_id,
                    part_number,
                };
                self.send_body(index, &self.with_sse(&part)).await?
            }
            None => {
                let (content_type, if_none_match) = (MEDIA_TYPE.to_owned(), !self.replace);
                let put = PutObject {
                    key,
                    content_type,
                    metadata: Vec::new(),
                    if_none_match,
                    body: PutBody::Elsewhere,
                };
                self.send_body(index, &self.with_sse(&put)).await?.etag
            }
        };
        self.bodies.borrow_mut().remove(&index);
        Ok(etag)
    }

    async fn send_body<O: Operation>(&self, index: u16, operation: &O) -> Result<O::Output, Problem> {
        let request = self.session.sign(operation, &self.key)?.map(|_| ());
        let part = self.plan.part(index);
        let (body, plaintext) = (
            part.body.end - part.body.start,
            part.plaintext.end - part.plaintext.start,
        );
        let (engine, id) = (self.engine.clone(), self.id);
        self.set_moved(index, 0);
        let others: u64 = self.moved.borrow().iter().sum();
        let progress = move |sent: u64| {
            // Coarse while several parts are under way; exact whenever one arrives.
            let part = if body > 0 {
                (plaintext as f64 * (sent.min(body) as f64 / body as f64)) as u64
            } else {
                0
            };
            engine.queue.moved(id, others + part);
            engine.flush_soon();
        };
        let lease = self.bodies.borrow_mut().remove(&index);
        let sent = match lease.as_ref().and_then(Lease::buffer) {
            Some(buffer) => {
                upload_body::send_buffer(request, buffer, 0..body as usize, progress, &self.abort, STALL).await
            }
            None => {
                let slice = self.file.slice(part.plaintext.start, part.plaintext.end);
                upload_body::send_blob(request, &slice, progress, &self.abort, STALL).await
            }
        };
        if let Some(lease) = lease {
            self.bodies.borrow_mut().insert(index, lease);
        }
        if self.message.is_none() && matches!(sent, Err(HttpError::Network)) && plaintext > 0 {
            // The browser does not say whether the network or the file failed.
            let first = self.file.slice(part.plaintext.start, part.plaintext.start + 1);
            first.read_small(1).await.map_err(|_| Problem::FileUnreadable)?;
        }
        let output = self.session.read(operation, &self.key, sent)?;
        self.set_moved(index, plaintext);
        Ok(output)
    }

    fn set_moved(&self, index: u16, moved: u64) {
        self.moved.borrow_mut()[usize::from(index)] = moved;
        let all = self.moved.borrow().iter().sum();
        self.engine.queue.moved(self.id, all);
        self.engine.flush_soon();
    }

    async fn list_parts(&self, upload_id: &str) -> Result<Vec<(u16, String, u64)>, Problem> {
        let mut listed = Vec::new();
        let mut after = Some(0);
        while let Some(marker) = after {
            let page = ListParts {
                key: self.key.clone(),
                upload_id: upload_id.to_owned(),
                after: marker,
            };
            let page = self.steady_call(&page).await?;
            listed.extend(page.parts.into_iter().map(|part| (part.number, part.etag, part.size)));
            after = page.next;
        }
        Ok(listed)
    }

    async fn confirm(&self, identify: bool) -> Result<u64, Problem> {
        let head = HeadObject { key: self.key.clone() };
        let head = self.steady_call(&self.with_sse(&head)).await?;
        let size = head.size;
        if identify {
            // Only a message of ours can be told from an older object: its header holds a fresh message id.
            let message = self.message.as_ref().ok_or(Problem::AlreadyExists)?;
            let range = ByteRange {
                start: 0,
                end: Some(message.header.len() as u64),
            };
            let get = GetObject {
                key: self.key.clone(),
                range: Some(range),
                if_match: None,
            };
            if self.steady_call(&self.with_sse(&get)).await?.bytes != message.header {
                return Err(Problem::Refused {
                    operation: CompleteMultipartUpload::NAME,
                    status: 0,
                    code: "Replaced".into(),
                    message: "another object lies under this key".into(),
                });
            }
        }
        let mut facts = look::facts_of(&self.session, &self.key, head).await;
        facts.sse = self.sse.confirmed(facts.sse);
        facts.original_size = Some(self.plan.plaintext_length());
        facts.cse = match self.encryption {
            UploadEncryption::Key(key) => Cse {
                state: CseState::Esdk,
                wraps: vec!["aes"],
                suite: Some("0x0478".into()),
                key_needed: self
                    .engine
                    .vault
                    .borrow()
                    .get(key)
                    .map(|(_, info)| info.fingerprint.clone()),
                opens_with: Some(key),
                written_as: None,
            },
            UploadEncryption::Off => Cse {
                state: CseState::None,
                ..Cse::default()
            },
        };
        self.facts.replace(Some(facts));
        Ok(size)
    }

    fn tell_state(&self, machine: &Upload<Problem>) {
        let state = match machine.waiting_for(clock::now_ms()) {
            Some(problem) => TransferState::Waiting(problem.clone()),
            None if machine.is_verifying() => TransferState::Verifying,
            None => TransferState::Running,
        };
        if self.last_state.replace(state.as_str()) != state.as_str() {
            self.engine.queue.update(self.id, |info| info.state = state);
            self.engine.flush_soon();
        }
    }

    fn tell_facts(&self) {
        let facts = self.facts.take().map(Rc::new);
        self.engine.queue.update(self.id, |info| {
            info.moved = info.size;
            info.facts = facts;
        });
    }
}

/// What a worker could not do, as a problem.
pub(super) fn from_task(error: TaskError) -> Problem {
    match error {
        TaskError::NotAuthentic => Problem::NotAuthentic,
        TaskError::Unreadable => Problem::FileUnreadable,
        TaskError::NoSpace => Problem::NoSpace { needed: 0, free: None },
        TaskError::Browser { detail } => Problem::Browser { detail },
    }
}

/// A worker's answer that lacks something it must have.
pub(super) fn lost(what: &str) -> Problem {
    Problem::Browser {
        detail: format!("the worker lost the {what}"),
    }
}
