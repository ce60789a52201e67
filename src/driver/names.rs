//! Names: from files to object keys, and back to names that any computer can save.

use unicode_normalization::UnicodeNormalization;

/// Bytes of a name: file systems take 255, some less, and a number may have to be added.
const LONGEST: usize = 200;
/// An ending longer than this is none.
const LONGEST_ENDING: usize = 16;

/// The object key of a file: prefix and relative path, in Unicode normal form C, so that the same name typed on any
/// system is the same key (macOS hands out form D).
pub(super) fn object_key(prefix: &str, path: &str) -> String {
    let path: String = path.nfc().collect();
    format!("{prefix}{}", path.trim_start_matches('/'))
}

/// A name to save one object under: its last segment, made safe, and not hidden.
pub(super) fn file_name(key: &str) -> String {
    let last = key.rsplit('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let name = cleaned(last);
    match name.trim_start_matches(|c: char| c == '.' || c.is_whitespace()) {
        "" => "object".to_owned(),
        name => not_reserved(name.to_owned()),
    }
}

/// One segment of a path, without what file systems or browsers refuse or what deceives the eye: control, bidirectional and
/// invisible characters, separators, dots and spaces at the end, tildes at either end, reserved names, endings that Windows
/// acts upon, too many bytes. Never empty, never a way up.
pub(super) fn safe_segment(segment: &str) -> String {
    match cleaned(segment) {
        name if name.is_empty() => "_".to_owned(),
        name => writable(not_reserved(name)),
    }
}

/// `name` with a number, before its ending: for the second file of one name.
pub(super) fn numbered(name: &str, number: usize) -> String {
    let (stem, ending) = split_ending(name);
    format!("{stem} ({number}){ending}")
}

/// Name and ending; the ending begins with its dot, or is empty.
fn split_ending(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= LONGEST_ENDING => name.split_at(at),
        _ => (name, ""),
    }
}

fn cleaned(segment: &str) -> String {
    let safe = |c: char| {
        if matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') {
            '_'
        } else {
            c
        }
    };
    let name: String = segment.nfc().filter(|c| !deceives(*c)).map(safe).collect();
    let end = |c: char| c == '.' || c.is_whitespace();
    let name = name.trim_start().trim_end_matches(end);
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = split_ending(name);
    let mut cut = LONGEST - ending.len();
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}{ending}", stem[..cut].trim_end_matches(end))
}

/// Control characters, those of Unicode's category Cf (format), which show as nothing or turn the text around, separators of
/// lines, and what is no character. File systems take them; Chromium does not write a file of such a name.
fn deceives(c: char) -> bool {
    let format = matches!(c, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}'
        | '\u{8e2}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'
        | '\u{e0020}'..='\u{e007f}');
    let no_character = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    c.is_control() || format || no_character || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The name, changed where Chromium would not write a file or folder of that name into a folder that a person picked: it
/// allows one dot before a first character that is none of `.`, `~` and space, no `~` at the end, none at all in names that
/// look like Windows' short ones, and no endings that Windows' shell acts upon.
/// <https://source.chromium.org/chromium/chromium/src/+/main:content/browser/file_system_access/>, `IsSafePathComponent`
fn writable(mut name: String) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let is_short = |part: &str, most| part.len() <= most && !part.contains(char::is_whitespace);
    if is_short(stem, 8) && is_short(ending, 3) {
        name = name.replace('~', "_");
    }
    let shown = name.strip_prefix('.').unwrap_or(&name);
    if shown.starts_with(|c: char| c == '.' || c == '~' || c.is_whitespace()) {
        name.insert(0, '_');
    }
    let ending = name
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_ascii_lowercase();
    let is_class = ending.starts_with('{') && ending.ends_with('}');
    if name.ends_with('~') || is_class || matches!(ending.as_str(), "lnk" | "scf" | "url") {
        name.push('_');
    }
    name
}

