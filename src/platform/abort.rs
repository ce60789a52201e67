//! Giving up on running work.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use futures::channel::oneshot;
use web_sys::{AbortController, AbortSignal};

/// Ends whatever was started with it. Clones are the same switch. Dropping all clones does not abort.
///
/// A switch of our own: ten thousand files have some each, and the browser's is made only where the browser needs one.
#[derive(Clone, Debug, Default)]
pub struct Abort(Rc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    aborted: Cell<bool>,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
    controller: OnceCell<AbortController>,
}

impl Inner {
    fn remember(&self, sender: oneshot::Sender<()>) {
        let mut waiting = self.waiting.borrow_mut();
        // Those who stopped waiting go.
        waiting.retain(|sender| !sender.is_canceled());
        waiting.push(sender);
    }
}

impl Abort {
    /// Not yet aborted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends the work. Doing it twice is fine.
    pub fn abort(&self) {
        self.0.aborted.set(true);
        if let Some(controller) = self.0.controller.get() {
            controller.abort();
        }
        for waiting in self.0.waiting.take() {
            // Nobody waits any more: nothing to tell.
            let _ = waiting.send(());
        }
    }

    /// Whether [`Abort::abort`] was called.
    pub fn is_aborted(&self) -> bool {
        self.0.aborted.get()
    }

    /// The browser's own signal.
    pub fn signal(&self) -> AbortSignal {
        let controller = self
            .0
            .controller
            .get_or_init(|| AbortController::new().expect("its constructor takes nothing and throws nothing"));
        if self.is_aborted() {
            controller.abort();
        }
        controller.signal()
    }

    /// Resolves once it is aborted; at once if it is already.
    pub async fn aborted(&self) {
        if self.is_aborted() {
            return;
        }
        let (sender, receiver) = oneshot::channel();
        self.0.remember(sender);
        // The sender is not dropped before it has sent: the switch that holds it is borrowed here.
        let _ = receiver.await;
    }
}

/// Aborts when dropped, so that a dropped future ends its fetch.
#[derive(Debug)]
pub(super) struct AbortOnDrop(pub(super) Abort);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
