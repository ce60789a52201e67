//! Bodies of requests wait here for their turn, and not inside the browser (see [`transfer::Uplink`]).

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::oneshot;
use futures::lock::Mutex;

use crate::platform::clock;
use crate::transfer::{self, Lane};

/// Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Uplink(Rc<Inner>);

#[derive(Default)]
struct Inner {
    state: RefCell<transfer::Uplink>,
    /// Whoever holds it is the next of its lane.
    lines: [Mutex<()>; 3],
    /// Those who are next, until something moves.
    next: RefCell<Vec<oneshot::Sender<()>>>,
}

/// The right to send a body. Dropping it says that it is sent, or given up.
pub(super) struct Turn {
    uplink: Uplink,
    lane: Lane,
    bytes: u64,
    sent: Cell<u64>,
}

impl Uplink {
    /// Waits until a body of so many bytes may be sent.
    pub(super) async fn turn(&self, lane: Lane, bytes: u64) -> Turn {
        let _first = self.0.lines[lane as usize].lock().await;
        while !self.may_start(lane, bytes) {
            let (sender, news) = oneshot::channel();
            self.0.next.borrow_mut().push(sender);
            // There are others under way, and whatever comes of them is news.
            let _ = news.await;
        }
        self.0.state.borrow_mut().started(lane, bytes);
        Turn {
            uplink: self.clone(),
            lane,
            bytes,
            sent: Cell::new(0),
        }
    }

    fn may_start(&self, lane: Lane, bytes: u64) -> bool {
        let now = clock::monotonic_ms();
        self.0.state.borrow_mut().may_start(now, lane, bytes)
    }

    fn tell(&self) {
        for next in self.0.next.take() {
            // Who is not there any more does not want to send.
            let _ = next.send(());
        }
    }
}

impl Turn {
    /// So much of the body has been sent in all.
    pub(super) fn sent(&self, sent: u64) {
        let more = sent.saturating_sub(self.sent.replace(sent));
        let Uplink(inner) = &self.uplink;
        inner.state.borrow_mut().moved(clock::monotonic_ms(), more);
        self.uplink.tell();
    }

    /// All of it has.
    pub(super) fn sent_all(&self) {
        self.sent(self.bytes);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Uplink(inner) = &self.uplink;
        inner.state.borrow_mut().ended(self.lane, self.bytes);
        self.uplink.tell();
    }
}
