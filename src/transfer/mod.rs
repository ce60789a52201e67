//! The logic of transfers: how a file is cut into parts, what to do next, when to try again, how fast it goes.
//! Pure: time and chance are arguments, nothing awaits.

mod backoff;
mod checkpoint;
mod download_checkpoint;
mod lanes;
mod meter;
mod part_plan;
mod time_left;
mod uplink;
mod upload;

pub use backoff::Backoff;
pub use checkpoint::{Checkpoint, FilePrint, SseWish, tags_from_text, tags_to_text};
pub use download_checkpoint::{
    DAYS_KEPT, DownloadCheckpoint, Got, Inventory, KEEP_FROM, ObjectPrint, got_to_text, kept_ms,
};
pub use lanes::{Lane, Lanes, SMALL_FILE};
pub use meter::Meter;
pub use part_plan::{Content, MAX_PARTS, MIN_PART_LENGTH, PART_LENGTH, Part, PartPlan};
pub use time_left::{Left, Pace, Progress};
pub use uplink::Uplink;
pub use upload::{Command, CommandId, Failure, FailureKind, Outcome, Upload};

#[cfg(test)]
mod time_left_tests;
