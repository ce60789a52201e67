//! The envelope's entries in object metadata and instruction files. Source: `s3-encryption/data-format/`.

use std::collections::BTreeMap;

use super::{Format, TextMap, text_encoding};
use crate::encryption::EncryptionError;

pub(super) const V1_KEY: &str = "x-amz-key";
pub(super) const V2_KEY: &str = "x-amz-key-v2";
pub(super) const IV: &str = "x-amz-iv";
pub(super) const MATDESC: &str = "x-amz-matdesc";
pub(super) const CEK_ALG: &str = "x-amz-cek-alg";
pub(super) const WRAP_ALG: &str = "x-amz-wrap-alg";
pub(super) const TAG_LEN: &str = "x-amz-tag-len";
pub(super) const UNENCRYPTED_LENGTH: &str = "x-amz-unencrypted-content-length";
pub(super) const V3_SUITE: &str = "x-amz-c";
pub(super) const V3_KEY: &str = "x-amz-3";
pub(super) const V3_WRAP: &str = "x-amz-w";
pub(super) const V3_COMMITMENT: &str = "x-amz-d";
pub(super) const V3_MESSAGE_ID: &str = "x-amz-i";
pub(super) const V3_CONTEXT: &str = "x-amz-t";
pub(super) const V3_MATDESC: &str = "x-amz-m";

const V1_ONLY: [&str; 1] = [V1_KEY];
const V2_ONLY: [&str; 4] = [V2_KEY, WRAP_ALG, CEK_ALG, TAG_LEN];
const V1_AND_V2: [&str; 2] = [IV, MATDESC];
const V3_ONLY: [&str; 7] = [
    V3_KEY,
    V3_SUITE,
    V3_WRAP,
    V3_COMMITMENT,
    V3_MESSAGE_ID,
    V3_CONTEXT,
    V3_MATDESC,
];
/// Entries of V3 that stay with the object when the rest is in an instruction file.
const V3_WITH_OBJECT: [&str; 3] = [V3_SUITE, V3_COMMITMENT, V3_MESSAGE_ID];

/// An instruction file's key is the object's key and this.
pub const INSTRUCTION_FILE_SUFFIX: &str = ".instruction";
/// Longest instruction file read: metadata have 2 KB, so this is plenty.
pub const MAX_INSTRUCTION_FILE: usize = 64 << 10;
/// Longest entry read. S3 keeps 2 KB for all of them.
const MAX_ENTRY: usize = 16 << 10;

/// The envelope entries among an object's metadata, by name; others are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries(BTreeMap<&'static str, String>);

