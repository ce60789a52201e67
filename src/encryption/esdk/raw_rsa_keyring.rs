//! Raw RSA keyring. Source: `framework/raw-rsa-keyring.md`. The message does not say the padding: the key does.

use zeroize::Zeroizing;

use super::EncryptedDataKey;
use crate::encryption::{DataKey, EncryptionError, RsaPrivateKey, RsaPublicKey};

/// Wraps the data key. `seed`: 32 random bytes, fresh for every wrap.
pub(crate) fn wrap(
    key: &RsaPublicKey,
    data_key: &DataKey,
    seed: &[u8; 32],
) -> Result<EncryptedDataKey, EncryptionError> {
    let limit = u64::from(u16::MAX);
    if key.name().len() as u64 > limit || key.namespace().len() as u64 > limit {
        return Err(EncryptionError::TooLarge { limit });
    }
    let ciphertext = key.encrypt(key.padding(), &data_key.0, seed);
    Ok(EncryptedDataKey {
        provider_id: key.namespace().as_bytes().to_vec(),
        provider_info: key.name().as_bytes().to_vec(),
        ciphertext: ciphertext.ok_or_else(|| EncryptionError::unsupported("an RSA key this short"))?,
    })
}

/// Whether the wrapped key may have been made with this key: it is as long as the modulus.
pub(crate) fn fits(key: &RsaPublicKey, edk: &EncryptedDataKey) -> bool {
    edk.ciphertext.len() == (key.bits() as usize).div_ceil(8)
}

/// Unwraps the data key in software. `None` for every failure.
pub(crate) fn unwrap(key: &RsaPrivateKey, edk: &EncryptedDataKey) -> Option<Zeroizing<Vec<u8>>> {
    key.decrypt(key.public().padding(), &edk.ciphertext).ok()
}
