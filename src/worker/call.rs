//! The page's side of a task: packs it, sends it to a worker, unpacks the answer.

use std::time::Duration;

use bytes::Bytes;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::hash_so_far::HashSoFar;
use super::messages::{Digest, Reply, Task, TaskError};
use super::signed::{NoAnswer, SignedRequest};
use crate::encryption::ContentKey;
use crate::platform::abort::Abort;
use crate::platform::buffer::Buffer;
use crate::platform::files::FileHandle;
use crate::platform::http::HttpError;
use crate::platform::workers::{Worker, WorkerError, WorkerPool};

/// Who works.
#[derive(Clone, Copy)]
pub enum Hand<'a> {
    /// Any worker of the pool: for tasks that keep nothing between them.
    Any(&'a WorkerPool),
    /// This worker: for tasks on its private file.
    This(&'a Worker),
}

/// What travels beside a task.
#[derive(Default)]
pub struct Cargo<'a> {
    /// The content key of the message.
    pub key: Option<&'a ContentKey>,
    /// The file slice to read.
    pub blob: Option<&'a FileHandle>,
    /// The buffer, transferred; it comes back with the answer, or is lost with an error.
    pub buffer: Option<Buffer>,
}

/// Has a task done. Gives the number of result bytes and the buffer that went along.
///
/// # Errors
/// See [`TaskError`]; a worker that cannot start or ends in the middle is [`TaskError::Browser`].
pub async fn call(hand: Hand<'_>, task: &Task, cargo: Cargo<'_>) -> Result<(u32, Option<Buffer>), TaskError> {
    let (length, _, buffer) = call_for_share(hand, task, cargo).await?;
    Ok((length, buffer))
}

/// The same for tasks on a run of one GCM message: also gives the run's sealed share. For a digest, that. Empty for
/// other tasks.
///
/// # Errors
/// As [`call`].
pub async fn call_for_share(
    hand: Hand<'_>,
    task: &Task,
    cargo: Cargo<'_>,
) -> Result<(u32, Vec<u8>, Option<Buffer>), TaskError> {
    let made = call_for_all(hand, task, cargo).await?;
    Ok((made.length, made.sealed, made.buffer))
}

/// All that a task may give.
pub struct Made {
    /// Result bytes.
    pub length: u32,
    /// Sealed share of a run of one GCM message; empty for other tasks.
    pub sealed: Vec<u8>,
    /// How far the hash of the plaintext has come, where one was asked for.
    pub hash: Option<HashSoFar>,
    /// The buffer that went along.
    pub buffer: Option<Buffer>,
}

/// Has a task done and gives all that comes of it.
///
/// # Errors
/// As [`call`].
pub async fn call_for_all(hand: Hand<'_>, task: &Task, cargo: Cargo<'_>) -> Result<Made, TaskError> {
    let (reply, buffer) = exchange(hand, task, cargo).await?;
    let (length, sealed, hash) = match reply {
        Reply::Done | Reply::Entry { .. } | Reply::Answered { .. } => (0, Vec::new(), None),
        Reply::Buffer { length, hash } => (length, Vec::new(), hash),
        Reply::Share { length, sealed, hash } => (length, sealed, hash),
        Reply::Digest { sum } => (0, sum, None),
    };
    Ok(Made {
        length,
        sealed,
        hash,
        buffer,
    })
}

/// Sends `request` with the first `length` bytes of `buffer` as its body, from a worker of the pool, and gives the buffer
/// back with the answer. `progress` hears the bytes sent so far. [`HttpError::TimedOut`] if nothing moved for `stall`;
/// [`HttpError::Aborted`], once the request is aborted, if that was asked for. Dropping the future aborts it as well, some time later;
/// the buffer is lost then.
///
/// # Errors
/// As [`call`]; the buffer is lost then.
pub async fn send(
    pool: &WorkerPool,
    request: &http::Request<()>,
    buffer: Buffer,
    length: u32,
    progress: impl Fn(u64) + 'static,
    abort: &Abort,
    stall: Duration,
) -> Result<(Result<http::Response<Bytes>, HttpError>, Buffer), TaskError> {
    if abort.is_aborted() {
        return Ok((Err(HttpError::Aborted), buffer));
    }
    let task = Task::Send {
        request: SignedRequest::pack(request),
        length,
        stall: u32::try_from(stall.as_secs()).unwrap_or(u32::MAX),
    };
    let cargo = Cargo {
        buffer: Some(buffer),
        ..Cargo::default()
    };
    let (message, transfer) = pack(&task, cargo, None)?;
    let seat = pool.seat().map_err(failure)?;
    let answer = seat
        .converse(&message, &transfer, move |sent| progress(sent as u64), abort)
        .await;
    let (reply, buffer) = unpack(answer)?;
    let (Reply::Answered { answer }, Some(buffer)) = (reply, buffer) else {
        return Err(browser(&"the worker's answer is of another task"));
    };
    let answer = match answer {
        Ok(answer) => Ok(answer
            .unpack()
            .ok_or_else(|| browser(&"the worker's answer is garbled"))?),
        Err(NoAnswer::Network) => Err(HttpError::Network),
        Err(NoAnswer::Aborted) => Err(HttpError::Aborted),
        Err(NoAnswer::TimedOut) => Err(HttpError::TimedOut),
    };
    Ok((answer, buffer))
}

