use std::time::Duration;

use sealdrop::platform::files::{from_drop, walk};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{js, within};

/// Entries as browsers make them: at most 100 per call, one task per answer.
const ENTRIES: &str = "
    const later = work => setTimeout(work, 0);
    const file = path => ({
        isFile: true, isDirectory: false, fullPath: path, name: path.split('/').pop(),
        file: (found, failed) => later(() => path.includes('broken')
            ? failed(new DOMException('gone', 'NotFoundError'))
            : found(new File([path], path.split('/').pop()))),
    });
    const folder = (path, entries) => ({
        isFile: false, isDirectory: true, fullPath: path, name: path.split('/').pop(),
        createReader: () => {
            let at = 0;
            return {readEntries: (found, failed) => later(() => {
                if (path.includes('locked') && at > 0) return failed(new DOMException('no', 'NotReadableError'));
                const batch = entries.slice(at, at + 100);
                at += 100;
                found(batch);
            })};
        },
    });
    const many = (path, count) => Array.from({length: count}, (_, index) => file(`${path}/${index}.txt`));
";

#[wasm_bindgen_test]
async fn walks_folders_of_more_than_one_batch() {
    let roots = js(&format!(
        "(() => {{ {ENTRIES} return [
            folder('/top', [...many('/top', 249), folder('/top/sub', [folder('/top/sub/deep', many('/top/sub/deep', 1))]),
                folder('/top/empty', []), file('/top/broken.txt')]),
            folder('/locked', many('/locked', 120)),
            file('/日本語.txt'),
        ]; }})()"
    ));
    let entries = js_sys::Array::from(&roots).iter().map(JsCast::unchecked_into).collect();
    let dropped = walk(entries).await;
    let mut paths: Vec<&str> = dropped.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths.iter().filter(|path| path.starts_with("top/")).count(), 250);
    assert!(paths.contains(&"top/248.txt") && paths.contains(&"top/sub/deep/0.txt") && paths.contains(&"日本語.txt"));
    assert_eq!(dropped.files[0].size, "日本語.txt".len() as u64 + 1);
    assert_eq!(
        paths.iter().filter(|path| path.starts_with("locked/")).count(),
        100,
        "what was readable is kept"
    );
    assert_eq!(dropped.unreadable, ["top/broken.txt", "locked"]);
    paths.sort_unstable();
    paths.dedup();
    assert_eq!(paths.len(), dropped.files.len(), "nothing twice");
}

#[wasm_bindgen_test]
async fn a_large_folder_lets_the_page_live() {
    let roots = js(&format!(
        "(() => {{ {ENTRIES}
            globalThis.ticks = 0;
            globalThis.ticking = setInterval(() => globalThis.ticks += 1, 0);
            return [folder('/top', many('/top', 10000))]; }})()"
    ));
    let entries = js_sys::Array::from(&roots).iter().map(JsCast::unchecked_into).collect();
    let dropped = within(Duration::from_secs(60), walk(entries)).await;
    assert_eq!(dropped.files.len(), 10_000);
    let ticks = js("clearInterval(globalThis.ticking), globalThis.ticks").as_f64();
    assert!(
        ticks.is_some_and(|ticks| ticks >= 20.0),
        "other tasks ran only {ticks:?} times"
    );
}

#[wasm_bindgen_test]
async fn drops_are_read_after_the_event() {
    let transfer = js("(() => {
        globalThis.dropped = new DataTransfer();
        dropped.items.add(new File(['abc'], 'a.txt'));
        dropped.items.add(new File(['abcd'], 'b.txt'));
        dropped.items.add('just text', 'text/plain');
        return dropped;
    })()");
    let reading = from_drop(transfer.unchecked_ref());
    js("dropped.items.clear()");
    let dropped = reading.await;
    let files: Vec<(&str, u64)> = dropped
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.size))
        .collect();
    assert_eq!(files, [("a.txt", 3), ("b.txt", 4)]);
    assert!(dropped.unreadable.is_empty());
}
