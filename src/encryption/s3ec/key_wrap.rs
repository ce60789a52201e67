//! Wrapping the data key. Source: the keyrings of amazon-s3-encryption-client-java.

use aes::Aes256;
use aes::cipher::{BlockCipherDecrypt, KeyInit};
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{AlgorithmSuite, Format};
use crate::encryption::{DataKey, OaepPadding, RsaPublicKey, WrappingKey};

/// How a data key is wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrapAlgorithm {
    /// `AES/GCM` or `02`: AES-GCM with the user's key; the suite's label is the AAD.
    AesGcm,
    /// `RSA-OAEP-SHA1` or `22`; the suite's label is inside.
    RsaOaepSha1,
    /// `kms+context` or `12`; the suite's label is in the encryption context.
    KmsContext,
    /// `kms`: legacy.
    Kms,
    /// `AESWrap`, RFC 3394: legacy.
    AesWrap,
    /// `RSA/ECB/OAEPWithSHA-256AndMGF1Padding`, which in Java is MGF1 with SHA-1: legacy.
    RsaOaepSha256Mgf1Sha1,
    /// No name, V1 only: AES-ECB with padding: legacy.
    AesEcb,
}

impl WrapAlgorithm {
    /// Its name in the metadata of this format. Empty in V1, which has none.
    pub fn name(self, format: Format) -> &'static str {
        match (self, format) {
            (WrapAlgorithm::AesGcm, Format::V3) => "02",
            (WrapAlgorithm::KmsContext, Format::V3) => "12",
            (WrapAlgorithm::RsaOaepSha1, Format::V3) => "22",
            (WrapAlgorithm::AesGcm, _) => "AES/GCM",
            (WrapAlgorithm::KmsContext, _) => "kms+context",
            (WrapAlgorithm::RsaOaepSha1, _) => "RSA-OAEP-SHA1",
            (WrapAlgorithm::Kms, _) => "kms",
            (WrapAlgorithm::AesWrap, _) => "AESWrap",
            (WrapAlgorithm::RsaOaepSha256Mgf1Sha1, _) => "RSA/ECB/OAEPWithSHA-256AndMGF1Padding",
            (WrapAlgorithm::AesEcb, _) => "",
        }
    }

    pub(super) fn from_name(name: &str, format: Format) -> Option<WrapAlgorithm> {
        use WrapAlgorithm as W;
        let v2 = [
            W::AesGcm,
            W::RsaOaepSha1,
            W::KmsContext,
            W::Kms,
            W::AesWrap,
            W::RsaOaepSha256Mgf1Sha1,
        ];
        let known = match format {
            Format::V1 => &[][..],
            Format::V2 => &v2[..],
            Format::V3 => &v2[..3],
        };
        known.iter().copied().find(|wrap| wrap.name(format) == name)
    }

    /// Whether the wrap fails to authenticate how the content is encrypted.
    pub fn is_legacy(self) -> bool {
        !matches!(
            self,
            WrapAlgorithm::AesGcm | WrapAlgorithm::RsaOaepSha1 | WrapAlgorithm::KmsContext
        )
    }

    /// The padding, if it is RSA.
    pub fn oaep_padding(self) -> Option<OaepPadding> {
        match self {
            WrapAlgorithm::RsaOaepSha1 => Some(OaepPadding::Sha1),
            WrapAlgorithm::RsaOaepSha256Mgf1Sha1 => Some(OaepPadding::Sha256Mgf1Sha1),
            _ => None,
        }
    }
}

/// nonce || ciphertext || tag: 60 bytes.
pub(super) fn wrap_aes_gcm(key: &WrappingKey, data_key: &DataKey, suite: AlgorithmSuite, nonce: [u8; 12]) -> Vec<u8> {
    let payload = Payload {
        msg: &data_key.0,
        aad: suite.label().as_bytes(),
    };
    let sealed = Aes256Gcm::new(&key.key.into())
        .encrypt(&Nonce::from(nonce), payload)
        .expect("a data key is far below GCM's limit");
    [&nonce[..], &sealed].concat()
}

/// RSA-OAEP-SHA1 over `length || data key || label`. `None` never happens with keys of 2048 bits and more.
pub(super) fn wrap_rsa(
    key: &RsaPublicKey,
    data_key: &DataKey,
    suite: AlgorithmSuite,
    seed: &[u8; 32],
) -> Option<Vec<u8>> {
    let label = suite.label().as_bytes();
    let mut payload = Zeroizing::new(Vec::with_capacity(1 + 32 + label.len()));
    payload.push(data_key.0.len() as u8);
    payload.extend(data_key.0);
    payload.extend(label);
    key.encrypt(OaepPadding::Sha1, &payload, seed)
}

/// With an AES key; `None` for every failure and for wraps of other kinds.
pub(super) fn unwrap_aes(
    wrap: WrapAlgorithm,
    key: &WrappingKey,
    wrapped: &[u8],
    suite: AlgorithmSuite,
) -> Option<DataKey> {
    match wrap {
        WrapAlgorithm::AesGcm => {
            let (nonce, sealed) = wrapped.split_first_chunk::<12>()?;
            let payload = Payload {
                msg: sealed,
                aad: suite.label().as_bytes(),
            };
            let opened = Aes256Gcm::new(&key.key.into())
                .decrypt(&Nonce::from(*nonce), payload)
                .ok()?;
            exact(&Zeroizing::new(opened))
        }
        WrapAlgorithm::AesWrap => {
            let mut opened = Zeroizing::new([0; 32]);
            let wrapped: &[u8; 40] = wrapped.try_into().ok()?;
            let data_key = aes_kw::KwAes256::new(&key.key.into())
                .unwrap_key(wrapped, &mut *opened)
                .ok()?;
            exact(data_key)
        }
        WrapAlgorithm::AesEcb => {
            let wrapped: &[u8; 48] = wrapped.try_into().ok()?;
            let mut blocks = Zeroizing::new(*wrapped);
            let cipher = Aes256::new(&key.key.into());
            for block in blocks.chunks_exact_mut(16) {
                let mut array = <[u8; 16]>::try_from(&*block).ok()?.into();
                cipher.decrypt_block(&mut array);
                block.copy_from_slice(&array);
                array.as_mut_slice().zeroize();
            }
            let padded: bool = blocks[32..].ct_eq(&[16; 16]).into();
            exact(&blocks[..32]).filter(|_| padded)
        }
        _ => None,
    }
}

/// The data key in what RSA-OAEP or KMS gave; `None` for every failure.
pub(super) fn data_key_of_payload(wrap: WrapAlgorithm, payload: &[u8], suite: AlgorithmSuite) -> Option<DataKey> {
    match wrap {
        WrapAlgorithm::RsaOaepSha1 => {
            let label = suite.label().as_bytes();
            let (&length, rest) = payload.split_first()?;
            let (key, rest) = rest.split_at_checked(32)?;
            let fits: bool = (length.ct_eq(&32) & rest.ct_eq(label)).into();
            exact(key).filter(|_| fits)
        }
        WrapAlgorithm::RsaOaepSha256Mgf1Sha1 | WrapAlgorithm::Kms | WrapAlgorithm::KmsContext => exact(payload),
        WrapAlgorithm::AesGcm | WrapAlgorithm::AesWrap | WrapAlgorithm::AesEcb => None,
    }
}

fn exact(bytes: &[u8]) -> Option<DataKey> {
    bytes.try_into().ok().map(DataKey)
}
