//! The symmetric keys of one message. Both are 32 bytes, redacted in Debug and wiped on drop.

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The random key of one message, which the keyrings wrap. Never encrypts content itself in a committing suite.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DataKey(pub(crate) [u8; 32]);

impl DataKey {
    /// Takes 32 fresh random bytes.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        DataKey(bytes)
    }
}

/// The derived key that encrypts the content of one message.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ContentKey(pub(crate) [u8; 32]);

impl ContentKey {
    /// The key bytes, for the cipher that will use them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether both are the same key. Takes the same time for every answer.
    pub fn is_same(&self, other: &ContentKey) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// Takes a key that came across a border as bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        ContentKey(bytes)
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(<redacted>)")
    }
}

impl std::fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContentKey(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_key() {
        let shown = format!("{:?} {:?}", DataKey([0xa7; 32]), ContentKey([0xa7; 32]));
        assert!(!shown.contains("a7") && !shown.contains("167"), "{shown}");
    }
}
