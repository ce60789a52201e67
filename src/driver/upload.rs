//! Uploading one file: polls the upload machine, carries out its commands, feeds the answers back; goes on with an
//! upload that was stopped.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

use futures::future::{self, Either};
use futures::stream::{FuturesUnordered, StreamExt};

use super::checks::UploadChecks;
use super::engine::Engine;
use super::fetch::OFFLINE_WAIT;
use super::hashing::Hashing;
use super::kept::Kept;
use super::queue::Stop;
use super::recipients::Found;
use super::session::Session;
use super::upload_work::{Answer, Work};
use super::writing::Writing;
use super::{
    ContextPairs, Problem, TransferId, TransferState, UploadEncryption, WriteFormat, refusal, upload_again,
    writing_start,
};
use crate::encryption::esdk::FRAME_LENGTH;
use crate::platform::buffer::BufferPool;
use crate::platform::files::FileHandle;
use crate::platform::lock::Lock;
use crate::platform::{clock, random};
use crate::s3::{SseRequest, Written, check_key};
use crate::transfer::{
    Backoff, Command, CommandId, Content, FilePrint, Outcome, PART_LENGTH, PartPlan, SMALL_FILE, Upload,
};

/// Bodies of one file that are made or sent at a time.
const PARTS_IN_FLIGHT: usize = 4;
/// Room for any header we write.
const HEADER_ROOM: usize = 4096;
/// Largest object: 10,000 parts of 5 GiB.
const MAX_OBJECT: u64 = 10_000 * (5 << 30);

/// A command being carried out.
type UnderWay = Pin<Box<dyn Future<Output = (CommandId, Answer)>>>;

/// What to upload, and where to.
pub(super) struct UploadJob {
    pub(super) session: Rc<Session>,
    pub(super) file: FileHandle,
    pub(super) key: String,
    pub(super) encryption: UploadEncryption,
    /// Of an upload begun by an earlier page: its recipients, as far as they are here.
    pub(super) found: Found,
    /// The person's text, bound to the object where its format has room for it.
    pub(super) context: ContextPairs,
    pub(super) format: WriteFormat,
    pub(super) replace: bool,
    /// What it asks of the storage, whatever other files ask later.
    pub(super) sse: SseRequest,
    pub(super) checks: UploadChecks,
    /// Another file goes to the same key: sending both would lose one.
    pub(super) collides: bool,
    /// An earlier run, to go on with.
    pub(super) kept: RefCell<Option<Rc<Kept>>>,
    /// The storage took the file, and nobody could look at the object yet.
    pub(super) stored: RefCell<Option<Stored>>,
}

impl UploadJob {
    pub(super) fn print(&self) -> FilePrint {
        FilePrint {
            size: self.file.size(),
            modified_ms: self.file.last_modified(),
        }
    }
}

/// A file that the storage took.
pub(super) struct Stored {
    pub(super) file: FilePrint,
    pub(super) writing: Option<Rc<Writing>>,
    pub(super) written: Written,
    pub(super) hashing: Option<Rc<Hashing>>,
}

/// Where a run begins.
pub(super) enum Begin {
    Anew,
    Earlier(Earlier),
    /// The storage has all of it. Its answer, if it was sent by one request, and the hash of the file, where it was computed.
    Stored {
        written: Written,
        hashing: Option<Rc<Hashing>>,
        kept: Option<Rc<Kept>>,
    },
}

/// An earlier run that can be gone on with.
pub(super) struct Earlier {
    pub(super) kept: Rc<Kept>,
    pub(super) lock: Option<Lock>,
    pub(super) stage: Stage,
}

/// How far an earlier run got.
pub(super) enum Stage {
    /// Parts are in the bucket: index from 0, and ETag.
    Parts(Vec<(u16, String)>),
    /// All of it may be: there is an object of the right size, and the storage knows no upload any more.
    Object,
}

impl Stage {
    pub(super) fn into_sent(self) -> Vec<(u16, String)> {
        match self {
            Stage::Parts(sent) => sent,
            Stage::Object => Vec::new(),
        }
    }
}

/// The longest body of a part of usual size.
pub(super) fn longest_standard_body() -> usize {
    let frames = (PART_LENGTH / u64::from(FRAME_LENGTH)) as usize;
    HEADER_ROOM + PART_LENGTH as usize + frames * 40
}

/// The longest body of a small file.
pub(super) fn longest_small_body() -> usize {
    let frames = SMALL_FILE.div_ceil(u64::from(FRAME_LENGTH)) as usize + 1;
    HEADER_ROOM + SMALL_FILE as usize + frames * 40
}

/// Does this, but not on after the transfer was stopped: then it ends paused, and is cancelled where it is paused.
async fn unless_stopped<T>(stop: &Stop, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
    let (cancelled, paused) = (pin!(stop.cancel.aborted()), pin!(stop.pause.aborted()));
    match future::select(pin!(work), future::select(cancelled, paused)).await {
        Either::Left((result, _)) => result,
        Either::Right(_) => Err(Problem::Paused),
    }
}

