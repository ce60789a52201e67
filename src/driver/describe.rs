//! From a header or an envelope to what is shown of it, with the keys held. No key is used just to look but AES keys,
//! whose use costs nothing and tells nobody anything.

use super::vault::Vault;
use super::{Cse, CseMore, CseState, WrappedKey, readers};
use crate::encryption::esdk::version1::{self, Version1Header};
use crate::encryption::esdk::{EncryptedDataKey, EncryptionContext, Header, Wrap};
use crate::encryption::s3ec::{AlgorithmSuite, Envelope, Format, KeyNeeded, Risk};
use crate::encryption::{KeyRef, passphrase};

/// Context pair: the key the object was written under.
pub(super) const OBJECT_KEY_PAIR: &str = "sealdrop-object-key";

/// What an envelope says, and which held key may open it: that shows only when it is used.
pub(super) fn of_envelope(vault: &Vault, envelope: &Envelope) -> Cse {
    let state = match envelope.format() {
        Format::V1 => CseState::S3ecV1,
        Format::V2 if envelope.suite() == AlgorithmSuite::Aes256CbcIv16NoKdf => CseState::S3ecV2Cbc,
        Format::V2 => CseState::S3ecV2,
        Format::V3 => CseState::S3ecV3,
    };
    let reader = readers::of_envelope(envelope);
    let wrap = reader.wrap;
    let described = |key: KeyRef<'_>| {
        let fingerprint = key.fingerprint().to_string();
        key.can_decrypt() && envelope.description().iter().any(|(_, value)| value == fingerprint)
    };
    let entry = envelope.description().get(passphrase::ENTRY);
    let derived = || {
        let mut derived = vault.derived_before(entry?).into_iter();
        let (holder, _) = derived.find(|(_, key)| described(KeyRef::Aes(key)))?;
        Some(holder)
    };
    let held = vault.all().position(described).and_then(|index| vault.id_at(index));
    let held = held.or_else(derived);
    let recipient = WrappedKey {
        wrap,
        provider: match envelope.wrap().name(envelope.format()) {
            "" => "AES-ECB".to_owned(),
            name => name.to_owned(),
        },
        name: String::new(),
        fingerprint: reader.fingerprint,
        opens_with: None,
        named: held,
    };
    Cse {
        state,
        wraps: vec![wrap],
        suite: Some(format!("0x{:04x}", envelope.suite().id())),
        key_needed: Some(envelope_key_needed(envelope)),
        opens_with: held,
        written_as: None,
        passphrase: entry.is_some(),
        lacks_only_commitment: envelope.risks() == [Risk::NoKeyCommitment],
        risks: envelope.risks().into_iter().map(|risk| risk.explanation()).collect(),
        more: CseMore {
            commitment: Some(envelope.suite() == AlgorithmSuite::Aes256GcmHkdfSha512CommitKey),
            recipients: vec![recipient],
            pairs: pairs(envelope.description().iter()),
            ..CseMore::default()
        },
    }
}

/// The fingerprint our own objects carry in their material description, else the kind of key.
pub(super) fn envelope_key_needed(envelope: &Envelope) -> String {
    if let Some(fingerprint) = readers::of_envelope(envelope).fingerprint {
        return fingerprint;
    }
    match envelope.key_needed() {
        KeyNeeded::Aes => "a raw AES-256 key".into(),
        KeyNeeded::Rsa { bits, .. } => format!("an RSA private key of {bits} bits"),
        KeyNeeded::Kms => "an AWS KMS key".into(),
    }
}

