//! A folder of the bucket: what was listed, filtered and sorted.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::app::format;
use crate::encryption::s3ec::INSTRUCTION_FILE_SUFFIX;
use crate::s3::{ListPage, ObjectSummary};

/// What the table is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// Last segment of the key.
    #[default]
    Name,
    /// Stored size.
    Size,
    /// Last change.
    Modified,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A common prefix.
    Folder(String),
    /// An object.
    Object(Rc<ObjectSummary>),
}

impl Row {
    /// The whole key or prefix.
    pub fn key(&self) -> &str {
        match self {
            Row::Folder(prefix) => prefix,
            Row::Object(object) => &object.key,
        }
    }
}

/// The open folder.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Key prefix.
    pub prefix: String,
    /// Text that names must contain.
    pub filter: String,
    /// Sorted by this.
    pub column: Column,
    /// Largest first.
    pub descending: bool,
    /// Token of the next page.
    pub next: Option<String>,
    folders: BTreeSet<String>,
    /// By key: uploads put objects here, perhaps before the page that holds them.
    objects: BTreeMap<String, Rc<ObjectSummary>>,
    rows: Rc<Vec<Row>>,
}

impl Listing {
    /// An empty folder, before its first page.
    pub fn open(prefix: &str) -> Listing {
        Listing {
            prefix: prefix.to_owned(),
            ..Listing::default()
        }
    }

    /// Forgets the rows, before the first page comes again.
    pub fn clear(&mut self) {
        self.folders.clear();
        self.objects.clear();
    }

    /// Appends a page.
    pub fn add(&mut self, page: ListPage) {
        self.folders.extend(page.common_prefixes);
        // The folder's own placeholder object is not in the folder.
        let objects = page.objects.into_iter().filter(|object| object.key != self.prefix);
        self.objects
            .extend(objects.map(|object| (object.key.clone(), Rc::new(object))));
        self.next = page.next;
        self.arrange();
    }

    /// An object that was uploaded while the folder is open; HEAD gave its date, in another form than listings do.
    pub fn put(&mut self, key: &str, size: u64, last_modified: &str) {
        let Some(rest) = key.strip_prefix(&self.prefix) else {
            return;
        };
        if let Some((folder, _)) = rest.split_once('/') {
            self.folders.insert(format!("{}{folder}/", self.prefix));
        } else {
            let object = ObjectSummary {
                key: key.to_owned(),
                size,
                last_modified: format::from_http_date(last_modified)
                    .map_or_else(|| last_modified.to_owned(), format::iso),
                etag: String::new(),
            };
            self.objects.insert(key.to_owned(), Rc::new(object));
        }
    }

    /// Takes a deleted object out.
    pub fn remove(&mut self, key: &str) {
        self.objects.remove(key);
        self.arrange();
    }

    /// Takes deleted objects out.
    pub fn remove_all(&mut self, keys: &[String]) {
        keys.iter().for_each(|key| drop(self.objects.remove(key)));
        self.arrange();
    }

    /// Whether there is an instruction file of this object, going by its name.
    pub fn is_instructed(&self, key: &str) -> bool {
        self.objects.contains_key(&format!("{key}{INSTRUCTION_FILE_SUFFIX}"))
    }

    /// Objects and folders loaded so far.
    pub fn loaded(&self) -> usize {
        self.folders.len() + self.objects.len()
    }

    /// The lines to show, in order.
    pub fn rows(&self) -> Rc<Vec<Row>> {
        self.rows.clone()
    }

    /// Filters and sorts anew; call it after changing `filter`, `column` or `descending`, or after [`Listing::put`].
    pub fn arrange(&mut self) {
        let needle = self.filter.to_lowercase();
        let fits = |key: &str| needle.is_empty() || key[self.prefix.len()..].to_lowercase().contains(&needle);
        let mut folders: Vec<_> = self.folders.iter().filter(|folder| fits(folder)).collect();
        let mut objects: Vec<_> = self.objects.values().filter(|object| fits(&object.key)).collect();
        match self.column {
            // As they are kept.
            Column::Name => {}
            Column::Size => objects.sort_by(|a, b| a.size.cmp(&b.size).then_with(|| a.key.cmp(&b.key))),
            Column::Modified => {
                objects.sort_by(|a, b| a.last_modified.cmp(&b.last_modified).then_with(|| a.key.cmp(&b.key)))
            }
        }
        if self.descending {
            objects.reverse();
            folders.reverse();
        }
        let folders = folders.into_iter().cloned().map(Row::Folder);
        self.rows = Rc::new(folders.chain(objects.into_iter().cloned().map(Row::Object)).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, size: u64) -> ObjectSummary {
        ObjectSummary {
            key: key.into(),
            size,
            last_modified: format!("2026-01-0{}", size % 9),
            etag: String::new(),
        }
    }

    fn names(listing: &Listing) -> Vec<String> {
        listing.rows().iter().map(|row| row.key().to_owned()).collect()
    }

    #[test]
    fn pages_are_filtered_and_sorted_with_folders_first() {
        let mut listing = Listing::open("p/");
        let page = ListPage {
            objects: vec![object("p/", 0), object("p/b", 1), object("p/A", 3)],
            common_prefixes: vec!["p/z/".into()],
            next: Some("t".into()),
        };
        listing.add(page);
        assert_eq!(names(&listing), ["p/z/", "p/A", "p/b"]);
        listing.column = Column::Size;
        listing.arrange();
        assert_eq!(names(&listing), ["p/z/", "p/b", "p/A"]);
        (listing.descending, listing.filter) = (true, "a".into());
        listing.arrange();
        assert_eq!(names(&listing), ["p/A"]);
        assert_eq!(listing.loaded(), 3);
    }

    #[test]
    fn what_was_uploaded_is_sorted_by_its_date_among_what_was_listed() {
        let mut listing = Listing::open("");
        let dated = |key: &str, last_modified: &str| ObjectSummary {
            last_modified: last_modified.into(),
            ..object(key, 1)
        };
        listing.add(ListPage {
            objects: vec![
                dated("older", "2026-11-25T00:00:00.000Z"),
                dated("newer", "2026-11-27T00:00:00.000Z"),
            ],
            ..ListPage::default()
        });
        listing.put("between", 1, "Thu, 26 Nov 2026 12:00:00 GMT");
        listing.column = Column::Modified;
        listing.arrange();
        assert_eq!(names(&listing), ["older", "between", "newer"]);
    }

    #[test]
    fn instruction_files_are_known_by_name() {
        let mut listing = Listing::open("p/");
        let page = ListPage {
            objects: vec![object("p/a", 1), object("p/a.instruction", 1), object("p/b", 1)],
            ..ListPage::default()
        };
        listing.add(page);
        assert!(listing.is_instructed("p/a") && !listing.is_instructed("p/b"));
        listing.remove("p/a.instruction");
        assert!(!listing.is_instructed("p/a"));
    }

    #[test]
    fn uploads_appear_and_deletions_go() {
        let mut listing = Listing::open("p/");
        for key in ["p/x", "p/x", "p/sub/y", "p/sub/z", "elsewhere"] {
            listing.put(key, 5, "now");
        }
        listing.arrange();
        assert_eq!(names(&listing), ["p/sub/", "p/x"]);
        listing.remove("p/x");
        assert_eq!(names(&listing), ["p/sub/"]);
    }
}
