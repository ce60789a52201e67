//! All the app knows, and how it changes: one reducer, pure, that returns the effects to run.

mod audit;
mod connecting;
mod dialog;
mod form;
mod heard;
mod key_settings;
mod leftovers;
mod listing;
mod manifest;
mod msg;
mod panes;
mod places;
mod preview;
mod recipients;
mod selection;
mod storage;
mod sums;
mod take;
mod totals;
mod transfers;
mod uploads;
mod window;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::config::Config;
use super::route::Route;
use super::verdicts::Verdict;
use crate::driver::{
    ContextFault, ContextWish, Event, KeyId, KeyInfo, KmsInfo, ObjectFacts, Problem, Recipient, Target, Unfinished,
    UnfinishedDownload, UploadChecks, WriteFormat,
};
use crate::encryption::s3ec::CommitmentPolicy;
use crate::s3::Profile;

pub use audit::{Audit, AuditGroup, EXCEPTIONS_SHOWN, Seen};
pub use dialog::Dialog;
pub use key_settings::KeySetting;
pub use leftovers::{LeftoverRow, Leftovers, LeftoversMsg};
pub use listing::{Column, Listing, Row};
pub use manifest::{Manifest, ManifestForm};
pub use msg::{Effect, Msg};
pub use panes::{BucketReport, Connection, Details, Loading};
pub use preview::Previewing;
pub use selection::{Deleting, Selection, SelectionMsg};
pub use storage::{Copying, CorsCheck, Export, Storage, StorageMsg};
pub use sums::Sums;
pub use totals::{Totals, Uploads as UploadTotals};
pub use transfers::{Hold, QueueMsg, Shown, Transfers};
use uploads::Uploads;
pub use window::ListWindow;

/// All the app knows. No key is in it, and credentials only while they fill the form.
#[derive(Default)]
pub struct State {
    /// Where the person is.
    pub route: Route,
    /// The deployed portal's presets.
    pub config: Config,
    /// Why its `config.json` is not used.
    pub config_mistake: Option<String>,
    /// The connection form.
    pub form: Target,
    /// Profiles of a credentials file, until they are connected with. Redacted in Debug, wiped on drop.
    pub profiles: Vec<Profile>,
    /// The one in the form.
    pub profile: usize,
    /// Buckets connected to before.
    pub recent: Vec<Target>,
    /// The connection.
    pub connection: Connection,
    /// The attempt to connect, perhaps to another bucket than the connected one.
    pub connecting: Loading,
    /// Why transfers wait for other credentials.
    pub credentials_wanted: Option<Problem>,
    /// Keys held in memory.
    pub keys: Vec<KeyInfo>,
    /// The key new objects are encrypted with.
    pub active: Option<Recipient>,
    /// Who else can read them.
    pub also: BTreeSet<Recipient>,
    /// KMS keys held.
    pub kms: Vec<KmsInfo>,
    /// Encryption was switched off, deliberately.
    pub encryption_off: bool,
    /// Why the last key was not taken.
    pub key_problem: Option<Problem>,
    /// Whether something was typed into "Paste key".
    pub key_pasted: bool,
    /// The format new files are written in.
    pub format: WriteFormat,
    /// How uploads are checked.
    pub checks: UploadChecks,
    /// What is opened without asking; belongs to the format.
    pub policy: CommitmentPolicy,
    /// Text bound to new files, and perhaps demanded of those that are opened.
    pub context: ContextWish,
    /// Why the last pair was not taken into it.
    pub context_fault: Option<ContextFault>,
    /// The open folder.
    pub listing: Listing,
    /// What is selected of it.
    pub selection: Selection,
    /// Its next page.
    pub loading: Loading,
    /// First row in sight.
    pub first_row: usize,
    /// What is known of single objects.
    pub facts: HashMap<String, Rc<ObjectFacts>>,
    /// Objects that could not be looked at.
    pub unseen: HashSet<String>,
    /// Those among them that show nothing without their SSE-C key.
    pub locked: HashSet<String>,
    /// The details panel.
    pub details: Details,
    /// The preview in it.
    pub previewing: Previewing,
    /// The question on the screen.
    pub dialog: Option<Dialog>,
    /// Files are being dragged over the page.
    pub dragging: bool,
    /// The queue.
    pub transfers: Transfers,
    /// Uploads that an earlier page left.
    pub unfinished: Vec<Unfinished>,
    /// Downloads from this bucket that an earlier page left.
    pub unfinished_downloads: Vec<UnfinishedDownload>,
    /// Multipart uploads that were left in the bucket.
    pub leftovers: Leftovers,
    /// The bucket's SSE.
    pub bucket: BucketReport,
    /// What was found out about buckets before, with its date.
    pub verdicts: Vec<Verdict>,
    /// What else is known of the storage.
    pub storage: Storage,
    /// What went wrong last, outside of a form.
    pub problem: Option<Problem>,
    /// What the live region says.
    pub announcement: String,
    uploads: Uploads,
    activate_next: bool,
    /// To be used as soon as there is a copy of it elsewhere.
    use_when_saved: Option<KeyId>,
    checks_chosen: bool,
    /// What a policy that only one format needs goes back to.
    earlier_policy: CommitmentPolicy,
}

impl State {
    /// The connected bucket.
    pub fn target(&self) -> Option<&Target> {
        match &self.connection {
            Connection::On { target, .. } => Some(target),
            _ => None,
        }
    }

    /// The bucket that the address names, where another one is connected: nothing of that one may be shown, or stored
    /// into, under this address.
    pub fn names_another_bucket(&self) -> Option<&str> {
        let named = match &self.route {
            Route::Browse { bucket, .. } | Route::Bucket { bucket } if !bucket.is_empty() => bucket,
            _ => return None,
        };
        let target = self.target()?;
        (target.bucket != *named).then_some(named)
    }

    /// Whether files that are dropped on this page go to the open folder.
    pub fn takes_files(&self) -> bool {
        self.target().is_some() && self.names_another_bucket().is_none()
    }

    /// Whether leaving the page would lose something.
    pub fn must_ask_before_leaving(&self) -> bool {
        let deleting = self.selection.deleting.as_ref();
        self.transfers.totals().going > 0
            || deleting.is_some_and(|deleting| deleting.over.is_none())
            || self.keys.iter().any(|key| !key.saved)
    }

    /// Takes in what happened; returns what is to be done about it.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let may_bring_rows = matches!(
            msg,
            Msg::Scrolled(_)
                | Msg::Filtered(_)
                | Msg::Sorted(_)
                | Msg::Driver(Event::Connected { .. } | Event::Listed { .. } | Event::Transfers(_))
        );
        let mut effects = self.take(msg);
        effects.extend(self.drop_preview());
        self.ask();
        if may_bring_rows {
            effects.extend(self.glance());
        }
        effects
    }

    /// Key of the object's instruction file, if it has one that it needs: of that name alone there may be others.
    pub fn instruction_file(&self, key: &str) -> Option<String> {
        self.facts.get(key)?.cse.more.instruction_file.clone()
    }
}

#[cfg(test)]
mod connecting_tests;
#[cfg(test)]
mod recipients_tests;
#[cfg(test)]
mod selection_tests;
#[cfg(test)]
pub(in crate::app) mod steps;
#[cfg(test)]
mod tests;
