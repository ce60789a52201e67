//! sealdrop: files are encrypted in the browser and stored in an S3 bucket.
//!
//! The pure modules ([`s3`], [`kms`], [`encryption`], [`transfer`]) know nothing of the browser; `platform` is all
//! that does; [`driver`] joins them; [`app`] shows state and sends intents. See ARCHITECTURE.md.

pub mod app;
pub mod driver;
pub mod encryption;
pub mod kms;
#[cfg(target_arch = "wasm32")]
pub mod platform;
pub mod preview;
pub mod s3;
pub mod transfer;
pub mod worker;
