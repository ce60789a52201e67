//! Programs for the official libraries that decrypt one object, to copy. Secrets are not in them: the key file lies beside
//! the program, and credentials are found where the library always finds them.

mod java;
mod python_esdk;
mod python_key;
mod python_s3ec;
mod python_s3ec_keyring;
mod ruby;

use crate::driver::{CseState, KeyInfo, KeyOrigin, ObjectFacts, Target, WrappedKey};

/// A program to copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The library, and the language in it.
    pub library: &'static str,
    /// The program.
    pub program: String,
    /// Whether our tests run this very program against the library; it says so itself if not.
    pub tested: bool,
}

/// What the object is, and which key opens it.
struct Subject<'a> {
    target: &'a Target,
    facts: &'a ObjectFacts,
    recipient: &'a WrappedKey,
    /// The held key that opens it.
    key: Option<&'a KeyInfo>,
    /// The KMS key in use.
    kms: Option<&'a str>,
}

/// The programs that decrypt this object; none for what is not encrypted, or refused.
pub fn decrypt(target: &Target, facts: &ObjectFacts, keys: &[KeyInfo], kms: Option<&str>) -> Vec<Snippet> {
    let recipients = &facts.cse.more.recipients;
    let held = |recipient: &&WrappedKey| recipient.opens_with.or(recipient.named).is_some();
    let kinds_of_key = |recipient: &&WrappedKey| kms.is_some() || recipient.wrap != "kms";
    let recipient = recipients.iter().find(held);
    let Some(recipient) = recipient
        .or_else(|| recipients.iter().find(kinds_of_key))
        .or(recipients.first())
    else {
        return Vec::new();
    };
    let id = facts.cse.opens_with.or(recipient.named);
    let subject = Subject {
        target,
        facts,
        recipient,
        key: keys.iter().find(|key| Some(key.id) == id),
        kms,
    };
    if facts.cse.more.refused.is_some() {
        return Vec::new();
    }
    let kms = recipient.wrap == "kms";
    let programs = match facts.cse.state {
        CseState::Esdk => [Some(python_esdk::program(&subject)), None, None],
        CseState::S3ecV1 | CseState::S3ecV2 | CseState::S3ecV2Cbc | CseState::S3ecV3 if kms => {
            [python_s3ec::program(&subject), None, None]
        }
        CseState::S3ecV3 => [python_s3ec::program(&subject), None, Some(java::program(&subject))],
        CseState::S3ecV1 | CseState::S3ecV2 | CseState::S3ecV2Cbc => [
            python_s3ec::program(&subject),
            ruby::program(&subject),
            Some(java::program(&subject)),
        ],
        CseState::None | CseState::Hidden | CseState::Unknown => [None, None, None],
    };
    programs.into_iter().flatten().collect()
}

impl Subject<'_> {
    /// The name to save under: the last part of the object's key.
    fn file(&self) -> &str {
        let name = self.facts.key.rsplit('/').next();
        name.filter(|name| !name.is_empty()).unwrap_or("object")
    }

    /// Whether content or wrap are of the kinds that clients read only when told to.
    fn is_legacy(&self) -> bool {
        let wraps = ["kms", "AESWrap", "RSA/ECB/OAEPWithSHA-256AndMGF1Padding", "AES-ECB"];
        let content = matches!(self.facts.cse.state, CseState::S3ecV1 | CseState::S3ecV2Cbc);
        content || wraps.contains(&self.recipient.provider.as_str())
    }

    /// How the key comes of a passphrase, as the object says it, if it does.
    fn passphrase_kdf(&self) -> Option<&str> {
        let from_passphrase = self.key.is_none_or(|key| key.origin == KeyOrigin::Passphrase);
        let pairs = &self.facts.cse.more.pairs;
        let entry = pairs
            .iter()
            .find(|(name, _)| name == crate::encryption::passphrase::ENTRY);
        entry
            .map(|(_, value)| value.as_str())
            .filter(|_| from_passphrase && self.recipient.wrap == "aes")
    }
}

