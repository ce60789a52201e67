//! What runs in a worker, and what crosses the border.

#[cfg(target_arch = "wasm32")]
pub mod call;
pub mod hash_so_far;
pub mod messages;
pub mod signed;

#[cfg(target_arch = "wasm32")]
mod body_digest;
#[cfg(target_arch = "wasm32")]
mod content;
#[cfg(target_arch = "wasm32")]
mod digest;
#[cfg(target_arch = "wasm32")]
mod frames;
#[cfg(target_arch = "wasm32")]
mod job;
#[cfg(target_arch = "wasm32")]
mod open_file;
#[cfg(target_arch = "wasm32")]
mod pipeline;
#[cfg(target_arch = "wasm32")]
mod send;
#[cfg(target_arch = "wasm32")]
mod trial;

#[cfg(target_arch = "wasm32")]
pub use job::start;
