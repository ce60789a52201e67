//! What is kept of a download, so that another page can go on with it when this one is gone.
//!
//! No secret is in it, and nothing of the plaintext: that lies in a private file of the browser. Of every piece that is on
//! the disk a proof is kept: a digest of its frames' tags, or its sealed share of the one tag. Under one key and IV equal
//! tags mean equal ciphertext, so what lies there is encrypted again and counts only if the same comes out. An object that
//! is stored as it is has no such proof: its ETag stands for it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::checkpoint::{tags_from_text, tags_to_text};

/// Files shorter than this are sooner fetched anew than asked about.
pub const KEEP_FROM: u64 = 32 << 20;
/// What nobody went on with for so many days is removed, plaintext and all.
pub const DAYS_KEPT: u32 = 7;

/// One download that can go on. As JSON under `download/ID`; what has come of it under `got/ID/STEP`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DownloadCheckpoint {
    /// Random, 16 hex digits.
    pub id: String,
    /// Endpoint and bucket.
    pub place: String,
    /// Which version of the object.
    pub object: ObjectPrint,
    /// Bytes of the file that it becomes.
    pub length: u64,
    /// How it is encrypted, by the values of `data-cse`.
    pub format: String,
    /// Fingerprint or name of the key that it needs; empty where it needs none, or where the object does not say.
    pub key_needed: String,
    /// The stored bytes are saved as they are.
    pub as_stored: bool,
    /// The person is asked where it goes.
    pub ask: bool,
    /// The file's SHA-256 was asked for.
    #[serde(default)]
    pub hash: bool,
    /// Name of the private file.
    pub private_file: String,
    /// When it was begun, milliseconds since 1970.
    pub started_ms: f64,
}

/// What tells one version of an object from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectPrint {
    /// Object key.
    pub key: String,
    /// Stored bytes.
    pub size: u64,
    /// Where CORS shows it.
    pub etag: Option<String>,
    /// As the storage writes it.
    pub last_modified: Option<String>,
    /// Where the bucket has versions.
    pub version_id: Option<String>,
}

/// A piece of the object whose plaintext is on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    /// Its stored bytes.
    pub stored: Range<u64>,
    /// Bytes of the file.
    pub plain: u64,
    /// What must come out when its plaintext is encrypted again; empty for an object that is stored as it is.
    pub proof: Vec<u8>,
}

/// All that has come, as the records say. A later record of a piece replaces an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    pieces: BTreeMap<u64, Got>,
    next_step: u32,
}

const DOWNLOADS: &str = "download/";
const GOT: &str = "got/";

impl DownloadCheckpoint {
    /// Where all of them are kept.
    pub fn all_records() -> &'static str {
        DOWNLOADS
    }

    /// Where it is kept.
    pub fn record(&self) -> String {
        format!("{DOWNLOADS}{}", self.id)
    }

    /// Where it is kept what has come.
    pub fn got_records(&self) -> String {
        format!("{GOT}{}/", self.id)
    }

    /// Where it is kept what came in one step.
    pub fn got_record(&self, step: u32) -> String {
        format!("{GOT}{}/{step:010}", self.id)
    }

    /// Name of the lock its driver holds: two tabs must not go on with the same download.
    pub fn lock_name(&self) -> String {
        format!("sealdrop-download-{}", self.id)
    }

    /// Whether it is too old to be kept, if its private file was last written then (`None`: there is none).
    pub fn is_forgotten(&self, written_ms: Option<f64>, now_ms: f64) -> bool {
        now_ms - written_ms.unwrap_or(self.started_ms) >= kept_ms()
    }

    /// As text for the record.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("plain fields")
    }

    /// From a record; `None` for one of another version.
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// [`DAYS_KEPT`] in milliseconds.
pub fn kept_ms() -> f64 {
    f64::from(DAYS_KEPT) * 24.0 * 3600.0 * 1000.0
}

/// What came in one step, as text for its record.
pub fn got_to_text(got: &[Got]) -> String {
    let rows: Vec<_> = got
        .iter()
        .map(|got| (got.stored.start, got.stored.end, got.plain, tags_to_text(&got.proof)))
        .collect();
    serde_json::to_string(&rows).expect("numbers and text")
}

