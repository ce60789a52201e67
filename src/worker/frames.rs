//! Frames of an AWS Encryption SDK message, in the worker: one native call for each, or software where there is no
//! WebCrypto.

use std::cell::RefCell;
use std::future::{Future, ready};

use futures::future::Either;
use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use js_sys::Uint8Array;

use super::digest::Digest;
use super::messages::{Frames, TaskError};
use super::open_file::OpenFile;
use super::pipeline::{DEPTH, read_and_seal};
use crate::encryption::ContentKey;
use crate::encryption::esdk::{Frame, FrameCipher};
use crate::platform::buffer::Buffer;
use crate::platform::files::FileHandle;
use crate::platform::webcrypto::{self, AesGcmKey, OperationFailed};

/// Frames above this, which others write, are opened one at a time.
const LARGE_FRAME: u32 = 4 << 20;

/// AES-GCM for the frames of one message.
pub(super) struct Cipher {
    key: ContentKey,
    message_id: [u8; 32],
    by: By,
}

enum By {
    WebCrypto(AesGcmKey),
    Software(Box<FrameCipher>),
}

impl Cipher {
    pub(super) async fn new(key: &ContentKey, message_id: [u8; 32]) -> Result<Self, TaskError> {
        let by = if webcrypto::is_available() {
            By::WebCrypto(AesGcmKey::import(key.expose()).await?)
        } else {
            By::Software(Box::new(FrameCipher::new(key, message_id)))
        };
        let key = key.clone();
        Ok(Cipher { key, message_id, by })
    }

    /// Whether it is the one for this message.
    pub(super) fn serves(&self, key: &ContentKey, message_id: &[u8; 32]) -> bool {
        self.key.is_same(key) && self.message_id == *message_id
    }

    /// Reads each frame's plaintext and puts the frame to its place in the buffer, from `at` on. Gives the end of what was
    /// written.
    pub(super) async fn encrypt(
        &self,
        frames: &Frames,
        blob: &FileHandle,
        buffer: &Buffer,
        at: usize,
        digest: &mut Digest,
    ) -> Result<usize, TaskError> {
        let plaintext = frames.layout.plaintext_range(frames.frames.clone());
        if blob.size() != plaintext.end - plaintext.start {
            return Err(TaskError::Unreadable);
        }
        let body = frames.layout.message_range(frames.frames.clone());
        let pieces = frames.frames.clone().map(|index| {
            let frame = frames.layout.frame(index);
            let length = (frame.plaintext.end - frame.plaintext.start) as usize;
            (frame, length)
        });
        let start = |frame: &Frame, plaintext| self.encrypt_frame(frame, plaintext);
        let longest = frames.layout.frame_length() as usize;
        read_and_seal(blob, longest, pieces, digest, start, |frame, sealed| {
            let prefix = frame.prefix();
            let place = at + (frame.message.start - body.start) as usize;
            buffer.copy_from(place, &prefix);
            let place = place + prefix.len();
            buffer.view(place..place + sealed.length() as usize).set(&sealed, 0);
        })
        .await?;
        Ok(at + (body.end - body.start) as usize)
    }

    /// Authenticates and decrypts the frames that fill the buffer from its start: into the private file, if there is one,
    /// else to the buffer's start. Gives the plaintext bytes written.
    pub(super) async fn open(
        &self,
        frames: &Frames,
        buffer: &Buffer,
        file: &RefCell<Option<OpenFile>>,
    ) -> Result<usize, TaskError> {
        let mut opening = std::pin::pin!(self.opened(frames, buffer, 0));
        let mut written = 0;
        while let Some(opened) = opening.next().await {
            let (frame, plaintext) = opened?;
            let length = plaintext.length() as usize;
            match file.borrow().as_ref() {
                Some(file) => file.write_at(frame.plaintext.start, &plaintext)?,
                // Plaintext is shorter than the frame it came from: this never reaches a frame that is not copied yet.
                None => buffer.view(written..written + length).set(&plaintext, 0),
            }
            written += length;
        }
        Ok(written)
    }

    /// Authenticates every frame of the part, which lies in the buffer from `at` on. Nothing of the plaintext is kept.
    pub(super) async fn check(&self, frames: &Frames, buffer: &Buffer, at: usize) -> Result<(), TaskError> {
        self.opened(frames, buffer, at).try_for_each(|_| ready(Ok(()))).await
    }

    /// The frames that lie in the buffer from `at` on, with their authentic plaintext, in order.
    fn opened(
        &self,
        frames: &Frames,
        buffer: &Buffer,
        at: usize,
    ) -> impl Stream<Item = Result<(Frame, Uint8Array), TaskError>> {
        let base = frames.layout.message_range(frames.frames.clone()).start;
        let depth = if frames.layout.frame_length() > LARGE_FRAME {
            1
        } else {
            DEPTH
        };
        let opening = stream::iter(frames.frames.clone()).map(move |index| {
            let frame = frames.layout.frame(index);
            let place = |offset: u64| at + (offset - base) as usize;
            let (start, end) = (place(frame.message.start), place(frame.message.end));
            let opened = match end <= buffer.len() {
                true => Either::Left(self.decrypt_frame(&frame, &buffer.view(start..end))),
                false => Either::Right(ready(Err(TaskError::NotAuthentic))),
            };
            async move { opened.await.map(|plaintext| (frame, plaintext)) }
        });
        opening.buffered(depth)
    }

    /// Ciphertext and tag. The plaintext was copied when this returns.
    fn encrypt_frame(
        &self,
        frame: &Frame,
        plaintext: Uint8Array,
    ) -> impl Future<Output = Result<Uint8Array, TaskError>> + use<> {
        match &self.by {
            By::WebCrypto(key) => {
                let sealing = key.encrypt(&frame.iv(), &frame.aad(&self.message_id), &plaintext);
                Either::Left(async { Ok(sealing.await?) })
            }
            By::Software(cipher) => {
                let bytes = cipher.encrypt(frame, &plaintext.to_vec());
                Either::Right(ready(Ok(Uint8Array::from(&bytes[frame.prefix_length()..]))))
            }
        }
    }

    /// The authentic plaintext of the frame with these bytes, which were copied when this returns.
    fn decrypt_frame(
        &self,
        frame: &Frame,
        bytes: &Uint8Array,
    ) -> impl Future<Output = Result<Uint8Array, TaskError>> + use<> {
        match &self.by {
            By::WebCrypto(key) => {
                let prefix_length = frame.prefix_length() as u32;
                let prefix_fits = bytes.subarray(0, prefix_length).to_vec() == frame.prefix();
                let sealed = bytes.subarray(prefix_length, bytes.length());
                let opening = key.decrypt(&frame.iv(), &frame.aad(&self.message_id), &sealed);
                Either::Left(async move {
                    match opening.await {
                        Ok(plaintext) if prefix_fits => Ok(plaintext),
                        _ => Err(TaskError::NotAuthentic),
                    }
                })
            }
            By::Software(cipher) => {
                let opened = cipher.decrypt(frame, &bytes.to_vec());
                Either::Right(ready(match opened {
                    Ok(plaintext) => Ok(Uint8Array::from(&plaintext[..])),
                    Err(_) => Err(TaskError::NotAuthentic),
                }))
            }
        }
    }
}

impl From<OperationFailed> for TaskError {
    fn from(error: OperationFailed) -> Self {
        TaskError::Browser {
            detail: error.to_string(),
        }
    }
}
