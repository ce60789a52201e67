//! What a checkpoint's record of an upload says without any key: the message's header, or the object's metadata as JSON.

use std::collections::BTreeMap;

use super::{ContextPairs, WriteFormat, context};
use crate::encryption::esdk::{Header, Parsed};
use crate::encryption::passphrase;
use crate::encryption::s3ec::{Entries, Envelope, Format, KeyNeeded, Recognised};

/// A record, read.
pub(super) enum Record {
    /// The header of a message of the AWS Encryption SDK.
    Message(Box<Header>),
    /// The metadata of an object of the S3 Encryption Client.
    Object {
        metadata: BTreeMap<String, String>,
        envelope: Box<Envelope>,
    },
}

impl Record {
    /// `None` for what is no record of ours.
    pub(super) fn read(bytes: &[u8]) -> Option<Record> {
        if bytes.first() != Some(&b'{') {
            return match Header::parse(bytes) {
                Ok(Parsed::Complete(header)) => Some(Record::Message(Box::new(header))),
                _ => None,
            };
        }
        let metadata: BTreeMap<String, String> = serde_json::from_slice(bytes).ok()?;
        match Entries::from_metadata(&metadata).and_then(Envelope::recognise) {
            Ok(Recognised::Envelope(envelope)) => Some(Record::Object {
                metadata,
                envelope: Box::new(envelope),
            }),
            _ => None,
        }
    }

    /// The format it was begun in.
    pub(super) fn format(&self) -> WriteFormat {
        match self {
            Record::Message(header) if header.is_signed() => WriteFormat::EsdkSigned,
            Record::Message(_) => WriteFormat::Esdk,
            Record::Object { envelope, .. } if envelope.format() == Format::V3 => WriteFormat::S3ecV3,
            Record::Object { .. } => WriteFormat::S3ecV2,
        }
    }

    /// Whether the person's text is bound to it: the S3 Encryption Client does so with KMS only.
    pub(super) fn has_context(&self) -> bool {
        match self {
            Record::Message(_) => true,
            Record::Object { envelope, .. } => envelope.key_needed() == KeyNeeded::Kms,
        }
    }

    /// The text that the person bound to it.
    pub(super) fn context(&self) -> ContextPairs {
        match self {
            Record::Message(header) => context::of_object(header.context().iter()),
            Record::Object { envelope, .. } if self.has_context() => context::of_object(envelope.description().iter()),
            Record::Object { .. } => ContextPairs::default(),
        }
    }

    /// How its key comes of a passphrase, if it does.
    pub(super) fn kdf_entry(&self) -> Option<&str> {
        match self {
            Record::Message(header) => header.context().get(passphrase::ENTRY),
            Record::Object { envelope, .. } => envelope.description().get(passphrase::ENTRY),
        }
    }
}

/// Whether the record is that of a signed message, which cannot be gone on with.
pub(super) fn is_signed(bytes: &[u8]) -> bool {
    Record::read(bytes).is_some_and(|record| record.format() == WriteFormat::EsdkSigned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encryption::esdk::{EncryptionContext, Message, Recipient};
    use crate::encryption::s3ec::{CommitmentPolicy, Materials, TextMap, Wrapping, Written};
    use crate::encryption::{DataKey, WrappingKey};

    #[test]
    fn records_say_their_format_and_their_passphrase() {
        let key = WrappingKey::new([1; 32], "", "");
        let mut context = EncryptionContext::default();
        context.insert(passphrase::ENTRY, "entry");
        context.insert("project", "climate");
        let recipient = Recipient::Key {
            key: (&key).into(),
            seed: &[2; 32],
        };
        let data_key = DataKey::from_random([3; 32]);
        let message = Message::write_for(data_key, [4; 32], &[recipient], None, &context, 9).unwrap();
        let record = Record::read(&message.header).unwrap();
        assert_eq!(
            (record.format(), record.kdf_entry()),
            (WriteFormat::Esdk, Some("entry"))
        );
        assert!(!is_signed(&message.header));
        assert!(record.has_context() && record.context().into_iter().eq([("project".into(), "climate".into())]));

        let description: TextMap = [(passphrase::ENTRY, "entry")].into_iter().collect();
        for (policy, format) in [
            (CommitmentPolicy::RequireEncryptRequireDecrypt, WriteFormat::S3ecV3),
            (CommitmentPolicy::ForbidEncryptAllowDecrypt, WriteFormat::S3ecV2),
        ] {
            let materials = Materials {
                data_key: DataKey::from_random([3; 32]),
                message_id: [5; 28],
                iv: [6; 12],
                wrap_seed: [7; 32],
            };
            let wrapping = Wrapping::Key {
                key: (&key).into(),
                description: &description,
            };
            let metadata = Written::write(materials, policy, &wrapping, 9).unwrap().metadata;
            let record = Record::read(&serde_json::to_vec(&metadata).unwrap()).unwrap();
            assert_eq!((record.format(), record.kdf_entry()), (format, Some("entry")));
            let Record::Object {
                metadata: again,
                envelope,
            } = record
            else {
                panic!("an object's record")
            };
            let again: Vec<_> = again.iter().map(|(name, value)| (name.as_str(), value)).collect();
            assert!(
                again
                    .into_iter()
                    .eq(metadata.iter().map(|(name, value)| (*name, value)))
            );
            assert_eq!(crate::driver::readers::of_envelope(&envelope).wrap, "aes");
        }
        for other in [&b""[..], b"{}", b"{\"x-amz-c\":1}", b"\x02\x04\x78"] {
            assert!(Record::read(other).is_none());
        }
    }
}