/// What a message header says, and which held key opens it.
pub(super) fn of_header(vault: &Vault, header: &Header, key: &str) -> Cse {
    // A private RSA key is not used just to look, and no second is spent on a passphrase.
    let entry = header.context().get(passphrase::ENTRY);
    let derived = entry.map(|entry| vault.derived_before(entry)).unwrap_or_default();
    let place = |id| (0..).map_while(|place| vault.id_at(place)).position(|held| held == id);
    let derived = derived
        .iter()
        .filter_map(|(holder, key)| Some((place(*holder)?, KeyRef::Aes(key))));
    let aes = vault.all().enumerate().filter(|(_, key)| matches!(key, KeyRef::Aes(_)));
    let (places, aes): (Vec<usize>, Vec<KeyRef<'_>>) = aes.chain(derived).unzip();
    let opened = header.open(aes).ok().map(|opened| places[opened.key_index]);
    let authentic = opened.is_some();
    let recipients = recipients(vault, header.edks(), header.context(), Tried::Aes(opened));
    let by_rsa = || {
        let mut rsa = recipients.iter().filter(|recipient| recipient.wrap == "rsa");
        rsa.find_map(|recipient| recipient.named)
    };
    Cse {
        state: CseState::Esdk,
        wraps: readers::wraps(&readers::of_message(header.edks(), header.context())),
        risks: Vec::new(),
        suite: Some(header.suite().to_string()),
        key_needed: Some(key_needed(header)),
        opens_with: opened.and_then(|place| vault.id_at(place)).or_else(by_rsa),
        passphrase: entry.is_some(),
        lacks_only_commitment: false,
        // Only an authentic context may accuse anybody.
        written_as: if authentic {
            written_as(header.context(), key)
        } else {
            None
        },
        more: CseMore {
            commitment: Some(true),
            recipients,
            pairs: pairs(header.context().iter()),
            frame_length: Some(header.frame_length()),
            ..CseMore::default()
        },
    }
}

/// The same of a message of version 1.
pub(super) fn of_version1(vault: &Vault, header: &Version1Header) -> Cse {
    Cse {
        state: CseState::Esdk,
        wraps: readers::wraps(&readers::of_message(header.edks(), header.context())),
        suite: Some(header.suite().to_string()),
        key_needed: Some(names(header.edks())),
        risks: vec![version1::RISK],
        lacks_only_commitment: true,
        more: CseMore {
            commitment: Some(false),
            recipients: recipients(vault, header.edks(), header.context(), Tried::Nothing),
            pairs: pairs(header.context().iter()),
            frame_length: Some(header.frame_length()),
            ..CseMore::default()
        },
        ..Cse::default()
    }
}

/// The fingerprint our own messages carry, else namespace and name.
pub(super) fn key_needed(header: &Header) -> String {
    readers::needed(&readers::of_message(header.edks(), header.context()))
}

/// The key the object was written under, if that is another one.
pub(super) fn written_as(context: &EncryptionContext, key: &str) -> Option<String> {
    context
        .get(OBJECT_KEY_PAIR)
        .filter(|written| *written != key)
        .map(str::to_owned)
}

/// The format that the metadata claim, of an object that is refused.
pub(super) fn claimed(metadata: &[(String, String)]) -> Option<CseState> {
    let value = |name: &str| metadata.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    let has = |names: &[&str]| names.iter().any(|name| value(name).is_some());
    let cbc = || value("x-amz-cek-alg").is_some_and(|(_, cipher)| cipher.starts_with("AES/CBC"));
    match () {
        () if has(&["x-amz-c", "x-amz-3", "x-amz-w", "x-amz-d", "x-amz-i"]) => Some(CseState::S3ecV3),
        () if has(&["x-amz-key-v2", "x-amz-cek-alg", "x-amz-wrap-alg"]) && cbc() => Some(CseState::S3ecV2Cbc),
        () if has(&["x-amz-key-v2", "x-amz-cek-alg", "x-amz-wrap-alg"]) => Some(CseState::S3ecV2),
        () if has(&["x-amz-key", "x-amz-iv"]) => Some(CseState::S3ecV1),
        () => None,
    }
}

fn pairs<'p>(pairs: impl Iterator<Item = (&'p str, &'p str)>) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn names(edks: &[EncryptedDataKey]) -> String {
    edks.iter().map(|edk| edk.key_name()).collect::<Vec<_>>().join(" or ")
}

