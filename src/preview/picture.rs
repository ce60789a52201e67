//! Pictures that browsers show, and how many pixels they claim: a small file can unpack into more than a tab can hold.

/// Most pixels shown: decoded they take four bytes each.
pub const MAX_PIXELS: u64 = 64 << 20;

/// How a picture is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// Windows bitmap.
    Bmp,
}

impl PictureFormat {
    /// The media type to show it as.
    pub fn media_type(self) -> &'static str {
        match self {
            PictureFormat::Png => "image/png",
            PictureFormat::Jpeg => "image/jpeg",
            PictureFormat::Gif => "image/gif",
            PictureFormat::WebP => "image/webp",
            PictureFormat::Bmp => "image/bmp",
        }
    }
}

/// A picture, as its first bytes describe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picture {
    /// How it is stored.
    pub format: PictureFormat,
    /// Width and height in pixels, where the bytes given say so.
    pub pixels: Option<(u32, u32)>,
}

impl Picture {
    /// The picture that these bytes begin, if they begin one.
    pub(super) fn of(start: &[u8]) -> Option<Picture> {
        let (format, pixels) = match start {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => (PictureFormat::Png, png(start)),
            [0xff, 0xd8, 0xff, ..] => (PictureFormat::Jpeg, jpeg(start)),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', rest @ ..] => (PictureFormat::Gif, gif(rest)),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', rest @ ..] => {
                (PictureFormat::WebP, webp(rest))
            }
            // Two letters alone begin many a text.
            [b'B', b'M', ..] if start.get(6..10) == Some(&[0; 4]) => (PictureFormat::Bmp, bmp(start)),
            _ => return None,
        };
        Some(Picture { format, pixels })
    }

    /// Whether it says how large it is, and that is not too much.
    pub fn fits(&self) -> bool {
        let area = |(width, height)| u64::from(width) * u64::from(height);
        self.pixels
            .map(area)
            .is_some_and(|area| (1..=MAX_PIXELS).contains(&area))
    }
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let is_header = array(bytes, 12) == Some(*b"IHDR");
    let size = || {
        Some((
            u32::from_be_bytes(array(bytes, 16)?),
            u32::from_be_bytes(array(bytes, 20)?),
        ))
    };
    is_header.then(size)?
}

fn gif(rest: &[u8]) -> Option<(u32, u32)> {
    let side = |at| array(rest, at).map(u16::from_le_bytes).map(u32::from);
    Some((side(0)?, side(2)?))
}

fn bmp(bytes: &[u8]) -> Option<(u32, u32)> {
    let side = |at| array(bytes, at).map(i32::from_le_bytes).map(i32::unsigned_abs);
    Some((side(18)?, side(22)?))
}

fn webp(rest: &[u8]) -> Option<(u32, u32)> {
    let three = |at| array(rest, at).map(|[a, b, c]: [u8; 3]| u32::from_le_bytes([a, b, c, 0]));
    let short = |at| {
        array(rest, at)
            .map(u16::from_le_bytes)
            .map(|side| u32::from(side & 0x3fff))
    };
    match &array::<4>(rest, 0)? {
        b"VP8X" => Some((three(12)? + 1, three(15)? + 1)),
        b"VP8 " => Some((short(14)?, short(16)?)),
        b"VP8L" => {
            let bits = u32::from_le_bytes(array(rest, 9)?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        _ => None,
    }
}

/// Goes from segment to segment up to the frame header.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let [mark, kind] = array(bytes, at)?;
        if mark != 0xff {
            return None;
        }
        if kind == 0xff {
            at += 1;
            continue;
        }
        let is_frame = (0xc0..=0xcf).contains(&kind) && !matches!(kind, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            let side = |at| array(bytes, at).map(u16::from_be_bytes).map(u32::from);
            return Some((side(at + 7)?, side(at + 5)?));
        }
        let length = u16::from_be_bytes(array(bytes, at + 2)?);
        if length < 2 {
            return None;
        }
        at += 2 + usize::from(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(format: PictureFormat, width: u32, height: u32) -> Option<Picture> {
        let pixels = Some((width, height));
        Some(Picture { format, pixels })
    }

    #[test]
    fn sizes_are_read_from_the_first_bytes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06";
        assert_eq!(Picture::of(png), picture(PictureFormat::Png, 640, 480));
        assert_eq!(
            Picture::of(b"GIF89a\x80\x02\xe0\x01\xf7"),
            picture(PictureFormat::Gif, 640, 480)
        );
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc4\0\x03x\xff\xff\xc2\0\x11\x08\x01\xe0\x02\x80\x03";
        assert_eq!(Picture::of(jpeg), picture(PictureFormat::Jpeg, 640, 480));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x02\xe0\x01";
        assert_eq!(Picture::of(lossy), picture(PictureFormat::WebP, 640, 480));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0";
        assert_eq!(Picture::of(extended), picture(PictureFormat::WebP, 640, 480));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x7f\xc2\x77\0";
        assert_eq!(Picture::of(lossless), picture(PictureFormat::WebP, 640, 480));
        let bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x80\x02\0\0\x20\xfe\xff\xff";
        assert_eq!(Picture::of(bmp), picture(PictureFormat::Bmp, 640, 480));
    }

    #[test]
    fn bombs_and_what_hides_its_size_do_not_fit() {
        let bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06";
        assert!(!Picture::of(bomb).unwrap().fits());
        for endless in [
            &b"\xff\xd8\xff\xe0\0\0ab"[..],
            b"\xff\xd8\xff\xe0\xff\xff",
            b"\x89PNG\r\n\x1a\n",
        ] {
            assert!(!Picture::of(endless).unwrap().fits());
        }
        assert_eq!(Picture::of(b"BMI values, in kg per square metre"), None);
        for cut in 0..32 {
            let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0\0\0\0";
            let fits = Picture::of(&png[..cut.min(png.len())]).is_some_and(|picture| picture.fits());
            assert_eq!(fits, cut >= 24, "cut at {cut}");
        }
    }
}
