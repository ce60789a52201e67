//! Carrying out what the upload machine wants done.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{self, Either};

use super::checks::UploadChecks;
use super::engine::Engine;
use super::hashing::Hashing;
use super::kept::Kept;
use super::session::Session;
use super::uplink::Turn;
use super::upload::{Begin, Earlier, Stored, UploadJob};
use super::writing::{Tally, Writing};
use super::{ObjectFacts, Problem, TransferId, TransferState, UploadEncryption, recipients, refusal, sse_wish};
use crate::platform::abort::Abort;
use crate::platform::buffer::{BufferPool, Lease};
use crate::platform::files::FileHandle;
use crate::platform::http::HttpError;
use crate::platform::lock::Lock;
use crate::platform::{clock, random, upload_body};
use crate::s3::{
    AbortMultipartUpload, BodyChecksum, CompleteMultipartUpload, CreateMultipartUpload, ListParts, Operation, PutBody,
    PutObject, SseRequest, UploadPart, WithChecksum, WithSse, Written,
};
use crate::transfer::{
    Checkpoint, Command, CommandId, Failure, FailureKind, FilePrint, Lane, PartPlan, SMALL_FILE, Upload,
};
use crate::worker::call;
use crate::worker::messages::TaskError;

/// A request body of which nothing moves for so long is sent again.
const STALL: Duration = Duration::from_secs(60);
/// Putting ten thousand parts together may take a storage minutes.
const COMPLETE_TIMEOUT: Duration = Duration::from_secs(300);
/// Bodies from this length on are sent by a worker, which the browser holds up as it copies them; smaller ones are not worth
/// the way there and back (measured with 1 KiB: a seventh less CPU time when the page sends them).
const FROM_WORKER: u64 = 256 << 10;
/// Of bodies up to this length nobody hears how much is sent. On the slowest of networks they are sent long before [`STALL`].
const UNHEARD: u64 = 16 << 10;
const MEDIA_TYPE: &str = "application/octet-stream";

/// One run of one upload.
pub(super) struct Work {
    pub(super) engine: Rc<Engine>,
    begun_with: Rc<Session>,
    /// What this upload asks of the storage, from its first request to its last.
    pub(super) sse: SseRequest,
    pub(super) id: TransferId,
    pub(super) file: FileHandle,
    /// All of its bytes as they were when this run first asked for some.
    pub(super) bytes: OnceCell<FileHandle>,
    pub(super) key: String,
    pub(super) encryption: UploadEncryption,
    pub(super) replace: bool,
    pub(super) checks: UploadChecks,
    pub(super) writing: Option<Rc<Writing>>,
    pub(super) tally: Option<Tally>,
    pub(super) plan: PartPlan,
    /// What goes with the bodies.
    pub(super) sums: RefCell<HashMap<u16, BodyChecksum>>,
    /// ETags of the parts an earlier run sent.
    pub(super) etags: HashMap<u16, String>,
    /// MD5 of the parts that were proved by it.
    pub(super) proofs: RefCell<BTreeMap<u16, [u8; 16]>>,
    pub(super) pool: BufferPool,
    /// Encrypted bodies of requests, each in its buffer.
    pub(super) bodies: RefCell<HashMap<u16, Lease>>,
    /// Plaintext bytes sent of each part.
    pub(super) moved: Rc<RefCell<Vec<u64>>>,
    /// Plaintext bytes encrypted, of all parts.
    pub(super) made: Cell<u64>,
    /// The hash of the file, where one is computed.
    pub(super) hashing: Option<Rc<Hashing>>,
    /// What the storage answered to the only request of a file that is sent by one, once it has.
    pub(super) written: RefCell<Option<Written>>,
    /// ETags of the parts that the storage was asked to put together.
    pub(super) etags_put_together: RefCell<Vec<String>>,
    pub(super) facts: RefCell<Option<ObjectFacts>>,
    /// Nobody has looked at what a listing does not show.
    pub(super) is_unseen: Cell<bool>,
    last_state: Cell<&'static str>,
    kept: RefCell<Option<Rc<Kept>>>,
    lock: RefCell<Option<Lock>>,
    /// Cuts preparing and sending short.
    pub(super) abort: Abort,
    /// Never aborted: what changes the bucket's books runs to its end, so that nothing is left behind.
    pub(super) steady: Abort,
}

