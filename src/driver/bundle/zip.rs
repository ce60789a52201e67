//! The bytes of a ZIP file around its entries: stored, not compressed; names in UTF-8; ZIP64 where sizes or numbers need it.
//! An entry's header is written when its sum is known, into the room left for it, so no data descriptors are needed.
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>

/// What 32 bits cannot say is in a ZIP64 field; this number says so.
const IN_ZIP64: u32 = u32::MAX;
/// Version 4.5 knows ZIP64; made on a system with Unix permissions.
const VERSION: u16 = 45;
const MADE_BY: u16 = 3 << 8 | VERSION;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
const ZIP64: u16 = 0x0001;
const UNIX_TIME: u16 = 0x5455;

/// One file or folder of the ZIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path with `/`; of a folder it ends in it.
    pub(super) path: String,
    /// CRC-32 of the content.
    pub(super) crc: u32,
    /// Bytes of the content.
    pub(super) length: u64,
    /// Where its header begins.
    pub(super) at: u64,
    /// Last change, seconds since 1970; 0 if it is not known.
    pub(super) modified: u64,
}

impl Entry {
    /// Bytes of its header: they depend on the path's length and on whether the content is large.
    pub(super) fn header_length(&self) -> u64 {
        self.header().len() as u64
    }

    /// What stands before the content.
    pub(super) fn header(&self) -> Vec<u8> {
        let mut extra = self.unix_time();
        if self.is_large() {
            // Here both sizes must be there.
            push_field(&mut extra, ZIP64, &[self.length, self.length]);
        }
        let mut bytes = Vec::from(*b"PK\x03\x04");
        put16(&mut bytes, VERSION);
        self.common(&mut bytes);
        put16(&mut bytes, extra.len() as u16);
        bytes.extend(self.path.as_bytes());
        bytes.extend(extra);
        bytes
    }

    fn is_large(&self) -> bool {
        self.length >= u64::from(IN_ZIP64)
    }

    fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }

    /// Its line of the directory.
    fn line(&self) -> Vec<u8> {
        let mut extra = self.unix_time();
        let mut wide = Vec::new();
        if self.is_large() {
            wide.extend([self.length, self.length]);
        }
        if self.at >= u64::from(IN_ZIP64) {
            wide.push(self.at);
        }
        if !wide.is_empty() {
            push_field(&mut extra, ZIP64, &wide);
        }
        let mut bytes = Vec::from(*b"PK\x01\x02");
        put16(&mut bytes, MADE_BY);
        put16(&mut bytes, VERSION);
        self.common(&mut bytes);
        put16(&mut bytes, extra.len() as u16);
        // No comment, disk 0, no internal attributes.
        bytes.extend([0; 6]);
        let (mode, dos) = if self.is_folder() {
            (0o040_755, 0x10)
        } else {
            (0o100_644, 0)
        };
        put32(&mut bytes, mode << 16 | dos);
        put32(&mut bytes, narrow(self.at));
        bytes.extend(self.path.as_bytes());
        bytes.extend(extra);
        bytes
    }

    /// From the flags to the length of the path.
    fn common(&self, bytes: &mut Vec<u8>) {
        let (time, date) = dos_time(self.modified);
        for field in [FLAGS, 0, time, date] {
            put16(bytes, field);
        }
        put32(bytes, self.crc);
        put32(bytes, narrow(self.length));
        put32(bytes, narrow(self.length));
        put16(bytes, self.path.len() as u16);
    }

    /// The date in full; the other one has no time zone.
    fn unix_time(&self) -> Vec<u8> {
        let mut extra = Vec::new();
        if self.modified == 0 {
            return extra;
        }
        put16(&mut extra, UNIX_TIME);
        put16(&mut extra, 5);
        extra.push(1);
        put32(&mut extra, u32::try_from(self.modified).unwrap_or_default());
        extra
    }
}

/// The list of entries at the end of a ZIP.
#[derive(Debug, Default)]
pub(super) struct Directory {
    lines: Vec<u8>,
    count: u64,
}

impl Directory {
    /// Appends an entry.
    pub(super) fn add(&mut self, entry: &Entry) {
        self.lines.extend(entry.line());
        self.count += 1;
    }

    /// Everything that stands behind the last entry, which ends at `at`.
    pub(super) fn end(self, at: u64) -> Vec<u8> {
        let mut bytes = self.lines;
        let length = bytes.len() as u64;
        let many = self.count >= u64::from(u16::MAX);
        if many || length >= u64::from(IN_ZIP64) || at >= u64::from(IN_ZIP64) {
            bytes.extend(*b"PK\x06\x06");
            put64(&mut bytes, 44);
            put16(&mut bytes, MADE_BY);
            put16(&mut bytes, VERSION);
            bytes.extend([0; 8]);
            for field in [self.count, self.count, length, at] {
                put64(&mut bytes, field);
            }
            bytes.extend(*b"PK\x06\x07");
            put32(&mut bytes, 0);
            put64(&mut bytes, at + length);
            put32(&mut bytes, 1);
        }
        bytes.extend(*b"PK\x05\x06");
        put32(&mut bytes, 0);
        let count = u16::try_from(self.count).unwrap_or(u16::MAX);
        put16(&mut bytes, count);
        put16(&mut bytes, count);
        put32(&mut bytes, narrow(length));
        put32(&mut bytes, narrow(at));
        put16(&mut bytes, 0);
        bytes
    }
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(IN_ZIP64)
}

