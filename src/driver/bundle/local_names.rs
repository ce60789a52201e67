//! Paths for many objects at once: each safe on any computer, and no two alike to a file system that ignores case.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::super::names::{numbered, safe_segment};

/// Where one object goes, below the folder or ZIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Separated by `/`; ends in it if it is a folder.
    pub(super) path: String,
    /// Whether it differs from the key.
    pub(super) renamed: bool,
}

/// The names given so far. Of files only a hash of each is kept: a hundred thousand of them take little.
#[derive(Debug, Default)]
pub(super) struct LocalNames {
    taken: HashSet<u64>,
    hashes: RandomState,
    /// Folders of keys, and the folders that became of them. Both end in `/`.
    folders: HashMap<String, String>,
}

impl LocalNames {
    /// A place for a file whose key, below what is downloaded, is `key`.
    pub(super) fn file(&mut self, key: &str) -> Place {
        // A key may end in `/` and have content all the same.
        let named = key.trim_end_matches('/');
        let (folder, name) = match named.rfind('/') {
            Some(at) => (&named[..at + 1], &named[at + 1..]),
            None => ("", named),
        };
        let folder = self.enter(folder);
        let path = self.distinct(&folder, &safe_segment(name), "");
        Place {
            renamed: path != key,
            path,
        }
    }

    /// A place for a folder: a key that ends in `/` and has no content. `None` for what is no folder of its own.
    pub(super) fn folder(&mut self, key: &str) -> Option<Place> {
        let path = self.enter(key);
        (!path.is_empty()).then(|| Place {
            renamed: path != key,
            path,
        })
    }

    /// The folder that a folder of keys becomes, always the same one.
    fn enter(&mut self, keys: &str) -> String {
        let mut path = String::new();
        for (at, _) in keys.match_indices('/') {
            let raw = &keys[..at + 1];
            if let Some(known) = self.folders.get(raw) {
                path.clone_from(known);
                continue;
            }
            let segment = raw[..at].rsplit('/').next().unwrap_or_default();
            // No system has folders without a name.
            if !segment.is_empty() {
                path = self.distinct(&path, &safe_segment(segment), "/");
            }
            self.folders.insert(raw.to_owned(), path.clone());
        }
        path
    }

    /// The first of `name`, `name (2)`, … that nothing has yet in that folder.
    fn distinct(&mut self, folder: &str, name: &str, end: &str) -> String {
        let mut path = format!("{folder}{name}");
        for number in 2.. {
            if self.taken.insert(self.hashes.hash_one(path.to_lowercase())) {
                break;
            }
            let name = match end {
                "/" => format!("{name} ({number})"),
                _ => numbered(name, number),
            };
            path = format!("{folder}{name}");
        }
        path + end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(keys: &[&str]) -> Vec<String> {
        let mut names = LocalNames::default();
        keys.iter().map(|key| names.file(key).path).collect()
    }

    #[test]
    fn good_names_stay() {
        let mut names = LocalNames::default();
        for key in ["a.txt", "a/b.txt", "a/c/.hidden", "実験/α.bin", "b"] {
            let place = names.file(key);
            assert_eq!((place.path.as_str(), place.renamed), (key, false));
        }
    }

    #[test]
    fn nothing_leads_out_of_the_folder() {
        let keys = [
            "../../etc/passwd",
            "/etc/passwd",
            "a/../../b",
            "..",
            "a\\..\\b",
            "//x",
            "./y",
        ];
        for path in places(&keys) {
            let bad = |segment: &str| matches!(segment, "" | "." | "..") || segment.contains(['\\', ':']);
            assert!(!path.split('/').any(bad), "{path}");
        }
    }

    #[test]
    fn twins_are_told_apart() {
        for (keys, expected) in [
            (&["A.txt", "a.txt"][..], &["A.txt", "a (2).txt"][..]),
            (&["caf\u{e9}", "cafe\u{301}"], &["café", "café (2)"]),
            (&["a/b", "a//b"], &["a/b", "a/b (2)"]),
            (&["Data/x", "data/x", "data/y"], &["Data/x", "data (2)/x", "data (2)/y"]),
            // A file and a folder of one name.
            (&["a", "a/b", "a/c"], &["a", "a (2)/b", "a (2)/c"]),
            (&["a/b", "a"], &["a/b", "a (2)"]),
            (&["x?", "x*", "x_"], &["x_", "x_ (2)", "x_ (3)"]),
            (&["x.lnk", "x.lnk_"], &["x.lnk_", "x (2).lnk_"]),
            // With content, though it looks like a folder.
            (&["a/", "a/b"], &["a", "a (2)/b"]),
            (&["/", ""], &["_", "_ (2)"]),
        ] {
            assert_eq!(places(keys), expected, "{keys:?}");
        }
    }

    #[test]
    fn folders_without_content_are_folders() {
        let mut names = LocalNames::default();
        let place = names.folder("a/b/").expect("a folder");
        assert_eq!((place.path.as_str(), place.renamed), ("a/b/", false));
        assert_eq!(names.file("a/b/c").path, "a/b/c");
        assert_eq!(names.folder("../").map(|place| place.path).as_deref(), Some("_/"));
        assert_eq!((names.folder(""), names.folder("/")), (None, None));
    }
}
