//! What is kept of a multipart upload, so that it can go on after a pause, a reload or a crash.
//!
//! No secret is in it: the data key is inside the message header, wrapped with the user's key, and all else is in the
//! bucket or on its way there. Of every part that may have been sent the frame tags are kept. Under one key and IV
//! equal tags mean equal ciphertext, so a part is made again only to find the same tags, or the file has changed. Of a
//! file stored as it is nothing of the kind is kept: what the storage says of its parts (their MD5) is compared.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

/// One upload that can go on. As JSON under `upload/ID`; the tags of its parts under `part/ID/INDEX`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Random, 16 hex digits.
    pub id: String,
    /// Endpoint and bucket.
    pub place: String,
    /// Object key.
    pub key: String,
    /// Multipart upload id.
    pub upload_id: String,
    /// Message header, tag included; or the object's metadata, as JSON; empty for a file stored as it is.
    #[serde(with = "base64_text")]
    pub header: Vec<u8>,
    /// Fingerprint of the wrapping key.
    pub fingerprint: String,
    /// Fingerprints of further recipients' keys.
    #[serde(default)]
    pub also: Vec<String>,
    /// The file it is made of.
    pub file: FilePrint,
    /// An object that is there already is replaced.
    pub replace: bool,
    /// When it was begun, milliseconds since 1970.
    pub started_ms: f64,
    /// What it asked of the storage.
    #[serde(default)]
    pub sse: SseWish,
    /// How it is cut: parts, and bytes of the longest. A version of the app that cuts otherwise must not go on with it,
    /// or a part's tags would stand for other bytes.
    #[serde(default)]
    pub cut: (u16, u64),
    /// The file's SHA-256 was asked for.
    #[serde(default)]
    pub hash: bool,
}

/// What an upload asked of the storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SseWish {
    /// A word for the kind; empty for the bucket's default.
    pub kind: String,
    /// Key of the storage's KMS.
    #[serde(default)]
    pub key_id: Option<String>,
    /// Encryption context, JSON.
    #[serde(default)]
    pub context: Option<String>,
    /// Of the SSE-C key its MD5 in base64, which the storage repeats in every answer. The key itself is not kept.
    #[serde(default)]
    pub customer_key_md5: Option<String>,
}

/// What tells one version of a file from another at a glance. The tags decide.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilePrint {
    /// Bytes.
    pub size: u64,
    /// Milliseconds since 1970.
    pub modified_ms: f64,
}

const UPLOADS: &str = "upload/";
const PARTS: &str = "part/";
const FILES: &str = "file/";

impl Checkpoint {
    /// Where all of them are kept.
    pub fn all_records() -> &'static str {
        UPLOADS
    }

    /// Where it is kept.
    pub fn record(&self) -> String {
        format!("{UPLOADS}{}", self.id)
    }

    /// Where the tags of its parts are kept.
    pub fn part_records(&self) -> String {
        format!("{PARTS}{}/", self.id)
    }

    /// Where the tags of one part (index from 0) are kept.
    pub fn part_record(&self, index: u16) -> String {
        format!("{PARTS}{}/{index:05}", self.id)
    }

    /// Where all handles on files are kept.
    pub fn all_file_records() -> &'static str {
        FILES
    }

    /// Where the handle on its file is kept, if the browser gives one.
    pub fn file_record(&self) -> String {
        format!("{FILES}{}", self.id)
    }

    /// The id of the upload whose file such a record is.
    pub fn id_of_file_record(record: &str) -> Option<&str> {
        record.strip_prefix(FILES)
    }

    /// Whether the file is stored as it is, without client-side encryption. A record that lost its header does not say so.
    pub fn is_plain(&self) -> bool {
        self.header.is_empty() && self.fingerprint.is_empty()
    }

    /// The part index of such a record.
    pub fn part_of_record(record: &str) -> Option<u16> {
        record.rsplit('/').next()?.parse().ok()
    }

    /// Fingerprints of all its recipients' keys.
    pub fn recipients(&self) -> impl Iterator<Item = &str> {
        let all = std::iter::once(&self.fingerprint).chain(&self.also);
        all.map(String::as_str)
    }

    /// Name of the lock its driver holds: two tabs must not go on with the same upload.
    pub fn lock_name(&self) -> String {
        format!("sealdrop-upload-{}", self.id)
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

mod base64_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        super::tags_to_text(bytes).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::tags_from_text(&text).ok_or_else(|| D::Error::custom("not base64"))
    }
}

/// The tags of a part's frames, as text for the record.
pub fn tags_to_text(tags: &[u8]) -> String {
    STANDARD.encode(tags)
}

/// Reads [`tags_to_text`].
pub fn tags_from_text(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_reads_back() {
        let file = FilePrint {
            size: 1 << 40,
            modified_ms: 1.5e12,
        };
        let checkpoint = Checkpoint {
            id: "0011223344556677".into(),
            place: "https://s3.example bucket".into(),
            key: "a/ü 🎉".into(),
            upload_id: "upload".into(),
            header: vec![2, 4, 0x78],
            fingerprint: "aa".into(),
            also: vec!["bb".into()],
            file,
            replace: true,
            started_ms: 1.6e12,
            sse: SseWish {
                kind: "sse-kms".into(),
                key_id: Some("k".into()),
                ..SseWish::default()
            },
            cut: (3, 8 << 20),
            hash: true,
        };
        let again = Checkpoint::from_text(&checkpoint.to_text()).unwrap();
        assert_eq!(again, checkpoint);
        let mut older: serde_json::Value = serde_json::from_str(&checkpoint.to_text()).unwrap();
        older
            .as_object_mut()
            .unwrap()
            .retain(|name, _| !["sse", "cut", "also", "hash"].contains(&&**name));
        let older = Checkpoint::from_text(&older.to_string()).unwrap();
        assert_eq!(older.sse, SseWish::default(), "a record from before there were wishes");
        assert!(!older.hash);
        assert_eq!(older.cut, (0, 0), "no plan is like that: it starts over");
        assert_eq!(
            Checkpoint::id_of_file_record(&checkpoint.file_record()),
            Some(&*checkpoint.id)
        );
        let lost = Checkpoint {
            header: Vec::new(),
            ..checkpoint.clone()
        };
        assert!(!lost.is_plain(), "it was to be encrypted");
        assert_eq!(older.recipients().collect::<Vec<_>>(), ["aa"]);
        assert_eq!(Checkpoint::part_of_record(&checkpoint.part_record(9_999)), Some(9_999));
        assert!(checkpoint.part_record(7).starts_with(&checkpoint.part_records()));
        assert_eq!(tags_from_text(&tags_to_text(&[7; 16])), Some(vec![7; 16]));
        assert_eq!(Checkpoint::from_text("{}"), None);
    }
}
