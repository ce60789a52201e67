//! Questions that must be answered first.

use std::rc::Rc;

use super::uploads::Step;
use super::{Effect, State};
use crate::app::route::Route;
use crate::driver::{BatchId, Existing, Intent, KeyInfo, LeftoverId, Wanted};

/// A question that must be answered first.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// Some keys exist.
    Conflicts {
        /// The files.
        batch: BatchId,
        /// Keys that exist.
        keys: Rc<Vec<String>>,
        /// Files in all.
        total: usize,
    },
    /// Delete for good?
    Delete(String),
    /// Delete all of these for good?
    DeleteMany {
        /// Which.
        wanted: Vec<Wanted>,
        /// Objects counted so far.
        objects: u64,
        /// Their stored bytes.
        bytes: u64,
        /// Whether these are all.
        counted: bool,
    },
    /// Switch encryption off?
    EncryptionOff,
    /// Abort multipart uploads that were left in the bucket?
    AbortLeftovers {
        /// Which.
        ids: Vec<LeftoverId>,
        /// Bytes they hold, as far as known.
        bytes: u64,
        /// How many of them this browser could go on with.
        resumable: usize,
    },
    /// Forget a key?
    RemoveKey(KeyInfo),
    /// Cancel all transfers?
    CancelAll,
    /// Files were picked, but no key is in use.
    NeedKey {
        /// The files.
        batch: BatchId,
        /// How many.
        files: usize,
    },
}

impl Dialog {
    /// Whether it asks about what is in the connected bucket.
    pub(super) fn is_of_bucket(&self) -> bool {
        matches!(
            self,
            Dialog::Delete(_) | Dialog::DeleteMany { .. } | Dialog::AbortLeftovers { .. }
        )
    }
}

impl State {
    /// Opens the next question about picked files, one at a time.
    pub(super) fn ask(&mut self) {
        if self.dialog.is_some() {
            return;
        }
        let question = self.uploads.question(self.route == Route::Keys);
        self.dialog = question.map(|(batch, waiting)| match &waiting.step {
            Step::Conflict(keys) => Dialog::Conflicts {
                batch,
                keys: keys.clone(),
                total: waiting.files,
            },
            Step::NeedsKey | Step::Asked | Step::Left(_) => Dialog::NeedKey {
                batch,
                files: waiting.files,
            },
        });
    }

    /// The answer was yes; `existing` is what becomes of files that exist already.
    pub(super) fn confirmed(&mut self, existing: Existing) -> Vec<Effect> {
        match self.dialog.take() {
            Some(Dialog::Conflicts { batch, .. }) => self.upload(batch, existing),
            Some(Dialog::AbortLeftovers { ids, .. }) => vec![self.leftovers.abort(ids)],
            Some(Dialog::Delete(key)) => vec![Effect::Send(Intent::Delete {
                instruction_file: self.instruction_file(&key),
                key,
            })],
            Some(Dialog::DeleteMany { wanted, objects, .. }) => self.delete_many(wanted, objects),
            Some(Dialog::EncryptionOff) => {
                self.encryption_off = true;
                self.start_waiting()
            }
            Some(Dialog::RemoveKey(key)) => vec![Effect::Send(Intent::RemoveKey(key.id))],
            Some(Dialog::CancelAll) => vec![Effect::Send(Intent::CancelAll)],
            Some(Dialog::NeedKey { .. }) => {
                // There already: the address follows, and the question must not come up again before it does.
                self.route = Route::Keys;
                vec![Effect::Go(Route::Keys)]
            }
            None => Vec::new(),
        }
    }
}
