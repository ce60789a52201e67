//! Files written into a folder of this computer, each after it was authenticated in private storage.

use crate::driver::Problem;
use crate::driver::names::safe_segment;
use crate::driver::sink::{Part, Sink, browser, check_room};
use crate::platform::error::BrowserError;
use crate::platform::files::FileHandle;
use crate::platform::folder::Folder;

/// Files smaller than this are written without asking for room first.
const SMALL: u64 = 1 << 20;

/// A new folder, so that nothing that was there is touched.
pub(super) struct Tree {
    folder: Folder,
    sink: Sink,
}

impl Tree {
    /// A folder of that name in the one that was picked; with a number, if there is one already.
    pub(super) async fn create(picked: &Folder, name: &str) -> Result<(Tree, String), Problem> {
        let name = safe_segment(name);
        let mut fresh = name.clone();
        for number in 2.. {
            if !picked.has(&fresh).await.map_err(browser)? {
                break;
            }
            fresh = format!("{name} ({number})");
        }
        let tree = Tree {
            folder: picked.create(&fresh).await.map_err(browser)?,
            sink: Sink::open(0).await?,
        };
        Ok((tree, fresh))
    }

    /// Where the content of the next file waits.
    pub(super) fn sink(&self) -> &Sink {
        &self.sink
    }

    /// Makes room for a file.
    pub(super) async fn begin(&self, length: u64) -> Result<(), Problem> {
        if length >= SMALL && self.sink.private().is_some() {
            check_room(length).await?;
        }
        self.sink.start_over().await
    }

    /// The file's content is there and authentic: into its place with it. Gives the path it has now: `spare`, if the browser
    /// refuses the name it was to have.
    pub(super) async fn finish(
        &self,
        path: &str,
        length: u64,
        spare: impl FnOnce() -> String,
    ) -> Result<String, Problem> {
        let file = self.sink.file().await?;
        if file.size() != length {
            return Err(crate::driver::upload_work::lost("file's end"));
        }
        self.write(path, &file, spare).await
    }

    /// The same for a file whose content is in memory.
    pub(super) async fn put(
        &self,
        path: &str,
        content: &[u8],
        spare: impl FnOnce() -> String,
    ) -> Result<String, Problem> {
        self.write(path, &Part::new(content)?.file, spare).await
    }

    /// A folder, with those it is in.
    pub(super) async fn make_folder(&self, path: &str) -> Result<(), Problem> {
        self.open(path).await.map(|_| ()).map_err(not_written)
    }

    async fn open(&self, path: &str) -> Result<Folder, BrowserError> {
        let mut folder = self.folder.clone();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            folder = folder.create(name).await?;
        }
        Ok(folder)
    }

    async fn write(&self, path: &str, content: &FileHandle, spare: impl FnOnce() -> String) -> Result<String, Problem> {
        match self.write_as(path, content).await {
            // Browsers refuse more endings than we know.
            Err(error) if error.name == "TypeError" => {
                let spare = spare();
                self.write_as(&spare, content).await.map_err(not_written)?;
                Ok(spare)
            }
            written => written.map(|()| path.to_owned()).map_err(not_written),
        }
    }

    async fn write_as(&self, path: &str, content: &FileHandle) -> Result<(), BrowserError> {
        let (parents, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.open(parents).await?.write(name, content).await
    }
}

/// One file or folder that was not written. Where the person took the permission back, or the folder away, and where the
/// disk is full, the others would not be written either.
fn not_written(error: BrowserError) -> Problem {
    if error.is_no_space() || error.is_not_found() || error.name == "NotAllowedError" {
        return browser(error);
    }
    Problem::NotWritten {
        detail: error.to_string(),
    }
}
