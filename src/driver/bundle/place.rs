//! Where the files of a bundle go: a ZIP, or a folder.

use super::archive::Archive;
use super::tree::Tree;
use super::zip::Entry;
use crate::driver::Problem;
use crate::driver::sink::Sink;

pub(super) enum Place {
    Zip(Box<Archive>),
    Folder(Tree),
}

/// A file that was begun.
pub(super) struct Begun {
    path: String,
    length: u64,
    entry: Option<Entry>,
}

impl Begun {
    /// The path that was asked for.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl Place {
    /// Where content is written before it is authentic.
    pub(super) fn sink(&self) -> &Sink {
        match self {
            Place::Zip(archive) => archive.sink(),
            Place::Folder(tree) => tree.sink(),
        }
    }

    pub(super) async fn begin(&self, path: String, length: u64, modified: u64) -> Result<Begun, Problem> {
        let entry = match self {
            Place::Zip(archive) => Some(archive.begin(&path, length, modified).await?),
            Place::Folder(tree) => {
                tree.begin(length).await?;
                None
            }
        };
        Ok(Begun { path, length, entry })
    }

    /// The content is whole and authentic. Gives the path that the file has: `spare`, where it may not have its own.
    pub(super) async fn finish(&mut self, begun: Begun, spare: impl FnOnce() -> String) -> Result<String, Problem> {
        match (self, begun.entry) {
            (Place::Zip(archive), Some(entry)) => archive.finish(entry).await.map(|()| begun.path),
            (Place::Folder(tree), _) => tree.finish(&begun.path, begun.length, spare).await,
            (Place::Zip(_), None) => Err(crate::driver::upload_work::lost("entry")),
        }
    }

    /// Nothing of the file that was begun stays.
    pub(super) async fn abandon(&self) -> Result<(), Problem> {
        match self {
            Place::Zip(archive) => archive.abandon().await,
            // The next file begins with an empty one anyway.
            Place::Folder(_) => Ok(()),
        }
    }

    /// The same for a file whose content is in memory.
    pub(super) async fn put(
        &mut self,
        path: String,
        content: &[u8],
        modified: u64,
        spare: impl FnOnce() -> String,
    ) -> Result<String, Problem> {
        match self {
            Place::Zip(archive) => archive.put(&path, content, modified).await.map(|()| path),
            Place::Folder(tree) => tree.put(&path, content, spare).await,
        }
    }

    /// A folder without anything in it.
    pub(super) async fn make_folder(&mut self, path: String) -> Result<(), Problem> {
        match self {
            Place::Zip(archive) => archive.put(&path, &[], 0).await,
            Place::Folder(tree) => tree.make_folder(&path).await,
        }
    }

    /// Everything is in it.
    pub(super) async fn hand_over(self, name: &str) -> Result<(), Problem> {
        match self {
            Place::Zip(archive) => archive.hand_over(name).await,
            Place::Folder(_) => Ok(()),
        }
    }
}
