//! Every sentence of the app, in one place, ready for a second language. What happened, whose move it is, what next.

mod badges;
pub mod checks;
pub mod cse;
pub mod downloads;
pub mod keys;
pub mod leftovers;
pub mod preview;
mod problem;
pub mod storage;
pub mod transfers;
pub mod unfinished;

use std::rc::Rc;

use super::format;
use crate::driver::{KeyInfo, KeyKind, ObjectFacts, TransferInfo, TransferState, Unfinished, Vouched, WriteFormat};
use crate::s3::{AddressingStyle, CredentialsFileError, Profile};

pub use badges::{bucket_sse, cse, sse, sse_meaning};
pub use problem::problem;

/// Connecting.
pub const CONNECTING: &str = "Connecting…";
/// Key saved.
pub const KEY_SAVED: &str = "Key file saved. Keep it somewhere safe: without it nobody can read your files.";
/// Tagline.
pub const TAGLINE: &str = "Files are encrypted in this browser and go straight to your bucket.";
/// Not connected.
pub const NOT_CONNECTED: &str = "Not connected to a bucket yet.";
/// Keys intro.
pub const KEYS_INTRO: &str = "Your key encrypts files before they leave this computer. It stays in this page's memory only: \
    if you lose the key file, your files are lost, and nobody can help.";
/// Save first.
pub const SAVE_FIRST: &str = "Save the key file first; then the key can be used.";
/// Key shapes.
pub const KEY_SHAPES: &str = "32 raw bytes, 64 hex digits, base64, or an RSA key in PEM.";
/// Off title.
pub const OFF_TITLE: &str = "Upload without encryption?";
/// Off body.
pub const OFF_BODY: &str = "New files will be stored as they are. Everybody who can read the bucket, and the storage's \
    operators, can read them.";
/// Encryption is off.
pub const ENCRYPTION_IS_OFF: &str = "Encryption is off: new files are stored as they are.";
/// No key yet.
pub const NO_KEY_YET: &str = "Choose a key before you upload: files are encrypted with it.";
/// Empty folder.
pub const EMPTY_FOLDER: &str = "Nothing here yet. Drop files or folders anywhere on this page.";
/// Shown while a file is dragged over the page before there is a bucket.
pub const DROP_CREDENTIALS: &str = "Drop a credentials file";
/// Opens a risky object.
pub const UNLOCK: &str = "Unlock and download";
/// Introduces the risks.
pub const LOCKED: &str = "An older format, which stays closed unless you unlock it:";

/// Field.
pub const PASSPHRASE: &str = "Passphrase";
/// Fills the field with random words.
pub const SUGGEST_PASSPHRASE: &str = "Suggest a passphrase";
/// Takes the passphrase.
pub const USE_PASSPHRASE: &str = "Use passphrase";
/// Makes an RSA pair.
pub const GENERATE_PAIR: &str = "Generate key pair";
/// Saves the half that may be given away.
pub const SAVE_PUBLIC_KEY: &str = "Save public key";
/// Heading.
pub const KMS: &str = "AWS KMS";
/// What it is for.
pub const KMS_HINT: &str = "Data keys come from a key that KMS keeps (CSE-KMS), asked for with this connection's credentials. AWS's own KMS allows no web pages: it works through an endpoint that answers with CORS.";
/// Field.
pub const KMS_KEY: &str = "KMS key ID or ARN";
/// Field.
pub const KMS_ENDPOINT: &str = "KMS endpoint URL";
/// Takes the KMS key.
pub const USE_KMS: &str = "Use KMS key";
/// Heading over the format.
pub const WRITE_AS: &str = "How new files are written";
/// Field.
pub const FORMAT: &str = "Format";

/// Name of a format.
pub fn format_name(format: WriteFormat) -> &'static str {
    match format {
        WriteFormat::Esdk => "AWS Encryption SDK (0x0478)",
        WriteFormat::EsdkSigned => "AWS Encryption SDK, signed (0x0578)",
        WriteFormat::S3ecV3 => "Amazon S3 Encryption Client V3",
        WriteFormat::S3ecV2 => "Amazon S3 Encryption Client V2 (older readers)",
    }
}

/// What to know about it.
pub fn format_hint(format: WriteFormat) -> &'static str {
    match format {
        WriteFormat::Esdk => {
            "All in the object itself; read piece by piece by the AWS Encryption SDK, from Python to Java."
        }
        WriteFormat::EsdkSigned => {
            "For readers that demand a signature; it proves no sender. Made in order while the file is sent: an upload that is \
            stopped starts over under a fresh data key, and nothing of such an object is shown before all of it was checked."
        }
        WriteFormat::S3ecV3 => {
            "Key and parameters in the object's metadata; read by clients since December 2025. Copies must keep metadata."
        }
        WriteFormat::S3ecV2 => {
            "For readers older than December 2025. No key commitment: current clients refuse it unless told otherwise."
        }
    }
}

