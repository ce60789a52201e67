//! Algorithm suites. Source: `framework/algorithm-suites.md`.

use std::fmt;

/// An algorithm suite id that the specification defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlgorithmSuite(u16);

impl AlgorithmSuite {
    /// AES-256-GCM, HKDF-SHA-512 with key commitment, no signature: the one this module writes and reads.
    pub const AES_256_GCM_HKDF_SHA512_COMMIT_KEY: AlgorithmSuite = AlgorithmSuite(0x0478);
    /// The same, with an ECDSA P-384 signature over the message.
    pub const AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384: AlgorithmSuite = AlgorithmSuite(0x0578);

    /// The suite with this id, if the specification has one.
    pub fn from_id(id: u16) -> Option<AlgorithmSuite> {
        const V1: [u16; 9] = [0x0378, 0x0346, 0x0214, 0x0178, 0x0146, 0x0114, 0x0078, 0x0046, 0x0014];
        (matches!(id, 0x0478 | 0x0578) || V1.contains(&id)).then_some(AlgorithmSuite(id))
    }

    /// Its id, as in the header.
    pub fn id(self) -> u16 {
        self.0
    }

    /// Whether a signature ends the message.
    pub fn is_signing(self) -> bool {
        matches!(self.0, 0x0578 | 0x0378 | 0x0346 | 0x0214)
    }

    /// Message format version: 2 for the suites with key commitment, else 1.
    pub fn message_version(self) -> u8 {
        if matches!(self.0, 0x0478 | 0x0578) { 2 } else { 1 }
    }
}

impl fmt::Display for AlgorithmSuite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:04x}", self.0)
    }
}
