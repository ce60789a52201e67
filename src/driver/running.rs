//! Transfers run when their turn comes, and are cancelled.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::engine::{Engine, Job};
use super::queue::final_state;
use super::{Event, TransferId, TransferState, bundle, download, upload, upload_again};

impl Engine {
    /// Starts what there is room for, as long as the credentials are good.
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

    /// Cancels all that has not ended.
    pub(super) fn cancel_all(self: &Rc<Self>) {
        self.queue.going().into_iter().for_each(|id| self.cancel(id));
    }

    /// Cancels a transfer, with all that is kept of it.
    pub(super) fn cancel(self: &Rc<Self>, id: TransferId) {
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
}
