//! The message: its key, its IV, its AAD, and what follows from them.

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;

use super::field::Element;
use super::segment::{BLOCK, SEGMENT_LENGTH};
use super::{Segment, Share, Tag};
use crate::encryption::{ContentKey, EncryptionError};

const SEGMENT_BLOCKS: u64 = SEGMENT_LENGTH / BLOCK;

/// One AES-256-GCM message with a 12-byte IV. The triple of key, IV and AAD serves one plaintext only. Redacted in
/// Debug, its secrets are wiped on drop.
pub struct GcmMessage {
    cipher: Aes256,
    key: ContentKey,
    h: Element,
    h_inverse: Element,
    /// `h` to the power of a whole segment's blocks: needed for almost every segment.
    h_segment: Element,
    iv: [u8; 12],
    aad: Vec<u8>,
}

impl GcmMessage {
    /// The message of this key, IV and AAD. An all-zero hash key, one of 2^128, is refused as
    /// [`EncryptionError::Damaged`]: it authenticates nothing.
    pub fn new(key: &ContentKey, iv: [u8; 12], aad: &[u8]) -> Result<Self, EncryptionError> {
        let cipher = Aes256::new(key.expose().into());
        let mut block = [0; 16].into();
        cipher.encrypt_block(&mut block);
        let h = Element::from_bytes(block.into());
        if h.is_zero() {
            return Err(crate::encryption::error::damaged("hash key"));
        }
        Ok(GcmMessage {
            cipher,
            key: key.clone(),
            h_inverse: h.inverse(),
            h_segment: h.power(SEGMENT_BLOCKS.into()),
            h,
            iv,
            aad: aad.to_vec(),
        })
    }

    /// The 16-byte IV for the AES-GCM call that encrypts (plaintext given, no AAD) or authenticates (the ciphertext as
    /// AAD, no plaintext) this segment. A secret.
    pub fn pre_iv(&self, segment: &Segment) -> [u8; 16] {
        let length = Element::from_lengths(0, 128);
        let pre_counter = Element::from_bytes(self.block(segment.counter(1)));
        let inner = pre_counter.multiply(&self.h_inverse).add(&length);
        inner.multiply(&self.h_inverse).to_bytes()
    }

    /// The counter block for AES-CTR (32 bits of counter) from this segment's first byte.
    pub fn counter_block(&self, segment: &Segment) -> [u8; 16] {
        self.block(segment.counter(2))
    }

    /// The share of a segment, from the tag of the AES-GCM call that encrypted it.
    pub fn share_of_encryption(&self, segment: Segment, call_tag: [u8; 16]) -> Share {
        self.share(segment, call_tag, Element::from_lengths(0, 8 * segment.length()))
    }

    /// The share of a segment, from the tag of the AES-GCM call that had its ciphertext as AAD.
    pub fn share_of_authentication(&self, segment: Segment, call_tag: [u8; 16]) -> Share {
        self.share(segment, call_tag, Element::from_lengths(8 * segment.length(), 0))
    }

    /// The share of two neighbours, `first` in front of `second`.
    ///
    /// # Panics
    /// When they are not neighbours.
    pub fn join(&self, first: &Share, second: &Share) -> Share {
        assert_eq!(first.segment.end(), second.segment.offset(), "shares of neighbours");
        let blocks = second.segment.length().div_ceil(BLOCK);
        let length = first.segment.length() + second.segment.length();
        Share {
            segment: Segment::new(first.segment.offset(), length, second.segment.end()).expect("both were inside"),
            hash: match blocks {
                SEGMENT_BLOCKS => first.hash.multiply(&self.h_segment).add(&second.hash),
                _ => first.hash.multiply(&self.power(blocks)).add(&second.hash),
            },
        }
    }

    /// Encrypts a segment in place, in software.
    ///
    /// # Panics
    /// When `bytes` has not the segment's length.
    pub fn encrypt_segment(&self, segment: Segment, bytes: &mut [u8]) -> Share {
        self.apply_keystream(&segment, bytes);
        self.authenticate_segment(segment, bytes)
    }

    /// The share of a segment with this ciphertext, in software.
    ///
    /// # Panics
    /// When `ciphertext` has not the segment's length.
    pub fn authenticate_segment(&self, segment: Segment, ciphertext: &[u8]) -> Share {
        assert_eq!(ciphertext.len() as u64, segment.length());
        Share {
            segment,
            hash: self.polynomial_hash(ciphertext),
        }
    }

    /// Turns plaintext into ciphertext or back, in software. Of no authenticity by itself: check the tag first.
    ///
    /// # Panics
    /// When `bytes` has not the segment's length.
    pub fn apply_keystream(&self, segment: &Segment, bytes: &mut [u8]) {
        assert_eq!(bytes.len() as u64, segment.length());
        if !bytes.is_empty() {
            let counter = self.counter_block(segment);
            ctr::Ctr32BE::<Aes256>::new(self.key.expose().into(), &counter.into()).apply_keystream(bytes);
        }
    }

    pub(super) fn power(&self, blocks: u64) -> Element {
        self.h.power(blocks.into())
    }

    pub(super) fn tag_of(&self, shares: &Element, total: u64) -> Tag {
        let aad = self
            .polynomial_hash(&self.aad)
            .multiply(&self.power(total.div_ceil(BLOCK)));
        let lengths = Element::from_lengths(8 * self.aad.len() as u64, 8 * total);
        let hash = aad.add(shares).add(&lengths).multiply(&self.h);
        Tag(hash.add(&self.encrypted(self.block(1u32.to_be_bytes()))).to_bytes())
    }

    fn share(&self, segment: Segment, call_tag: [u8; 16], lengths: Element) -> Share {
        let mask = self.encrypted(self.block(segment.counter(1)));
        let hash = Element::from_bytes(call_tag)
            .add(&mask)
            .multiply(&self.h_inverse)
            .add(&lengths);
        Share { segment, hash }
    }

    /// The GHASH polynomial over whole blocks, the last one padded with zeros; no length block.
    fn polynomial_hash(&self, bytes: &[u8]) -> Element {
        let mut ghash = GHash::new(&self.h.to_bytes().into());
        ghash.update_padded(bytes);
        Element::from_bytes(ghash.finalize().into())
    }

    fn block(&self, counter: [u8; 4]) -> [u8; 16] {
        let mut block = [0; 16];
        block[..12].copy_from_slice(&self.iv);
        block[12..].copy_from_slice(&counter);
        block
    }

    fn encrypted(&self, block: [u8; 16]) -> Element {
        let mut block = block.into();
        self.cipher.encrypt_block(&mut block);
        Element::from_bytes(block.into())
    }
}

impl std::fmt::Debug for GcmMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GcmMessage(<redacted>)")
    }
}
