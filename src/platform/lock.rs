//! Locks over all tabs of this app, by name (Web Locks).

use futures::channel::oneshot;
use futures::future::{self, Either};
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::error::BrowserError;

/// Held until dropped, or until the page is gone.
#[derive(Debug)]
pub struct Lock {
    _release: oneshot::Sender<()>,
}

impl Lock {
    /// Takes the lock if nobody has it; `None` if another tab, or this one, does.
    ///
    /// # Errors
    /// Where the browser has no locks, or refuses them as it refuses to store anything.
    pub async fn try_take(name: &str) -> Result<Option<Self>, BrowserError> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
        // web-sys has it only behind its unstable switch.
        let locks = Reflect::get(&navigator, &"locks".into())?;
        let request: Function = Reflect::get(&locks, &"request".into())
            .ok()
            .and_then(|request| request.dyn_into().ok())
            .ok_or_else(|| BrowserError::missing("locks"))?;
        let options = Object::new();
        Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE)?;
        let (granted, asked) = oneshot::channel();
        // The browser holds the lock until this promise ends, which it does when the sender is dropped.
        let hold = Closure::once_into_js(move |lock: JsValue| -> Promise {
            let (release, released) = oneshot::channel::<()>();
            // Nobody waits any more: the lock is let go at once.
            let _ = granted.send((!lock.is_null()).then_some(release));
            future_to_promise(async move {
                // The sender says nothing; it is only dropped.
                let _ = released.await;
                Ok(JsValue::UNDEFINED)
            })
        });
        let held = Reflect::apply(&request, &locks, &js_sys::Array::of3(&name.into(), &options, &hold))?;
        // A refusal is heard from the promise alone: nothing is called then. Otherwise it ends with the lock.
        let held = JsFuture::from(held.unchecked_into::<Promise>());
        match future::select(asked, held).await {
            Either::Left((granted, _)) => {
                let release = granted.map_err(|_| BrowserError::missing("locks"))?;
                Ok(release.map(|release| Lock { _release: release }))
            }
            Either::Right((ended, asked)) => {
                ended?;
                // What was not to be had ends at once.
                let release = asked.await.map_err(|_| BrowserError::missing("locks"))?;
                Ok(release.map(|release| Lock { _release: release }))
            }
        }
    }
}
