//! Python, AWS Encryption SDK.

use super::{Snippet, Subject, quoted};
use crate::encryption::OaepPadding;
use crate::encryption::passphrase::PassphraseKdf;

pub(super) fn program(subject: &Subject<'_>) -> Snippet {
    let (target, recipient) = (subject.target, subject.recipient);
    let mut needs = "boto3 'aws-encryption-sdk[MPL]'";
    let mut before = String::new();
    // What the message names, whatever the key held is called: official readers go by it.
    let names = format!(
        "key_namespace={}, key_name={}",
        quoted(&recipient.provider),
        quoted(&recipient.name)
    );
    let (imports, keyring) = match recipient.wrap {
        "kms" => (
            "CreateAwsKmsKeyringInput",
            format!(
                "create_aws_kms_keyring(CreateAwsKmsKeyringInput(\n    kms_key_id={}, kms_client=boto3.client(\"kms\", region_name={})))",
                quoted(&recipient.name),
                quoted(recipient.name.split(':').nth(3).unwrap_or(&target.region)),
            ),
        ),
        "rsa" => (
            "CreateRawRsaKeyringInput, PaddingScheme",
            format!(
                "create_raw_rsa_keyring(CreateRawRsaKeyringInput(\n    {names},\n    \
                 private_key=open(\"sealdrop-private-key.pem\", \"rb\").read(),\n    \
                 # The message does not say the padding.\n    \
                 padding_scheme=PaddingScheme.{}))",
                padding(subject.key.and_then(|key| key.padding))
            ),
        ),
        _ => {
            let key = match subject
                .passphrase_kdf()
                .and_then(|entry| PassphraseKdf::from_entry(entry).ok())
            {
                None => "bytes.fromhex(open(\"sealdrop-key.txt\").read().strip())".to_owned(),
                Some(kdf) => {
                    needs = "boto3 'aws-encryption-sdk[MPL]' 'cryptography>=44'";
                    before = format!(
                        "import getpass, unicodedata\n\
                         from cryptography.hazmat.primitives.kdf.argon2 import Argon2id\n\n\
                         passphrase = unicodedata.normalize(\"NFKC\", getpass.getpass(\"Passphrase: \").strip()).encode()\n\
                         key = Argon2id(salt=bytes.fromhex(\"{}\"), length=32, iterations={}, lanes={}, memory_cost={}).derive(passphrase)\n",
                        kdf.salt().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
                        kdf.passes(),
                        kdf.lanes(),
                        kdf.memory_kib(),
                    );
                    "key".to_owned()
                }
            };
            (
                "AesWrappingAlg, CreateRawAesKeyringInput",
                format!(
                    "create_raw_aes_keyring(CreateRawAesKeyringInput(\n    {names},\n    wrapping_key={key},\n    \
                     wrapping_alg=AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16))"
                ),
            )
        }
    };
    // Without key commitment: the client must be told that you want to read it all the same.
    let policy = match subject.facts.cse.more.commitment {
        Some(false) => "\n    commitment_policy=aws_encryption_sdk.CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT",
        _ => "",
    };
    let usual = subject
        .key
        .is_none_or(|key| matches!(key.padding, None | Some(OaepPadding::Sha256)));
    let tested = policy.is_empty() && before.is_empty() && usual;
    let untested = if tested { "" } else { "# Not run by sealdrop's tests.\n" };
    let program = format!(
        "{untested}# pip install {needs}\n\
         import aws_encryption_sdk, boto3\n\
         from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders\n\
         from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig\n\
         from aws_cryptographic_material_providers.mpl.models import {imports}\n\
         {before}\n\
         s3 = boto3.client(\"s3\", endpoint_url={}, region_name={})\n\
         message = s3.get_object(Bucket={}, Key={})[\"Body\"].read()\n\
         providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())\n\
         keyring = providers.{keyring}\n\
         client = aws_encryption_sdk.EncryptionSDKClient({policy})\n\
         plaintext, header = client.decrypt(source=message, keyring=keyring)\n\
         open({}, \"wb\").write(plaintext)\n",
        quoted(&target.endpoint),
        quoted(&target.region),
        quoted(&target.bucket),
        quoted(&subject.facts.key),
        quoted(subject.file()),
    );
    Snippet {
        library: "AWS Encryption SDK, Python",
        program,
        tested,
    }
}

/// The library's name of the padding that the key held has; the usual one if none is held.
fn padding(of_key: Option<OaepPadding>) -> &'static str {
    match of_key {
        Some(OaepPadding::Sha1) => "OAEP_SHA1_MGF1",
        Some(OaepPadding::Sha384) => "OAEP_SHA384_MGF1",
        Some(OaepPadding::Sha512) => "OAEP_SHA512_MGF1",
        // The last is of objects of the S3 Encryption Client only.
        None | Some(OaepPadding::Sha256 | OaepPadding::Sha256Mgf1Sha1) => "OAEP_SHA256_MGF1",
    }
}