impl Entries {
    /// Of user metadata: names without `x-amz-meta-`, in any case. [`EncryptionError::Contradictory`] when a name
    /// stands twice or a value is longer than any envelope's.
    pub fn from_metadata<K: AsRef<str>, V: AsRef<str>>(
        metadata: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Entries, EncryptionError> {
        let mut entries = Entries::default();
        for (name, value) in metadata {
            let name = name.as_ref().to_ascii_lowercase();
            let Some(known) = known(&name) else {
                continue;
            };
            if value.as_ref().len() > MAX_ENTRY || entries.0.insert(known, value.as_ref().to_owned()).is_some() {
                return Err(contradictory(format!("{known} is too long or stands twice")));
            }
        }
        Ok(entries)
    }

    /// Adds the entries of the object's instruction file. Nothing but them may be in it, and none that the object has
    /// itself: whoever can write the file must not replace what is bound to the object.
    pub(super) fn with_instruction_file(mut self, file: &[u8]) -> Result<Entries, EncryptionError> {
        if file.len() > MAX_INSTRUCTION_FILE {
            return Err(EncryptionError::TooLarge {
                limit: MAX_INSTRUCTION_FILE as u64,
            });
        }
        let file = TextMap::from_json(file)
            .ok_or_else(|| contradictory("the instruction file is not one JSON object of texts"))?;
        let v3 = V3_ONLY.iter().any(|name| self.has(name));
        let allowed: &[&str] = if v3 { &V3_WITH_OBJECT } else { &[UNENCRYPTED_LENGTH] };
        if self.0.keys().any(|name| !allowed.contains(name)) {
            return Err(contradictory(
                "entries stand with the object and in an instruction file",
            ));
        }
        for (name, value) in file.iter() {
            let known = known(name).ok_or_else(|| contradictory("the instruction file has entries of its own"))?;
            let is_v3 = V3_ONLY.contains(&known);
            if V3_WITH_OBJECT.contains(&known) || is_v3 != v3 || value.len() > MAX_ENTRY {
                return Err(contradictory(format!(
                    "{known} does not belong into this instruction file"
                )));
            }
            if self
                .0
                .insert(known, value.to_owned())
                .is_some_and(|of_object| of_object != value)
            {
                return Err(contradictory(format!("{known} of object and instruction file differ")));
            }
        }
        Ok(self)
    }

    /// The one format these are entries of. `Ok(None)`: there are no entries.
    pub(super) fn format(&self) -> Result<Option<Format>, EncryptionError> {
        let any = |names: &[&str]| names.iter().any(|name| self.has(name));
        let formats = [
            (Format::V1, any(&V1_ONLY)),
            (Format::V2, any(&V2_ONLY)),
            (Format::V3, any(&V3_ONLY)),
        ];
        let mut present = formats
            .iter()
            .filter(|(_, present)| *present)
            .map(|(format, _)| *format);
        let (first, second) = (present.next(), present.next());
        if second.is_some() || first == Some(Format::V3) && any(&V1_AND_V2) {
            return Err(contradictory("entries of more than one format"));
        }
        if first.is_none() && any(&V1_AND_V2) {
            return Err(contradictory("entries without a data key"));
        }
        Ok(first)
    }

    /// Whether the rest must be in an instruction file.
    pub(super) fn lacks_v3_key(&self) -> bool {
        V3_WITH_OBJECT.iter().all(|name| self.has(name)) && self.0.keys().all(|name| V3_WITH_OBJECT.contains(name))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&str, EncryptionError> {
        self.get(name)
            .ok_or_else(|| contradictory(format!("{name} is missing")))
    }

    pub(super) fn bytes(&self, name: &'static str) -> Result<Vec<u8>, EncryptionError> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        let decoded = STANDARD.decode(self.required(name)?).ok();
        decoded.ok_or_else(|| contradictory(format!("{name} is not base64")))
    }

    pub(super) fn array<const N: usize>(&self, name: &'static str) -> Result<[u8; N], EncryptionError> {
        let bytes = self.bytes(name)?;
        bytes
            .try_into()
            .map_err(|_| contradictory(format!("{name} has not {N} bytes")))
    }

    /// Text pairs; `None` when there is no such entry.
    pub(super) fn map(&self, name: &'static str) -> Result<Option<TextMap>, EncryptionError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let map = TextMap::from_json(text_encoding::undo(value).as_bytes());
        map.map(Some)
            .ok_or_else(|| contradictory(format!("{name} is not one JSON object of texts")))
    }

    /// The plaintext's length, where the writer noted it.
    pub(super) fn unencrypted_length(&self) -> Result<Option<u64>, EncryptionError> {
        let Some(value) = self.get(UNENCRYPTED_LENGTH) else {
            return Ok(None);
        };
        let plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let length = value.parse().ok().filter(|_| plain);
        length
            .map(Some)
            .ok_or_else(|| contradictory(format!("{UNENCRYPTED_LENGTH} is no number")))
    }
}

/// Whether this is an instruction file: a JSON object of texts, with a wrapped data key among them.
pub fn is_instruction_file(file: &[u8]) -> bool {
    let keys = [V1_KEY, V2_KEY, V3_KEY];
    let file = Some(file)
        .filter(|file| file.len() <= MAX_INSTRUCTION_FILE)
        .and_then(TextMap::from_json);
    file.is_some_and(|file| keys.iter().any(|key| file.get(key).is_some()))
}

/// The entries that an object of this format may have with it, by name.
pub fn entries_of(format: Format) -> impl Iterator<Item = &'static str> {
    let (own, shared) = match format {
        Format::V1 => (&V1_ONLY[..], &V1_AND_V2[..]),
        Format::V2 => (&V2_ONLY[..], &V1_AND_V2[..]),
        Format::V3 => (&V3_ONLY[..], &[][..]),
    };
    own.iter().chain(shared).copied()
}

fn known(name: &str) -> Option<&'static str> {
    let all = V1_ONLY
        .iter()
        .chain(&V2_ONLY)
        .chain(&V1_AND_V2)
        .chain(&V3_ONLY)
        .chain([&UNENCRYPTED_LENGTH]);
    all.copied().find(|known| *known == name)
}

pub(super) fn contradictory(what: impl Into<String>) -> EncryptionError {
    EncryptionError::Contradictory { what: what.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_cors_rule_exposes_every_entry() {
        let rule: serde_json::Value =
            serde_json::from_str(include_str!("../../../docs/cors.json")).expect("the rule is JSON");
        let exposed = rule["CORSRules"][0]["ExposeHeaders"].as_array().expect("a list");
        let all = V1_ONLY.iter().chain(&V2_ONLY).chain(&V1_AND_V2).chain(&V3_ONLY);
        for name in all.chain(&[UNENCRYPTED_LENGTH]) {
            let header = format!("x-amz-meta-{name}");
            assert!(exposed.iter().any(|shown| *shown == header.as_str()), "{header}");
        }
    }
}
