use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use http::{Request, StatusCode};
use sealdrop::platform::abort::Abort;
use sealdrop::platform::buffer::Buffer;
use sealdrop::platform::files::FileHandle;
use sealdrop::platform::http::HttpError;
use sealdrop::platform::upload_body::{send_blob, send_buffer};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{CLOSED, Replaced, js, origin, pattern, within};

const PATIENT: Duration = Duration::from_secs(30);

pub(crate) fn put(url: &str) -> Request<()> {
    Request::put(url)
        .header("x-amz-acl", "private")
        .header("host", "ignored")
        .body(())
        .expect("a request")
}

/// Remembers what was sent, then sends it. The transport itself stays the browser's.
const WATCHED: &str = "class extends XMLHttpRequest {
    setRequestHeader(name, value) { (this.names ??= []).push(name); super.setRequestHeader(name, value); }
    send(body) {
        globalThis.sent = {names: this.names, body, type: body.type, credentials: this.withCredentials};
        super.send(body);
    }
}";

#[wasm_bindgen_test]
async fn sends_a_part_of_a_buffer() {
    let _xhr = Replaced::new("XMLHttpRequest", WATCHED);
    let abort = Abort::new();
    let bytes = pattern(3_000_000);
    let buffer = Buffer::new(3_000_010);
    buffer.copy_from(5, &bytes);
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = Rc::clone(&heard);
    let progress = move |count| hearing.borrow_mut().push(count);
    let answer = send_buffer(
        put(&format!("{}/none", origin())),
        &buffer,
        5..3_000_005,
        Some(progress),
        &abort,
        PATIENT,
    );
    let answer = within(PATIENT, answer).await.expect("an answer");
    // The test server knows no uploads; that it says so is the answer.
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(answer.headers().contains_key("content-length"));
    assert_eq!(heard.borrow().last(), Some(&3_000_000));
    assert!(heard.borrow().is_sorted());
    assert_eq!(
        js("sent.names.join()").as_string().as_deref(),
        Some("x-amz-acl"),
        "only what can be set is set"
    );
    assert_eq!(js("sent.credentials").as_bool(), Some(false));
    // Whatever the browser was given, array or blob.
    let body = js("new Response(sent.body).arrayBuffer()").unchecked_into::<js_sys::Promise>();
    let sent = wasm_bindgen_futures::JsFuture::from(body).await.expect("a body");
    assert_eq!(js_sys::Uint8Array::new(&sent).to_vec(), bytes);
    assert_eq!(buffer.len(), 3_000_010, "the buffer stays");
}

#[wasm_bindgen_test]
async fn sends_a_file_without_its_media_type() {
    let _xhr = Replaced::new("XMLHttpRequest", WATCHED);
    let file = FileHandle::from_js(js("new File(['0123456789'], 'a.txt', {type: 'text/plain'})")).expect("a file");
    let url = format!("{}/none", origin());
    send_blob(put(&url), &file, |_| (), &Abort::new(), PATIENT)
        .await
        .expect("an answer");
    assert_eq!(js("sent.type").as_string().as_deref(), Some(""));
    assert_eq!(js("sent.body.size").as_f64(), Some(10.0));
    send_blob(put(&url), &file.slice(2, 5), |_| (), &Abort::new(), PATIENT)
        .await
        .expect("an answer");
    assert_eq!(js("sent.body.size").as_f64(), Some(3.0));
}

#[wasm_bindgen_test]
async fn reads_answers_as_bytes() {
    let request = Request::get(format!("{}/Cargo.toml", origin()))
        .body(())
        .expect("a request");
    let answer = send_buffer(request, &Buffer::new(1), 0..0, None::<fn(u64)>, &Abort::new(), PATIENT)
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.body().starts_with(b"[package]"));
}

#[wasm_bindgen_test]
async fn nobody_there_is_a_network_error_without_url() {
    let error = send_buffer(
        put(CLOSED),
        &Buffer::new(9),
        0..9,
        None::<fn(u64)>,
        &Abort::new(),
        PATIENT,
    )
    .await;
    let error = error.expect_err("nobody is there");
    assert_eq!(error, HttpError::Network);
    assert!(!format!("{error:?} {error}").contains("secret"));
}

fn large_file() -> FileHandle {
    FileHandle::from_js(js("new Blob(Array(64).fill(new Uint8Array(1 << 20)))")).expect("a blob")
}

#[wasm_bindgen_test]
async fn can_be_aborted_midway() {
    let abort = Abort::new();
    let switch = abort.clone();
    let heard = Rc::new(Cell::new(0));
    let hearing = Rc::clone(&heard);
    let progress = move |count| {
        hearing.set(count);
        switch.abort();
    };
    let url = format!("{}/none", origin());
    let outcome = within(PATIENT, send_blob(put(&url), &large_file(), progress, &abort, PATIENT)).await;
    assert_eq!(outcome.err(), Some(HttpError::Aborted));
    assert!(heard.get() < 64 << 20, "it was not all sent");
    let outcome = within(PATIENT, send_blob(put(&url), &large_file(), |_| (), &abort, PATIENT)).await;
    assert_eq!(outcome.err(), Some(HttpError::Aborted), "nor started again");
}

#[wasm_bindgen_test]
async fn a_silent_server_times_out() {
    // Sends nothing and says nothing, as a connection that hangs.
    let silent = "class extends XMLHttpRequest { send() {} abort() { globalThis.gaveUp = true; super.abort(); } }";
    let _xhr = Replaced::new("XMLHttpRequest", silent);
    let (buffer, abort, stall) = (Buffer::new(9), Abort::new(), Duration::from_millis(50));
    let outcome = within(
        PATIENT,
        send_buffer(put(&origin()), &buffer, 0..9, Some(|_| ()), &abort, stall),
    )
    .await;
    assert_eq!(outcome.err(), Some(HttpError::TimedOut));
    assert_eq!(js("gaveUp").as_bool(), Some(true));
}
