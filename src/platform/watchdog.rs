//! Notices that nothing moves any more.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use super::clock;

/// Expires when it has not been touched for a while. Clones are the same watchdog.
#[derive(Clone, Debug)]
pub(super) struct Watchdog {
    limit: Duration,
    touched: Rc<Cell<f64>>,
}

impl Watchdog {
    pub(super) fn new(limit: Duration) -> Self {
        Watchdog {
            limit,
            touched: Rc::new(Cell::new(clock::monotonic_ms())),
        }
    }

    /// Something moved.
    pub(super) fn touch(&self) {
        self.touched.set(clock::monotonic_ms());
    }

    /// Resolves when the limit has passed since the last touch.
    pub(super) async fn expired(&self) {
        loop {
            let idle = Duration::from_secs_f64((clock::monotonic_ms() - self.touched.get()).max(0.0) / 1000.0);
            match self.limit.checked_sub(idle) {
                // Timers may fire a moment early; without a lower bound the last moment would be spun away.
                Some(left) if !left.is_zero() => clock::sleep(left.max(Duration::from_millis(1))).await,
                _ => return,
            }
        }
    }
}
