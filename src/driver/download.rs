//! Downloading one object: fetch pieces, have them authenticated and decrypted, and only then hand over the file.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{self, Either};
use futures::stream::{self, TryStreamExt};

use super::engine::Engine;
use super::look;
use super::opening::{self, Opening, Piece, Whole};
use super::queue::Stop;
use super::session::Session;
use super::upload_work::{from_task, lost};
use super::{ObjectFacts, Problem, SaveTo, TransferId, TransferState, names, refusal};
use crate::platform::abort::Abort;
use crate::platform::buffer::{Buffer, BufferPool, Lease};
use crate::platform::files::FileHandle;
use crate::platform::save::{self, SaveTarget};
use crate::platform::workers::Worker;
use crate::platform::{clock, download_body, private_file, random};
use crate::s3::{ByteRange, GetObject, Operation, S3Error, WithSse};
use crate::transfer::{Backoff, FailureKind};
use crate::worker::call::{Cargo, Hand, call, call_for_share};
use crate::worker::messages::{Frames, Task};

/// Private files of downloads start with this.
pub(super) const PRIVATE_PREFIX: &str = "download-";
/// Bytes of a signed message that are hashed before the page gets its turn.
const HASHED_AT_A_TIME: usize = 1 << 20;
/// Pieces in memory.
const PIECES_IN_FLIGHT: usize = 3;
/// Nothing arrives for so long: the piece is fetched again.
const STALL: Duration = Duration::from_secs(60);
/// Without private storage the file is kept in memory, up to here.
const MEMORY_LIMIT: u64 = 512 << 20;
/// The browser copies a saved private file in the background and does not say when it is done.
const KEEP_SAVED: Duration = Duration::from_secs(3600);

/// What to download, and from where.
pub(super) struct DownloadJob {
    pub(super) session: Rc<Session>,
    pub(super) key: String,
    pub(super) save: SaveTo,
    pub(super) as_stored: bool,
    pub(super) unlocked: bool,
}

/// Downloads the object; a second call starts over.
pub(super) async fn run(engine: &Rc<Engine>, id: TransferId, job: &DownloadJob, stop: &Stop) -> Result<(), Problem> {
    let abort = &stop.cancel;
    let session = engine.session_like(&job.session);
    engine.queue.update(id, |info| info.state = TransferState::Preparing);
    engine.flush_soon();
    let name = names::file_name(&job.key);
    // First of all: the browser lets a page ask only shortly after a click.
    let target = match job.save {
        SaveTo::Ask => Some(
            save::pick_save_target(&name)
                .await
                .map_err(browser)?
                .ok_or(Problem::Cancelled)?,
        ),
        SaveTo::Downloads => None,
    };
    let looked = look::look(engine, &session, &job.key).await?;
    let opening = opening::decide(engine, &session, &looked, job).await?;
    let pieces = opening.pieces(looked.facts.size);
    let length = opening.plaintext_length(looked.facts.size);
    let at_a_time = if opening.in_order() { 1 } else { PIECES_IN_FLIGHT };
    engine.queue.update(id, |info| {
        info.size = length;
        info.encrypted = opening.is_encrypted();
        info.state = TransferState::Running;
        info.written_as = looked.facts.cse.written_as.clone();
        info.facts = Some(Rc::new(looked.facts.clone()));
    });
    engine.flush_soon();
    let longest = pieces
        .iter()
        .map(|piece| piece.stored.end - piece.stored.start)
        .max()
        .unwrap_or(0);
    let (opening, sink) = match opening {
        Opening::Whole(_) => (opening, Sink::whole()),
        _ => match (opening, Sink::open(length).await?) {
            // What is not authentic yet must not lie where it could be handed on.
            (Opening::Content(content), Sink::Memory { .. }) => (content.into_whole(looked.facts.size)?, Sink::whole()),
            both => both,
        },
    };
    let fetch = Fetch {
        engine: engine.clone(),
        session,
        id,
        key: job.key.clone(),
        facts: looked.facts,
        opening,
        pool: BufferPool::new(longest.max(1) as usize, PIECES_IN_FLIGHT),
        sink,
        moved: Cell::new(0),
        abort: abort.clone(),
    };
    let work = stream::iter(pieces.into_iter().map(Ok)).try_for_each_concurrent(at_a_time, |piece| {
        let fetch = &fetch;
        async move { fetch.piece(piece).await }
    });
    let outcome = match future::select(pin!(work), pin!(abort.aborted())).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => Err(Problem::Cancelled),
    };
    engine.queue.update(id, |info| info.state = TransferState::Verifying);
    engine.flush_soon();
    let Fetch { opening, sink, .. } = fetch;
    let authentic = outcome.and_then(|()| match opening {
        Opening::Whole(whole) => sink.decrypt(engine, &whole),
        opening => opening.finish().map(|()| length),
    });
    match authentic {
        Ok(length) => sink.hand_over(length, &name, target).await,
        Err(problem) => {
            sink.discard().await;
            Err(problem)
        }
    }
}

