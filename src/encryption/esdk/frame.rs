//! One frame: its place, its IV, its additional authenticated data (AAD) and the bytes in front of its ciphertext.
//! Source: `data-format/message-body.md`, `data-format/message-body-aad.md`.

use std::ops::Range;

/// AES-GCM tag in bytes.
pub const TAG_LENGTH: usize = 16;

/// Sequence number, IV and tag.
pub(super) const REGULAR_OVERHEAD: u64 = 4 + 12 + 16;
/// End mark, sequence number, IV, length and tag.
pub(super) const FINAL_OVERHEAD: u64 = 4 + 4 + 12 + 4 + 16;
/// IV, length and tag.
pub(super) const SINGLE_OVERHEAD: u64 = 12 + 8 + 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    Regular,
    Final,
    Single,
}

/// One frame of a [`super::Layout`]. Its bytes are [`Frame::prefix`], ciphertext, tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub(super) sequence_number: u32,
    pub(super) kind: FrameKind,
    /// Plaintext bytes it carries, as a range of the whole plaintext.
    pub plaintext: Range<u64>,
    /// Bytes it takes, as a range of the whole message.
    pub message: Range<u64>,
}

impl Frame {
    /// The only IV this frame may have: its sequence number.
    pub fn iv(&self) -> [u8; 12] {
        let mut iv = [0; 12];
        iv[8..].copy_from_slice(&self.sequence_number.to_be_bytes());
        iv
    }

    /// The bytes in front of the ciphertext. A reader compares them: they are all known in advance.
    pub fn prefix(&self) -> Vec<u8> {
        let length = self.plaintext.end - self.plaintext.start;
        let (number, iv) = (self.sequence_number.to_be_bytes(), self.iv());
        match self.kind {
            FrameKind::Regular => [&number[..], &iv].concat(),
            FrameKind::Final => [&[0xff; 4][..], &number, &iv, &(length as u32).to_be_bytes()].concat(),
            FrameKind::Single => [&iv[..], &length.to_be_bytes()].concat(),
        }
    }

    /// Length of [`Frame::prefix`].
    pub fn prefix_length(&self) -> usize {
        match self.kind {
            FrameKind::Regular => REGULAR_OVERHEAD as usize - TAG_LENGTH,
            FrameKind::Final => FINAL_OVERHEAD as usize - TAG_LENGTH,
            FrameKind::Single => SINGLE_OVERHEAD as usize - TAG_LENGTH,
        }
    }

    /// What the tag covers besides the ciphertext: message, kind, place and length.
    pub fn aad(&self, message_id: &[u8; 32]) -> Vec<u8> {
        let content: &[u8] = match self.kind {
            FrameKind::Regular => b"AWSKMSEncryptionClient Frame",
            FrameKind::Final => b"AWSKMSEncryptionClient Final Frame",
            FrameKind::Single => b"AWSKMSEncryptionClient Single Block",
        };
        let length = self.plaintext.end - self.plaintext.start;
        [
            &message_id[..],
            content,
            &self.sequence_number.to_be_bytes(),
            &length.to_be_bytes(),
        ]
        .concat()
    }
}