/// Names that Windows keeps: for devices, whatever their ending, and for what its shell notes of a folder.
fn not_reserved(name: String) -> String {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let port = |prefix: &str| {
        let rest = stem.strip_prefix(prefix).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(rest.as_deref(), Some(['1'..='9' | '¹' | '²' | '³']))
    };
    let device = matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$" | "CLOCK$"
    );
    let of_shell = matches!(name.to_ascii_lowercase().as_str(), "desktop.ini" | "thumbs.db");
    if device || of_shell || port("COM") || port("LPT") {
        return format!("_{name}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_normal_form_c() {
        assert_eq!(object_key("runs/", "cafe\u{301}/a b+c.txt"), "runs/café/a b+c.txt");
        assert_eq!(object_key("", "/か\u{3099}"), "が");
        assert_eq!(object_key("", "🔑 (1).txt"), "🔑 (1).txt");
    }

    #[test]
    fn saved_names_are_safe() {
        for (key, expected) in [
            ("a/b/data.csv", "data.csv"),
            ("folder/", "folder"),
            ("x/..", "object"),
            ("evil\u{202e}gpj.exe", "evilgpj.exe"),
            ("c:\\temp\\x", "c__temp_x"),
            ("aux.txt", "_aux.txt"),
            ("COM1", "_COM1"),
            ("company.txt", "company.txt"),
            (".profile", "profile"),
            (".con", "_con"),
            ("a\0b\n", "ab"),
            ("実験 α.bin", "実験 α.bin"),
        ] {
            assert_eq!(file_name(key), expected, "{key:?}");
        }
    }

    #[test]
    fn segments_are_safe_and_keep_what_they_can() {
        for (segment, expected) in [
            ("..", "_"),
            (".", "_"),
            ("...", "_"),
            (" .. ", "_"),
            ("", "_"),
            ("\u{202e}\u{feff}", "_"),
            (".gitignore", ".gitignore"),
            ("..hidden", "_..hidden"),
            ("..\\..\\boot.ini", "_.._.._boot.ini"),
            ("\u{a0}name\u{3000}.\u{2003}", "name"),
            ("name. . ", "name"),
            ("nul", "_nul"),
            ("NUL .txt", "_NUL .txt"),
            ("lpt²", "_lpt²"),
            ("com0", "com0"),
            ("COM10.log", "COM10.log"),
            ("cafe\u{301}", "café"),
            ("a|b?c*d", "a_b_c_d"),
            ("co\u{ad}n", "_con"),
        ] {
            assert_eq!(safe_segment(segment), expected, "{segment:?}");
        }
    }

    #[test]
    fn what_chromium_would_not_write_gets_another_name() {
        for (segment, expected) in [
            ("~old folder", "_~old folder"),
            ("settings.conf~", "settings.conf~_"),
            (".~lock.report.odt#", "_.~lock.report.odt#"),
            (". x", "_. x"),
            ("a ~ b, still long", "a ~ b, still long"),
            ("PROGRA~1", "PROGRA_1"),
            ("~old", "_old"),
            ("ab~1.TXT", "ab_1.TXT"),
            ("👩\u{200d}💻.txt", "👩💻.txt"),
            ("می\u{200c}خواهم.txt", "میخواهم.txt"),
            ("\u{fdd0}\u{1ffff}x\u{e0041}", "x"),
            ("shortcut.lnk", "shortcut.lnk_"),
            ("Site.URL", "Site.URL_"),
            (".scf", ".scf_"),
            (
                "x.{645FF040-5081-101B-9F08-00AA002F954E}",
                "x.{645FF040-5081-101B-9F08-00AA002F954E}_",
            ),
            ("curl", "curl"),
            ("Thumbs.db", "_Thumbs.db"),
        ] {
            assert_eq!(safe_segment(segment), expected, "{segment:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters_and_keep_their_ending() {
        let name = safe_segment(&format!("{}.csv", "験".repeat(200)));
        assert!(name.len() <= LONGEST && name.ends_with("験.csv"), "{name}");
        assert_eq!(safe_segment(&"x".repeat(999)).len(), LONGEST);
    }

    #[test]
    fn numbers_go_before_the_ending() {
        assert_eq!(numbered("a.tar", 2), "a (2).tar");
        assert_eq!(numbered(".profile", 3), ".profile (3)");
        assert_eq!(numbered("plain", 2), "plain (2)");
    }
}
