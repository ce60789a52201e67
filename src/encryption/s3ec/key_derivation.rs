//! Content key and key commitment of V3. Source: `s3-encryption/key-derivation.md`.

use hkdf::Hkdf;
use sha2::Sha512;

use super::AlgorithmSuite;
use crate::encryption::{ContentKey, DataKey};

pub(super) const MESSAGE_ID_LENGTH: usize = 28;
pub(super) const COMMITMENT_LENGTH: usize = 28;
/// The IV of every V3 content, whose key is used once: twelve bytes 0x01.
pub(super) const V3_IV: [u8; 12] = [1; 12];

/// The AAD of V3 content: the suite's id as two bytes.
pub(super) fn v3_aad() -> [u8; 2] {
    AlgorithmSuite::Aes256GcmHkdfSha512CommitKey.id().to_be_bytes()
}

/// HKDF-SHA-512, salt = message id, input = data key; info = suite id || label. The labels here do carry the id, other
/// than in AWS Encryption SDK messages, where only the key's does.
pub(super) fn derive(
    data_key: &DataKey,
    message_id: &[u8; MESSAGE_ID_LENGTH],
) -> (ContentKey, [u8; COMMITMENT_LENGTH]) {
    let hkdf = Hkdf::<Sha512>::new(Some(message_id), &data_key.0);
    let info = |label: &[u8]| [&v3_aad()[..], label].concat();
    let mut content_key = ContentKey([0; 32]);
    let mut commitment = [0; COMMITMENT_LENGTH];
    let within_limit = "32 bytes are fewer than 255 hashes";
    hkdf.expand(&info(b"DERIVEKEY"), &mut content_key.0)
        .expect(within_limit);
    hkdf.expand(&info(b"COMMITKEY"), &mut commitment).expect(within_limit);
    (content_key, commitment)
}