/// A text as a literal of JSON, which is one of Python and Java, too, once surrogate pairs are avoided: `serde_json` does,
/// by leaving such characters as they are.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text as a Ruby literal: single quotes know but two escapes.
fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::steps::facts;
    use crate::driver::{Cse, CseMore, KeyId, KeyKind};

    fn object(state: CseState, wrap: &'static str, provider: &str) -> ObjectFacts {
        let recipient = WrappedKey {
            wrap,
            provider: provider.into(),
            name: "its name".into(),
            fingerprint: None,
            opens_with: Some(KeyId(3)),
            named: None,
        };
        ObjectFacts {
            cse: Cse {
                state,
                opens_with: Some(KeyId(3)),
                more: CseMore {
                    recipients: vec![recipient],
                    pairs: vec![("project".into(), "climate".into())],
                    ..CseMore::default()
                },
                ..Cse::default()
            },
            ..facts("a/b\"; import os #\\\n結果🎉'#{x}")
        }
    }

    fn programs(facts: &ObjectFacts) -> Vec<Snippet> {
        let key = KeyInfo {
            id: KeyId(3),
            label: "Lab".into(),
            fingerprint: "0000".into(),
            namespace: "another namespace".into(),
            name: "another name".into(),
            kind: KeyKind::Aes,
            origin: KeyOrigin::File,
            saved: true,
            padding: None,
        };
        decrypt(&Target::default(), facts, &[key], None)
    }

    #[test]
    fn nothing_breaks_out_of_a_literal() {
        assert_eq!(quoted("a\"; #\\\n結果🎉"), "\"a\\\"; #\\\\\\n結果🎉\"");
        assert_eq!(single_quoted("a'#{x}\\"), "'a\\'#{x}\\\\'");
        for (state, wrap, provider) in [
            (CseState::Esdk, "rsa", "ns"),
            (CseState::S3ecV2, "aes", "AES/GCM"),
            (CseState::S3ecV3, "kms", "12"),
        ] {
            for snippet in programs(&object(state, wrap, provider)) {
                let key = &object(state, wrap, provider).key;
                let file = key.strip_prefix("a/").unwrap();
                let literals = [quoted(key), single_quoted(key), quoted(file), single_quoted(file)];
                let program = literals
                    .iter()
                    .fold(snippet.program.clone(), |program, literal| program.replace(literal, ""));
                assert!(
                    program.len() < snippet.program.len() && !program.contains("; import os"),
                    "{program}"
                );
            }
        }
    }

    #[test]
    fn a_keyring_has_the_names_of_the_message_not_of_the_key() {
        let [python] = &programs(&object(CseState::Esdk, "aes", "its namespace"))[..] else {
            panic!("one program");
        };
        assert!(
            python
                .program
                .contains("key_namespace=\"its namespace\", key_name=\"its name\"")
        );
        assert!(python.tested);
    }

    #[test]
    fn each_format_has_a_library_that_reads_it_and_what_was_not_run_says_so() {
        let libraries = |state, wrap, provider: &str| -> Vec<(&str, bool)> {
            let programs = programs(&object(state, wrap, provider)).into_iter();
            programs
                .inspect(|snippet| assert_eq!(snippet.tested, !snippet.program.contains("Not run by sealdrop's tests")))
                .map(|snippet| (snippet.library.split(' ').next_back().unwrap(), snippet.tested))
                .collect()
        };
        assert_eq!(libraries(CseState::Esdk, "kms", "aws-kms"), [("Python", true)]);
        assert_eq!(libraries(CseState::S3ecV3, "kms", "12"), [("Python", true)]);
        let (python, ruby, java) = (("Python", true), ("Ruby", true), ("Java", false));
        assert_eq!(libraries(CseState::S3ecV3, "aes", "02"), [python, java]);
        assert_eq!(libraries(CseState::S3ecV3, "rsa", "22"), [python, java]);
        assert_eq!(
            libraries(CseState::S3ecV2, "rsa", "RSA-OAEP-SHA1"),
            [python, ruby, java]
        );
        assert_eq!(libraries(CseState::S3ecV2, "aes", "AESWrap"), [python, java]);
        assert_eq!(libraries(CseState::S3ecV1, "aes", "AES-ECB"), [python, ruby, java]);
        assert_eq!(libraries(CseState::None, "aes", ""), []);
    }
}
