use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use sealdrop::platform::abort::Abort;
use sealdrop::platform::buffer::Buffer;
use sealdrop::platform::download_body::{Received, get_into};
use sealdrop::platform::http::{HttpError, send};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{CLOSED, Replaced, js, origin, pattern, within};

const PATIENT: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_millis(50);

fn get(url: &str) -> Request<()> {
    Request::get(url).body(()).expect("a request")
}

fn bytes(received: &Received) -> Vec<u8> {
    let mut bytes = vec![0; received.len];
    received.buffer.copy_to(0, &mut bytes);
    bytes
}

async fn download(url: &str, size: usize, max: usize) -> Result<Received, (HttpError, Option<Buffer>)> {
    within(
        PATIENT,
        get_into(get(url), Buffer::new(size), max, |_| (), &Abort::new(), PATIENT),
    )
    .await
}

/// The page's own wasm: megabytes over a real connection.
fn large_url() -> String {
    format!("{}/wasm-bindgen-test_bg.wasm", origin())
}

#[wasm_bindgen_test]
async fn reads_a_large_body_in_place() {
    let abort = Abort::new();
    let url = large_url();
    let whole = send(
        Request::get(&url).body(Bytes::new()).expect("a request"),
        &abort,
        PATIENT,
    );
    let whole = whole.await.expect("an answer").into_body();
    assert!(whole.len() > 1_000_000);
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hearing = Rc::clone(&heard);
    let progress = move |count| hearing.borrow_mut().push(count);
    let received = get_into(
        get(&url),
        Buffer::new(whole.len() + 9),
        whole.len(),
        progress,
        &abort,
        PATIENT,
    );
    let received = received.await.expect("an answer");
    assert_eq!(received.status, StatusCode::OK);
    assert!(!received.truncated);
    assert_eq!(bytes(&received), whole);
    assert_eq!(received.buffer.len(), whole.len() + 9);
    assert_eq!(heard.borrow().last(), Some(&(whole.len() as u64)));
    assert!(heard.borrow().is_sorted());
}

#[wasm_bindgen_test]
async fn a_body_that_goes_on_is_cut_and_cancelled() {
    for _ in 0..10 {
        let received = download(&large_url(), 1000, 900).await.expect("an answer");
        assert!(received.truncated);
        assert_eq!((received.len, received.buffer.len()), (900, 1000));
    }
}

#[wasm_bindgen_test]
async fn a_refusal_is_read_apart() {
    let _fetch = Replaced::new(
        "fetch",
        "async () => new Response('<Error/>' + 'x'.repeat(100000), {status: 403})",
    );
    let received = download(CLOSED, 10, 10).await.expect("an answer");
    assert_eq!(
        (received.status, received.len, received.truncated),
        (StatusCode::FORBIDDEN, 0, false)
    );
    assert!(received.error_body.starts_with(b"<Error/>x"));
    assert_eq!(received.error_body.len(), 64 * 1024);
    assert_eq!(received.buffer.len(), 10);
}

#[wasm_bindgen_test]
async fn nobody_there_gives_the_buffer_back() {
    let (error, buffer) = download(CLOSED, 10, 10).await.expect_err("nobody is there");
    assert_eq!(error, HttpError::Network);
    assert_eq!(buffer.map(|buffer| buffer.len()), Some(10));
    assert!(!format!("{error:?} {error}").contains("secret"));
}

/// Streams of 5 × 10,000 bytes, and what kind they are.
const STREAMS: [(&str, &str); 2] = [("bytes", "type: 'bytes',"), ("chunks", "")];

