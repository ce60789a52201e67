//! All the app knows, and how it changes: one reducer, pure, that returns the effects to run.

mod audit;
mod key_settings;
mod leftovers;
mod listing;
mod manifest;
mod preview;
mod recipients;
mod selection;
mod storage;
mod totals;
mod transfers;
mod uploads;
mod window;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use super::config::Config;
use super::recent;
use super::route::{Link, Route};
use super::text;
use super::verdicts::{self, Verdict};
use crate::driver::{
    BatchId, ContextFault, ContextWish, Event, Existing, Integrity, Intent, KeyId, KeyInfo, LeftoverId, ObjectFacts,
    PickedEntry, Problem, Recipient, SaveTo, StorageIntent, Target, Unfinished, UploadChecks, Wanted, WriteFormat,
};
use crate::encryption::OaepPadding;
use crate::encryption::s3ec::CommitmentPolicy;
use crate::s3::{BucketSse, Credentials, CustomerKey, Profile, Provider, SseState};

pub use audit::{Audit, AuditGroup, EXCEPTIONS_SHOWN, Seen};
pub use key_settings::KeySetting;
pub use leftovers::{LeftoverRow, Leftovers, LeftoversMsg};
pub use listing::{Column, Listing, Row};
pub use manifest::{Manifest, ManifestForm};
pub use preview::Previewing;
pub use selection::{Deleting, Selection, SelectionMsg};
pub use storage::{Copying, CorsCheck, Export, Storage, StorageMsg};
pub use totals::{Totals, Uploads as UploadTotals};
pub use transfers::{Hold, QueueMsg, Shown, Transfers};
use uploads::{Batch, Step, Uploads};
pub use window::ListWindow;

/// As many rows as a tall screen shows.
const ROWS_IN_SIGHT: usize = 30;

/// Whether there is a connection.
#[derive(Clone, Debug, Default)]
pub enum Connection {
    /// None.
    #[default]
    Off,
    /// Being made.
    Connecting,
    /// It could not be made.
    Failed(Problem),
    /// There is one.
    On {
        /// Where to.
        target: Target,
        /// What is worth a warning.
        warnings: Vec<Problem>,
    },
}

/// Something that is being fetched.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loading {
    /// Nothing under way.
    #[default]
    Idle,
    /// On its way.
    Busy,
    /// It did not come.
    Failed(Problem),
}

/// The details panel.
#[derive(Clone, Debug, Default)]
pub enum Details {
    /// Not shown.
    #[default]
    Closed,
    /// Being looked at.
    Looking(String),
    /// Could not be looked at.
    Failed(String, Problem),
    /// Shown.
    Open(Rc<ObjectFacts>),
}

impl Details {
    /// Whose they are.
    pub fn key(&self) -> Option<&String> {
        match self {
            Details::Closed => None,
            Details::Looking(key) | Details::Failed(key, _) => Some(key),
            Details::Open(facts) => Some(&facts.key),
        }
    }
}

/// What is known of the bucket's SSE.
#[derive(Clone, Debug, Default)]
pub enum BucketReport {
    /// Not looked yet.
    #[default]
    Unknown,
    /// Looking.
    Checking {
        /// At a test object, not at what is there.
        by_test_object: bool,
    },
    /// Could not look.
    Failed(Problem),
    /// Looked.
    Known {
        /// Objects that were looked at.
        facts: Vec<Rc<ObjectFacts>>,
        /// Whether it was our own test object, removed since.
        by_test_object: bool,
        /// Milliseconds since 1970.
        at: f64,
    },
}

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

