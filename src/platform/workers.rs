//! Workers: the page's side, a pool of them, and the side of the worker itself.
//!
//! How they talk:
//! 1. The page starts the script named by `<meta name="sealdrop-worker">` as a module worker and posts
//!    `{glue, module}`: the URL of the page's own wasm-bindgen glue (`<meta name="sealdrop-glue">`) and the compiled
//!    module, so nothing is loaded or compiled twice.
//! 2. The script imports the glue, calls `initSync({module})`, and the wasm code there calls [`serve`], which posts
//!    `"ready"`.
//! 3. The page posts `[id, message]`, the worker answers `[id, true, reply]` or `[id, false, text]`, in any order, and before
//!    that as many notes `[id, number]` as it likes. A page that gives up on a call posts `[id]`. A worker that cannot go on
//!    posts `["crashed", where]`.

mod pool;
mod server;
mod worker;

pub use pool::{Seat, WorkerPool, default_size};
pub use server::{Caller, serve};
pub use worker::{Worker, WorkerError};
