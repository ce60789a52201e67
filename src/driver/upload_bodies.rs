//! Making the bodies of an upload's requests: each is made once, or again only to find the same tags.

use std::future::Future;
use std::ops::Range;
use std::pin::pin;

use futures::future::{self, Either};

use super::Problem;
use super::upload_work::{Answer, Work, from_task, lost};
use super::writing::{GcmWriting, MessageWriting, Writing};
use crate::encryption::esdk::{FOOTER_LENGTH, Message, TAG_LENGTH};
use crate::platform::buffer::{Buffer, Lease};
use crate::platform::files::FileHandle;
use crate::transfer::{Command, Part};
use crate::worker::call::{Cargo, Hand, Made, call_for_all};
use crate::worker::hash_so_far::HashSoFar;
use crate::worker::messages::{Frames, Task};

/// What a worker made of a part.
struct MadePart {
    /// Of the frames, one after the other; or the run's sealed share.
    tags: Vec<u8>,
    /// Of the file up to the part's end, where it is computed.
    hash: Option<HashSoFar>,
    buffer: Buffer,
}

impl Work {
    /// Has the part's frames encrypted, and its tags compared with those of an earlier time, if there was one. A plain
    /// part needs nothing: the browser reads the file as it sends.
    pub(super) async fn make_body(&self, command: &Command) -> Result<Answer, Problem> {
        let (index, proof) = match command {
            Command::Prove { part } => (*part, true),
            Command::Prepare { part } => (*part, false),
            _ => return Err(lost("command")),
        };
        let part = self.plan.part(index);
        let plaintext = part.plaintext.end - part.plaintext.start;
        let Some(writing) = self.writing.clone() else {
            // Chromium refuses to read a file that has changed since it was picked; Firefox does not.
            let byte = self.slice(part.plaintext.start..part.plaintext.start + plaintext.min(1));
            byte.read_small(1).await.map_err(|_| Problem::FileUnreadable)?;
            let mut lease = self.load(&part, proof).await?;
            if proof {
                self.prove_plain(index, lease.as_mut()).await?;
                self.skip(index, plaintext);
                return Ok(Answer::Proved);
            }
            self.sum(index, lease.as_mut()).await?;
            if let Some(lease) = lease {
                self.bodies.borrow_mut().insert(index, lease);
            }
            return Ok(Answer::Prepared);
        };
        if index + 1 == self.plan.part_count()
            && let Some(tally) = &self.tally
        {
            // The tag ends the last part, and needs all others. No buffer is held meanwhile.
            self.unless_cut(tally.made(index)).await?;
        }
        if let Writing::Message(writing) = &*writing
            && let Some(signing) = &writing.signing
        {
            self.unless_cut(signing.turn(index)).await?;
        }
        let hash = self.hash_before(index).await?;
        let (mut lease, buffer) = self.take_buffer().await?;
        let MadePart { tags, hash, buffer } = match &*writing {
            Writing::Message(writing) => self.make_frames(writing, &part, hash, buffer).await?,
            Writing::Gcm(writing) => self.make_run(writing, &part, hash, buffer).await?,
        };
        self.note_hash(index, hash)?;
        let buffer = match self.checks.verify && !proof {
            true => self.verify(&writing, &part, &tags, buffer).await?,
            false => buffer,
        };
        lease.attach(buffer);
        self.made.set(self.made.get() + plaintext);
        self.engine.queue.made(self.id, self.made.get());
        let kept = self.kept();
        if let Some(kept) = &kept {
            let known = kept.knows(index);
            if !kept.note(index, &tags) {
                // This body must not be sent: the same keystream would meet two plaintexts.
                return Err(Problem::FileChanged);
            }
            if proof {
                self.skip(index, plaintext);
                return Ok(Answer::Proved);
            }
            if !known && let Err(problem) = self.engine.kept.keep_part(kept, index, &tags).await {
                kept.unnote(index);
                return Err(problem);
            }
        }
        self.sum(index, Some(&mut lease)).await?;
        self.bodies.borrow_mut().insert(index, lease);
        Ok(Answer::Prepared)
    }

