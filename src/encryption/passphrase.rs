//! A key from a passphrase: Argon2id (RFC 9106), its cost and salt written beside what it encrypts.
//!
//! One text pair, in the encryption context or the material description, says how: [`ENTRY`] →
//! `$argon2id$v=19$m=65536,t=3,p=4$<salt>`, the PHC string format without a hash; the salt in base64 without padding. The
//! passphrase is put into Unicode form NFKC, so that one typed on another system is the same.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::{EncryptionError, WrappingKey};

/// Name of the text pair.
pub const ENTRY: &str = "sealdrop-kdf";

/// How a passphrase becomes a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassphraseKdf {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; 16],
}

impl PassphraseKdf {
    /// Memory in KiB that is read: from what OWASP calls the least to what a browser tab surely has. The entry is not
    /// authentic when it is read, so it may neither weaken the key nor stop the machine.
    const MEMORY_KIB: std::ops::RangeInclusive<u32> = 19_456..=262_144;
    const PASSES: std::ops::RangeInclusive<u32> = 2..=8;
    const LANES: std::ops::RangeInclusive<u32> = 1..=8;

    /// What is written: RFC 9106's second recommendation, 64 MiB and three passes; the salt is random.
    pub fn new(salt: [u8; 16]) -> Self {
        PassphraseKdf {
            memory_kib: 65_536,
            passes: 3,
            lanes: 4,
            salt,
        }
    }

    /// The value of the [`ENTRY`] pair.
    pub fn to_entry(&self) -> String {
        let salt = STANDARD_NO_PAD.encode(self.salt);
        format!(
            "$argon2id$v=19$m={},t={},p={}${salt}",
            self.memory_kib, self.passes, self.lanes
        )
    }

    /// Salt.
    pub fn salt(&self) -> [u8; 16] {
        self.salt
    }

    /// Memory in KiB.
    pub fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    pub fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes.
    pub fn lanes(&self) -> u32 {
        self.lanes
    }

    /// Reads an entry. [`EncryptionError::Unsupported`] for anything but Argon2id 1.3 within the bounds.
    pub fn from_entry(entry: &str) -> Result<Self, EncryptionError> {
        Self::read(entry).ok_or_else(|| {
            EncryptionError::unsupported("a passphrase key with unknown, too cheap or too expensive parameters")
        })
    }

    fn read(entry: &str) -> Option<Self> {
        let (costs, salt) = entry.strip_prefix("$argon2id$v=19$")?.split_once('$')?;
        let mut costs = costs.split(',');
        let mut cost = |name: &str| {
            let digits = costs.next()?.strip_prefix(name)?.strip_prefix('=')?;
            digits
                .parse::<u32>()
                .ok()
                .filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let (memory_kib, passes, lanes) = (cost("m")?, cost("t")?, cost("p")?);
        let within =
            Self::MEMORY_KIB.contains(&memory_kib) && Self::PASSES.contains(&passes) && Self::LANES.contains(&lanes);
        let salt = STANDARD_NO_PAD.decode(salt).ok()?.try_into().ok()?;
        (within && costs.next().is_none()).then_some(PassphraseKdf {
            memory_kib,
            passes,
            lanes,
            salt,
        })
    }

    /// The key; takes a second or so. The names are what messages will carry, see [`WrappingKey::new`].
    pub fn derive_key(&self, passphrase: &str, namespace: &str, name: &str) -> WrappingKey {
        let within = "the bounds are inside Argon2's own";
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).expect(within);
        let normalised = Zeroizing::new(passphrase.nfkc().collect::<String>());
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(normalised.as_bytes(), &self.salt, &mut *key)
            .expect(within);
        WrappingKey::new(*key, namespace, name)
    }
}

/// A passphrase of 96 random bits: six pronounceable words ("proquints") of 16 bits each.
pub fn make_passphrase(random: &[u8; 12]) -> Zeroizing<String> {
    const CONSONANTS: &[u8; 16] = b"bdfghjklmnprstvz";
    const VOWELS: &[u8; 4] = b"aiou";
    let mut phrase = Zeroizing::new(String::with_capacity(6 * 6));
    for pair in random.chunks(2) {
        let bits = usize::from(u16::from_be_bytes([pair[0], pair[1]]));
        if !phrase.is_empty() {
            phrase.push('-');
        }
        for (shift, letters) in [
            (12, &CONSONANTS[..]),
            (10, VOWELS),
            (6, CONSONANTS),
            (4, VOWELS),
            (0, CONSONANTS),
        ] {
            phrase.push(char::from(letters[bits >> shift & (letters.len() - 1)]));
        }
    }
    phrase
}

