//! Downloading one object: fetch pieces, have them authenticated and decrypted, and only then hand over the file.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

use futures::future::{self, Either};

use super::download_again::{self, print};
use super::engine::Engine;
use super::fetch::{Fetch, Partial};
use super::kept_downloads::KeptDownload;
use super::opening::{self, How, Opening};
use super::queue::Stop;
use super::session::Session;
use super::sink::{Sink, browser, is_full, make_room};
use super::{Problem, StartedOver, TransferId, TransferState, download_hash, look, names, refusal};
use crate::platform::save::{self, SaveTarget};
use crate::platform::{clock, random};
use crate::transfer::{DownloadCheckpoint, FailureKind, KEEP_FROM};

/// What to download, and from where.
pub(super) struct DownloadJob {
    pub(super) session: Rc<Session>,
    pub(super) key: String,
    /// The place that the person picked; else the browser's own for downloads.
    pub(super) target: Option<SaveTarget>,
    pub(super) how: How,
    /// Its SHA-256 is wanted.
    pub(super) hash: bool,
    /// What an earlier run got, when it was paused or the storage went away.
    pub(super) parked: RefCell<Option<Box<Parked>>>,
    /// What an earlier page left, until it is gone on with or given up.
    pub(super) left: RefCell<Option<Rc<DownloadCheckpoint>>>,
}

/// A download that stopped before its end. Dropping it removes what it got, and the record of it.
pub(super) struct Parked {
    partial: Partial,
    sink: Sink,
    kept: Option<KeptDownload>,
}

/// Asks where to save the object; `None` if the person cancelled. Must be called while handling a click, so before the
/// download waits for its turn.
pub(super) async fn pick(key: &str) -> Result<Option<SaveTarget>, Problem> {
    save::pick_save_target(&names::file_name(key)).await.map_err(browser)
}

/// Downloads the object; a second call goes on with what the first got, if that is still the same object.
pub(super) async fn run(engine: &Rc<Engine>, id: TransferId, job: &DownloadJob, stop: &Stop) -> Result<(), Problem> {
    if job.left.borrow().is_some() {
        // It is offered no longer.
        engine.list_unfinished_downloads().await;
    }
    let outcome = fetch(engine, id, job, stop).await;
    if stop.cancel.is_aborted() {
        give_up(engine, job).await;
    } else if outcome.as_ref().is_err_and(|problem| !may_go_on(problem)) {
        clear(job).await;
    }
    outcome
}

/// Removes what an earlier run or an earlier page got.
pub(super) async fn give_up(engine: &Engine, job: &DownloadJob) {
    discard_earlier(engine, job).await;
    clear(job).await;
}

/// No empty file is left where the person wants this one.
async fn clear(job: &DownloadJob) {
    if let Some(target) = &job.target {
        target.clear().await;
    }
}

async fn discard_earlier(engine: &Engine, job: &DownloadJob) {
    drop(job.parked.take());
    let left = job.left.take();
    if let Some(left) = left {
        engine.discard_left(&left).await;
    }
}

