//! What this session has transferred, as a record to keep: it outlives the list that people clear.

use std::collections::HashMap;
use std::rc::Rc;

use super::Effect;
use super::sums::{Sum, Sums};
use crate::app::{csv, format};
use crate::driver::{Direction, ObjectFacts, TransferId, TransferInfo};
use crate::s3::SseState;

/// A form to save it in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ManifestForm {
    /// Comma-separated values.
    #[default]
    Csv,
    /// JSON.
    Json,
    /// What `sha256sum -c` reads.
    Sums,
}

impl ManifestForm {
    /// All of them, in the order to offer them.
    pub const ALL: [ManifestForm; 3] = [ManifestForm::Csv, ManifestForm::Json, ManifestForm::Sums];

    /// How it is called, in every language.
    pub fn name(self) -> &'static str {
        match self {
            ManifestForm::Csv => "CSV",
            ManifestForm::Json => "JSON",
            ManifestForm::Sums => "SHA256SUMS",
        }
    }
}

/// All transfers of this session that came to a good end.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    entries: Vec<Entry>,
    places: HashMap<TransferId, usize>,
    /// The form in which it is saved.
    pub form: ManifestForm,
}

#[derive(Clone, Debug)]
struct Entry {
    direction: Direction,
    bucket: Rc<str>,
    key: String,
    size: u64,
    sha256: Option<Rc<str>>,
    facts: Option<Rc<ObjectFacts>>,
    at: Option<f64>,
}

/// The columns, which are also the names in JSON. What is not known is left empty, or null.
const COLUMNS: [&str; 16] = [
    "direction",
    "bucket",
    "key",
    "size",
    "stored_size",
    "sha256",
    "etag",
    "version_id",
    "cse",
    "cse_suite",
    "cse_wrap",
    "key_fingerprint",
    "sse",
    "sse_kms_key_id",
    "last_modified",
    "time",
];

impl Manifest {
    /// A transfer is done, or more is known of one that was.
    pub(super) fn add(&mut self, info: &TransferInfo) {
        let entry = Entry {
            direction: info.direction,
            bucket: info.bucket.clone(),
            key: info.key.clone(),
            size: info.size,
            sha256: info.sha256.known().cloned(),
            facts: info.facts.clone(),
            at: info.ended_at,
        };
        match self.places.get(&info.id) {
            Some(&place) => self.entries[place] = entry,
            None => {
                self.places.insert(info.id, self.entries.len());
                self.entries.push(entry);
            }
        }
    }

    /// How many transfers it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Hands it to the browser in the chosen form.
    pub(super) fn save(&self) -> Effect {
        let (name, media_type, text) = match self.form {
            ManifestForm::Csv => ("sealdrop-manifest.csv", "text/csv", self.csv()),
            ManifestForm::Json => ("sealdrop-manifest.json", "application/json", self.json()),
            // As text the browser would give it an ending.
            ManifestForm::Sums => (self.form.name(), "application/octet-stream", self.sums().text()),
        };
        Effect::SaveText {
            name: name.into(),
            media_type,
            text,
        }
    }

    /// The files that have a hash.
    pub fn sums(&self) -> Sums<'_> {
        Sums::of(self.entries.iter().map(|entry| Sum {
            direction: entry.direction,
            bucket: &entry.bucket,
            key: &entry.key,
            sha256: entry.sha256.as_deref(),
        }))
    }

    fn csv(&self) -> String {
        let rows = self.entries.iter().map(|entry| {
            let cells = entry.cells().map(Option::unwrap_or_default);
            csv::record(cells.iter().map(String::as_str))
        });
        let start = format!("{}{}", csv::MARK, csv::record(COLUMNS));
        std::iter::once(start).chain(rows).collect()
    }

    fn json(&self) -> String {
        let mut json = String::from("{\"transfers\":[");
        for (index, entry) in self.entries.iter().enumerate() {
            let numbers = |name: &str| name == "size" || name == "stored_size";
            let fields = COLUMNS.iter().zip(entry.cells()).map(|(name, cell)| {
                let value = match cell {
                    None => "null".to_owned(),
                    Some(number) if numbers(name) => number,
                    Some(text) => serde_json::Value::from(text).to_string(),
                };
                format!("\"{name}\":{value}")
            });
            json.push_str(if index > 0 { ",\n{" } else { "\n{" });
            json.push_str(&fields.collect::<Vec<_>>().join(","));
            json.push('}');
        }
        json.push_str("\n]}\n");
        json
    }
}

