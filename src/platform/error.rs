//! A thrown JavaScript value as a plain error.

use std::fmt;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// What the browser threw: the name of its exception and its words. Never made from network calls, whose words may
/// quote a signed URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserError {
    /// Such as `QuotaExceededError`; empty if it had none.
    pub name: String,
    /// The browser's words.
    pub message: String,
}

impl BrowserError {
    /// For what is missing altogether.
    pub(super) fn missing(what: &str) -> Self {
        BrowserError {
            name: "NotSupportedError".into(),
            message: format!("this browser has no {what}"),
        }
    }

    /// Whether the disk, or the share of it this page may use, is full.
    pub fn is_no_space(&self) -> bool {
        self.name == "QuotaExceededError"
    }

    /// Whether another tab or worker holds the file.
    pub fn is_locked(&self) -> bool {
        self.name == "NoModificationAllowedError" || self.name == "InvalidStateError"
    }

    /// Whether there is no such file.
    pub fn is_not_found(&self) -> bool {
        self.name == "NotFoundError"
    }

    /// Whether the person said no, or closed the dialog.
    pub fn is_cancelled(&self) -> bool {
        self.name == "AbortError"
    }
}

impl From<JsValue> for BrowserError {
    fn from(thrown: JsValue) -> Self {
        let text = |key: &str| {
            Reflect::get(&thrown, &key.into())
                .ok()
                .and_then(|value| value.as_string())
        };
        BrowserError {
            name: text("name").unwrap_or_default(),
            message: text("message").or_else(|| thrown.as_string()).unwrap_or_default(),
        }
    }
}

impl fmt::Display for BrowserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => f.write_str(&self.message),
            name => write!(f, "{name}: {}", self.message),
        }
    }
}

impl std::error::Error for BrowserError {}