/// All the app knows. No key is in it, and credentials only while they fill the form.
#[derive(Default)]
pub struct State {
    /// Where the person is.
    pub route: Route,
    /// The deployed portal's presets.
    pub config: Config,
    /// Something is wrong with the page itself.
    pub notice: Option<String>,
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
    /// Why transfers wait for other credentials.
    pub credentials_wanted: Option<Problem>,
    /// Keys held in memory.
    pub keys: Vec<KeyInfo>,
    /// The key new objects are encrypted with.
    pub active: Option<Recipient>,
    /// Who else can read them.
    pub also: BTreeSet<Recipient>,
    /// ARN of the KMS key, once it worked.
    pub kms: Option<String>,
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
    checks_chosen: bool,
    /// What a policy that only one format needs goes back to.
    earlier_policy: CommitmentPolicy,
}

/// What happened in the page, or in the driver.
#[derive(Debug)]
pub enum Msg {
    /// The address changed.
    Routed(Route),
    /// `config.json` was read, or is wrong.
    Configured(Result<Config, String>),
    /// Recent buckets were read.
    Remembered(Vec<Target>),
    /// Earlier verdicts were read.
    VerdictsRead(Vec<Verdict>),
    /// A field of the connection form changed.
    FormChanged(Target),
    /// A provider was chosen: its preset fills the form.
    ProviderChosen(Provider),
    /// A credentials file was read.
    CredentialsRead(Vec<Profile>),
    /// One of its profiles was chosen.
    ProfileChosen(usize),
    /// The form could not be read.
    FormRefused(Problem),
    /// Connect.
    ConnectAsked(Credentials),
    /// Disconnect.
    DisconnectAsked,
    /// Open a folder.
    FolderOpened(String),
    /// Read the folder again.
    Refreshed,
    /// The table was scrolled.
    Scrolled(usize),
    /// The filter changed.
    Filtered(String),
    /// A column header was chosen.
    Sorted(Column),
    /// Show details.
    DetailsAsked(String),
    /// Hide them.
    DetailsClosed,
    /// Show what is in the object whose details are open.
    PreviewAsked(String),
    /// Away with it.
    PreviewClosed,
    /// The SSE-C key of an object was typed.
    CustomerKeyGiven {
        /// Object key.
        object: String,
        /// Its key; redacted in Debug.
        key: CustomerKey,
    },
    /// What was typed for this object is no such key.
    CustomerKeyRefused(String),
    /// Download.
    DownloadAsked {
        /// Object key.
        key: String,
        /// Where to.
        save: SaveTo,
        /// As it is stored.
        as_stored: bool,
        /// Although it is as risky as its details say.
        unlocked: bool,
    },
    /// Delete, after a question.
    DeleteAsked(String),
    /// About what is selected.
    Selection(SelectionMsg),
    /// The dialog was answered.
    Confirmed,
    /// Upload what does not exist yet.
    SkipExisting,
    /// The dialog was closed.
    Dismissed,
    /// Files hover over the page, or not.
    Dragged(bool),
    /// Encryption off (asks first) or on.
    EncryptionSwitched(bool),
    /// Something is in the paste field.
    KeyPasted(bool),
    /// Checks of uploads were chosen.
    ChecksChosen(UploadChecks),
    /// Something about how files are written was set.
    KeySetting(KeySetting),
    /// Other names for a key were given.
    KeyNamesGiven {
        /// The key.
        id: KeyId,
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// RSA: its padding.
        padding: Option<OaepPadding>,
    },
    /// Straight to the driver; `true` when the key that comes of it is to be used at once.
    KeyAsked(Intent, bool),
    /// Encrypt with this key.
    KeyChosen(KeyId),
    /// Encrypt with the KMS key.
    KmsChosen,
    /// Encrypt for this one too, or no more.
    AlsoFor(Recipient, bool),
    /// Forget a key, after a question if it was never saved.
    KeyRemovalAsked(KeyId),
    /// About a transfer.
    TransferAsked(Intent),
    /// Take all ended transfers off the list.
    FinishedRemoved,
    /// Cancel all transfers, after a question.
    CancelAllAsked,
    /// About the list of transfers itself.
    Queue(QueueMsg),
    /// Somebody points at the list of transfers, or no more.
    TransfersHeld(Hold, bool),
    /// HEAD objects, or make one.
    BucketCheckAsked {
        /// With a test object.
        create: bool,
    },
    /// About multipart uploads that were left in the bucket.
    Leftovers(LeftoversMsg),
    /// About the storage itself.
    Storage(StorageMsg),
    /// Something the page itself tried, such as handing a text to the browser.
    WentWrong(Problem),
    /// Away with the problem.
    ProblemClosed,
    /// The driver speaks.
    Driver(Event),
}

