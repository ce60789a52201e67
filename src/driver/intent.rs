//! What the app may ask for.

use std::collections::HashSet;

use super::{BatchId, BundleInto, ContextWish, KeyId, KmsId, TransferId, Wanted, Wording};
use crate::encryption::OaepPadding;
use crate::encryption::s3ec::CommitmentPolicy;
use crate::s3::{AddressingStyle, Credentials, CustomerKey, Provider};

/// A bucket and where it lives, as typed by the person or taken from a preset or a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Which preset the connection started from; decides what the storage is known to offer.
    pub provider: Provider,
    /// `https://host[:port][/path]`.
    pub endpoint: String,
    /// SigV4 region, such as `us-east-1`.
    pub region: String,
    /// Bucket name.
    pub bucket: String,
    /// Key prefix to open first; empty, or ending in `/` for a folder.
    pub prefix: String,
    /// Whether the bucket goes into the path or the host name.
    pub style: AddressingStyle,
}

impl Target {
    /// Whether it is this bucket of this storage, whatever else differs.
    pub fn is_at(&self, endpoint: &str, bucket: &str) -> bool {
        self.endpoint == endpoint && self.bucket == bucket
    }
}

/// A prefix as a folder: whoever leaves its last slash out means no beginning of names (`inbox` is not to make
/// `inboxdata.csv`). With the slash it is taken as it is: spaces belong to names, and so does a slash at the start.
pub fn folder_prefix(text: &str) -> String {
    match text.trim() {
        "" => String::new(),
        _ if text.ends_with('/') => text.to_owned(),
        name if name.ends_with('/') => name.to_owned(),
        name => format!("{name}/"),
    }
}

/// Wrapping-key material as the person gave it. Redacted in Debug, wiped on drop.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct KeyMaterial(
    /// The bytes of a key file, or the pasted text: raw 32 bytes, 64 hex digits, or base64 of 32 bytes.
    pub Vec<u8>,
);

impl std::fmt::Debug for KeyMaterial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyMaterial(<redacted>)")
    }
}

/// One who can read what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recipient {
    /// The holder of this key (for RSA: of its private half).
    Key(KeyId),
    /// Whoever may use this KMS key.
    Kms(KmsId),
}

/// How new objects are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadEncryption {
    /// Encrypted for these, the one in use first. Objects of the S3 Encryption Client have one recipient only.
    For(Vec<Recipient>),
    /// Stored as it is. Only by a deliberate, visible choice.
    Off,
}

/// What to do with files whose key is already taken in the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Look first, and answer with [`super::Event::Conflicts`] if any exist.
    Ask,
    /// Leave those objects alone, upload the others.
    Skip,
    /// Write over them.
    Replace,
}

/// Where a download ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveTo {
    /// The browser's downloads folder, through private storage.
    Downloads,
    /// A place the person picks (File System Access). Must be sent from a click.
    Ask,
}

/// How encrypted files are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WriteFormat {
    /// AWS Encryption SDK message, suite 0x0478.
    #[default]
    Esdk,
    /// AWS Encryption SDK message, suite 0x0578: the same with a signature in its footer.
    EsdkSigned,
    /// Amazon S3 Encryption Client, format V3 (key commitment).
    S3ecV3,
    /// Amazon S3 Encryption Client, format V2, for older readers.
    S3ecV2,
}

impl WriteFormat {
    /// All of them, in the order to offer them.
    pub const ALL: [WriteFormat; 4] = [
        WriteFormat::Esdk,
        WriteFormat::EsdkSigned,
        WriteFormat::S3ecV3,
        WriteFormat::S3ecV2,
    ];

    /// Whether it is a message of the AWS Encryption SDK.
    pub fn is_message(self) -> bool {
        matches!(self, WriteFormat::Esdk | WriteFormat::EsdkSigned)
    }

    /// A word for it.
    pub fn id(self) -> &'static str {
        match self {
            WriteFormat::Esdk => "esdk",
            WriteFormat::EsdkSigned => "esdk-signed",
            WriteFormat::S3ecV3 => "s3ec-v3",
            WriteFormat::S3ecV2 => "s3ec-v2",
        }
    }
}

