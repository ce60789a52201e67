//! Reading a file and having it encrypted piece by piece: while one piece is read, others are with the browser's
//! cryptography.

use std::collections::VecDeque;
use std::future::Future;

use js_sys::Uint8Array;

use super::digest::Digest;
use super::messages::TaskError;
use crate::platform::buffer::Buffer;
use crate::platform::file_reader::FileReader;
use crate::platform::files::FileHandle;

/// Pieces that one task has with the browser's cryptography at a time: it works on one while the next is copied to it
/// and the one before is copied away.
pub(super) const DEPTH: usize = 3;

/// Reads `blob` front to back in `pieces` of these lengths, none longer than `longest`. Each goes to `start`, which must
/// take its copy of the bytes before it returns, because the next piece is read over them, and into the `digest`; what
/// comes of it goes to `take`, in order.
pub(super) async fn read_and_seal<P, T, F>(
    blob: &FileHandle,
    longest: usize,
    pieces: impl Iterator<Item = (P, usize)>,
    digest: &mut Digest,
    start: impl Fn(&P, Uint8Array) -> F,
    mut take: impl FnMut(P, T),
) -> Result<(), TaskError>
where
    F: Future<Output = Result<T, TaskError>>,
{
    let mut reader = FileReader::open(blob)?;
    // Small enough to stay in the processor's cache on its way through the browser.
    let mut plaintext = Buffer::new(longest.max(1));
    let mut under_way = VecDeque::with_capacity(DEPTH);
    for (piece, length) in pieces {
        let read = reader.read(plaintext, 0, length).await;
        let (buffer, count) = read.map_err(|_| TaskError::Unreadable)?;
        if count != length {
            return Err(TaskError::Unreadable);
        }
        let sealing = Box::pin(start(&piece, buffer.view(0..length)));
        digest.update(&buffer, 0..length);
        plaintext = buffer;
        under_way.push_back((piece, sealing));
        if under_way.len() == DEPTH
            && let Some((piece, sealing)) = under_way.pop_front()
        {
            take(piece, sealing.await?);
        }
    }
    for (piece, sealing) in under_way {
        take(piece, sealing.await?);
    }
    Ok(())
}
