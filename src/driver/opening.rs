//! How the bytes of an object become the file's bytes: decided before the first of them is fetched.

use std::cell::RefCell;
use std::ops::Range;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::engine::Engine;
use super::look::{Found, Looked};
use super::pinned::Pinned;
use super::session::Session;
use super::{ObjectFacts, Problem, Vouched, refusal, unwrap};
use crate::encryption::esdk::version1::{self, Version1Header};
use crate::encryption::esdk::{Header, Layout, MAX_FOOTER_LENGTH, SignatureVerifier, TAG_LENGTH as FRAME_TAG_LENGTH};
use crate::encryption::gcm::{GcmMessage, Segment, Share, TagSum};
use crate::encryption::s3ec::{self, Content, Policy, TAG_LENGTH};
use crate::encryption::{ContentKey, EncryptionError};
use crate::platform::abort::Abort;
use crate::platform::buffer::Buffer;
use crate::platform::private_file;
use crate::worker::messages::Run;

/// Bytes fetched by one request, about.
const PIECE: u64 = 8 << 20;
/// Bytes of a frame that are not plaintext: number, IV and tag.
const FRAME_OVERHEAD: u64 = 32;
/// What can only be decrypted whole is held in memory, up to here.
const WHOLE_LIMIT: u64 = 256 << 20;
/// Bytes of a signed message that are hashed before the page gets its turn.
const HASHED_AT_A_TIME: usize = 1 << 20;

/// How stored bytes become the file's bytes.
pub(super) enum Opening {
    /// They are the file's bytes.
    AsStored,
    /// They are frames, each authentic by itself.
    Message {
        content_key: ContentKey,
        message_id: [u8; 32],
        layout: Layout,
        signature: Option<Box<Signature>>,
    },
    /// They are one GCM message: authentic when the tag made of all its runs is the stored one.
    Content(Box<GcmContent>),
    /// They make sense all together only.
    Whole(Box<Whole>),
}

/// The signature over a message, checked in order as its bytes come.
pub(super) struct Signature {
    verifier: RefCell<SignatureVerifier>,
    footer: Vec<u8>,
}

/// One GCM message, being opened.
pub(super) struct GcmContent {
    pub(super) key: ContentKey,
    iv: [u8; 12],
    aad: Vec<u8>,
    total: u64,
    message: GcmMessage,
    sum: RefCell<TagSum>,
    tag: Vec<u8>,
    opened: s3ec::Opened,
}

/// What is decrypted in one go, in memory.
pub(super) enum Whole {
    Version1(Version1Header, Zeroizing<Vec<u8>>),
    S3(s3ec::Opened),
}

/// With how much care an object is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct How {
    /// The stored bytes as they are.
    pub(super) as_stored: bool,
    /// The risks that the person was told, and takes.
    pub(super) unlocked: Vec<&'static str>,
}

/// A range of stored bytes, and what is in it.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) stored: Range<u64>,
    pub(super) frames: Option<Range<u32>>,
    /// Bytes of the file, for progress.
    pub(super) plain: u64,
}

impl Piece {
    /// Stored bytes.
    pub(super) fn length(&self) -> usize {
        (self.stored.end - self.stored.start) as usize
    }
}

/// Decides, with the keys held.
pub(super) async fn decide(engine: &Engine, session: &Session, looked: &Looked, how: How) -> Result<Opening, Problem> {
    let size = looked.facts.size;
    match &looked.found {
        _ if how.as_stored => Ok(Opening::AsStored),
        Found::Plain => Ok(Opening::AsStored),
        Found::Refused(problem) => Err(problem.clone()),
        Found::Message(header) => message(engine, session, header, &looked.facts).await,
        Found::Version1(header)
            if how.unlocked.contains(&version1::RISK) || engine.policy.get().allows_non_committing() =>
        {
            check_whole(size)?;
            let data_key = unwrap::version1(engine, session, header).await?;
            Ok(Opening::Whole(Box::new(Whole::Version1(header.clone(), data_key))))
        }
        Found::Version1(_) => Err(Problem::Locked {
            why: version1::RISK.to_owned(),
        }),
        Found::Envelope(envelope) => {
            let policy = Policy {
                commitment: engine.policy.get(),
                unlocked: envelope
                    .risks()
                    .iter()
                    .all(|risk| how.unlocked.contains(&risk.explanation())),
            };
            if let Some(risk) = envelope.risks().into_iter().find(|risk| !policy.allows(*risk)) {
                return Err(Problem::Locked {
                    why: risk.explanation().to_owned(),
                });
            }
            let opened = unwrap::envelope(engine, session, envelope, policy).await?;
            content(session, opened, &looked.facts).await
        }
    }
}

