//! Counting and deleting what a person chose of a folder.

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;

use futures::future::{self, Either};
use futures::{StreamExt, TryStreamExt};

use super::bundle::objects::{self, Position};
use super::bundle::{BundleJob, Destination};
use super::engine::{Engine, Job};
use super::refusal;
use super::sink::browser;
use super::{BundleInto, Direction, Event, ManyEvent, Problem, Wanted, Wording, names};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::platform::folder;
use crate::transfer::FailureKind;

/// Objects deleted at a time.
const AT_A_TIME: usize = 6;
/// The app hears of deletions this often, milliseconds.
const TELL_MS: f64 = 200.0;

/// Ends what is being counted or deleted.
#[derive(Default)]
pub(super) struct Many(RefCell<Abort>);

impl Many {
    /// Ends it.
    pub(super) fn stop(&self) {
        self.0.borrow().abort();
    }

    /// Ends it, for something new that is ended by this.
    fn start(&self) -> Abort {
        self.stop();
        let fresh = Abort::new();
        self.0.replace(fresh.clone());
        fresh
    }
}

/// Asks for a folder if one is needed, then puts the download in line.
pub(super) async fn download(
    engine: &Rc<Engine>,
    wanted: Vec<Wanted>,
    (base, name): (String, String),
    into: BundleInto,
    wording: Wording,
) -> Result<(), Problem> {
    let (session, name) = (engine.session()?, names::file_name(&name));
    let destination = match into {
        BundleInto::Zip => Destination::Zip,
        BundleInto::Folder => match folder::pick().await.map_err(browser)? {
            Some(folder) => Destination::Folder(folder),
            None => return Ok(()),
        },
    };
    let key = match (&wanted[..], into) {
        ([Wanted::Prefix(prefix)], _) => prefix.clone(),
        (_, BundleInto::Zip) => format!("{name}.zip"),
        (_, BundleInto::Folder) => format!("{name}/"),
    };
    let job = BundleJob {
        session,
        wanted,
        base,
        name,
        destination,
        wording,
        parked: RefCell::default(),
        missed: RefCell::default(),
    };
    engine
        .queue
        .add(Direction::Download, key, 0, false, Job::Bundle(Box::new(job)));
    engine.clone().run_queue();
    Ok(())
}

/// Counts, until something else is counted or deleted.
pub(super) async fn count(engine: &Engine, wanted: &[Wanted]) -> Result<(), Problem> {
    let (session, stop) = (engine.session()?, engine.many.start());
    let tell = |objects, bytes, all| {
        if !stop.is_aborted() {
            engine.emit(Event::Many(ManyEvent::Counted { objects, bytes, all }));
        }
    };
    let counting = objects::count(&session, wanted, |objects, bytes| tell(objects, bytes, false));
    if let Either::Left((counted, _)) = future::select(pin!(counting), pin!(stop.aborted())).await {
        let (objects, bytes) = counted?;
        tell(objects, bytes, true);
    }
    Ok(())
}

/// Deletes everything that is wanted, a few objects at a time. What cannot be deleted is named; the others go on.
pub(super) async fn delete(engine: &Engine, wanted: &[Wanted]) -> Result<(), Problem> {
    let (session, stop) = (engine.session()?, engine.many.start());
    let (gone, failed, told) = (
        RefCell::new(Vec::new()),
        RefCell::new(Vec::new()),
        Cell::new(clock::now_ms()),
    );
    let tell = |over| {
        told.set(clock::now_ms());
        engine.emit(Event::Many(ManyEvent::Deleted {
            gone: gone.take(),
            failed: failed.take(),
            over,
        }));
    };
    // Stopped, it asks for no more, and hears what became of those it asked for.
    let deleting = objects::list(&session, wanted, Position::default())
        .take_until(stop.aborted())
        .try_for_each_concurrent(AT_A_TIME, |(_, object)| {
            let (session, gone, failed, told, tell) = (&session, &gone, &failed, &told, &tell);
            async move {
                match session.delete(&object.key).await {
                    Ok(()) => gone.borrow_mut().push(object.key),
                    Err(problem) if ends(&problem) => return Err(problem),
                    Err(problem) => failed.borrow_mut().push((object.key, problem)),
                }
                if clock::now_ms() - told.get() > TELL_MS {
                    tell(None);
                }
                Ok(())
            }
        });
    let outcome = match deleting.await {
        Ok(()) if stop.is_aborted() => Err(Problem::Cancelled),
        outcome => outcome,
    };
    tell(Some(outcome));
    Ok(())
}

/// Whether the others would meet the same.
fn ends(problem: &Problem) -> bool {
    matches!(
        refusal::kind(problem),
        FailureKind::Offline | FailureKind::Transient | FailureKind::Credentials
    )
}
