//! The manifest's SHA-256 sums, in the form that `sha256sum -c` reads.

use std::collections::BTreeMap;

use crate::driver::Direction;

/// What became of one file.
pub(super) struct Sum<'a> {
    pub(super) direction: Direction,
    pub(super) bucket: &'a str,
    pub(super) key: &'a str,
    pub(super) sha256: Option<&'a str>,
}

/// The files that have a hash, and what their names begin with.
///
/// Whoever checks them stands in a folder that was uploaded, or that came out of the bucket: names are object keys without the
/// folder that all of them are in. A dataset's own folder is most often just that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums<'a> {
    /// Bucket, object key and hash.
    files: Vec<(&'a str, &'a str, &'a str)>,
    /// The folder in the bucket, with its slash; empty for the bucket itself.
    pub folder: &'a str,
    /// Names begin with the bucket, for there are several.
    pub has_buckets: bool,
    /// Files without a hash.
    pub missing: usize,
}

impl<'a> Sums<'a> {
    /// Of transfers in the order they ended. An upload decides what its object is; a download tells what it was.
    pub(super) fn of(transfers: impl Iterator<Item = Sum<'a>>) -> Self {
        let mut known = BTreeMap::new();
        for transfer in transfers {
            let place = (transfer.bucket, transfer.key);
            // What is no file has no name.
            let sha256 = transfer.sha256.filter(|_| !transfer.key.ends_with('/'));
            if sha256.is_some() || transfer.direction == Direction::Upload {
                known.insert(place, sha256);
            } else {
                known.entry(place).or_insert(None);
            }
        }
        let files: Vec<_> = known
            .iter()
            .filter_map(|((bucket, key), sha256)| Some((*bucket, *key, (*sha256)?)))
            .collect();
        let has_buckets = files.iter().any(|(bucket, ..)| *bucket != files[0].0);
        let mut folder = match files.first() {
            Some((_, key, _)) if !has_buckets => folder_of(key),
            _ => "",
        };
        for (_, key, _) in &files {
            while !key.starts_with(folder) {
                folder = folder_of(&folder[..folder.len() - 1]);
            }
        }
        Sums {
            missing: known.len() - files.len(),
            files,
            folder,
            has_buckets,
        }
    }

    /// Files that have a hash.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether none has one.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// One line for each, by name.
    pub(super) fn text(&self) -> String {
        let line = |(bucket, key, sha256): &(&str, &str, &str)| match self.has_buckets {
            true => line(sha256, &format!("{bucket}/{key}")),
            false => line(sha256, &key[self.folder.len()..]),
        };
        self.files.iter().map(line).collect()
    }
}

/// The folder that a key is in, with its slash.
fn folder_of(key: &str) -> &str {
    &key[..key.rfind('/').map_or(0, |slash| slash + 1)]
}

/// As GNU's `sha256sum` writes it: a name that would not stay on its line is escaped, and a backslash in front says so.
fn line(sha256: &str, name: &str) -> String {
    // Neither the root of the disk nor the standard input.
    let inside = if name.starts_with('/') || name == "-" { "./" } else { "" };
    let escaped = name.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    let mark = if escaped == name { "" } else { "\\" };
    format!("{mark}{sha256}  {inside}{escaped}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Download, Upload};

    fn sums<'a>(transfers: &[(Direction, &'a str, &'a str, Option<&'a str>)]) -> Sums<'a> {
        let transfers = transfers.iter().map(|&(direction, bucket, key, sha256)| Sum {
            direction,
            bucket,
            key,
            sha256,
        });
        Sums::of(transfers)
    }

    #[test]
    fn names_begin_in_the_folder_that_all_files_are_in() {
        let data = sums(&[
            (Upload, "b", "lab/data/raw/2.fits", Some("22")),
            (Upload, "b", "lab/data/readme", Some("11")),
            (Upload, "b", "lab/data/raw/1.fits", Some("33")),
            (Upload, "b", "other/large", None),
        ]);
        assert_eq!((data.folder, data.len(), data.missing), ("lab/data/", 3, 1));
        assert_eq!(data.text(), "33  raw/1.fits\n22  raw/2.fits\n11  readme\n");
        let far = sums(&[(Upload, "b", "lab2/x", Some("1")), (Upload, "b", "lab/y", Some("2"))]);
        assert_eq!((far.folder, &*far.text()), ("", "2  lab/y\n1  lab2/x\n"));
        let one = sums(&[(Download, "b", "a/b/c.bin", Some("1"))]);
        assert_eq!((one.folder, &*one.text()), ("a/b/", "1  c.bin\n"));
        let buckets = sums(&[(Upload, "b", "a/x", Some("1")), (Upload, "c", "a/x", Some("2"))]);
        assert_eq!((buckets.folder, buckets.has_buckets), ("", true));
        assert_eq!(buckets.text(), "1  b/a/x\n2  c/a/x\n");
        let none = sums(&[(Upload, "b", "k", None)]);
        assert_eq!((none.is_empty(), none.missing, &*none.text()), (true, 1, ""));
    }

    #[test]
    fn the_latest_upload_decides_and_a_download_only_adds() {
        let twice = sums(&[(Upload, "b", "k", Some("old")), (Upload, "b", "k", Some("new"))]);
        assert_eq!((&*twice.text(), twice.missing), ("new  k\n", 0));
        let replaced = sums(&[(Upload, "b", "k", Some("old")), (Upload, "b", "k", None)]);
        assert_eq!(
            (replaced.len(), replaced.missing),
            (0, 1),
            "the hash is of another file"
        );
        let read = sums(&[(Upload, "b", "k", Some("1")), (Download, "b", "k", None)]);
        assert_eq!(read.text(), "1  k\n");
        let seen = sums(&[(Upload, "b", "k", None), (Download, "b", "k", Some("1"))]);
        assert_eq!((&*seen.text(), seen.missing), ("1  k\n", 0));
    }

    #[test]
    fn names_are_escaped_as_gnu_does() {
        for (name, expected) in [
            ("plain name.txt", "ab  plain name.txt\n"),
            ("データ.txt", "ab  データ.txt\n"),
            ("back\\slash", "\\ab  back\\\\slash\n"),
            ("two\nlines\r", "\\ab  two\\nlines\\r\n"),
            ("/etc/passwd", "ab  .//etc/passwd\n"),
            ("-", "ab  ./-\n"),
            ("-x", "ab  -x\n"),
        ] {
            assert_eq!(line("ab", name), expected);
        }
        assert!(sums(&[(Upload, "b", "folder/", Some("1"))]).is_empty());
    }
}
