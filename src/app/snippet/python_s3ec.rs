//! Python, Amazon S3 Encryption Client: it knows keys of AWS KMS only.

use super::{Snippet, Subject, quoted};
use crate::driver::CseState;

/// Pairs that the format keeps beside those of the caller.
const RESERVED: [&str; 2] = ["aws:x-amz-cek-alg", "kms_cmk_id"];

pub(super) fn program(subject: &Subject<'_>) -> Snippet {
    let (target, facts) = (subject.target, subject.facts);
    let pairs = &facts.cse.more.pairs;
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
    let legacy = subject.is_legacy();
    let options = match facts.cse.state {
        CseState::S3ecV3 => "",
        _ if legacy => {
            ",\n    commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT, enable_legacy_unauthenticated_modes=True"
        }
        _ => ",\n    commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT",
    };
    let wrap = if legacy {
        ", enable_legacy_wrapping_algorithms=True"
    } else {
        ""
    };
    let region = key.split(':').nth(3).unwrap_or(&target.region);
    let program = format!(
        "# pip install amazon-s3-encryption-client-python\n\
         import boto3\n\
         from s3_encryption import S3EncryptionClient, S3EncryptionClientConfig\n\
         from s3_encryption.materials import CommitmentPolicy, KmsKeyring\n\n\
         s3 = boto3.client(\"s3\", endpoint_url={}, region_name={})\n\
         kms = boto3.client(\"kms\", region_name={})\n\
         client = S3EncryptionClient(s3, S3EncryptionClientConfig(\n    \
         keyring=KmsKeyring(kms, {}{wrap}){options}))\n\
         plaintext = client.get_object(Bucket={}, Key={}{context})[\"Body\"].read()\n\
         open({}, \"wb\").write(plaintext)\n",
        quoted(&target.endpoint),
        quoted(&target.region),
        quoted(region),
        quoted(key),
        quoted(&target.bucket),
        quoted(&facts.key),
        quoted(subject.file()),
    );
    Snippet {
        library: "Amazon S3 Encryption Client, Python",
        program,
        tested: true,
    }
}
