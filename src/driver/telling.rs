//! When the app hears of what the transfers do: often enough to be watched, and no oftener.

use std::cell::Cell;
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen_futures::spawn_local;

use super::engine::Engine;
use super::{Event, Pace};
use crate::platform::clock;

/// The app hears of a change this much later: others come with it.
const TOGETHER: Duration = Duration::from_millis(50);
/// Time from one hearing of changes to the next, at least and at most. What draws takes the processor away from what is being
/// sent: a page that is slow to draw is drawn less often.
const BATCH: RangeInclusive<Duration> = Duration::from_millis(400)..=Duration::from_secs(1);
/// How many times as long as a drawing takes the next one waits.
const DRAWINGS: f64 = 25.0;
/// Between two of many batches.
const BREATH: Duration = Duration::from_millis(20);
/// How often the app hears how fast transfers go.
const PACE: Duration = Duration::from_secs(1);

/// What is about to be told.
#[derive(Debug)]
pub(super) struct Telling {
    /// When it will hear of them; infinite if there is nothing to hear. All on the monotonic clock, milliseconds.
    due_ms: Cell<f64>,
    /// When the app may hear of changes again.
    next_flush_ms: Cell<f64>,
    telling_pace: Cell<bool>,
}

impl Default for Telling {
    fn default() -> Self {
        Telling {
            due_ms: Cell::new(f64::INFINITY),
            next_flush_ms: Cell::new(0.0),
            telling_pace: Cell::new(false),
        }
    }
}

impl Engine {
    /// Tells the app of changed transfers, a little later; at once when nothing moves any more.
    pub(super) fn flush_soon(self: &Rc<Self>) {
        let telling = &self.telling;
        let first = clock::monotonic_ms() + TOGETHER.as_secs_f64() * 1000.0;
        let due = match self.queue.is_idle() {
            true => first,
            false => first.max(telling.next_flush_ms.get()),
        };
        if due < telling.due_ms.get() {
            telling.due_ms.set(due);
            let engine = self.clone();
            spawn_local(async move {
                let wait = (due - clock::monotonic_ms()).max(0.0);
                clock::sleep(Duration::from_secs_f64(wait / 1000.0)).await;
                if engine.telling.due_ms.get() != due {
                    // Somebody could not wait so long.
                    return;
                }
                engine.telling.due_ms.set(f64::INFINITY);
                engine.tell_clock();
                let told = clock::monotonic_ms();
                let not_before =
                    |batch: Duration| engine.telling.next_flush_ms.set(told + batch.as_secs_f64() * 1000.0);
                // What changes while this is drawn waits as well.
                not_before(*BATCH.start());
                loop {
                    let changes = engine.queue.take_changes();
                    let more = engine.queue.has_changes();
                    if !changes.is_empty() {
                        engine.emit(Event::Transfers(changes));
                    }
                    if !more {
                        break;
                    }
                    // Many at once are told one after the other, so that the page stays alive.
                    clock::sleep(BREATH).await;
                }
                // It is drawn before the next timer fires.
                clock::sleep(Duration::ZERO).await;
                let drawing = Duration::from_secs_f64((clock::monotonic_ms() - told) / 1000.0);
                not_before(drawing.mul_f64(DRAWINGS).clamp(*BATCH.start(), *BATCH.end()));
                engine.tell_pace();
            });
        }
    }

    /// Tells the app how fast transfers go, once a second as long as any runs, also while nothing moves.
    fn tell_pace(self: &Rc<Self>) {
        if !self.telling.telling_pace.replace(true) {
            let engine = self.clone();
            spawn_local(async move {
                while let Some(pace) = engine.queue.pace() {
                    engine.emit(Event::Pace(pace));
                    clock::sleep(PACE).await;
                }
                engine.telling.telling_pace.set(false);
                engine.emit(Event::Pace(Pace::default()));
            });
        }
    }
}
