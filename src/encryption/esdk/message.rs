//! Starting a new message.

use super::header::{HeaderBody, seal};
use super::key_derivation::derive_content_key;
use super::{AlgorithmSuite, EncryptionContext, FRAME_LENGTH, Layout, raw_aes_keyring};
use crate::encryption::{ContentKey, DataKey, EncryptionError, WrappingKey};

/// What makes a message: all of it random bytes, fresh for every message and used for one only.
pub struct Materials {
    /// Data key, 32 random bytes.
    pub data_key: DataKey,
    /// Message id, 32 random bytes.
    pub message_id: [u8; 32],
    /// IV of the key wrap, 12 random bytes.
    pub wrap_iv: [u8; 12],
}

/// A message about to be written: its header is final, its frames can be made in any order.
pub struct Message {
    /// Header body and tag.
    pub header: Vec<u8>,
    /// Its id, part of every frame's AAD.
    pub message_id: [u8; 32],
    /// The key for its frames.
    pub content_key: ContentKey,
    /// Where its frames lie.
    pub layout: Layout,
}

impl Message {
    /// Starts a message of `plaintext_length` bytes, in frames of [`FRAME_LENGTH`], that `key` opens. Consumes the
    /// materials: a second message needs its own.
    ///
    /// [`EncryptionError::TooLarge`] when the plaintext or the context does not fit.
    pub fn write(
        materials: Materials,
        key: &WrappingKey,
        context: &EncryptionContext,
        plaintext_length: u64,
    ) -> Result<Message, EncryptionError> {
        let Materials {
            data_key,
            message_id,
            wrap_iv,
        } = materials;
        let suite = AlgorithmSuite::AES_256_GCM_HKDF_SHA512_COMMIT_KEY;
        let (content_key, commitment) = derive_content_key(suite, &data_key, &message_id);
        let edk = raw_aes_keyring::wrap(key, &data_key, context, &wrap_iv)?;
        let body = HeaderBody {
            suite,
            message_id,
            context,
            edks: &[edk],
            frame_length: FRAME_LENGTH,
            commitment,
        }
        .serialize()?;
        let header = seal(body, &content_key);
        let layout = Layout::for_plaintext(header.len(), FRAME_LENGTH, plaintext_length)?;
        Ok(Message {
            header,
            message_id,
            content_key,
            layout,
        })
    }
}
