//! Where a download waits until all of it is authentic, and how it is handed over.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use super::Problem;
use super::fetch::Partial;
use super::kept_downloads::KeptDownloads;
use super::opening::{Opening, Piece, Whole};
use super::private_files::{self, Need};
use super::upload_work::{from_task, lost};
use crate::platform::buffer::{Buffer, Lease};
use crate::platform::files::FileHandle;
use crate::platform::lock::Lock;
use crate::platform::save::{self, SaveTarget};
use crate::platform::workers::Worker;
use crate::platform::{clock, private_file};
use crate::worker::call::{Cargo, Hand, call, call_for_share};
use crate::worker::messages::{Frames, Task};

/// How often a private file is tried that a worker had, which is ended but not gone yet.
const TRIES: u32 = 20;
pub(super) const BETWEEN_TRIES: Duration = Duration::from_millis(100);
/// Bytes of our own that go into a private file at a time.
const STORED_AT_A_TIME: usize = 1 << 20;
/// Without private storage the file is kept in memory, up to here.
pub(super) const MEMORY_LIMIT: u64 = 512 << 20;

/// Where plaintext waits until all of it is authentic.
pub(super) enum Sink {
    /// A private file, written by a worker of its own, which holds it.
    Private(Private),
    /// This browser refuses private files: memory, in pieces by their place.
    Memory {
        parts: RefCell<BTreeMap<u64, Part>>,
        worker: Worker,
    },
    /// For what is decrypted in one go: the object's bytes so far, then the file's.
    Whole(RefCell<Vec<u8>>),
}

/// Some of a file that waits in memory, with its CRC-32.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) file: FileHandle,
    pub(super) crc: crc32fast::Hasher,
}

impl Part {
    /// A copy of these bytes.
    pub(super) fn new(bytes: &[u8]) -> Result<Part, Problem> {
        let mut crc = crc32fast::Hasher::new();
        crc.update(bytes);
        let file = FileHandle::from_bytes(bytes).map_err(browser)?;
        Ok(Part { file, crc })
    }
}

/// A private file, and the worker that holds it. Dropping it removes the file, unless it was handed on.
pub(super) struct Private {
    worker: Option<Worker>,
    name: Option<String>,
    lock: Option<Lock>,
}

impl Drop for Private {
    fn drop(&mut self) {
        // Ending the worker lets go of the file, a moment later.
        drop(self.worker.take());
        let Some(name) = self.name.take() else { return };
        let lock = self.lock.take();
        wasm_bindgen_futures::spawn_local(async move {
            // What stays is swept later.
            private_files::remove(&name).await;
            drop(lock);
        });
    }
}

impl Sink {
    /// For what is decrypted in one go.
    pub(super) fn whole() -> Sink {
        Sink::Whole(RefCell::default())
    }

    /// The whole object is there: makes the file of it. Gives its length.
    pub(super) fn decrypt(&self, whole: &Whole) -> Result<u64, Problem> {
        let Sink::Whole(bytes) = self else {
            return Err(lost("object"));
        };
        let object = bytes.take();
        let file = whole.decrypt(object)?;
        let length = file.len() as u64;
        bytes.replace(file);
        Ok(length)
    }

    /// A place for the object's file, and the object, opened as that place demands.
    pub(super) async fn open_for(partial: Partial) -> Result<(Partial, Sink), Problem> {
        if let Opening::Whole(_) = partial.opening {
            return Ok((partial, Sink::whole()));
        }
        match (Sink::open(partial.length).await?, partial) {
            // What is not authentic yet must not lie where it could be handed on.
            (
                Sink::Memory { .. },
                Partial {
                    facts,
                    opening: Opening::Content(content),
                    ..
                },
            ) => {
                let opening = content.into_whole(facts.size)?;
                Ok((Partial::new(facts, opening), Sink::whole()))
            }
            (sink, partial) => Ok((partial, sink)),
        }
    }

    /// A place for a file of that length.
    pub(super) async fn open(length: u64) -> Result<Sink, Problem> {
        let worker = Worker::start().map_err(|error| Problem::Browser {
            detail: error.to_string(),
        })?;
        if private_file::is_available() {
            check_room(length).await?;
            let name = private_files::new_name();
            let lock = private_files::hold(&name).await;
            let task = Task::CreateFile { name: name.clone() };
            // Private windows have the interface and refuse its use.
            if call(Hand::This(&worker), &task, Cargo::default()).await.is_ok() {
                return Ok(Sink::Private(Private {
                    worker: Some(worker),
                    name: Some(name),
                    lock,
                }));
            }
        }
        if length > MEMORY_LIMIT {
            return Err(Problem::CannotSave { limit: MEMORY_LIMIT });
        }
        Ok(Sink::Memory {
            parts: RefCell::default(),
            worker,
        })
    }

