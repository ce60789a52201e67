//! RSA keys of 2048 to 4096 bits, to wrap data keys with RSA-OAEP (RFC 8017, 7.1).
//!
//! The crate `rsa` is the oracle and the fallback: its private-key operation is not free of timing differences
//! (RUSTSEC-2023-0071, "Marvin"), so where there is WebCrypto the caller decrypts there, with
//! [`OaepPadding::web_crypto_hash`] and [`RsaPrivateKey::to_pkcs8_der`].

use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs8::der::Decode;
use rsa::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, ObjectIdentifier, PrivateKeyInfoRef,
    SubjectPublicKeyInfoRef,
};
use rsa::traits::PublicKeyParts;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::error::damaged;
use super::seeded_rng::SeededRng;
use super::{EncryptionError, Fingerprint, pem};

/// The two hashes of RSA-OAEP; the label is always empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OaepPadding {
    /// SHA-1 and MGF1 with SHA-1: what the S3 Encryption Client writes.
    Sha1,
    /// SHA-256 and MGF1 with SHA-256: ABCI's recipe.
    Sha256,
    /// SHA-384 and MGF1 with SHA-384.
    Sha384,
    /// SHA-512 and MGF1 with SHA-512.
    Sha512,
    /// SHA-256 and MGF1 with SHA-1: Java's `OAEPWithSHA-256AndMGF1Padding`. Only to read old S3 objects.
    Sha256Mgf1Sha1,
}

impl OaepPadding {
    /// Those that messages of the AWS Encryption SDK are written with, the usual one first.
    pub const WRITTEN: [OaepPadding; 4] = [
        OaepPadding::Sha256,
        OaepPadding::Sha384,
        OaepPadding::Sha512,
        OaepPadding::Sha1,
    ];

    /// Its name in the official libraries' `PaddingScheme`. `None` for what they do not know.
    pub fn scheme(self) -> Option<&'static str> {
        match self {
            OaepPadding::Sha1 => Some("OAEP_SHA1_MGF1"),
            OaepPadding::Sha256 => Some("OAEP_SHA256_MGF1"),
            OaepPadding::Sha384 => Some("OAEP_SHA384_MGF1"),
            OaepPadding::Sha512 => Some("OAEP_SHA512_MGF1"),
            OaepPadding::Sha256Mgf1Sha1 => None,
        }
    }

    /// The `hash` to give WebCrypto's `RSA-OAEP`. `None` where WebCrypto cannot do it: it knows one hash for both uses.
    pub fn web_crypto_hash(self) -> Option<&'static str> {
        match self {
            OaepPadding::Sha1 => Some("SHA-1"),
            OaepPadding::Sha256 => Some("SHA-256"),
            OaepPadding::Sha384 => Some("SHA-384"),
            OaepPadding::Sha512 => Some("SHA-512"),
            OaepPadding::Sha256Mgf1Sha1 => None,
        }
    }
}

/// Why this is no RSA key for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRsaKey {
    /// No PEM block of a kind read here, or what is in it is no RSA key.
    Unreadable,
    /// The PEM block is encrypted with a passphrase.
    Encrypted,
    /// A key of another algorithm.
    NotRsa {
        /// Which, as far as it can be told.
        what: &'static str,
    },
    /// A key file of OpenSSH or PuTTY.
    Ssh,
    /// A certificate or a request for one, not a bare key.
    Certificate,
    /// Not 2048 to 4096 bits.
    Size {
        /// Bits it has.
        bits: u32,
    },
}

impl std::fmt::Display for BadRsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BadRsaKey::Unreadable => f.write_str("no RSA key in PEM form (PKCS#8, SPKI or PKCS#1)"),
            BadRsaKey::Encrypted => {
                f.write_str("the key file is locked with a passphrase: unlock it first, with `openssl pkey`")
            }
            BadRsaKey::NotRsa { what } => write!(
                f,
                "this is {what}; only RSA keys wrap data keys here: make a pair with Generate key pair, or with `openssl genpkey \
                 -algorithm RSA -pkeyopt rsa_keygen_bits:3072`"
            ),
            BadRsaKey::Ssh => f.write_str(
                "this is an SSH key file: for an RSA key, `ssh-keygen -p -m PKCS8 -f COPY` rewrites a copy of the private one, and \
                 `ssh-keygen -e -m PKCS8 -f FILE` prints the public one",
            ),
            BadRsaKey::Certificate => f.write_str(
                "this is a certificate, not a key: `openssl x509 -pubkey -noout -in FILE` prints the public key in it",
            ),
            BadRsaKey::Size { bits } => write!(f, "the RSA key has {bits} bits; 2048 to 4096 are used here"),
        }
    }
}

