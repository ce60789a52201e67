//! Objects of the Amazon S3 Encryption Client: the content is one cipher text, everything else is object metadata (the
//! envelope). "V1", "V2" and "V3" are message formats, not versions of a client.
//!
//! Specification: awslabs/aws-encryption-sdk-specification, `s3-encryption/`.
//!
//! To read: [`Envelope::recognise`] the object's metadata → what it says: [`Envelope::key_needed`],
//! [`Envelope::risks`] → [`Envelope::open`] with held keys, or do the unwrapping elsewhere (WebCrypto, KMS) and hand the
//! result to [`Envelope::open_with_payload`] → [`Opened`]. To write: [`Materials`] → [`Written::write`]; the metadata
//! is final, the content is one [`GcmMessage`](super::gcm::GcmMessage).

mod algorithm_suite;
mod cbc;
mod content_metadata;
mod envelope;
mod key_derivation;
mod key_wrap;
mod opened;
mod policy;
mod text_encoding;
mod text_map;
mod write;

pub use algorithm_suite::{AlgorithmSuite, Format};
pub use cbc::CbcMessage;
pub use content_metadata::{Entries, INSTRUCTION_FILE_SUFFIX, MAX_INSTRUCTION_FILE, entries_of, is_instruction_file};
pub use envelope::{Envelope, KeyNeeded, KmsDecrypt, Recognised};
pub use key_wrap::WrapAlgorithm;
pub use opened::{Content, Opened, TAG_LENGTH};
pub use policy::{CommitmentPolicy, Policy, Risk};
pub use text_map::TextMap;
pub use write::{MAX_METADATA_LENGTH, Materials, Wrapping, Written, kms_encryption_context};
