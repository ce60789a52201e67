//! From held keys to the data key of a message, and from recipients to encrypted data keys.

use zeroize::Zeroizing;

use super::{EncryptedDataKey, EncryptionContext, Wrap, raw_aes_keyring, raw_rsa_keyring};
use crate::encryption::{DataKey, EncryptionError, KeyRef, OaepPadding};

/// Who is to read a message.
#[derive(Clone, Copy)]
pub enum Recipient<'k> {
    /// The holder of this key (for RSA: of its private half).
    Key {
        /// The key.
        key: KeyRef<'k>,
        /// 32 random bytes for its wrap: raw AES takes its IV, RSA-OAEP its seed from them. Fresh for every recipient.
        seed: &'k [u8; 32],
    },
    /// Whoever may use this KMS key. KMS wrapped the data key with the message's whole encryption context.
    Kms {
        /// The key's ARN.
        key_arn: &'k str,
        /// `CiphertextBlob`.
        ciphertext_blob: &'k [u8],
    },
}

impl Recipient<'_> {
    pub(super) fn wrap(
        &self,
        data_key: &DataKey,
        context: &EncryptionContext,
    ) -> Result<EncryptedDataKey, EncryptionError> {
        let (key, seed) = match *self {
            Recipient::Kms {
                key_arn,
                ciphertext_blob,
            } => return EncryptedDataKey::from_kms(key_arn, ciphertext_blob),
            Recipient::Key { key, seed } => (key, seed),
        };
        match key {
            KeyRef::Aes(key) => {
                let iv = seed.first_chunk().expect("a seed has 32 bytes");
                raw_aes_keyring::wrap(key, data_key, context, iv)
            }
            KeyRef::RsaPublic(key) => raw_rsa_keyring::wrap(key, data_key, seed),
            KeyRef::RsaPrivate(key) => raw_rsa_keyring::wrap(key.public(), data_key, seed),
        }
    }
}

/// One RSA decryption to try where it is done natively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RsaUnwrap<'e> {
    /// Which of the keys given.
    pub key_index: usize,
    /// Its padding.
    pub padding: OaepPadding,
    /// What to decrypt.
    pub ciphertext: &'e [u8],
}

/// Pairs of wrapped data key and key that may belong together: those with the same names first, then any other key of
/// the right kind, since people lose names more often than keys.
fn candidates<'a, 'k>(
    edks: &'a [EncryptedDataKey],
    keys: &'a [KeyRef<'k>],
) -> impl Iterator<Item = (&'a EncryptedDataKey, usize, KeyRef<'k>)> {
    let named = |edk: &EncryptedDataKey, key: KeyRef<'_>| {
        edk.provider_id == key.namespace().as_bytes() && edk.provider_info.starts_with(key.name().as_bytes())
    };
    let fits = |edk: &EncryptedDataKey, key: KeyRef<'_>| match key {
        KeyRef::Aes(_) => edk.wrap() == Wrap::Aes,
        KeyRef::RsaPrivate(key) => edk.wrap() == Wrap::Rsa && raw_rsa_keyring::fits(key.public(), edk),
        KeyRef::RsaPublic(_) => false,
    };
    let pairs = move || {
        let with_keys = |edk| keys.iter().enumerate().map(move |(index, key)| (edk, index, *key));
        edks.iter()
            .flat_map(with_keys)
            .filter(move |(edk, _, key)| fits(edk, *key))
    };
    let by_name = pairs().filter(move |(edk, _, key)| named(edk, *key));
    by_name.chain(pairs().filter(move |(edk, _, key)| !named(edk, *key)))
}

/// The data key and which key opened it, in software.
pub(super) fn unwrap(
    edks: &[EncryptedDataKey],
    keys: &[KeyRef<'_>],
    context_aad: &[u8],
) -> Option<(Zeroizing<Vec<u8>>, usize)> {
    candidates(edks, keys).find_map(|(edk, index, key)| {
        let data_key = match key {
            KeyRef::Aes(key) => raw_aes_keyring::unwrap(key, edk, context_aad),
            KeyRef::RsaPrivate(key) => raw_rsa_keyring::unwrap(key, edk),
            KeyRef::RsaPublic(_) => None,
        };
        Some((data_key?, index))
    })
}

pub(super) fn rsa_unwraps<'e>(edks: &'e [EncryptedDataKey], keys: &[KeyRef<'_>]) -> Vec<RsaUnwrap<'e>> {
    let rsa: Vec<_> = keys
        .iter()
        .enumerate()
        .filter(|(_, key)| matches!(key, KeyRef::RsaPrivate(_)))
        .collect();
    let only: Vec<KeyRef<'_>> = rsa.iter().map(|(_, key)| **key).collect();
    let pairs = candidates(edks, &only).filter_map(|(edk, index, key)| {
        let padding = key.rsa_public()?.padding();
        let at = edks.iter().position(|other| std::ptr::eq(other, edk))?;
        Some((
            at,
            RsaUnwrap {
                key_index: rsa[index].0,
                padding,
                ciphertext: &edks[at].ciphertext,
            },
        ))
    });
    pairs.map(|(_, unwrap)| unwrap).collect()
}
