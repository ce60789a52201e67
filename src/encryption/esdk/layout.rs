//! Where every frame lies. Plaintext size and message size are inverse functions, so lengths, ranges and multipart
//! boundaries are known before anything is encrypted. Source: `data-format/message-body.md`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::frame::{FINAL_OVERHEAD, Frame, FrameKind, REGULAR_OVERHEAD, SINGLE_OVERHEAD};
use crate::encryption::EncryptionError;

/// Plaintext bytes per frame in what we write: 512 KiB. The overhead is 32 bytes each, and one frame is one native
/// AES-GCM call, which in Chromium takes twice the time per byte from about 1 MiB on.
pub const FRAME_LENGTH: u32 = 512 << 10;

/// Longest frame we read, 64 MiB: a reader holds a whole frame before it may release any of it.
pub const MAX_FRAME_LENGTH: u32 = 64 << 20;

/// The shape of one message: header, then frames of `frame_length` plaintext bytes, then one final frame of at most
/// that; or a single block, which we only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    header_length: u64,
    body: Body,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Body {
    Framed {
        frame_length: u32,
        frames: u32,
        final_length: u32,
    },
    Single {
        length: u32,
    },
}

impl Layout {
    /// The layout we write. An exact multiple ends in a full final frame, as the specification prefers; nothing at
    /// all is one empty final frame. [`EncryptionError::TooLarge`] above 2^32 - 1 frames.
    pub fn for_plaintext(
        header_length: usize,
        frame_length: u32,
        plaintext_length: u64,
    ) -> Result<Layout, EncryptionError> {
        let frames = plaintext_length.div_ceil(frame_length.into()).max(1);
        let too_large = EncryptionError::TooLarge {
            limit: u64::from(u32::MAX) * u64::from(frame_length),
        };
        let frames = u32::try_from(frames).map_err(|_| too_large)?;
        let before_final = u64::from(frames - 1) * u64::from(frame_length);
        let final_length = (plaintext_length - before_final) as u32; // at most frame_length
        Ok(Layout {
            header_length: header_length as u64,
            body: Body::Framed {
                frame_length,
                frames,
                final_length,
            },
        })
    }

    /// The only layout a whole message of this size can have. Accepts the empty final frame that the official
    /// Python client writes after an exact multiple. [`EncryptionError::Damaged`] when no message has this size.
    pub fn for_message(
        header_length: usize,
        frame_length: u32,
        message_length: u64,
    ) -> Result<Layout, EncryptionError> {
        let damaged = EncryptionError::Damaged;
        let body = message_length
            .checked_sub(header_length as u64)
            .ok_or(damaged.clone())?;
        let body = if frame_length == 0 {
            let length = body.checked_sub(SINGLE_OVERHEAD).ok_or(damaged)?;
            if length > u64::from(MAX_FRAME_LENGTH) {
                return Err(EncryptionError::unsupported("a non-framed message over 64 MiB"));
            }
            Body::Single { length: length as u32 }
        } else {
            let rest = body.checked_sub(FINAL_OVERHEAD).ok_or(damaged.clone())?;
            let stride = u64::from(frame_length) + REGULAR_OVERHEAD;
            let (regular, final_length) = (rest / stride, rest % stride);
            if final_length > u64::from(frame_length) {
                return Err(damaged);
            }
            let frames = u32::try_from(regular + 1).map_err(|_| damaged)?;
            Body::Framed {
                frame_length,
                frames,
                final_length: final_length as u32,
            }
        };
        Ok(Layout {
            header_length: header_length as u64,
            body,
        })
    }

    /// Header length in bytes, tag included.
    pub fn header_length(&self) -> u64 {
        self.header_length
    }

    /// Frames in all, at least 1.
    pub fn frame_count(&self) -> u32 {
        match self.body {
            Body::Framed { frames, .. } => frames,
            Body::Single { .. } => 1,
        }
    }

    /// Plaintext bytes of every frame but the last, at most [`MAX_FRAME_LENGTH`].
    pub fn frame_length(&self) -> u32 {
        match self.body {
            Body::Framed { frame_length, .. } => frame_length,
            Body::Single { length } => length,
        }
    }

    /// Plaintext bytes in all.
    pub fn plaintext_length(&self) -> u64 {
        self.frame(self.frame_count() - 1).plaintext.end
    }

