//! Which kinds of SSE there are to ask for, and which storage takes which.

use super::Provider;

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
        use SseKind::{BucketDefault, DsseKms, SseC, SseKms, SseS3};
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

impl Provider {
    /// What an upload may ask for there, the bucket's default first. Scality 7.4 (ABCI 2.0) answers every wish with 501;
    /// Garage has SSE-C only; DSSE-KMS is Amazon's alone.
    pub fn sse_of_uploads(self) -> &'static [SseKind] {
        use SseKind::{BucketDefault, DsseKms, SseC, SseKms, SseS3};
        match self {
            Provider::Abci2 | Provider::Abci3 => &[BucketDefault],
            Provider::Garage => &[BucketDefault, SseC],
            Provider::Aws => &[BucketDefault, SseS3, SseKms, DsseKms, SseC],
            Provider::Ceph | Provider::Minio | Provider::SeaweedFs | Provider::Other => {
                &[BucketDefault, SseS3, SseKms, SseC]
            }
        }
    }

    /// What a bucket may have as its default there.
    pub fn sse_of_buckets(self) -> &'static [SseKind] {
        use SseKind::{DsseKms, SseKms, SseS3};
        match self {
            Provider::Abci3 | Provider::Garage => &[],
            Provider::Aws => &[SseS3, SseKms, DsseKms],
            Provider::Abci2 | Provider::Ceph | Provider::Minio | Provider::SeaweedFs | Provider::Other => {
                &[SseS3, SseKms]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_layers_are_offered_by_amazon_alone_and_nothing_where_there_is_no_sse() {
        for provider in Provider::ALL {
            let (uploads, buckets) = (provider.sse_of_uploads(), provider.sse_of_buckets());
            assert_eq!(uploads[0], SseKind::BucketDefault, "{provider:?}");
            assert!(buckets.iter().all(|kind| kind.algorithm().is_some()), "{provider:?}");
            let dsse = uploads.contains(&SseKind::DsseKms) || buckets.contains(&SseKind::DsseKms);
            assert_eq!(dsse, provider == Provider::Aws, "{provider:?}");
            assert_eq!(
                buckets.is_empty(),
                provider.encrypted_creation().is_none(),
                "{provider:?}"
            );
        }
        assert_eq!(Provider::Abci3.sse_of_uploads().len(), 1);
        assert!(Provider::Garage.sse_of_uploads().contains(&SseKind::SseC));
    }

    #[test]
    fn kinds_read_back() {
        for kind in Provider::Aws.sse_of_uploads() {
            assert_eq!(SseKind::from_id(kind.id()), Some(*kind));
        }
        assert_eq!(SseKind::from_id("aes"), None);
    }
}
