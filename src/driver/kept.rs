//! Uploads that can go on: what is known of them in this page, and what the browser keeps of them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::Problem;
use super::hashing::Hashing;
use super::store::Store;
use super::writing::Writing;
use crate::platform::file_access::KeptFile;
use crate::platform::files::FileHandle;
use crate::platform::records::Records;
use crate::transfer::{Checkpoint, FilePrint, tags_from_text, tags_to_text};

/// An upload that has begun, with the tags of every part that may have been sent.
pub(super) struct Kept {
    pub(super) checkpoint: Checkpoint,
    tags: RefCell<HashMap<u16, Vec<u8>>>,
    /// The browser has its record, so another page may go on with it.
    is_recorded: Cell<bool>,
    /// In the page that began it: what it is encrypted with.
    pub(super) writing: Option<Rc<Writing>>,
    /// In the page that began it: the hash of what was read, where one is computed.
    pub(super) hashing: Option<Rc<Hashing>>,
    /// Begun by another page than this one.
    pub(super) is_from_disk: bool,
}

impl Kept {
    pub(super) fn new(checkpoint: Checkpoint, writing: Option<Rc<Writing>>, hashing: Option<Rc<Hashing>>) -> Self {
        Kept {
            checkpoint,
            tags: RefCell::default(),
            is_recorded: Cell::new(false),
            writing,
            hashing,
            is_from_disk: false,
        }
    }

    /// Whether this may be the same file. The tags decide.
    pub(super) fn looks_like(&self, file: FilePrint) -> bool {
        self.checkpoint.file == file
    }

    /// Whether the part was made before.
    pub(super) fn knows(&self, part: u16) -> bool {
        self.tags.borrow().contains_key(&part)
    }

    /// Notes the tags of a part that was made. `false` when it was made before and had others: the file has changed,
    /// and this body must never be sent.
    #[must_use]
    pub(super) fn note(&self, part: u16, tags: &[u8]) -> bool {
        let mut known = self.tags.borrow_mut();
        let known = known.entry(part).or_insert_with(|| tags.to_vec());
        known == tags
    }

    /// Takes back the tags of a part that is not sent: nothing is known of it.
    pub(super) fn unnote(&self, part: u16) {
        self.tags.borrow_mut().remove(&part);
    }
}

/// What the browser keeps. Where it keeps nothing, uploads can still be paused, but not survive a reload.
#[derive(Default)]
pub(super) struct KeptUploads(Store);

impl KeptUploads {
    /// Keeps a new upload. It must be kept before its first part is sent. Where the browser gives a handle on the file,
    /// that is kept too.
    pub(super) async fn begin(&self, kept: &Kept, file: &FileHandle) {
        let checkpoint = &kept.checkpoint;
        let put = async |records: &Records| records.put(&checkpoint.record(), &checkpoint.to_text()).await.ok();
        kept.is_recorded.set(self.0.with(put).await.is_some());
        let Some(origin) = file.origin().filter(|_| kept.is_recorded.get()) else {
            return;
        };
        if let Some(handle) = origin.handle().await {
            let put = async |records: &Records| records.put_file(&checkpoint.file_record(), &handle).await.ok();
            // Without it the file is chosen again.
            let _ = self.0.with(put).await;
        }
    }

    /// Handles on the files of uploads that could go on, by the uploads' ids.
    pub(super) async fn files(&self) -> HashMap<String, KeptFile> {
        let all = self
            .0
            .with(async |records| records.files(Checkpoint::all_file_records()).await.ok())
            .await;
        let files = all.into_iter().flatten();
        files
            .filter_map(|(record, file)| Some((Checkpoint::id_of_file_record(&record)?.to_owned(), file)))
            .collect()
    }

    /// Keeps the tags of a part. When this is done they are on the disk, or the upload is not kept at all: a part that
    /// may have been sent must never be made again without them.
    ///
    /// # Errors
    /// [`Problem::FileChanged`] when another tab made this part of something else, and a problem of the browser when it
    /// can neither keep the tags nor forget the upload. In both cases the part must not be sent.
    pub(super) async fn keep_part(&self, kept: &Kept, part: u16, tags: &[u8]) -> Result<(), Problem> {
        if !kept.is_recorded.get() {
            return Ok(());
        }
        let (record, text) = (kept.checkpoint.part_record(part), tags_to_text(tags));
        let put = async |records: &Records| records.put_first(&record, &text).await.ok();
        match self.0.with(put).await {
            Some(None) => Ok(()),
            Some(Some(there)) if there == text => Ok(()),
            Some(Some(_)) => Err(Problem::FileChanged),
            None if self.forget(&kept.checkpoint).await => {
                kept.is_recorded.set(false);
                Ok(())
            }
            None => Err(Problem::Browser {
                detail: "it can neither keep nor forget what is needed to go on with this upload".to_owned(),
            }),
        }
    }

    /// Forgets an upload that is over. Gives whether nothing of it can be gone on with any more.
    pub(super) async fn forget(&self, checkpoint: &Checkpoint) -> bool {
        let is_forgotten = self.0.with(async |records| {
            // Without the first record the others mean nothing; so it goes first.
            records.remove(&checkpoint.record()).await.ok()?;
            // These only take room.
            drop(records.remove(&checkpoint.file_record()).await);
            drop(records.remove(&checkpoint.part_records()).await);
            Some(())
        });
        is_forgotten.await.is_some()
    }

    /// Uploads to this place that could go on.
    pub(super) async fn list(&self, place: &str) -> Vec<Checkpoint> {
        let all = self
            .0
            .with(async |records| records.all(Checkpoint::all_records()).await.ok())
            .await;
        let checkpoints = all.into_iter().flatten();
        checkpoints
            .filter_map(|(_, text)| Checkpoint::from_text(&text))
            .filter(|checkpoint| checkpoint.place == place)
            .collect()
    }

    /// One of them, with its tags.
    pub(super) async fn load(&self, checkpoint: Checkpoint) -> Kept {
        let records = self
            .0
            .with(async |records| records.all(&checkpoint.part_records()).await.ok())
            .await;
        let tags = records.into_iter().flatten();
        let tags = tags
            .filter_map(|(record, text)| Some((Checkpoint::part_of_record(&record)?, tags_from_text(&text)?)))
            .collect();
        Kept {
            checkpoint,
            tags: RefCell::new(tags),
            is_recorded: Cell::new(true),
            writing: None,
            hashing: None,
            is_from_disk: true,
        }
    }
}
