//! Keeping the computer awake during long transfers, where the browser can.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Keeps the screen on until dropped. Browsers take it back when the tab is hidden; ask again when it is shown.
#[derive(Debug)]
pub struct WakeLock {
    sentinel: JsValue,
}

impl WakeLock {
    /// Asks for it; `None` where the browser has none or refuses (low battery, hidden tab).
    pub async fn request() -> Option<Self> {
        // web-sys has it only behind its unstable switch.
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let wake_lock = Reflect::get(&navigator, &"wakeLock".into()).ok()?;
        let asked = call(&wake_lock, "request", &["screen".into()])?;
        Some(WakeLock {
            sentinel: JsFuture::from(asked).await.ok()?,
        })
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        if let Some(released) = call(&self.sentinel, "release", &[]) {
            spawn_local(async move {
                // Already taken back is as good as released.
                let _ = JsFuture::from(released).await;
            });
        }
    }
}

fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<Promise> {
    let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    let arguments = js_sys::Array::from_iter(arguments);
    Reflect::apply(&method, object, &arguments).ok()?.dyn_into().ok()
}
