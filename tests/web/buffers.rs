use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use sealdrop::platform::buffer::{Buffer, BufferPool};
use sealdrop::platform::clock;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{is_pending, within};

#[wasm_bindgen_test]
fn bytes_go_in_and_out() {
    let buffer = Buffer::new(10);
    buffer.copy_from(3, b"abc");
    let mut out = [9; 5];
    buffer.copy_to(2, &mut out);
    assert_eq!(&out, b"\0abc\0");
    let buffer = Buffer::from_js(buffer.into_js().into()).expect("an ArrayBuffer is a buffer");
    assert_eq!(buffer.len(), 10);
    assert!(Buffer::from_js(JsValue::from_str("text")).is_none());
}

#[wasm_bindgen_test]
async fn a_pool_makes_people_wait() {
    let pool = BufferPool::new(16, 2);
    let first = pool.take().await;
    let _second = pool.take().await;
    assert!(pool.try_take().is_none());
    let got = Rc::new(Cell::new(0));
    for _ in 0..3 {
        let (pool, got) = (pool.clone(), Rc::clone(&got));
        spawn_local(async move {
            let _lease = pool.take().await;
            got.set(got.get() + 1);
            clock::sleep(Duration::from_millis(5)).await;
        });
    }
    clock::sleep(Duration::from_millis(20)).await;
    assert_eq!(got.get(), 0, "nobody gets a third");
    drop(first);
    within(Duration::from_secs(5), async {
        while got.get() < 3 {
            clock::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert!(pool.out() <= 2);
}

#[wasm_bindgen_test]
async fn one_who_stops_waiting_takes_no_turn() {
    let pool = BufferPool::new(16, 1);
    let held = pool.take().await;
    let mut impatient = Box::pin(pool.take());
    assert!(is_pending(impatient.as_mut()).await);
    let mut patient = Box::pin(pool.take());
    assert!(is_pending(patient.as_mut()).await);
    drop(held);
    drop(impatient);
    let lease = within(Duration::from_secs(5), patient).await;
    assert!(lease.buffer().is_some());
}

#[wasm_bindgen_test]
async fn buffers_are_reused_wiped_and_replaced() {
    let pool = BufferPool::new(4, 1);
    let lease = pool.take().await;
    lease.buffer().expect("attached").copy_from(0, b"seen");
    drop(lease);
    let mut lease = pool.take().await;
    let mut seen = [0; 4];
    lease.buffer().expect("attached").copy_to(0, &mut seen);
    assert_eq!(&seen, b"seen", "the same memory comes back");
    lease.wipe_on_return();
    drop(lease);
    let mut lease = pool.take().await;
    lease.buffer().expect("attached").copy_to(0, &mut seen);
    assert_eq!(seen, [0; 4], "wiped");
    drop(lease.detach());
    drop(lease);
    assert_eq!(
        pool.take().await.buffer().map(Buffer::len),
        Some(4),
        "lost and replaced"
    );
}
