//! Whether anything answers, and how far.

use std::time::Duration;

use super::abort::{Abort, AbortOnDrop};
use super::clock;
use super::download_body::fetch;
use super::http::{HttpError, race, unreadable};

use web_sys::{RequestCache, RequestCredentials, RequestInit, RequestMode, RequestRedirect, Response, ResponseType};

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
