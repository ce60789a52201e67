//! Python, AWS Encryption SDK.

use super::{Snippet, Subject, python_key, quoted};

pub(super) fn program(subject: &Subject<'_>) -> Snippet {
    let (target, recipient) = (subject.target, subject.recipient);
    let (mut needs, mut before) = ("", String::new());
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
        "rsa" => {
            before = "key = open(\"sealdrop-private-key.pem\", \"rb\").read()\n\
                      # The message does not say its padding.\n\
                      paddings = [PaddingScheme.OAEP_SHA256_MGF1, PaddingScheme.OAEP_SHA1_MGF1,\n            \
                      PaddingScheme.OAEP_SHA384_MGF1, PaddingScheme.OAEP_SHA512_MGF1, PaddingScheme.PKCS1]\n"
                .to_owned();
            (
                "CreateMultiKeyringInput, CreateRawRsaKeyringInput, PaddingScheme",
                format!(
                    "create_multi_keyring(CreateMultiKeyringInput(child_keyrings=[\n    \
                     providers.create_raw_rsa_keyring(CreateRawRsaKeyringInput(\n        \
                     {names},\n        private_key=key, padding_scheme=padding))\n    \
                     for padding in paddings]))"
                ),
            )
        }
        _ => {
            let key = python_key::aes(subject);
            (needs, before) = (key.needs, key.lines);
            (
                "AesWrappingAlg, CreateRawAesKeyringInput",
                format!(
                    "create_raw_aes_keyring(CreateRawAesKeyringInput(\n    {names},\n    \
                     wrapping_key=key, wrapping_alg=AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16))"
                ),
            )
        }
    };
    // Without key commitment: the client must be told that you want to read it all the same.
    let policy = match subject.facts.cse.more.commitment {
        Some(false) => "\n    commitment_policy=aws_encryption_sdk.CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT",
        _ => "",
    };
    let program = format!(
        "# pip install boto3 'aws-encryption-sdk[MPL]'{needs}\n\
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
        tested: true,
    }
}