/// What a key is.
pub fn key_kind(kind: KeyKind) -> String {
    match kind {
        KeyKind::Aes => "AES-256".into(),
        KeyKind::RsaPrivate { bits } => format!("RSA {bits}, key pair"),
        KeyKind::RsaPublic { bits } => format!("RSA {bits}, public key only"),
    }
}

/// What a public key alone is good for.
pub const DROP_BOX: &str = "Drop-box: this page can encrypt for the owner of the private key, but cannot read back. Everyone may have a public key, so nothing proves who sent such an object.";

/// Which of several sets of credentials.
pub const PROFILE: &str = "Profile";

/// What a credentials file held.
pub fn credentials_read(profiles: &[Profile]) -> String {
    let names: Vec<_> = profiles.iter().map(|profile| profile.name.as_str()).collect();
    format!("Credentials read: {}.", names.join(", "))
}

/// Config mistake.
pub fn config_mistake(mistake: &str) -> String {
    format!(
        "This portal's config.json cannot be used and is ignored: {mistake}. Reload the page; if that does not help, tell whoever \
        runs this portal."
    )
}

/// Connected.
pub fn connected(bucket: &str) -> String {
    format!("Connected to {bucket}.")
}

/// The address is of another bucket.
pub fn another_bucket(named: &str, connected: &str) -> String {
    format!("This address is of the bucket {named}, but {connected} is connected. Connect to {named} to see it.")
}

/// To the connected bucket.
pub fn back_to(bucket: &str) -> String {
    format!("Back to {bucket}")
}

/// While another bucket is tried, or could not be connected.
pub fn still_connected(bucket: &str) -> String {
    format!("Still connected to {bucket}.")
}

/// Deleted.
pub fn deleted(key: &str) -> String {
    format!("Deleted {key}.")
}

/// Key in use.
pub fn key_in_use(label: &str) -> String {
    format!("New files will be encrypted with {label}.")
}

/// Key added.
pub fn key_added(key: &KeyInfo) -> String {
    format!("Key {} added, fingerprint {}.", key.label, key.fingerprint)
}

/// A text was copied.
pub const COPIED: &str = "Copied.";
/// It was not.
pub const NOT_COPIED: &str = "This page may not copy: select the text, and copy it with the keyboard.";

/// Unreadable.
pub fn unreadable(paths: &[String]) -> String {
    let first: Vec<_> = paths.iter().take(5).map(String::as_str).collect();
    let first = first.join(", ");
    match paths.len() {
        1 => format!("A file or folder could not be read: {first}."),
        more => format!(
            "{} files or folders could not be read: {first}.",
            format::count(more as u64)
        ),
    }
}

/// Transfers started.
pub fn transfers_started(count: usize) -> String {
    match count {
        1 => "A transfer started.".into(),
        _ => format!("{} transfers started.", format::count(count as u64)),
    }
}

/// Transfers quarter.
pub fn transfers_quarter(percent: u64) -> String {
    format!("Transfers {percent} percent done.")
}

/// Transfers ended.
pub fn transfers_ended(done: usize, failed: usize) -> String {
    if failed == 0 {
        format!("All transfers ended: {done} done.")
    } else {
        format!("Transfers ended: {done} done, {failed} failed.")
    }
}

/// Conflicts.
pub fn conflicts(existing: usize, total: usize) -> String {
    match (existing, total) {
        (1, 1) => "This file already exists in the bucket.".into(),
        (1, _) => format!(
            "{existing} of {} files already exists in the bucket.",
            format::count(total as u64)
        ),
        _ => format!(
            "{} of {} files already exist in the bucket.",
            format::count(existing as u64),
            format::count(total as u64)
        ),
    }
}

/// The word for a transfer's state.
pub fn state(state: &TransferState) -> &'static str {
    match state {
        TransferState::Queued => "Queued",
        TransferState::Preparing => "Preparing",
        TransferState::Running => "Running",
        TransferState::Paused => "Paused",
        TransferState::Waiting(_) => "Waiting to try again",
        TransferState::Verifying => "Verifying",
        TransferState::Done => "Done",
        TransferState::Failed(_) => "Failed",
        TransferState::Cancelled => "Cancelled",
    }
}