/// What the app asks the driver to do. Every intent is answered by at least one [`super::Event`].
#[derive(Clone, Debug)]
pub enum Intent {
    /// Check credentials, bucket and CORS by listing once. → `Connected` or `ConnectFailed`.
    Connect {
        /// Where to.
        target: Target,
        /// Who. Kept in memory by the driver only.
        credentials: Credentials,
    },
    /// Forget credentials and connection. Running transfers are cancelled. → `Disconnected`.
    Disconnect,
    /// One page of keys and common prefixes under `prefix`. → `Listed` or `ListFailed`.
    List {
        /// Prefix, delimiter `/`.
        prefix: String,
        /// Token of the previous page; `None` starts anew.
        continuation: Option<String>,
    },
    /// HEAD the object and look at its first bytes. → `Looked` or `LookFailed`.
    Look {
        /// Object key.
        key: String,
    },
    /// Delete the object, and then its instruction file. → `Deleted` or `DeleteFailed`, for each.
    Delete {
        /// Object key.
        key: String,
        /// Key of its instruction file, if it has one.
        instruction_file: Option<String>,
    },
    /// Look at these objects when nothing more urgent is to be done; takes the place of the objects named before.
    /// → `Looked` or `LookFailed` for each.
    Glance {
        /// Object keys.
        keys: Vec<String>,
        /// Those among them that have an instruction file, as the listing shows.
        instructed: HashSet<String>,
    },
    /// Read as much of the object as shows what it is, authenticated if it is encrypted. Takes the place of an earlier
    /// one. → `Previewed` or `PreviewFailed`.
    Preview {
        /// Object key.
        key: String,
    },
    /// Give up the preview being made; it is not answered any more.
    StopPreview,
    /// Use a KMS key: a data key is asked for once, to see that it works. → `KmsHeld` or `KeyRefused`
    UseKms {
        /// URL; empty for AWS's own in that region.
        endpoint: String,
        /// Region.
        region: String,
        /// Id, ARN or alias.
        key_id: String,
    },
    /// Write files that are picked from now on in this format.
    SetFormat(WriteFormat),
    /// Check uploads that begin, or go on, from now on like this.
    SetChecks(super::UploadChecks),
    /// Open objects under this key commitment policy from now on.
    SetPolicy(CommitmentPolicy),
    /// Bind this to new objects, and demand it of those that are opened if it says so.
    SetContext(ContextWish),
    /// Make an RSA key pair. It cannot be used before it was saved. → `KeyAdded` or `KeyRefused`.
    GenerateKeyPair {
        /// Name to show.
        label: String,
    },
    /// Make a random AES-256 key. It cannot be used before it was saved. → `KeyAdded`.
    GenerateKey {
        /// Name to show.
        label: String,
    },
    /// Take a key from a file or from pasted text. → `KeyAdded` or `KeyRefused`.
    AddKey {
        /// Name to show.
        label: String,
        /// Key namespace (AWS Encryption SDK); empty for the default.
        namespace: String,
        /// Key name (AWS Encryption SDK); empty for the default.
        name: String,
        /// The key itself.
        material: KeyMaterial,
        /// From a file or pasted.
        origin: super::KeyOrigin,
    },
    /// Derive a key from a passphrase, under a fresh salt. → `KeyAdded`.
    AddPassphrase {
        /// Name to show.
        label: String,
        /// The passphrase, UTF-8.
        passphrase: KeyMaterial,
        /// It was made here: nobody has it elsewhere before they say so.
        made: bool,
    },
    /// The person has the passphrase that was made here. → `KeySaved`.
    PassphraseNoted(KeyId),
    /// Give a key the names (and padding) that its reader's keyring has. → `KeyNamed` or `KeyRefused`.
    NameKey {
        /// The key.
        id: KeyId,
        /// Key namespace; empty for the default.
        namespace: String,
        /// Key name; empty for the default.
        name: String,
        /// RSA: padding of messages of the AWS Encryption SDK.
        padding: Option<OaepPadding>,
    },
    /// Hand the public half of an RSA pair to the browser as a download.
    SavePublicKey(KeyId),
    /// Hand the key file to the browser as a download. → `KeySaved`.
    SaveKeyFile(KeyId),
    /// Forget a key. → `KeyRemoved`.
    RemoveKey(KeyId),
    /// Upload the files of a batch that was announced by `Picked`. → `Conflicts` or `Queued`.
    Upload {
        /// Which files.
        batch: BatchId,
        /// Key prefix in front of every relative path.
        prefix: String,
        /// How.
        encryption: UploadEncryption,
        /// What about keys that exist.
        existing: Existing,
    },
    /// Forget a batch that was picked but not uploaded.
    DropBatch(BatchId),
    /// Download, decrypting if it is encrypted and we hold the key. → `Queued`; nothing where the person was asked for a place
    /// and chose none, `UnfinishedProblem` where the browser did not ask them.
    Download {
        /// Object key.
        key: String,
        /// Size in bytes if known from a listing, for the queue until HEAD answers.
        size: Option<u64>,
        /// Where it goes.
        save: SaveTo,
        /// Save the stored bytes as they are, without decrypting.
        as_stored: bool,
        /// The risks of this object that the person was told, and takes. Whoever exchanged it since for one with others
        /// meets a lock again.
        unlocked: Vec<&'static str>,
    },
    /// Download many objects as one transfer. → `Queued`, or `Many(Refused)`
    DownloadMany {
        /// Which.
        wanted: Vec<Wanted>,
        /// What the files' paths leave out of the keys.
        base: String,
        /// Name of the ZIP or folder, without ending.
        name: String,
        /// Where to.
        into: BundleInto,
        /// Words for what goes along.
        wording: Wording,
    },
    /// Count objects. → `Many(Counted)`, or `Many(Refused)`
    Count(Vec<Wanted>),
    /// Delete objects for good. → `Many(Deleted)`, or `Many(Refused)`
    DeleteMany(Vec<Wanted>),
    /// Count or delete no more.
    StopMany,
    /// Stop a transfer; an upload's parts are aborted in the bucket.
    Cancel(TransferId),
    /// Stop transfers for now, keeping what was sent; all, if none is named.
    Pause(Option<Vec<TransferId>>),
    /// Go on with paused transfers; all, if none is named.
    Resume(Option<Vec<TransferId>>),
    /// Ask which transfers with this bucket an earlier page left unfinished. → `Unfinished` and `UnfinishedDownloads`
    ListUnfinished,
    /// Go on with such a download. → `UnfinishedDownloads`
    ResumeDownload {
        /// Its id.
        id: String,
    },
    /// Remove what such an upload has in the bucket, or such a download in this browser, and forget it. → as `ListUnfinished`
    Discard {
        /// Its id.
        id: String,
    },
    /// Hold the SSE-C key that such an upload was begun with. → `Unfinished`, or `UnfinishedProblem` before it.
    GiveCustomerKey {
        /// Its id.
        id: String,
        /// The key; redacted in Debug.
        key: CustomerKey,
    },
    /// Start a failed or cancelled transfer again: it goes on with what was sent, if anything was kept; else from the
    /// beginning, under a fresh data key.
    Retry(TransferId),
    /// The same for all that failed.
    RetryFailed,
    /// Stop all transfers.
    CancelAll,
    /// Take ended transfers off the list.
    Remove(Vec<TransferId>),
    /// HEAD up to a handful of objects and judge the bucket's SSE. → `BucketChecked` or `BucketCheckFailed`.
    CheckBucket,
    /// About multipart uploads that were left in the bucket. → `Leftovers`.
    Leftovers(super::LeftoversIntent),
    /// About the storage itself. → `Storage`.
    Storage(super::StorageIntent),
    /// Create a test object, HEAD it, delete it. → `BucketChecked` or `BucketCheckFailed`.
    CreateTestObject,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_a_folder_with_or_without_its_slash() {
        for (typed, folder) in [
            ("", ""),
            ("  ", ""),
            ("inbox", "inbox/"),
            (" inbox ", "inbox/"),
            ("inbox/ ", "inbox/"),
            ("a/b", "a/b/"),
            ("a/b/", "a/b/"),
            (" named with a space/", " named with a space/"),
            ("/a", "/a/"),
            ("/", "/"),
        ] {
            assert_eq!(folder_prefix(typed), folder, "{typed:?}");
        }
    }
}