fn put16(bytes: &mut Vec<u8>, number: u16) {
    bytes.extend(number.to_le_bytes());
}

fn put32(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend(number.to_le_bytes());
}

fn put64(bytes: &mut Vec<u8>, number: u64) {
    bytes.extend(number.to_le_bytes());
}

fn push_field(extra: &mut Vec<u8>, id: u16, numbers: &[u64]) {
    put16(extra, id);
    put16(extra, 8 * numbers.len() as u16);
    numbers.iter().for_each(|number| put64(extra, *number));
}

/// Time and date as ZIP has them, in UTC: two seconds exact, from 1980 to 2107.
fn dos_time(seconds: u64) -> (u16, u16) {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // The civil calendar from days, in eras of 400 years that begin in March.
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    if !(1980..=2107).contains(&year) {
        return (0, 1 << 5 | 1);
    }
    let (hour, minute, half) = (second / 3600, second / 60 % 60, second % 60 / 2);
    let time = hour << 11 | minute << 5 | half;
    (time as u16, ((year - 1980) << 9 | month << 5 | day) as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, length: u64, at: u64) -> Entry {
        Entry {
            path: path.into(),
            crc: 0x1122_3344,
            length,
            at,
            modified: 1_767_312_245,
        }
    }

    fn number(bytes: &[u8]) -> u64 {
        bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    }

    #[test]
    fn dates() {
        // 2026-01-02 00:04:05, 2000-02-29 23:59:59, before 1980.
        assert_eq!(dos_time(1_767_312_245), (4 << 5 | 2, 46 << 9 | 1 << 5 | 2));
        assert_eq!(dos_time(951_868_799), (23 << 11 | 59 << 5 | 29, 20 << 9 | 2 << 5 | 29));
        assert_eq!(dos_time(0), (0, 33));
    }

    #[test]
    fn a_small_entry_needs_no_zip64() {
        let entry = entry("ä/b.txt", 5, 70);
        let header = entry.header();
        assert_eq!(header.len(), 30 + 8 + 9);
        assert_eq!(number(&header[6..8]), 0x0800);
        assert_eq!((number(&header[14..18]), number(&header[18..22])), (0x1122_3344, 5));
        assert_eq!(&header[30..38], "ä/b.txt".as_bytes());
        let mut directory = Directory::default();
        directory.add(&entry);
        let end = directory.end(200);
        assert_eq!(end.len(), 46 + 8 + 9 + 22);
        assert_eq!(number(&end[42..46]), 70);
        let last = &end[end.len() - 22..];
        assert_eq!(
            (number(&last[10..12]), number(&last[12..16]), number(&last[16..20])),
            (1, 63, 200)
        );
    }

    #[test]
    fn large_entries_and_late_ones_use_zip64() {
        let large = entry("l", 5 << 30, 1);
        let header = large.header();
        assert_eq!(header.len() as u64, large.header_length());
        assert_eq!(
            (number(&header[18..22]), number(&header[22..26])),
            (0xffff_ffff, 0xffff_ffff)
        );
        assert_eq!(number(&header[header.len() - 8..]), 5 << 30);
        let late = entry("s", 3, 6 << 30);
        let line = late.line();
        assert_eq!((number(&line[24..28]), number(&line[42..46])), (3, 0xffff_ffff));
        assert_eq!(number(&line[line.len() - 8..]), 6 << 30);
        let mut directory = Directory::default();
        directory.add(&large);
        directory.add(&late);
        let end = directory.end(7 << 30);
        let wide = &end[end.len() - 22 - 20 - 56..];
        assert_eq!(&wide[..4], b"PK\x06\x06");
        assert_eq!((number(&wide[32..40]), number(&wide[48..56])), (2, 7 << 30));
        assert_eq!(number(&wide[64..72]), (7 << 30) + number(&wide[40..48]));
    }

    #[test]
    fn many_entries_use_zip64() {
        let mut directory = Directory::default();
        (0..70_000).for_each(|at| directory.add(&entry("x", 0, at)));
        let end = directory.end(70_000);
        let (wide, last) = (&end[end.len() - 98..], &end[end.len() - 22..]);
        assert_eq!((number(&wide[24..32]), number(&last[10..12])), (70_000, 0xffff));
    }
}
