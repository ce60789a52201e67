//! A file that changes while it goes up.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sealdrop::transfer::{Backoff, Command, CommandId, Content, Failure, FailureKind, Outcome, PartPlan, Upload};

use super::{BODIES, Fate, MIB, Machine, rechecked, transient, upload};

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
