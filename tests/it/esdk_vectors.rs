//! Every pair `NAME.json` / `NAME.bin` in `tests/vectors/esdk`: messages by the official Python client, good and
//! damaged. Drop more in and they are run.

use std::fs;
use std::path::Path;

use sealdrop::encryption::esdk::{FrameCipher, Header, Layout, Parsed};
use sealdrop::encryption::{EncryptionError, WrappingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

struct Vector {
    name: String,
    json: Value,
    message: Vec<u8>,
    keys: Vec<WrappingKey>,
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
            .filter(|key| key["type"] == "raw-aes");
        let keys = keys
            .filter(|key| key["key_hex"].as_str().is_some_and(|hex| hex.len() == 64))
            .map(|key| {
                let text = |field| key[field].as_str().unwrap();
                WrappingKey::from_text(text("key_hex"), text("namespace"), text("name")).unwrap()
            })
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

impl Vector {
    fn good(&self) -> bool {
        self.json["expect"] == "accept"
    }

    /// Whether this version must open it: the rest must be refused in words of its own, not as damaged.
    fn ours(&self) -> bool {
        self.good() && self.json["suite"] == "0478" && !self.keys.is_empty()
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

/// Whole: header, then every frame in order.
fn open(message: &[u8], keys: &[WrappingKey]) -> Result<Vec<u8>, EncryptionError> {
    let (header, layout, cipher) = prepare(message, keys)?;
    assert_eq!(layout.header_length(), header.length() as u64);
    let mut plaintext = Vec::new();
    for index in 0..layout.frame_count() {
        plaintext.extend(open_frame(message, &layout, &cipher, index)?);
    }
    assert_eq!(plaintext.len() as u64, layout.plaintext_length());
    Ok(plaintext)
}

fn prepare(message: &[u8], keys: &[WrappingKey]) -> Result<(Header, Layout, FrameCipher), EncryptionError> {
    let header = match Header::parse(message)? {
        Parsed::Complete(header) => header,
        Parsed::NeedMore { at_least } => {
            assert!(at_least > message.len());
            return Err(EncryptionError::Damaged);
        }
    };
    let opened = header.open(keys)?;
    let layout = header.layout(message.len() as u64)?;
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
        let plaintext = open(&vector.message, &vector.keys).unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        assert_eq!(plaintext, vector.plaintext(), "{}", vector.name);
        let sha256: String = Sha256::digest(&plaintext)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(vector.json["plaintext_sha256"], sha256, "{}", vector.name);
        opened += 1;
    }
    assert!(opened >= 11, "only {opened} opened");
}

#[test]
fn good_messages_open_in_pieces_and_in_any_order() {
    for vector in vectors().iter().filter(|vector| vector.ours()) {
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
        assert!(
            open(&vector.message, &vector.keys).is_err(),
            "{} was accepted",
            vector.name
        );
        refused += 1;
    }
    assert!(refused >= 19, "only {refused} damaged vectors");
}

#[test]
fn messages_of_other_suites_and_keys_say_what_they_are() {
    for vector in vectors().iter().filter(|vector| vector.good() && !vector.ours()) {
        let error = open(&vector.message, &vector.keys).unwrap_err();
        let suite = vector.json["suite"].as_str().unwrap();
        match error {
            EncryptionError::Unsupported { what } => assert!(what.contains(suite), "{}: {what}", vector.name),
            EncryptionError::NoMatchingKey => assert!(vector.keys.is_empty() && suite == "0478", "{}", vector.name),
            other => panic!("{}: {other}", vector.name),
        }
    }
}

#[test]
fn another_key_opens_nothing() {
    let stranger = WrappingKey::new([1; 32], "MyAppKeys", "S3AESKey");
    for vector in vectors().iter().filter(|vector| vector.ours()) {
        let error = open(&vector.message, std::slice::from_ref(&stranger)).unwrap_err();
        assert_eq!(error, EncryptionError::NoMatchingKey, "{}", vector.name);
    }
}

#[test]
fn a_key_whose_names_were_lost_still_opens() {
    for vector in vectors().iter().filter(|vector| vector.ours()) {
        let hex = vector.keys[0].to_file();
        let renamed = WrappingKey::from_text(&hex, "other", "name").unwrap();
        assert_eq!(
            open(&vector.message, &[renamed]).unwrap(),
            vector.plaintext(),
            "{}",
            vector.name
        );
    }
}