struct Fetch {
    engine: Rc<Engine>,
    session: Rc<Session>,
    id: TransferId,
    key: String,
    facts: ObjectFacts,
    opening: Opening,
    pool: BufferPool,
    sink: Sink,
    moved: Cell<u64>,
    abort: Abort,
}

impl Fetch {
    async fn piece(&self, piece: Piece) -> Result<(), Problem> {
        let mut lease = self.pool.take().await;
        let backoff = Backoff::default();
        let mut failed = 0;
        while let Err(problem) = self.fetch(&piece, &mut lease).await {
            failed += 1;
            let wait = backoff.wait_ms(failed, random::unit());
            let wait = wait
                .filter(|_| refusal::kind(&problem) == FailureKind::Transient)
                .ok_or(problem.clone())?;
            self.engine
                .queue
                .update(self.id, |info| info.state = TransferState::Waiting(problem));
            self.engine.flush_soon();
            clock::sleep(Duration::from_secs_f64(wait / 1000.0)).await;
            self.engine
                .queue
                .update(self.id, |info| info.state = TransferState::Running);
            if lease.buffer().is_none() {
                drop(lease);
                lease = self.pool.take().await;
            }
        }
        self.sink.take(&self.opening, &piece, &mut lease).await?;
        self.moved.set(self.moved.get() + piece.plain);
        self.engine.queue.moved(self.id, self.moved.get());
        self.engine.flush_soon();
        Ok(())
    }

    /// One GET, which must bring all of the piece, of the object that was looked at.
    async fn fetch(&self, piece: &Piece, lease: &mut Lease) -> Result<(), Problem> {
        let range = ByteRange {
            start: piece.stored.start,
            end: Some(piece.stored.end),
        };
        let get = GetObject {
            key: self.key.clone(),
            range: Some(range),
            if_match: None,
        };
        let sse = self.session.sse_of(&self.key);
        let keyed = WithSse {
            operation: &get,
            sse: &sse,
        };
        let request = self.session.sign(&keyed, &self.key)?.map(|_| ());
        let length = (piece.stored.end - piece.stored.start) as usize;
        let buffer = lease.detach().ok_or_else(|| lost("buffer"))?;
        let received = download_body::get_into(request, buffer, length, |_| {}, &self.abort, STALL).await;
        let received = received.map_err(|(error, buffer)| {
            buffer.into_iter().for_each(|buffer| lease.attach(buffer));
            self.session.no_answer(error)
        })?;
        lease.attach(received.buffer);
        let mut answer = http::Response::new(received.error_body);
        *answer.status_mut() = received.status;
        *answer.headers_mut() = received.headers;
        if !received.status.is_success() {
            return Err(self
                .session
                .refused::<GetObject>(&S3Error::from_response(&answer), &self.key));
        }
        let head = get
            .body_head(&answer)
            .map_err(|error| self.session.refused::<GetObject>(&error, &self.key))?;
        // Without If-Match, which would cost a preflight, the answers themselves are compared.
        let changed =
            |seen: &Option<String>, known: &Option<String>| seen.is_some() && known.is_some() && seen != known;
        let modified = answer
            .headers()
            .get("last-modified")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        if changed(&head.etag, &self.facts.etag)
            || changed(&modified, &self.facts.last_modified)
            || head.total.is_some_and(|total| total != self.facts.size)
        {
            return Err(Problem::ObjectChanged);
        }
        if head.first != piece.stored.start {
            let detail = "the storage sent another range than was asked for".to_owned();
            return Err(Problem::BadAnswer {
                operation: GetObject::NAME,
                detail,
            });
        }
        if received.len != length {
            // The connection ended early.
            return Err(Problem::ServerBusy {
                status: received.status.as_u16(),
            });
        }
        Ok(())
    }
}

