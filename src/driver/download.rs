//! Downloading one object: fetch pieces, have them authenticated and decrypted, and only then hand over the file.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

use futures::future::{self, Either};

use super::engine::Engine;
use super::fetch::{Fetch, Partial};
use super::opening::{self, How, Opening};
use super::queue::Stop;
use super::session::Session;
use super::sink::{Sink, browser};
use super::{Problem, SaveTo, TransferId, TransferState, look, names, refusal};
use crate::platform::save::{self, SaveTarget};
use crate::transfer::FailureKind;

/// What to download, and from where.
pub(super) struct DownloadJob {
    pub(super) session: Rc<Session>,
    pub(super) key: String,
    pub(super) save: SaveTo,
    pub(super) how: How,
    /// What an earlier run got, when it was paused or the storage went away.
    pub(super) parked: RefCell<Option<Box<Parked>>>,
}

/// A download that stopped before its end. Dropping it removes what it got.
pub(super) struct Parked {
    partial: Partial,
    sink: Sink,
    target: Option<SaveTarget>,
}

/// Downloads the object; a second call goes on with what the first got, if that is still the same object.
pub(super) async fn run(engine: &Rc<Engine>, id: TransferId, job: &DownloadJob, stop: &Stop) -> Result<(), Problem> {
    let session = engine.session_like(&job.session);
    engine.queue.update(id, |info| {
        info.state = TransferState::Preparing;
        info.bucket = Rc::from(session.target.bucket.as_str());
    });
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
    let Parked { partial, sink, target } = match future::select(pin!(preparing), pin!(stop.cancel.aborted())).await {
        Either::Left((prepared, _)) => prepared?,
        Either::Right(_) => return Err(Problem::Cancelled),
    };
    engine.queue.update(id, |info| {
        info.size = partial.length;
        info.encrypted = partial.opening.is_encrypted();
        info.state = TransferState::Running;
        info.written_as = partial.facts.cse.written_as.clone();
        info.facts = Some(Rc::new(partial.facts.clone()));
    });
    engine.queue.already(id, partial.moved());
    engine.flush_soon();
    if let Err(problem) = Fetch::new(engine, &session, (id, 0), &partial, &sink).all(stop).await {
        if may_go_on(&problem) {
            job.parked.replace(Some(Box::new(Parked { partial, sink, target })));
        }
        return Err(problem);
    }
    engine.queue.update(id, |info| info.state = TransferState::Verifying);
    engine.flush_soon();
    let length = match partial.opening {
        Opening::Whole(whole) => sink.decrypt(engine, &whole)?,
        opening => opening.finish().map(|()| partial.length)?,
    };
    sink.hand_over(length, &names::file_name(&job.key), target).await
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
    job: &DownloadJob,
    earlier: Option<Parked>,
    target: Option<SaveTarget>,
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
    let target = match earlier {
        Some(earlier) if earlier.partial.is_of(&looked.facts) => return Ok(earlier),
        Some(earlier) => earlier.target,
        None => target,
    };
    let opening = opening::decide(engine, session, &looked, job.how.clone()).await?;
    let (partial, sink) = Sink::open_for(Partial::new(looked.facts, opening)).await?;
    Ok(Parked { partial, sink, target })
}
