//! The list of transfers: states, progress, who runs next. Tells the app in batches, so that ten thousand files do
//! not make ten thousand renderings.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use super::{Direction, FileHash, Pace, Problem, TransferId, TransferInfo, TransferState};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::transfer::{Lane, Lanes, Meter, Progress, SMALL_FILE};

/// Small files that are uploaded at a time: twice the connections a browser has to one host, so that one file is
/// encrypted while another is sent.
pub(super) const SMALL_UPLOADS_AT_A_TIME: usize = 12;
/// Other files that are uploaded at a time. Their parts share one set of buffers, whatever the files.
const LARGE_UPLOADS_AT_A_TIME: usize = 6;
/// Objects that are downloaded at a time; each has a worker of its own.
const DOWNLOADS_AT_A_TIME: usize = 2;
/// Changes that the app hears of at once. Hearing of one takes microseconds, drawing what was heard much longer.
const MOST_CHANGES: usize = 4_000;

/// The two ways to stop a transfer.
#[derive(Clone)]
pub(super) struct Stop {
    /// For good.
    pub(super) cancel: Abort,
    /// For now.
    pub(super) pause: Abort,
}

impl Stop {
    fn new() -> Self {
        Stop {
            cancel: Abort::new(),
            pause: Abort::new(),
        }
    }
}

/// What lies somewhere.
pub(super) trait Placed {
    /// Endpoint and bucket.
    fn place(&self) -> String;
}

/// One transfer: what is shown, what is to be done, and the handle that stops it.
struct Transfer<J> {
    info: TransferInfo,
    place: Rc<str>,
    job: Rc<J>,
    stop: Stop,
    /// It is stopping for now, and somebody wants it to go on already.
    goes_on: bool,
    meter: Meter,
}

impl<J> Transfer<J> {
    /// Where its object lies.
    fn target(&self) -> (Rc<str>, String) {
        (self.place.clone(), self.info.key.clone())
    }

    /// An upload that is not over.
    fn is_going_up(&self) -> bool {
        self.info.direction == Direction::Upload && !self.info.state.is_over()
    }
}

/// The transfers of this session; `J` is what a runner needs to carry one out.
pub(super) struct Queue<J> {
    transfers: RefCell<BTreeMap<TransferId, Transfer<J>>>,
    lanes: RefCell<Lanes<TransferId>>,
    changed: RefCell<BTreeSet<TransferId>>,
    next_id: Cell<u64>,
    progress: RefCell<Progress>,
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        Queue {
            transfers: RefCell::default(),
            lanes: RefCell::new(Lanes::new(
                SMALL_UPLOADS_AT_A_TIME,
                LARGE_UPLOADS_AT_A_TIME,
                DOWNLOADS_AT_A_TIME,
            )),
            changed: RefCell::default(),
            next_id: Cell::new(0),
            progress: RefCell::default(),
        }
    }
}

fn lane(info: &TransferInfo) -> Lane {
    match info.direction {
        Direction::Upload if info.size <= SMALL_FILE => Lane::SmallUploads,
        Direction::Upload => Lane::LargeUploads,
        Direction::Download => Lane::Downloads,
    }
}

impl<J: Placed> Queue<J> {
    /// Appends a transfer, queued.
    pub(super) fn add(&self, direction: Direction, key: String, size: u64, encrypted: bool, job: J) -> TransferId {
        let id = TransferId(self.next_id.get());
        self.next_id.set(id.0 + 1);
        let info = TransferInfo::new(id, direction, key, size, encrypted);
        self.lanes.borrow_mut().join(lane(&info), id);
        let transfer = Transfer {
            info,
            place: job.place().into(),
            job: Rc::new(job),
            stop: Stop::new(),
            goes_on: false,
            meter: Meter::default(),
        };
        self.transfers.borrow_mut().insert(id, transfer);
        self.changed.borrow_mut().insert(id);
        id
    }

    /// The next transfer that may start, marked as running until [`Queue::ended`].
    pub(super) fn start_next(&self) -> Option<(TransferId, Rc<J>, Stop)> {
        let id = self.lanes.borrow_mut().start_next()?;
        let transfers = self.transfers.borrow();
        // Only what is over is removed, and what is over does not wait.
        let transfer = transfers.get(&id)?;
        Some((id, transfer.job.clone(), transfer.stop.clone()))
    }

    /// It only waits for something else to happen: another may start in its place.
    pub(super) fn make_room(&self, id: TransferId) {
        self.lanes.borrow_mut().ended(id);
    }

    /// Whether nothing runs.
    pub(super) fn is_idle(&self) -> bool {
        self.lanes.borrow().is_idle()
    }

    /// How many small uploads have not started.
    pub(super) fn small_uploads_waiting(&self) -> usize {
        self.lanes.borrow().waiting(Lane::SmallUploads)
    }