impl Entry {
    /// In the order of [`COLUMNS`].
    fn cells(&self) -> [Option<String>; 16] {
        let facts = self.facts.as_deref();
        let cse = facts.map(|facts| &facts.cse);
        let sse = facts.map(|facts| &facts.sse);
        let kms_key = sse.and_then(|sse| match sse {
            SseState::SseKms { key_id } | SseState::SseKmsDsse { key_id } => key_id.clone(),
            _ => None,
        });
        let direction = match self.direction {
            Direction::Upload => "upload",
            Direction::Download => "download",
        };
        let wraps = cse.map(|cse| cse.wraps.join(" ")).filter(|wraps| !wraps.is_empty());
        [
            Some(direction.to_owned()),
            Some(self.bucket.to_string()),
            Some(self.key.clone()),
            Some(self.size.to_string()),
            facts.map(|facts| facts.size.to_string()),
            self.sha256.as_deref().map(str::to_owned),
            facts.and_then(|facts| facts.etag.clone()),
            facts.and_then(|facts| facts.version_id.clone()),
            cse.map(|cse| cse.state.as_str().to_owned()),
            cse.and_then(|cse| cse.suite.clone()),
            wraps,
            cse.and_then(|cse| cse.key_needed.clone()),
            sse.map(|sse| sse.as_str().to_owned()),
            kms_key,
            facts.and_then(|facts| facts.last_modified.as_deref().map(iso_date)),
            self.at.map(format::iso),
        ]
    }
}

/// A storage's date in one form, whichever it came in.
fn iso_date(date: &str) -> String {
    format::from_http_date(date).map_or_else(|| date.to_owned(), format::iso)
}

#[cfg(test)]
mod tests {
    use super::super::steps;
    use super::*;
    use crate::driver::{Cse, CseState, FileHash};
    use crate::s3::Grounds;

    fn done(id: u64, key: &str, sha256: Option<&str>) -> TransferInfo {
        let mut info = TransferInfo::new(TransferId(id), Direction::Upload, key.into(), 1024, true);
        info.bucket = "data".into();
        info.sha256 = sha256.map_or(FileHash::Unread, |digits| FileHash::Known(digits.into()));
        info.ended_at = Some(1_790_000_000_123.0);
        info.facts = Some(Rc::new(ObjectFacts {
            size: 1500,
            original_size: Some(1024),
            etag: Some("d41d8".into()),
            last_modified: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()),
            version_id: Some("v1".into()),
            sse: SseState::SseKms {
                key_id: Some("arn:k".into()),
            },
            grounds: Grounds::Shown,
            cse: Cse {
                state: CseState::Esdk,
                wraps: vec!["aes"],
                suite: Some("0x0478".into()),
                key_needed: Some("1111-2222".into()),
                ..Cse::default()
            },
            ..steps::facts(key)
        }));
        info
    }

    #[test]
    fn it_says_what_is_known_and_leaves_the_rest_empty() {
        let mut manifest = Manifest::default();
        let first = done(1, "=a,b", Some("ab12"));
        manifest.add(&TransferInfo {
            facts: None,
            ..first.clone()
        });
        manifest.add(&done(2, "plain", None));
        // More became known of it: still one record.
        manifest.add(&first);
        let csv = manifest.csv();
        let lines: Vec<_> = csv.split("\r\n").collect();
        assert_eq!(lines[0], format!("{}{}", super::csv::MARK, COLUMNS.join(",")));
        assert_eq!(
            lines[1],
            "upload,data,\"'=a,b\",1024,1500,ab12,d41d8,v1,esdk,0x0478,aes,1111-2222,sse-kms,arn:k,1994-11-06T08:49:37.000Z,2026-09-21T14:13:20.123Z"
        );
        assert!(lines[2].starts_with("upload,data,plain,1024,1500,,d41d8,"));
        assert_eq!(lines[3..], [""]);

        let json: serde_json::Value = serde_json::from_str(&manifest.json()).expect("JSON");
        let [first, second] = &json["transfers"].as_array().expect("a list")[..] else {
            panic!("two transfers");
        };
        assert_eq!(first["key"], "=a,b");
        assert_eq!((&first["size"], &first["stored_size"]), (&1024.into(), &1500.into()));
        assert_eq!(
            second["sha256"],
            serde_json::Value::Null,
            "never computed, never claimed"
        );
        assert_eq!(second["sse"], "sse-kms");

        manifest.form = ManifestForm::Sums;
        let Effect::SaveText { name, text, .. } = manifest.save() else {
            panic!("a file")
        };
        assert_eq!((&*name, &*text), ("SHA256SUMS", "ab12  =a,b\n"));
        assert_eq!(manifest.sums().missing, 1);
    }

    #[test]
    fn an_object_nobody_looked_at_has_no_states() {
        let mut manifest = Manifest::default();
        let mut info = done(1, "k", None);
        info.facts = None;
        info.ended_at = None;
        manifest.add(&info);
        assert!(manifest.csv().ends_with("\r\nupload,data,k,1024,,,,,,,,,,,,\r\n"));
        let json: serde_json::Value = serde_json::from_str(&manifest.json()).expect("JSON");
        assert_eq!(json["transfers"][0]["cse"], serde_json::Value::Null);
    }
}
