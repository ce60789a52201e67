use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use sealdrop::platform::abort::Abort;
use sealdrop::platform::http::{HttpError, send};
use sealdrop::platform::probe;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{CLOSED, Replaced, js, origin, within};

const PATIENT: Duration = Duration::from_secs(20);

fn get(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).expect("a request")
}

/// A fetch that never answers, but honours its signal, as browsers do.
const SILENT: &str = "request => new Promise((_, reject) => {
    globalThis.asked = (globalThis.asked ?? 0) + 1;
    request.signal.addEventListener('abort', () => { globalThis.aborted = true; reject(request.signal.reason); });
})";

#[wasm_bindgen_test]
async fn every_status_is_an_answer() {
    let found = send(get(&format!("{}/Cargo.toml", origin())), &Abort::new(), PATIENT)
        .await
        .expect("an answer");
    assert_eq!(found.status(), StatusCode::OK);
    assert!(found.body().starts_with(b"[package]"));
    assert!(found.headers().contains_key("content-length"));
    let missing = send(get(&format!("{}/none", origin())), &Abort::new(), PATIENT)
        .await
        .expect("an answer");
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[wasm_bindgen_test]
async fn errors_hold_no_url() {
    let error = send(get(CLOSED), &Abort::new(), PATIENT)
        .await
        .expect_err("nobody is there");
    assert_eq!(error, HttpError::Network);
    assert!(!format!("{error:?} {error}").contains("secret"));
}

#[wasm_bindgen_test]
async fn nothing_is_added_to_a_request() {
    let _fetch = Replaced::new(
        "fetch",
        "async request => {
        globalThis.seen = [request.method, [...request.headers].join(), request.cache, request.credentials,
            request.mode, request.redirect, (await request.arrayBuffer()).byteLength].join(' ');
        const answer = new Response('ok', {headers: {'x-amz-meta-name': '\\u00e6\\u0097\\u00a5'}});
        return Object.defineProperty(answer, 'url', {value: request.url});
    }",
    );
    for method in [Method::GET, Method::HEAD] {
        let request = Request::builder()
            .method(&method)
            .uri(CLOSED)
            .body(Bytes::new())
            .expect("a request");
        let answer = send(request, &Abort::new(), PATIENT).await.expect("an answer");
        assert_eq!(
            js("seen").as_string().expect("set"),
            format!("{method}  no-store omit cors follow 0")
        );
        assert_eq!(
            answer.headers()["x-amz-meta-name"].as_bytes(),
            "日".as_bytes(),
            "the bytes on the wire"
        );
    }
    let request = Request::put(CLOSED)
        .header("x-amz-acl", "private")
        .body(Bytes::from_static(b"body"));
    send(request.expect("a request"), &Abort::new(), PATIENT)
        .await
        .expect("an answer");
    assert_eq!(
        js("seen").as_string().expect("set"),
        "PUT x-amz-acl,private no-store omit cors follow 4"
    );
}

#[wasm_bindgen_test]
async fn can_be_given_up() {
    let _fetch = Replaced::new("fetch", SILENT);
    js("globalThis.asked = 0");
    let abort = Abort::new();
    abort.abort();
    assert_eq!(send(get(CLOSED), &abort, PATIENT).await.err(), Some(HttpError::Aborted));
    assert_eq!(js("asked").as_f64(), Some(0.0), "an aborted exchange does not start");

    js("globalThis.aborted = false");
    let abort = Abort::new();
    let switch = abort.clone();
    gloo_timers::callback::Timeout::new(20, move || switch.abort()).forget();
    let outcome = within(PATIENT, send(get(CLOSED), &abort, PATIENT)).await;
    assert_eq!(outcome.err(), Some(HttpError::Aborted));
    assert_eq!(js("aborted").as_bool(), Some(true), "the browser was told");

    js("globalThis.aborted = false");
    let outcome = within(PATIENT, send(get(CLOSED), &Abort::new(), Duration::from_millis(20))).await;
    assert_eq!(outcome.err(), Some(HttpError::TimedOut));
    assert_eq!(js("aborted").as_bool(), Some(true), "the browser was told");
}

#[wasm_bindgen_test]
async fn probes_tell_whether_anybody_answers() {
    let abort = Abort::new();
    assert_eq!(probe::no_cors(&origin(), &abort, PATIENT).await, Ok(()));
    assert_eq!(probe::no_cors(CLOSED, &abort, PATIENT).await, Err(HttpError::Network));
    // The test server isolates its page, which forbids answers that cannot be read; so the browser's part is played.
    let _fetch = Replaced::new(
        "fetch",
        "async request => {
            globalThis.seen = [request.method, request.mode, request.cache, request.credentials].join(' ');
            return Object.defineProperties(new Response(), {type: {value: 'opaque'}, status: {value: 0}, url: {value: ''}});
        }",
    );
    assert_eq!(probe::no_cors(CLOSED, &abort, PATIENT).await, Ok(()));
    assert_eq!(js("seen").as_string().expect("set"), "GET no-cors no-store omit");
}
