//! Fetching what is still to come of one object, and having each piece authenticated and put where it waits.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::StreamExt;
use futures::future::{self, Either};
use futures::stream;
use http::StatusCode;

use super::engine::Engine;
use super::opening::{Opening, Piece};
use super::pinned;
use super::queue::Stop;
use super::session::Session;
use super::sink::Sink;
use super::upload_work::lost;
use super::{ObjectFacts, Problem, TransferId, TransferState, refusal};
use crate::platform::abort::Abort;
use crate::platform::buffer::{BufferPool, Lease};
use crate::platform::{clock, download_body, random};
use crate::s3::{ByteRange, GetObject, Operation, S3Error, WithSse};
use crate::transfer::{Backoff, FailureKind, Got};

/// Pieces in memory.
pub(super) const PIECES_IN_FLIGHT: usize = 3;
/// Nothing arrives for so long: the piece is fetched again.
const STALL: Duration = Duration::from_secs(60);
/// Between two tries while this computer has no network.
pub(super) const OFFLINE_WAIT: Duration = Duration::from_secs(2);

/// An object being fetched: what is known of it, and what is still to come.
pub(super) struct Partial {
    pub(super) facts: ObjectFacts,
    pub(super) opening: Opening,
    /// Pieces that were not taken yet, by their first byte.
    left: RefCell<BTreeMap<u64, Piece>>,
    moved: Cell<u64>,
    /// Pieces that were taken and are not noted yet, where they are to be noted.
    got: Option<RefCell<Vec<Got>>>,
    /// The only piece, when it was fetched before its turn.
    ahead: RefCell<Option<Lease>>,
    /// Bytes of the file; an upper limit for what is decrypted whole.
    pub(super) length: u64,
}

impl Partial {
    /// All of it is still to come.
    pub(super) fn new(facts: ObjectFacts, opening: Opening) -> Partial {
        let pieces = opening.pieces(facts.size).into_iter();
        Partial {
            left: RefCell::new(pieces.map(|piece| (piece.stored.start, piece)).collect()),
            moved: Cell::new(0),
            got: None,
            ahead: RefCell::default(),
            length: opening.plaintext_length(facts.size),
            facts,
            opening,
        }
    }

    /// Fetches all there is, if it is small enough for a buffer of this pool. What does not come is fetched in its turn.
    pub(super) async fn fetch_ahead(&self, session: &Session, pool: &BufferPool) {
        let only = match self.left.borrow().values().collect::<Vec<_>>()[..] {
            [piece] if piece.length() <= pool.buffer_size() => piece.clone(),
            _ => return,
        };
        let Some(mut lease) = pool.try_take() else { return };
        if get(session, &self.facts, &only, &mut lease, &Abort::new())
            .await
            .is_ok()
        {
            self.ahead.replace(Some(lease));
        }
    }

    /// Whether these facts are of the object that was begun with.
    pub(super) fn is_of(&self, now: &ObjectFacts) -> bool {
        let begun = &self.facts;
        (begun.size, &begun.etag, &begun.last_modified) == (now.size, &now.etag, &now.last_modified)
    }

    /// Bytes of the file that were taken.
    pub(super) fn moved(&self) -> u64 {
        self.moved.get()
    }

    /// Pieces that were not taken yet, in order.
    pub(super) fn left(&self) -> Vec<Piece> {
        self.left.borrow().values().cloned().collect()
    }

    /// Stored bytes of the longest of them, at least 1.
    pub(super) fn longest_piece(&self) -> usize {
        let left = self.left.borrow();
        left.values().map(Piece::length).max().unwrap_or(0).max(1)
    }

    /// The piece is where it belongs.
    pub(super) fn took(&self, piece: &Piece) {
        self.left.borrow_mut().remove(&piece.stored.start);
        self.moved.set(self.moved.get() + piece.plain);
    }

    /// From now on it is remembered what comes, until [`Partial::take_got`].
    pub(super) fn remember(&mut self) {
        self.got = Some(RefCell::default());
    }

    /// The pieces that came since this was last asked.
    pub(super) fn take_got(&self) -> Vec<Got> {
        self.got.as_ref().map(RefCell::take).unwrap_or_default()
    }
}

/// One run of fetching.
pub(super) struct Fetch<'a> {
    engine: &'a Rc<Engine>,
    session: &'a Session,
    id: TransferId,
    /// Bytes of this transfer that came before this object.
    before: u64,
    partial: &'a Partial,
    sink: &'a Sink,
    pool: BufferPool,
    /// Ends fetching and waiting. A piece that has come whole is still taken: it would not be known how far that got.
    halt: Abort,
    /// Why it ended before all was there.
    ended: RefCell<Option<Problem>>,
}

