//! What is selected in the table, and what is done with it.

use std::collections::BTreeMap;

use super::{Details, Dialog, Effect, Row, State};
use crate::app::text::downloads;
use crate::driver::{BundleInto, Intent, ManyEvent, Problem, Wanted};

/// Failed deletions that are kept to be shown.
const FAILED_KEPT: usize = 100;

/// Rows that are selected, and deleting them.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// By key or prefix; a folder has no size.
    rows: BTreeMap<String, Option<u64>>,
    bytes: u64,
    folders: u64,
    /// The row selected last: a range begins there.
    anchor: Option<String>,
    /// What is being deleted, or was.
    pub deleting: Option<Deleting>,
}

/// Deleting many.
#[derive(Clone, Debug, PartialEq)]
pub struct Deleting {
    /// The storage they are in.
    pub endpoint: String,
    /// The bucket they are in. The report outlives the connection.
    pub bucket: String,
    /// Objects in all.
    pub total: u64,
    /// Objects that are gone.
    pub gone: u64,
    /// Objects that could not be deleted.
    pub failures: u64,
    /// Some of them, and why.
    pub failed: Vec<(String, Problem)>,
    /// How it ended.
    pub over: Option<Result<(), Problem>>,
    /// Whether folders were among it: the listing must be read again.
    folders: bool,
}

/// What happens to the selection.
#[derive(Clone, Debug)]
pub enum SelectionMsg {
    /// A row's checkbox.
    Toggled {
        /// Its key or prefix.
        key: String,
        /// Selected now.
        on: bool,
        /// With all rows since the one before.
        range: bool,
    },
    /// All rows that are shown, or none.
    All(bool),
    /// Download what is selected.
    DownloadAsked(BundleInto),
    /// Download a folder.
    FolderAsked(String),
    /// Delete what is selected, after a question.
    DeleteAsked,
    /// Delete no more.
    StopAsked,
    /// Away with what is said about deleting.
    ReportClosed,
}

impl Selection {
    /// Whether this row is selected.
    pub fn has(&self, key: &str) -> bool {
        self.rows.contains_key(key)
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Objects among it, without those in folders.
    pub fn objects(&self) -> u64 {
        self.rows.len() as u64 - self.folders
    }

    /// Folders among it.
    pub fn folders(&self) -> u64 {
        self.folders
    }

    /// Stored bytes of the objects.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The only one selected, if it is an object.
    pub fn only_object(&self) -> Option<&String> {
        match self.rows.first_key_value() {
            Some((key, Some(_))) if self.rows.len() == 1 => Some(key),
            _ => None,
        }
    }

    fn set(&mut self, row: &Row, on: bool) {
        if on {
            let size = match row {
                Row::Folder(_) => None,
                Row::Object(object) => Some(object.size),
            };
            if self.rows.insert(row.key().to_owned(), size).is_none() {
                self.folders += u64::from(size.is_none());
                self.bytes += size.unwrap_or(0);
            }
        } else {
            self.remove(row.key());
        }
    }

    /// It is not there any more.
    pub fn remove(&mut self, key: &str) {
        if let Some(size) = self.rows.remove(key) {
            self.folders -= u64::from(size.is_none());
            self.bytes -= size.unwrap_or(0);
        }
    }

    /// Nothing is selected any more.
    pub fn clear(&mut self) {
        (self.rows, self.bytes, self.folders, self.anchor) = Default::default();
    }

    /// Only what is shown can be selected.
    pub fn keep_shown(&mut self, rows: &[Row]) {
        if self.is_empty() {
            return;
        }
        let before = std::mem::take(self);
        rows.iter()
            .filter(|row| before.has(row.key()))
            .for_each(|row| self.set(row, true));
        (self.anchor, self.deleting) = (before.anchor, before.deleting);
    }

    fn wanted(&self) -> Vec<Wanted> {
        let wanted = |(key, size): (&String, &Option<u64>)| match *size {
            Some(size) => Wanted::Object { key: key.clone(), size },
            None => Wanted::Prefix(key.clone()),
        };
        self.rows.iter().map(wanted).collect()
    }
}

impl State {
    pub(super) fn selection(&mut self, msg: SelectionMsg) -> Vec<Effect> {
        match msg {
            SelectionMsg::Toggled { key, on, range } => self.toggle(key, on, range),
            SelectionMsg::All(on) => {
                self.selection.clear();
                if on {
                    self.listing.rows().iter().for_each(|row| self.selection.set(row, true));
                }
            }
            SelectionMsg::DownloadAsked(into) => return vec![self.download_many(self.selection.wanted(), into)],
            SelectionMsg::FolderAsked(prefix) => {
                return vec![self.download_many(vec![Wanted::Prefix(prefix)], BundleInto::Zip)];
            }
            SelectionMsg::DeleteAsked => {
                let counted = self.selection.folders() == 0;
                self.dialog = Some(Dialog::DeleteMany {
                    wanted: self.selection.wanted(),
                    objects: self.selection.objects(),
                    bytes: self.selection.bytes(),
                    counted,
                });
                if !counted {
                    return vec![Effect::Send(Intent::Count(self.selection.wanted()))];
                }
            }
            SelectionMsg::StopAsked => return vec![Effect::Send(Intent::StopMany)],
            SelectionMsg::ReportClosed => self.selection.deleting = None,
        }
        Vec::new()
    }

