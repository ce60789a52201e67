//! Every sentence of the app, in one place, ready for a second language. What happened, whose move it is, what next.

pub mod checks;
pub mod cse;
pub mod downloads;
pub mod keys;
pub mod leftovers;
pub mod preview;
pub mod storage;
pub mod transfers;

use std::rc::Rc;

use super::format;
use crate::driver::{
    CseState, KeyInfo, KeyKind, ObjectFacts, Problem, TransferInfo, TransferState, Unfinished, WriteFormat,
};
use crate::s3::{AddressingStyle, BucketSse, CredentialsFileError, Profile, SseState};

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
/// Two layers.
pub const TWO_LAYERS: &str = "Two independent layers: client-side encryption (CSE) happens in your browser with your key, \
    and you can prove it. Server-side encryption (SSE) happens in the storage with its keys, and is shown here as HEAD \
    reports it.";

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
    format!("This portal's config.json has a mistake and is ignored: {mistake}. Tell whoever runs this portal.")
}

/// Connected.
pub fn connected(bucket: &str) -> String {
    format!("Connected to {bucket}.")
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

/// Unreadable.
pub fn unreadable(paths: &[String]) -> String {
    let first: Vec<_> = paths.iter().take(5).map(String::as_str).collect();
    format!(
        "{} files or folders could not be read: {}",
        paths.len(),
        first.join(", ")
    )
}

/// Transfers started.
pub fn transfers_started(count: usize) -> String {
    format!("{count} transfers started.")
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
    format!("{existing} of {total} files already exist in the bucket.")
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

/// A badge's words for an SSE state.
pub fn sse(state: &SseState) -> &'static str {
    match state {
        SseState::SseS3 => "SSE-S3 (AES256)",
        SseState::SseKms { .. } => "SSE-KMS",
        SseState::SseKmsDsse { .. } => "DSSE-KMS",
        SseState::SseC => "SSE-C",
        SseState::None => "Not encrypted by the storage",
        SseState::Hidden => "Hidden by CORS",
        SseState::NotOffered => "Not offered by this storage",
        SseState::Unconfirmed => "Asked for, not confirmed",
        SseState::Unknown => "Unknown",
    }
}

/// What an SSE state means.
pub fn sse_meaning(state: &SseState) -> &'static str {
    match state {
        SseState::SseS3 => "The storage says it encrypts this with its own keys.",
        SseState::SseKms { .. } | SseState::SseKmsDsse { .. } => {
            "The storage says it encrypts this with a key of its KMS."
        }
        SseState::SseC => "The storage encrypts this with a key the customer sends each time.",
        SseState::None => "HEAD would show the header, and it is not there: the storage keeps this as it was sent.",
        SseState::Hidden => {
            "The bucket's CORS rule does not let this page see the header. That says nothing about whether \
            the object is encrypted. Ask the bucket's owner to expose x-amz-server-side-encryption."
        }
        SseState::NotOffered => {
            "This storage has no server-side encryption. Client-side encryption protects your files."
        }
        SseState::Unconfirmed => "It was asked for on upload, but HEAD does not show it. Do not rely on it.",
        SseState::Unknown => {
            "Nothing decides it yet: the header is not visible, and the bucket's CORS rule could not be read."
        }
    }
}

/// Words for a bucket's SSE.
pub fn bucket_sse(state: &BucketSse) -> &'static str {
    match state {
        BucketSse::Empty => "Empty: nothing to look at yet",
        BucketSse::All(state) => sse(state),
        BucketSse::Mixed => "Mixed: objects differ",
    }
}

/// A badge's words for a CSE state.
pub fn cse(state: CseState) -> &'static str {
    match state {
        CseState::S3ecV1 => "S3 Encryption Client V1",
        CseState::S3ecV2 => "S3 Encryption Client V2",
        CseState::S3ecV2Cbc => "S3 Encryption Client V2 (CBC)",
        CseState::S3ecV3 => "S3 Encryption Client V3",
        CseState::Esdk => "AWS Encryption SDK",
        CseState::None => "Not encrypted by a client",
        CseState::Hidden => "Hidden by CORS",
        CseState::Unknown => "Unknown",
    }
}

