//! Uploads that an earlier page left: listed, gone on with, discarded.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::engine::{Engine, Job};
use super::kept::Kept;
use super::recipients::{self, Found};
use super::record::{self, Record};
use super::session::Session;
use super::upload::UploadJob;
use super::{
    ContextPairs, Direction, Event, Problem, Recipient, Unfinished, UploadEncryption, WriteFormat, sse_wish,
    upload_again,
};
use crate::platform::files::FileHandle;
use crate::platform::lock::Lock;
use crate::s3::CustomerKey;
use crate::transfer::Checkpoint;

impl Engine {
    /// Transfers with the connected bucket that an earlier page left, and that no transfer of this page goes on with.
    pub(super) async fn list_unfinished(&self) {
        let Ok(session) = self.session() else { return };
        self.list_unfinished_downloads().await;
        let going_up = self.queue.keys_going_up(&session.place());
        let held = session.customer_keys.borrow().all();
        let files = self.kept.files().await;
        let checkpoints = self.kept.list(&session.place()).await.into_iter();
        let unfinished = checkpoints
            .filter(|checkpoint| !going_up.contains(&checkpoint.key))
            .map(|checkpoint| Unfinished {
                fingerprint: checkpoint.recipients().collect::<Vec<_>>().join(", "),
                starts_over: record::is_signed(&checkpoint.header)
                    || (checkpoint.is_plain() && sse_wish::hides_md5(&checkpoint.sse)),
                has_file: files.contains_key(&checkpoint.id),
                id: checkpoint.id,
                key: checkpoint.key,
                size: checkpoint.file.size,
                started: checkpoint.started_ms,
                needs_customer_key: sse_wish::request(&checkpoint.sse, &held).is_err(),
            });
        self.tell(&session, Event::Unfinished(unfinished.collect()));
        self.files.replace(files);
    }

    pub(super) async fn go_on(self: &Rc<Self>, id: &str, file: FileHandle) -> Result<(), Problem> {
        let session = self.session()?;
        let mut checkpoints = self.kept.list(&session.place()).await.into_iter();
        let checkpoint = checkpoints
            .find(|checkpoint| checkpoint.id == id)
            .ok_or(Problem::Cancelled)?;
        let (key, replace) = (checkpoint.key.clone(), checkpoint.replace);
        let (encryption, found, context, format) = if checkpoint.is_plain() {
            (
                UploadEncryption::Off,
                Found::default(),
                ContextPairs::default(),
                self.format.get(),
            )
        } else {
            let record = Record::read(&checkpoint.header).ok_or(Problem::Cancelled)?;
            let found = self.recipients_of(&checkpoint, &record);
            if !found.can_open {
                return Err(Problem::KeyNeeded {
                    needed: Some(checkpoint.recipients().collect::<Vec<_>>().join(", ")),
                });
            }
            let encryption = UploadEncryption::For(found.held.clone());
            (encryption, found, record.context(), record.format())
        };
        let sse = sse_wish::request(&checkpoint.sse, &session.customer_keys.borrow().all())?;
        let mut checks = self.checks.get();
        checks.hash |= checkpoint.hash;
        let kept = Rc::new(self.kept.load(checkpoint).await);
        let collides = self.queue.keys_going_up(&session.place()).contains(&key);
        let job = UploadJob {
            collides,
            session,
            sse,
            file,
            key: key.clone(),
            encryption,
            found,
            context,
            format,
            replace,
            checks,
            // Of two clicks, only the first goes on with it, and gives it up when it is cancelled.
            kept: RefCell::new((!collides).then(|| kept.clone())),
            stored: RefCell::default(),
        };
        if !kept.looks_like(job.print()) {
            return Err(Problem::OtherFile);
        }
        let size = job.file.size();
        let encrypted = job.encryption != UploadEncryption::Off;
        self.queue
            .add(Direction::Upload, key, size, encrypted, Job::Upload(job));
        self.clone().run_queue();
        Ok(())
    }

    /// The recipients of an upload that was begun, as far as they are here.
    fn recipients_of(&self, checkpoint: &Checkpoint, record: &Record) -> Found {
        let (vault, kms) = (self.vault.borrow(), self.kms.borrow());
        recipients::find(&vault, &kms, checkpoint.recipients(), record.kdf_entry())
    }

    /// Whether an upload that was begun is what would be written now: in this format, with this context, for the same
    /// recipients, one of whom is here to go on with it.
    pub(super) fn is_the_same(
        &self,
        checkpoint: &Checkpoint,
        format: WriteFormat,
        recipients: &[Recipient],
        context: &ContextPairs,
    ) -> bool {
        if checkpoint.is_plain() {
            return recipients.is_empty();
        }
        let Some(record) = Record::read(&checkpoint.header) else {
            return false;
        };
        let found = self.recipients_of(checkpoint, &record);
        record.format() == format
            && (!record.has_context() || record.context() == *context)
            && found.is_exactly(recipients)
            && found.can_open
    }

    /// Holds the SSE-C key that this unfinished upload was begun with.
    pub(super) async fn take_customer_key(&self, id: &str, key: &CustomerKey) -> Result<(), Problem> {
        let session = self.session()?;
        let checkpoints = self.kept.list(&session.place()).await;
        let mut of_upload = checkpoints.iter().filter(|checkpoint| checkpoint.id == id);
        if !of_upload.any(|checkpoint| sse_wish::is_key_of(&checkpoint.sse, key)) {
            return Err(Problem::CustomerKeyOfUpload);
        }
        session.customer_keys.borrow_mut().add(key);
        Ok(())
    }

    pub(super) async fn discard(self: &Rc<Self>, id: &str) -> Result<(), Problem> {
        let session = self.session()?;
        let mut checkpoints = self.kept.list(&session.place()).await.into_iter();
        let Some(checkpoint) = checkpoints.find(|checkpoint| checkpoint.id == id) else {
            self.discard_download(&session, id).await;
            return Ok(());
        };
        if matches!(Lock::try_take(&checkpoint.lock_name()).await, Ok(None)) {
            return Err(Problem::UsedElsewhere);
        }
        upload_again::abandon(self, &session, &Kept::new(checkpoint, None, None)).await
    }

    /// For each key that an earlier page left unfinished: what is needed to go on.
    pub(super) async fn earlier_runs(&self, session: &Session, keys: &[String]) -> HashMap<String, Rc<Kept>> {
        let mut earlier = HashMap::new();
        for checkpoint in self.kept.list(&session.place()).await {
            if keys.contains(&checkpoint.key) {
                let key = checkpoint.key.clone();
                earlier.insert(key, Rc::new(self.kept.load(checkpoint).await));
            }
        }
        earlier
    }
}
