//! Words for the official library that decrypt one object, to copy.

use crate::driver::{CseState, KeyInfo, KeyKind, ObjectFacts, Target};

/// A Python program for the official AWS Encryption SDK that decrypts this very object with `key`. `None` for other
/// formats: their official Python client knows no raw keys. Secrets are not in it: the key file lies beside it, and
/// boto3 finds the credentials where it always does.
pub fn decrypt_in_python(target: &Target, facts: &ObjectFacts, key: &KeyInfo) -> Option<String> {
    if facts.cse.state != CseState::Esdk {
        return None;
    }
    let (imports, keyring) = match key.kind {
        KeyKind::Aes => (
            "AesWrappingAlg, CreateRawAesKeyringInput",
            format!(
                "create_raw_aes_keyring(CreateRawAesKeyringInput(\n    key_namespace={}, key_name={},\n    \
                 wrapping_key=bytes.fromhex(open(\"sealdrop-key.txt\").read().strip()),\n    \
                 wrapping_alg=AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16))",
                quoted(&key.namespace),
                quoted(&key.name)
            ),
        ),
        KeyKind::RsaPrivate { .. } => (
            "CreateRawRsaKeyringInput, PaddingScheme",
            format!(
                "create_raw_rsa_keyring(CreateRawRsaKeyringInput(\n    key_namespace={}, key_name={},\n    \
                 private_key=open(\"sealdrop-private-key.pem\", \"rb\").read(),\n    \
                 padding_scheme=PaddingScheme.OAEP_SHA256_MGF1))",
                quoted(&key.namespace),
                quoted(&key.name)
            ),
        ),
        KeyKind::RsaPublic { .. } => return None,
    };
    let name = facts
        .key
        .rsplit('/')
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or("object");
    Some(format!(
        "# pip install boto3 'aws-encryption-sdk[MPL]'\n\
         import aws_encryption_sdk, boto3\n\
         from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders\n\
         from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig\n\
         from aws_cryptographic_material_providers.mpl.models import {imports}\n\n\
         s3 = boto3.client(\"s3\", endpoint_url={}, region_name={})\n\
         message = s3.get_object(Bucket={}, Key={})[\"Body\"].read()\n\
         providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())\n\
         keyring = providers.{keyring}\n\
         plaintext, header = aws_encryption_sdk.EncryptionSDKClient().decrypt(source=message, keyring=keyring)\n\
         open({}, \"wb\").write(plaintext)\n",
        quoted(&target.endpoint),
        quoted(&target.region),
        quoted(&target.bucket),
        quoted(&facts.key),
        quoted(name),
    ))
}

/// A Python string literal. JSON's escapes are Python's too, once surrogate pairs are avoided, which `serde_json` does
/// by leaving such characters as they are.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_literal() {
        assert_eq!(
            quoted("a\"; import os #\\\n結果🎉"),
            "\"a\\\"; import os #\\\\\\n結果🎉\""
        );
    }
}
