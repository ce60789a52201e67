//! Objects of our own: written, read back, and attacked through their metadata.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sealdrop::encryption::gcm::{GcmMessage, Segment, TagSum};
use sealdrop::encryption::s3ec::{
    CommitmentPolicy, Entries, Envelope, Format, KeyNeeded, Materials, Policy, Recognised, Risk, TextMap, Wrapping,
    Written, kms_encryption_context,
};
use sealdrop::encryption::{DataKey, EncryptionError, Key, KeyRef, RsaPrivateKey, WrappingKey};

const V3: CommitmentPolicy = CommitmentPolicy::RequireEncryptRequireDecrypt;
const V2: CommitmentPolicy = CommitmentPolicy::ForbidEncryptAllowDecrypt;
const UNLOCKED: Policy = Policy {
    commitment: V3,
    unlocked: true,
};

type Metadata = BTreeMap<String, String>;

fn aes() -> Key {
    Key::Aes(WrappingKey::new([0x42; 32], "", ""))
}

fn rsa() -> Key {
    let json = include_str!("../vectors/s3ec/v3-rsa-java-0.json");
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let pem = json["keys"]["rsa_private_key_pem"].as_str().unwrap();
    Key::RsaPrivate(Box::new(RsaPrivateKey::from_pem(pem, "", "").unwrap()))
}

fn materials() -> Materials {
    Materials {
        data_key: DataKey::from_random([7; 32]),
        message_id: [9; 28],
        iv: [5; 12],
        wrap_seed: [3; 32],
    }
}

fn finish(written: &Written, plaintext: &[u8]) -> Vec<u8> {
    let message = GcmMessage::new(&written.content_key, written.iv, &written.aad).unwrap();
    let length = plaintext.len() as u64;
    let mut object = plaintext.to_vec();
    let mut sum = TagSum::new(length).unwrap();
    // In two halves, the last one first.
    let middle = length / 2 / 16 * 16;
    for (from, to) in [(middle, length), (0, middle)] {
        let segment = Segment::new(from, to - from, length).unwrap();
        sum.add(
            &message,
            &message.encrypt_segment(segment, &mut object[from as usize..to as usize]),
        );
    }
    object.extend(sum.finish(&message).unwrap().bytes());
    assert_eq!(object.len() as u64, written.object_length());
    object
}

fn write(policy: CommitmentPolicy, key: &Key, plaintext: &[u8]) -> (Metadata, Vec<u8>) {
    let description = [("purpose", "test")].into_iter().collect();
    let wrapping = Wrapping::Key {
        key: key.into(),
        description: &description,
    };
    let written = Written::write(materials(), policy, &wrapping, plaintext.len() as u64).unwrap();
    let metadata = written
        .metadata
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    (metadata, finish(&written, plaintext))
}

fn recognise(metadata: &Metadata) -> Result<Recognised, EncryptionError> {
    Envelope::recognise(Entries::from_metadata(metadata)?)
}

fn envelope(metadata: &Metadata) -> Result<Envelope, EncryptionError> {
    match recognise(metadata)? {
        Recognised::Envelope(envelope) => Ok(envelope),
        _ => Err(EncryptionError::NotAMessage),
    }
}

fn read(metadata: &Metadata, key: &Key, policy: Policy, object: &[u8]) -> Result<Vec<u8>, EncryptionError> {
    envelope(metadata)?.open([key], policy)?.decrypt(object.to_vec())
}

fn with(metadata: &Metadata, changes: &[(&str, &str)]) -> Metadata {
    let mut changed = metadata.clone();
    for (name, value) in changes {
        changed.insert((*name).to_owned(), (*value).to_owned());
    }
    changed
}

fn without(metadata: &Metadata, names: &[&str]) -> Metadata {
    metadata
        .iter()
        .filter(|(name, _)| !names.contains(&name.as_str()))
        .map(|(a, b)| (a.clone(), b.clone()))
        .collect()
}

fn is_contradictory<T: std::fmt::Debug>(outcome: Result<T, EncryptionError>) -> bool {
    matches!(outcome, Err(EncryptionError::Contradictory { .. }))
}

