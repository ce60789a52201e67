use std::time::Duration;

use sealdrop::platform::buffer::Buffer;
use sealdrop::platform::file_reader::FileReader;
use sealdrop::platform::files::{FileHandle, ReadError, from_file_list};
use sealdrop::platform::private_file::{self, PrivateFile};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::{is_pending, js, pattern, within};

#[wasm_bindgen_test]
async fn slices_read_back() {
    let bytes = pattern(100_000);
    let file = FileHandle::from_bytes(&bytes).expect("kept");
    assert_eq!(file.size(), 100_000);
    for (start, end) in [(0, 100_000), (0, 0), (1, 2), (65_535, 65_537), (99_999, 100_000)] {
        let read = file.slice(start, end).read_small(100_000).await.expect("readable");
        assert_eq!(read, bytes[start as usize..end as usize]);
    }
    assert_eq!(
        file.slice(99_990, 200_000).size(),
        10,
        "what is beyond the end is left out"
    );
    assert_eq!(
        file.slice(10, 50).slice(5, 6).read_small(9).await.expect("readable"),
        bytes[15..16]
    );
    assert_eq!(
        file.read_small(99_999).await,
        Err(ReadError::TooLarge { size: 100_000 })
    );
}

/// A collected stream never answers: what is read here was, without the reader's own hold on the stream, not read to
/// its end in Chromium.
#[wasm_bindgen_test]
async fn a_reader_survives_collections() {
    let bytes = pattern(1 << 20);
    let file = FileHandle::from_bytes(&bytes).expect("kept");
    let mut buffer = Buffer::new(1 << 16);
    for _ in 0..24 {
        let mut reader = FileReader::open(&file.slice(0, 1 << 20)).expect("streams");
        for _ in 0..16 {
            // Garbage that counts.
            js("for (let i = 0; i < 4; i++) new ArrayBuffer(16 << 20)");
            let read = within(Duration::from_secs(20), reader.read(buffer, 0, 1 << 16)).await;
            let count;
            (buffer, count) = read.expect("readable");
            assert_eq!(count, 1 << 16);
        }
    }
}

async fn read_whole(file: &FileHandle, step: usize) -> Vec<u8> {
    let mut reader = FileReader::open(file).expect("streams");
    // Not at the buffer's start: what is around must stay.
    let mut buffer = Buffer::new(step + 7);
    let mut bytes = Vec::new();
    loop {
        let (back, count) = reader.read(buffer, 7, step).await.expect("readable");
        buffer = back;
        assert_eq!(buffer.len(), step + 7);
        let start = bytes.len();
        bytes.resize(start + count, 0);
        buffer.copy_to(7, &mut bytes[start..]);
        if count < step {
            return bytes;
        }
    }
}

#[wasm_bindgen_test]
async fn a_reader_fills_buffers() {
    for size in [0, 1, 1000, 65_536, 3_000_001] {
        let bytes = pattern(size);
        let file = FileHandle::from_bytes(&bytes).expect("kept");
        for step in [1000, 65_536, 1024 * 1024] {
            assert_eq!(read_whole(&file, step).await, bytes, "{size} bytes, {step} at a time");
        }
    }
}

#[wasm_bindgen_test]
async fn a_reader_without_byob_fills_buffers() {
    let global = "ReadableStreamBYOBReader";
    let _none = crate::scripted::Replaced::new(global, "class { constructor() { throw new TypeError('none'); } }");
    let bytes = pattern(3_000_001);
    let file = FileHandle::from_bytes(&bytes).expect("kept");
    assert_eq!(read_whole(&file, 100_003).await, bytes);
}

#[wasm_bindgen_test]
async fn readers_can_be_left_midway() {
    let file = FileHandle::from_bytes(&pattern(20_000_000)).expect("kept");
    within(Duration::from_secs(20), async {
        for _ in 0..20 {
            let mut reader = FileReader::open(&file).expect("streams");
            reader.read(Buffer::new(1000), 0, 1000).await.expect("readable");
            // With a read under way.
            let mut reading = Box::pin(reader.read(Buffer::new(9_000_000), 0, 9_000_000));
            assert!(is_pending(reading.as_mut()).await);
        }
        let mut reader = FileReader::open(&file).expect("streams");
        assert_eq!(reader.read(Buffer::new(10), 0, 10).await.expect("readable").1, 10);
    })
    .await;
}

#[wasm_bindgen_test]
fn lists_keep_relative_paths() {
    let list = js("(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['abc'], 'plain.txt', {lastModified: 1234}));
        const inside = new File(['abcd'], 'inside.txt');
        Object.defineProperty(inside, 'webkitRelativePath', {value: 'folder/日本/inside.txt'});
        const list = [transfer.files[0], inside];
        return {length: 2, item: index => list[index], __proto__: FileList.prototype, 0: list[0], 1: list[1]};
    })()");
    let files = from_file_list(list.unchecked_ref());
    assert_eq!(files.len(), 2);
    assert_eq!((files[0].path.as_str(), files[0].size), ("plain.txt", 3));
    assert_eq!((files[1].path.as_str(), files[1].size), ("folder/日本/inside.txt", 4));
    assert_eq!(
        FileHandle::from_js(files[0].handle.as_js().clone()).map(|file| file.last_modified()),
        Some(1234.0)
    );
}

#[wasm_bindgen_test]
async fn a_page_cannot_write_private_files_but_read_them() {
    let refused = PrivateFile::create("from-page").await.expect_err("only workers can");
    assert_eq!(refused.name, "NotSupportedError");
    assert!(private_file::is_available());
    assert!(
        private_file::get("from-page")
            .await
            .expect_err("not made")
            .is_not_found()
    );
}
