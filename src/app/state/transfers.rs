//! The queue as the app sees it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Effect;
use super::manifest::{Manifest, ManifestForm};
use super::totals::Totals;
use super::window::ListWindow;
use crate::app::text;
use crate::driver::{Direction, Intent, ObjectFacts, Pace, Problem, TransferId, TransferInfo, TransferState};

/// Which transfers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// All.
    #[default]
    All,
    /// Those that are not over.
    Going,
    /// Those that failed.
    Failed,
    /// Those that are done.
    Done,
}

/// What is asked of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueMsg {
    /// It was scrolled.
    Scrolled(ListWindow),
    /// Other transfers are to be shown.
    Show(Shown),
    /// All that failed are to be tried again.
    RetryFailed,
    /// The form in which the manifest is saved.
    ManifestForm(ManifestForm),
    /// Save the manifest.
    SaveManifest,
    /// Fold the list under the folder, or unfold it.
    Fold(bool),
}

/// Transfers by their id, in the order they came, with running totals.
#[derive(Clone, Debug, Default)]
pub struct Transfers {
    list: BTreeMap<TransferId, TransferInfo>,
    groups: [BTreeSet<TransferId>; GROUPS],
    order: Vec<TransferId>,
    totals: Totals,
    /// How fast they go together.
    pub pace: Pace,
    /// What came to a good end in this session.
    pub manifest: Manifest,
    /// How far the list is scrolled.
    pub window: ListWindow,
    /// Under the folder only the sums are shown.
    pub folded: bool,
    shown: Shown,
    pointed_at: bool,
    focused: bool,
    announced: Announced,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Announced {
    quarter: u64,
    going: bool,
    failed: bool,
}

/// What rests on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The mouse, or a finger.
    Pointer,
    /// The keyboard's focus.
    Focus,
}

/// A file that was uploaded just now, or of which more became known since.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) struct Uploaded {
    /// What HEAD says.
    pub(super) facts: Rc<ObjectFacts>,
    /// The storage it went to.
    pub(super) endpoint: Rc<str>,
    /// The bucket it went to: not always the one that is connected.
    pub(super) bucket: Rc<str>,
}

/// Reasons told above the list, at most.
const REASONS: usize = 4;

impl Transfers {
    /// Takes in what was asked of the list.
    pub(super) fn update(&mut self, msg: QueueMsg) -> Vec<Effect> {
        match msg {
            QueueMsg::Scrolled(window) => self.window = window,
            QueueMsg::Show(shown) => self.show(shown),
            QueueMsg::Fold(folded) => self.folded = folded,
            QueueMsg::RetryFailed => return vec![Effect::Send(Intent::RetryFailed)],
            QueueMsg::ManifestForm(form) => self.manifest.form = form,
            QueueMsg::SaveManifest => return vec![self.manifest.save()],
        }
        Vec::new()
    }

