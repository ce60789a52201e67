//! What is known of an object's client-side encryption.

use super::{KeyId, Problem};

/// Client-side encryption state, by the names of the UI contract.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CseState {
    /// Amazon S3 Encryption Client, format V1.
    S3ecV1,
    /// Amazon S3 Encryption Client, format V2, GCM.
    S3ecV2,
    /// Amazon S3 Encryption Client, format V2, CBC.
    S3ecV2Cbc,
    /// Amazon S3 Encryption Client, format V3.
    S3ecV3,
    /// AWS Encryption SDK message.
    Esdk,
    /// Looked, and there is none.
    None,
    /// CORS does not let the page see the metadata that would say.
    Hidden,
    /// Not looked yet.
    #[default]
    Unknown,
}

impl CseState {
    /// The value of `data-cse`.
    pub fn as_str(self) -> &'static str {
        match self {
            CseState::S3ecV1 => "s3ec-v1",
            CseState::S3ecV2 => "s3ec-v2",
            CseState::S3ecV2Cbc => "s3ec-v2-cbc",
            CseState::S3ecV3 => "s3ec-v3",
            CseState::Esdk => "esdk",
            CseState::None => "none",
            CseState::Hidden => "hidden",
            CseState::Unknown => "unknown",
        }
    }
}

/// One wrapped copy of the data key, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// How it is wrapped: `aes`, `rsa`, `kms`.
    pub wrap: &'static str,
    /// The wrap's name in the format; of a message the provider (key namespace).
    pub provider: String,
    /// Key name, or ARN; empty where the format has none.
    pub name: String,
    /// Fingerprint of the key, where sealdrop noted it.
    pub fingerprint: Option<String>,
    /// The held key that opens it.
    pub opens_with: Option<KeyId>,
    /// The held key that has its name, where nothing was tried.
    pub named: Option<KeyId>,
}

/// What is known of an object's client-side encryption.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cse {
    /// The state.
    pub state: CseState,
    /// How the data key is wrapped: the values of `data-cse-wrap` (`aes`, `rsa`, `kms`), each once.
    pub wraps: Vec<&'static str>,
    /// Algorithm suite, such as `0x0478`, where the format has one.
    pub suite: Option<String>,
    /// Fingerprint or name of the key that is needed, where the object says so.
    pub key_needed: Option<String>,
    /// The held key that opens it.
    pub opens_with: Option<KeyId>,
    /// Why it is opened only after the person was told, one sentence each; empty for formats with key commitment.
    pub risks: Vec<&'static str>,
    /// The lack of key commitment is the only risk: a commitment policy can allow it.
    pub lacks_only_commitment: bool,
    /// One of its keys comes of a passphrase.
    pub passphrase: bool,
    /// The object key the object was written under, if it is bound in and differs from where it lies now.
    pub written_as: Option<String>,
    /// The rest of what it says about itself.
    pub more: CseMore,
}

/// What only the details show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CseMore {
    /// Whether the content is bound to one key; `None` where there is no content key to speak of.
    pub commitment: Option<bool>,
    /// The wrapped copies of the data key, in order.
    pub recipients: Vec<WrappedKey>,
    /// Encryption context or material description, in order.
    pub pairs: Vec<(String, String)>,
    /// Plaintext bytes of a frame, where the format has frames; 0 for a single block.
    pub frame_length: Option<u32>,
    /// Key of the instruction file that the envelope, or its rest, was read from.
    pub instruction_file: Option<String>,
    /// The object is itself the instruction file of that one.
    pub instructs: Option<String>,
    /// Why it is refused.
    pub refused: Option<Problem>,
}