    /// Whether it is on the list.
    pub(super) fn has(&self, id: TransferId) -> bool {
        self.transfers.borrow().contains_key(&id)
    }

    /// What a transfer is to do.
    pub(super) fn job(&self, id: TransferId) -> Option<Rc<J>> {
        self.transfers.borrow().get(&id).map(|transfer| transfer.job.clone())
    }

    /// A transfer that was started is over.
    pub(super) fn ended(&self, id: TransferId, state: TransferState) {
        self.lanes.borrow_mut().ended(id);
        self.update(id, |info| {
            if state.is_over() {
                self.progress.borrow_mut().ended(info.size, info.moved);
            }
            (info.speed, info.eta) = (0.0, None);
            info.ended_at = state.is_over().then(clock::now_ms);
            info.state = state;
        });
        let transfers = self.transfers.borrow();
        let goes_on = transfers.get(&id).is_some_and(|transfer| transfer.goes_on);
        drop(transfers);
        if goes_on {
            self.resume(Some(&[id]));
        }
    }

    /// Changes what is shown of a transfer.
    pub(super) fn update(&self, id: TransferId, change: impl FnOnce(&mut TransferInfo)) {
        if let Some(transfer) = self.transfers.borrow_mut().get_mut(&id) {
            change(&mut transfer.info);
            self.changed.borrow_mut().insert(id);
        }
    }

    /// So many plaintext bytes have moved in all.
    pub(super) fn moved(&self, id: TransferId, moved: u64) {
        if let Some(transfer) = self.transfers.borrow_mut().get_mut(&id) {
            transfer.meter.record(clock::now_ms(), moved);
            let info = &mut transfer.info;
            let before = std::mem::replace(&mut info.moved, moved.min(info.size));
            self.progress.borrow_mut().moved(info.size, before, info.moved);
            info.speed = transfer.meter.speed();
            info.eta = transfer.meter.eta(info.size - info.moved);
            self.changed.borrow_mut().insert(id);
        }
    }

    /// So many plaintext bytes have been read and encrypted in all.
    pub(super) fn made(&self, id: TransferId, made: u64) {
        self.update(id, |info| info.made = made.min(info.size));
    }

    /// So many plaintext bytes had moved already before this run: they say nothing about its speed.
    pub(super) fn already(&self, id: TransferId, moved: u64) {
        if let Some(transfer) = self.transfers.borrow_mut().get_mut(&id) {
            transfer.meter = Meter::default();
            transfer.info.moved = moved.min(transfer.info.size);
            self.changed.borrow_mut().insert(id);
        }
    }

    /// Object keys of the uploads to this place that are not over.
    pub(super) fn keys_going_up(&self, place: &str) -> HashSet<String> {
        let transfers = self.transfers.borrow();
        let going = transfers.values().filter(|transfer| transfer.is_going_up());
        let here = going.filter(|transfer| &*transfer.place == place);
        here.map(|transfer| transfer.info.key.clone()).collect()
    }

    /// Stops a transfer. One that is not running is over at once, and its job is given; a running one ends by its own
    /// runner.
    pub(super) fn cancel(&self, id: TransferId) -> Option<Rc<J>> {
        let mut transfers = self.transfers.borrow_mut();
        let transfer = transfers.get_mut(&id)?;
        transfer.stop.cancel.abort();
        transfer.goes_on = false;
        if !matches!(transfer.info.state, TransferState::Queued | TransferState::Paused) {
            return None;
        }
        self.lanes.borrow_mut().leave(id);
        transfer.info.state = TransferState::Cancelled;
        self.changed.borrow_mut().insert(id);
        Some(transfer.job.clone())
    }

    /// Stops transfers for now; all, if none is named.
    pub(super) fn pause(&self, ids: Option<&[TransferId]>) {
        let mut transfers = self.transfers.borrow_mut();
        for id in chosen(&transfers, ids) {
            let Some(transfer) = transfers.get_mut(&id).filter(|transfer| !transfer.info.state.is_over()) else {
                continue;
            };
            transfer.stop.pause.abort();
            transfer.goes_on = false;
            if transfer.info.state == TransferState::Queued {
                self.lanes.borrow_mut().leave(id);
                transfer.info.state = TransferState::Paused;
                self.changed.borrow_mut().insert(id);
            }
        }
    }

    /// Puts paused transfers back in line; all, if none is named. Those that are still stopping go there when they have.
    pub(super) fn resume(&self, ids: Option<&[TransferId]>) {
        let mut transfers = self.transfers.borrow_mut();
        for id in chosen(&transfers, ids) {
            if let Some(transfer) = transfers.get_mut(&id) {
                let is_stopping = transfer.stop.pause.is_aborted() && !transfer.info.state.is_over();
                transfer.goes_on = is_stopping && transfer.info.state != TransferState::Paused;
            }
        }
        drop(transfers);
        self.requeue(ids, |state| *state == TransferState::Paused);
    }

