//! Telling the browser that there is garbage worth collecting.
//!
//! Chromium copies every request body, frees the copy only when the request object is collected, and does not count
//! it as memory that a collection would bring back: a page that does nothing but send grows by all it has sent
//! (measured: 5 GiB sent, 5 GiB grown). Array buffers are counted. Two large ones that nobody ever touches cost
//! address space but no memory, and replacing the older one for every few MiB sent keeps the page's growth at some
//! hundred MiB, however much is sent.

use std::cell::{Cell, RefCell};

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;

/// Bytes sent per reminder.
const STEP: u64 = 16 << 20;
/// Size of one untouched array buffer, bytes.
const WEIGHT: u32 = 64 << 20;

thread_local! {
    static SENT: Cell<u64> = const { Cell::new(0) };
    static HELD: RefCell<[JsValue; 2]> = const { RefCell::new([JsValue::UNDEFINED; 2]) };
}

/// A request body of `bytes` has been sent.
pub(super) fn sent(bytes: u64) {
    let total = SENT.get() + bytes;
    SENT.set(total % STEP);
    if total >= STEP {
        // Where there is no room for it, there is pressure already.
        let buffer = Reflect::get(&js_sys::global(), &"ArrayBuffer".into())
            .and_then(|make| Reflect::construct(&make.into(), &Array::of1(&WEIGHT.into())))
            .map_or(JsValue::UNDEFINED, JsValue::from);
        HELD.with_borrow_mut(|held| {
            held.swap(0, 1);
            held[1] = buffer;
        });
    }
}
