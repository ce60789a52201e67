//! SHA-256 of a plaintext, taken from the very bytes that are encrypted, in their order.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::platform::buffer::Buffer;

/// Takes bytes in; or nothing at all, where nobody asked for it.
pub(super) struct Digest(Option<Sha256>);

impl Digest {
    pub(super) fn new(wanted: bool) -> Self {
        Digest(wanted.then(Sha256::new))
    }

    /// The next bytes of the plaintext.
    pub(super) fn update(&mut self, buffer: &Buffer, range: Range<usize>) {
        if let Some(sha256) = &mut self.0 {
            let mut bytes = zeroize::Zeroizing::new(vec![0; range.len()]);
            buffer.copy_to(range.start, &mut bytes);
            sha256.update(&bytes);
        }
    }

    pub(super) fn finish(self) -> Option<[u8; 32]> {
        self.0.map(|sha256| sha256.finalize().into())
    }
}
