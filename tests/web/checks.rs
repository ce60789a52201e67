//! What a worker finds out about a part before it is sent.

use sealdrop::encryption::ContentKey;
use sealdrop::encryption::esdk::Layout;
use sealdrop::platform::buffer::Buffer;
use sealdrop::platform::files::FileHandle;
use sealdrop::platform::workers::Worker;
use sealdrop::worker::call::{Cargo, Hand, call, call_for_share};
use sealdrop::worker::messages::{Digest, Frames, Run, Task, TaskError};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::content::ENTRY;
use crate::scripted::pattern;
use crate::workers::Named;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[wasm_bindgen_test]
async fn digests_of_buffers_and_files_are_the_same() {
    let _named = Named::entry(ENTRY);
    let worker = Worker::start().expect("starts");
    let long = pattern(700_001);
    for (digest, abc) in [
        (Digest::Md5, "900150983cd24fb0d6963f7d28e17f72"),
        (
            Digest::Sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
    ] {
        for (bytes, expected) in [(&b"abc"[..], Some(abc)), (&long[..], None)] {
            let length = bytes.len() as u32;
            let task = Task::Digest { digest, length };
            // Longer than what is digested, as buffers of parts are.
            let buffer = Buffer::new(bytes.len() + 9);
            buffer.copy_from(0, bytes);
            let cargo = Cargo {
                buffer: Some(buffer),
                ..Cargo::default()
            };
            let (_, of_buffer, back) = call_for_share(Hand::This(&worker), &task, cargo)
                .await
                .expect("digested");
            let mut same = vec![0; bytes.len()];
            back.expect("the buffer comes back").copy_to(0, &mut same);
            assert!(same == bytes, "as it was");
            let blob = FileHandle::from_bytes(bytes).expect("a blob");
            let cargo = Cargo {
                blob: Some(&blob),
                ..Cargo::default()
            };
            let (_, of_file, _) = call_for_share(Hand::This(&worker), &task, cargo)
                .await
                .expect("digested");
            assert_eq!(hex(&of_buffer), hex(&of_file));
            assert!(expected.is_none_or(|expected| expected == hex(&of_file)));
        }
    }
}

#[wasm_bindgen_test]
async fn a_part_that_does_not_open_is_found_out() {
    let _named = Named::entry(ENTRY);
    let worker = Worker::start().expect("starts");
    let key = ContentKey::from_bytes([7; 32]);
    let plaintext = pattern(2_500_000);
    let blob = FileHandle::from_bytes(&plaintext).expect("a blob");
    let layout = Layout::for_plaintext(100, 1 << 20, plaintext.len() as u64).expect("fits");
    let frames = Frames {
        message_id: [3; 32],
        layout,
        frames: 0..3,
    };
    let at = 50;
    let cargo = Cargo {
        key: Some(&key),
        blob: Some(&blob),
        buffer: Some(Buffer::new(2_600_000)),
    };
    let task = Task::Encrypt {
        frames: frames.clone(),
        at,
        hash: None,
    };
    let (end, buffer) = call(Hand::This(&worker), &task, cargo).await.expect("encrypted");
    let mut buffer = buffer.expect("comes back");
    let mut encrypted = vec![0; end as usize];
    buffer.copy_to(0, &mut encrypted);
    let check = Task::Check { frames, at };
    for broken in [None, Some(at as usize + 5), Some(1_300_000), Some(end as usize - 1)] {
        if let Some(broken) = broken {
            buffer.copy_from(broken, &[encrypted[broken] ^ 1]);
        }
        let cargo = Cargo {
            key: Some(&key),
            buffer: Some(buffer),
            ..Cargo::default()
        };
        let checked = call(Hand::This(&worker), &check, cargo).await;
        if broken.is_none() {
            let (_, back) = checked.expect("opens");
            let mut same = vec![0; end as usize];
            back.expect("comes back").copy_to(0, &mut same);
            assert!(same == encrypted, "as it was");
        } else {
            assert_eq!(checked.map(|_| ()), Err(TaskError::NotAuthentic), "{broken:?}");
        }
        buffer = Buffer::new(2_600_000);
        buffer.copy_from(0, &encrypted);
    }
}

#[wasm_bindgen_test]
async fn the_share_of_a_run_is_the_one_that_encrypting_gave() {
    let _named = Named::entry(ENTRY);
    let worker = Worker::start().expect("starts");
    let key = ContentKey::from_bytes([7; 32]);
    let plaintext = pattern(1_400_000);
    let blob = FileHandle::from_bytes(&plaintext).expect("a blob");
    let run = Run {
        iv: [1; 12],
        aad: vec![0, 0x73],
        total: 4_000_000,
        offset: 1_600_000,
        length: 1_400_000,
    };
    let cargo = Cargo {
        key: Some(&key),
        blob: Some(&blob),
        buffer: Some(Buffer::new(1_500_000)),
    };
    let task = Task::EncryptRun {
        run: run.clone(),
        at: 0,
        hash: None,
    };
    let made = call_for_share(Hand::This(&worker), &task, cargo)
        .await
        .expect("encrypted");
    let (_, sealed, buffer) = made;
    let mut buffer = buffer.expect("comes back");
    for broken in [false, true] {
        if broken {
            let mut byte = [0];
            buffer.copy_to(777_777, &mut byte);
            buffer.copy_from(777_777, &[byte[0] ^ 1]);
        }
        let cargo = Cargo {
            key: Some(&key),
            buffer: Some(buffer),
            ..Cargo::default()
        };
        let check = Task::CheckRun { run: run.clone() };
        let (_, found, back) = call_for_share(Hand::This(&worker), &check, cargo)
            .await
            .expect("looked at");
        assert_eq!(found == sealed, !broken);
        buffer = back.expect("comes back");
    }
}
