//! RSA keys: read, written, refused, not shown.

use proptest::prelude::*;
use sealdrop::encryption::{BadRsaKey, EncryptionError, OaepPadding, RsaPrivateKey, RsaPublicKey};

fn pkcs1_pem() -> String {
    let json: serde_json::Value = serde_json::from_str(include_str!("../vectors/s3ec/v3-rsa-java-0.json")).unwrap();
    json["keys"]["rsa_private_key_pem"].as_str().unwrap().to_owned()
}

fn key() -> RsaPrivateKey {
    RsaPrivateKey::from_pem(&pkcs1_pem(), "", "").unwrap()
}

#[test]
fn key_files_read_back() {
    let key = key();
    let pem = key.to_pem();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n") && pem.ends_with("-----END PRIVATE KEY-----\n"));
    let again = RsaPrivateKey::from_pem(&pem.replace('\n', "\r\n"), "lab", "2026").unwrap();
    assert_eq!(*again.to_pem(), *pem);
    assert_eq!((again.public().namespace(), again.public().name()), ("lab", "2026"));
    assert_eq!(
        (key.public().namespace(), key.public().name()),
        ("MyAppKeys", "S3RSAKey")
    );
    let public = RsaPublicKey::from_pem(&key.public().to_pem(), "", "").unwrap();
    assert!(public == *key.public());
    assert_eq!(public.fingerprint(), again.public().fingerprint());
    assert_eq!((public.bits(), public.fingerprint().to_string().len()), (2048, 19));
    assert!(RsaPublicKey::from_spki_der(&public.to_spki_der(), "", "").unwrap() == public);
    assert!(RsaPrivateKey::from_pkcs8_der(&key.to_pkcs8_der(), "", "").is_ok());
}

#[test]
fn what_is_no_key_is_refused_in_words() {
    let private = |text: &str| RsaPrivateKey::from_pem(text, "", "").err();
    assert_eq!(private(""), Some(BadRsaKey::Unreadable));
    assert_eq!(private(&key().public().to_pem()), Some(BadRsaKey::Unreadable));
    assert_eq!(private(&pkcs1_pem().replace("MII", "MIJ")), Some(BadRsaKey::Unreadable));
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    assert_eq!(private(locked), Some(BadRsaKey::Encrypted));
    assert_eq!(
        RsaPublicKey::from_pem(&key().to_pem(), "", "").err(),
        Some(BadRsaKey::Unreadable)
    );
    assert!(BadRsaKey::Size { bits: 1024 }.to_string().contains("1024"));
}

#[test]
fn every_padding_opens_what_it_made_and_nothing_else() {
    let (key, all) = (
        key(),
        [
            OaepPadding::Sha1,
            OaepPadding::Sha256,
            OaepPadding::Sha384,
            OaepPadding::Sha512,
        ],
    );
    for padding in all.into_iter().chain([OaepPadding::Sha256Mgf1Sha1]) {
        let sealed = key.public().encrypt(padding, b"payload", &[7; 32]).unwrap();
        assert_eq!(&key.decrypt(padding, &sealed).unwrap()[..], b"payload");
        let other = if padding == OaepPadding::Sha1 {
            OaepPadding::Sha256
        } else {
            OaepPadding::Sha1
        };
        for (padding, bytes) in [
            (other, &sealed[..]),
            (padding, &sealed[1..]),
            (padding, &[0xff; 256]),
            (padding, &[]),
        ] {
            assert_eq!(key.decrypt(padding, bytes).err(), Some(EncryptionError::Damaged));
        }
        assert_eq!(key.public().encrypt(padding, &[0; 256], &[7; 32]), None);
    }
}

#[test]
fn debug_output_shows_no_key() {
    let shown = format!("{:?}", key());
    assert!(shown.contains("redacted") && shown.len() < 120, "{shown}");
}

proptest! {
    #[test]
    fn any_der_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = RsaPublicKey::from_spki_der(&bytes, "", "");
        prop_assert!(RsaPrivateKey::from_pkcs8_der(&bytes, "", "").is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_changed_spki_is_read_or_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut der = key().public().to_spki_der();
        let at = at.index(der.len());
        der[at] = byte;
        if let Ok(key) = RsaPublicKey::from_spki_der(&der, "", "") {
            prop_assert!((2048..=4096).contains(&key.bits()));
        }
    }
}

#[test]
fn keys_of_other_algorithms_are_called_by_their_name() {
    let private = [
        (
            "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmcEGZ56tk5+Ro9/D\nTUZCjVjkuwwltuzfRRY2Zv8NIuKhRANCAATzp9LrCXreee//kpWfAyy4wO3TfavH\nhhlG4W0GpxuWEsReBLhIGZ1z6f25QnMF5pNPhzbxJlmg4eKA1/oF4Fzr\n-----END PRIVATE KEY-----",
            "elliptic curve",
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIIZno29LDjyrYnspcz9CMgPRJ4gwYr6wb4LYEQR/Fq39\n-----END PRIVATE KEY-----",
            "Ed25519",
        ),
    ];
    let public = [
        (
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE86fS6wl63nnv/5KVnwMsuMDt032r\nx4YZRuFtBqcblhLEXgS4SBmdc+n9uUJzBeaTT4c28SZZoOHigNf6BeBc6w==\n-----END PUBLIC KEY-----",
            "elliptic curve",
        ),
        (
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAwUDovn78+aYYvEgNSA/FJJEYJogd9JKjgauIwUWjMM0=\n-----END PUBLIC KEY-----",
            "Ed25519",
        ),
    ];
    for (pem, name) in private {
        let error = RsaPrivateKey::from_pem(pem, "", "").unwrap_err();
        assert!(
            matches!(error, BadRsaKey::NotRsa { .. }) && error.to_string().contains(name),
            "{error}"
        );
    }
    for (pem, name) in public {
        let error = RsaPublicKey::from_pem(pem, "", "").unwrap_err();
        assert!(
            matches!(error, BadRsaKey::NotRsa { .. }) && error.to_string().contains(name),
            "{error}"
        );
    }
}
