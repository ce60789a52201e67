//! What the driver tells the app.

use std::rc::Rc;

use super::{Cse, KeyId, KmsInfo, Problem, Target};
use crate::encryption::OaepPadding;
use crate::s3::{Grounds, ListPage, SseState};
use crate::transfer::Pace;

/// Names one transfer of this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferId(pub u64);

/// Names a set of files picked or dropped together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BatchId(pub u64);

/// Upload or download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Into the bucket.
    Upload,
    /// Out of the bucket.
    Download,
}

/// One picked file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickedEntry {
    /// Path relative to what was picked, `/`-separated, NFC.
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// Where a key came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOrigin {
    /// Made here.
    Generated,
    /// Read from a key file.
    File,
    /// Pasted.
    Pasted,
    /// Derived from a passphrase.
    Passphrase,
}

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Raw AES-256.
    Aes,
    /// An RSA pair.
    RsaPrivate {
        /// Modulus length.
        bits: u32,
    },
    /// The public half of an RSA pair: encrypts only.
    RsaPublic {
        /// Modulus length.
        bits: u32,
    },
}

/// What may be shown of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its handle.
    pub id: KeyId,
    /// Name to show.
    pub label: String,
    /// Public fingerprint, `xxxx-xxxx-xxxx-xxxx`.
    pub fingerprint: String,
    /// Key namespace the official libraries need.
    pub namespace: String,
    /// Key name the official libraries need.
    pub name: String,
    /// What it is.
    pub kind: KeyKind,
    /// Where it came from.
    pub origin: KeyOrigin,
    /// Whether a copy exists outside this page. A generated key is not usable before.
    pub saved: bool,
    /// RSA: the padding of messages of the AWS Encryption SDK, which do not say theirs.
    pub padding: Option<OaepPadding>,
}

/// One object, looked at by HEAD and by its first bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectFacts {
    /// Object key.
    pub key: String,
    /// Stored size in bytes.
    pub size: u64,
    /// Plaintext size in bytes: authenticated only once downloaded; equals `size` where nothing is encrypted.
    pub original_size: Option<u64>,
    /// ETag, without quotes; `None` where CORS hides it.
    pub etag: Option<String>,
    /// HTTP date of the last change.
    pub last_modified: Option<String>,
    /// Media type.
    pub content_type: Option<String>,
    /// Version id, where the bucket has versions.
    pub version_id: Option<String>,
    /// `algorithm:value` of the `x-amz-checksum-*` headers.
    pub checksums: Vec<String>,
    /// User metadata, without the `x-amz-meta-` prefix.
    pub metadata: Vec<(String, String)>,
    /// Server-side encryption.
    pub sse: SseState,
    /// How it is known whether an SSE header would be visible.
    pub grounds: Grounds,
    /// The SSE headers that were seen, `name: value`.
    pub sse_headers: Vec<String>,
    /// Client-side encryption.
    pub cse: Cse,
    /// When it was looked at, milliseconds since 1970.
    pub looked_at: f64,
}

/// Where a transfer stands.
#[derive(Clone, Debug, PartialEq)]
pub enum TransferState {
    /// Not started.
    Queued,
    /// Reading the file's head, making keys, creating the multipart upload, HEAD before a download.
    Preparing,
    /// Bytes move.
    Running,
    /// Stopped by the person; can go on.
    Paused,
    /// Offline or between two tries.
    Waiting(Problem),
    /// All bytes moved; the result is being checked.
    Verifying,
    /// In the bucket, complete; or on disk, authenticated.
    Done,
    /// Ended by a problem.
    Failed(Problem),
    /// Ended by the person.
    Cancelled,
}

impl TransferState {
    /// The value of `data-state`.
    pub fn as_str(&self) -> &'static str {
        match self {
            TransferState::Queued => "queued",
            TransferState::Preparing => "preparing",
            TransferState::Running => "running",
            TransferState::Paused => "paused",
            TransferState::Waiting(_) => "waiting",
            TransferState::Verifying => "verifying",
            TransferState::Done => "done",
            TransferState::Failed(_) => "failed",
            TransferState::Cancelled => "cancelled",
        }
    }

    /// Whether it can still change by itself.
    pub fn is_over(&self) -> bool {
        matches!(
            self,
            TransferState::Done | TransferState::Failed(_) | TransferState::Cancelled
        )
    }
}

