//! What somebody who may write to the bucket can do to an object of the S3 Encryption Client: every region changed, cut,
//! reordered, relabelled. Each time nothing comes out, and to the outside every failed check is the same.

use base64::{Engine, engine::general_purpose::STANDARD};
use sealdrop::encryption::s3ec::{AlgorithmSuite, Content, WrapAlgorithm};
use sealdrop::encryption::{EncryptionError, Key};

use crate::s3ec_vectors::{UNLOCKED, Vector, good_vectors};
use crate::vectors::{is_uniform, places};

fn set(vector: &Vector, name: &str, value: &str) -> Vector {
    let mut changed = vector.clone();
    changed.0.json["metadata"][name] = value.into();
    changed
}

fn read(vector: &Vector) -> Result<Vec<u8>, EncryptionError> {
    vector.open(UNLOCKED)?.decrypt(vector.0.bytes.clone())
}

/// The objects whose content is authenticated, small ones only.
fn authenticated() -> Vec<Vector> {
    let mut vectors = good_vectors();
    vectors.retain(|vector| {
        vector.0.bytes.len() < 100 && vector.envelope().unwrap().suite() != AlgorithmSuite::Aes256CbcIv16NoKdf
    });
    assert!(vectors.len() >= 20);
    vectors
}

#[test]
fn every_byte_of_authenticated_content_counts() {
    for vector in authenticated() {
        let opened = vector.open(UNLOCKED).unwrap();
        assert!(matches!(opened.content, Content::Gcm { .. }));
        let object = &vector.0.bytes;
        for at in 0..object.len() {
            let mut changed = object.clone();
            changed[at] ^= 0x20;
            assert_eq!(
                opened.decrypt(changed),
                Err(EncryptionError::Damaged),
                "{} at {at}",
                vector.name()
            );
            let cut = opened.decrypt(object[..at].to_vec());
            assert_eq!(cut, Err(EncryptionError::Damaged), "{} cut at {at}", vector.name());
            let cut = opened.decrypt(object[at + 1..].to_vec());
            assert_eq!(cut, Err(EncryptionError::Damaged), "{} cut before {at}", vector.name());
        }
        let longer = opened.decrypt([object, &b"x"[..]].concat());
        assert_eq!(longer, Err(EncryptionError::Damaged), "{}", vector.name());
        if object.len() >= 48 {
            let mut swapped = object.clone();
            swapped[..32].rotate_left(16);
            assert_eq!(
                opened.decrypt(swapped),
                Err(EncryptionError::Damaged),
                "{}",
                vector.name()
            );
        }
    }
}

#[test]
fn every_byte_of_every_entry_counts() {
    let (mut refused, mut harmless) = (0, 0);
    for vector in authenticated() {
        let plaintext = vector.0.plaintext();
        let metadata = vector.0.json["metadata"].as_object().unwrap().clone();
        let rsa = matches!(vector.key(), Some(Key::RsaPrivate(_)));
        let wrap = vector.envelope().unwrap().wrap();
        // What only the KMS checks, which is not here: its blob.
        let blob = matches!(wrap, WrapAlgorithm::Kms | WrapAlgorithm::KmsContext);
        for (name, value) in &metadata {
            let value = value.as_str().unwrap();
            let mut changes: Vec<(String, bool)> = Vec::new();
            if let Ok(bytes) = STANDARD.decode(value) {
                for at in places(bytes.len(), if rsa { 6 } else { 70 }) {
                    let mut changed = bytes.clone();
                    changed[at] ^= 1;
                    changes.push((STANDARD.encode(changed), true));
                }
                changes.push((STANDARD.encode([&bytes[..], &[0]].concat()), true));
                changes.push((STANDARD.encode(&bytes[..bytes.len() - 1]), true));
                changes.push((value.trim_end_matches('=').to_owned() + "!", true));
            }
            // Only where a raw key finds its way: nothing authenticates a description.
            let is_description = !blob && matches!(name.as_str(), "x-amz-matdesc" | "x-amz-m");
            for other in [
                "",
                "{",
                "[]",
                "null",
                "{\"a\":1}",
                "{\"a\":\"1\",\"a\":\"2\"}",
                "\u{e9}",
                "{\"\u{e9}\":\"x\"}",
                "115",
                "AES/GCM/NoPadding",
            ] {
                if other != value {
                    changes.push((other.to_owned(), !is_description));
                }
            }
            for (changed, must_fail) in changes {
                let of_blob = blob && matches!(name.as_str(), "x-amz-key-v2" | "x-amz-3");
                match read(&set(&vector, name, &changed)) {
                    Err(error) => {
                        assert!(is_uniform(&error), "{} {name}={changed}: {error}", vector.name());
                        refused += 1;
                    }
                    Ok(read) => {
                        assert!(!must_fail || of_blob, "{} {name}={changed} was opened", vector.name());
                        assert!(
                            read == plaintext,
                            "{} {name}={changed}: another plaintext",
                            vector.name()
                        );
                        harmless += 1;
                    }
                }
            }
            let mut without = vector.clone();
            without.0.json["metadata"].as_object_mut().unwrap().remove(name);
            // Official clients do without these two.
            let optional =
                matches!(name.as_str(), "x-amz-tag-len" | "x-amz-unencrypted-content-length") || is_description;
            assert_eq!(read(&without).is_ok(), optional, "{} without {name}", vector.name());
        }
    }
    assert!(
        refused > 1000 && harmless > 10,
        "{refused} refused, {harmless} harmless"
    );
}

