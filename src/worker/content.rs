//! One run of bytes of a single GCM message (S3 Encryption Client content), in the worker: one native call for every
//! segment, or software where there is no WebCrypto or where it fails the [`trial`].

use std::cell::RefCell;
use std::future::{Future, ready};

use futures::future::{self, Either};
use futures::stream::{self, StreamExt};
use js_sys::Uint8Array;

use super::digest::Digest;
use super::job::lacks;
use super::messages::{Run, TaskError};
use super::open_file::OpenFile;
use super::pipeline::{DEPTH, read_and_seal, seal_in_place};
use super::trial::{self, Verdict};
use crate::encryption::ContentKey;
use crate::encryption::gcm::{GcmMessage, SEGMENT_LENGTH, Segment, Share};
use crate::platform::buffer::Buffer;
use crate::platform::files::FileHandle;
use crate::platform::webcrypto::{AesCtrKey, AesGcmKey};

/// The message and the keys to it.
pub(super) struct Content {
    key: ContentKey,
    iv: [u8; 12],
    aad: Vec<u8>,
    message: GcmMessage,
    by: By,
}

/// Who does the work.
enum By {
    /// One AES-GCM call makes a segment and its share of the tag; opening is a second one, and AES-CTR.
    Segments { gcm: AesGcmKey, ctr: AesCtrKey },
    /// AES-CTR by the browser, the shares in software.
    Counter { ctr: AesCtrKey },
    /// Both in software.
    Software,
}

impl Content {
    pub(super) async fn new(key: &ContentKey, run: &Run) -> Result<Self, TaskError> {
        let message = GcmMessage::new(key, run.iv, &run.aad).map_err(|_| TaskError::NotAuthentic)?;
        let by = match trial::verdict().await {
            Verdict::Segments => By::Segments {
                gcm: AesGcmKey::import(key.expose()).await?,
                ctr: AesCtrKey::import(key.expose()).await?,
            },
            Verdict::Counter => By::Counter {
                ctr: AesCtrKey::import(key.expose()).await?,
            },
            Verdict::Software => By::Software,
        };
        Ok(Content {
            key: key.clone(),
            iv: run.iv,
            aad: run.aad.clone(),
            message,
            by,
        })
    }

    /// Whether it is the one for this message.
    pub(super) fn serves(&self, key: &ContentKey, run: &Run) -> bool {
        self.key.is_same(key) && self.iv == run.iv && self.aad == run.aad
    }

    /// Reads the run's plaintext from `blob` and puts its ciphertext into the buffer, from `at` on; without one, the plaintext
    /// lies there already. Gives the end of what was written, and the run's sealed share.
    pub(super) async fn encrypt(
        &self,
        run: &Run,
        blob: Option<&FileHandle>,
        buffer: &Buffer,
        at: usize,
        digest: &mut Digest,
    ) -> Result<(usize, Vec<u8>), TaskError> {
        let segments = segment_of(run)?.cut(SEGMENT_LENGTH);
        let pieces = segments.map(|segment| (segment, segment.length() as usize));
        let start = |segment: &Segment, plaintext| self.encrypt_segment(*segment, plaintext);
        let longest = run.length.min(SEGMENT_LENGTH) as usize;
        let mut sum = None;
        let take = |segment: Segment, (ciphertext, share): (Uint8Array, Share)| {
            let place = at + (segment.offset() - run.offset) as usize;
            buffer
                .view(place..place + ciphertext.length() as usize)
                .set(&ciphertext, 0);
            self.join(&mut sum, share);
        };
        match blob {
            Some(blob) if blob.size() == run.length => {
                read_and_seal(blob, longest, pieces, digest, start, take).await?;
            }
            Some(_) => return Err(TaskError::Unreadable),
            None if (buffer.len().saturating_sub(at) as u64) < run.length => return Err(lacks("plaintext")),
            None => seal_in_place((buffer, at), pieces, digest, start, take).await?,
        }
        Ok((at + run.length as usize, self.sealed(sum, run)?))
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
        let opening = stream::iter(segment_of(run)?.cut(SEGMENT_LENGTH)).map(|segment| {
            let start = (segment.offset() - run.offset) as usize;
            let ciphertext = buffer.view(start..start + segment.length() as usize);
            let opening = self.open_segment(segment, ciphertext);
            async move { opening.await.map(|opened| (segment, opened)) }
        });
        let mut opening = std::pin::pin!(opening.buffered(DEPTH));
        let mut sum = None;
        while let Some(opened) = opening.next().await {
            let (segment, (plaintext, share)) = opened?;
            let file = file.borrow();
            file.as_ref()
                .ok_or_else(|| lacks("private file"))?
                .write_at(segment.offset(), &plaintext)?;
            self.join(&mut sum, share);
        }
        self.sealed(sum, run)
    }
    /// The sealed share of the run's ciphertext, which fills the buffer from its start, computed as a reader computes it.
    /// Nothing is decrypted.
    pub(super) async fn authenticate(&self, run: &Run, buffer: &Buffer) -> Result<Vec<u8>, TaskError> {
        if (buffer.len() as u64) < run.length {
            return Err(TaskError::NotAuthentic);
        }
        let mut sum = None;
        for segment in segment_of(run)?.cut(SEGMENT_LENGTH) {
            let start = (segment.offset() - run.offset) as usize;
            let ciphertext = buffer.view(start..start + segment.length() as usize);
            let share = match &self.by {
                By::Segments { gcm, .. } => {
                    let pre_iv = self.message.pre_iv(&segment);
                    let tag = gcm.authenticate_segment(&pre_iv, &ciphertext).await?;
                    self.message.share_of_authentication(segment, tag)
                }
                By::Counter { .. } | By::Software => self.message.authenticate_segment(segment, &ciphertext.to_vec()),
            };
            self.join(&mut sum, share);
        }
        self.sealed(sum, run)
    }