#[test]
fn what_is_written_reads_back() {
    for (policy, format) in [(V3, Format::V3), (V2, Format::V2)] {
        for key in [aes(), rsa()] {
            for length in [0, 1, 15, 16, 17, 33, 5000] {
                let plaintext: Vec<u8> = (0..length).map(|i| (i * 7) as u8).collect();
                let (metadata, object) = write(policy, &key, &plaintext);
                assert_eq!(envelope(&metadata).unwrap().format(), format);
                assert_eq!(envelope(&metadata).unwrap().description().get("purpose"), Some("test"));
                assert_eq!(read(&metadata, &key, UNLOCKED, &object).unwrap(), plaintext);
            }
        }
    }
}

#[test]
fn only_the_entries_of_one_format_are_written() {
    let names = |policy| write(policy, &aes(), b"").0.into_keys().collect::<Vec<_>>();
    assert_eq!(
        names(V3),
        ["x-amz-3", "x-amz-c", "x-amz-d", "x-amz-i", "x-amz-m", "x-amz-w"]
    );
    let v2 = [
        "x-amz-cek-alg",
        "x-amz-iv",
        "x-amz-key-v2",
        "x-amz-matdesc",
        "x-amz-tag-len",
        "x-amz-wrap-alg",
    ];
    assert_eq!(names(V2), v2);
}

#[test]
fn a_public_key_writes_and_does_not_read() {
    let private = rsa();
    let public = Key::RsaPublic(private.as_ref().rsa_public().unwrap().clone());
    let (metadata, object) = write(V3, &public, b"dropped");
    assert_eq!(
        read(&metadata, &public, UNLOCKED, &object),
        Err(EncryptionError::NoMatchingKey)
    );
    assert_eq!(
        read(&metadata, &private, Policy::default(), &object).unwrap(),
        b"dropped"
    );
}

