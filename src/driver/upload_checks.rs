//! Checks on a part before it is sent, and proofs of parts that are in the bucket already.

use super::Problem;
use super::checks::Integrity;
use super::upload_work::{Work, from_task, lost};
use super::writing::Writing;
use crate::platform::buffer::{Buffer, Lease};
use crate::s3::{BodyChecksum, etag_md5};
use crate::transfer::Part;
use crate::worker::call::{Cargo, Hand, call_for_share};
use crate::worker::messages::{Digest, Frames, Task};

impl Work {
    /// Authenticates what was encrypted, as a reader will do it. `tags` is what encrypting gave. The buffer is as it was.
    pub(super) async fn verify(
        &self,
        writing: &Writing,
        part: &Part,
        tags: &[u8],
        buffer: Buffer,
    ) -> Result<Buffer, Problem> {
        let (task, key) = match writing {
            Writing::Message(writing) => {
                let message = &writing.message;
                let header = if part.number == 1 { message.header.len() } else { 0 };
                let frames = Frames {
                    message_id: message.message_id,
                    layout: message.layout,
                    frames: part.frames.clone().ok_or_else(|| lost("plan"))?,
                };
                let at = header as u32;
                (Task::Check { frames, at }, &message.content_key)
            }
            Writing::Gcm(_) if part.plaintext.is_empty() => return Ok(buffer),
            Writing::Gcm(writing) => {
                let run = writing.run(&part.plaintext);
                (Task::CheckRun { run }, &writing.content_key)
            }
        };
        let cargo = Cargo {
            key: Some(key),
            buffer: Some(buffer),
            ..Cargo::default()
        };
        let checked = call_for_share(Hand::Any(&self.engine.workers), &task, cargo).await;
        let (_, sealed, buffer) = checked.map_err(|error| match from_task(error) {
            Problem::NotAuthentic => Problem::EncryptedWrongly,
            other => other,
        })?;
        if matches!(writing, Writing::Gcm(_)) && sealed != tags {
            return Err(Problem::EncryptedWrongly);
        }
        buffer.ok_or_else(|| lost("buffer"))
    }

    /// Has the checksum made that goes with this part, if one is wanted. A body that the browser reads from the file as it
    /// sends is read here too.
    pub(super) async fn sum(&self, index: u16, lease: Option<&mut Lease>) -> Result<(), Problem> {
        let digest = match self.checks.integrity {
            Integrity::Off => return Ok(()),
            Integrity::ContentMd5 => Digest::Md5,
            Integrity::SignedPayload => Digest::Sha256,
        };
        let sum = self.digest(index, digest, lease).await?;
        let checksum = match digest {
            Digest::Md5 => BodyChecksum::ContentMd5(sized(&sum)?),
            Digest::Sha256 => BodyChecksum::SignedSha256(sized(&sum)?),
        };
        self.sums.borrow_mut().insert(index, checksum);
        Ok(())
    }

    async fn digest(&self, index: u16, digest: Digest, lease: Option<&mut Lease>) -> Result<Vec<u8>, Problem> {
        let part = self.plan.part(index);
        let length = (part.body.end - part.body.start) as u32;
        let task = Task::Digest { digest, length };
        let slice = self.plaintext_of(&part);
        let Some(lease) = lease else {
            let cargo = Cargo {
                blob: Some(&slice),
                ..Cargo::default()
            };
            let made = call_for_share(Hand::Any(&self.engine.workers), &task, cargo).await;
            return made.map(|(_, sum, _)| sum).map_err(from_task);
        };
        let cargo = Cargo {
            buffer: lease.detach(),
            ..Cargo::default()
        };
        let made = call_for_share(Hand::Any(&self.engine.workers), &task, cargo).await;
        let (_, sum, buffer) = made.map_err(from_task)?;
        lease.attach(buffer.ok_or_else(|| lost("buffer"))?);
        Ok(sum)
    }

    /// Proves that a part of a file stored as it is came of this file: the storage's ETag is its MD5. In the page that sent
    /// it the browser itself guards the file. The part is read here, unless it was already.
    pub(super) async fn prove_plain(&self, index: u16, lease: Option<&mut Lease>) -> Result<(), Problem> {
        // Without one the object is complete, and its ETag is made of all of these.
        let etag = self.etags.get(&index);
        if etag.is_some() && !self.kept().is_some_and(|kept| kept.is_from_disk) {
            return Ok(());
        }
        let sum: [u8; 16] = sized(&self.digest(index, Digest::Md5, lease).await?)?;
        if etag.is_some_and(|etag| etag_md5(etag) != Some(sum)) {
            return Err(Problem::FileChanged);
        }
        self.proofs.borrow_mut().insert(index, sum);
        Ok(())
    }
}

fn sized<const N: usize>(sum: &[u8]) -> Result<[u8; N], Problem> {
    sum.try_into().map_err(|_| lost("digest"))
}
