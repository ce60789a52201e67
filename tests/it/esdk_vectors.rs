//! Every pair `NAME.json` / `NAME.bin` in `tests/vectors/esdk`: messages by the official Python client, good and
//! damaged. Drop more in and they are run.

use std::fs;
use std::path::Path;

use sealdrop::encryption::esdk::version1::Version1Header;
use sealdrop::encryption::esdk::{FrameCipher, Header, Layout, MAX_FOOTER_LENGTH, Parsed};
use sealdrop::encryption::{EncryptionError, Key, OaepPadding, RsaPrivateKey, WrappingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

struct Vector {
    name: String,
    json: Value,
    message: Vec<u8>,
    keys: Vec<Key>,
}

fn vectors() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/esdk");
    let mut vectors = Vec::new();
    for entry in fs::read_dir(folder).expect("the vectors are part of the repository") {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let json: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let message = fs::read(path.with_extension("bin")).unwrap_or_else(|_| panic!("{name} has no .bin"));
        let keys = json["keys"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(read_key)
            .collect();
        vectors.push(Vector {
            name,
            json,
            message,
            keys,
        });
    }
    assert!(vectors.len() >= 68, "only {} vectors found", vectors.len());
    vectors
}

/// `None` for PKCS#1 v1.5, which is not read.
fn read_key(key: &Value) -> Option<Key> {
    let text = |field| key[field].as_str().unwrap();
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
    fn copy(&self) -> Vector {
        Vector {
            name: self.name.clone(),
            json: self.json.clone(),
            message: self.message.clone(),
            keys: self.keys.clone(),
        }
    }

    fn good(&self) -> bool {
        self.json["expect"] == "accept"
    }

    /// Whether it must open: all but those whose only key is not read here.
    fn ours(&self) -> bool {
        self.good() && !self.keys.is_empty()
    }

    fn is_version1(&self) -> bool {
        self.json["message_version"] == 1
    }

    fn is_signed(&self) -> bool {
        self.json["suite"] == "0578"
    }

    fn plaintext(&self) -> Vec<u8> {
        let hex = self.json["plaintext_hex"].as_str().map(|hex| {
            (0..hex.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                .collect()
        });
        // plaintext_rule: p[i] = (7 + 31*i + 17*(i>>8) + 5*(i>>16)) & 0xff
        let rule = |i: u64| (7 + 31 * i + 17 * (i >> 8) + 5 * (i >> 16)) as u8;
        hex.unwrap_or_else(|| (0..self.json["plaintext_len"].as_u64().unwrap()).map(rule).collect())
    }
}

/// Whole: header, then every frame in order, then the footer.
fn open(message: &[u8], keys: &[Key]) -> Result<Vec<u8>, EncryptionError> {
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

fn open_any(vector: &Vector, unlocked: bool) -> Result<Vec<u8>, EncryptionError> {
    match Version1Header::parse(&vector.message) {
        Ok(Some(header)) => header.decrypt(&vector.message, &vector.keys, unlocked),
        Ok(None) => Err(EncryptionError::Damaged),
        Err(EncryptionError::NotAMessage) => open(&vector.message, &vector.keys),
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
        let plaintext = open_any(vector, true).unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        assert_eq!(plaintext, vector.plaintext(), "{}", vector.name);
        let sha256: String = Sha256::digest(&plaintext)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(vector.json["plaintext_sha256"], sha256, "{}", vector.name);
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
            match Header::parse(&vector.message[..length]).unwrap() {
                Parsed::Complete(header) => break header,
                Parsed::NeedMore { at_least } => {
                    assert!(at_least > length);
                    length = (length + 7).min(vector.message.len());
                }
            }
        };
        let piece = Header::parse(&vector.message[..header.length() - 1]).unwrap();
        assert!(matches!(piece, Parsed::NeedMore { .. }), "{}", vector.name);
        // Frames last to first, each from its own slice.
        let (_, layout, cipher) = prepare(&vector.message, &vector.keys).unwrap();
        let plaintext = vector.plaintext();
        for index in (0..layout.frame_count()).rev() {
            let range = layout.plaintext_range(index..index + 1);
            let expected = &plaintext[range.start as usize..range.end as usize];
            assert_eq!(
                open_frame(&vector.message, &layout, &cipher, index).unwrap(),
                expected,
                "{}",
                vector.name
            );
        }
    }
}

#[test]
fn damaged_messages_are_refused() {
    let mut refused = 0;
    for vector in vectors().iter().filter(|vector| !vector.good()) {
        assert!(open_any(vector, false).is_err(), "{} was accepted", vector.name);
        // This one is whole: only its version is to be refused.
        if vector.name != "neg-v1-under-require" {
            assert!(open_any(vector, true).is_err(), "{} was accepted", vector.name);
        }
        refused += 1;
    }
    assert!(refused >= 19, "only {refused} damaged vectors");
}

#[test]
fn version_1_opens_only_with_consent() {
    let mut locked = 0;
    for vector in vectors().iter().filter(|vector| vector.ours()) {
        match open_any(vector, false) {
            Ok(_) => assert!(!vector.is_version1(), "{}", vector.name),
            Err(EncryptionError::Locked { why }) => {
                assert!(vector.is_version1() && !why.is_empty(), "{}", vector.name);
                assert!(matches!(
                    Header::parse(&vector.message),
                    Err(EncryptionError::Unsupported { .. })
                ));
                locked += 1;
            }
            Err(other) => panic!("{}: {other}", vector.name),
        }
    }
    assert!(locked >= 11, "only {locked} of version 1");
}

#[test]
fn a_wrap_that_is_not_read_needs_another_key() {
    for vector in vectors().iter().filter(|vector| vector.good() && !vector.ours()) {
        assert_eq!(
            open_any(vector, true),
            Err(EncryptionError::NoMatchingKey),
            "{}",
            vector.name
        );
    }
}

#[test]
fn every_recipients_key_opens_alone_and_a_strangers_does_not() {
    let stranger = Key::Aes(WrappingKey::new([1; 32], "MyAppKeys", "S3AESKey"));
    for vector in vectors()
        .iter()
        .filter(|vector| vector.ours() && vector.message.len() < 10_000)
    {
        for key in &vector.keys {
            let alone = Vector {
                keys: vec![stranger.clone(), key.clone()],
                ..vector.copy()
            };
            assert_eq!(open_any(&alone, true).unwrap(), vector.plaintext(), "{}", vector.name);
        }
        let stranger = Vector {
            keys: vec![stranger.clone()],
            ..vector.copy()
        };
        assert_eq!(
            open_any(&stranger, true),
            Err(EncryptionError::NoMatchingKey),
            "{}",
            vector.name
        );
    }
}

#[test]
fn a_data_key_unwrapped_elsewhere_opens_as_well() {
    let mut opened = 0;
    for vector in vectors()
        .iter()
        .filter(|vector| vector.ours() && vector.name.contains("-rsa-") && !vector.is_version1())
    {
        let Parsed::Complete(header) = Header::parse(&vector.message).unwrap() else {
            panic!("{}", vector.name)
        };
        let unwraps = header.rsa_unwraps(&vector.keys);
        let [unwrap] = unwraps[..] else {
            panic!("{}: {unwraps:?}", vector.name)
        };
        let Key::RsaPrivate(key) = &vector.keys[unwrap.key_index] else {
            panic!("{}", vector.name)
        };
        let data_key = key.decrypt(unwrap.padding, unwrap.ciphertext).unwrap();
        assert!(
            header.open_with_data_key(&data_key, unwrap.key_index).is_ok(),
            "{}",
            vector.name
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
fn any_changed_or_missing_byte_of_an_old_or_signed_message_is_refused() {
    for vector in vectors()
        .iter()
        .filter(|vector| vector.ours() && vector.message.len() < 1200)
    {
        if !(vector.is_version1() || vector.is_signed()) || vector.name.contains("rsa") {
            continue;
        }
        let aes: Vec<_> = vector
            .keys
            .iter()
            .filter(|key| matches!(key, Key::Aes(_)))
            .cloned()
            .collect();
        let step = 1 + vector.message.len() / 40;
        for at in (0..vector.message.len())
            .step_by(step)
            .chain((1..110).step_by(9).map(|back| vector.message.len() - back))
        {
            let mut changed = Vector {
                keys: aes.clone(),
                ..vector.copy()
            };
            changed.message[at] ^= 1;
            assert!(open_any(&changed, true).is_err(), "{} at {at}", vector.name);
            changed.message = vector.message[..at].to_vec();
            assert!(open_any(&changed, true).is_err(), "{} cut at {at}", vector.name);
        }
    }
}

#[test]
fn a_key_whose_names_were_lost_still_opens() {
    for vector in vectors().iter().filter(|vector| vector.ours() && !vector.is_version1()) {
        let Key::Aes(key) = &vector.keys[0] else { continue };
        let renamed = WrappingKey::from_text(&key.to_file(), "other", "name").unwrap();
        assert_eq!(
            open(&vector.message, &[Key::Aes(renamed)]).unwrap(),
            vector.plaintext(),
            "{}",
            vector.name
        );
    }
}
