//! What one upload is encrypted with, in whichever format: made once, used for one plaintext only.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use zeroize::Zeroizing;

use super::engine::Engine;
use super::session::Session;
use super::signing::Signing;
use super::upload::UploadJob;
use super::upload_work::lost;
use super::{KeyId, Problem, UploadEncryption, WriteFormat, describe, refusal, unwrap};
use crate::encryption::esdk::{
    EncryptionContext, FOOTER_LENGTH, FRAME_LENGTH, Header, Layout, Message, MessageSigner, Parsed, Recipient,
};
use crate::encryption::gcm::{GcmMessage, Segment, Share, TagSum};
use crate::encryption::s3ec::{
    self, CommitmentPolicy, Entries, Envelope, Materials, Policy, Recognised, TextMap, Wrapping, Written,
};
use crate::encryption::{ContentKey, DataKey, EncryptionError, passphrase};
use crate::kms::DataKeyAnswer;
use crate::platform::random;
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
pub(super) async fn start(engine: &Engine, session: &Session, job: &UploadJob) -> Result<Option<Writing>, Problem> {
    match job.encryption {
        UploadEncryption::Off => Ok(None),
        UploadEncryption::Key(id) => with_key(engine, job, id).map(Some),
        UploadEncryption::Kms => with_kms(engine, session, job).await.map(Some),
    }
}

fn policy(format: WriteFormat) -> CommitmentPolicy {
    match format {
        WriteFormat::S3ecV2 => CommitmentPolicy::ForbidEncryptAllowDecrypt,
        WriteFormat::Esdk | WriteFormat::EsdkSigned | WriteFormat::S3ecV3 => {
            CommitmentPolicy::RequireEncryptRequireDecrypt
        }
    }
}

fn refused(error: EncryptionError) -> Problem {
    refusal::from_encryption(error, None)
}

fn with_key(engine: &Engine, job: &UploadJob, id: KeyId) -> Result<Writing, Problem> {
    let vault = engine.vault.borrow();
    let key = vault.for_writing(id)?;
    let mut pairs = vec![(describe::FINGERPRINT_PAIR, key.fingerprint().to_string())];
    pairs.extend(vault.kdf_entry(id).map(|kdf| (passphrase::ENTRY, kdf)));
    let data_key = DataKey::from_random(random::make_array());
    if job.format.is_message() {
        let seed = random::make_array();
        let recipient = Recipient::Key { key, seed: &seed };
        return message(data_key, recipient, &context(pairs, job), job);
    }
    let mut description = TextMap::default();
    pairs.iter().for_each(|(name, value)| description.insert(name, value));
    let wrapping = Wrapping::Key {
        key,
        description: &description,
    };
    object(data_key, &wrapping, job)
}

async fn with_kms(engine: &Engine, session: &Session, job: &UploadJob) -> Result<Writing, Problem> {
    let kms = engine.kms().ok_or(Problem::NoKey)?;
    let data_key = |answer: &DataKeyAnswer| {
        let key: Result<[u8; 32], _> = answer.plaintext.as_slice().try_into();
        key.map(DataKey::from_random).map_err(|_| lost("data key"))
    };
    if job.format.is_message() {
        let context = context(Vec::new(), job);
        let answer = kms.generate(session, context.iter()).await?;
        let recipient = Recipient::Kms {
            key_arn: &answer.key_arn,
            ciphertext_blob: &answer.ciphertext_blob,
        };
        return message(data_key(&answer)?, recipient, &context, job);
    }
    let context = s3ec::kms_encryption_context(policy(job.format), &TextMap::default()).map_err(refused)?;
    let answer = kms.generate(session, context.iter()).await?;
    let wrapping = Wrapping::Kms {
        ciphertext_blob: &answer.ciphertext_blob,
        encryption_context: &context,
    };
    object(data_key(&answer)?, &wrapping, job)
}

/// These pairs, and the key the object is written under.
fn context(pairs: Vec<(&str, String)>, job: &UploadJob) -> EncryptionContext {
    let mut context = EncryptionContext::default();
    pairs.iter().for_each(|(name, value)| context.insert(name, value));
    context.insert(describe::OBJECT_KEY_PAIR, &job.key);
    context
}

fn message(
    data_key: DataKey,
    recipient: Recipient<'_>,
    context: &EncryptionContext,
    job: &UploadJob,
) -> Result<Writing, Problem> {
    let (recipients, size) = ([recipient], job.file.size());
    let signer = (job.format == WriteFormat::EsdkSigned).then(make_signer);
    let message = Message::write_for(data_key, random::make_array(), &recipients, signer, context, size);
    let mut message = message.map_err(refused)?;
    let signing = message.signer.take().map(Signing::new);
    Ok(Writing::Message(Box::new(MessageWriting { message, signing })))
}

fn make_signer() -> MessageSigner {
    loop {
        let bytes = Zeroizing::new(random::make_array());
        if let Some(signer) = MessageSigner::from_random(&bytes) {
            return signer;
        }
    }
}

/// Whether [`Writing::record`] gave this for a signed message.
pub(super) fn is_signed(record: &[u8]) -> bool {
    matches!(Header::parse(record), Ok(Parsed::Complete(header)) if header.is_signed())
}

fn object(data_key: DataKey, wrapping: &Wrapping<'_>, job: &UploadJob) -> Result<Writing, Problem> {
    let size = job.file.size();
    let materials = Materials {
        data_key,
        message_id: random::make_array(),
        iv: random::make_array(),
        wrap_seed: random::make_array(),
    };
    let written = Written::write(materials, policy(job.format), wrapping, size).map_err(refused)?;
    let metadata = written.metadata.into_iter();
    let writing = GcmWriting::new(
        metadata.map(|(name, value)| (name.to_owned(), value)).collect(),
        written.content_key,
        written.iv,
        written.aad,
        size,
        job.format,
    )?;
    Ok(Writing::Gcm(Box::new(writing)))
}

/// The same again, from what [`Writing::record`] gave, with the keys held.
pub(super) async fn again(engine: &Engine, session: &Session, record: &[u8], size: u64) -> Result<Writing, Problem> {
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
        let opened = unwrap::envelope(engine, session, &envelope, policy).await?;
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
    if parsed.is_signed() {
        return Err(lost("signing key"));
    }
    let opened = unwrap::message(engine, session, &parsed).await?;
    let message = Message {
        header: record.to_vec(),
        message_id: parsed.message_id(),
        content_key: opened.content_key,
        layout: Layout::for_plaintext(record.len(), FRAME_LENGTH, size).map_err(refused)?,
        signer: None,
    };
    Ok(Writing::Message(Box::new(MessageWriting { message, signing: None })))
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

    pub(super) fn format(&self) -> WriteFormat {
        match self {
            Writing::Message(writing) if writing.signing.is_some() => WriteFormat::EsdkSigned,
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
