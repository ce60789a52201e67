//! The browser adapters, in a headless browser. See `web_worker` for what needs a worker's global scope.
#![cfg(target_arch = "wasm32")]

mod buffers;
mod checks;
mod content;
mod downloads;
mod drops;
mod files;
mod http;
mod locks;
mod page;
mod records;
mod save;
mod scripted;
mod sending;
mod uploads;
mod webcrypto;
mod workers;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
