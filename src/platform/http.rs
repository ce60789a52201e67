//! Small HTTP exchanges: the answer is read whole.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};

use super::abort::Abort;
use super::{clock, http_headers};

/// Why there is no answer. Holds no URL: it may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// Nothing readable came back. Browsers do not say whether it was the network, the name, TLS, CORS, mixed
    /// content, the page's own policy, or a request body that could not be read; see [`super::probe`].
    Network,
    /// [`Abort::abort`] was called.
    Aborted,
    /// It took too long, or nothing moved for too long.
    TimedOut,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            HttpError::Network => "no readable answer",
            HttpError::Aborted => "aborted",
            HttpError::TimedOut => "timed out",
        })
    }
}

impl std::error::Error for HttpError {}

/// Sends `request` and reads the answer whole, within `timeout`.
///
/// Any status is an answer. Redirects are followed as fetch follows them; nothing is taken from or put into the
/// browser's cache, and no cookies go along. No header is added, so a GET or HEAD without headers of its own needs no
/// CORS preflight. Header values carry the bytes that were on the wire. Dropping the future aborts the exchange.
///
/// # Errors
/// See [`HttpError`].
pub async fn send(
    request: http::Request<Bytes>,
    abort: &Abort,
    timeout: Duration,
) -> Result<http::Response<Bytes>, HttpError> {
    race(exchange(request), abort, clock::sleep(timeout)).await
}

async fn exchange(request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
    let (parts, body) = request.into_parts();
    let url = reqwest::Url::parse(&parts.uri.to_string()).map_err(unreadable)?;
    let mut outgoing = reqwest::Request::new(parts.method, url);
    *outgoing.headers_mut() = parts.headers;
    if !body.is_empty() {
        *outgoing.body_mut() = Some(body.into());
    }
    let answer = reqwest::RequestBuilder::from_parts(reqwest::Client::new(), outgoing)
        .fetch_credentials_omit()
        .fetch_cache_no_store()
        .send()
        .await
        .map_err(unreadable)?;
    let mut response = http::Response::new(Bytes::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    http_headers::restore_bytes(response.headers_mut());
    *response.body_mut() = answer.bytes().await.map_err(unreadable)?;
    Ok(response)
}

/// The details are dropped on purpose: they quote the URL.
pub(super) fn unreadable<E>(_details: E) -> HttpError {
    HttpError::Network
}

/// The work, unless it is aborted or the limit passes first.
pub(super) async fn race<T>(
    work: impl Future<Output = Result<T, HttpError>>,
    abort: &Abort,
    limit: impl Future<Output = ()>,
) -> Result<T, HttpError> {
    let cut = async {
        match select(pin!(abort.aborted()), pin!(limit)).await {
            Either::Left(_) => HttpError::Aborted,
            Either::Right(_) => HttpError::TimedOut,
        }
    };
    // The cut comes first: work on an aborted handle must not even start.
    match select(pin!(cut), pin!(work)).await {
        Either::Left((error, _)) => Err(error),
        Either::Right((outcome, _)) => outcome,
    }
}
