//! Bodies that a worker sends.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::future::join;
use http::StatusCode;
use js_sys::Uint8Array;
use sealdrop::platform::abort::Abort;
use sealdrop::platform::buffer::Buffer;
use sealdrop::platform::clock;
use sealdrop::platform::http::HttpError;
use sealdrop::platform::workers::WorkerPool;
use sealdrop::worker::call::send;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::content::ENTRY;
use crate::scripted::{CLOSED, js, js_async, origin, pattern, within};
use crate::uploads::put;
use crate::workers::Named;

const PATIENT: Duration = Duration::from_secs(30);

/// Tells the page what is sent and what is given up; the transport itself stays the browser's, unless it is to be silent.
const WATCHED: &str = "const told = new BroadcastChannel('told');
self.XMLHttpRequest = class extends XMLHttpRequest {
    setRequestHeader(name, value) { (this.names ??= []).push(name); super.setRequestHeader(name, value); }
    send(body) { told.postMessage({names: this.names, body: body.slice()}); if (!self.silent) super.send(body); }
    abort() { told.postMessage('gave up'); super.abort(); }
};";

/// From now on the page keeps what the worker tells.
fn listen() {
    js(
        "globalThis.heard = []; (globalThis.told = new BroadcastChannel('told')).onmessage = ({data}) => heard.push(data)",
    );
}

/// Waits until the worker has told so much.
async fn heard(count: usize) {
    let waiting = format!(
        "(async () => {{ while (heard.length < {count}) await new Promise((turn) => setTimeout(turn, 10)); }})()"
    );
    within(PATIENT, js_async(&waiting)).await;
}

#[wasm_bindgen_test]
async fn a_worker_sends_a_body_and_gives_it_back() {
    listen();
    let _named = Named::entry(&[WATCHED, ENTRY].concat());
    let pool = WorkerPool::new(1, PATIENT);
    let bytes = pattern(3_000_000);
    let buffer = Buffer::new(3_000_010);
    buffer.copy_from(0, &bytes);
    let progress = Rc::new(RefCell::new(Vec::new()));
    let hearing = progress.clone();
    let request = put(&format!("{}/none", origin()));
    let abort = Abort::new();
    let sending = send(
        &pool,
        &request,
        buffer,
        3_000_000,
        move |sent| hearing.borrow_mut().push(sent),
        &abort,
        PATIENT,
    );
    let (answer, buffer) = within(PATIENT, sending).await.expect("the worker sends");
    let answer = answer.expect("an answer");
    // The test server knows no uploads; that it says so is the answer.
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(answer.headers().contains_key("content-length"));
    assert!(progress.borrow().is_sorted() && progress.borrow().iter().all(|sent| *sent <= 3_000_000));
    assert!(!progress.borrow().is_empty());
    heard(1).await;
    assert_eq!(js("heard[0].names.join()").as_string().as_deref(), Some("x-amz-acl"));
    assert!(Uint8Array::from(js("heard[0].body")).to_vec() == bytes);
    assert_eq!(buffer.len(), 3_000_010, "the buffer comes back");
    assert!(buffer.view(0..3_000_000).to_vec() == bytes, "as it was");
}

#[wasm_bindgen_test]
async fn a_body_that_did_not_arrive_can_be_sent_again() {
    let _named = Named::entry(ENTRY);
    let pool = WorkerPool::new(1, PATIENT);
    let buffer = Buffer::new(9);
    buffer.copy_from(0, b"the body.");
    let (answer, buffer) = within(
        PATIENT,
        send(&pool, &put(CLOSED), buffer, 9, |_| (), &Abort::new(), PATIENT),
    )
    .await
    .expect("the worker tries");
    assert_eq!(answer.expect_err("nobody is there"), HttpError::Network);
    assert_eq!(buffer.view(0..9).to_vec(), b"the body.");
}

#[wasm_bindgen_test]
async fn what_is_given_up_is_not_sent_on() {
    listen();
    let _named = Named::entry(&["self.silent = true;", WATCHED, ENTRY].concat());
    let pool = WorkerPool::new(1, PATIENT);
    let (request, abort) = (put(&origin()), Abort::new());
    let sending = send(&pool, &request, Buffer::new(9), 9, |_| (), &abort, PATIENT);
    let giving_up = async {
        heard(1).await;
        abort.abort();
    };
    let (sent, ()) = within(PATIENT, join(sending, giving_up)).await;
    let (answer, buffer) = sent.expect("the worker says so");
    assert_eq!(answer.expect_err("given up"), HttpError::Aborted);
    assert_eq!(buffer.len(), 9);
    heard(2).await;
    assert_eq!(js("heard[1]").as_string().as_deref(), Some("gave up"));
}

#[wasm_bindgen_test]
async fn a_silent_server_times_out_in_the_worker_too() {
    let _named = Named::entry(&["self.silent = true;", WATCHED, ENTRY].concat());
    let pool = WorkerPool::new(1, PATIENT);
    let started = clock::monotonic_ms();
    let stall = Duration::from_secs(1);
    let (answer, _) = within(
        PATIENT,
        send(&pool, &put(&origin()), Buffer::new(9), 9, |_| (), &Abort::new(), stall),
    )
    .await
    .expect("the worker tries");
    assert_eq!(answer.expect_err("nothing answers"), HttpError::TimedOut);
    assert!(clock::monotonic_ms() - started >= 900.0);
}
