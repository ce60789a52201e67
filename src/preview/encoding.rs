//! Which encoding a text is in. Decoding is the browser's job.

/// An encoding of text, as far as bytes give it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, ASCII included.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Shift_JIS as Windows writes it.
    ShiftJis,
    /// EUC-JP.
    EucJp,
    /// ISO-2022-JP, the encoding of old mail.
    Iso2022Jp,
    /// What is left for text of single bytes.
    Windows1252,
}

/// UTF-16 without a mark shows by NULs in one half of its bytes: more than one in so many.
const NULS: usize = 10;

impl Encoding {
    /// The name that `TextDecoder` takes, good for people too.
    pub fn label(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::ShiftJis => "shift_jis",
            Encoding::EucJp => "euc-jp",
            Encoding::Iso2022Jp => "iso-2022-jp",
            Encoding::Windows1252 => "windows-1252",
        }
    }

    /// The encoding of a text that starts with these bytes; `None` if they are no text. Unless they are `whole`, the last
    /// character may be cut.
    pub(super) fn guess(start: &[u8], whole: bool) -> Option<Encoding> {
        match start {
            [0xff, 0xfe, ..] => return Some(Encoding::Utf16Le),
            [0xfe, 0xff, ..] => return Some(Encoding::Utf16Be),
            _ => {}
        }
        if start.contains(&0) {
            return utf16_without_mark(start, whole);
        }
        // Escape starts the characters of ISO-2022-JP, and colours in logs of terminals.
        let unprintable = |byte: &u8| matches!(byte, 1..=8 | 11 | 14..=26 | 28..=31 | 127);
        if start.iter().any(unprintable) {
            return None;
        }
        if is_utf8(start, whole) {
            let japanese = [&b"\x1b$B"[..], b"\x1b$@", b"\x1b(J", b"\x1b(I"];
            let switches = |escape: &&[u8]| start.windows(3).any(|three| three == *escape);
            return Some(if japanese.iter().any(switches) {
                Encoding::Iso2022Jp
            } else {
                Encoding::Utf8
            });
        }
        if is_euc_jp(start, whole) {
            return Some(Encoding::EucJp);
        }
        if is_shift_jis(start, whole) {
            return Some(Encoding::ShiftJis);
        }
        let high = start.iter().filter(|byte| **byte >= 0x80).count();
        (high * 3 <= start.len()).then_some(Encoding::Windows1252)
    }
}

fn is_utf8(start: &[u8], whole: bool) -> bool {
    match std::str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => !whole && error.error_len().is_none(),
    }
}

/// NULs in one half of the bytes only, and not few: Western text, or Japanese text with digits, commas and line ends. No
/// pair is a control character.
fn utf16_without_mark(start: &[u8], whole: bool) -> Option<Encoding> {
    let nuls = |first: usize| start.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let enough = start.len() / 2 / NULS;
    let (encoding, unit): (_, fn([u8; 2]) -> u16) = match (nuls(0), nuls(1)) {
        (0, odd) if odd > enough => (Encoding::Utf16Le, u16::from_le_bytes),
        (even, 0) if even > enough => (Encoding::Utf16Be, u16::from_be_bytes),
        _ => return None,
    };
    let (pairs, left_over) = start.as_chunks::<2>();
    let printable = |pair: &[u8; 2]| matches!(unit(*pair), 9 | 10 | 13 | 32..=126 | 128..);
    (pairs.iter().all(printable) && (!whole || left_over.is_empty())).then_some(encoding)
}

fn is_euc_jp(start: &[u8], whole: bool) -> bool {
    let high = |byte: &u8| (0xa1..=0xfe).contains(byte);
    let mut rest = start;
    while let Some((first, after)) = rest.split_first() {
        let length = match first {
            0..=0x7f => 0,
            0x8e => 1,
            0x8f => 2,
            0xa1..=0xfe => 1,
            _ => return false,
        };
        if after.len() < length {
            return !whole;
        }
        if !after[..length].iter().all(high) {
            return false;
        }
        rest = &after[length..];
    }
    true
}

