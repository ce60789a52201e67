//! Small things kept between visits. Never secrets.

use web_sys::Storage;

/// None in workers, in sandboxed pages, and where the person has forbidden it.
fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The text kept under `key`; `None` if there is none or nothing can be kept.
pub fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps `text` under `key`; tells whether that worked (private windows, full storage).
pub fn set(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Forgets what is kept under `key`.
pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        // Nothing is kept where removing is forbidden.
        let _ = storage.remove_item(key);
    }
}
