//! What time it is, and waiting.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    // Window and workers both have it; web-sys knows it only as a property of one or the other.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Milliseconds since 1970, as this computer's clock has it.
pub fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// Milliseconds on a clock that never goes back; only differences mean something.
pub fn monotonic_ms() -> f64 {
    performance_now()
}

/// The same as [`now_ms`] for those who take a `SystemTime` (`SystemTime::now` panics on this target).
pub fn system_time() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs_f64(now_ms().max(0.0) / 1000.0)
}

/// Longer waits are split: the browser counts milliseconds in 31 bits.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Waits at least that long. Hidden tabs may wait up to a minute more.
pub async fn sleep(duration: Duration) {
    let mut left = duration;
    while left > LONGEST {
        gloo_timers::future::sleep(LONGEST).await;
        left -= LONGEST;
    }
    gloo_timers::future::sleep(left).await;
}

/// Minutes the local time is ahead of UTC, now.
pub fn minutes_east() -> i32 {
    -(js_sys::Date::new_0().get_timezone_offset() as i32)
}
