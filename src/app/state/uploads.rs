//! Picked files on their way into the queue.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Effect, State};
use crate::app::text;
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
        let waiting = self.0.values().filter(|batch| !matches!(batch.step, Step::Asked));
        waiting.map(|batch| batch.files).sum()
    }

    /// Forgets all, and gives those the driver has to drop. Those it was asked to upload it goes on with, unless it would
    /// have to ask.
    pub(super) fn leave(&mut self) -> Vec<BatchId> {
        let left = std::mem::take(&mut self.0).into_iter();
        left.filter(|(_, batch)| !matches!(batch.step, Step::Asked))
            .map(|(id, _)| id)
            .collect()
    }

    /// The first that needs an answer; who is `choosing_key` already is not asked to.
    pub(super) fn question(&self, choosing_key: bool) -> Option<(BatchId, &Batch)> {
        let asks = |step: &Step| match step {
            Step::NeedsKey => !choosing_key,
            Step::Asked => false,
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

    /// Files were picked or dropped: they go to the folder that is open.
    pub(super) fn picked(&mut self, batch: BatchId, entries: &[PickedEntry], unreadable: &[String]) -> Vec<Effect> {
        if !unreadable.is_empty() {
            self.problem = Some(Problem::Browser {
                detail: text::unreadable(unreadable),
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
