//! A ZIP that grows in private storage (in memory, where the browser has none) and is handed over at its end.

use super::zip::{Directory, Entry};
use crate::driver::Problem;
use crate::driver::sink::{MEMORY_LIMIT, Part, Sink, check_room};
use crate::driver::upload_work::{from_task, lost};
use crate::worker::call::end_entry;
use crate::worker::messages::Task;

/// Entries smaller than this are written without asking for room first.
const SMALL: u64 = 1 << 20;

/// The ZIP so far. Its end, `at`, moves only when an entry is whole and authentic.
pub(super) struct Archive {
    sink: Sink,
    at: u64,
    directory: Directory,
    /// In memory: what is in it so far.
    parts: Vec<Part>,
}

impl Archive {
    pub(super) async fn open() -> Result<Archive, Problem> {
        Ok(Archive {
            sink: Sink::open(0).await?,
            at: 0,
            directory: Directory::default(),
            parts: Vec::new(),
        })
    }

    /// Where the content of the open entry goes.
    pub(super) fn sink(&self) -> &Sink {
        &self.sink
    }

    /// Opens an entry.
    pub(super) async fn begin(&self, path: &str, length: u64, modified: u64) -> Result<Entry, Problem> {
        let entry = Entry {
            path: path.to_owned(),
            crc: 0,
            length,
            at: self.at,
            modified,
        };
        if self.sink.private().is_none() {
            if self.at + length > MEMORY_LIMIT {
                return Err(Problem::CannotSave { limit: MEMORY_LIMIT });
            }
            self.sink.start_over().await?;
            return Ok(entry);
        }
        if length >= SMALL {
            check_room(length).await?;
        }
        let at = self.at + entry.header_length();
        self.sink.task(&Task::BeginEntry { at }).await?;
        Ok(entry)
    }

    /// The entry's content is there and authentic.
    pub(super) async fn finish(&mut self, mut entry: Entry) -> Result<(), Problem> {
        let (length, crc, parts) = match self.sink.private() {
            Some(worker) => {
                let (length, crc) = end_entry(worker).await.map_err(from_task)?;
                (length, crc, Vec::new())
            }
            None => {
                let parts = self.sink.take_parts();
                let mut sum = crc32fast::Hasher::new();
                parts.iter().for_each(|part| sum.combine(&part.crc));
                let length = parts.iter().map(|part| part.file.size()).sum();
                (length, sum.finalize(), parts)
            }
        };
        if length != entry.length {
            return Err(lost("entry's end"));
        }
        entry.crc = crc;
        let header = entry.header();
        self.write(&header).await?;
        self.parts.extend(parts);
        self.at += header.len() as u64 + length;
        self.directory.add(&entry);
        Ok(())
    }

    /// Nothing of the open entry stays.
    pub(super) async fn abandon(&self) -> Result<(), Problem> {
        match self.sink.private() {
            Some(_) => self.sink.task(&Task::Truncate { size: self.at }).await,
            None => self.sink.start_over().await,
        }
    }

    /// An entry whose content is in memory.
    pub(super) async fn put(&mut self, path: &str, content: &[u8], modified: u64) -> Result<(), Problem> {
        let entry = self.begin(path, content.len() as u64, modified).await?;
        if self.sink.private().is_some() {
            self.sink.store(0, content).await?;
        } else if !content.is_empty() {
            self.sink.put_part(0, Part::new(content)?);
        }
        self.finish(entry).await
    }

    /// Writes the directory, and gives the ZIP to the person under this name.
    pub(super) async fn hand_over(mut self, name: &str) -> Result<(), Problem> {
        let end = std::mem::take(&mut self.directory).end(self.at);
        self.write(&end).await?;
        let parts = self.parts.into_iter().zip(0..);
        parts.for_each(|(part, place)| self.sink.put_part(place, part));
        let (file, length) = (self.sink.file().await?, self.at + end.len() as u64);
        self.sink.hand_over(file, length, name, None).await
    }

    /// Bytes of our own at the end.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        match self.sink.private() {
            Some(_) => self.sink.store(self.at, bytes).await,
            None => {
                self.parts.push(Part::new(bytes)?);
                Ok(())
            }
        }
    }
}
