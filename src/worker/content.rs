//! One run of bytes of a single GCM message (S3 Encryption Client content), in the worker: one native call for every
//! segment, or software where there is no WebCrypto.

use std::cell::RefCell;

use futures::future;
use js_sys::Uint8Array;

use super::digest::Digest;
use super::job::lacks;
use super::messages::{Run, TaskError};
use super::open_file::OpenFile;
use crate::encryption::ContentKey;
use crate::encryption::gcm::{GcmMessage, SEGMENT_LENGTH, Segment, Share};
use crate::platform::buffer::Buffer;
use crate::platform::file_reader::FileReader;
use crate::platform::files::FileHandle;
use crate::platform::webcrypto::{self, AesCtrKey, AesGcmKey, OperationFailed};

/// The message and the keys to it.
pub(super) struct Content<'k> {
    key: &'k ContentKey,
    message: GcmMessage,
    native: Option<(AesGcmKey, AesCtrKey)>,
}

impl<'k> Content<'k> {
    pub(super) async fn new(key: &'k ContentKey, run: &Run) -> Result<Self, TaskError> {
        let message = GcmMessage::new(key, run.iv, &run.aad).map_err(|_| TaskError::NotAuthentic)?;
        let native = if webcrypto::is_available() {
            let keys = (
                AesGcmKey::import(key.expose()).await?,
                AesCtrKey::import(key.expose()).await?,
            );
            Some(keys)
        } else {
            None
        };
        Ok(Content { key, message, native })
    }

    /// Reads the run's plaintext from `blob` to `at` and encrypts it in place, the next segment being read meanwhile.
    /// Gives the buffer, the end of what was written, and the run's sealed share.
    pub(super) async fn encrypt(
        &self,
        run: &Run,
        blob: &FileHandle,
        mut buffer: Buffer,
        at: usize,
        digest: &mut Digest,
    ) -> Result<(Buffer, usize, Vec<u8>), TaskError> {
        if blob.size() != run.length {
            return Err(TaskError::Unreadable);
        }
        let mut reader = FileReader::open(blob)?;
        let mut sum = None;
        let mut pending: Option<Segment> = None;
        let place = |segment: &Segment| at + (segment.offset() - run.offset) as usize;
        for segment in segment_of(run)?.cut(SEGMENT_LENGTH) {
            let length = segment.length() as usize;
            let start = place(&segment);
            let read = match pending.take() {
                None => reader.read(buffer, start, length).await,
                Some(before) => {
                    // The browser takes its copy of the plaintext as the call is made, before the read below takes
                    // the buffer away.
                    let view = view(&buffer, place(&before), &before);
                    let sealing = self.encrypt_segment(before, view);
                    let (sealed, read) = future::join(sealing, reader.read(buffer, start, length)).await;
                    let (ciphertext, share) = sealed?;
                    self.join(&mut sum, share);
                    read.inspect(|(buffer, _)| view_set(buffer, place(&before), &ciphertext))
                }
            };
            let count;
            (buffer, count) = read.map_err(|_| TaskError::Unreadable)?;
            if count != length {
                return Err(TaskError::Unreadable);
            }
            digest.update(&buffer, start..start + length);
            pending = Some(segment);
        }
        if let Some(last) = pending {
            let view = view(&buffer, place(&last), &last);
            let (ciphertext, share) = self.encrypt_segment(last, view).await?;
            self.join(&mut sum, share);
            view_set(&buffer, place(&last), &ciphertext);
        }
        Ok((buffer, at + run.length as usize, self.sealed(sum, run)?))
    }

    /// Authenticates the run's ciphertext, which fills the buffer from its start, and writes its plaintext into the
    /// private file. The plaintext is not authentic before the page has added up all shares: that is why it goes nowhere
    /// else. Gives the run's sealed share.
    pub(super) async fn open(
        &self,
        run: &Run,
        buffer: &Buffer,
        file: &RefCell<Option<OpenFile>>,
    ) -> Result<Vec<u8>, TaskError> {
        if (buffer.len() as u64) < run.length {
            return Err(TaskError::NotAuthentic);
        }
        let mut sum = None;
        for segment in segment_of(run)?.cut(SEGMENT_LENGTH) {
            let ciphertext = view(buffer, (segment.offset() - run.offset) as usize, &segment);
            let (plaintext, share) = self.open_segment(segment, &ciphertext).await?;
            let file = file.borrow();
            file.as_ref()
                .ok_or_else(|| lacks("private file"))?
                .write_at(segment.offset(), &plaintext)?;
            self.join(&mut sum, share);
        }
        self.sealed(sum, run)
    }

