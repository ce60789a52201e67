//! The driver itself: takes intents, runs the loops, emits events.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use super::bundle::{self, BundleJob};
use super::credentials::Credentials;
use super::download::DownloadJob;
use super::glance::Glances;
use super::kept::{Kept, KeptUploads};
use super::kept_downloads::KeptDownloads;
use super::kms::KmsKey;
use super::leftovers::{self, LeftoverJobs};
use super::look::{self, Beside};
use super::many::{self, Many};
use super::opening::How;
use super::preview::{self, Previews};
use super::queue::{Queue, SMALL_UPLOADS_AT_A_TIME, final_state};
use super::recipients::{self, Found};
use super::record::{self, Record};
use super::roll_call::RollCall;
use super::session::Session;
use super::storage::{self, StorageEvent, StorageJobs};
use super::upload::{UploadJob, longest_small_body, longest_standard_body};
use super::vault::{Vault, key_file, key_file_name};
use super::{
    BatchId, ContextPairs, ContextWish, Direction, Event, Intent, KeyId, KeyKind, KeyOrigin, ManyEvent, Pace,
    PickedEntry, Problem, Recipient, TransferId, Unfinished, UploadChecks, UploadEncryption, WriteFormat, bucket_check,
    conflicts, connect, download, glance, key_text, names, sse_wish, upload, upload_again,
};
use crate::encryption::s3ec::CommitmentPolicy;
use crate::encryption::{Key, RsaPrivateKey, WrappingKey};
use crate::kms::KmsEndpoint;
use crate::platform::buffer::BufferPool;
use crate::platform::file_access::{self, KeptFile};
use crate::platform::files::{self, Dropped, FileHandle, PickedFile};
use crate::platform::lock::Lock;
use crate::platform::workers::{WorkerPool, default_size};
use crate::platform::{clock, random, save, webcrypto};
use crate::s3::CustomerKey;
use crate::transfer::Checkpoint;

/// The app hears of a change this much later: others come with it.
const TOGETHER: Duration = Duration::from_millis(50);
/// Time from one hearing of changes to the next, at least and at most. What draws takes the processor away from what is being
/// sent: a page that is slow to draw is drawn less often.
const BATCH: RangeInclusive<Duration> = Duration::from_millis(400)..=Duration::from_secs(1);
/// How much longer than a drawing takes the next one waits.
const DRAWING_SHARE: f64 = 25.0;
/// Between two of many batches.
const BREATH: Duration = Duration::from_millis(20);
/// How often the app hears how fast transfers go.
const PACE: Duration = Duration::from_secs(1);
/// Bodies of parts in memory, over all uploads. Small files have their own.
const BODIES: usize = 6;
/// Size of key pairs made here, bits.
const RSA_BITS: u32 = 3072;
/// Workers without a task are ended after this.
const IDLE: Duration = Duration::from_secs(30);

/// What a transfer does.
pub(super) enum Job {
    Upload(UploadJob),
    Download(DownloadJob),
    Bundle(Box<BundleJob>),
}

/// Runs what the app asks for. Clones are the same driver.
#[derive(Clone)]
pub struct Driver(Rc<Engine>);

/// What the loops share.
pub(super) struct Engine {
    emit: Box<dyn Fn(Event)>,
    session: RefCell<Option<Rc<Session>>>,
    pub(super) vault: RefCell<Vault>,
    pub(super) queue: Queue<Job>,
    pub(super) workers: WorkerPool,
    pub(super) bodies: BufferPool,
    pub(super) small_bodies: BufferPool,
    batches: RefCell<BTreeMap<BatchId, Rc<Vec<PickedFile>>>>,
    next_batch: Cell<u64>,
    flushing: Cell<bool>,
    /// When the app may hear of changes again, on the monotonic clock, milliseconds.
    next_flush_ms: Cell<f64>,
    telling_pace: Cell<bool>,
    pub(super) glances: Glances,
    pub(super) previews: Previews,
    pub(super) kept: KeptUploads,
    pub(super) kept_downloads: KeptDownloads,
    pub(super) roll_call: RollCall,
    format: Cell<WriteFormat>,
    checks: Cell<UploadChecks>,
    /// Handles on the files of unfinished uploads, by the uploads' ids: at hand within a click.
    files: RefCell<HashMap<String, KeptFile>>,
    /// What is opened without asking.
    pub(super) policy: Cell<CommitmentPolicy>,
    /// What new objects say, and those that are opened must.
    pub(super) context: RefCell<ContextWish>,
    kms: RefCell<Option<Rc<KmsKey>>>,
    pub(super) storage: StorageJobs,
    pub(super) many: Many,
    pub(super) leftovers: LeftoverJobs,
    pub(super) credentials: Credentials,
}

