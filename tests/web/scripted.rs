//! Browser objects that do what a test says.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures::future::{Either, select};
use sealdrop::platform::clock;
use wasm_bindgen::{JsCast, JsValue};

/// Runs JavaScript and gives the value of its last expression.
pub(crate) fn js(source: &str) -> JsValue {
    js_sys::eval(source).expect("the test's script must run")
}

/// The same, for a promise.
pub(crate) async fn js_async(source: &str) -> JsValue {
    let promise: js_sys::Promise = js(source).dyn_into().expect("the test's script must give a promise");
    wasm_bindgen_futures::JsFuture::from(promise)
        .await
        .expect("the test's promise must be kept")
}

/// The page's origin.
pub(crate) fn origin() -> String {
    sealdrop::platform::page::origin()
}

/// Nothing listens there.
pub(crate) const CLOSED: &str = "http://127.0.0.1:9/object?X-Amz-Signature=secret";

/// Fails instead of hanging.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    match select(pin!(work), pin!(clock::sleep(limit))).await {
        Either::Left((outcome, _)) => outcome,
        Either::Right(_) => panic!("did not finish within {limit:?}"),
    }
}

/// Polls once: whether it is still waiting.
pub(crate) async fn is_pending<F: Future>(mut work: std::pin::Pin<&mut F>) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(work.as_mut().poll(context).is_pending())).await
}

/// A global replaced until dropped.
pub(crate) struct Replaced {
    name: &'static str,
    original: JsValue,
}

impl Replaced {
    pub(crate) fn new(name: &'static str, source: &str) -> Self {
        let global = js_sys::global();
        let original = js_sys::Reflect::get(&global, &name.into()).expect("globals can be read");
        js_sys::Reflect::set(&global, &name.into(), &js(&format!("({source})"))).expect("globals can be replaced");
        Replaced { name, original }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        js_sys::Reflect::set(&js_sys::global(), &self.name.into(), &self.original).expect("globals can be replaced");
    }
}

/// Bytes that differ from place to place.
pub(crate) fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|index| (index * 31 + index / 251) as u8).collect()
}
