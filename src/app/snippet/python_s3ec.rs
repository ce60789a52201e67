//! Python, Amazon S3 Encryption Client. Its own keyring is for AWS KMS; for raw keys the program brings one
//! (`python_s3ec_keyring`).

use super::{Snippet, Subject, python_s3ec_keyring, quoted};
use crate::driver::CseState;

/// Pairs that the format keeps beside those of the caller.
const RESERVED: [&str; 2] = ["aws:x-amz-cek-alg", "kms_cmk_id"];

/// How the program comes to a keyring.
pub(super) struct Keyring {
    /// What `pip install` needs beside the client.
    pub(super) needs: &'static str,
    /// Lines of imports.
    pub(super) imports: String,
    /// Names from the client's `materials`.
    pub(super) materials: &'static str,
    /// Lines before the clients are made.
    pub(super) before: String,
    /// The expression that makes it.
    pub(super) expression: String,
    /// What is asked for beside bucket and key.
    pub(super) context: String,
}

/// `None` for wraps of raw keys that are not known.
pub(super) fn program(subject: &Subject<'_>) -> Option<Snippet> {
    let (target, facts) = (subject.target, subject.facts);
    let keyring = match subject.recipient.wrap {
        "kms" => of_kms(subject),
        _ => python_s3ec_keyring::of_raw_key(subject)?,
    };
    let (policy, options) = match facts.cse.state {
        CseState::S3ecV3 => ("", ""),
        CseState::S3ecV2 => (
            "CommitmentPolicy, ",
            ",\n    commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT",
        ),
        // Content that nothing authenticates.
        _ => (
            "CommitmentPolicy, ",
            ",\n    commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT, enable_legacy_unauthenticated_modes=True",
        ),
    };
    let program = format!(
        "# pip install amazon-s3-encryption-client-python{}\n\
         import boto3\n\
         {}from s3_encryption import S3EncryptionClient, S3EncryptionClientConfig\n\
         from s3_encryption.materials import {policy}{}\n\n\
         {}s3 = boto3.client(\"s3\", endpoint_url={}, region_name={})\n\
         client = S3EncryptionClient(s3, S3EncryptionClientConfig(\n    \
         keyring={}{options}))\n\
         plaintext = client.get_object(Bucket={}, Key={}{})[\"Body\"].read()\n\
         open({}, \"wb\").write(plaintext)\n",
        keyring.needs,
        keyring.imports,
        keyring.materials,
        keyring.before,
        quoted(&target.endpoint),
        quoted(&target.region),
        keyring.expression,
        quoted(&target.bucket),
        quoted(&facts.key),
        keyring.context,
        quoted(subject.file()),
    );
    Some(Snippet {
        library: "Amazon S3 Encryption Client, Python",
        program,
        tested: true,
    })
}

fn of_kms(subject: &Subject<'_>) -> Keyring {
    let pairs = &subject.facts.cse.more.pairs;
    let named = pairs
        .iter()
        .find(|(name, _)| name == "kms_cmk_id")
        .map(|(_, id)| id.as_str());
    let key = named.or(subject.kms).unwrap_or("your KMS key's ARN");
    let context = pairs.iter().filter(|(name, _)| !RESERVED.contains(&name.as_str()));
    let context: Vec<String> = context
        .map(|(name, value)| format!("{}: {}", quoted(name), quoted(value)))
        .collect();
    let context = match &context[..] {
        [] => String::new(),
        pairs => format!(", EncryptionContext={{{}}}", pairs.join(", ")),
    };
    let wrap = if subject.is_legacy() {
        ", enable_legacy_wrapping_algorithms=True"
    } else {
        ""
    };
    let region = key.split(':').nth(3).unwrap_or(&subject.target.region);
    Keyring {
        needs: "",
        imports: String::new(),
        materials: "KmsKeyring",
        before: format!("kms = boto3.client(\"kms\", region_name={})\n", quoted(region)),
        expression: format!("KmsKeyring(kms, {}{wrap})", quoted(key)),
        context,
    }
}