/// One transfer, as shown. Sizes are plaintext bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct TransferInfo {
    /// Its handle.
    pub id: TransferId,
    /// Which way.
    pub direction: Direction,
    /// Object key.
    pub key: String,
    /// Plaintext bytes in all, as far as known.
    pub size: u64,
    /// Plaintext bytes that have gone over the network (and, downloading, were authenticated).
    pub moved: u64,
    /// Uploading: plaintext bytes that were read and encrypted.
    pub made: u64,
    /// Bytes per second, smoothed; 0 when not running.
    pub speed: f64,
    /// Seconds left, when it can be told.
    pub eta: Option<f64>,
    /// Whether the object is (being) encrypted by us, or decrypted.
    pub encrypted: bool,
    /// Downloading: what vouches for the file once it is there; `None` where it is saved as it is stored.
    pub vouched: Option<Vouched>,
    /// Where it stands.
    pub state: TransferState,
    /// After an upload: what HEAD says.
    pub facts: Option<Rc<ObjectFacts>>,
    /// Downloaded bytes were stored under another key than they were written as.
    pub written_as: Option<String>,
    /// Many objects downloaded as one: how far that is.
    pub bundle: Option<Rc<super::BundleInfo>>,
    /// The bucket, once it has started.
    pub bucket: Rc<str>,
    /// The endpoint of its storage, likewise: there may be buckets of that name elsewhere.
    pub endpoint: Rc<str>,
    /// SHA-256 of the file: of the very bytes that were encrypted or sent, or that were handed over.
    pub sha256: FileHash,
    /// When it ended, milliseconds since 1970.
    pub ended_at: Option<f64>,
    /// Why a download that was to go on began anew.
    pub started_over: Option<StartedOver>,
}

/// The SHA-256 of a transfer's file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FileHash {
    /// Nobody asked for it, or it is made beside the rest and is not there yet.
    #[default]
    Unasked,
    /// The file is read once more for it; so many bytes were.
    Computing(u64),
    /// Hexadecimal digits.
    Known(Rc<str>),
    /// The browser could not read the file once more.
    Unread,
}

impl FileHash {
    /// It, if it is known.
    pub fn known(&self) -> Option<&Rc<str>> {
        match self {
            FileHash::Known(digits) => Some(digits),
            _ => None,
        }
    }
}

/// What vouches for the content of a file that was decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched {
    /// Every frame by itself.
    Frames,
    /// One tag over all of it.
    Tag,
    /// Every frame, and a signature over all of it.
    Signature,
    /// Nothing: a cipher without authentication. The person unlocked the object knowing that.
    Nothing,
}

/// Why a download that was to go on began anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartedOver {
    /// The object is not the one that was begun with.
    ObjectChanged,
    /// What had come is not in the browser's private storage any more.
    FileGone,
}

impl TransferInfo {
    /// One that has not started.
    pub fn new(id: TransferId, direction: Direction, key: String, size: u64, encrypted: bool) -> Self {
        TransferInfo {
            id,
            direction,
            key,
            size,
            moved: 0,
            made: 0,
            speed: 0.0,
            eta: None,
            encrypted,
            vouched: None,
            state: TransferState::Queued,
            facts: None,
            written_as: None,
            bundle: None,
            bucket: Rc::from(""),
            endpoint: Rc::from(""),
            sha256: FileHash::Unasked,
            ended_at: None,
            started_over: None,
        }
    }
}

/// An upload that an earlier page left unfinished. Picking the same file again goes on with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// Handle.
    pub id: String,
    /// Object key.
    pub key: String,
    /// Bytes of the file.
    pub size: u64,
    /// When it was begun, milliseconds since 1970.
    pub started: f64,
    /// Fingerprint of the key it needs; empty for a file that is stored as it is.
    pub fingerprint: String,
    /// Nothing of what was sent can be used, for nothing proves that it is of this file: a signature would have to be made
    /// over all of it again, or the storage's ETags say nothing about the bytes.
    pub starts_over: bool,
    /// The browser has a handle on the file: with the person's permission it needs not be chosen again.
    pub has_file: bool,
    /// It was begun with SSE-C, and that key is not held.
    pub needs_customer_key: bool,
}

