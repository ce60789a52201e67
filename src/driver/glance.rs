//! Looking at objects in sight, a few at a time, so that a folder shows the state of each without being asked.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::engine::Engine;
use super::{Event, look};

/// Objects looked at a time: transfers need the connections more.
const AT_A_TIME: usize = 3;

/// What is to be looked at, and what is being looked at.
#[derive(Default)]
pub(super) struct Glances {
    /// Last comes first.
    waiting: RefCell<Vec<String>>,
    going: RefCell<HashSet<String>>,
}

impl Glances {
    /// Forgets what has not begun.
    pub(super) fn clear(&self) {
        self.waiting.take();
    }

    fn next(&self) -> Option<String> {
        let mut waiting = self.waiting.borrow_mut();
        let mut going = self.going.borrow_mut();
        while going.len() < AT_A_TIME {
            let key = waiting.pop()?;
            if going.insert(key.clone()) {
                return Some(key);
            }
        }
        None
    }
}

/// Looks at these, in this order, instead of at what was waiting.
pub(super) fn at(engine: &Rc<Engine>, keys: Vec<String>) {
    engine.glances.waiting.replace(keys.into_iter().rev().collect());
    go_on(engine);
}

fn go_on(engine: &Rc<Engine>) {
    while let Some(key) = engine.glances.next() {
        let engine = engine.clone();
        spawn_local(async move {
            let looking = async { look::look(&engine, &*engine.session()?, &key).await };
            let event = match looking.await {
                Ok(looked) => Event::Looked(Rc::new(looked.facts)),
                Err(problem) => Event::LookFailed {
                    key: key.clone(),
                    problem,
                },
            };
            engine.glances.going.borrow_mut().remove(&key);
            engine.emit(event);
            go_on(&engine);
        });
    }
}