/// A label.
pub const DROP_HERE: &str = "Drop to upload into this folder";
/// A label.
pub const SKIP: &str = "Skip to content";
/// A label.
pub const PLACES: &str = "Places";
/// A label.
pub const BROWSE: &str = "Browse";
/// A label.
pub const TRANSFERS: &str = "Transfers";
/// A label.
pub const KEYS: &str = "Keys";
/// A label.
pub const BUCKET: &str = "Bucket encryption";
/// A label.
pub const CONNECTION: &str = "Connection";
/// A label.
pub const CLOSE: &str = "Close";
/// A label.
pub const CONNECT_TITLE: &str = "Connect to a bucket";
/// A group of fields.
pub const STORAGE: &str = "Storage and bucket";
/// A group of fields.
pub const ACCESS_KEYS: &str = "Access keys";
/// A label.
pub const PROVIDER: &str = "Provider";
/// A label.
pub const STYLE: &str = "Addressing style";
/// A label.
pub const ENDPOINT: &str = "Endpoint URL";
/// A label.
pub const REGION: &str = "Region";
/// A label.
pub const BUCKET_NAME: &str = "Bucket";
/// A label.
pub const PREFIX: &str = "Prefix";
/// A label.
pub const OPTIONAL: &str = "optional";
/// A label.
pub const ACCESS_KEY_ID: &str = "Access key ID";
/// A label.
pub const SECRET_ACCESS_KEY: &str = "Secret access key";
/// A label.
pub const SESSION_TOKEN: &str = "Session token";
/// A label.
pub const CREDENTIALS_FILE: &str = "Credentials file";
/// A label.
pub const CREDENTIALS_STAY: &str =
    "Credentials stay in this page's memory and sign requests here. They are never stored or sent to anyone else.";
/// Transfers wait for other credentials.
pub const CREDENTIALS_WANTED: &str = "Transfers are paused until there are other credentials.";
/// A label.
pub const ENTER_CREDENTIALS: &str = "Enter new credentials";
/// A label.
pub const CONNECT: &str = "Connect";
/// A label.
pub const DISCONNECT: &str = "Disconnect";
/// A label.
pub const RECENT: &str = "Recent buckets";
/// A label.
pub const NO_FILE: &str = "No file was chosen.";
/// A label.
pub const CONFLICTS_TITLE: &str = "Some files exist already";
/// A label.
pub const REPLACE: &str = "Replace existing";
/// A label.
pub const SKIP_EXISTING: &str = "Skip existing";
/// Stop for now.
pub const PAUSE: &str = "Pause";
/// Go on.
pub const RESUME: &str = "Resume";
/// Stop all for now.
pub const PAUSE_ALL: &str = "Pause all";
/// Go on with all.
pub const RESUME_ALL: &str = "Resume all";
/// Uploads that an earlier page left.
pub const UNFINISHED: &str = "Unfinished uploads";
/// What to do with them.
pub const UNFINISHED_HINT: &str = "Interrupted when the page was closed. Resume, or choose the same file again, and the upload goes on where it stopped, once what was sent has been compared with the file.";
/// Opens the file chooser.
pub const CHOOSE_AGAIN: &str = "Choose the file again";
/// Remove what was sent.
pub const DISCARD: &str = "Discard";

/// Size, age and key of an unfinished upload; the fingerprint follows.
pub fn unfinished(left: &Unfinished, started: &str) -> String {
    let plain = left.fingerprint.is_empty();
    let over = match (left.starts_over, plain) {
        (true, true) => ", starts over, because the storage's ETags do not prove what was sent",
        (true, false) => ", is signed and so starts over under a fresh data key",
        (false, _) => "",
    };
    let key = if plain {
        ", without client-side encryption"
    } else {
        ", needs the key"
    };
    format!("{}, begun {started}{over}{key}", format::size(left.size))
}