    /// Ciphertext and share. The plaintext was copied when this returns.
    fn encrypt_segment(
        &self,
        segment: Segment,
        plaintext: Uint8Array,
    ) -> impl Future<Output = Result<(Uint8Array, Share), TaskError>> {
        match &self.by {
            By::Segments { gcm, .. } => {
                let sealing = gcm.encrypt_segment(&self.message.pre_iv(&segment), &plaintext);
                Either::Left(Either::Left(async move {
                    let (ciphertext, tag) = sealing.await?;
                    Ok((ciphertext, self.message.share_of_encryption(segment, tag)))
                }))
            }
            By::Counter { ctr } => {
                let encrypting = ctr.apply(&self.message.counter_block(&segment), &plaintext);
                Either::Left(Either::Right(async move {
                    let ciphertext = encrypting.await?;
                    let share = self.message.authenticate_segment(segment, &ciphertext.to_vec());
                    Ok((ciphertext, share))
                }))
            }
            By::Software => {
                let mut bytes = plaintext.to_vec();
                let share = self.message.encrypt_segment(segment, &mut bytes);
                Either::Right(ready(Ok((Uint8Array::from(&bytes[..]), share))))
            }
        }
    }

    /// Plaintext and share. The ciphertext was copied when this returns.
    fn open_segment(
        &self,
        segment: Segment,
        ciphertext: Uint8Array,
    ) -> impl Future<Output = Result<(Uint8Array, Share), TaskError>> {
        match &self.by {
            By::Segments { gcm, ctr } => {
                let authenticating = gcm.authenticate_segment(&self.message.pre_iv(&segment), &ciphertext);
                let decrypting = ctr.apply(&self.message.counter_block(&segment), &ciphertext);
                Either::Left(Either::Left(async move {
                    let (tag, plaintext) = future::join(authenticating, decrypting).await;
                    Ok((plaintext?, self.message.share_of_authentication(segment, tag?)))
                }))
            }
            By::Counter { ctr } => {
                let decrypting = ctr.apply(&self.message.counter_block(&segment), &ciphertext);
                let share = self.message.authenticate_segment(segment, &ciphertext.to_vec());
                Either::Left(Either::Right(async move { Ok((decrypting.await?, share)) }))
            }
            By::Software => {
                let mut bytes = ciphertext.to_vec();
                let share = self.message.authenticate_segment(segment, &bytes);
                self.message.apply_keystream(&segment, &mut bytes);
                Either::Right(ready(Ok((Uint8Array::from(&bytes[..]), share))))
            }
        }
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
        Ok(share.seal(&self.key))
    }
}

fn segment_of(run: &Run) -> Result<Segment, TaskError> {
    Segment::new(run.offset, run.length, run.total).map_err(|error| TaskError::Browser {
        detail: error.to_string(),
    })
}
