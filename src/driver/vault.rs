//! The keys held in memory. They never leave it but as the key file the person asks for.

use std::cell::RefCell;

use zeroize::Zeroizing;

use super::{KeyId, KeyInfo, KeyKind, KeyOrigin, Problem};
use crate::encryption::passphrase::PassphraseKdf;
use crate::encryption::{EncryptionError, Fingerprint, Key, KeyRef, OaepPadding, RsaPublicKey, WrappingKey};

/// Derived keys that are remembered, at most.
const DERIVED: usize = 64;

/// Keys by id, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Vault {
    keys: Vec<Held>,
    next: u32,
    /// What passphrases gave with the salts of other sessions: objects written together have the same.
    derived: RefCell<Vec<Derived>>,
}

/// A passphrase's key under one salt.
#[derive(Clone, Debug)]
struct Derived {
    holder: KeyId,
    kdf: PassphraseKdf,
    key: WrappingKey,
}

#[derive(Debug)]
struct Held {
    key: Key,
    info: KeyInfo,
    passphrase: Option<Passphrase>,
}

/// What a key was derived from: objects of other sessions need it derived anew, from their own salt.
struct Passphrase {
    phrase: Zeroizing<String>,
    kdf: PassphraseKdf,
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(<redacted>)")
    }
}

impl Vault {
    /// Takes a key. One that is held already is refused with the label it has.
    pub(super) fn add(&mut self, key: Key, label: &str, origin: KeyOrigin) -> Result<KeyInfo, Problem> {
        let kind = kind(&key);
        let key_ref = key.as_ref();
        let same = |held: &&Held| held.info.kind == kind && held.key.as_ref().fingerprint() == key_ref.fingerprint();
        if let Some(held) = self.keys.iter().find(same) {
            return Err(Problem::DuplicateKey {
                label: held.info.label.clone(),
            });
        }
        check_namespace(key_ref.namespace())?;
        let fingerprint = key_ref.fingerprint().to_string();
        let label = match label.trim() {
            "" => format!("Key {}", &fingerprint[..4]),
            label => label.to_owned(),
        };
        let info = KeyInfo {
            id: KeyId(self.next),
            label,
            fingerprint,
            namespace: key_ref.namespace().to_owned(),
            name: key_ref.name().to_owned(),
            kind,
            origin,
            saved: origin != KeyOrigin::Generated,
            padding: key_ref.rsa_public().map(RsaPublicKey::padding),
        };
        self.next += 1;
        self.keys.push(Held {
            key,
            info: info.clone(),
            passphrase: None,
        });
        Ok(info)
    }

    /// Takes a passphrase; its key for writing comes from this salt. One that was `made` here is not used before somebody
    /// has it elsewhere.
    pub(super) fn add_passphrase(
        &mut self,
        phrase: Zeroizing<String>,
        salt: [u8; 16],
        label: &str,
        made: bool,
    ) -> Result<KeyInfo, Problem> {
        let kdf = PassphraseKdf::new(salt);
        let key = kdf.derive_key(&phrase, "", "");
        let mut info = self.add(Key::Aes(key), label, KeyOrigin::Passphrase)?;
        if let Some(held) = self.keys.last_mut() {
            held.passphrase = Some(Passphrase { phrase, kdf });
            held.info.saved = !made;
            info = held.info.clone();
        }
        Ok(info)
    }

    /// What an object encrypted with this key must say about how the key comes of a passphrase.
    pub(super) fn kdf_entry(&self, id: KeyId) -> Option<String> {
        let held = self.keys.iter().find(|held| held.info.id == id)?;
        Some(held.passphrase.as_ref()?.kdf.to_entry())
    }

    /// The keys that the passphrases held give with an object's entry. Takes a second or so for each, the first time.
    pub(super) fn derived(&self, entry: &str) -> Result<Vec<(KeyId, WrappingKey)>, EncryptionError> {
        let kdf = PassphraseKdf::from_entry(entry)?;
        let mut known = self.derived.borrow_mut();
        let mut keys = Vec::new();
        for held in &self.keys {
            let Some(passphrase) = &held.passphrase else { continue };
            let holder = held.info.id;
            let remembered = known
                .iter()
                .find(|derived| derived.holder == holder && derived.kdf == kdf);
            let key = match remembered {
                Some(derived) => derived.key.clone(),
                None => {
                    let key = kdf.derive_key(&passphrase.phrase, "", "");
                    if known.len() == DERIVED {
                        known.remove(0);
                    }
                    known.push(Derived {
                        holder,
                        kdf: kdf.clone(),
                        key: key.clone(),
                    });
                    key
                }
            };
            keys.push((holder, key));
        }
        Ok(keys)
    }

    /// Of [`Vault::derived`] those that cost nothing: just to look, no second is spent.
    pub(super) fn derived_before(&self, entry: &str) -> Vec<(KeyId, WrappingKey)> {
        let Ok(kdf) = PassphraseKdf::from_entry(entry) else {
            return Vec::new();
        };
        let known = self.derived.borrow();
        let of_entry = known.iter().filter(|derived| derived.kdf == kdf);
        of_entry.map(|derived| (derived.holder, derived.key.clone())).collect()
    }

