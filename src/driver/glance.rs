//! Looking at objects in sight, a few at a time, so that a folder shows the state of each without being asked.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::Event;
use super::engine::Engine;
use super::look::{self, Beside};

/// Objects looked at a time: transfers need the connections more.
const AT_A_TIME: usize = 3;

/// What is to be looked at, and what is being looked at.
#[derive(Default)]
pub(super) struct Glances {
    /// Last comes first.
    waiting: RefCell<Vec<(String, Beside)>>,
    going: RefCell<HashSet<String>>,
}

impl Glances {
    /// Forgets all; what has begun ends by itself.
    pub(super) fn clear(&self) {
        self.waiting.take();
        self.going.take();
    }

    fn next(&self) -> Option<(String, Beside)> {
        let mut waiting = self.waiting.borrow_mut();
        let mut going = self.going.borrow_mut();
        while going.len() < AT_A_TIME {
            let (key, beside) = waiting.pop()?;
            if going.insert(key.clone()) {
                return Some((key, beside));
            }
        }
        None
    }
}

/// Looks at these, in this order, instead of at what was waiting; `instructed` are those with an instruction file.
pub(super) fn at(engine: &Rc<Engine>, keys: Vec<String>, instructed: &HashSet<String>) {
    let with_beside = |key: String| {
        let beside = Beside::Listed(instructed.contains(&key));
        (key, beside)
    };
    let waiting = keys.into_iter().rev().map(with_beside).collect();
    engine.glances.waiting.replace(waiting);
    go_on(engine);
}

fn go_on(engine: &Rc<Engine>) {
    let Ok(session) = engine.session() else { return };
    while let Some((key, beside)) = engine.glances.next() {
        let (engine, session) = (engine.clone(), session.clone());
        spawn_local(async move {
            let event = match look::facts(&engine, &session, &key, beside).await {
                Ok(facts) => Event::Looked(Rc::new(facts)),
                Err(problem) => Event::LookFailed {
                    key: key.clone(),
                    problem,
                },
            };
            // Cleared since: what is going now is of another bucket.
            if !engine.is_connected_by(&session) {
                return;
            }
            engine.glances.going.borrow_mut().remove(&key);
            engine.tell(&session, event);
            go_on(&engine);
        });
    }
}
