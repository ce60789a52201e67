//! The SHA-256 of a file that goes up, made of its parts as they are read: one after the other, by whichever worker.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::worker::hash_so_far::HashSoFar;

/// How far the hash of one file has come. It outlives a pause: what was sent before it was hashed then.
pub(super) struct Hashing(RefCell<Progress>);

struct Progress {
    /// After each part that was read.
    after: Vec<Option<HashSoFar>>,
    waiting: Vec<Waker>,
}

impl Hashing {
    /// Of a file in so many parts.
    pub(super) fn new(parts: u16) -> Self {
        Hashing(RefCell::new(Progress {
            after: vec![None; parts.into()],
            waiting: Vec::new(),
        }))
    }

    /// Waits until all that comes before this part (index from 0) was read. Gives the hash of it.
    pub(super) async fn before(&self, part: u16) -> HashSoFar {
        poll_fn(|context| {
            let mut progress = self.0.borrow_mut();
            let before = match part.checked_sub(1) {
                None => Some(HashSoFar::default()),
                Some(last) => progress.after[usize::from(last)].clone(),
            };
            match before {
                Some(before) => Poll::Ready(before),
                None => {
                    progress.waiting.push(context.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// Whether the part was read before.
    pub(super) fn knows(&self, part: u16) -> bool {
        self.0.borrow().after[usize::from(part)].is_some()
    }

    /// The part was read. `false` when it was read before and other bytes were there: the file has changed.
    #[must_use]
    pub(super) fn note(&self, part: u16, after: HashSoFar) -> bool {
        let mut progress = self.0.borrow_mut();
        progress.waiting.drain(..).for_each(Waker::wake);
        *progress.after[usize::from(part)].get_or_insert_with(|| after.clone()) == after
    }

    /// The hash in hexadecimal digits, once the last part was read.
    pub(super) fn finish(&self) -> Option<String> {
        let progress = self.0.borrow();
        progress.after.last()?.as_ref()?.finish().map(|sum| hex(&sum))
    }
}

/// As it is written.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Context;

    use sha2::{Digest, Sha256};

    use super::*;

    fn read(hashing: &Hashing, part: u16, bytes: &[u8]) -> Option<bool> {
        let mut context = Context::from_waker(Waker::noop());
        let Poll::Ready(before) = pin!(hashing.before(part)).poll(&mut context) else {
            return None;
        };
        let mut hash = before.open().expect("whole");
        hash.update(bytes);
        Some(hashing.note(part, HashSoFar::of(&hash)))
    }

    #[test]
    fn parts_wait_for_those_before_them_and_come_to_one_hash() {
        let hashing = Hashing::new(3);
        assert_eq!(read(&hashing, 1, b"two "), None, "not its turn");
        assert_eq!(read(&hashing, 0, b"one "), Some(true));
        assert_eq!(read(&hashing, 1, b"two "), Some(true));
        assert_eq!(hashing.finish(), None);
        assert_eq!(read(&hashing, 2, b"three"), Some(true));
        assert_eq!(hashing.finish(), Some(hex(&Sha256::digest(b"one two three"))));
    }

    #[test]
    fn a_part_that_is_read_again_must_be_what_it_was() {
        let hashing = Hashing::new(2);
        assert!(!hashing.knows(0));
        assert_eq!(read(&hashing, 0, b"one "), Some(true));
        assert!(hashing.knows(0) && !hashing.knows(1));
        assert_eq!(read(&hashing, 0, b"one "), Some(true), "after a pause");
        assert_eq!(read(&hashing, 0, b"One "), Some(false));
        assert_eq!(read(&hashing, 1, b"two"), Some(true));
        assert_eq!(
            hashing.finish(),
            Some(hex(&Sha256::digest(b"one two"))),
            "of what was sent"
        );
    }
}
