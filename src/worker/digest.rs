//! SHA-256 of a plaintext, taken from the very bytes that are encrypted, in their order.

use std::ops::Range;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::hash_so_far::HashSoFar;
use super::job::lacks;
use super::messages::TaskError;
use crate::platform::buffer::Buffer;

/// Bytes at a time that go through wasm memory, where they stay no longer than needed.
const STEP: usize = 64 << 10;

/// Takes bytes in; or nothing at all, where nobody asked for it.
pub(super) struct Digest(Option<Sha256>);

impl Digest {
    /// Goes on from there.
    pub(super) fn new(from: Option<HashSoFar>) -> Result<Self, TaskError> {
        let open = |from: HashSoFar| from.open().ok_or_else(|| lacks("digest"));
        Ok(Digest(from.map(open).transpose()?))
    }

    /// The next bytes of the plaintext.
    pub(super) fn update(&mut self, buffer: &Buffer, range: Range<usize>) {
        let Some(sha256) = &mut self.0 else { return };
        let mut bytes = Zeroizing::new(vec![0; STEP.min(range.len())]);
        for start in range.clone().step_by(STEP) {
            let bytes = &mut bytes[..STEP.min(range.end - start)];
            buffer.copy_to(start, bytes);
            sha256.update(bytes);
        }
    }

    /// How far it has come.
    pub(super) fn so_far(&self) -> Option<HashSoFar> {
        self.0.as_ref().map(HashSoFar::of)
    }
}
