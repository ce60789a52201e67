//! Many objects downloaded as one transfer: into a ZIP, or into a folder of this computer.

mod info;

#[cfg(any(target_arch = "wasm32", test))]
mod local_names;
#[cfg(any(target_arch = "wasm32", test))]
mod zip;

#[cfg(target_arch = "wasm32")]
mod archive;
#[cfg(target_arch = "wasm32")]
pub(super) mod objects;
#[cfg(target_arch = "wasm32")]
mod place;
#[cfg(target_arch = "wasm32")]
mod run;
#[cfg(target_arch = "wasm32")]
mod tree;

pub use info::{BundleInfo, BundleInto, ManyEvent, Renaming, Wanted, Wording};
#[cfg(target_arch = "wasm32")]
pub(super) use run::{BundleJob, Destination, run};
