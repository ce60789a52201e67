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

async fn is_there() -> bool {
    let look = "navigator.storage.getDirectory().then(root => root.getFileHandle('test-out.bin'))
        .then(() => true, () => false)";
    js_async(look).await == true
}

#[wasm_bindgen_test]
async fn a_picked_place_has_the_whole_file_or_none() {
    let _picker = Replaced::new("showSaveFilePicker", PICKING);
    assert!(can_pick_save_target());
    // Firefox has no such dialog, and cannot remove a file by its handle.
    let removes = js("'remove' in FileSystemFileHandle.prototype") == true;
    let target = pick().await;
    assert_eq!(saved().await, "", "the dialog makes an empty file");
    target.clear().await;
    assert_eq!(is_there().await, !removes, "which goes when nothing comes");
    let file = FileHandle::from_bytes(b"abcdef").expect("kept");
    target.save(&file).await.expect("saved");
    assert_eq!(saved().await, "abcdef", "and comes again");
    target.clear().await;
    drop(target);

    let empty = FileHandle::from_bytes(b"").expect("kept");
    let target = pick().await;
    target.save(&empty).await.expect("saved");
    drop(target);
    sealdrop::platform::clock::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(saved().await, "", "an empty file that was saved stays");

    drop(pick().await);
    sealdrop::platform::clock::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(is_there().await, !removes, "one that only marks the place does not");
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
