//! Messages of version 1: no key commitment, read only, whole and in memory, and only on the person's word.
//!
//! Same body as version 2, with a 16-byte message id, the stored IVs, and keys of 128 to 256 bits.

use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::aes::Aes192;
use aes_gcm::{Aes128Gcm, Aes256Gcm, AesGcm, Nonce};
use hkdf::Hkdf;
use sha2::{Sha256, Sha384};
use zeroize::Zeroizing;

use super::header::{Cursor, Stop, check_frame_length, looks_like_message, read_edks};
use super::keyring::{self, RsaUnwrap};
use super::signature::{PUBLIC_KEY_PAIR, SignatureVerifier};
use super::{AlgorithmSuite, EncryptedDataKey, EncryptionContext, Header, MAX_FRAME_LENGTH, TAG_LENGTH};
use crate::encryption::error::damaged;
use crate::encryption::{EncryptionError, KeyRef};

/// Longest message of version 1 that is read: it is held in memory, twice for a moment.
pub const MAX_LENGTH: u64 = 512 << 20;

/// Why a message of version 1 is opened only on the person's word.
pub const RISK: &str = "the message is not bound to one key: whoever holds its data key could have made it decrypt to \
                        different content for different recipients";

/// A header of version 1, parsed but not yet authentic.
#[derive(Clone, Debug)]
pub struct Version1Header {
    body: Vec<u8>,
    suite: AlgorithmSuite,
    message_id: [u8; 16],
    context: EncryptionContext,
    edks: Vec<EncryptedDataKey>,
    frame_length: u32,
    iv: [u8; 12],
    tag: [u8; TAG_LENGTH],
}

impl Version1Header {
    /// Reads a header from the start of a message of version 1. `Ok(None)`: more bytes are needed. Errors as with
    /// [`Header::parse`].
    pub fn parse(bytes: &[u8]) -> Result<Option<Version1Header>, EncryptionError> {
        match parse(&mut Cursor { bytes, at: 0 }) {
            Ok(header) => Ok(Some(header)),
            Err(Stop::NeedMore(at_least)) if at_least > Header::MAX_LENGTH => {
                Err(EncryptionError::unsupported("a header over 1 MiB"))
            }
            Err(Stop::NeedMore(_)) => Ok(None),
            Err(Stop::Refuse(error)) => Err(error),
        }
    }

    /// Algorithm suite.
    pub fn suite(&self) -> AlgorithmSuite {
        self.suite
    }

    /// Plaintext bytes of every frame but the last; 0 for a single block.
    pub fn frame_length(&self) -> u32 {
        self.frame_length
    }

    /// Encryption context.
    pub fn context(&self) -> &EncryptionContext {
        &self.context
    }

    /// Encrypted data keys, one per recipient.
    pub fn edks(&self) -> &[EncryptedDataKey] {
        &self.edks
    }

