//! Files written into a folder of this computer, each after it was authenticated in private storage.

use crate::driver::Problem;
use crate::driver::sink::{Part, Sink, browser, check_room};
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
        let mut fresh = name.to_owned();
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

    /// The file's content is there and authentic: into its place with it. Gives the path it has now.
    pub(super) async fn finish(&self, path: &str, length: u64) -> Result<String, Problem> {
        let file = self.sink.file().await?;
        if file.size() != length {
            return Err(crate::driver::upload_work::lost("file's end"));
        }
        self.write(path, &file).await
    }

    /// A file whose content is in memory.
    pub(super) async fn put(&self, path: &str, content: &[u8]) -> Result<String, Problem> {
        self.write(path, &Part::new(content)?.file).await
    }

    /// A folder, with those it is in.
    pub(super) async fn make_folder(&self, path: &str) -> Result<Folder, Problem> {
        let mut folder = self.folder.clone();
        for name in path.split('/').filter(|name| !name.is_empty()) {
            folder = folder.create(name).await.map_err(browser)?;
        }
        Ok(folder)
    }

    async fn write(&self, path: &str, content: &FileHandle) -> Result<String, Problem> {
        let (parents, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = self.make_folder(parents).await?;
        match folder.write(name, content).await {
            // Browsers refuse more names than file systems do: endings that a system would act upon.
            Err(error) if error.name == "TypeError" => {
                folder.write(&format!("{name}_"), content).await.map_err(browser)?;
                Ok(format!("{path}_"))
            }
            written => written.map(|()| path.to_owned()).map_err(browser),
        }
    }
}
