//! What a preview shows, as plain values.

use std::rc::Rc;

use crate::preview::Table;

/// The head of one object, to be shown in the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// Object key.
    pub key: String,
    /// What there is to see.
    pub content: PreviewContent,
    /// What vouches for it.
    pub proof: Proof,
    /// Bytes of the whole file.
    pub length: u64,
    /// Bytes of it that are shown.
    pub shown: u64,
    /// The object key it was written under, authentic, if that is another one.
    pub written_as: Option<String>,
}

/// What there is to see.
#[derive(Clone, PartialEq)]
pub enum PreviewContent {
    /// The file has no bytes.
    Empty,
    /// Text.
    Text {
        /// As decoded.
        text: String,
        /// The encoding's name.
        encoding: &'static str,
    },
    /// The head of a table.
    Table {
        /// It.
        table: Table,
        /// The encoding's name.
        encoding: &'static str,
    },
    /// A picture.
    Picture {
        /// All its bytes.
        bytes: Rc<[u8]>,
        /// The media type its bytes show.
        media_type: &'static str,
    },
    /// Nothing for people.
    Binary {
        /// What it is, if that is known.
        name: Option<&'static str>,
        /// Its first bytes.
        head: Vec<u8>,
    },
}

impl std::fmt::Debug for PreviewContent {
    /// Without the plaintext, which is nobody's business in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PreviewContent::Empty => "Empty",
            PreviewContent::Text { .. } => "Text(<redacted>)",
            PreviewContent::Table { .. } => "Table(<redacted>)",
            PreviewContent::Picture { .. } => "Picture(<redacted>)",
            PreviewContent::Binary { .. } => "Binary(<redacted>)",
        })
    }
}

/// What vouches for the bytes shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing: the object is not encrypted by a client, or not visibly.
    Nothing,
    /// The frames that were read, the final one among them.
    Frames {
        /// How many were opened.
        opened: u32,
        /// How many there are.
        of: u32,
    },
    /// The whole object was read and is authentic.
    Whole,
    /// The whole object was read, and its signature is right.
    Signature,
}

/// Why an object has no preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPreview {
    /// Its one tag authenticates all of it together, and all of it is too much.
    OneTag,
    /// Its signature is over all of it, and all of it is too much.
    Signature,
    /// Its frames are so long that more would have to be fetched than this many bytes.
    LongFrames {
        /// The limit in bytes.
        limit: u64,
    },
    /// A picture, and larger than this many bytes.
    LargePicture {
        /// The limit in bytes.
        limit: u64,
    },
    /// A picture that claims too many pixels, or does not say how many it has.
    Pixels,
}
