use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use js_sys::Uint8Array;
use sealdrop::encryption::gcm::{GcmMessage, SEGMENT_LENGTH, Segment, Share, TagSum};
use sealdrop::encryption::{ContentKey, OaepPadding, RsaPrivateKey};
use sealdrop::platform::buffer::Buffer;
use sealdrop::platform::files::FileHandle;
use sealdrop::platform::private_file;
use sealdrop::platform::random;
use sealdrop::platform::webcrypto::{self, AesCtrKey, AesGcmKey};
use sealdrop::platform::workers::Worker;
use sealdrop::worker::call::{Cargo, Hand, call, call_for_all, call_for_share};
use sealdrop::worker::messages::{Run, Task, TaskError};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::pattern;
use crate::workers::Named;

/// A number below `end`.
fn below(end: usize) -> usize {
    (random::unit() * end as f64) as usize
}

/// Block-aligned cuts of random lengths, in random order.
fn cuts(total: u64) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut offset = 0;
    while offset < total {
        let length = 16 * (1 + below((SEGMENT_LENGTH / 16) as usize) as u64);
        let length = length.min(total - offset);
        segments.push(Segment::new(offset, length, total).unwrap());
        offset += length;
    }
    for last in (1..segments.len()).rev() {
        segments.swap(last, below(last + 1));
    }
    segments
}

/// One message from native calls, any size, any cut, any order: as one call of the crate makes it.
#[wasm_bindgen_test]
async fn native_segments_are_one_message() {
    for round in 0..46 {
        let total = match round {
            0..34 => round,
            _ => below(1_500_000) as u64,
        };
        let (key, iv): ([u8; 32], [u8; 12]) = (random::make_array(), random::make_array());
        let aad = if round % 2 == 0 { &[0, 0x73][..] } else { &[] };
        let plaintext = pattern(total as usize);
        let payload = Payload { msg: &plaintext, aad };
        let expected = Aes256Gcm::new(&key.into())
            .encrypt(&Nonce::from(iv), payload)
            .expect("the crate encrypts");
        let message = GcmMessage::new(&ContentKey::from_bytes(key), iv, aad).unwrap();
        let gcm = AesGcmKey::import(&key).await.expect("WebCrypto takes the key");
        let ctr = AesCtrKey::import(&key).await.expect("WebCrypto takes the key");
        let (mut written, mut read) = (TagSum::new(total).unwrap(), TagSum::new(total).unwrap());
        for segment in cuts(total) {
            let range = segment.offset() as usize..segment.end() as usize;
            let part = Uint8Array::from(&plaintext[range.clone()]);
            let pre_iv = message.pre_iv(&segment);
            let (sealed, tag) = gcm.encrypt_segment(&pre_iv, &part).await.expect("encrypts");
            assert_eq!(sealed.to_vec(), expected[range.clone()], "{total}: {segment:?}");
            written.add(&message, &message.share_of_encryption(segment, tag));
            let tag = gcm.authenticate_segment(&pre_iv, &sealed).await.expect("authenticates");
            read.add(&message, &message.share_of_authentication(segment, tag));
            let opened = ctr
                .apply(&message.counter_block(&segment), &sealed)
                .await
                .expect("decrypts");
            assert_eq!(opened.to_vec(), plaintext[range], "{total}: {segment:?}");
        }
        let stored = &expected[total as usize..];
        assert_eq!(written.finish(&message).unwrap().bytes(), stored, "{total}");
        assert!(read.finish(&message).unwrap().verify(stored).is_ok(), "{total}");
    }
}

