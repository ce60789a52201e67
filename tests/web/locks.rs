use std::time::Duration;

use sealdrop::platform::lock::Lock;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{js, within};

const SOON: Duration = Duration::from_secs(5);

#[wasm_bindgen_test]
async fn a_browser_that_refuses_locks_is_no_endless_wait() {
    js("Object.defineProperty(navigator, 'locks', {
            configurable: true,
            value: {request: () => Promise.reject(new DOMException('site data is blocked', 'SecurityError'))},
        })");
    let taken = within(SOON, Lock::try_take("refused")).await;
    js("delete navigator.locks");
    assert!(taken.is_err());
    assert!(within(SOON, Lock::try_take("refused")).await.expect("locks").is_some());
}
