//! Downloading one object: fetch pieces, have them authenticated and decrypted, and only then hand over the file.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::{self, Either};
use futures::stream;

use super::engine::Engine;
use super::look;
use super::opening::{self, Opening, Piece};
use super::queue::Stop;
use super::session::Session;
use super::sink::{Sink, browser};
use super::upload_work::lost;
use super::{ObjectFacts, Problem, SaveTo, TransferId, TransferState, names, refusal};
use crate::platform::abort::Abort;
use crate::platform::buffer::{BufferPool, Lease};
use crate::platform::save::{self, SaveTarget};
use crate::platform::{clock, download_body, random};
use crate::s3::{ByteRange, GetObject, Operation, S3Error, WithSse};
use crate::transfer::{Backoff, FailureKind};

/// Pieces in memory.
const PIECES_IN_FLIGHT: usize = 3;
/// Nothing arrives for so long: the piece is fetched again.
const STALL: Duration = Duration::from_secs(60);
/// Between two tries while this computer has no network.
const OFFLINE_WAIT: Duration = Duration::from_secs(2);

/// What to download, and from where.
pub(super) struct DownloadJob {
    pub(super) session: Rc<Session>,
    pub(super) key: String,
    pub(super) save: SaveTo,
    pub(super) as_stored: bool,
    pub(super) unlocked: bool,
    /// What an earlier run got, when it was paused or the storage went away.
    pub(super) parked: RefCell<Option<Box<Parked>>>,
}

/// A download that stopped before its end. Dropping it removes what it got.
pub(super) struct Parked {
    facts: ObjectFacts,
    opening: Opening,
    left: BTreeMap<u64, Piece>,
    sink: Sink,
    moved: u64,
    length: u64,
    target: Option<SaveTarget>,
}

/// Downloads the object; a second call goes on with what the first got, if that is still the same object.
pub(super) async fn run(engine: &Rc<Engine>, id: TransferId, job: &DownloadJob, stop: &Stop) -> Result<(), Problem> {
    let session = engine.session_like(&job.session);
    engine.queue.update(id, |info| info.state = TransferState::Preparing);
    engine.flush_soon();
    let earlier = job.parked.take().map(|parked| *parked);
    // First of all: the browser lets a page ask only shortly after a click.
    let target = match (&earlier, job.save) {
        (None, SaveTo::Ask) => Some(
            save::pick_save_target(&names::file_name(&job.key))
                .await
                .map_err(browser)?
                .ok_or(Problem::Cancelled)?,
        ),
        _ => None,
    };
    let preparing = prepare(engine, &session, job, earlier, target);
    let Parked {
        facts,
        opening,
        left,
        sink,
        moved,
        length,
        target,
    } = match future::select(pin!(preparing), pin!(stop.cancel.aborted())).await {
        Either::Left((prepared, _)) => prepared?,
        Either::Right(_) => return Err(Problem::Cancelled),
    };
    engine.queue.update(id, |info| {
        info.size = length;
        info.encrypted = opening.is_encrypted();
        info.state = TransferState::Running;
        info.written_as = facts.cse.written_as.clone();
        info.facts = Some(Rc::new(facts.clone()));
    });
    engine.queue.already(id, moved);
    engine.flush_soon();
    let longest = left.values().map(|piece| piece.stored.end - piece.stored.start).max();
    let at_a_time = if opening.in_order() { 1 } else { PIECES_IN_FLIGHT };
    let pieces: Vec<_> = left.values().cloned().collect();
    let fetch = Fetch {
        engine: engine.clone(),
        session,
        id,
        key: job.key.clone(),
        facts,
        opening,
        pool: BufferPool::new(longest.unwrap_or(0).max(1) as usize, PIECES_IN_FLIGHT),
        sink,
        left: RefCell::new(left),
        moved: Cell::new(moved),
        halt: Abort::new(),
        ended: RefCell::default(),
    };
    fetch.all(pieces, at_a_time, stop).await;
    let Fetch {
        facts,
        opening,
        sink,
        left,
        moved,
        ended,
        ..
    } = fetch;
    if let Some(problem) = ended.into_inner() {
        if may_go_on(&problem) {
            job.parked.replace(Some(Box::new(Parked {
                facts,
                opening,
                left: left.into_inner(),
                sink,
                moved: moved.get(),
                length,
                target,
            })));
        }
        return Err(problem);
    }
    engine.queue.update(id, |info| info.state = TransferState::Verifying);
    engine.flush_soon();
    let length = match opening {
        Opening::Whole(whole) => sink.decrypt(engine, &whole)?,
        opening => opening.finish().map(|()| length)?,
    };
    sink.hand_over(length, &names::file_name(&job.key), target).await
}

/// Whether what was got so far can be gone on with.
fn may_go_on(problem: &Problem) -> bool {
    let kind = refusal::kind(problem);
    *problem == Problem::Paused
        || matches!(
            kind,
            FailureKind::Transient | FailureKind::Offline | FailureKind::Credentials
        )
}

