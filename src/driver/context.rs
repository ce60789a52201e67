//! Text that the person binds to new objects, and demands of those that are opened: the user's part of the encryption
//! context.

use std::collections::BTreeMap;

/// Names and values, bound to the data key: stored in clear, and authentic once an object was opened.
pub type ContextPairs = BTreeMap<String, String>;

/// What was entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContextWish {
    /// Bound to new objects whose format has a context: messages of the AWS Encryption SDK, and KMS.
    pub pairs: ContextPairs,
    /// Objects without it are not opened.
    pub required: bool,
}

/// Why a pair cannot be bound to objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContextFault {
    /// Name or value is empty.
    Empty,
    /// AWS or sealdrop keep the name for themselves.
    Reserved,
    /// Not printable US-ASCII: official clients could not read it.
    NotAscii,
    /// All pairs together have to fit into an object's metadata.
    TooLong,
}

/// Characters of all names and values together.
const MOST: usize = 1024;

impl ContextWish {
    /// Adds or replaces a pair.
    ///
    /// # Errors
    /// Why it cannot be bound to objects.
    pub fn insert(&mut self, name: &str, value: &str) -> Result<(), ContextFault> {
        let (name, value) = (name.trim(), value.trim());
        let is_plain = |text: &str| text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
        if name.is_empty() || value.is_empty() {
            return Err(ContextFault::Empty);
        }
        if !is_plain(name) || !is_plain(value) {
            return Err(ContextFault::NotAscii);
        }
        if is_reserved(name) {
            return Err(ContextFault::Reserved);
        }
        let others = self.pairs.iter().filter(|(other, _)| *other != name);
        let length: usize = others.map(|(name, value)| name.len() + value.len()).sum();
        if length + name.len() + value.len() > MOST {
            return Err(ContextFault::TooLong);
        }
        self.pairs.insert(name.to_owned(), value.to_owned());
        Ok(())
    }
}

/// Names that say something to the libraries, or to sealdrop.
pub(super) fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["aws:", "aws-crypto-", "sealdrop-"]
        .iter()
        .any(|start| name.starts_with(start))
        || name == "kms_cmk_id"
}

/// The person's part of what an object says.
#[cfg(any(target_arch = "wasm32", test))]
pub(super) fn of_object<'c>(stored: impl IntoIterator<Item = (&'c str, &'c str)>) -> ContextPairs {
    let pairs = stored.into_iter().filter(|(name, _)| !is_reserved(name));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// As people write it.
#[cfg(any(target_arch = "wasm32", test))]
pub(super) fn shown(pairs: &ContextPairs) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name} = {value}"));
    pairs.collect::<Vec<_>>().join(", ")
}

#[cfg(any(target_arch = "wasm32", test))]
impl ContextWish {
    /// Whether an object may be opened. With `exact` it must say nothing else (as the S3 Encryption Clients demand of
    /// KMS objects), else it may say more (as the AWS Encryption SDK).
    ///
    /// # Errors
    /// [`Problem::ContextMismatch`](super::Problem::ContextMismatch).
    pub(super) fn check<'c>(
        &self,
        stored: impl IntoIterator<Item = (&'c str, &'c str)>,
        exact: bool,
    ) -> Result<(), super::Problem> {
        if !self.required || self.pairs.is_empty() {
            return Ok(());
        }
        let stored = of_object(stored);
        let is_there = self.pairs.iter().all(|(name, value)| stored.get(name) == Some(value));
        if is_there && (!exact || stored.len() == self.pairs.len()) {
            return Ok(());
        }
        Err(super::Problem::ContextMismatch {
            stored: shown(&stored),
            required: shown(&self.pairs),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::Problem;

    fn wish(pairs: &[(&str, &str)]) -> ContextWish {
        let mut wish = ContextWish {
            required: true,
            ..ContextWish::default()
        };
        pairs.iter().for_each(|(name, value)| wish.insert(name, value).unwrap());
        wish
    }

    #[test]
    fn what_official_clients_cannot_take_is_refused() {
        let mut context = wish(&[(" project ", "climate "), ("run", "7")]);
        assert_eq!(shown(&context.pairs), "project = climate, run = 7");
        let long = "x".repeat(MOST);
        for (name, value, fault) in [
            ("", "x", ContextFault::Empty),
            ("x", " ", ContextFault::Empty),
            ("aws:x-amz-cek-alg", "115", ContextFault::Reserved),
            ("AWS-crypto-public-key", "x", ContextFault::Reserved),
            ("kms_cmk_id", "x", ContextFault::Reserved),
            ("sealdrop-kdf", "x", ContextFault::Reserved),
            ("実験", "x", ContextFault::NotAscii),
            ("x", "a\tb", ContextFault::NotAscii),
            ("x", &long, ContextFault::TooLong),
        ] {
            assert_eq!(context.insert(name, value), Err(fault), "{name}");
        }
        assert_eq!(context.insert("run", "8"), Ok(()), "a pair can be replaced");
        assert_eq!(context.pairs.len(), 2);
    }

    #[test]
    fn a_required_context_must_be_there() {
        let required = wish(&[("project", "climate")]);
        let ours = [
            ("project", "climate"),
            ("aws:x-amz-cek-alg", "115"),
            ("sealdrop-fingerprint", "a"),
        ];
        let more = [("project", "climate"), ("run", "7")];
        let other = [("project", "weather")];
        assert!(required.check(ours, true).is_ok() && required.check(ours, false).is_ok());
        assert!(required.check(more, true).is_err() && required.check(more, false).is_ok());
        assert!(required.check([], false).is_err());
        assert_eq!(
            required.check(other, false),
            Err(Problem::ContextMismatch {
                stored: "project = weather".into(),
                required: "project = climate".into()
            })
        );
        let lax = ContextWish {
            required: false,
            ..required
        };
        assert!(lax.check(other, true).is_ok());
        assert!(
            wish(&[]).check(other, true).is_ok(),
            "nothing entered, nothing demanded"
        );
    }
}