/// A label.
pub const CANCEL: &str = "Cancel";
/// A label.
pub const DELETE_TITLE: &str = "Delete for good?";
/// A label.
pub const DELETE_OBJECT: &str = "Delete object";
/// A label.
pub const TURN_OFF: &str = "Turn encryption off";
/// A label.
pub const REMOVE_KEY_TITLE: &str = "Forget this key?";
/// A label.
pub const REMOVE_KEY: &str = "Forget key";
/// A label.
pub const NEED_KEY_TITLE: &str = "Choose a key first";
/// A label.
pub const CHOOSE_KEY: &str = "Choose a key";
/// A label.
pub const NO_KEYS: &str = "No keys yet. Generate one, or load one you have.";
/// A label.
pub const ADD_KEY: &str = "Add a key";
/// A label.
pub const LABEL: &str = "Label";
/// A label.
pub const KEY_FILE: &str = "Key file";
/// A label.
pub const PASTE_KEY: &str = "Paste key";
/// A label.
pub const USE_KEY: &str = "Use key";
/// A label.
pub const NAMES_FOR_LIBRARIES: &str = "Names for the official libraries";
/// A label.
pub const NAMES_HINT: &str = "The AWS Encryption SDK opens an object only if its keyring has the same namespace and name. The defaults are those of ABCI's documented recipe.";
/// A label.
pub const NAMESPACE: &str = "Key namespace";
/// A label.
pub const KEY_NAME: &str = "Key name";
/// A label.
pub const GENERATE_KEY: &str = "Generate key";
/// A label.
pub const IN_USE: &str = "In use";
/// A label.
pub const FINGERPRINT: &str = "Fingerprint";
/// A label.
pub const SAVE_KEY_FILE: &str = "Save key file";
/// A label.
pub const REMOVE: &str = "Remove";
/// A label.
pub const CHECK_WITH_HEAD: &str = "Check with HEAD";
/// A label.
pub const CREATE_TEST_OBJECT: &str = "Create a test object";
/// A label.
pub const TEST_OBJECT_HINT: &str =
    "The test object has a name of its own, is looked at with HEAD, and is removed again.";
/// A label.
pub const NOT_CHECKED: &str = "Not looked yet.";
/// A label.
pub const CHECKING: &str = "Looking…";
/// A label.
pub const EMPTY_BUCKET: &str =
    "The bucket has no objects, so HEAD has nothing to show. Create a test object: it is looked at and removed.";
/// A label.
pub const MIXED_BUCKET: &str = "Objects differ: some were perhaps stored before encryption was switched on.";
/// A label.
pub const UPLOAD_FILES: &str = "Upload files";
/// A label.
pub const UPLOAD_FOLDER: &str = "Upload folder";
/// A label.
pub const CHOOSE_FILES: &str = "Choose files";
/// A label.
pub const CHOOSE_FOLDER: &str = "Choose folder";
/// A label.
pub const FILTER: &str = "Filter";
/// A label.
pub const REFRESH: &str = "Refresh";
/// A label.
pub const BREADCRUMBS: &str = "Folders";
/// A label.
pub const ENCRYPTED_WITH: &str = "New files will be encrypted with";
/// A label.
pub const TURN_ENCRYPTION_OFF: &str = "Turn encryption off…";
/// A label.
pub const TURN_ENCRYPTION_ON: &str = "Turn encryption on";
/// A label.
pub const OBJECT_LIST: &str = "List of objects";
/// A label.
pub const OBJECTS: &str = "Objects";
/// A label.
pub const NAME: &str = "Name";
/// A label.
pub const SIZE: &str = "Size";
/// A label.
pub const MODIFIED: &str = "Modified";
/// A label.
pub const PROTECTION: &str = "Protection";
/// A label.
pub const ACTIONS: &str = "Actions";
/// A label.
pub const DETAILS: &str = "Details";
/// A label.
pub const DOWNLOAD: &str = "Download";
/// A label.
pub const DELETE: &str = "Delete";
/// A label.
pub const LOOKING: &str = "Looking…";
/// A label.
pub const OBJECT_DETAILS: &str = "Object details";
/// A label.
pub const NOT_VISIBLE: &str = "not visible to this page (CORS)";
/// A label.
pub const SSE: &str = "Server-side encryption";
/// A label.
pub const CSE: &str = "Client-side encryption";
/// A label.
pub const ORIGINAL_SIZE: &str = "Original size";
/// A label.
pub const UNKNOWN: &str = "unknown";
/// A label.
pub const ETAG: &str = "ETag";
/// A label.
pub const LAST_MODIFIED: &str = "Last modified";
/// A label.
pub const CHECKSUM: &str = "Checksum";
/// A label.
pub const NONE_SHOWN: &str = "none shown";
/// A label.
pub const VERSION: &str = "Version";
/// A label.
pub const USER_METADATA: &str = "User metadata";
/// A label.
pub const SAVE_AS: &str = "Save as…";
/// A label.
pub const DOWNLOAD_AS_STORED: &str = "Download as stored";
/// A label.
pub const NO_TRANSFERS: &str = "No transfers yet.";
/// A label.
pub const REMOVE_FINISHED: &str = "Remove finished";
/// A label.
pub const ALL_TRANSFERS: &str = "All transfers";
/// A label.
pub const RETRY: &str = "Retry";
/// What vouches for a file that was downloaded and decrypted.
pub fn vouched(by: Vouched) -> &'static str {
    match by {
        Vouched::Frames => "every frame verified",
        Vouched::Tag => "verified as a whole",
        Vouched::Signature => "every frame and the signature verified",
        Vouched::Nothing => "decrypted, but nothing vouches for the content: it may have been altered",
    }
}

