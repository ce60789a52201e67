//! Speed and time left, from what has really moved.

use std::collections::VecDeque;

/// Milliseconds of history that make up the speed.
const WINDOW_MS: f64 = 5_000.0;
/// Samples closer than this replace one another, which bounds the history.
const GRAIN_MS: f64 = 100.0;

/// Measures the speed of one transfer, or of many, over the last five seconds.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    samples: VecDeque<(f64, u64)>,
}

impl Meter {
    /// `moved` bytes in all had moved at `now_ms`. Falls back (a part that is sent again) are taken as they come.
    pub fn record(&mut self, now_ms: f64, moved: u64) {
        let dense = self
            .samples
            .iter()
            .nth_back(1)
            .is_some_and(|(before, _)| now_ms - before < GRAIN_MS);
        if dense {
            self.samples.pop_back();
        }
        self.samples.push_back((now_ms, moved));
        while self.samples.len() > 2 && self.samples.front().is_some_and(|(at, _)| now_ms - at > WINDOW_MS) {
            self.samples.pop_front();
        }
    }

    /// Bytes per second; 0 before anything can be said.
    pub fn speed(&self) -> f64 {
        let (Some((from, start)), Some((to, end))) = (self.samples.front(), self.samples.back()) else {
            return 0.0;
        };
        if to > from {
            end.saturating_sub(*start) as f64 * 1000.0 / (to - from)
        } else {
            0.0
        }
    }

    /// Bytes per second over all of the last five seconds, also where less of them was seen: a few bytes that a connection
    /// takes at once, as it begins, are no speed.
    pub fn sustained(&self) -> f64 {
        let (Some((from, start)), Some((to, end))) = (self.samples.front(), self.samples.back()) else {
            return 0.0;
        };
        end.saturating_sub(*start) as f64 * 1000.0 / (to - from).max(WINDOW_MS)
    }

    /// Seconds until `left` more bytes have moved, when it can be told.
    pub fn eta(&self, left: u64) -> Option<f64> {
        let speed = self.speed();
        (speed > 0.0).then(|| left as f64 / speed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_that_of_the_last_seconds() {
        let mut meter = Meter::default();
        assert_eq!((meter.speed(), meter.eta(5)), (0.0, None));
        (0..=100).for_each(|tenth| meter.record(f64::from(tenth) * 100.0, tenth as u64 * 10));
        assert_eq!(meter.speed(), 100.0);
        assert_eq!(meter.eta(500), Some(5.0));
        (101..=200).for_each(|tenth| meter.record(f64::from(tenth) * 100.0, 1000));
        assert_eq!((meter.speed(), meter.eta(5)), (0.0, None), "stalled");
        assert!(meter.samples.len() < 60);
    }

    #[test]
    fn what_goes_at_once_in_the_beginning_is_no_speed_to_count_on() {
        let mut meter = Meter::default();
        assert_eq!(meter.sustained(), 0.0);
        meter.record(0.0, 0);
        meter.record(2.0, 50_000);
        assert_eq!(meter.sustained(), 10_000.0);
        (1..=100).for_each(|tenth| meter.record(f64::from(tenth) * 100.0, 50_000 + tenth as u64 * 10));
        assert_eq!(meter.sustained(), meter.speed());
    }

    #[test]
    fn a_flood_of_samples_stays_small() {
        let mut meter = Meter::default();
        (0..100_000u32).for_each(|i| meter.record(f64::from(i) / 100.0, u64::from(i)));
        assert!(meter.samples.len() < 20, "{}", meter.samples.len());
        assert!((meter.speed() - 100_000.0).abs() < 1.0, "{}", meter.speed());
    }
}
