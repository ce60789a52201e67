//! Message header: written, read in pieces, opened with a key. Source: `data-format/message-header.md`.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use subtle::ConstantTimeEq;

use super::frame::TAG_LENGTH;
use super::key_derivation::{COMMITMENT_LENGTH, derive_content_key};
use super::keyring::{self, RsaUnwrap};
use super::signature::{PUBLIC_KEY_PAIR, SignatureVerifier, footer_length};
use super::{AlgorithmSuite, EncryptedDataKey, EncryptionContext, Layout, MAX_FRAME_LENGTH};
use crate::encryption::error::damaged;
use crate::encryption::{ContentKey, DataKey, EncryptionError, KeyRef};

const FRAMED: u8 = 2;
const NON_FRAMED: u8 = 1;
/// The official clients set no limit; a reader in a browser needs one.
pub(super) const MAX_EDKS: u16 = 256;

/// Whether an object with these first bytes (three are enough) is or claims to be a message of any version.
pub fn looks_like_message(start: &[u8]) -> bool {
    let Some(&[version, a, b]) = start.first_chunk::<3>() else {
        return false;
    };
    match version {
        2 => AlgorithmSuite::from_id(u16::from_be_bytes([a, b])).is_some_and(|suite| suite.message_version() == 2),
        // Version 1 has a type byte in front of the suite.
        1 => {
            let suite = start
                .get(3)
                .and_then(|&c| AlgorithmSuite::from_id(u16::from_be_bytes([b, c])));
            a == 0x80 && suite.is_some_and(|suite| suite.message_version() == 1)
        }
        _ => false,
    }
}

/// Whether the object is a message written as base64 text, a common accident worth words of its own.
pub fn looks_like_base64(start: &[u8]) -> bool {
    use base64::{Engine, engine::general_purpose::STANDARD};
    // The fixed fields alone are longer, in one line or several.
    let text: Vec<u8> = start
        .iter()
        .take(80)
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n'))
        .collect();
    let decoded = text.get(..64).and_then(|text| STANDARD.decode(text).ok());
    decoded.is_some_and(|bytes| looks_like_message(&bytes))
}

/// A header of message version 2, parsed but not yet authentic.
#[derive(Clone, Debug)]
pub struct Header {
    body: Vec<u8>,
    tag: [u8; TAG_LENGTH],
    suite: AlgorithmSuite,
    message_id: [u8; 32],
    context: EncryptionContext,
    edks: Vec<EncryptedDataKey>,
    frame_length: u32,
    commitment: [u8; COMMITMENT_LENGTH],
}

/// What [`Header::parse`] made of the bytes so far.
#[derive(Clone, Debug)]
pub enum Parsed {
    /// The whole header was there.
    Complete(Header),
    /// The header is longer than the bytes given: call again with at least this many.
    NeedMore {
        /// Bytes from the start of the message.
        at_least: usize,
    },
}

/// An authentic header and the key to its frames.
pub struct Opened {
    /// The key for its frames.
    pub content_key: ContentKey,
    /// Which of the keys given opened it.
    pub key_index: usize,
}

impl Header {
    /// Longest header in bytes this reader goes through: context and data keys at their limits need more than
    /// anyone writes.
    pub const MAX_LENGTH: usize = 1 << 20;

    /// Reads a header from the start of a message. Never allocates more than the bytes given justify.
    ///
    /// [`EncryptionError::NotAMessage`] when the bytes cannot start one, [`EncryptionError::Unsupported`] for
    /// version 1 and for limits of this reader, [`EncryptionError::Damaged`] when fields contradict each other.
    pub fn parse(bytes: &[u8]) -> Result<Parsed, EncryptionError> {
        match parse(&mut Cursor { bytes, at: 0 }) {
            Ok(header) => Ok(Parsed::Complete(header)),
            Err(Stop::NeedMore(at_least)) if at_least > Self::MAX_LENGTH => {
                Err(EncryptionError::unsupported("a header over 1 MiB"))
            }
            Err(Stop::NeedMore(at_least)) => Ok(Parsed::NeedMore { at_least }),
            Err(Stop::Refuse(error)) => Err(error),
        }
    }

    /// Header length in bytes, tag included.
    pub fn length(&self) -> usize {
        self.body.len() + TAG_LENGTH
    }

    /// Algorithm suite.
    pub fn suite(&self) -> AlgorithmSuite {
        self.suite
    }

    /// Message id.
    pub fn message_id(&self) -> [u8; 32] {
        self.message_id
    }

    /// Encryption context. Not authentic before [`Header::open`].
    pub fn context(&self) -> &EncryptionContext {
        &self.context
    }

