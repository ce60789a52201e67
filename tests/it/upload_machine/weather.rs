//! Any order of answers, losses and failures.

use proptest::prelude::*;
use sealdrop::transfer::{Command, CommandId, Outcome};

use super::{Fate, MIB, Storage, rechecked, resumed, upload};

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
