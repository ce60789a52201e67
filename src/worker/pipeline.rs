//! Reading a file and having it encrypted piece by piece: while one piece is read, others are with the browser's
//! cryptography.

use std::collections::VecDeque;
use std::future::{Future, ready};
use std::pin::Pin;

use js_sys::Uint8Array;

use super::digest::Digest;
use super::job::lacks;
use super::messages::TaskError;
use crate::platform::buffer::Buffer;
use crate::platform::file_reader::{self, FileReader};
use crate::platform::files::FileHandle;

/// Pieces that one task has with the browser's cryptography at a time: it works on one while the next is copied to it
/// and the one before is copied away.
pub(super) const DEPTH: usize = 3;
/// Bytes of a file that is not encrypted that are read at a time.
const LOADED_AT_A_TIME: usize = 512 << 10;
/// How often reading is begun.
const TRIES: usize = 3;

/// Reads `blob` front to back in `pieces` of these lengths, none longer than `longest`. Each goes to `start`, which must
/// take its copy of the bytes before it returns, because the next piece is read over them, and into the `digest`; what
/// comes of it goes to `take`, in order.
pub(super) async fn read_and_seal<P, T, F>(
    blob: &FileHandle,
    longest: usize,
    pieces: impl Iterator<Item = (P, usize)>,
    digest: &mut Digest,
    start: impl Fn(&P, Uint8Array) -> F,
    take: impl FnMut(P, T),
) -> Result<(), TaskError>
where
    F: Future<Output = Result<T, TaskError>>,
{
    let mut window = Window::new(take);
    let mut pieces = pieces.peekable();
    let first_length = pieces.peek().map_or(0, |(_, length)| *length);
    let (mut reader, first) = begin(blob, first_length, longest).await?;
    let mut read = Some(first);
    let mut plaintext = Buffer::new(0);
    for (piece, length) in pieces {
        let (buffer, count) = match (read.take(), &mut reader) {
            (Some(first), _) => first,
            (None, Some(reader)) => {
                let read = reader.read(plaintext, 0, length).await;
                read.map_err(|_| TaskError::Unreadable)?
            }
            (None, None) => return Err(TaskError::Unreadable),
        };
        if count != length {
            return Err(TaskError::Unreadable);
        }
        let sealing = start(&piece, buffer.view(0..length));
        digest.update(&buffer, 0..length);
        plaintext = buffer;
        window.push(piece, sealing).await?;
    }
    window.drain().await
}

/// Reads `blob` into the buffer, from its start, and into the `digest`. Gives its length.
pub(super) async fn load(blob: &FileHandle, buffer: &Buffer, digest: &mut Digest) -> Result<u32, TaskError> {
    let size = blob.size();
    if (buffer.len() as u64) < size {
        return Err(lacks("buffer"));
    }
    let pieces = (0..size as usize).step_by(LOADED_AT_A_TIME);
    let pieces = pieces.map(|at| (at, LOADED_AT_A_TIME.min(size as usize - at)));
    let copy = |at: &usize, bytes: Uint8Array| {
        buffer.view(*at..*at + bytes.length() as usize).set(&bytes, 0);
        ready(Ok(()))
    };
    let longest = LOADED_AT_A_TIME.min(size as usize);
    read_and_seal(blob, longest, pieces, digest, copy, |_, ()| ()).await?;
    Ok(size as u32)
}

/// Opens the file and reads its first `length` bytes, into a buffer that has room for `longest`. No reader remains if these
/// are all. Chromium sometimes fails the first reads of a blob that a page has just made; as long as nothing was encrypted,
/// reading can begin again.
async fn begin(
    blob: &FileHandle,
    length: usize,
    longest: usize,
) -> Result<(Option<FileReader>, (Buffer, usize)), TaskError> {
    for _ in 0..TRIES {
        if blob.size() == length as u64 {
            // One call costs less than opening and closing a stream, which is what small files spend their time on.
            if let Ok(whole) = file_reader::read_whole(blob).await {
                return Ok((None, whole));
            }
            continue;
        }
        let mut reader = FileReader::open(blob)?;
        // Small enough to stay in the processor's cache on its way through the browser.
        if let Ok(first) = reader.read(Buffer::new(longest.max(1)), 0, length).await {
            return Ok((Some(reader), first));
        }
    }
    Err(TaskError::Unreadable)
}

/// The same for plaintext that lies in the buffer already, from `at` on, piece after piece. What `take` gets may be put
/// where its piece was.
pub(super) async fn seal_in_place<P, T, F>(
    (buffer, at): (&Buffer, usize),
    pieces: impl Iterator<Item = (P, usize)>,
    digest: &mut Digest,
    start: impl Fn(&P, Uint8Array) -> F,
    take: impl FnMut(P, T),
) -> Result<(), TaskError>
where
    F: Future<Output = Result<T, TaskError>>,
{
    let mut window = Window::new(take);
    let mut place = at;
    for (piece, length) in pieces {
        let sealing = start(&piece, buffer.view(place..place + length));
        digest.update(buffer, place..place + length);
        place += length;
        window.push(piece, sealing).await?;
    }
    window.drain().await
}

/// The pieces that are with the browser's cryptography.
struct Window<P, F, Take> {
    under_way: VecDeque<(P, Pin<Box<F>>)>,
    take: Take,
}

impl<P, T, F, Take> Window<P, F, Take>
where
    F: Future<Output = Result<T, TaskError>>,
    Take: FnMut(P, T),
{
    fn new(take: Take) -> Self {
        Window {
            under_way: VecDeque::with_capacity(DEPTH),
            take,
        }
    }

    /// One more; when it is full, waits for the first.
    async fn push(&mut self, piece: P, sealing: F) -> Result<(), TaskError> {
        self.under_way.push_back((piece, Box::pin(sealing)));
        if self.under_way.len() == DEPTH
            && let Some((piece, sealing)) = self.under_way.pop_front()
        {
            (self.take)(piece, sealing.await?);
        }
        Ok(())
    }

    /// Waits for all.
    async fn drain(mut self) -> Result<(), TaskError> {
        for (piece, sealing) in self.under_way {
            (self.take)(piece, sealing.await?);
        }
        Ok(())
    }
}
