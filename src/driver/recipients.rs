//! Who can read an upload: the keys as they are held, and their fingerprints as they are kept.

use super::kms_keys::KmsKeys;
use super::vault::Vault;
use super::{Problem, Recipient};

/// Before the ARN of a KMS key, where a key's fingerprint would stand; alone in records of earlier versions.
const KMS: &str = "AWS KMS";
/// The key of such a record, which nothing tells from other KMS keys.
const KMS_UNNAMED: &str = "a KMS key that was not noted";

/// The recipients of an upload that was begun, looked for among the keys held now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Those that are here.
    pub(super) held: Vec<Recipient>,
    /// Fingerprints of those that are not: without them the upload can go on, but not start over.
    pub(super) missing: Vec<String>,
    /// Whether one of them opens what was begun: a public key does not, and a KMS key may do nothing else.
    pub(super) can_open: bool,
}

/// The fingerprints of these recipients, for a checkpoint.
pub(super) fn fingerprints(vault: &Vault, kms: &KmsKeys, recipients: &[Recipient]) -> Result<Vec<String>, Problem> {
    let fingerprint = |recipient: &Recipient| match recipient {
        Recipient::Kms(id) => match kms.get(*id) {
            Some(key) => Ok(format!("{KMS} {}", key.info.name())),
            None => Err(Problem::NoKey),
        },
        Recipient::Key(id) => match vault.get(*id) {
            Some((_, info)) => Ok(info.fingerprint.clone()),
            None => Err(Problem::NoKey),
        },
    };
    recipients.iter().map(fingerprint).collect()
}

/// Looks for recipients by their fingerprints. A key that came from a passphrase in another session is derived anew, by
/// that session's `kdf_entry`.
pub(super) fn find<'f>(
    vault: &Vault,
    kms: &KmsKeys,
    fingerprints: impl Iterator<Item = &'f str>,
    kdf_entry: Option<&str>,
) -> Found {
    let mut found = Found::default();
    for fingerprint in fingerprints {
        let (held, opens, named) = match fingerprint.strip_prefix(KMS) {
            Some(arn) => {
                let arn = arn.trim_start();
                let named = if arn.is_empty() { KMS_UNNAMED } else { fingerprint };
                let held = kms.writing(arn).map(Recipient::Kms);
                (held, !kms.that_may_be(arn).is_empty(), named)
            }
            None => {
                let id = vault.holder(fingerprint, kdf_entry);
                let key = id.and_then(|id| vault.get(id));
                let opens = key.is_some_and(|(key, _)| key.as_ref().can_decrypt());
                (id.map(Recipient::Key), opens, fingerprint)
            }
        };
        found.can_open |= opens;
        match held {
            Some(recipient) => found.held.push(recipient),
            None => found.missing.push(named.to_owned()),
        }
    }
    found
}

impl Found {
    /// Whether these, in any order, are exactly `recipients`.
    pub(super) fn is_exactly(&self, recipients: &[Recipient]) -> bool {
        let sorted = |list: &[Recipient]| {
            let mut list = list.to_vec();
            list.sort();
            list
        };
        self.missing.is_empty() && sorted(&self.held) == sorted(recipients)
    }