impl Job {
    /// The connection it was asked for on.
    pub(super) fn session(&self) -> &Rc<Session> {
        match self {
            Job::Upload(job) => &job.session,
            Job::Download(job) => &job.session,
            Job::Bundle(job) => &job.session,
        }
    }
}

impl Driver {
    /// Starts a driver; `emit` hears of everything that happens.
    pub fn start(emit: impl Fn(Event) + 'static) -> Driver {
        let engine = Engine {
            emit: Box::new(emit),
            session: RefCell::default(),
            vault: RefCell::default(),
            queue: Queue::default(),
            workers: WorkerPool::new(default_size(), IDLE),
            bodies: BufferPool::new(longest_standard_body(), BODIES),
            small_bodies: BufferPool::new(longest_small_body(), SMALL_UPLOADS_AT_A_TIME),
            batches: RefCell::default(),
            next_batch: Cell::new(0),
            flushing: Cell::new(false),
            next_flush_ms: Cell::new(0.0),
            telling_pace: Cell::new(false),
            glances: Glances::default(),
            previews: Previews::default(),
            kept: KeptUploads::default(),
            kept_downloads: KeptDownloads::default(),
            roll_call: RollCall::default(),
            format: Cell::default(),
            checks: Cell::default(),
            files: RefCell::default(),
            policy: Cell::default(),
            context: RefCell::default(),
            kms: RefCell::default(),
            storage: StorageJobs::default(),
            many: Many::default(),
            leftovers: LeftoverJobs::default(),
            credentials: Credentials::default(),
        };
        let engine = Rc::new(engine);
        engine
            .clone()
            .spawn(async |engine: Rc<Engine>| engine.kept_downloads.sweep().await);
        Driver(engine)
    }

    /// Carries out an intent. Never blocks; the answer is an event.
    pub fn send(&self, intent: Intent) {
        self.0.clone().take(intent);
    }

    /// Takes the files of an input element. Emits `Picked`.
    pub fn pick_files(&self, list: &web_sys::FileList) {
        let collecting = files::collect(list);
        let engine = self.0.clone();
        spawn_local(async move {
            let (files, unreadable) = (collecting.await, Vec::new());
            engine.announce(Dropped { files, unreadable });
        });
    }

    /// Takes the file of an unfinished upload, to go on with it.
    pub fn pick_again(&self, id: String, list: &web_sys::FileList) {
        let Some(file) = files::from_file_list(list).into_iter().next() else {
            return;
        };
        self.0.clone().spawn(async move |engine: Rc<Engine>| {
            if let Err(problem) = engine.go_on(&id, file.handle).await {
                engine.emit(Event::UnfinishedProblem(problem));
            }
            engine.list_unfinished().await;
        });
    }

    /// Goes on with an unfinished upload whose file the browser has a handle on. Call it inside the click: the browser may
    /// want to ask the person.
    pub fn open_again(&self, id: String) {
        let Some(file) = self.0.files.borrow().get(&id).cloned() else {
            return;
        };
        let opening = file.open();
        self.0.clone().spawn(async move |engine: Rc<Engine>| {
            let gone_on = match opening.await {
                Ok(Some(file)) => engine.go_on(&id, file).await,
                Ok(None) => Err(Problem::FileNotAllowed),
                Err(_) => Err(Problem::FileUnreadable),
            };
            if let Err(problem) = gone_on {
                engine.emit(Event::UnfinishedProblem(problem));
            }
            engine.list_unfinished().await;
        });
    }

