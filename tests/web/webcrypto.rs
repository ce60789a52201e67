use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use js_sys::Uint8Array;
use sealdrop::platform::random;
use sealdrop::platform::webcrypto::{self, AesGcmKey, OperationFailed};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::pattern;

#[wasm_bindgen_test]
async fn seals_as_the_crate_does() {
    assert!(webcrypto::is_available());
    for size in [0, 1, 16, 17, 4096, 1024 * 1024] {
        for aad in [&b""[..], b"AWSKMSEncryptionClient Frame"] {
            let (key, iv): ([u8; 32], [u8; 12]) = (random::make_array(), random::make_array());
            let plaintext = pattern(size);
            let oracle = Aes256Gcm::new(&key.into());
            let expected = oracle
                .encrypt(&Nonce::from(iv), Payload { msg: &plaintext, aad })
                .expect("the crate encrypts");
            let ours = AesGcmKey::import(&key).await.expect("WebCrypto takes the key");
            let sealed = ours
                .encrypt(&iv, aad, &Uint8Array::from(plaintext.as_slice()))
                .await
                .expect("encrypts");
            assert_eq!(sealed.to_vec(), expected, "size {size}");
            let opened = ours.decrypt(&iv, aad, &sealed).await.expect("decrypts");
            assert_eq!(opened.to_vec(), plaintext, "size {size}");
        }
    }
}

#[wasm_bindgen_test]
async fn refuses_what_was_tampered_with() {
    let iv = [7; 12];
    let key = AesGcmKey::import(&[1; 32]).await.expect("WebCrypto takes the key");
    let sealed = key
        .encrypt(&iv, b"aad", &Uint8Array::from(&b"plaintext"[..]))
        .await
        .expect("encrypts")
        .to_vec();
    for place in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[place] ^= 1;
        let refused = key.decrypt(&iv, b"aad", &Uint8Array::from(damaged.as_slice())).await;
        assert_eq!(refused.err(), Some(OperationFailed), "bit flipped at {place}");
    }
    let sealed = Uint8Array::from(sealed.as_slice());
    assert!(
        key.decrypt(&iv, b"AAD", &sealed).await.is_err(),
        "other additional data"
    );
    assert!(
        key.decrypt(&[8; 12], b"aad", &sealed).await.is_err(),
        "other initialisation vector"
    );
    assert!(
        key.decrypt(&iv, b"aad", &sealed.subarray(0, sealed.length() - 1))
            .await
            .is_err(),
        "cut"
    );
    let other = AesGcmKey::import(&[2; 32]).await.expect("WebCrypto takes the key");
    assert!(other.decrypt(&iv, b"aad", &sealed).await.is_err(), "other key");
}

#[wasm_bindgen_test]
async fn shows_no_key() {
    let key = AesGcmKey::import(&[1; 32]).await.expect("WebCrypto takes the key");
    assert_eq!(format!("{key:?}"), "AesGcmKey(<redacted>)");
}

#[wasm_bindgen_test]
fn random_differs() {
    // 65,536 bytes are the most that browsers give at once.
    let (mut one, mut other) = (vec![0; 70_000], vec![0; 70_000]);
    random::fill(&mut one);
    random::fill(&mut other);
    assert_ne!(one, other);
    assert_ne!(one[69_900..], [0; 100]);
}
