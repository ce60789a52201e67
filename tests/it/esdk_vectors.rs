//! Messages by the official AWS Encryption SDK, good and damaged: each whole and in pieces, opened or refused as it says.

use sealdrop::encryption::esdk::version1::Version1Header;
use sealdrop::encryption::esdk::{FrameCipher, Header, Layout, MAX_FOOTER_LENGTH, Parsed};
use sealdrop::encryption::{EncryptionError, Key, OaepPadding, RsaPrivateKey, WrappingKey};
use serde_json::Value;

use crate::vectors::{Pair, pairs};

#[derive(Clone)]
pub(crate) struct Vector {
    pub(crate) pair: Pair,
    pub(crate) keys: Vec<Key>,
}

pub(crate) fn vectors() -> Vec<Vector> {
    let with_keys = |pair: Pair| {
        let keys = pair.json["keys"].as_array().into_iter().flatten();
        Vector {
            keys: keys.filter_map(read_key).collect(),
            pair,
        }
    };
    pairs("esdk", 68).into_iter().map(with_keys).collect()
}

/// `None` for PKCS#1 v1.5 and for AES keys of other than 256 bits, which are not read, and for keys held by a KMS.
fn read_key(key: &Value) -> Option<Key> {
    let text = |field: &str| key[field].as_str().unwrap_or_default();
    if key["type"] == "raw-aes" {
        return WrappingKey::from_text(text("key_hex"), text("namespace"), text("name"))
            .ok()
            .map(Key::Aes);
    }
    let padding = match text("padding") {
        "OAEP_SHA1_MGF1" => OaepPadding::Sha1,
        "OAEP_SHA256_MGF1" => OaepPadding::Sha256,
        "OAEP_SHA384_MGF1" => OaepPadding::Sha384,
        "OAEP_SHA512_MGF1" => OaepPadding::Sha512,
        _ => return None,
    };
    let key = RsaPrivateKey::from_pem(text("private_key_pem"), text("namespace"), text("name")).unwrap();
    Some(Key::RsaPrivate(Box::new(key.with_padding(padding))))
}

impl Vector {
    pub(crate) fn name(&self) -> &str {
        &self.pair.name
    }

    pub(crate) fn message(&self) -> &[u8] {
        &self.pair.bytes
    }

    /// Whether it must open: all but those whose only key is not read here.
    pub(crate) fn ours(&self) -> bool {
        self.pair.is_good() && !self.keys.is_empty()
    }

    pub(crate) fn is_version1(&self) -> bool {
        !matches!(Version1Header::parse(self.message()), Err(EncryptionError::NotAMessage))
    }
}

/// Whole: header, then every frame in order, then the footer.
pub(crate) fn open(message: &[u8], keys: &[Key]) -> Result<Vec<u8>, EncryptionError> {
    let (header, layout, cipher) = prepare(message, keys)?;
    assert_eq!(layout.header_length(), header.length() as u64);
    let mut plaintext = Vec::new();
    for index in 0..layout.frame_count() {
        plaintext.extend(open_frame(message, &layout, &cipher, index)?);
    }
    assert_eq!(plaintext.len() as u64, layout.plaintext_length());
    if header.is_signed() {
        let (signed, footer) = message.split_at(layout.message_length() as usize);
        let mut verifier = header.verifier()?;
        signed.chunks(1000).for_each(|chunk| verifier.update(chunk));
        verifier.finish(footer)?;
    }
    Ok(plaintext)
}

pub(crate) fn open_any(message: &[u8], keys: &[Key], unlocked: bool) -> Result<Vec<u8>, EncryptionError> {
    match Version1Header::parse(message) {
        Ok(Some(header)) => header.decrypt(message, keys, unlocked),
        Ok(None) => Err(EncryptionError::Damaged),
        Err(EncryptionError::NotAMessage) => open(message, keys),
        Err(error) => Err(error),
    }
}

fn prepare(message: &[u8], keys: &[Key]) -> Result<(Header, Layout, FrameCipher), EncryptionError> {
    let header = match Header::parse(message)? {
        Parsed::Complete(header) => header,
        Parsed::NeedMore { at_least } => {
            assert!(at_least > message.len());
            return Err(EncryptionError::Damaged);
        }
    };
    let opened = header.open(keys)?;
    let length = message.len() as u64;
    let layout = if header.is_signed() {
        let tail = &message[message.len().saturating_sub(MAX_FOOTER_LENGTH as usize)..];
        assert!(header.layout(length).is_err(), "a signed message has another layout");
        header.signed_layout(length, tail)?
    } else {
        header.layout(length)?
    };
    let cipher = FrameCipher::new(&opened.content_key, header.message_id());
    Ok((header, layout, cipher))
}

fn open_frame(message: &[u8], layout: &Layout, cipher: &FrameCipher, index: u32) -> Result<Vec<u8>, EncryptionError> {
    let frame = layout.frame(index);
    let bytes = &message[frame.message.start as usize..frame.message.end as usize];
    cipher.decrypt(&frame, bytes)
}

#[test]
fn good_messages_open_whole() {
    let mut opened = 0;
    for vector in vectors().iter().filter(|vector| vector.ours()) {
        assert_eq!(vector.is_version1(), vector.pair.json["message_version"] == 1);
        let plaintext = open_any(vector.message(), &vector.keys, true);
        vector
            .pair
            .check(&plaintext.unwrap_or_else(|error| panic!("{}: {error}", vector.name())));
        opened += 1;
    }
    assert!(opened >= 48, "only {opened} opened");
}