    /// Encrypted data keys, one per recipient.
    pub fn edks(&self) -> &[EncryptedDataKey] {
        &self.edks
    }

    /// Plaintext bytes of every frame but the last; 0 for a single block.
    pub fn frame_length(&self) -> u32 {
        self.frame_length
    }

    /// Whether a signature ends the message: then nothing of it may be released before that was checked, and
    /// [`Header::signed_layout`] and [`Header::verifier`] are to be used.
    pub fn is_signed(&self) -> bool {
        self.suite.is_signing()
    }

    /// The layout of the whole message, when it is `message_length` bytes long. Of a signed one, use
    /// [`Header::signed_layout`]; this refuses it.
    pub fn layout(&self, message_length: u64) -> Result<Layout, EncryptionError> {
        if self.is_signed() {
            return Err(EncryptionError::unsupported(format!(
                "a signed message (suite {}) in pieces",
                self.suite
            )));
        }
        Layout::for_message(self.length(), self.frame_length, message_length)
    }

    /// The layout of a signed message of `message_length` bytes that ends in `tail` (its last
    /// [`MAX_FOOTER_LENGTH`](super::MAX_FOOTER_LENGTH) bytes, or all): header and frames, without the footer, which is
    /// what follows.
    pub fn signed_layout(&self, message_length: u64, tail: &[u8]) -> Result<Layout, EncryptionError> {
        let footer = footer_length(tail).filter(|_| self.is_signed());
        let length = footer.and_then(|footer| message_length.checked_sub(footer));
        Layout::for_message(
            self.length(),
            self.frame_length,
            length.ok_or_else(|| damaged("footer"))?,
        )
    }

    /// Checks a signed message's signature: give it the whole message in order, footer last.
    pub fn verifier(&self) -> Result<SignatureVerifier, EncryptionError> {
        SignatureVerifier::new(&self.context, false)
    }

    /// Unwraps the data key with one of `keys` in software, checks the key commitment before the key is used, then the
    /// header's tag. Keys whose names the message carries are tried first; any other key of the right kind will do,
    /// since people lose names more often than keys.
    pub fn open<'k, K: Into<KeyRef<'k>>>(&self, keys: impl IntoIterator<Item = K>) -> Result<Opened, EncryptionError> {
        let keys: Vec<KeyRef<'k>> = keys.into_iter().map(Into::into).collect();
        let unwrapped = keyring::unwrap(&self.edks, &keys, &self.context.serialize()?);
        let (data_key, key_index) = unwrapped.ok_or(EncryptionError::NoMatchingKey)?;
        self.open_with_data_key(&data_key, key_index)
    }

    /// The RSA decryptions worth trying, best first, for callers that do them natively: pass the first that succeeds to
    /// [`Header::open_with_data_key`].
    pub fn rsa_unwraps<'k, K: Into<KeyRef<'k>>>(&self, keys: impl IntoIterator<Item = K>) -> Vec<RsaUnwrap<'_>> {
        let keys: Vec<KeyRef<'k>> = keys.into_iter().map(Into::into).collect();
        keyring::rsa_unwraps(&self.edks, &keys)
    }

    /// Opens with a data key that was unwrapped elsewhere (WebCrypto, KMS Decrypt with [`Header::context`]).
    /// `key_index` is handed through.
    pub fn open_with_data_key(&self, data_key: &[u8], key_index: usize) -> Result<Opened, EncryptionError> {
        // The public key stands in signed messages, and in no others.
        if self.is_signed() != self.context.get(PUBLIC_KEY_PAIR).is_some() {
            return Err(damaged("public key"));
        }
        let data_key = DataKey(data_key.try_into().map_err(|_| damaged("data key"))?);
        let (content_key, commitment) = derive_content_key(self.suite, &data_key, &self.message_id);
        if !bool::from(commitment.ct_eq(&self.commitment)) {
            return Err(damaged("key commitment"));
        }
        let payload = Payload {
            msg: &self.tag,
            aad: &self.body,
        };
        Aes256Gcm::new(&content_key.0.into())
            .decrypt(&Nonce::from([0; 12]), payload)
            .map_err(|_| damaged("header tag"))?;
        Ok(Opened { content_key, key_index })
    }
}

/// The fields of a header to be written.
pub(super) struct HeaderBody<'a> {
    pub(super) suite: AlgorithmSuite,
    pub(super) message_id: [u8; 32],
    pub(super) context: &'a EncryptionContext,
    pub(super) edks: &'a [EncryptedDataKey],
    pub(super) frame_length: u32,
    pub(super) commitment: [u8; COMMITMENT_LENGTH],
}

