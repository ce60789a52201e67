//! An opened envelope: what decrypts the content.

use super::{AlgorithmSuite, CbcMessage};
use crate::encryption::error::damaged;
use crate::encryption::gcm::{GcmMessage, Segment, TagSum};
use crate::encryption::{ContentKey, EncryptionError};

/// Bytes of tag behind GCM content.
pub const TAG_LENGTH: u64 = 16;

const CBC_BLOCK: u64 = 16;

/// The key to an object's content. That key and object belong together shows only in the content's tag.
#[derive(Clone, Debug)]
pub struct Opened {
    pub(super) suite: AlgorithmSuite,
    /// What decrypts it.
    pub content: Content,
    /// Which of the keys given opened it; `None` when it was unwrapped elsewhere.
    pub key_index: Option<usize>,
    pub(super) unencrypted_length: Option<u64>,
}

/// The content's cipher and its parameters.
#[derive(Clone, Debug)]
pub enum Content {
    /// One GCM message; its tag is behind the ciphertext.
    Gcm {
        /// Content key.
        key: ContentKey,
        /// IV.
        iv: [u8; 12],
        /// AAD.
        aad: Vec<u8>,
    },
    /// CBC, unauthenticated: only of objects that the person unlocked.
    Cbc {
        /// Content key.
        key: ContentKey,
        /// IV.
        iv: [u8; 16],
    },
}

impl Opened {
    /// See [`Envelope::plaintext_length`](super::Envelope::plaintext_length).
    pub fn plaintext_length(&self, object_length: u64) -> Result<u64, EncryptionError> {
        plaintext_length(self.suite, object_length, self.unencrypted_length)
    }

    /// A whole object in memory, in software. The tag is checked before anything is decrypted.
    pub fn decrypt(&self, mut object: Vec<u8>) -> Result<Vec<u8>, EncryptionError> {
        let object_length = object.len() as u64;
        let length = self.plaintext_length(object_length)?;
        match &self.content {
            Content::Gcm { key, iv, aad } => {
                let message = GcmMessage::new(key, *iv, aad)?;
                let tag = object.split_off(length as usize);
                let segment = Segment::new(0, length, length)?;
                let mut sum = TagSum::new(length)?;
                sum.add(&message, &message.authenticate_segment(segment, &object));
                let computed = sum.finish(&message).ok_or_else(|| damaged("content length"))?;
                computed.verify(&tag)?;
                message.apply_keystream(&segment, &mut object);
            }
            Content::Cbc { key, iv } => {
                let message = CbcMessage::new(key, *iv);
                message.decrypt_blocks(None, &mut object);
                let last = object.last_chunk().ok_or_else(|| damaged("content length"))?;
                let length = message.plaintext_length(object_length, last)?;
                if self.unencrypted_length.is_some_and(|noted| noted != length) {
                    return Err(damaged("noted length"));
                }
                object.truncate(length as usize);
            }
        }
        Ok(object)
    }
}

pub(super) fn plaintext_length(
    suite: AlgorithmSuite,
    object_length: u64,
    noted: Option<u64>,
) -> Result<u64, EncryptionError> {
    let wrong = || damaged("content length");
    if suite == AlgorithmSuite::Aes256CbcIv16NoKdf {
        let whole = object_length > 0 && object_length.is_multiple_of(CBC_BLOCK);
        let fits = noted.is_none_or(|noted| noted < object_length && object_length - noted <= CBC_BLOCK);
        return if whole && fits {
            Ok(noted.unwrap_or(object_length))
        } else {
            Err(wrong())
        };
    }
    let length = object_length.checked_sub(TAG_LENGTH).ok_or_else(wrong)?;
    Segment::check_length(length)?;
    if noted.is_some_and(|noted| noted != length) {
        Err(wrong())
    } else {
        Ok(length)
    }
}
