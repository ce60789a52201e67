//! Encryption context: text pairs stored in clear in the header and authenticated with it.
//! Source: `framework/structures.md`, "Serialization".

use std::collections::BTreeMap;

use crate::encryption::EncryptionError;

/// Text pairs bound to a message, in the order the specification wants: ascending UTF-8 bytes of the key, which is
/// how Rust orders strings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncryptionContext(BTreeMap<String, String>);

impl EncryptionContext {
    /// Longest serialisation in bytes: the header's length field has 16 bits.
    pub const MAX_LENGTH: usize = u16::MAX as usize;
    /// Pairs whose key starts with this belong to the library.
    pub const RESERVED_PREFIX: &'static str = "aws-crypto-";

    /// Adds or replaces a pair.
    pub fn insert(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    /// The value of a pair.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// All pairs, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The canonical serialisation: nothing at all when empty, else `u16 count || (u16 len || key || u16 len ||
    /// value)…`. [`EncryptionError::TooLarge`] when it does not fit its 16-bit length.
    pub(crate) fn serialize(&self) -> Result<Vec<u8>, EncryptionError> {
        let too_large = EncryptionError::TooLarge {
            limit: Self::MAX_LENGTH as u64,
        };
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let short = |length: usize| u16::try_from(length).map_err(|_| too_large.clone());
        let mut bytes = short(self.0.len())?.to_be_bytes().to_vec();
        for text in self.0.iter().flat_map(|(key, value)| [key, value]) {
            bytes.extend(short(text.len())?.to_be_bytes());
            bytes.extend(text.as_bytes());
        }
        if bytes.len() > Self::MAX_LENGTH {
            Err(too_large)
        } else {
            Ok(bytes)
        }
    }

    /// Reads a serialisation whole. Any key order is accepted (the official clients do); a key that stands twice, a
    /// count of zero, bytes left over and text that is not UTF-8 are not.
    pub(crate) fn parse(mut bytes: &[u8]) -> Result<Self, EncryptionError> {
        let mut context = BTreeMap::new();
        if !bytes.is_empty() {
            let count = take_u16(&mut bytes)?;
            if count == 0 {
                return Err(EncryptionError::Damaged);
            }
            for _ in 0..count {
                let (key, value) = (take_text(&mut bytes)?, take_text(&mut bytes)?);
                if context.insert(key, value).is_some() {
                    return Err(EncryptionError::Damaged);
                }
            }
        }
        if bytes.is_empty() {
            Ok(EncryptionContext(context))
        } else {
            Err(EncryptionError::Damaged)
        }
    }
}

fn take_u16(bytes: &mut &[u8]) -> Result<u16, EncryptionError> {
    let (head, rest) = bytes.split_first_chunk::<2>().ok_or(EncryptionError::Damaged)?;
    *bytes = rest;
    Ok(u16::from_be_bytes(*head))
}

fn take_text(bytes: &mut &[u8]) -> Result<String, EncryptionError> {
    let length = usize::from(take_u16(bytes)?);
    let (head, rest) = bytes.split_at_checked(length).ok_or(EncryptionError::Damaged)?;
    *bytes = rest;
    String::from_utf8(head.to_vec()).map_err(|_| EncryptionError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(pairs: &[(&str, &str)]) -> EncryptionContext {
        let mut context = EncryptionContext::default();
        pairs.iter().for_each(|(key, value)| context.insert(key, value));
        context
    }

    #[test]
    fn empty_is_no_bytes_and_keys_sort_by_utf8() {
        assert_eq!(context(&[]).serialize().unwrap(), b"");
        let bytes = context(&[("\u{1f511}", "astral"), ("a", "1"), ("\u{fffd}", "bmp"), ("Zed", "")])
            .serialize()
            .unwrap();
        assert_eq!(bytes[..2], [0, 4]);
        let order: Vec<_> = EncryptionContext::parse(&bytes)
            .unwrap()
            .iter()
            .map(|(key, _)| key.to_owned())
            .collect();
        assert_eq!(order, ["Zed", "a", "\u{fffd}", "\u{1f511}"]);
    }

    #[test]
    fn malformed_serialisations_are_refused() {
        let good = context(&[("a", "1"), ("b", "2")]).serialize().unwrap();
        for cut in 1..good.len() {
            assert!(EncryptionContext::parse(&good[..cut]).is_err(), "cut at {cut}");
        }
        for bad in [
            &[0u8, 0][..],
            b"\0\x02\0\x01a\0\x011\0\x01a\0\x012",
            b"\0\x01\0\x01\xff\0\0",
            b"\0\x01\0\x01a\0\x011!",
        ] {
            assert!(EncryptionContext::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_context_that_does_not_fit_is_too_large() {
        let error = context(&[("k", &"v".repeat(0xffff))]).serialize().unwrap_err();
        assert_eq!(error, EncryptionError::TooLarge { limit: 65535 });
    }
}
