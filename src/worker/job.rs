//! What a worker does with a task. Runs in the worker; holds at most one private file, and no credentials ever.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::content::Content;
use super::digest::Digest;
use super::messages::{Frames, Reply, Task, TaskError};
use super::open_file::OpenFile;
use super::{body_digest, check};
use crate::encryption::ContentKey;
use crate::encryption::esdk::{Frame, FrameCipher};
use crate::platform::buffer::Buffer;
use crate::platform::error::BrowserError;
use crate::platform::file_reader::FileReader;
use crate::platform::files::FileHandle;
use crate::platform::private_file::PrivateFile;
use crate::platform::webcrypto::{self, AesGcmKey};
use crate::platform::workers;

/// Answers tasks until the page ends the worker.
pub fn start() {
    let file = Rc::new(RefCell::new(None));
    workers::serve(move |message| answer(message, file.clone()));
}

/// The private file, while there is one.
type Held = Rc<RefCell<Option<OpenFile>>>;

/// Raw values in, raw values out: `[task, key, blob, buffer]` → `[reply, buffer]`.
async fn answer(message: JsValue, file: Held) -> Result<(JsValue, Array), String> {
    let outcome = match Parcel::unpack(message) {
        Ok(parcel) => run(parcel, &file).await,
        Err(detail) => Err(TaskError::Browser { detail }),
    };
    let text = |error| serde_json::to_string(&error).unwrap_or_else(|_| "unprintable error".into());
    let (reply, buffer) = outcome.map_err(text)?;
    let reply = JsValue::from(serde_json::to_string(&reply).map_err(|error| error.to_string())?);
    let transfer = Array::new();
    let buffer = buffer.map_or(JsValue::NULL, |buffer| {
        let buffer = buffer.into_js();
        transfer.push(&buffer);
        buffer.into()
    });
    Ok((Array::of2(&reply, &buffer).into(), transfer))
}

struct Parcel {
    task: Task,
    key: Option<ContentKey>,
    blob: Option<FileHandle>,
    buffer: Option<Buffer>,
}

impl Parcel {
    fn unpack(message: JsValue) -> Result<Self, String> {
        let fields: Array = message.dyn_into().map_err(|_| "a task is an array")?;
        let task = fields.get(0).as_string().ok_or("a task starts with text")?;
        let task = serde_json::from_str(&task).map_err(|error| error.to_string())?;
        let key = fields.get(1).dyn_into::<Uint8Array>().ok().and_then(|bytes| {
            let mut key = zeroize::Zeroizing::new([0; 32]);
            (bytes.length() == 32).then(|| {
                bytes.copy_to(&mut *key);
                bytes.fill(0, 0, 32);
                ContentKey::from_bytes(*key)
            })
        });
        Ok(Parcel {
            task,
            key,
            blob: FileHandle::from_js(fields.get(2)),
            buffer: Buffer::from_js(fields.get(3)),
        })
    }

    fn key(&self) -> Result<&ContentKey, TaskError> {
        self.key.as_ref().ok_or_else(|| lacks("key"))
    }

    fn take_buffer(&mut self) -> Result<Buffer, TaskError> {
        self.buffer.take().ok_or_else(|| lacks("buffer"))
    }
}

pub(super) fn lacks(what: &str) -> TaskError {
    TaskError::Browser {
        detail: format!("the task came without a {what}"),
    }
}

impl From<BrowserError> for TaskError {
    fn from(error: BrowserError) -> Self {
        if error.is_no_space() {
            TaskError::NoSpace
        } else {
            TaskError::Browser {
                detail: error.to_string(),
            }
        }
    }
}

