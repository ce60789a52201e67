//! Carrying out what the upload machine wants done.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{self, Either};

use super::checks::UploadChecks;
use super::engine::Engine;
use super::kept::Kept;
use super::record::Record;
use super::roll_call::{self, Unseen};
use super::sent_object::SentObject;
use super::session::Session;
use super::upload::{Earlier, UploadJob};
use super::writing::{GcmWriting, MessageWriting, Tally, Writing};
use super::{
    Cse, CseState, ObjectFacts, Problem, TransferId, TransferState, UploadEncryption, describe, look, recipients,
    refusal, sse_wish,
};
use crate::encryption::esdk::{FOOTER_LENGTH, Message, TAG_LENGTH};
use crate::platform::abort::Abort;
use crate::platform::buffer::{Buffer, BufferPool, Lease};
use crate::platform::files::FileHandle;
use crate::platform::http::HttpError;
use crate::platform::lock::Lock;
use crate::platform::{clock, random, upload_body};
use crate::s3::{
    AbortMultipartUpload, BodyChecksum, ByteRange, CompleteMultipartUpload, CreateMultipartUpload, GetObject,
    HeadObject, ListParts, ObjectHead, ObjectSummary, Operation, PutBody, PutObject, SseRequest, UploadPart,
    WithChecksum, WithSse, Written, etag_of_parts,
};
use crate::transfer::{
    Checkpoint, Command, CommandId, Failure, FailureKind, FilePrint, Part, PartPlan, SMALL_FILE, Upload,
};
use crate::worker::call::{self, Cargo, Hand, Made, call_for_all};
use crate::worker::messages::{Frames, Task, TaskError};

/// A request body of which nothing moves for so long is sent again.
const STALL: Duration = Duration::from_secs(60);
/// Bodies from this length on are sent by a worker, which the browser holds up as it copies them; smaller ones are not worth
/// the way there and back (measured with 1 KiB: a seventh less CPU time when the page sends them).
const FROM_WORKER: u64 = 256 << 10;
/// Of bodies up to this length nobody hears how much is sent. On the slowest of networks they are sent long before [`STALL`].
const UNHEARD: u64 = 16 << 10;
const MEDIA_TYPE: &str = "application/octet-stream";

/// What a worker made of a part.
struct MadePart {
    /// Of the frames, one after the other; or the run's sealed share.
    tags: Vec<u8>,
    buffer: Buffer,
}

