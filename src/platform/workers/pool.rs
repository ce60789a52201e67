//! A few workers, shared.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::super::abort::Abort;
use super::super::clock;
use super::{Worker, WorkerError};

/// How many workers this computer is good for: one less than it has processors, 1 or 2. One with two calls in flight
/// keeps up with 200 MiB/s.
pub fn default_size() -> usize {
    let processors = web_sys::window().map_or(1.0, |window| window.navigator().hardware_concurrency());
    (processors as usize).saturating_sub(1).clamp(1, 2)
}

/// Workers that start when first needed and stop when nobody has used them for a while. Clones are the same pool.
#[derive(Clone, Debug)]
pub struct WorkerPool(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    idle: Duration,
    slots: RefCell<Vec<Slot>>,
    used_at: Cell<f64>,
    janitor: Cell<bool>,
}

#[derive(Debug, Default)]
struct Slot {
    worker: Option<Rc<Worker>>,
    seats: Rc<Cell<usize>>,
}

impl WorkerPool {
    /// At most `size` workers, ended after `idle` without use.
    pub fn new(size: usize, idle: Duration) -> Self {
        WorkerPool(Rc::new(Inner {
            idle,
            slots: RefCell::new((0..size.max(1)).map(|_| Slot::default()).collect()),
            used_at: Cell::new(clock::monotonic_ms()),
            janitor: Cell::new(false),
        }))
    }

    /// Workers that are running.
    pub fn running(&self) -> usize {
        self.0
            .slots
            .borrow()
            .iter()
            .filter(|slot| slot.worker.is_some())
            .count()
    }

    /// A place at the least busy worker, which is started if need be. All calls of one seat go to the same worker:
    /// for jobs that keep state there.
    ///
    /// # Errors
    /// If the worker cannot be started.
    pub fn seat(&self) -> Result<Seat, WorkerError> {
        let mut slots = self.0.slots.borrow_mut();
        // Of equally busy ones the running one.
        let slot = slots
            .iter_mut()
            .min_by_key(|slot| (slot.seats.get(), slot.worker.is_none()))
            .expect("a pool has at least one slot");
        let worker = match &slot.worker {
            Some(worker) if !worker.has_ended() => Rc::clone(worker),
            _ => {
                let worker = Rc::new(Worker::start()?);
                // Seats of one that crashed count at the dead one only.
                *slot = Slot {
                    worker: Some(Rc::clone(&worker)),
                    seats: Rc::default(),
                };
                worker
            }
        };
        slot.seats.set(slot.seats.get() + 1);
        Ok(Seat {
            pool: Rc::clone(&self.0),
            worker,
            seats: Rc::clone(&slot.seats),
        })
    }

    /// One call to the least busy worker; see [`Worker::call`].
    ///
    /// # Errors
    /// As [`Worker::call`].
    pub async fn run(&self, message: &JsValue, transfer: &Array) -> Result<JsValue, WorkerError> {
        self.seat()?.call(message, transfer).await
    }
}

/// A place at one worker; dropping it leaves.
#[must_use = "dropping it leaves the worker"]
#[derive(Debug)]
pub struct Seat {
    pool: Rc<Inner>,
    worker: Rc<Worker>,
    seats: Rc<Cell<usize>>,
}

impl Seat {
    /// See [`Worker::call`].
    ///
    /// # Errors
    /// As [`Worker::call`]. After a crash take another seat.
    pub async fn call(&self, message: &JsValue, transfer: &Array) -> Result<JsValue, WorkerError> {
        self.worker.call(message, transfer).await
    }

    /// See [`Worker::converse`].
    ///
    /// # Errors
    /// As [`Seat::call`].
    pub async fn converse(
        &self,
        message: &JsValue,
        transfer: &Array,
        on_note: impl Fn(f64) + 'static,
        abort: &Abort,
    ) -> Result<JsValue, WorkerError> {
        self.worker.converse(message, transfer, on_note, abort).await
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.set(self.seats.get() - 1);
        self.pool.used_at.set(clock::monotonic_ms());
        if !self.pool.janitor.replace(true) {
            spawn_local(stop_when_idle(Rc::clone(&self.pool)));
        }
    }
}

/// Ends the workers when none has been used for a while. Runs only from a use to the stop that follows it.
async fn stop_when_idle(pool: Rc<Inner>) {
    loop {
        let idle = Duration::from_secs_f64((clock::monotonic_ms() - pool.used_at.get()).max(0.0) / 1000.0);
        let busy = pool.slots.borrow().iter().any(|slot| slot.seats.get() > 0);
        match pool.idle.checked_sub(idle) {
            Some(left) if !left.is_zero() => clock::sleep(left.max(Duration::from_millis(1))).await,
            // The last seat to leave starts another janitor.
            _ if busy => break,
            _ => {
                for slot in pool.slots.borrow_mut().iter_mut() {
                    slot.worker = None;
                }
                break;
            }
        }
    }
    pool.janitor.set(false);
}