/// Where plaintext waits until all of it is authentic.
enum Sink {
    /// A private file, written by a worker of its own, which holds it.
    Private { worker: Worker, name: String },
    /// This browser refuses private files: memory, in pieces by their place.
    Memory {
        parts: RefCell<std::collections::BTreeMap<u64, FileHandle>>,
        worker: Worker,
    },
    /// For what is decrypted in one go: the object's bytes so far, then the file's.
    Whole(RefCell<Vec<u8>>),
}

impl Sink {
    fn whole() -> Sink {
        Sink::Whole(RefCell::default())
    }

    /// The whole object is there: makes the file of it. Gives its length.
    fn decrypt(&self, engine: &Engine, whole: &Whole) -> Result<u64, Problem> {
        let Sink::Whole(bytes) = self else {
            return Err(lost("object"));
        };
        let object = bytes.take();
        let file = whole.decrypt(engine, object)?;
        let length = file.len() as u64;
        bytes.replace(file);
        Ok(length)
    }

    async fn open(length: u64) -> Result<Sink, Problem> {
        let worker = Worker::start().map_err(|error| Problem::Browser {
            detail: error.to_string(),
        })?;
        if private_file::is_available() {
            if let Some((used, quota)) = private_file::estimate().await
                && quota.saturating_sub(used) < length
            {
                return Err(Problem::NoSpace {
                    needed: length,
                    free: Some(quota.saturating_sub(used)),
                });
            }
            let name = format!("{PRIVATE_PREFIX}{:016x}", u64::from_be_bytes(random::make_array()));
            let task = Task::CreateFile { name: name.clone() };
            // Private windows have the interface and refuse its use.
            if call(Hand::This(&worker), &task, Cargo::default()).await.is_ok() {
                return Ok(Sink::Private { worker, name });
            }
        }
        if length > MEMORY_LIMIT {
            return Err(Problem::CannotSave { limit: MEMORY_LIMIT });
        }
        Ok(Sink::Memory {
            parts: RefCell::default(),
            worker,
        })
    }

