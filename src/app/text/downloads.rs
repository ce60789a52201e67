//! Sentences about many objects at once: selecting, downloading, deleting.

use crate::app::format;
use crate::app::state::{Deleting, Selection};
use crate::driver::{BundleInfo, BundleInto, Problem, Renaming, Wording};

/// A label.
pub const SELECTION: &str = "Selection";
/// A label.
pub const SELECT_ALL: &str = "Select all shown";
/// A label.
pub const DOWNLOAD_ZIP: &str = "Download as ZIP";
/// A label.
pub const SAVE_TO_FOLDER: &str = "Save to folder…";
/// A label.
pub const DELETE_SELECTED: &str = "Delete selected";
/// A label.
pub const CLEAR_SELECTION: &str = "Clear selection";
/// A label.
pub const DELETING: &str = "Deleting";
/// A label.
pub const STOP: &str = "Stop";
/// A label.
pub const DELETE_MANY_TITLE: &str = "Delete everything selected?";
/// A label.
pub const DELETE_ALL: &str = "Delete all of them";

/// The texts that go along with a ZIP or folder.
pub const WORDING: Wording = Wording {
    missing: missing_file,
    names: names_file,
};

/// A row's checkbox.
pub fn select(name: &str) -> String {
    format!("Select {name}")
}

fn objects(number: u64) -> String {
    match number {
        1 => "1 object".into(),
        number => format!("{} objects", format::count(number)),
    }
}

/// What is selected.
pub fn selected(selection: &Selection) -> String {
    let (files, folders) = (selection.objects(), selection.folders());
    let size = format::size(selection.bytes());
    let folders = match folders {
        1 => "1 folder".into(),
        folders => format!("{} folders", format::count(folders)),
    };
    match (files, selection.folders()) {
        (files, 0) => format!("{} selected, {size}", objects(files)),
        (0, _) => format!("{folders} selected"),
        (files, _) => format!("{folders} and {} ({size}) selected", objects(files)),
    }
}

/// Before deleting many.
pub fn delete_question(number: u64, bytes: u64, counted: bool) -> String {
    if counted {
        return format!(
            "{}, {}, will be removed from the bucket. This cannot be undone.",
            objects(number),
            format::size(bytes)
        );
    }
    format!("Counting what is in the folders: {} so far…", objects(number))
}

/// How far deleting is; with the bucket's name where it is not the connected one.
pub fn deleting(deleting: &Deleting, here: bool) -> String {
    let said = deleted(deleting);
    match here {
        true => said,
        false => format!("In {}: {said}", deleting.bucket),
    }
}

fn deleted(deleting: &Deleting) -> String {
    let (gone, total) = (format::count(deleting.gone), format::count(deleting.total));
    match &deleting.over {
        None => format!("Deleted {gone} of {total}"),
        Some(Ok(())) if deleting.failures == 0 => format!("Deleted {}.", objects(deleting.gone)),
        Some(Ok(())) => format!(
            "Deleted {gone} of {total}; {} could not be deleted.",
            objects(deleting.failures)
        ),
        Some(Err(Problem::Cancelled)) => format!("Stopped: {gone} of {total} were deleted."),
        Some(Err(_)) => format!("Ended early: {gone} of {total} were deleted."),
    }
}

/// How far a bundle is.
pub fn bundle(bundle: &BundleInfo) -> String {
    let dealt_with = bundle.saved + bundle.missing;
    let mut parts = vec![match (bundle.total, bundle.into) {
        (Some(total), _) if dealt_with < total => {
            format!("{} of {}", format::count(dealt_with), objects(total))
        }
        (None, _) => format!("{} so far", objects(dealt_with)),
        (_, BundleInto::Zip) => format!("{} in {}", objects(bundle.saved), bundle.name),
        (_, BundleInto::Folder) => format!("{} in the folder {}", objects(bundle.saved), bundle.name),
    }];
    if bundle.verified > 0 {
        parts.push(format!("{} decrypted and verified", format::count(bundle.verified)));
    }
    if bundle.plain > 0 {
        parts.push(format!("{} stored without encryption", format::count(bundle.plain)));
    }
    if bundle.renamed > 0 {
        parts.push(format!("{} renamed (see NAMES.txt)", format::count(bundle.renamed)));
    }
    parts.join(" · ")
}

/// Warning about files that were written as others.
pub fn relocated(number: u64) -> String {
    format!(
        "{} written under another key than stored: somebody with write access may have moved or exchanged them. NAMES.txt says which.",
        match number {
            1 => "1 file was".to_owned(),
            number => format!("{} files were", format::count(number)),
        }
    )
}

/// Heading of the list of what is missing.
pub fn missing(number: u64) -> String {
    format!("{} not saved", objects(number))
}

/// Missing objects that are not listed.
pub fn more(number: u64) -> String {
    format!("and {} more: FAILED.txt has all", format::count(number))
}

/// What happened and what next, when not everything was saved.
pub fn some_missing(missing: u64, saved: u64) -> (String, String) {
    match (missing, saved) {
        (0, 0) => (
            "There is no object to download there.".into(),
            "Check the prefix, or refresh the folder.".into(),
        ),
        (missing, 0) => (
            format!("None of {} could be saved.", objects(missing)),
            "The reasons are below.".into(),
        ),
        (missing, saved) => (
            format!(
                "{} saved, {} left out. FAILED.txt beside them says why.",
                objects(saved),
                format::count(missing)
            ),
            "Retry fetches only what is missing.".into(),
        ),
    }
}

fn missing_file(missing: &[(String, Problem)]) -> String {
    let mut text = String::from(
        "These objects could not be saved. Nothing of them is here: what could not be verified was thrown away.\n\n",
    );
    for (key, problem) in missing {
        let (what, next) = super::problem(problem);
        text += &format!("{}\n    {what} {next}\n", printable(key));
    }
    text
}

fn names_file(renamings: &[Renaming]) -> String {
    let mut text = String::from(
        "Files whose name here differs from the object's key, or that were written as another object.\n\n",
    );
    for renaming in renamings {
        text += &format!("{}\n    is here: {}\n", printable(&renaming.key), renaming.path);
        if let Some(written_as) = &renaming.written_as {
            text += &format!("    was written as: {}\n", printable(written_as));
        }
    }
    text
}

/// Control and bidirectional characters shown as what they are.
fn printable(key: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let shown = |c: char| match hidden(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    key.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_name_every_object_and_hide_nothing() {
        let text = missing_file(&[
            ("a\u{202e}b".into(), Problem::NotAuthentic),
            ("c".into(), Problem::ObjectChanged),
        ]);
        assert!(text.contains("a\\u{202e}b\n") && text.contains("\nc\n"), "{text}");
        let renaming = Renaming {
            key: "x/../y".into(),
            path: "x/_/y".into(),
            written_as: Some("z".into()),
        };
        let text = names_file(&[renaming]);
        assert!(
            text.contains("x/../y\n    is here: x/_/y\n    was written as: z\n"),
            "{text}"
        );
    }
}
