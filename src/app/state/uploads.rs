//! Picked files on their way into the queue.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::driver::BatchId;

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
