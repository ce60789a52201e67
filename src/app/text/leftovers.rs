//! Sentences about multipart uploads that were left in the bucket.

use crate::app::format;
use crate::app::state::Leftovers;
use crate::driver::{Leftover, LeftoverState, LeftoversState};

/// A label.
pub const TITLE: &str = "Incomplete uploads in the bucket";
/// What they are.
pub const INTRO: &str = "Parts of uploads that were never completed, from any browser or program. No listing of objects shows them, \
    they are paid for all the same, and many storages never remove them by themselves.";
/// A label.
pub const LIST: &str = "List incomplete uploads";
/// A label.
pub const LIST_AGAIN: &str = "List again";
/// A label.
pub const ABORT: &str = "Abort";
/// A label.
pub const ABORT_OLD: &str = "Abort all of that age";
/// A label.
pub const DAYS: &str = "Older than (days)";
/// A label.
pub const NONE: &str = "There is none.";
/// A question's title.
pub const QUESTION_TITLE: &str = "Abort incomplete uploads?";
/// A label.
pub const ABORTING: &str = "Aborting…";
/// Where to look for more.
pub const SEE_BUCKET: &str = "Uploads of other browsers and programs that were never completed";

/// Where the listing stands.
pub fn summary(leftovers: &Leftovers, state: &LeftoversState) -> String {
    let (count, bytes) = leftovers.sum();
    let found = match count {
        0 => NONE.to_owned(),
        1 => format!("One incomplete upload, {}.", format::size(bytes)),
        _ => format!(
            "{} incomplete uploads, {} in all.",
            format::count(count as u64),
            format::size(bytes)
        ),
    };
    let aborted = match leftovers.aborted {
        0 => String::new(),
        aborted => format!(" {} aborted.", format::count(aborted as u64)),
    };
    match state {
        LeftoversState::Running => format!("Looking… {} found so far.", format::count(count as u64)),
        LeftoversState::Done => format!("{found}{aborted}"),
        LeftoversState::Failed(_) => format!("The list is not complete. {found}{aborted}"),
    }
}

/// More than lines.
pub fn and_more(more: usize) -> String {
    format!("and {} more", format::count(more as u64))
}

/// Size and age of one.
pub fn line(leftover: &Leftover, started: Option<&str>) -> String {
    let size = match &leftover.held {
        Ok(held) if held.parts == 1 => format!("{} in 1 part", format::size(held.bytes)),
        Ok(held) => format!("{} in {} parts", format::size(held.bytes), format::count(held.parts)),
        Err(_) => "size unknown".to_owned(),
    };
    match started {
        Some(started) => format!("{size}, begun {started}"),
        None => format!("{size}, of unknown age"),
    }
}

/// Whose it is.
pub fn state(state: LeftoverState) -> &'static str {
    match state {
        LeftoverState::Running => "being uploaded by this browser",
        LeftoverState::Resumable => "can be gone on with: Transfers → Unfinished uploads",
        LeftoverState::Unknown => "not known to this browser; somebody may still be sending it",
    }
}

/// Before aborting.
pub fn question(keys: &[&str], bytes: u64, resumable: usize) -> String {
    let what = match keys {
        [key] => format!("What was sent of {key} ({}) will be removed", format::size(bytes)),
        _ => format!(
            "What was sent of {} uploads ({}) will be removed",
            format::count(keys.len() as u64),
            format::size(bytes)
        ),
    };
    let resumable = match resumable {
        0 => String::new(),
        1 => " One of them could be gone on with from this browser.".to_owned(),
        more => format!(
            " {} of them could be gone on with from this browser.",
            format::count(more as u64)
        ),
    };
    format!(
        "{what} from the bucket; objects stay.{resumable} Whoever is still sending parts of it will fail. This cannot be undone."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_says_what_goes_and_what_stays() {
        let one = question(&["a.bin"], 1 << 20, 0);
        assert!(one.contains("a.bin") && one.contains("objects stay"), "{one}");
        let many = question(&["a", "b"], 0, 1);
        assert!(many.contains("2 uploads") && many.contains("One of them"), "{many}");
    }
}
