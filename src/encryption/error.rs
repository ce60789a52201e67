//! Why a message cannot be read or written.

/// Why a message cannot be read or written. Every failed cryptographic check is the same [`Damaged`]: which one it
/// was helps only an attacker.
///
/// [`Damaged`]: EncryptionError::Damaged
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncryptionError {
    /// These bytes are no message of the format.
    NotAMessage,
    /// A message, but of a kind this version does not read. Not damaged as far as can be told.
    Unsupported {
        /// What it is, in the specification's words.
        what: String,
    },
    /// What the object says about its encryption contradicts itself, or is incomplete. Refused as a whole: no reading
    /// of it is tried.
    Contradictory {
        /// What does not fit.
        what: String,
    },
    /// Opened only when the person was told why it is risky and wants it all the same.
    Locked {
        /// The risk, in one sentence.
        why: &'static str,
    },
    /// None of the keys given opens it.
    NoMatchingKey,
    /// Not authentic: the key is wrong, or the message was truncated, damaged or tampered with.
    Damaged,
    /// The plaintext or the encryption context is larger than the format holds.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
}

impl EncryptionError {
    pub(crate) fn unsupported(what: impl Into<String>) -> Self {
        EncryptionError::Unsupported { what: what.into() }
    }
}

impl std::fmt::Display for EncryptionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            EncryptionError::NotAMessage => f.write_str("not an encrypted message"),
            EncryptionError::Unsupported { what } => write!(f, "cannot read {what}"),
            EncryptionError::Contradictory { what } => write!(f, "contradictory encryption entries: {what}"),
            EncryptionError::Locked { why } => write!(f, "not opened without consent: {why}"),
            EncryptionError::NoMatchingKey => f.write_str("none of the keys opens the message"),
            EncryptionError::Damaged => f.write_str("the message is not authentic"),
            EncryptionError::TooLarge { limit } => write!(f, "larger than {limit} bytes"),
        }
    }
}

impl std::error::Error for EncryptionError {}

/// The one error of a failed cryptographic check. Which check it was is to be seen in unit tests only.
pub(crate) fn damaged(check: &'static str) -> EncryptionError {
    #[cfg(test)]
    FAILED_CHECK.set(check);
    let _ = check;
    EncryptionError::Damaged
}

#[cfg(test)]
thread_local! {
    /// The last check that failed on this thread.
    pub(crate) static FAILED_CHECK: std::cell::Cell<&'static str> = const { std::cell::Cell::new("") };
}
