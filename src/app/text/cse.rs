//! Sentences about an object's client-side encryption, for its details.

use crate::driver::{Cse, CseState, WrappedKey};

/// Before the held key that opens it.
pub const OPENS_WITH: &str = "opens with your key";
/// Before the held key that has its name, which was not tried.
pub const NAMED_LIKE: &str = "named like your key";
/// Who can open it.
pub const RECIPIENTS: &str = "Wrapped data keys";
/// Pairs in clear.
pub const CONTEXT: &str = "Encryption context";
/// Pairs of a raw key.
pub const DESCRIPTION: &str = "Material description";
/// Without pairs.
pub const EMPTY: &str = "empty";
/// Heading of the pairs' warning.
pub const DESCRIPTION_HINT: &str = "Nothing authenticates it: it only helps to find the key.";
/// Whether the content is bound to one key.
pub const COMMITMENT: &str = "Key commitment";
/// Bytes of a frame.
pub const FRAME_LENGTH: &str = "Frame length";
/// All in one.
pub const SINGLE_BLOCK: &str = "one block, not framed";
/// The file beside it.
pub const INSTRUCTION_FILE: &str = "Instruction file";
/// Opens the programs that decrypt with official libraries.
pub const DECRYPT_OFFICIALLY: &str = "Decrypt it with the official library";
/// Of a program that no test runs.
pub const NOT_RUN: &str = "Written from its documentation; not run by our tests.";
/// Of a program that tests run.
pub const RUN: &str = "Our tests run this program.";

/// Whether the content is bound to one key, in words.
pub fn commitment(committing: bool) -> &'static str {
    if committing {
        "yes: only the one data key opens it"
    } else {
        "no: with another data key it could decrypt to something else"
    }
}

/// Where the pairs stand.
pub fn pairs(cse: &Cse) -> &'static str {
    if cse.state == CseState::Esdk || cse.wraps.contains(&"kms") {
        CONTEXT
    } else {
        DESCRIPTION
    }
}

/// How a data key is wrapped, and for whom.
pub fn recipient(recipient: &WrappedKey) -> String {
    let WrappedKey {
        wrap, provider, name, ..
    } = recipient;
    let wrap = wrap.to_uppercase();
    let fingerprint = match &recipient.fingerprint {
        Some(fingerprint) => format!(", {fingerprint}"),
        None => String::new(),
    };
    match &name[..] {
        "" => format!("{wrap} ({provider}){fingerprint}"),
        name => format!("{wrap}: {provider} / {name}{fingerprint}"),
    }
}

/// That the wrap came from another object.
pub fn from_instruction_file(file: &str, committing: bool) -> String {
    let risk = if committing {
        "The object is bound to its key all the same: an exchanged file only keeps it closed."
    } else {
        "Whoever may write to the bucket can exchange it."
    };
    format!("Its wrapped key is in {file}, not with the object. {risk}")
}

/// That the object is such a file.
pub fn instructs(of: &str) -> String {
    format!(
        "This is the instruction file of {of}: it holds that object's wrapped key. Without it nobody can read {of}."
    )
}
