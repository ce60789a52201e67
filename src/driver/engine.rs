//! The driver itself: takes intents, runs the loops, emits events.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;

use futures::lock::Mutex;
use wasm_bindgen_futures::spawn_local;

use super::bundle::BundleJob;
use super::credentials::Credentials;
use super::download::DownloadJob;
use super::glance::Glances;
use super::kept::KeptUploads;
use super::kept_downloads::KeptDownloads;
use super::kms_keys::KmsKeys;
use super::leftovers::{self, LeftoverJobs};
use super::look::{self, Beside};
use super::many::{self, Many};
use super::opening::How;
use super::preview::{self, Previews};
use super::private_files::Need;
use super::queue::{Placed, Queue, SMALL_UPLOADS_AT_A_TIME};
use super::roll_call::RollCall;
use super::session::Session;
use super::storage::{self, StorageEvent, StorageJobs};
use super::telling::Telling;
use super::uplink::Uplink;
use super::upload::{UploadJob, longest_small_body, longest_standard_body};
use super::vault::Vault;
use super::{
    BatchId, ContextWish, Event, Intent, ManyEvent, Problem, UploadChecks, WriteFormat, connect, glance, key_text,
};
use crate::encryption::s3ec::CommitmentPolicy;
use crate::platform::buffer::BufferPool;
use crate::platform::file_access::KeptFile;
use crate::platform::files::PickedFile;
use crate::platform::workers::{WorkerPool, default_size};

/// Bodies of parts in memory, over all uploads. Small files have their own.
const BODIES: usize = 6;
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
pub struct Driver(pub(super) Rc<Engine>);

/// What the loops share.
pub(super) struct Engine {
    emit: Box<dyn Fn(Event)>,
    session: RefCell<Option<Rc<Session>>>,
    /// The newest connection to each place, since the person last disconnected: transfers there go on with it.
    newest: RefCell<HashMap<String, Rc<Session>>>,
    /// The attempt to connect that counts: the latest, unless the person disconnected since.
    attempt: Cell<u64>,
    pub(super) vault: RefCell<Vault>,
    pub(super) queue: Queue<Job>,
    pub(super) workers: WorkerPool,
    pub(super) bodies: BufferPool,
    pub(super) small_bodies: BufferPool,
    pub(super) uplink: Uplink,
    /// Whoever has larger parts than those has buffers of its own: one upload at a time.
    pub(super) large_parts: Mutex<()>,
    pub(super) batches: RefCell<BTreeMap<BatchId, Rc<Vec<PickedFile>>>>,
    pub(super) next_batch: Cell<u64>,
    pub(super) telling: Telling,
    pub(super) glances: Glances,
    pub(super) previews: Previews,
    pub(super) kept: KeptUploads,
    pub(super) kept_downloads: KeptDownloads,
    pub(super) roll_call: RollCall,
    pub(super) format: Cell<WriteFormat>,
    pub(super) checks: Cell<UploadChecks>,
    /// Handles on the files of unfinished uploads, by the uploads' ids: at hand within a click.
    pub(super) files: RefCell<HashMap<String, KeptFile>>,
    /// What is opened without asking.
    pub(super) policy: Cell<CommitmentPolicy>,
    /// What new objects say, and those that are opened must.
    pub(super) context: RefCell<ContextWish>,
    pub(super) kms: RefCell<KmsKeys>,
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

impl Placed for Job {
    fn place(&self) -> String {
        self.session().place()
    }
}

impl Driver {
    /// Starts a driver; `emit` hears of everything that happens.
    pub fn start(emit: impl Fn(Event) + 'static) -> Driver {
        let engine = Engine {
            emit: Box::new(emit),
            session: RefCell::default(),
            newest: RefCell::default(),
            attempt: Cell::default(),
            vault: RefCell::default(),
            queue: Queue::default(),
            workers: WorkerPool::new(default_size(), IDLE),
            bodies: BufferPool::new(longest_standard_body(), BODIES),
            small_bodies: BufferPool::new(longest_small_body(), SMALL_UPLOADS_AT_A_TIME),
            uplink: Uplink::default(),
            large_parts: Mutex::new(()),
            batches: RefCell::default(),
            next_batch: Cell::new(0),
            telling: Telling::default(),
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
            .spawn(async |engine: Rc<Engine>| engine.kept_downloads.sweep(Need::None).await);
        Driver(engine)
    }

    /// Carries out an intent. Never blocks; the answer is an event.
    pub fn send(&self, intent: Intent) {
        self.0.clone().take(intent);
    }
}

impl Engine {
    /// Tells the app. What is about the connected bucket is told by [`Engine::tell`].
    pub(super) fn emit(&self, event: Event) {
        (self.emit)(event);
    }

