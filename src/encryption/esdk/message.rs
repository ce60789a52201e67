//! Starting a new message.

use super::header::{HeaderBody, MAX_EDKS, seal};
use super::key_derivation::derive_content_key;
use super::{AlgorithmSuite, EncryptionContext, FRAME_LENGTH, Layout, MessageSigner, Recipient};
use crate::encryption::{ContentKey, DataKey, EncryptionError, WrappingKey};

/// What makes a message: all of it random bytes, fresh for every message and used for one only.
pub struct Materials {
    /// Data key, 32 random bytes.
    pub data_key: DataKey,
    /// Message id, 32 random bytes.
    pub message_id: [u8; 32],
    /// IV of the key wrap, 12 random bytes.
    pub wrap_iv: [u8; 12],
}

/// A message about to be written: its header is final, its frames can be made in any order.
pub struct Message {
    /// Header body and tag.
    pub header: Vec<u8>,
    /// Its id, part of every frame's AAD.
    pub message_id: [u8; 32],
    /// The key for its frames.
    pub content_key: ContentKey,
    /// Where its frames lie. The footer of a signed message follows them.
    pub layout: Layout,
    /// Of a signed message: give it the header and every frame in order, and write the footer it gives.
    pub signer: Option<MessageSigner>,
}

impl Message {
    /// Starts a message of `plaintext_length` bytes, in frames of [`FRAME_LENGTH`], that `key` opens. Consumes the
    /// materials: a second message needs its own.
    ///
    /// [`EncryptionError::TooLarge`] when the plaintext or the context does not fit.
    pub fn write(
        materials: Materials,
        key: &WrappingKey,
        context: &EncryptionContext,
        plaintext_length: u64,
    ) -> Result<Message, EncryptionError> {
        let mut seed = [0; 32];
        seed[..12].copy_from_slice(&materials.wrap_iv);
        let recipient = Recipient::Key {
            key: key.into(),
            seed: &seed,
        };
        Self::write_for(
            materials.data_key,
            materials.message_id,
            &[recipient],
            None,
            context,
            plaintext_length,
        )
    }

    /// Starts a message for several recipients, signed if a signer is given. Data key and message id are random bytes
    /// fresh for every message; with a KMS recipient, KMS made the data key.
    ///
    /// [`EncryptionError::TooLarge`] when the plaintext or the context does not fit,
    /// [`EncryptionError::Unsupported`] without a recipient, with too many, or with reserved names in the context.
    pub fn write_for(
        data_key: DataKey,
        message_id: [u8; 32],
        recipients: &[Recipient<'_>],
        signer: Option<MessageSigner>,
        context: &EncryptionContext,
        plaintext_length: u64,
    ) -> Result<Message, EncryptionError> {
        if recipients.is_empty() || recipients.len() > MAX_EDKS.into() {
            return Err(EncryptionError::unsupported(format!("{} recipients", recipients.len())));
        }
        if context
            .iter()
            .any(|(key, _)| key.starts_with(EncryptionContext::RESERVED_PREFIX))
        {
            return Err(EncryptionError::unsupported(
                "an encryption context with names reserved for AWS",
            ));
        }
        let mut context = context.clone();
        let suite = match &signer {
            None => AlgorithmSuite::AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
            Some(signer) => {
                signer.add_public_key(&mut context);
                AlgorithmSuite::AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384
            }
        };
        let (content_key, commitment) = derive_content_key(suite, &data_key, &message_id);
        let edks = recipients
            .iter()
            .map(|recipient| recipient.wrap(&data_key, &context))
            .collect::<Result<Vec<_>, _>>()?;
        let body = HeaderBody {
            suite,
            message_id,
            context: &context,
            edks: &edks,
            frame_length: FRAME_LENGTH,
            commitment,
        }
        .serialize()?;
        let header = seal(body, &content_key);
        let layout = Layout::for_plaintext(header.len(), FRAME_LENGTH, plaintext_length)?;
        Ok(Message {
            header,
            message_id,
            content_key,
            layout,
            signer,
        })
    }
}
