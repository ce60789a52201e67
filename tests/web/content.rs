use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use js_sys::Uint8Array;
use sealdrop::encryption::gcm::{GcmMessage, SEGMENT_LENGTH, Segment, TagSum};
use sealdrop::encryption::{ContentKey, OaepPadding, RsaPrivateKey};
use sealdrop::platform::random;
use sealdrop::platform::webcrypto::{self, AesCtrKey, AesGcmKey};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::scripted::pattern;

/// Random block-aligned cuts, last segment first.
fn cuts(total: u64) -> Vec<Segment> {
    let longest = 16 * (1 + (random::unit() * (SEGMENT_LENGTH / 16) as f64) as u64);
    let mut segments: Vec<_> = Segment::new(0, total, total).unwrap().cut(longest).collect();
    segments.reverse();
    segments
}

/// One message from native calls, any cut, in reverse order: as one call of the crate makes it.
#[wasm_bindgen_test]
async fn native_segments_are_one_message() {
    for round in 0..40 {
        let total = if round < 4 {
            round
        } else {
            (random::unit() * 3_000_000.0) as u64
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