fn is_named(edk: &EncryptedDataKey, key: KeyRef<'_>) -> bool {
    let kind = match key {
        KeyRef::Aes(_) => edk.wrap() == Wrap::Aes,
        // What RSA makes is as long as its modulus.
        KeyRef::RsaPrivate(_) | KeyRef::RsaPublic(_) => {
            let bits = key.rsa_public().map_or(0, |public| public.bits() as usize);
            edk.wrap() == Wrap::Rsa && bits.div_ceil(8) == edk.ciphertext().len()
        }
    };
    kind && edk.key_name() == format!("{} / {}", key.namespace(), key.name())
}

/// Which keys were tried on a message.
#[derive(Clone, Copy)]
enum Tried {
    Nothing,
    /// The AES keys; the place of the one that opened it, if one did.
    Aes(Option<usize>),
}

fn recipients(vault: &Vault, edks: &[EncryptedDataKey], context: &EncryptionContext, tried: Tried) -> Vec<WrappedKey> {
    let by_aes = edks.iter().filter(|edk| edk.wrap() == Wrap::Aes).count();
    let recipient = |(edk, reader): (&EncryptedDataKey, readers::Reader)| {
        // Several keys may have one name: a fingerprint tells more.
        let named = |place: &usize| {
            let key = vault.all().nth(*place).filter(|key| key.can_decrypt());
            key.is_some_and(|key| match &reader.fingerprint {
                Some(fingerprint) => key.fingerprint().to_string() == *fingerprint,
                None => is_named(edk, key),
            })
        };
        let (opens_with, named) = match (edk.wrap(), tried) {
            // Of several, its name tells which of them it opened.
            (Wrap::Aes, Tried::Aes(opened)) => (opened.filter(|place| by_aes == 1 || named(place)), None),
            _ => (None, (0..vault.all().count()).find(named)),
        };
        WrappedKey {
            wrap: edk.wrap().as_str(),
            provider: String::from_utf8_lossy(edk.provider_id()).into_owned(),
            name: edk.name(),
            opens_with: opens_with.and_then(|place| vault.id_at(place)),
            named: named.and_then(|place| vault.id_at(place)),
            fingerprint: reader.fingerprint,
        }
    };
    edks.iter()
        .zip(readers::of_message(edks, context))
        .map(recipient)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::driver::KeyOrigin;
    use crate::encryption::esdk::{Parsed, looks_like_base64, looks_like_message};
    use crate::encryption::s3ec::{Entries, Recognised};
    use crate::encryption::{Key, WrappingKey};

    /// Name, description and bytes of every vector of a family.
    fn vectors(family: &str) -> Vec<(String, serde_json::Value, Vec<u8>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(family);
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let described = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        let read = |path: std::path::PathBuf| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let about = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            (name, about, std::fs::read(path.with_extension("bin")).unwrap())
        };
        described.map(read).collect()
    }

    fn texts(value: &serde_json::Value) -> Vec<(String, String)> {
        let pairs = value.as_object().into_iter().flatten();
        pairs
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect()
    }

    #[test]
    fn every_vector_of_the_s3_encryption_client_has_its_state() {
        let vault = Vault::default();
        let vectors = vectors("s3ec");
        assert!(vectors.len() > 40);
        for (name, about, _) in vectors {
            let metadata = texts(&about["metadata"]);
            let family = name.split('-').next().unwrap();
            let (state, wraps) = match family {
                "v1" => (CseState::S3ecV1, ["aes", "rsa", ""]),
                "v2" => (CseState::S3ecV2, ["aes", "rsa", "kms"]),
                "v2cbc" => (CseState::S3ecV2Cbc, ["kms", "", ""]),
                "v3" => (CseState::S3ecV3, ["aes", "rsa", "kms"]),
                _ => panic!("{name}: no such family"),
            };
            assert_eq!(claimed(&metadata), Some(state), "{name}");
            let recognised = Entries::from_metadata(metadata).and_then(Envelope::recognise);
            let Ok(Recognised::Envelope(envelope)) = recognised else {
                // RSA PKCS#1 v1.5 is never read.
                assert!(name.starts_with("v1-rsa"), "{name}");
                continue;
            };
            let cse = of_envelope(&vault, &envelope);
            assert_eq!(cse.state, state, "{name}");
            assert!(wraps.contains(&cse.wraps[0]), "{name}");
            assert_eq!(cse.more.commitment, Some(family == "v3"), "{name}");
            assert_eq!(cse.risks.is_empty(), family == "v3", "{name}");
            if name.contains("-ctx-") {
                let theirs = texts(&about["keys"]["user_encryption_context"]);
                assert!(
                    !theirs.is_empty() && theirs.iter().all(|pair| cse.more.pairs.contains(pair)),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn every_message_vector_shows_its_recipients_its_context_and_the_key_that_opens_it() {
        let vectors = vectors("esdk");
        assert!(vectors.len() > 40);
        for (name, about, bytes) in vectors {
            if name.starts_with("neg-") {
                assert!(name != "neg-base64" || looks_like_base64(&bytes));
                continue;
            }
            assert!(looks_like_message(&bytes) && !looks_like_base64(&bytes), "{name}");
            let mut vault = Vault::default();
            let keys = about["keys"].as_array().unwrap();
            for key in keys {
                let Some(hex) = key["key_hex"].as_str() else { continue };
                let (namespace, label) = (key["namespace"].as_str().unwrap(), key["name"].as_str().unwrap());
                let Ok(key) = WrappingKey::from_text(hex, namespace, label) else {
                    continue;
                };
                vault.add(Key::Aes(key), label, KeyOrigin::File).unwrap();
            }
            let cse = match bytes[0] {
                1 => of_version1(&vault, &Version1Header::parse(&bytes).unwrap().unwrap()),
                _ => match Header::parse(&bytes) {
                    Ok(Parsed::Complete(header)) => of_header(&vault, &header, "where/it/lies"),
                    other => panic!("{name}: {other:?}"),
                },
            };
            assert_eq!(cse.state, CseState::Esdk, "{name}");
            assert_eq!(cse.more.commitment, Some(bytes[0] == 2), "{name}");
            let mut recipients: Vec<_> = cse
                .more
                .recipients
                .iter()
                .map(|it| (it.provider.as_str(), it.name.as_str()))
                .collect();
            let mut theirs: Vec<_> = keys
                .iter()
                .map(|key| (key["namespace"].as_str().unwrap(), key["name"].as_str().unwrap()))
                .collect();
            recipients.sort_unstable();
            theirs.sort_unstable();
            assert_eq!(recipients, theirs, "{name}");
            for pair in texts(&about["context_in_message"]) {
                assert!(cse.more.pairs.contains(&pair), "{name}: {pair:?}");
            }
            let by_aes = bytes[0] == 2 && vault.all().next().is_some();
            assert_eq!(cse.opens_with.is_some(), by_aes, "{name}");
            let opened = cse.more.recipients.iter().find(|it| it.opens_with.is_some());
            assert_eq!(opened.and_then(|it| it.opens_with), cse.opens_with, "{name}");
            assert!(opened.is_none_or(|it| it.wrap == "aes"), "{name}");
        }
    }

    #[test]
    fn only_an_authentic_context_says_that_an_object_was_moved() {
        let mut context = EncryptionContext::default();
        context.insert(OBJECT_KEY_PAIR, "lab/a.csv");
        assert_eq!(written_as(&context, "lab/b.csv"), Some("lab/a.csv".to_owned()));
        assert_eq!(written_as(&context, "lab/a.csv"), None);
        assert_eq!(written_as(&EncryptionContext::default(), "lab/b.csv"), None);
    }

    #[test]
    fn what_is_refused_still_has_a_state() {
        let claims = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(name, value)| (name.to_string(), value.to_string()))
                .collect();
            claimed(&pairs)
        };
        assert_eq!(
            claims(&[("x-amz-key-v2", ""), ("x-amz-c", "115")]),
            Some(CseState::S3ecV3)
        );
        assert_eq!(
            claims(&[("x-amz-cek-alg", "AES/CBC/PKCS5Padding")]),
            Some(CseState::S3ecV2Cbc)
        );
        assert_eq!(claims(&[("x-amz-iv", "")]), Some(CseState::S3ecV1));
        assert_eq!(claims(&[("colour", "red")]), None);
    }
}
