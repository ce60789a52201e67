//! Which lines of a long list are drawn: those in sight, and some on either side. The others are only their height.

use std::ops::Range;

/// Up to so many lines are all drawn, each as high as it needs to be. More are drawn in a window, of equal height.
const ALL_DRAWN: usize = 200;
/// Lines drawn on either side of those in sight.
const BESIDE: usize = 4;
/// The window moves by so many lines at a time, so that not every step of scrolling draws anew.
const STEP: usize = 4;
/// Height of a line before one was measured, CSS pixels.
const USUAL_HEIGHT: u32 = 84;

/// How far a list is scrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListWindow {
    first: usize,
    height: u32,
}

impl Default for ListWindow {
    fn default() -> Self {
        ListWindow {
            first: 0,
            height: USUAL_HEIGHT,
        }
    }
}

impl ListWindow {
    /// The window of a list that is scrolled by `scrolled` pixels and whose lines are `height` pixels high.
    pub fn at(scrolled: u32, height: u32) -> Self {
        let height = if height == 0 { USUAL_HEIGHT } else { height };
        ListWindow {
            first: (scrolled / height) as usize / STEP * STEP,
            height,
        }
    }

    /// Whether a list of so many lines is drawn in a window.
    pub fn is_needed(count: usize) -> bool {
        count > ALL_DRAWN
    }

    /// The lines to draw where no more than `in_sight` can be seen at a time. Every line costs, and in a long list of small
    /// files all of them are others at each drawing.
    pub fn drawn(&self, count: usize, in_sight: usize) -> Range<usize> {
        if !Self::is_needed(count) {
            return 0..count;
        }
        // One more, because the first may be seen in part only.
        let drawn = (BESIDE + STEP + in_sight + 1 + BESIDE).min(count);
        let first = self.first.saturating_sub(BESIDE).min(count - drawn);
        first..first + drawn
    }

    /// Pixels that so many lines take.
    pub fn pixels(&self, lines: usize) -> u64 {
        lines as u64 * u64::from(self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_lines_are_all_drawn() {
        assert_eq!(ListWindow::at(9_000, 80).drawn(ALL_DRAWN, 5), 0..ALL_DRAWN);
        assert_eq!(ListWindow::default().drawn(0, 5), 0..0);
    }

    #[test]
    fn what_is_in_sight_is_drawn_wherever_it_is_and_never_much_more() {
        let (count, sight) = (10_000, 24);
        for scrolled in (0..(count as u32 - sight) * 84).step_by(777) {
            let window = ListWindow::at(scrolled, 84);
            let drawn = window.drawn(count, sight as usize);
            let first = (scrolled / 84) as usize;
            assert!(drawn.start <= first, "{scrolled}");
            assert!(drawn.end >= (first + sight as usize + 1).min(count), "{scrolled}");
            assert!(drawn.len() <= sight as usize + 13);
            assert_eq!(
                window.pixels(drawn.start) + window.pixels(drawn.len()) + window.pixels(count - drawn.end),
                window.pixels(count)
            );
        }
    }

    #[test]
    fn a_list_that_has_become_shorter_shows_its_end() {
        let window = ListWindow::at(9_000 * 84, 84);
        assert_eq!(window.drawn(300, 5), 282..300);
        assert_eq!(window.drawn(ALL_DRAWN + 1, 5).end, ALL_DRAWN + 1);
    }

    #[test]
    fn a_line_that_could_not_be_measured_has_its_usual_height() {
        assert_eq!(ListWindow::at(0, 0), ListWindow::default());
    }
}
