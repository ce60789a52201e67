//! The Yew app: state (pure), pages, components and text.

pub mod config;
pub mod csv;
pub mod format;
pub mod recent;
pub mod route;
pub mod snippet;
pub mod state;
pub mod text;
pub mod verdicts;

#[cfg(target_arch = "wasm32")]
mod awake;
#[cfg(target_arch = "wasm32")]
mod pages;
#[cfg(target_arch = "wasm32")]
mod root;
#[cfg(target_arch = "wasm32")]
mod way_back;

#[cfg(target_arch = "wasm32")]
pub use root::start;