#[test]
fn the_described_key_is_tried_first() {
    let (right, other) = (aes(), Key::Aes(WrappingKey::new([1; 32], "", "")));
    let fingerprint = right.as_ref().fingerprint().to_string();
    let description = [("sealdrop-key-fingerprint", fingerprint.as_str())]
        .into_iter()
        .collect();
    let wrapping = Wrapping::Key {
        key: right.as_ref(),
        description: &description,
    };
    let written = Written::write(materials(), V3, &wrapping, 0).unwrap();
    let envelope = envelope(&written.metadata.iter().map(|(a, b)| ((*a).into(), b.clone())).collect()).unwrap();
    let keys: [KeyRef<'_>; 2] = [other.as_ref(), right.as_ref()];
    assert_eq!(envelope.open(keys, Policy::default()).unwrap().key_index, Some(1));
}

#[test]
fn kms_writes_and_reads_with_its_context() {
    for policy in [V3, V2] {
        let given: TextMap = [("project", "demo")].into_iter().collect();
        let context = kms_encryption_context(policy, &given).unwrap();
        let wrapping = Wrapping::Kms {
            ciphertext_blob: b"blob of KMS",
            encryption_context: &context,
        };
        let written = Written::write(materials(), policy, &wrapping, 3).unwrap();
        let object = finish(&written, b"abc");
        let metadata: Metadata = written.metadata.iter().map(|(a, b)| ((*a).into(), b.clone())).collect();
        let envelope = envelope(&metadata).unwrap();
        assert_eq!(envelope.key_needed(), KeyNeeded::Kms);
        let ask = envelope.kms_decrypt(Some(&given)).unwrap();
        assert_eq!(
            (&ask.ciphertext_blob[..], &ask.encryption_context),
            (&b"blob of KMS"[..], &context)
        );
        assert_eq!(
            envelope.kms_decrypt(Some(&TextMap::default())),
            Err(EncryptionError::Damaged)
        );
        assert_eq!(
            envelope
                .open_with_payload(&[7; 32], UNLOCKED)
                .unwrap()
                .decrypt(object)
                .unwrap(),
            b"abc"
        );
        assert_eq!(
            envelope.open_with_payload(&[7; 16], UNLOCKED).unwrap_err(),
            EncryptionError::Damaged
        );
    }
    for reserved in ["aws:x-amz-cek-alg", "kms_cmk_id"] {
        assert!(kms_encryption_context(V3, &[(reserved, "x")].into_iter().collect()).is_err());
    }
    assert!(kms_encryption_context(V3, &[("é", "x")].into_iter().collect()).is_err());
}

/// The attack of key commitment: another data key for the same bytes.
#[test]
fn an_exchanged_data_key_is_refused_by_the_commitment() {
    let (metadata, _) = write(V3, &aes(), b"abc");
    let description = TextMap::default();
    let key = aes();
    let wrapping = Wrapping::Key {
        key: key.as_ref(),
        description: &description,
    };
    let other = Materials {
        data_key: DataKey::from_random([8; 32]),
        ..materials()
    };
    let other = Written::write(other, V3, &wrapping, 3).unwrap();
    let object = finish(&other, b"abc");
    let swapped = with(&metadata, &[("x-amz-3", &other.metadata["x-amz-3"])]);
    assert_eq!(read(&swapped, &aes(), UNLOCKED, &object), Err(EncryptionError::Damaged));
}

/// V3 → V2: the same wrapped key with V2's entries. The wrap is bound to `115`.
#[test]
fn downgrades_by_metadata_are_refused() {
    for key in [aes(), rsa()] {
        let (v3, object) = write(V3, &key, b"abc");
        let (v2, _) = write(V2, &key, b"abc");
        let name = if matches!(key, Key::Aes(_)) {
            "AES/GCM"
        } else {
            "RSA-OAEP-SHA1"
        };
        let downgraded = with(&v2, &[("x-amz-key-v2", &v3["x-amz-3"]), ("x-amz-wrap-alg", name)]);
        assert_eq!(
            read(&downgraded, &key, UNLOCKED, &object),
            Err(EncryptionError::Damaged)
        );
        let upgraded = with(&v3, &[("x-amz-3", &v2["x-amz-key-v2"])]);
        assert_eq!(read(&upgraded, &key, UNLOCKED, &object), Err(EncryptionError::Damaged));
        // GCM relabelled CBC: the wrap is bound to GCM, and CBC stays locked without consent.
        let cbc = with(
            &without(&v2, &["x-amz-tag-len"]),
            &[
                ("x-amz-cek-alg", "AES/CBC/PKCS5Padding"),
                ("x-amz-iv", "AAAAAAAAAAAAAAAAAAAAAA=="),
            ],
        );
        let padded = [&object[..], &[0; 13]].concat();
        assert_eq!(read(&cbc, &key, UNLOCKED, &padded), Err(EncryptionError::Damaged));
        assert!(matches!(
            read(&cbc, &key, Policy::default(), &padded),
            Err(EncryptionError::Locked { .. })
        ));
        assert!(envelope(&cbc).unwrap().risks().contains(&Risk::UnauthenticatedContent));
        let ctr = with(&v2, &[("x-amz-cek-alg", "AES/CTR/NoPadding")]);
        assert!(matches!(recognise(&ctr), Err(EncryptionError::Unsupported { .. })));
    }
}

#[test]
fn entries_of_two_formats_are_refused() {
    let (v3, _) = write(V3, &aes(), b"abc");
    let (v2, _) = write(V2, &aes(), b"abc");
    for (name, value) in &v3 {
        assert!(
            is_contradictory(recognise(&with(&v2, &[(name, value)]))),
            "V3's {name} in V2"
        );
    }
    for (name, value) in &v2 {
        assert!(
            is_contradictory(recognise(&with(&v3, &[(name, value)]))),
            "V2's {name} in V3"
        );
    }
    for metadata in [&v2, &v3] {
        assert!(is_contradictory(recognise(&with(metadata, &[("x-amz-key", "AAAA")]))));
    }
    let with_others = with(&v3, &[("author", "実験"), ("x-amz-something", "else")]);
    assert!(recognise(&with_others).is_ok());
}

#[test]
fn incomplete_and_misshapen_envelopes_are_refused() {
    for policy in [V3, V2] {
        let (metadata, _) = write(policy, &aes(), b"abc");
        let optional = ["x-amz-m", "x-amz-matdesc", "x-amz-tag-len"];
        for name in metadata.keys().filter(|name| !optional.contains(&name.as_str())) {
            let outcome = recognise(&without(&metadata, &[name]));
            assert!(is_contradictory(outcome), "without {name}");
        }
        for name in metadata.keys() {
            let long = "A".repeat(20_000);
            for value in [
                "",
                "A",
                "!!!!",
                "AAA=",
                "é",
                "-1",
                "[]",
                "999999999999999999999999",
                &long,
            ] {
                let outcome = envelope(&with(&metadata, &[(name, value)]));
                let unknown = matches!(outcome, Err(EncryptionError::Unsupported { .. }));
                assert!(unknown || is_contradictory(outcome), "{name}: {value}");
            }
        }
        let twice = metadata
            .iter()
            .chain(metadata.iter())
            .map(|(name, value)| (name.to_uppercase(), value));
        assert!(is_contradictory(Entries::from_metadata(twice)));
    }
    assert!(matches!(recognise(&Metadata::new()), Ok(Recognised::Nothing)));
}

#[test]
fn wrong_lengths_are_refused() {
    let (v2, object) = write(V2, &aes(), b"abc");
    for noted in ["0", "4", "18446744073709551615"] {
        let noted = with(&v2, &[("x-amz-unencrypted-content-length", noted)]);
        assert_eq!(read(&noted, &aes(), UNLOCKED, &object), Err(EncryptionError::Damaged));
    }
    let noted = with(&v2, &[("x-amz-unencrypted-content-length", "3")]);
    assert_eq!(read(&noted, &aes(), UNLOCKED, &object).unwrap(), b"abc");
    for noted in ["+3", "3.0", " 3", "0x3"] {
        let noted = with(&v2, &[("x-amz-unencrypted-content-length", noted)]);
        assert!(is_contradictory(recognise(&noted)));
    }
    let envelope = envelope(&v2).unwrap();
    assert_eq!(envelope.plaintext_length(19), Ok(3));
    assert_eq!(envelope.plaintext_length(15), Err(EncryptionError::Damaged));
    let limit = (1 << 36) - 32;
    assert_eq!(envelope.plaintext_length(limit + 16), Ok(limit));
    assert_eq!(
        envelope.plaintext_length(limit + 17),
        Err(EncryptionError::TooLarge { limit })
    );
    assert!(envelope.plaintext_length(u64::MAX).is_err());
    let description = TextMap::default();
    let key = aes();
    let wrapping = Wrapping::Key {
        key: key.as_ref(),
        description: &description,
    };
    assert!(Written::write(materials(), V3, &wrapping, limit).is_ok());
    let refused = Written::write(materials(), V3, &wrapping, limit + 1).unwrap_err();
    assert_eq!(refused, EncryptionError::TooLarge { limit });
}

#[test]
fn descriptions_that_others_cannot_read_are_refused() {
    let key = aes();
    let write = |name: &str, value: &str| {
        let description = [(name, value)].into_iter().collect();
        Written::write(
            materials(),
            V3,
            &Wrapping::Key {
                key: key.as_ref(),
                description: &description,
            },
            1,
        )
    };
    assert!(matches!(write("é", "x"), Err(EncryptionError::Unsupported { .. })));
    assert!(matches!(write("x", "a\nb"), Err(EncryptionError::Unsupported { .. })));
    assert_eq!(
        write("x", &"v".repeat(2000)).unwrap_err(),
        EncryptionError::TooLarge { limit: 2048 }
    );
}

#[test]
fn double_encoded_descriptions_are_read() {
    let (v3, object) = write(V3, &aes(), b"abc");
    let latin1: String = r#"{"名":"é"}"#.bytes().map(char::from).collect();
    let metadata = with(&v3, &[("x-amz-m", &latin1)]);
    assert_eq!(envelope(&metadata).unwrap().description().get("名"), Some("é"));
    assert_eq!(read(&metadata, &aes(), UNLOCKED, &object).unwrap(), b"abc");
}

#[test]
fn instruction_files_follow_their_rules() {
    let file = |metadata: &Metadata, names: &[&str]| {
        let map: TextMap = metadata
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()))
            .collect();
        map.to_json().into_bytes()
    };
    let open = |object: &Metadata, file: &[u8]| Envelope::with_instruction_file(Entries::from_metadata(object)?, file);
    let (v3, object) = write(V3, &aes(), b"abc");
    let v3_in_file = ["x-amz-3", "x-amz-w", "x-amz-m"];
    let v3_object = without(&v3, &v3_in_file);
    assert!(matches!(recognise(&v3_object), Ok(Recognised::NeedsInstructionFile)));
    let opened = open(&v3_object, &file(&v3, &v3_in_file))
        .unwrap()
        .open([&aes()], Policy::default())
        .unwrap();
    assert_eq!(opened.decrypt(object.clone()).unwrap(), b"abc");
    // What binds the object must stay with it.
    for stolen in ["x-amz-c", "x-amz-d", "x-amz-i"] {
        let names = [&v3_in_file[..], &[stolen]].concat();
        assert!(
            is_contradictory(open(&v3_object, &file(&v3, &names))),
            "{stolen} in the file"
        );
        assert!(
            is_contradictory(open(&without(&v3_object, &[stolen]), &file(&v3, &names))),
            "{stolen} moved"
        );
    }
    assert!(is_contradictory(open(&v3, &file(&v3, &v3_in_file))), "entries in both");
    let (v2, object) = write(V2, &aes(), b"abc");
    let all: Vec<_> = v2.keys().map(String::as_str).collect();
    let opened = open(&Metadata::new(), &file(&v2, &all))
        .unwrap()
        .open([&aes()], UNLOCKED)
        .unwrap();
    assert_eq!(opened.decrypt(object.clone()).unwrap(), b"abc");
    let noted = with(&Metadata::new(), &[("x-amz-unencrypted-content-length", "3")]);
    assert!(open(&noted, &file(&v2, &all)).is_ok(), "as the Ruby client leaves it");
    assert!(
        is_contradictory(open(&v3_object, &file(&v2, &all))),
        "V2's file for a V3 object"
    );
    assert!(
        is_contradictory(open(&Metadata::new(), &file(&v3, &v3_in_file))),
        "V3's file for any object"
    );
    for bad in [
        &b"{}"[..],
        b"",
        b"[]",
        b"{\"x-amz-key-v2\":1}",
        b"{\"unrelated\":\"x\"}",
        b"\xff",
    ] {
        assert!(is_contradictory(open(&Metadata::new(), bad)), "{bad:?}");
    }
    assert!(open(&Metadata::new(), &vec![b' '; 1 << 20]).is_err());
}

