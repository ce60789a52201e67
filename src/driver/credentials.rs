//! Credentials that stopped working in the middle: nothing more is sent before there are others, and then all goes on.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;

use super::engine::{Engine, Job};
use super::session::Session;
use super::{Event, Problem, TransferId, TransferState, refusal};
use crate::platform::abort::Abort;
use crate::s3::ListObjectsV2;
use crate::transfer::FailureKind;

/// Whether the queue waits for other credentials, and what is to go on then.
#[derive(Default)]
pub(super) struct Credentials {
    wanted: Cell<bool>,
    stopped: RefCell<HashSet<TransferId>>,
    /// What was told of this computer's clock last, seconds.
    clock_told: Cell<i64>,
}

impl Engine {
    /// Whether transfers wait for other credentials.
    pub(super) fn wants_credentials(&self) -> bool {
        self.credentials.wanted.get()
    }

    /// How a transfer is shown that ended for want of good credentials: paused, with all others, until there are some.
    /// One that the storage refuses although it takes the credentials elsewhere has a problem of its own.
    /// `begun_with` is the connection its run began with: what fails for older credentials than there are goes on by itself.
    pub(super) async fn stopped_by(
        &self,
        id: TransferId,
        job: &Job,
        begun_with: &Rc<Session>,
        state: TransferState,
    ) -> TransferState {
        let TransferState::Failed(problem) = &state else {
            return state;
        };
        if refusal::kind(problem) != FailureKind::Credentials {
            return state;
        }
        // A signature may also fail over one key's odd characters: then the credentials are as good as before.
        let session = self.session_like(job.session());
        if !Rc::ptr_eq(begun_with, &session) {
            self.queue.go_on(id);
            return TransferState::Paused;
        }
        if *problem == Problem::WrongSecret && !self.wants_credentials() && still_work(&session).await {
            return state;
        }
        self.credentials.stopped.borrow_mut().insert(id);
        if !self.credentials.wanted.replace(true) {
            self.emit(Event::CredentialsWanted(problem.clone()));
        }
        TransferState::Paused
    }

    /// There are others now: what was stopped for want of them goes back in line.
    pub(super) fn take_credentials(&self, session: &Session) {
        self.credentials.wanted.set(false);
        self.credentials.clock_told.set(0);
        let stopped = self.credentials.stopped.take().into_iter();
        let (here, elsewhere): (Vec<_>, Vec<_>) = stopped.partition(|id| {
            self.queue
                .job(*id)
                .is_none_or(|job| job.session().place() == session.place())
        });
        // Those need credentials of another place: they stay paused, and the person resumes them there.
        drop(elsewhere);
        self.queue.resume(Some(&here));
    }

    /// Tells once when a session found this computer's clock to be off, and once when it was set right.
    pub(super) fn tell_clock(&self) {
        let Ok(session) = self.session() else { return };
        let seconds = session.clock_ahead_seconds();
        if self.credentials.clock_told.replace(seconds) != seconds {
            self.emit(Event::ClockCorrected(seconds));
        }
    }
}

/// Whether the storage takes the credentials for something else. That they may not list is no refusal of them.
async fn still_work(session: &Rc<Session>) -> bool {
    let listing = ListObjectsV2 {
        max_keys: Some(1),
        ..ListObjectsV2::default()
    };
    let asked = session.call(&listing, "", &Abort::new()).await;
    matches!(asked, Ok(_) | Err(Problem::AccessDenied { .. }))
}
