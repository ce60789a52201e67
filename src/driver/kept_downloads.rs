//! Downloads that another page can go on with, should this one go away: what the browser keeps of them.

use std::cell::Cell;
use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures::future;
use wasm_bindgen_futures::spawn_local;

use super::Problem;
use super::fetch::Partial;
use super::private_files::{self, Need};
use super::sink::Sink;
use super::store::Store;
use crate::platform::abort::Abort;
use crate::platform::lock::Lock;
use crate::platform::records::Records;
use crate::platform::{clock, private_file};
use crate::transfer::{DownloadCheckpoint, Got, Inventory, got_to_text, kept_ms};
use crate::worker::messages::Task;

/// Between two notes of what has come. Each has all that was written brought to the disk first, which takes its time.
const STEP: Duration = Duration::from_secs(5);

/// What the browser keeps. Where it keeps nothing, downloads can still be paused, but not survive a reload.
#[derive(Default)]
pub(super) struct KeptDownloads(Store);

/// A download with a record, and the lock on it. It is dropped when the download is over, or given up: that forgets the
/// record. Only a page that is gone leaves one.
pub(super) struct KeptDownload {
    checkpoint: DownloadCheckpoint,
    store: Store,
    next_step: Cell<u32>,
    lock: Option<Lock>,
}

impl KeptDownloads {
    /// Keeps a new download, whose private file is there; `None` where the browser keeps nothing.
    pub(super) async fn begin(&self, checkpoint: DownloadCheckpoint) -> Option<KeptDownload> {
        // Nobody else knows its id, so nobody has the lock; where there are none, no second tab asks for one either.
        let lock = Lock::try_take(&checkpoint.lock_name()).await.ok().flatten();
        let kept = self.again(checkpoint, 0, lock);
        let (record, text) = (kept.checkpoint.record(), kept.checkpoint.to_text());
        let put = async |records: &Records| records.put(&record, &text).await.ok();
        self.0.with(put).await.map(|()| kept)
    }

    /// One that is gone on with.
    pub(super) fn again(&self, checkpoint: DownloadCheckpoint, next_step: u32, lock: Option<Lock>) -> KeptDownload {
        KeptDownload {
            checkpoint,
            store: self.0.clone(),
            next_step: Cell::new(next_step),
            lock,
        }
    }

    /// What has come of a download.
    pub(super) async fn inventory(&self, checkpoint: &DownloadCheckpoint) -> Inventory {
        let read = self
            .0
            .with(async |records| records.all(&checkpoint.got_records()).await.ok());
        let records = read.await.unwrap_or_default();
        Inventory::from_records(records.iter().map(|(record, text)| (&**record, &**text)))
    }

    /// All downloads from this place that a page left, and that no page goes on with.
    pub(super) async fn left(&self, place: &str) -> Vec<DownloadCheckpoint> {
        let mut left = Vec::new();
        for checkpoint in self.all().await.unwrap_or_default() {
            if checkpoint.place == place && !is_held(&checkpoint).await {
                left.push(checkpoint);
            }
        }
        left
    }

    /// Removes what has come of a download, and forgets it. What cannot be removed is not forgotten.
    pub(super) async fn discard(&self, checkpoint: &DownloadCheckpoint) -> Result<(), Problem> {
        if !private_files::remove(&checkpoint.private_file).await {
            return Err(Problem::NotRemoved);
        }
        forget(&self.0, checkpoint).await;
        Ok(())
    }

    /// Removes private files that nobody will go on with, and the records of those that have been left for too long.
    pub(super) async fn sweep(&self, need: Need) {
        let Some(all) = self.all().await else {
            // Whatever lies there may have a record.
            return private_files::sweep_old(kept_ms()).await;
        };
        let mut kept = HashSet::new();
        for checkpoint in all {
            let file = private_file::get(&checkpoint.private_file).await.ok();
            let written = file.map(|file| file.last_modified());
            let is_forgotten = checkpoint.is_forgotten(written, clock::now_ms()) && !is_held(&checkpoint).await;
            if !is_forgotten || self.discard(&checkpoint).await.is_err() {
                kept.insert(checkpoint.private_file);
            }
        }
        private_files::sweep(&kept, need).await;
    }

    async fn all(&self) -> Option<Vec<DownloadCheckpoint>> {
        let read = async |records: &Records| records.all(DownloadCheckpoint::all_records()).await.ok();
        let all = self.0.with(read).await?.into_iter();
        Some(
            all.filter_map(|(_, text)| DownloadCheckpoint::from_text(&text))
                .collect(),
        )
    }
}

/// Whether this or another tab has it under way.
async fn is_held(checkpoint: &DownloadCheckpoint) -> bool {
    matches!(Lock::try_take(&checkpoint.lock_name()).await, Ok(None))
}

async fn forget(store: &Store, checkpoint: &DownloadCheckpoint) {
    let forgotten = store.with(async |records| {
        // Without the first record the others mean nothing; so it goes first.
        records.remove(&checkpoint.record()).await.ok()?;
        records.remove(&checkpoint.got_records()).await.ok()
    });
    // What stays is listed, and starts over: the private file is gone.
    let _ = forgotten.await;
}

impl KeptDownload {
    /// Does the work. Meanwhile, and when it is over, notes what has come.
    pub(super) async fn noting<T>(&self, partial: &Partial, sink: &Sink, work: impl Future<Output = T>) -> T {
        let over = Abort::new();
        let working = async {
            let outcome = work.await;
            over.abort();
            outcome
        };
        let noting = async {
            let mut is_last = false;
            while !is_last {
                future::select(pin!(clock::sleep(STEP)), pin!(over.aborted())).await;
                is_last = over.is_aborted();
                self.note(sink, partial.take_got()).await;
            }
        };
        future::join(working, noting).await.0
    }

    /// What is not noted is fetched again by another page: no reason to stop this one.
    async fn note(&self, sink: &Sink, got: Vec<Got>) {
        if got.is_empty() || sink.task(&Task::FlushFile).await.is_err() {
            return;
        }
        let step = self.next_step.get();
        let (record, text) = (self.checkpoint.got_record(step), got_to_text(&got));
        if self
            .store
            .with(async |records| records.put(&record, &text).await.ok())
            .await
            .is_some()
        {
            self.next_step.set(step + 1);
        }
    }
}

impl Drop for KeptDownload {
    fn drop(&mut self) {
        let (store, checkpoint, lock) = (self.store.clone(), self.checkpoint.clone(), self.lock.take());
        spawn_local(async move {
            forget(&store, &checkpoint).await;
            drop(lock);
        });
    }
}