    /// A part of a file that is stored as it is, where the file is hashed: what is sent is what was hashed, whatever becomes
    /// of the file. `None` if there is nothing to be read, or nothing new: what this page has sent of it was hashed then.
    async fn load(&self, part: &Part, proof: bool) -> Result<Option<Lease>, Problem> {
        let index = part.number - 1;
        let Some(hash) = self.hash_before(index).await? else {
            return Ok(None);
        };
        if part.plaintext.is_empty() {
            self.note_hash(index, Some(hash))?;
            return Ok(None);
        }
        if proof && self.hashing.as_ref().is_some_and(|hashing| hashing.knows(index)) {
            return Ok(None);
        }
        let (mut lease, buffer) = self.take_buffer().await?;
        let slice = self.plaintext_of(part);
        let cargo = Cargo {
            blob: Some(&slice),
            buffer: Some(buffer),
            ..Cargo::default()
        };
        let made = call_for_all(Hand::Any(&self.engine.workers), &Task::Load { hash }, cargo).await;
        let Made {
            length, hash, buffer, ..
        } = made.map_err(from_task)?;
        if u64::from(length) != part.body.end - part.body.start {
            return Err(lost("part's length"));
        }
        lease.attach(buffer.ok_or_else(|| lost("buffer"))?);
        self.note_hash(index, hash)?;
        Ok(Some(lease))
    }

    /// The hash of all that comes before the part, when its turn has come; `None` where nothing is hashed.
    async fn hash_before(&self, index: u16) -> Result<Option<HashSoFar>, Problem> {
        match &self.hashing {
            Some(hashing) => self.unless_cut(hashing.before(index)).await.map(Some),
            None => Ok(None),
        }
    }

    /// The part was hashed, if any is.
    fn note_hash(&self, index: u16, hash: Option<HashSoFar>) -> Result<(), Problem> {
        let Some(hashing) = &self.hashing else { return Ok(()) };
        match hashing.note(index, hash.ok_or_else(|| lost("digest"))?) {
            true => Ok(()),
            false => Err(Problem::FileChanged),
        }
    }

    async fn take_buffer(&self) -> Result<(Lease, Buffer), Problem> {
        let mut lease = self.unless_cut(self.pool.take()).await?;
        let buffer = lease.detach().ok_or_else(|| no_memory(self.pool.buffer_size()))?;
        Ok((lease, buffer))
    }

    /// Waits for it, if the run goes on so long.
    async fn unless_cut<T>(&self, awaited: impl Future<Output = T>) -> Result<T, Problem> {
        match future::select(pin!(awaited), pin!(self.abort.aborted())).await {
            Either::Left((awaited, _)) => Ok(awaited),
            Either::Right(_) => Err(Problem::Cancelled),
        }
    }

    /// Encrypts the frames of a part, and signs them if they are to be signed. Gives their tags.
    async fn make_frames(
        &self,
        writing: &MessageWriting,
        part: &Part,
        hash: Option<HashSoFar>,
        buffer: Buffer,
    ) -> Result<MadePart, Problem> {
        let message = &writing.message;
        let header: &[u8] = if part.number == 1 { &message.header } else { &[] };
        buffer.copy_from(0, header);
        let frames = part.frames.clone().ok_or_else(|| lost("plan"))?;
        let task = Task::Encrypt {
            frames: Frames {
                message_id: message.message_id,
                layout: message.layout,
                frames: frames.clone(),
            },
            at: header.len() as u32,
            hash,
        };
        let slice = self.plaintext_of(part);
        let cargo = Cargo {
            key: Some(&message.content_key),
            blob: Some(&slice),
            buffer: Some(buffer),
        };
        let made = call_for_all(Hand::Any(&self.engine.workers), &task, cargo).await;
        let Made {
            length, hash, buffer, ..
        } = made.map_err(from_task)?;
        let is_last = part.number == self.plan.part_count();
        let footer = match writing.signing {
            Some(_) if is_last => FOOTER_LENGTH,
            _ => 0,
        };
        if u64::from(length) + footer != part.body.end - part.body.start {
            return Err(lost("part's length"));
        }
        let buffer = buffer.ok_or_else(|| lost("buffer"))?;
        if let Some(signing) = &writing.signing {
            signing.update(&buffer, length as usize);
            if is_last {
                let footer = signing.finish().ok_or_else(|| lost("signing key"))?;
                buffer.copy_from(length as usize, &footer);
            }
        }
        let tags = tags(message, frames, part.body.start, &buffer);
        Ok(MadePart { tags, hash, buffer })
    }