    /// As [`Header::rsa_unwraps`].
    pub fn rsa_unwraps<'k, K: Into<KeyRef<'k>>>(&self, keys: impl IntoIterator<Item = K>) -> Vec<RsaUnwrap<'_>> {
        let keys: Vec<KeyRef<'k>> = keys.into_iter().map(Into::into).collect();
        keyring::rsa_unwraps(&self.edks, &keys)
    }

    /// The data key by one of these keys, without a look at anything else of the message.
    pub fn unwrap<'k, K: Into<KeyRef<'k>>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Zeroizing<Vec<u8>>, EncryptionError> {
        let keys: Vec<KeyRef<'k>> = keys.into_iter().map(Into::into).collect();
        let unwrapped = keyring::unwrap(&self.edks, &keys, &self.context.serialize()?);
        Ok(unwrapped.ok_or(EncryptionError::NoMatchingKey)?.0)
    }

    /// The plaintext of the whole `message`, whose header this is, every frame and the signature checked.
    /// [`EncryptionError::Locked`] unless `unlocked`: the person was told the [`RISK`] of this message.
    pub fn decrypt<'k, K: Into<KeyRef<'k>>>(
        &self,
        message: &[u8],
        keys: impl IntoIterator<Item = K>,
        unlocked: bool,
    ) -> Result<Vec<u8>, EncryptionError> {
        self.check(message, unlocked)?;
        let data_key = self.unwrap(keys)?;
        self.decrypt_with_data_key(message, &data_key, unlocked)
    }

    /// The same with a data key that was unwrapped elsewhere.
    pub fn decrypt_with_data_key(
        &self,
        message: &[u8],
        data_key: &[u8],
        unlocked: bool,
    ) -> Result<Vec<u8>, EncryptionError> {
        self.check(message, unlocked)?;
        if self.suite.is_signing() != self.context.get(PUBLIC_KEY_PAIR).is_some() {
            return Err(damaged("public key"));
        }
        let cipher = Cipher::new(self.suite, data_key, &self.message_id)?;
        cipher
            .decrypt(&self.iv, &self.body, &self.tag)
            .ok_or_else(|| damaged("header tag"))?;
        let rest = message
            .strip_prefix(self.body.as_slice())
            .and_then(|rest| rest.get(12 + TAG_LENGTH..));
        let mut rest = rest.ok_or_else(|| damaged("header"))?;
        let plaintext = self.read_body(&cipher, &mut rest).ok_or_else(|| damaged("body"))?;
        if self.suite.is_signing() {
            let mut verifier = SignatureVerifier::new(&self.context, self.suite.id() == 0x0214)?;
            verifier.update(&message[..message.len() - rest.len()]);
            verifier.finish(rest)?;
        } else if !rest.is_empty() {
            return Err(damaged("trailing bytes"));
        }
        Ok(plaintext)
    }

    fn check(&self, message: &[u8], unlocked: bool) -> Result<(), EncryptionError> {
        if !unlocked {
            return Err(EncryptionError::Locked { why: RISK });
        }
        if message.len() as u64 > MAX_LENGTH {
            return Err(EncryptionError::TooLarge { limit: MAX_LENGTH });
        }
        Ok(())
    }

    /// All frames, or the single block; leaves the footer in `rest`. `None` for every failure.
    fn read_body(&self, cipher: &Cipher, rest: &mut &[u8]) -> Option<Vec<u8>> {
        let mut plaintext = Vec::with_capacity(rest.len());
        if self.frame_length == 0 {
            let iv = take(rest, 12)?;
            let length = u64::from_be_bytes(take(rest, 8)?.try_into().ok()?);
            let sealed = take(rest, usize::try_from(length).ok()?.checked_add(TAG_LENGTH)?)?;
            let aad = self.aad(b"AWSKMSEncryptionClient Single Block", 1, length);
            plaintext.extend(&*cipher.decrypt(iv, &aad, sealed)?);
            return Some(plaintext);
        }
        for expected in 1u32..=u32::MAX {
            let mut number = u32::from_be_bytes(take(rest, 4)?.try_into().ok()?);
            let is_final = number == u32::MAX;
            if is_final {
                number = u32::from_be_bytes(take(rest, 4)?.try_into().ok()?);
            }
            if number != expected {
                return None;
            }
            let iv = take(rest, 12)?;
            let (length, content) = if is_final {
                let length = u32::from_be_bytes(take(rest, 4)?.try_into().ok()?);
                (length, &b"AWSKMSEncryptionClient Final Frame"[..])
            } else {
                (self.frame_length, &b"AWSKMSEncryptionClient Frame"[..])
            };
            if length > self.frame_length {
                return None;
            }
            let sealed = take(rest, length as usize + TAG_LENGTH)?;
            plaintext.extend(&*cipher.decrypt(iv, &self.aad(content, number, length.into()), sealed)?);
            if is_final {
                return Some(plaintext);
            }
        }
        None
    }

    fn aad(&self, content: &[u8], number: u32, length: u64) -> Vec<u8> {
        [
            &self.message_id[..],
            content,
            &number.to_be_bytes(),
            &length.to_be_bytes(),
        ]
        .concat()
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn parse(cursor: &mut Cursor<'_>) -> Result<Version1Header, Stop> {
    let start = cursor.take(4)?;
    if start[0] != 1 || !looks_like_message(start) {
        return Err(Stop::Refuse(EncryptionError::NotAMessage));
    }
    let suite =
        AlgorithmSuite::from_id(u16::from_be_bytes([start[2], start[3]])).ok_or(EncryptionError::NotAMessage)?;
    let message_id = cursor.array()?;
    let context = EncryptionContext::parse(cursor.sized()?)?;
    let edks = read_edks(cursor)?;
    let content_type = cursor.u8()?;
    let reserved_and_iv_length: [u8; 5] = cursor.array()?;
    if reserved_and_iv_length != [0, 0, 0, 0, 12] {
        return Err(Stop::Refuse(EncryptionError::Damaged));
    }
    let frame_length = cursor.array().map(u32::from_be_bytes)?;
    check_frame_length(content_type, frame_length)?;
    debug_assert!(frame_length <= MAX_FRAME_LENGTH);
    let body = cursor.bytes[..cursor.at].to_vec();
    let (iv, tag) = (cursor.array()?, cursor.array()?);
    Ok(Version1Header {
        body,
        suite,
        message_id,
        context,
        edks,
        frame_length,
        iv,
        tag,
    })
}

/// AES-GCM with the derived key, whose length follows from the suite.
enum Cipher {
    Aes128(Box<Aes128Gcm>),
    Aes192(Box<AesGcm<Aes192, U12>>),
    Aes256(Box<Aes256Gcm>),
}

impl Cipher {
    fn new(suite: AlgorithmSuite, data_key: &[u8], message_id: &[u8; 16]) -> Result<Self, EncryptionError> {
        let length = match suite.id() & 0xff {
            0x14 => 16,
            0x46 => 24,
            _ => 32,
        };
        if data_key.len() != length {
            return Err(damaged("data key"));
        }
        let mut key = Zeroizing::new([0; 32]);
        let key = &mut key[..length];
        let info = [&suite.id().to_be_bytes()[..], message_id].concat();
        let derived = match suite.id() {
            0x0378 | 0x0346 => Hkdf::<Sha384>::new(None, data_key).expand(&info, key),
            0x0214 | 0x0178 | 0x0146 | 0x0114 => Hkdf::<Sha256>::new(None, data_key).expand(&info, key),
            _ => {
                key.copy_from_slice(data_key);
                Ok(())
            }
        };
        derived.expect("32 bytes are fewer than 255 hashes");
        let fits = "the key has the suite's length";
        Ok(match length {
            16 => Cipher::Aes128(Box::new(Aes128Gcm::new_from_slice(key).expect(fits))),
            24 => Cipher::Aes192(Box::new(AesGcm::new_from_slice(key).expect(fits))),
            _ => Cipher::Aes256(Box::new(Aes256Gcm::new_from_slice(key).expect(fits))),
        })
    }

    fn decrypt(&self, iv: &[u8], aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let nonce = Nonce::from(<[u8; 12]>::try_from(iv).ok()?);
        let payload = Payload { msg: sealed, aad };
        let opened = match self {
            Cipher::Aes128(cipher) => cipher.decrypt(&nonce, payload),
            Cipher::Aes192(cipher) => cipher.decrypt(&nonce, payload),
            Cipher::Aes256(cipher) => cipher.decrypt(&nonce, payload),
        };
        opened.ok().map(Zeroizing::new)
    }
}