const NAMES: [&str; 15] = [
    "x-amz-key",
    "x-amz-key-v2",
    "x-amz-iv",
    "x-amz-matdesc",
    "x-amz-cek-alg",
    "x-amz-wrap-alg",
    "x-amz-tag-len",
    "x-amz-unencrypted-content-length",
    "x-amz-c",
    "x-amz-3",
    "x-amz-w",
    "x-amz-d",
    "x-amz-i",
    "x-amz-t",
    "x-amz-m",
];

proptest! {
    #[test]
    fn any_metadata_are_recognised_or_refused(
        entries in prop::collection::btree_map(
            prop::sample::select(&NAMES[..]),
            prop_oneof!["[A-Za-z0-9+/]{0,120}={0,2}", "\\PC{0,30}", Just("115".into()), Just("02".into()),
                        Just("{}".into()), Just("AES/GCM/NoPadding".into()), Just("AES/GCM".into())],
            0..9,
        ),
        file in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let metadata: Metadata = entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        if let Ok(Recognised::Envelope(envelope)) = recognise(&metadata) {
            prop_assert!(envelope.open([&aes()], UNLOCKED).is_err());
        }
        let json: TextMap = metadata.iter().collect();
        for file in [&file[..], json.to_json().as_bytes()] {
            let _ = Envelope::with_instruction_file(Entries::from_metadata(&metadata).unwrap(), file);
            let _ = Envelope::with_instruction_file(Entries::default(), file);
        }
    }

    #[test]
    fn any_edit_of_an_envelope_opens_nothing_else(
        v3 in any::<bool>(), pick in any::<prop::sample::Index>(), value in "\\PC{0,90}"
    ) {
        let (metadata, object) = write(if v3 { V3 } else { V2 }, &aes(), b"abc");
        let name = metadata.keys().nth(pick.index(metadata.len())).unwrap().clone();
        if let Ok(plaintext) = read(&with(&metadata, &[(&name, &value)]), &aes(), UNLOCKED, &object) {
            prop_assert_eq!(plaintext, b"abc");
        }
    }
}
