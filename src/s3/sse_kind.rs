//! Which kinds of SSE there are to ask for, and which storage takes which.

use EncryptionApi::{Absent, Answers, InUse, Unknown};
use SseKind::{BucketDefault, DsseKms, SseC, SseKms, SseS3};

use super::{EncryptedCreation, Provider};

/// What can be asked of a storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SseKind {
    /// Nothing: the bucket's default decides.
    #[default]
    BucketDefault,
    /// SSE-S3: the storage's own keys.
    SseS3,
    /// SSE-KMS: a key of its KMS.
    SseKms,
    /// DSSE-KMS: two layers, with a key of its KMS.
    DsseKms,
    /// SSE-C: a key the customer sends each time.
    SseC,
}

impl SseKind {
    /// A word for it in forms and records.
    pub fn id(self) -> &'static str {
        match self {
            SseKind::BucketDefault => "default",
            SseKind::SseS3 => "sse-s3",
            SseKind::SseKms => "sse-kms",
            SseKind::DsseKms => "sse-kms-dsse",
            SseKind::SseC => "sse-c",
        }
    }

    /// The kind with this [`SseKind::id`].
    pub fn from_id(id: &str) -> Option<SseKind> {
        [BucketDefault, SseS3, SseKms, DsseKms, SseC]
            .into_iter()
            .find(|kind| kind.id() == id)
    }

    /// The algorithm by the protocol's name, where a bucket can have it as its default.
    pub fn algorithm(self) -> Option<&'static str> {
        match self {
            SseKind::SseS3 => Some("AES256"),
            SseKind::SseKms => Some("aws:kms"),
            SseKind::DsseKms => Some("aws:kms:dsse"),
            SseKind::BucketDefault | SseKind::SseC => None,
        }
    }

    /// Whether a KMS key can be named.
    pub fn has_kms_key(self) -> bool {
        matches!(self, SseKind::SseKms | SseKind::DsseKms)
    }
}

/// What GetBucketEncryption tells about the storage, whatever it tells about the bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncryptionApi {
    /// Not asked, or no answer that could be read.
    #[default]
    Unknown,
    /// The storage does not know the request (Scality 7.4: 501; Ceph 16.2 answers with a listing).
    Absent,
    /// It knows the request; this bucket has no default. MinIO without a KMS says that too: it proves no SSE.
    Answers,
    /// This bucket has a default: the storage has SSE, whatever it was taken for.
    InUse,
}

impl Provider {
    /// What an upload may ask for there, the bucket's default first. What the storage answered counts more than what it
    /// was taken for. Scality 7.4 (ABCI 2.0 until 2022) answers every wish with 501, 7.10 takes SSE-S3; Garage has SSE-C
    /// only; DSSE-KMS is Amazon's alone.
    pub fn sse_of_uploads(self, api: EncryptionApi) -> &'static [SseKind] {
        match (self, api) {
            (Provider::Abci2, Answers | InUse) => &[BucketDefault, SseS3],
            (Provider::Abci2, _) | (Provider::Abci3, Unknown | Absent | Answers) => &[BucketDefault],
            (Provider::Garage, Unknown | Absent | Answers) => &[BucketDefault, SseC],
            (Provider::Aws, _) => &[BucketDefault, SseS3, SseKms, DsseKms, SseC],
            _ => &[BucketDefault, SseS3, SseKms, SseC],
        }
    }

    /// What a bucket may have as its default there.
    pub fn sse_of_buckets(self, api: EncryptionApi) -> &'static [SseKind] {
        match (self, api) {
            (Provider::Abci3 | Provider::Garage, Unknown | Absent | Answers) => &[],
            (Provider::Aws, _) => &[SseS3, SseKms, DsseKms],
            _ => &[SseS3, SseKms],
        }
    }

    /// How an encrypted bucket is made there; `None` where the storage has no SSE. A storage of unknown kind without the
    /// API for bucket defaults may be an old Scality; if not, its header does no harm, and a test object tells.
    pub fn encrypted_creation(self, api: EncryptionApi) -> Option<EncryptedCreation> {
        match (self, api) {
            (Provider::Abci2, _) | (Provider::Other, Absent) => Some(EncryptedCreation::ScalityHeader),
            (Provider::Abci3 | Provider::Garage, Unknown | Absent | Answers) => None,
            _ => Some(EncryptedCreation::BucketDefault),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APIS: [EncryptionApi; 4] = [Unknown, Absent, Answers, InUse];

    #[test]
    fn two_layers_are_offered_by_amazon_alone_and_nothing_where_there_is_no_sse() {
        for (provider, api) in Provider::ALL
            .into_iter()
            .flat_map(|provider| APIS.map(|api| (provider, api)))
        {
            let (uploads, buckets) = (provider.sse_of_uploads(api), provider.sse_of_buckets(api));
            assert_eq!(uploads[0], BucketDefault, "{provider:?}");
            assert!(buckets.iter().all(|kind| kind.algorithm().is_some()), "{provider:?}");
            let dsse = uploads.contains(&DsseKms) || buckets.contains(&DsseKms);
            assert_eq!(dsse, provider == Provider::Aws, "{provider:?}");
            let creation = provider.encrypted_creation(api);
            assert_eq!(buckets.is_empty(), creation.is_none(), "{provider:?} {api:?}");
        }
        assert_eq!(Provider::Abci3.sse_of_uploads(Answers).len(), 1);
        assert!(Provider::Garage.sse_of_uploads(Unknown).contains(&SseC));
    }

    #[test]
    fn a_wrong_preset_is_corrected_by_what_the_storage_answers() {
        for wrong in [Provider::Abci3, Provider::Garage] {
            assert!(wrong.sse_of_uploads(InUse).contains(&SseS3), "{wrong:?}");
            assert_eq!(wrong.encrypted_creation(InUse), Some(EncryptedCreation::BucketDefault));
        }
        // The two eras of ABCI 2.0.
        assert_eq!(Provider::Abci2.sse_of_uploads(Absent), [BucketDefault]);
        assert_eq!(Provider::Abci2.sse_of_uploads(Answers), [BucketDefault, SseS3]);
        let how = |api| Provider::Other.encrypted_creation(api);
        assert_eq!(how(Absent), Some(EncryptedCreation::ScalityHeader));
        assert_eq!(how(Unknown), Some(EncryptedCreation::BucketDefault));
    }

    #[test]
    fn kinds_read_back() {
        for kind in Provider::Aws.sse_of_uploads(Unknown) {
            assert_eq!(SseKind::from_id(kind.id()), Some(*kind));
        }
        assert_eq!(SseKind::from_id("aes"), None);
    }
}