    /// Takes in changes; gives what was uploaded just now, or became known of what was.
    pub(in crate::app) fn apply(&mut self, changes: Vec<TransferInfo>) -> Vec<Uploaded> {
        let mut uploaded = Vec::new();
        let mut moved = false;
        for info in changes {
            let before = self.list.get(&info.id);
            let known_as = before.map(|before| group(&before.state));
            let was_done = before.is_some_and(|before| before.state == TransferState::Done);
            let is_news = before.is_none_or(|before| before.state != info.state || before.facts != info.facts);
            if let Some(before) = before {
                self.totals.subtract(before);
            }
            self.totals.add(&info);
            let now = group(&info.state);
            if known_as != Some(now) {
                moved = true;
                if let Some(known_as) = known_as {
                    self.groups[known_as].remove(&info.id);
                }
                self.groups[now].insert(info.id);
            }
            if known_as.is_none() && self.is_held() && self.groups_shown().contains(&now) {
                self.order.push(info.id);
            }
            // Also of one that is done, more may become known.
            if info.state == TransferState::Done && (!was_done || is_news) {
                self.manifest.add(&info);
                if info.direction == Direction::Upload {
                    uploaded.extend(info.facts.clone().map(|facts| Uploaded {
                        facts,
                        endpoint: info.endpoint.clone(),
                        bucket: info.bucket.clone(),
                    }));
                }
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

    /// Another page shows the list: nothing rests on it yet, all of it is shown, from its start.
    pub fn reopen(&mut self) {
        (self.pointed_at, self.focused) = (false, false);
        self.show(Shown::All);
    }

    /// Whether the keyboard's focus is said to rest on the list.
    pub fn is_held_by_focus(&self) -> bool {
        self.focused
    }

    fn is_held(&self) -> bool {
        self.pointed_at || self.focused
    }

    /// Shows some of them only.
    pub fn show(&mut self, shown: Shown) {
        self.shown = shown;
        self.window = ListWindow::default();
        self.arrange();
    }

    /// Which are shown.
    pub fn showing(&self) -> Shown {
        self.shown
    }

    fn groups_shown(&self) -> &'static [usize] {
        match self.shown {
            Shown::All => &[MOVING, FAILED, WAITING, DONE, CANCELLED],
            Shown::Going => &[MOVING, WAITING],
            Shown::Failed => &[FAILED],
            Shown::Done => &[DONE],
        }
    }

    fn arrange(&mut self) {
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        for &at in self.groups_shown() {
            let ids = self.groups[at].iter().copied();
            match at {
                // As they will start, and as they did: nothing jumps while it moves.
                MOVING | WAITING => order.extend(ids),
                _ => order.extend(ids.rev()),
            }
        }
        self.order = order;
    }

    /// How many lines there are to show.
    pub fn lines(&self) -> usize {
        self.order.len()
    }

    /// Some of the lines in the order they are shown: what moves or failed first, then what waits, then the latest.
    pub fn shown(&self, lines: std::ops::Range<usize>) -> impl Iterator<Item = &TransferInfo> {
        self.order[lines].iter().filter_map(|id| self.list.get(id))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Takes transfers off the list.
    pub fn remove(&mut self, ids: &[TransferId]) {
        for id in ids {
            if let Some(gone) = self.list.remove(id) {
                self.totals.subtract(&gone);
                self.groups[group(&gone.state)].remove(id);
            }
        }
        self.order.retain(|id| self.list.contains_key(id));
    }

    /// All that are over.
    pub fn ended(&self) -> Vec<TransferId> {
        let over = [FAILED, DONE, CANCELLED].map(|at| self.groups[at].iter());
        over.into_iter().flatten().copied().collect()
    }

    /// Why transfers failed, where several failed for the same reason: the reason and how many, most of them first.
    pub fn common_failures(&self) -> Vec<(&Problem, usize)> {
        let mut reasons: Vec<(&Problem, usize)> = Vec::new();
        let failed = self.groups[FAILED].iter().filter_map(|id| self.list.get(id));
        for info in failed {
            let TransferState::Failed(problem) = &info.state else {
                continue;
            };
            let known = reasons
                .iter_mut()
                .find(|(known, _)| std::mem::discriminant(*known) == std::mem::discriminant(problem));
            match known {
                Some((_, count)) => *count += 1,
                None => reasons.push((problem, 1)),
            }
        }
        reasons.retain(|(_, count)| *count > 1);
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        reasons.truncate(REASONS);
        reasons
    }

    /// Sums.
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// A sentence for the live region, at the start, at quarters, at the first failure and at the end; `None` in between.
    pub fn news(&mut self) -> Option<String> {
        let totals = self.totals;
        let (going, was_going) = (totals.going > 0, self.announced.going);
        if !going {
            let ended = std::mem::take(&mut self.announced).going;
            return ended.then(|| text::transfers_ended(totals.done, totals.failed));
        }
        let quarter = (totals.moved * 4).checked_div(totals.size).unwrap_or(0);
        let (first_failure, passed) = (
            totals.failed > 0 && !self.announced.failed,
            quarter > self.announced.quarter,
        );
        // More files make the share smaller; a quarter is told once.
        self.announced.quarter = self.announced.quarter.max(quarter);
        self.announced.going = true;
        self.announced.failed = totals.failed > 0;
        if !was_going {
            // What moved or failed before is no news.
            self.announced.quarter = quarter;
            return Some(text::transfers_started(totals.going));
        }
        if first_failure {
            return Some(text::transfers::failed(totals.failed));
        }
        passed.then(|| text::transfers_quarter(quarter * 25))
    }
}

const GROUPS: usize = 5;
const MOVING: usize = 0;
const FAILED: usize = 1;
const WAITING: usize = 2;
const DONE: usize = 3;
const CANCELLED: usize = 4;

fn group(state: &TransferState) -> usize {
    match state {
        TransferState::Running | TransferState::Preparing | TransferState::Verifying | TransferState::Waiting(_) => {
            MOVING
        }
        TransferState::Failed(_) => FAILED,
        TransferState::Queued | TransferState::Paused => WAITING,
        TransferState::Done => DONE,
        TransferState::Cancelled => CANCELLED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(id: u64, state: TransferState) -> TransferInfo {
        let mut info = TransferInfo::new(TransferId(id), Direction::Upload, format!("k{id}"), 100, true);
        info.state = state;
        info
    }

    fn ids(transfers: &Transfers) -> Vec<u64> {
        transfers.shown(0..transfers.lines()).map(|info| info.id.0).collect()
    }

    fn with(states: &[TransferState]) -> Transfers {
        let mut transfers = Transfers::default();
        let infos = states.iter().zip(0..).map(|(state, id)| info(id, state.clone()));
        transfers.apply(infos.collect());
        transfers
    }

    #[test]
    fn what_moves_or_failed_comes_first_and_filters_leave_the_rest_out() {
        use TransferState::*;
        let failed = Failed(Problem::Offline);
        let mut transfers = with(&[Done, Queued, Running, failed.clone(), Cancelled, Paused, Done, Running]);
        assert_eq!(ids(&transfers), [2, 7, 3, 1, 5, 6, 0, 4]);
        for (shown, expected) in [
            (Shown::Going, vec![2, 7, 1, 5]),
            (Shown::Failed, vec![3]),
            (Shown::Done, vec![6, 0]),
            (Shown::All, vec![2, 7, 3, 1, 5, 6, 0, 4]),
        ] {
            transfers.show(shown);
            assert_eq!(ids(&transfers), expected, "{shown:?}");
        }
        transfers.show(Shown::Done);
        transfers.apply(vec![info(2, Done)]);
        assert_eq!(ids(&transfers), [6, 2, 0]);
        transfers.remove(&[TransferId(6), TransferId(3)]);
        assert_eq!(ids(&transfers), [2, 0]);
        assert_eq!(transfers.totals().total, 6);
        assert_eq!(transfers.ended(), [0, 2, 4].map(TransferId));
    }

    #[test]
    fn the_manifest_outlives_the_list() {
        let mut transfers = with(&[TransferState::Done, TransferState::Running]);
        transfers.apply(vec![info(0, TransferState::Done)]);
        assert_eq!(transfers.manifest.len(), 1, "once");
        transfers.remove(&transfers.ended());
        assert_eq!((transfers.totals().total, transfers.manifest.len()), (1, 1));
    }

    #[test]
    fn a_common_reason_is_told_once() {
        let refused = |key: &str| TransferState::Failed(Problem::NoSuchKey { key: key.into() });
        let transfers = with(&[
            refused("a"),
            TransferState::Failed(Problem::Offline),
            refused("b"),
            TransferState::Done,
        ]);
        let reasons = transfers.common_failures();
        assert_eq!(reasons.len(), 1);
        assert_eq!(reasons[0].1, 2);
    }

    #[test]
    fn ten_thousand_files_are_kept_in_order_without_being_added_up() {
        const FILES: u64 = 10_000;
        let mut transfers = Transfers::default();
        transfers.apply((0..FILES).map(|id| info(id, TransferState::Queued)).collect());
        let states = [TransferState::Running, TransferState::Done];
        for batch in (0..FILES).step_by(100) {
            for state in &states {
                transfers.apply((batch..batch + 100).map(|id| info(id, state.clone())).collect());
            }
        }
        let totals = transfers.totals();
        assert_eq!((totals.done, totals.going, totals.moved), (10_000, 0, FILES * 100));
        assert_eq!(transfers.manifest.len(), 10_000);
    }
}