/// What the root does for the reducer.
#[derive(Debug)]
pub enum Effect {
    /// To the driver.
    Send(Intent),
    /// To another place.
    Go(Route),
    /// Keep the list of recent buckets.
    Remember(Vec<Target>),
    /// Keep the verdicts.
    KeepVerdicts(Vec<Verdict>),
    /// Hand a text to the browser as a download.
    SaveText {
        /// File name.
        name: String,
        /// Media type.
        media_type: &'static str,
        /// What it holds.
        text: String,
    },
}

impl State {
    /// The connected bucket.
    pub fn target(&self) -> Option<&Target> {
        match &self.connection {
            Connection::On { target, .. } => Some(target),
            _ => None,
        }
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

    /// Has the rows in sight looked at, so that each shows its own SSE and CSE state.
    fn glance(&self) -> Option<Effect> {
        let rows = self.listing.rows();
        let objects = rows
            .iter()
            .skip(self.first_row)
            .take(ROWS_IN_SIGHT)
            .filter_map(|row| match row {
                Row::Object(object) => Some(&object.key),
                Row::Folder(_) => None,
            });
        let unknown = |key: &&String| !self.facts.contains_key(*key) && !self.unseen.contains(*key);
        let keys: Vec<String> = objects.filter(unknown).cloned().collect();
        let instructed = keys.iter().filter(|key| self.listing.is_instructed(key));
        let instructed = instructed.cloned().collect();
        (!keys.is_empty()).then_some(Effect::Send(Intent::Glance { keys, instructed }))
    }

    fn take(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Routed(route) => self.routed(route),
            Msg::Configured(config) => {
                match config {
                    Ok(config) => {
                        apply(&mut self.form, &config.form);
                        // A link names its own place.
                        match &self.route {
                            Route::Connect(link) => apply(&mut self.form, link),
                            Route::Browse { bucket, prefix } => {
                                (self.form.bucket, self.form.prefix) = (bucket.clone(), prefix.clone());
                            }
                            _ => {}
                        }
                        self.config = config;
                        return self.use_presets();
                    }
                    Err(mistake) => self.notice = Some(text::config_mistake(&mistake)),
                }
                Vec::new()
            }
            Msg::Remembered(recent) => {
                self.recent = recent;
                Vec::new()
            }
            Msg::VerdictsRead(verdicts) => {
                self.verdicts = verdicts;
                Vec::new()
            }
            Msg::FormChanged(form) => {
                self.form = form;
                Vec::new()
            }
            Msg::ProviderChosen(provider) => {
                self.choose_provider(provider);
                Vec::new()
            }
            Msg::CredentialsRead(profiles) => {
                self.announcement = text::credentials_read(&profiles);
                self.profiles = profiles;
                self.choose_profile(0);
                Vec::new()
            }
            Msg::ProfileChosen(profile) => {
                self.choose_profile(profile);
                Vec::new()
            }
            Msg::FormRefused(problem) => {
                self.connection = Connection::Failed(problem);
                Vec::new()
            }
            Msg::ConnectAsked(credentials) => {
                self.connection = Connection::Connecting;
                self.storage.diagnosis.clear();
                self.announcement = text::CONNECTING.into();
                vec![Effect::Send(Intent::Connect {
                    target: self.form.clone(),
                    credentials,
                })]
            }
            Msg::DisconnectAsked => vec![Effect::Send(Intent::Disconnect)],
            Msg::FolderOpened(prefix) => match self.target() {
                Some(target) => vec![Effect::Go(Route::Browse {
                    bucket: target.bucket.clone(),
                    prefix,
                })],
                None => Vec::new(),
            },
            Msg::Refreshed => {
                (self.facts, self.unseen, self.locked) = Default::default();
                self.open_folder(&self.listing.prefix.clone())
            }
            Msg::Scrolled(row) => {
                self.first_row = row;
                self.load_more()
            }
            Msg::Filtered(filter) => {
                self.listing.filter = filter;
                self.listing.arrange();
                self.selection.keep_shown(&self.listing.rows());
                self.first_row = 0;
                Vec::new()
            }
            Msg::Sorted(column) => {
                self.listing.descending = self.listing.column == column && !self.listing.descending;
                self.listing.column = column;
                self.listing.arrange();
                Vec::new()
            }
            Msg::DetailsAsked(key) => {
                self.details = Details::Looking(key.clone());
                vec![Effect::Send(Intent::Look { key })]
            }
            Msg::DetailsClosed => {
                self.details = Details::Closed;
                Vec::new()
            }
            Msg::PreviewAsked(key) => self.preview(key),
            Msg::PreviewClosed => vec![self.stop_preview()],
            Msg::DownloadAsked {
                key,
                save,
                as_stored,
                unlocked,
            } => {
                let size = self.listing.rows().iter().find_map(|row| match row {
                    Row::Object(object) if object.key == key => Some(object.size),
                    _ => None,
                });
                // Only what was on the screen can have been agreed to.
                let unlocked = match &self.details {
                    Details::Open(facts) if unlocked && facts.key == key => facts.cse.risks.clone(),
                    _ => Vec::new(),
                };
                vec![Effect::Send(Intent::Download {
                    key,
                    size,
                    save,
                    as_stored,
                    unlocked,
                })]
            }
            Msg::DeleteAsked(key) => {
                self.dialog = Some(Dialog::Delete(key));
                Vec::new()
            }
            Msg::Selection(msg) => self.selection(msg),
            Msg::Confirmed => self.confirmed(Existing::Replace),
            Msg::SkipExisting => self.confirmed(Existing::Skip),
            Msg::Dismissed => match self.dialog.take() {
                Some(Dialog::Conflicts { batch, .. } | Dialog::NeedKey { batch, .. }) => {
                    self.uploads.0.remove(&batch);
                    vec![Effect::Send(Intent::DropBatch(batch))]
                }
                Some(Dialog::DeleteMany { .. }) => vec![Effect::Send(Intent::StopMany)],
                _ => Vec::new(),
            },
            Msg::Dragged(over) => {
                self.dragging = over;
                Vec::new()
            }
            Msg::EncryptionSwitched(on) => {
                if on {
                    self.encryption_off = false;
                } else {
                    self.dialog = Some(Dialog::EncryptionOff);
                }
                Vec::new()
            }
            Msg::KeyPasted(something) => {
                self.key_pasted = something;
                Vec::new()
            }
            Msg::ChecksChosen(checks) => {
                (self.checks, self.checks_chosen) = (checks, true);
                vec![Effect::Send(Intent::SetChecks(checks))]
            }
            Msg::KeySetting(setting) => self.set(setting),
            Msg::KeyNamesGiven {
                id,
                namespace,
                name,
                padding,
            } => {
                self.key_problem = None;
                vec![Effect::Send(Intent::NameKey {
                    id,
                    namespace,
                    name,
                    padding,
                })]
            }
            Msg::KeyAsked(intent, activate) => {
                self.key_problem = None;
                self.activate_next = activate;
                vec![Effect::Send(intent)]
            }
            Msg::KeyChosen(id) => self.use_key(id),
            Msg::KmsChosen => self.use_kms(),
            Msg::AlsoFor(recipient, add) => {
                self.add_recipient(recipient, add);
                Vec::new()
            }
            Msg::KeyRemovalAsked(id) => {
                self.dialog = self
                    .keys
                    .iter()
                    .find(|key| key.id == id)
                    .cloned()
                    .map(Dialog::RemoveKey);
                Vec::new()
            }
            Msg::TransferAsked(intent) => vec![Effect::Send(intent)],
            Msg::TransfersHeld(by, held) => {
                self.transfers.hold(by, held);
                Vec::new()
            }
            Msg::CancelAllAsked => {
                self.dialog = Some(Dialog::CancelAll);
                Vec::new()
            }
            Msg::Queue(msg) => self.transfers.update(msg),
            Msg::FinishedRemoved => vec![Effect::Send(Intent::Remove(self.transfers.ended()))],
            Msg::BucketCheckAsked { create } => {
                self.bucket = BucketReport::Checking { by_test_object: create };
                vec![Effect::Send(if create {
                    Intent::CreateTestObject
                } else {
                    Intent::CheckBucket
                })]
            }
            Msg::CustomerKeyGiven { object, key } => {
                self.details = Details::Looking(object.clone());
                vec![Effect::Send(Intent::Storage(StorageIntent::UseCustomerKey {
                    object,
                    key,
                }))]
            }
            Msg::CustomerKeyRefused(object) => {
                self.details = Details::Failed(object, Problem::CustomerKeyUnreadable);
                Vec::new()
            }
            Msg::Leftovers(msg) => {
                let (question, effects) = self.leftovers.update(msg);
                self.dialog = question.or(self.dialog.take());
                effects
            }
            Msg::Storage(msg) => self.storage.update(msg),
            Msg::WentWrong(problem) => {
                self.problem = Some(problem);
                Vec::new()
            }
            Msg::ProblemClosed => {
                self.problem = None;
                Vec::new()
            }
            Msg::Driver(event) => self.heard(event),
        }
    }

