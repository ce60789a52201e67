//! The truth about the storage: what the app asks for and hears, as plain values, and the loops that find out.

use std::rc::Rc;

use super::{CseState, Problem};
use crate::s3::{
    Change, CorsFinding, CorsRule, CustomerKey, DefaultEncryption, EncryptedCreation, EncryptionApi, SseKind,
    SseRequest, SseState,
};

#[cfg(target_arch = "wasm32")]
mod audit;
#[cfg(target_arch = "wasm32")]
mod claims;
#[cfg(target_arch = "wasm32")]
mod copy;
#[cfg(target_arch = "wasm32")]
mod copy_parts;
#[cfg(target_arch = "wasm32")]
mod cors;
#[cfg(target_arch = "wasm32")]
mod create;
#[cfg(target_arch = "wasm32")]
pub(super) mod diagnosis;
#[cfg(target_arch = "wasm32")]
mod run;
#[cfg(target_arch = "wasm32")]
mod sample;
#[cfg(target_arch = "wasm32")]
mod test_object;
#[cfg(target_arch = "wasm32")]
mod wish;

#[cfg(target_arch = "wasm32")]
pub(super) use claims::{claims, echoes};
#[cfg(target_arch = "wasm32")]
pub(super) use run::{StorageJobs, take};
#[cfg(target_arch = "wasm32")]
pub(super) use sample::some_objects;
#[cfg(target_arch = "wasm32")]
pub(super) use test_object::try_out as try_object;

/// What the app asks about the storage.
#[derive(Clone, Debug)]
pub enum StorageIntent {
    /// Probe CORS. → `CorsChecked` or `CorsFailed`.
    CheckCors {
        /// With requests that write, to an upload that does not exist; else by reading alone.
        full: bool,
    },
    /// Write the rules that were shown, if the bucket still has those they were made from. → as `CheckCors`.
    ApplyCors(Rc<CorsReport>),
    /// Create a bucket and see whether it encrypts. → `Creating`, several times.
    CreateEncrypted(CreationPlan),
    /// See whether a bucket that was made elsewhere encrypts. → `Creating`, several times.
    VerifyBucket(CreationPlan),
    /// Look at every object. → `Audit`, many times.
    Audit {
        /// Keys that start with this.
        prefix: String,
    },
    /// Pause the audit, or go on.
    AuditPaused(bool),
    /// End the audit early.
    AuditCancelled,
    /// Copy objects into another bucket; the sources stay. → `Copying`, many times.
    Copy {
        /// Bucket to copy into; it must encrypt.
        into: String,
        /// Keys that start with this.
        prefix: String,
    },
    /// End the copying early.
    CopyCancelled,
    /// What new objects are to ask of the storage, once a test object has shown that it is taken. → `UploadWith`
    UploadWith(SseKind, SseRequest),
    /// Read an object stored with SSE-C with this key, and keep it if it fits. → `Looked` or `LookFailed`
    UseCustomerKey {
        /// Object key.
        object: String,
        /// Its key.
        key: CustomerKey,
    },
}

/// What was found out about the storage.
#[derive(Clone, Debug)]
pub enum StorageEvent {
    /// Whether new objects ask for this from now on; what HEAD showed of a test object, where one was made.
    UploadWith {
        /// What was to be asked for.
        kind: SseKind,
        /// Not taken where the storage refused it.
        outcome: Result<Option<SseState>, Problem>,
    },
    /// What the bucket says of itself.
    Claimed(Claims),
    /// CORS was probed.
    CorsChecked(Rc<CorsReport>),
    /// It could not be probed, or the rules could not be written.
    CorsFailed(Problem),
    /// How far the new bucket is.
    Creating(Rc<Creation>),
    /// More of the audit.
    Audit {
        /// Objects looked at since the last event.
        rows: Vec<AuditRow>,
        /// Objects found so far.
        listed: u64,
        /// Where it stands.
        state: AuditState,
    },
    /// More of the copying.
    Copying {
        /// Objects dealt with since the last event.
        rows: Vec<CopyRow>,
        /// The object that is copied in parts just now.
        in_parts: Option<CopyProgress>,
        /// Where it stands.
        state: AuditState,
    },
    /// What connecting found out when it failed.
    Diagnosed(Vec<Diagnosis>),
}

/// What the bucket says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims {
    /// GetBucketEncryption: a default, none, or why there is no answer. `None`: not asked yet.
    pub default: Option<Result<Option<DefaultEncryption>, Problem>>,
    /// HEAD repeated an algorithm that does not exist.
    pub echoes: bool,
}

impl Claims {
    /// What the answer tells about the storage.
    pub fn api(&self) -> EncryptionApi {
        match &self.default {
            Some(Ok(Some(_))) => EncryptionApi::InUse,
            Some(Ok(None)) => EncryptionApi::Answers,
            Some(Err(Problem::NotImplemented { .. } | Problem::BadAnswer { .. })) => EncryptionApi::Absent,
            Some(Err(_)) | None => EncryptionApi::Unknown,
        }
    }
}