/// A download that an earlier page left unfinished. What came of it lies in the browser's private storage.
#[derive(Clone, Debug, PartialEq)]
pub struct UnfinishedDownload {
    /// Handle.
    pub id: String,
    /// Object key.
    pub key: String,
    /// Bytes of the file.
    pub size: u64,
    /// Bytes of it that came.
    pub came: u64,
    /// When it was begun, milliseconds since 1970.
    pub started: f64,
    /// What came was not encrypted, or is to be saved as it is stored.
    pub is_plain: bool,
    /// Fingerprint or name of the key it needs; empty where the object does not say, or needs none.
    pub key_needed: String,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Credentials, bucket and CORS work. Carries the first page of the listing.
    Connected {
        /// Where to.
        target: Target,
        /// First page under `target.prefix`.
        page: ListPage,
        /// Things that work but are worth saying (plain http, skewed clock).
        warnings: Vec<Problem>,
    },
    /// They do not.
    ConnectFailed(Problem),
    /// The storage does not take the credentials any more: transfers are paused until there are others.
    CredentialsWanted(Problem),
    /// This computer's clock was found to be so many seconds ahead of the storage's; signatures allow for it from now on.
    /// 0 when it was set right meanwhile.
    ClockCorrected(i64),
    /// Forgotten.
    Disconnected,
    /// One page of a listing.
    Listed {
        /// Prefix asked for.
        prefix: String,
        /// Token asked with; `None` for the first page.
        continuation: Option<String>,
        /// The page.
        page: ListPage,
    },
    /// No page.
    ListFailed {
        /// Prefix asked for.
        prefix: String,
        /// Why.
        problem: Problem,
    },
    /// One object, looked at.
    Looked(Rc<ObjectFacts>),
    /// It could not be looked at.
    LookFailed {
        /// Object key.
        key: String,
        /// Why.
        problem: Problem,
    },
    /// What there is to see of an object.
    Previewed(Rc<super::Preview>),
    /// Why there is no preview.
    PreviewFailed {
        /// Object key.
        key: String,
        /// Why.
        problem: Problem,
    },
    /// Gone.
    Deleted {
        /// Object key.
        key: String,
    },
    /// Still there.
    DeleteFailed {
        /// Object key.
        key: String,
        /// Why.
        problem: Problem,
    },
    /// A key is in memory.
    KeyAdded(KeyInfo),
    /// The KMS key is held, beside those that were chosen before: under the same id, if it was one of them.
    KmsHeld(KmsInfo),
    /// A key goes by other names now.
    KeyNamed(KeyInfo),
    /// It is not a key.
    KeyRefused(Problem),
    /// The key file was handed to the browser.
    KeySaved(KeyId),
    /// Forgotten.
    KeyRemoved(KeyId),
    /// Files were picked or dropped; they wait for `Intent::Upload` or `Intent::DropBatch`.
    Picked {
        /// Their handle.
        batch: BatchId,
        /// Their paths and sizes.
        entries: Rc<Vec<PickedEntry>>,
        /// Entries that could not be read, by path.
        unreadable: Vec<String>,
    },
    /// Some of the batch's keys exist. Waits for `Intent::Upload` with `Skip` or `Replace`, or `DropBatch`.
    Conflicts {
        /// Which files.
        batch: BatchId,
        /// Keys that exist.
        keys: Rc<Vec<String>>,
        /// Files in all.
        total: usize,
    },
    /// The upload could not be prepared; the batch still waits.
    UploadRefused {
        /// Which files.
        batch: BatchId,
        /// Why.
        problem: Problem,
    },
    /// New transfers, or new states of known ones; later entries of the same id win.
    Transfers(Vec<TransferInfo>),
    /// How fast they go together; while any runs, about once a second.
    Pace(Pace),
    /// These are off the list.
    TransfersRemoved(Vec<TransferId>),
    /// What an earlier page left unfinished in this bucket.
    Unfinished(Vec<Unfinished>),
    /// Downloads from this bucket that an earlier page left unfinished.
    UnfinishedDownloads(Vec<UnfinishedDownload>),
    /// One of those could not be gone on with, or not be discarded.
    UnfinishedProblem(Problem),
    /// The bucket's SSE, judged from HEAD of real objects. No facts: the bucket is empty.
    BucketChecked {
        /// What was looked at.
        facts: Vec<Rc<ObjectFacts>>,
        /// Whether the only object looked at was our own test object, removed since.
        by_test_object: bool,
        /// When, milliseconds since 1970.
        at: f64,
    },
    /// It could not be judged.
    BucketCheckFailed(Problem),
    /// About many objects at once.
    Many(super::ManyEvent),
    /// About multipart uploads that were left in the bucket.
    Leftovers(super::LeftoversEvent),
    /// About the storage itself.
    Storage(super::StorageEvent),
}
