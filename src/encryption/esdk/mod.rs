//! AWS Encryption SDK messages, version 2: suite 0x0478 (AES-256-GCM, HKDF-SHA-512, key commitment) and, on request,
//! 0x0578 (the same with a signature). [`version1`] reads old messages.
//!
//! Specification: awslabs/aws-encryption-sdk-specification, `data-format/` and `framework/`. All integers are
//! big-endian. A message is `header body || header tag || frames`; every frame is one AES-GCM call of its own, so
//! frames can be made and opened in any order, on any worker. Of a signed message, header and frames are also hashed in
//! order and a footer follows.
//!
//! To write: [`Materials`] → [`Message::write`], or several [`Recipient`]s → [`Message::write_for`]; the header is
//! ready, and [`Layout`] says for every frame which plaintext goes in and which bytes come out. To read: feed the
//! object's first bytes to [`Header::parse`], open with [`Header::open`] (or natively: [`Header::rsa_unwraps`],
//! [`Header::open_with_data_key`]), then the same [`Layout`] says what to fetch and what to check.

mod algorithm_suite;
mod encrypted_data_key;
mod encryption_context;
mod frame;
mod frame_cipher;
mod header;
mod key_derivation;
mod keyring;
mod layout;
mod message;
mod range;
mod raw_aes_keyring;
mod raw_rsa_keyring;
mod signature;
pub mod version1;

pub use algorithm_suite::AlgorithmSuite;
pub use encrypted_data_key::{EncryptedDataKey, Wrap};
pub use encryption_context::EncryptionContext;
pub use frame::{Frame, TAG_LENGTH};
pub use frame_cipher::FrameCipher;
pub use header::{Header, Opened, Parsed, looks_like_base64, looks_like_message};
pub use keyring::{Recipient, RsaUnwrap};
pub use layout::{FRAME_LENGTH, Layout, MAX_FRAME_LENGTH};
pub use message::{Materials, Message};
pub use signature::{FOOTER_LENGTH, MAX_FOOTER_LENGTH, MessageSigner, SignatureVerifier};
