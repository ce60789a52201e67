//! Large answers, read straight into a buffer.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestCache, RequestCredentials, RequestInit, Response};

use super::abort::{Abort, AbortOnDrop};
use super::buffer::Buffer;
use super::byte_stream::{ByteStream, Fill};
use super::http::{HttpError, race, unreadable};
use super::http_headers;
use super::watchdog::Watchdog;

#[wasm_bindgen]
extern "C" {
    // The page and workers both have it; web-sys knows it only as a method of one or the other.
    #[wasm_bindgen(js_name = fetch)]
    fn global_fetch(request: &web_sys::Request) -> js_sys::Promise;
}

/// Error answers are read up to here; S3's are a few hundred bytes.
const ERROR_BODY_LIMIT: usize = 64 * 1024;

/// An answer whose body lies in a buffer.
#[derive(Debug)]
pub struct Received {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers that CORS lets the page see, as the bytes on the wire.
    pub headers: HeaderMap,
    /// The buffer that was given, or the same memory in a new object.
    pub buffer: Buffer,
    /// Bytes of the body, at the buffer's start. 0 unless the status is 2xx.
    pub len: usize,
    /// Whether the body went on beyond the given maximum (a server that ignores Range); the rest was not read.
    pub truncated: bool,
    /// The body of an answer that is not 2xx, its first 64 KiB.
    pub error_body: Bytes,
}

/// Sends `request` and reads at most `max` bytes of the body into `buffer`, in place where the browser can.
///
/// `progress` hears the bytes received so far. An exchange in which nothing arrives for `stall` ends with
/// [`HttpError::TimedOut`]. Cache, cookies, headers and redirects are as in [`super::http::send`]. Dropping the future
/// aborts the exchange.
///
/// # Errors
/// The buffer comes along unless it was on loan to the browser when the exchange ended: then it is lost.
///
/// # Panics
/// If `max` is larger than the buffer.
pub async fn get_into(
    request: http::Request<()>,
    buffer: Buffer,
    max: usize,
    progress: impl Fn(u64),
    abort: &Abort,
    stall: Duration,
) -> Result<Received, (HttpError, Option<Buffer>)> {
    assert!(max <= buffer.len(), "the body must fit into the buffer");
    let watchdog = Watchdog::new(stall);
    let mut slot = Some(buffer);
    let work = exchange(request, &mut slot, max, &watchdog, progress);
    match race(work, abort, watchdog.expired()).await {
        Ok(head) => match slot {
            Some(buffer) => Ok(Received {
                status: head.status,
                headers: head.headers,
                buffer,
                len: head.len,
                truncated: head.truncated,
                error_body: head.error_body,
            }),
            None => Err((HttpError::Network, None)),
        },
        Err(error) => Err((error, slot)),
    }
}

struct Head {
    status: StatusCode,
    headers: HeaderMap,
    len: usize,
    truncated: bool,
    error_body: Bytes,
}

async fn exchange(
    request: http::Request<()>,
    slot: &mut Option<Buffer>,
    max: usize,
    watchdog: &Watchdog,
    progress: impl Fn(u64),
) -> Result<Head, HttpError> {
    let guard = AbortOnDrop(Abort::new());
    let response = fetch(&to_fetch_request(&request, &guard.0)?).await?;
    watchdog.touch();
    let status = StatusCode::from_u16(response.status()).map_err(unreadable)?;
    let headers = read_headers(&response)?;
    let mut head = Head {
        status,
        headers,
        len: 0,
        truncated: false,
        error_body: Bytes::new(),
    };
    let Some(body) = response.body() else {
        return Ok(head);
    };
    let mut stream = ByteStream::open(&body).map_err(unreadable)?;
    if !status.is_success() {
        head.error_body = read_small(&mut stream, ERROR_BODY_LIMIT, watchdog).await?;
        return Ok(head);
    }
    while head.len < max {
        let count = stream
            .read(slot, head.len, max - head.len, Fill::Some)
            .await
            .map_err(unreadable)?;
        if count == 0 {
            return Ok(head);
        }
        watchdog.touch();
        head.len += count;
        progress(head.len as u64);
    }
    // The end must be seen: a body that goes on is not what was asked for, and one that breaks off here is an error.
    head.truncated = !read_small(&mut stream, 1, watchdog).await?.is_empty();
    Ok(head)
}

/// Reads up to `limit` bytes into wasm memory.
async fn read_small(stream: &mut ByteStream, limit: usize, watchdog: &Watchdog) -> Result<Bytes, HttpError> {
    let mut bytes = BytesMut::new();
    let mut slot = Some(Buffer::new(limit));
    while bytes.len() < limit {
        let count = stream
            .read(&mut slot, 0, limit - bytes.len(), Fill::Some)
            .await
            .map_err(unreadable)?;
        let (Some(buffer), 1..) = (&slot, count) else {
            break;
        };
        watchdog.touch();
        let start = bytes.len();
        bytes.resize(start + count, 0);
        buffer.copy_to(0, &mut bytes[start..]);
    }
    Ok(bytes.freeze())
}

fn to_fetch_request(request: &http::Request<()>, abort: &Abort) -> Result<web_sys::Request, HttpError> {
    let headers = Headers::new().map_err(unreadable)?;
    for (name, value) in request.headers() {
        headers
            .append(name.as_str(), &http_headers::to_isomorphic(value))
            .map_err(unreadable)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method().as_str());
    init.set_headers_headers(&headers);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_signal(Some(&abort.signal()));
    web_sys::Request::new_with_str_and_init(&request.uri().to_string(), &init).map_err(unreadable)
}

pub(super) async fn fetch(request: &web_sys::Request) -> Result<Response, HttpError> {
    JsFuture::from(global_fetch(request))
        .await
        .map_err(unreadable)?
        .dyn_into()
        .map_err(unreadable)
}

fn read_headers(response: &Response) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    for entry in response.headers().entries() {
        let entry = js_sys::Array::from(&entry.map_err(unreadable)?);
        if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) {
            http_headers::append(&mut headers, &name, &value);
        }
    }
    Ok(headers)
}
