use js_sys::Uint8Array;
use sealdrop::platform::files::FileHandle;
use sealdrop::platform::save::{SaveTarget, can_pick_save_target, download_bytes, download_file, pick_save_target};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{Replaced, js, js_async};

/// What a click on the download link would fetch.
async fn clicked(work: impl FnOnce()) -> (String, String, String) {
    js("globalThis.click = HTMLAnchorElement.prototype.click;
        HTMLAnchorElement.prototype.click = function () { globalThis.link = this; }");
    work();
    js("HTMLAnchorElement.prototype.click = globalThis.click");
    let text = |value: wasm_bindgen::JsValue| value.as_string().expect("text");
    let body = text(js_async("fetch(link.href).then(answer => answer.text())").await);
    let media_type = text(js_async("fetch(link.href).then(answer => answer.headers.get('content-type') ?? '')").await);
    (text(js("link.download")), media_type, body)
}

#[wasm_bindgen_test]
async fn downloads_through_a_link() {
    let (name, media_type, body) =
        clicked(|| download_bytes("key 鍵.txt", "text/plain", "鍵".as_bytes()).expect("downloads")).await;
    assert_eq!(
        (name.as_str(), media_type.as_str(), body.as_str()),
        ("key 鍵.txt", "text/plain", "鍵")
    );
    let file = FileHandle::from_bytes(b"0123456789").expect("kept");
    let (name, _, body) = clicked(|| download_file(&file.slice(2, 5), "part").expect("downloads")).await;
    assert_eq!((name.as_str(), body.as_str()), ("part", "234"));
}

/// A dialog in which the person picks a place in the private file system: everything behind it is the browser's.
const PICKING: &str = "async options => (await navigator.storage.getDirectory())
    .getFileHandle('test-' + options.suggestedName, {create: true})";

async fn saved() -> String {
    let read = "navigator.storage.getDirectory().then(root => root.getFileHandle('test-out.bin'))
        .then(handle => handle.getFile()).then(file => file.text())";
    js_async(read).await.as_string().expect("text")
}

async fn pick() -> SaveTarget {
    pick_save_target("out.bin").await.expect("a dialog").expect("a place")
}

#[wasm_bindgen_test]
async fn a_saved_file_appears_when_closed() {
    let _picker = Replaced::new("showSaveFilePicker", PICKING);
    assert!(can_pick_save_target());
    let target = pick().await;
    target.write(&Uint8Array::from(&b"abc"[..])).await.expect("written");
    target
        .write_file(&FileHandle::from_bytes(b"def").expect("kept"))
        .await
        .expect("written");
    assert_eq!(saved().await, "", "nothing before it is closed");
    target.close().await.expect("closed");
    assert_eq!(saved().await, "abcdef");

    let target = pick().await;
    target.write(&Uint8Array::from(&b"other"[..])).await.expect("written");
    target.abort().await.expect("aborted");
    assert_eq!(saved().await, "abcdef", "what was there stays");

    let target = pick().await;
    target.write(&Uint8Array::from(&b"other"[..])).await.expect("written");
    drop(target);
    sealdrop::platform::clock::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(saved().await, "abcdef", "what was there stays");
    js_async("navigator.storage.getDirectory().then(root => root.removeEntry('test-out.bin'))").await;
}

#[wasm_bindgen_test]
async fn cancelling_the_dialog_is_no_error() {
    let _picker = Replaced::new(
        "showSaveFilePicker",
        "async () => { throw new DOMException('', 'AbortError'); }",
    );
    assert!(pick_save_target("a").await.expect("no error").is_none());
    drop(_picker);
    let _picker = Replaced::new(
        "showSaveFilePicker",
        "async () => { throw new DOMException('', 'SecurityError'); }",
    );
    assert_eq!(pick_save_target("a").await.expect_err("refused").name, "SecurityError");
}
