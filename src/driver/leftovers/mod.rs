//! What interrupted uploads left in the bucket: multipart uploads that were neither completed nor aborted. Their parts
//! are in no listing of objects, and are paid for until somebody aborts them.

#[cfg(target_arch = "wasm32")]
mod run;

#[cfg(target_arch = "wasm32")]
pub(super) use run::{LeftoverJobs, take};

use super::Problem;

/// Names one multipart upload of the bucket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LeftoverId {
    /// Object key.
    pub key: String,
    /// Multipart upload id.
    pub upload_id: String,
}

/// Whose a multipart upload is, as far as this browser knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftoverState {
    /// A tab of this browser is sending it right now: it must not be aborted here.
    Running,
    /// This browser knows how to go on with it.
    Resumable,
    /// From another browser, another program, or a page whose records are gone. Somebody may still be sending it.
    Unknown,
}

impl LeftoverState {
    /// The value of `data-leftover`.
    pub fn as_str(self) -> &'static str {
        match self {
            LeftoverState::Running => "running",
            LeftoverState::Resumable => "resumable",
            LeftoverState::Unknown => "unknown",
        }
    }
}

/// What lies in the bucket of one multipart upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartsHeld {
    /// Parts.
    pub parts: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// One multipart upload that is neither completed nor aborted.
#[derive(Clone, Debug, PartialEq)]
pub struct Leftover {
    /// Which.
    pub id: LeftoverId,
    /// When it was begun, milliseconds since 1970; `None` where the storage does not say.
    pub started: Option<f64>,
    /// Whose.
    pub state: LeftoverState,
    /// Its parts, or why they cannot be listed.
    pub held: Result<PartsHeld, Problem>,
}

/// Where the listing stands.
#[derive(Clone, Debug, PartialEq)]
pub enum LeftoversState {
    /// More is coming.
    Running,
    /// That is all.
    Done,
    /// It ended early.
    Failed(Problem),
}

/// What the app asks about them.
#[derive(Clone, Debug, PartialEq)]
pub enum LeftoversIntent {
    /// List all, with the sizes of their parts. → `Found`, several times.
    List,
    /// Abort these. → `Aborted` or `AbortFailed` for each.
    Abort(Vec<LeftoverId>),
}

/// What the driver tells of them.
#[derive(Clone, Debug, PartialEq)]
pub enum LeftoversEvent {
    /// More of them.
    Found {
        /// Those found since the last event.
        rows: Vec<Leftover>,
        /// Where the listing stands.
        state: LeftoversState,
    },
    /// Gone from the bucket.
    Aborted(LeftoverId),
    /// Still there.
    AbortFailed(LeftoverId, Problem),
}
