//! Starting a new object.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};

use super::content_metadata as entry;
use super::envelope::CEK_ALG_PAIR;
use super::key_derivation::{MESSAGE_ID_LENGTH, V3_IV, derive, v3_aad};
use super::opened::TAG_LENGTH;
use super::{AlgorithmSuite, CommitmentPolicy, Format, TextMap, WrapAlgorithm, key_wrap};
use crate::encryption::gcm::Segment;
use crate::encryption::{ContentKey, DataKey, EncryptionError, KeyRef};

/// S3 keeps this many bytes of user metadata, names and values.
pub const MAX_METADATA_LENGTH: u64 = 2048;

/// What makes an object: all of it random bytes, fresh for every object and used for one only.
pub struct Materials {
    /// Data key: 32 random bytes, or with KMS what GenerateDataKey gave.
    pub data_key: DataKey,
    /// V3: message id, from which with the data key the content key follows.
    pub message_id: [u8; MESSAGE_ID_LENGTH],
    /// V2: IV of the content.
    pub iv: [u8; 12],
    /// For the key wrap: AES-GCM takes its nonce, RSA-OAEP its seed from it.
    pub wrap_seed: [u8; 32],
}

/// Who wraps the data key.
#[derive(Clone, Debug)]
pub enum Wrapping<'k> {
    /// A raw key; the material description (may be empty) helps a reader to find it.
    Key {
        /// AES: `AES/GCM`. RSA, either half: `RSA-OAEP-SHA1`.
        key: KeyRef<'k>,
        /// US-ASCII, stored in clear and not authenticated.
        description: &'k TextMap,
    },
    /// KMS did, under [`kms_encryption_context`].
    Kms {
        /// `CiphertextBlob` of GenerateDataKey.
        ciphertext_blob: &'k [u8],
        /// The context it was asked with.
        encryption_context: &'k TextMap,
    },
}

/// An object about to be written: its metadata are final, its content is one GCM message.
#[derive(Clone, Debug)]
pub struct Written {
    /// User metadata, names without `x-amz-meta-`; all of them must be sent.
    pub metadata: BTreeMap<&'static str, String>,
    /// The key of the content.
    pub content_key: ContentKey,
    /// The IV of the content.
    pub iv: [u8; 12],
    /// The AAD of the content.
    pub aad: Vec<u8>,
    /// Bytes of plaintext.
    pub plaintext_length: u64,
}

/// The context to ask KMS GenerateDataKey with: the caller's, and the entry that binds the content's algorithm. Refused
/// as [`EncryptionError::Unsupported`]: reserved names and whatever is not US-ASCII, which official clients cannot read.
pub fn kms_encryption_context(policy: CommitmentPolicy, given: &TextMap) -> Result<TextMap, EncryptionError> {
    if given
        .iter()
        .any(|(name, _)| name.starts_with("aws:") || name == "kms_cmk_id")
    {
        return Err(EncryptionError::unsupported(
            "an encryption context with names reserved for AWS",
        ));
    }
    check_ascii(given)?;
    let mut context = given.clone();
    context.insert(CEK_ALG_PAIR, format_of(policy).1.label());
    Ok(context)
}

