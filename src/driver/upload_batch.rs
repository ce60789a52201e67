//! Files that were picked together, and become uploads.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::engine::{Engine, Job};
use super::recipients::Found;
use super::upload::UploadJob;
use super::{
    BatchId, Direction, Event, Existing, PickedEntry, Problem, Recipient, UploadEncryption, conflicts, names, sse_wish,
};
use crate::platform::clock;
use crate::platform::files::{Dropped, PickedFile};

impl Engine {
    /// Tells the app of files that were picked or dropped; they wait until it says what is to be done with them.
    pub(super) fn announce(&self, dropped: Dropped) {
        let batch = BatchId(self.next_batch.get());
        self.next_batch.set(batch.0 + 1);
        let entry = |file: &PickedFile| PickedEntry {
            path: names::object_key("", &file.path),
            size: file.size,
        };
        let entries = Rc::new(dropped.files.iter().map(entry).collect());
        self.batches.borrow_mut().insert(batch, Rc::new(dropped.files));
        self.emit(Event::Picked {
            batch,
            entries,
            unreadable: dropped.unreadable,
        });
    }

    /// Puts the uploads of a batch on the list, unless the person has to be asked about objects that are there.
    pub(super) async fn upload(
        self: &Rc<Self>,
        batch: BatchId,
        prefix: &str,
        encryption: UploadEncryption,
        existing: Existing,
    ) -> Result<(), Problem> {
        let recipients = match &encryption {
            UploadEncryption::For(recipients) => recipients.as_slice(),
            UploadEncryption::Off => &[],
        };
        for recipient in recipients {
            if let Recipient::Key(id) = recipient {
                self.vault.borrow().for_writing(*id)?;
            }
        }
        let session = self.session()?;
        let files = self.batches.borrow().get(&batch).cloned().ok_or(Problem::Cancelled)?;
        let keys: Vec<_> = files.iter().map(|file| names::object_key(prefix, &file.path)).collect();
        // With ten thousand of them, what follows is a task of its own, so that the page stays alive.
        clock::sleep(Duration::ZERO).await;
        let taken = match existing {
            Existing::Replace => Default::default(),
            _ => conflicts::taken(&session, &keys).await?,
        };
        if existing == Existing::Ask && !taken.is_empty() {
            let keys = Rc::new(taken.into_iter().collect());
            self.emit(Event::Conflicts {
                batch,
                keys,
                total: files.len(),
            });
            return Ok(());
        }
        // Sent twice (a double click), the batch is gone the second time.
        if self.batches.borrow_mut().remove(&batch).is_none() {
            return Ok(());
        }
        let replace = existing == Existing::Replace;
        let sse = session.upload_sse();
        let mut earlier = self.earlier_runs(&session, &keys).await;
        // One that asked for other SSE, or was encrypted otherwise than files are now, is left to its own list.
        let (format, context) = (self.format.get(), self.context.borrow().pairs.clone());
        earlier.retain(|_, kept| {
            kept.checkpoint.sse == sse_wish::of(&sse)
                && self.is_the_same(&kept.checkpoint, format, recipients, &context)
        });
        let mut going_up = self.queue.keys_going_up(&session.place());
        for (file, key) in files.iter().zip(keys).filter(|(_, key)| !taken.contains(key)) {
            let encrypted = encryption != UploadEncryption::Off;
            let collides = !going_up.insert(key.clone());
            // What the other file goes on with is that one's: whoever gives this one up must not end it. An earlier run of
            // the other kind is left to its own list: what was to be encrypted must not be gone on with as it is.
            let kept = earlier
                .remove(&key)
                .filter(|kept| !collides && kept.checkpoint.is_plain() != encrypted);
            let mut checks = self.checks.get();
            checks.hash |= kept.as_ref().is_some_and(|kept| kept.checkpoint.hash);
            let job = UploadJob {
                session: session.clone(),
                sse: sse.clone(),
                kept: RefCell::new(kept),
                stored: RefCell::default(),
                file: file.handle.clone(),
                key: key.clone(),
                encryption: encryption.clone(),
                found: Found::default(),
                context: context.clone(),
                format,
                replace,
                checks,
                collides,
            };
            self.queue
                .add(Direction::Upload, key, file.size, encrypted, Job::Upload(job));
        }
        self.clone().run_queue();
        self.list_unfinished().await;
        Ok(())
    }
}
