//! What a worker does with a task. Runs in the worker; holds at most one private file and the keys of the last message. No
//! secret access key ever comes here: requests come signed.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::body_digest;
use super::content::Content;
use super::digest::Digest;
use super::frames::Cipher;
use super::messages::{Frames, Reply, Run, Task, TaskError};
use super::open_file::OpenFile;
use super::pipeline::load;
use super::send::send;
use crate::encryption::ContentKey;
use crate::platform::buffer::Buffer;
use crate::platform::error::BrowserError;
use crate::platform::files::FileHandle;
use crate::platform::private_file::PrivateFile;
use crate::platform::workers::{self, Caller};

/// Answers tasks until the page ends the worker.
pub fn start() {
    let held = Rc::new(Held::default());
    workers::serve(move |message, caller| answer(message, caller, held.clone()));
}

/// What stays between tasks.
#[derive(Default)]
struct Held {
    file: RefCell<Option<OpenFile>>,
    /// Of the message that had the last task: the next one is most often of the same, and need not import keys again.
    content: RefCell<Option<Rc<Content>>>,
    cipher: RefCell<Option<Rc<Cipher>>>,
}

impl Held {
    async fn content(&self, key: &ContentKey, run: &Run) -> Result<Rc<Content>, TaskError> {
        let held = self.content.borrow().clone();
        if let Some(content) = held.filter(|content| content.serves(key, run)) {
            return Ok(content);
        }
        let content = Rc::new(Content::new(key, run).await?);
        self.content.replace(Some(content.clone()));
        Ok(content)
    }

    async fn cipher(&self, key: &ContentKey, frames: &Frames) -> Result<Rc<Cipher>, TaskError> {
        let held = self.cipher.borrow().clone();
        if let Some(cipher) = held.filter(|cipher| cipher.serves(key, &frames.message_id)) {
            return Ok(cipher);
        }
        let cipher = Rc::new(Cipher::new(key, frames.message_id).await?);
        self.cipher.replace(Some(cipher.clone()));
        Ok(cipher)
    }
}

/// What comes of a task: the reply, and the buffer that came along.
struct Outcome {
    reply: Reply,
    buffer: Option<Buffer>,
}

impl Outcome {
    fn new(reply: Reply, buffer: Option<Buffer>) -> Self {
        Outcome { reply, buffer }
    }
}