#[test]
fn good_messages_open_in_pieces_and_in_any_order() {
    for vector in vectors().iter().filter(|vector| vector.ours() && !vector.is_version1()) {
        // The header in growing pieces: no shorter piece may be taken for a whole one.
        let mut length = 0;
        let header = loop {
            match Header::parse(&vector.message()[..length]).unwrap() {
                Parsed::Complete(header) => break header,
                Parsed::NeedMore { at_least } => {
                    assert!(at_least > length);
                    length = (length + 7).min(vector.message().len());
                }
            }
        };
        let piece = Header::parse(&vector.message()[..header.length() - 1]).unwrap();
        assert!(matches!(piece, Parsed::NeedMore { .. }), "{}", vector.name());
        // Frames last to first, each from its own slice.
        let (_, layout, cipher) = prepare(vector.message(), &vector.keys).unwrap();
        let plaintext = vector.pair.plaintext();
        for index in (0..layout.frame_count()).rev() {
            let range = layout.plaintext_range(index..index + 1);
            let expected = &plaintext[range.start as usize..range.end as usize];
            assert_eq!(
                open_frame(vector.message(), &layout, &cipher, index).unwrap(),
                expected,
                "{}",
                vector.name()
            );
        }
    }
}

#[test]
fn damaged_messages_are_refused() {
    let mut refused = 0;
    for vector in vectors().iter().filter(|vector| !vector.pair.is_good()) {
        let open = |unlocked| open_any(vector.message(), &vector.keys, unlocked);
        assert!(open(false).is_err(), "{} was accepted", vector.name());
        // Some are whole: only their version is to be refused.
        let by_policy = vector.is_version1()
            && vector.pair.json["own"]
                .as_str()
                .is_some_and(|why| why.contains("not allowed"));
        assert_eq!(open(true).is_ok(), by_policy, "{} was accepted", vector.name());
        refused += 1;
    }
    assert!(refused >= 19, "only {refused} damaged vectors");
}

#[test]
fn version_1_opens_only_with_consent() {
    let mut locked = 0;
    for vector in vectors().iter().filter(|vector| vector.ours()) {
        match open_any(vector.message(), &vector.keys, false) {
            Ok(_) => assert!(!vector.is_version1(), "{}", vector.name()),
            Err(EncryptionError::Locked { why }) => {
                assert!(vector.is_version1() && !why.is_empty(), "{}", vector.name());
                assert!(matches!(
                    Header::parse(vector.message()),
                    Err(EncryptionError::Unsupported { .. })
                ));
                locked += 1;
            }
            Err(other) => panic!("{}: {other}", vector.name()),
        }
    }
    assert!(locked >= 11, "only {locked} of version 1");
}

#[test]
fn a_wrap_that_is_not_read_needs_another_key() {
    for vector in vectors()
        .iter()
        .filter(|vector| vector.pair.is_good() && !vector.ours())
    {
        assert_eq!(
            open_any(vector.message(), &vector.keys, true),
            Err(EncryptionError::NoMatchingKey),
            "{}",
            vector.name()
        );
    }
}

#[test]
fn every_recipients_key_opens_alone_and_a_strangers_does_not() {
    let stranger = Key::Aes(WrappingKey::new([1; 32], "MyAppKeys", "S3AESKey"));
    for vector in vectors()
        .iter()
        .filter(|vector| vector.ours() && vector.message().len() < 10_000)
    {
        for key in &vector.keys {
            let both = [stranger.clone(), key.clone()];
            vector.pair.check(&open_any(vector.message(), &both, true).unwrap());
        }
        assert_eq!(
            open_any(vector.message(), std::slice::from_ref(&stranger), true),
            Err(EncryptionError::NoMatchingKey),
            "{}",
            vector.name()
        );
    }
}

#[test]
fn a_data_key_unwrapped_elsewhere_opens_as_well() {
    let mut opened = 0;
    let is_rsa = |key: &Key| matches!(key, Key::RsaPrivate(_));
    for vector in vectors() {
        if !vector.ours() || vector.is_version1() || !vector.keys.iter().all(is_rsa) {
            continue;
        }
        let Parsed::Complete(header) = Header::parse(vector.message()).unwrap() else {
            panic!("{}", vector.name())
        };
        let unwraps = header.rsa_unwraps(&vector.keys);
        let unwrap = unwraps.first().unwrap_or_else(|| panic!("{}", vector.name()));
        let Key::RsaPrivate(key) = &vector.keys[unwrap.key_index] else {
            panic!("{}", vector.name())
        };
        let data_key = key.decrypt(unwrap.padding, unwrap.ciphertext).unwrap();
        assert!(
            header.open_with_data_key(&data_key, unwrap.key_index).is_ok(),
            "{}",
            vector.name()
        );
        let refused = header.open_with_data_key(&[0; 32], 0).err();
        assert_eq!(refused, Some(EncryptionError::Damaged));
        assert_eq!(
            header.open_with_data_key(&data_key[1..], 0).err(),
            Some(EncryptionError::Damaged)
        );
        opened += 1;
    }
    assert!(opened >= 12, "only {opened} opened");
}

#[test]
fn a_key_whose_names_were_lost_still_opens() {
    for vector in vectors().iter().filter(|vector| vector.ours() && !vector.is_version1()) {
        let Key::Aes(key) = &vector.keys[0] else { continue };
        let renamed = WrappingKey::from_text(&key.to_file(), "other", "name").unwrap();
        assert_eq!(
            open(vector.message(), &[Key::Aes(renamed)]).unwrap(),
            vector.pair.plaintext(),
            "{}",
            vector.name()
        );
    }
}