/// What a command came to.
pub(super) enum Answer {
    Created(String),
    Prepared,
    Proved,
    Sent(Option<String>),
    Listed(Vec<(u16, String, u64)>),
    Completed,
    Confirmed(u64),
    Aborted,
    Failed(Failure<Problem>),
}

impl Work {
    #[allow(clippy::too_many_arguments)]
    pub(super) fn new(
        engine: &Rc<Engine>,
        session: &Rc<Session>,
        id: TransferId,
        job: &UploadJob,
        writing: Option<Rc<Writing>>,
        plan: PartPlan,
        pool: BufferPool,
        begin: Begin,
    ) -> Result<Self, Problem> {
        let (mut stored, mut hashing) = (None, None);
        let (kept, lock, sent) = match begin {
            Begin::Earlier(Earlier { kept, lock, stage }) => {
                hashing = kept.hashing.clone();
                (Some(kept), lock, stage.into_sent())
            }
            Begin::Stored {
                written,
                hashing: made,
                kept,
            } => {
                (stored, hashing) = (Some(written), made);
                (kept, None, Vec::new())
            }
            Begin::Anew => (None, None, Vec::new()),
        };
        if hashing.is_none() && (job.checks.hash || is_hashed_anyway(writing.as_deref(), &plan)) {
            hashing = Some(Rc::new(Hashing::new(plan.part_count())));
        }
        let tally = match &writing {
            Some(writing) => writing.tally()?,
            None => None,
        };
        Ok(Work {
            engine: engine.clone(),
            begun_with: session.clone(),
            sse: job.sse.clone(),
            id,
            bytes: OnceCell::new(),
            file: job.file.clone(),
            key: job.key.clone(),
            encryption: job.encryption.clone(),
            replace: job.replace,
            checks: job.checks,
            writing,
            tally,
            sums: RefCell::default(),
            etags: sent.into_iter().collect(),
            proofs: RefCell::default(),
            moved: Rc::new(RefCell::new(vec![0; usize::from(plan.part_count())])),
            made: Cell::new(0),
            hashing,
            plan,
            pool,
            bodies: RefCell::default(),
            written: RefCell::new(stored),
            etags_put_together: RefCell::default(),
            facts: RefCell::default(),
            is_unseen: Cell::new(false),
            last_state: Cell::new(""),
            kept: RefCell::new(kept),
            lock: RefCell::new(lock),
            abort: Abort::new(),
            steady: Abort::new(),
        })
    }

    /// The connection, with the newest credentials for it.
    pub(super) fn session(&self) -> Rc<Session> {
        self.engine.session_like(&self.begun_with)
    }

    /// Cuts short what can be made again.
    pub(super) fn cut(&self) {
        self.abort.abort();
    }

    /// What is needed to go on later, once there is something to go on with.
    pub(super) fn kept(&self) -> Option<Rc<Kept>> {
        self.kept.borrow().clone()
    }

    /// What is needed to look at the object later, when the storage has it.
    pub(super) fn stored(&self) -> Stored {
        Stored {
            file: FilePrint {
                size: self.file.size(),
                modified_ms: self.file.last_modified(),
            },
            writing: self.writing.clone(),
            written: self.written.borrow().clone().unwrap_or_default(),
            hashing: self.hashing.clone(),
        }
    }

    /// It is over: nothing is to be gone on with.
    pub(super) async fn forget(&self) {
        let kept = self.kept.take();
        if let Some(kept) = kept {
            self.engine.kept.forget(&kept.checkpoint).await;
        }
    }

    pub(super) async fn carry_out(&self, command: Command) -> Answer {
        let begun_with = self.session();
        let identify = command == Command::Confirm { identify: true };
        let answer = match command {
            Command::Create => self.create().await.map(Answer::Created),
            Command::Prepare { .. } | Command::Prove { .. } => match self.make_body(&command).await {
                Ok(answer) => Ok(answer),
                // Not tried again: a file that cannot be read once is not the file any more.
                Err(problem) => {
                    let kind = match refusal::kind(&problem) {
                        FailureKind::Later => FailureKind::Later,
                        _ => FailureKind::Final,
                    };
                    return Answer::Failed(Failure { kind, problem });
                }
            },
            Command::Send { part, upload_id } => self.send(part, upload_id).await.map(Answer::Sent),
            Command::ListParts { upload_id } => self.list_parts(&upload_id).await.map(Answer::Listed),
            Command::Complete { upload_id, parts } => {
                let (key, if_none_match) = (self.key.clone(), !self.replace);
                self.etags_put_together
                    .replace(parts.iter().map(|(_, etag)| etag.clone()).collect());
                let complete = CompleteMultipartUpload {
                    key,
                    upload_id,
                    parts,
                    if_none_match,
                };
                let answer = begun_with.call_within(&complete, &self.key, &self.steady, COMPLETE_TIMEOUT);
                answer.await.map(|_| Answer::Completed)
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
            let kind = match refusal::kind(&problem) {
                // There are others by now.
                FailureKind::Credentials if !Rc::ptr_eq(&begun_with, &self.session()) => FailureKind::Transient,
                kind => kind,
            };
            Answer::Failed(Failure { kind, problem })
        })
    }

