//! One long AES-256-GCM message (NIST SP 800-38D) made from independent segments, in any order and on any worker.
//!
//! A segment is encrypted by **one ordinary AES-GCM call** (WebCrypto's, say) whose 16-byte IV is chosen so that its
//! counter starts where the segment does; the call's tag gives the segment's share of the whole message's tag:
//!
//! - wanted pre-counter block: `J = IV12 || be32(1 + b)`, `b` the segment's first block;
//! - GCM makes `J` from a 16-byte IV `V` as `((V·H) ^ L)·H`, `L = be64(0) || be64(128)`; so `V = ((J·H⁻¹) ^ L)·H⁻¹`;
//! - the call's tag `t` gives the share `P = ((t ^ E_K(J))·H⁻¹) ^ (be64(0) || be64(8n))`.
//!
//! To write: [`GcmMessage::pre_iv`] → AES-GCM call → [`GcmMessage::share_of_encryption`] → [`TagSum::add`] →
//! [`TagSum::finish`]. To read: an AES-GCM call with [`GcmMessage::pre_iv`], the ciphertext as AAD and no plaintext →
//! [`GcmMessage::share_of_authentication`]; compare the tag; AES-CTR from [`GcmMessage::counter_block`] for the
//! plaintext. [`GcmMessage::encrypt_segment`] and its neighbours do the same in software.
//!
//! Segment tags, shares and pre-IVs are **secrets**: with known ciphertext they are equations in `H`, and with `H` tags
//! can be forged. One segment is one plaintext, for ever: before encrypting it again, compare [`Share::same`].

mod field;
mod message;
mod sealed_share;
mod segment;
mod share;

pub use message::GcmMessage;
pub use sealed_share::SEALED_SHARE_LENGTH;
pub use segment::{MAX_PLAINTEXT_LENGTH, SEGMENT_LENGTH, Segment};
pub use share::{Share, Tag, TagSum};
