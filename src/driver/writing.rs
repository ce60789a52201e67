//! What one upload is encrypted with, in whichever format: made once, used for one plaintext only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use super::engine::Engine;
use super::record::Record;
use super::session::Session;
use super::signing::Signing;
use super::upload_work::lost;
use super::{Problem, refusal, unwrap};
use crate::encryption::ContentKey;
use crate::encryption::esdk::{FOOTER_LENGTH, Layout, Message};
use crate::encryption::gcm::{GcmMessage, Segment, Share, TagSum};
use crate::encryption::s3ec::{self, Policy};
use crate::transfer::Content;
use crate::worker::messages::Run;

/// What one upload is encrypted with.
pub(super) enum Writing {
    /// AWS Encryption SDK.
    Message(Box<MessageWriting>),
    /// S3 Encryption Client.
    Gcm(Box<GcmWriting>),
}

/// A message of the AWS Encryption SDK.
pub(super) struct MessageWriting {
    pub(super) message: Message,
    /// Of a signed one.
    pub(super) signing: Option<Signing>,
}

/// One GCM message, and the metadata that say how to open it.
pub(super) struct GcmWriting {
    pub(super) metadata: Vec<(String, String)>,
    pub(super) content_key: ContentKey,
    iv: [u8; 12],
    aad: Vec<u8>,
    total: u64,
    message: GcmMessage,
}

/// The shares of one run of the upload, towards the tag.
pub(super) struct Tally {
    sum: RefCell<TagSum>,
    made: RefCell<(u16, Vec<Waker>)>,
}

/// The same again, from what [`Writing::record`] gave, with the keys held.
pub(super) async fn again(engine: &Engine, session: &Session, bytes: &[u8], size: u64) -> Result<Writing, Problem> {
    let refused = |error| refusal::from_encryption(error, None);
    let record = Record::read(bytes).ok_or_else(|| lost("record of the upload"))?;
    match record {
        Record::Object { metadata, envelope } => {
            // It was written here: what is risky to read is not risky to go on with.
            let policy = Policy {
                unlocked: true,
                ..Policy::default()
            };
            let opened = unwrap::envelope_begun(engine, session, &envelope, policy).await?;
            let s3ec::Content::Gcm { key, iv, aad } = opened.content else {
                return Err(lost("record of the upload"));
            };
            let writing = GcmWriting::new(metadata.into_iter().collect(), key, iv, aad, size)?;
            Ok(Writing::Gcm(Box::new(writing)))
        }
        Record::Message(header) if header.is_signed() => Err(lost("signing key")),
        Record::Message(header) => {
            // As it was begun, whatever length is written today.
            let frame_length = header.frame_length();
            if frame_length == 0 {
                return Err(lost("record of the upload"));
            }
            let opened = unwrap::message_begun(engine, session, &header).await?;
            let message = Message {
                header: bytes.to_vec(),
                message_id: header.message_id(),
                content_key: opened.content_key,
                layout: Layout::for_plaintext(bytes.len(), frame_length, size).map_err(refused)?,
                signer: None,
            };
            Ok(Writing::Message(Box::new(MessageWriting { message, signing: None })))
        }
    }
}

impl Writing {
    /// What the object will consist of.
    pub(super) fn content(&self) -> Content {
        match self {
            Writing::Message(writing) => Content::Message {
                layout: writing.message.layout,
                footer: if writing.signing.is_some() { FOOTER_LENGTH } else { 0 },
            },
            Writing::Gcm(writing) => Content::Gcm { length: writing.total },
        }
    }

    /// Metadata the object must have.
    pub(super) fn metadata(&self) -> Vec<(String, String)> {
        match self {
            Writing::Message(_) => Vec::new(),
            Writing::Gcm(writing) => writing.metadata.clone(),
        }
    }

    /// What a checkpoint keeps of it: no secrets, and all that the user's key needs to go on.
    pub(super) fn record(&self) -> Vec<u8> {
        match self {
            Writing::Message(writing) => writing.message.header.clone(),
            Writing::Gcm(writing) => {
                let metadata: BTreeMap<_, _> = writing.metadata.iter().cloned().collect();
                serde_json::to_vec(&metadata).expect("texts")
            }
        }
    }

    /// An empty tally for one run of the upload.
    pub(super) fn tally(&self) -> Result<Option<Tally>, Problem> {
        let Writing::Gcm(writing) = self else { return Ok(None) };
        let sum = TagSum::new(writing.total).map_err(|error| refusal::from_encryption(error, None))?;
        Ok(Some(Tally {
            sum: RefCell::new(sum),
            made: RefCell::default(),
        }))
    }
}

impl GcmWriting {
    pub(super) fn new(
        metadata: Vec<(String, String)>,
        content_key: ContentKey,
        iv: [u8; 12],
        aad: Vec<u8>,
        total: u64,
    ) -> Result<Self, Problem> {
        let message = GcmMessage::new(&content_key, iv, &aad).map_err(|error| refusal::from_encryption(error, None))?;
        Ok(GcmWriting {
            metadata,
            content_key,
            iv,
            aad,
            total,
            message,
        })
    }

    /// The run of bytes of one part.
    pub(super) fn run(&self, plaintext: &std::ops::Range<u64>) -> Run {
        Run {
            iv: self.iv,
            aad: self.aad.clone(),
            total: self.total,
            offset: plaintext.start,
            length: plaintext.end - plaintext.start,
        }
    }
}

impl Tally {
    /// A part was encrypted: its share. Once for every part.
    pub(super) fn add(
        &self,
        writing: &GcmWriting,
        plaintext: &std::ops::Range<u64>,
        sealed: &[u8],
    ) -> Result<(), Problem> {
        if plaintext.end > plaintext.start {
            let refused = |error| refusal::from_encryption(error, None);
            let length = plaintext.end - plaintext.start;
            let segment = Segment::new(plaintext.start, length, writing.total).map_err(refused)?;
            let share = Share::unseal(sealed, segment, &writing.content_key).map_err(refused)?;
            self.sum.borrow_mut().add(&writing.message, &share);
        }
        let mut made = self.made.borrow_mut();
        made.0 += 1;
        made.1.drain(..).for_each(Waker::wake);
        Ok(())
    }

    /// Waits until so many parts have been added.
    pub(super) async fn made(&self, parts: u16) {
        poll_fn(|context| {
            let mut made = self.made.borrow_mut();
            if made.0 >= parts {
                return Poll::Ready(());
            }
            made.1.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// The tag, once all parts were added.
    pub(super) fn tag(&self, writing: &GcmWriting) -> Option<[u8; 16]> {
        let fresh = TagSum::new(writing.total).ok()?;
        let sum = self.sum.replace(fresh);
        Some(*sum.finish(&writing.message)?.bytes())
    }
}