async fn message(engine: &Engine, session: &Session, header: &Header, facts: &ObjectFacts) -> Result<Opening, Problem> {
    let size = facts.size;
    let refused = |error| refusal::from_encryption(error, None);
    let opened = unwrap::message(engine, session, header).await?;
    let (layout, signature) = if header.is_signed() {
        let tail = tail(session, facts).await?;
        let layout = header.signed_layout(size, &tail).map_err(refused)?;
        let before_footer = layout.message_length() + tail.len() as u64 - size;
        let footer = tail[before_footer as usize..].to_vec();
        let mut verifier = header.verifier().map_err(refused)?;
        verifier.update(&fetch(session, facts, 0..header.length() as u64).await?);
        let verifier = RefCell::new(verifier);
        (layout, Some(Box::new(Signature { verifier, footer })))
    } else {
        (header.layout(size).map_err(refused)?, None)
    };
    Ok(Opening::Message {
        content_key: opened.content_key,
        message_id: header.message_id(),
        layout,
        signature,
    })
}

async fn content(session: &Session, opened: s3ec::Opened, facts: &ObjectFacts) -> Result<Opening, Problem> {
    let size = facts.size;
    let refused = |error| refusal::from_encryption(error, None);
    let total = opened.plaintext_length(size).map_err(refused)?;
    // Before it is authentic, plaintext may lie in private storage, but not in memory that could be handed on.
    let Content::Gcm { key, iv, aad } = opened.content.clone() else {
        check_whole(size)?;
        return Ok(Opening::Whole(Box::new(Whole::S3(opened))));
    };
    if !private_file::is_available() {
        check_whole(size)?;
        return Ok(Opening::Whole(Box::new(Whole::S3(opened))));
    }
    let message = GcmMessage::new(&key, iv, &aad).map_err(refused)?;
    let sum = RefCell::new(TagSum::new(total).map_err(refused)?);
    let tag = fetch(session, facts, size - TAG_LENGTH..size).await?;
    Ok(Opening::Content(Box::new(GcmContent {
        key,
        iv,
        aad,
        total,
        message,
        sum,
        tag,
        opened,
    })))
}

fn check_whole(size: u64) -> Result<(), Problem> {
    if size > WHOLE_LIMIT {
        return Err(Problem::CannotSave { limit: WHOLE_LIMIT });
    }
    Ok(())
}

/// The last bytes of the object: enough for any footer.
pub(super) async fn tail(session: &Session, facts: &ObjectFacts) -> Result<Vec<u8>, Problem> {
    fetch(session, facts, facts.size.saturating_sub(MAX_FOOTER_LENGTH)..facts.size).await
}

async fn fetch(session: &Session, facts: &ObjectFacts, range: Range<u64>) -> Result<Vec<u8>, Problem> {
    let abort = &Abort::new();
    let pinned = Pinned { session, facts, abort };
    pinned.read(range).await
}

impl Opening {
    /// Bytes of the file, of an object of `size` bytes; an upper limit for what is decrypted whole.
    pub(super) fn plaintext_length(&self, size: u64) -> u64 {
        match self {
            Opening::AsStored | Opening::Whole(_) => size,
            Opening::Message { layout, .. } => layout.plaintext_length(),
            Opening::Content(content) => content.total,
        }
    }

    /// Whether the pieces must come one after the other.
    pub(super) fn in_order(&self) -> bool {
        matches!(self, Opening::Message { signature: Some(_), .. } | Opening::Whole(_))
    }

    pub(super) fn is_encrypted(&self) -> bool {
        !matches!(self, Opening::AsStored)
    }

    /// What vouches for the file, once all was taken and [`Opening::finish`] or [`Whole::decrypt`] found nothing wrong.
    pub(super) fn vouched(&self) -> Option<Vouched> {
        match self {
            Opening::AsStored => None,
            Opening::Message { signature: Some(_), .. } => Some(Vouched::Signature),
            Opening::Message { signature: None, .. } => Some(Vouched::Frames),
            Opening::Content(_) => Some(Vouched::Tag),
            Opening::Whole(whole) => Some(match &**whole {
                Whole::Version1(header, _) if header.suite().is_signing() => Vouched::Signature,
                Whole::Version1(..) => Vouched::Tag,
                Whole::S3(opened) => match opened.content {
                    Content::Gcm { .. } => Vouched::Tag,
                    Content::Cbc { .. } => Vouched::Nothing,
                },
            }),
        }
    }