/// What must be had before anything is sent. Without a network that is waited for, and what is busy or does not answer is
/// asked again a few times: a file that failed at once would be followed by all that wait behind it.
async fn patiently<T>(
    engine: &Rc<Engine>,
    id: TransferId,
    stop: &Stop,
    get: impl AsyncFn() -> Result<T, Problem>,
) -> Result<T, Problem> {
    let backoff = Backoff::default();
    let mut failed = 0;
    unless_stopped(stop, async {
        loop {
            let problem = match get().await {
                Err(problem @ (Problem::Offline | Problem::ServerBusy { .. } | Problem::KmsUnreachable { .. })) => {
                    problem
                }
                got => return got,
            };
            let wait = if problem == Problem::Offline {
                OFFLINE_WAIT
            } else {
                failed += 1;
                match backoff.wait_ms(failed, random::unit()) {
                    Some(wait) => Duration::from_secs_f64(wait / 1000.0),
                    None => return Err(problem),
                }
            };
            engine
                .queue
                .update(id, |info| info.state = TransferState::Waiting(problem));
            engine.flush_soon();
            clock::sleep(wait).await;
        }
    })
    .await
}

/// Uploads the file. Goes on with an earlier run if there is one; if the file has changed since, starts over with a
/// fresh data key, as every call without an earlier run does.
pub(super) async fn run(engine: &Rc<Engine>, id: TransferId, job: &UploadJob, stop: &Stop) -> Result<(), Problem> {
    if job.collides {
        return Err(Problem::SameKey);
    }
    check_key(&job.key).map_err(|error| refusal::from_key(&error, &job.key))?;
    let session = engine.session_like(&job.session);
    engine.queue.update(id, |info| {
        info.state = TransferState::Preparing;
        info.bucket = Rc::from(session.target.bucket.as_str());
    });
    engine.flush_soon();
    if let Some(stored) = job.stored.take()
        && stored.file == job.print()
    {
        let Stored {
            writing,
            written,
            hashing,
            ..
        } = stored;
        let kept = job.kept.take();
        let begin = Begin::Stored { written, hashing, kept };
        return attempt(engine, &session, id, job, stop, writing, begin).await;
    }
    if let Some(kept) = job.kept.take() {
        let begin = async || upload_again::begin(engine, &session, job, &kept).await;
        match patiently(engine, id, stop, begin).await {
            Ok(Some((writing, earlier))) => {
                let was_stored = matches!(earlier.stage, Stage::Object);
                let begin = Begin::Earlier(earlier);
                let ended = attempt(engine, &session, id, job, stop, writing, begin).await;
                // Another file than before; or what lies there is not from this upload, and is to be replaced anyway.
                let starts_over = match &ended {
                    Err(Problem::FileChanged) => true,
                    Err(Problem::AlreadyExists) => was_stored && job.replace,
                    _ => false,
                };
                if !starts_over {
                    return ended;
                }
                engine.queue.update(id, |info| info.state = TransferState::Preparing);
            }
            Ok(None) => {}
            Err(problem) => {
                job.kept.replace(Some(kept));
                return Err(problem);
            }
        }
    }
    // With the newest credentials: waiting may take longer than those last that it began with.
    let start = async || writing_start::start(engine, &engine.session_like(&session), job).await;
    let writing = patiently(engine, id, stop, start).await?.map(Rc::new);
    attempt(engine, &session, id, job, stop, writing, Begin::Anew).await
}

