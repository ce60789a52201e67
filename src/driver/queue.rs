//! The list of transfers: states, progress, who runs next. Tells the app in batches, so that ten thousand files do
//! not make ten thousand renderings.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::rc::Rc;

use super::{Direction, Problem, TransferId, TransferInfo, TransferState};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::transfer::Meter;

/// Files that are uploaded at a time. Parts share one set of buffers, whatever the files.
const UPLOADS_AT_A_TIME: usize = 6;
/// Objects that are downloaded at a time; each has a worker of its own.
const DOWNLOADS_AT_A_TIME: usize = 2;

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

/// One transfer: what is shown, what is to be done, and the handle that stops it.
struct Transfer<J> {
    info: TransferInfo,
    job: Rc<J>,
    stop: Stop,
    meter: Meter,
}

/// The transfers of this session; `J` is what a runner needs to carry one out.
pub(super) struct Queue<J> {
    transfers: RefCell<BTreeMap<TransferId, Transfer<J>>>,
    waiting: RefCell<VecDeque<TransferId>>,
    changed: RefCell<BTreeSet<TransferId>>,
    running: [Cell<usize>; 2],
    next_id: Cell<u64>,
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        Queue {
            transfers: RefCell::default(),
            waiting: RefCell::default(),
            changed: RefCell::default(),
            running: Default::default(),
            next_id: Cell::new(0),
        }
    }
}

fn lane(direction: Direction) -> usize {
    match direction {
        Direction::Upload => 0,
        Direction::Download => 1,
    }
}

impl<J> Queue<J> {
    /// Appends a transfer, queued.
    pub(super) fn add(&self, direction: Direction, key: String, size: u64, encrypted: bool, job: J) -> TransferId {
        let id = TransferId(self.next_id.get());
        self.next_id.set(id.0 + 1);
        let info = TransferInfo {
            id,
            direction,
            key,
            size,
            moved: 0,
            speed: 0.0,
            eta: None,
            encrypted,
            state: TransferState::Queued,
            facts: None,
            written_as: None,
        };
        let transfer = Transfer {
            info,
            job: Rc::new(job),
            stop: Stop::new(),
            meter: Meter::default(),
        };
        self.transfers.borrow_mut().insert(id, transfer);
        self.waiting.borrow_mut().push_back(id);
        self.changed.borrow_mut().insert(id);
        id
    }

    /// The next transfer that may start, marked as running until [`Queue::ended`].
    pub(super) fn start_next(&self) -> Option<(TransferId, Rc<J>, Stop)> {
        let transfers = self.transfers.borrow();
        let mut waiting = self.waiting.borrow_mut();
        let limits = [UPLOADS_AT_A_TIME, DOWNLOADS_AT_A_TIME];
        let free = |id: &TransferId| {
            transfers.get(id).is_none_or(|transfer| {
                let lane = lane(transfer.info.direction);
                self.running[lane].get() < limits[lane]
            })
        };
        loop {
            let at = waiting.iter().position(free)?;
            let id = waiting.remove(at)?;
            // One that was removed meanwhile just leaves the line.
            if let Some(transfer) = transfers.get(&id) {
                let lane = &self.running[lane(transfer.info.direction)];
                lane.set(lane.get() + 1);
                return Some((id, transfer.job.clone(), transfer.stop.clone()));
            }
        }
    }