    /// Encrypts a part's run of the one GCM message; appends the tag to the last. Gives the run's sealed share.
    async fn make_run(
        &self,
        writing: &GcmWriting,
        part: &Part,
        hash: Option<HashSoFar>,
        buffer: Buffer,
    ) -> Result<MadePart, Problem> {
        let tally = self.tally.as_ref().ok_or_else(|| lost("tally"))?;
        let length = part.plaintext.end - part.plaintext.start;
        let (sealed, hash, buffer) = if length == 0 {
            (Vec::new(), hash, buffer)
        } else {
            let task = Task::EncryptRun {
                run: writing.run(&part.plaintext),
                at: 0,
                hash,
            };
            let slice = self.plaintext_of(part);
            let cargo = Cargo {
                key: Some(&writing.content_key),
                blob: Some(&slice),
                buffer: Some(buffer),
            };
            let made = call_for_all(Hand::Any(&self.engine.workers), &task, cargo).await;
            let made = made.map_err(from_task)?;
            if u64::from(made.length) != length {
                return Err(lost("part's length"));
            }
            let buffer = made.buffer.ok_or_else(|| lost("buffer"))?;
            (made.sealed, made.hash, buffer)
        };
        tally.add(writing, &part.plaintext, &sealed)?;
        if part.number == self.plan.part_count() {
            let tag = tally.tag(writing).ok_or_else(|| lost("tag"))?;
            buffer.copy_from(length as usize, &tag);
        }
        let tags = sealed;
        Ok(MadePart { tags, hash, buffer })
    }

    /// The file's bytes of a part. Of a file that is sent whole, the file: nothing needs to be looked up to have it.
    pub(super) fn plaintext_of(&self, part: &Part) -> FileHandle {
        let whole = part.plaintext.start == 0 && part.plaintext.end == self.plan.plaintext_length();
        match whole && self.writing.is_some() {
            true => self.file.clone(),
            false => self.slice(part.plaintext.clone()),
        }
    }

    /// Some of the file's bytes. Of one snapshot for all parts: from a slice the browser reads only what was there when it was
    /// made, and it need not look at the file for each, which holds the page up.
    pub(super) fn slice(&self, range: Range<u64>) -> FileHandle {
        let bytes = self
            .bytes
            .get_or_init(|| self.file.slice(0, self.plan.plaintext_length()));
        bytes.slice(range.start, range.end)
    }
}

fn no_memory(bytes: usize) -> Problem {
    Problem::Browser {
        detail: format!("it has no memory for {} MiB of a part", bytes.div_ceil(1 << 20)),
    }
}

/// The tags of these frames, which lie in `body` from its start, the message's header first if it is the first part.
fn tags(message: &Message, frames: Range<u32>, body_start: u64, body: &Buffer) -> Vec<u8> {
    let mut tags = vec![0; frames.len() * TAG_LENGTH];
    for (index, tag) in frames.zip(tags.chunks_mut(TAG_LENGTH)) {
        let end = message.layout.frame(index).message.end - body_start;
        body.copy_to(end as usize - TAG_LENGTH, tag);
    }
    tags
}
