//! One run over many objects: listed as they are needed, looked at a few at a time, written one after the other.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::time::UNIX_EPOCH;

use futures::StreamExt;
use futures::channel::mpsc;
use futures::future::{self, Either};

use super::local_names::{self, LocalNames};
use super::objects::{self, Position};
use super::place::{Begun, Place};
use super::{BundleInfo, BundleInto, Renaming, Wanted, Wording, archive::Archive, tree::Tree};
use crate::driver::download::may_go_on;
use crate::driver::engine::Engine;
use crate::driver::fetch::{Fetch, OFFLINE_WAIT, Partial};
use crate::driver::opening::{self, How, Opening};
use crate::driver::queue::Stop;
use crate::driver::session::Session;
use crate::driver::sink::{Sink, check_room, is_full, make_room};
use crate::driver::{Problem, TransferId, TransferState, look, names};
use crate::platform::buffer::BufferPool;
use crate::platform::clock;
use crate::platform::folder::Folder;
use crate::s3::ObjectSummary;

/// Objects looked at before their turn. Browsers open six connections to one HTTP/1.1 server.
const AHEAD: usize = 6;
/// Objects of up to so many bytes are fetched before their turn, too.
const SMALL: usize = 1 << 20;
/// Names of missing objects that are shown.
const MISSING_SHOWN: usize = 20;
/// The texts that go along.
const MISSING_FILE: &str = "FAILED.txt";
const NAMES_FILE: &str = "NAMES.txt";

/// Where many objects go.
pub(in crate::driver) enum Destination {
    Zip,
    Folder(Folder),
}

/// What to download, and where to.
pub(in crate::driver) struct BundleJob {
    pub(in crate::driver) session: Rc<Session>,
    pub(in crate::driver) wanted: Vec<Wanted>,
    /// What the keys have in common and the files leave out.
    pub(in crate::driver) base: String,
    /// Name of the ZIP or folder, without ending.
    pub(in crate::driver) name: String,
    pub(in crate::driver) destination: Destination,
    pub(in crate::driver) wording: Wording,
    /// What an earlier run got, when it was paused or the storage went away.
    pub(in crate::driver) parked: RefCell<Option<Box<Bundle>>>,
    /// What an earlier run handed over without: these are all that is tried again.
    pub(in crate::driver) missed: RefCell<Vec<Wanted>>,
}

/// The files so far. Dropping it removes what lies in private storage.
pub(in crate::driver) struct Bundle {
    place: Place,
    names: LocalNames,
    /// The name of the object whose turn it is: it stays the same when that is begun anew.
    named: Option<local_names::Place>,
    wanted: Rc<Vec<Wanted>>,
    at: Position,
    pending: Option<Pending>,
    /// A write found no room, and what was not needed any more was removed.
    made_room: bool,
    info: BundleInfo,
    /// Stored bytes of the objects that were dealt with.
    bytes: u64,
    missing: Vec<(String, Problem)>,
    missed: Vec<Wanted>,
    renamings: Vec<Renaming>,
}

/// An object whose turn it was when the run before ended.
enum Pending {
    Half(Box<Half>),
    Anew(ObjectSummary),
}

/// An object that was begun.
struct Half {
    object: ObjectSummary,
    partial: Partial,
    begun: Begun,
    renamed: bool,
}

/// An object that was looked at, in its turn or before.
struct Ahead {
    position: Position,
    object: ObjectSummary,
    opened: Result<Option<Partial>, Problem>,
}

/// What a run needs besides.
struct Context<'a> {
    engine: &'a Rc<Engine>,
    session: &'a Session,
    id: TransferId,
    base: &'a str,
    stop: &'a Stop,
    total: Cell<Option<u64>>,
    /// Stored bytes that were dealt with.
    bytes: Cell<u64>,
}