/// Entries of one object in another, of the same format, wrap and key: another data key for the same bytes.
#[test]
fn entries_of_another_object_open_nothing() {
    let vectors = authenticated();
    let mut swapped = 0;
    for (one, other) in vectors.iter().zip(vectors.iter().skip(1)) {
        let names = |vector: &Vector| {
            vector.0.json["metadata"]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        if names(one) != names(other) || one.envelope().unwrap().wrap() != other.envelope().unwrap().wrap() {
            continue;
        }
        for name in names(one) {
            let value = other.0.json["metadata"][&name].as_str().unwrap();
            if one.0.json["metadata"][&name] == value || name == "x-amz-matdesc" || name == "x-amz-m" {
                continue;
            }
            let mut changed = set(one, &name, value);
            if name == "x-amz-key-v2" || name == "x-amz-3" {
                // What KMS would give for that blob.
                changed.0.json["keys"] = other.0.json["keys"].clone();
            }
            let outcome = read(&changed);
            assert!(
                outcome.as_ref().is_err_and(is_uniform),
                "{} {name}: {outcome:?}",
                one.name()
            );
            swapped += 1;
        }
        let mut body = one.clone();
        body.0.bytes = other.0.bytes.clone();
        assert!(
            read(&body).is_err(),
            "{} with the bytes of {}",
            one.name(),
            other.name()
        );
    }
    assert!(swapped >= 20, "{swapped} swapped");
}

/// GCM relabelled as CTR or CBC, wraps under other names, V3 entries beside V2.
#[test]
fn relabelled_objects_are_refused() {
    let mut relabelled = 0;
    for vector in authenticated() {
        let iv16 = STANDARD.encode([7; 16]);
        let is_v2 = vector.0.json["format"] == "V2";
        let wraps: &[&str] = if is_v2 {
            &[
                "kms+context",
                "AES/GCM",
                "RSA-OAEP-SHA1",
                "kms",
                "AESWrap",
                "RSA/ECB/OAEPWithSHA-256AndMGF1Padding",
                "aes/gcm",
                "",
            ]
        } else {
            &["02", "12", "22", "2", "AES/GCM", ""]
        };
        let wrap = if is_v2 { "x-amz-wrap-alg" } else { "x-amz-w" };
        let of_wrap = wraps.iter().map(|name| vec![(wrap, *name)]);
        let mut edits: Vec<Vec<(&str, &str)>> = of_wrap
            .filter(|edit| vector.0.json["metadata"][wrap] != edit[0].1)
            .collect();
        if is_v2 {
            for algorithm in [
                "AES/CTR/NoPadding",
                "AES/CBC/PKCS5Padding",
                "AES/CBC/PKCS7Padding",
                "115",
            ] {
                edits.push(vec![("x-amz-cek-alg", algorithm)]);
                edits.push(vec![("x-amz-cek-alg", algorithm), ("x-amz-iv", &iv16)]);
            }
            edits.push(vec![("x-amz-tag-len", "96")]);
            edits.push(vec![("x-amz-tag-len", "0")]);
            for (name, value) in [
                ("x-amz-c", "115"),
                ("x-amz-d", "AAAA"),
                ("x-amz-i", "AAAA"),
                ("x-amz-3", "AAAA"),
                ("x-amz-w", "02"),
                ("x-amz-m", "{}"),
                ("x-amz-t", "{}"),
                ("x-amz-key", "AAAA"),
            ] {
                edits.push(vec![(name, value)]);
            }
        } else {
            for value in ["114", "116", "0x73", "112"] {
                edits.push(vec![("x-amz-c", value)]);
            }
            for (name, value) in [
                ("x-amz-key-v2", "AAAA"),
                ("x-amz-key", "AAAA"),
                ("x-amz-iv", &iv16[..]),
                ("x-amz-matdesc", "{}"),
                ("x-amz-cek-alg", "AES/GCM/NoPadding"),
            ] {
                edits.push(vec![(name, value)]);
            }
        }
        for edit in edits {
            let mut changed = edit
                .iter()
                .fold(vector.clone(), |vector, (name, value)| set(&vector, name, value));
            for without_tag in [false, true] {
                if without_tag {
                    // CBC says no tag length, and its object is whole blocks.
                    let metadata = changed.0.json["metadata"].as_object_mut().unwrap();
                    if !edit.iter().any(|(name, _)| *name == "x-amz-cek-alg")
                        || metadata.remove("x-amz-tag-len").is_none()
                    {
                        continue;
                    }
                    changed.0.bytes.truncate(changed.0.bytes.len() / 16 * 16);
                }
                let outcome = read(&changed);
                assert!(
                    outcome.as_ref().is_err_and(is_uniform),
                    "{} {edit:?}: {outcome:?}",
                    vector.name()
                );
                relabelled += 1;
            }
        }
    }
    assert!(relabelled > 400, "{relabelled}");
}

#[test]
fn noted_lengths_that_lie_are_refused() {
    for vector in good_vectors() {
        let name = "x-amz-unencrypted-content-length";
        let right = vector.0.json["plaintext_len"].as_u64().unwrap();
        for lie in [right + 1, right.wrapping_sub(1), right + 16, 1 << 36, 1 << 63, u64::MAX] {
            let outcome = read(&set(&vector, name, &lie.to_string()));
            assert_eq!(outcome, Err(EncryptionError::Damaged), "{} {lie}", vector.name());
        }
        for wrong in ["", "-1", "1e3", "+5", "18446744073709551616", " 5", "0x10"] {
            assert!(read(&set(&vector, name, wrong)).is_err(), "{} {wrong}", vector.name());
        }
    }
}
