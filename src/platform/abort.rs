//! Giving up on running work.

use futures::channel::oneshot;
use web_sys::{AbortController, AbortSignal};

use super::listener::Listener;

/// Ends whatever was started with it. Clones are the same switch. Dropping all clones does not abort.
#[derive(Clone, Debug)]
pub struct Abort {
    controller: AbortController,
}

impl Abort {
    /// Not yet aborted.
    pub fn new() -> Self {
        let controller = AbortController::new().expect("its constructor takes nothing and throws nothing");
        Abort { controller }
    }

    /// Ends the work. Doing it twice is fine.
    pub fn abort(&self) {
        self.controller.abort();
    }

    /// Whether [`Abort::abort`] was called.
    pub fn is_aborted(&self) -> bool {
        self.signal().aborted()
    }

    /// The browser's own signal.
    pub fn signal(&self) -> AbortSignal {
        self.controller.signal()
    }

    /// Resolves once it is aborted; at once if it is already.
    pub async fn aborted(&self) {
        let signal = self.signal();
        if signal.aborted() {
            return;
        }
        let (sender, receiver) = oneshot::channel();
        let mut sender = Some(sender);
        let _listener = Listener::new(&signal, "abort", move |_| {
            if let Some(sender) = sender.take() {
                // Nobody waits any more: nothing to tell.
                let _ = sender.send(());
            }
        });
        // The sender lives in the listener, so it is not dropped before it has sent.
        let _ = receiver.await;
    }
}

impl Default for Abort {
    fn default() -> Self {
        Self::new()
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
