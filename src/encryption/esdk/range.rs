//! Reading a part of a message, authenticated: which frames to fetch, and what is in them. Every frame is bound to its
//! place and its message; the final frame, by its number, to the length of the whole.

#![expect(clippy::single_range_in_vec_init, reason = "one run of frames is a list of runs too")]

use std::ops::Range;

use super::{FrameCipher, Layout};
use crate::encryption::EncryptionError;

impl Layout {
    /// Runs of frames to fetch and open for these bytes of the plaintext (what is beyond its end is left out): those that
    /// hold them, and in any case the final frame, without which a message cut off at a frame's end would go unnoticed.
    pub fn runs_for(&self, plaintext: Range<u64>) -> Vec<Range<u32>> {
        let count = self.frame_count();
        let end = plaintext.end.min(self.plaintext_length());
        if plaintext.start >= end {
            return vec![count - 1..count];
        }
        let stride = u64::from(self.frame_length().max(1));
        let first = (plaintext.start / stride) as u32; // below the number of frames
        let last = ((end - 1) / stride) as u32;
        match last + 1 {
            after if after == count => vec![first..count],
            after if after == count - 1 => vec![first..count],
            after => vec![first..after, count - 1..count],
        }
    }
}

impl FrameCipher {
    /// The plaintext of these frames (not empty), which are `bytes`. All of them are authentic, or nothing comes out.
    pub fn decrypt_run(&self, layout: &Layout, frames: Range<u32>, bytes: &[u8]) -> Result<Vec<u8>, EncryptionError> {
        let stored = layout.message_range(frames.clone());
        if bytes.len() as u64 != stored.end - stored.start {
            return Err(EncryptionError::Damaged);
        }
        let mut plaintext = Vec::with_capacity(bytes.len());
        for index in frames {
            let frame = layout.frame(index);
            let at = |place: u64| (place - stored.start) as usize; // within `bytes`
            plaintext.extend(self.decrypt(&frame, &bytes[at(frame.message.start)..at(frame.message.end)])?);
        }
        Ok(plaintext)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encryption::ContentKey;
    use proptest::prelude::*;

    const HEADER: usize = 700;

    fn layout(frame: u32, plaintext: u64) -> Layout {
        Layout::for_plaintext(HEADER, frame, plaintext).unwrap()
    }

    #[test]
    fn the_final_frame_is_always_among_them() {
        assert_eq!(layout(10, 100).runs_for(0..25), [0..3, 9..10]);
        assert_eq!(layout(10, 100).runs_for(85..90), [8..10]);
        assert_eq!(layout(10, 100).runs_for(95..400), [9..10]);
        assert_eq!(layout(10, 100).runs_for(0..0), [9..10]);
        assert_eq!(layout(10, 100).runs_for(100..200), [9..10]);
        assert_eq!(layout(10, 0).runs_for(0..5), [0..1]);
        let single = Layout::for_message(HEADER, 0, HEADER as u64 + 36 + 50).unwrap();
        assert_eq!(single.runs_for(3..4), [0..1]);
        // The empty final frame of the Python client.
        let python = Layout::for_message(HEADER, 10, HEADER as u64 + 3 * 42 + 40).unwrap();
        assert_eq!(python.runs_for(0..5), [0..1, 3..4]);
    }

    /// A message's frames, header left out, and the cipher that made them.
    fn message(layout: &Layout, id: u8) -> (FrameCipher, Vec<u8>) {
        let cipher = FrameCipher::new(&ContentKey([7; 32]), [id; 32]);
        let frames = (0..layout.frame_count()).map(|index| layout.frame(index));
        let bytes = frames.flat_map(|frame| {
            let plaintext: Vec<u8> = frame.plaintext.clone().map(|at| at as u8).collect();
            cipher.encrypt(&frame, &plaintext)
        });
        let bytes = bytes.collect();
        (cipher, bytes)
    }

    fn run<'m>(layout: &Layout, message: &'m [u8], frames: &Range<u32>) -> &'m [u8] {
        let stored = layout.message_range(frames.clone());
        &message[stored.start as usize - HEADER..stored.end as usize - HEADER]
    }

    proptest! {
        #[test]
        fn any_range_comes_out_right(frame in 1u32..40, size in 0u64..400, start in 0u64..400, length in 0u64..400) {
            let layout = layout(frame, size);
            let (cipher, message) = message(&layout, 1);
            let runs = layout.runs_for(start..start + length);
            prop_assert_eq!(runs.last().unwrap().end, layout.frame_count());
            let mut found = Vec::new();
            for frames in &runs {
                let plaintext = cipher.decrypt_run(&layout, frames.clone(), run(&layout, &message, frames)).unwrap();
                found.extend(layout.plaintext_range(frames.clone()).zip(plaintext));
            }
            for at in start..(start + length).min(size) {
                prop_assert!(found.contains(&(at, at as u8)));
            }
        }

        #[test]
        fn a_changed_byte_lets_nothing_out(place in 0usize..500, bit in 0u8..8) {
            let layout = layout(100, 450);
            let (cipher, message) = message(&layout, 1);
            let bytes = run(&layout, &message, &(1..5));
            let mut bytes = bytes.to_vec();
            let place = place % bytes.len();
            bytes[place] ^= 1 << bit;
            prop_assert_eq!(cipher.decrypt_run(&layout, 1..5, &bytes), Err(EncryptionError::Damaged));
        }
    }

    #[test]
    fn cut_moved_and_foreign_frames_are_refused() {
        let whole = layout(100, 450);
        let (cipher, bytes) = message(&whole, 1);
        let damaged = Err(EncryptionError::Damaged);
        // Cut after the third frame: what would be the final frame now is none.
        let cut = layout(100, 300);
        assert_eq!(
            cipher.decrypt_run(&cut, 2..3, run(&cut, &[&bytes[..], &[0; 40]].concat(), &(2..3))),
            damaged
        );
        assert_eq!(cipher.decrypt_run(&whole, 0..1, run(&whole, &bytes, &(1..2))), damaged);
        assert_eq!(cipher.decrypt_run(&whole, 0..2, run(&whole, &bytes, &(0..1))), damaged);
        let (_, other) = message(&whole, 2);
        assert_eq!(cipher.decrypt_run(&whole, 0..1, run(&whole, &other, &(0..1))), damaged);
    }
}