async fn run(mut parcel: Parcel, file: &Held) -> Result<(Reply, Option<Buffer>), TaskError> {
    match parcel.task.clone() {
        Task::Encrypt { frames, at, digest } => {
            let blob = parcel.blob.take().ok_or_else(|| lacks("file"))?;
            let cipher = Cipher::new(parcel.key()?, &frames).await?;
            let buffer = parcel.take_buffer()?;
            let mut digest = Digest::new(digest);
            let (buffer, length) = encrypt(&cipher, &frames, &blob, buffer, at as usize, &mut digest).await?;
            let (length, sha256) = (length as u32, digest.finish());
            Ok((Reply::Buffer { length, sha256 }, Some(buffer)))
        }
        Task::Open { frames } => {
            let cipher = Cipher::new(parcel.key()?, &frames).await?;
            let buffer = parcel.take_buffer()?;
            let length = open(&cipher, &frames, &buffer, file).await?;
            let (length, sha256) = (length as u32, None);
            Ok((Reply::Buffer { length, sha256 }, Some(buffer)))
        }
        Task::EncryptRun { run, at, digest } => {
            let blob = parcel.blob.take().ok_or_else(|| lacks("file"))?;
            let buffer = parcel.take_buffer()?;
            let content = Content::new(parcel.key()?, &run).await?;
            let mut digest = Digest::new(digest);
            let (buffer, length, sealed) = content.encrypt(&run, &blob, buffer, at as usize, &mut digest).await?;
            let (length, sha256) = (length as u32, digest.finish());
            Ok((Reply::Share { length, sealed, sha256 }, Some(buffer)))
        }
        Task::OpenRun { run } => {
            let buffer = parcel.take_buffer()?;
            let content = Content::new(parcel.key()?, &run).await?;
            let sealed = content.open(&run, &buffer, file).await?;
            let (length, sha256) = (run.length as u32, None);
            Ok((Reply::Share { length, sealed, sha256 }, Some(buffer)))
        }
        Task::Check { frames, at } => {
            let buffer = parcel.take_buffer()?;
            check::frames(parcel.key()?, &frames, &buffer, at as usize).await?;
            Ok((
                Reply::Buffer {
                    length: 0,
                    sha256: None,
                },
                Some(buffer),
            ))
        }
        Task::CheckRun { run } => {
            let buffer = parcel.take_buffer()?;
            let sealed = check::run(parcel.key()?, &run, &buffer).await?;
            Ok((
                Reply::Share {
                    length: 0,
                    sealed,
                    sha256: None,
                },
                Some(buffer),
            ))
        }
        Task::Digest { digest, length } => {
            let (sum, buffer) = match (parcel.buffer.take(), parcel.blob.take()) {
                (Some(buffer), _) => (
                    body_digest::of_buffer(digest, &buffer, length as usize).await?,
                    Some(buffer),
                ),
                (None, Some(blob)) => (body_digest::of_file(digest, &blob).await?, None),
                (None, None) => return Err(lacks("file")),
            };
            Ok((Reply::Digest { sum }, buffer))
        }
        Task::Store { offset, length } => {
            let buffer = parcel.take_buffer()?;
            let file = file.borrow();
            let file = file.as_ref().ok_or_else(|| lacks("private file"))?;
            file.write_at(offset, &buffer.view(0..length as usize))?;
            Ok((Reply::Buffer { length, sha256: None }, Some(buffer)))
        }
        Task::CreateFile { name } => {
            // It may be the same one, which nobody can open twice.
            drop(file.take());
            let created = PrivateFile::create(&name).await?;
            file.replace(Some(OpenFile::new(created)));
            Ok((Reply::Done, None))
        }
        Task::BeginEntry { at } => {
            file.borrow_mut()
                .as_mut()
                .ok_or_else(|| lacks("private file"))?
                .begin_entry(at);
            Ok((Reply::Done, None))
        }
        Task::EndEntry => {
            let ended = file.borrow_mut().as_mut().and_then(OpenFile::end_entry);
            let (length, crc) = ended.ok_or_else(|| lacks("whole entry"))?;
            Ok((Reply::Entry { length, crc }, None))
        }
        Task::Truncate { size } => {
            file.borrow_mut()
                .as_mut()
                .ok_or_else(|| lacks("private file"))?
                .truncate(size)?;
            Ok((Reply::Done, None))
        }
        Task::CloseFile => {
            let closed = file.take().ok_or_else(|| lacks("private file"))?;
            closed.close()?;
            Ok((Reply::Done, None))
        }
    }
}

/// AES-GCM for the frames of one message: by the browser, or in software where it has no WebCrypto.
pub(super) enum Cipher {
    Native { key: AesGcmKey, message_id: [u8; 32] },
    Software(Box<FrameCipher>),
}

impl Cipher {
    pub(super) async fn new(key: &ContentKey, frames: &Frames) -> Result<Self, TaskError> {
        if webcrypto::is_available() {
            let key = AesGcmKey::import(key.expose()).await;
            let key = key.map_err(|error| TaskError::Browser {
                detail: error.to_string(),
            })?;
            return Ok(Cipher::Native {
                key,
                message_id: frames.message_id,
            });
        }
        Ok(Cipher::Software(Box::new(FrameCipher::new(key, frames.message_id))))
    }

    /// Ciphertext and tag.
    async fn encrypt(&self, frame: &Frame, plaintext: Uint8Array) -> Result<Uint8Array, TaskError> {
        match self {
            Cipher::Native { key, message_id } => {
                let sealed = key.encrypt(&frame.iv(), &frame.aad(message_id), &plaintext).await;
                sealed.map_err(|error| TaskError::Browser {
                    detail: error.to_string(),
                })
            }
            Cipher::Software(cipher) => {
                let bytes = cipher.encrypt(frame, &plaintext.to_vec());
                Ok(Uint8Array::from(&bytes[frame.prefix_length()..]))
            }
        }
    }

