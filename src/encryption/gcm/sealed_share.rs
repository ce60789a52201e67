//! Shares sealed for their way between worker and page, and for checkpoints: readable only with the content key.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroizing;

use super::{Segment, Share};
use crate::encryption::error::damaged;
use crate::encryption::{ContentKey, EncryptionError};

/// Bytes of a sealed share: IV, ciphertext and tag.
pub const SEALED_SHARE_LENGTH: usize = 12 + 16 + 16;

impl Share {
    /// Seals it with a key derived from the message's. The IV follows from share and place (a synthetic IV), so that
    /// sealing the same again gives the same and sealing another never repeats one.
    pub fn seal(&self, key: &ContentKey) -> Vec<u8> {
        let (cipher, mac_key) = keys(key);
        let share = Zeroizing::new(self.expose());
        let place = place(self.segment());
        let mut iv = [0; 12];
        let synthetic = Hkdf::<Sha512>::new(Some(&*mac_key), &*share);
        synthetic
            .expand(&place, &mut iv)
            .expect("12 bytes are fewer than 255 hashes");
        let payload = Payload {
            msg: &*share,
            aad: &place,
        };
        let sealed = cipher
            .encrypt(&Nonce::from(iv), payload)
            .expect("a share is far below GCM's limit");
        [&iv[..], &sealed].concat()
    }

    /// Opens what [`Share::seal`] gave for this segment of this message.
    pub fn unseal(sealed: &[u8], segment: Segment, key: &ContentKey) -> Result<Share, EncryptionError> {
        let (cipher, _) = keys(key);
        let wrong = || damaged("sealed share");
        let (iv, sealed) = sealed.split_first_chunk::<12>().ok_or_else(wrong)?;
        let payload = Payload {
            msg: sealed,
            aad: &place(segment),
        };
        let opened = Zeroizing::new(cipher.decrypt(&Nonce::from(*iv), payload).map_err(|_| wrong())?);
        Ok(Share::from_bytes(
            segment,
            opened.as_slice().try_into().map_err(|_| wrong())?,
        ))
    }
}

fn keys(key: &ContentKey) -> (Aes256Gcm, Zeroizing<[u8; 32]>) {
    let hkdf = Hkdf::<Sha512>::new(Some(b"sealdrop sealed share"), key.expose());
    let (mut cipher_key, mut mac_key) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
    let within = "32 bytes are fewer than 255 hashes";
    hkdf.expand(b"seal", &mut *cipher_key).expect(within);
    hkdf.expand(b"synthetic IV", &mut *mac_key).expect(within);
    (Aes256Gcm::new(&(*cipher_key).into()), mac_key)
}

fn place(segment: Segment) -> [u8; 16] {
    let mut place = [0; 16];
    place[..8].copy_from_slice(&segment.offset().to_be_bytes());
    place[8..].copy_from_slice(&segment.length().to_be_bytes());
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_share_opens_at_its_place_only() {
        let key = ContentKey([7; 32]);
        let segment = Segment::new(16, 32, 64).unwrap();
        let share = Share::from_bytes(segment, [0xa7; 16]);
        let sealed = share.seal(&key);
        assert_eq!(sealed.len(), SEALED_SHARE_LENGTH);
        assert!(Share::unseal(&sealed, segment, &key).unwrap().same(&share));
        assert_eq!(sealed, share.seal(&key));
        assert_ne!(sealed[..12], Share::from_bytes(segment, [0xa8; 16]).seal(&key)[..12]);
        assert!(Share::unseal(&sealed, Segment::new(32, 32, 64).unwrap(), &key).is_err());
        assert!(Share::unseal(&sealed, segment, &ContentKey([8; 32])).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(Share::unseal(&changed, segment, &key).is_err());
            assert!(Share::unseal(&sealed[..at], segment, &key).is_err());
        }
    }
}
