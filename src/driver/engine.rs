//! The driver itself: takes intents, runs the loops, emits events.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;

use futures::lock::Mutex;
use wasm_bindgen_futures::spawn_local;
use zeroize::Zeroizing;

use super::bundle::{self, BundleJob};
use super::credentials::Credentials;
use super::download::DownloadJob;
use super::glance::Glances;
use super::kept::KeptUploads;
use super::kept_downloads::KeptDownloads;
use super::kms::KmsKey;
use super::leftovers::{self, LeftoverJobs};
use super::look::{self, Beside};
use super::many::{self, Many};
use super::opening::How;
use super::preview::{self, Previews};
use super::private_files::Need;
use super::queue::{Placed, Queue, SMALL_UPLOADS_AT_A_TIME, final_state};
use super::roll_call::RollCall;
use super::session::Session;
use super::storage::{self, StorageEvent, StorageJobs};
use super::telling::Telling;
use super::upload::{UploadJob, longest_small_body, longest_standard_body};
use super::vault::{Vault, key_file, key_file_name};
use super::{
    BatchId, ContextWish, Event, Intent, KeyId, KeyKind, KeyOrigin, ManyEvent, Problem, TransferId, TransferState,
    UploadChecks, WriteFormat, bucket_check, connect, download, glance, key_text, upload, upload_again,
};
use crate::encryption::s3ec::CommitmentPolicy;
use crate::encryption::{Key, RsaPrivateKey, WrappingKey};
use crate::kms::KmsEndpoint;
use crate::platform::buffer::BufferPool;
use crate::platform::file_access::{self, KeptFile};
use crate::platform::files::{self, Dropped, PickedFile};
use crate::platform::workers::{WorkerPool, default_size};
use crate::platform::{clock, random, save, webcrypto};

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
    /// The attempt to connect that counts: the latest, unless the person disconnected since.
    attempt: Cell<u64>,
    pub(super) vault: RefCell<Vault>,
    pub(super) queue: Queue<Job>,
    pub(super) workers: WorkerPool,
    pub(super) bodies: BufferPool,
    pub(super) small_bodies: BufferPool,
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
    pub(super) kms: RefCell<Option<Rc<KmsKey>>>,
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
            attempt: Cell::default(),
            vault: RefCell::default(),
            queue: Queue::default(),
            workers: WorkerPool::new(default_size(), IDLE),
            bodies: BufferPool::new(longest_standard_body(), BODIES),
            small_bodies: BufferPool::new(longest_small_body(), SMALL_UPLOADS_AT_A_TIME),
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
                    }
                });
            }
            Intent::Disconnect => {
                self.next_attempt();
                self.cancel_all();
                self.roll_call.clear();
                self.leave_for(None);
                self.session.replace(None);
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
            Intent::GenerateKey { label } => {
                let key = Key::Aes(WrappingKey::new(random::make_array(), "", ""));
                self.add_key(Ok(key), &label, KeyOrigin::Generated);
            }
            Intent::UseKms {
                endpoint,
                region,
                key_id,
            } => self.spawn(async move |engine: Rc<Engine>| {
                let used = engine.use_kms(&endpoint, &region, &key_id).await;
                engine.emit(used.unwrap_or_else(Event::KeyRefused));
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
            Intent::PassphraseNoted(id) => {
                self.vault.borrow_mut().mark_saved(id);
                self.emit(Event::KeySaved(id));
            }
            Intent::AddPassphrase {
                label,
                passphrase,
                made,
            } => {
                let phrase = String::from_utf8_lossy(&passphrase.0).trim().to_owned();
                let added =
                    self.vault
                        .borrow_mut()
                        .add_passphrase(Zeroizing::new(phrase), random::make_array(), &label, made);
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
    fn on_session<F: AsyncFnOnce(Rc<Engine>, Rc<Session>) + 'static>(self: Rc<Self>, work: F) {
        // Without a connection there is no page that asks.
        let Ok(session) = self.session() else { return };
        self.spawn(async move |engine: Rc<Engine>| work(engine, session).await);
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
            // What another tab goes on with is not this one's to remove.
            let removed = match upload_again::take_lock(&kept.checkpoint.lock_name()).await {
                Ok(_lock) => upload_again::abandon(&engine, &session, &kept).await,
                Err(_) => Ok(()),
            };
            if let Err(problem) = removed {
                engine.emit(Event::UnfinishedProblem(problem));
            }
            engine.list_unfinished().await;
        });
    }

    pub(super) fn spawn<F: AsyncFnOnce(Rc<Engine>) + 'static>(self: Rc<Self>, work: F) {
        spawn_local(async move { work(self).await });
    }

    fn add_key(&self, key: Result<Key, Problem>, label: &str, origin: KeyOrigin) {
        let added = key.and_then(|key| self.vault.borrow_mut().add(key, label, origin));
        self.emit(match added {
            Ok(info) => Event::KeyAdded(info),
            Err(problem) => Event::KeyRefused(problem),
        });
    }

    async fn use_kms(&self, endpoint: &str, region: &str, key_id: &str) -> Result<Event, Problem> {
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
            arn: None,
        };
        let event = match key.generate(&session, [("sealdrop", "check")]).await {
            Ok(answer) => {
                key.arn = Some(answer.key_arn.clone());
                Event::KmsReady(answer.key_arn)
            }
            // Whoever has nothing but kms:Decrypt reads with it.
            Err(Problem::KmsRefused { code, .. }) if code == "AccessDeniedException" => {
                Event::KmsReadsOnly(key.key_id.clone())
            }
            Err(problem) => return Err(problem),
        };
        self.kms.replace(Some(Rc::new(key)));
        Ok(event)
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
        self.on_session(async move |engine, session| {
            let checking = async {
                session.doubt_cors();
                let mut claims = storage::claims(&session).await;
                let facts = bucket_check::check(&engine, &session, with_test_object).await;
                if with_test_object && facts.is_ok() {
                    claims.echoes = storage::echoes(&engine, &session).await;
                }
                engine.tell(&session, Event::Storage(StorageEvent::Claimed(claims)));
                facts
            };
            let event = match checking.await {
                Ok(facts) => Event::BucketChecked {
                    facts: facts.into_iter().map(Rc::new).collect(),
                    by_test_object: with_test_object,
                    at: clock::now_ms(),
                },
                Err(problem) => Event::BucketCheckFailed(problem),
            };
            engine.tell(&session, event);
        });
    }

    pub(super) fn run_queue(self: Rc<Self>) {
        while !self.wants_credentials()
            && let Some((id, job, stop)) = self.queue.start_next()
        {
            let engine = self.clone();
            let endpoint = Rc::from(job.session().target.endpoint.as_str());
            self.queue.update(id, |info| info.endpoint = endpoint);
            spawn_local(async move {
                let begun_with = engine.session_like(job.session());
                let outcome = match &*job {
                    Job::Upload(job) => upload::run(&engine, id, job, &stop).await,
                    Job::Download(job) => download::run(&engine, id, job, &stop).await,
                    Job::Bundle(job) => bundle::run(&engine, id, job, &stop).await,
                };
                let state = engine.stopped_by(id, &job, &begun_with, final_state(outcome)).await;
                // Cancelled while it stopped for another reason.
                let is_given_up = state == TransferState::Paused && stop.cancel.is_aborted();
                engine.queue.ended(id, state);
                if is_given_up {
                    engine.cancel(id);
                }
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
}
