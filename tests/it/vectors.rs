//! Vectors are pairs of files, `NAME.json` and `NAME.bin`, in the folders of `tests/vectors`. Whatever lies there is
//! run; nothing depends on a name.

use std::fs;
use std::path::Path;

use sealdrop::encryption::EncryptionError;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What every family's vectors have.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) json: Value,
    pub(crate) bytes: Vec<u8>,
}

/// All pairs of a folder, in order of their names; at least so many.
pub(crate) fn pairs(folder: &str, at_least: usize) -> Vec<Pair> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(folder);
    let mut pairs: Vec<Pair> = fs::read_dir(folder)
        .expect("the vectors are part of the repository")
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let json = serde_json::from_slice(&fs::read(&path).unwrap());
            let json = json.unwrap_or_else(|error| panic!("{name}: {error}"));
            let bytes = fs::read(path.with_extension("bin")).unwrap_or_else(|_| panic!("{name} has no .bin"));
            Pair { name, json, bytes }
        })
        .collect();
    pairs.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(pairs.len() >= at_least, "only {} vectors found", pairs.len());
    pairs
}

impl Pair {
    /// Whether the vector says that it opens; those that say nothing do.
    pub(crate) fn is_good(&self) -> bool {
        match &self.json["expect"] {
            Value::Null => true,
            Value::String(word) => word == "accept",
            other => panic!("{}: expects {other}", self.name),
        }
    }

    /// The plaintext it says.
    pub(crate) fn plaintext(&self) -> Vec<u8> {
        if let Some(plaintext) = self.json["plaintext_hex"].as_str() {
            return hex(plaintext);
        }
        // plaintext_rule: p[i] = (7 + 31*i + 17*(i>>8) + 5*(i>>16)) & 0xff
        let rule = |i: u64| (7 + 31 * i + 17 * (i >> 8) + 5 * (i >> 16)) as u8;
        let length = self.json["plaintext_len"].as_u64();
        (0..length.unwrap_or_else(|| panic!("{} has no plaintext", self.name)))
            .map(rule)
            .collect()
    }

    /// Compares with the plaintext it says, and with its hash.
    pub(crate) fn check(&self, plaintext: &[u8]) {
        assert!(plaintext == self.plaintext(), "{}: another plaintext", self.name);
        assert_eq!(self.json["plaintext_sha256"], sha256(plaintext), "{}", self.name);
    }
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// So many places spread over a length, the first and the last among them.
pub(crate) fn places(length: usize, count: usize) -> impl Iterator<Item = usize> {
    let step = length.div_ceil(count).max(1);
    (0..length).step_by(step).chain(length.checked_sub(1))
}

/// The outward error of a failed check must not tell which one it was. What is no such object at all may be named.
pub(crate) fn is_uniform(error: &EncryptionError) -> bool {
    match error {
        EncryptionError::Damaged => error.to_string() == "the message is not authentic",
        EncryptionError::NotAMessage
        | EncryptionError::Unsupported { .. }
        | EncryptionError::Contradictory { .. }
        | EncryptionError::NoMatchingKey
        | EncryptionError::TooLarge { .. } => true,
        EncryptionError::Locked { .. } => false,
    }
}