/// One run of one upload.
pub(super) struct Work {
    pub(super) engine: Rc<Engine>,
    session: Rc<Session>,
    /// What this upload asks of the storage, from its first request to its last.
    pub(super) sse: SseRequest,
    id: TransferId,
    pub(super) file: FileHandle,
    /// All of its bytes as they were when this run first asked for some.
    bytes: OnceCell<FileHandle>,
    pub(super) key: String,
    encryption: UploadEncryption,
    replace: bool,
    pub(super) checks: UploadChecks,
    writing: Option<Rc<Writing>>,
    tally: Option<Tally>,
    pub(super) plan: PartPlan,
    /// What goes with the bodies.
    pub(super) sums: RefCell<HashMap<u16, BodyChecksum>>,
    /// ETags of the parts an earlier run sent.
    pub(super) etags: HashMap<u16, String>,
    /// MD5 of the parts that were proved by it.
    pub(super) proofs: RefCell<BTreeMap<u16, [u8; 16]>>,
    pool: BufferPool,
    /// Encrypted bodies of requests, each in its buffer.
    bodies: RefCell<HashMap<u16, Lease>>,
    /// Plaintext bytes sent of each part.
    moved: RefCell<Vec<u64>>,
    /// Plaintext bytes encrypted, of all parts.
    made: Cell<u64>,
    /// Of the whole plaintext, where it was computed.
    sha256: Cell<Option<[u8; 32]>>,
    /// What the storage answered to the only request of a small file.
    written: RefCell<Written>,
    facts: RefCell<Option<ObjectFacts>>,
    /// Nobody has looked at what a listing does not show.
    is_unseen: Cell<bool>,
    last_state: Cell<&'static str>,
    kept: RefCell<Option<Rc<Kept>>>,
    lock: RefCell<Option<Lock>>,
    /// Cuts preparing and sending short.
    abort: Abort,
    /// Never aborted: what changes the bucket's books runs to its end, so that nothing is left behind.
    steady: Abort,
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
        earlier: Option<Earlier>,
    ) -> Result<Self, Problem> {
        let (kept, lock, sent) = match earlier {
            Some(Earlier { kept, lock, stage }) => (Some(kept), lock, stage.into_sent()),
            None => (None, None, Vec::new()),
        };
        let tally = match &writing {
            Some(writing) => writing.tally()?,
            None => None,
        };
        Ok(Work {
            engine: engine.clone(),
            session: session.clone(),
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
            moved: RefCell::new(vec![0; usize::from(plan.part_count())]),
            made: Cell::new(0),
            sha256: Cell::new(None),
            plan,
            pool,
            bodies: RefCell::default(),
            written: RefCell::default(),
            facts: RefCell::default(),
            is_unseen: Cell::new(false),
            last_state: Cell::new(""),
            kept: RefCell::new(kept),
            lock: RefCell::new(lock),
            abort: Abort::new(),
            steady: Abort::new(),
        })
    }

    /// Cuts short what can be made again.
    pub(super) fn cut(&self) {
        self.abort.abort();
    }

    /// What is needed to go on later, once there is something to go on with.
    pub(super) fn kept(&self) -> Option<Rc<Kept>> {
        self.kept.borrow().clone()
    }

    /// It is over: nothing is to be gone on with.
    pub(super) async fn forget(&self) {
        let kept = self.kept.take();
        if let Some(kept) = kept {
            self.engine.kept.forget(&kept.checkpoint).await;
        }
    }

    pub(super) async fn carry_out(&self, command: Command) -> Answer {
        let identify = command == Command::Confirm { identify: true };
        let answer = match command {
            Command::Create => self.create().await.map(Answer::Created),
            Command::Prepare { .. } | Command::Prove { .. } => match self.make_body(&command).await {
                Ok(answer) => Ok(answer),
                // Not tried again: a file that cannot be read once is not the file any more.
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
            metadata: self.metadata(),
        };
        let mut fingerprints = match &self.encryption {
            UploadEncryption::For(all) => recipients::fingerprints(&self.engine.vault.borrow(), all)?,
            UploadEncryption::Off => Vec::new(),
        }
        .into_iter();
        let upload_id = self.steady_call(&self.with_sse(&create)).await?;
        let checkpoint = Checkpoint {
            id: format!("{:016x}", u64::from_be_bytes(random::make_array())),
            place: self.session.place(),
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
        };
        let kept = Rc::new(Kept::new(checkpoint, self.writing.clone()));
        // Where there are no locks, there is also no second tab that asks for one.
        self.lock
            .replace(Lock::try_take(&kept.checkpoint.lock_name()).await.ok().flatten());
        self.engine.kept.begin(&kept, &self.file).await;
        self.kept.replace(Some(kept));
        Ok(upload_id)
    }

    /// Has the part's frames encrypted, and its tags compared with those of an earlier time, if there was one. A plain
    /// part needs nothing: the browser reads the file as it sends.
    async fn make_body(&self, command: &Command) -> Result<Answer, Problem> {
        let (index, proof) = match command {
            Command::Prove { part } => (*part, true),
            Command::Prepare { part } => (*part, false),
            _ => return Err(lost("command")),
        };
        let part = self.plan.part(index);
        let plaintext = part.plaintext.end - part.plaintext.start;
        let Some(writing) = self.writing.clone() else {
            // The browser refuses to read a file that has changed since it was picked.
            let byte = self.slice(part.plaintext.start..part.plaintext.start + plaintext.min(1));
            byte.read_small(1).await.map_err(|_| Problem::FileUnreadable)?;
            if proof {
                self.prove_plain(index).await?;
                self.skip(index, plaintext);
                return Ok(Answer::Proved);
            }
            self.sum(index, None).await?;
            return Ok(Answer::Prepared);
        };
        if index + 1 == self.plan.part_count()
            && let Some(tally) = &self.tally
        {
            // The tag ends the last part, and needs all others. No buffer is held meanwhile.
            match future::select(pin!(tally.made(index)), pin!(self.abort.aborted())).await {
                Either::Left(_) => {}
                Either::Right(_) => return Err(Problem::Cancelled),
            }
        }
        if let Writing::Message(writing) = &*writing
            && let Some(signing) = &writing.signing
        {
            match future::select(pin!(signing.turn(index)), pin!(self.abort.aborted())).await {
                Either::Left(_) => {}
                Either::Right(_) => return Err(Problem::Cancelled),
            }
        }
        let lease = self.pool.take();
        let mut lease = match future::select(pin!(lease), pin!(self.abort.aborted())).await {
            Either::Left((lease, _)) => lease,
            Either::Right(_) => return Err(Problem::Cancelled),
        };
        let buffer = lease.detach().ok_or_else(|| lost("buffer"))?;
        let MadePart { tags, buffer } = match &*writing {
            Writing::Message(writing) => self.make_frames(writing, &part, buffer).await?,
            Writing::Gcm(writing) => self.make_run(writing, &part, buffer).await?,
        };
        let buffer = match self.checks.verify && !proof {
            true => self.verify(&writing, &part, &tags, buffer).await?,
            false => buffer,
        };
        lease.attach(buffer);
        self.made.set(self.made.get() + plaintext);
        self.engine.queue.made(self.id, self.made.get());
        let kept = self.kept();
        if let Some(kept) = &kept {
            let known = kept.knows(index);
            if !kept.note(index, &tags) {
                // This body must not be sent: the same keystream would meet two plaintexts.
                return Err(Problem::FileChanged);
            }
            if proof {
                self.skip(index, plaintext);
                return Ok(Answer::Proved);
            }
            if !known {
                self.engine.kept.keep_part(kept, index, &tags).await?;
            }
        }
        self.sum(index, Some(&mut lease)).await?;
        self.bodies.borrow_mut().insert(index, lease);
        Ok(Answer::Prepared)
    }

    /// Encrypts the frames of a part, and signs them if they are to be signed. Gives their tags.
    async fn make_frames(&self, writing: &MessageWriting, part: &Part, buffer: Buffer) -> Result<MadePart, Problem> {
        let message = &writing.message;
        let header: &[u8] = if part.number == 1 { &message.header } else { &[] };
        buffer.copy_from(0, header);
        let frames = part.frames.clone().ok_or_else(|| lost("plan"))?;
        let task = Task::Encrypt {
            frames: Frames {
                message_id: message.message_id,
                layout: message.layout,
                frames: frames.clone(),
            },
            at: header.len() as u32,
            digest: self.wants_digest(),
        };
        let slice = self.plaintext_of(part);
        let cargo = Cargo {
            key: Some(&message.content_key),
            blob: Some(&slice),
            buffer: Some(buffer),
        };
        let made = call_for_all(Hand::Any(&self.engine.workers), &task, cargo).await;
        let Made {
            length, sha256, buffer, ..
        } = made.map_err(from_task)?;
        self.sha256.set(sha256);
        let is_last = part.number == self.plan.part_count();
        let footer = match writing.signing {
            Some(_) if is_last => FOOTER_LENGTH,
            _ => 0,
        };
        if u64::from(length) + footer != part.body.end - part.body.start {
            return Err(lost("part's length"));
        }
        let buffer = buffer.ok_or_else(|| lost("buffer"))?;
        if let Some(signing) = &writing.signing {
            signing.update(&buffer, length as usize);
            if is_last {
                let footer = signing.finish().ok_or_else(|| lost("signing key"))?;
                buffer.copy_from(length as usize, &footer);
            }
        }
        let tags = tags(message, frames, part.body.start, &buffer);
        Ok(MadePart { tags, buffer })
    }

    /// Encrypts a part's run of the one GCM message; appends the tag to the last. Gives the run's sealed share.
    async fn make_run(&self, writing: &GcmWriting, part: &Part, buffer: Buffer) -> Result<MadePart, Problem> {
        let tally = self.tally.as_ref().ok_or_else(|| lost("tally"))?;
        let length = part.plaintext.end - part.plaintext.start;
        let (sealed, buffer) = if length == 0 {
            (Vec::new(), buffer)
        } else {
            let task = Task::EncryptRun {
                run: writing.run(&part.plaintext),
                at: 0,
                digest: self.wants_digest(),
            };
            let slice = self.plaintext_of(part);
            let cargo = Cargo {
                key: Some(&writing.content_key),
                blob: Some(&slice),
                buffer: Some(buffer),
            };
            let made = call_for_all(Hand::Any(&self.engine.workers), &task, cargo).await;
            let made = made.map_err(from_task)?;
            if u64::from(made.length) != length {
                return Err(lost("part's length"));
            }
            self.sha256.set(made.sha256);
            (made.sealed, made.buffer.ok_or_else(|| lost("buffer"))?)
        };
        tally.add(writing, &part.plaintext, &sealed)?;
        if part.number == self.plan.part_count() {
            let tag = tally.tag(writing).ok_or_else(|| lost("tag"))?;
            buffer.copy_from(length as usize, &tag);
        }
        let tags = sealed;
        Ok(MadePart { tags, buffer })
    }

    /// The file's bytes of a part. Of a file that is sent whole, the file: nothing needs to be looked up to have it.
    pub(super) fn plaintext_of(&self, part: &Part) -> FileHandle {
        let whole = part.plaintext.start == 0 && part.plaintext.end == self.plan.plaintext_length();
        match whole && self.writing.is_some() {
            true => self.file.clone(),
            false => self.slice(part.plaintext.clone()),
        }
    }

    /// Some of the file's bytes. Of one snapshot for all parts: from a slice the browser reads only what was there when it was
    /// made, and it need not look at the file for each, which holds the page up.
    fn slice(&self, range: Range<u64>) -> FileHandle {
        let bytes = self
            .bytes
            .get_or_init(|| self.file.slice(0, self.plan.plaintext_length()));
        bytes.slice(range.start, range.end)
    }

    /// Hashing is nearly free for what a worker has in hand as a whole; large files are encrypted in no order.
    fn wants_digest(&self) -> bool {
        self.plan.plaintext_length() <= SMALL_FILE && self.plan.part_count() == 1
    }

    /// What was written, which nobody knows better.
    fn cse(&self) -> Cse {
        let record = self.writing.as_deref().map(Writing::record);
        let Some(record) = record else {
            return Cse {
                state: CseState::None,
                ..Cse::default()
            };
        };
        match Record::read(&record) {
            Some(Record::Message(header)) => describe::of_header(&self.engine.vault.borrow(), &header, &self.key),
            Some(Record::Object { envelope, .. }) => describe::of_envelope(&self.engine.vault.borrow(), &envelope),
            None => Cse::default(),
        }
    }

    fn metadata(&self) -> Vec<(String, String)> {
        self.writing.as_deref().map(Writing::metadata).unwrap_or_default()
    }

    /// The part is there already.
    fn skip(&self, index: u16, plaintext: u64) {
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
                self.written.replace(written.clone());
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
        let mut made = self.bodies.borrow_mut().remove(&index);
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
                let sending = call::send(&self.engine.workers, &request, buffer, body as u32, progress, STALL);
                match future::select(pin!(self.abort.aborted()), pin!(sending)).await {
                    Either::Left(_) => Err(HttpError::Aborted),
                    Either::Right((sent, _)) => {
                        let (sent, buffer) = sent.map_err(from_task)?;
                        lease.attach(buffer);
                        sent
                    }
                }
            }
        };
        if let Some(made) = made {
            self.bodies.borrow_mut().insert(index, made);
        }
        if self.writing.is_none() && matches!(sent, Err(HttpError::Network)) && plaintext > 0 {
            // The browser does not say whether the network or the file failed.
            let first = self.slice(part.plaintext.start..part.plaintext.start + 1);
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
        if !identify && let Some(listed) = self.find_in_listing().await {
            self.is_unseen.set(true);
            let size = listed.size;
            let written = self.written.take();
            self.facts.replace(Some(ObjectFacts {
                original_size: Some(self.plan.plaintext_length()),
                version_id: written.version_id,
                cse: self.cse(),
                ..look::facts_of_listed(listed)
            }));
            return Ok(size);
        }
        let head = HeadObject { key: self.key.clone() };
        let head = match self.steady_call(&self.with_sse(&head)).await {
            // It is not our own success that the storage did not know.
            Err(Problem::NoSuchKey { .. }) if identify => {
                return Err(Problem::Refused {
                    operation: CompleteMultipartUpload::NAME,
                    status: 404,
                    code: "NoSuchUpload".into(),
                    message: "the parts that were sent are gone".into(),
                });
            }
            head => head?,
        };
        let size = head.size;
        if identify && !self.is_ours(&head).await? {
            return Err(Problem::AlreadyExists);
        }
        // Where CORS shows them; where it hides them, the storage took them with the upload or refused it.
        let lost_entry = self.metadata().into_iter().find(|(name, value)| {
            let seen = head.metadata.iter().find(|(seen, _)| seen == name);
            seen.is_some_and(|(_, seen)| seen != value)
        });
        if let Some((name, _)) = lost_entry {
            return Err(Problem::BadAnswer {
                operation: HeadObject::NAME,
                detail: format!(
                    "the storage changed the object's metadata ({name}), without which nothing can open it"
                ),
            });
        }
        let mut facts = look::facts_of(&self.session, &self.key, head).await;
        facts.sse = self.sse.confirmed(facts.sse);
        facts.original_size = Some(self.plan.plaintext_length());
        facts.cse = self.cse();
        self.facts.replace(Some(facts));
        Ok(size)
    }

    /// While many small files are under way: the object as a listing shows it. Only where nothing more is to be known:
    /// SSE that was asked for, and metadata without which nothing opens it, are seen by HEAD alone.
    async fn find_in_listing(&self) -> Option<ObjectSummary> {
        let engine = &self.engine;
        let is_plain_to_see = self.plan.part_count() == 1
            && self.plan.plaintext_length() <= SMALL_FILE
            && self.sse == SseRequest::BucketDefault
            && self.metadata().is_empty();
        let to_come = engine.queue.small_uploads_waiting();
        if !is_plain_to_see || !engine.roll_call.is_worth_it(&self.session, to_come) {
            return None;
        }
        engine.queue.make_room(self.id);
        engine.clone().run_queue();
        let sent = SentObject {
            size: self.plan.object_length(),
            etag: self.written.borrow().etag.clone(),
            replaces: self.replace,
        };
        roll_call::answer(engine, &self.session, &self.key, sent).await
    }

    /// Whether the object is the one this upload sent: its header, or its envelope, is like no other.
    async fn is_ours(&self, head: &ObjectHead) -> Result<bool, Problem> {
        match self.writing.as_deref() {
            // Nothing tells a plain file from an older object of the same size but the MD5 of its parts.
            None => {
                let sums: Vec<_> = self.proofs.borrow().values().copied().collect();
                let all = sums.len() == usize::from(self.plan.part_count());
                let same = all && head.etag.as_deref() == Some(&etag_of_parts(&sums));
                if same { Ok(true) } else { Err(Problem::AlreadyExists) }
            }
            Some(Writing::Message(writing)) => {
                let header = &writing.message.header;
                let range = ByteRange {
                    start: 0,
                    end: Some(header.len() as u64),
                };
                let get = GetObject {
                    key: self.key.clone(),
                    range: Some(range),
                    if_match: None,
                };
                Ok(self.steady_call(&self.with_sse(&get)).await?.bytes == *header)
            }
            Some(Writing::Gcm(writing)) => {
                let same = |entry: &(String, String)| head.metadata.contains(entry);
                Ok(writing.metadata.iter().any(|(_, value)| value.len() > 30) && writing.metadata.iter().all(same))
            }
        }
    }

    pub(super) fn tell_state(&self, machine: &Upload<Problem>) {
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

    pub(super) fn tell_facts(&self) {
        let facts = self.facts.take();
        if let Some(facts) = facts.clone().filter(|_| self.is_unseen.get()) {
            let (session, id) = (self.session.clone(), self.id);
            roll_call::look_later(&self.engine, Unseen { session, id, facts });
        }
        let facts = facts.map(Rc::new);
        let sha256 = self.sha256.get().map(|digest| Rc::from(hex(&digest)));
        self.engine.queue.update(self.id, |info| {
            info.moved = info.size;
            info.facts = facts;
            info.sha256 = sha256;
        });
    }
}

/// How the plan cuts, for the record: a run that cuts otherwise must not go on with it.
pub(super) fn cut(plan: &PartPlan) -> (u16, u64) {
    (plan.part_count(), plan.longest_part())
}

/// The tags of these frames, which lie in `body` from its start, the message's header first if it is the first part.
fn tags(message: &Message, frames: Range<u32>, body_start: u64, body: &Buffer) -> Vec<u8> {
    let mut tags = vec![0; frames.len() * TAG_LENGTH];
    for (index, tag) in frames.zip(tags.chunks_mut(TAG_LENGTH)) {
        let end = message.layout.frame(index).message.end - body_start;
        body.copy_to(end as usize - TAG_LENGTH, tag);
    }
    tags
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