/// What is there to be fetched, and where it goes: as an earlier run left it, if the object is the same still.
async fn prepare(
    engine: &Rc<Engine>,
    session: &Rc<Session>,
    job: &DownloadJob,
    earlier: Option<Parked>,
    target: Option<SaveTarget>,
) -> Result<Parked, Problem> {
    let looked = match look::look(engine, session, &job.key).await {
        Ok(looked) => looked,
        Err(problem) => {
            if may_go_on(&problem) {
                job.parked.replace(earlier.map(Box::new));
            }
            return Err(problem);
        }
    };
    let target = match earlier {
        Some(earlier) if same_object(&earlier.facts, &looked.facts) => return Ok(earlier),
        Some(earlier) => earlier.target,
        None => target,
    };
    let size = looked.facts.size;
    let opening = opening::decide(engine, session, &looked, job).await?;
    let length = opening.plaintext_length(size);
    let (opening, sink) = match opening {
        Opening::Whole(_) => (opening, Sink::whole()),
        _ => match (opening, Sink::open(length).await?) {
            // What is not authentic yet must not lie where it could be handed on.
            (Opening::Content(content), Sink::Memory { .. }) => (content.into_whole(size)?, Sink::whole()),
            both => both,
        },
    };
    let pieces = opening.pieces(size).into_iter();
    Ok(Parked {
        facts: looked.facts,
        left: pieces.map(|piece| (piece.stored.start, piece)).collect(),
        opening,
        sink,
        moved: 0,
        length,
        target,
    })
}

fn same_object(earlier: &ObjectFacts, now: &ObjectFacts) -> bool {
    (earlier.size, &earlier.etag, &earlier.last_modified) == (now.size, &now.etag, &now.last_modified)
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
    /// Pieces that were not taken yet, by their first byte.
    left: RefCell<BTreeMap<u64, Piece>>,
    moved: Cell<u64>,
    /// Ends fetching and waiting. A piece that has come whole is still taken: it would not be known how far that got.
    halt: Abort,
    /// Why it ended before all was there.
    ended: RefCell<Option<Problem>>,
}

impl Fetch {
    /// Fetches and takes the pieces, as long as nothing ends it.
    async fn all(&self, pieces: Vec<Piece>, at_a_time: usize, stop: &Stop) {
        let work = stream::iter(pieces).for_each_concurrent(at_a_time, |piece| async move {
            if self.ended.borrow().is_none()
                && let Err(problem) = self.piece(piece).await
            {
                self.end(problem);
            }
        });
        let (cancelled, paused) = (pin!(stop.cancel.aborted()), pin!(stop.pause.aborted()));
        let asked = future::select(cancelled, paused);
        if let Either::Right((which, work)) = future::select(pin!(work), asked).await {
            self.end(match which {
                Either::Left(_) => Problem::Cancelled,
                Either::Right(_) => Problem::Paused,
            });
            work.await;
        }
        // Cancelled while what was under way came to its end.
        if stop.cancel.is_aborted() && self.ended.borrow().as_ref() == Some(&Problem::Paused) {
            self.ended.replace(Some(Problem::Cancelled));
        }
    }

    fn end(&self, problem: Problem) {
        self.ended.borrow_mut().get_or_insert(problem);
        self.halt.abort();
    }

    async fn piece(&self, piece: Piece) -> Result<(), Problem> {
        let mut lease = self.pool.take().await;
        let backoff = Backoff::default();
        let mut failed = 0;
        while let Err(problem) = self.fetch(&piece, &mut lease).await {
            let wait = match refusal::kind(&problem) {
                _ if self.halt.is_aborted() => return Err(problem),
                // However often: it ends by itself.
                FailureKind::Offline => OFFLINE_WAIT,
                FailureKind::Transient => {
                    failed += 1;
                    let wait = backoff.wait_ms(failed, random::unit());
                    Duration::from_secs_f64(wait.ok_or(problem.clone())? / 1000.0)
                }
                _ => return Err(problem),
            };
            self.show(TransferState::Waiting(problem.clone()));
            if let Either::Right(_) = future::select(pin!(clock::sleep(wait)), pin!(self.halt.aborted())).await {
                return Err(problem);
            }
            self.show(TransferState::Running);
            if lease.buffer().is_none() {
                drop(lease);
                lease = self.pool.take().await;
            }
        }
        self.sink.take(&self.opening, &piece, &mut lease).await?;
        self.left.borrow_mut().remove(&piece.stored.start);
        self.moved.set(self.moved.get() + piece.plain);
        self.engine.queue.moved(self.id, self.moved.get());
        self.engine.flush_soon();
        Ok(())
    }

    fn show(&self, state: TransferState) {
        self.engine.queue.update(self.id, |info| info.state = state);
        self.engine.flush_soon();
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
        let received = download_body::get_into(request, buffer, length, |_| {}, &self.halt, STALL).await;
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
