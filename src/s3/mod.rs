//! The S3 protocol: requests as values, signing, answers, SSE state and errors.

mod credentials;
mod list_objects_v2;
mod provider;
mod sse;

pub use credentials::Credentials;
pub use list_objects_v2::{ListPage, ObjectSummary};
pub use provider::{AddressingStyle, Preset, Provider};
pub use sse::SseState;
