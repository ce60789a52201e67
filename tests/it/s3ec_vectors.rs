//! Objects by official clients of the S3 Encryption Client: each whole and in pieces, opened or refused as it says.

use sealdrop::encryption::gcm::{GcmMessage, Segment, TagSum};
use sealdrop::encryption::s3ec::{
    AlgorithmSuite, CommitmentPolicy, Content, Entries, Envelope, Format, KeyNeeded, Opened, Policy, Recognised,
    TAG_LENGTH, TextMap,
};
use sealdrop::encryption::{EncryptionError, Key, RsaPrivateKey, WrappingKey};
use serde_json::Value;

use crate::vectors::{Pair, hex, pairs, sha256};

pub(crate) const UNLOCKED: Policy = Policy {
    commitment: CommitmentPolicy::RequireEncryptRequireDecrypt,
    unlocked: true,
};

#[derive(Clone)]
pub(crate) struct Vector(pub(crate) Pair);

pub(crate) fn vectors() -> Vec<Vector> {
    pairs("s3ec", 52).into_iter().map(Vector).collect()
}

/// Those that open.
pub(crate) fn good_vectors() -> Vec<Vector> {
    vectors().into_iter().filter(|vector| !vector.refused()).collect()
}

impl Vector {
    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    /// Refused by its own word, or because its key is wrapped with RSA PKCS#1 v1.5, which is not read.
    fn refused(&self) -> bool {
        !self.0.is_good() || self.is_pkcs1_v1_5()
    }

    fn is_pkcs1_v1_5(&self) -> bool {
        self.0.json["format"] == "V1" && self.0.json["keys"]["rsa_private_key_pem"].is_string()
    }

    fn metadata(&self) -> impl Iterator<Item = (&String, &str)> {
        let metadata = self.0.json["metadata"].as_object().unwrap();
        metadata.iter().map(|(name, value)| (name, value.as_str().unwrap()))
    }

    /// Of its metadata, and of its instruction file if it comes with one.
    pub(crate) fn envelope(&self) -> Result<Envelope, EncryptionError> {
        let entries = Entries::from_metadata(self.metadata())?;
        match &self.0.json["instruction_file"] {
            Value::Null => {}
            Value::String(text) => return Envelope::with_instruction_file(entries, text.as_bytes()),
            json => return Envelope::with_instruction_file(entries, json.to_string().as_bytes()),
        }
        match Envelope::recognise(entries)? {
            Recognised::Envelope(envelope) => Ok(envelope),
            _ => Err(EncryptionError::NotAMessage),
        }
    }

    /// `None` with KMS, and for AES keys that are not of 256 bits, which nobody can give to the app.
    pub(crate) fn key(&self) -> Option<Key> {
        let keys = &self.0.json["keys"];
        if let Some(hex) = keys["aes_wrapping_key_hex"].as_str() {
            return WrappingKey::from_text(hex, "", "").ok().map(Key::Aes);
        }
        let pem = keys["rsa_private_key_pem"].as_str()?;
        Some(Key::RsaPrivate(Box::new(RsaPrivateKey::from_pem(pem, "", "").unwrap())))
    }

    fn map(&self, field: &str) -> Option<TextMap> {
        let pairs = self.0.json["keys"][field].as_object()?;
        let pairs = pairs.iter().map(|(key, value)| (key, value.as_str().unwrap()));
        Some(pairs.collect())
    }

    pub(crate) fn open(&self, policy: Policy) -> Result<Opened, EncryptionError> {
        let envelope = self.envelope()?;
        if envelope.key_needed() != KeyNeeded::Kms {
            return envelope.open(&self.key(), policy);
        }
        let ask = envelope.kms_decrypt(self.map("user_encryption_context").as_ref())?;
        if let Some(context) = self.map("kms_encryption_context") {
            // KMS would refuse any other.
            if ask.encryption_context != context {
                return Err(EncryptionError::Damaged);
            }
        }
        let data_key = self.0.json["keys"]["kms_plaintext_data_key_hex"].as_str();
        envelope.open_with_payload(&hex(data_key.ok_or(EncryptionError::NoMatchingKey)?), policy)
    }

    fn read(&self) -> Result<Vec<u8>, EncryptionError> {
        self.open(UNLOCKED)?.decrypt(self.0.bytes.clone())
    }
}