    /// Asks for files where the browser gives handles on them, and then emits `Picked`. Call it inside the click. `false`
    /// where an input element must ask.
    pub fn ask_for_files(&self) -> bool {
        if !file_access::can_pick() {
            return false;
        }
        let asking = file_access::pick();
        self.0
            .clone()
            .spawn(async move |engine: Rc<Engine>| match asking.await {
                Ok(files) if files.is_empty() => {}
                Ok(files) => engine.announce(Dropped {
                    files,
                    unreadable: Vec::new(),
                }),
                Err(error) => engine.emit(Event::UnfinishedProblem(Problem::Browser {
                    detail: error.to_string(),
                })),
            });
        true
    }

    /// Takes what was dropped; call it inside the drop event. Emits `Picked` when folders have been walked.
    pub fn pick_dropped(&self, transfer: &web_sys::DataTransfer) {
        let walking = files::from_drop(transfer);
        let engine = self.0.clone();
        spawn_local(async move { engine.announce(walking.await) });
    }
}

impl Engine {
    pub(super) fn emit(&self, event: Event) {
        (self.emit)(event);
    }

    /// The connection, if there is one.
    pub(super) fn session(&self) -> Result<Rc<Session>, Problem> {
        self.session.borrow().clone().ok_or(Problem::Cancelled)
    }

    /// The connection to the same place as `earlier`, with the newest credentials for it.
    pub(super) fn session_like(&self, earlier: &Rc<Session>) -> Rc<Session> {
        let current = self.session.borrow().clone();
        current
            .filter(|session| session.place() == earlier.place())
            .unwrap_or_else(|| earlier.clone())
    }

