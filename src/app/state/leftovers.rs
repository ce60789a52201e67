//! Multipart uploads that were left in the bucket, as the app sees them.

use std::collections::BTreeMap;

use super::{Dialog, Effect};
use crate::driver::{
    Intent, Leftover, LeftoverId, LeftoverState, LeftoversEvent, LeftoversIntent, LeftoversState, Problem,
};

const DAY_MS: f64 = 24.0 * 3600.0 * 1000.0;
/// What "old" starts as, days.
const DAYS: u32 = 7;

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftoverRow {
    /// What the storage says of it.
    pub leftover: Leftover,
    /// It is being aborted.
    pub busy: bool,
    /// Why it was not.
    pub problem: Option<Problem>,
}

/// The list, once it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Leftovers {
    /// Where the listing stands; `None` before it was asked for.
    pub state: Option<LeftoversState>,
    /// By key, then upload id.
    pub rows: BTreeMap<LeftoverId, LeftoverRow>,
    /// Aborted since it was asked for.
    pub aborted: usize,
    /// "All that are older than" so many days.
    pub days: u32,
}

impl Default for Leftovers {
    fn default() -> Self {
        Leftovers {
            state: None,
            rows: BTreeMap::new(),
            aborted: 0,
            days: DAYS,
        }
    }
}

/// What happened to the list on the page.
#[derive(Clone, Debug, PartialEq)]
pub enum LeftoversMsg {
    /// List them.
    Asked,
    /// Abort this one, after a question.
    AbortAsked(LeftoverId),
    /// Abort all that are old, after a question. Now, in milliseconds since 1970.
    AbortOldAsked(f64),
    /// What is old.
    Days(u32),
}

impl Leftovers {
    /// Bytes and uploads in the list.
    pub fn sum(&self) -> (usize, u64) {
        let bytes = self.rows.values().filter_map(|row| row.leftover.held.as_ref().ok());
        (self.rows.len(), bytes.map(|held| held.bytes).sum())
    }

    /// Those that are older than [`Leftovers::days`] days and that nobody here is sending. One whose age the storage
    /// does not tell is not old.
    pub fn old(&self, now_ms: f64) -> Vec<&Leftover> {
        let before = now_ms - f64::from(self.days) * DAY_MS;
        let leftovers = self.rows.values().map(|row| &row.leftover);
        let old = |leftover: &&Leftover| leftover.started.is_some_and(|started| started <= before);
        leftovers
            .filter(old)
            .filter(|leftover| leftover.state != LeftoverState::Running)
            .collect()
    }