    /// What to fetch.
    pub(super) fn pieces(&self, size: u64) -> Vec<Piece> {
        let plain = |size: u64| -> Vec<Piece> {
            (0..size.div_ceil(PIECE))
                .map(|index| {
                    let stored = index * PIECE..((index + 1) * PIECE).min(size);
                    Piece {
                        plain: stored.end - stored.start,
                        stored,
                        frames: None,
                    }
                })
                .collect()
        };
        match self {
            Opening::AsStored | Opening::Whole(_) => plain(size),
            Opening::Content(content) => plain(content.total),
            Opening::Message { layout, .. } => {
                let frame = u64::from(layout.frame_length().max(1));
                // Of tiny frames most bytes are not plaintext.
                let per_piece = (PIECE / frame).min(2 * PIECE / (frame + FRAME_OVERHEAD)).max(1);
                let count = u64::from(layout.frame_count());
                (0..count.div_ceil(per_piece))
                    .map(|index| {
                        let frames = (index * per_piece) as u32..((index + 1) * per_piece).min(count) as u32;
                        let plain = layout.plaintext_range(frames.clone());
                        let stored = layout.message_range(frames.clone());
                        Piece {
                            stored,
                            frames: Some(frames),
                            plain: plain.end - plain.start,
                        }
                    })
                    .collect()
            }
        }
    }

    /// Where the piece's plaintext lies in the file.
    pub(super) fn place(&self, piece: &Piece) -> Range<u64> {
        match (self, &piece.frames) {
            (Opening::Message { layout, .. }, Some(frames)) => layout.plaintext_range(frames.clone()),
            _ => piece.stored.clone(),
        }
    }

    /// A digest of the tags of the piece's frames, which fill the buffer from its start: under one key and IV, what stands
    /// for their plaintext. Empty for what has no frames.
    pub(super) fn tags(&self, piece: &Piece, buffer: &Buffer) -> Vec<u8> {
        let (Opening::Message { layout, .. }, Some(frames)) = (self, &piece.frames) else {
            return Vec::new();
        };
        let mut digest = Sha256::new();
        for index in frames.clone() {
            let end = (layout.frame(index).message.end - piece.stored.start) as usize;
            let mut tag = [0; FRAME_TAG_LENGTH];
            buffer.copy_to(end - FRAME_TAG_LENGTH, &mut tag);
            digest.update(tag);
        }
        digest.finalize().to_vec()
    }

    /// Everything was taken: what is to be true of it as a whole.
    pub(super) fn finish(&self) -> Result<(), Problem> {
        let checked = match self {
            Opening::Message {
                signature: Some(signature),
                ..
            } => signature.verifier.borrow().clone().finish(&signature.footer),
            Opening::Content(content) => {
                let tag = content.sum.borrow().clone().finish(&content.message);
                tag.ok_or(EncryptionError::Damaged)
                    .and_then(|tag| tag.verify(&content.tag))
            }
            _ => Ok(()),
        };
        checked.map_err(|error| refusal::from_encryption(error, None))
    }
}

impl Signature {
    /// The verifier after the next bytes of the message, in order: the buffer's first `length`. They count once it is given
    /// to [`Signature::go_on`].
    pub(super) fn after(&self, buffer: &Buffer, length: usize) -> SignatureVerifier {
        let mut verifier = self.verifier.borrow().clone();
        let mut bytes = vec![0; HASHED_AT_A_TIME.min(length)];
        for at in (0..length).step_by(HASHED_AT_A_TIME) {
            let bytes = &mut bytes[..HASHED_AT_A_TIME.min(length - at)];
            buffer.copy_to(at, bytes);
            verifier.update(bytes);
        }
        verifier
    }

    /// Those bytes are where they belong.
    pub(super) fn go_on(&self, verifier: SignatureVerifier) {
        self.verifier.replace(verifier);
    }
}

impl GcmContent {
    /// The same, to be decrypted in memory at one go.
    pub(super) fn into_whole(self, size: u64) -> Result<Opening, Problem> {
        check_whole(size)?;
        Ok(Opening::Whole(Box::new(Whole::S3(self.opened))))
    }

    /// The run of bytes that a piece is.
    pub(super) fn run(&self, stored: &Range<u64>) -> Run {
        Run {
            iv: self.iv,
            aad: self.aad.clone(),
            total: self.total,
            offset: stored.start,
            length: stored.end - stored.start,
        }
    }

    /// A run was authenticated: its share of the tag.
    pub(super) fn add(&self, stored: &Range<u64>, sealed: &[u8]) -> Result<(), Problem> {
        let refused = |error| refusal::from_encryption(error, None);
        let segment = Segment::new(stored.start, stored.end - stored.start, self.total).map_err(refused)?;
        let share = Share::unseal(sealed, segment, &self.key).map_err(refused)?;
        self.sum.borrow_mut().add(&self.message, &share);
        Ok(())
    }
}

impl Whole {
    /// The file, from the whole object; everything checked that can be.
    pub(super) fn decrypt(&self, object: Vec<u8>) -> Result<Vec<u8>, Problem> {
        let opened = match self {
            Whole::Version1(header, data_key) => header.decrypt_with_data_key(&object, data_key, true),
            Whole::S3(opened) => opened.decrypt(object),
        };
        opened.map_err(|error| refusal::from_encryption(error, None))
    }
}
