//! Downloading one object: fetch pieces, have them authenticated and decrypted, and only then hand over the file.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{self, Either};
use futures::stream::{self, TryStreamExt};

use super::engine::Engine;
use super::look::{self, Looked};
use super::queue::Stop;
use super::session::Session;
use super::upload::{from_task, lost};
use super::{ObjectFacts, Problem, SaveTo, TransferId, TransferState, names, refusal};
use crate::encryption::ContentKey;
use crate::encryption::esdk::Layout;
use crate::platform::abort::Abort;
use crate::platform::buffer::{BufferPool, Lease};
use crate::platform::files::FileHandle;
use crate::platform::save::{self, SaveTarget};
use crate::platform::workers::Worker;
use crate::platform::{clock, download_body, private_file, random};
use crate::s3::{ByteRange, GetObject, Operation, S3Error};
use crate::transfer::{Backoff, FailureKind};
use crate::worker::call::{Cargo, Hand, call};
use crate::worker::messages::{Frames, Task};

/// Private files of downloads start with this.
pub(super) const PRIVATE_PREFIX: &str = "download-";
/// Bytes fetched by one request, about.
const PIECE: u64 = 8 << 20;
/// Pieces in memory.
const PIECES_IN_FLIGHT: usize = 3;
/// Nothing arrives for so long: the piece is fetched again.
const STALL: Duration = Duration::from_secs(60);
/// Without private storage the file is kept in memory, up to here.
const MEMORY_LIMIT: u64 = 512 << 20;
/// The browser copies a saved private file in the background and does not say when it is done.
const KEEP_SAVED: Duration = Duration::from_secs(3600);

/// What to download.
pub(super) struct DownloadJob {
    session: Rc<Session>,
    key: String,
    save: SaveTo,
    as_stored: bool,
}

impl DownloadJob {
    pub(super) fn new(session: Rc<Session>, key: String, save: SaveTo, as_stored: bool) -> Self {
        DownloadJob {
            session,
            key,
            save,
            as_stored,
        }
    }
}

/// How stored bytes become the file's bytes.
enum Opening {
    /// They are the file's bytes.
    AsStored,
    /// They are frames.
    Message {
        content_key: ContentKey,
        message_id: [u8; 32],
        layout: Layout,
    },
}

/// A range of stored bytes, and what is in it.
#[derive(Clone, Debug)]
struct Piece {
    stored: std::ops::Range<u64>,
    frames: Option<std::ops::Range<u32>>,
    /// Bytes of the file, for progress.
    plain: u64,
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
    let opening = opening(engine, &looked, job)?;
    let pieces = pieces(&opening, looked.facts.size);
    let length = match &opening {
        Opening::AsStored => looked.facts.size,
        Opening::Message { layout, .. } => layout.plaintext_length(),
    };
    engine.queue.update(id, |info| {
        info.size = length;
        info.encrypted = matches!(opening, Opening::Message { .. });
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
    let sink = Sink::open(length).await?;
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
    let work = stream::iter(pieces.into_iter().map(Ok)).try_for_each_concurrent(PIECES_IN_FLIGHT, |piece| {
        let fetch = &fetch;
        async move { fetch.piece(piece).await }
    });
    let outcome = match future::select(pin!(work), pin!(abort.aborted())).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => Err(Problem::Cancelled),
    };
    if let Err(problem) = outcome {
        fetch.sink.discard().await;
        return Err(problem);
    }
    engine.queue.update(id, |info| info.state = TransferState::Verifying);
    engine.flush_soon();
    fetch.sink.hand_over(length, &name, target).await
}

fn opening(engine: &Engine, looked: &Looked, job: &DownloadJob) -> Result<Opening, Problem> {
    if job.as_stored {
        return Ok(Opening::AsStored);
    }
    if let Some(error) = &looked.refused {
        return Err(refusal::from_encryption(error.clone(), None));
    }
    let Some(header) = &looked.header else {
        return Ok(Opening::AsStored);
    };
    let vault = engine.vault.borrow();
    let refused = |error| refusal::from_encryption(error, Some(look::key_needed(header)));
    let opened = header.open(vault.all()).map_err(refused)?;
    let layout = header.layout(looked.facts.size).map_err(refused)?;
    Ok(Opening::Message {
        content_key: opened.content_key,
        message_id: header.message_id(),
        layout,
    })
}

fn pieces(opening: &Opening, size: u64) -> Vec<Piece> {
    match opening {
        Opening::AsStored => (0..size.div_ceil(PIECE))
            .map(|index| {
                let stored = index * PIECE..((index + 1) * PIECE).min(size);
                Piece {
                    plain: stored.end - stored.start,
                    stored,
                    frames: None,
                }
            })
            .collect(),
        Opening::Message { layout, .. } => {
            let per_piece = (PIECE / u64::from(layout.frame_length().max(1))).max(1);
            let count = u64::from(layout.frame_count());
            (0..count.div_ceil(per_piece))
                .map(|index| {
                    let frames = (index * per_piece) as u32..((index + 1) * per_piece).min(count) as u32;
                    let plain = layout.plaintext_range(frames.clone());
                    let stored = layout.message_range(frames.clone());
                    Piece {
                        stored,
                        frames: Some(frames),
                        plain: plain.end - plain.start,
                    }
                })
                .collect()
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
        let request = self.session.sign(&get, &self.key)?.map(|_| ());
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
}

impl Sink {
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

    fn worker(&self) -> &Worker {
        match self {
            Sink::Private { worker, .. } | Sink::Memory { worker, .. } => worker,
        }
    }

    /// Takes a piece that was fetched whole.
    async fn take(&self, opening: &Opening, piece: &Piece, lease: &mut Lease) -> Result<(), Problem> {
        let buffer = lease.detach().ok_or_else(|| lost("buffer"))?;
        let length = (piece.stored.end - piece.stored.start) as u32;
        let (length, buffer) = match (opening, &piece.frames) {
            (
                Opening::Message {
                    content_key,
                    message_id,
                    layout,
                },
                Some(frames),
            ) => {
                let frames = Frames {
                    message_id: *message_id,
                    layout: *layout,
                    frames: frames.clone(),
                };
                let cargo = Cargo {
                    key: Some(content_key),
                    blob: None,
                    buffer: Some(buffer),
                };
                call(Hand::This(self.worker()), &Task::Open { frames }, cargo)
                    .await
                    .map_err(from_task)?
            }
            _ => match self {
                Sink::Private { worker, .. } => {
                    let cargo = Cargo {
                        buffer: Some(buffer),
                        ..Cargo::default()
                    };
                    let task = Task::Store {
                        offset: piece.stored.start,
                        length,
                    };
                    call(Hand::This(worker), &task, cargo).await.map_err(from_task)?
                }
                Sink::Memory { .. } => (length, Some(buffer)),
            },
        };
        let buffer = buffer.ok_or_else(|| lost("buffer"))?;
        if let Sink::Memory { parts, .. } = self {
            let mut bytes = vec![0; length as usize];
            buffer.copy_to(0, &mut bytes);
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

fn browser(error: crate::platform::error::BrowserError) -> Problem {
    if error.is_no_space() {
        return Problem::NoSpace { needed: 0, free: None };
    }
    Problem::Browser {
        detail: error.to_string(),
    }
}
