//! The SHA-256 of a file that was downloaded: a worker reads it once more, before it is handed over.

use std::pin::pin;
use std::rc::Rc;

use futures::future::{self, Either};

use super::engine::Engine;
use super::hashing::hex;
use super::queue::Stop;
use super::{FileHash, Problem, TransferId};
use crate::platform::files::FileHandle;
use crate::worker::call::sha256_of_file;

/// Has the file hashed, all of which is there and authentic, and tells how far that is. A file that cannot be hashed is
/// handed over all the same.
///
/// # Errors
/// [`Problem::Cancelled`] and, where it `may_pause`, [`Problem::Paused`].
pub(super) async fn hash(
    engine: &Rc<Engine>,
    id: TransferId,
    file: &FileHandle,
    stop: &Stop,
    may_pause: bool,
) -> Result<(), Problem> {
    let show = {
        let engine = engine.clone();
        move |hash| {
            engine.queue.update(id, |info| info.sha256 = hash);
            engine.flush_soon();
        }
    };
    show(FileHash::Computing(0));
    let read = || {
        let show = show.clone();
        sha256_of_file(&engine.workers, file, move |read| show(FileHash::Computing(read)))
    };
    let hashing = async {
        match read().await {
            // Chromium sometimes fails the first reads of a file that has just been made.
            Err(_) => read().await,
            hashed => hashed,
        }
    };
    let paused = async {
        match may_pause {
            true => stop.pause.aborted().await,
            false => future::pending().await,
        }
    };
    let (cancelled, paused) = (pin!(stop.cancel.aborted()), pin!(paused));
    let stopped = future::select(cancelled, paused);
    let (hash, outcome) = match future::select(pin!(hashing), stopped).await {
        Either::Left((Ok(sum), _)) => (FileHash::Known(hex(&sum).into()), Ok(())),
        Either::Left((Err(_), _)) => (FileHash::Unread, Ok(())),
        Either::Right((Either::Left(_), _)) => (FileHash::Unasked, Err(Problem::Cancelled)),
        Either::Right((Either::Right(_), _)) => (FileHash::Unasked, Err(Problem::Paused)),
    };
    show(hash);
    outcome
}
