//! Sending a body from where it was made: copying it on its way to the network holds up the worker and not the page.

use std::cell::Cell;
use std::time::Duration;

use super::job::lacks;
use super::messages::TaskError;
use super::signed::{NoAnswer, PackedAnswer, SignedRequest};
use crate::platform::buffer::Buffer;
use crate::platform::clock;
use crate::platform::http::HttpError;
use crate::platform::upload_body::send_buffer;
use crate::platform::workers::Caller;

/// The browser tells some twenty times a second how much it has sent, which is more than anybody wants to read; of what is
/// read here it would be thousands.
const NOTE_EVERY_MS: f64 = 200.0;

/// Tells the caller how many bytes have gone by, now and then.
pub(super) fn noting(caller: &Caller) -> impl Fn(u64) + 'static {
    let caller = caller.clone();
    let noted_at = Cell::new(f64::NEG_INFINITY);
    move |bytes: u64| {
        let now = clock::monotonic_ms();
        if now - noted_at.get() >= NOTE_EVERY_MS {
            noted_at.set(now);
            caller.note(bytes as f64);
        }
    }
}

/// Sends `length` bytes from the buffer's start.
pub(super) async fn send(
    request: &SignedRequest,
    buffer: &Buffer,
    length: usize,
    stall: u32,
    caller: &Caller,
) -> Result<Result<PackedAnswer, NoAnswer>, TaskError> {
    let request = request.unpack().ok_or_else(|| lacks("request"))?;
    if length > buffer.len() {
        return Err(lacks("body"));
    }
    let progress = noting(caller);
    let stall = Duration::from_secs(stall.into());
    let answer = send_buffer(request, buffer, 0..length, Some(progress), caller.given_up(), stall).await;
    Ok(answer
        .map(|answer| PackedAnswer::pack(&answer))
        .map_err(|error| match error {
            HttpError::Network => NoAnswer::Network,
            HttpError::Aborted => NoAnswer::Aborted,
            HttpError::TimedOut => NoAnswer::TimedOut,
        }))
}
