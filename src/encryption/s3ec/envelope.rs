//! The envelope: recognised, then opened with a key.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::content_metadata as entry;
use super::content_metadata::{Entries, contradictory};
use super::key_derivation::{COMMITMENT_LENGTH, MESSAGE_ID_LENGTH, V3_IV, derive, v3_aad};
use super::opened::{Content, Opened};
use super::policy::{Policy, Risk, risks};
use super::{AlgorithmSuite, Format, TextMap, WrapAlgorithm, key_wrap};
use crate::encryption::error::damaged;
use crate::encryption::{ContentKey, DataKey, EncryptionError, KeyRef, OaepPadding};

/// The reserved entry of a KMS encryption context that binds the content's algorithm.
pub(super) const CEK_ALG_PAIR: &str = "aws:x-amz-cek-alg";
/// What the legacy `kms` wrap keeps its key id under.
const CMK_ID_PAIR: &str = "kms_cmk_id";

/// What [`Envelope::recognise`] makes of an object's metadata.
#[derive(Clone, Debug)]
pub enum Recognised {
    /// No envelope entries. The object is not encrypted in this way, or all of them are in an instruction file: look
    /// for one, and if there is none, that is the answer.
    Nothing,
    /// A V3 object whose data key is in its instruction file.
    NeedsInstructionFile,
    /// An envelope.
    Envelope(Envelope),
}

/// What an object's metadata say about its encryption. Not authentic before it is opened.
#[derive(Clone, Debug)]
pub struct Envelope {
    format: Format,
    suite: AlgorithmSuite,
    wrap: WrapAlgorithm,
    wrapped_key: Vec<u8>,
    /// Material description or, with KMS, encryption context.
    description: TextMap,
    content: ContentEntries,
    unencrypted_length: Option<u64>,
}

#[derive(Clone, Debug)]
enum ContentEntries {
    Cbc {
        iv: [u8; 16],
    },
    Gcm {
        iv: [u8; 12],
    },
    Committing {
        message_id: [u8; MESSAGE_ID_LENGTH],
        commitment: [u8; COMMITMENT_LENGTH],
    },
}

/// Which key opens an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyNeeded {
    /// A raw AES-256 key.
    Aes,
    /// An RSA private key of this many bits; with this padding, natively where the browser can.
    Rsa {
        /// Padding.
        padding: OaepPadding,
        /// Modulus bits, from the length of the wrapped key.
        bits: usize,
    },
    /// AWS KMS: see [`Envelope::kms_decrypt`].
    Kms,
}

/// What to ask KMS Decrypt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KmsDecrypt {
    /// `CiphertextBlob`.
    pub ciphertext_blob: Vec<u8>,
    /// `EncryptionContext`, as stored.
    pub encryption_context: TextMap,
    /// The key id that a legacy object names.
    pub key_id: Option<String>,
}

impl Envelope {
    /// Recognises a format by its entries. Never tries one format after another: entries of two formats, of none
    /// completely, or of wrong length or shape are [`EncryptionError::Contradictory`]; what is whole but not read here
    /// is [`EncryptionError::Unsupported`].
    pub fn recognise(entries: Entries) -> Result<Recognised, EncryptionError> {
        match entries.format()? {
            None => Ok(Recognised::Nothing),
            Some(Format::V3) if entries.lacks_v3_key() => Ok(Recognised::NeedsInstructionFile),
            Some(format) => Self::read(&entries, format).map(Recognised::Envelope),
        }
    }

    /// The same with the object's instruction file. Whoever can write that file can exchange the data key, so read it
    /// only on request.
    pub fn with_instruction_file(entries: Entries, file: &[u8]) -> Result<Envelope, EncryptionError> {
        let entries = entries.with_instruction_file(file)?;
        let format = entries
            .format()?
            .ok_or_else(|| contradictory("the instruction file is empty"))?;
        Self::read(&entries, format)
    }

