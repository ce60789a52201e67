//! The queue as the app sees it.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::app::text;
use crate::driver::{Direction, ObjectFacts, TransferId, TransferInfo, TransferState};

/// Transfers by their id, in the order they came, with running totals.
#[derive(Clone, Debug, Default)]
pub struct Transfers {
    list: BTreeMap<TransferId, TransferInfo>,
    order: Vec<TransferId>,
    pointed_at: bool,
    focused: bool,
    announced: Announced,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Announced {
    quarter: u64,
    going: bool,
}

/// What rests on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The mouse, or a finger.
    Pointer,
    /// The keyboard's focus.
    Focus,
}

/// Sums over the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Transfers.
    pub total: usize,
    /// Of these, done.
    pub done: usize,
    /// Of these, failed.
    pub failed: usize,
    /// Of these, neither over nor cancelled.
    pub going: usize,
    /// Of these, paused.
    pub paused: usize,
    /// Plaintext bytes in all.
    pub size: u64,
    /// Plaintext bytes moved.
    pub moved: u64,
    /// Bytes per second, all together.
    pub speed: f64,
}

impl Transfers {
    /// Takes in changes; gives what was uploaded just now.
    pub fn apply(&mut self, changes: Vec<TransferInfo>) -> Vec<Rc<ObjectFacts>> {
        let mut uploaded = Vec::new();
        let mut moved = false;
        for info in changes {
            let before = self.list.get(&info.id).map(|known| known.state.clone());
            if before.is_none() {
                self.order.push(info.id);
            }
            moved |= before.as_ref().map(rank) != Some(rank(&info.state));
            if info.direction == Direction::Upload
                && info.state == TransferState::Done
                && before != Some(TransferState::Done)
            {
                uploaded.extend(info.facts.clone());
            }
            self.list.insert(info.id, info);
        }
        if moved && !self.is_held() {
            self.arrange();
        }
        uploaded
    }

    /// Nothing changes places while somebody points at a line: a press meant for one file must not meet another.
    pub fn hold(&mut self, by: Hold, held: bool) {
        match by {
            Hold::Pointer => self.pointed_at = held,
            Hold::Focus => self.focused = held,
        }
        if !self.is_held() {
            self.arrange();
        }
    }

    fn is_held(&self) -> bool {
        self.pointed_at || self.focused
    }

    fn arrange(&mut self) {
        self.order = self.list.keys().rev().copied().collect();
        self.order
            .sort_by_key(|id| self.list.get(id).map(|info| rank(&info.state)));
    }

    /// In the order they are shown: what moves or failed first, then the latest.
    pub fn shown(&self) -> impl Iterator<Item = &TransferInfo> {
        self.order.iter().filter_map(|id| self.list.get(id))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes transfers off the list.
    pub fn remove(&mut self, ids: &[TransferId]) {
        ids.iter().for_each(|id| drop(self.list.remove(id)));
        self.order.retain(|id| self.list.contains_key(id));
    }

    /// All that are over.
    pub fn ended(&self) -> Vec<TransferId> {
        self.list
            .values()
            .filter(|info| info.state.is_over())
            .map(|info| info.id)
            .collect()
    }

    /// Sums.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for info in self.list.values() {
            totals.total += 1;
            match info.state {
                TransferState::Done => totals.done += 1,
                TransferState::Failed(_) => totals.failed += 1,
                TransferState::Cancelled => {}
                TransferState::Paused => {
                    totals.going += 1;
                    totals.paused += 1;
                }
                _ => totals.going += 1,
            }
            // What failed or was cancelled is no work any more.
            if !info.state.is_over() || info.state == TransferState::Done {
                totals.size += info.size;
                totals.moved += if info.state == TransferState::Done {
                    info.size
                } else {
                    info.moved
                };
                totals.speed += info.speed;
            }
        }
        totals
    }

    /// A sentence for the live region, at start, quarters and end; `None` in between.
    pub fn news(&mut self) -> Option<String> {
        let totals = self.totals();
        let quarter = (totals.moved * 4).checked_div(totals.size).unwrap_or(0);
        let now = Announced {
            quarter,
            going: totals.going > 0,
        };
        if now == self.announced {
            return None;
        }
        let started = now.going && !self.announced.going;
        let ended = !now.going && self.announced.going;
        let passed = now.quarter > self.announced.quarter && now.going;
        self.announced = now;
        match (started, ended, passed) {
            (true, _, _) => Some(text::transfers_started(totals.going)),
            (_, true, _) => Some(text::transfers_ended(totals.done, totals.failed)),
            (_, _, true) => Some(text::transfers_quarter(quarter * 25)),
            _ => None,
        }
    }
}

fn rank(state: &TransferState) -> u8 {
    match state {
        TransferState::Running | TransferState::Preparing | TransferState::Verifying | TransferState::Waiting(_) => 0,
        TransferState::Failed(_) => 1,
        TransferState::Queued | TransferState::Paused => 2,
        TransferState::Done | TransferState::Cancelled => 3,
    }
}
