//! AES-256-CBC with PKCS#7 padding, to read objects of old clients. It authenticates nothing.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, KeyInit};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeGreater};

use crate::encryption::error::damaged;
use crate::encryption::{ContentKey, EncryptionError};

const BLOCK: usize = 16;

/// The content of one CBC object.
pub struct CbcMessage {
    cipher: Aes256,
    iv: [u8; BLOCK],
}

impl CbcMessage {
    pub(super) fn new(key: &ContentKey, iv: [u8; BLOCK]) -> Self {
        CbcMessage {
            cipher: Aes256::new(&key.0.into()),
            iv,
        }
    }

    /// Decrypts whole blocks in place. `before`: the 16 ciphertext bytes in front of them, `None` at the object's
    /// start. The last block of the object still has its padding, see [`CbcMessage::plaintext_length`].
    ///
    /// # Panics
    /// When `blocks` is not a multiple of 16 bytes.
    pub fn decrypt_blocks(&self, before: Option<[u8; BLOCK]>, blocks: &mut [u8]) {
        assert!(blocks.len().is_multiple_of(BLOCK), "CBC is made of whole blocks");
        let mut previous = before.unwrap_or(self.iv);
        for block in blocks.chunks_exact_mut(BLOCK) {
            let ciphertext: [u8; BLOCK] = (&*block).try_into().expect("chunks of 16");
            let mut array = ciphertext.into();
            self.cipher.decrypt_block(&mut array);
            for ((plain, byte), chained) in block.iter_mut().zip(array).zip(previous) {
                *plain = byte ^ chained;
            }
            previous = ciphertext;
        }
    }

    /// The plaintext's length, from the object's and its decrypted last block. A wrong padding is the same error as any
    /// other failure.
    pub fn plaintext_length(&self, object_length: u64, last_block: &[u8; BLOCK]) -> Result<u64, EncryptionError> {
        let padding = last_block[BLOCK - 1];
        let mut right = padding.ct_gt(&0) & !padding.ct_gt(&(BLOCK as u8));
        for (index, byte) in last_block.iter().rev().enumerate() {
            let counts = padding.ct_gt(&(index as u8));
            right &= Choice::conditional_select(&Choice::from(1), &byte.ct_eq(&padding), counts);
        }
        let length = object_length.checked_sub(padding.into()).filter(|_| right.into());
        length.ok_or_else(|| damaged("padding"))
    }
}

impl std::fmt::Debug for CbcMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CbcMessage(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_whole_or_refused() {
        let message = CbcMessage::new(&ContentKey([0; 32]), [0; 16]);
        let length = |block: [u8; 16]| message.plaintext_length(32, &block).ok();
        assert_eq!(length([16; 16]), Some(16));
        let mut block = [9; 16];
        block[15] = 1;
        assert_eq!(length(block), Some(31));
        block[15] = 2;
        assert_eq!(length(block), None);
        block[14] = 2;
        assert_eq!(length(block), Some(30));
        for bad in [0, 17, 255] {
            assert_eq!(length([bad; 16]), None);
        }
    }
}