/// Downloads the objects; a second call goes on with what the first got, or tries those again that it could not get.
pub(in crate::driver) async fn run(
    engine: &Rc<Engine>,
    id: TransferId,
    job: &BundleJob,
    stop: &Stop,
) -> Result<(), Problem> {
    let session = engine.session_like(&job.session);
    engine.queue.update(id, |info| info.state = TransferState::Preparing);
    engine.flush_soon();
    let parked = job.parked.take();
    let mut bundle = match parked {
        Some(parked) => *parked,
        None => Bundle::start(job).await?,
    };
    let context = Context {
        engine,
        session: &session,
        id,
        base: &job.base,
        stop,
        total: Cell::new(bundle.info.total),
        bytes: Cell::new(bundle.bytes),
    };
    engine.queue.already(id, bundle.bytes);
    context.show(TransferState::Running);
    let wanted = bundle.wanted.clone();
    let outcome = {
        let (counting, working) = (context.count(&wanted, bundle.info.into), bundle.fill(&context));
        match future::select(pin!(working), pin!(counting)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right((problem, _)) => Err(problem),
        }
    };
    bundle.info.total = context.total.get();
    if let Err(problem) = outcome {
        if may_go_on(&problem) {
            job.parked.replace(Some(Box::new(bundle)));
        }
        return Err(problem);
    }
    context.show(TransferState::Verifying);
    bundle.finish(&context, job).await
}

impl Context<'_> {
    fn show(&self, state: TransferState) {
        self.engine.queue.update(self.id, |info| info.state = state);
        self.engine.flush_soon();
    }

    /// Resolves when the person stops it.
    async fn stopped(&self) -> Problem {
        let (cancelled, paused) = (pin!(self.stop.cancel.aborted()), pin!(self.stop.pause.aborted()));
        match future::select(cancelled, paused).await {
            Either::Left(_) => Problem::Cancelled,
            Either::Right(_) => Problem::Paused,
        }
    }

    /// Counts what is wanted, beside the work. Resolves only if it can never fit.
    async fn count(&self, wanted: &[Wanted], into: BundleInto) -> Problem {
        if self.total.get().is_none() {
            let counted = objects::count(self.session, wanted, |_, _| ()).await;
            // Without it, there is no total to show; the work itself will meet the same problem.
            if let Ok((objects, bytes)) = counted {
                self.total.set(Some(objects));
                self.engine.queue.update(self.id, |info| {
                    info.size = bytes;
                    let bundle = info.bundle.get_or_insert_default();
                    Rc::make_mut(bundle).total = Some(objects);
                });
                self.engine.flush_soon();
                if into == BundleInto::Zip
                    && let Err(problem) = check_room(bytes.saturating_sub(self.bytes.get())).await
                {
                    return problem;
                }
            }
        }
        future::pending().await
    }

    /// What can be known of an object before its turn.
    async fn look(&self, object: &ObjectSummary, pool: &BufferPool) -> Result<Option<Partial>, Problem> {
        if object.key.ends_with('/') && object.size == 0 {
            return Ok(None);
        }
        let looked = look::look(self.engine, self.session, &object.key, look::Beside::Unknown).await?;
        let opening = opening::decide(self.engine, self.session, &looked, How::default()).await?;
        let partial = Partial::new(looked.facts, opening);
        partial.fetch_ahead(self.session, pool).await;
        Ok(Some(partial))
    }
}

impl Bundle {
    async fn start(job: &BundleJob) -> Result<Bundle, Problem> {
        let (place, info) = match &job.destination {
            Destination::Zip => {
                let info = BundleInfo {
                    name: format!("{}.zip", job.name),
                    ..BundleInfo::default()
                };
                (Place::Zip(Box::new(Archive::open().await?)), info)
            }
            Destination::Folder(folder) => {
                let (tree, name) = Tree::create(folder, &job.name).await?;
                let info = BundleInfo {
                    into: BundleInto::Folder,
                    name,
                    ..BundleInfo::default()
                };
                (Place::Folder(tree), info)
            }
        };
        let missed = job.missed.borrow();
        let wanted = if missed.is_empty() { &job.wanted } else { &*missed };
        Ok(Bundle {
            place,
            names: LocalNames::default(),
            named: None,
            wanted: Rc::new(wanted.clone()),
            at: Position::default(),
            pending: None,
            made_room: false,
            info,
            bytes: 0,
            missing: Vec::new(),
            missed: Vec::new(),
            renamings: Vec::new(),
        })
    }

