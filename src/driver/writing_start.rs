//! Fresh keys for a file: everything random is drawn here, for one plaintext.

use zeroize::Zeroizing;

use super::engine::Engine;
use super::session::Session;
use super::signing::Signing;
use super::upload::UploadJob;
use super::upload_work::lost;
use super::writing::{GcmWriting, MessageWriting, Writing};
use super::{KmsId, Problem, Recipient, UploadEncryption, WriteFormat, describe, readers, refusal};
use crate::encryption::esdk::{self, EncryptionContext, Message, MessageSigner};
use crate::encryption::s3ec::{self, CommitmentPolicy, Materials, TextMap, Wrapping, Written};
use crate::encryption::{DataKey, EncryptionError, passphrase};
use crate::kms::DataKeyAnswer;
use crate::platform::random;

/// Fresh keys for the job's file.
///
/// # Errors
/// Among others [`Problem::RecipientMissing`] for an upload that was begun for somebody whose key is not here.
pub(super) async fn start(engine: &Engine, session: &Session, job: &UploadJob) -> Result<Option<Writing>, Problem> {
    let UploadEncryption::For(recipients) = &job.encryption else {
        return Ok(None);
    };
    job.found.check_complete()?;
    let pairs = pairs(engine, recipients)?;
    if job.format.is_message() {
        return message(engine, session, job, recipients, &pairs).await.map(Some);
    }
    match recipients[..] {
        [Recipient::Key(id)] => {
            let description: TextMap = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let vault = engine.vault.borrow();
            let wrapping = Wrapping::Key {
                key: vault.for_writing(id)?,
                description: &description,
            };
            object(DataKey::from_random(random::make_array()), &wrapping, job).map(Some)
        }
        [Recipient::Kms(id)] => object_with_kms(engine, session, job, id).await.map(Some),
        _ => Err(Problem::OneRecipient),
    }
}

/// What an object says of its raw keys: their fingerprints, in order, and how one comes of a passphrase. Every key
/// must exist outside this page.
fn pairs(engine: &Engine, recipients: &[Recipient]) -> Result<Vec<(&'static str, String)>, Problem> {
    let vault = engine.vault.borrow();
    let (mut fingerprints, mut pairs) = (Vec::new(), Vec::new());
    for recipient in recipients {
        let Recipient::Key(id) = *recipient else { continue };
        fingerprints.push(vault.for_writing(id)?.fingerprint().to_string());
        if let Some(kdf) = vault.kdf_entry(id) {
            if pairs.iter().any(|(name, _)| *name == passphrase::ENTRY) {
                return Err(Problem::OnePassphrase);
            }
            pairs.push((passphrase::ENTRY, kdf));
        }
    }
    if !fingerprints.is_empty() {
        pairs.push((readers::FINGERPRINT_PAIR, fingerprints.join(" ")));
    }
    Ok(pairs)
}

async fn message(
    engine: &Engine,
    session: &Session,
    job: &UploadJob,
    recipients: &[Recipient],
    pairs: &[(&str, String)],
) -> Result<Writing, Problem> {
    let mut context = EncryptionContext::default();
    job.context.iter().for_each(|(name, value)| context.insert(name, value));
    pairs.iter().for_each(|(name, value)| context.insert(name, value));
    context.insert(describe::OBJECT_KEY_PAIR, &job.key);
    let signer = (job.format == WriteFormat::EsdkSigned).then(make_signer);
    let kms = recipients.iter().find_map(|recipient| match recipient {
        Recipient::Kms(id) => Some(*id),
        Recipient::Key(_) => None,
    });
    let answer = if let Some(id) = kms {
        let key = engine.kms_key(id)?;
        // KMS is asked with the whole context, as every reader will.
        let mut whole = context.clone();
        if let Some(signer) = &signer {
            signer.add_public_key(&mut whole);
        }
        Some(key.generate(session, whole.iter()).await?)
    } else {
        None
    };
    let data_key = match &answer {
        Some(answer) => data_key(answer)?,
        None => DataKey::from_random(random::make_array()),
    };
    let vault = engine.vault.borrow();
    let seeds: Vec<[u8; 32]> = recipients.iter().map(|_| random::make_array()).collect();
    let mut wrapped_for = Vec::new();
    for (recipient, seed) in recipients.iter().zip(&seeds) {
        wrapped_for.push(match (recipient, &answer) {
            (Recipient::Key(id), _) => esdk::Recipient::Key {
                key: vault.for_writing(*id)?,
                seed,
            },
            (Recipient::Kms(id), Some(answer)) if Some(*id) == kms => esdk::Recipient::Kms {
                key_arn: &answer.key_arn,
                ciphertext_blob: &answer.ciphertext_blob,
            },
            // The data key comes from one KMS key; the app chooses no more.
            (Recipient::Kms(_), _) => return Err(lost("data key")),
        });
    }
    let size = job.file.size();
    let message = Message::write_for(data_key, random::make_array(), &wrapped_for, signer, &context, size);
    let mut message = message.map_err(refused)?;
    let signing = message.signer.take().map(Signing::new);
    Ok(Writing::Message(Box::new(MessageWriting { message, signing })))
}

async fn object_with_kms(engine: &Engine, session: &Session, job: &UploadJob, id: KmsId) -> Result<Writing, Problem> {
    let key = engine.kms_key(id)?;
    let given = job.context.iter().collect();
    let context = s3ec::kms_encryption_context(policy(job.format), &given).map_err(refused)?;
    let answer = key.generate(session, context.iter()).await?;
    let wrapping = Wrapping::Kms {
        ciphertext_blob: &answer.ciphertext_blob,
        encryption_context: &context,
    };
    object(data_key(&answer)?, &wrapping, job)
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
    )?;
    Ok(Writing::Gcm(Box::new(writing)))
}

fn policy(format: WriteFormat) -> CommitmentPolicy {
    match format {
        WriteFormat::S3ecV2 => CommitmentPolicy::ForbidEncryptAllowDecrypt,
        WriteFormat::Esdk | WriteFormat::EsdkSigned | WriteFormat::S3ecV3 => {
            CommitmentPolicy::RequireEncryptRequireDecrypt
        }
    }
}

fn data_key(answer: &DataKeyAnswer) -> Result<DataKey, Problem> {
    let key: Result<[u8; 32], _> = answer.plaintext.as_slice().try_into();
    key.map(DataKey::from_random).map_err(|_| lost("data key"))
}

fn make_signer() -> MessageSigner {
    loop {
        let bytes = Zeroizing::new(random::make_array());
        if let Some(signer) = MessageSigner::from_random(&bytes) {
            return signer;
        }
    }
}

fn refused(error: EncryptionError) -> Problem {
    refusal::from_encryption(error, None)
}
