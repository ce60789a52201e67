//! Every pair `NAME.json` / `NAME.bin` in `tests/vectors/s3ec`: objects by official clients. Drop more in and they are
//! run.

use std::fs;
use std::path::Path;

use sealdrop::encryption::s3ec::{
    AlgorithmSuite, CommitmentPolicy, Content, Entries, Envelope, Format, KeyNeeded, Opened, Policy, Recognised,
    TextMap,
};
use sealdrop::encryption::{EncryptionError, Key, RsaPrivateKey, WrappingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

const UNLOCKED: Policy = Policy {
    commitment: CommitmentPolicy::RequireEncryptRequireDecrypt,
    unlocked: true,
};

struct Vector {
    name: String,
    json: Value,
    object: Vec<u8>,
}

fn vectors() -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/s3ec");
    let mut vectors = Vec::new();
    for file in fs::read_dir(folder).expect("the vectors are part of the repository") {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let object = fs::read(path.with_extension("bin")).unwrap_or_else(|_| panic!("{name} has no .bin"));
            vectors.push(Vector { name, json, object });
        }
    }
    assert!(vectors.len() >= 52, "only {} vectors found", vectors.len());
    vectors
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

impl Vector {
    fn text(&self, field: &str) -> &str {
        self.json[field]
            .as_str()
            .unwrap_or_else(|| panic!("{} has no {field}", self.name))
    }

    fn refused(&self) -> bool {
        self.json["expect"] == "refuse" || self.json["wrap"].as_str().is_some_and(|wrap| wrap.contains("v1.5"))
    }

    fn entries(&self) -> Result<Entries, EncryptionError> {
        let metadata = self.json["metadata"].as_object().unwrap();
        Entries::from_metadata(metadata.iter().map(|(name, value)| (name, value.as_str().unwrap())))
    }

    fn envelope(&self) -> Result<Envelope, EncryptionError> {
        match Envelope::recognise(self.entries()?)? {
            Recognised::Envelope(envelope) => Ok(envelope),
            other => panic!("{}: {other:?}", self.name),
        }
    }

    fn key(&self) -> Option<Key> {
        let keys = &self.json["keys"];
        if let Some(hex) = keys["aes_wrapping_key_hex"].as_str() {
            return Some(Key::Aes(WrappingKey::from_text(hex, "", "").unwrap()));
        }
        let pem = keys["rsa_private_key_pem"].as_str()?;
        Some(Key::RsaPrivate(Box::new(RsaPrivateKey::from_pem(pem, "", "").unwrap())))
    }

    fn map(&self, field: &str) -> TextMap {
        let pairs = self.json["keys"][field].as_object().unwrap();
        pairs
            .iter()
            .map(|(key, value)| (key, value.as_str().unwrap()))
            .collect()
    }

    fn open(&self, policy: Policy) -> Result<Opened, EncryptionError> {
        let envelope = self.envelope()?;
        if envelope.key_needed() != KeyNeeded::Kms {
            return envelope.open(&self.key(), policy);
        }
        let ask = envelope.kms_decrypt(Some(&self.map("user_encryption_context")))?;
        assert_eq!(
            ask.encryption_context,
            self.map("kms_encryption_context"),
            "{}",
            self.name
        );
        let data_key = self.json["keys"]["kms_plaintext_data_key_hex"].as_str().unwrap();
        envelope.open_with_payload(&hex(data_key), policy)
    }

