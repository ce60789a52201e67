//! Who can read an object, as far as the object says. Nothing of this is authentic before it was opened.

use crate::encryption::esdk::{EncryptedDataKey, EncryptionContext, Wrap};
use crate::encryption::s3ec::{Envelope, KeyNeeded};

/// Pair of the encryption context or the material description: fingerprints of the raw keys, in the order of the
/// recipients, with a space between two.
pub(super) const FINGERPRINT_PAIR: &str = "sealdrop-fingerprint";

/// One of an object's recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reader {
    /// How the data key is wrapped for it: `aes`, `rsa` or `kms`.
    pub(super) wrap: &'static str,
    /// Namespace and name of its key, or the ARN of a KMS key; empty where the format has none.
    pub(super) name: String,
    /// Fingerprint of its key, where sealdrop noted it.
    pub(super) fingerprint: Option<String>,
}

/// The recipients of a message.
pub(super) fn of_message(edks: &[EncryptedDataKey], context: &EncryptionContext) -> Vec<Reader> {
    let raw = edks.iter().filter(|edk| edk.wrap() != Wrap::Kms).count();
    let noted: Vec<&str> = context
        .get(FINGERPRINT_PAIR)
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    // Another count was not written here.
    let mut noted = noted.iter().filter(|_| noted.len() == raw);
    let reader = |edk: &EncryptedDataKey| Reader {
        wrap: edk.wrap().as_str(),
        name: edk.kms_key_arn().map_or_else(|| edk.key_name(), str::to_owned),
        fingerprint: match edk.wrap() {
            Wrap::Kms => None,
            Wrap::Aes | Wrap::Rsa => noted.next().map(|fingerprint| (*fingerprint).to_owned()),
        },
    };
    edks.iter().map(reader).collect()
}

/// The one recipient of an object of the S3 Encryption Client.
pub(super) fn of_envelope(envelope: &Envelope) -> Reader {
    Reader {
        wrap: match envelope.key_needed() {
            KeyNeeded::Aes => "aes",
            KeyNeeded::Rsa { .. } => "rsa",
            KeyNeeded::Kms => "kms",
        },
        name: String::new(),
        fingerprint: envelope.description().get(FINGERPRINT_PAIR).map(str::to_owned),
    }
}

/// Each kind of wrap once.
pub(super) fn wraps(readers: &[Reader]) -> Vec<&'static str> {
    let mut wraps = Vec::new();
    for reader in readers {
        if !wraps.contains(&reader.wrap) {
            wraps.push(reader.wrap);
        }
    }
    wraps
}

/// The keys any one of which opens it, for people.
pub(super) fn needed(readers: &[Reader]) -> String {
    let name = |reader: &Reader| reader.fingerprint.clone().unwrap_or_else(|| reader.name.clone());
    readers.iter().map(name).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encryption::esdk::{Header, Message, Parsed, Recipient};
    use crate::encryption::{DataKey, WrappingKey};

    fn header(noted: &str) -> Header {
        let (one, two) = (
            WrappingKey::new([1; 32], "", "one"),
            WrappingKey::new([2; 32], "lab", "two"),
        );
        let recipients = [
            Recipient::Key {
                key: (&one).into(),
                seed: &[3; 32],
            },
            Recipient::Kms {
                key_arn: "arn:aws:kms:x",
                ciphertext_blob: b"blob",
            },
            Recipient::Key {
                key: (&two).into(),
                seed: &[4; 32],
            },
        ];
        let mut context = EncryptionContext::default();
        context.insert(FINGERPRINT_PAIR, noted);
        let data_key = DataKey::from_random([5; 32]);
        let message = Message::write_for(data_key, [6; 32], &recipients, None, &context, 1).unwrap();
        match Header::parse(&message.header) {
            Ok(Parsed::Complete(header)) => header,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_recipient_has_its_wrap_its_name_and_its_fingerprint() {
        let header = header("aaaa bbbb");
        let readers = of_message(header.edks(), header.context());
        let told: Vec<_> = readers
            .iter()
            .map(|reader| (reader.wrap, reader.name.as_str(), reader.fingerprint.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("aes", "MyAppKeys / one", Some("aaaa")),
                ("kms", "arn:aws:kms:x", None),
                ("aes", "lab / two", Some("bbbb")),
            ]
        );
        assert_eq!(wraps(&readers), ["aes", "kms"]);
        assert_eq!(needed(&readers), "aaaa or arn:aws:kms:x or bbbb");
    }

    #[test]
    fn fingerprints_of_another_count_belong_to_nobody() {
        let header = header("aaaa");
        let readers = of_message(header.edks(), header.context());
        assert!(readers.iter().all(|reader| reader.fingerprint.is_none()));
        assert_eq!(needed(&readers), "MyAppKeys / one or arn:aws:kms:x or lab / two");
    }
}
