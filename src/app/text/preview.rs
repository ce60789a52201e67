//! Sentences of the preview.

use super::super::format;
use crate::driver::{NoPreview, Preview, PreviewContent, Proof};

/// Shows what is in the object.
pub const PREVIEW: &str = "Preview";
/// While it is made.
pub const BUSY: &str = "Reading the beginning of the object…";
/// Gives it up.
pub const STOP: &str = "Stop";
/// Closes it.
pub const CLOSE: &str = "Close preview";
/// A file without bytes.
pub const EMPTY: &str = "The file is empty.";
/// The browser cannot decode a picture.
pub const BROKEN_PICTURE: &str = "This browser cannot show the picture. Download it to open it elsewhere.";
/// The bytes of other files.
pub const FIRST_BYTES: &str = "First bytes, hexadecimal";
/// Why older formats have no preview.
pub const LOCKED: &str = "Older formats have no preview: they stay closed unless you unlock them.";

/// No preview, and what to do instead.
pub fn none(why: NoPreview) -> (String, String) {
    let what = match why {
        NoPreview::OneTag => {
            "No preview: one tag at the end authenticates this object as a whole, a part of it could have been altered unnoticed."
                .into()
        }
        NoPreview::Signature => {
            "No preview: nothing of a signed object is shown before its signature was checked, which takes all of it.".into()
        }
        NoPreview::LongFrames { limit } => format!(
            "No preview: this object is authentic in frames only, and they are so long that it would fetch more than {}.",
            format::size(limit)
        ),
        NoPreview::LargePicture { limit } => format!("No preview: a picture of more than {}.", format::size(limit)),
        NoPreview::Pixels => "No preview: the picture claims more pixels than a page can hold, or hides how many it has.".into(),
    };
    (what, "Download it to see it.".into())
}

/// What vouches for what is shown.
pub fn proof(proof: Proof) -> String {
    match proof {
        Proof::Nothing => {
            "Not authenticated: this object is not encrypted by a client, so the storage or anyone who may write \
            to the bucket can have altered it."
                .into()
        }
        Proof::Frames { of: 1, .. } => "Authenticated: the file's only frame was read and checked.".into(),
        Proof::Frames { opened, of } if opened == of => {
            format!(
                "Authenticated: all {} frames were read and checked.",
                format::count(of.into())
            )
        }
        Proof::Frames { opened, of } => format!(
            "Authenticated: {} of {} frames were read and checked, the final one for the length.",
            format::count(opened.into()),
            format::count(of.into())
        ),
        Proof::Whole => "Authenticated: the whole object was read and its tag checked.".into(),
        Proof::Signature => "Authenticated: the whole object was read, its frames and its signature checked.".into(),
    }
}

/// What kind of thing is shown, and how much of it.
pub fn extent(preview: &Preview) -> String {
    let part = if preview.shown == preview.length {
        String::new()
    } else {
        format!(
            ", the first {} of {}",
            format::size(preview.shown),
            format::size(preview.length)
        )
    };
    match &preview.content {
        PreviewContent::Empty => EMPTY.into(),
        PreviewContent::Text { encoding, .. } => format!("Text ({encoding}){part}."),
        PreviewContent::Table { table, encoding } => {
            let columns = if table.more_columns {
                "the first columns of "
            } else {
                ""
            };
            let rows = if table.more_rows { "the first rows of " } else { "" };
            format!("Table ({encoding}): {columns}{rows}{}.", format::size(preview.length))
        }
        PreviewContent::Picture { media_type, .. } => {
            format!("Picture ({media_type}), {}.", format::size(preview.length))
        }
        PreviewContent::Binary { name: Some(name), .. } => {
            format!("This is {name}; there is nothing to show of it here.")
        }
        PreviewContent::Binary { name: None, .. } => "Neither text nor a picture this page can show.".into(),
    }
}

/// For the live region.
pub fn announced(preview: &Preview) -> String {
    format!("Preview of {}. {}", preview.key, extent(preview))
}

/// The picture of this object, for those who do not see it.
pub fn picture_of(key: &str) -> String {
    format!("Preview of {key}")
}