    fn read(entries: &Entries, format: Format) -> Result<Envelope, EncryptionError> {
        let unencrypted_length = entries.unencrypted_length()?;
        let (suite, wrap, wrapped_key, content) = match format {
            Format::V1 => {
                let wrapped_key = entries.bytes(entry::V1_KEY)?;
                if wrapped_key.len() > 48 {
                    return Err(EncryptionError::unsupported(
                        "a data key wrapped with RSA PKCS#1 v1.5 (old V1 format): reading it is unsafe in any program \
                         that shows errors. Re-encrypt the object with an official client",
                    ));
                }
                let content = ContentEntries::Cbc {
                    iv: entries.array(entry::IV)?,
                };
                (
                    AlgorithmSuite::Aes256CbcIv16NoKdf,
                    WrapAlgorithm::AesEcb,
                    wrapped_key,
                    content,
                )
            }
            Format::V2 => {
                let wrapped_key = entries.bytes(entry::V2_KEY)?;
                let wrap = wrap_of(entries.required(entry::WRAP_ALG)?, format)?;
                let (suite, content) = v2_content(entries)?;
                (suite, wrap, wrapped_key, content)
            }
            Format::V3 => {
                let suite = AlgorithmSuite::Aes256GcmHkdfSha512CommitKey;
                let stored = entries.required(entry::V3_SUITE)?;
                if stored != suite.label() {
                    return Err(EncryptionError::unsupported(format!(
                        "S3 encryption suite {}",
                        shown(stored)
                    )));
                }
                let wrap = wrap_of(entries.required(entry::V3_WRAP)?, format)?;
                let content = ContentEntries::Committing {
                    message_id: entries.array(entry::V3_MESSAGE_ID)?,
                    commitment: entries.array(entry::V3_COMMITMENT)?,
                };
                (suite, wrap, entries.bytes(entry::V3_KEY)?, content)
            }
        };
        let description = description(entries, format, wrap)?;
        if wrap == WrapAlgorithm::KmsContext && description.get(CEK_ALG_PAIR) != Some(suite.label()) {
            return Err(contradictory("the encryption context names another content algorithm"));
        }
        if wrap == WrapAlgorithm::Kms && description.get(CEK_ALG_PAIR).is_some() {
            return Err(contradictory("the encryption context is of another wrap"));
        }
        let right_length = match wrap {
            WrapAlgorithm::AesGcm => wrapped_key.len() == 60,
            WrapAlgorithm::AesWrap => wrapped_key.len() == 40,
            WrapAlgorithm::AesEcb => wrapped_key.len() == 48,
            WrapAlgorithm::RsaOaepSha1 | WrapAlgorithm::RsaOaepSha256Mgf1Sha1 => {
                (256..=512).contains(&wrapped_key.len())
            }
            WrapAlgorithm::Kms | WrapAlgorithm::KmsContext => (1..=6144).contains(&wrapped_key.len()),
        };
        if !right_length {
            return Err(contradictory(
                "the wrapped key has a length that its wrap does not give",
            ));
        }
        Ok(Envelope {
            format,
            suite,
            wrap,
            wrapped_key,
            description,
            content,
            unencrypted_length,
        })
    }

    /// Message format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Algorithm suite of the content.
    pub fn suite(&self) -> AlgorithmSuite {
        self.suite
    }

    /// How the data key is wrapped.
    pub fn wrap(&self) -> WrapAlgorithm {
        self.wrap
    }

    /// Material description of a raw key (never authenticated); with KMS the encryption context.
    pub fn description(&self) -> &TextMap {
        &self.description
    }

    /// What a person must be told, and agree to, before this is opened. Empty for V3.
    pub fn risks(&self) -> Vec<Risk> {
        risks(self.suite, self.wrap)
    }

    /// Which key opens it.
    pub fn key_needed(&self) -> KeyNeeded {
        match (self.wrap, self.wrap.oaep_padding()) {
            (_, Some(padding)) => KeyNeeded::Rsa {
                padding,
                bits: 8 * self.wrapped_key.len(),
            },
            (WrapAlgorithm::Kms | WrapAlgorithm::KmsContext, None) => KeyNeeded::Kms,
            _ => KeyNeeded::Aes,
        }
    }

    /// The wrapped data key.
    pub fn wrapped_key(&self) -> &[u8] {
        &self.wrapped_key
    }

    /// The plaintext's length in an object of `object_length` bytes; exact for GCM, for CBC up to 16 bytes too long.
    pub fn plaintext_length(&self, object_length: u64) -> Result<u64, EncryptionError> {
        super::opened::plaintext_length(self.suite, object_length, self.unencrypted_length)
    }

    /// What to ask KMS. `context`: what the person says the object was written with (without the reserved entries);
    /// `None` if they were not asked. A context that differs is [`EncryptionError::Damaged`].
    pub fn kms_decrypt(&self, context: Option<&TextMap>) -> Result<KmsDecrypt, EncryptionError> {
        if self.key_needed() != KeyNeeded::Kms {
            return Err(EncryptionError::NoMatchingKey);
        }
        let mut given = self.description.clone();
        given.remove(CEK_ALG_PAIR);
        let key_id = given.remove(CMK_ID_PAIR).filter(|_| self.wrap == WrapAlgorithm::Kms);
        if context.is_some_and(|context| *context != given) {
            return Err(damaged("encryption context"));
        }
        Ok(KmsDecrypt {
            ciphertext_blob: self.wrapped_key.clone(),
            encryption_context: self.description.clone(),
            key_id,
        })
    }

