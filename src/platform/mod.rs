//! Everything that touches the browser, typed: raw below, plain above.
//!
//! Each file is one adapter. A handle owns its closures; dropping it cancels the work. The platform imports
//! nothing of ours, so it knows neither S3 nor encryption formats. Signed URLs pass through here: they never
//! show in an error or its Debug output.

pub mod abort;
pub mod buffer;
mod byte_stream;
pub mod clock;
pub mod decode;
pub mod download_body;
pub mod error;
pub mod file_access;
pub mod file_reader;
pub mod files;
pub mod focus;
pub mod folder;
pub mod http;
mod http_headers;
pub mod listener;
pub mod local_storage;
pub mod lock;
mod memory_pressure;
pub mod object_url;
pub mod page;
pub mod private_file;
pub mod probe;
pub mod random;
pub mod records;
pub mod save;
pub mod upload_body;
pub mod wake_lock;
mod watchdog;
pub mod webcrypto;
pub mod workers;