    /// All of them, or the problem that says which are not here.
    pub(super) fn check_complete(&self) -> Result<(), Problem> {
        match self.missing.is_empty() {
            true => Ok(()),
            false => Err(Problem::RecipientMissing {
                missing: self.missing.join(", "),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::driver::kms_keys::KmsKey;
    use crate::driver::{KeyOrigin, KmsInfo};
    use crate::encryption::{Key, RsaPrivateKey, WrappingKey};
    use crate::kms::KmsEndpoint;

    fn public_key() -> Key {
        let json: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/esdk/abci-page-verbatim.json")).unwrap();
        let private = RsaPrivateKey::from_pem(json["keys"][0]["private_key_pem"].as_str().unwrap(), "", "").unwrap();
        Key::RsaPublic(private.public().clone())
    }

    fn aes(byte: u8) -> Key {
        Key::Aes(WrappingKey::new([byte; 32], "", ""))
    }

    const ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/one";

    /// A KMS key that was chosen; `writes` with its ARN.
    fn hold(kms: &mut KmsKeys, key_id: &str, writes: bool) -> Recipient {
        let info = KmsInfo {
            key_id: key_id.into(),
            arn: writes.then(|| key_id.into()),
            writes,
            ..KmsInfo::default()
        };
        let endpoint = KmsEndpoint::new("", "us-east-1").unwrap();
        Recipient::Kms(kms.hold(KmsKey { endpoint, info }).id)
    }

    #[test]
    fn recipients_are_found_again_by_fingerprint() {
        let (mut vault, mut kms) = (Vault::default(), KmsKeys::default());
        let one = vault.add(aes(1), "", KeyOrigin::File).unwrap();
        let two = vault.add(public_key(), "", KeyOrigin::File).unwrap();
        let all = [
            Recipient::Key(two.id),
            Recipient::Key(one.id),
            hold(&mut kms, ARN, true),
        ];
        let names = fingerprints(&vault, &kms, &all).unwrap();
        let named = format!("AWS KMS {ARN}");
        assert_eq!(names, [two.fingerprint.as_str(), &one.fingerprint, &named]);
        let names = || names.iter().map(String::as_str);

        let found = find(&vault, &kms, names(), None);
        assert!(found.can_open && found.check_complete().is_ok());
        assert!(found.is_exactly(&[all[1], all[2], all[0]]));
        assert!(!found.is_exactly(&all[..2]));

        vault.remove(one.id);
        let found = find(&vault, &KmsKeys::default(), names(), None);
        assert_eq!(found.held, [Recipient::Key(two.id)]);
        assert!(!found.can_open, "a public key opens nothing");
        let Err(Problem::RecipientMissing { missing }) = found.check_complete() else {
            panic!("{found:?}")
        };
        assert_eq!(missing, format!("{}, {named}", one.fingerprint));
        assert!(fingerprints(&vault, &kms, &all).is_err());
        assert!(fingerprints(&vault, &KmsKeys::default(), &all[2..]).is_err());
    }

    #[test]
    fn no_kms_key_stands_in_for_another() {
        let vault = Vault::default();
        let looked_for = |kms: &KmsKeys, name: &str| find(&vault, kms, [name].into_iter(), None);
        let named = format!("AWS KMS {ARN}");
        let mut kms = KmsKeys::default();
        let other = hold(&mut kms, "arn:aws:kms:us-east-1:123456789012:key/two", true);
        let found = looked_for(&kms, &named);
        assert!(!found.can_open && !found.is_exactly(&[other]) && found.check_complete().is_err());

        hold(&mut kms, "alias/lab", false);
        let found = looked_for(&kms, &named);
        assert!(found.can_open, "it may be the one the alias stands for");
        assert_eq!((found.held, found.missing), (Vec::new(), vec![named.clone()]));

        let one = hold(&mut kms, ARN, true);
        assert!(looked_for(&kms, &named).is_exactly(&[one]));

        // Of an earlier version: it may go on with any of them, and start over with none.
        let found = looked_for(&kms, "AWS KMS");
        assert!(found.can_open && !found.is_exactly(&[one]));
        assert_eq!((&found.held, &found.missing), (&vec![], &vec![KMS_UNNAMED.to_owned()]));
        assert!(!looked_for(&KmsKeys::default(), "AWS KMS").can_open);
    }

    #[test]
    fn a_passphrase_is_found_by_the_salt_of_the_upload() {
        let phrase = || Zeroizing::new("correct horse battery staple".to_owned());
        let mut earlier = Vault::default();
        let begun = earlier.add_passphrase(phrase(), [1; 16], "", false).unwrap();
        let entry = earlier.kdf_entry(begun.id).unwrap();
        let mut now = Vault::default();
        let here = now.add_passphrase(phrase(), [2; 16], "", false).unwrap();
        let names = || [begun.fingerprint.as_str()].into_iter();
        assert_eq!(
            find(&now, &KmsKeys::default(), names(), Some(&entry)).held,
            [Recipient::Key(here.id)]
        );
        assert!(find(&now, &KmsKeys::default(), names(), None).held.is_empty());
        let other = now
            .add_passphrase(Zeroizing::new("another one".into()), [3; 16], "", true)
            .unwrap();
        now.remove(here.id);
        let missing = find(&now, &KmsKeys::default(), names(), Some(&entry)).missing;
        assert_eq!(missing, std::slice::from_ref(&begun.fingerprint));
        assert_ne!(other.fingerprint, begun.fingerprint);
    }
}
