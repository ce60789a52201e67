//! Reading a stream of bytes into a given buffer.

use js_sys::{Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStream, ReadableStreamByobReader, ReadableStreamDefaultReader};

use super::buffer::Buffer;
use super::error::BrowserError;

#[wasm_bindgen]
extern "C" {
    // web-sys has no `read` with options.
    type ByobReader;
    #[wasm_bindgen(method)]
    fn read(this: &ByobReader, view: &Uint8Array, options: &JsValue) -> Promise;
}

/// A reader that fills buffers: in place where the stream can (BYOB), by one copy elsewhere. Dropping it cancels the
/// stream.
#[derive(Debug)]
pub(super) struct ByteStream {
    reader: Reader,
    /// Never used again, but held: Chromium collects a file's stream that only its BYOB reader refers to, even while
    /// a read is under way, and that read then never answers.
    _stream: ReadableStream,
    ended: bool,
}

#[derive(Debug)]
enum Reader {
    InPlace(ReadableStreamByobReader),
    Chunks {
        reader: ReadableStreamDefaultReader,
        /// What the last chunk had beyond the room for it.
        rest: Option<Uint8Array>,
    },
}

/// How much a read waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// Whatever is there.
    Some,
    /// All that was asked for, where the browser knows how to wait for that.
    Whole,
}

impl ByteStream {
    /// Locks the stream.
    pub(super) fn open(stream: &ReadableStream) -> Result<Self, BrowserError> {
        let reader = match ReadableStreamByobReader::new(stream) {
            Ok(reader) => Reader::InPlace(reader),
            // Not a byte stream, or a browser without BYOB readers.
            Err(_) => Reader::Chunks {
                reader: ReadableStreamDefaultReader::new(stream)?,
                rest: None,
            },
        };
        Ok(ByteStream {
            reader,
            _stream: stream.clone(),
            ended: false,
        })
    }

    /// Reads up to `len` bytes to `buffer[at..]`: at least one, unless the stream has ended. `slot` is empty while the
    /// browser has the buffer: if the future is dropped then, or the stream fails, the buffer is lost.
    ///
    /// # Panics
    /// If `slot` is empty or the range is not inside.
    pub(super) async fn read(
        &mut self,
        slot: &mut Option<Buffer>,
        at: usize,
        len: usize,
        fill: Fill,
    ) -> Result<usize, BrowserError> {
        // A view without room is an error to the browser, and reading past the end may wait for ever.
        if len == 0 || self.ended {
            return Ok(0);
        }
        let count = match &mut self.reader {
            Reader::InPlace(reader) => {
                let buffer = slot.take().expect("the caller put the buffer in");
                read_in_place(reader, buffer, slot, at, len, fill).await?
            }
            Reader::Chunks { reader, rest } => {
                let chunk = match rest.take() {
                    Some(rest) => Some(rest),
                    None => next_chunk(reader).await?,
                };
                let buffer = slot.as_ref().expect("the caller put the buffer in");
                chunk.map_or(0, |chunk| {
                    let count = len.min(chunk.length() as usize);
                    let taken = chunk.subarray(0, count as u32);
                    buffer.view(at..at + count).set(&taken, 0);
                    *rest = (count < chunk.length() as usize).then(|| chunk.subarray(count as u32, chunk.length()));
                    count
                })
            }
        };
        self.ended = count == 0;
        Ok(count)
    }
}

async fn read_in_place(
    reader: &ReadableStreamByobReader,
    buffer: Buffer,
    slot: &mut Option<Buffer>,
    at: usize,
    len: usize,
    fill: Fill,
) -> Result<usize, BrowserError> {
    let options = Object::new();
    if fill == Fill::Whole {
        Reflect::set(&options, &"min".into(), &(len as f64).into())?;
    }
    let reading = reader
        .unchecked_ref::<ByobReader>()
        .read(&buffer.view(at..at + len), &options);
    // The read has taken the memory away from `buffer`; it comes back, as another object, with the answer.
    drop(buffer);
    let answer = JsFuture::from(reading).await?;
    let view: Uint8Array = Reflect::get(&answer, &"value".into())?
        .dyn_into()
        .map_err(|_| BrowserError {
            name: "AbortError".into(),
            message: "the stream was cancelled".into(),
        })?;
    *slot = Buffer::from_js(view.buffer().into());
    // `done` says less than the length: with `min`, the last bytes may come together with it.
    Ok(view.length() as usize)
}

async fn next_chunk(reader: &ReadableStreamDefaultReader) -> Result<Option<Uint8Array>, BrowserError> {
    loop {
        let answer = JsFuture::from(reader.read()).await?;
        if Reflect::get(&answer, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        let chunk: Uint8Array = Reflect::get(&answer, &"value".into())?
            .dyn_into()
            .map_err(|_| BrowserError {
                name: "TypeError".into(),
                message: "the stream is not of bytes".into(),
            })?;
        // An empty chunk is not the end.
        if chunk.length() > 0 {
            return Ok(Some(chunk));
        }
    }
}

impl Drop for ByteStream {
    fn drop(&mut self) {
        let cancelled = match &self.reader {
            Reader::InPlace(reader) => reader.cancel(),
            Reader::Chunks { reader, .. } => reader.cancel(),
        };
        // Not waited for: cancelling a stream with a read under way may never answer. Listened to only so that a
        // refusal (the stream has failed already) is not reported as unhandled.
        spawn_local(async move {
            let _ = JsFuture::from(cancelled).await;
        });
    }
}