/// The same in pieces of so many blocks: each from its own slice, in a shuffled order, and nothing decrypted before the
/// tag made of all of them was compared.
fn read_in_pieces(opened: &Opened, object: &[u8], blocks: u64) -> Result<Vec<u8>, EncryptionError> {
    match &opened.content {
        Content::Gcm { key, iv, aad } => {
            let total = opened.plaintext_length(object.len() as u64)?;
            let message = GcmMessage::new(key, *iv, aad)?;
            let mut pieces: Vec<_> = Segment::new(0, total, total)?.cut(16 * blocks).collect();
            pieces.sort_by_key(|piece| (piece.offset() + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let slice = |piece: &Segment| object[piece.offset() as usize..piece.end() as usize].to_vec();
            let mut sum = TagSum::new(total)?;
            for piece in &pieces {
                sum.add(&message, &message.authenticate_segment(*piece, &slice(piece)));
            }
            sum.finish(&message)
                .unwrap()
                .verify(&object[object.len() - TAG_LENGTH as usize..])?;
            let mut plaintext = vec![0; total as usize];
            for piece in &pieces {
                let mut bytes = slice(piece);
                message.apply_keystream(piece, &mut bytes);
                plaintext[piece.offset() as usize..piece.end() as usize].copy_from_slice(&bytes);
            }
            Ok(plaintext)
        }
        // CBC is only ever read whole.
        Content::Cbc { .. } => opened.decrypt(object.to_vec()),
    }
}

#[test]
fn every_object_opens_or_is_refused_as_it_says() {
    let (mut opened, mut refused) = (0, 0);
    for vector in vectors() {
        let (name, pair) = (vector.name(), &vector.0);
        if let Some(length) = pair.json["object_len"].as_u64() {
            assert_eq!(pair.bytes.len() as u64, length, "{name}");
            assert_eq!(pair.json["object_sha256"], sha256(&pair.bytes), "{name}");
        }
        if vector.refused() {
            assert!(vector.read().is_err(), "{name} was opened");
            refused += 1;
        } else {
            pair.check(&vector.read().unwrap_or_else(|error| panic!("{name}: {error}")));
            opened += 1;
        }
    }
    assert!(opened >= 48 && refused >= 4, "{opened} opened, {refused} refused");
}

#[test]
fn every_object_opens_in_pieces_of_odd_sizes() {
    for vector in good_vectors() {
        let opened = vector.open(UNLOCKED).unwrap();
        for blocks in [1, 3, 7, 1024] {
            let plaintext = read_in_pieces(&opened, &vector.0.bytes, blocks);
            vector
                .0
                .check(&plaintext.unwrap_or_else(|error| panic!("{}: {error}", vector.name())));
        }
    }
}

#[test]
fn only_v3_opens_without_consent() {
    for vector in good_vectors() {
        let envelope = vector.envelope().unwrap();
        let (v3, name) = (envelope.format() == Format::V3, vector.name());
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
    let (mut refused, vectors) = (0, vectors());
    for vector in vectors.iter().filter(|vector| vector.is_pkcs1_v1_5()) {
        let error = vector.envelope().unwrap_err();
        assert!(
            matches!(&error, EncryptionError::Unsupported { what } if what.contains("v1.5")),
            "{error}"
        );
        refused += 1;
    }
    assert!(refused >= 4);
}

#[test]
fn another_key_opens_nothing_and_says_nothing_more() {
    let aes = Key::Aes(WrappingKey::new([1; 32], "", ""));
    for vector in good_vectors() {
        let envelope = vector.envelope().unwrap();
        let expected = match envelope.key_needed() {
            KeyNeeded::Aes => EncryptionError::Damaged,
            _ => EncryptionError::NoMatchingKey,
        };
        assert_eq!(
            envelope.open([&aes], UNLOCKED).unwrap_err(),
            expected,
            "{}",
            vector.name()
        );
        let public = vector.key().and_then(|key| key.as_ref().rsa_public().cloned());
        assert_eq!(
            envelope.open(&public, UNLOCKED).unwrap_err(),
            EncryptionError::NoMatchingKey,
            "{}",
            vector.name()
        );
    }
}

#[test]
fn a_payload_made_elsewhere_opens_as_well() {
    let mut opened_so = 0;
    for vector in good_vectors() {
        let envelope = vector.envelope().unwrap();
        let KeyNeeded::Rsa { padding, bits } = envelope.key_needed() else {
            continue;
        };
        let Some(Key::RsaPrivate(key)) = vector.key() else {
            panic!("{} has no RSA key", vector.name())
        };
        assert_eq!(bits as u32, key.public().bits());
        let payload = key.decrypt(padding, envelope.wrapped_key()).unwrap();
        let opened = envelope.open_with_payload(&payload, UNLOCKED).unwrap();
        vector.0.check(&opened.decrypt(vector.0.bytes.clone()).unwrap());
        for wrong in [&payload[1..], &[], &payload[..payload.len() - 1]] {
            assert_eq!(
                envelope.open_with_payload(wrong, UNLOCKED).unwrap_err(),
                EncryptionError::Damaged
            );
        }
        opened_so += 1;
    }
    assert!(opened_so >= 12);
}

#[test]
fn another_kms_context_is_refused() {
    let mut refused = 0;
    for vector in good_vectors() {
        let envelope = vector.envelope().unwrap();
        if envelope.key_needed() != KeyNeeded::Kms {
            continue;
        }
        let mut context = vector.map("user_encryption_context").unwrap_or_default();
        assert!(envelope.kms_decrypt(None).is_ok());
        context.insert("another", "pair");
        assert_eq!(
            envelope.kms_decrypt(Some(&context)),
            Err(EncryptionError::Damaged),
            "{}",
            vector.name()
        );
        refused += 1;
    }
    assert!(refused >= 18);
}