async fn fetch(engine: &Rc<Engine>, id: TransferId, job: &DownloadJob, stop: &Stop) -> Result<(), Problem> {
    let session = engine.session_like(&job.session);
    engine.queue.update(id, |info| {
        info.state = TransferState::Preparing;
        info.bucket = Rc::from(session.target.bucket.as_str());
    });
    engine.flush_soon();
    let earlier = job.parked.take().map(|parked| *parked);
    let preparing = prepare(engine, &session, (id, job), earlier);
    let paused = async {
        stop.pause.aborted().await;
        // What an earlier page left is as it was, however far it has been checked. All else is paused by its fetching.
        if job.left.borrow().is_none() {
            future::pending::<()>().await;
        }
    };
    let (cancelled, paused) = (pin!(stop.cancel.aborted()), pin!(paused));
    let stopped = future::select(cancelled, paused);
    let Parked { partial, sink, kept } = match future::select(pin!(preparing), stopped).await {
        Either::Left((prepared, _)) => prepared?,
        Either::Right((Either::Left(_), _)) => return Err(Problem::Cancelled),
        Either::Right((Either::Right(_), _)) => return Err(Problem::Paused),
    };
    engine.queue.update(id, |info| {
        info.size = partial.length;
        info.encrypted = partial.opening.is_encrypted();
        info.vouched = partial.opening.vouched();
        info.state = TransferState::Running;
        info.written_as = partial.facts.cse.written_as.clone();
        info.facts = Some(Rc::new(partial.facts.clone()));
    });
    engine.queue.already(id, partial.moved());
    engine.flush_soon();
    let fetch = async || {
        let fetching = Fetch::new(engine, &session, (id, 0), &partial, &sink).all(stop);
        match &kept {
            Some(kept) => kept.noting(&partial, &sink, fetching).await,
            None => fetching.await,
        }
    };
    let mut fetched = fetch().await;
    if fetched.as_ref().is_err_and(is_full) {
        make_room().await;
        fetched = fetch().await;
    }
    if let Err(problem) = fetched {
        if may_go_on(&problem) {
            job.parked.replace(Some(Box::new(Parked { partial, sink, kept })));
        }
        return Err(problem);
    }
    engine.queue.update(id, |info| info.state = TransferState::Verifying);
    engine.flush_soon();
    let length = match &partial.opening {
        Opening::Whole(whole) => sink.decrypt(whole)?,
        opening => opening.finish().map(|()| partial.length)?,
    };
    let file = sink.file().await?;
    if job.hash
        && let Err(stopped) = download_hash::hash(engine, id, &file, stop, sink.private().is_some()).await
    {
        if stopped == Problem::Paused {
            sink.reopen_file().await?;
            job.parked.replace(Some(Box::new(Parked { partial, sink, kept })));
        }
        return Err(stopped);
    }
    let name = names::file_name(&job.key);
    sink.hand_over(file, length, &name, job.target.as_ref()).await
}

/// Whether what was got so far can be gone on with.
pub(super) fn may_go_on(problem: &Problem) -> bool {
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
    session: &Session,
    (id, job): (TransferId, &DownloadJob),
    earlier: Option<Parked>,
) -> Result<Parked, Problem> {
    let looked = match look::look(engine, session, &job.key, look::Beside::Unknown).await {
        Ok(looked) => looked,
        Err(problem) => {
            if may_go_on(&problem) {
                job.parked.replace(earlier.map(Box::new));
            }
            return Err(problem);
        }
    };
    match earlier {
        Some(earlier) if earlier.partial.is_of(&looked.facts) => return Ok(earlier),
        Some(_) => started_over(engine, id, StartedOver::ObjectChanged),
        None => {}
    }
    let opening = opening::decide(engine, session, &looked, job.how.clone()).await?;
    let mut partial = Partial::new(looked.facts, opening);
    let left = job.left.borrow().clone();
    if let Some(left) = left {
        let tell = || engine.flush_soon();
        match download_again::go_on(engine, id, &left, &partial, tell).await? {
            Ok((sink, kept)) => {
                job.left.take();
                partial.remember();
                let kept = Some(kept);
                return Ok(Parked { partial, sink, kept });
            }
            Err(why) => {
                started_over(engine, id, why);
                discard_earlier(engine, job).await;
            }
        }
    }
    let (mut partial, sink) = Sink::open_for(partial).await?;
    let kept = match checkpoint(session, job, &partial, &sink) {
        Some(checkpoint) => engine.kept_downloads.begin(checkpoint).await,
        None => None,
    };
    if kept.is_some() {
        partial.remember();
    }
    Ok(Parked { partial, sink, kept })
}

fn started_over(engine: &Engine, id: TransferId, why: StartedOver) {
    engine.queue.update(id, |info| info.started_over = Some(why));
    engine.queue.already(id, 0);
}

/// The record of a new download, if another page could go on with it and that is worth it.
fn checkpoint(session: &Session, job: &DownloadJob, partial: &Partial, sink: &Sink) -> Option<DownloadCheckpoint> {
    let private_file = sink.private_name()?.to_owned();
    let facts = &partial.facts;
    // That somebody takes a risk is for once: it is never kept.
    let may = job.how.unlocked.is_empty() && (partial.opening.is_encrypted() || facts.etag.is_some());
    if !may || partial.length < KEEP_FROM {
        return None;
    }
    let key_needed = facts.cse.key_needed.clone().filter(|_| partial.opening.is_encrypted());
    Some(DownloadCheckpoint {
        id: format!("{:016x}", u64::from_be_bytes(random::make_array())),
        place: session.place(),
        object: print(facts),
        length: partial.length,
        format: facts.cse.state.as_str().to_owned(),
        key_needed: key_needed.unwrap_or_default(),
        as_stored: job.how.as_stored,
        ask: job.target.is_some(),
        hash: job.hash,
        private_file,
        started_ms: clock::now_ms(),
    })
}
