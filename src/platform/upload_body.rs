//! Large request bodies, with upload progress.
//!
//! `XMLHttpRequest`, because fetch tells nothing about what has been sent, and costs the page twice as much (measured in
//! Chromium: 3 ms for a small PUT and its answer). Listening for upload progress makes every
//! cross-origin request need a CORS preflight, which a signed PUT needs anyway.

use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use futures::channel::oneshot;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, HOST};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

use super::abort::Abort;
use super::buffer::Buffer;
use super::files::FileHandle;
use super::http::{HttpError, race, unreadable};
use super::http_headers;
use super::listener::Listener;
use super::memory_pressure;
use super::watchdog::Watchdog;

/// Sends `body[range]`, without copying it through wasm memory, and reads the answer whole. Where it is large, to be called
/// in a worker: the browser copies it, more than once, and who sends it is deaf meanwhile.
///
/// `progress`, if there is one, hears the bytes sent so far; telling it costs the browser something. [`HttpError::TimedOut`] if
/// for `stall` nothing was heard of being sent and no answer came. No cookies go along; redirects are followed. Dropping the future aborts the exchange.
///
/// # Errors
/// See [`HttpError`].
///
/// # Panics
/// If the range is not inside the buffer.
pub async fn send_buffer(
    request: http::Request<()>,
    body: &Buffer,
    range: Range<usize>,
    progress: Option<impl Fn(u64) + 'static>,
    abort: &Abort,
    stall: Duration,
) -> Result<http::Response<Bytes>, HttpError> {
    let bytes = range.len() as u64;
    let body = body.view(range);
    let send = |xhr: &XmlHttpRequest| xhr.send_with_opt_js_u8_array(Some(&body));
    let answer = transmit(request, send, progress, abort, stall).await;
    memory_pressure::sent(bytes);
    answer
}

/// Sends a file or a slice of one; the browser reads it. The file's media type is not sent: say `Content-Type` in the
/// request. A file that cannot be read any more looks like [`HttpError::Network`].
///
/// # Errors
/// As [`send_buffer`].
pub async fn send_blob(
    request: http::Request<()>,
    body: &FileHandle,
    progress: impl Fn(u64) + 'static,
    abort: &Abort,
    stall: Duration,
) -> Result<http::Response<Bytes>, HttpError> {
    // A slice has no media type, which the browser would otherwise add as a header that was never signed.
    let body = body.slice(0, body.size());
    transmit(
        request,
        |xhr| xhr.send_with_opt_blob(Some(body.as_blob())),
        Some(progress),
        abort,
        stall,
    )
    .await
}

async fn transmit(
    request: http::Request<()>,
    start: impl FnOnce(&XmlHttpRequest) -> Result<(), JsValue>,
    progress: Option<impl Fn(u64) + 'static>,
    abort: &Abort,
    stall: Duration,
) -> Result<http::Response<Bytes>, HttpError> {
    let watchdog = Watchdog::new(stall);
    let touched = watchdog.clone();
    let work = async move {
        let xhr = Guarded(open(&request)?);
        let upload = xhr.0.upload().map_err(unreadable)?;
        let moved = touched.clone();
        let _progress = progress.map(|progress| {
            Listener::new(&upload, "progress", move |event| {
                moved.touch();
                if let Some(event) = event.dyn_ref::<ProgressEvent>() {
                    progress(event.loaded() as u64);
                }
            })
        });
        let _answering = Listener::new(&xhr.0, "readystatechange", move |_| touched.touch());
        let (sender, ended) = oneshot::channel();
        let mut sender = Some(sender);
        let _end = Listener::new(&xhr.0, "loadend", move |_| {
            if let Some(sender) = sender.take() {
                // Nobody waits any more: nothing to tell.
                let _ = sender.send(());
            }
        });
        start(&xhr.0).map_err(unreadable)?;
        ended.await.map_err(unreadable)?;
        read_answer(&xhr.0)
    };
    race(work, abort, watchdog.expired()).await
}

/// Aborts on drop, unless it has come to its end.
pub(super) struct Guarded(pub(super) XmlHttpRequest);

impl Drop for Guarded {
    fn drop(&mut self) {
        if self.0.ready_state() != XmlHttpRequest::DONE {
            // Aborting never fails in a way that leaves anything to do.
            let _ = self.0.abort();
        }
    }
}

fn open(request: &http::Request<()>) -> Result<XmlHttpRequest, HttpError> {
    let xhr = XmlHttpRequest::new().map_err(unreadable)?;
    xhr.open_with_async(request.method().as_str(), &request.uri().to_string(), true)
        .map_err(unreadable)?;
    xhr.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
    for (name, value) in request.headers() {
        // The browser sets these itself, to the same values, and complains on the console when asked to.
        if name == HOST || name == CONTENT_LENGTH {
            continue;
        }
        xhr.set_request_header(name.as_str(), &http_headers::to_isomorphic(value))
            .map_err(unreadable)?;
    }
    Ok(xhr)
}

fn read_answer(xhr: &XmlHttpRequest) -> Result<http::Response<Bytes>, HttpError> {
    // 0, which is no status, when there was no answer.
    let status = StatusCode::from_u16(xhr.status().map_err(unreadable)?).map_err(unreadable)?;
    let body = xhr.response().map_err(unreadable)?;
    // An answer that broke off has a status but no body object.
    if body.is_null() {
        return Err(HttpError::Network);
    }
    let mut response = http::Response::new(Bytes::from(Uint8Array::new(&body).to_vec()));
    *response.status_mut() = status;
    *response.headers_mut() = http_headers::parse_lines(&xhr.get_all_response_headers().map_err(unreadable)?);
    Ok(response)
}
