//! Encrypted data keys (EDKs). Source: `data-format/message-header.md` and `framework/raw-aes-keyring.md`.

use crate::encryption::EncryptionError;

/// How an [`EncryptedDataKey`] is wrapped, as far as its shape tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// Raw AES keyring.
    Aes,
    /// Raw RSA keyring (also what any unknown provider with a bare name looks like).
    Rsa,
    /// AWS KMS.
    Kms,
}

impl Wrap {
    /// The value of `data-cse-wrap`.
    pub fn as_str(self) -> &'static str {
        match self {
            Wrap::Aes => "aes",
            Wrap::Rsa => "rsa",
            Wrap::Kms => "kms",
        }
    }
}

/// One wrapped copy of the data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncryptedDataKey {
    /// Key namespace, or `aws-kms`.
    pub(crate) provider_id: Vec<u8>,
    /// Key name, for raw AES followed by lengths and IV; the key ARN for KMS.
    pub(crate) provider_info: Vec<u8>,
    /// The wrapped key.
    pub(crate) ciphertext: Vec<u8>,
}

/// What follows the key name in a raw AES EDK: tag length in bits, IV length in bytes, IV.
pub(crate) const AES_INFO_SUFFIX: usize = 4 + 4 + 12;

impl EncryptedDataKey {
    /// How it is wrapped.
    pub fn wrap(&self) -> Wrap {
        if self.provider_id.starts_with(b"aws-kms") {
            Wrap::Kms
        } else if self.aes_iv().is_some() {
            Wrap::Aes
        } else {
            Wrap::Rsa
        }
    }

    /// Namespace and name of the key that opens it, for people.
    pub fn key_name(&self) -> String {
        format!("{} / {}", String::from_utf8_lossy(&self.provider_id), self.name())
    }

    /// Name of the key that opens it; of KMS its ARN.
    pub fn name(&self) -> String {
        let info = match self.wrap() {
            Wrap::Aes => &self.provider_info[..self.provider_info.len() - AES_INFO_SUFFIX],
            Wrap::Rsa | Wrap::Kms => &self.provider_info,
        };
        String::from_utf8_lossy(info).into_owned()
    }

    /// Key namespace, or `aws-kms`.
    pub fn provider_id(&self) -> &[u8] {
        &self.provider_id
    }

    /// The ARN of the AWS KMS key that opens it, if it is one.
    pub fn kms_key_arn(&self) -> Option<&str> {
        std::str::from_utf8(&self.provider_info)
            .ok()
            .filter(|_| self.provider_id == b"aws-kms")
    }

    /// The wrapped key: for KMS its `CiphertextBlob`, for RSA what RSA-OAEP is to decrypt.
    pub fn ciphertext(&self) -> &[u8] {
        &self.ciphertext
    }

    /// A data key that KMS wrapped (GenerateDataKey or Encrypt, with the whole encryption context).
    pub(crate) fn from_kms(key_arn: &str, ciphertext_blob: &[u8]) -> Result<Self, EncryptionError> {
        let limit = u64::from(u16::MAX);
        if key_arn.len() as u64 > limit || ciphertext_blob.len() as u64 > limit {
            return Err(EncryptionError::TooLarge { limit });
        }
        Ok(EncryptedDataKey {
            provider_id: b"aws-kms".to_vec(),
            provider_info: key_arn.as_bytes().to_vec(),
            ciphertext: ciphertext_blob.to_vec(),
        })
    }

    /// The wrap's IV, if this has the shape of a raw AES EDK.
    pub(crate) fn aes_iv(&self) -> Option<&[u8; 12]> {
        let (_, suffix) = self.provider_info.split_last_chunk::<AES_INFO_SUFFIX>()?;
        let (lengths, iv) = suffix.split_last_chunk::<12>()?;
        (lengths == [0, 0, 0, 128, 0, 0, 0, 12]).then_some(iv)
    }

    pub(crate) fn serialize(&self, into: &mut Vec<u8>) {
        for field in [&self.provider_id, &self.provider_info, &self.ciphertext] {
            let length = u16::try_from(field.len()).expect("names and wrapped keys of our own are far below 64 KiB");
            into.extend(length.to_be_bytes());
            into.extend(field);
        }
    }
}