    /// Opens with one of `keys`, in software. [`EncryptionError::NoMatchingKey`] when none is of the kind needed,
    /// [`EncryptionError::Locked`] when the policy forbids it, [`EncryptionError::Damaged`] for every other failure.
    pub fn open<'k, K: Into<KeyRef<'k>>>(
        &self,
        keys: impl IntoIterator<Item = K>,
        policy: Policy,
    ) -> Result<Opened, EncryptionError> {
        self.check(policy)?;
        let keys: Vec<KeyRef<'k>> = keys.into_iter().map(Into::into).collect();
        let of_kind = |key: &KeyRef<'_>| match (self.key_needed(), key) {
            (KeyNeeded::Aes, KeyRef::Aes(_)) => true,
            (KeyNeeded::Rsa { bits, .. }, KeyRef::RsaPrivate(key)) => {
                (key.public().bits() as usize).next_multiple_of(8) == bits
            }
            _ => false,
        };
        let described = |key: &KeyRef<'_>| {
            let fingerprint = key.fingerprint().to_string();
            self.description.iter().any(|(_, value)| value == fingerprint)
        };
        let mut candidates: Vec<_> = keys.iter().enumerate().filter(|(_, key)| of_kind(key)).collect();
        candidates.sort_by_key(|(_, key)| !described(key));
        if candidates.is_empty() {
            return Err(EncryptionError::NoMatchingKey);
        }
        let unwrapped = candidates
            .iter()
            .find_map(|(index, key)| Some((self.unwrap(**key)?, *index)));
        let (data_key, index) = unwrapped.ok_or_else(|| damaged("key wrap"))?;
        self.open_with_data_key(&data_key, Some(index))
    }

    /// Opens with what WebCrypto's RSA-OAEP decryption or KMS Decrypt gave for [`Envelope::wrapped_key`]. An OAEP
    /// failure is to be passed as an empty payload, so that it looks like every other.
    pub fn open_with_payload(&self, payload: &[u8], policy: Policy) -> Result<Opened, EncryptionError> {
        self.check(policy)?;
        let data_key = key_wrap::data_key_of_payload(self.wrap, payload, self.suite);
        self.open_with_data_key(&data_key.ok_or_else(|| damaged("key wrap"))?, None)
    }

    fn unwrap(&self, key: KeyRef<'_>) -> Option<DataKey> {
        match key {
            KeyRef::Aes(key) => key_wrap::unwrap_aes(self.wrap, key, &self.wrapped_key, self.suite),
            KeyRef::RsaPrivate(key) => {
                let payload = key.decrypt(self.wrap.oaep_padding()?, &self.wrapped_key).ok();
                let payload = payload.unwrap_or_else(|| Zeroizing::new(Vec::new()));
                key_wrap::data_key_of_payload(self.wrap, &payload, self.suite)
            }
            KeyRef::RsaPublic(_) => None,
        }
    }

    fn check(&self, policy: Policy) -> Result<(), EncryptionError> {
        match self.risks().into_iter().find(|risk| !policy.allows(*risk)) {
            None => Ok(()),
            Some(risk) => Err(EncryptionError::Locked {
                why: risk.explanation(),
            }),
        }
    }

    fn open_with_data_key(&self, data_key: &DataKey, key_index: Option<usize>) -> Result<Opened, EncryptionError> {
        let content = match &self.content {
            ContentEntries::Cbc { iv } => Content::Cbc {
                key: ContentKey(data_key.0),
                iv: *iv,
            },
            ContentEntries::Gcm { iv } => Content::Gcm {
                key: ContentKey(data_key.0),
                iv: *iv,
                aad: Vec::new(),
            },
            ContentEntries::Committing { message_id, commitment } => {
                let (key, derived) = derive(data_key, message_id);
                if !bool::from(derived.ct_eq(commitment)) {
                    return Err(damaged("key commitment"));
                }
                Content::Gcm {
                    key,
                    iv: V3_IV,
                    aad: v3_aad().to_vec(),
                }
            }
        };
        Ok(Opened {
            suite: self.suite,
            content,
            key_index,
            unencrypted_length: self.unencrypted_length,
        })
    }
}