/// Raw values in, raw values out: `[task, key, blob, buffer]` → `[reply, buffer]`.
async fn answer(message: JsValue, caller: Caller, held: Rc<Held>) -> Result<(JsValue, Array), String> {
    let outcome = match Parcel::unpack(message) {
        Ok(parcel) => run(parcel, &caller, &held).await,
        Err(detail) => Err(TaskError::Browser { detail }),
    };
    let text = |error| serde_json::to_string(&error).unwrap_or_else(|_| "unprintable error".into());
    let Outcome { reply, buffer } = outcome.map_err(text)?;
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
        // The parser's own words may quote the task, and a request in it.
        let task = serde_json::from_str(&task).map_err(|error| format!("a task garbled at {}", error.column()))?;
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

async fn run(mut parcel: Parcel, caller: &Caller, held: &Held) -> Result<Outcome, TaskError> {
    match parcel.task.clone() {
        Task::Encrypt { frames, at, hash } => {
            let blob = parcel.blob.take().ok_or_else(|| lacks("file"))?;
            let buffer = parcel.take_buffer()?;
            let cipher = held.cipher(parcel.key()?, &frames).await?;
            let mut digest = Digest::new(hash)?;
            let length = cipher
                .encrypt(&frames, &blob, &buffer, at as usize, &mut digest)
                .await?;
            let (length, hash) = (length as u32, digest.so_far());
            Ok(Outcome::new(Reply::Buffer { length, hash }, Some(buffer)))
        }
        Task::Open { frames } => {
            let buffer = parcel.take_buffer()?;
            let cipher = held.cipher(parcel.key()?, &frames).await?;
            let length = cipher.open(&frames, &buffer, &held.file).await?;
            let (length, hash) = (length as u32, None);
            Ok(Outcome::new(Reply::Buffer { length, hash }, Some(buffer)))
        }
        Task::EncryptRun { run, at, hash } => {
            let blob = parcel.blob.take();
            let buffer = parcel.take_buffer()?;
            let content = held.content(parcel.key()?, &run).await?;
            let mut digest = Digest::new(hash)?;
            let (length, sealed) = content
                .encrypt(&run, blob.as_ref(), &buffer, at as usize, &mut digest)
                .await?;
            let (length, hash) = (length as u32, digest.so_far());
            Ok(Outcome::new(Reply::Share { length, sealed, hash }, Some(buffer)))
        }
        Task::OpenRun { run } => {
            let buffer = parcel.take_buffer()?;
            let content = held.content(parcel.key()?, &run).await?;
            let sealed = content.open(&run, &buffer, &held.file).await?;
            let (length, hash) = (run.length as u32, None);
            Ok(Outcome::new(Reply::Share { length, sealed, hash }, Some(buffer)))
        }
        Task::Check { frames, at } => {
            let buffer = parcel.take_buffer()?;
            let cipher = held.cipher(parcel.key()?, &frames).await?;
            cipher.check(&frames, &buffer, at as usize).await?;
            let (length, hash) = (0, None);
            Ok(Outcome::new(Reply::Buffer { length, hash }, Some(buffer)))
        }
        Task::CheckRun { run } => {
            let buffer = parcel.take_buffer()?;
            let content = held.content(parcel.key()?, &run).await?;
            let sealed = content.authenticate(&run, &buffer).await?;
            let (length, hash) = (0, None);
            Ok(Outcome::new(Reply::Share { length, sealed, hash }, Some(buffer)))
        }
        Task::Load { hash } => {
            let blob = parcel.blob.take().ok_or_else(|| lacks("file"))?;
            let buffer = parcel.take_buffer()?;
            let mut digest = Digest::new(Some(hash))?;
            let (length, hash) = (load(&blob, &buffer, &mut digest).await?, digest.so_far());
            Ok(Outcome::new(Reply::Buffer { length, hash }, Some(buffer)))
        }
        Task::Digest { digest, length } => {
            let (sum, buffer) = match (parcel.buffer.take(), parcel.blob.take()) {
                (Some(buffer), _) => (
                    body_digest::of_buffer(digest, &buffer, length as usize).await?,
                    Some(buffer),
                ),
                (None, Some(blob)) => (body_digest::of_file(digest, &blob, caller).await?, None),
                (None, None) => return Err(lacks("file")),
            };
            Ok(Outcome::new(Reply::Digest { sum }, buffer))
        }
        Task::Send { request, length, stall } => {
            let buffer = parcel.take_buffer()?;
            let answer = send(&request, &buffer, length as usize, stall, caller).await?;
            Ok(Outcome::new(Reply::Answered { answer }, Some(buffer)))
        }
        Task::Store { offset, length } => {
            let buffer = parcel.take_buffer()?;
            let file = held.file.borrow();
            let file = file.as_ref().ok_or_else(|| lacks("private file"))?;
            file.write_at(offset, &buffer.view(0..length as usize))?;
            Ok(Outcome::new(Reply::Buffer { length, hash: None }, Some(buffer)))
        }
        Task::CreateFile { name } => {
            // It may be the same one, which nobody can open twice.
            drop(held.file.take());
            let created = PrivateFile::create(&name).await?;
            held.file.replace(Some(OpenFile::new(created)));
            Ok(Outcome::new(Reply::Done, None))
        }
        Task::ReopenFile { name } => {
            let opened = PrivateFile::open(&name).await?;
            held.file.replace(Some(OpenFile::new(opened)));
            Ok(Outcome::new(Reply::Done, None))
        }
        Task::FlushFile => {
            let file = held.file.borrow();
            file.as_ref().ok_or_else(|| lacks("private file"))?.flush()?;
            Ok(Outcome::new(Reply::Done, None))
        }
        Task::BeginEntry { at } => {
            let mut file = held.file.borrow_mut();
            file.as_mut().ok_or_else(|| lacks("private file"))?.begin_entry(at);
            Ok(Outcome::new(Reply::Done, None))
        }
        Task::EndEntry => {
            let ended = held.file.borrow_mut().as_mut().and_then(OpenFile::end_entry);
            let (length, crc) = ended.ok_or_else(|| lacks("whole entry"))?;
            Ok(Outcome::new(Reply::Entry { length, crc }, None))
        }
        Task::Truncate { size } => {
            let mut file = held.file.borrow_mut();
            file.as_mut().ok_or_else(|| lacks("private file"))?.truncate(size)?;
            Ok(Outcome::new(Reply::Done, None))
        }
        Task::CloseFile => {
            let closed = held.file.take().ok_or_else(|| lacks("private file"))?;
            closed.close()?;
            Ok(Outcome::new(Reply::Done, None))
        }
    }
}
