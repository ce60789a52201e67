//! The sentences about downloads that an earlier page left.

use crate::app::format;
use crate::driver::{StartedOver, TransferInfo, UnfinishedDownload};
use crate::transfer::DAYS_KEPT;

/// A heading.
pub const DOWNLOADS: &str = "Unfinished downloads";

/// What to do with them, and what lies there.
pub fn downloads_hint() -> String {
    format!(
        "Interrupted when the page was closed. What came of them lies decrypted in this browser's private storage, readable for \
         whoever may use this account of this computer. Resume checks it and goes on where it stopped, if the object is still \
         the same. Discard removes it; without either it is removed when this page is opened {DAYS_KEPT} days after its last byte."
    )
}

/// How far one came, its age and key; the name of the key follows, if there is one.
pub fn download(left: &UnfinishedDownload, started: &str) -> String {
    let key = match (left.is_plain, left.key_needed.is_empty()) {
        (true, _) => ", without client-side encryption",
        (false, true) => ", needs its key",
        (false, false) => ", needs the key",
    };
    format!(
        "{} of {}, begun {started}{key}",
        format::size(left.came),
        format::size(left.size)
    )
}

/// How far what an earlier page left has been checked.
pub fn checking(info: &TransferInfo) -> String {
    let (moved, size) = (format::size(info.moved), format::size(info.size));
    format!("Checking what came before: {moved} of {size}")
}

/// Why one began anew.
pub fn started_over(why: StartedOver) -> &'static str {
    match why {
        StartedOver::ObjectChanged => {
            "The object is not the one that was begun: what had come of the old one was removed, and this one is fetched from \
             its beginning."
        }
        StartedOver::FileGone => {
            "This browser does not have any more what had come of it: it is fetched from its beginning."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_it_came_and_what_it_needs() {
        let mut left = UnfinishedDownload {
            id: "1".into(),
            key: "k".into(),
            size: 4 << 20,
            came: 1 << 20,
            started: 0.0,
            is_plain: false,
            key_needed: "aa".into(),
        };
        assert_eq!(
            download(&left, "today"),
            "1.00 MiB of 4.00 MiB, begun today, needs the key"
        );
        left.key_needed.clear();
        assert!(download(&left, "today").ends_with(", needs its key"));
        left.is_plain = true;
        assert!(download(&left, "today").ends_with(", without client-side encryption"));
        assert!(downloads_hint().contains("decrypted") && downloads_hint().contains("7 days"));
    }
}
