//! The upload machine against a scripted storage, in virtual time.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sealdrop::transfer::{Backoff, Command, CommandId, Content, Failure, FailureKind, Outcome, PartPlan, Upload};

const MIB: u64 = 1 << 20;
const BODIES: usize = 3;

type Machine = Upload<&'static str>;

fn upload(length: u64) -> Machine {
    let plan = PartPlan::new(Content::Plain { length }).unwrap();
    Upload::new(
        plan,
        BODIES,
        Backoff {
            first_ms: 100.0,
            longest_ms: 1000.0,
            tries: 4,
        },
    )
}

fn transient(problem: &'static str) -> Failure<&'static str> {
    Failure {
        kind: FailureKind::Transient,
        problem,
    }
}

/// What the storage does with the next request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Works,
    /// Done, but the answer never arrives.
    AnswerLost,
    /// Not done.
    Fails,
}

/// A storage that keeps the sizes of what it was sent, and checks what it is told.
struct Storage {
    uploads: BTreeMap<String, BTreeMap<u16, u64>>,
    object: Option<u64>,
    prepared: BTreeMap<u16, u32>,
    bodies: BTreeSet<u16>,
    shows_etags: bool,
}

impl Storage {
    fn new(shows_etags: bool) -> Self {
        Storage {
            uploads: BTreeMap::new(),
            object: None,
            prepared: BTreeMap::new(),
            bodies: BTreeSet::new(),
            shows_etags,
        }
    }

    fn answer(&mut self, machine: &mut Machine, id: CommandId, command: Command, fate: Fate, now: f64) {
        let works = !matches!(fate, Fate::Fails);
        let answered = matches!(fate, Fate::Works);
        match command {
            Command::Create => {
                if works {
                    let name = format!("upload-{}", self.uploads.len());
                    self.uploads.insert(name.clone(), BTreeMap::new());
                    if answered {
                        return machine.created(id, name);
                    }
                }
            }
            Command::Prepare { part } => {
                if works {
                    *self.prepared.entry(part).or_default() += 1;
                    self.bodies.insert(part);
                    assert!(self.bodies.len() <= BODIES, "bodies are bounded");
                    return machine.prepared(id);
                }
            }
            Command::Send { part, upload_id } => {
                assert!(self.bodies.contains(&part), "only prepared bodies are sent");
                let planned = machine.plan().part(part);
                let size = planned.body.end - planned.body.start;
                if works {
                    match &upload_id {
                        Some(upload_id) => {
                            self.uploads
                                .get_mut(upload_id)
                                .expect("open upload")
                                .insert(planned.number, size);
                        }
                        None => self.object = Some(size),
                    }
                    if answered {
                        self.bodies.remove(&part);
                        return machine.sent(id, self.shows_etags.then(|| format!("etag-{}", planned.number)));
                    }
                }
            }
            Command::ListParts { upload_id } => {
                if answered {
                    let parts = &self.uploads[&upload_id];
                    let parts: Vec<_> = parts.iter().map(|(n, size)| (*n, format!("etag-{n}"), *size)).collect();
                    return machine.parts_listed(id, &parts, "parts missing");
                }
            }
            Command::Complete { upload_id, parts } => {
                if works {
                    let Some(stored) = self.uploads.remove(&upload_id) else {
                        let failure = Failure {
                            kind: FailureKind::PerhapsDone,
                            problem: "no such upload",
                        };
                        return machine.failed(id, failure, now, 0.5);
                    };
                    let expected: Vec<_> = stored
                        .keys()
                        .map(|number| (*number, format!("etag-{number}")))
                        .collect();
                    assert_eq!(parts, expected);
                    self.object = Some(stored.values().sum());
                    if answered {
                        return machine.completed(id);
                    }
                }
            }
            Command::Confirm { .. } => {
                if answered {
                    return match self.object {
                        Some(size) => machine.confirmed(id, size, "wrong size"),
                        None => machine.failed(
                            id,
                            Failure {
                                kind: FailureKind::Final,
                                problem: "not there",
                            },
                            now,
                            0.5,
                        ),
                    };
                }
            }
            Command::Abort { upload_id } => {
                if works {
                    self.uploads.remove(&upload_id);
                    if answered {
                        return machine.aborted(id);
                    }
                }
            }
            Command::Wait { .. } => unreachable!("waited for outside"),
        }
        machine.failed(id, transient("network"), now, 0.5);
    }
}

/// Runs to the end; `pick` chooses which command under way is answered next, and how.
fn run(machine: &mut Machine, storage: &mut Storage, mut pick: impl FnMut(usize) -> (usize, Fate)) -> f64 {
    let mut now = 0.0;
    let mut under_way: Vec<(CommandId, Command)> = Vec::new();
    for _ in 0..100_000 {
        if machine.outcome().is_some() {
            return now;
        }
        let mut wait = None;
        while let Some((id, command)) = machine.poll(now) {
            if let Command::Wait { until_ms } = command {
                wait = Some(until_ms);
                break;
            }
            under_way.push((id, command));
        }
        if under_way.is_empty() {
            let until = wait.expect("nothing under way and nothing to wait for: stuck");
            assert!(until > now);
            now = until;
            continue;
        }
        let (index, fate) = pick(under_way.len());
        let (id, command) = under_way.swap_remove(index % under_way.len());
        now += 1.0;
        storage.answer(machine, id, command, fate, now);
    }
    panic!("does not end");
}