/// Every byte fits, and at least half of the pairs begin as kana and common kanji do: in Western text of single bytes, the
/// bytes from 0x80 to 0x9f are rare.
fn is_shift_jis(start: &[u8], whole: bool) -> bool {
    let (mut pairs, mut common, mut rest) = (0, 0, start);
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            0..=0x7f | 0xa1..=0xdf => {}
            0x81..=0x9f | 0xe0..=0xfc => {
                let Some((second, after)) = rest.split_first() else {
                    return !whole && common * 2 >= pairs;
                };
                if !matches!(second, 0x40..=0x7e | 0x80..=0xfc) {
                    return false;
                }
                pairs += 1;
                common += usize::from(*first <= 0x9f);
                rest = after;
            }
            _ => return false,
        }
    }
    common * 2 >= pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "日本語のテキスト,1\r\n" in each.
    const JAPANESE: [(&[u8], Encoding); 3] = [
        (
            b"\x93\xfa\x96{\x8c\xea\x82\xcc\x83e\x83L\x83X\x83g,1\r\n",
            Encoding::ShiftJis,
        ),
        (
            b"\xc6\xfc\xcb\xdc\xb8\xec\xa4\xce\xa5\xc6\xa5\xad\xa5\xb9\xa5\xc8,1\r\n",
            Encoding::EucJp,
        ),
        (b"\x1b$BF|K\\8l$N%F%-%9%H\x1b(B,1\r\n", Encoding::Iso2022Jp),
    ];

    #[test]
    fn japanese_encodings_are_told_apart_whole_and_cut() {
        for (bytes, encoding) in JAPANESE {
            assert_eq!(Encoding::guess(bytes, true), Some(encoding));
        }
        for (bytes, encoding) in &JAPANESE[..2] {
            for cut in 3..bytes.len() {
                assert_eq!(Encoding::guess(&bytes[..cut], false), Some(*encoding), "cut at {cut}");
            }
        }
        // A cut character at the end of a whole file is no character.
        assert_ne!(Encoding::guess(&JAPANESE[0].0[..1], true), Some(Encoding::ShiftJis));
    }

    #[test]
    fn utf_8_may_be_cut_but_not_broken() {
        let text = "日本語 résumé 🎉".as_bytes();
        for cut in 1..text.len() {
            assert_eq!(
                Encoding::guess(&text[..cut], false),
                Some(Encoding::Utf8),
                "cut at {cut}"
            );
        }
        assert_eq!(Encoding::guess(text, true), Some(Encoding::Utf8));
        assert_ne!(Encoding::guess(&text[..1], true), Some(Encoding::Utf8));
    }

    #[test]
    fn utf_16_with_a_mark_and_without() {
        let le = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let be = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
        for text in ["name,値\r\n1,温度\r\n2,湿度\r\n", "plain words"] {
            assert_eq!(Encoding::guess(&le(text), true), Some(Encoding::Utf16Le), "{text}");
            assert_eq!(Encoding::guess(&be(text), true), Some(Encoding::Utf16Be), "{text}");
            assert_eq!(
                Encoding::guess(&le(&format!("\u{feff}{text}")), true),
                Some(Encoding::Utf16Le)
            );
            assert_eq!(
                Encoding::guess(&be(&format!("\u{feff}{text}")), true),
                Some(Encoding::Utf16Be)
            );
        }
    }

    #[test]
    fn western_text_is_not_taken_for_japanese() {
        let latin =
            "L\u{92}\u{e9}t\u{e9} \u{e0} la mer, d\u{e9}j\u{e0} vu: na\u{ef}ve, gar\u{e7}on, \u{fc}ber, Stra\u{df}e.";
        let bytes: Vec<u8> = latin.chars().map(|c| c as u32 as u8).collect();
        assert_eq!(Encoding::guess(&bytes, true), Some(Encoding::Windows1252));
        assert_eq!(Encoding::guess(b"\xff\xfb\x90\x64\xe3\x9f\xab\xcd", true), None);
    }
}
