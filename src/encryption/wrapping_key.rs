//! The user's own key: a raw AES-256 wrapping key, its names and its fingerprint.

use base64::{Engine, engine::general_purpose};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// A raw AES-256 wrapping key (CSE with a key the user manages). Redacted in Debug, wiped on drop.
///
/// Namespace and name are written into every message it wraps; a reader with the official libraries configures the
/// same two.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct WrappingKey {
    pub(crate) key: [u8; 32],
    #[zeroize(skip)]
    namespace: String,
    #[zeroize(skip)]
    name: String,
}

/// Neither 32 raw bytes, nor 64 hex digits, nor base64 of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadKeyMaterial;

impl std::fmt::Display for BadKeyMaterial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a 256-bit key: 32 raw bytes, 64 hex digits or base64 of 32 bytes")
    }
}

impl std::error::Error for BadKeyMaterial {}

/// Public name of a key: 64 bits of a SHA-256 over it, shown as `xxxx-xxxx-xxxx-xxxx`. Tells keys apart and reveals
/// nothing of a random key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 8]);

impl Fingerprint {
    /// The first 64 bits of a hash.
    pub(crate) fn of_hash(hash: &[u8]) -> Self {
        let mut short = [0; 8];
        short.copy_from_slice(&hash[..8]);
        Fingerprint(short)
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, pair) in self.0.chunks(2).enumerate() {
            let dash = if index == 0 { "" } else { "-" };
            write!(f, "{dash}{:02x}{:02x}", pair[0], pair[1])?;
        }
        Ok(())
    }
}

impl WrappingKey {
    /// Namespace used where the user names none: the one of ABCI's documented recipe.
    pub const DEFAULT_NAMESPACE: &'static str = "MyAppKeys";
    /// Key name used where the user names none.
    pub const DEFAULT_NAME: &'static str = "S3AESKey";
    /// The namespace reserved for AWS KMS keys.
    pub const RESERVED_NAMESPACE: &'static str = "aws-kms";

    /// A key of these 32 bytes. Empty names become the defaults.
    pub fn new(key: [u8; 32], namespace: &str, name: &str) -> Self {
        let or = |text: &str, default: &str| if text.is_empty() { default } else { text }.to_owned();
        WrappingKey {
            key,
            namespace: or(namespace, Self::DEFAULT_NAMESPACE),
            name: or(name, Self::DEFAULT_NAME),
        }
    }

    /// The same key under other names. Empty names become the defaults.
    pub fn with_names(self, namespace: &str, name: &str) -> Self {
        Self::new(self.key, namespace, name)
    }

    /// Reads the content of a key file: exactly 32 bytes are a raw key; else see [`WrappingKey::from_text`].
    pub fn from_file(bytes: &[u8], namespace: &str, name: &str) -> Result<Self, BadKeyMaterial> {
        if let Ok(key) = <[u8; 32]>::try_from(bytes) {
            return Ok(Self::new(key, namespace, name));
        }
        Self::from_text(std::str::from_utf8(bytes).map_err(|_| BadKeyMaterial)?, namespace, name)
    }

    /// Reads 64 hex digits or standard or URL-safe base64 of 32 bytes. White space, a byte order mark and lines
    /// that start with `#` are passed over.
    pub fn from_text(text: &str, namespace: &str, name: &str) -> Result<Self, BadKeyMaterial> {
        let lines = text
            .trim_start_matches('\u{feff}')
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'));
        // Room for all of it at once: a string that grows would leave copies of the key behind.
        let mut compact = Zeroizing::new(String::with_capacity(text.len()));
        compact.extend(lines.flat_map(str::chars).filter(|c| !c.is_whitespace()));
        let key = decode_hex(&compact)
            .or_else(|| decode_base64(&compact))
            .ok_or(BadKeyMaterial)?;
        Ok(Self::new(*key, namespace, name))
    }

    /// The content of a key file: 64 lower-case hex digits and a line feed.
    pub fn to_file(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(65));
        for byte in self.key {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        text.push('\n');
        text
    }

