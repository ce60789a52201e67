//! How long to wait before trying again.

/// Exponential backoff with full jitter. Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// Upper end of the first wait, milliseconds.
    pub first_ms: f64,
    /// No wait is longer, milliseconds.
    pub longest_ms: f64,
    /// Tries in all, the first one included.
    pub tries: u32,
}

impl Default for Backoff {
    /// Seven tries over about a minute.
    fn default() -> Self {
        Backoff {
            first_ms: 500.0,
            longest_ms: 20_000.0,
            tries: 7,
        }
    }
}

impl Backoff {
    /// Milliseconds to wait after `failed` failed tries (at least 1), or `None` when that was the last one. `chance`
    /// lies in `0.0..1.0`. At least half of the wait is fixed, so that a storm is never answered at once.
    pub fn wait_ms(&self, failed: u32, chance: f64) -> Option<f64> {
        if failed >= self.tries {
            return None;
        }
        let ceiling = (self.first_ms * 2f64.powi(failed.saturating_sub(1).min(30) as i32)).min(self.longest_ms);
        Some(ceiling * (0.5 + chance / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_end() {
        let backoff = Backoff {
            first_ms: 100.0,
            longest_ms: 500.0,
            tries: 5,
        };
        let waits = |chance| {
            (1..=5)
                .map(|failed| backoff.wait_ms(failed, chance))
                .collect::<Vec<_>>()
        };
        assert_eq!(waits(0.0), [Some(50.0), Some(100.0), Some(200.0), Some(250.0), None]);
        assert_eq!(waits(1.0), [Some(100.0), Some(200.0), Some(400.0), Some(500.0), None]);
        assert_eq!(
            Backoff {
                tries: u32::MAX,
                ..backoff
            }
            .wait_ms(4_000_000, 1.0),
            Some(500.0)
        );
    }
}
