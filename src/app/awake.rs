//! Keeps the computer awake while transfers run.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use crate::platform::listener::Listener;
use crate::platform::page;
use crate::platform::wake_lock::WakeLock;

/// Holds the browser's wake lock as long as it is wanted, where the browser has one.
pub(super) struct Awake {
    held: Rc<Held>,
    _visibility: Listener,
}

#[derive(Default)]
struct Held {
    wanted: Cell<bool>,
    asking: Cell<bool>,
    lock: RefCell<Option<WakeLock>>,
}

impl Awake {
    pub(super) fn new() -> Self {
        let held = Rc::new(Held::default());
        let shown = held.clone();
        // A hidden tab loses it, and may ask again when it is shown.
        let visibility = page::on_visibility(move |visible| {
            if visible {
                drop(shown.lock.take());
                ask(&shown);
            }
        });
        Awake {
            held,
            _visibility: visibility,
        }
    }

    /// Whether the computer is to stay awake from now on.
    pub(super) fn want(&self, wanted: bool) {
        if self.held.wanted.replace(wanted) == wanted {
            return;
        }
        if wanted {
            ask(&self.held);
        } else {
            drop(self.held.lock.take());
        }
    }
}

fn ask(held: &Rc<Held>) {
    if !held.wanted.get() || held.asking.replace(true) {
        return;
    }
    let held = held.clone();
    spawn_local(async move {
        let lock = WakeLock::request().await;
        held.asking.set(false);
        // What came too late is given back by being dropped.
        if held.wanted.get() {
            held.lock.replace(lock);
        }
    });
}
