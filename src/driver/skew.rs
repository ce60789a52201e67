//! How far this computer's clock is off, as servers say that refuse what was signed by it.

use std::cell::Cell;

/// What is less than this apart is one moment.
const SAME_SECONDS: i64 = 60;

/// Seconds by which this computer's clock is ahead of the servers' (negative: behind), once that was found to matter.
#[derive(Clone, Default)]
pub(super) struct Skew(Cell<i64>);

impl Skew {
    /// So much is allowed for now. Whoever signs a request notes it, for [`Skew::correct`].
    pub(super) fn seconds(&self) -> i64 {
        self.0.get()
    }

    /// A request for which `signed` seconds were allowed was refused by a server that says it should have been `measured`
    /// (0 where it does not say). Whether to sign it again: also if it was the answer to another one, sent at the same time,
    /// that corrected the clock.
    pub(super) fn correct(&self, signed: i64, measured: i64) -> bool {
        if measured != 0 && (measured - self.seconds()).abs() > SAME_SECONDS {
            self.0.set(measured);
        }
        self.seconds() != signed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_requests_refused_together_each_is_signed_again_and_once() {
        let skew = Skew::default();
        let signed = skew.seconds();
        assert!(skew.correct(signed, 600));
        assert!(skew.correct(signed, 601), "it was signed before the other one's answer");
        assert!(skew.correct(signed, 0), "also if this server does not tell the time");
        assert_eq!(skew.seconds(), 600);
        assert!(!skew.correct(600, 599), "the clock is right, and it was refused again");
        assert!(!skew.correct(600, 0));
        assert!(skew.correct(600, -600), "the clock was set");
    }

    #[test]
    fn a_clock_that_is_right_is_left_alone() {
        let skew = Skew::default();
        assert!(!skew.correct(0, 0) && !skew.correct(0, 60));
        assert_eq!(skew.seconds(), 0);
    }
}
