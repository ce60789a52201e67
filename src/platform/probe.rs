//! Whether anything answers, and how far.

use std::time::Duration;

use super::abort::{Abort, AbortOnDrop};
use super::clock;
use super::download_body::fetch;
use super::http::{HttpError, race, unreadable};
use super::listener::Listener;
use super::upload_body::Guarded;

use futures::StreamExt;
use futures::channel::mpsc;
use wasm_bindgen::JsCast;
use web_sys::{
    ProgressEvent, RequestCache, RequestCredentials, RequestInit, RequestMode, RequestRedirect, Response, ResponseType,
    XmlHttpRequest,
};

/// Asks `url` in a way that needs no CORS. The answer cannot be read, but that there was one tells a missing CORS rule
/// from an unreachable endpoint. Use a URL without a signature.
///
/// # Errors
/// [`HttpError::Network`] if nothing answers.
pub async fn no_cors(url: &str, abort: &Abort, timeout: Duration) -> Result<(), HttpError> {
    ask(url, RequestMode::NoCors, RequestRedirect::Follow, abort, timeout)
        .await
        .map(drop)
}

/// Whether `url` sends the browser elsewhere. Where to, no page is told. Use a URL without a signature.
///
/// # Errors
/// [`HttpError::Network`] if the answer may not be read, redirect or not.
pub async fn is_redirected(url: &str, abort: &Abort, timeout: Duration) -> Result<bool, HttpError> {
    let answer = ask(url, RequestMode::Cors, RequestRedirect::Manual, abort, timeout).await?;
    Ok(answer.type_() == ResponseType::Opaqueredirect)
}

/// Whether `url` itself, and nothing it sends the browser to, gives a good answer that this page may read. Its body is not
/// read. The URL may be signed: it goes nowhere else.
pub async fn is_good(url: &str, abort: &Abort, timeout: Duration) -> bool {
    let answer = ask(url, RequestMode::Cors, RequestRedirect::Error, abort, timeout).await;
    answer.is_ok_and(|answer| answer.ok())
}

/// Whether the answer of `url`, known to be a good one, is packed on its way (Content-Encoding): `None` where it cannot be
/// told. CORS hides that header unless the bucket's rule names it, but of a packed body Chromium and Safari do not know how
/// long it will be, though Content-Length, which CORS never hides, is there. Firefox takes that for the length of what it
/// unpacks, and says `false`. Little of the body is read.
pub async fn is_packed(url: &str, abort: &Abort, timeout: Duration) -> Option<bool> {
    let work = async {
        let xhr = Guarded(XmlHttpRequest::new().map_err(unreadable)?);
        xhr.0.open_with_async("GET", url, true).map_err(unreadable)?;
        let (begun, mut heard) = mpsc::unbounded();
        let ended = begun.clone();
        // Nobody listens any more when the first of them was heard.
        let _begin = Listener::new(&xhr.0, "progress", move |event| {
            let length_known = event.dyn_ref().map(ProgressEvent::length_computable);
            let _ = begun.unbounded_send(length_known);
        });
        let _end = Listener::new(&xhr.0, "loadend", move |_| {
            let _ = ended.unbounded_send(None);
        });
        xhr.0.send().map_err(unreadable)?;
        let length_known = heard.next().await.flatten();
        let length = xhr.0.get_response_header("content-length").map_err(unreadable)?;
        Ok(length.and(length_known).map(|known| !known))
    };
    race(work, abort, clock::sleep(timeout)).await.ok().flatten()
}

async fn ask(
    url: &str,
    mode: RequestMode,
    redirect: RequestRedirect,
    abort: &Abort,
    timeout: Duration,
) -> Result<Response, HttpError> {
    let work = async {
        let guard = AbortOnDrop(Abort::new());
        let init = RequestInit::new();
        init.set_mode(mode);
        init.set_redirect(redirect);
        init.set_cache(RequestCache::NoStore);
        init.set_credentials(RequestCredentials::Omit);
        init.set_signal(Some(&guard.0.signal()));
        let request = web_sys::Request::new_with_str_and_init(url, &init).map_err(unreadable)?;
        // reqwest cannot do this one: it parses the URL of the answer, and an opaque answer has none.
        fetch(&request).await
    };
    race(work, abort, clock::sleep(timeout)).await
}