    fn take(self: Rc<Self>, intent: Intent) {
        match intent {
            Intent::Connect { target, credentials } => {
                self.spawn(
                    async move |engine: Rc<Engine>| match connect::connect(target, credentials).await {
                        Ok((session, page, warnings)) => {
                            let target = session.target.clone();
                            if let Ok(earlier) = engine.session() {
                                session.take_customer_keys(&earlier);
                            }
                            engine.take_credentials(&session);
                            engine.session.replace(Some(Rc::new(session)));
                            engine.emit(Event::Connected { target, page, warnings });
                            engine.queue.resume_with_new_credentials();
                            engine.clone().run_queue();
                            engine.list_unfinished().await;
                        }
                        Err((problem, found)) => {
                            engine.emit(Event::Storage(StorageEvent::Diagnosed(found)));
                            engine.emit(Event::ConnectFailed(problem));
                        }
                    },
                )
            }
            Intent::Disconnect => {
                self.cancel_all();
                self.glances.clear();
                self.roll_call.clear();
                self.storage.cancel();
                self.many.stop();
                self.session.replace(None);
                self.flush_soon();
                self.emit(Event::Disconnected);
            }
            Intent::List { prefix, continuation } => self.spawn(async move |engine: Rc<Engine>| {
                let listing = async { engine.session()?.list(&prefix, continuation.as_deref()).await };
                match listing.await {
                    Ok(page) => engine.emit(Event::Listed {
                        prefix,
                        continuation,
                        page,
                    }),
                    Err(problem) => engine.emit(Event::ListFailed { prefix, problem }),
                }
            }),
            Intent::Look { key } => self.spawn(async move |engine: Rc<Engine>| {
                let looking = async { look::look(&engine, &*engine.session()?, &key, Beside::Unknown).await };
                match looking.await {
                    Ok(looked) => engine.emit(Event::Looked(Rc::new(looked.facts))),
                    Err(problem) => engine.emit(Event::LookFailed { key, problem }),
                }
            }),
            Intent::Glance { keys, instructed } => glance::at(&self, keys, &instructed),
            Intent::Preview { key } => preview::show(&self, key),
            Intent::StopPreview => preview::stop(&self),
            Intent::Delete { key, instruction_file } => self.spawn(async move |engine: Rc<Engine>| {
                // The file goes last: without it, an object that stayed could not be read any more.
                for key in [Some(key), instruction_file].into_iter().flatten() {
                    let deleting = async { engine.session()?.delete(&key).await };
                    match deleting.await {
                        Ok(()) => engine.emit(Event::Deleted { key }),
                        Err(problem) => return engine.emit(Event::DeleteFailed { key, problem }),
                    }
                }
            }),
            Intent::GenerateKey { label } => {
                let key = Key::Aes(WrappingKey::new(random::make_array(), "", ""));
                self.add_key(Ok(key), &label, KeyOrigin::Generated);
            }
            Intent::UseKms {
                endpoint,
                region,
                key_id,
            } => self.spawn(async move |engine: Rc<Engine>| {
                engine.emit(match engine.use_kms(&endpoint, &region, &key_id).await {
                    Ok(key_arn) => Event::KmsReady(key_arn),
                    Err(problem) => Event::KeyRefused(problem),
                });
            }),
            Intent::SetFormat(format) => self.format.set(format),
            Intent::SetChecks(checks) => self.checks.set(checks),
            Intent::SetPolicy(policy) => self.policy.set(policy),
            Intent::SetContext(context) => drop(self.context.replace(context)),
            Intent::GenerateKeyPair { label } => self.spawn(async move |engine: Rc<Engine>| {
                let made = webcrypto::generate_rsa_key(RSA_BITS).await;
                let key = made
                    .ok()
                    .and_then(|pkcs8| RsaPrivateKey::from_pkcs8_der(&pkcs8, "", "").ok());
                let key = key.map(|key| Key::RsaPrivate(Box::new(key))).ok_or(Problem::Browser {
                    detail: "it makes no RSA keys on this page".into(),
                });
                engine.add_key(key, &label, KeyOrigin::Generated);
            }),
            Intent::AddKey {
                label,
                namespace,
                name,
                material,
                origin,
            } => {
                let key = key_text::read(&material.0, origin, &namespace, &name);
                self.add_key(key, &label, origin);
            }
            Intent::AddPassphrase { label, passphrase } => {
                let phrase = String::from_utf8_lossy(&passphrase.0).trim().to_owned();
                let added =
                    self.vault
                        .borrow_mut()
                        .add_passphrase(Zeroizing::new(phrase), random::make_array(), &label);
                self.emit(match added {
                    Ok(info) => Event::KeyAdded(info),
                    Err(problem) => Event::KeyRefused(problem),
                });
            }
            Intent::NameKey {
                id,
                namespace,
                name,
                padding,
            } => {
                let named = self.vault.borrow_mut().rename(id, &namespace, &name, padding);
                self.emit(match named {
                    Ok(info) => Event::KeyNamed(info),
                    Err(problem) => Event::KeyRefused(problem),
                });
            }
            Intent::SavePublicKey(id) => self.save_public_key(id),
            Intent::SaveKeyFile(id) => self.save_key_file(id),
            Intent::RemoveKey(id) => {
                self.vault.borrow_mut().remove(id);
                self.emit(Event::KeyRemoved(id));
            }
            Intent::Upload {
                batch,
                prefix,
                encryption,
                existing,
            } => self.spawn(async move |engine: Rc<Engine>| {
                if let Err(problem) = engine.upload(batch, &prefix, encryption, existing).await {
                    engine.emit(Event::UploadRefused { batch, problem });
                }
            }),
            Intent::DropBatch(batch) => drop(self.batches.borrow_mut().remove(&batch)),
            Intent::Download {
                key,
                size,
                save,
                as_stored,
                unlocked,
            } => {
                let Ok(session) = self.session() else { return };
                let job = DownloadJob {
                    session,
                    key,
                    save,
                    how: How { as_stored, unlocked },
                    parked: RefCell::default(),
                    left: RefCell::default(),
                };
                self.download(job, size);
            }
            Intent::ResumeDownload { id } => {
                self.spawn(async move |engine: Rc<Engine>| engine.resume_download(&id).await);
            }
            Intent::DownloadMany {
                wanted,
                base,
                name,
                into,
                wording,
            } => self.many(async move |engine: &Rc<Engine>| {
                many::download(engine, wanted, (base, name), into, wording).await
            }),
            Intent::Count(wanted) => self.many(async move |engine: &Rc<Engine>| many::count(engine, &wanted).await),
            Intent::DeleteMany(wanted) => {
                self.many(async move |engine: &Rc<Engine>| many::delete(engine, &wanted).await)
            }
            Intent::StopMany => self.many.stop(),
            Intent::Cancel(id) => {
                self.cancel(id);
                self.flush_soon();
            }
            Intent::Pause(ids) => {
                self.queue.pause(ids.as_deref());
                self.flush_soon();
            }
            Intent::Resume(ids) => {
                self.queue.resume(ids.as_deref());
                self.run_queue();
            }
            Intent::ListUnfinished => self.spawn(async |engine: Rc<Engine>| engine.list_unfinished().await),
            Intent::GiveCustomerKey { id, key } => self.spawn(async move |engine: Rc<Engine>| {
                if let Err(problem) = engine.take_customer_key(&id, &key).await {
                    engine.emit(Event::UnfinishedProblem(problem));
                }
                engine.list_unfinished().await;
            }),
            Intent::Discard { id } => self.spawn(async move |engine: Rc<Engine>| {
                if let Err(problem) = engine.discard(&id).await {
                    engine.emit(Event::UnfinishedProblem(problem));
                }
                engine.list_unfinished().await;
            }),
            Intent::Retry(id) => {
                self.queue.retry(id);
                self.run_queue();
            }
            Intent::RetryFailed => {
                self.queue.retry_failed();
                self.run_queue();
            }
            Intent::CancelAll => {
                self.cancel_all();
                self.flush_soon();
            }
            Intent::Remove(ids) => {
                let gone = self.queue.remove(&ids);
                self.emit(Event::TransfersRemoved(gone));
            }
            Intent::Leftovers(intent) => leftovers::take(self, intent),
            Intent::Storage(intent) => storage::take(self, intent),
            Intent::CheckBucket => self.check_bucket(false),
            Intent::CreateTestObject => self.check_bucket(true),
        }
    }