    /// Key of the object's instruction file, if it has one that it needs: of that name alone there may be others.
    pub fn instruction_file(&self, key: &str) -> Option<String> {
        self.facts.get(key)?.cse.more.instruction_file.clone()
    }

    fn routed(&mut self, route: Route) -> Vec<Effect> {
        let open = match &route {
            Route::Connect(link) => {
                apply(&mut self.form, link);
                None
            }
            Route::Browse { bucket, prefix } => match self.target() {
                Some(target) if target.bucket == *bucket => {
                    (self.listing.prefix != *prefix || self.listing.loaded() == 0).then(|| prefix.clone())
                }
                _ => {
                    (self.form.bucket, self.form.prefix) = (bucket.clone(), prefix.clone());
                    None
                }
            },
            Route::Bucket { bucket } => {
                if self.target().is_none() && !bucket.is_empty() {
                    self.form.bucket = bucket.clone();
                }
                // Who comes here wants to know, and HEAD changes nothing.
                if self.target().is_some() && matches!(self.bucket, BucketReport::Unknown) {
                    self.route = route;
                    let mut effects = self.take(Msg::BucketCheckAsked { create: false });
                    effects.extend(self.storage.update(StorageMsg::CorsAsked { full: false }));
                    return effects;
                }
                None
            }
            Route::Transfers | Route::Keys => None,
        };
        // Another page is another list, at its start.
        if std::mem::discriminant(&self.route) != std::mem::discriminant(&route) {
            self.first_row = 0;
            self.transfers.reopen();
        }
        self.route = route;
        open.map_or_else(Vec::new, |prefix| self.open_folder(&prefix))
    }