fn v2_content(entries: &Entries) -> Result<(AlgorithmSuite, ContentEntries), EncryptionError> {
    match entries.required(entry::CEK_ALG)? {
        "AES/GCM/NoPadding" => {
            // Some clients do without; none writes another.
            if entries.get(entry::TAG_LEN).is_some_and(|bits| bits != "128") {
                return Err(contradictory("a tag length other than 128 bits"));
            }
            let iv = entries.array(entry::IV)?;
            Ok((AlgorithmSuite::Aes256GcmIv12Tag16NoKdf, ContentEntries::Gcm { iv }))
        }
        "AES/CBC/PKCS5Padding" | "AES/CBC/PKCS7Padding" => {
            if entries.has(entry::TAG_LEN) {
                return Err(contradictory("a tag length with AES-CBC, which has no tag"));
            }
            let iv = entries.array(entry::IV)?;
            Ok((AlgorithmSuite::Aes256CbcIv16NoKdf, ContentEntries::Cbc { iv }))
        }
        other => Err(EncryptionError::unsupported(format!(
            "S3 content encryption {}",
            shown(other)
        ))),
    }
}

fn wrap_of(name: &str, format: Format) -> Result<WrapAlgorithm, EncryptionError> {
    WrapAlgorithm::from_name(name, format)
        .ok_or_else(|| EncryptionError::unsupported(format!("S3 key wrap {}", shown(name))))
}

fn description(entries: &Entries, format: Format, wrap: WrapAlgorithm) -> Result<TextMap, EncryptionError> {
    if format != Format::V3 {
        return Ok(entries.map(entry::MATDESC)?.unwrap_or_default());
    }
    let (context, matdesc) = (entries.map(entry::V3_CONTEXT)?, entries.map(entry::V3_MATDESC)?);
    let (wanted, other) = if wrap == WrapAlgorithm::KmsContext {
        (context, matdesc)
    } else {
        (matdesc, context)
    };
    if other.is_some_and(|other| !other.is_empty()) {
        return Err(contradictory(
            "a material description with KMS, or an encryption context without",
        ));
    }
    Ok(wanted.unwrap_or_default())
}

/// Text from outside, for an error: short and plain.
fn shown(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{CommitmentPolicy, Materials, Wrapping, Written};
    use super::*;
    use crate::encryption::WrappingKey;
    use crate::encryption::error::FAILED_CHECK;

    /// Outside, every failure is the same; here it shows that the check meant is the one that failed.
    #[test]
    fn each_change_fails_at_its_own_check() {
        let (key, description) = (WrappingKey::new([0x42; 32], "", ""), TextMap::default());
        let write = |policy, data_key| {
            let materials = Materials {
                data_key: DataKey([data_key; 32]),
                message_id: [9; MESSAGE_ID_LENGTH],
                iv: [5; 12],
                wrap_seed: [3; 32],
            };
            let wrapping = Wrapping::Key {
                key: (&key).into(),
                description: &description,
            };
            Written::write(materials, policy, &wrapping, 0).unwrap().metadata
        };
        let fails_at = |metadata: &BTreeMap<&'static str, String>, key: &WrappingKey| {
            let entries = Entries::from_metadata(metadata).unwrap();
            let Ok(Recognised::Envelope(envelope)) = Envelope::recognise(entries) else {
                panic!("an envelope")
            };
            let policy = Policy {
                unlocked: true,
                ..Policy::default()
            };
            let outcome = envelope
                .open([key], policy)
                .and_then(|opened| opened.decrypt(vec![0; 16]));
            assert_eq!(outcome, Err(EncryptionError::Damaged));
            FAILED_CHECK.get()
        };
        let v3 = write(CommitmentPolicy::default(), 7);
        let v2 = write(CommitmentPolicy::ForbidEncryptAllowDecrypt, 7);
        let mut swapped = v3.clone();
        swapped.insert(
            entry::V3_KEY,
            write(CommitmentPolicy::default(), 8).remove(entry::V3_KEY).unwrap(),
        );
        let mut downgraded = v2.clone();
        downgraded.insert(entry::V2_KEY, v3[entry::V3_KEY].clone());
        assert_eq!(fails_at(&swapped, &key), "key commitment");
        assert_eq!(fails_at(&downgraded, &key), "key wrap");
        assert_eq!(fails_at(&v3, &WrappingKey::new([1; 32], "", "")), "key wrap");
        assert_eq!(fails_at(&v3, &key), "content tag");
        assert_eq!(fails_at(&v2, &key), "content tag");
    }
}
