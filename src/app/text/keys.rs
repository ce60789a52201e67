//! Sentences about keys, recipients and how files are written.

use crate::driver::{ContextFault, KeyInfo};
use crate::encryption::s3ec::CommitmentPolicy;

/// Encrypts with it again.
pub const USE_THIS_KMS_KEY: &str = "Use this KMS key";
/// Between the key in use and the others.
pub const ALSO_FOR: &str = ", and also for ";
/// Drop-box.
pub const NO_READING_BACK: &str =
    "With public keys alone this page cannot read them back, and nothing proves to the reader who sent them.";
/// KMS opens it.
pub const OPENS_WITH_KMS: &str = "Opens with the KMS key you use.";
/// Below the two buttons.
pub const WHICH_KEY: &str =
    "One key encrypts and decrypts. A pair has two halves: whoever has the public one can send you files.";
/// Names that are taken where none is given.
pub const DEFAULT_NAMES: &str = "S3AESKey, or S3RSAKey for RSA";
/// Heading of a key's names.
pub const NAMES: &str = "Names for its readers";
/// What they are for.
pub const NAMES_HINT: &str = "Readers who use the AWS Encryption SDK configure the same namespace and name (and, for RSA, the same padding). \
    The defaults are those of ABCI's documented recipe. A change counts for new files; sealdrop itself opens them either way.";
/// Field.
pub const ITS_NAMESPACE: &str = "Namespace of this key";
/// Field.
pub const ITS_NAME: &str = "Name of this key";
/// Field.
pub const PADDING: &str = "Padding";
/// Takes them.
pub const CHANGE_NAMES: &str = "Change names";
/// Field.
pub const POLICY: &str = "Commitment policy";
/// What no policy allows.
pub const POLICY_LIMIT: &str = "Whatever is chosen here: objects with unprotected content (CBC) or an old key wrap (AESWrap, kms) stay closed until you \
    unlock them, one by one, in their details.";
/// Heading.
pub const CONTEXT: &str = "Encryption context";
/// What it is.
pub const CONTEXT_HINT: &str = "Names and values that are bound to new files: a file opens only together with them, so they say what it belongs to. They are stored \
    readably, so no secrets. The S3 Encryption Client formats have a context only with AWS KMS.";
/// Field.
pub const CONTEXT_NAME: &str = "Context name";
/// Field.
pub const CONTEXT_VALUE: &str = "Context value";
/// Takes the pair.
pub const ADD_PAIR: &str = "Add to the context";
/// Takes a pair out.
pub const REMOVE_PAIR: &str = "Take out";
/// Demands it.
pub const CONTEXT_REQUIRED: &str =
    "Open only files that have it (objects of the S3 Encryption Client with your own keys cannot have it, and open)";
/// The phrase is in use, and nowhere else.
pub const NOTE_PASSPHRASE: &str = "Write this passphrase down now: it is used as soon as you have it. It is not shown again, and whoever loses it loses the files:";
/// Of a key whose passphrase was made here.
pub const NOTE_FIRST: &str = "Write its passphrase down first, or save the key file; then the key can be used.";
/// Hands it over as a file.
pub const SAVE_PASSPHRASE: &str = "Save passphrase file";
/// Away with it.
pub const PASSPHRASE_NOTED: &str = "I have it";
/// Introduces risks that a policy allows.
pub const ALLOWED: &str = "An older format, which your commitment policy allows to be opened:";

/// Chosen, but not written for.
pub fn left_out(labels: &str) -> String {
    format!(
        "Not for {labels}: an object of the S3 Encryption Client has one recipient. For several, choose the AWS Encryption SDK \
         format on the Keys page."
    )
}

/// Beside another key.
pub fn also_for(label: &str) -> String {
    format!("Also encrypt for {label}")
}

/// A key goes by other names.
pub fn named(key: &KeyInfo) -> String {
    format!("{} is named {} / {} in new files.", key.label, key.namespace, key.name)
}

/// The key that is missing.
pub fn needed(needed: &str, by_passphrase: bool) -> String {
    if by_passphrase {
        format!(
            "Needs the key {needed}, or the passphrase it comes of. Passphrases on the Keys page are tried when you download."
        )
    } else {
        format!("Needs the key {needed}, which is not loaded.")
    }
}

/// What a policy means.
pub fn policy(policy: CommitmentPolicy) -> &'static str {
    match policy {
        CommitmentPolicy::RequireEncryptRequireDecrypt => {
            "The safest, and the usual one. Every file is bound to exactly one key, when it is written and when it is read. Older \
            objects without that bond stay closed; each can be unlocked in its details, once you have read why it is risky."
        }
        CommitmentPolicy::RequireEncryptAllowDecrypt => {
            "New files are bound to one key. Older objects without that bond (S3 Encryption Client V2, AWS Encryption SDK version 1) \
            are opened without asking, although somebody who may write to the bucket could have exchanged what they decrypt to. For \
            an archive of old objects that you trust."
        }
        CommitmentPolicy::ForbidEncryptAllowDecrypt => {
            "New files are written in the older format V2, for programs that cannot read newer ones, and older objects are opened \
            without asking. Only for as long as such programs are in use."
        }
    }
}

/// How many pairs.
pub fn context_count(pairs: usize) -> String {
    match pairs {
        0 => "none".into(),
        1 => "1 pair".into(),
        pairs => format!("{pairs} pairs"),
    }
}

/// Why a pair was not taken.
pub fn context_fault(fault: ContextFault) -> &'static str {
    match fault {
        ContextFault::Empty => "Give a name and a value.",
        ContextFault::Reserved => {
            "Names that start with aws:, aws-crypto- or sealdrop-, and kms_cmk_id, are kept for the libraries. Choose another name."
        }
        ContextFault::NotAscii => {
            "Use letters, digits and signs of US-ASCII only: the official clients could not read the file otherwise."
        }
        ContextFault::TooLong => "All names and values together may have 1024 characters. Shorten them.",
    }
}

/// The browser did not take the passphrase file.
pub fn passphrase_unsaved(why: &str) -> String {
    format!("It was not saved ({why}). Write it down by hand: reloading the page would lose it.")
}

/// Strength of a passphrase.
pub fn passphrase_strength(bits: u32, is_made: bool) -> String {
    match bits {
        0 => "For readers who have no key file. Write it down before you use it: whoever forgets it loses the files."
            .into(),
        _ if is_made => {
            "Made by chance for you: 96 bits, strong. Write it down, or type over it to use one of your own.".into()
        }
        1..50 => format!("About {bits} bits: too weak, it can be guessed. Use a longer one."),
        50..80 => format!("About {bits} bits: fair. Words of a language are worth less than this says."),
        _ => format!("About {bits} bits: strong. Write it down before you use it."),
    }
}
