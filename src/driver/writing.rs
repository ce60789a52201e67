//! What one upload is encrypted with, in whichever format: made once, used for one plaintext only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use super::engine::Engine;
use super::upload::UploadJob;
use super::upload_work::lost;
use super::{Problem, UploadEncryption, WriteFormat, look, refusal, unwrap};
use crate::encryption::esdk::{EncryptionContext, FRAME_LENGTH, Header, Layout, Message, Parsed, Recipient};
use crate::encryption::gcm::{GcmMessage, Segment, Share, TagSum};
use crate::encryption::s3ec::{
    self, CommitmentPolicy, Entries, Envelope, Materials, Policy, Recognised, TextMap, Wrapping, Written,
};
use crate::encryption::{ContentKey, DataKey, KeyRef, passphrase};
use crate::platform::random;
use crate::transfer::Content;
use crate::worker::messages::Run;

/// What one upload is encrypted with.
pub(super) enum Writing {
    /// AWS Encryption SDK.
    Message(Box<Message>),
    /// S3 Encryption Client.
    Gcm(Box<GcmWriting>),
}

/// One GCM message, and the metadata that say how to open it.
pub(super) struct GcmWriting {
    pub(super) metadata: Vec<(String, String)>,
    pub(super) content_key: ContentKey,
    pub(super) format: WriteFormat,
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

/// Fresh keys for the job's file.
pub(super) fn start(engine: &Engine, job: &UploadJob) -> Result<Option<Writing>, Problem> {
    let UploadEncryption::Key(id) = job.encryption else {
        return Ok(None);
    };
    let vault = engine.vault.borrow();
    let key = vault.for_writing(id)?;
    let kdf = vault.kdf_entry(id);
    let size = job.file.size();
    let policy = match job.format {
        WriteFormat::Esdk => {
            return message(key, kdf, &job.key, size).map(|message| Some(Writing::Message(Box::new(message))));
        }
        WriteFormat::S3ecV3 => CommitmentPolicy::RequireEncryptRequireDecrypt,
        WriteFormat::S3ecV2 => CommitmentPolicy::ForbidEncryptAllowDecrypt,
    };
    let refused = |error| refusal::from_encryption(error, None);
    let mut description = TextMap::default();
    description.insert(look::FINGERPRINT_PAIR, &key.fingerprint().to_string());
    if let Some(kdf) = kdf {
        description.insert(passphrase::ENTRY, &kdf);
    }
    let materials = Materials {
        data_key: DataKey::from_random(random::make_array()),
        message_id: random::make_array(),
        iv: random::make_array(),
        wrap_seed: random::make_array(),
    };
    let wrapping = Wrapping::Key {
        key,
        description: &description,
    };
    let written = Written::write(materials, policy, &wrapping, size).map_err(refused)?;
    let metadata = written.metadata.into_iter();
    GcmWriting::new(
        metadata.map(|(name, value)| (name.to_owned(), value)).collect(),
        written.content_key,
        written.iv,
        written.aad,
        size,
        job.format,
    )
    .map(|writing| Some(Writing::Gcm(Box::new(writing))))
}

fn message(key: KeyRef<'_>, kdf: Option<String>, object_key: &str, size: u64) -> Result<Message, Problem> {
    let mut context = EncryptionContext::default();
    context.insert(look::FINGERPRINT_PAIR, &key.fingerprint().to_string());
    context.insert(look::OBJECT_KEY_PAIR, object_key);
    if let Some(kdf) = kdf {
        context.insert(passphrase::ENTRY, &kdf);
    }
    let seed = random::make_array();
    let recipient = Recipient::Key { key, seed: &seed };
    let data_key = DataKey::from_random(random::make_array());
    let message = Message::write_for(data_key, random::make_array(), &[recipient], None, &context, size);
    message.map_err(|error| refusal::from_encryption(error, None))
}

/// The same again, from what [`Writing::record`] gave, with the keys held.
pub(super) async fn again(engine: &Engine, record: &[u8], size: u64) -> Result<Writing, Problem> {
    let refused = |error| refusal::from_encryption(error, None);
    if record.first() == Some(&b'{') {
        let metadata: BTreeMap<String, String> =
            serde_json::from_slice(record).map_err(|_| lost("record of the upload"))?;
        let recognised = Entries::from_metadata(&metadata).and_then(Envelope::recognise);
        let Recognised::Envelope(envelope) = recognised.map_err(refused)? else {
            return Err(lost("record of the upload"));
        };
        // It was written here: what is risky to read is not risky to go on with.
        let policy = Policy {
            unlocked: true,
            ..Policy::default()
        };
        let opened = unwrap::envelope(engine, &envelope, policy).await?;
        let s3ec::Content::Gcm { key, iv, aad } = opened.content else {
            return Err(lost("record of the upload"));
        };
        let format = match envelope.format() {
            s3ec::Format::V3 => WriteFormat::S3ecV3,
            _ => WriteFormat::S3ecV2,
        };
        let writing = GcmWriting::new(metadata.into_iter().collect(), key, iv, aad, size, format)?;
        return Ok(Writing::Gcm(Box::new(writing)));
    }
    let Parsed::Complete(parsed) = Header::parse(record).map_err(refused)? else {
        return Err(Problem::NotAuthentic);
    };
    let opened = unwrap::message(engine, &parsed).await?;
    Ok(Writing::Message(Box::new(Message {
        header: record.to_vec(),
        message_id: parsed.message_id(),
        content_key: opened.content_key,
        layout: Layout::for_plaintext(record.len(), FRAME_LENGTH, size).map_err(refused)?,
        signer: None,
    })))
}

impl Writing {
    /// What the object will consist of.
    pub(super) fn content(&self) -> Content {
        match self {
            Writing::Message(message) => Content::Message(message.layout),
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
            Writing::Message(message) => message.header.clone(),
            Writing::Gcm(writing) => {
                let metadata: BTreeMap<_, _> = writing.metadata.iter().cloned().collect();
                serde_json::to_vec(&metadata).expect("texts")
            }
        }
    }

    pub(super) fn format(&self) -> WriteFormat {
        match self {
            Writing::Message(_) => WriteFormat::Esdk,
            Writing::Gcm(writing) => writing.format,
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
    fn new(
        metadata: Vec<(String, String)>,
        content_key: ContentKey,
        iv: [u8; 12],
        aad: Vec<u8>,
        total: u64,
        format: WriteFormat,
    ) -> Result<Self, Problem> {
        let message = GcmMessage::new(&content_key, iv, &aad).map_err(|error| refusal::from_encryption(error, None))?;
        Ok(GcmWriting {
            metadata,
            content_key,
            format,
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
