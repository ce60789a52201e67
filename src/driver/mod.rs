//! The loops between the pure modules and the browser, and the plain values they exchange with the app.
//!
//! The app sends an [`Intent`]; the driver answers with [`Event`]s. Both are plain values, so the app's state
//! is tested without a browser. Secrets (keys, credentials) go in and never come out again.

mod bundle;
mod checks;
mod context;
mod cse;
mod event;
mod intent;
mod kms_info;
mod leftovers;
mod previewed;
mod problem;
mod storage;

// Pure, and tested natively, but only the loops below use them.
#[cfg(any(target_arch = "wasm32", test))]
mod customer_keys;
#[cfg(any(target_arch = "wasm32", test))]
mod describe;
#[cfg(any(target_arch = "wasm32", test))]
mod hashing;
#[cfg(any(target_arch = "wasm32", test))]
mod key_text;
#[cfg(any(target_arch = "wasm32", test))]
mod kms_keys;
#[cfg(any(target_arch = "wasm32", test))]
mod names;
#[cfg(any(target_arch = "wasm32", test))]
mod readers;
#[cfg(any(target_arch = "wasm32", test))]
mod recipients;
#[cfg(any(target_arch = "wasm32", test))]
mod record;
#[cfg(any(target_arch = "wasm32", test))]
mod refusal;
#[cfg(any(target_arch = "wasm32", test))]
mod sent_object;
#[cfg(any(target_arch = "wasm32", test))]
mod skew;
#[cfg(any(target_arch = "wasm32", test))]
mod sse_wish;
#[cfg(any(target_arch = "wasm32", test))]
mod vault;

#[cfg(target_arch = "wasm32")]
mod bucket_check;
#[cfg(target_arch = "wasm32")]
mod conflicts;
#[cfg(target_arch = "wasm32")]
mod connect;
#[cfg(target_arch = "wasm32")]
mod credentials;
#[cfg(target_arch = "wasm32")]
mod download;
#[cfg(target_arch = "wasm32")]
mod download_again;
#[cfg(target_arch = "wasm32")]
mod download_hash;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
mod fetch;
#[cfg(target_arch = "wasm32")]
mod glance;
#[cfg(target_arch = "wasm32")]
mod instruction;
#[cfg(target_arch = "wasm32")]
mod kept;
#[cfg(target_arch = "wasm32")]
mod kept_downloads;
#[cfg(target_arch = "wasm32")]
mod keyed_read;
#[cfg(target_arch = "wasm32")]
mod keys;
#[cfg(target_arch = "wasm32")]
mod kms;
#[cfg(target_arch = "wasm32")]
mod look;
#[cfg(target_arch = "wasm32")]
mod many;
#[cfg(target_arch = "wasm32")]
mod opening;
#[cfg(target_arch = "wasm32")]
mod picking;
#[cfg(target_arch = "wasm32")]
mod pinned;
#[cfg(target_arch = "wasm32")]
mod preview;
#[cfg(target_arch = "wasm32")]
mod private_files;
#[cfg(target_arch = "wasm32")]
mod queue;
#[cfg(target_arch = "wasm32")]
mod roll_call;
#[cfg(target_arch = "wasm32")]
mod running;
#[cfg(target_arch = "wasm32")]
mod session;
#[cfg(target_arch = "wasm32")]
mod signing;
#[cfg(target_arch = "wasm32")]
mod sink;
#[cfg(target_arch = "wasm32")]
mod store;
#[cfg(target_arch = "wasm32")]
mod telling;
#[cfg(target_arch = "wasm32")]
mod unfinished_downloads;
#[cfg(target_arch = "wasm32")]
mod unfinished_uploads;
#[cfg(target_arch = "wasm32")]
mod unwrap;
#[cfg(target_arch = "wasm32")]
mod uplink;
#[cfg(target_arch = "wasm32")]
mod upload;
#[cfg(target_arch = "wasm32")]
mod upload_again;
#[cfg(target_arch = "wasm32")]
mod upload_batch;
#[cfg(target_arch = "wasm32")]
mod upload_bodies;
#[cfg(target_arch = "wasm32")]
mod upload_checks;
#[cfg(target_arch = "wasm32")]
mod upload_confirm;
#[cfg(target_arch = "wasm32")]
mod upload_work;
#[cfg(target_arch = "wasm32")]
mod writing;
#[cfg(target_arch = "wasm32")]
mod writing_start;

#[cfg(target_arch = "wasm32")]
pub use engine::Driver;

pub use crate::transfer::Pace;
pub use bundle::{BundleInfo, BundleInto, ManyEvent, Renaming, Wanted, Wording};
pub use checks::{Integrity, UploadChecks};
pub use context::{ContextFault, ContextPairs, ContextWish};
pub use cse::{Cse, CseMore, CseState, WrappedKey};
pub use event::{
    BatchId, Direction, Event, FileHash, KeyInfo, KeyKind, KeyOrigin, ObjectFacts, PickedEntry, StartedOver,
    TransferId, TransferInfo, TransferState, Unfinished, UnfinishedDownload, Vouched,
};
pub use intent::{
    Existing, Intent, KeyMaterial, Recipient, SaveTo, Target, UploadEncryption, WriteFormat, folder_prefix,
};
pub use kms_info::{KmsId, KmsInfo};
pub use leftovers::{Leftover, LeftoverId, LeftoverState, LeftoversEvent, LeftoversIntent, LeftoversState, PartsHeld};
pub use previewed::{NoPreview, Preview, PreviewContent, Proof};
pub use problem::Problem;
pub use storage::{
    AuditRow, AuditState, Claims, CopyDifference, CopyOutcome, CopyProgress, CopyRow, CorsReport, Creation,
    CreationPlan, CreationStep, Diagnosis, DiagnosisQuestion, StorageEvent, StorageIntent,
};

/// Names one of the keys held in memory. Stable until the page is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub u32);