    fn cancel_all(self: &Rc<Self>) {
        self.queue.going().into_iter().for_each(|id| self.cancel(id));
    }

    /// Work on many objects; a problem with its beginning is told.
    fn many<F: AsyncFnOnce(&Rc<Engine>) -> Result<(), Problem> + 'static>(self: Rc<Self>, work: F) {
        self.spawn(async move |engine: Rc<Engine>| {
            if let Err(problem) = work(&engine).await {
                engine.emit(Event::Many(ManyEvent::Refused(problem)));
            }
        });
    }

    fn cancel(self: &Rc<Self>, id: TransferId) {
        // A running one ends by its own runner.
        let Some(cancelled) = self.queue.cancel(id) else { return };
        let job = match &*cancelled {
            Job::Upload(job) => job,
            Job::Bundle(job) => return drop(job.parked.take()),
            Job::Download(_) => {
                return self.clone().spawn(async move |engine: Rc<Engine>| {
                    if let Job::Download(job) = &*cancelled {
                        download::give_up(&engine, job).await;
                    }
                });
            }
        };
        // Paused: what was sent is still in the bucket.
        let Some(kept) = job.kept.take() else { return };
        let session = self.session_like(&job.session);
        self.clone().spawn(async move |engine: Rc<Engine>| {
            if let Err(problem) = upload_again::abandon(&engine, &session, &kept).await {
                engine.emit(Event::UnfinishedProblem(problem));
            }
            engine.list_unfinished().await;
        });
    }

    /// Transfers with the connected bucket that an earlier page left, and that no transfer of this page goes on with.
    pub(super) async fn list_unfinished(&self) {
        let Ok(session) = self.session() else { return };
        self.list_unfinished_downloads().await;
        let going_up = self.queue.keys_going_up();
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
        self.emit(Event::Unfinished(unfinished.collect()));
        self.files.replace(files);
    }

    async fn go_on(self: &Rc<Self>, id: &str, file: FileHandle) -> Result<(), Problem> {
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
            if !found.can_open(&self.vault.borrow()) {
                return Err(Problem::KeyNeeded {
                    needed: Some(checkpoint.recipients().collect::<Vec<_>>().join(", ")),
                });
            }
            let encryption = UploadEncryption::For(found.held.clone());
            (encryption, found, record.context(), record.format())
        };
        let sse = sse_wish::request(&checkpoint.sse, &session.customer_keys.borrow().all())?;
        let kept = Rc::new(self.kept.load(checkpoint).await);
        let job = UploadJob {
            session,
            sse,
            file,
            key: key.clone(),
            encryption,
            found,
            context,
            format,
            replace,
            checks: self.checks.get(),
            collides: self.queue.keys_going_up().contains(&key),
            kept: RefCell::new(Some(kept.clone())),
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
        let (vault, has_kms) = (self.vault.borrow(), self.kms.borrow().is_some());
        recipients::find(&vault, has_kms, checkpoint.recipients(), record.kdf_entry())
    }

    /// Whether an upload that was begun is what would be written now: in this format, with this context, for the same
    /// recipients, one of whom is here to go on with it.
    fn is_the_same(
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
            && found.can_open(&self.vault.borrow())
    }

    /// Holds the SSE-C key that this unfinished upload was begun with.
    async fn take_customer_key(&self, id: &str, key: &CustomerKey) -> Result<(), Problem> {
        let session = self.session()?;
        let checkpoints = self.kept.list(&session.place()).await;
        let mut of_upload = checkpoints.iter().filter(|checkpoint| checkpoint.id == id);
        if !of_upload.any(|checkpoint| sse_wish::is_key_of(&checkpoint.sse, key)) {
            return Err(Problem::CustomerKeyOfUpload);
        }
        session.customer_keys.borrow_mut().add(key);
        Ok(())
    }

    async fn discard(self: &Rc<Self>, id: &str) -> Result<(), Problem> {
        let session = self.session()?;
        let mut checkpoints = self.kept.list(&session.place()).await.into_iter();
        let Some(checkpoint) = checkpoints.find(|checkpoint| checkpoint.id == id) else {
            self.discard_download(&session, id).await;
            return Ok(());
        };
        if matches!(Lock::try_take(&checkpoint.lock_name()).await, Ok(None)) {
            return Err(Problem::UsedElsewhere);
        }
        upload_again::abandon(self, &session, &Kept::new(checkpoint, None)).await
    }

    /// For each key that an earlier page left unfinished: what is needed to go on.
    async fn earlier_runs(&self, session: &Session, keys: &[String]) -> HashMap<String, Rc<Kept>> {
        let mut earlier = HashMap::new();
        for checkpoint in self.kept.list(&session.place()).await {
            if keys.contains(&checkpoint.key) {
                let key = checkpoint.key.clone();
                earlier.insert(key, Rc::new(self.kept.load(checkpoint).await));
            }
        }
        earlier
    }

    pub(super) fn spawn<F: AsyncFnOnce(Rc<Engine>) + 'static>(self: Rc<Self>, work: F) {
        spawn_local(async move { work(self).await });
    }

    fn announce(&self, dropped: Dropped) {
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

    fn add_key(&self, key: Result<Key, Problem>, label: &str, origin: KeyOrigin) {
        let added = key.and_then(|key| self.vault.borrow_mut().add(key, label, origin));
        self.emit(match added {
            Ok(info) => Event::KeyAdded(info),
            Err(problem) => Event::KeyRefused(problem),
        });
    }

    async fn use_kms(&self, endpoint: &str, region: &str, key_id: &str) -> Result<String, Problem> {
        let session = self.session().map_err(|_| Problem::Missing { field: "connection" })?;
        let endpoint = KmsEndpoint::new(endpoint, region.trim()).ok_or(Problem::BadEndpoint {
            endpoint: endpoint.to_owned(),
        })?;
        let key_id = key_id.trim().to_owned();
        if key_id.is_empty() {
            return Err(Problem::Missing { field: "KMS key ID" });
        }
        let mut key = KmsKey {
            endpoint,
            key_id,
            arn: String::new(),
        };
        key.arn = key.generate(&session, [("sealdrop", "check")]).await?.key_arn;
        let arn = key.arn.clone();
        self.kms.replace(Some(Rc::new(key)));
        Ok(arn)
    }

    /// The KMS key in use.
    pub(super) fn kms(&self) -> Option<Rc<KmsKey>> {
        self.kms.borrow().clone()
    }

    fn save_public_key(&self, id: KeyId) {
        let vault = self.vault.borrow();
        let Some((key, info)) = vault.get(id) else {
            return self.emit(Event::KeyRefused(Problem::NoKey));
        };
        let Some(public) = key.as_ref().rsa_public() else {
            return self.emit(Event::KeyRefused(Problem::NoKey));
        };
        let kind = KeyKind::RsaPublic { bits: public.bits() };
        let name = key_file_name(&info.label, kind, &public.fingerprint());
        if let Err(error) = save::download_bytes(&name, "application/x-pem-file", public.to_pem().as_bytes()) {
            self.emit(Event::KeyRefused(Problem::Browser {
                detail: error.to_string(),
            }));
        }
    }

    fn save_key_file(&self, id: KeyId) {
        let vault = self.vault.borrow();
        let Some((key, info)) = vault.get(id) else {
            return self.emit(Event::KeyRefused(Problem::NoKey));
        };
        let name = key_file_name(&info.label, info.kind, &key.as_ref().fingerprint());
        let saved = save::download_bytes(&name, "text/plain", key_file(key).as_bytes());
        drop(vault);
        match saved {
            Ok(()) => {
                self.vault.borrow_mut().mark_saved(id);
                self.emit(Event::KeySaved(id));
            }
            Err(error) => self.emit(Event::KeyRefused(Problem::Browser {
                detail: error.to_string(),
            })),
        }
    }

    fn check_bucket(self: Rc<Self>, with_test_object: bool) {
        self.spawn(async move |engine: Rc<Engine>| {
            let checking = async {
                let session = engine.session()?;
                let mut claims = storage::claims(&session).await;
                let facts = bucket_check::check(&engine, &session, with_test_object).await?;
                if with_test_object {
                    claims.echoes = storage::echoes(&engine, &session).await;
                }
                engine.emit(Event::Storage(StorageEvent::Claimed(claims)));
                Ok(facts)
            };
            match checking.await {
                Ok(facts) => {
                    let facts = facts.into_iter().map(Rc::new).collect();
                    engine.emit(Event::BucketChecked {
                        facts,
                        by_test_object: with_test_object,
                        at: clock::now_ms(),
                    });
                }
                Err(problem) => engine.emit(Event::BucketCheckFailed(problem)),
            }
        });
    }

    async fn upload(
        self: &Rc<Self>,
        batch: BatchId,
        prefix: &str,
        encryption: UploadEncryption,
        existing: super::Existing,
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
            super::Existing::Replace => Default::default(),
            _ => conflicts::taken(&session, &keys).await?,
        };
        if existing == super::Existing::Ask && !taken.is_empty() {
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
        let replace = existing == super::Existing::Replace;
        let sse = session.upload_sse();
        let mut earlier = self.earlier_runs(&session, &keys).await;
        // One that asked for other SSE, or was encrypted otherwise than files are now, is left to its own list.
        let (format, context) = (self.format.get(), self.context.borrow().pairs.clone());
        earlier.retain(|_, kept| {
            kept.checkpoint.sse == sse_wish::of(&sse)
                && self.is_the_same(&kept.checkpoint, format, recipients, &context)
        });
        let mut going_up = self.queue.keys_going_up();
        for (file, key) in files.iter().zip(keys).filter(|(_, key)| !taken.contains(key)) {
            let encrypted = encryption != UploadEncryption::Off;
            // One of the other kind is left to its own list: what was to be encrypted must not be gone on with as it is.
            let kept = earlier
                .remove(&key)
                .filter(|kept| kept.checkpoint.is_plain() != encrypted);
            let job = UploadJob {
                session: session.clone(),
                sse: sse.clone(),
                kept: RefCell::new(kept),
                file: file.handle.clone(),
                key: key.clone(),
                encryption: encryption.clone(),
                found: Found::default(),
                context: context.clone(),
                format,
                replace,
                checks: self.checks.get(),
                collides: !going_up.insert(key.clone()),
            };
            self.queue
                .add(Direction::Upload, key, file.size, encrypted, Job::Upload(job));
        }
        self.clone().run_queue();
        self.list_unfinished().await;
        Ok(())
    }

    pub(super) fn run_queue(self: Rc<Self>) {
        while !self.wants_credentials()
            && let Some((id, job, stop)) = self.queue.start_next()
        {
            let engine = self.clone();
            spawn_local(async move {
                let outcome = match &*job {
                    Job::Upload(job) => upload::run(&engine, id, job, &stop).await,
                    Job::Download(job) => download::run(&engine, id, job, &stop).await,
                    Job::Bundle(job) => bundle::run(&engine, id, job, &stop).await,
                };
                let state = engine.stopped_by(id, &job, final_state(outcome)).await;
                engine.queue.ended(id, state);
                let is_unfinished = match &*job {
                    Job::Upload(job) => job.kept.borrow().is_some(),
                    Job::Download(job) => job.left.borrow().is_some(),
                    Job::Bundle(_) => false,
                };
                if is_unfinished {
                    engine.list_unfinished().await;
                }
                engine.run_queue();
            });
        }
        self.flush_soon();
    }

    /// Tells the app of changed transfers, a little later.
    pub(super) fn flush_soon(self: &Rc<Self>) {
        if !self.flushing.replace(true) {
            let engine = self.clone();
            spawn_local(async move {
                let wait = (engine.next_flush_ms.get() - clock::monotonic_ms()).max(0.0);
                clock::sleep(Duration::from_secs_f64(wait / 1000.0).max(TOGETHER)).await;
                engine.flushing.set(false);
                engine.tell_clock();
                let told = clock::monotonic_ms();
                loop {
                    let changes = engine.queue.take_changes();
                    let more = engine.queue.has_changes();
                    if !changes.is_empty() {
                        engine.emit(Event::Transfers(changes));
                    }
                    if !more {
                        break;
                    }
                    // Many at once are told one after the other, so that the page stays alive.
                    clock::sleep(BREATH).await;
                }
                // It is drawn before the next timer fires.
                clock::sleep(Duration::ZERO).await;
                let drawing = Duration::from_secs_f64((clock::monotonic_ms() - told) / 1000.0);
                let batch = drawing.mul_f64(DRAWING_SHARE).clamp(*BATCH.start(), *BATCH.end());
                engine.next_flush_ms.set(told + batch.as_secs_f64() * 1000.0);
                engine.tell_pace();
            });
        }
    }

    /// Tells the app how fast transfers go, once a second as long as any runs, also while nothing moves.
    fn tell_pace(self: &Rc<Self>) {
        if !self.telling_pace.replace(true) {
            let engine = self.clone();
            spawn_local(async move {
                while let Some(pace) = engine.queue.pace() {
                    engine.emit(Event::Pace(pace));
                    clock::sleep(PACE).await;
                }
                engine.telling_pace.set(false);
                engine.emit(Event::Pace(Pace::default()));
            });
        }
    }
}
