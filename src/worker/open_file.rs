//! The private file of a worker, and the entry that is being written into it: a part of the file, with its CRC-32, which
//! adds up whatever the order in which its bytes come.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crc32fast::Hasher;
use js_sys::Uint8Array;

use crate::platform::error::BrowserError;
use crate::platform::private_file::PrivateFile;

/// Bytes that are copied for the sum at a time.
const CHUNK: u32 = 64 << 10;

/// A private file being written.
pub(super) struct OpenFile {
    file: PrivateFile,
    entry: Option<Entry>,
}

struct Entry {
    at: u64,
    /// What was written, without holes, by where it begins: its length and sum.
    runs: RefCell<BTreeMap<u64, (u64, Hasher)>>,
}

impl OpenFile {
    pub(super) fn new(file: PrivateFile) -> Self {
        OpenFile { file, entry: None }
    }

    /// What is written from now on belongs to an entry that begins at `at`: offsets count from there.
    pub(super) fn begin_entry(&mut self, at: u64) {
        let runs = RefCell::default();
        self.entry = Some(Entry { at, runs });
    }

    /// The entry's length and sum; `None` if there is none, or if it has holes.
    pub(super) fn end_entry(&mut self) -> Option<(u64, u32)> {
        let mut runs = self.entry.take()?.runs.into_inner().into_iter();
        match (runs.next(), runs.next()) {
            (None, _) => Some((0, 0)),
            (Some((0, (length, sum))), None) => Some((length, sum.finalize())),
            _ => None,
        }
    }

    /// Cuts the file, and forgets the entry.
    pub(super) fn truncate(&mut self, size: u64) -> Result<(), BrowserError> {
        self.entry = None;
        self.file.truncate(size)
    }

    pub(super) fn write_at(&self, offset: u64, bytes: &Uint8Array) -> Result<(), BrowserError> {
        let Some(entry) = &self.entry else {
            return self.file.write_at(offset, bytes);
        };
        self.file.write_at(entry.at + offset, bytes)?;
        entry.add(offset, bytes);
        Ok(())
    }

    pub(super) fn flush(&self) -> Result<(), BrowserError> {
        self.file.flush()
    }

    pub(super) fn close(self) -> Result<(), BrowserError> {
        self.file.close()
    }
}

impl Entry {
    fn add(&self, offset: u64, bytes: &Uint8Array) {
        let (mut sum, length) = (Hasher::new(), bytes.length());
        let mut chunk = vec![0; CHUNK.min(length) as usize];
        for at in (0..length).step_by(CHUNK as usize) {
            let part = bytes.subarray(at, (at + CHUNK).min(length));
            let chunk = &mut chunk[..part.length() as usize];
            part.copy_to(chunk);
            sum.update(chunk);
        }
        let (mut start, mut run) = (offset, (u64::from(length), sum));
        if length == 0 {
            return;
        }
        let mut runs = self.runs.borrow_mut();
        let before = runs
            .range(..offset)
            .next_back()
            .map(|(start, (length, _))| (*start, *length));
        if let Some((place, length)) = before
            && place + length == offset
            && let Some((_, mut earlier)) = runs.remove(&place)
        {
            earlier.combine(&run.1);
            (start, run) = (place, (length + run.0, earlier));
        }
        if let Some((length, later)) = runs.remove(&(start + run.0)) {
            run.1.combine(&later);
            run.0 += length;
        }
        runs.insert(start, run);
    }
}