    /// A transfer that was started is over.
    pub(super) fn ended(&self, id: TransferId, direction: Direction, state: TransferState) {
        let lane = &self.running[lane(direction)];
        lane.set(lane.get() - 1);
        self.update(id, |info| {
            (info.speed, info.eta) = (0.0, None);
            info.state = state;
        });
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
            info.moved = moved.min(info.size);
            info.speed = transfer.meter.speed();
            info.eta = transfer.meter.eta(info.size - info.moved);
            self.changed.borrow_mut().insert(id);
        }
    }

    /// So many plaintext bytes had moved already before this run: they say nothing about its speed.
    pub(super) fn already(&self, id: TransferId, moved: u64) {
        if let Some(transfer) = self.transfers.borrow_mut().get_mut(&id) {
            transfer.meter = Meter::default();
            transfer.info.moved = moved.min(transfer.info.size);
            self.changed.borrow_mut().insert(id);
        }
    }

    /// Object keys of the uploads that are not over.
    pub(super) fn keys_going_up(&self) -> HashSet<String> {
        let transfers = self.transfers.borrow();
        let going = transfers.values().map(|transfer| &transfer.info);
        let up = going.filter(|info| info.direction == Direction::Upload && !info.state.is_over());
        up.map(|info| info.key.clone()).collect()
    }

    /// Stops a transfer. One that is not running is over at once, and its job is given; a running one ends by its own
    /// runner.
    pub(super) fn cancel(&self, id: TransferId) -> Option<Rc<J>> {
        let mut transfers = self.transfers.borrow_mut();
        let transfer = transfers.get_mut(&id)?;
        transfer.stop.cancel.abort();
        if !matches!(transfer.info.state, TransferState::Queued | TransferState::Paused) {
            return None;
        }
        self.waiting.borrow_mut().retain(|waiting| *waiting != id);
        transfer.info.state = TransferState::Cancelled;
        self.changed.borrow_mut().insert(id);
        Some(transfer.job.clone())
    }

    /// Stops transfers for now; all, if none is named.
    pub(super) fn pause(&self, ids: Option<&[TransferId]>) {
        let mut transfers = self.transfers.borrow_mut();
        for (id, transfer) in transfers.iter_mut() {
            if transfer.info.state.is_over() || ids.is_some_and(|ids| !ids.contains(id)) {
                continue;
            }
            transfer.stop.pause.abort();
            if transfer.info.state == TransferState::Queued {
                self.waiting.borrow_mut().retain(|waiting| waiting != id);
                transfer.info.state = TransferState::Paused;
                self.changed.borrow_mut().insert(*id);
            }
        }
    }

    /// Puts paused transfers back in line; all, if none is named.
    pub(super) fn resume(&self, ids: Option<&[TransferId]>) {
        let paused = |info: &TransferInfo| info.state == TransferState::Paused;
        self.requeue(|info| paused(info) && ids.is_none_or(|ids| ids.contains(&info.id)));
    }

    /// Puts those back in line that failed for want of good credentials.
    pub(super) fn resume_with_new_credentials(&self) {
        self.requeue(|info| {
            matches!(
                &info.state,
                TransferState::Failed(Problem::ExpiredToken | Problem::UnknownAccessKey | Problem::WrongSecret)
            )
        });
    }

    fn requeue(&self, which: impl Fn(&TransferInfo) -> bool) {
        let mut transfers = self.transfers.borrow_mut();
        for (id, transfer) in transfers.iter_mut().filter(|(_, transfer)| which(&transfer.info)) {
            transfer.stop = Stop::new();
            transfer.meter = Meter::default();
            transfer.info.state = TransferState::Queued;
            self.waiting.borrow_mut().push_back(*id);
            self.changed.borrow_mut().insert(*id);
        }
    }

    /// All that are not over.
    pub(super) fn going(&self) -> Vec<TransferId> {
        let transfers = self.transfers.borrow();
        let going = transfers.iter().filter(|(_, transfer)| !transfer.info.state.is_over());
        going.map(|(id, _)| *id).collect()
    }

    /// Puts an ended transfer back in line: it goes on with what was sent, or starts from the beginning.
    pub(super) fn retry(&self, id: TransferId) {
        self.requeue(|info| info.id == id && matches!(info.state, TransferState::Failed(_) | TransferState::Cancelled));
        self.update(id, |info| info.facts = None);
    }

    /// Takes ended transfers off the list and says which.
    pub(super) fn remove(&self, ids: &[TransferId]) -> Vec<TransferId> {
        let mut transfers = self.transfers.borrow_mut();
        let over = |id: &&TransferId| transfers.get(id).is_some_and(|transfer| transfer.info.state.is_over());
        let gone: Vec<_> = ids.iter().filter(over).copied().collect();
        gone.iter().for_each(|id| drop(transfers.remove(id)));
        gone
    }

    /// What has changed since it was last asked for.
    pub(super) fn take_changes(&self) -> Vec<TransferInfo> {
        let transfers = self.transfers.borrow();
        let changed = self.changed.take();
        changed
            .iter()
            .filter_map(|id| transfers.get(id))
            .map(|transfer| transfer.info.clone())
            .collect()
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
