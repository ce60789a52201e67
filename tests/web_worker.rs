//! Browser adapters in a worker: private files have synchronous handles only there.
#![cfg(target_arch = "wasm32")]

use js_sys::Uint8Array;
use sealdrop::platform::private_file::{self, PrivateFile};
use sealdrop::platform::webcrypto::{self, AesGcmKey};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn private_files_are_written_and_read() {
    assert!(private_file::is_available());
    let file = PrivateFile::create("io-1").await.expect("created");
    file.write_at(0, &Uint8Array::from(&b"hello world"[..]))
        .expect("written");
    file.write_bytes_at(6, b"there").expect("written");
    // Past 2^32, where a 32-bit offset would wrap.
    file.truncate(5_000_000_000).expect("extended");
    assert_eq!(file.size(), Ok(5_000_000_000));
    file.write_bytes_at(4_999_999_997, b"end").expect("written");
    file.flush().expect("flushed");
    file.close().expect("closed");
    let file = private_file::get("io-1").await.expect("there");
    assert_eq!(file.size(), 5_000_000_000);
    assert_eq!(
        file.slice(0, 12).read_small(12).await.expect("readable"),
        b"hello there\0"
    );
    assert_eq!(
        file.slice(4_999_999_996, 5_000_000_000)
            .read_small(9)
            .await
            .expect("readable"),
        b"\0end"
    );

    let file = PrivateFile::open("io-1").await.expect("there");
    assert_eq!(file.size(), Ok(5_000_000_000), "with what is in it");
    file.close().expect("closed");
    let file = PrivateFile::create("io-1").await.expect("created anew");
    assert_eq!(file.size(), Ok(0));
    file.close().expect("closed");
    private_file::remove("io-1").await.expect("removed");
    private_file::remove("io-1").await.expect("removing twice is fine");
    assert!(private_file::get("io-1").await.expect_err("gone").is_not_found());
    assert!(PrivateFile::open("io-1").await.expect_err("gone").is_not_found());
}

#[wasm_bindgen_test]
async fn sweeping_leaves_what_is_held() {
    for name in ["old-1", "old-2", "other-1"] {
        PrivateFile::create(name)
            .await
            .expect("created")
            .close()
            .expect("closed");
    }
    let held = PrivateFile::create("old-held").await.expect("created");
    assert!(PrivateFile::create("old-held").await.expect_err("held").is_locked());
    assert_eq!(
        private_file::sweep("old-", 3_600_000.0, |_| false).await,
        Ok(0),
        "all are young"
    );
    assert_eq!(private_file::sweep("old-", 0.0, |name| name == "old-2").await, Ok(1));
    assert_eq!(private_file::sweep("old-", 0.0, |_| false).await, Ok(1));
    assert!(private_file::get("old-1").await.expect_err("swept").is_not_found());
    private_file::get("other-1").await.expect("not ours");
    held.write_bytes_at(0, b"still here").expect("written");
    held.close().expect("closed");
    let kept = private_file::get("old-held").await.expect("kept");
    assert_eq!(kept.read_small(99).await.expect("readable"), b"still here");
    assert_eq!(private_file::sweep("", 0.0, |_| false).await, Ok(2));
}

#[wasm_bindgen_test]
async fn dropping_a_file_lets_it_go() {
    drop(PrivateFile::create("drop-1").await.expect("created"));
    PrivateFile::create("drop-1")
        .await
        .expect("free again")
        .close()
        .expect("closed");
    private_file::remove("drop-1").await.expect("removed");
}

#[wasm_bindgen_test]
async fn tells_how_much_room_there_is() {
    let (used, quota) = private_file::estimate().await.expect("browsers say");
    assert!(used < quota);
}

#[wasm_bindgen_test]
async fn webcrypto_works_here_too() {
    assert!(webcrypto::is_available());
    let key = AesGcmKey::import(&[1; 32]).await.expect("WebCrypto takes the key");
    let sealed = key
        .encrypt(&[2; 12], b"aad", &Uint8Array::from(&b"text"[..]))
        .await
        .expect("encrypts");
    assert_eq!(
        key.decrypt(&[2; 12], b"aad", &sealed).await.expect("decrypts").to_vec(),
        b"text"
    );
}