    /// The sealed share of the run's ciphertext, which fills the buffer from its start. Nothing is decrypted.
    pub(super) async fn authenticate(&self, run: &Run, buffer: &Buffer) -> Result<Vec<u8>, TaskError> {
        if (buffer.len() as u64) < run.length {
            return Err(TaskError::NotAuthentic);
        }
        let mut sum = None;
        for segment in segment_of(run)?.cut(SEGMENT_LENGTH) {
            let ciphertext = view(buffer, (segment.offset() - run.offset) as usize, &segment);
            let share = match &self.native {
                Some((gcm, _)) => {
                    let pre_iv = self.message.pre_iv(&segment);
                    let tag = gcm.authenticate_segment(&pre_iv, &ciphertext).await?;
                    self.message.share_of_authentication(segment, tag)
                }
                None => self.message.authenticate_segment(segment, &ciphertext.to_vec()),
            };
            self.join(&mut sum, share);
        }
        self.sealed(sum, run)
    }

    async fn encrypt_segment(&self, segment: Segment, plaintext: Uint8Array) -> Result<(Uint8Array, Share), TaskError> {
        let Some((gcm, _)) = &self.native else {
            let mut bytes = plaintext.to_vec();
            let share = self.message.encrypt_segment(segment, &mut bytes);
            return Ok((Uint8Array::from(&bytes[..]), share));
        };
        let (ciphertext, tag) = gcm.encrypt_segment(&self.message.pre_iv(&segment), &plaintext).await?;
        Ok((ciphertext, self.message.share_of_encryption(segment, tag)))
    }

    async fn open_segment(&self, segment: Segment, ciphertext: &Uint8Array) -> Result<(Uint8Array, Share), TaskError> {
        let Some((gcm, ctr)) = &self.native else {
            let mut bytes = ciphertext.to_vec();
            let share = self.message.authenticate_segment(segment, &bytes);
            self.message.apply_keystream(&segment, &mut bytes);
            return Ok((Uint8Array::from(&bytes[..]), share));
        };
        let pre_iv = self.message.pre_iv(&segment);
        let authenticating = gcm.authenticate_segment(&pre_iv, ciphertext);
        let counter = self.message.counter_block(&segment);
        let (tag, plaintext) = future::join(authenticating, ctr.apply(&counter, ciphertext)).await;
        Ok((plaintext?, self.message.share_of_authentication(segment, tag?)))
    }

    fn join(&self, sum: &mut Option<Share>, share: Share) {
        *sum = Some(match sum.take() {
            None => share,
            Some(before) => self.message.join(&before, &share),
        });
    }

    fn sealed(&self, sum: Option<Share>, run: &Run) -> Result<Vec<u8>, TaskError> {
        // An empty run adds nothing.
        let share = sum.map_or_else(
            || segment_of(run).map(|segment| Share::from_bytes(segment, [0; 16])),
            Ok,
        )?;
        Ok(share.seal(self.key))
    }
}

fn segment_of(run: &Run) -> Result<Segment, TaskError> {
    Segment::new(run.offset, run.length, run.total).map_err(|error| TaskError::Browser {
        detail: error.to_string(),
    })
}

fn view(buffer: &Buffer, at: usize, segment: &Segment) -> Uint8Array {
    buffer.view(at..at + segment.length() as usize)
}

fn view_set(buffer: &Buffer, at: usize, bytes: &Uint8Array) {
    buffer.view(at..at + bytes.length() as usize).set(bytes, 0);
}

impl From<OperationFailed> for TaskError {
    fn from(error: OperationFailed) -> Self {
        TaskError::Browser {
            detail: error.to_string(),
        }
    }
}
