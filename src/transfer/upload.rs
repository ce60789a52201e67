//! The upload of one object as a state machine: events in, commands out.

use super::{Backoff, PartPlan};

/// Milliseconds between two tries while there is no network.
const OFFLINE_WAIT_MS: f64 = 2_000.0;

/// Names a command, so that answers may come in any order. Answers to commands that no longer matter are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CommandId(u64);

/// What the driver has to do next. Every command but `Wait` is answered once, by the method named.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// CreateMultipartUpload. → [`Upload::created`]
    Create,
    /// Make the body of this part (index from 0) and keep it until it was sent: a retry sends the same bytes.
    /// → [`Upload::prepared`]
    Prepare {
        /// Part index.
        part: u16,
    },
    /// Make the body of a part that is in the bucket already, and compare it with what was sent: the rest of the object
    /// must come of the same file. → [`Upload::proved`]
    Prove {
        /// Part index.
        part: u16,
    },
    /// Send the prepared body: UploadPart, or PutObject when `upload_id` is `None`. → [`Upload::sent`], after which the
    /// body is no longer needed.
    Send {
        /// Part index.
        part: u16,
        /// Multipart upload id.
        upload_id: Option<String>,
    },
    /// ListParts, all pages: CORS hides ETags here. → [`Upload::parts_listed`]
    ListParts {
        /// Multipart upload id.
        upload_id: String,
    },
    /// CompleteMultipartUpload. → [`Upload::completed`]
    Complete {
        /// Multipart upload id.
        upload_id: String,
        /// Part numbers and ETags, ascending.
        parts: Vec<(u16, String)>,
    },
    /// HEAD the object. → [`Upload::confirmed`]
    Confirm {
        /// An answer was lost or ambiguous: also prove that the object is the one we sent, not an older one.
        identify: bool,
    },
    /// AbortMultipartUpload. → [`Upload::aborted`]
    Abort {
        /// Multipart upload id.
        upload_id: String,
    },
    /// Nothing to do before this time; poll again then.
    Wait {
        /// Milliseconds on the clock given to [`Upload::poll`].
        until_ms: f64,
    },
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The network, or a storage that is busy: try again later.
    Transient,
    /// This computer has no network: try again later, however often.
    Offline,
    /// The credentials are not good any more: nothing can go on before there are others.
    Credentials,
    /// What does the work gave out, and the file and what was sent are as good as before: goes on when somebody asks for it.
    Later,
    /// It will not heal.
    Final,
    /// The upload id is not known, or a conditional write found an object: after a try whose answer was lost, also one
    /// that the browser made by itself, that may well be our own success.
    PerhapsDone,
}

/// A command that did not succeed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure<P> {
    /// Whether trying again can help.
    pub kind: FailureKind,
    /// What to tell the person.
    pub problem: P,
}

/// How the upload ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<P> {
    /// In the bucket, of the right size.
    Done,
    /// Not uploaded; its parts were aborted as far as the storage let us.
    Failed(P),
    /// Cancelled; likewise.
    Cancelled,
    /// Stopped before its end. What was sent stays in the bucket, for [`Upload::resume`]. `None`: somebody asked for it.
    Suspended(Option<P>),
}

#[derive(Clone, Debug, PartialEq)]
enum PartState {
    /// In the bucket, from an earlier run.
    Unproved {
        etag: String,
    },
    Proving {
        etag: String,
    },
    Waiting,
    Preparing,
    Ready,
    Sending,
    Sent {
        etag: Option<String>,
    },
}

#[derive(Clone, Debug, PartialEq)]
enum Phase<P> {
    Start,
    Sending {
        upload_id: Option<String>,
    },
    ResolvingETags {
        upload_id: String,
    },
    Completing {
        upload_id: String,
        parts: Vec<(u16, String)>,
    },
    Confirming {
        identify: bool,
        /// To be aborted if the object turns out not to be ours.
        upload_id: Option<String>,
    },
    Aborting {
        upload_id: String,
        outcome: Outcome<P>,
    },
    Over(Outcome<P>),
}