    /// Works until all objects were dealt with. To be without a network is no end.
    async fn fill(&mut self, context: &Context<'_>) -> Result<(), Problem> {
        loop {
            match self.pass(context).await {
                Err(problem) if is_full(&problem) && !std::mem::replace(&mut self.made_room, true) => {
                    make_room().await;
                }
                Err(Problem::Offline) => {
                    context.show(TransferState::Waiting(Problem::Offline));
                    let (waiting, stopped) = (pin!(clock::sleep(OFFLINE_WAIT)), pin!(context.stopped()));
                    if let Either::Right((problem, _)) = future::select(waiting, stopped).await {
                        return Err(problem);
                    }
                    context.show(TransferState::Running);
                }
                ended => return ended,
            }
        }
    }

    async fn pass(&mut self, context: &Context<'_>) -> Result<(), Problem> {
        match self.pending.take() {
            Some(Pending::Half(half)) => self.go_on(context, *half).await?,
            Some(Pending::Anew(object)) => self.anew(context, object).await?,
            None => {}
        }
        let wanted = self.wanted.clone();
        let pool = BufferPool::new(SMALL, AHEAD + 2);
        let looked = objects::list(context.session, &wanted, self.at.clone()).map(|listed| {
            let pool = &pool;
            async move {
                let (position, object) = listed?;
                let opened = context.look(&object, pool).await;
                Ok(Ahead {
                    position,
                    object,
                    opened,
                })
            }
        });
        // A channel between the two, so that looking goes on while an object is written.
        let (mut sender, mut receiver) = mpsc::channel::<Result<Ahead, Problem>>(0);
        let looking = async move {
            let mut looked = pin!(looked.buffered(AHEAD));
            while let Some(ahead) = looked.next().await {
                // Nobody takes it any more: the writing has ended, and why is known there.
                if poll_fn(|context| sender.poll_ready(context)).await.is_err() || sender.start_send(ahead).is_err() {
                    break;
                }
            }
        };
        let writing = async {
            loop {
                let next = match future::select(receiver.next(), pin!(context.stopped())).await {
                    Either::Left((next, _)) => next,
                    Either::Right((problem, _)) => return Err(problem),
                };
                let Some(next) = next else { return Ok(()) };
                let Ahead {
                    position,
                    object,
                    opened,
                } = next?;
                self.at = position;
                self.take(context, object, opened).await?;
            }
        };
        match future::select(pin!(writing), pin!(looking)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), writing)) => writing.await,
        }
    }

    /// Goes on with an object that was begun, if it is the same still; else begins it anew.
    async fn go_on(&mut self, context: &Context<'_>, half: Half) -> Result<(), Problem> {
        let facts = match look::head(context.session, &half.object.key).await {
            Ok(facts) => facts,
            Err(problem) => {
                if may_go_on(&problem) {
                    self.pending = Some(Pending::Half(Box::new(half)));
                    return Err(problem);
                }
                self.place.abandon().await?;
                return self.settle(context, half.object, Err(problem));
            }
        };
        if half.partial.is_of(&facts) {
            let object = half.object.clone();
            let outcome = self.fetch(context, half).await;
            return self.settle(context, object, outcome);
        }
        self.place.abandon().await?;
        self.anew(context, half.object).await
    }

    async fn anew(&mut self, context: &Context<'_>, object: ObjectSummary) -> Result<(), Problem> {
        let opened = context.look(&object, &BufferPool::new(1, 1)).await;
        self.take(context, object, opened).await
    }

    async fn take(
        &mut self,
        context: &Context<'_>,
        object: ObjectSummary,
        opened: Result<Option<Partial>, Problem>,
    ) -> Result<(), Problem> {
        self.info.now.clone_from(&object.key);
        self.publish(context);
        let outcome = match opened {
            Ok(None) => self.folder(context, &object).await,
            Ok(Some(partial)) => self.file(context, object.clone(), partial).await,
            Err(problem) => Err(problem),
        };
        self.settle(context, object, outcome)
    }

    /// An object was dealt with, or what it met ends it all.
    fn settle(
        &mut self,
        context: &Context<'_>,
        object: ObjectSummary,
        outcome: Result<(), Problem>,
    ) -> Result<(), Problem> {
        match outcome {
            Ok(()) => self.info.saved += 1,
            Err(problem) if self.ends(&problem) => {
                if may_go_on(&problem) || is_full(&problem) {
                    self.pending.get_or_insert(Pending::Anew(object));
                }
                return Err(problem);
            }
            Err(problem) => {
                self.info.missing += 1;
                if self.missing.len() < MISSING_SHOWN {
                    let first = Rc::make_mut(&mut self.info.first_missing);
                    first.push((object.key.clone(), problem.clone()));
                }
                self.missed.push(Wanted::Object {
                    key: object.key.clone(),
                    size: object.size,
                });
                self.missing.push((object.key, problem));
            }
        }
        self.named = None;
        self.bytes += object.size;
        context.bytes.set(self.bytes);
        context.engine.queue.moved(context.id, self.bytes);
        self.publish(context);
        Ok(())
    }

    /// Whether all the others would meet the same.
    fn ends(&self, problem: &Problem) -> bool {
        match problem {
            // Of a folder's files each needs room for itself only.
            Problem::NoSpace { needed, .. } => self.info.into == BundleInto::Zip || *needed == 0,
            Problem::Cancelled | Problem::Browser { .. } => true,
            Problem::CannotSave { .. } => self.info.into == BundleInto::Zip,
            problem => may_go_on(problem),
        }
    }

    async fn folder(&mut self, context: &Context<'_>, object: &ObjectSummary) -> Result<(), Problem> {
        match self.names.folder(relative(&object.key, context.base)) {
            Some(place) => self.place.make_folder(place.path).await,
            None => Ok(()),
        }
    }

    async fn file(&mut self, context: &Context<'_>, object: ObjectSummary, partial: Partial) -> Result<(), Problem> {
        let partial = match partial {
            // What is not authentic yet must not lie where it could be handed on.
            Partial {
                facts,
                opening: Opening::Content(content),
                ..
            } if self.place.sink().private().is_none() => {
                let opening = content.into_whole(facts.size)?;
                Partial::new(facts, opening)
            }
            partial => partial,
        };
        let names = &mut self.names;
        let named = self
            .named
            .get_or_insert_with(|| names.file(relative(&object.key, context.base)));
        let place = named.clone();
        let modified = modified(&partial);
        let begun = self.place.begin(place.path, partial.length, modified).await?;
        let half = Half {
            object,
            partial,
            begun,
            renamed: place.renamed,
        };
        self.fetch(context, half).await
    }

    /// Fetches what is still to come of the object, and puts it in its place if it is authentic.
    async fn fetch(&mut self, context: &Context<'_>, half: Half) -> Result<(), Problem> {
        let whole = matches!(half.partial.opening, Opening::Whole(_)).then(Sink::whole);
        let sink = whole.as_ref().unwrap_or(self.place.sink());
        let counted = (context.id, self.bytes);
        let fetching = Fetch::new(context.engine, context.session, counted, &half.partial, sink);
        if let Err(problem) = fetching.all(context.stop).await {
            if may_go_on(&problem) && whole.is_none() {
                self.pending = Some(Pending::Half(Box::new(half)));
            } else {
                self.place.abandon().await?;
            }
            return Err(problem);
        }
        let Half {
            object,
            partial,
            begun,
            renamed,
        } = half;
        let encrypted = partial.opening.is_encrypted();
        let written_as = partial.facts.cse.written_as.clone();
        let (asked, modified) = (begun.path().to_owned(), modified(&partial));
        let checked = match (partial.opening, whole) {
            (Opening::Whole(opening), Some(sink)) => {
                let decrypted = sink.decrypt(&opening);
                decrypted.map(|_| Some(sink.take_bytes()))
            }
            (opening, _) => opening.finish().map(|()| None),
        };
        let content = match checked {
            Ok(content) => content,
            Err(problem) => {
                self.place.abandon().await?;
                return Err(problem);
            }
        };
        let names = &mut self.names;
        let spare = || names.file(&format!("{}_", relative(&object.key, context.base))).path;
        let path = match content {
            Some(bytes) => {
                self.place.abandon().await?;
                self.place.put(asked.clone(), &bytes, modified, spare).await?
            }
            None => self.place.finish(begun, spare).await?,
        };
        match encrypted {
            true => self.info.verified += 1,
            false => self.info.plain += 1,
        }
        let renamed = renamed || path != asked;
        self.info.renamed += u64::from(renamed);
        self.info.relocated += u64::from(written_as.is_some());
        if renamed || written_as.is_some() {
            self.renamings.push(Renaming {
                key: object.key,
                path,
                written_as,
            });
        }
        Ok(())
    }

    fn publish(&mut self, context: &Context<'_>) {
        self.info.total = context.total.get();
        let info = Rc::new(self.info.clone());
        context
            .engine
            .queue
            .update(context.id, |shown| shown.bundle = Some(info));
        context.engine.flush_soon();
    }

    /// A text that goes along with the files.
    async fn put_text(&mut self, name: &str, text: &str, now: u64) -> Result<(), Problem> {
        let path = self.names.file(name).path;
        let spare = || self.names.file(&format!("{name}_")).path;
        self.place.put(path, text.as_bytes(), now, spare).await?;
        Ok(())
    }

    /// Everything was dealt with: hands over what is there, with a word about what is not.
    async fn finish(mut self, context: &Context<'_>, job: &BundleJob) -> Result<(), Problem> {
        self.info.now.clear();
        self.publish(context);
        let (missing, saved) = (self.info.missing, self.info.saved);
        let missed = std::mem::take(&mut self.missed);
        if saved == 0 {
            job.missed.replace(missed);
            return Err(Problem::SomeMissing { missing, saved });
        }
        let now = (clock::now_ms() / 1000.0) as u64;
        if missing > 0 {
            let text = (job.wording.missing)(&self.missing);
            self.put_text(MISSING_FILE, &text, now).await?;
        }
        if !self.renamings.is_empty() {
            let text = (job.wording.names)(&self.renamings);
            self.put_text(NAMES_FILE, &text, now).await?;
        }
        self.place.hand_over(&names::file_name(&self.info.name)).await?;
        // Not before: what the person does not have is all to be fetched again.
        job.missed.replace(missed);
        match missing {
            0 => Ok(()),
            _ => Err(Problem::SomeMissing { missing, saved }),
        }
    }
}

/// The key below what is downloaded.
fn relative<'a>(key: &'a str, base: &str) -> &'a str {
    key.strip_prefix(base).unwrap_or(key)
}

/// Last change, seconds since 1970; 0 where it is not known.
fn modified(partial: &Partial) -> u64 {
    let date = partial.facts.last_modified.as_deref();
    let date = date.and_then(|date| httpdate::parse_http_date(date).ok());
    date.and_then(|date| date.duration_since(UNIX_EPOCH).ok())
        .map_or(0, |since| since.as_secs())
}
