//! Downloads that an earlier page left unfinished: shown, gone on with, discarded.

use std::cell::RefCell;
use std::rc::Rc;

use super::download::{self, DownloadJob};
use super::engine::{Engine, Job};
use super::opening::How;
use super::session::Session;
use super::{CseState, Direction, Event, SaveTo, UnfinishedDownload};
use crate::platform::save::SaveTarget;
use crate::transfer::{DownloadCheckpoint, KEEP_FROM};

impl Engine {
    /// Queues a download, after asking where to save it if that is wanted. One of the same object that was left is gone on
    /// with.
    pub(super) fn download(
        self: Rc<Self>,
        session: Rc<Session>,
        (key, size): (String, Option<u64>),
        save: SaveTo,
        how: How,
    ) {
        let job = DownloadJob {
            session,
            key,
            target: None,
            how,
            hash: self.checks.get().hash,
            parked: RefCell::default(),
            left: RefCell::default(),
        };
        if save == SaveTo::Downloads {
            return self.begin_download(job, size);
        }
        self.spawn(async move |engine: Rc<Engine>| {
            let Some(target) = engine.picked(&job.key).await else {
                return;
            };
            let target = Some(target);
            engine.begin_download(DownloadJob { target, ..job }, size);
        });
    }

    /// Where the person wants it; `None` if nowhere, or if the browser does not let them choose, which is told.
    async fn picked(&self, key: &str) -> Option<SaveTarget> {
        let picked = download::pick(key).await;
        picked.unwrap_or_else(|problem| {
            self.emit(Event::UnfinishedProblem(problem));
            None
        })
    }

    fn begin_download(self: Rc<Self>, mut job: DownloadJob, size: Option<u64>) {
        if size.is_some_and(|size| size < KEEP_FROM) || !job.how.unlocked.is_empty() {
            return self.queue_download(job, size.unwrap_or(0));
        }
        self.spawn(async move |engine: Rc<Engine>| {
            let is_left = |left: &DownloadCheckpoint| left.object.key == job.key && left.as_stored == job.how.as_stored;
            let left = engine.left_downloads(&job.session).await.into_iter();
            let left = left.into_iter().find(is_left);
            job.hash |= left.as_ref().is_some_and(|left| left.hash);
            job.left.replace(left.map(Rc::new));
            engine.queue_download(job, size.unwrap_or(0));
        });
    }

    /// Goes on with one that was left.
    pub(super) async fn resume_download(self: Rc<Self>, id: &str) {
        let Ok(session) = self.session() else { return };
        let left = self.left_downloads(&session).await.into_iter();
        if let Some(left) = left.into_iter().find(|left| left.id == id) {
            let size = left.length;
            let target = match left.ask {
                true => match self.picked(&left.object.key).await {
                    None => return,
                    target => target,
                },
                false => None,
            };
            let job = DownloadJob {
                session,
                key: left.object.key.clone(),
                target,
                how: How {
                    as_stored: left.as_stored,
                    unlocked: Vec::new(),
                },
                hash: self.checks.get().hash || left.hash,
                parked: RefCell::default(),
                left: RefCell::new(Some(Rc::new(left))),
            };
            self.clone().queue_download(job, size);
        }
        self.list_unfinished_downloads().await;
    }

    /// Removes one that was left, if it is there and nobody goes on with it.
    pub(super) async fn discard_download(&self, session: &Session, id: &str) {
        let left = self.left_downloads(session).await;
        if let Some(left) = left.iter().find(|left| left.id == id) {
            self.discard_left(left).await;
        }
    }

    /// Removes what has come of one that was left; says so if that cannot be done.
    pub(super) async fn discard_left(&self, left: &DownloadCheckpoint) {
        if let Err(problem) = self.kept_downloads.discard(left).await {
            self.emit(Event::UnfinishedProblem(problem));
            self.list_unfinished_downloads().await;
        }
    }

    /// Tells the app of all that were left.
    pub(super) async fn list_unfinished_downloads(&self) {
        let Ok(session) = self.session() else { return };
        let mut unfinished = Vec::new();
        for left in self.left_downloads(&session).await {
            unfinished.push(UnfinishedDownload {
                came: self.kept_downloads.inventory(&left).await.plain(),
                is_plain: left.as_stored || left.format == CseState::None.as_str(),
                id: left.id,
                key: left.object.key,
                size: left.length,
                started: left.started_ms,
                key_needed: left.key_needed,
            });
        }
        self.tell(&session, Event::UnfinishedDownloads(unfinished));
    }

    fn queue_download(self: Rc<Self>, job: DownloadJob, size: u64) {
        let key = job.key.clone();
        self.queue
            .add(Direction::Download, key, size, false, Job::Download(job));
        self.run_queue();
    }

    /// Those from this place that no page goes on with, and no transfer of this one is going to.
    async fn left_downloads(&self, session: &Session) -> Vec<DownloadCheckpoint> {
        let mut left = self.kept_downloads.left(&session.place()).await;
        let going = self.queue.going().into_iter().filter_map(|id| self.queue.job(id));
        for job in going {
            if let Job::Download(job) = &*job
                && let Some(going) = &*job.left.borrow()
            {
                left.retain(|left| left.id != going.id);
            }
        }
        left
    }
}