#[derive(Clone, Debug, PartialEq)]
struct InFlight {
    id: CommandId,
    part: Option<u16>,
}

/// Uploads one object: create, prepare and send parts (several at a time), complete, confirm by HEAD; on failure or
/// cancellation abort.
///
/// Call [`Upload::poll`] until it gives `None` or [`Command::Wait`], carry out what it gives, report each answer, poll
/// again. It is over when [`Upload::outcome`] says so.
#[derive(Debug)]
pub struct Upload<P> {
    plan: PartPlan,
    parts_in_flight: usize,
    backoff: Backoff,
    phase: Phase<P>,
    parts: Vec<PartState>,
    in_flight: Vec<InFlight>,
    next_id: u64,
    /// Failed tries of each part since it last succeeded, and of the phase's own command at the end.
    failed: Vec<u32>,
    /// Not before this time, per part and for the phase's own command.
    not_before_ms: Vec<f64>,
    last_problem: Option<P>,
    suspending: bool,
    /// Somebody cancelled when the object was, or was just being, put together: what came of that is to be known first.
    cancelling: bool,
    /// The object is in the bucket already.
    is_stored: bool,
    /// The storage said that it has all of it.
    is_taken: bool,
}

impl<P: Clone> Upload<P> {
    /// An upload by this plan. At most `parts_in_flight` bodies exist at a time, which bounds memory.
    pub fn new(plan: PartPlan, parts_in_flight: usize, backoff: Backoff) -> Self {
        let count = usize::from(plan.part_count());
        Upload {
            plan,
            parts_in_flight: parts_in_flight.max(1),
            backoff,
            phase: Phase::Start,
            parts: vec![PartState::Waiting; count],
            in_flight: Vec::new(),
            next_id: 0,
            failed: vec![0; count + 1],
            not_before_ms: vec![0.0; count + 1],
            last_problem: None,
            suspending: false,
            cancelling: false,
            is_stored: false,
            is_taken: false,
        }
    }

    /// Goes on with a multipart upload of which these parts (index from 0, ETag) are in the bucket. Each is proved to be
    /// of the same file before the object is put together.
    pub fn resume(
        plan: PartPlan,
        parts_in_flight: usize,
        backoff: Backoff,
        upload_id: String,
        sent: Vec<(u16, String)>,
    ) -> Self {
        let mut upload = Upload::new(plan, parts_in_flight, backoff);
        for (part, etag) in sent {
            upload.parts[usize::from(part)] = PartState::Unproved { etag };
        }
        upload.phase = Phase::Sending {
            upload_id: Some(upload_id),
        };
        upload
    }

    /// Goes on with an upload that was put together, which nobody heard of: every part is proved to be of the same file,
    /// then the object is identified as the one that was sent. Nothing is sent.
    pub fn recheck(plan: PartPlan, parts_in_flight: usize, backoff: Backoff) -> Self {
        let mut upload = Upload::new(plan, parts_in_flight, backoff);
        upload.parts.fill(PartState::Unproved { etag: String::new() });
        upload.phase = Phase::Sending { upload_id: None };
        upload.is_stored = true;
        upload
    }

    /// Goes on after the storage took all of it: what is left is to look at the object.
    pub fn stored(plan: PartPlan, backoff: Backoff) -> Self {
        let mut upload = Upload::new(plan, 1, backoff);
        upload.is_taken = true;
        upload.phase = Phase::Confirming {
            identify: false,
            upload_id: None,
        };
        upload
    }

    /// Stops as soon as what is under way allows; what is left of it is bookkeeping that runs to its end.
    pub fn suspend(&mut self) {
        self.suspending = true;
    }

    /// The plan.
    pub fn plan(&self) -> &PartPlan {
        &self.plan
    }

    /// How it ended, once it has and nothing is under way any more.
    pub fn outcome(&self) -> Option<&Outcome<P>> {
        match &self.phase {
            Phase::Over(outcome) if self.in_flight.is_empty() => Some(outcome),
            _ => None,
        }
    }