async fn attempt(
    engine: &Rc<Engine>,
    session: &Rc<Session>,
    id: TransferId,
    job: &UploadJob,
    stop: &Stop,
    writing: Option<Rc<Writing>>,
    begin: Begin,
) -> Result<(), Problem> {
    let plan = plan(writing.as_deref(), || job.file.size())?;
    let longest = plan.longest_part() as usize;
    // Small files do not wait for the buffers of large ones, nor take them away.
    let shared = [&engine.small_bodies, &engine.bodies];
    let (bodies, _turn) = match shared.into_iter().find(|pool| longest <= pool.buffer_size()) {
        Some(pool) => (pool.clone(), None),
        // Nothing is made without the turn: whoever is stopped while it waits only ends.
        None => {
            let turn = async { Ok(engine.large_parts.lock().await) };
            let own = BufferPool::new(longest, PARTS_IN_FLIGHT);
            (own, unless_stopped(stop, turn).await.ok())
        }
    };
    let mut machine: Upload<Problem> = match &begin {
        Begin::Earlier(Earlier {
            kept,
            stage: Stage::Parts(sent),
            ..
        }) => {
            let upload_id = kept.checkpoint.upload_id.clone();
            Upload::resume(
                plan.clone(),
                PARTS_IN_FLIGHT,
                Backoff::default(),
                upload_id,
                sent.clone(),
            )
        }
        Begin::Earlier(Earlier {
            stage: Stage::Object, ..
        }) => Upload::recheck(plan.clone(), PARTS_IN_FLIGHT, Backoff::default()),
        Begin::Stored { .. } => Upload::stored(plan.clone(), Backoff::default()),
        Begin::Anew => Upload::new(plan.clone(), PARTS_IN_FLIGHT, Backoff::default()),
    };
    let work = Rc::new(Work::new(engine, session, id, job, writing, plan, bodies, begin)?);
    let outcome = drive(&mut machine, &work, stop).await;
    match outcome {
        Outcome::Done => {
            work.forget().await;
            work.tell_facts();
            Ok(())
        }
        Outcome::Failed(problem) if machine.is_taken() && !is_of_the_object(&problem) => {
            job.stored.replace(Some(work.stored()));
            work.forget().await;
            Err(Problem::Unconfirmed { why: Box::new(problem) })
        }
        Outcome::Failed(problem) => {
            work.forget().await;
            Err(refusal::of_sse(&work.sse, refusal::of_name(&work.key, problem)))
        }
        Outcome::Cancelled => {
            work.forget().await;
            Err(Problem::Cancelled)
        }
        Outcome::Suspended(_) if stop.cancel.is_aborted() => {
            if let Some(kept) = work.kept() {
                upload_again::abandon(engine, session, &kept).await?;
            }
            Err(Problem::Cancelled)
        }
        Outcome::Suspended(problem) => {
            job.kept.replace(work.kept());
            job.stored.replace(machine.is_taken().then(|| work.stored()));
            Err(problem.unwrap_or(Problem::Paused))
        }
    }
}

async fn drive(machine: &mut Upload<Problem>, work: &Rc<Work>, stop: &Stop) -> Outcome<Problem> {
    let mut under_way: FuturesUnordered<UnderWay> = FuturesUnordered::new();
    let (is_cancelled, is_paused) = (Cell::new(false), Cell::new(false));
    loop {
        let mut wait_ms = None;
        while let Some((command_id, command)) = machine.poll(clock::monotonic_ms()) {
            if let Command::Wait { until_ms } = command {
                wait_ms = Some((until_ms - clock::monotonic_ms()).max(1.0));
                break;
            }
            let work = work.clone();
            under_way.push(Box::pin(async move { (command_id, work.carry_out(command).await) }));
        }
        if let Some(outcome) = machine.outcome() {
            return outcome.clone();
        }
        if machine.is_ending() {
            // Parts that wait for others, or for a buffer, would wait for ever.
            work.cut();
        }
        work.tell_state(machine);
        let timer = async {
            match wait_ms {
                Some(ms) => clock::sleep(Duration::from_secs_f64(ms / 1000.0)).await,
                None => future::pending().await,
            }
        };
        let mut cancel = pin!(async {
            match is_cancelled.get() {
                true => future::pending().await,
                false => stop.cancel.aborted().await,
            }
        });
        let mut pause = pin!(async {
            match is_paused.get() {
                true => future::pending().await,
                false => stop.pause.aborted().await,
            }
        });
        let answer = async {
            match under_way.next().await {
                Some(answer) => answer,
                None => future::pending().await,
            }
        };
        let stopped = future::select(cancel.as_mut(), pause.as_mut());
        match future::select(pin!(answer), future::select(stopped, pin!(timer))).await {
            Either::Left(((command, answer), _)) => work.report(machine, command, answer),
            Either::Right((Either::Left((Either::Left(_), _)), _)) => {
                is_cancelled.set(true);
                machine.cancel();
                work.cut();
            }
            Either::Right((Either::Left((Either::Right(_), _)), _)) => {
                is_paused.set(true);
                machine.suspend();
                // A lone PutObject is let through: nobody could tell whether it arrived.
                if machine.plan().part_count() > 1 {
                    work.cut();
                }
            }
            Either::Right((Either::Right(_), _)) => {}
        }
    }
}

/// Whether the object was seen, and is not what was sent.
fn is_of_the_object(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::NoSuchBucket { .. }
            | Problem::NoSuchKey { .. }
            | Problem::WrittenOver { .. }
            | Problem::SizeMismatch { .. }
            | Problem::BadAnswer { .. }
            | Problem::AlreadyExists
    )
}

/// The plan for what is encrypted, or for a file of so many bytes as it is: its size is asked for only then.
pub(super) fn plan(writing: Option<&Writing>, size: impl FnOnce() -> u64) -> Result<PartPlan, Problem> {
    let content = writing.map_or_else(|| Content::Plain { length: size() }, Writing::content);
    PartPlan::new(content).ok_or(Problem::TooLarge { limit: MAX_OBJECT })
}