impl Written {
    /// Starts an object of `plaintext_length` bytes: V3, or V2 where the policy forbids key commitment. Consumes the
    /// materials: a second object needs its own.
    ///
    /// [`EncryptionError::TooLarge`] when the plaintext does not fit one GCM message or the metadata do not fit S3,
    /// [`EncryptionError::Unsupported`] for a description that is not US-ASCII or a context without its reserved entry.
    pub fn write(
        materials: Materials,
        policy: CommitmentPolicy,
        wrapping: &Wrapping<'_>,
        plaintext_length: u64,
    ) -> Result<Written, EncryptionError> {
        Segment::check_length(plaintext_length)?;
        let (format, suite) = format_of(policy);
        let (wrap, wrapped_key, description) = wrap(wrapping, &materials, suite)?;
        let base64 = |bytes: &[u8]| STANDARD.encode(bytes);
        let mut metadata = BTreeMap::new();
        let (content_key, iv, aad);
        if format == Format::V3 {
            let commitment;
            (content_key, commitment) = derive(&materials.data_key, &materials.message_id);
            (iv, aad) = (V3_IV, v3_aad().to_vec());
            metadata.insert(entry::V3_SUITE, suite.label().to_owned());
            metadata.insert(entry::V3_KEY, base64(&wrapped_key));
            metadata.insert(entry::V3_WRAP, wrap.name(format).to_owned());
            metadata.insert(entry::V3_COMMITMENT, base64(&commitment));
            metadata.insert(entry::V3_MESSAGE_ID, base64(&materials.message_id));
            let kms = wrap == WrapAlgorithm::KmsContext;
            let name = if kms { entry::V3_CONTEXT } else { entry::V3_MATDESC };
            metadata.insert(name, description.to_json());
        } else {
            content_key = ContentKey(materials.data_key.0);
            (iv, aad) = (materials.iv, Vec::new());
            metadata.insert(entry::V2_KEY, base64(&wrapped_key));
            metadata.insert(entry::IV, base64(&materials.iv));
            metadata.insert(entry::CEK_ALG, suite.label().to_owned());
            metadata.insert(entry::WRAP_ALG, wrap.name(format).to_owned());
            metadata.insert(entry::TAG_LEN, (8 * TAG_LENGTH).to_string());
            metadata.insert(entry::MATDESC, description.to_json());
        }
        let length: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
        if length as u64 > MAX_METADATA_LENGTH {
            return Err(EncryptionError::TooLarge {
                limit: MAX_METADATA_LENGTH,
            });
        }
        Ok(Written {
            metadata,
            content_key,
            iv,
            aad,
            plaintext_length,
        })
    }

    /// Bytes of the whole object: ciphertext and tag.
    pub fn object_length(&self) -> u64 {
        self.plaintext_length + TAG_LENGTH
    }
}

fn wrap(
    wrapping: &Wrapping<'_>,
    materials: &Materials,
    suite: AlgorithmSuite,
) -> Result<(WrapAlgorithm, Vec<u8>, TextMap), EncryptionError> {
    let (data_key, seed) = (&materials.data_key, &materials.wrap_seed);
    match wrapping {
        Wrapping::Key { key, description } => {
            check_ascii(description)?;
            let (wrap, wrapped) = match key {
                KeyRef::Aes(key) => {
                    let nonce = *seed.first_chunk().expect("a seed has 32 bytes");
                    (
                        WrapAlgorithm::AesGcm,
                        Some(key_wrap::wrap_aes_gcm(key, data_key, suite, nonce)),
                    )
                }
                KeyRef::RsaPublic(key) => (
                    WrapAlgorithm::RsaOaepSha1,
                    key_wrap::wrap_rsa(key, data_key, suite, seed),
                ),
                KeyRef::RsaPrivate(key) => (
                    WrapAlgorithm::RsaOaepSha1,
                    key_wrap::wrap_rsa(key.public(), data_key, suite, seed),
                ),
            };
            let wrapped = wrapped.ok_or_else(|| EncryptionError::unsupported("an RSA key this short"))?;
            Ok((wrap, wrapped, (*description).clone()))
        }
        Wrapping::Kms {
            ciphertext_blob,
            encryption_context,
        } => {
            check_ascii(encryption_context)?;
            if encryption_context.get(CEK_ALG_PAIR) != Some(suite.label()) {
                return Err(EncryptionError::unsupported(
                    "an encryption context for another content algorithm",
                ));
            }
            Ok((
                WrapAlgorithm::KmsContext,
                ciphertext_blob.to_vec(),
                (*encryption_context).clone(),
            ))
        }
    }
}

fn format_of(policy: CommitmentPolicy) -> (Format, AlgorithmSuite) {
    if policy == CommitmentPolicy::ForbidEncryptAllowDecrypt {
        (Format::V2, AlgorithmSuite::Aes256GcmIv12Tag16NoKdf)
    } else {
        (Format::V3, AlgorithmSuite::Aes256GcmHkdfSha512CommitKey)
    }
}

fn check_ascii(map: &TextMap) -> Result<(), EncryptionError> {
    if map.is_ascii() {
        Ok(())
    } else {
        Err(EncryptionError::unsupported(
            "text that is not US-ASCII in object metadata",
        ))
    }
}
