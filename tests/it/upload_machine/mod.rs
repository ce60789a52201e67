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
            Command::Prove { part } => {
                if works {
                    let number = machine.plan().part(part).number;
                    let sent = self.uploads.values().any(|parts| parts.contains_key(&number));
                    assert!(sent || self.object.is_some(), "only what is there is proved");
                    return machine.proved(id);
                }
            }
            Command::Send { part, upload_id } => {
                assert!(
                    upload_id.is_none() || self.object.is_none(),
                    "sent although it is complete"
                );
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

/// Answers commands until Complete is asked for, and gives its id.
fn run_to_complete(machine: &mut Machine, storage: &mut Storage) -> CommandId {
    loop {
        match machine.poll(0.0).expect("something to do") {
            (id, Command::Complete { .. }) => return id,
            (id, command) => storage.answer(machine, id, command, Fate::Works, 0.0),
        }
    }
}

#[test]
fn the_first_refusal_of_complete_may_be_the_answer_to_a_repetition_by_the_browser() {
    let exists = Failure {
        kind: FailureKind::PerhapsDone,
        problem: "exists",
    };
    for ours in [true, false] {
        let (mut machine, mut storage) = (upload(9 * MIB), Storage::new(true));
        let complete = run_to_complete(&mut machine, &mut storage);
        machine.failed(complete, exists.clone(), 0.0, 0.0);
        let (confirm, command) = machine.poll(0.0).unwrap();
        assert_eq!(command, Command::Confirm { identify: true });
        if ours {
            let length = machine.plan().object_length();
            machine.confirmed(confirm, length, "wrong size");
            assert_eq!(machine.outcome(), Some(&Outcome::Done));
            continue;
        }
        let refused = Failure {
            kind: FailureKind::PerhapsDone,
            problem: "not ours",
        };
        machine.failed(confirm, refused, 0.0, 0.0);
        run(&mut machine, &mut storage, |_| (0, Fate::Works));
        assert_eq!(machine.outcome(), Some(&Outcome::Failed("not ours")));
        assert!(storage.uploads.is_empty(), "its parts are aborted");
    }
}

#[test]
fn a_storage_that_stays_down_ends_in_its_problem_and_nothing_is_left_to_do() {
    let (mut machine, mut storage) = (upload(9 * MIB), Storage::new(true));
    let mut answers = 0;
    let end = run(&mut machine, &mut storage, |_| {
        answers += 1;
        (0, if answers > 3 { Fate::Fails } else { Fate::Works })
    });
    assert_eq!(machine.outcome(), Some(&Outcome::Suspended(Some("network"))));
    assert_eq!(storage.uploads.len(), 1, "what was sent is kept");
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

#[test]
fn without_credentials_it_stops_and_goes_on_later_with_what_was_sent() {
    let (mut machine, mut storage) = (upload(33 * MIB), Storage::new(true));
    let mut answers = 0;
    let expired = Failure {
        kind: FailureKind::Credentials,
        problem: "expired token",
    };
    let mut under_way = Vec::new();
    while machine.outcome().is_none() {
        while let Some(next) = machine.poll(0.0) {
            under_way.push(next);
        }
        let (id, command) = under_way.remove(0);
        answers += 1;
        if matches!(command, Command::Send { .. }) && answers > 6 {
            machine.failed(id, expired.clone(), 0.0, 0.0);
        } else {
            storage.answer(&mut machine, id, command, Fate::Works, 0.0);
        }
    }
    assert_eq!(machine.outcome(), Some(&Outcome::Suspended(Some("expired token"))));
    let mut machine = resumed(33 * MIB, &storage);
    run(&mut machine, &mut storage, |_| (0, Fate::Works));
    assert_eq!(machine.outcome(), Some(&Outcome::Done));
    assert_eq!(storage.object, Some(33 * MIB));
}

#[test]
fn offline_is_waited_out_however_long() {
    let (mut machine, mut storage) = (upload(5), Storage::new(true));
    let mut now = 0.0;
    for _ in 0..1000 {
        let (id, command) = machine.poll(now).unwrap();
        match command {
            Command::Wait { until_ms } => now = until_ms,
            Command::Prepare { .. } => storage.answer(&mut machine, id, command, Fate::Works, now),
            _ => {
                let kind = FailureKind::Offline;
                machine.failed(
                    id,
                    Failure {
                        kind,
                        problem: "offline",
                    },
                    now,
                    0.0,
                );
                assert_eq!(machine.waiting_for(now), Some(&"offline"));
            }
        }
    }
    run(&mut machine, &mut storage, |_| (0, Fate::Works));
    assert_eq!(machine.outcome(), Some(&Outcome::Done));
}

#[test]
fn a_file_that_changed_is_found_out_before_more_of_it_is_sent() {
    let (mut machine, mut storage) = (upload(33 * MIB), Storage::new(true));
    let parts = (1..=2).map(|number| (number, 8 * MIB)).collect();
    storage.uploads.insert("upload-0".into(), parts);
    machine.suspend();
    machine.poll(0.0);
    assert_eq!(machine.outcome(), Some(&Outcome::Suspended(None)));
    let mut machine = resumed(33 * MIB, &storage);
    let (id, command) = machine.poll(0.0).unwrap();
    assert_eq!(command, Command::Prove { part: 0 });
    let problem = "file changed";
    let kind = FailureKind::Final;
    machine.failed(id, Failure { kind, problem }, 0.0, 0.0);
    run(&mut machine, &mut storage, |_| (0, Fate::Works));
    assert_eq!(machine.outcome(), Some(&Outcome::Failed("file changed")));
    assert!(storage.uploads.is_empty(), "the old upload is aborted");
}

/// A machine that goes on with the storage's only open upload.
fn resumed(length: u64, storage: &Storage) -> Machine {
    let plan = PartPlan::new(Content::Plain { length }).unwrap();
    let (upload_id, parts) = storage.uploads.iter().next().expect("an open upload");
    let sent = parts.keys().map(|number| (number - 1, format!("etag-{number}")));
    let backoff = Backoff {
        first_ms: 100.0,
        longest_ms: 1000.0,
        tries: 4,
    };
    Upload::resume(plan, BODIES, backoff, upload_id.clone(), sent.collect())
}

/// A machine for an upload that was put together, which nobody heard of.
fn rechecked(length: u64) -> Machine {
    let plan = PartPlan::new(Content::Plain { length }).unwrap();
    Upload::recheck(plan, BODIES, Backoff::default())
}

#[test]
fn what_was_put_together_unheard_is_proved_and_identified_and_not_sent_again() {
    let (mut machine, mut storage) = (upload(33 * MIB), Storage::new(true));
    let complete = run_to_complete(&mut machine, &mut storage);
    storage.object = Some(33 * MIB);
    storage.uploads.clear();
    machine.failed(complete, transient("network"), 0.0, 0.0);
    let mut machine = rechecked(33 * MIB);
    let mut proofs = 0;
    loop {
        match machine.poll(0.0).expect("something to do") {
            (id, Command::Prove { .. }) => {
                proofs += 1;
                machine.proved(id);
            }
            (id, command) => {
                assert_eq!(command, Command::Confirm { identify: true });
                machine.confirmed(id, 33 * MIB, "wrong size");
                break;
            }
        }
    }
    assert_eq!((proofs, machine.outcome()), (5, Some(&Outcome::Done)));
    // Another file than the one that was sent: nothing is there to abort, and nothing is called done.
    let mut machine = rechecked(33 * MIB);
    let (id, _) = machine.poll(0.0).unwrap();
    let kind = FailureKind::Final;
    let problem = "file changed";
    machine.failed(id, Failure { kind, problem }, 0.0, 0.0);
    while let Some((id, command)) = machine.poll(0.0) {
        storage.answer(&mut machine, id, command, Fate::Works, 0.0);
    }
    assert_eq!(machine.outcome(), Some(&Outcome::Failed("file changed")));
}

#[test]
fn a_head_that_never_answers_is_asked_again_by_the_next_run() {
    let (mut machine, mut storage) = (upload(33 * MIB), Storage::new(true));
    let complete = run_to_complete(&mut machine, &mut storage);
    machine.completed(complete);
    let mut now = 0.0;
    while machine.outcome().is_none() {
        match machine.poll(now).expect("something to do") {
            (_, Command::Wait { until_ms }) => now = until_ms,
            (id, command) => {
                assert_eq!(command, Command::Confirm { identify: false });
                machine.failed(id, transient("network"), now, 0.0);
            }
        }
    }
    assert_eq!(machine.outcome(), Some(&Outcome::Suspended(Some("network"))));
}

/// The driver's side of a file that may change: what it keeps of the parts it may have sent, and the keys it makes.
#[derive(Default)]
struct Desk {
    /// Version of the file.
    file: u32,
    /// Version that this run reads; the browser reads no other.
    picked: u32,
    /// Data keys made so far.
    keys: u32,
    /// What may have been sent under (key, part).
    sent: BTreeMap<(u32, u16), u32>,
    /// What is in the bucket: part number → (key, version).
    parts: BTreeMap<u16, (u32, u32)>,
    object: Option<BTreeMap<u16, (u32, u32)>>,
    /// There is a multipart upload under the newest key.
    created: bool,
}

impl Desk {
    /// Makes a part's body: refused when the file is not the one that was picked, or not the one that was sent.
    fn make(&mut self, part: u16) -> bool {
        let known = self.sent.get(&(self.keys, part)).copied();
        self.file == self.picked && known.is_none_or(|version| version == self.file)
    }

    fn answer(&mut self, machine: &mut Machine, id: CommandId, command: Command, fate: Fate, now: f64) {
        let changed = Failure {
            kind: FailureKind::Final,
            problem: "file changed",
        };
        let works = !matches!(fate, Fate::Fails);
        match command {
            Command::Create if works => {
                self.created = true;
                return machine.created(id, "upload".into());
            }
            Command::Prepare { part } | Command::Prove { part } if !self.make(part) => {
                return machine.failed(id, changed, now, 0.5);
            }
            Command::Prepare { part } => {
                // Kept before it is sent.
                self.sent.insert((self.keys, part), self.picked);
                return machine.prepared(id);
            }
            Command::Prove { .. } => return machine.proved(id),
            Command::Send { part, .. } => {
                let number = machine.plan().part(part).number;
                let version = self.sent[&(self.keys, part)];
                if works {
                    self.parts.insert(number, (self.keys, version));
                }
                if matches!(fate, Fate::Works) {
                    return machine.sent(id, Some(format!("etag-{number}")));
                }
            }
            Command::Complete { .. } if works => {
                self.object = Some(std::mem::take(&mut self.parts));
                if matches!(fate, Fate::Works) {
                    return machine.completed(id);
                }
                let gone = Failure {
                    kind: FailureKind::PerhapsDone,
                    problem: "no such upload",
                };
                return machine.failed(id, gone, now, 0.5);
            }
            Command::Confirm { .. } if works => {
                let length = machine.plan().object_length();
                return machine.confirmed(id, length, "wrong size");
            }
            Command::Abort { .. } => {
                self.parts.clear();
                self.created = false;
                return machine.aborted(id);
            }
            _ => {}
        }
        machine.failed(id, transient("network"), now, 0.5);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The file changes, and the page is gone, at any time: the object is of one version under one key, and no (key, part)
    /// ever meets two versions.
    #[test]
    fn every_change_of_the_file(
        length in 9 * MIB..70 * MIB,
        weather in prop::collection::vec((any::<usize>(), 0u8..12), 1..120),
        changes in prop::collection::vec(1usize..40, 0..4),
        stops in prop::collection::vec(1usize..40, 0..4),
    ) {
        let mut desk = Desk { keys: 1, ..Desk::default() };
        let mut machine = upload(length);
        let (mut calls, mut now) = (0usize, 0.0);
        let mut under_way: Vec<(CommandId, Command)> = Vec::new();
        let due = |times: &[usize], calls: usize| times.iter().scan(0, |sum, next| { *sum += next; Some(*sum) }).any(|at| at == calls);
        loop {
            calls += 1;
            prop_assert!(calls < 100_000, "does not end");
            if due(&changes, calls) {
                desk.file += 1;
            }
            // A killed tab: nothing under way is answered, what was sent stays.
            let killed = due(&stops, calls);
            let mut wait = None;
            while !killed && let Some((id, command)) = machine.poll(now) {
                if let Command::Wait { until_ms } = command {
                    wait = Some(until_ms);
                    break;
                }
                under_way.push((id, command));
            }
            match machine.outcome() {
                _ if killed => {
                    // What was on its way may still arrive.
                    for (at, (_, command)) in under_way.drain(..).enumerate() {
                        if let Command::Send { part, .. } = command && (calls + at) % 2 == 0 {
                            let version = desk.sent[&(desk.keys, part)];
                            desk.parts.insert(part + 1, (desk.keys, version));
                        }
                    }
                    desk.picked = desk.file;
                    let sent: Vec<_> = desk.parts.keys().map(|number| (number - 1, format!("etag-{number}"))).collect();
                    let plan = PartPlan::new(Content::Plain { length }).unwrap();
                    machine = match (&desk.object, desk.created) {
                        (Some(_), _) => rechecked(length),
                        (None, false) => { desk.keys += 1; upload(length) }
                        (None, true) => Upload::resume(plan, BODIES, Backoff::default(), "upload".into(), sent),
                    };
                    continue;
                }
                None => {}
                Some(Outcome::Done) => break,
                Some(Outcome::Suspended(_)) => {
                    let sent = desk.parts.keys().map(|number| (number - 1, format!("etag-{number}"))).collect();
                    let plan = PartPlan::new(Content::Plain { length }).unwrap();
                    machine = if desk.object.is_some() {
                        rechecked(length)
                    } else {
                        Upload::resume(plan, BODIES, Backoff::default(), "upload".into(), sent)
                    };
                    continue;
                }
                // Starts over with what the file is now, under a fresh key.
                Some(_) => {
                    prop_assert!(desk.parts.is_empty(), "parts are left");
                    (desk.keys, desk.picked, desk.object) = (desk.keys + 1, desk.file, None);
                    machine = upload(length);
                    continue;
                }
            }
            if under_way.is_empty() {
                now = wait.expect("stuck");
                continue;
            }
            let (index, weather) = weather[calls % weather.len()];
            let fate = match weather {
                _ if calls > 20_000 => Fate::Works,
                0 => Fate::Fails,
                1 => Fate::AnswerLost,
                _ => Fate::Works,
            };
            let (id, command) = under_way.swap_remove(index % under_way.len());
            now += 1.0;
            desk.answer(&mut machine, id, command, fate, now);
        }
        let object = desk.object.expect("an object");
        let kinds: BTreeSet<_> = object.values().collect();
        prop_assert_eq!(kinds.len(), 1, "one key, one version: {:?}", object);
        prop_assert_eq!(object.len(), usize::from(machine.plan().part_count()));
    }
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
            Outcome::Suspended(problem) => prop_assert!(problem.is_some(), "nobody asked for it"),
            Outcome::Failed(_) => {}
        }
    }

    /// Suspended again and again, at any moment and in any weather, and gone on with: the object is whole in the end.
    #[test]
    fn every_suspension(
        length in 9 * MIB..90 * MIB,
        shows_etags: bool,
        weather in prop::collection::vec((any::<usize>(), 0u8..12), 1..200),
        suspensions in prop::collection::vec(1usize..30, 0..8),
    ) {
        let mut storage = Storage::new(shows_etags);
        let mut machine = upload(length);
        let (mut calls, mut now, mut suspensions) = (0, 0.0, suspensions.into_iter());
        let mut until = suspensions.next();
        let mut stops = 0;
        let mut under_way: Vec<(CommandId, Command)> = Vec::new();
        loop {
            calls += 1;
            prop_assert!(calls < 100_000, "does not end");
            until = until.map(|left| left.saturating_sub(1));
            if until == Some(0) {
                machine.suspend();
            }
            let mut wait = None;
            while let Some((id, command)) = machine.poll(now) {
                if let Command::Wait { until_ms } = command {
                    wait = Some(until_ms);
                    break;
                }
                under_way.push((id, command));
            }
            match machine.outcome() {
                None => {}
                Some(Outcome::Done) => break,
                Some(Outcome::Suspended(_)) => {
                    // The page is gone, and the bodies with it.
                    stops += 1;
                    storage.bodies.clear();
                    under_way.clear();
                    until = suspensions.next();
                    machine = if storage.object.is_some() {
                        rechecked(length)
                    } else if storage.uploads.is_empty() {
                        upload(length)
                    } else {
                        resumed(length, &storage)
                    };
                    continue;
                }
                other => {
                    // Only before there was anything to go on with.
                    prop_assert!(matches!(other, Some(Outcome::Failed("network"))) && storage.object.is_none(), "{other:?}");
                    return Ok(());
                }
            }
            if under_way.is_empty() {
                now = wait.expect("stuck");
                continue;
            }
            let (index, weather) = weather[calls % weather.len()];
            // A storm that never ends is gone on with for ever: some day the sky clears.
            let fate = match weather {
                _ if stops > 20 => Fate::Works,
                0 => Fate::Fails,
                1 => Fate::AnswerLost,
                _ => Fate::Works,
            };
            let (id, command) = under_way.swap_remove(index % under_way.len());
            now += 1.0;
            storage.answer(&mut machine, id, command, fate, now);
        }
        prop_assert_eq!(storage.object, Some(length));
    }
}