/// A careful guess at a passphrase's bits, for a strength meter: kinds of characters times length, repetitions and
/// runs such as `abc` or `111` counted once. It knows no dictionary, so words and names are worth less than it says.
pub fn estimated_bits(passphrase: &str) -> u32 {
    let is_used = |is: fn(char) -> bool, size: f64| if passphrase.chars().any(is) { size } else { 0.0 };
    let pool = is_used(|c| c.is_ascii_lowercase(), 26.0)
        + is_used(|c| c.is_ascii_uppercase(), 26.0)
        + is_used(|c| c.is_ascii_digit(), 10.0)
        + is_used(|c| !c.is_ascii_alphanumeric(), 33.0);
    let mut seen = std::collections::HashMap::new();
    let (mut length, mut before) = (0.0, None);
    for c in passphrase.chars() {
        let is_run = before.is_some_and(|before: char| u32::from(c).abs_diff(u32::from(before)) <= 1);
        let times = seen.entry(c).and_modify(|times| *times += 1.0).or_insert(1.0);
        length += if is_run { 0.0 } else { 1.0 / f64::sqrt(*times) };
        before = Some(c);
    }
    (length * pool.max(1.0).log2()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_entry_reads_back_and_makes_the_same_key() {
        let kdf = PassphraseKdf {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
            salt: *b"0123456789abcdef",
        };
        assert_eq!(kdf.to_entry(), "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg");
        let read = PassphraseKdf::from_entry(&kdf.to_entry()).unwrap();
        assert_eq!(read, kdf);
        let key = kdf.derive_key("ｐａｓｓ é", "", "");
        assert!(key.same_key(&read.derive_key("pass e\u{301}", "", "")), "NFKC");
        assert!(!key.same_key(&read.derive_key("pass e", "", "")));
        // By Python's `cryptography`: Argon2id(salt=…, iterations=2, lanes=1, memory_cost=19456).derive("pass é")
        assert_eq!(
            *key.to_file(),
            "d8dbc5dbf78356e90b155ddc50982894663e8905a1da616b42d8a828f1a51259\n"
        );
    }

    #[test]
    fn entries_out_of_bounds_are_refused() {
        let salt = "MDEyMzQ1Njc4OWFiY2RlZg";
        let entry = |costs: &str| PassphraseKdf::from_entry(&format!("$argon2id$v=19${costs}${salt}"));
        assert!(entry("m=65536,t=3,p=4").is_ok());
        for costs in [
            "m=8,t=3,p=4",
            "m=65536,t=1,p=4",
            "m=4294967295,t=3,p=4",
            "m=65536,t=3,p=255",
            "m=65536,t=99,p=4",
            "m=65536,t=3",
            "m=65536,t=3,p=4,x=1",
            "t=3,m=65536,p=4",
            "m=+65536,t=3,p=4",
            "",
        ] {
            assert!(entry(costs).is_err(), "{costs}");
        }
        for whole in [
            format!("$argon2i$v=19$m=65536,t=3,p=4${salt}"),
            format!("$argon2id$v=16$m=65536,t=3,p=4${salt}"),
            "$argon2id$v=19$m=65536,t=3,p=4$c2hvcnQ".into(),
            format!("$argon2id$v=19$m=65536,t=3,p=4${salt}$hash"),
        ] {
            assert!(PassphraseKdf::from_entry(&whole).is_err(), "{whole}");
        }
    }

    #[test]
    fn phrases_are_words_of_all_their_bits() {
        assert_eq!(
            *make_passphrase(&[127, 0, 0, 1, 63, 84, 220, 193, 0xff, 0xff, 0, 0]),
            "lusab-babad-gutih-tugad-zuzuz-babab"
        );
        assert!(estimated_bits(&make_passphrase(&[127, 0, 0, 1, 63, 84, 220, 193, 4, 99, 7, 8])) >= 60);
    }

    #[test]
    fn weak_phrases_look_weak() {
        assert_eq!(estimated_bits(""), 0);
        assert!(estimated_bits("aaaaaaaaaaaaaaaa") < 20);
        assert!(estimated_bits("12345678901234567890") < 30);
        assert!(estimated_bits("abcdefghijklmnop") < 20);
        assert!(estimated_bits("Tr0ub4dor&3x!Qz9#") > 70);
    }

    proptest! {
        #[test]
        fn any_entry_is_read_or_refused(entry in "(\\$|argon2id|v=19|m=|t=|p=|,|[0-9]{1,12}|[A-Za-z+/]){0,20}") {
            if let Ok(kdf) = PassphraseKdf::from_entry(&entry) {
                prop_assert_eq!(PassphraseKdf::from_entry(&kdf.to_entry()), Ok(kdf));
            }
        }
    }
}