/// The SHA-256 of a file of any length, which a worker of the pool reads. `progress` hears the bytes read so far. Dropping the
/// future ends the reading.
///
/// # Errors
/// As [`call`].
pub async fn sha256_of_file(
    pool: &WorkerPool,
    file: &FileHandle,
    progress: impl Fn(u64) + 'static,
) -> Result<[u8; 32], TaskError> {
    let task = Task::Digest {
        digest: Digest::Sha256,
        length: 0,
    };
    let cargo = Cargo {
        blob: Some(file),
        ..Cargo::default()
    };
    let (message, transfer) = pack(&task, cargo, None)?;
    let seat = pool.seat().map_err(failure)?;
    let answer = seat
        .converse(&message, &transfer, move |read| progress(read as u64), &Abort::new())
        .await;
    match unpack(answer)? {
        (Reply::Digest { sum }, _) => sum.try_into().map_err(|_| browser(&"the worker's digest is too short")),
        _ => Err(browser(&"the worker's answer is of another task")),
    }
}

/// Ends the entry that this worker's private file has open. Gives its length and CRC-32.
///
/// # Errors
/// As [`call`]; also if not all of the entry was written.
pub async fn end_entry(worker: &Worker) -> Result<(u64, u32), TaskError> {
    match exchange(Hand::This(worker), &Task::EndEntry, Cargo::default()).await? {
        (Reply::Entry { length, crc }, ..) => Ok((length, crc)),
        _ => Err(browser(&"the worker's answer is of another task")),
    }
}

async fn exchange(hand: Hand<'_>, task: &Task, cargo: Cargo<'_>) -> Result<(Reply, Option<Buffer>), TaskError> {
    let key = cargo.key.map(|key| Uint8Array::from(key.expose().as_slice()));
    let (message, transfer) = pack(task, cargo, key.as_ref())?;
    let answer = match hand {
        Hand::Any(pool) => pool.run(&message, &transfer).await,
        Hand::This(worker) => worker.call(&message, &transfer).await,
    };
    if let Some(key) = key {
        key.fill(0, 0, key.length());
    }
    unpack(answer)
}

/// `[task, key, blob, buffer]`, and what of it is transferred.
fn pack(task: &Task, cargo: Cargo<'_>, key: Option<&Uint8Array>) -> Result<(Array, Array), TaskError> {
    let text = serde_json::to_string(task).map_err(|error| browser(&error))?;
    let transfer = Array::new();
    let buffer = cargo.buffer.map_or(JsValue::NULL, |buffer| {
        let buffer = buffer.into_js();
        transfer.push(&buffer);
        buffer.into()
    });
    let message = Array::of4(
        &text.into(),
        key.map_or(&JsValue::NULL, |key| key.as_ref()),
        cargo.blob.map_or(&JsValue::NULL, FileHandle::as_js),
        &buffer,
    );
    Ok((message, transfer))
}

fn unpack(answer: Result<JsValue, WorkerError>) -> Result<(Reply, Option<Buffer>), TaskError> {
    let answer: Array = answer
        .map_err(failure)?
        .dyn_into()
        .map_err(|_| browser(&"the worker's answer has no parts"))?;
    let reply = answer.get(0).as_string().unwrap_or_default();
    let reply = serde_json::from_str(&reply).map_err(|error| browser(&error))?;
    Ok((reply, Buffer::from_js(answer.get(1))))
}

fn failure(error: WorkerError) -> TaskError {
    match &error {
        WorkerError::Job(text) => serde_json::from_str(text).unwrap_or_else(|_| browser(&error)),
        _ => browser(&error),
    }
}

fn browser(detail: &dyn std::fmt::Display) -> TaskError {
    TaskError::Browser {
        detail: detail.to_string(),
    }
}
