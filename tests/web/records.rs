//! What the browser keeps, and locks.

use sealdrop::platform::lock::Lock;
use sealdrop::platform::records::Records;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn records_are_kept_by_key_and_forgotten_by_prefix() {
    let records = Records::open("test-records").await.expect("opened");
    for key in ["a", "a/00002", "a/00010", "b"] {
        records.put(key, &format!("text of {key}")).await.expect("kept");
    }
    records.put("b", "another").await.expect("kept anew");
    let again = Records::open("test-records").await.expect("opened twice");
    let keys: Vec<_> = again
        .all("a/")
        .await
        .expect("read")
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys, ["a/00002", "a/00010"]);
    assert_eq!(
        again.all("b").await.expect("read"),
        [("b".to_owned(), "another".to_owned())]
    );
    // The first text stays, whoever comes later.
    assert_eq!(again.put_first("c", "one").await, Ok(None));
    assert_eq!(records.put_first("c", "two").await, Ok(Some("one".to_owned())));
    assert_eq!(records.all("c").await.expect("read").len(), 1);
    records.remove("c").await.expect("forgotten");
    records.remove("a").await.expect("forgotten");
    assert_eq!(again.all("").await.expect("read").len(), 1);
    records.remove("").await.expect("emptied");
}

#[wasm_bindgen_test]
async fn a_lock_has_one_holder() {
    let held = Lock::try_take("test-lock").await.expect("asked");
    assert!(held.is_some());
    assert!(Lock::try_take("test-lock").await.expect("asked").is_none());
    assert!(Lock::try_take("test-other").await.expect("asked").is_some());
    drop(held);
    // It is let go a moment later.
    for _ in 0..50 {
        if Lock::try_take("test-lock").await.expect("asked").is_some() {
            return;
        }
        sealdrop::platform::clock::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("never let go");
}
