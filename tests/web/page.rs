use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, UNIX_EPOCH};

use sealdrop::platform::{clock, local_storage, page};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{js, within};

#[wasm_bindgen_test]
async fn hashes_are_told_and_replaced() {
    let told = Rc::new(Cell::new(0));
    let telling = Rc::clone(&told);
    let listener = page::on_hash_change(move || telling.set(telling.get() + 1));
    page::set_hash("#/browse/a b");
    within(Duration::from_secs(5), async {
        while told.get() == 0 {
            clock::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(page::hash(), "#/browse/a%20b");
    page::replace_address("?x=1#/connect").expect("allowed");
    assert_eq!((page::search().as_str(), page::hash().as_str()), ("?x=1", "#/connect"));
    page::replace_address("#/keys").expect("allowed");
    assert_eq!((page::search().as_str(), page::hash().as_str()), ("", "#/keys"));
    drop(listener);
    page::set_hash("");
    clock::sleep(Duration::from_millis(50)).await;
    assert_eq!(
        told.get(),
        1,
        "replacing is not told, and nothing after the listener is gone"
    );
}

#[wasm_bindgen_test]
fn knows_where_it_is() {
    assert!(page::is_secure_context() && page::is_loopback());
    assert_eq!(page::protocol(), "http:");
    assert_eq!(
        page::resolve("./config.json"),
        Some(format!("{}/config.json", page::origin()))
    );
    for host in [
        "localhost",
        "LOCALHOST.",
        "s3.localhost",
        "127.0.0.1",
        "127.255.0.9",
        "[::1]",
    ] {
        assert!(page::is_loopback_host(host), "{host}");
    }
    for host in [
        "example.com",
        "localhost.example.com",
        "127.0.0.1.example.com",
        "128.0.0.1",
        "10.0.0.1",
        "",
    ] {
        assert!(!page::is_loopback_host(host), "{host}");
    }
}

#[wasm_bindgen_test]
fn asks_before_leaving_only_while_held() {
    let leave = "(() => { const event = new Event('beforeunload', {cancelable: true});
        dispatchEvent(event); return event.defaultPrevented; })()";
    let asking = page::ask_before_leaving();
    assert_eq!(js(leave).as_bool(), Some(true));
    drop(asking);
    assert_eq!(js(leave).as_bool(), Some(false));
}

#[wasm_bindgen_test]
fn keeps_small_things() {
    assert_eq!(local_storage::get("sealdrop-test"), None);
    assert!(local_storage::set("sealdrop-test", "日本"));
    assert_eq!(local_storage::get("sealdrop-test").as_deref(), Some("日本"));
    assert!(
        !local_storage::set("sealdrop-test", &"x".repeat(20 << 20)),
        "more than browsers keep"
    );
    local_storage::remove("sealdrop-test");
    assert_eq!(local_storage::get("sealdrop-test"), None);
}

#[wasm_bindgen_test]
async fn clocks_agree() {
    let since = clock::system_time()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs_f64()
        * 1000.0;
    assert!((since - clock::now_ms()).abs() < 1000.0);
    let start = clock::monotonic_ms();
    clock::sleep(Duration::from_millis(30)).await;
    assert!(clock::monotonic_ms() - start >= 29.0);
}