impl Inventory {
    /// From the records of what has come, in order. One that cannot be read says nothing: its pieces are fetched again.
    pub fn from_records<'a>(records: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut inventory = Inventory::default();
        for (record, text) in records {
            let step = record.rsplit('/').next().and_then(|step| step.parse::<u32>().ok());
            let rows: Vec<(u64, u64, u64, String)> = serde_json::from_str(text).unwrap_or_default();
            for (start, end, plain, proof) in rows {
                if let Some(proof) = tags_from_text(&proof).filter(|_| start < end) {
                    let stored = start..end;
                    inventory.pieces.insert(start, Got { stored, plain, proof });
                }
            }
            inventory.next_step = inventory.next_step.max(step.map_or(0, |step| step.saturating_add(1)));
        }
        inventory
    }

    /// What must come out of this piece, if it has come.
    pub fn proof(&self, stored: &Range<u64>) -> Option<&[u8]> {
        let got = self.pieces.get(&stored.start)?;
        (got.stored == *stored).then_some(&*got.proof)
    }

    /// Bytes of the file that have come.
    pub fn plain(&self) -> u64 {
        self.pieces.values().map(|got| got.plain).sum()
    }

    /// The first step that has no record.
    pub fn next_step(&self) -> u32 {
        self.next_step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> DownloadCheckpoint {
        DownloadCheckpoint {
            id: "0011223344556677".into(),
            place: "https://s3.example bucket".into(),
            object: ObjectPrint {
                key: "a/ü 🎉".into(),
                size: 1 << 40,
                etag: Some("\"e\"".into()),
                last_modified: None,
                version_id: None,
            },
            length: (1 << 40) - 99,
            format: "esdk".into(),
            key_needed: "aa".into(),
            as_stored: false,
            ask: true,
            hash: true,
            private_file: "download-1".into(),
            started_ms: 1.6e12,
        }
    }

    #[test]
    fn a_checkpoint_reads_back() {
        let checkpoint = checkpoint();
        assert_eq!(
            DownloadCheckpoint::from_text(&checkpoint.to_text()),
            Some(checkpoint.clone())
        );
        let older = checkpoint.to_text().replace(r#","hash":true"#, "");
        assert!(DownloadCheckpoint::from_text(&older).is_some_and(|older| !older.hash));
        assert_eq!(DownloadCheckpoint::from_text("{}"), None);
        assert!(checkpoint.record().starts_with(DownloadCheckpoint::all_records()));
        assert!(checkpoint.got_record(7).starts_with(&checkpoint.got_records()));
        assert!(checkpoint.got_record(9) < checkpoint.got_record(10), "in order as text");
    }

    #[test]
    fn it_is_kept_for_a_week_after_the_last_byte() {
        let (checkpoint, day) = (checkpoint(), 24.0 * 3600.0 * 1000.0);
        let at = |days: f64| checkpoint.started_ms + days * day;
        assert!(!checkpoint.is_forgotten(Some(at(20.0)), at(26.9)));
        assert!(checkpoint.is_forgotten(Some(at(20.0)), at(27.0)));
        assert!(!checkpoint.is_forgotten(None, at(6.9)));
        assert!(checkpoint.is_forgotten(None, at(7.0)));
        assert!(
            !checkpoint.is_forgotten(Some(at(1.0)), at(0.0)),
            "a clock that was set back"
        );
    }

    #[test]
    fn an_inventory_is_what_the_records_say_at_last() {
        let got = |stored: Range<u64>, proof: &[u8]| Got {
            plain: stored.end - stored.start - 32,
            stored,
            proof: proof.to_vec(),
        };
        let checkpoint = checkpoint();
        let records = [
            (
                checkpoint.got_record(0),
                got_to_text(&[got(100..200, b"a"), got(300..400, b"b")]),
            ),
            (checkpoint.got_record(1), "torn".to_owned()),
            (checkpoint.got_record(2), got_to_text(&[got(300..400, b"c")])),
        ];
        let inventory = Inventory::from_records(records.iter().map(|(record, text)| (&**record, &**text)));
        assert_eq!(inventory.proof(&(100..200)), Some(&b"a"[..]));
        assert_eq!(inventory.proof(&(300..400)), Some(&b"c"[..]));
        assert_eq!(inventory.proof(&(200..300)), None);
        assert_eq!(inventory.proof(&(100..250)), None, "it was cut otherwise");
        assert_eq!((inventory.plain(), inventory.next_step()), (136, 3));
        let plain = got_to_text(&[got(0..64, b"")]);
        let inventory = Inventory::from_records([("got/x/0000000000", &*plain)]);
        assert_eq!(inventory.proof(&(0..64)), Some(&b""[..]), "stored as it is");
        let nonsense = got_to_text(&[Got {
            stored: 5..5,
            plain: 0,
            proof: Vec::new(),
        }]);
        assert_eq!(Inventory::from_records([("got/x/y", &*nonsense)]), Inventory::default());
    }
}
