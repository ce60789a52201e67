//! Key derivation and commitment. Source: `framework/transitive-requirements.md` and `framework/algorithm-suites.md`.

use hkdf::Hkdf;
use sha2::Sha512;

use super::AlgorithmSuite;
use crate::encryption::{ContentKey, DataKey};

/// Length of the commitment value in bytes.
pub(crate) const COMMITMENT_LENGTH: usize = 32;

/// HKDF-SHA-512 with the message id as salt gives two values: the key for the content (its info carries the suite
/// id) and the commitment to it (its info does not).
pub(crate) fn derive_content_key(
    suite: AlgorithmSuite,
    data_key: &DataKey,
    message_id: &[u8; 32],
) -> (ContentKey, [u8; COMMITMENT_LENGTH]) {
    let hkdf = Hkdf::<Sha512>::new(Some(message_id), &data_key.0);
    let mut info = suite.id().to_be_bytes().to_vec();
    info.extend(b"DERIVEKEY");
    let mut content_key = ContentKey([0; 32]);
    let mut commitment = [0; COMMITMENT_LENGTH];
    let within_limit = "32 bytes are fewer than 255 hashes";
    hkdf.expand(&info, &mut content_key.0).expect(within_limit);
    hkdf.expand(b"COMMITKEY", &mut commitment).expect(within_limit);
    (content_key, commitment)
}
