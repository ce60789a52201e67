//! What the reducer is told, and what it has done.

use super::{Column, Hold, KeySetting, LeftoversMsg, QueueMsg, SelectionMsg, StorageMsg};
use crate::app::config::Config;
use crate::app::route::Route;
use crate::app::text::Language;
use crate::app::verdicts::Verdict;
use crate::driver::{Event, Intent, KeyId, KmsId, Problem, Recipient, SaveTo, Target, UploadChecks};
use crate::encryption::OaepPadding;
use crate::s3::{Credentials, CustomerKey, Profile, Provider};

/// What happened in the page, or in the driver.
#[derive(Debug)]
pub enum Msg {
    /// The address changed.
    Routed(Route),
    /// `config.json` was read, or is wrong.
    Configured(Result<Config, String>),
    /// Another language was chosen.
    LanguageChosen(Language),
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
    /// The person has the passphrase that was made here.
    PassphraseNoted,
    /// Encrypt with this key.
    KeyChosen(KeyId),
    /// Encrypt with this KMS key.
    KmsChosen(KmsId),
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
    /// Speak this language from now on, and on the next visit.
    Speak(Language),
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