/// Beyond 2^31 and 2^32 bytes, and at the very end of the longest message.
#[wasm_bindgen_test]
async fn far_segments_are_as_in_software() {
    let (key, iv) = ([0x42; 32], [1; 12]);
    let message = GcmMessage::new(&ContentKey::from_bytes(key), iv, &[]).unwrap();
    let gcm = AesGcmKey::import(&key).await.expect("WebCrypto takes the key");
    let ctr = AesCtrKey::import(&key).await.expect("WebCrypto takes the key");
    for offset in [(1 << 31) - 48, 1 << 31, (1 << 32) - 48, 1 << 32, (1 << 36) - 32 - 80] {
        let segment = Segment::new(offset, 77, offset + 77).unwrap();
        let plaintext = pattern(77);
        let mut expected = plaintext.clone();
        let share = message.encrypt_segment(segment, &mut expected);
        let (sealed, tag) = gcm
            .encrypt_segment(&message.pre_iv(&segment), &Uint8Array::from(&plaintext[..]))
            .await
            .expect("encrypts");
        assert_eq!(sealed.to_vec(), expected, "{offset}");
        assert!(message.share_of_encryption(segment, tag).same(&share), "{offset}");
        let opened = ctr
            .apply(&message.counter_block(&segment), &sealed)
            .await
            .expect("decrypts");
        assert_eq!(opened.to_vec(), plaintext, "{offset}");
    }
}

#[wasm_bindgen_test]
async fn rsa_keys_made_here_work_in_both() {
    let pkcs8 = webcrypto::generate_rsa_key(2048).await.expect("WebCrypto makes a key");
    let key = RsaPrivateKey::from_pkcs8_der(&pkcs8, "", "").expect("the crate reads it");
    assert_eq!(key.public().bits(), 2048);
    for padding in [
        OaepPadding::Sha1,
        OaepPadding::Sha256,
        OaepPadding::Sha384,
        OaepPadding::Sha512,
    ] {
        let hash = padding.web_crypto_hash().expect("WebCrypto knows it");
        let spki = key.public().to_spki_der();
        let native = webcrypto::rsa_oaep_encrypt(&spki, hash, b"payload")
            .await
            .expect("encrypts");
        assert_eq!(
            &key.decrypt(padding, &native).expect("the crate decrypts")[..],
            b"payload"
        );
        let ours = key
            .public()
            .encrypt(padding, b"payload", &random::make_array())
            .expect("fits");
        let pkcs8 = key.to_pkcs8_der();
        assert_eq!(
            &webcrypto::rsa_oaep_decrypt(&pkcs8, hash, &ours)
                .await
                .expect("decrypts")[..],
            b"payload"
        );
        let mut changed = ours.clone();
        changed[9] ^= 1;
        assert!(webcrypto::rsa_oaep_decrypt(&pkcs8, hash, &changed).await.is_err());
    }
}

/// Runs in the worker: this same module, started a second time there, answering the tasks of the app.
#[wasm_bindgen]
#[expect(
    unreachable_pub,
    reason = "the worker's script reaches it; wasm-bindgen exports nothing less"
)]
pub fn serve_app_tasks() {
    sealdrop::worker::start();
}

pub(crate) const ENTRY: &str = "self.onmessage = async ({data: {glue, module}}) => {
    self.onmessage = null;
    const wasm = await import(glue);
    wasm.initSync({module});
    wasm.serve_app_tasks();
};";

/// Its WebCrypto takes the first 12 bytes of a longer IV for the whole.
const SHORT_IVS: &str = "const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
crypto.subtle.encrypt = (algorithm, key, data) =>
    encrypt(algorithm.iv ? {...algorithm, iv: algorithm.iv.slice(0, 12)} : algorithm, key, data);";

/// Its WebCrypto refuses all that the app does with contents.
const REFUSING: &str = "crypto.subtle.encrypt = () => Promise.reject(new DOMException('', 'NotSupportedError'));";

#[wasm_bindgen_test]
async fn a_worker_encrypts_and_opens_runs() {
    encrypts_and_opens("", "content-1").await;
}

#[wasm_bindgen_test]
async fn a_worker_knows_a_browser_that_cannot_make_segments() {
    encrypts_and_opens(SHORT_IVS, "content-2").await;
    encrypts_and_opens(REFUSING, "content-3").await;
}