    /// The key with this fingerprint, or the passphrase that gives it with this entry.
    pub(super) fn holder(&self, fingerprint: &str, kdf_entry: Option<&str>) -> Option<KeyId> {
        self.by_fingerprint(fingerprint).or_else(|| {
            let mut derived = self.derived(kdf_entry?).ok()?.into_iter();
            let (holder, _) = derived.find(|(_, key)| key.fingerprint().to_string() == fingerprint)?;
            Some(holder)
        })
    }

    /// Gives the key other names. Empty ones become the defaults.
    pub(super) fn rename(
        &mut self,
        id: KeyId,
        namespace: &str,
        name: &str,
        padding: Option<OaepPadding>,
    ) -> Result<KeyInfo, Problem> {
        let (namespace, name) = (namespace.trim(), name.trim());
        check_namespace(namespace)?;
        let held = self.keys.iter_mut().find(|held| held.info.id == id);
        let held = held.ok_or(Problem::NoKey)?;
        held.key = held
            .key
            .clone()
            .with_names(namespace, name, padding.unwrap_or(OaepPadding::Sha256));
        let key = held.key.as_ref();
        held.info.namespace = key.namespace().to_owned();
        held.info.name = key.name().to_owned();
        held.info.padding = key.rsa_public().map(RsaPublicKey::padding);
        Ok(held.info.clone())
    }

    /// A copy exists outside this page now.
    pub(super) fn mark_saved(&mut self, id: KeyId) {
        if let Some(held) = self.keys.iter_mut().find(|held| held.info.id == id) {
            held.info.saved = true;
        }
    }

    /// Forgets the key.
    pub(super) fn remove(&mut self, id: KeyId) {
        self.keys.retain(|held| held.info.id != id);
        self.derived.borrow_mut().retain(|derived| derived.holder != id);
    }

    /// The key and what may be shown of it.
    pub(super) fn get(&self, id: KeyId) -> Option<(&Key, &KeyInfo)> {
        self.keys
            .iter()
            .find(|held| held.info.id == id)
            .map(|held| (&held.key, &held.info))
    }

    /// The key to encrypt with: it must exist outside this page, or a closed tab would lose the data with it.
    pub(super) fn for_writing(&self, id: KeyId) -> Result<KeyRef<'_>, Problem> {
        let (key, info) = self.get(id).ok_or(Problem::NoKey)?;
        if info.saved {
            Ok(key.as_ref())
        } else {
            Err(Problem::KeyNotSaved)
        }
    }

    /// All keys, to open something with.
    pub(super) fn all(&self) -> impl Iterator<Item = KeyRef<'_>> {
        self.keys.iter().map(|held| held.key.as_ref())
    }

    /// The key with this fingerprint: of a pair whose halves are both held, the one that opens.
    pub(super) fn by_fingerprint(&self, fingerprint: &str) -> Option<KeyId> {
        let halves = self.keys.iter().filter(|held| held.info.fingerprint == fingerprint);
        let held = halves.min_by_key(|held| matches!(held.info.kind, KeyKind::RsaPublic { .. }))?;
        Some(held.info.id)
    }

    /// The id of the key at this place of [`Vault::all`].
    pub(super) fn id_at(&self, index: usize) -> Option<KeyId> {
        self.keys.get(index).map(|held| held.info.id)
    }
}

fn check_namespace(namespace: &str) -> Result<(), Problem> {
    match namespace.starts_with(WrappingKey::RESERVED_NAMESPACE) {
        true => Err(Problem::ReservedNamespace),
        false => Ok(()),
    }
}

fn kind(key: &Key) -> KeyKind {
    match key {
        Key::Aes(_) => KeyKind::Aes,
        Key::RsaPublic(key) => KeyKind::RsaPublic { bits: key.bits() },
        Key::RsaPrivate(key) => KeyKind::RsaPrivate {
            bits: key.public().bits(),
        },
    }
}

/// The content of its key file: what [`super::key_text::read`] reads.
pub(super) fn key_file(key: &Key) -> Zeroizing<String> {
    match key {
        Key::Aes(key) => key.to_file(),
        Key::RsaPublic(key) => Zeroizing::new(key.to_pem()),
        Key::RsaPrivate(key) => key.to_pem(),
    }
}

