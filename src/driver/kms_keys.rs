//! The KMS keys that were chosen. None goes while the page is open: files wait for it, and objects are opened with it.

use std::rc::Rc;

use super::kms_info::is_id_of;
use super::{KmsId, KmsInfo};
use crate::kms::KmsEndpoint;

/// A KMS key, and where its KMS is.
#[derive(Clone, Debug)]
pub(super) struct KmsKey {
    pub(super) endpoint: KmsEndpoint,
    pub(super) info: KmsInfo,
}

impl KmsKey {
    /// Whether this one, chosen now, is that one, chosen before. What an alias stood for before says nothing, and an id is one
    /// of its region.
    fn is_again(&self, before: &KmsKey) -> bool {
        let (key_id, known_id) = (&self.info.key_id, &before.info.key_id);
        let is_here = self.endpoint == before.endpoint;
        match (&self.info.arn, &before.info.arn) {
            (Some(arn), Some(known)) => arn == known,
            (None, Some(known)) => key_id == known || (is_here && is_id_of(key_id, known)),
            (Some(arn), None) => known_id == arn || (is_here && (known_id == key_id || is_id_of(known_id, arn))),
            (None, None) => is_here && key_id == known_id,
        }
    }
}

/// All that were chosen, the latest last.
#[derive(Default)]
pub(super) struct KmsKeys(Vec<Rc<KmsKey>>);

impl KmsKeys {
    /// Holds the key from now on, under the id it had if it was chosen before.
    pub(super) fn hold(&mut self, mut key: KmsKey) -> KmsInfo {
        key.info.id = KmsId(self.0.len() as u32);
        if let Some(place) = self.0.iter().position(|before| key.is_again(before)) {
            let before = self.0.remove(place);
            key.info.id = before.info.id;
            key.info.arn = key.info.arn.or_else(|| before.info.arn.clone());
        }
        let info = key.info.clone();
        self.0.push(Rc::new(key));
        info
    }

    /// The key with this id.
    pub(super) fn get(&self, id: KmsId) -> Option<Rc<KmsKey>> {
        self.0.iter().find(|key| key.info.id == id).cloned()
    }

    /// The key with this ARN, if files can be written for it.
    pub(super) fn writing(&self, arn: &str) -> Option<KmsId> {
        let mut writing = self.0.iter().map(|key| &key.info).filter(|info| info.writes);
        Some(writing.find(|info| info.arn.as_deref() == Some(arn))?.id)
    }

    /// Those that may be the key an object names (see [`KmsInfo::may_be`]): first the one that was named so, then the latest.
    pub(super) fn that_may_be(&self, named: &str) -> Vec<Rc<KmsKey>> {
        let latest_first = self.0.iter().rev();
        let mut keys: Vec<_> = latest_first.filter(|key| key.info.may_be(named)).cloned().collect();
        keys.sort_by_key(|key| key.info.name() != named && key.info.key_id != named);
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "arn:aws:kms:us-east-1:123456789012:key/one";
    const TWO: &str = "arn:aws:kms:us-east-1:123456789012:key/two";

    fn hold(keys: &mut KmsKeys, key_id: &str, arn: Option<&str>) -> KmsInfo {
        keys.hold(typed("us-east-1", key_id, arn))
    }

    fn typed(region: &str, key_id: &str, arn: Option<&str>) -> KmsKey {
        let info = KmsInfo {
            key_id: key_id.into(),
            arn: arn.map(Into::into),
            writes: arn.is_some(),
            ..KmsInfo::default()
        };
        let endpoint = KmsEndpoint::new("", region).unwrap();
        KmsKey { endpoint, info }
    }

    #[test]
    fn a_key_is_known_again_by_whatever_names_it_but_an_alias_says_nothing() {
        let here = |key_id, arn| typed("us-east-1", key_id, arn);
        let before = here("alias/lab", Some(ONE));
        assert!(here("alias/other", Some(ONE)).is_again(&before));
        assert!(here(ONE, None).is_again(&before) && here("one", None).is_again(&before));
        assert!(
            !here("alias/lab", None).is_again(&before),
            "it may stand for another key by now"
        );
        assert!(!here(ONE, Some(TWO)).is_again(&before));
        assert!(
            typed("eu-west-1", ONE, None).is_again(&before),
            "an ARN is the same everywhere"
        );
        assert!(
            !typed("eu-west-1", "one", None).is_again(&before),
            "a key of two regions has one id"
        );
        let before = here("one", None);
        assert!(here("alias/lab", Some(ONE)).is_again(&before) && here("one", None).is_again(&before));
        assert!(!here("ne", None).is_again(&before));
    }

    #[test]
    fn a_key_stays_beside_those_that_are_chosen_later() {
        let mut keys = KmsKeys::default();
        let one = hold(&mut keys, "alias/one", Some(ONE));
        let reads = hold(&mut keys, "alias/lab", None);
        let two = hold(&mut keys, TWO, Some(TWO));
        assert_eq!(keys.get(one.id).unwrap().info, one);
        assert_eq!((keys.writing(ONE), keys.writing(TWO)), (Some(one.id), Some(two.id)));
        assert_eq!(keys.writing("alias/lab"), None);
        let order = |keys: &KmsKeys, named| -> Vec<KmsId> {
            let keys = keys.that_may_be(named);
            keys.iter().map(|key| key.info.id).collect()
        };
        assert_eq!(order(&keys, ONE), [one.id, reads.id], "the alias may be it, too");
        assert_eq!(order(&keys, "alias/lab"), [reads.id]);
        assert_eq!(order(&keys, ""), [two.id, reads.id, one.id]);

        let again = hold(&mut keys, ONE, Some(ONE));
        assert_eq!((again.id, order(&keys, "")), (one.id, vec![one.id, two.id, reads.id]));
    }

    #[test]
    fn a_key_that_may_not_encrypt_any_more_is_not_written_for() {
        let mut keys = KmsKeys::default();
        let one = hold(&mut keys, "alias/one", Some(ONE));
        let by_alias = hold(&mut keys, "alias/one", None);
        assert_eq!((by_alias.id == one.id, keys.writing(ONE)), (false, Some(one.id)));
        let refused = hold(&mut keys, ONE, None);
        assert_eq!(
            (refused.id, refused.arn.as_deref(), refused.writes),
            (one.id, Some(ONE), false)
        );
        assert_eq!(keys.writing(ONE), None);
        let granted = hold(&mut keys, "one", Some(ONE));
        assert_eq!((granted.id, keys.writing(ONE)), (one.id, Some(one.id)));
    }
}
