//! What the first bytes of a file are, for showing them: seen in the bytes alone, since names and media types are
//! anybody's to choose. Markup (HTML, SVG) is text here and nothing else.

mod encoding;
mod picture;
mod table;

pub use encoding::Encoding;
pub use picture::{MAX_PIXELS, Picture, PictureFormat};
pub use table::{MAX_COLUMNS, MAX_ROWS, Table};

/// What a file is, as its first bytes show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No bytes at all.
    Empty,
    /// A picture that browsers show.
    Picture(Picture),
    /// Text.
    Text(Encoding),
    /// Anything else, with a name if it is a common one.
    Binary(Option<&'static str>),
}

/// Says what these first bytes are the beginning of; `whole` if the file ends with them.
pub fn kind_of(start: &[u8], whole: bool) -> Kind {
    if start.is_empty() {
        return Kind::Empty;
    }
    if let Some(picture) = Picture::of(start) {
        return Kind::Picture(picture);
    }
    if let Some(name) = binary_name(start) {
        return Kind::Binary(Some(name));
    }
    Encoding::guess(start, whole).map_or(Kind::Binary(None), Kind::Text)
}

/// Formats known by their first bytes, where those bytes are, and their names.
const BINARY: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"\x1f\x8b", "gzip-compressed data"),
    (0, b"BZh", "bzip2-compressed data"),
    (0, b"\xfd7zXZ\0", "xz-compressed data"),
    (0, b"\x28\xb5\x2f\xfd", "Zstandard-compressed data"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (0, b"CDF\x01", "a NetCDF file"),
    (0, b"CDF\x02", "a NetCDF file"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"PAR1", "an Apache Parquet file"),
    (0, b"ARROW1", "an Apache Arrow file"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"SIMPLE  = ", "a FITS file"),
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (4, b"ftyp", "a video, or a picture of the MP4 family"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (0, b"OggS", "an Ogg recording"),
    (0, b"fLaC", "a FLAC recording"),
    (0, b"ID3", "an MP3 recording"),
    (8, b"WAVEfmt ", "a WAV recording"),
    (0, b"\x7fELF", "a Linux program"),
    (0, b"\0asm", "a WebAssembly module"),
    (128, b"DICM", "a DICOM picture"),
    (0, b"age-encryption.org/", "a file encrypted with age"),
    (0, b"Salted__", "a file encrypted with OpenSSL"),
    (0, b"RCLONE\0\0", "a file encrypted with rclone"),
];

fn binary_name(start: &[u8]) -> Option<&'static str> {
    let is = |at: &usize, magic: &[u8]| start.get(*at..).is_some_and(|rest| rest.starts_with(magic));
    BINARY.iter().find(|(at, magic, _)| is(at, magic)).map(|known| known.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text_and_nothing_else() {
        for markup in [
            "<!doctype html><script>alert(1)</script>",
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
        ] {
            assert_eq!(kind_of(markup.as_bytes(), true), Kind::Text(Encoding::Utf8), "{markup}");
        }
    }

    #[test]
    fn common_formats_have_names_and_noise_has_none() {
        assert_eq!(kind_of(b"", true), Kind::Empty);
        assert_eq!(kind_of(b"%PDF-1.7\n", false), Kind::Binary(Some("a PDF document")));
        assert_eq!(
            kind_of(b"\x89HDF\r\n\x1a\n\0", false),
            Kind::Binary(Some("an HDF5 file"))
        );
        let mut tar = vec![b'a'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        assert_eq!(kind_of(&tar, false), Kind::Binary(Some("a tar archive")));
        let noise: Vec<u8> = (0..4096u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        assert_eq!(kind_of(&noise, false), Kind::Binary(None));
        assert_eq!(kind_of(b"one\0two", true), Kind::Binary(None));
    }
}