impl std::error::Error for BadRsaKey {}

/// What a text is that holds no RSA key we read.
fn what_is(text: &str) -> BadRsaKey {
    let has = |part: &str| text.contains(part);
    let line = text.trim_start_matches('\u{feff}').trim_start();
    if has("-----BEGIN ENCRYPTED PRIVATE KEY-----") || has("Proc-Type: 4,ENCRYPTED") {
        BadRsaKey::Encrypted
    } else if has("-----BEGIN OPENSSH PRIVATE KEY-----")
        || has("---- BEGIN SSH2 ")
        || ["ssh-", "ecdsa-sha2-", "sk-", "PuTTY-User-Key-File"]
            .iter()
            .any(|start| line.starts_with(start))
    {
        BadRsaKey::Ssh
    } else if has("-----BEGIN CERTIFICATE") {
        BadRsaKey::Certificate
    } else if has("-----BEGIN EC ") {
        BadRsaKey::NotRsa {
            what: "an elliptic curve key",
        }
    } else if has("-----BEGIN DSA ") {
        BadRsaKey::NotRsa { what: "a DSA key" }
    } else {
        BadRsaKey::Unreadable
    }
}

/// What a key's algorithm is, if it is not RSA's.
fn other_algorithm(oid: ObjectIdentifier) -> Option<BadRsaKey> {
    let what = match oid.to_string().as_str() {
        "1.2.840.113549.1.1.1" => return None,
        "1.2.840.113549.1.1.10" => "an RSA-PSS key, which only signs",
        "1.2.840.10045.2.1" => "an elliptic curve key",
        "1.3.101.110" | "1.3.101.111" => "an X25519 or X448 key",
        "1.3.101.112" | "1.3.101.113" => "an Ed25519 or Ed448 key, which only signs",
        "1.2.840.10040.4.1" => "a DSA key",
        _ => "a key of another algorithm",
    };
    Some(BadRsaKey::NotRsa { what })
}

/// Namespace and name that messages carry, and the padding that they do not.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Names {
    namespace: String,
    name: String,
    padding: OaepPadding,
}

impl Names {
    fn new(namespace: &str, name: &str, padding: OaepPadding) -> Self {
        let or = |text: &str, default: &str| if text.is_empty() { default } else { text }.to_owned();
        Names {
            namespace: or(namespace, super::WrappingKey::DEFAULT_NAMESPACE),
            name: or(name, RsaPublicKey::DEFAULT_NAME),
            padding,
        }
    }
}

/// A public key: encrypts for whoever has the private one. Everyone may have it, so it proves no sender.
#[derive(Clone, PartialEq)]
pub struct RsaPublicKey {
    key: rsa::PublicKey,
    names: Names,
}

/// A private key, with its public half. Redacted in Debug, wiped on drop.
#[derive(Clone)]
pub struct RsaPrivateKey {
    key: rsa::PrivateKey,
    public: RsaPublicKey,
}

impl RsaPublicKey {
    /// Key name used where the user names none: the one of ABCI's documented recipe.
    pub const DEFAULT_NAME: &'static str = "S3RSAKey";