/// What the CORS check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsReport {
    /// This page's origin.
    pub origin: String,
    /// All probes.
    pub findings: Vec<CorsFinding>,
    /// The bucket's rules, where they could be read.
    pub rules: Option<Vec<CorsRule>>,
    /// Whether buckets have rules of their own there (MinIO has one setting for the whole server).
    pub per_bucket: bool,
    /// Whether requests that write were tried too.
    pub full: bool,
    /// The rules to write: the existing ones and the one this page needs.
    pub proposed: Vec<CorsRule>,
    /// The difference, line by line, where the rules could be read.
    pub difference: Vec<(Change, String)>,
    /// Whether the proposed rules were written a moment ago.
    pub applied: bool,
}

/// A bucket to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreationPlan {
    /// Its name.
    pub bucket: String,
    /// By which requests.
    pub how: EncryptedCreation,
    /// The default to set: [`SseKind::BucketDefault`] stands for the storage's usual, SSE-S3.
    pub kind: SseKind,
    /// Key id or ARN, with a KMS.
    pub key_id: String,
    /// Location constraint; empty for none.
    pub location: String,
}

impl CreationPlan {
    /// The default encryption it asks for.
    pub fn default_encryption(&self) -> DefaultEncryption {
        let key_id = Some(self.key_id.trim().to_owned()).filter(|id| self.kind.has_kms_key() && !id.is_empty());
        DefaultEncryption {
            algorithm: self.kind.algorithm().unwrap_or("AES256").to_owned(),
            key_id,
            bucket_key: false,
        }
    }

    /// Where, if that is to be said.
    pub fn location(&self) -> Option<String> {
        Some(self.location.trim().to_owned()).filter(|location| !location.is_empty())
    }
}

/// A step of making a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreationStep {
    /// The name is not taken.
    Free,
    /// CreateBucket.
    Create,
    /// PutBucketEncryption.
    Encrypt,
    /// PutBucketCors.
    Cors,
    /// A test object, HEAD, and away with it.
    Verify,
}

/// How far a new bucket is.
#[derive(Clone, Debug, PartialEq)]
pub struct Creation {
    /// What was asked for.
    pub plan: CreationPlan,
    /// Steps taken, with their outcome.
    pub steps: Vec<(CreationStep, Result<(), Problem>)>,
    /// What HEAD showed of the test object: `Unconfirmed` if it is plain.
    pub sse: Option<SseState>,
    /// Whether it is over.
    pub finished: bool,
}

/// One object of an audit.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// Object key.
    pub key: String,
    /// Stored size in bytes.
    pub size: u64,
    /// Both layers; a problem where the object could not be looked at.
    pub seen: Result<(SseState, CseState), Problem>,
}

/// Where a long job stands.
#[derive(Clone, Debug, PartialEq)]
pub enum AuditState {
    /// At work.
    Running,
    /// Everything was looked at.
    Done,
    /// Ended by the person.
    Cancelled,
    /// It could not go on.
    Failed(Problem),
}

/// What became of one object that was to be copied.
#[derive(Clone, Debug, PartialEq)]
pub struct CopyRow {
    /// Object key.
    pub key: String,
    /// What became of it.
    pub outcome: CopyOutcome,
}

/// How far the copy of one large object is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyProgress {
    /// Object key.
    pub key: String,
    /// Bytes copied.
    pub moved: u64,
    /// Bytes of the object.
    pub size: u64,
}

/// What became of one object that was to be copied.
#[derive(Clone, Debug, PartialEq)]
pub enum CopyOutcome {
    /// There, of the same size, with the same metadata, and encrypted.
    Verified,
    /// An object with this key is there already; it was left alone.
    Exists,
    /// Larger than one CopyObject takes (5 GiB), and CORS may hide metadata that a copy in parts would lose.
    SourceHidden,
    /// Copied, of the same size and encrypted; whether the metadata came along, CORS does not show.
    MetadataHidden,
    /// Copied, but this differs.
    Differs(CopyDifference),
    /// Not copied.
    Failed(Problem),
}

/// What of a copy is not as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyDifference {
    /// Its size.
    Size,
    /// HEAD does not show that it is encrypted.
    Encryption,
    /// Its content type.
    ContentType,
    /// Its metadata.
    Metadata,
}

/// One thing that was found out about a connection that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What was asked.
    pub question: DiagnosisQuestion,
    /// Yes, no, or nobody can tell.
    pub ok: Option<bool>,
}

/// What is asked, in this order, when the browser says only that it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiagnosisQuestion {
    /// Is there a network?
    Online,
    /// May this page talk to that endpoint (no http from https)?
    NotMixed,
    /// Does anything answer there (name, port, certificate)?
    Answers,
    /// Is this computer's clock right, compared with the server of this page?
    Clock,
    /// Can this page read an answer about the bucket at all (CORS, and the bucket's name)?
    BucketReadable,
    /// Is the signed request answered readably (key, secret, clock)?
    SignedReadable,
}