    /// The question that must be answered first.
    fn question<'a>(&self, leftovers: impl Iterator<Item = &'a Leftover>) -> Option<Dialog> {
        let leftovers: Vec<_> = leftovers.collect();
        let held = leftovers.iter().filter_map(|leftover| leftover.held.as_ref().ok());
        let resumable = leftovers
            .iter()
            .filter(|leftover| leftover.state == LeftoverState::Resumable);
        (!leftovers.is_empty()).then(|| Dialog::AbortLeftovers {
            bytes: held.map(|held| held.bytes).sum(),
            resumable: resumable.count(),
            ids: leftovers.iter().map(|leftover| leftover.id.clone()).collect(),
        })
    }

    /// Takes in what happened; gives a question to ask, and what is to be done.
    pub(super) fn update(&mut self, msg: LeftoversMsg) -> (Option<Dialog>, Vec<Effect>) {
        match msg {
            LeftoversMsg::Asked => {
                *self = Leftovers {
                    state: Some(LeftoversState::Running),
                    days: self.days,
                    ..Leftovers::default()
                };
                (None, vec![Effect::Send(Intent::Leftovers(LeftoversIntent::List))])
            }
            LeftoversMsg::AbortAsked(id) => {
                let row = self.rows.get(&id).map(|row| &row.leftover);
                (self.question(row.into_iter()), Vec::new())
            }
            LeftoversMsg::AbortOldAsked(now_ms) => (self.question(self.old(now_ms).into_iter()), Vec::new()),
            LeftoversMsg::Days(days) => {
                self.days = days;
                (None, Vec::new())
            }
        }
    }

    /// The question was answered with yes.
    pub(super) fn abort(&mut self, ids: Vec<LeftoverId>) -> Effect {
        for id in &ids {
            if let Some(row) = self.rows.get_mut(id) {
                (row.busy, row.problem) = (true, None);
            }
        }
        Effect::Send(Intent::Leftovers(LeftoversIntent::Abort(ids)))
    }

    pub(super) fn heard(&mut self, event: LeftoversEvent) {
        match event {
            LeftoversEvent::Found { rows, state } => {
                self.state = Some(state);
                self.rows.extend(rows.into_iter().map(|leftover| {
                    let row = LeftoverRow {
                        leftover,
                        busy: false,
                        problem: None,
                    };
                    (row.leftover.id.clone(), row)
                }));
            }
            LeftoversEvent::Aborted(id) => self.aborted += usize::from(self.rows.remove(&id).is_some()),
            LeftoversEvent::AbortFailed(id, problem) => {
                if let Some(row) = self.rows.get_mut(&id) {
                    (row.busy, row.problem) = (false, Some(problem));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::PartsHeld;

    fn leftover(key: &str, started: Option<f64>, state: LeftoverState) -> Leftover {
        Leftover {
            id: LeftoverId {
                key: key.into(),
                upload_id: "u".into(),
            },
            started,
            state,
            held: Ok(PartsHeld { parts: 2, bytes: 10 }),
        }
    }

    fn listed() -> Leftovers {
        let mut leftovers = Leftovers::default();
        let (_, effects) = leftovers.update(LeftoversMsg::Asked);
        assert_eq!(effects.len(), 1);
        leftovers.heard(LeftoversEvent::Found {
            rows: vec![
                leftover("old", Some(0.0), LeftoverState::Unknown),
                leftover("mine", Some(0.0), LeftoverState::Resumable),
                leftover("moving", Some(0.0), LeftoverState::Running),
                leftover("new", Some(7.5 * DAY_MS), LeftoverState::Unknown),
                leftover("ageless", None, LeftoverState::Unknown),
            ],
            state: LeftoversState::Done,
        });
        leftovers
    }

    #[test]
    fn old_ones_are_aborted_after_a_question_and_never_what_is_moving() {
        let mut leftovers = listed();
        assert_eq!(leftovers.sum(), (5, 50));
        let now = 8.0 * DAY_MS;
        let (question, effects) = leftovers.update(LeftoversMsg::AbortOldAsked(now));
        assert!(effects.is_empty(), "nothing before the answer");
        let Some(Dialog::AbortLeftovers { ids, bytes, resumable }) = question else {
            panic!("no question")
        };
        let keys: Vec<_> = ids.iter().map(|id| id.key.as_str()).collect();
        assert_eq!((keys.as_slice(), bytes, resumable), (&["mine", "old"][..], 20, 1));
        leftovers.abort(ids);
        assert!(leftovers.rows.values().filter(|row| row.busy).count() == 2);
        leftovers.update(LeftoversMsg::Days(9));
        assert!(
            leftovers.update(LeftoversMsg::AbortOldAsked(now)).0.is_none(),
            "none is so old"
        );
    }

    #[test]
    fn each_says_how_it_ended() {
        let mut leftovers = listed();
        let id = |key: &str| LeftoverId {
            key: key.into(),
            upload_id: "u".into(),
        };
        leftovers.heard(LeftoversEvent::Aborted(id("old")));
        leftovers.heard(LeftoversEvent::AbortFailed(id("mine"), Problem::UsedElsewhere));
        assert_eq!((leftovers.aborted, leftovers.rows.len()), (1, 4));
        assert_eq!(leftovers.rows[&id("mine")].problem, Some(Problem::UsedElsewhere));
    }
}
