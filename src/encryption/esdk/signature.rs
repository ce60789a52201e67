//! The signature of signing suites: ECDSA over header and body, in the footer. Source: `data-format/message-footer.md`.
//!
//! The signing key is made for the message and its public half stands in the message, so it tells *recipients* apart
//! from one another and proves no sender: whoever has a recipient's public RSA key can write a whole new message.

use base64::{Engine, engine::general_purpose::STANDARD};
use p256::ecdsa::signature::hazmat::{PrehashVerifier, RandomizedPrehashSigner};
use p384::ecdsa::{SigningKey, VerifyingKey};
use p384::elliptic_curve::ops::Neg;
use sha2::{Digest, Sha256, Sha384};

use super::EncryptionContext;
use crate::encryption::EncryptionError;
use crate::encryption::error::damaged;
use crate::encryption::seeded_rng::SeededRng;

/// A signing suite keeps its public key here: base64 of the compressed point.
pub(super) const PUBLIC_KEY_PAIR: &str = "aws-crypto-public-key";

/// Bytes of the signature we write, always the same so that sizes are known in advance.
const SIGNATURE_LENGTH: usize = 103;

/// Bytes of the footer we write: length and signature.
pub const FOOTER_LENGTH: u64 = 2 + SIGNATURE_LENGTH as u64;

/// Longest footer of any suite read here.
pub const MAX_FOOTER_LENGTH: u64 = 2 + 104;

/// Signs one message. Its key is wiped on drop.
pub struct MessageSigner {
    key: SigningKey,
    hash: Sha384,
}

impl MessageSigner {
    /// A signer whose key is these 48 random bytes. `None` for about one in 2^190 of them, which are no key.
    pub fn from_random(bytes: &[u8; 48]) -> Option<Self> {
        let key = SigningKey::from_slice(bytes).ok()?;
        Some(MessageSigner {
            key,
            hash: Sha384::new(),
        })
    }

    /// Puts the public half into the context of the message to be signed: KMS must be asked with the whole context.
    pub fn add_public_key(&self, context: &mut EncryptionContext) {
        let point = self.key.verifying_key().to_sec1_point(true);
        context.insert(PUBLIC_KEY_PAIR, &STANDARD.encode(point.as_bytes()));
    }

    /// The next bytes of header and frames, in order and without a gap.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    /// The footer, [`FOOTER_LENGTH`] bytes.
    pub fn finish(self) -> Vec<u8> {
        let hash = self.hash.finalize();
        for attempt in 0u32.. {
            // Deterministic nonces (RFC 6979); the attempt's number, not secret, makes each another one.
            let mut attempt_bytes = [0; 32];
            attempt_bytes[..4].copy_from_slice(&attempt.to_be_bytes());
            let signed: Result<p384::ecdsa::Signature, _> = self
                .key
                .sign_prehash_with_rng(&mut SeededRng::new(&attempt_bytes), &hash);
            let Ok(signature) = signed else { continue };
            // Both s and n - s are valid, and exactly one of them has its highest bit set.
            let other = p384::ecdsa::Signature::from_scalars(signature.r(), signature.s().neg());
            for signature in [Ok(signature), other].into_iter().flatten() {
                let der = signature.to_der();
                if der.as_bytes().len() == SIGNATURE_LENGTH {
                    return [&(SIGNATURE_LENGTH as u16).to_be_bytes()[..], der.as_bytes()].concat();
                }
            }
        }
        unreachable!("of every 256 attempts about 254 have this length")
    }
}

impl std::fmt::Debug for MessageSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageSigner(<redacted>)")
    }
}

/// Checks the signature of one message. Until it has, nothing of the message may be released.
#[derive(Clone, Debug)]
pub struct SignatureVerifier(Curve);

#[derive(Clone, Debug)]
enum Curve {
    P384(VerifyingKey, Sha384),
    P256(p256::ecdsa::VerifyingKey, Sha256),
}

impl SignatureVerifier {
    pub(super) fn new(context: &EncryptionContext, p256: bool) -> Result<Self, EncryptionError> {
        let point = context.get(PUBLIC_KEY_PAIR).and_then(|text| STANDARD.decode(text).ok());
        let point = point.ok_or_else(|| damaged("public key"))?;
        let curve = if p256 {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok();
            key.map(|key| Curve::P256(key, Sha256::new()))
        } else {
            VerifyingKey::from_sec1_bytes(&point)
                .ok()
                .map(|key| Curve::P384(key, Sha384::new()))
        };
        curve.map(SignatureVerifier).ok_or_else(|| damaged("public key"))
    }

    /// The next bytes of header and frames, in order and without a gap.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            Curve::P384(_, hash) => hash.update(bytes),
            Curve::P256(_, hash) => hash.update(bytes),
        }
    }

    /// Checks the footer, which is all that follows the last frame.
    pub fn finish(self, footer: &[u8]) -> Result<(), EncryptionError> {
        let wrong = || damaged("signature");
        let (length, der) = footer.split_first_chunk::<2>().ok_or_else(wrong)?;
        if usize::from(u16::from_be_bytes(*length)) != der.len() {
            return Err(wrong());
        }
        match self.0 {
            Curve::P384(key, hash) => {
                let signature = p384::ecdsa::Signature::from_der(der).map_err(|_| wrong())?;
                key.verify_prehash(&hash.finalize(), &signature)
            }
            Curve::P256(key, hash) => {
                let signature = p256::ecdsa::Signature::from_der(der).map_err(|_| wrong())?;
                key.verify_prehash(&hash.finalize(), &signature)
            }
        }
        .map_err(|_| wrong())
    }
}

/// Length of the footer that ends a message with these last bytes ([`MAX_FOOTER_LENGTH`] of them, or all). Which it is
/// shows in its own length field; that it is right shows in the final frame's tag and the signature.
pub(super) fn footer_length(tail: &[u8]) -> Option<u64> {
    (10..=MAX_FOOTER_LENGTH as usize - 2).rev().find_map(|length| {
        let footer = &tail[tail.len().checked_sub(length + 2)?..];
        let (field, der) = footer.split_first_chunk::<2>()?;
        let fits = usize::from(u16::from_be_bytes(*field)) == length;
        (fits && der[0] == 0x30 && usize::from(der[1]) == length - 2).then_some(length as u64 + 2)
    })
}