    fn plaintext(&self) -> Vec<u8> {
        // plaintext_rule: p[i] = (7 + 31*i + 17*(i>>8) + 5*(i>>16)) & 0xff
        let rule = |i: u64| (7 + 31 * i + 17 * (i >> 8) + 5 * (i >> 16)) as u8;
        (0..self.json["plaintext_len"].as_u64().unwrap()).map(rule).collect()
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_object_opens_or_is_refused_as_it_says() {
    let (mut opened, mut refused) = (0, 0);
    for vector in vectors() {
        let name = &vector.name;
        assert_eq!(vector.object.len() as u64, vector.json["object_len"], "{name}");
        assert_eq!(sha256(&vector.object), vector.text("object_sha256"), "{name}");
        let outcome = vector
            .open(UNLOCKED)
            .and_then(|opened| opened.decrypt(vector.object.clone()));
        if vector.refused() {
            assert!(outcome.is_err(), "{name} was opened");
            refused += 1;
            continue;
        }
        let plaintext = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(plaintext, vector.plaintext(), "{name}");
        assert_eq!(sha256(&plaintext), vector.text("plaintext_sha256"), "{name}");
        opened += 1;
    }
    assert!(opened >= 48 && refused >= 4, "{opened} opened, {refused} refused");
}

#[test]
fn only_v3_opens_without_consent() {
    for vector in vectors().iter().filter(|vector| !vector.refused()) {
        let envelope = vector.envelope().unwrap();
        let (v3, name) = (envelope.format() == Format::V3, &vector.name);
        assert_eq!(envelope.risks().is_empty(), v3, "{name}");
        match vector.open(Policy::default()) {
            Ok(_) => assert!(v3, "{name}"),
            Err(EncryptionError::Locked { why }) => assert!(!v3 && !why.is_empty(), "{name}"),
            Err(other) => panic!("{name}: {other}"),
        }
        // The other policies read V2 as today's clients write it, and nothing older.
        let allow = Policy {
            commitment: CommitmentPolicy::RequireEncryptAllowDecrypt,
            unlocked: false,
        };
        let modern = envelope.suite() != AlgorithmSuite::Aes256CbcIv16NoKdf && !envelope.wrap().is_legacy();
        assert_eq!(vector.open(allow).is_ok(), modern, "{name}");
    }
}

#[test]
fn pkcs1_v1_5_is_refused_in_words() {
    for vector in vectors().iter().filter(|vector| vector.name.starts_with("v1-rsa")) {
        let error = vector.envelope().unwrap_err();
        assert!(
            matches!(&error, EncryptionError::Unsupported { what } if what.contains("v1.5")),
            "{error}"
        );
    }
}

#[test]
fn another_key_opens_nothing_and_says_nothing_more() {
    let aes = Key::Aes(WrappingKey::new([1; 32], "", ""));
    for vector in vectors().iter().filter(|vector| !vector.refused()) {
        let envelope = vector.envelope().unwrap();
        let expected = match envelope.key_needed() {
            KeyNeeded::Aes => EncryptionError::Damaged,
            _ => EncryptionError::NoMatchingKey,
        };
        assert_eq!(
            envelope.open([&aes], UNLOCKED).unwrap_err(),
            expected,
            "{}",
            vector.name
        );
        let public = vector.key().and_then(|key| key.as_ref().rsa_public().cloned());
        assert_eq!(
            envelope.open(&public, UNLOCKED).unwrap_err(),
            EncryptionError::NoMatchingKey,
            "{}",
            vector.name
        );
    }
}

#[test]
fn a_payload_made_elsewhere_opens_as_well() {
    for vector in vectors()
        .iter()
        .filter(|vector| !vector.refused() && vector.text("wrap").contains("RSA"))
    {
        let envelope = vector.envelope().unwrap();
        let KeyNeeded::Rsa { padding, bits } = envelope.key_needed() else {
            panic!("{}: {:?}", vector.name, envelope.key_needed())
        };
        let Some(Key::RsaPrivate(key)) = vector.key() else {
            panic!("{} has no RSA key", vector.name)
        };
        assert_eq!(bits as u32, key.public().bits());
        let payload = key.decrypt(padding, envelope.wrapped_key()).unwrap();
        let opened = envelope.open_with_payload(&payload, UNLOCKED).unwrap();
        assert_eq!(opened.decrypt(vector.object.clone()).unwrap(), vector.plaintext());
        for wrong in [&payload[1..], &[], &payload[..payload.len() - 1]] {
            assert_eq!(
                envelope.open_with_payload(wrong, UNLOCKED).unwrap_err(),
                EncryptionError::Damaged
            );
        }
    }
}

#[test]
fn another_kms_context_is_refused() {
    for vector in vectors().iter().filter(|vector| vector.text("wrap").starts_with("kms")) {
        let mut context = vector.map("user_encryption_context");
        let envelope = vector.envelope().unwrap();
        assert!(envelope.kms_decrypt(None).is_ok());
        context.insert("another", "pair");
        assert_eq!(
            envelope.kms_decrypt(Some(&context)),
            Err(EncryptionError::Damaged),
            "{}",
            vector.name
        );
    }
}

#[test]
fn any_changed_byte_or_cut_of_authenticated_content_is_refused() {
    for vector in vectors()
        .iter()
        .filter(|vector| !vector.refused() && vector.object.len() < 100)
    {
        let opened = vector.open(UNLOCKED).unwrap();
        if matches!(opened.content, Content::Cbc { .. }) {
            continue;
        }
        for at in 0..vector.object.len() {
            let mut changed = vector.object.clone();
            changed[at] ^= 0x20;
            assert_eq!(
                opened.decrypt(changed),
                Err(EncryptionError::Damaged),
                "{} at {at}",
                vector.name
            );
            assert!(
                opened.decrypt(vector.object[..at].to_vec()).is_err(),
                "{} cut at {at}",
                vector.name
            );
        }
        assert!(opened.decrypt([&vector.object[..], b"x"].concat()).is_err());
    }
}

/// Every byte of every binary entry that something authenticates.
#[test]
fn any_changed_entry_is_refused() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    for vector in vectors()
        .iter()
        .filter(|vector| vector.name.ends_with("-17") && !vector.refused())
    {
        let kms = vector.name.contains("kms");
        let metadata = vector.json["metadata"].as_object().unwrap();
        let cbc = vector.name.starts_with("v1") || vector.name.starts_with("v2cbc");
        for (name, value) in metadata {
            let bytes = STANDARD
                .decode(value.as_str().unwrap())
                .ok()
                .filter(|bytes| bytes.len() > 8);
            // KMS authenticates its blob and context itself; descriptions of raw keys and CBC's IV nobody does.
            let authenticated = match name.as_str() {
                "x-amz-key-v2" | "x-amz-3" => !kms && !cbc,
                "x-amz-iv" => !cbc,
                "x-amz-d" | "x-amz-i" => true,
                _ => false,
            };
            let Some(bytes) = bytes.filter(|_| authenticated) else {
                continue;
            };
            for at in (0..bytes.len()).step_by(bytes.len().div_ceil(24)) {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                let mut edited = Vector {
                    name: vector.name.clone(),
                    json: vector.json.clone(),
                    object: vec![],
                };
                edited.json["metadata"][name] = STANDARD.encode(changed).into();
                let outcome = edited
                    .open(UNLOCKED)
                    .and_then(|opened| opened.decrypt(vector.object.clone()));
                assert_eq!(outcome, Err(EncryptionError::Damaged), "{} {name} at {at}", vector.name);
            }
        }
    }
}
