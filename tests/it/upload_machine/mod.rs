//! The upload machine against a scripted storage, in virtual time.

mod changing_file;
mod storage;
mod weather;

use sealdrop::transfer::{Backoff, Command, CommandId, Content, Failure, FailureKind, Outcome, PartPlan, Upload};

use storage::Storage;

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
fn what_is_being_put_together_is_not_cancelled_unseen() {
    let begun = || {
        let (mut machine, mut storage) = (upload(9 * MIB), Storage::new(true));
        let complete = run_to_complete(&mut machine, &mut storage);
        (machine, storage, complete)
    };
    // Complete wins.
    let (mut machine, mut storage, complete) = begun();
    machine.cancel();
    assert_eq!(machine.poll(0.0), None, "nothing is aborted meanwhile");
    machine.completed(complete);
    storage.object = Some(9 * MIB);
    run(&mut machine, &mut storage, |_| (0, Fate::Works));
    assert_eq!(machine.outcome(), Some(&Outcome::Done));

    // Its answer is lost: whether the object is there decides.
    for there in [true, false] {
        let (mut machine, mut storage, complete) = begun();
        machine.failed(complete, transient("network"), 0.0, 0.0);
        machine.cancel();
        let (confirm, command) = machine.poll(0.0).unwrap();
        assert_eq!(command, Command::Confirm { identify: true });
        match there {
            true => machine.confirmed(confirm, machine.plan().object_length(), "wrong size"),
            false => machine.failed(confirm, transient("not there"), 0.0, 0.0),
        }
        run(&mut machine, &mut storage, |_| (0, Fate::Works));
        let outcome = if there { Outcome::Done } else { Outcome::Cancelled };
        assert_eq!(machine.outcome(), Some(&outcome));
        assert_eq!(storage.uploads.is_empty(), !there, "aborted if it is not there");
    }

    // It is in the bucket, and nobody can look at it: not called cancelled.
    let (mut machine, _, complete) = begun();
    machine.completed(complete);
    let (confirm, _) = machine.poll(0.0).unwrap();
    machine.failed(confirm, transient("network"), 0.0, 0.0);
    machine.cancel();
    assert_eq!(machine.outcome(), Some(&Outcome::Failed("network")));
}

#[test]
fn work_that_gave_out_leaves_what_was_sent() {
    let gave_out = |problem| Failure {
        kind: FailureKind::Later,
        problem,
    };
    let (mut machine, mut storage) = (upload(33 * MIB), Storage::new(true));
    let (create, command) = machine.poll(0.0).unwrap();
    storage.answer(&mut machine, create, command, Fate::Works, 0.0);
    let (prepare, _) = machine.poll(0.0).unwrap();
    assert!(!machine.is_ending());
    machine.failed(prepare, gave_out("worker"), 0.0, 0.0);
    assert!(machine.is_ending());
    assert_eq!(machine.outcome(), Some(&Outcome::Suspended(Some("worker"))));
    // Nothing was sent: nothing to go on with.
    let mut machine = upload(5);
    let (prepare, _) = machine.poll(0.0).unwrap();
    machine.failed(prepare, gave_out("worker"), 0.0, 0.0);
    assert_eq!(machine.outcome(), Some(&Outcome::Failed("worker")));
}

#[test]
fn a_stored_object_is_only_looked_at() {
    let plan = PartPlan::new(Content::Plain { length: 5 }).unwrap();
    let mut machine: Machine = Upload::stored(plan, Backoff::default());
    let (confirm, command) = machine.poll(0.0).unwrap();
    assert_eq!(command, Command::Confirm { identify: false });
    machine.confirmed(confirm, 5, "wrong size");
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

#[test]
fn parts_are_made_and_proved_in_their_order() {
    let (mut machine, mut storage) = (upload(33 * MIB), Storage::new(true));
    let parts = [1, 3, 4].map(|number| (number, 8 * MIB)).into();
    storage.uploads.insert("upload-0".into(), parts);
    machine.suspend();
    machine.poll(0.0);
    let mut machine = resumed(33 * MIB, &storage);
    let first = std::iter::from_fn(|| machine.poll(0.0)).map(|(_, command)| command);
    let expected = [
        Command::Prove { part: 0 },
        Command::Prepare { part: 1 },
        Command::Prove { part: 2 },
        Command::Prove { part: 3 },
    ];
    assert_eq!(first.collect::<Vec<_>>(), expected[..BODIES]);
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
