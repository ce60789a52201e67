//! Sums over the queue, kept up to date with every change: nobody adds up ten thousand files to draw a line.

use crate::driver::{Direction, Pace, TransferInfo, TransferState};
use crate::transfer::Left;

/// Sums over the queue. Sizes are plaintext bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Transfers.
    pub total: usize,
    /// Of these, done.
    pub done: usize,
    /// Of these, failed.
    pub failed: usize,
    /// Of these, neither over nor cancelled.
    pub going: usize,
    /// Of these, paused.
    pub paused: usize,
    /// Bytes in all.
    pub size: u64,
    /// Bytes moved.
    pub moved: u64,
    /// Uploads.
    pub uploads: Uploads,
    /// To be moved of those that are neither over nor paused.
    left: Left,
}

/// How far the uploads are together. What failed or was cancelled is no work any more and not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uploads {
    /// Those that are not over.
    pub going: usize,
    /// Bytes in all.
    pub size: u64,
    /// Bytes encrypted; files that are sent as they are have none.
    pub made: u64,
    /// Bytes sent.
    pub sent: u64,
    /// Bytes of files that are in the bucket, complete and seen there.
    pub stored: u64,
}

impl Totals {
    /// Takes a transfer in.
    pub(super) fn add(&mut self, info: &TransferInfo) {
        self.change(info, |sum, by| *sum += by, |count| *count += 1);
    }

    /// Takes it out again, as it was when it was taken in.
    pub(super) fn subtract(&mut self, info: &TransferInfo) {
        self.change(info, |sum, by| *sum -= by, |count| *count -= 1);
    }

    fn change(&mut self, info: &TransferInfo, by: impl Fn(&mut u64, u64), one: impl Fn(&mut usize)) {
        one(&mut self.total);
        let (is_done, is_paused) = (info.state == TransferState::Done, info.state == TransferState::Paused);
        match info.state {
            TransferState::Done => one(&mut self.done),
            TransferState::Failed(_) => one(&mut self.failed),
            TransferState::Cancelled => {}
            _ => one(&mut self.going),
        }
        if is_paused {
            one(&mut self.paused);
        }
        if info.state.is_over() && !is_done {
            return;
        }
        let whole_or = |part: u64| if is_done { info.size } else { part.min(info.size) };
        by(&mut self.size, info.size);
        by(&mut self.moved, whole_or(info.moved));
        if info.direction == Direction::Upload {
            if !is_done {
                one(&mut self.uploads.going);
            }
            by(&mut self.uploads.size, info.size);
            if info.encrypted {
                by(&mut self.uploads.made, whole_or(info.made.max(info.moved)));
            }
            by(&mut self.uploads.sent, whole_or(info.moved));
            by(&mut self.uploads.stored, whole_or(0));
        }
        if !info.state.is_over() && !is_paused {
            self.left.change(Left::of(info.size, info.moved), by);
        }
    }

    /// Seconds until all is done that is not paused, if it goes on at this pace; `None` where that cannot be told.
    pub fn seconds_left(&self, pace: &Pace) -> Option<f64> {
        self.left.seconds(pace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Problem, TransferId};
    use crate::transfer::SMALL_FILE;

    fn info(size: u64, moved: u64, state: TransferState) -> TransferInfo {
        let mut info = TransferInfo::new(TransferId(0), Direction::Upload, "k".into(), size, true);
        (info.moved, info.made, info.state) = (moved, moved, state);
        info
    }

    #[test]
    fn what_was_taken_in_and_out_leaves_nothing() {
        let states = [
            TransferState::Queued,
            TransferState::Running,
            TransferState::Paused,
            TransferState::Waiting(Problem::Offline),
            TransferState::Verifying,
            TransferState::Done,
            TransferState::Failed(Problem::Offline),
            TransferState::Cancelled,
        ];
        let infos: Vec<_> = [0, 10, SMALL_FILE + 1]
            .iter()
            .flat_map(|&size| states.iter().map(move |state| info(size, size / 2, state.clone())))
            .collect();
        let mut totals = Totals::default();
        infos.iter().for_each(|info| totals.add(info));
        assert_eq!(
            (totals.total, totals.done, totals.failed, totals.going, totals.paused),
            (24, 3, 3, 15, 3)
        );
        infos.iter().for_each(|info| totals.subtract(info));
        assert_eq!(totals, Totals::default());
    }

    #[test]
    fn encrypted_sent_and_stored_are_told_apart() {
        let mut totals = Totals::default();
        let mut running = info(100, 40, TransferState::Running);
        running.made = 70;
        for info in [
            &running,
            &info(50, 50, TransferState::Verifying),
            &info(7, 0, TransferState::Done),
            &info(1000, 500, TransferState::Failed(Problem::Offline)),
        ] {
            totals.add(info);
        }
        let Uploads {
            size,
            made,
            sent,
            stored,
            ..
        } = totals.uploads;
        assert_eq!((size, made, sent, stored), (157, 127, 97, 7));
    }

    #[test]
    fn nobody_waits_for_what_is_paused_or_over() {
        let pace = Pace {
            bytes: f64::from(1 << 20),
            large_bytes: f64::from(1 << 20),
            ..Pace::default()
        };
        let mut totals = Totals::default();
        for state in [TransferState::Paused, TransferState::Done, TransferState::Cancelled] {
            totals.add(&info(10 << 20, 0, state));
        }
        assert_eq!(totals.seconds_left(&pace), None);
        totals.add(&info(10 << 20, 2 << 20, TransferState::Running));
        assert_eq!(totals.seconds_left(&pace), Some(8.0));
    }
}
