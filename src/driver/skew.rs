//! How far this computer's clock is off, as servers say that refuse what was signed by it.

use std::cell::Cell;

use crate::s3::{ErrorKind, S3Error};

/// What is less than this apart is one moment.
const SAME_SECONDS: i64 = 60;
/// S3 refuses requests that are further off; nearer differences explain nothing.
pub(super) const TOLERATED_SECONDS: i64 = 15 * 60;

/// Seconds by which this computer's clock is ahead of the servers' (negative: behind), once that was found to matter.
#[derive(Clone, Default)]
pub(super) struct Skew(Cell<i64>);

impl Skew {
    /// So much is allowed for now. Whoever signs a request notes it, for [`Skew::correct`].
    pub(super) fn seconds(&self) -> i64 {
        self.0.get()
    }

    /// A request for which `signed` seconds were allowed was refused by a server that says it should have been `measured`, if
    /// it says so: 0 when the person has set the clock meanwhile. Whether to sign it again: also if it was the answer to another
    /// one, sent at the same time, that corrected the clock.
    pub(super) fn correct(&self, signed: i64, measured: Option<i64>) -> bool {
        if let Some(measured) = measured.filter(|measured| (measured - self.seconds()).abs() > SAME_SECONDS) {
            self.0.set(if measured.abs() > SAME_SECONDS { measured } else { 0 });
        }
        self.seconds() != signed
    }
}

/// Whether a refusal without words (HEAD has none) is about the time, by the time that comes with it: what was signed for a
/// clock `signed` seconds behind ours should have been for one that is `measured` behind.
pub(super) fn is_wordlessly_skewed(error: &S3Error, signed: i64, measured: Option<i64>) -> bool {
    error.kind() == ErrorKind::AccessDenied
        && error.code.is_empty()
        && measured.is_some_and(|measured| (measured - signed).abs() > TOLERATED_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_requests_refused_together_each_is_signed_again_and_once() {
        let skew = Skew::default();
        let signed = skew.seconds();
        assert!(skew.correct(signed, Some(600)));
        assert!(
            skew.correct(signed, Some(601)),
            "it was signed before the other one's answer"
        );
        assert!(skew.correct(signed, None), "also if this server does not tell the time");
        assert_eq!(skew.seconds(), 600);
        assert!(
            !skew.correct(600, Some(599)),
            "the clock is right, and it was refused again"
        );
        assert!(!skew.correct(600, None));
        assert!(skew.correct(600, Some(-600)), "the clock was set");
    }

    #[test]
    fn a_clock_that_is_right_is_left_alone() {
        let skew = Skew::default();
        assert!(!skew.correct(0, Some(0)) && !skew.correct(0, Some(60)) && !skew.correct(0, None));
        assert_eq!(skew.seconds(), 0);
    }

    #[test]
    fn a_refusal_without_words_is_about_the_time_where_its_date_is_far_off() {
        let (wordless, told) = (S3Error::refused(403, "", ""), S3Error::refused(403, "AccessDenied", ""));
        assert!(is_wordlessly_skewed(&wordless, 0, Some(1200)) && is_wordlessly_skewed(&wordless, 1200, Some(0)));
        assert!(
            !is_wordlessly_skewed(&wordless, 1200, Some(1200)),
            "that was corrected for"
        );
        assert!(!is_wordlessly_skewed(&wordless, 0, Some(600)) && !is_wordlessly_skewed(&wordless, 0, None));
        assert!(!is_wordlessly_skewed(&told, 0, Some(1200)));
        assert!(!is_wordlessly_skewed(&S3Error::refused(404, "", ""), 0, Some(1200)));
    }

    #[test]
    fn a_clock_that_was_set_right_is_not_corrected_any_more() {
        for about_right in [0, 1, -1, 60] {
            let skew = Skew::default();
            assert!(skew.correct(0, Some(1200)));
            assert!(skew.correct(1200, Some(about_right)));
            assert_eq!(skew.seconds(), 0, "nothing worth telling");
        }
    }
}
