//! Signing a message while its parts are made: in order, which is why each waits for its turn.

use std::cell::RefCell;
use std::future::poll_fn;
use std::task::{Poll, Waker};

use crate::encryption::esdk::MessageSigner;
use crate::platform::buffer::Buffer;

/// Bytes that are taken over into wasm memory at a time.
const HASHED_AT_A_TIME: usize = 1 << 20;

/// The signature of one run of one upload. Every part is made once: [`Signing::turn`], then [`Signing::update`].
pub(super) struct Signing(RefCell<Progress>);

struct Progress {
    signer: Option<MessageSigner>,
    parts: u16,
    waiting: Vec<Waker>,
}

impl Signing {
    pub(super) fn new(signer: MessageSigner) -> Self {
        Signing(RefCell::new(Progress {
            signer: Some(signer),
            parts: 0,
            waiting: Vec::new(),
        }))
    }

    /// Waits until every part before this one (index from 0) was signed.
    pub(super) async fn turn(&self, part: u16) {
        poll_fn(|context| {
            let mut progress = self.0.borrow_mut();
            if progress.parts >= part {
                return Poll::Ready(());
            }
            progress.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// The part whose turn it is: the first `length` bytes of its body.
    pub(super) fn update(&self, body: &Buffer, length: usize) {
        let mut progress = self.0.borrow_mut();
        let mut bytes = vec![0; HASHED_AT_A_TIME.min(length)];
        for at in (0..length).step_by(HASHED_AT_A_TIME) {
            let bytes = &mut bytes[..HASHED_AT_A_TIME.min(length - at)];
            body.copy_to(at, bytes);
            if let Some(signer) = &mut progress.signer {
                signer.update(bytes);
            }
        }
        progress.parts += 1;
        progress.waiting.drain(..).for_each(Waker::wake);
    }

    /// The footer, once every part was signed. `None` the second time.
    pub(super) fn finish(&self) -> Option<Vec<u8>> {
        let signer = self.0.borrow_mut().signer.take();
        signer.map(MessageSigner::finish)
    }
}