    /// The place of a download that an earlier page left, `missing` bytes of which are still to come.
    pub(super) async fn reopen(name: &str, missing: u64) -> Result<Sink, Problem> {
        check_room(missing).await?;
        let worker = Worker::start().map_err(|error| Problem::Browser {
            detail: error.to_string(),
        })?;
        let lock = private_files::hold(name).await;
        let task = Task::ReopenFile { name: name.to_owned() };
        let mut tries = 0;
        while let Err(error) = call(Hand::This(&worker), &task, Cargo::default()).await {
            tries += 1;
            if tries == TRIES {
                return Err(from_task(error));
            }
            clock::sleep(BETWEEN_TRIES).await;
        }
        Ok(Sink::Private(Private {
            worker: Some(worker),
            name: Some(name.to_owned()),
            lock,
        }))
    }

    /// Name of the private file, if there is one.
    pub(super) fn private_name(&self) -> Option<&str> {
        match self {
            Sink::Private(private) => private.name.as_deref(),
            _ => None,
        }
    }

    /// The private file's worker; `None` where there is no such file.
    pub(super) fn private(&self) -> Option<&Worker> {
        match self {
            Sink::Private(private) => private.worker.as_ref(),
            _ => None,
        }
    }

    /// Has the private file's worker do something to it.
    pub(super) async fn task(&self, task: &Task) -> Result<(), Problem> {
        let worker = self.private().ok_or_else(|| lost("file"))?;
        let done = call(Hand::This(worker), task, Cargo::default()).await;
        done.map(|_| ()).map_err(from_task)
    }

    /// Writes these bytes into the private file.
    pub(super) async fn store(&self, at: u64, bytes: &[u8]) -> Result<(), Problem> {
        let worker = self.private().ok_or_else(|| lost("file"))?;
        for (index, part) in bytes.chunks(STORED_AT_A_TIME).enumerate() {
            let buffer = Buffer::new(part.len());
            buffer.copy_from(0, part);
            let task = Task::Store {
                offset: at + (index * STORED_AT_A_TIME) as u64,
                length: part.len() as u32,
            };
            let cargo = Cargo {
                buffer: Some(buffer),
                ..Cargo::default()
            };
            call(Hand::This(worker), &task, cargo).await.map_err(from_task)?;
        }
        Ok(())
    }

    /// Empties the private file, or what is in memory, for the next file.
    pub(super) async fn start_over(&self) -> Result<(), Problem> {
        match self {
            Sink::Private(Private { name: Some(name), .. }) => {
                self.task(&Task::CreateFile { name: name.clone() }).await
            }
            Sink::Private(_) => Err(lost("file")),
            Sink::Memory { parts, .. } => {
                parts.borrow_mut().clear();
                Ok(())
            }
            Sink::Whole(bytes) => {
                bytes.borrow_mut().clear();
                Ok(())
            }
        }
    }

    /// Puts a part in its place, in memory.
    pub(super) fn put_part(&self, at: u64, part: Part) {
        if let Sink::Memory { parts, .. } = self {
            parts.borrow_mut().insert(at, part);
        }
    }

    /// What is in memory, in order; nothing is left.
    pub(super) fn take_parts(&self) -> Vec<Part> {
        match self {
            Sink::Memory { parts, .. } => parts.take().into_values().collect(),
            _ => Vec::new(),
        }
    }

    /// What was decrypted in one go; nothing is left.
    pub(super) fn take_bytes(&self) -> Vec<u8> {
        match self {
            Sink::Whole(bytes) => bytes.take(),
            _ => Vec::new(),
        }
    }

    /// All of it is there and authentic: the file, which [`Sink::start_over`] takes away again.
    pub(super) async fn file(&self) -> Result<FileHandle, Problem> {
        match self {
            Sink::Private(private) => {
                self.task(&Task::CloseFile).await?;
                let name = private.name.as_deref().ok_or_else(|| lost("file"))?;
                private_file::get(name).await.map_err(browser)
            }
            Sink::Memory { .. } => {
                let parts: Vec<_> = self.take_parts().into_iter().map(|part| part.file).collect();
                FileHandle::concat(&parts).map_err(browser)
            }
            Sink::Whole(_) => FileHandle::from_bytes(&self.take_bytes()).map_err(browser),
        }
    }

    /// The private file that [`Sink::file`] gave is not handed over yet: it is as it was before.
    pub(super) async fn reopen_file(&self) -> Result<(), Problem> {
        let name = self.private_name().ok_or_else(|| lost("file"))?.to_owned();
        self.task(&Task::ReopenFile { name }).await
    }