    /// Reads a PEM block `PUBLIC KEY` (SPKI) or `RSA PUBLIC KEY` (PKCS#1). Empty names become the defaults; the padding
    /// for AWS Encryption SDK messages is SHA-256.
    pub fn from_pem(text: &str, namespace: &str, name: &str) -> Result<Self, BadRsaKey> {
        let known = |label: &str| matches!(label, "PUBLIC KEY" | "RSA PUBLIC KEY");
        let (label, der) = pem::read(text, known).ok_or_else(|| what_is(text))?;
        let other = SubjectPublicKeyInfoRef::from_der(&der).ok();
        if let Some(other) = other.and_then(|info| other_algorithm(info.algorithm.oid)) {
            return Err(other);
        }
        let key = match label {
            "PUBLIC KEY" => rsa::PublicKey::from_public_key_der(&der).ok(),
            _ => rsa::PublicKey::from_pkcs1_der(&der).ok(),
        };
        Self::new(key.ok_or(BadRsaKey::Unreadable)?, namespace, name)
    }

    /// Reads an SPKI, as WebCrypto exports it. Names as in [`RsaPublicKey::from_pem`].
    pub fn from_spki_der(der: &[u8], namespace: &str, name: &str) -> Result<Self, BadRsaKey> {
        let key = rsa::PublicKey::from_public_key_der(der).map_err(|_| BadRsaKey::Unreadable)?;
        Self::new(key, namespace, name)
    }

    fn new(key: rsa::PublicKey, namespace: &str, name: &str) -> Result<Self, BadRsaKey> {
        let bits = key.n().bit_width();
        if !(2048..=4096).contains(&bits) {
            return Err(BadRsaKey::Size { bits });
        }
        let names = Names::new(namespace, name, OaepPadding::Sha256);
        Ok(RsaPublicKey { key, names })
    }

    /// The same key under other names, with this padding. Empty names become the defaults.
    pub fn with_names(mut self, namespace: &str, name: &str, padding: OaepPadding) -> Self {
        self.names = Names::new(namespace, name, padding);
        self
    }

    /// The same key with another padding for AWS Encryption SDK messages, which do not say theirs.
    pub fn with_padding(mut self, padding: OaepPadding) -> Self {
        self.names.padding = padding;
        self
    }

    /// Key namespace, never empty.
    pub fn namespace(&self) -> &str {
        &self.names.namespace
    }

    /// Key name, never empty.
    pub fn name(&self) -> &str {
        &self.names.name
    }

    /// Padding for AWS Encryption SDK messages. S3 objects say their own.
    pub fn padding(&self) -> OaepPadding {
        self.names.padding
    }

    /// Modulus length in bits, 2048 to 4096.
    pub fn bits(&self) -> u32 {
        self.key.n().bit_width()
    }

    /// The SubjectPublicKeyInfo, DER.
    pub fn to_spki_der(&self) -> Vec<u8> {
        self.key
            .to_public_key_der()
            .expect("a key that was read can be written")
            .into_vec()
    }

    /// The same as a PEM block `PUBLIC KEY`.
    pub fn to_pem(&self) -> String {
        pem::write("PUBLIC KEY", &self.to_spki_der()).to_string()
    }

    /// Public and private half have the same fingerprint: 64 bits of the SHA-256 of the SubjectPublicKeyInfo.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_hash(&Sha256::digest(self.to_spki_der()))
    }

    /// RSA-OAEP in software. `seed`: 32 random bytes, fresh for every call. `None` when `payload` does not fit.
    pub fn encrypt(&self, padding: OaepPadding, payload: &[u8], seed: &[u8; 32]) -> Option<Vec<u8>> {
        let (key, rng) = (&self.key, &mut SeededRng::new(seed));
        match padding {
            OaepPadding::Sha1 => key.encrypt(rng, rsa::Oaep::<Sha1>::new(), payload),
            OaepPadding::Sha256 => key.encrypt(rng, rsa::Oaep::<Sha256>::new(), payload),
            OaepPadding::Sha384 => key.encrypt(rng, rsa::Oaep::<Sha384>::new(), payload),
            OaepPadding::Sha512 => key.encrypt(rng, rsa::Oaep::<Sha512>::new(), payload),
            OaepPadding::Sha256Mgf1Sha1 => key.encrypt(rng, rsa::Oaep::<Sha256, Sha1>::new_with_mgf_hash(), payload),
        }
        .ok()
    }
}

