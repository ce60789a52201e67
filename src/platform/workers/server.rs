//! The worker's own side.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::Future;
use std::rc::Rc;

use js_sys::{Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, PromiseRejectionEvent};

use super::super::abort::Abort;
use super::super::error::BrowserError;
use super::super::listener::Listener;

/// Who waits for the answer to a call.
#[derive(Clone, Debug)]
pub struct Caller {
    scope: DedicatedWorkerGlobalScope,
    id: JsValue,
    given_up: Abort,
}

impl Caller {
    /// Tells how far the work is; heard only by a page that listens.
    pub fn note(&self, number: f64) {
        post(&self.scope, &Array::of2(&self.id, &number.into()));
    }

    /// Aborted when the page does not wait any more.
    pub fn given_up(&self) -> &Abort {
        &self.given_up
    }
}

/// Answers the page's messages with `handler` until the page ends the worker. The handler's reply is posted with the
/// objects of the array transferred; its error text reaches the caller as [`super::WorkerError::Job`]. Calls may
/// overlap where the handler awaits.
///
/// # Panics
/// If this is not a dedicated worker.
pub fn serve<F, Answer>(handler: F)
where
    F: Fn(JsValue, Caller) -> Answer + 'static,
    Answer: Future<Output = Result<(JsValue, Array), String>> + 'static,
{
    let scope: DedicatedWorkerGlobalScope = js_sys::global()
        .dyn_into()
        .expect("the entry calls this in a dedicated worker only");
    report_crashes(&scope);
    let handler = Rc::new(handler);
    let answering = scope.clone();
    let under_way: Rc<RefCell<HashMap<u64, Abort>>> = Rc::default();
    let listener = Listener::new(&scope, "message", move |event| {
        let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
        let Some(data) = data.and_then(|data| data.dyn_into::<Array>().ok()) else {
            return;
        };
        let id = data.get(0);
        let number = id.as_f64().unwrap_or_default() as u64;
        if data.length() < 2 {
            if let Some(given_up) = under_way.borrow_mut().remove(&number) {
                given_up.abort();
            }
            return;
        }
        let caller = Caller {
            scope: answering.clone(),
            id: id.clone(),
            given_up: Abort::new(),
        };
        under_way.borrow_mut().insert(number, caller.given_up.clone());
        let answering = answering.clone();
        let handler = Rc::clone(&handler);
        let under_way = Rc::clone(&under_way);
        spawn_local(async move {
            let answer = handler(data.get(1), caller).await;
            under_way.borrow_mut().remove(&number);
            let refused = match answer {
                Ok((reply, transfer)) => {
                    let answer = Array::of3(&id, &true.into(), &reply);
                    match answering.post_message_with_transfer(&answer, &transfer) {
                        Ok(()) => return,
                        Err(thrown) => BrowserError::from(thrown).to_string(),
                    }
                }
                Err(text) => text,
            };
            post(&answering, &Array::of3(&id, &false.into(), &refused.into()));
        });
    });
    // It serves as long as the worker lives, and ends with it.
    std::mem::forget(listener);
    post(&scope, &"ready".into());
}

/// Plain values can always be posted.
fn post(scope: &DedicatedWorkerGlobalScope, message: &JsValue) {
    let _ = scope.post_message(message);
}

/// A trap inside a future is only a rejected promise to the browser: without this the page would wait for ever.
fn report_crashes(scope: &DedicatedWorkerGlobalScope) {
    let panicked = scope.clone();
    std::panic::set_hook(Box::new(move |info| {
        // The place only: the message may quote data.
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        post(&panicked, &Array::of2(&"crashed".into(), &place.into()));
    }));
    let trapped = scope.clone();
    let listener = Listener::new(scope, "unhandledrejection", move |event| {
        let reason = event
            .dyn_ref::<PromiseRejectionEvent>()
            .map(PromiseRejectionEvent::reason);
        if reason.is_some_and(|reason| reason.is_instance_of::<WebAssembly::RuntimeError>()) {
            post(&trapped, &Array::of2(&"crashed".into(), &"trap".into()));
        }
    });
    std::mem::forget(listener);
}