impl<'a> Fetch<'a> {
    /// Into the sink, for this transfer.
    pub(super) fn new(
        engine: &'a Rc<Engine>,
        session: &'a Session,
        (id, before): (TransferId, u64),
        partial: &'a Partial,
        sink: &'a Sink,
    ) -> Fetch<'a> {
        Fetch {
            engine,
            session,
            id,
            before,
            partial,
            sink,
            pool: BufferPool::new(partial.longest_piece(), PIECES_IN_FLIGHT),
            halt: Abort::new(),
            ended: RefCell::default(),
        }
    }

    /// Fetches and takes the pieces, until all are there or something ends it. What was taken stays taken.
    pub(super) async fn all(self, stop: &Stop) -> Result<(), Problem> {
        let at_a_time = if self.partial.opening.in_order() {
            1
        } else {
            PIECES_IN_FLIGHT
        };
        let pieces = self.partial.left();
        let fetch = &self;
        let work = stream::iter(pieces).for_each_concurrent(at_a_time, |piece| async move {
            if fetch.ended.borrow().is_none()
                && let Err(problem) = fetch.piece(piece).await
            {
                fetch.end(problem);
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
        self.ended.into_inner().map_or(Ok(()), Err)
    }

    fn end(&self, problem: Problem) {
        self.ended.borrow_mut().get_or_insert(problem);
        self.halt.abort();
    }

    async fn piece(&self, piece: Piece) -> Result<(), Problem> {
        let ahead = self.partial.ahead.take();
        let mut lease = match ahead {
            Some(lease) => lease,
            None => self.fetch(&piece).await?,
        };
        let partial = self.partial;
        let tags = match (&partial.got, lease.buffer()) {
            (Some(_), Some(buffer)) => partial.opening.tags(&piece, buffer),
            _ => Vec::new(),
        };
        let share = self.sink.take(&partial.opening, &piece, &mut lease).await?;
        partial.took(&piece);
        if let Some(got) = &partial.got {
            got.borrow_mut().push(Got {
                stored: piece.stored,
                plain: piece.plain,
                proof: if tags.is_empty() { share } else { tags },
            });
        }
        self.engine.queue.moved(self.id, self.before + partial.moved.get());
        self.engine.flush_soon();
        Ok(())
    }

    /// The piece's bytes, however often it takes.
    async fn fetch(&self, piece: &Piece) -> Result<Lease, Problem> {
        let mut lease = self.pool.take().await;
        let backoff = Backoff::default();
        let mut failed = 0;
        while let Err(problem) = get(self.session, &self.partial.facts, piece, &mut lease, &self.halt).await {
            let wait = match refusal::kind(&problem) {
                _ if self.halt.is_aborted() => return Err(problem),
                // However often: it ends by itself.
                FailureKind::Offline => OFFLINE_WAIT,
                FailureKind::Transient => {
                    failed += 1;
                    match backoff.wait_ms(failed, random::unit()) {
                        Some(wait) => Duration::from_secs_f64(wait / 1000.0),
                        None if self.partial.moved() > 0 => return Err(problem),
                        None => return Err(self.why_nothing(problem).await),
                    }
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
        Ok(lease)
    }

    /// Why not a byte came; whoever stops the transfer does not wait for that.
    async fn why_nothing(&self, problem: Problem) -> Problem {
        let asking = pinned::why_no_part(self.session, &self.partial.facts.key, problem.clone());
        match future::select(pin!(asking), pin!(self.halt.aborted())).await {
            Either::Left((why, _)) => why,
            Either::Right(_) => problem,
        }
    }

    fn show(&self, state: TransferState) {
        self.engine.queue.update(self.id, |info| info.state = state);
        self.engine.flush_soon();
    }
}

/// One GET, which must bring all of the piece, of the object that was looked at.
async fn get(
    session: &Session,
    facts: &ObjectFacts,
    piece: &Piece,
    lease: &mut Lease,
    halt: &Abort,
) -> Result<(), Problem> {
    let range = ByteRange {
        start: piece.stored.start,
        end: Some(piece.stored.end),
    };
    let get = GetObject {
        key: facts.key.clone(),
        range: Some(range),
        if_match: None,
    };
    let sse = session.sse_of(&facts.key);
    let keyed = WithSse {
        operation: &get,
        sse: &sse,
    };
    let request = session.sign(&keyed, &facts.key)?.map(|_| ());
    let signed = session.clock_ahead_seconds();
    let length = piece.length();
    let buffer = lease.detach().ok_or_else(|| lost("buffer"))?;
    let received = download_body::get_into(request, buffer, length, |_| {}, halt, STALL).await;
    let received = received.map_err(|(error, buffer)| {
        buffer.into_iter().for_each(|buffer| lease.attach(buffer));
        session.no_answer(error)
    })?;
    lease.attach(received.buffer);
    let mut answer = http::Response::new(received.error_body);
    *answer.status_mut() = received.status;
    *answer.headers_mut() = received.headers;
    if !received.status.is_success() {
        return Err(session.refused::<GetObject>(&S3Error::from_response(&answer), &facts.key, signed));
    }
    let head = get
        .body_head(&answer)
        .map_err(|error| session.refused::<GetObject>(&error, &facts.key, signed))?;
    if !pinned::is_of(&head, facts) {
        return Err(Problem::ObjectChanged);
    }
    if head.first != piece.stored.start {
        let detail = "the storage sent another range than was asked for".to_owned();
        return Err(Problem::BadAnswer {
            operation: GetObject::NAME,
            detail,
        });
    }
    // A storage that ignores ranges may send more; else there is more only where the browser unpacked it.
    if received.truncated && (received.status == StatusCode::PARTIAL_CONTENT || piece.stored.end == facts.size) {
        return Err(Problem::Unpacked);
    }
    if received.len != length {
        // The connection ended early.
        return Err(Problem::ServerBusy {
            status: received.status.as_u16(),
        });
    }
    Ok(())
}