/// An addressing style.
pub fn style(style: AddressingStyle) -> &'static str {
    match style {
        AddressingStyle::Path => "Path (host/bucket/key)",
        AddressingStyle::VirtualHosted => "Virtual host (bucket.host/key)",
    }
}

/// A credentials file that is none.
pub fn credentials_refused(error: &CredentialsFileError) -> String {
    format!("This file holds no credentials we know: {error}.")
}

/// Before deleting; with an instruction file that goes with the object, and what is known of the object.
pub fn delete_question(key: &str, instruction_file: Option<String>, facts: Option<&Rc<ObjectFacts>>) -> String {
    let instructs = facts.and_then(|facts| facts.cse.more.instructs.as_deref());
    let more = match (instruction_file, instructs) {
        (Some(file), _) => format!(" Its instruction file {file} goes with it."),
        (None, Some(of)) => {
            format!(" It is the instruction file of {of}, which nobody can read any more without it.")
        }
        (None, None) => String::new(),
    };
    format!("{key} will be removed from the bucket.{more} This cannot be undone.")
}

/// Before forgetting a key.
pub fn remove_key_question(key: &KeyInfo) -> String {
    let saved = if key.saved {
        "Make sure you still have its file."
    } else {
        "It was never saved: it will be gone for good."
    };
    format!(
        "{} ({}) will be forgotten by this page. {saved}",
        key.label, key.fingerprint
    )
}

/// Files wait for a key.
pub fn need_key(files: usize) -> String {
    match files {
        1 => "A file waits. It is encrypted before it leaves this computer, so a key comes first; it is uploaded as soon as you use one.".into(),
        _ => format!(
            "{} files wait. They are encrypted before they leave this computer, so a key comes first; they are uploaded as soon as you use one.",
            format::count(files as u64)
        ),
    }
}

/// When and how a bucket was checked.
pub fn checked_at(date: &str, by_test_object: bool) -> String {
    let how = if by_test_object {
        "a test object, removed since"
    } else {
        "objects in the bucket"
    };
    format!("By HEAD of {how}, {date}.")
}

/// While a folder is read.
pub fn loading(loaded: usize) -> String {
    if loaded == 0 {
        "Reading the folder…".into()
    } else {
        format!("{} loaded, reading on…", format::count(loaded as u64))
    }
}

/// Below a folder.
pub fn shown(shown: usize, loaded: usize, more: bool) -> String {
    let entries = if loaded == 1 { "entry" } else { "entries" };
    let (shown, loaded) = (format::count(shown as u64), format::count(loaded as u64));
    let more = if more { ", more while you scroll" } else { "" };
    if shown == loaded {
        format!("{loaded} {entries}{more}")
    } else {
        format!("{shown} of {loaded} {entries}{more}")
    }
}

/// Suite and wraps of a message.
pub fn suite(suite: &str, wraps: &[&str]) -> String {
    if wraps.is_empty() {
        suite.to_owned()
    } else {
        format!("Suite {suite}, data key wrapped with {}", wraps.join(", "))
    }
}

/// The held key that opens the object.
pub fn opens_with(label: &str, fingerprint: &str) -> String {
    format!("Opens with your key {label} ({fingerprint}).")
}

/// The object lies elsewhere than it was written.
pub fn written_as(written: &str) -> String {
    format!("This object was written as {written}: it was renamed, copied or swapped since.")
}

/// A progress bar in words.
pub fn value_text(percent: u8, info: &TransferInfo) -> String {
    let left = info
        .eta
        .map(|eta| format!(", {} left", format::duration(eta)))
        .unwrap_or_default();
    format!("{percent} percent{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(transfers_started(1), "A transfer started.");
        assert_eq!(transfers_started(1234), "1,234 transfers started.");
        assert_eq!(conflicts(1, 1), "This file already exists in the bucket.");
        assert_eq!(conflicts(1, 3), "1 of 3 files already exists in the bucket.");
        assert_eq!(conflicts(2, 3), "2 of 3 files already exist in the bucket.");
        assert!(need_key(1).starts_with("A file waits. It is") && need_key(2).starts_with("2 files wait. They are"));
        assert_eq!(
            (shown(1, 1, false), shown(1, 2, false)),
            ("1 entry".into(), "1 of 2 entries".into())
        );
        assert_eq!(unreadable(&["a".into()]), "A file or folder could not be read: a.");
    }
}
