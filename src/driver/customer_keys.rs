//! The SSE-C keys of one place, in memory only, and which object each was seen to open.
//!
//! They belong to one storage and bucket: a key is never tried at another place, since trying means handing it over.

use std::collections::HashMap;

use crate::s3::{CustomerKey, SseRequest};

/// Objects whose key is remembered; with more, all are found out again. An audit of 100,000 objects stays small.
const REMEMBERED: usize = 4096;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct CustomerKeys {
    keys: Vec<CustomerKey>,
    opens: HashMap<String, usize>,
}

impl CustomerKeys {
    /// Takes a key, once.
    pub(super) fn add(&mut self, key: &CustomerKey) {
        if !self.keys.contains(key) {
            self.keys.push(key.clone());
        }
    }

    /// Takes a key that was seen to open this object.
    pub(super) fn add_for(&mut self, object: &str, key: &CustomerKey) {
        self.add(key);
        if self.opens.len() >= REMEMBERED {
            self.opens.clear();
        }
        if let Some(index) = self.keys.iter().position(|held| held == key) {
            self.opens.insert(object.to_owned(), index);
        }
    }

    /// The request that opens this object, if it was found out.
    pub(super) fn of(&self, object: &str) -> Option<SseRequest> {
        let index = *self.opens.get(object)?;
        self.keys.get(index).cloned().map(SseRequest::SseC)
    }

    /// The object has changed: what opened it does so no more.
    pub(super) fn forget(&mut self, object: &str) {
        self.opens.remove(object);
    }

    /// All keys, the newest first.
    pub(super) fn all(&self) -> Vec<CustomerKey> {
        self.keys.iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_held_once_and_found_by_the_object_it_opens() {
        let mut keys = CustomerKeys::default();
        let (one, two) = (CustomerKey([1; 32]), CustomerKey([2; 32]));
        keys.add(&one);
        keys.add_for("a", &two);
        keys.add(&one);
        assert_eq!(keys.all(), [two.clone(), one.clone()]);
        assert_eq!(keys.of("a"), Some(SseRequest::SseC(two)));
        assert_eq!(keys.of("b"), None);
        keys.forget("a");
        assert_eq!(keys.of("a"), None);
    }

    #[test]
    fn an_audit_of_many_objects_does_not_make_it_grow() {
        let mut keys = CustomerKeys::default();
        let key = CustomerKey([1; 32]);
        (0..3 * REMEMBERED).for_each(|object| keys.add_for(&object.to_string(), &key));
        assert!(keys.opens.len() <= REMEMBERED);
        assert!(keys.of(&(3 * REMEMBERED - 1).to_string()).is_some());
    }

    #[test]
    fn debug_output_shows_no_key() {
        let mut keys = CustomerKeys::default();
        keys.add_for("a", &CustomerKey([0xa7; 32]));
        assert!(!format!("{keys:?}").contains("167"));
    }
}