    /// The authentic plaintext of the frame with these bytes.
    pub(super) async fn decrypt(&self, frame: &Frame, bytes: Uint8Array) -> Result<Uint8Array, TaskError> {
        match self {
            Cipher::Native { key, message_id } => {
                let prefix_length = frame.prefix_length() as u32;
                if bytes.subarray(0, prefix_length).to_vec() != frame.prefix() {
                    return Err(TaskError::NotAuthentic);
                }
                let sealed = bytes.subarray(prefix_length, bytes.length());
                let opened = key.decrypt(&frame.iv(), &frame.aad(message_id), &sealed).await;
                opened.map_err(|_| TaskError::NotAuthentic)
            }
            Cipher::Software(cipher) => {
                let plaintext = cipher
                    .decrypt(frame, &bytes.to_vec())
                    .map_err(|_| TaskError::NotAuthentic)?;
                Ok(Uint8Array::from(&plaintext[..]))
            }
        }
    }
}

/// Reads each frame's plaintext to where its ciphertext will be and encrypts it in place, the next frame being read
/// meanwhile. Gives the buffer back with the end of what was written.
async fn encrypt(
    cipher: &Cipher,
    frames: &Frames,
    blob: &FileHandle,
    mut buffer: Buffer,
    mut at: usize,
    digest: &mut Digest,
) -> Result<(Buffer, usize), TaskError> {
    let plaintext = frames.layout.plaintext_range(frames.frames.clone());
    if blob.size() != plaintext.end - plaintext.start {
        return Err(TaskError::Unreadable);
    }
    let mut reader = FileReader::open(blob)?;
    let mut pending: Option<(Frame, usize)> = None;
    for index in frames.frames.clone() {
        let frame = frames.layout.frame(index);
        let length = (frame.plaintext.end - frame.plaintext.start) as usize;
        let start = at + frame.prefix_length();
        let read = match pending.take() {
            None => reader.read(buffer, start, length).await,
            Some((before, before_at)) => {
                // The browser takes its copy of the plaintext as the call is made, before the read below takes the
                // buffer away.
                let sealing = cipher.encrypt(&before, plaintext_of(&before, &buffer, before_at));
                let (sealed, read) = future::join(sealing, reader.read(buffer, start, length)).await;
                let sealed = sealed?;
                read.inspect(|(buffer, _)| put_frame(&before, buffer, before_at, &sealed))
            }
        };
        let count;
        (buffer, count) = read.map_err(|_| TaskError::Unreadable)?;
        if count != length {
            return Err(TaskError::Unreadable);
        }
        digest.update(&buffer, start..start + length);
        at += (frame.message.end - frame.message.start) as usize;
        pending = Some((frame, start));
    }
    if let Some((last, last_at)) = pending {
        let sealed = cipher.encrypt(&last, plaintext_of(&last, &buffer, last_at)).await?;
        put_frame(&last, &buffer, last_at, &sealed);
    }
    Ok((buffer, at))
}

fn plaintext_of(frame: &Frame, buffer: &Buffer, at: usize) -> Uint8Array {
    buffer.view(at..at + (frame.plaintext.end - frame.plaintext.start) as usize)
}

/// `at` is where the ciphertext goes; the prefix goes in front of it.
fn put_frame(frame: &Frame, buffer: &Buffer, at: usize, sealed: &Uint8Array) {
    buffer.copy_from(at - frame.prefix_length(), &frame.prefix());
    buffer.view(at..at + sealed.length() as usize).set(sealed, 0);
}

/// The bytes of a frame in a buffer that has the message from `base` at `at`.
pub(super) fn frame_bytes(frame: &Frame, base: u64, buffer: &Buffer, at: usize) -> Result<Uint8Array, TaskError> {
    let place = |offset: u64| at + (offset - base) as usize;
    let (start, end) = (place(frame.message.start), place(frame.message.end));
    (end <= buffer.len())
        .then(|| buffer.view(start..end))
        .ok_or(TaskError::NotAuthentic)
}

/// Gives the plaintext bytes written.
async fn open(cipher: &Cipher, frames: &Frames, buffer: &Buffer, file: &Held) -> Result<usize, TaskError> {
    let base = frames.layout.message_range(frames.frames.clone()).start;
    let mut written = 0;
    for index in frames.frames.clone() {
        let frame = frames.layout.frame(index);
        let plaintext = cipher.decrypt(&frame, frame_bytes(&frame, base, buffer, 0)?).await?;
        let length = plaintext.length() as usize;
        match file.borrow().as_ref() {
            Some(file) => file.write_at(frame.plaintext.start, &plaintext)?,
            // Plaintext is shorter than the frame it came from: this never reaches the next frame.
            None => buffer.view(written..written + length).set(&plaintext, 0),
        }
        written += length;
    }
    Ok(written)
}