    /// Whether the storage said that it has all of the object: what is left is to look at it, by [`Upload::stored`].
    pub fn is_taken(&self) -> bool {
        self.is_taken
    }

    /// Whether no body is of any use any more, made or sent: those under way only hold up the end.
    pub fn is_ending(&self) -> bool {
        matches!(self.phase, Phase::Aborting { .. } | Phase::Over(_))
    }

    /// Whether all bytes are sent and the rest is bookkeeping.
    pub fn is_verifying(&self) -> bool {
        matches!(
            self.phase,
            Phase::ResolvingETags { .. } | Phase::Completing { .. } | Phase::Confirming { .. }
        )
    }

    /// The problem of the last failed try, while everything waits for the next.
    pub fn waiting_for(&self, now_ms: f64) -> Option<&P> {
        let waits = self.in_flight.is_empty() && self.not_before_ms.iter().any(|until| *until > now_ms);
        self.last_problem.as_ref().filter(|_| waits)
    }

    /// What to do next.
    pub fn poll(&mut self, now_ms: f64) -> Option<(CommandId, Command)> {
        let stoppable = match self.phase {
            Phase::Start => self.in_flight.is_empty(),
            // A lone PutObject that is on its way cannot be taken back: let it arrive.
            Phase::Sending { upload_id: None } => self.parts[0] != PartState::Sending,
            Phase::Sending { upload_id: Some(_) } => true,
            _ => false,
        };
        if self.suspending && stoppable {
            self.enter(Phase::Over(Outcome::Suspended(None)));
        }
        match self.phase.clone() {
            Phase::Start if self.parts.len() == 1 => {
                self.phase = Phase::Sending { upload_id: None };
                self.poll(now_ms)
            }
            Phase::Start => self.own_command(now_ms, Command::Create),
            Phase::Sending { upload_id } => self.poll_parts(now_ms, upload_id),
            Phase::ResolvingETags { upload_id } => self.own_command(now_ms, Command::ListParts { upload_id }),
            Phase::Completing { upload_id, parts } => self.own_command(now_ms, Command::Complete { upload_id, parts }),
            Phase::Confirming { identify, .. } => self.own_command(now_ms, Command::Confirm { identify }),
            // The parts under way must have ended first, or the storage may keep one that arrives later.
            Phase::Aborting { .. } if self.in_flight.iter().any(|command| command.part.is_some()) => None,
            Phase::Aborting { upload_id, .. } => self.own_command(now_ms, Command::Abort { upload_id }),
            Phase::Over(_) => None,
        }
    }

    fn own_command(&mut self, now_ms: f64, command: Command) -> Option<(CommandId, Command)> {
        let slot = self.parts.len();
        if self.in_flight.iter().any(|command| command.part.is_none()) {
            return None;
        }
        if self.not_before_ms[slot] > now_ms {
            let until_ms = self.not_before_ms[slot];
            return Some((CommandId(u64::MAX), Command::Wait { until_ms }));
        }
        Some((self.issue(None), command))
    }

    fn poll_parts(&mut self, now_ms: f64, upload_id: Option<String>) -> Option<(CommandId, Command)> {
        let ready = self
            .parts
            .iter()
            .enumerate()
            .filter(|(_, part)| **part == PartState::Ready)
            .map(|(at, _)| at);
        let due = ready.clone().find(|&at| self.not_before_ms[at] <= now_ms);
        if let Some(at) = due {
            self.parts[at] = PartState::Sending;
            let part = at as u16; // a plan has at most 10,000 parts
            return Some((self.issue(Some(part)), Command::Send { part, upload_id }));
        }
        let soonest = ready.map(|at| self.not_before_ms[at]).reduce(f64::min);
        let bodies = self.parts.iter().filter(|part| {
            !matches!(
                part,
                PartState::Unproved { .. } | PartState::Waiting | PartState::Sent { .. }
            )
        });
        if bodies.count() < self.parts_in_flight {
            // In order, proofs and all: whoever hashes the file needs all that comes before a part. What was sent is most
            // often its beginning, so a file that has changed is found out before more of it is sent.
            let next = self.parts.iter_mut().zip(0u16..).find_map(|(state, part)| match state {
                PartState::Unproved { etag } => {
                    let etag = std::mem::take(etag);
                    *state = PartState::Proving { etag };
                    Some((part, Command::Prove { part }))
                }
                PartState::Waiting => {
                    *state = PartState::Preparing;
                    Some((part, Command::Prepare { part }))
                }
                _ => None,
            });
            if let Some((part, command)) = next {
                return Some((self.issue(Some(part)), command));
            }
        }
        soonest.map(|until_ms| (CommandId(u64::MAX), Command::Wait { until_ms }))
    }