    fn open_folder(&mut self, prefix: &str) -> Vec<Effect> {
        let (column, descending) = (self.listing.column, self.listing.descending);
        self.listing = Listing::open(prefix);
        self.selection.clear();
        (self.listing.column, self.listing.descending) = (column, descending);
        (self.first_row, self.loading, self.details) = (0, Loading::Busy, Details::Closed);
        vec![Effect::Send(Intent::List {
            prefix: prefix.to_owned(),
            continuation: None,
        })]
    }

    /// The next page, when the end of what is loaded comes in sight.
    fn load_more(&mut self) -> Vec<Effect> {
        let near_the_end = self.first_row + 100 >= self.listing.rows().len();
        match self.listing.next.clone() {
            Some(token) if near_the_end && self.loading == Loading::Idle => {
                self.loading = Loading::Busy;
                vec![Effect::Send(Intent::List {
                    prefix: self.listing.prefix.clone(),
                    continuation: Some(token),
                })]
            }
            _ => Vec::new(),
        }
    }

    fn choose_provider(&mut self, provider: Provider) {
        let preset = provider.preset();
        self.form.provider = provider;
        (self.form.region, self.form.style) = (preset.region.to_owned(), preset.style);
        if !preset.endpoint.is_empty() {
            self.form.endpoint = preset.endpoint.to_owned();
        }
    }

