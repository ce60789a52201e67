//! Raw AES keyring. Source: `framework/raw-aes-keyring.md`.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

use zeroize::Zeroizing;

use super::{EncryptedDataKey, EncryptionContext};
use crate::encryption::{DataKey, EncryptionError, WrappingKey};

/// Wraps the data key. The IV must be fresh: one wrapping key stays below 2^32 messages.
pub(crate) fn wrap(
    key: &WrappingKey,
    data_key: &DataKey,
    context: &EncryptionContext,
    iv: &[u8; 12],
) -> Result<EncryptedDataKey, EncryptionError> {
    let mut provider_info = key.name().as_bytes().to_vec();
    provider_info.extend(128u32.to_be_bytes());
    provider_info.extend(12u32.to_be_bytes());
    provider_info.extend(iv);
    let limit = u64::from(u16::MAX);
    if provider_info.len() as u64 > limit || key.namespace().len() as u64 > limit {
        return Err(EncryptionError::TooLarge { limit });
    }
    let payload = Payload {
        msg: &data_key.0,
        aad: &context.serialize()?,
    };
    let ciphertext = cipher(key)
        .encrypt(&Nonce::from(*iv), payload)
        .map_err(|_| EncryptionError::Damaged)?;
    Ok(EncryptedDataKey {
        provider_id: key.namespace().as_bytes().to_vec(),
        provider_info,
        ciphertext,
    })
}

/// Unwraps the data key. `None` when this key did not wrap it, or the EDK or the context was changed.
pub(crate) fn unwrap(key: &WrappingKey, edk: &EncryptedDataKey, context_aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let payload = Payload {
        msg: &edk.ciphertext,
        aad: context_aad,
    };
    let data_key = cipher(key).decrypt(&Nonce::from(*edk.aes_iv()?), payload).ok()?;
    Some(Zeroizing::new(data_key))
}

fn cipher(key: &WrappingKey) -> Aes256Gcm {
    Aes256Gcm::new(&key.key.into())
}