impl HeaderBody<'_> {
    pub(super) fn serialize(&self) -> Result<Vec<u8>, EncryptionError> {
        let context = self.context.serialize()?;
        let mut bytes = vec![self.suite.message_version()];
        bytes.extend(self.suite.id().to_be_bytes());
        bytes.extend(self.message_id);
        bytes.extend((context.len() as u16).to_be_bytes()); // `serialize` keeps to 16 bits
        bytes.extend(context);
        bytes.extend((self.edks.len() as u16).to_be_bytes()); // one per recipient, a handful
        self.edks.iter().for_each(|edk| edk.serialize(&mut bytes));
        bytes.push(FRAMED);
        bytes.extend(self.frame_length.to_be_bytes());
        bytes.extend(self.commitment);
        Ok(bytes)
    }
}

/// Appends the header tag: AES-GCM of nothing, IV zero, the body as AAD.
pub(super) fn seal(body: Vec<u8>, content_key: &ContentKey) -> Vec<u8> {
    let payload = Payload { msg: &[], aad: &body };
    let tag = Aes256Gcm::new(&content_key.0.into())
        .encrypt(&Nonce::from([0; 12]), payload)
        .expect("a header is far below GCM's limit");
    [body, tag].concat()
}

pub(super) enum Stop {
    NeedMore(usize),
    Refuse(EncryptionError),
}

impl From<EncryptionError> for Stop {
    fn from(error: EncryptionError) -> Self {
        Stop::Refuse(error)
    }
}

pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let taken = self
            .bytes
            .get(self.at..self.at + length)
            .ok_or(Stop::NeedMore(self.at + length))?;
        self.at += length;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        self.take(N).map(|bytes| bytes.try_into().expect("took N bytes"))
    }

    pub(super) fn u8(&mut self) -> Result<u8, Stop> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Stop> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn sized(&mut self) -> Result<&'a [u8], Stop> {
        let length = self.u16()?;
        self.take(length.into())
    }
}

fn parse(cursor: &mut Cursor<'_>) -> Result<Header, Stop> {
    let start = cursor.take(4)?;
    if !looks_like_message(start) {
        return Err(Stop::Refuse(EncryptionError::NotAMessage));
    }
    if start[0] == 1 {
        let suite = u16::from_be_bytes([start[2], start[3]]);
        let what = format!("message version 1 (suite 0x{suite:04x}), which has no key commitment");
        return Err(Stop::Refuse(EncryptionError::unsupported(what)));
    }
    cursor.at = 1;
    let suite = AlgorithmSuite::from_id(cursor.u16()?).ok_or(EncryptionError::NotAMessage)?;
    let message_id = cursor.array()?;
    let context = EncryptionContext::parse(cursor.sized()?)?;
    let edks = read_edks(cursor)?;
    let content_type = cursor.u8()?;
    let frame_length = cursor.array().map(u32::from_be_bytes)?;
    check_frame_length(content_type, frame_length)?;
    let commitment = cursor.array()?;
    let body = cursor.bytes[..cursor.at].to_vec();
    let tag = cursor.array()?;
    Ok(Header {
        body,
        tag,
        suite,
        message_id,
        context,
        edks,
        frame_length,
        commitment,
    })
}

pub(super) fn read_edks(cursor: &mut Cursor<'_>) -> Result<Vec<EncryptedDataKey>, Stop> {
    let edk_count = cursor.u16()?;
    if edk_count == 0 {
        return Err(Stop::Refuse(EncryptionError::Damaged));
    }
    if edk_count > MAX_EDKS {
        return Err(Stop::Refuse(EncryptionError::unsupported(format!(
            "{edk_count} recipients"
        ))));
    }
    let mut edks = Vec::new();
    for _ in 0..edk_count {
        let (provider_id, provider_info, ciphertext) = (cursor.sized()?, cursor.sized()?, cursor.sized()?);
        edks.push(EncryptedDataKey {
            provider_id: provider_id.to_vec(),
            provider_info: provider_info.to_vec(),
            ciphertext: ciphertext.to_vec(),
        });
    }
    Ok(edks)
}

/// Content type and frame length belong together, and a frame fits into memory.
pub(super) fn check_frame_length(content_type: u8, frame_length: u32) -> Result<(), Stop> {
    match (content_type, frame_length) {
        (NON_FRAMED, 0) => {}
        (FRAMED, 1..=MAX_FRAME_LENGTH) => {}
        (FRAMED, 1..) => {
            return Err(Stop::Refuse(EncryptionError::unsupported(format!(
                "frames of {frame_length} bytes"
            ))));
        }
        _ => return Err(Stop::Refuse(EncryptionError::Damaged)),
    }
    Ok(())
}
