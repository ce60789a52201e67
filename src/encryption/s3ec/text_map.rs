//! Flat JSON objects of text: encryption context, material description, instruction file.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

/// Text pairs, as JSON on the wire: `{"key":"value"}`, no nesting, no key twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextMap(BTreeMap<String, String>);

impl TextMap {
    /// Adds or replaces a pair.
    pub fn insert(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    /// The value of a pair.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Takes a pair out.
    pub fn remove(&mut self, key: &str) -> Option<String> {
        self.0.remove(key)
    }

    /// All pairs, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of it is printable US-ASCII, as official clients demand of what they write.
    pub fn is_ascii(&self) -> bool {
        self.iter().all(|(key, value)| {
            [key, value]
                .iter()
                .all(|text| text.bytes().all(|b| (0x20..0x7f).contains(&b)))
        })
    }

    /// Compact JSON.
    pub fn to_json(&self) -> String {
        let pairs = self.iter().map(|(key, value)| (key.to_owned(), Value::from(value)));
        Value::Object(pairs.collect()).to_string()
    }

    /// Reads JSON: `None` unless it is one flat object of text in which no key stands twice.
    pub fn from_json(json: &[u8]) -> Option<TextMap> {
        serde_json::from_slice(json).ok()
    }
}

impl<K: AsRef<str>, V: AsRef<str>> FromIterator<(K, V)> for TextMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let owned = |(key, value): (K, V)| (key.as_ref().to_owned(), value.as_ref().to_owned());
        TextMap(pairs.into_iter().map(owned).collect())
    }
}

impl<'de> Deserialize<'de> for TextMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = TextMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<TextMap, A::Error> {
                let mut map = BTreeMap::new();
                while let Some((key, value)) = pairs.next_entry::<String, String>()? {
                    if map.insert(key, value).is_some() {
                        return Err(A::Error::custom("a key stands twice"));
                    }
                }
                Ok(TextMap(map))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_flat_objects_of_text_are_read() {
        let read = |json: &str| TextMap::from_json(json.as_bytes());
        assert_eq!(read("{}"), Some(TextMap::default()));
        assert_eq!(read(r#" {"b" : "2", "a":"\u00e9"} "#).unwrap().get("a"), Some("é"));
        for bad in [
            "",
            "[]",
            "null",
            "{",
            r#"{"a":1}"#,
            r#"{"a":null}"#,
            r#"{"a":{"b":"c"}}"#,
            r#"{"a":"1","a":"2"}"#,
            "{}x",
            r#"{"a":"1",}"#,
            "\"{}\"",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(TextMap::from_json(b"{\"a\":\"\xff\"}"), None);
        assert_eq!(read(&"[".repeat(100_000)), None);
        assert_eq!(read(&"{\"a\":".repeat(100_000)), None);
    }

    proptest! {
        #[test]
        fn json_reads_back(pairs in prop::collection::btree_map(any::<String>(), any::<String>(), 0..5)) {
            let map: TextMap = pairs.into_iter().collect();
            prop_assert_eq!(TextMap::from_json(map.to_json().as_bytes()), Some(map));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = TextMap::from_json(&bytes);
        }
    }
}
