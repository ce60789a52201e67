//! File bytes that stay on the browser's side.
//!
//! Parts go through few, reused `ArrayBuffer`s: they are never copied through wasm memory, they can be transferred to
//! a worker and back, and the page's memory stays flat (fresh arrays for every part grow it by gigabytes).

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use futures::channel::oneshot;
use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// An owned `ArrayBuffer`.
pub struct Buffer(ArrayBuffer);

impl Buffer {
    /// `len` zero bytes.
    pub fn new(len: usize) -> Self {
        Buffer(ArrayBuffer::new(to_u32(len)))
    }

    /// `len` zero bytes; `None` where the browser has no memory for them.
    pub fn try_new(len: usize) -> Option<Self> {
        let make = Reflect::get(&js_sys::global(), &"ArrayBuffer".into()).ok()?;
        let made = Reflect::construct(&make.into(), &Array::of1(&to_u32(len).into())).ok()?;
        Some(Buffer(made.unchecked_into()))
    }

    /// Takes over a buffer that came back from a worker or a stream; `None` if it is not an `ArrayBuffer` or was
    /// transferred away.
    pub fn from_js(value: JsValue) -> Option<Self> {
        let buffer: ArrayBuffer = value.dyn_into().ok()?;
        (buffer.byte_length() > 0).then_some(Buffer(buffer))
    }

    /// The `ArrayBuffer`, to be posted and transferred.
    pub fn into_js(self) -> ArrayBuffer {
        self.0
    }

    /// Size in bytes.
    pub fn len(&self) -> usize {
        self.0.byte_length() as usize
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A view of a part of it, without copying.
    ///
    /// # Panics
    /// If the range is not inside.
    pub fn view(&self, range: Range<usize>) -> Uint8Array {
        assert!(
            range.start <= range.end && range.end <= self.len(),
            "the range must be inside the buffer"
        );
        Uint8Array::new_with_byte_offset_and_length(&self.0, to_u32(range.start), to_u32(range.len()))
    }

    /// Copies `out.len()` bytes from `offset` into wasm memory. For heads and small things, not for file data.
    ///
    /// # Panics
    /// If they are not inside.
    pub fn copy_to(&self, offset: usize, out: &mut [u8]) {
        self.view(offset..offset + out.len()).copy_to(out);
    }

    /// Copies `bytes` to `offset`.
    ///
    /// # Panics
    /// If they do not fit.
    pub fn copy_from(&self, offset: usize, bytes: &[u8]) {
        self.view(offset..offset + bytes.len()).copy_from(bytes);
    }

    /// Overwrites everything with zeros.
    pub fn wipe(&self) {
        let len = self.len();
        self.view(0..len).fill(0, 0, to_u32(len));
    }
}

impl fmt::Debug for Buffer {
    /// The size only: the bytes may be plaintext.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer({} bytes)", self.len())
    }
}

fn to_u32(len: usize) -> u32 {
    u32::try_from(len).expect("a wasm32 size has 32 bits")
}

/// A bounded set of buffers of one size. Clones are the same pool.
///
/// [`BufferPool::take`] waits while all are out: that is the back-pressure which keeps memory flat.
#[derive(Clone, Debug)]
pub struct BufferPool(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    size: usize,
    count: usize,
    out: Cell<usize>,
    free: RefCell<Vec<Buffer>>,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
}

impl BufferPool {
    /// At most `count` buffers of `size` bytes, made when first needed.
    pub fn new(size: usize, count: usize) -> Self {
        BufferPool(Rc::new(Inner {
            size,
            count,
            out: Cell::new(0),
            free: RefCell::new(Vec::new()),
            waiting: RefCell::new(Vec::new()),
        }))
    }

    /// Bytes of each buffer.
    pub fn buffer_size(&self) -> usize {
        self.0.size
    }

    /// Leases that are out now.
    pub fn out(&self) -> usize {
        self.0.out.get()
    }

    /// A buffer, if one is free. Its bytes are whatever the last user left. The lease has none where the browser has no
    /// memory for it.
    pub fn try_take(&self) -> Option<Lease> {
        if self.0.out.get() == self.0.count {
            return None;
        }
        let buffer = self.0.free.borrow_mut().pop().or_else(|| Buffer::try_new(self.0.size));
        self.0.out.set(self.0.out.get() + 1);
        Some(Lease {
            pool: Rc::clone(&self.0),
            buffer,
            wipe: false,
        })
    }

    /// A buffer, as soon as one is free. Its bytes are whatever the last user left.
    pub async fn take(&self) -> Lease {
        loop {
            if let Some(lease) = self.try_take() {
                return lease;
            }
            let (sender, receiver) = oneshot::channel();
            self.0.waiting.borrow_mut().push(sender);
            // Awakened or not, the next look decides.
            let _ = receiver.await;
        }
    }
}

/// The right to one buffer of a pool. Dropping it gives the buffer back; if the buffer was lost on the way (a stream
/// that failed, a worker that was ended), the pool makes a new one when needed.
#[must_use = "dropping it gives the buffer back"]
#[derive(Debug)]
pub struct Lease {
    pool: Rc<Inner>,
    buffer: Option<Buffer>,
    wipe: bool,
}

impl Lease {
    /// The buffer; `None` while it is detached.
    pub fn buffer(&self) -> Option<&Buffer> {
        self.buffer.as_ref()
    }

    /// Takes the buffer out, to transfer it; the place in the pool stays taken.
    pub fn detach(&mut self) -> Option<Buffer> {
        self.buffer.take()
    }

    /// Puts it back in.
    pub fn attach(&mut self, buffer: Buffer) {
        self.buffer = Some(buffer);
    }

    /// Asks for zeros over everything when it is given back, because plaintext of one person's file was in it.
    pub fn wipe_on_return(&mut self) {
        self.wipe = true;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.pool.out.set(self.pool.out.get() - 1);
        // A buffer of another size came from elsewhere and must not enter the pool.
        if let Some(buffer) = self.buffer.take().filter(|buffer| buffer.len() == self.pool.size) {
            if self.wipe {
                buffer.wipe();
            }
            self.pool.free.borrow_mut().push(buffer);
        }
        // All are woken, not one: the one might have stopped waiting and the turn would be lost. They are few, and
        // those who get nothing queue again in the same order.
        for waiting in self.pool.waiting.take() {
            let _ = waiting.send(());
        }
    }
}