    fn choose_profile(&mut self, profile: usize) {
        self.profile = profile;
        if let Some(region) = self.profiles.get(profile).and_then(|profile| profile.region.clone()) {
            self.form.region = region;
        }
    }

    fn use_key(&mut self, id: KeyId) -> Vec<Effect> {
        if !self.keys.iter().any(|key| key.id == id && key.saved) {
            return Vec::new();
        }
        self.activate(Recipient::Key(id));
        self.announcement = self
            .active_key()
            .map(|key| text::key_in_use(&key.label))
            .unwrap_or_default();
        self.start_waiting()
    }

    /// What a portal says of formats, and the public key of a drop-box.
    fn use_presets(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let first = self.config.formats.first().copied();
        if let Some(format) = first.filter(|_| !self.config.formats.contains(&self.format)) {
            effects.extend(self.choose_format(format));
        }
        if let Some(key) = &self.config.public_key {
            self.activate_next = true;
            effects.push(Effect::Send(key.intent()));
        }
        effects
    }

    fn use_kms(&mut self) -> Vec<Effect> {
        let Some(arn) = &self.kms else { return Vec::new() };
        self.announcement = text::key_in_use(arn);
        self.activate(Recipient::Kms);
        self.start_waiting()
    }

    /// Uploads the files that wait for a key, if it is clear how.
    fn start_waiting(&mut self) -> Vec<Effect> {
        let waiting = self.uploads.waiting_for_key().into_iter();
        waiting.flat_map(|batch| self.upload(batch, Existing::Ask)).collect()
    }

