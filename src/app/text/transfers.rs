//! The sentences of the queue.

use crate::app::format;
use crate::app::state::{Shown, Totals};
use crate::driver::{Pace, TransferInfo};

/// Leaves only the sums of the list under a folder.
pub const FOLD: &str = "Hide list";
/// Shows the list again.
pub const UNFOLD: &str = "Show list";
/// A label.
pub const RETRY_FAILED: &str = "Retry failed";
/// A label.
pub const CANCEL_ALL: &str = "Cancel all";
/// A question.
pub const CANCEL_ALL_TITLE: &str = "Cancel all transfers?";
/// Its other answer.
pub const KEEP_GOING: &str = "Keep going";
/// A heading.
pub const MANIFEST: &str = "Manifest of this session";
/// A label.
pub const SAVE_MANIFEST: &str = "Save manifest";
/// A label.
pub const MANIFEST_FORM: &str = "Manifest format";
/// What the manifest is.
pub const MANIFEST_HINT: &str = "One record for every file that was transferred on this page: key, size, SHA-256 where it was computed, ETag, version, encryption and time. Clearing the list keeps it.";
/// Names the list for those who do not see it.
pub const LINES: &str = "List of transfers";
/// Names the choice of what is shown.
pub const SHOW: &str = "Show";
/// Nothing fits the filter.
pub const NONE_SHOWN: &str = "No transfer is in this state now.";

/// The name of a filter, and how many it lets through.
pub fn shown(shown: Shown, totals: &Totals) -> String {
    let (name, count) = match shown {
        Shown::All => ("All", totals.total),
        Shown::Going => ("Running", totals.going),
        Shown::Failed => ("Failed", totals.failed),
        Shown::Done => ("Done", totals.done),
    };
    format!("{name} ({})", format::count(count as u64))
}

/// What cancelling all means.
pub fn cancel_all(totals: &Totals) -> String {
    let (going, up) = (totals.going, totals.uploads.going);
    let end = match going {
        1 => "One transfer ends".to_owned(),
        _ => format!("{} transfers end", format::count(going as u64)),
    };
    let what = match (up > 0, going > up) {
        (true, false) => "the parts of unfinished files are removed from the bucket",
        (false, _) => "what came of unfinished files is thrown away",
        (true, true) => {
            "of unfinished files, the parts in the bucket are removed, and what came to this computer is thrown away"
        }
    };
    format!("{end}: {what}. Files that are done stay.")
}

/// Some failed; said once.
pub fn failed(count: usize) -> String {
    match count {
        1 => "A transfer failed.".to_owned(),
        _ => format!("{} transfers failed.", format::count(count as u64)),
    }
}

/// Several failed for one reason.
pub fn failed_alike(count: usize) -> String {
    format!("{} failed alike:", format::count(count as u64))
}

/// How many records the manifest has.
pub fn manifest_records(count: usize) -> String {
    match count {
        1 => "1 file".to_owned(),
        _ => format!("{} files", format::count(count as u64)),
    }
}

/// The queue in one line.
pub fn totals(totals: &Totals, pace: &Pace) -> String {
    let count = |number: usize| format::count(number as u64);
    let mut text = format!("{} of {} done", count(totals.done), count(totals.total));
    if totals.failed > 0 {
        text += &format!(", {} failed", count(totals.failed));
    }
    text += &format!(" · {} of {}", format::size(totals.moved), format::size(totals.size));
    if totals.going > totals.paused {
        if pace.bytes > 0.0 {
            text += &format!(" · {}", format::speed(pace.bytes));
        }
        if let Some(left) = totals.seconds_left(pace) {
            text += &format!(" · about {} left", format::duration(left));
        }
    }
    text
}

/// How far the uploads are, step by step.
pub fn steps(totals: &Totals, pace: &Pace) -> String {
    let uploads = &totals.uploads;
    let mut text = format!(
        "Uploads: {} encrypted · {} sent · {} in the bucket",
        format::size(uploads.made),
        format::size(uploads.sent),
        format::size(uploads.stored)
    );
    // Where whole files go by, they say more than bytes.
    if pace.small_files >= 2.0 {
        text += &format!(" · {} files/s", format::count(pace.small_files.round() as u64));
    }
    text
}

/// How far a transfer is.
pub fn progress(info: &TransferInfo) -> String {
    let mut text = format!("{} of {}", format::size(info.moved), format::size(info.size));
    if info.made > info.moved && info.encrypted {
        text += &format!(" sent, {} encrypted", format::size(info.made));
    }
    if info.speed > 0.0 {
        text += &format!(" · {}", format::speed(info.speed));
    }
    if let Some(eta) = info.eta {
        text += &format!(" · {} left", format::duration(eta));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Direction, TransferId, TransferState};

    #[test]
    fn cancelling_downloads_removes_nothing_from_the_bucket() {
        let mut queue = crate::app::state::Transfers::default();
        let mut add = |id, direction| {
            let info = TransferInfo::new(TransferId(id), direction, "k".into(), 1, true);
            queue.apply(vec![info]);
            cancel_all(&queue.totals())
        };
        let down = add(0, Direction::Download);
        assert!(
            down.starts_with("One transfer ends: what came") && !down.contains("bucket"),
            "{down}"
        );
        let both = add(1, Direction::Upload);
        assert!(
            both.starts_with("2 transfers end: ") && both.contains("thrown away"),
            "{both}"
        );
    }

    #[test]
    fn the_line_says_no_more_than_is_known() {
        let mut info = TransferInfo::new(TransferId(0), Direction::Upload, "k".into(), 4 << 20, true);
        info.state = TransferState::Running;
        assert_eq!(progress(&info), "0 B of 4.00 MiB");
        (info.moved, info.made) = (1 << 20, 2 << 20);
        assert_eq!(progress(&info), "1.00 MiB of 4.00 MiB sent, 2.00 MiB encrypted");
        let mut queue = crate::app::state::Transfers::default();
        queue.apply(vec![info]);
        let still = Pace::default();
        assert_eq!(totals(&queue.totals(), &still), "0 of 1 done · 1.00 MiB of 4.00 MiB");
        let pace = Pace {
            bytes: f64::from(1 << 20),
            small_files: 0.0,
        };
        assert_eq!(
            totals(&queue.totals(), &pace),
            "0 of 1 done · 1.00 MiB of 4.00 MiB · 1.00 MiB/s · about 3 s left"
        );
        assert_eq!(
            steps(&queue.totals(), &pace),
            "Uploads: 2.00 MiB encrypted · 1.00 MiB sent · 0 B in the bucket"
        );
    }
}
