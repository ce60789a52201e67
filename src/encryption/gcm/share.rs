//! Shares of a tag, their sum, and the tag.

use std::collections::BTreeMap;

use subtle::ConstantTimeEq;

use super::field::Element;
use super::segment::BLOCK;
use super::{GcmMessage, Segment};
use crate::encryption::EncryptionError;

/// What one segment adds to the tag of the whole message. A secret: redacted in Debug, wiped on drop.
#[derive(Clone)]
pub struct Share {
    pub(super) segment: Segment,
    pub(super) hash: Element,
}

impl Share {
    /// The bytes it covers.
    pub fn segment(&self) -> Segment {
        self.segment
    }

    /// Its 16 secret bytes, to cross a border between worker and page. Never to be stored or logged in clear.
    pub fn expose(&self) -> [u8; 16] {
        self.hash.to_bytes()
    }

    /// A share that crossed a border.
    pub fn from_bytes(segment: Segment, bytes: [u8; 16]) -> Share {
        Share {
            segment,
            hash: Element::from_bytes(bytes),
        }
    }

    /// Whether both stand for the same ciphertext, and so the same plaintext, at the same place. Ask before a segment
    /// that was encrypted again is sent again. Takes the same time for every answer.
    pub fn same(&self, other: &Share) -> bool {
        let equal: bool = self.expose().ct_eq(&other.expose()).into();
        self.segment == other.segment && equal
    }
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Share({:?} <redacted>)", self.segment)
    }
}

/// The tag of a whole message, 16 bytes.
#[derive(Clone)]
pub struct Tag(pub(super) [u8; 16]);

impl Tag {
    /// The bytes to write behind the ciphertext. When reading, use [`Tag::verify`] instead.
    pub fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Compares with the tag that was stored, in constant time. Only after this may anyone see plaintext.
    pub fn verify(&self, stored: &[u8]) -> Result<(), EncryptionError> {
        if bool::from(self.0.as_slice().ct_eq(stored)) {
            Ok(())
        } else {
            Err(crate::encryption::error::damaged("content tag"))
        }
    }
}

impl std::fmt::Debug for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tag(<redacted>)") // of a message being read, it would tell how to forge this one
    }
}

/// Adds up shares in any order and keeps account of the bytes they cover: each exactly once. Redacted in Debug.
#[derive(Clone)]
pub struct TagSum {
    total: u64,
    sum: Element,
    /// Covered bytes, start to end, neighbours joined.
    covered: BTreeMap<u64, u64>,
}

impl TagSum {
    /// For a message of `total` bytes. [`EncryptionError::TooLarge`] when one GCM message does not hold that many.
    pub fn new(total: u64) -> Result<TagSum, EncryptionError> {
        Segment::check_length(total)?;
        Ok(TagSum {
            total,
            sum: Element::ZERO,
            covered: BTreeMap::new(),
        })
    }

    /// Adds a share.
    ///
    /// # Panics
    /// When some of its bytes were counted before or lie outside the message: the caller's plan is wrong, and the tag
    /// would be.
    pub fn add(&mut self, message: &GcmMessage, share: &Share) {
        let (mut start, mut end) = (share.segment.offset(), share.segment.end());
        assert!(end <= self.total, "a share outside the message");
        if start == end {
            return;
        }
        let before = self
            .covered
            .range(..=start)
            .next_back()
            .map(|(&start, &end)| (start, end));
        let after = self.covered.range(start..).next().map(|(&start, &end)| (start, end));
        assert!(
            before.is_none_or(|(_, covered)| covered <= start),
            "bytes counted twice"
        );
        assert!(after.is_none_or(|(covered, _)| end <= covered), "bytes counted twice");
        let blocks_after = self.total.div_ceil(BLOCK) - end.div_ceil(BLOCK);
        self.sum = self.sum.add(&share.hash.multiply(&message.power(blocks_after)));
        if let Some((covered, _)) = before.filter(|&(_, covered)| covered == start) {
            start = covered;
        }
        if let Some((_, covered)) = after.filter(|&(covered, _)| covered == end) {
            self.covered.remove(&end);
            end = covered;
        }
        self.covered.insert(start, end);
    }

    /// Whether every byte of the message was counted.
    pub fn is_complete(&self) -> bool {
        self.total == 0 || self.covered.get(&0) == Some(&self.total)
    }

    /// The tag, once every byte was counted; `None` before.
    pub fn finish(self, message: &GcmMessage) -> Option<Tag> {
        self.is_complete().then(|| message.tag_of(&self.sum, self.total))
    }
}

impl std::fmt::Debug for TagSum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TagSum({:?} of {} <redacted>)", self.covered, self.total)
    }
}
