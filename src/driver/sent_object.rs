//! What an upload knows of the object it sent, to find it in a listing.

use crate::s3::ObjectSummary;

/// An object that the storage said it has stored.
pub(super) struct SentObject {
    /// Bytes sent.
    pub(super) size: u64,
    /// The ETag in the storage's answer, where CORS shows it.
    pub(super) etag: Option<String>,
    /// Whether an older object may lie under the same key.
    pub(super) replaces: bool,
}

impl SentObject {
    /// Whether this is it. In doubt it is not, and is looked at by HEAD.
    pub(super) fn is(&self, listed: &ObjectSummary) -> bool {
        let same = match &self.etag {
            Some(etag) => *etag == listed.etag,
            None => !self.replaces,
        };
        same && self.size == listed.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_object_is_not_taken_for_the_one_that_was_sent() {
        let listed = ObjectSummary {
            key: "k".into(),
            size: 5,
            last_modified: String::new(),
            etag: "new".into(),
        };
        for (size, etag, replaces, is) in [
            (5, Some("new"), true, true),
            (5, Some("new"), false, true),
            (5, Some("old"), false, false),
            (4, Some("new"), false, false),
            (5, None, false, true),
            (5, None, true, false),
            (4, None, false, false),
        ] {
            let etag = etag.map(str::to_owned);
            let sent = SentObject { size, etag, replaces };
            assert_eq!(sent.is(&listed), is);
        }
    }
}