    fn issue(&mut self, part: Option<u16>) -> CommandId {
        let id = CommandId(self.next_id);
        self.next_id += 1;
        self.in_flight.push(InFlight { id, part });
        id
    }

    /// Takes the command off the list; `None` for one that is not on it.
    fn settle(&mut self, id: CommandId) -> Option<InFlight> {
        let at = self.in_flight.iter().position(|command| command.id == id)?;
        Some(self.in_flight.swap_remove(at))
    }

    fn enter(&mut self, phase: Phase<P>) {
        let slot = self.parts.len();
        self.failed[slot] = 0;
        self.not_before_ms[slot] = 0.0;
        self.phase = phase;
    }

    /// The multipart upload exists.
    pub fn created(&mut self, id: CommandId, upload_id: String) {
        if self.settle(id).is_none() {
            return;
        }
        match self.phase.clone() {
            // Cancelled while the answer was on its way: now there is something to abort.
            Phase::Over(outcome @ (Outcome::Cancelled | Outcome::Failed(_))) => {
                self.enter(Phase::Aborting { upload_id, outcome })
            }
            _ => self.enter(Phase::Sending {
                upload_id: Some(upload_id),
            }),
        }
    }

    /// The part's body is made.
    pub fn prepared(&mut self, id: CommandId) {
        if let Some(InFlight { part: Some(part), .. }) = self.settle(id) {
            self.parts[usize::from(part)] = PartState::Ready;
        }
    }

    /// The part is in the bucket. `etag` is `None` where CORS hides it.
    pub fn sent(&mut self, id: CommandId, etag: Option<String>) {
        let Some(InFlight { part: Some(part), .. }) = self.settle(id) else {
            return;
        };
        self.parts[usize::from(part)] = PartState::Sent { etag };
        self.put_together();
    }

    /// The part in the bucket is of this file.
    pub fn proved(&mut self, id: CommandId) {
        let Some(InFlight { part: Some(part), .. }) = self.settle(id) else {
            return;
        };
        let state = &mut self.parts[usize::from(part)];
        if let PartState::Proving { etag } = state {
            *state = PartState::Sent {
                etag: Some(std::mem::take(etag)),
            };
        }
        self.put_together();
    }

    /// When all parts are there: the next phase.
    fn put_together(&mut self) {
        let Phase::Sending { upload_id } = &self.phase else {
            return;
        };
        if !self.parts.iter().all(|part| matches!(part, PartState::Sent { .. })) {
            return;
        }
        let etags = self.parts.iter().zip(1u16..).map(|(part, number)| match part {
            PartState::Sent { etag: Some(etag) } => Some((number, etag.clone())),
            _ => None,
        });
        match (upload_id.clone(), etags.collect::<Option<Vec<_>>>()) {
            (None, _) => {
                self.is_taken = !self.is_stored;
                self.enter(Phase::Confirming {
                    identify: self.is_stored,
                    upload_id: None,
                });
            }
            (Some(upload_id), Some(parts)) => self.enter(Phase::Completing { upload_id, parts }),
            (Some(upload_id), None) => self.enter(Phase::ResolvingETags { upload_id }),
        }
    }