    /// Takes a piece that was fetched whole.
    async fn take(&self, opening: &Opening, piece: &Piece, lease: &mut Lease) -> Result<(), Problem> {
        let buffer = lease.detach().ok_or_else(|| lost("buffer"))?;
        let length = (piece.stored.end - piece.stored.start) as u32;
        let worker = match self {
            Sink::Private { worker, .. } | Sink::Memory { worker, .. } => worker,
            Sink::Whole(bytes) => {
                append(&mut bytes.borrow_mut(), &buffer, length as usize);
                lease.attach(buffer);
                return Ok(());
            }
        };
        let hand = Hand::This(worker);
        let with = |key, buffer| Cargo {
            key,
            blob: None,
            buffer: Some(buffer),
        };
        let (length, buffer) = match (opening, &piece.frames) {
            (
                Opening::Message {
                    content_key,
                    message_id,
                    layout,
                    signature,
                },
                Some(frames),
            ) => {
                if let Some(signature) = signature {
                    let mut bytes = vec![0; HASHED_AT_A_TIME];
                    for at in (0..length as usize).step_by(HASHED_AT_A_TIME) {
                        let bytes = &mut bytes[..HASHED_AT_A_TIME.min(length as usize - at)];
                        buffer.copy_to(at, bytes);
                        signature.update(bytes);
                    }
                }
                let frames = Frames {
                    message_id: *message_id,
                    layout: *layout,
                    frames: frames.clone(),
                };
                let task = Task::Open { frames };
                call(hand, &task, with(Some(content_key), buffer))
                    .await
                    .map_err(from_task)?
            }
            (Opening::Content(content), _) => {
                let task = Task::OpenRun {
                    run: content.run(&piece.stored),
                };
                let opened = call_for_share(hand, &task, with(Some(&content.key), buffer)).await;
                let (length, sealed, buffer) = opened.map_err(from_task)?;
                content.add(&piece.stored, &sealed)?;
                (length, buffer)
            }
            _ => match self {
                Sink::Private { .. } => {
                    let task = Task::Store {
                        offset: piece.stored.start,
                        length,
                    };
                    call(hand, &task, with(None, buffer)).await.map_err(from_task)?
                }
                _ => (length, Some(buffer)),
            },
        };
        let buffer = buffer.ok_or_else(|| lost("buffer"))?;
        if let Sink::Memory { parts, .. } = self {
            let mut bytes = Vec::new();
            append(&mut bytes, &buffer, length as usize);
            parts
                .borrow_mut()
                .insert(piece.stored.start, FileHandle::from_bytes(&bytes).map_err(browser)?);
        }
        lease.attach(buffer);
        Ok(())
    }

    /// All of it is there and authentic: gives it to the person.
    async fn hand_over(self, length: u64, name: &str, target: Option<SaveTarget>) -> Result<(), Problem> {
        let (file, private) = match self {
            Sink::Private { worker, name } => {
                let closed = call(Hand::This(&worker), &Task::CloseFile, Cargo::default()).await;
                closed.map_err(from_task)?;
                drop(worker);
                (private_file::get(&name).await.map_err(browser)?, Some(name))
            }
            Sink::Memory { parts, .. } => {
                let parts: Vec<_> = parts.into_inner().into_values().collect();
                (FileHandle::concat(&parts).map_err(browser)?, None)
            }
            Sink::Whole(bytes) => (FileHandle::from_bytes(&bytes.into_inner()).map_err(browser)?, None),
        };
        if file.size() != length {
            return Err(lost("file's end"));
        }
        let asked = target.is_some();
        match target {
            Some(target) => {
                target.write_file(&file).await.map_err(browser)?;
                target.close().await.map_err(browser)?;
            }
            None => save::download_file(&file, name).map_err(browser)?,
        }
        if let Some(private) = private {
            wasm_bindgen_futures::spawn_local(async move {
                if !asked {
                    clock::sleep(KEEP_SAVED).await;
                }
                // What stays is swept when the app starts the next time.
                drop(private_file::remove(&private).await);
            });
        }
        Ok(())
    }

    /// Nothing of it may stay.
    async fn discard(self) {
        if let Sink::Private { worker, name } = self {
            // Ending the worker lets go of the file, a moment later.
            drop(worker);
            for _ in 0..20 {
                if private_file::remove(&name).await.is_ok() {
                    return;
                }
                clock::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

fn append(bytes: &mut Vec<u8>, buffer: &Buffer, length: usize) {
    let start = bytes.len();
    bytes.resize(start + length, 0);
    buffer.copy_to(0, &mut bytes[start..]);
}

fn browser(error: crate::platform::error::BrowserError) -> Problem {
    if error.is_no_space() {
        return Problem::NoSpace { needed: 0, free: None };
    }
    Problem::Browser {
        detail: error.to_string(),
    }
}