    /// Bytes of the whole message.
    pub fn message_length(&self) -> u64 {
        self.frame(self.frame_count() - 1).message.end
    }

    /// The frame at `index`, counted from 0.
    ///
    /// # Panics
    /// When `index` is not below [`Layout::frame_count`].
    pub fn frame(&self, index: u32) -> Frame {
        assert!(index < self.frame_count(), "frame {index} of {}", self.frame_count());
        match self.body {
            Body::Framed {
                frame_length,
                frames,
                final_length,
            } => {
                let is_final = index + 1 == frames;
                let (kind, length, overhead) = if is_final {
                    (FrameKind::Final, final_length, FINAL_OVERHEAD)
                } else {
                    (FrameKind::Regular, frame_length, REGULAR_OVERHEAD)
                };
                let (index, stride) = (u64::from(index), u64::from(frame_length));
                let plaintext = index * stride;
                let message = self.header_length + index * (stride + REGULAR_OVERHEAD);
                Frame {
                    sequence_number: index as u32 + 1,
                    kind,
                    plaintext: plaintext..plaintext + u64::from(length),
                    message: message..message + u64::from(length) + overhead,
                }
            }
            Body::Single { length } => Frame {
                sequence_number: 1,
                kind: FrameKind::Single,
                plaintext: 0..length.into(),
                message: self.header_length..self.header_length + u64::from(length) + SINGLE_OVERHEAD,
            },
        }
    }

    /// Bytes of the message that frames `indices` (not empty) make up.
    pub fn message_range(&self, indices: Range<u32>) -> Range<u64> {
        self.frame(indices.start).message.start..self.frame(indices.end - 1).message.end
    }

    /// Bytes of the plaintext that frames `indices` (not empty) make up.
    pub fn plaintext_range(&self, indices: Range<u32>) -> Range<u64> {
        self.frame(indices.start).plaintext.start..self.frame(indices.end - 1).plaintext.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_at_the_edges() {
        let message = |plaintext| Layout::for_plaintext(700, 4096, plaintext).unwrap().message_length();
        assert_eq!(message(0), 700 + 40);
        assert_eq!(message(1), 700 + 41);
        assert_eq!(message(4096), 700 + 4096 + 40);
        assert_eq!(message(4097), 700 + 4097 + 32 + 40);
        // The Python client's shape: n regular frames and an empty final one.
        let python = Layout::for_message(700, 4096, 700 + 4096 + 32 + 40).unwrap();
        assert_eq!((python.frame_count(), python.plaintext_length()), (2, 4096));
    }

    #[test]
    fn sizes_no_message_can_have_are_refused() {
        assert!(Layout::for_message(700, 4096, 700 + 39).is_err());
        assert!(Layout::for_message(700, 4096, 699).is_err());
        assert!(Layout::for_message(700, 4096, 700 + 4096 + 41).is_err());
        assert!(Layout::for_message(700, 1, u64::MAX).is_err());
        assert!(Layout::for_message(700, 0, 700 + 35).is_err());
        assert!(Layout::for_plaintext(0, 1, u64::MAX).is_err());
    }

    proptest! {
        #[test]
        fn message_and_plaintext_size_are_inverse(
            header in 100usize..3000, frame in 1u32..=MAX_FRAME_LENGTH, plaintext in 0u64..(1 << 45)
        ) {
            prop_assume!(plaintext.div_ceil(frame.into()) <= u32::MAX.into());
            let written = Layout::for_plaintext(header, frame, plaintext).unwrap();
            prop_assert_eq!(written.plaintext_length(), plaintext);
            prop_assert_eq!(Layout::for_message(header, frame, written.message_length()).unwrap(), written);
        }

        #[test]
        fn frames_follow_one_another_without_gaps(frame in 1u32..300, plaintext in 0u64..20_000) {
            let layout = Layout::for_plaintext(123, frame, plaintext).unwrap();
            let (mut plaintext_at, mut message_at) = (0, 123);
            for index in 0..layout.frame_count() {
                let frame = layout.frame(index);
                prop_assert_eq!((frame.plaintext.start, frame.message.start), (plaintext_at, message_at));
                (plaintext_at, message_at) = (frame.plaintext.end, frame.message.end);
            }
            prop_assert_eq!((plaintext_at, message_at), (plaintext, layout.message_length()));
        }
    }
}
