//! What may be shown of a KMS key, and which objects it may open.

/// Names one of the KMS keys held. Stable until the page is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KmsId(pub u32);

/// A KMS key that was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KmsInfo {
    /// Its handle.
    pub id: KmsId,
    /// As it was typed: id, ARN or alias. KMS is asked with it.
    pub key_id: String,
    /// Its ARN, as KMS told it with a data key.
    pub arn: Option<String>,
    /// Whether these credentials may have data keys of it; else it opens objects, and encrypts none.
    pub writes: bool,
}

impl KmsInfo {
    /// Its ARN where that is known, else what was typed.
    pub fn name(&self) -> &str {
        self.arn.as_deref().unwrap_or(&self.key_id)
    }

    /// Whether it may be the key with this ARN; empty where an object does not name its key. Which one an alias stands for
    /// only KMS knows, and it refuses every other.
    pub fn may_be(&self, arn: &str) -> bool {
        let is_alias = self.key_id.starts_with("alias/") || self.key_id.contains(":alias/");
        arn.is_empty()
            || match &self.arn {
                Some(own) => own == arn,
                None => is_alias || is_id_of(&self.key_id, arn),
            }
    }
}

/// Whether this is the ARN, or its last part. An alias is neither.
pub(super) fn is_id_of(key_id: &str, arn: &str) -> bool {
    key_id == arn || arn.ends_with(&format!(":key/{key_id}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kms:us-east-1:123456789012:key/1234";

    fn typed(key_id: &str, arn: Option<&str>) -> KmsInfo {
        KmsInfo {
            key_id: key_id.into(),
            arn: arn.map(Into::into),
            ..KmsInfo::default()
        }
    }

    #[test]
    fn a_key_whose_arn_is_known_is_that_one_and_an_alias_may_be_any() {
        let other = ARN.replace("1234", "91234");
        for (key_id, arn, may_be_other) in [
            (ARN, None, false),
            ("1234", None, false),
            ("alias/lab", None, true),
            ("arn:aws:kms:us-east-1:123456789012:alias/lab", None, true),
            ("alias/lab", Some(ARN), false),
        ] {
            let key = typed(key_id, arn);
            assert!(key.may_be(ARN) && key.may_be(""), "{key_id}");
            assert_eq!(key.may_be(&other), may_be_other, "{key_id}");
        }
    }
}
