//! What went wrong, as far as the app needs to tell the person whose move it is and what to do next.
//! The sentences are in `app::text`. No variant carries a secret or a signed URL.

use crate::s3::SseKind;

/// A problem with a sentence and a next step of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The browser says there is no network.
    Offline,
    /// An https page may not talk to an http endpoint.
    MixedContent {
        /// The endpoint.
        endpoint: String,
    },
    /// Credentials and object names would travel in clear over a public network.
    PlainHttp {
        /// The endpoint's host.
        host: String,
    },
    /// The endpoint is not a URL we can use.
    BadEndpoint {
        /// What was typed.
        endpoint: String,
    },
    /// The bucket name cannot be one.
    BadBucketName {
        /// What was typed.
        bucket: String,
    },
    /// A field that must be there is empty.
    Missing {
        /// Its accessible name, such as `Access key ID`.
        field: &'static str,
    },
    /// Nothing answers there: name, port, TLS or firewall.
    Unreachable {
        /// The endpoint, or the bucket's own host.
        endpoint: String,
    },
    /// The endpoint answers, the host that has the bucket's name in front does not: no such name, or no certificate for it.
    BucketHostUnreachable {
        /// The bucket's own host.
        host: String,
        /// The endpoint.
        endpoint: String,
    },
    /// What an object says about its encryption contradicts itself, or is incomplete: refused as a whole.
    Contradictory {
        /// What does not fit.
        what: String,
    },
    /// The bucket's CORS rule shows some of what an object says about its encryption, and hides the rest.
    EnvelopeHidden,
    /// The object's wrapped key is in an instruction file that is not there.
    InstructionFileMissing {
        /// Its key.
        file: String,
    },
    /// An AWS Encryption SDK message that was stored as base64 text.
    Base64Message,
    /// An object has no preview; nothing is wrong with it.
    NoPreview(super::NoPreview),
    /// Something answers, but the browser may not read it: CORS is missing, or the storage sends no CORS
    /// headers with its refusals (wrong key, wrong bucket).
    CorsBlocked {
        /// The endpoint.
        endpoint: String,
        /// This page's origin, which the bucket's rule must allow.
        origin: String,
    },
    /// The access key id is not known there.
    UnknownAccessKey,
    /// The secret access key does not fit the access key id.
    WrongSecret,
    /// The session token has expired or is not valid.
    ExpiredToken,
    /// The bucket lives in another region.
    WrongRegion {
        /// Where, if the storage said so.
        expected: Option<String>,
    },
    /// This computer's clock and the storage's differ.
    ClockSkew {
        /// Positive when this computer is ahead; 0 where the storage does not say by how much.
        seconds: i64,
    },
    /// No such bucket.
    NoSuchBucket {
        /// Its name.
        bucket: String,
    },
    /// No such object.
    NoSuchKey {
        /// Its key.
        key: String,
    },
    /// The credentials may not do that.
    AccessDenied {
        /// The S3 operation, such as `PutObject`.
        operation: &'static str,
    },
    /// The object is archived: the storage gives its bytes out only after it was restored.
    Archived,
    /// The storage does not offer that operation.
    NotImplemented {
        /// The S3 operation.
        operation: &'static str,
        /// The storage's own words.
        message: String,
    },
    /// The storage is busy or broken; we tried again as often as makes sense.
    ServerBusy {
        /// HTTP status.
        status: u16,
    },
    /// An object with this key exists and was not to be replaced.
    AlreadyExists,
    /// The storage does not let these credentials list the bucket.
    ListDenied {
        /// Its name.
        bucket: String,
    },
    /// The storage took the file, and nobody could look at the object.
    Unconfirmed {
        /// Why not.
        why: Box<Problem>,
    },
    /// The storage took the file, and another object lies there by now.
    WrittenOver {
        /// Object key.
        key: String,
    },
    /// The record of an upload is gone from this browser; these credentials may not remove what was sent.
    PartsRemain,
    /// An object was not copied, and the parts that were could not be removed.
    CopiedPartsRemain {
        /// The bucket they are in.
        bucket: String,
        /// Why it was not copied, or why they could not be removed where the person stopped it.
        why: Box<Problem>,
    },
    /// Another file of the queue becomes the same object.
    SameKey,
    /// Stopped for now, by the person.
    Paused,
    /// The file picked to go on with is not the one that was begun.
    OtherFile,
    /// Another tab goes on with the same upload.
    UsedElsewhere,
    /// The object changed while it was being read.
    ObjectChanged,
    /// Any other answer.
    Refused {
        /// The S3 operation.
        operation: &'static str,
        /// HTTP status.
        status: u16,
        /// S3 error code, such as `InvalidArgument`; empty if none.
        code: String,
        /// The storage's own words.
        message: String,
    },
    /// The answer was not what S3 answers.
    BadAnswer {
        /// The S3 operation.
        operation: &'static str,
        /// What was wrong.
        detail: String,
    },
    /// After the upload, HEAD shows another size than was sent. The object must not be trusted.
    SizeMismatch {
        /// Bytes sent.
        sent: u64,
        /// Bytes in the bucket.
        found: u64,
    },
    /// The file cannot be read any more (moved, deleted, permission).
    FileUnreadable,
    /// The file changed while it was being uploaded.
    FileChanged,
    /// The person did not let the browser read the file again.
    FileNotAllowed,
    /// A part did not open after it was encrypted: this computer's memory or browser is broken. It was not sent.
    EncryptedWrongly,
    /// The key holds a `.` or `..` segment, or nothing, or is longer than 1024 bytes: a browser cannot send it.
    BadObjectKey {
        /// The key.
        key: String,
    },
    /// The key holds a character beyond the basic plane (an emoji), and the storage takes the signature for wrong or gives
    /// no readable answer: Scality 7.4 cannot check such signatures.
    AstralKey {
        /// The key.
        key: String,
    },
    /// Larger than S3 or the format can hold.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// Not a key we understand: 32 raw bytes, 64 hex digits, or base64 of 32 bytes.
    BadKeyMaterial,
    /// Opened only when the person was told the risk and wants it all the same.
    Locked {
        /// The risk, in one sentence.
        why: String,
    },
    /// No readable answer of KMS.
    KmsUnreachable {
        /// Its URL.
        endpoint: String,
    },
    /// KMS said no.
    KmsRefused {
        /// Its name for the reason.
        code: String,
        /// Its words.
        message: String,
    },
    /// These credentials may make no data keys with the KMS key: nothing can be written with it, and perhaps be read.
    KmsReadsOnly {
        /// Its id, as typed.
        key_id: String,
    },
    /// This computer's clock is not KMS's, and correcting for that did not help.
    KmsClockOff {
        /// Positive when this computer is ahead.
        seconds: i64,
    },
    /// A PEM block that is no RSA key for us.
    BadRsaKey {
        /// Why not.
        detail: String,
    },
    /// A public key encrypts; it opens nothing.
    PublicKeyOnly,
    /// The namespace belongs to AWS KMS keys.
    ReservedNamespace,
    /// This key is held already.
    DuplicateKey {
        /// Its label.
        label: String,
    },
    /// No key is chosen.
    NoKey,
    /// The key was generated but not saved yet.
    KeyNotSaved,
    /// An upload starts over, and cannot be written for one of its recipients again.
    RecipientMissing {
        /// Fingerprints of the missing keys.
        missing: String,
    },
    /// Several recipients, in a format that has one.
    OneRecipient,
    /// Two passphrases: an object notes how one of them becomes its key.
    OnePassphrase,
    /// The object does not say the encryption context that is required.
    ContextMismatch {
        /// What it says.
        stored: String,
        /// What is required.
        required: String,
    },
    /// None of the held keys opens the object.
    KeyNeeded {
        /// Fingerprint or name of the key that would, if the object says so.
        needed: Option<String>,
    },
    /// Authentication failed: wrong key, or the object is damaged or was tampered with. Nothing was saved.
    NotAuthentic,
    /// The object is encrypted in a way this version cannot read.
    UnsupportedEncryption {
        /// Which format, suite or wrap.
        what: String,
    },
    /// The private storage of this browser has no room for the file.
    NoSpace {
        /// Bytes needed.
        needed: u64,
        /// Bytes free, if the browser says.
        free: Option<u64>,
    },
    /// This browser has no way to save a file this large safely.
    CannotSave {
        /// The limit in bytes.
        limit: u64,
    },
    /// What has come of a download cannot be removed from this browser.
    NotRemoved,
    /// The browser did not write this one file into the folder that the person picked.
    NotWritten {
        /// Its words.
        detail: String,
    },
    /// The storage sends the object with Content-Encoding, and the browser unpacked it, or failed to: its stored bytes do not
    /// arrive.
    Unpacked,
    /// The storage answers readably for a whole object, but not for a part of it: those answers have no CORS headers.
    PartsHidden,
    /// Of many objects some were not saved, or all.
    SomeMissing {
        /// Not there.
        missing: u64,
        /// There.
        saved: u64,
    },
    /// The browser refused something it should allow.
    Browser {
        /// Its words.
        detail: String,
    },
    /// Of what was picked, the browser could not read these.
    NotPicked {
        /// Files and folders, as they are named.
        paths: Vec<String>,
    },
    /// The storage does not do the encryption that was asked for on upload.
    SseRefused {
        /// HTTP status; 0 where the refusal could not be read.
        status: u16,
        /// S3 error code.
        code: String,
        /// What was asked for.
        kind: SseKind,
        /// The storage's own words.
        message: String,
    },
    /// A file asked the storage for encryption, was stored, and HEAD does not show that the wish was granted.
    SseUnconfirmed {
        /// Its key.
        key: String,
    },
    /// The object was stored with SSE-C, and none of the keys given so far is its key.
    CustomerKeyNeeded,
    /// An SSE-C key would travel in clear: the endpoint is plain http, and not this computer.
    CustomerKeyInClear,
    /// What was typed is no SSE-C key: 64 hex digits, or base64 of 32 bytes.
    CustomerKeyUnreadable,
    /// An unfinished upload was begun with SSE-C, and none of the keys given is the one.
    CustomerKeyOfUpload,
    /// The encryption context is no JSON object of strings.
    BadEncryptionContext,
    /// The storage does not take this key for the object.
    CustomerKeyWrong,
    /// The storage answered without the key; with it, the browser got no answer: the CORS rule does not allow the headers.
    CustomerKeyBlocked {
        /// This page's origin.
        origin: String,
    },
    /// This computer's clock is so far off that the storage refuses everything, and says so unreadably.
    ClockOff {
        /// Positive when this computer is ahead.
        seconds: i64,
    },
    /// The page may read about the bucket, but not the answer to the signed request: key, secret or clock.
    KeyRefusedUnreadably,
    /// A bucket of this name is there already.
    BucketExists {
        /// Its name.
        bucket: String,
    },
    /// The storage does not let browsers create buckets: a command must do it.
    BrowserCannotCreate,
    /// The storage knows no default encryption for buckets: a bucket made there would be plain.
    NoBucketDefaults,
    /// A bucket that was made elsewhere: nothing about it can be read from this page.
    NewBucketUnreadable {
        /// Its name.
        bucket: String,
    },
    /// The bucket does not encrypt what is stored in it.
    NotEncrypting {
        /// Its name.
        bucket: String,
    },
    /// Somebody changed the bucket's CORS rules since they were shown.
    RulesChanged,
    /// Files that waited for a key or an answer when another bucket was connected.
    LeftBehind {
        /// How many.
        files: usize,
        /// The bucket they were chosen for.
        bucket: String,
    },
    /// The person cancelled.
    Cancelled,
}
