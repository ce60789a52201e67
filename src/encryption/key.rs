//! Any key a person can hold.

use super::{Fingerprint, OaepPadding, RsaPrivateKey, RsaPublicKey, WrappingKey};

/// A key the user manages.
#[derive(Clone, Debug)]
pub enum Key {
    /// Raw AES-256: encrypts and decrypts.
    Aes(WrappingKey),
    /// The public half of an RSA pair: encrypts only (drop-box mode).
    RsaPublic(RsaPublicKey),
    /// An RSA pair: encrypts and decrypts.
    RsaPrivate(Box<RsaPrivateKey>),
}

/// A [`Key`] held elsewhere.
#[derive(Clone, Copy, Debug)]
pub enum KeyRef<'k> {
    /// See [`Key::Aes`].
    Aes(&'k WrappingKey),
    /// See [`Key::RsaPublic`].
    RsaPublic(&'k RsaPublicKey),
    /// See [`Key::RsaPrivate`].
    RsaPrivate(&'k RsaPrivateKey),
}

impl Key {
    /// This key by reference.
    pub fn as_ref(&self) -> KeyRef<'_> {
        match self {
            Key::Aes(key) => KeyRef::Aes(key),
            Key::RsaPublic(key) => KeyRef::RsaPublic(key),
            Key::RsaPrivate(key) => KeyRef::RsaPrivate(key),
        }
    }

    /// The same key under other names, RSA with this padding. Empty names become the defaults.
    pub fn with_names(self, namespace: &str, name: &str, padding: OaepPadding) -> Key {
        match self {
            Key::Aes(key) => Key::Aes(key.with_names(namespace, name)),
            Key::RsaPublic(key) => Key::RsaPublic(key.with_names(namespace, name, padding)),
            Key::RsaPrivate(key) => Key::RsaPrivate(Box::new(key.with_names(namespace, name, padding))),
        }
    }
}

impl<'k> KeyRef<'k> {
    /// Key namespace, never empty.
    pub fn namespace(self) -> &'k str {
        match self {
            KeyRef::Aes(key) => key.namespace(),
            KeyRef::RsaPublic(key) => key.namespace(),
            KeyRef::RsaPrivate(key) => key.public().namespace(),
        }
    }

    /// Key name, never empty.
    pub fn name(self) -> &'k str {
        match self {
            KeyRef::Aes(key) => key.name(),
            KeyRef::RsaPublic(key) => key.name(),
            KeyRef::RsaPrivate(key) => key.public().name(),
        }
    }

    /// Its fingerprint; the halves of an RSA pair have the same.
    pub fn fingerprint(self) -> Fingerprint {
        match self {
            KeyRef::Aes(key) => key.fingerprint(),
            KeyRef::RsaPublic(key) => key.fingerprint(),
            KeyRef::RsaPrivate(key) => key.public().fingerprint(),
        }
    }

    /// Whether it decrypts what it encrypts.
    pub fn can_decrypt(self) -> bool {
        !matches!(self, KeyRef::RsaPublic(_))
    }

    /// The public key inside, if it is RSA.
    pub fn rsa_public(self) -> Option<&'k RsaPublicKey> {
        match self {
            KeyRef::Aes(_) => None,
            KeyRef::RsaPublic(key) => Some(key),
            KeyRef::RsaPrivate(key) => Some(key.public()),
        }
    }
}

impl<'k> From<&'k Key> for KeyRef<'k> {
    fn from(key: &'k Key) -> Self {
        key.as_ref()
    }
}

impl<'k> From<&'k WrappingKey> for KeyRef<'k> {
    fn from(key: &'k WrappingKey) -> Self {
        KeyRef::Aes(key)
    }
}

impl<'k> From<&'k RsaPublicKey> for KeyRef<'k> {
    fn from(key: &'k RsaPublicKey) -> Self {
        KeyRef::RsaPublic(key)
    }
}

impl<'k> From<&'k RsaPrivateKey> for KeyRef<'k> {
    fn from(key: &'k RsaPrivateKey) -> Self {
        KeyRef::RsaPrivate(key)
    }
}