/// The name of a key file: its label and the start of its fingerprint, so that files can be told apart.
pub(super) fn key_file_name(label: &str, kind: KeyKind, fingerprint: &Fingerprint) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '-' };
    let label: String = label.chars().map(plain).take(60).collect();
    let (what, ending) = match kind {
        KeyKind::Aes => ("key", "txt"),
        KeyKind::RsaPrivate { .. } => ("private-key", "pem"),
        KeyKind::RsaPublic { .. } => ("public-key", "pem"),
    };
    format!(
        "sealdrop-{what}-{}-{}.{ending}",
        label.trim_matches('-'),
        &fingerprint.to_string()[..9]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        Key::Aes(WrappingKey::new([byte; 32], "", ""))
    }

    #[test]
    fn a_generated_key_must_be_saved_before_it_encrypts() {
        let mut vault = Vault::default();
        let info = vault.add(key(1), "Lab", KeyOrigin::Generated).unwrap();
        assert_eq!(vault.for_writing(info.id).err(), Some(Problem::KeyNotSaved));
        vault.mark_saved(info.id);
        assert!(vault.for_writing(info.id).is_ok());
        vault.remove(info.id);
        assert_eq!(vault.for_writing(info.id).err(), Some(Problem::NoKey));
    }

    #[test]
    fn the_same_key_is_held_once() {
        let mut vault = Vault::default();
        vault.add(key(1), "Lab", KeyOrigin::File).unwrap();
        let again = vault.add(key(1), "Other", KeyOrigin::Pasted);
        assert_eq!(again, Err(Problem::DuplicateKey { label: "Lab".into() }));
        let other = vault.add(key(2), "  ", KeyOrigin::Pasted).unwrap();
        assert_eq!(other.label, format!("Key {}", &other.fingerprint[..4]));
        assert_eq!(vault.all().count(), 2);
        assert_eq!(vault.id_at(1), Some(other.id));
        assert_eq!(vault.by_fingerprint(&other.fingerprint), Some(other.id));
        assert_eq!(vault.by_fingerprint("none"), None);
    }

    #[test]
    fn aws_kms_is_no_namespace_for_raw_keys() {
        let named = Key::Aes(WrappingKey::new([3; 32], "aws-kms", "x"));
        let mut vault = Vault::default();
        assert_eq!(vault.add(named, "", KeyOrigin::File), Err(Problem::ReservedNamespace));
        let id = vault.add(key(3), "", KeyOrigin::File).unwrap().id;
        assert_eq!(
            vault.rename(id, " aws-kms-x ", "", None),
            Err(Problem::ReservedNamespace)
        );
    }

    #[test]
    fn a_key_can_go_by_other_names_and_by_the_usual_ones_again() {
        let mut vault = Vault::default();
        let id = vault.add(key(3), "Lab", KeyOrigin::File).unwrap().id;
        let info = vault.rename(id, " lab ", "2026", Some(OaepPadding::Sha1)).unwrap();
        assert_eq!(
            (info.namespace.as_str(), info.name.as_str(), info.padding),
            ("lab", "2026", None)
        );
        let held = vault.get(id).unwrap().0.as_ref();
        assert_eq!((held.namespace(), held.name()), ("lab", "2026"));
        let info = vault.rename(id, "", "", None).unwrap();
        assert_eq!((info.namespace.as_str(), info.name.as_str()), ("MyAppKeys", "S3AESKey"));
        assert_eq!(
            (info.label.as_str(), info.fingerprint),
            ("Lab", key(3).as_ref().fingerprint().to_string())
        );
    }

    #[test]
    fn a_passphrase_opens_what_another_session_wrote_with_it() {
        let phrase = || Zeroizing::new("correct horse battery staple".to_owned());
        let mut first = Vault::default();
        let written = first.add_passphrase(phrase(), [1; 16], "", false).unwrap();
        let entry = first.kdf_entry(written.id).unwrap();
        let mut second = Vault::default();
        let other = second.add_passphrase(phrase(), [2; 16], "", false).unwrap();
        assert_ne!(other.fingerprint, written.fingerprint);
        let derived = second.derived(&entry).unwrap();
        assert_eq!(derived[0].1.fingerprint().to_string(), written.fingerprint);
        assert_eq!(second.derived_before(&entry)[0].0, other.id);
        assert_eq!(second.holder(&written.fingerprint, Some(&entry)), Some(other.id));
        assert!(!format!("{second:?}").contains("horse"));
        second.remove(other.id);
        assert!(second.derived_before(&entry).is_empty() && second.derived(&entry).unwrap().is_empty());
    }

    #[test]
    fn a_passphrase_made_here_is_not_used_before_somebody_has_it() {
        let mut vault = Vault::default();
        let phrase = Zeroizing::new("correct horse battery staple".to_owned());
        let made = vault.add_passphrase(phrase, [1; 16], "", true).unwrap();
        assert!(!made.saved);
        assert!(matches!(vault.for_writing(made.id), Err(Problem::KeyNotSaved)));
        vault.mark_saved(made.id);
        assert!(vault.for_writing(made.id).is_ok());
    }

    #[test]
    fn key_files_have_names_that_any_system_takes() {
        let name = key_file_name("実験 / 2026: \"raw\"", KeyKind::Aes, &key(1).as_ref().fingerprint());
        assert!(
            name.starts_with("sealdrop-key-実験---2026---raw-") && name.ends_with(".txt"),
            "{name}"
        );
    }

    #[test]
    fn debug_output_shows_no_key() {
        let mut vault = Vault::default();
        vault.add(key(0xa7), "Lab", KeyOrigin::File).unwrap();
        let shown = format!("{vault:?}");
        assert!(!shown.contains("167, 167") && !shown.contains("a7a7"), "{shown}");
    }
}
