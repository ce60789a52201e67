//! Sizes, speeds, durations and dates as people read them.

use std::time::UNIX_EPOCH;

use super::text::{Language, language};

const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/// `512 B`, `1.5 KiB`, `23 MiB`: three significant digits, binary units.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = 0;
    // 999.5 would be shown as 1000 with three digits: the next unit says it shorter.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = match unit {
        0 => 0,
        _ if value < 9.995 => 2,
        _ if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {}", UNITS[unit])
}

/// `1,234,567`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `23.4 MiB/s` from bytes per second.
pub fn speed(bytes_per_second: f64) -> String {
    format!("{}/s", size(bytes_per_second.max(0.0) as u64))
}

/// Whole percent of `moved` in `size`; never 100 before everything moved.
pub fn percent(moved: u64, size: u64) -> u8 {
    if size == 0 || moved >= size {
        return 100;
    }
    // Below 100 by the comparison above.
    ((u128::from(moved) * 100) / u128::from(size)) as u8
}

/// `8 s`, `2 min 5 s`, `3 h 20 min`, `2 d 4 h` from seconds; in Japanese
/// `8 秒`, `2 分 5 秒`, `3 時間 20 分`, `2 日 4 時間`.
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    let [day, hour, minute, second] = match language() {
        Language::English => ["d", "h", "min", "s"],
        Language::Japanese => ["日", "時間", "分", "秒"],
    };
    let pair = |big: u64, big_unit: &str, small: u64, small_unit: &str| match small {
        0 => format!("{big} {big_unit}"),
        _ => format!("{big} {big_unit} {small} {small_unit}"),
    };
    match seconds {
        0..60 => format!("{} {second}", seconds.max(1)),
        60..3600 => pair(seconds / 60, minute, seconds % 60, second),
        3600..86400 => pair(seconds / 3600, hour, seconds % 3600 / 60, minute),
        _ => pair(seconds / 86400, day, seconds % 86400 / 3600, hour),
    }
}

/// A name in two, for a line each: what comes before, and an end of at most 24 columns, which tells alike names apart. Cut
/// behind a separator where there is one; a name that fits into the second line is not cut.
pub fn ends(name: &str) -> (&str, &str) {
    const END: usize = 24;
    // How wide the end would be that begins at each character, the widest last.
    let ends = name.char_indices().rev().scan(0, |width, (at, character)| {
        *width += columns(character);
        Some((at, *width))
    });
    let ends: Vec<_> = ends.take_while(|(_, width)| *width <= END).collect();
    if ends.last().is_none_or(|(at, _)| *at == 0) {
        return ("", name);
    }
    let behind_a_separator = |&&(at, width): &&(usize, usize)| {
        width >= END / 2 && name[..at].ends_with(['/', '_', '-', '.', ' ', '・', '＿', '　'])
    };
    // A mark belongs to the character before it.
    let is_whole = |&&(at, _): &&(usize, usize)| name[at..].starts_with(|first| columns(first) > 0);
    let widest_first = || ends.iter().rev();
    let cut = widest_first()
        .find(behind_a_separator)
        .or_else(|| widest_first().find(is_whole));
    name.split_at(cut.map_or(name.len(), |(at, _)| *at))
}

/// How many columns a character takes, roughly: two from Hangul and Chinese characters on, none for a mark on another.
fn columns(character: char) -> usize {
    match character {
        '\u{300}'..='\u{36f}'
        | '\u{3099}'
        | '\u{309a}'
        | '\u{200d}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f3fb}'..='\u{1f3ff}' => 0,
        '\u{1100}'.. => 2,
        _ => 1,
    }
}

/// Milliseconds since 1970 of an HTTP date (`Sun, 06 Nov 1994 08:49:37 GMT`).
pub fn from_http_date(text: &str) -> Option<f64> {
    let time = httpdate::parse_http_date(text).ok()?;
    Some(time.duration_since(UNIX_EPOCH).ok()?.as_millis() as f64)
}

/// Milliseconds since 1970 of the ISO 8601 form listings use (`2026-11-24T00:08:04.000Z`).
pub fn from_iso_date(text: &str) -> Option<f64> {
    let (date, time) = text.trim().split_once('T')?;
    let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"))?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.splitn(3, ':');
    let hour: f64 = time.next()?.parse().ok()?;
    let minute: f64 = time.next()?.parse().ok()?;
    let second: f64 = time.next()?.parse().ok()?;
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || year < 1970 {
        return None;
    }
    let days = days_from_civil(year, month, day) as f64;
    Some((((days * 24.0 + hour) * 60.0 + minute) * 60.0 + second) * 1000.0)
}

