//! How fast transfers go together, and how long the rest of them takes.
//!
//! Files of up to [`SMALL_FILE`] bytes go beside the larger ones, and cost their requests more than their bytes. So they
//! are measured in work: their bytes, and [`REQUEST`] for each file, of which it has done as much as of its bytes.

use super::{Meter, SMALL_FILE};

/// What a request costs beside its bytes: a round trip of 60 ms on one of a browser's six connections takes as long as so
/// many bytes take at 25 MiB/s. Half of it, or twice, changes little.
const REQUEST: u64 = 256 << 10;

/// How fast all transfers go together, over the last seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Plaintext bytes per second.
    pub bytes: f64,
    /// Of these, bytes of files that are not small.
    pub large_bytes: f64,
    /// Small files that came to their end, per second.
    pub small_files: f64,
    /// Work done on small files, per second.
    pub small_work: f64,
}

/// What all transfers have done together.
#[derive(Debug, Default)]
pub struct Progress {
    bytes: (u64, Meter),
    large_bytes: (u64, Meter),
    small_files: (u64, Meter),
    small_work: (u64, Meter),
}

impl Progress {
    /// Of a transfer of `size` bytes, `before` had moved, and now `moved` have. What is sent again has not moved twice.
    pub fn moved(&mut self, size: u64, before: u64, moved: u64) {
        let step = |sum: &mut u64, done: u64, undone: u64| *sum = (*sum + done).saturating_sub(undone);
        step(&mut self.bytes.0, moved, before);
        if size > SMALL_FILE {
            step(&mut self.large_bytes.0, moved, before);
        } else {
            step(&mut self.small_work.0, work_left(size, before), work_left(size, moved));
        }
    }

    /// A transfer of `size` bytes, of which `moved` had moved, is over.
    pub fn ended(&mut self, size: u64, moved: u64) {
        if size <= SMALL_FILE {
            self.small_files.0 += 1;
            self.small_work.0 += work_left(size, moved);
        }
    }

    /// How fast that went, from one call to the next.
    pub fn pace(&mut self, now_ms: f64) -> Pace {
        let speed = |(done, meter): &mut (u64, Meter)| {
            meter.record(now_ms, *done);
            meter.speed()
        };
        Pace {
            bytes: speed(&mut self.bytes),
            large_bytes: speed(&mut self.large_bytes),
            small_files: speed(&mut self.small_files),
            small_work: speed(&mut self.small_work),
        }
    }
}

/// What is still to be moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    small_bytes: u64,
    small_work: u64,
    large_bytes: u64,
}

impl Left {
    /// What is left of a transfer of `size` bytes, of which `moved` have moved.
    pub fn of(size: u64, moved: u64) -> Left {
        let left = size.saturating_sub(moved);
        if size > SMALL_FILE {
            Left {
                large_bytes: left,
                ..Left::default()
            }
        } else {
            Left {
                small_bytes: left,
                small_work: work_left(size, moved),
                ..Left::default()
            }
        }
    }

    /// Changes each of the sums by the other's.
    pub fn change(&mut self, other: Left, by: impl Fn(&mut u64, u64)) {
        by(&mut self.small_bytes, other.small_bytes);
        by(&mut self.small_work, other.small_work);
        by(&mut self.large_bytes, other.large_bytes);
    }

    /// Seconds until it has moved, if it goes on at this pace; `None` where that cannot be told.
    ///
    /// Whoever is left alone goes faster then. Large files get what small ones had of the bytes per second. Small files get
    /// all that the large ones had as far as they are bytes; as far as they wait for answers, the truth lies in the middle
    /// between that and no gain at all.
    pub fn seconds(&self, pace: &Pace) -> Option<f64> {
        let of = |left: f64, pace: f64| match left {
            0.0 => Some(0.0),
            _ => (pace > 0.0).then(|| left / pace),
        };
        let (small_work, large_bytes) = (self.small_work as f64, self.large_bytes as f64);
        let small = of(small_work, pace.small_work)?;
        let large = of(large_bytes, pace.large_bytes)?;
        let left = if large < small {
            let shared = (small_work + large_bytes) / (pace.small_work + pace.large_bytes);
            let requests = 1.0 - self.small_bytes as f64 / small_work;
            shared * (small / shared).powf(requests / 2.0)
        } else {
            small.max(of(large_bytes + self.small_bytes as f64, pace.bytes)?)
        };
        (left > 0.0).then_some(left)
    }
}

fn work_left(size: u64, moved: u64) -> u64 {
    let bytes = size.saturating_sub(moved);
    bytes + (REQUEST * bytes).checked_div(size).unwrap_or(REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_what_is_not_left_any_more() {
        for size in [0, 1, 1000, SMALL_FILE, SMALL_FILE + 1] {
            let mut progress = Progress::default();
            let left = |moved| {
                let Left {
                    small_work,
                    large_bytes,
                    ..
                } = Left::of(size, moved);
                small_work + large_bytes
            };
            let mut before = 0;
            for moved in [size / 3, size / 2, size / 4, size / 2] {
                progress.moved(size, before, moved);
                before = moved;
                assert_eq!(
                    progress.small_work.0 + progress.large_bytes.0,
                    left(0) - left(moved),
                    "{size} {moved}"
                );
                assert_eq!(progress.bytes.0, moved);
            }
            if size <= SMALL_FILE {
                progress.ended(size, before);
                assert_eq!((progress.small_work.0, progress.small_files.0), (left(0), 1));
            }
        }
    }

    #[test]
    fn of_what_does_not_move_nothing_can_be_told() {
        let pace = |large_bytes, small_work| Pace {
            bytes: large_bytes,
            large_bytes,
            small_files: 0.0,
            small_work,
        };
        let mut left = Left::of(10 << 20, 2 << 20);
        assert_eq!(left.seconds(&pace(f64::from(1 << 20), 0.0)), Some(8.0));
        assert_eq!(left.seconds(&pace(0.0, 1.0)), None);
        left.change(Left::of(1000, 0), |sum, by| *sum += by);
        assert_eq!(left.seconds(&pace(1.0, 0.0)), None);
        assert_eq!(Left::default().seconds(&pace(1.0, 1.0)), None, "nothing is left");
    }
}