    /// Tells the app something about the bucket of this connection, as long as it is the connection there is: another
    /// bucket's objects and verdicts must not be taken for this one's. Whoever connects anew is shown everything anew.
    pub(super) fn tell(&self, session: &Session, event: Event) {
        if self.is_connected_by(session) {
            self.emit(event);
        }
    }

    /// Whether this very connection is the one there is.
    pub(super) fn is_connected_by(&self, session: &Session) -> bool {
        let current = self.session.borrow();
        current.as_deref().is_some_and(|current| std::ptr::eq(current, session))
    }

    /// The connection, if there is one.
    pub(super) fn session(&self) -> Result<Rc<Session>, Problem> {
        self.session.borrow().clone().ok_or(Problem::Cancelled)
    }

    /// The connection to the same place as `earlier`, with the newest credentials for it; also when another bucket is
    /// connected by now.
    pub(super) fn session_like(&self, earlier: &Rc<Session>) -> Rc<Session> {
        let newest = self.newest.borrow();
        newest.get(&earlier.place()).unwrap_or(earlier).clone()
    }

    fn take(self: Rc<Self>, intent: Intent) {
        match intent {
            Intent::Connect { target, credentials } => {
                let attempt = self.next_attempt();
                self.spawn(async move |engine: Rc<Engine>| {
                    let connecting = connect::connect(target, credentials).await;
                    // The person disconnected meanwhile, or tried elsewhere.
                    if engine.attempt.get() != attempt {
                        return;
                    }
                    match connecting {
                        Ok((session, page, warnings)) => {
                            let target = session.target.clone();
                            engine.leave_for(Some(&session));
                            engine.take_credentials(&session);
                            let session = Rc::new(session);
                            engine.newest.borrow_mut().insert(session.place(), session.clone());
                            engine.session.replace(Some(session));
                            engine.emit(Event::Connected { target, page, warnings });
                            engine.queue.resume_with_new_credentials();
                            engine.clone().run_queue();
                            engine.list_unfinished().await;
                        }
                        Err((problem, found)) => {
                            engine.emit(Event::Storage(StorageEvent::Diagnosed(found)));
                            engine.emit(Event::ConnectFailed(problem));
                        }
                    }
                });
            }
            Intent::Disconnect => {
                self.next_attempt();
                self.cancel_all();
                self.roll_call.clear();
                self.leave_for(None);
                self.session.replace(None);
                self.newest.take();
                self.flush_soon();
                self.emit(Event::Disconnected);
            }
            Intent::List { prefix, continuation } => self.on_session(async move |engine, session| {
                if continuation.is_none() {
                    // The rule may be another since this was last read.
                    session.doubt_cors();
                }
                let listed = session.list(&prefix, continuation.as_deref()).await;
                let event = match listed {
                    Ok(page) => Event::Listed {
                        prefix,
                        continuation,
                        page,
                    },
                    Err(problem) => Event::ListFailed { prefix, problem },
                };
                engine.tell(&session, event);
                engine.tell_clock();
            }),
            Intent::Look { key } => self.on_session(async move |engine, session| {
                let event = match look::facts(&engine, &session, &key, Beside::Unknown).await {
                    Ok(facts) => Event::Looked(Rc::new(facts)),
                    Err(problem) => Event::LookFailed { key, problem },
                };
                engine.tell(&session, event);
            }),
            Intent::Glance { keys, instructed } => glance::at(&self, keys, &instructed),
            Intent::Preview { key } => preview::show(&self, key),
            Intent::StopPreview => preview::stop(&self),
            Intent::Delete { key, instruction_file } => self.on_session(async move |engine, session| {
                // The file goes last: without it, an object that stayed could not be read any more.
                for key in [Some(key), instruction_file].into_iter().flatten() {
                    match session.delete(&key).await {
                        Ok(()) => engine.tell(&session, Event::Deleted { key }),
                        // Also who is elsewhere by now has to know that it is still there.
                        Err(problem) => return engine.emit(Event::DeleteFailed { key, problem }),
                    }
                }
            }),
            Intent::GenerateKey { label } => self.make_key(&label),
            Intent::UseKms {
                endpoint,
                region,
                key_id,
            } => self.spawn(async move |engine: Rc<Engine>| {
                let used = engine.use_kms(&endpoint, &region, &key_id).await;
                engine.emit(used.map_or_else(Event::KeyRefused, Event::KmsHeld));
            }),
            Intent::SetFormat(format) => self.format.set(format),
            Intent::SetChecks(checks) => self.checks.set(checks),
            Intent::SetPolicy(policy) => self.policy.set(policy),
            Intent::SetContext(context) => drop(self.context.replace(context)),
            Intent::GenerateKeyPair { label } => {
                self.spawn(async move |engine: Rc<Engine>| engine.make_key_pair(&label).await);
            }
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
            Intent::PassphraseNoted(id) => self.note_saved(id),
            Intent::AddPassphrase {
                label,
                passphrase,
                made,
            } => self.add_passphrase(&passphrase, &label, made),
            Intent::NameKey {
                id,
                namespace,
                name,
                padding,
            } => self.name_key(id, &namespace, &name, padding),
            Intent::SavePublicKey(id) => self.save_public_key(id),
            Intent::SaveKeyFile(id) => self.save_key_file(id),
            Intent::RemoveKey(id) => self.remove_key(id),
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
                self.download(session, (key, size), save, How { as_stored, unlocked });
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

    fn next_attempt(&self) -> u64 {
        self.attempt.set(self.attempt.get() + 1);
        self.attempt.get()
    }

    /// Ends what is only about the connection there is, before another takes its place or it ends. Transfers know theirs
    /// and go on.
    fn leave_for(&self, next: Option<&Session>) {
        let Ok(earlier) = self.session() else { return };
        self.glances.clear();
        self.storage.cancel();
        self.leftovers.cancel();
        if let Some(next) = next {
            next.take_customer_keys(&earlier);
            if next.place() == earlier.place() {
                next.set_upload_sse(earlier.upload_sse());
            }
        }
        // With other credentials for the same place, deleting goes on.
        if next.is_none_or(|next| next.place() != earlier.place()) {
            self.many.stop();
        }
    }

    /// Work on the connection there is now, whatever comes after it. What it finds out is for [`Engine::tell`].
    pub(super) fn on_session<F: AsyncFnOnce(Rc<Engine>, Rc<Session>) + 'static>(self: Rc<Self>, work: F) {
        // Without a connection there is no page that asks.
        let Ok(session) = self.session() else { return };
        self.spawn(async move |engine: Rc<Engine>| work(engine, session).await);
    }

    /// Work on many objects; a problem with its beginning is told.
    fn many<F: AsyncFnOnce(&Rc<Engine>) -> Result<(), Problem> + 'static>(self: Rc<Self>, work: F) {
        self.spawn(async move |engine: Rc<Engine>| {
            if let Err(problem) = work(&engine).await {
                engine.emit(Event::Many(ManyEvent::Refused(problem)));
            }
        });
    }

    pub(super) fn spawn<F: AsyncFnOnce(Rc<Engine>) + 'static>(self: Rc<Self>, work: F) {
        spawn_local(async move { work(self).await });
    }
}