    /// All parts the storage has: number, ETag and size. Every part must be there in its planned size; `missing` is
    /// what to tell the person otherwise.
    pub fn parts_listed(&mut self, id: CommandId, listed: &[(u16, String, u64)], missing: P) {
        if self.settle(id).is_none() {
            return;
        }
        let Phase::ResolvingETags { upload_id } = self.phase.clone() else {
            return;
        };
        let parts = (0..self.plan.part_count()).map(|index| {
            let planned = self.plan.part(index);
            let size = planned.body.end - planned.body.start;
            let found = listed
                .iter()
                .find(|(number, _, found)| *number == planned.number && *found == size)?;
            Some((planned.number, found.1.clone()))
        });
        match parts.collect::<Option<Vec<_>>>() {
            Some(parts) => self.enter(Phase::Completing { upload_id, parts }),
            None => self.end(Outcome::Failed(missing)),
        }
    }

    /// The storage put the parts together, or says so: HEAD decides.
    pub fn completed(&mut self, id: CommandId) {
        if self.settle(id).is_some() {
            self.is_taken = true;
            self.enter(Phase::Confirming {
                identify: false,
                upload_id: None,
            });
        }
    }

    /// HEAD saw the object (and it was identified as ours, where that was asked). `mismatch` is what to tell the person
    /// when its size is not what was sent.
    pub fn confirmed(&mut self, id: CommandId, size: u64, mismatch: P) {
        if self.settle(id).is_none() || !matches!(self.phase, Phase::Confirming { .. }) {
            return;
        }
        if size == self.plan.object_length() {
            self.enter(Phase::Over(Outcome::Done));
        } else {
            self.end(Outcome::Failed(mismatch));
        }
    }

    /// The parts are gone.
    pub fn aborted(&mut self, id: CommandId) {
        if self.settle(id).is_some()
            && let Phase::Aborting { outcome, .. } = self.phase.clone()
        {
            self.enter(Phase::Over(outcome));
        }
    }

    /// The command did not succeed. `chance` in `0.0..1.0` spreads the retries.
    pub fn failed(&mut self, id: CommandId, failure: Failure<P>, now_ms: f64, chance: f64) {
        let Some(command) = self.settle(id) else { return };
        if matches!(self.phase, Phase::Over(_)) {
            return;
        }
        let slot = command.part.map_or(self.parts.len(), usize::from);
        self.failed[slot] += 1;
        let tries = self.failed[slot];
        if let Some(part) = command.part {
            let state = &mut self.parts[usize::from(part)];
            *state = match state {
                PartState::Preparing => PartState::Waiting,
                PartState::Proving { etag } => PartState::Unproved {
                    etag: std::mem::take(etag),
                },
                _ => PartState::Ready,
            };
        }
        if let Phase::Aborting { outcome, .. } = self.phase.clone() {
            // What cannot be aborted stays listed among the bucket's leftovers; the person has an answer to get.
            let wait = self
                .backoff
                .wait_ms(tries, chance)
                .filter(|_| matches!(failure.kind, FailureKind::Transient | FailureKind::Offline));
            match wait {
                Some(wait) => self.not_before_ms[slot] = now_ms + wait,
                None if command.part.is_none() => self.enter(Phase::Over(outcome)),
                None => {}
            }
            return;
        }
        if self.cancelling {
            match self.phase.clone() {
                Phase::Completing { .. } if failure.kind == FailureKind::Final => return self.end(Outcome::Cancelled),
                Phase::Completing { upload_id, .. } => return self.identify(upload_id),
                Phase::Confirming { .. } => return self.leave_unconfirmed(failure.problem),
                _ => {}
            }
        }
        // On the first try too: browsers send a request again by themselves when a connection they had kept breaks.
        let unsure = match &self.phase {
            Phase::Completing { upload_id, .. } => Some(Some(upload_id.clone())),
            Phase::Sending { upload_id: None } => Some(None),
            _ => None,
        };
        match failure.kind {
            FailureKind::PerhapsDone | FailureKind::Final => match unsure {
                Some(upload_id) if failure.kind == FailureKind::PerhapsDone => self.enter(Phase::Confirming {
                    identify: true,
                    upload_id,
                }),
                _ => self.end(Outcome::Failed(failure.problem)),
            },
            FailureKind::Later if !self.has_sent() => self.end(Outcome::Failed(failure.problem)),
            FailureKind::Credentials | FailureKind::Later => {
                self.enter(Phase::Over(Outcome::Suspended(Some(failure.problem))))
            }
            FailureKind::Offline => {
                self.failed[slot] -= 1;
                self.not_before_ms[slot] = now_ms + OFFLINE_WAIT_MS;
                self.last_problem = Some(failure.problem);
            }
            FailureKind::Transient => match self.backoff.wait_ms(tries, chance) {
                Some(wait) => {
                    self.not_before_ms[slot] = now_ms + wait;
                    self.last_problem = Some(failure.problem);
                }
                // What was sent is worth keeping: the storage may be back tomorrow.
                None if self.has_sent() => self.enter(Phase::Over(Outcome::Suspended(Some(failure.problem)))),
                None => self.end(Outcome::Failed(failure.problem)),
            },
        }
    }