    /// Asks the driver to upload a batch, if it is clear how; else it waits for a key.
    fn upload(&mut self, id: BatchId, existing: Existing) -> Vec<Effect> {
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

    /// Opens the next question about picked files, one at a time.
    fn ask(&mut self) {
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
            Step::NeedsKey | Step::Asked => Dialog::NeedKey {
                batch,
                files: waiting.files,
            },
        });
    }

    fn confirmed(&mut self, existing: Existing) -> Vec<Effect> {
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

    fn picked(&mut self, batch: BatchId, entries: &[PickedEntry], unreadable: &[String]) -> Vec<Effect> {
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

    fn heard(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Connected { target, page, warnings } => {
                recent::remember(&mut self.recent, target.clone());
                self.announcement = text::connected(&target.bucket);
                let route = Route::Browse {
                    bucket: target.bucket.clone(),
                    prefix: target.prefix.clone(),
                };
                self.listing = Listing::open(&target.prefix);
                self.listing.add(page);
                self.selection = Selection::default();
                (self.loading, self.first_row) = (Loading::Idle, 0);
                (self.facts, self.unseen, self.locked, self.details, self.bucket) = Default::default();
                self.storage = Storage::for_target(&target);
                self.leftovers = Leftovers::default();
                // Where TLS does not guard the way, the storage compares what arrived; unless the person chose otherwise.
                if !self.checks_chosen {
                    let is_plain = warnings.iter().any(|it| matches!(it, Problem::PlainHttp { .. }));
                    self.checks.integrity = if is_plain {
                        Integrity::ContentMd5
                    } else {
                        Integrity::Off
                    };
                }
                self.connection = Connection::On { target, warnings };
                self.credentials_wanted = None;
                self.profiles.clear();
                return vec![
                    Effect::Remember(self.recent.clone()),
                    Effect::Send(Intent::SetChecks(self.checks)),
                    Effect::Go(route),
                ];
            }
            Event::ConnectFailed(problem) => self.connection = Connection::Failed(problem),
            Event::CredentialsWanted(problem) => {
                self.announcement = text::CREDENTIALS_WANTED.into();
                self.credentials_wanted = Some(problem);
            }
            Event::ClockCorrected(seconds) => {
                if let Connection::On { warnings, .. } = &mut self.connection {
                    warnings.retain(|warning| !matches!(warning, Problem::ClockSkew { .. }));
                    warnings.push(Problem::ClockSkew { seconds });
                }
            }
            Event::Disconnected => {
                self.credentials_wanted = None;
                (self.connection, self.listing, self.uploads, self.unfinished) = Default::default();
                self.dialog = None;
                self.selection = Selection::default();
                (self.facts, self.unseen, self.locked, self.details, self.bucket) = Default::default();
                (self.storage, self.leftovers) = Default::default();
                return vec![Effect::Go(Route::Connect(Link::default()))];
            }
            Event::Listed {
                prefix,
                continuation,
                page,
            } => {
                if prefix == self.listing.prefix && (continuation.is_none() || continuation == self.listing.next) {
                    if continuation.is_none() {
                        self.listing.clear();
                    }
                    self.listing.add(page);
                    self.loading = Loading::Idle;
                    return self.load_more();
                }
            }
            Event::ListFailed { prefix, problem } => {
                if prefix == self.listing.prefix {
                    self.loading = Loading::Failed(problem);
                }
            }
            Event::Looked(facts) => {
                if matches!(&self.details, Details::Looking(key) if *key == facts.key) {
                    self.details = Details::Open(facts.clone());
                }
                self.locked.remove(&facts.key);
                self.facts.insert(facts.key.clone(), facts);
            }
            Event::LookFailed { key, problem } => {
                self.unseen.insert(key.clone());
                if problem == Problem::CustomerKeyNeeded {
                    self.locked.insert(key.clone());
                }
                if matches!(&self.details, Details::Looking(looking) if *looking == key) {
                    self.details = Details::Failed(key, problem);
                }
            }
            Event::Many(event) => return self.heard_of_many(event),
            event @ (Event::Previewed(_) | Event::PreviewFailed { .. }) => self.previewed(event),
            Event::Deleted { key } => {
                self.selection.remove(&key);
                self.listing.remove(&key);
                self.facts.remove(&key);
                self.details = Details::Closed;
                self.announcement = text::deleted(&key);
            }
            Event::DeleteFailed { problem, .. } => self.problem = Some(problem),
            Event::KeyAdded(key) => {
                let id = key.id;
                self.announcement = text::key_added(&key);
                self.keys.push(key);
                self.key_pasted = false;
                if std::mem::take(&mut self.activate_next) {
                    return self.use_key(id);
                }
            }
            Event::KmsReady(key_arn) => {
                self.kms = Some(key_arn);
                return self.use_kms();
            }
            Event::KeyNamed(key) => {
                self.announcement = text::keys::named(&key);
                if let Some(known) = self.keys.iter_mut().find(|known| known.id == key.id) {
                    *known = key;
                }
            }
            Event::KeyRefused(problem) => self.key_problem = Some(problem),
            Event::KeySaved(id) => {
                self.keys
                    .iter_mut()
                    .filter(|key| key.id == id)
                    .for_each(|key| key.saved = true);
                self.announcement = text::KEY_SAVED.into();
            }
            Event::KeyRemoved(id) => {
                self.keys.retain(|key| key.id != id);
                self.forget_recipient(Recipient::Key(id));
            }
            Event::Picked {
                batch,
                entries,
                unreadable,
            } => return self.picked(batch, &entries, &unreadable),
            Event::Conflicts { batch, keys, .. } => match self.uploads.0.get_mut(&batch) {
                Some(known) => known.step = Step::Conflict(keys),
                // Given up meanwhile: nobody would answer for it.
                None => return vec![Effect::Send(Intent::DropBatch(batch))],
            },
            Event::UploadRefused { batch, problem } => {
                self.problem = Some(problem);
                self.uploads.0.remove(&batch);
                return vec![Effect::Send(Intent::DropBatch(batch))];
            }
            Event::Transfers(changes) => {
                let uploaded = self.transfers.apply(changes);
                for facts in &uploaded {
                    self.listing.put(
                        &facts.key,
                        facts.size,
                        facts.last_modified.as_deref().unwrap_or_default(),
                    );
                    if facts.sse == SseState::Unconfirmed && !self.storage.upload_doubt_told {
                        // Once for a wish: the badges say it of every file.
                        self.storage.upload_doubt_told = true;
                        self.problem = Some(Problem::SseUnconfirmed { key: facts.key.clone() });
                    }
                    // Of what nobody looked at yet, nothing is known that a row could show.
                    if facts.sse != SseState::Unknown {
                        self.facts.insert(facts.key.clone(), facts.clone());
                    }
                }
                if !uploaded.is_empty() {
                    self.listing.arrange();
                }
                if let Some(news) = self.transfers.news() {
                    self.announcement = news;
                }
            }
            Event::Unfinished(unfinished) => self.unfinished = unfinished,
            Event::UnfinishedProblem(problem) => self.problem = Some(problem),
            Event::Pace(pace) => self.transfers.pace = pace,
            Event::TransfersRemoved(ids) => self.transfers.remove(&ids),
            // A look that was overtaken by the wish for a test object.
            Event::BucketChecked {
                by_test_object: false, ..
            } if matches!(self.bucket, BucketReport::Checking { by_test_object: true }) => {}
            Event::BucketChecked {
                facts,
                by_test_object,
                at,
            } => {
                let judged = BucketSse::judge(facts.iter().map(|facts| &facts.sse));
                let judged = judged.weigh(self.storage.claims(by_test_object));
                self.bucket = BucketReport::Known {
                    facts,
                    by_test_object,
                    at,
                };
                // An empty bucket says nothing new: what a test object showed earlier stays.
                if let Some(target) = self.target().filter(|_| judged != BucketSse::Empty) {
                    let verdict = Verdict::new(target, &judged, by_test_object, at);
                    verdicts::remember(&mut self.verdicts, verdict);
                    return vec![Effect::KeepVerdicts(self.verdicts.clone())];
                }
            }
            Event::Leftovers(event) => self.leftovers.heard(event),
            Event::Storage(event) => self.storage.heard(event),
            Event::BucketCheckFailed(problem) => self.bucket = BucketReport::Failed(problem),
        }
        Vec::new()
    }
}

/// Fills the form with what a link or the portal's presets name.
fn apply(form: &mut Target, link: &Link) {
    if let Some(provider) = link.provider {
        let preset = provider.preset();
        form.provider = provider;
        form.endpoint = preset.endpoint.to_owned();
        (form.region, form.style) = (preset.region.to_owned(), preset.style);
    }
    for (field, value) in [
        (&mut form.endpoint, &link.endpoint),
        (&mut form.region, &link.region),
        (&mut form.bucket, &link.bucket),
        (&mut form.prefix, &link.prefix),
    ] {
        if let Some(value) = value {
            field.clone_from(value);
        }
    }
    if let Some(style) = link.style {
        form.style = style;
    }
}

#[cfg(test)]
mod recipients_tests;
#[cfg(test)]
mod selection_tests;
#[cfg(test)]
mod tests;