    pub(super) fn report(&self, machine: &mut Upload<Problem>, id: CommandId, answer: Answer) {
        match answer {
            Answer::Created(upload_id) => machine.created(id, upload_id),
            Answer::Prepared => machine.prepared(id),
            Answer::Proved => machine.proved(id),
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
            Answer::Failed(failure) => machine.failed(id, failure, clock::monotonic_ms(), random::unit()),
        }
    }

    /// The operation with what this upload asks of the storage.
    pub(super) fn with_sse<'a, O>(&'a self, operation: &'a O) -> WithSse<'a, O> {
        WithSse {
            operation,
            sse: &self.sse,
        }
    }

    pub(super) async fn steady_call<O: Operation>(&self, operation: &O) -> Result<O::Output, Problem> {
        self.session().call_once(operation, &self.key, &self.steady).await
    }

    async fn create(&self) -> Result<String, Problem> {
        let (key, content_type) = (self.key.clone(), MEDIA_TYPE.to_owned());
        let create = CreateMultipartUpload {
            key,
            content_type,
            metadata: self.metadata(),
            given_with: Vec::new(),
        };
        let mut fingerprints = match &self.encryption {
            UploadEncryption::For(all) => {
                let (vault, kms) = (self.engine.vault.borrow(), self.engine.kms.borrow());
                recipients::fingerprints(&vault, &kms, all)?
            }
            UploadEncryption::Off => Vec::new(),
        }
        .into_iter();
        let upload_id = self.steady_call(&self.with_sse(&create)).await?;
        let checkpoint = Checkpoint {
            id: format!("{:016x}", u64::from_be_bytes(random::make_array())),
            place: self.begun_with.place(),
            key: self.key.clone(),
            upload_id: upload_id.clone(),
            header: self.writing.as_deref().map(Writing::record).unwrap_or_default(),
            fingerprint: fingerprints.next().unwrap_or_default(),
            also: fingerprints.collect(),
            file: FilePrint {
                size: self.plan.plaintext_length(),
                modified_ms: self.file.last_modified(),
            },
            replace: self.replace,
            started_ms: clock::now_ms(),
            sse: sse_wish::of(&self.sse),
            cut: cut(&self.plan),
            hash: self.checks.hash,
        };
        let kept = Rc::new(Kept::new(checkpoint, self.writing.clone(), self.hashing.clone()));
        // Where there are no locks, there is also no second tab that asks for one.
        self.lock
            .replace(Lock::try_take(&kept.checkpoint.lock_name()).await.ok().flatten());
        self.engine.kept.begin(&kept, &self.file).await;
        self.kept.replace(Some(kept));
        Ok(upload_id)
    }

    pub(super) fn metadata(&self) -> Vec<(String, String)> {
        self.writing.as_deref().map(Writing::metadata).unwrap_or_default()
    }