fn streaming(kind: &str, then: &str) -> Replaced {
    Replaced::new(
        "fetch",
        &format!(
            "async request => {{
            let sent = 0;
            globalThis.cancelled = false;
            globalThis.signalled = false;
            request.signal.addEventListener('abort', () => globalThis.signalled = true);
            return new Response(new ReadableStream({{
                {kind}
                async pull(controller) {{
                    await new Promise(next => setTimeout(next, 1));
                    if (sent < 50000) {{
                        const chunk = new Uint8Array(10000).map((_, index) => {{
                            const at = sent + index;
                            return at * 31 + Math.floor(at / 251);
                        }});
                        sent += 10000;
                        controller.enqueue(chunk);
                    }} else {{ {then} }}
                }},
                cancel() {{ globalThis.cancelled = true; return new Promise(() => {{}}); }},
            }}));
        }}"
        ),
    )
}

#[wasm_bindgen_test]
async fn reads_streams_of_either_kind() {
    for (name, kind) in STREAMS {
        let _fetch = streaming(kind, "controller.close(); controller.byobRequest?.respond(0);");
        for (size, max) in [(50_000, 50_000), (60_000, 60_000), (60_000, 50_001)] {
            let received = download(CLOSED, size, max).await.expect("an answer");
            assert_eq!((received.len, received.truncated), (50_000, false), "{name}");
            assert_eq!(bytes(&received), pattern(50_000), "{name}");
            assert_eq!(received.buffer.len(), size);
        }
        let received = download(CLOSED, 60_000, 12_345).await.expect("an answer");
        assert_eq!((received.len, received.truncated), (12_345, true), "{name}");
        assert_eq!(bytes(&received), pattern(12_345), "{name}");
    }
}

#[wasm_bindgen_test]
async fn a_body_that_breaks_off_is_an_error() {
    for (name, kind) in STREAMS {
        let _fetch = streaming(kind, "controller.error(new TypeError('network error'));");
        for max in [50_000, 60_000] {
            let (error, _) = download(CLOSED, 60_000, max).await.expect_err(name);
            assert_eq!(error, HttpError::Network, "{name}");
        }
    }
}

#[wasm_bindgen_test]
async fn a_body_that_stalls_times_out() {
    let abort = Abort::new();
    for (name, kind) in STREAMS {
        let _fetch = streaming(kind, "await new Promise(() => {});");
        let work = get_into(get(CLOSED), Buffer::new(60_000), 60_000, |_| (), &abort, SOON);
        let (error, _) = within(PATIENT, work).await.expect_err(name);
        assert_eq!(error, HttpError::TimedOut, "{name}");
        assert_eq!(js("signalled").as_bool(), Some(true), "{name}: the browser was told");
    }
}

#[wasm_bindgen_test]
async fn aborting_midway_never_hangs() {
    for (name, kind) in STREAMS {
        let _fetch = streaming(kind, "await new Promise(() => {});");
        let abort = Abort::new();
        let switch = abort.clone();
        let progress = move |count| {
            if count >= 50_000 {
                let switch = switch.clone();
                gloo_timers::callback::Timeout::new(5, move || switch.abort()).forget();
            }
        };
        let work = get_into(get(CLOSED), Buffer::new(60_000), 60_000, progress, &abort, PATIENT);
        let (error, buffer) = within(PATIENT, work).await.expect_err(name);
        assert_eq!(error, HttpError::Aborted, "{name}");
        assert_eq!(js("signalled").as_bool(), Some(true), "{name}: the browser was told");
        // A byte stream has the buffer while it reads; a stream of chunks never gets it.
        assert_eq!(buffer.map(|buffer| buffer.len()), (name == "chunks").then_some(60_000));
    }
}

#[wasm_bindgen_test]
async fn aborting_a_real_connection_midway_never_hangs() {
    for _ in 0..10 {
        let abort = Abort::new();
        let switch = abort.clone();
        let work = get_into(
            get(&large_url()),
            Buffer::new(64 << 20),
            64 << 20,
            move |_| switch.abort(),
            &abort,
            PATIENT,
        );
        let (error, _) = within(PATIENT, work).await.expect_err("aborted");
        assert_eq!(error, HttpError::Aborted);
    }
}
