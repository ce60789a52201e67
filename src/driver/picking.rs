//! The files a person picks or drops. A browser opens dialogs, and shows what was dropped, only inside the click or drop.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::engine::{Driver, Engine};
use super::{Event, Problem};
use crate::platform::file_access;
use crate::platform::files::{self, Dropped};

impl Driver {
    /// Takes the files of an input element. Emits `Picked`.
    pub fn pick_files(&self, list: &web_sys::FileList) {
        let collecting = files::collect(list);
        let engine = self.0.clone();
        spawn_local(async move {
            let (files, unreadable) = (collecting.await, Vec::new());
            engine.announce(Dropped { files, unreadable });
        });
    }

    /// Takes the file of an unfinished upload, to go on with it.
    pub fn pick_again(&self, id: String, list: &web_sys::FileList) {
        let Some(file) = files::from_file_list(list).into_iter().next() else {
            return;
        };
        self.0.clone().spawn(async move |engine: Rc<Engine>| {
            if let Err(problem) = engine.go_on(&id, file.handle).await {
                engine.emit(Event::UnfinishedProblem(problem));
            }
            engine.list_unfinished().await;
        });
    }

    /// Goes on with an unfinished upload whose file the browser has a handle on. Call it inside the click: the browser may
    /// want to ask the person.
    pub fn open_again(&self, id: String) {
        let Some(file) = self.0.files.borrow().get(&id).cloned() else {
            return;
        };
        let opening = file.open();
        self.0.clone().spawn(async move |engine: Rc<Engine>| {
            let gone_on = match opening.await {
                Ok(Some(file)) => engine.go_on(&id, file).await,
                Ok(None) => Err(Problem::FileNotAllowed),
                Err(_) => Err(Problem::FileUnreadable),
            };
            if let Err(problem) = gone_on {
                engine.emit(Event::UnfinishedProblem(problem));
            }
            engine.list_unfinished().await;
        });
    }

    /// Asks for files where the browser gives handles on them, and then emits `Picked`. Call it inside the click. `false`
    /// where an input element must ask.
    pub fn ask_for_files(&self) -> bool {
        if !file_access::can_pick() {
            return false;
        }
        let asking = file_access::pick();
        self.0
            .clone()
            .spawn(async move |engine: Rc<Engine>| match asking.await {
                Ok(files) if files.is_empty() => {}
                Ok(files) => engine.announce(Dropped {
                    files,
                    unreadable: Vec::new(),
                }),
                Err(error) => engine.emit(Event::UnfinishedProblem(Problem::Browser {
                    detail: error.to_string(),
                })),
            });
        true
    }

    /// Takes what was dropped; call it inside the drop event. Emits `Picked` when folders have been walked.
    pub fn pick_dropped(&self, transfer: &web_sys::DataTransfer) {
        let walking = files::from_drop(transfer);
        let engine = self.0.clone();
        spawn_local(async move { engine.announce(walking.await) });
    }
}
