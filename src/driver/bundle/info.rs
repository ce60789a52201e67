//! What is asked for and what is shown of many objects at once: plain values.

use std::rc::Rc;

use crate::driver::Problem;

/// What a person chose of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// An object.
    Object {
        /// Its key.
        key: String,
        /// Stored bytes.
        size: u64,
    },
    /// Every object whose key begins with this.
    Prefix(String),
}

/// Where many objects go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BundleInto {
    /// One ZIP, handed to the browser as a download.
    #[default]
    Zip,
    /// A folder of this computer that the person picks. Must be sent from a click.
    Folder,
}

/// A file that was saved under another name than the key says, or whose content says it belongs elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// Object key.
    pub key: String,
    /// Path of the file.
    pub path: String,
    /// The key the object was written under, if that is another one.
    pub written_as: Option<String>,
}

/// The words of the two texts that may go along with the files.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// What is missing, and why.
    pub missing: fn(&[(String, Problem)]) -> String,
    /// What has another name.
    pub names: fn(&[Renaming]) -> String,
}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BundleInfo {
    /// Where to.
    pub into: BundleInto,
    /// Name of the ZIP or of the folder.
    pub name: String,
    /// Objects in all, once they were counted.
    pub total: Option<u64>,
    /// Objects that are there.
    pub saved: u64,
    /// Of these, decrypted and authenticated.
    pub verified: u64,
    /// Of these, stored without client-side encryption: nothing to verify.
    pub plain: u64,
    /// Objects that are not there.
    pub missing: u64,
    /// Files with another name than their key.
    pub renamed: u64,
    /// Files whose content was written under another key.
    pub relocated: u64,
    /// The object under way.
    pub now: String,
    /// The first that are not there, and why.
    pub first_missing: Rc<Vec<(String, Problem)>>,
}

/// What happens with many objects, outside of the list of transfers.
#[derive(Clone, Debug)]
pub enum ManyEvent {
    /// It could not be begun.
    Refused(Problem),
    /// So many objects were counted so far.
    Counted {
        /// Objects.
        objects: u64,
        /// Stored bytes.
        bytes: u64,
        /// Whether these are all.
        all: bool,
    },
    /// Objects were deleted, or not.
    Deleted {
        /// Keys that are gone.
        gone: Vec<String>,
        /// Keys that are still there, and why.
        failed: Vec<(String, Problem)>,
        /// Whether that was all; a problem that ended it early.
        over: Option<Result<(), Problem>>,
    },
}
