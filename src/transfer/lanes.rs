//! Who runs next: transfers wait in lanes that each have a limit of their own, so that large files never hold up small
//! ones, nor small ones large ones.

use std::collections::BTreeMap;

/// Files up to this size are sent in one request, from one small buffer: many may be under way at a time.
pub const SMALL_FILE: u64 = 1 << 20;

/// A line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Uploads of at most [`SMALL_FILE`] bytes.
    SmallUploads,
    /// All other uploads.
    LargeUploads,
    /// Downloads.
    Downloads,
}

/// The lanes; `T` names a transfer. Joining, leaving and starting cost the same whoever else waits.
#[derive(Debug)]
pub struct Lanes<T> {
    lines: [Line<T>; 3],
    waiting: BTreeMap<T, (Lane, u64)>,
    running: BTreeMap<T, Lane>,
    next_ticket: u64,
}

#[derive(Debug)]
struct Line<T> {
    at_a_time: usize,
    running: usize,
    waiting: BTreeMap<u64, T>,
}

impl<T: Copy + Ord> Lanes<T> {
    /// Empty lanes, and how many of each may run at a time.
    pub fn new(small_uploads: usize, large_uploads: usize, downloads: usize) -> Self {
        let line = |at_a_time| Line {
            at_a_time,
            running: 0,
            waiting: BTreeMap::new(),
        };
        Lanes {
            lines: [line(small_uploads), line(large_uploads), line(downloads)],
            waiting: BTreeMap::new(),
            running: BTreeMap::new(),
            next_ticket: 0,
        }
    }

    /// Goes to the end of a line.
    pub fn join(&mut self, lane: Lane, transfer: T) {
        self.leave(transfer);
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.lines[lane as usize].waiting.insert(ticket, transfer);
        self.waiting.insert(transfer, (lane, ticket));
    }

    /// Leaves the line, if it waits in one.
    pub fn leave(&mut self, transfer: T) {
        if let Some((lane, ticket)) = self.waiting.remove(&transfer) {
            self.lines[lane as usize].waiting.remove(&ticket);
        }
    }

    /// The first that may start, which runs from now on, until [`Lanes::ended`].
    pub fn start_next(&mut self) -> Option<T> {
        let lanes = [Lane::LargeUploads, Lane::SmallUploads, Lane::Downloads];
        let lane = lanes.into_iter().find(|lane| {
            let line = &self.lines[*lane as usize];
            line.running < line.at_a_time && !line.waiting.is_empty()
        })?;
        let line = &mut self.lines[lane as usize];
        let (_, transfer) = line.waiting.pop_first()?;
        line.running += 1;
        self.waiting.remove(&transfer);
        self.running.insert(transfer, lane);
        Some(transfer)
    }

    /// One that was started runs no more.
    pub fn ended(&mut self, transfer: T) {
        if let Some(lane) = self.running.remove(&transfer) {
            self.lines[lane as usize].running -= 1;
        }
    }

    /// How many wait in a line.
    pub fn waiting(&self, lane: Lane) -> usize {
        self.lines[lane as usize].waiting.len()
    }

    /// Whether nothing runs.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start_all(lanes: &mut Lanes<u32>) -> Vec<u32> {
        std::iter::from_fn(|| lanes.start_next()).collect()
    }

    #[test]
    fn neither_large_nor_small_files_hold_up_the_others() {
        let mut lanes = Lanes::new(3, 2, 1);
        (0..10).for_each(|id| lanes.join(Lane::LargeUploads, id));
        (10..20).for_each(|id| lanes.join(Lane::SmallUploads, id));
        (20..22).for_each(|id| lanes.join(Lane::Downloads, id));
        assert_eq!(start_all(&mut lanes), [0, 1, 10, 11, 12, 20]);
        assert_eq!(lanes.waiting(Lane::SmallUploads), 7);
        lanes.ended(11);
        assert_eq!(start_all(&mut lanes), [13], "its place goes to one of its kind");
        lanes.ended(0);
        lanes.ended(20);
        assert_eq!(start_all(&mut lanes), [2, 21]);
    }

    #[test]
    fn first_come_first_served_and_who_leaves_is_not_called() {
        let mut lanes = Lanes::new(1, 1, 1);
        (0..4).for_each(|id| lanes.join(Lane::SmallUploads, id));
        lanes.leave(1);
        lanes.leave(7);
        // Joining again means going to the end, once.
        lanes.join(Lane::SmallUploads, 0);
        let mut order = Vec::new();
        while let Some(id) = lanes.start_next() {
            order.push(id);
            assert_eq!(lanes.start_next(), None, "one at a time");
            lanes.ended(id);
        }
        assert_eq!(order, [2, 3, 0]);
        assert!(lanes.is_idle());
        lanes.ended(3);
        assert!(lanes.is_idle(), "what ended does not end again");
    }

    #[test]
    fn a_hundred_thousand_come_and_go_at_once() {
        let mut lanes = Lanes::new(8, 4, 2);
        (0..100_000u32).for_each(|id| lanes.join(Lane::SmallUploads, id));
        (0..100_000).for_each(|id| lanes.leave(id));
        assert_eq!(lanes.start_next(), None);
    }
}
