//! Keys as the app asks for them: made here, taken, named, saved and let go of. The vault holds them.

use zeroize::Zeroizing;

use super::engine::Engine;
use super::vault::{key_file, key_file_name};
use super::{Event, KeyId, KeyInfo, KeyKind, KeyMaterial, KeyOrigin, Problem};
use crate::encryption::{Key, OaepPadding, RsaPrivateKey, WrappingKey};
use crate::platform::{random, save, webcrypto};

/// Size of key pairs made here, bits.
const RSA_BITS: u32 = 3072;

impl Engine {
    /// Makes an AES key.
    pub(super) fn make_key(&self, label: &str) {
        let key = Key::Aes(WrappingKey::new(random::make_array(), "", ""));
        self.add_key(Ok(key), label, KeyOrigin::Generated);
    }

    /// Makes a pair of RSA keys.
    pub(super) async fn make_key_pair(&self, label: &str) {
        let made = webcrypto::generate_rsa_key(RSA_BITS).await;
        let key = made
            .ok()
            .and_then(|pkcs8| RsaPrivateKey::from_pkcs8_der(&pkcs8, "", "").ok());
        let key = key.map(|key| Key::RsaPrivate(Box::new(key))).ok_or(Problem::Browser {
            detail: "it makes no RSA keys on this page".into(),
        });
        self.add_key(key, label, KeyOrigin::Generated);
    }

    /// Takes a key, or tells why it is none.
    pub(super) fn add_key(&self, key: Result<Key, Problem>, label: &str, origin: KeyOrigin) {
        let added = key.and_then(|key| self.vault.borrow_mut().add(key, label, origin));
        self.tell_added(added);
    }

    /// Derives a key from a passphrase, under a fresh salt. `made`: here, so that nobody has it elsewhere yet.
    pub(super) fn add_passphrase(&self, passphrase: &KeyMaterial, label: &str, made: bool) {
        let phrase = String::from_utf8_lossy(&passphrase.0).trim().to_owned();
        let added = self
            .vault
            .borrow_mut()
            .add_passphrase(Zeroizing::new(phrase), random::make_array(), label, made);
        self.tell_added(added);
    }

    fn tell_added(&self, added: Result<KeyInfo, Problem>) {
        self.emit(match added {
            Ok(info) => Event::KeyAdded(info),
            Err(problem) => Event::KeyRefused(problem),
        });
    }

    /// Gives a key the names, and the padding, that its reader's keyring has.
    pub(super) fn name_key(&self, id: KeyId, namespace: &str, name: &str, padding: Option<OaepPadding>) {
        let named = self.vault.borrow_mut().rename(id, namespace, name, padding);
        self.emit(match named {
            Ok(info) => Event::KeyNamed(info),
            Err(problem) => Event::KeyRefused(problem),
        });
    }

    /// Hands the public half of a pair to the browser as a download.
    pub(super) fn save_public_key(&self, id: KeyId) {
        let vault = self.vault.borrow();
        let Some((key, info)) = vault.get(id) else {
            return self.emit(Event::KeyRefused(Problem::NoKey));
        };
        let Some(public) = key.as_ref().rsa_public() else {
            return self.emit(Event::KeyRefused(Problem::NoKey));
        };
        let kind = KeyKind::RsaPublic { bits: public.bits() };
        let name = key_file_name(&info.label, kind, &public.fingerprint());
        if let Err(error) = save::download_bytes(&name, "application/x-pem-file", public.to_pem().as_bytes()) {
            self.emit(Event::KeyRefused(Problem::Browser {
                detail: error.to_string(),
            }));
        }
    }

    /// Hands a key to the browser as a download: from then on the person has it elsewhere, too.
    pub(super) fn save_key_file(&self, id: KeyId) {
        let vault = self.vault.borrow();
        let Some((key, info)) = vault.get(id) else {
            return self.emit(Event::KeyRefused(Problem::NoKey));
        };
        let name = key_file_name(&info.label, info.kind, &key.as_ref().fingerprint());
        let saved = save::download_bytes(&name, "text/plain", key_file(key).as_bytes());
        drop(vault);
        match saved {
            Ok(()) => self.note_saved(id),
            Err(error) => self.emit(Event::KeyRefused(Problem::Browser {
                detail: error.to_string(),
            })),
        }
    }

    /// The person has this key elsewhere, too.
    pub(super) fn note_saved(&self, id: KeyId) {
        self.vault.borrow_mut().mark_saved(id);
        self.emit(Event::KeySaved(id));
    }

    /// Lets go of a key.
    pub(super) fn remove_key(&self, id: KeyId) {
        self.vault.borrow_mut().remove(id);
        self.emit(Event::KeyRemoved(id));
    }
}
