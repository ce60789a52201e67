//! Digests of a part's bytes, in the worker: what the storage is to compare what it got with, and what a part that is
//! there already is compared with.

use md5::{Digest as _, Md5};

use super::messages::{Digest, TaskError};
use super::send::noting;
use crate::platform::buffer::Buffer;
use crate::platform::file_reader::FileReader;
use crate::platform::files::FileHandle;
use crate::platform::webcrypto;
use crate::platform::workers::Caller;

/// Bytes at a time that go through wasm memory.
const STEP: usize = 256 << 10;

/// Of the buffer's first `length` bytes.
pub(super) async fn of_buffer(digest: Digest, buffer: &Buffer, length: usize) -> Result<Vec<u8>, TaskError> {
    if buffer.len() < length {
        return Err(TaskError::Browser {
            detail: "the buffer is shorter than its part".into(),
        });
    }
    if digest == Digest::Sha256 && webcrypto::is_available() {
        return Ok(webcrypto::sha256(&buffer.view(0..length)).await?.to_vec());
    }
    let mut sum = Sum::new(digest);
    let mut bytes = vec![0; STEP.min(length)];
    for start in (0..length).step_by(STEP) {
        let bytes = &mut bytes[..STEP.min(length - start)];
        buffer.copy_to(start, bytes);
        sum.update(bytes);
    }
    Ok(sum.finish())
}

/// Of a file, or a slice of one, which is read here, as long as somebody waits for it.
pub(super) async fn of_file(digest: Digest, blob: &FileHandle, caller: &Caller) -> Result<Vec<u8>, TaskError> {
    let mut sum = Sum::new(digest);
    let (size, note) = (blob.size(), noting(caller));
    let mut left = size;
    if left == 0 {
        return Ok(sum.finish());
    }
    let mut reader = FileReader::open(blob)?;
    let mut buffer = Buffer::new(STEP);
    let mut bytes = vec![0; STEP];
    while left > 0 {
        if caller.given_up().is_aborted() {
            // Which nobody hears.
            return Err(TaskError::Unreadable);
        }
        let wanted = left.min(STEP as u64) as usize;
        let count;
        (buffer, count) = reader
            .read(buffer, 0, wanted)
            .await
            .map_err(|_| TaskError::Unreadable)?;
        if count != wanted {
            return Err(TaskError::Unreadable);
        }
        buffer.copy_to(0, &mut bytes[..count]);
        sum.update(&bytes[..count]);
        left -= count as u64;
        note(size - left);
    }
    Ok(sum.finish())
}

enum Sum {
    Md5(Md5),
    Sha256(sha2::Sha256),
}

impl Sum {
    fn new(digest: Digest) -> Sum {
        match digest {
            Digest::Md5 => Sum::Md5(Md5::new()),
            Digest::Sha256 => Sum::Sha256(sha2::Sha256::new()),
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        match self {
            Sum::Md5(sum) => sum.update(bytes),
            Sum::Sha256(sum) => sum.update(bytes),
        }
    }

    fn finish(self) -> Vec<u8> {
        match self {
            Sum::Md5(sum) => sum.finalize().to_vec(),
            Sum::Sha256(sum) => sum.finalize().to_vec(),
        }
    }
}
