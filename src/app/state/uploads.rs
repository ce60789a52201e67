//! Picked files on their way into the queue.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Effect, State};
use crate::driver::{BatchId, Existing, Intent, PickedEntry, Problem};

/// Files picked or dropped together.
#[derive(Debug)]
pub(super) struct Batch {
    /// Folder they go to: the one that was open when they were picked.
    pub(super) prefix: String,
    /// How many.
    pub(super) files: usize,
    /// How far they are.
    pub(super) step: Step,
}

/// How far a batch is.
#[derive(Debug)]
pub(super) enum Step {
    /// No key is chosen yet.
    NeedsKey,
    /// The driver was asked to upload them. It never says that a batch is through, so the record stays: what it says of
    /// this batch later is still about this folder, whatever else moves meanwhile.
    Asked,
    /// Some keys are taken.
    Conflict(Rc<Vec<String>>),
    /// The driver was asked to upload them, and another bucket than this one was connected since: nobody is asked about
    /// them any more.
    Left(String),
}

/// All that were picked and not given up, by handle.
#[derive(Debug, Default)]
pub(super) struct Uploads(pub(super) BTreeMap<BatchId, Batch>);

impl Uploads {
    /// Those that wait for a key.
    pub(super) fn waiting_for_key(&self) -> Vec<BatchId> {
        let waiting = self.0.iter().filter(|(_, batch)| matches!(batch.step, Step::NeedsKey));
        waiting.map(|(id, _)| *id).collect()
    }

    /// Files that wait for a key or an answer.
    pub(super) fn waiting_files(&self) -> usize {
        let waits = |batch: &&Batch| !matches!(batch.step, Step::Asked | Step::Left(_));
        self.0.values().filter(waits).map(|batch| batch.files).sum()
    }

    /// Leaves all to their bucket, and gives those that wait: the driver has to drop them. With those it was asked to
    /// upload it goes on, unless it would have to ask.
    pub(super) fn leave(&mut self, bucket: &str) -> Vec<BatchId> {
        let waits = |batch: &Batch| !matches!(batch.step, Step::Asked | Step::Left(_));
        let waiting = self
            .0
            .iter()
            .filter(|(_, batch)| waits(batch))
            .map(|(id, _)| *id)
            .collect();
        self.0.retain(|_, batch| !waits(batch));
        let asked = self.0.values_mut().filter(|batch| matches!(batch.step, Step::Asked));
        asked.for_each(|batch| batch.step = Step::Left(bucket.to_owned()));
        waiting
    }

    /// Forgets all, and gives them: the driver has to drop those that are not in the queue yet.
    pub(super) fn forget(&mut self) -> Vec<BatchId> {
        std::mem::take(&mut self.0).into_keys().collect()
    }

    /// The first that needs an answer; who is `choosing_key` already is not asked to.
    pub(super) fn question(&self, choosing_key: bool) -> Option<(BatchId, &Batch)> {
        let asks = |step: &Step| match step {
            Step::NeedsKey => !choosing_key,
            Step::Asked | Step::Left(_) => false,
            Step::Conflict(_) => true,
        };
        let mut batches = self.0.iter().map(|(id, batch)| (*id, batch));
        batches.find(|(_, batch)| asks(&batch.step))
    }
}

impl State {
    /// Uploads the files that wait for a key, if it is clear how.
    pub(super) fn start_waiting(&mut self) -> Vec<Effect> {
        let waiting = self.uploads.waiting_for_key().into_iter();
        waiting.flat_map(|batch| self.upload(batch, Existing::Ask)).collect()
    }

    /// Asks the driver to upload a batch, if it is clear how; else it waits for a key.
    pub(super) fn upload(&mut self, id: BatchId, existing: Existing) -> Vec<Effect> {
        let encryption = self.encryption();
        let Some(batch) = self.uploads.0.get_mut(&id) else {
            return Vec::new();
        };
        let Some(encryption) = encryption else {
            batch.step = Step::NeedsKey;
            return Vec::new();
        };
        batch.step = Step::Asked;
        let prefix = batch.prefix.clone();
        vec![Effect::Send(Intent::Upload {
            batch: id,
            prefix,
            encryption,
            existing,
        })]
    }

    /// Some of the files are there already: that is asked, if there is still somebody to answer for them.
    pub(super) fn conflicts(&mut self, id: BatchId, keys: Rc<Vec<String>>, files: usize) -> Vec<Effect> {
        match self.uploads.0.get_mut(&id) {
            Some(Batch {
                step: Step::Left(bucket),
                ..
            }) => {
                let bucket = std::mem::take(bucket);
                self.problem = Some(Problem::LeftBehind { files, bucket });
                self.uploads.0.remove(&id);
            }
            Some(batch) => {
                batch.step = Step::Conflict(keys);
                return Vec::new();
            }
            // Given up meanwhile.
            None => {}
        }
        vec![Effect::Send(Intent::DropBatch(id))]
    }

    /// Files were picked or dropped: they go to the folder that is open.
    pub(super) fn picked(&mut self, batch: BatchId, entries: &[PickedEntry], unreadable: &[String]) -> Vec<Effect> {
        if !unreadable.is_empty() {
            self.problem = Some(Problem::NotPicked {
                paths: unreadable.to_vec(),
            });
        }
        if entries.is_empty() || self.target().is_none() {
            return vec![Effect::Send(Intent::DropBatch(batch))];
        }
        let (prefix, files, step) = (self.listing.prefix.clone(), entries.len(), Step::NeedsKey);
        self.uploads.0.insert(batch, Batch { prefix, files, step });
        self.upload(batch, Existing::Ask)
    }
}