    /// The part is there already.
    pub(super) fn skip(&self, index: u16, plaintext: u64) {
        self.moved.borrow_mut()[usize::from(index)] = plaintext;
        let all = self.moved.borrow().iter().sum();
        self.engine.queue.already(self.id, all);
        self.engine.flush_soon();
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
                    metadata: self.metadata(),
                    if_none_match,
                    body: PutBody::Elsewhere,
                };
                let written = self.send_body(index, &self.with_sse(&put)).await?;
                self.written.replace(Some(written.clone()));
                written.etag
            }
        };
        self.bodies.borrow_mut().remove(&index);
        Ok(etag)
    }

    async fn send_body<O: Operation>(&self, index: u16, operation: &O) -> Result<O::Output, Problem> {
        let operation = &WithChecksum {
            operation,
            checksum: self.sums.borrow().get(&index).copied(),
        };
        let part = self.plan.part(index);
        let (body, plaintext) = (
            part.body.end - part.body.start,
            part.plaintext.end - part.plaintext.start,
        );
        let turn = Rc::new(self.turn(body).await?);
        // Signed only now: its turn may have been long in coming.
        let session = self.session();
        let request = session.sign(operation, &self.key)?.map(|_| ());
        let signed = session.clock_ahead_seconds();
        let (engine, id, moved) = (self.engine.clone(), self.id, self.moved.clone());
        self.set_moved(index, 0);
        // The turn ends here, however long the browser keeps who tells of the progress.
        let sending = Rc::downgrade(&turn);
        let progress = move |sent: u64| {
            if let Some(turn) = sending.upgrade() {
                turn.sent(sent.min(body));
            }
            let part = if body > 0 {
                (plaintext as f64 * (sent.min(body) as f64 / body as f64)) as u64
            } else {
                0
            };
            moved.borrow_mut()[usize::from(index)] = part;
            engine.queue.moved(id, moved.borrow().iter().sum());
            engine.flush_soon();
        };
        let mut made = self.bodies.borrow_mut().remove(&index);
        let is_from_file = made.is_none();
        let sent = match &mut made {
            // Without its body there is only the file in clear to send: never instead.
            None if self.writing.is_some() => return Err(lost("encrypted part")),
            None => upload_body::send_blob(request, &self.plaintext_of(&part), progress, &self.abort, STALL).await,
            Some(lease) if body < FROM_WORKER => {
                let buffer = lease.buffer().ok_or_else(|| lost("encrypted part"))?;
                // So little is sent in one piece.
                let progress = (body > UNHEARD).then_some(progress);
                upload_body::send_buffer(request, buffer, 0..body as usize, progress, &self.abort, STALL).await
            }
            Some(lease) => {
                let buffer = lease.detach().ok_or_else(|| lost("encrypted part"))?;
                let workers = &self.engine.workers;
                let sending = call::send(workers, &request, buffer, body as u32, progress, &self.abort, STALL);
                let (sent, buffer) = sending.await.map_err(from_task)?;
                lease.attach(buffer);
                sent
            }
        };
        if let Some(made) = made {
            self.bodies.borrow_mut().insert(index, made);
        }
        if is_from_file && matches!(sent, Err(HttpError::Network)) && plaintext > 0 {
            // The browser does not say whether the network or the file failed.
            let first = self.slice(part.plaintext.start..part.plaintext.start + 1);
            first.read_small(1).await.map_err(|_| Problem::FileUnreadable)?;
        }
        let output = session.read(operation, &self.key, signed, sent);
        let output = output.inspect_err(|_| self.set_moved(index, 0))?;
        turn.sent_all();
        self.set_moved(index, plaintext);
        Ok(output)
    }

    /// Waits until a body of this length may be sent.
    async fn turn(&self, body: u64) -> Result<Turn, Problem> {
        let lane = match self.plan.plaintext_length() <= SMALL_FILE {
            true => Lane::SmallUploads,
            false => Lane::LargeUploads,
        };
        match future::select(pin!(self.engine.uplink.turn(lane, body)), pin!(self.abort.aborted())).await {
            Either::Left((turn, _)) => Ok(turn),
            Either::Right(_) => Err(Problem::Cancelled),
        }
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

    pub(super) fn tell_state(&self, machine: &Upload<Problem>) {
        let state = match machine.waiting_for(clock::monotonic_ms()) {
            Some(problem) => TransferState::Waiting(problem.clone()),
            None if machine.is_verifying() => TransferState::Verifying,
            None => TransferState::Running,
        };
        if self.last_state.replace(state.as_str()) != state.as_str() {
            self.engine.queue.update(self.id, |info| info.state = state);
            self.engine.flush_soon();
        }
    }
}

/// Hashing is nearly free for what a worker has in hand as a whole. The parts of a larger file must wait for each other.
fn is_hashed_anyway(writing: Option<&Writing>, plan: &PartPlan) -> bool {
    writing.is_some() && plan.part_count() == 1 && plan.plaintext_length() <= SMALL_FILE
}

/// How the plan cuts, for the record: a run that cuts otherwise must not go on with it.
pub(super) fn cut(plan: &PartPlan) -> (u16, u64) {
    (plan.part_count(), plan.longest_part())
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
