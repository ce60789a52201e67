//! What may be written and read, and what a person must be told first.

use super::AlgorithmSuite;
use super::key_wrap::WrapAlgorithm;

/// Key commitment policy. Source: `s3-encryption/key-commitment.md`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommitmentPolicy {
    /// Writes V3, reads V3 only.
    #[default]
    RequireEncryptRequireDecrypt,
    /// Writes V3, reads all.
    RequireEncryptAllowDecrypt,
    /// Writes V2, for older readers; reads all.
    ForbidEncryptAllowDecrypt,
}

impl CommitmentPolicy {
    /// All of them, the strictest first.
    pub const ALL: [CommitmentPolicy; 3] = [
        CommitmentPolicy::RequireEncryptRequireDecrypt,
        CommitmentPolicy::RequireEncryptAllowDecrypt,
        CommitmentPolicy::ForbidEncryptAllowDecrypt,
    ];

    /// Its name in the official libraries.
    pub fn name(self) -> &'static str {
        match self {
            CommitmentPolicy::RequireEncryptRequireDecrypt => "REQUIRE_ENCRYPT_REQUIRE_DECRYPT",
            CommitmentPolicy::RequireEncryptAllowDecrypt => "REQUIRE_ENCRYPT_ALLOW_DECRYPT",
            CommitmentPolicy::ForbidEncryptAllowDecrypt => "FORBID_ENCRYPT_ALLOW_DECRYPT",
        }
    }

    /// Whether objects without key commitment are read without further questions.
    pub fn allows_non_committing(self) -> bool {
        self != CommitmentPolicy::RequireEncryptRequireDecrypt
    }
}

/// What may be opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The setting.
    pub commitment: CommitmentPolicy,
    /// The person was shown this object's risks and wants to read it all the same. For one object, never stored.
    pub unlocked: bool,
}

impl Policy {
    /// Whether an object with this risk may be opened.
    pub fn allows(self, risk: Risk) -> bool {
        let by_setting = risk == Risk::NoKeyCommitment && self.commitment.allows_non_committing();
        self.unlocked || by_setting
    }
}

/// Why an object is opened only on the person's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// AES-GCM without key commitment: whoever may write to the bucket can swap the wrapped key for another that makes
    /// a different plaintext of the same bytes.
    NoKeyCommitment,
    /// AES-CBC: nothing authenticates the content; changed bytes come out as changed plaintext.
    UnauthenticatedContent,
    /// The data key's wrap is not bound to how the content is encrypted, so the object can be relabelled.
    LegacyKeyWrap,
}

impl Risk {
    /// In one sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Risk::NoKeyCommitment => {
                "the object is not bound to one key: someone with write access to the bucket could have exchanged \
                 its wrapped key and so what it decrypts to"
            }
            Risk::UnauthenticatedContent => {
                "nothing protects the content against changes: what comes out may have been altered"
            }
            Risk::LegacyKeyWrap => {
                "its key is wrapped in an old way that does not say how the content is encrypted, so the object's \
                 description can be altered unnoticed"
            }
        }
    }
}

pub(super) fn risks(suite: AlgorithmSuite, wrap: WrapAlgorithm) -> Vec<Risk> {
    let mut risks = Vec::new();
    match suite {
        AlgorithmSuite::Aes256GcmHkdfSha512CommitKey => {}
        AlgorithmSuite::Aes256GcmIv12Tag16NoKdf => risks.push(Risk::NoKeyCommitment),
        AlgorithmSuite::Aes256CbcIv16NoKdf => risks.push(Risk::UnauthenticatedContent),
    }
    if wrap.is_legacy() {
        risks.push(Risk::LegacyKeyWrap);
    }
    risks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_relaxes_commitment_and_nothing_else() {
        for commitment in CommitmentPolicy::ALL {
            let policy = Policy {
                commitment,
                unlocked: false,
            };
            let relaxed = commitment != CommitmentPolicy::RequireEncryptRequireDecrypt;
            assert_eq!(policy.allows(Risk::NoKeyCommitment), relaxed, "{}", commitment.name());
            assert!(!policy.allows(Risk::UnauthenticatedContent) && !policy.allows(Risk::LegacyKeyWrap));
            let unlocked = Policy {
                unlocked: true,
                ..policy
            };
            assert!(unlocked.allows(Risk::UnauthenticatedContent) && unlocked.allows(Risk::LegacyKeyWrap));
        }
    }
}