    /// Takes a piece that was fetched whole. Gives the sealed share of a run of one GCM message; else nothing.
    pub(super) async fn take(&self, opening: &Opening, piece: &Piece, lease: &mut Lease) -> Result<Vec<u8>, Problem> {
        let buffer = lease.detach().ok_or_else(|| lost("buffer"))?;
        let length = (piece.stored.end - piece.stored.start) as u32;
        let worker = match self {
            Sink::Private(private) => private.worker.as_ref().ok_or_else(|| lost("worker"))?,
            Sink::Memory { worker, .. } => worker,
            Sink::Whole(bytes) => {
                append(&mut bytes.borrow_mut(), &buffer, length as usize);
                lease.attach(buffer);
                return Ok(Vec::new());
            }
        };
        let hand = Hand::This(worker);
        let with = |key, buffer| Cargo {
            key,
            blob: None,
            buffer: Some(buffer),
        };
        let mut share = Vec::new();
        let (length, buffer) = match (opening, &piece.frames) {
            (
                Opening::Message {
                    content_key,
                    message_id,
                    layout,
                    signature,
                },
                Some(frames),
            ) => {
                let signature = signature.as_ref();
                let verified = signature.map(|signature| (signature, signature.after(&buffer, length as usize)));
                let frames = Frames {
                    message_id: *message_id,
                    layout: *layout,
                    frames: frames.clone(),
                };
                let task = Task::Open { frames };
                let opened = call(hand, &task, with(Some(content_key), buffer))
                    .await
                    .map_err(from_task)?;
                // A piece that was not written, for want of room, comes again.
                if let Some((signature, verifier)) = verified {
                    signature.go_on(verifier);
                }
                opened
            }
            (Opening::Content(content), _) => {
                let task = Task::OpenRun {
                    run: content.run(&piece.stored),
                };
                let opened = call_for_share(hand, &task, with(Some(&content.key), buffer)).await;
                let (length, sealed, buffer) = opened.map_err(from_task)?;
                content.add(&piece.stored, &sealed)?;
                share = sealed;
                (length, buffer)
            }
            _ => match self {
                Sink::Private(_) => {
                    let task = Task::Store {
                        offset: piece.stored.start,
                        length,
                    };
                    call(hand, &task, with(None, buffer)).await.map_err(from_task)?
                }
                _ => (length, Some(buffer)),
            },
        };
        let buffer = buffer.ok_or_else(|| lost("buffer"))?;
        if let Sink::Memory { parts, .. } = self {
            let mut bytes = Vec::new();
            append(&mut bytes, &buffer, length as usize);
            parts.borrow_mut().insert(piece.stored.start, Part::new(&bytes)?);
        }
        lease.attach(buffer);
        Ok(share)
    }

    /// Gives what [`Sink::file`] gave to the person.
    pub(super) async fn hand_over(
        self,
        file: FileHandle,
        length: u64,
        name: &str,
        target: Option<&SaveTarget>,
    ) -> Result<(), Problem> {
        if file.size() != length {
            return Err(lost("file's end"));
        }
        let mut private = match self {
            Sink::Private(mut private) => {
                drop(private.worker.take());
                Some(private)
            }
            Sink::Memory { .. } | Sink::Whole(_) => None,
        };
        if let Some(target) = target {
            // The private file goes with the rest of this.
            return target.save(&file).await.map_err(browser);
        }
        let saved = private.as_mut().and_then(|private| private.name.take());
        let Some(private_name) = saved else {
            return save::download_file(&file, name).map_err(browser);
        };
        let is_noted = private_files::is_handed_over(&private_name).await;
        let handed = save::download_file(&file, name).map_err(browser);
        let lock = private.and_then(|mut private| private.lock.take());
        let lock = lock.filter(|_| !is_noted);
        let stays = match handed {
            Ok(()) => private_files::stays_for(length, Need::None),
            Err(_) => Duration::ZERO,
        };
        wasm_bindgen_futures::spawn_local(async move {
            clock::sleep(stays).await;
            private_files::remove(&private_name).await;
            drop(lock);
        });
        handed
    }
}

/// Removes what is not needed any more, where a write found no room although there was enough when it was asked for.
pub(super) async fn make_room() {
    KeptDownloads::default().sweep(Need::Room).await;
}

/// Whether a write found no room. What is told of beforehand ([`check_room`]) says how much is needed.
pub(super) fn is_full(problem: &Problem) -> bool {
    matches!(problem, Problem::NoSpace { needed: 0, .. })
}

/// Whether private storage has room for so many bytes; if not, what is not needed any more is removed, and the browser asked
/// for more.
pub(super) async fn check_room(needed: u64) -> Result<(), Problem> {
    let mut tried = 0;
    loop {
        let Some((used, quota)) = private_file::estimate().await else {
            return Ok(());
        };
        let free = quota.saturating_sub(used);
        match tried {
            _ if free >= needed => return Ok(()),
            0 => make_room().await,
            1 => private_file::ask_for_more().await,
            _ => {
                let free = Some(free);
                return Err(Problem::NoSpace { needed, free });
            }
        }
        tried += 1;
    }
}

fn append(bytes: &mut Vec<u8>, buffer: &Buffer, length: usize) {
    let start = bytes.len();
    bytes.resize(start + length, 0);
    buffer.copy_to(0, &mut bytes[start..]);
}

/// The browser's refusal as a problem.
pub(super) fn browser(error: crate::platform::error::BrowserError) -> Problem {
    if error.is_no_space() {
        return Problem::NoSpace { needed: 0, free: None };
    }
    Problem::Browser {
        detail: error.to_string(),
    }
}
