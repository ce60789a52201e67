//! Client-side encryption (CSE): message formats, keys and sizes. Nothing here knows S3 or the browser, reads a
//! clock, draws randomness or awaits: whoever calls brings the random bytes and, where it is faster, does the
//! AES-GCM calls natively with the parameters given here.
//!
//! One sub-module per format: [`esdk`] (AWS Encryption SDK messages), [`s3ec`] (Amazon S3
//! Encryption Client objects, whose content is one message of [`gcm`]). Keys and errors are shared.

mod content_key;
mod error;
pub mod esdk;
pub mod gcm;
mod key;
pub mod passphrase;
mod pem;
mod rsa_key;
pub mod s3ec;
mod seeded_rng;
mod wrapping_key;

pub use content_key::{ContentKey, DataKey};
pub use error::EncryptionError;
pub use key::{Key, KeyRef};
pub use rsa_key::{BadRsaKey, OaepPadding, RsaPrivateKey, RsaPublicKey};
pub use wrapping_key::{BadKeyMaterial, Fingerprint, WrappingKey};
