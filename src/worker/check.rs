//! Looking at ciphertext once more before it is sent: does it open? Nothing of the plaintext is kept.

use super::content::Content;
use super::job::{Cipher, frame_bytes};
use super::messages::{Frames, Run, TaskError};
use crate::encryption::ContentKey;
use crate::platform::buffer::Buffer;

/// Authenticates every frame of the part, which lies in the buffer from `at` on.
pub(super) async fn frames(key: &ContentKey, frames: &Frames, buffer: &Buffer, at: usize) -> Result<(), TaskError> {
    let cipher = Cipher::new(key, frames).await?;
    let base = frames.layout.message_range(frames.frames.clone()).start;
    for index in frames.frames.clone() {
        let frame = frames.layout.frame(index);
        cipher.decrypt(&frame, frame_bytes(&frame, base, buffer, at)?).await?;
    }
    Ok(())
}

/// The share of a run's ciphertext, computed as a reader computes it: it must be the one that encrypting it gave.
pub(super) async fn run(key: &ContentKey, run: &Run, buffer: &Buffer) -> Result<Vec<u8>, TaskError> {
    Content::new(key, run).await?.authenticate(run, buffer).await
}
