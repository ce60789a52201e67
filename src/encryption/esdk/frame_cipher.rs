//! Frames through the `aes-gcm` crate: the oracle the native path is tested against, and the fallback where the
//! browser offers no WebCrypto.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

use super::Frame;
use crate::encryption::{ContentKey, EncryptionError};

/// Encrypts and opens the frames of one message in software.
pub struct FrameCipher {
    cipher: Aes256Gcm,
    message_id: [u8; 32],
}

impl FrameCipher {
    /// For the message with this id.
    pub fn new(content_key: &ContentKey, message_id: [u8; 32]) -> Self {
        FrameCipher {
            cipher: Aes256Gcm::new(&content_key.0.into()),
            message_id,
        }
    }

    /// All bytes of the frame. The caller answers for `plaintext` being the one plaintext of this frame.
    ///
    /// # Panics
    /// When `plaintext` has not the frame's length.
    pub fn encrypt(&self, frame: &Frame, plaintext: &[u8]) -> Vec<u8> {
        assert_eq!(plaintext.len() as u64, frame.plaintext.end - frame.plaintext.start);
        let payload = Payload {
            msg: plaintext,
            aad: &frame.aad(&self.message_id),
        };
        let mut bytes = frame.prefix();
        bytes.extend(
            self.cipher
                .encrypt(&Nonce::from(frame.iv()), payload)
                .expect("a frame is far below GCM's limit"),
        );
        bytes
    }

    /// The plaintext of the frame with these bytes, authenticated.
    pub fn decrypt(&self, frame: &Frame, bytes: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        let sealed = bytes
            .strip_prefix(frame.prefix().as_slice())
            .ok_or(EncryptionError::Damaged)?;
        if bytes.len() as u64 != frame.message.end - frame.message.start {
            return Err(EncryptionError::Damaged);
        }
        let payload = Payload {
            msg: sealed,
            aad: &frame.aad(&self.message_id),
        };
        self.cipher
            .decrypt(&Nonce::from(frame.iv()), payload)
            .map_err(|_| EncryptionError::Damaged)
    }
}