    /// A transfer that is about to end paused goes back in line, if nobody cancelled it.
    pub(super) fn go_on(&self, id: TransferId) {
        if let Some(transfer) = self.transfers.borrow_mut().get_mut(&id) {
            transfer.goes_on = !transfer.stop.cancel.is_aborted();
        }
    }

    /// Puts those back in line that failed for want of good credentials.
    pub(super) fn resume_with_new_credentials(&self) {
        self.requeue(None, |state| {
            matches!(
                state,
                TransferState::Failed(Problem::ExpiredToken | Problem::UnknownAccessKey | Problem::WrongSecret)
            )
        });
    }

    /// Puts an ended transfer back in line: it goes on with what was sent, or starts from the beginning.
    pub(super) fn retry(&self, id: TransferId) {
        self.requeue(Some(&[id]), |state| {
            matches!(state, TransferState::Failed(_) | TransferState::Cancelled)
        });
    }

    /// The same for all that failed.
    pub(super) fn retry_failed(&self) {
        self.requeue(None, |state| matches!(state, TransferState::Failed(_)));
    }

    fn requeue(&self, ids: Option<&[TransferId]>, which: impl Fn(&TransferState) -> bool) {
        let mut transfers = self.transfers.borrow_mut();
        let going_up = transfers.values().filter(|transfer| transfer.is_going_up());
        let mut going_up: HashSet<_> = going_up.map(Transfer::target).collect();
        for id in chosen(&transfers, ids) {
            let Some(transfer) = transfers.get_mut(&id).filter(|transfer| which(&transfer.info.state)) else {
                continue;
            };
            let was_over = transfer.info.state.is_over() && transfer.info.direction == Direction::Upload;
            if was_over && !going_up.insert(transfer.target()) {
                // Another file has taken its place meanwhile: sending both would lose one.
                transfer.info.state = TransferState::Failed(Problem::SameKey);
                self.changed.borrow_mut().insert(id);
                continue;
            }
            transfer.stop = Stop::new();
            transfer.goes_on = false;
            transfer.meter = Meter::default();
            let info = &mut transfer.info;
            if info.state.is_over() {
                (info.facts, info.sha256) = (None, FileHash::Unasked);
            }
            (info.state, info.ended_at) = (TransferState::Queued, None);
            self.lanes.borrow_mut().join(lane(info), id);
            self.changed.borrow_mut().insert(id);
        }
    }

    /// All that are not over.
    pub(super) fn going(&self) -> Vec<TransferId> {
        let transfers = self.transfers.borrow();
        let going = transfers.iter().filter(|(_, transfer)| !transfer.info.state.is_over());
        going.map(|(id, _)| *id).collect()
    }

    /// Takes ended transfers off the list and says which.
    pub(super) fn remove(&self, ids: &[TransferId]) -> Vec<TransferId> {
        let mut transfers = self.transfers.borrow_mut();
        let over = |id: &&TransferId| transfers.get(id).is_some_and(|transfer| transfer.info.state.is_over());
        let gone: Vec<_> = ids.iter().filter(over).copied().collect();
        gone.iter().for_each(|id| drop(transfers.remove(id)));
        gone
    }

    /// What has changed since it was last asked for, as far as it is heard at once: ask again until nothing is left.
    pub(super) fn take_changes(&self) -> Vec<TransferInfo> {
        let transfers = self.transfers.borrow();
        let mut changed = self.changed.borrow_mut();
        let ids = std::iter::from_fn(|| changed.pop_first()).take(MOST_CHANGES);
        ids.filter_map(|id| transfers.get(&id))
            .map(|transfer| transfer.info.clone())
            .collect()
    }

    /// Whether something changed that was not asked for yet.
    pub(super) fn has_changes(&self) -> bool {
        !self.changed.borrow().is_empty()
    }

    /// How fast they go together, measured from one call to the next; `None` when nothing runs.
    pub(super) fn pace(&self) -> Option<Pace> {
        let mut progress = self.progress.borrow_mut();
        if self.is_idle() {
            *progress = Progress::default();
            return None;
        }
        Some(progress.pace(clock::now_ms()))
    }
}

/// These, or all.
fn chosen<J>(transfers: &BTreeMap<TransferId, Transfer<J>>, ids: Option<&[TransferId]>) -> Vec<TransferId> {
    match ids {
        Some(ids) => ids.to_vec(),
        None => transfers.keys().copied().collect(),
    }
}

/// The state that ends a transfer.
pub(super) fn final_state(outcome: Result<(), Problem>) -> TransferState {
    match outcome {
        Ok(()) => TransferState::Done,
        Err(Problem::Cancelled) => TransferState::Cancelled,
        Err(Problem::Paused) => TransferState::Paused,
        Err(problem) => TransferState::Failed(problem),
    }
}
