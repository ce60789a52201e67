//! A piece of one GCM message, and the message's length limit.

use crate::encryption::EncryptionError;

/// Longest plaintext of one GCM message with a 12-byte IV: 2^36 - 32 bytes (SP 800-38D, 5.2.1.1).
pub const MAX_PLAINTEXT_LENGTH: u64 = (1 << 36) - 32;

/// Bytes of one native call: browsers are fastest from 256 KiB to 1 MiB.
pub const SEGMENT_LENGTH: u64 = 512 << 10;

pub(super) const BLOCK: u64 = 16;

/// Bytes `offset..offset + length` of a message; starts at a whole block, and ends at one or at the message's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    offset: u64,
    length: u64,
}

impl Segment {
    /// A segment of a message of `total` bytes.
    ///
    /// [`EncryptionError::TooLarge`] above [`MAX_PLAINTEXT_LENGTH`], where the counter would wrap.
    ///
    /// # Panics
    /// When the segment is not inside the message or starts or ends amid a block: the caller's plan is wrong.
    pub fn new(offset: u64, length: u64, total: u64) -> Result<Segment, EncryptionError> {
        Self::check_length(total)?;
        let end = offset.checked_add(length).expect("a segment ends inside its message");
        assert!(end <= total, "{offset} + {length} of {total}");
        assert!(offset.is_multiple_of(BLOCK), "segments start at a whole block");
        assert!(
            end.is_multiple_of(BLOCK) || end == total,
            "only the last block is short"
        );
        Ok(Segment { offset, length })
    }

    /// Whether one GCM message holds `total` bytes of plaintext: ask before the first byte is encrypted.
    pub fn check_length(total: u64) -> Result<(), EncryptionError> {
        let limit = MAX_PLAINTEXT_LENGTH;
        if total > limit {
            Err(EncryptionError::TooLarge { limit })
        } else {
            Ok(())
        }
    }

    /// First byte.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// First byte behind it.
    pub fn end(&self) -> u64 {
        self.offset + self.length
    }

    /// Cut into native calls of at most `length` bytes, a multiple of 16.
    ///
    /// # Panics
    /// When `length` is not a multiple of 16 above 0.
    pub fn cut(self, length: u64) -> impl Iterator<Item = Segment> {
        assert!(length > 0 && length.is_multiple_of(BLOCK), "segments are whole blocks");
        (0..self.length.div_ceil(length)).map(move |index| {
            let offset = self.offset + index * length;
            Segment {
                offset,
                length: length.min(self.end() - offset),
            }
        })
    }

    /// `be32(first + b)`: the counter `first` blocks after the one before the tag mask's. Never wraps below the limit,
    /// and stops the program if it did.
    pub(super) fn counter(&self, first: u32) -> [u8; 4] {
        let last = u64::from(first) + self.offset / BLOCK + self.length.div_ceil(BLOCK).saturating_sub(1);
        assert!(last <= u64::from(u32::MAX), "the counter would wrap");
        (first + (self.offset / BLOCK) as u32).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_the_last_counter() {
        let segment = Segment::new(MAX_PLAINTEXT_LENGTH - 16, 16, MAX_PLAINTEXT_LENGTH).unwrap();
        assert_eq!(segment.counter(2), [0xff; 4]);
        let limit = MAX_PLAINTEXT_LENGTH;
        let refused = Segment::new(0, 16, MAX_PLAINTEXT_LENGTH + 1);
        assert_eq!(refused, Err(EncryptionError::TooLarge { limit }));
        assert!(Segment::check_length(limit).is_ok() && Segment::check_length(u64::MAX).is_err());
    }

    #[test]
    fn cuts_cover_the_segment() {
        let cuts: Vec<_> = Segment::new(32, 100, 132)
            .unwrap()
            .cut(48)
            .map(|s| (s.offset(), s.length()))
            .collect();
        assert_eq!(cuts, [(32, 48), (80, 48), (128, 4)]);
        assert_eq!(Segment::new(0, 0, 0).unwrap().cut(16).count(), 0);
    }

    #[test]
    #[should_panic(expected = "whole block")]
    fn a_segment_amid_a_block_is_no_segment() {
        let _ = Segment::new(8, 16, 64);
    }

    #[test]
    #[should_panic(expected = "counter would wrap")]
    fn a_counter_that_would_wrap_stops_the_program() {
        Segment {
            offset: 1 << 36,
            length: 16,
        }
        .counter(2);
    }
}