impl RsaPrivateKey {
    /// Reads a PEM block `PRIVATE KEY` (PKCS#8) or `RSA PRIVATE KEY` (PKCS#1). Names as in [`RsaPublicKey::from_pem`].
    pub fn from_pem(text: &str, namespace: &str, name: &str) -> Result<Self, BadRsaKey> {
        let known = |label: &str| matches!(label, "PRIVATE KEY" | "RSA PRIVATE KEY");
        let (label, der) = pem::read(text, known).ok_or_else(|| what_is(text))?;
        let other = PrivateKeyInfoRef::from_der(&der).ok();
        if let Some(other) = other.and_then(|info| other_algorithm(info.algorithm.oid)) {
            return Err(other);
        }
        let key = match label {
            "PRIVATE KEY" => rsa::PrivateKey::from_pkcs8_der(&der).ok(),
            _ => rsa::PrivateKey::from_pkcs1_der(&der).ok(),
        };
        Self::new(key.ok_or(BadRsaKey::Unreadable)?, namespace, name)
    }

    /// Reads a PKCS#8, as WebCrypto exports it. Names as in [`RsaPublicKey::from_pem`].
    pub fn from_pkcs8_der(der: &[u8], namespace: &str, name: &str) -> Result<Self, BadRsaKey> {
        let key = rsa::PrivateKey::from_pkcs8_der(der).map_err(|_| BadRsaKey::Unreadable)?;
        Self::new(key, namespace, name)
    }

    fn new(key: rsa::PrivateKey, namespace: &str, name: &str) -> Result<Self, BadRsaKey> {
        let public = RsaPublicKey::new(key.to_public_key(), namespace, name)?;
        Ok(RsaPrivateKey { key, public })
    }

    /// As [`RsaPublicKey::with_names`].
    pub fn with_names(mut self, namespace: &str, name: &str, padding: OaepPadding) -> Self {
        self.public = self.public.with_names(namespace, name, padding);
        self
    }

    /// As [`RsaPublicKey::with_padding`].
    pub fn with_padding(mut self, padding: OaepPadding) -> Self {
        self.public.names.padding = padding;
        self
    }

    /// Its public half, with the same names.
    pub fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    /// The PKCS#8, DER: for WebCrypto's `importKey`. Secret.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.key
            .to_pkcs8_der()
            .expect("a key that was read can be written")
            .to_bytes()
    }

    /// The same as a PEM block `PRIVATE KEY`: the content of a key file. Secret.
    pub fn to_pem(&self) -> Zeroizing<String> {
        pem::write("PRIVATE KEY", &self.to_pkcs8_der())
    }

    /// RSA-OAEP in software, blinded; every failure is the same [`EncryptionError::Damaged`]. Use WebCrypto where
    /// it can do the padding (see the module).
    pub fn decrypt(&self, padding: OaepPadding, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, EncryptionError> {
        // The blinding must be secret and unpredictable, not random: so it follows from key and ciphertext.
        let mut seed = Sha256::new_with_prefix(b"sealdrop RSA blinding\0");
        seed.update(&*self.to_pkcs8_der());
        seed.update(ciphertext);
        let seed = Zeroizing::new(<[u8; 32]>::from(seed.finalize()));
        let (key, rng) = (&self.key, &mut SeededRng::new(&seed));
        match padding {
            OaepPadding::Sha1 => key.decrypt_blinded(rng, rsa::Oaep::<Sha1>::new(), ciphertext),
            OaepPadding::Sha256 => key.decrypt_blinded(rng, rsa::Oaep::<Sha256>::new(), ciphertext),
            OaepPadding::Sha384 => key.decrypt_blinded(rng, rsa::Oaep::<Sha384>::new(), ciphertext),
            OaepPadding::Sha512 => key.decrypt_blinded(rng, rsa::Oaep::<Sha512>::new(), ciphertext),
            OaepPadding::Sha256Mgf1Sha1 => {
                key.decrypt_blinded(rng, rsa::Oaep::<Sha256, Sha1>::new_with_mgf_hash(), ciphertext)
            }
        }
        .map(Zeroizing::new)
        .map_err(|_| damaged("RSA-OAEP"))
    }
}

impl std::fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RsaPublicKey({} bits, {})", self.bits(), self.fingerprint())
    }
}

impl std::fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RsaPrivateKey({:?} <redacted>)", self.public)
    }
}