    fn toggle(&mut self, key: String, on: bool, range: bool) {
        let rows = self.listing.rows();
        let place = |key: &str| rows.iter().position(|row| row.key() == key);
        let Some(at) = place(&key) else { return };
        let from = self.selection.anchor.as_deref().filter(|_| range).and_then(place);
        let from = from.unwrap_or(at);
        for row in &rows[from.min(at)..=from.max(at)] {
            self.selection.set(row, on);
        }
        self.selection.anchor = Some(key);
    }

    fn download_many(&self, wanted: Vec<Wanted>, into: BundleInto) -> Effect {
        let open = self.listing.prefix.as_str();
        let bucket = self.target().map(|target| target.bucket.as_str()).unwrap_or_default();
        let (base, named) = match (&wanted[..], into) {
            // The folder that is made has its name already.
            ([Wanted::Prefix(prefix)], BundleInto::Folder) => (prefix.as_str(), prefix.as_str()),
            ([Wanted::Prefix(prefix)], BundleInto::Zip) => (open, prefix.as_str()),
            _ => (open, open),
        };
        let name = named.rsplit('/').find(|segment| !segment.is_empty()).unwrap_or(bucket);
        let (base, name) = (base.to_owned(), name.to_owned());
        Effect::Send(Intent::DownloadMany {
            wanted,
            base,
            name,
            into,
            wording: downloads::WORDING,
        })
    }

    /// The question was answered with yes.
    pub(super) fn delete_many(&mut self, wanted: Vec<Wanted>, total: u64) -> Vec<Effect> {
        let folders = wanted.iter().any(|wanted| matches!(wanted, Wanted::Prefix(_)));
        let Some(target) = self.target() else {
            return Vec::new();
        };
        self.selection.deleting = Some(Deleting {
            endpoint: target.endpoint.clone(),
            bucket: target.bucket.clone(),
            total,
            gone: 0,
            failures: 0,
            failed: Vec::new(),
            over: None,
            folders,
        });
        vec![Effect::Send(Intent::DeleteMany(wanted))]
    }

    pub(super) fn heard_of_many(&mut self, event: ManyEvent) -> Vec<Effect> {
        match event {
            ManyEvent::Refused(problem) => {
                if matches!(self.dialog, Some(Dialog::DeleteMany { .. })) {
                    self.dialog = None;
                }
                self.problem = Some(problem);
            }
            ManyEvent::Counted {
                objects: number,
                bytes: size,
                all,
            } => {
                if let Some(Dialog::DeleteMany {
                    objects,
                    bytes,
                    counted,
                    ..
                }) = &mut self.dialog
                    && !*counted
                {
                    (*objects, *bytes, *counted) = (number, size, all);
                }
            }
            ManyEvent::Deleted { gone, failed, over } => return self.heard_of_deleting(gone, failed, over),
        }
        Vec::new()
    }

    /// Whether what is being deleted, or was, is of the connected bucket.
    pub fn deletes_here(&self) -> bool {
        let deleting = self.selection.deleting.as_ref();
        deleting.is_some_and(|deleting| {
            self.target()
                .is_some_and(|target| target.is_at(&deleting.endpoint, &deleting.bucket))
        })
    }

    fn heard_of_deleting(
        &mut self,
        gone: Vec<String>,
        failed: Vec<(String, Problem)>,
        over: Option<Result<(), Problem>>,
    ) -> Vec<Effect> {
        let here = self.deletes_here();
        if here {
            self.listing.remove_all(&gone);
            for key in &gone {
                self.forget_object(key);
                self.selection.remove(key);
                if self.details.key() == Some(key) {
                    self.details = Details::Closed;
                }
            }
        }
        let Some(deleting) = &mut self.selection.deleting else {
            return Vec::new();
        };
        deleting.gone += gone.len() as u64;
        deleting.failures += failed.len() as u64;
        let room = FAILED_KEPT.saturating_sub(deleting.failed.len());
        deleting.failed.extend(failed.into_iter().take(room));
        let Some(over) = over else { return Vec::new() };
        let clean = over.is_ok() && deleting.failures == 0;
        deleting.over = Some(over);
        self.announcement = downloads::deleting(deleting, here);
        let read_again = deleting.folders && here;
        if clean {
            self.selection.deleting = None;
        }
        if read_again {
            return self.open_folder(&self.listing.prefix.clone());
        }
        Vec::new()
    }
}