/// What happened, and the next step.
pub fn problem(problem: &Problem) -> (String, String) {
    let said = |what: &str, next: &str| (what.to_owned(), next.to_owned());
    match problem {
        Problem::Offline => said(
            "This computer is offline.",
            "Transfers go on by themselves when the network is back; anything else, try again then.",
        ),
        Problem::MixedContent { endpoint } => (
            format!("This page came over https, and browsers do not let it talk to {endpoint}."),
            "Use the storage's https endpoint, or open this page from http on the same computer.".into(),
        ),
        Problem::PlainHttp { host } => (
            format!(
                "The connection to {host} is plain http: names, and files without client-side encryption, can be read on the way."
            ),
            "Use https if the storage offers it.".into(),
        ),
        Problem::BadEndpoint { endpoint } => (
            format!("“{endpoint}” is not an endpoint URL."),
            "Write it like https://s3.example.org, without a bucket or a key.".into(),
        ),
        Problem::BadBucketName { bucket } => (
            format!("“{bucket}” cannot be a bucket's name at this address."),
            "Check its spelling; try path-style addressing.".into(),
        ),
        Problem::Missing { field } => (format!("{field} is empty."), "Fill it in and connect again.".into()),
        Problem::Unreachable { endpoint } => (
            format!("Nothing answers at {endpoint}."),
            "Check the endpoint's name and port, the certificate, and whether this network reaches it (VPN, firewall)."
                .into(),
        ),
        Problem::CorsBlocked { endpoint, origin } => (
            format!("{endpoint} answers, but the browser may not read it."),
            format!(
                "Either the bucket has no CORS rule for {origin}, or the access key, the bucket name or this computer's clock is \
                wrong: many storages send such refusals without CORS. Check the key and the name first, then have the bucket's \
                owner set the CORS rule this page needs."
            ),
        ),
        Problem::UnknownAccessKey => said(
            "The storage does not know this access key ID.",
            "Check it, and the endpoint it belongs to.",
        ),
        Problem::WrongSecret => said(
            "The secret access key does not fit the access key ID.",
            "Paste it again, without spaces around it.",
        ),
        Problem::ExpiredToken => said(
            "The session token has expired.",
            "Get new credentials, connect again, and retry.",
        ),
        Problem::WrongRegion { expected } => (
            "The bucket is in another region.".into(),
            expected.as_ref().map_or_else(
                || "The storage sends the request elsewhere without saying where. Ask the bucket's owner for its region, and use \
                    the endpoint of that region."
                    .into(),
                |region| format!("Set the region to {region}."),
            ),
        ),
        Problem::ClockSkew { seconds } => (
            format!(
                "This computer's clock is {} {} the storage's.",
                format::duration(seconds.unsigned_abs() as f64),
                if *seconds > 0 { "ahead of" } else { "behind" }
            ),
            "It is corrected for in this page; set the clock when you can.".into(),
        ),
        Problem::NoSuchBucket { bucket } => (
            format!("There is no bucket named {bucket}."),
            "Check its name and the endpoint.".into(),
        ),
        Problem::NoSuchKey { key } => (
            format!("There is no object {key} any more."),
            "Refresh the list.".into(),
        ),
        Problem::AccessDenied { operation } => (
            format!("These credentials may not do that ({operation})."),
            "Ask the bucket's owner for the permission; check that this is the right bucket and the right key.".into(),
        ),
        Problem::NotImplemented { operation, message } => (
            format!("This storage does not offer {operation}{}.", in_its_words(message)),
            "Nothing you can do here.".into(),
        ),
        Problem::ServerBusy { status } => (
            format!("The storage is busy or broken (status {status}); several tries did not help."),
            "Retry later.".into(),
        ),
        Problem::Contradictory { what } => (
            format!("What this object says about its encryption does not fit together: {what}. It is refused as a whole; no reading of it is tried."),
            "Somebody changed it, or a program copied only part of its metadata. Get another copy, or download it as stored.".into(),
        ),
        Problem::EnvelopeHidden => said(
            "This object is encrypted, but the bucket's CORS rule hides part of what it says about that.",
            "Ask the bucket's owner to expose every x-amz-meta-x-amz-* header of this portal's rule; Bucket encryption → CORS check shows which are missing.",
        ),
        Problem::InstructionFileMissing { file } => (
            format!("This object's key is in an instruction file that is not there: {file}."),
            "Without it nobody can read the object. Look whether it was moved or deleted, and put it back.".into(),
        ),
        Problem::Base64Message => said(
            "This is a message of the AWS Encryption SDK that was stored as base64 text, not as bytes.",
            "Download it as stored, decode it (base64 -d), and upload the result without encryption: then it opens here and everywhere else.",
        ),
        Problem::NoPreview(why) => preview::none(*why),
        Problem::Paused => said("Paused.", ""),
        Problem::OtherFile => said(
            "This is not the file that was begun: its size or date differs.",
            "Choose the same file, or discard the unfinished upload and upload this one anew.",
        ),
        Problem::UsedElsewhere => said(
            "Another tab goes on with this upload.",
            "Let it finish there, or close that tab and resume here.",
        ),
        Problem::SameKey => said(
            "Another file in this queue becomes the same object; this one was not sent, so that neither is lost.",
            "Rename one of them, or add this one again when the other has arrived: you will be asked.",
        ),
        Problem::AlreadyExists => said(
            "An object with this key exists already.",
            "Upload again and choose to replace it.",
        ),
        Problem::ObjectChanged => said(
            "The object was changed while it was being read.",
            "Try again: the new version will be read.",
        ),
        Problem::Refused {
            operation,
            status,
            code,
            message,
        } => (
            format!("The storage refused {operation}: {code} {message} (status {status})."),
            "If the words do not help, ask the storage's operators.".into(),
        ),
        Problem::BadAnswer { operation, detail } => (
            format!("The answer to {operation} makes no sense: {detail}."),
            "Check that the endpoint is an S3 storage.".into(),
        ),
        Problem::SizeMismatch { sent, found } => (
            format!("{sent} bytes were sent, but the bucket has {found}: do not trust this object."),
            "Retry the upload.".into(),
        ),
        Problem::FileUnreadable => said(
            "The file cannot be read: it was moved, changed or deleted.",
            "Pick it again.",
        ),
        Problem::FileNotAllowed => said(
            "The browser was not allowed to read the file again.",
            "Press Resume once more and allow it, or choose the file again.",
        ),
        Problem::EncryptedWrongly => said(
            "A part did not open right after it was encrypted: this computer or its browser computes wrongly. The part was not sent.",
            "Do not trust this computer with the file; try another one, or another browser.",
        ),
        Problem::FileChanged => said(
            "The file changed while it was being uploaded.",
            "Retry: it starts over with a fresh key.",
        ),
        Problem::BadObjectKey { key } => (
            format!(
                "“{key}” cannot be sent: object keys in a browser must not be empty, hold “.” or “..” as a folder, or be over 1024 bytes."
            ),
            "Rename the file or the folder.".into(),
        ),
        Problem::AstralKey { key } => (
            format!(
                "The storage does not take a request about “{key}”. Some (Scality 7.4) cannot check signatures of names with emoji or \
                other characters beyond U+FFFF."
            ),
            "Rename the file and try again; if other files fail too, check the secret access key.".into(),
        ),
        Problem::TooLarge { limit } => (
            format!("This is larger than the limit of {}.", format::size(*limit)),
            "Split it.".into(),
        ),
        Problem::BadKeyMaterial => said(
            "This is not a 256-bit key.",
            "Use 32 raw bytes, 64 hex digits, base64 of 32 bytes, or an RSA key in PEM.",
        ),
        Problem::Locked { why } => (
            format!("This object is in an older format and stays closed: {why}."),
            "If you know where it comes from, open it in its details with “Unlock and download”.".into(),
        ),
        Problem::KmsUnreachable { endpoint } => (
            format!(
                "No readable answer from KMS at {endpoint}: it is not there, or it does not allow this page (CORS)."
            ),
            "AWS itself allows no pages: use a proxy that adds CORS, or a key of your own instead.".into(),
        ),
        Problem::KmsRefused { code, message } => (
            format!("KMS refused ({code}): {message}"),
            "Check the key's id and its policy, and that these credentials may use it.".into(),
        ),
        Problem::BadRsaKey { detail } => (
            format!("This key cannot be used: {detail}."),
            "Choose another file.".into(),
        ),
        Problem::PublicKeyOnly => said(
            "Only the public half of this key is here: it encrypts, but opens nothing.",
            "Load the private key to read.",
        ),
        Problem::ReservedNamespace => said(
            "Namespaces that start with aws-kms belong to AWS KMS keys.",
            "Choose another namespace.",
        ),
        Problem::DuplicateKey { label } => (format!("This key is here already, as {label}."), "Use that one.".into()),
        Problem::RecipientMissing { missing } => (
            format!("This upload must start over, but not for fewer recipients than it was begun for: {missing} is missing."),
            "Load that key, or discard the upload and upload the file anew.".into(),
        ),
        Problem::ContextMismatch { stored, required } => (
            format!(
                "You require the encryption context {required}, and this object has {}. Nothing was saved.",
                if stored.is_empty() { "none" } else { stored.as_str() }
            ),
            "It may be another object than you think. If it is the right one, change what you require on the Keys page.".into(),
        ),
        Problem::OneRecipient => said(
            "Objects of the S3 Encryption Client have one recipient.",
            "Choose the AWS Encryption SDK format, or one key.",
        ),
        Problem::OnePassphrase => said(
            "An object can be opened with one passphrase only.",
            "Take one of them out on the Keys page.",
        ),
        Problem::NoKey => said("No key is chosen.", "Choose one on the Keys page."),
        Problem::KeyNotSaved => said("This key was not saved yet.", SAVE_FIRST),
        Problem::KeyNeeded { needed } => (
            "None of your keys opens this object. Nothing was saved.".into(),
            match needed {
                Some(needed) => format!("Load the key {needed} on the Keys page."),
                None => "Load its key on the Keys page.".into(),
            },
        ),
        Problem::NotAuthentic => said(
            "The object is not authentic: it was damaged or tampered with. Nothing was saved.",
            "Retry once; if it stays, get another copy, and tell the bucket's owner.",
        ),
        Problem::UnsupportedEncryption { what } => (
            format!("This version of sealdrop cannot read {what}. Nothing was saved."),
            "Download it as stored and open it with the official library.".into(),
        ),
        Problem::NoSpace { needed, free } => (
            match (needed, free) {
                (0, _) => "The disk, or this browser's share of it, is full.".into(),
                (needed, Some(free)) => format!(
                    "{} are needed, {} are free for this page.",
                    format::size(*needed),
                    format::size(*free)
                ),
                (needed, None) => format!("{} are needed; this browser has less.", format::size(*needed)),
            },
            "Free some space and retry.".into(),
        ),
        Problem::SomeMissing { missing, saved } => downloads::some_missing(*missing, *saved),
        Problem::CannotSave { limit } => (
            format!(
                "This browser window cannot save more than {} safely.",
                format::size(*limit)
            ),
            "Use a normal (not private) window.".into(),
        ),
        Problem::SseRefused {
            status,
            code,
            kind,
            message,
        } => (
            match status {
                0 => "The storage refuses the server-side encryption that was asked for, in a way this page may not read: \
                    without the wish, a test object is stored."
                    .into(),
                _ => format!(
                    "The storage refuses the server-side encryption that was asked for ({code}, status {status}{}).",
                    in_its_words(message)
                ),
            },
            storage::sse_refused(*status, *kind).into(),
        ),
        Problem::SseUnconfirmed { key } => (
            format!("{key} was stored, but HEAD does not show the server-side encryption it asked for."),
            "Do not rely on it: encrypt in the browser (CSE), or use a bucket that encrypts. The badges tell which files it \
            concerns."
                .into(),
        ),
        Problem::NoBucketDefaults => said(
            "This storage knows no default encryption for buckets, so the new one would be plain. Nothing was created.",
            "If it is a Scality storage of before 7.10, as ABCI 2.0's was, choose “Scality header” under “By”; only a bucket \
            that is created so will ever encrypt.",
        ),
        Problem::NewBucketUnreadable { bucket } => (
            format!("Nothing about {bucket} can be read from this page: it is not there yet, or it has no CORS rule for it."),
            "Run the commands below, the one for the CORS rule too, then check again.".into(),
        ),
        Problem::ClockOff { seconds } => (
            format!(
                "This computer's clock is {} {}: the storage refuses every request.",
                format::duration(seconds.unsigned_abs() as f64),
                if *seconds > 0 { "ahead" } else { "behind" }
            ),
            "Set the clock (turn automatic time on), then connect again.".into(),
        ),
        Problem::KeyRefusedUnreadably => said(
            "The bucket is there and this page may read about it, but the answer to the signed request is kept from this page.",
            "Most storages do that with a wrong access key ID or secret access key: check both, and the region.",
        ),
        Problem::CustomerKeyNeeded => said(
            "This object was stored with SSE-C: the storage shows nothing of it without the key it was stored with.",
            "Open the object's details and give its SSE-C key.",
        ),
        Problem::CustomerKeyInClear => said(
            "The connection is plain http: everybody on the way could read the SSE-C key. It was not sent.",
            "Connect through the storage's https endpoint.",
        ),
        Problem::CustomerKeyUnreadable => said("This is no SSE-C key.", "Give 64 hex digits, or base64 of 32 bytes."),
        Problem::CustomerKeyOfUpload => said(
            "This upload was begun with another SSE-C key; every part needs the same one.",
            "Give that key, or discard the upload and upload the file anew.",
        ),
        Problem::BadEncryptionContext => said(
            "The encryption context must be a JSON object of strings.",
            "Write it like {\"project\": \"climate\"}, or leave it empty.",
        ),
        Problem::CustomerKeyWrong => said(
            "The storage does not open the object with this key. The key was not kept.",
            "Give the key the object was stored with.",
        ),
        Problem::CustomerKeyBlocked { origin } => (
            "The SSE-C key travels in headers, and the bucket's CORS rule does not let this page send them.".into(),
            format!(
                "Allow the headers x-amz-server-side-encryption-customer-* (AllowedHeaders) for {origin}; Bucket encryption → CORS check shows the rule."
            ),
        ),
        Problem::BucketExists { bucket } => (
            format!("There is a bucket named {bucket} already. Nothing was changed."),
            "Choose another name.".into(),
        ),
        Problem::BrowserCannotCreate => said(
            "This storage does not let a browser create buckets: one that does not exist yet has no CORS rule.",
            "Run the command below in a terminal, then press “Check it now”.",
        ),
        Problem::NotEncrypting { bucket } => (
            format!("A test object in {bucket} was not shown as encrypted. Nothing was copied."),
            "Choose a bucket that encrypts; create one above.".into(),
        ),
        Problem::RulesChanged => said(
            "Somebody changed the bucket's CORS rules meanwhile. Nothing was written.",
            "Check again, and look at the difference.",
        ),
        Problem::Browser { detail } => (detail.clone(), "Reload the page if it happens again.".into()),
        Problem::Cancelled => said("Cancelled.", ""),
    }
}

/// What the storage said, to be put behind our own words.
fn in_its_words(message: &str) -> String {
    match message.trim().trim_end_matches('.') {
        "" => String::new(),
        message => format!(" – “{message}”"),
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
/// A label.
pub const VERIFIED: &str = "every frame verified";

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
    format!(
        "{files} files wait. They are encrypted before they leave this computer, so a key comes first; they are uploaded as soon as you use one."
    )
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
    let (shown, loaded) = (format::count(shown as u64), format::count(loaded as u64));
    let more = if more { ", more while you scroll" } else { "" };
    if shown == loaded {
        format!("{loaded} entries{more}")
    } else {
        format!("{shown} of {loaded} entries{more}")
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