#[test]
fn one_part_is_one_put() {
    let (mut machine, mut storage) = (upload(5), Storage::new(true));
    run(&mut machine, &mut storage, |_| (0, Fate::Works));
    assert_eq!(machine.outcome(), Some(&Outcome::Done));
    assert_eq!((storage.object, storage.uploads.len()), (Some(5), 0));
}

#[test]
fn hidden_etags_are_taken_from_list_parts() {
    for shows_etags in [true, false] {
        let (mut machine, mut storage) = (upload(33 * MIB), Storage::new(shows_etags));
        run(&mut machine, &mut storage, |count| (count - 1, Fate::Works));
        assert_eq!(machine.outcome(), Some(&Outcome::Done));
        assert_eq!(storage.object, Some(33 * MIB));
    }
}

#[test]
fn a_lost_answer_to_complete_is_no_failure() {
    let (mut machine, mut storage) = (upload(9 * MIB), Storage::new(true));
    let mut answers = 0;
    run(&mut machine, &mut storage, |_| {
        answers += 1;
        // Create, two prepared, two sent, then Complete.
        (0, if answers == 6 { Fate::AnswerLost } else { Fate::Works })
    });
    assert_eq!(machine.outcome(), Some(&Outcome::Done));
}

#[test]
fn a_storage_that_stays_down_ends_in_its_problem_and_nothing_is_left_to_do() {
    let (mut machine, mut storage) = (upload(9 * MIB), Storage::new(true));
    let mut answers = 0;
    let end = run(&mut machine, &mut storage, |_| {
        answers += 1;
        (0, if answers > 3 { Fate::Fails } else { Fate::Works })
    });
    assert_eq!(machine.outcome(), Some(&Outcome::Failed("network")));
    assert!(end > 500.0, "it waited between tries: {end} ms");
    assert_eq!(machine.poll(end + 1e9), None);
}

#[test]
fn a_refusal_aborts_the_parts() {
    let (mut machine, mut storage) = (upload(33 * MIB), Storage::new(true));
    let (create, _) = machine.poll(0.0).unwrap();
    storage.answer(&mut machine, create, Command::Create, Fate::Works, 0.0);
    let mut prepared = Vec::new();
    while let Some((id, command)) = machine.poll(0.0) {
        prepared.push((id, command));
    }
    assert_eq!(prepared.len(), BODIES);
    let (id, _) = prepared.remove(0);
    machine.failed(
        id,
        Failure {
            kind: FailureKind::Final,
            problem: "file unreadable",
        },
        0.0,
        0.0,
    );
    assert_eq!(machine.poll(0.0), None, "parts under way end first");
    prepared
        .into_iter()
        .for_each(|(id, command)| storage.answer(&mut machine, id, command, Fate::Works, 0.0));
    run(&mut machine, &mut storage, |_| (0, Fate::Works));
    assert_eq!(machine.outcome(), Some(&Outcome::Failed("file unreadable")));
    assert!(storage.uploads.is_empty());
}

#[test]
fn cancelling_before_create_is_answered_still_aborts() {
    let (mut machine, mut storage) = (upload(9 * MIB), Storage::new(true));
    let (id, command) = machine.poll(0.0).unwrap();
    machine.cancel();
    assert_eq!(machine.outcome(), None, "an upload may exist");
    storage.answer(&mut machine, id, command, Fate::Works, 0.0);
    run(&mut machine, &mut storage, |_| (0, Fate::Works));
    assert_eq!(machine.outcome(), Some(&Outcome::Cancelled));
    assert!(storage.uploads.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any order of answers, losses and failures: no part lost, none made into two bodies, and it ends.
    #[test]
    fn every_weather(
        length in 0..90 * MIB,
        shows_etags: bool,
        weather in prop::collection::vec((any::<usize>(), 0u8..10), 1..200),
        cancel_after in prop::option::of(0usize..60),
    ) {
        let (mut machine, mut storage) = (upload(length), Storage::new(shows_etags));
        // Cancellation comes between two answers, as a click does.
        let mut calls = 0;
        let mut cancelled = false;
        let mut now = 0.0;
        let mut under_way: Vec<(CommandId, Command)> = Vec::new();
        while machine.outcome().is_none() {
            calls += 1;
            prop_assert!(calls < 100_000, "does not end");
            if cancel_after == Some(calls) {
                machine.cancel();
                cancelled = true;
            }
            let mut wait = None;
            while let Some((id, command)) = machine.poll(now) {
                if let Command::Wait { until_ms } = command {
                    wait = Some(until_ms);
                    break;
                }
                under_way.push((id, command));
            }
            if under_way.is_empty() {
                if machine.outcome().is_some() { break; }
                let until = wait.expect("stuck");
                now = until;
                continue;
            }
            let (index, weather) = weather[calls % weather.len()];
            let fate = match weather { 0 => Fate::Fails, 1 => Fate::AnswerLost, _ => Fate::Works };
            let (id, command) = under_way.swap_remove(index % under_way.len());
            now += 1.0;
            storage.answer(&mut machine, id, command, fate, now);
        }
        prop_assert!(storage.prepared.values().all(|times| *times == 1), "a part was made twice");
        match machine.outcome().unwrap() {
            Outcome::Done => prop_assert_eq!(storage.object, Some(length)),
            Outcome::Cancelled => prop_assert!(cancelled),
            Outcome::Failed(_) => {}
        }
    }
}