    /// Key namespace, never empty.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Key name, never empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its fingerprint.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hash = Sha256::new_with_prefix(b"sealdrop wrapping key fingerprint\0");
        hash.update(self.key);
        Fingerprint::of_hash(&hash.finalize())
    }

    /// Whether both are the same 32 bytes, whatever they are called. Takes the same time for every answer.
    pub fn same_key(&self, other: &WrappingKey) -> bool {
        use subtle::ConstantTimeEq;
        self.key.ct_eq(&other.key).into()
    }
}

fn decode_hex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
        let digit = |c: u8| char::from(c).to_digit(16);
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(key)
}

fn decode_base64(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    if !matches!(text.len(), 43 | 44) {
        return None;
    }
    let bare = text.trim_end_matches('=');
    let mut bytes = Zeroizing::new([0; 33]);
    let length = general_purpose::STANDARD_NO_PAD
        .decode_slice(bare, &mut *bytes)
        .or_else(|_| general_purpose::URL_SAFE_NO_PAD.decode_slice(bare, &mut *bytes))
        .ok()?;
    let mut key = Zeroizing::new([0; 32]);
    key.copy_from_slice(bytes.get(..32).filter(|_| length == 32)?);
    Some(key)
}

impl std::fmt::Debug for WrappingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WrappingKey({} {} <redacted>)", self.namespace, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "00112233445566778899aabbccddeeff0123456789abcdef0123456789ABCDEF";

    fn read(bytes: &[u8]) -> Result<[u8; 32], BadKeyMaterial> {
        WrappingKey::from_file(bytes, "", "").map(|key| key.key)
    }

    #[test]
    fn every_accepted_shape_is_the_same_key() {
        let expected = read(HEX.as_bytes()).unwrap();
        assert_eq!(expected[..4], [0x00, 0x11, 0x22, 0x33]);
        assert_eq!(read(&expected), Ok(expected));
        let base64 = general_purpose::STANDARD.encode(expected);
        let url_safe = general_purpose::URL_SAFE_NO_PAD.encode(expected);
        for text in [
            base64,
            url_safe,
            format!("\u{feff}# my key\r\n{HEX}\r\n"),
            format!("{}\n{}", &HEX[..32], &HEX[32..]),
        ] {
            assert_eq!(read(text.as_bytes()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let g = HEX.replace('0', "g");
        for text in [
            "",
            "00",
            &HEX[1..],
            &g,
            "-----BEGIN PRIVATE KEY-----",
            &format!("{HEX}00"),
            &"A".repeat(45),
        ] {
            assert_eq!(read(text.as_bytes()), Err(BadKeyMaterial), "{text}");
        }
        assert_eq!(read(&[0xff; 33]), Err(BadKeyMaterial));
        assert_eq!(
            WrappingKey::from_text(&"x".repeat(32), "", "").err(),
            Some(BadKeyMaterial)
        );
    }

    #[test]
    fn a_saved_key_file_reads_back() {
        let key = WrappingKey::from_text(HEX, "", "").unwrap();
        let file = key.to_file();
        assert_eq!(*file, format!("{}\n", HEX.to_lowercase()));
        assert!(WrappingKey::from_file(file.as_bytes(), "", "").unwrap().same_key(&key));
    }

    #[test]
    fn names_default_to_the_recipes() {
        let key = WrappingKey::from_text(HEX, "", "").unwrap();
        assert_eq!((key.namespace(), key.name()), ("MyAppKeys", "S3AESKey"));
        let key = WrappingKey::from_text(HEX, "lab", "2026").unwrap();
        assert_eq!((key.namespace(), key.name()), ("lab", "2026"));
    }

    #[test]
    fn fingerprints_tell_keys_apart_and_debug_shows_none_of_the_key() {
        let key = WrappingKey::new([0xa7; 32], "", "");
        let other = WrappingKey::new([0xa8; 32], "", "");
        assert_ne!(key.fingerprint(), other.fingerprint());
        assert_eq!(key.fingerprint().to_string().len(), 19);
        assert!(!format!("{key:?}").contains("a7"));
    }
}
