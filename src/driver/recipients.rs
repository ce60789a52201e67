//! Who can read an upload: the keys as they are held, and their fingerprints as they are kept.

use super::vault::Vault;
use super::{Problem, Recipient};

/// Stands where a key's fingerprint would.
pub(super) const KMS: &str = "AWS KMS";

/// The recipients of an upload that was begun, looked for among the keys held now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Those that are here.
    pub(super) held: Vec<Recipient>,
    /// Fingerprints of those that are not: without them the upload can go on, but not start over.
    pub(super) missing: Vec<String>,
}

/// The fingerprints of these recipients, for a checkpoint.
pub(super) fn fingerprints(vault: &Vault, recipients: &[Recipient]) -> Result<Vec<String>, Problem> {
    let fingerprint = |recipient: &Recipient| match recipient {
        Recipient::Kms => Ok(KMS.to_owned()),
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
    has_kms: bool,
    fingerprints: impl Iterator<Item = &'f str>,
    kdf_entry: Option<&str>,
) -> Found {
    let mut found = Found::default();
    for fingerprint in fingerprints {
        let held = match fingerprint {
            KMS => has_kms.then_some(Recipient::Kms),
            _ => vault.holder(fingerprint, kdf_entry).map(Recipient::Key),
        };
        match held {
            Some(recipient) => found.held.push(recipient),
            None => found.missing.push(fingerprint.to_owned()),
        }
    }
    found
}

impl Found {
    /// Whether one of them opens what was begun: a public key does not.
    pub(super) fn can_open(&self, vault: &Vault) -> bool {
        self.held.iter().any(|recipient| match recipient {
            Recipient::Kms => true,
            Recipient::Key(id) => vault.get(*id).is_some_and(|(key, _)| key.as_ref().can_decrypt()),
        })
    }

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
    use crate::driver::KeyOrigin;
    use crate::encryption::{Key, RsaPrivateKey, WrappingKey};

    fn public_key() -> Key {
        let json: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/esdk/abci-page-verbatim.json")).unwrap();
        let private = RsaPrivateKey::from_pem(json["keys"][0]["private_key_pem"].as_str().unwrap(), "", "").unwrap();
        Key::RsaPublic(private.public().clone())
    }

    fn aes(byte: u8) -> Key {
        Key::Aes(WrappingKey::new([byte; 32], "", ""))
    }

    #[test]
    fn recipients_are_found_again_by_fingerprint() {
        let mut vault = Vault::default();
        let one = vault.add(aes(1), "", KeyOrigin::File).unwrap();
        let two = vault.add(public_key(), "", KeyOrigin::File).unwrap();
        let all = [Recipient::Key(two.id), Recipient::Key(one.id), Recipient::Kms];
        let names = fingerprints(&vault, &all).unwrap();
        assert_eq!(names, [two.fingerprint.as_str(), &one.fingerprint, KMS]);
        let names = || names.iter().map(String::as_str);

        let found = find(&vault, true, names(), None);
        assert!(found.can_open(&vault) && found.check_complete().is_ok());
        assert!(found.is_exactly(&[all[1], all[2], all[0]]));
        assert!(!found.is_exactly(&all[..2]));

        vault.remove(one.id);
        let found = find(&vault, false, names(), None);
        assert_eq!(found.held, [Recipient::Key(two.id)]);
        assert!(!found.can_open(&vault), "a public key opens nothing");
        let Err(Problem::RecipientMissing { missing }) = found.check_complete() else {
            panic!("{found:?}")
        };
        assert_eq!(missing, format!("{}, {KMS}", one.fingerprint));
        assert!(fingerprints(&vault, &all).is_err());
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
        assert_eq!(find(&now, false, names(), Some(&entry)).held, [Recipient::Key(here.id)]);
        assert!(find(&now, false, names(), None).held.is_empty());
        let other = now
            .add_passphrase(Zeroizing::new("another one".into()), [3; 16], "", true)
            .unwrap();
        now.remove(here.id);
        let missing = find(&now, false, names(), Some(&entry)).missing;
        assert_eq!(missing, std::slice::from_ref(&begun.fingerprint));
        assert_ne!(other.fingerprint, begun.fingerprint);
    }
}