    /// Whether something lies in the bucket that a later run can go on with.
    fn has_sent(&self) -> bool {
        match &self.phase {
            _ if self.is_stored => true,
            Phase::Sending { upload_id } => upload_id.is_some(),
            Phase::ResolvingETags { .. } | Phase::Completing { .. } | Phase::Confirming { .. } => true,
            _ => false,
        }
    }

    /// The person gave up. What the storage is putting together, or has put together, cannot be taken back: then it ends as
    /// what came of it.
    pub fn cancel(&mut self) {
        let is_asked = self.in_flight.iter().any(|command| command.part.is_none());
        // Of the own command of this phase.
        let has_failed = self.not_before_ms[self.parts.len()] > 0.0;
        match (self.phase.clone(), self.last_problem.clone()) {
            (Phase::Over(_) | Phase::Aborting { .. }, _) => {}
            (Phase::Completing { .. } | Phase::Confirming { .. }, _) if is_asked => self.cancelling = true,
            (Phase::Completing { upload_id, .. }, _) if has_failed => {
                self.cancelling = true;
                self.identify(upload_id);
            }
            (Phase::Confirming { .. }, Some(problem)) if has_failed => self.leave_unconfirmed(problem),
            (Phase::Confirming { .. }, _) => self.cancelling = true,
            _ => self.end(Outcome::Cancelled),
        }
    }

    /// Asks whether the object is there although the answer to Complete said nothing of it.
    fn identify(&mut self, upload_id: String) {
        self.enter(Phase::Confirming {
            identify: true,
            upload_id: Some(upload_id),
        });
    }

    /// Cancelled, and nobody could look at the object: aborted if it may not have been put together.
    fn leave_unconfirmed(&mut self, problem: P) {
        match self.phase {
            Phase::Confirming { upload_id: None, .. } => self.enter(Phase::Over(Outcome::Failed(problem))),
            _ => self.end(Outcome::Cancelled),
        }
    }

    fn end(&mut self, outcome: Outcome<P>) {
        let upload_id = match &self.phase {
            Phase::Sending { upload_id } => upload_id.clone(),
            Phase::ResolvingETags { upload_id } | Phase::Completing { upload_id, .. } => Some(upload_id.clone()),
            Phase::Confirming { upload_id, .. } => upload_id.clone(),
            _ => None,
        };
        self.enter(match upload_id {
            Some(upload_id) => Phase::Aborting { upload_id, outcome },
            None => Phase::Over(outcome),
        });
        // An own command under way belongs to the phase that ended; only an unanswered Create still matters.
        if matches!(self.phase, Phase::Aborting { .. }) {
            self.in_flight.retain(|command| command.part.is_some());
        }
    }
}