/// A content in two runs, made by a worker, last run first, and opened by it into a private file.
async fn encrypts_and_opens(browser: &str, name: &str) {
    let _named = Named::entry(&[browser, ENTRY].concat());
    let worker = Worker::start().expect("starts");
    let key = ContentKey::from_bytes([0x42; 32]);
    let (iv, aad) = ([1; 12], vec![0, 0x73]);
    let plaintext = pattern(1_500_001);
    let total = plaintext.len() as u64;
    let payload = Payload {
        msg: &plaintext,
        aad: &aad,
    };
    let expected = Aes256Gcm::new(&(*key.expose()).into())
        .encrypt(&Nonce::from(iv), payload)
        .expect("encrypts");
    let message = GcmMessage::new(&key, iv, &aad).unwrap();
    let (mut written, mut read) = (TagSum::new(total).unwrap(), TagSum::new(total).unwrap());
    let create = Task::CreateFile { name: name.into() };
    call(Hand::This(&worker), &create, Cargo::default())
        .await
        .expect("created");
    for (offset, end) in [(800_000, total), (0, 800_000)] {
        let run = Run {
            iv,
            aad: aad.clone(),
            total,
            offset,
            length: end - offset,
        };
        let segment = Segment::new(offset, run.length, total).unwrap();
        let (from, to) = (offset as usize, end as usize);
        let blob = FileHandle::from_bytes(&plaintext[from..to]).expect("a blob");
        let cargo = Cargo {
            key: Some(&key),
            blob: Some(&blob),
            buffer: Some(Buffer::new(1_000_000)),
        };
        let task = Task::EncryptRun {
            run: run.clone(),
            at: 7,
            hash: None,
        };
        let made = call_for_all(Hand::This(&worker), &task, cargo).await.expect("encrypts");
        let (length, sealed, buffer) = (made.length, made.sealed, made.buffer.expect("comes back"));
        assert_eq!(length as usize, 7 + to - from);
        let ciphertext = buffer.view(7..length as usize).to_vec();
        assert!(ciphertext == expected[from..to], "run at {offset}");
        // The same plaintext in the buffer, in place of a file.
        buffer.copy_from(7, &plaintext[from..to]);
        let cargo = Cargo {
            key: Some(&key),
            blob: None,
            buffer: Some(buffer),
        };
        let again = call_for_all(Hand::This(&worker), &task, cargo).await.expect("encrypts");
        let again = (again.sealed, again.buffer.expect("comes back"));
        assert!(again.0 == sealed && again.1.view(7..length as usize).to_vec() == ciphertext);
        written.add(&message, &Share::unseal(&sealed, segment, &key).expect("sealed for us"));
        let buffer = Buffer::new(1_000_000);
        buffer.copy_from(0, &ciphertext);
        let cargo = Cargo {
            key: Some(&key),
            blob: None,
            buffer: Some(buffer),
        };
        let (_, sealed, _) = call_for_share(Hand::This(&worker), &Task::OpenRun { run }, cargo)
            .await
            .expect("opens");
        read.add(&message, &Share::unseal(&sealed, segment, &key).expect("sealed for us"));
    }
    let stored = &expected[plaintext.len()..];
    assert_eq!(written.finish(&message).unwrap().bytes(), stored);
    read.finish(&message).unwrap().verify(stored).expect("authentic");
    call(Hand::This(&worker), &Task::CloseFile, Cargo::default())
        .await
        .expect("closed");
    let file = private_file::get(name).await.expect("there");
    assert!(file.read_small(2_000_000).await.expect("readable") == plaintext);
    private_file::remove(name).await.expect("removed");
    // Without a private file, plaintext that is not authentic yet has nowhere to go.
    let run = Run {
        iv,
        aad,
        total: 16,
        offset: 0,
        length: 16,
    };
    let cargo = Cargo {
        key: Some(&key),
        blob: None,
        buffer: Some(Buffer::new(16)),
    };
    let refused = call(Hand::This(&worker), &Task::OpenRun { run }, cargo)
        .await
        .map(|_| ());
    assert!(matches!(refused, Err(TaskError::Browser { .. })), "{refused:?}");
}
