//! Reading a file front to back into given buffers.

use wasm_bindgen_futures::JsFuture;

use super::buffer::Buffer;
use super::byte_stream::{ByteStream, Fill};
use super::error::BrowserError;
use super::files::FileHandle;

/// Reads a file (or slice) once, in place where the browser can: several times faster than reading small slices.
/// Dropping it stops reading.
#[derive(Debug)]
pub struct FileReader {
    stream: ByteStream,
}

impl FileReader {
    /// Starts at the file's first byte.
    ///
    /// # Errors
    /// If the browser has no streams.
    pub fn open(file: &FileHandle) -> Result<Self, BrowserError> {
        Ok(FileReader {
            stream: ByteStream::open(&file.as_blob().stream())?,
        })
    }

    /// Fills `buffer[at..at + len]` with the next bytes; fewer only at the file's end. Gives the buffer back (the same
    /// memory in a new object) with the number of bytes read.
    ///
    /// # Errors
    /// If the file was moved, deleted or changed meanwhile. The buffer is lost then.
    ///
    /// # Panics
    /// If the range is not inside the buffer.
    pub async fn read(&mut self, buffer: Buffer, at: usize, len: usize) -> Result<(Buffer, usize), BrowserError> {
        let mut slot = Some(buffer);
        let mut done = 0;
        while done < len {
            match self.stream.read(&mut slot, at + done, len - done, Fill::Whole).await? {
                0 => break,
                count => done += count,
            }
        }
        let buffer = slot.ok_or_else(|| BrowserError::missing("way to give a buffer back"))?;
        Ok((buffer, done))
    }
}

/// Reads all of a small file (or slice) at once. Gives its bytes, and how many they are.
///
/// # Errors
/// If the file was moved, deleted or changed meanwhile.
pub async fn read_whole(file: &FileHandle) -> Result<(Buffer, usize), BrowserError> {
    let bytes = JsFuture::from(file.as_blob().array_buffer()).await?;
    // There is no buffer without bytes.
    let buffer = Buffer::from_js(bytes).unwrap_or_else(|| Buffer::new(0));
    let length = buffer.len();
    Ok((buffer, length))
}