/// `2026-11-24 09:08`, at `offset_minutes` east of UTC (JavaScript's `getTimezoneOffset`, negated).
pub fn date(milliseconds: f64, offset_minutes: i32) -> String {
    let seconds = (milliseconds / 1000.0).floor() as i64 + i64::from(offset_minutes) * 60;
    let (year, month, day) = civil_from_days(seconds.div_euclid(86400));
    let of_day = seconds.rem_euclid(86400);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}",
        of_day / 3600,
        of_day % 3600 / 60
    )
}

/// `2026-11-24T00:08:04.123Z`, the ISO 8601 form of these milliseconds since 1970.
pub fn iso(milliseconds: f64) -> String {
    let milliseconds = milliseconds.floor() as i64;
    let (date, of_second) = (date(milliseconds as f64, 0), milliseconds.rem_euclid(1000));
    let (day, time) = date.split_once(' ').expect("a date has a time");
    let seconds = milliseconds.div_euclid(1000).rem_euclid(60);
    format!("{day}T{time}:{seconds:02}.{of_second:03}Z")
}

/// Days since 1970-01-01 of a Gregorian date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::text::speak;

    #[test]
    fn sizes_keep_three_digits() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "0.98 KiB"),
            (1024, "1.00 KiB"),
            (10_239, "10.0 KiB"),
            (1 << 20, "1.00 MiB"),
            (64 << 20, "64.0 MiB"),
            (999 << 20, "999 MiB"),
            (1000 << 20, "0.98 GiB"),
            (u64::MAX, "16.0 EiB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn the_end_of_a_name_is_cut_off_where_a_reader_would() {
        for (name, expected) in [
            ("", ("", "")),
            ("waits.txt", ("", "waits.txt")),
            ("結果_最終版_checkpoint", ("", "結果_最終版_checkpoint")),
            (
                "run-0042/結果_最終版_checkpoint.tar.zst",
                ("run-0042/結果_最終版_", "checkpoint.tar.zst"),
            ),
            (
                "shard-00001-of-00128.safetensors",
                ("shard-00001-", "of-00128.safetensors"),
            ),
            (
                "abcdefghijklmnopqrstuvwxyz0123456789",
                ("abcdefghijkl", "mnopqrstuvwxyz0123456789"),
            ),
            (
                "測定データ東京大学最終版コピー記録",
                ("測定データ", "東京大学最終版コピー記録"),
            ),
            // Decomposed, as macOS names files: the mark stays with its character.
            (
                "a\u{304b}\u{3099}bcdefghijklmnopqrstuvwxyz",
                ("a\u{304b}\u{3099}b", "cdefghijklmnopqrstuvwxyz"),
            ),
            (
                "xa\u{304b}\u{3099}cdefghijklmnopqrstuvwxyz",
                ("xa\u{304b}\u{3099}", "cdefghijklmnopqrstuvwxyz"),
            ),
        ] {
            assert_eq!(ends(name), expected, "{name}");
        }
        let marks = "\u{3099}".repeat(100);
        assert_eq!(ends(&format!("ab{marks}")), ("", &*format!("ab{marks}")));
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1000), "1,000");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn a_hundred_percent_means_all_of_it() {
        assert_eq!(percent(0, 10), 0);
        assert_eq!(percent(u64::MAX - 1, u64::MAX), 99);
        assert_eq!(percent(10, 10), 100);
        assert_eq!(percent(0, 0), 100);
    }

    #[test]
    fn durations_name_two_units() {
        assert_eq!(duration(0.2), "1 s");
        assert_eq!(duration(125.0), "2 min 5 s");
        assert_eq!(duration(3600.0), "1 h");
        assert_eq!(duration(90_000.0), "1 d 1 h");
    }

    #[test]
    fn durations_speak_the_language() {
        speak(Language::Japanese);
        let said = [8.0, 125.0, 12_000.0, 187_200.0, 3600.0].map(duration);
        speak(Language::English);
        assert_eq!(said, ["8 秒", "2 分 5 秒", "3 時間 20 分", "2 日 4 時間", "1 時間"]);
    }

    #[test]
    fn both_date_forms_meet() {
        let http = from_http_date("Tue, 24 Nov 2026 00:08:04 GMT");
        assert_eq!(http, from_iso_date("2026-11-24T00:08:04.000Z"));
        assert!(http.is_some());
        assert_eq!(from_iso_date("yesterday"), None);
        assert_eq!(from_iso_date("2026-13-24T00:08:04Z"), None);
    }

    #[test]
    fn dates_are_local() {
        let at = from_iso_date("2026-11-24T23:08:04Z").expect("a date");
        assert_eq!(date(at, 0), "2026-11-24 23:08");
        assert_eq!(date(at, 9 * 60), "2026-11-25 08:08");
        assert_eq!(
            date(from_iso_date("2024-02-29T12:00:00Z").expect("a date"), 0),
            "2024-02-29 12:00"
        );
        assert_eq!(date(0.0, 0), "1970-01-01 00:00");
    }
}
