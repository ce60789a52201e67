//! Names: from files to object keys, and back to names that any computer can save.

use unicode_normalization::UnicodeNormalization;

/// The object key of a file: prefix and relative path, in Unicode normal form C, so that the same name typed on any
/// system is the same key (macOS hands out form D).
pub(super) fn object_key(prefix: &str, path: &str) -> String {
    let path: String = path.nfc().collect();
    format!("{prefix}{}", path.trim_start_matches('/'))
}

/// A name to save the object under: its last segment, without what file systems refuse or what deceives the eye
/// (control and bidirectional characters, separators, leading dots, reserved names).
pub(super) fn file_name(key: &str) -> String {
    let last = key.rsplit('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let deceives = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let safe = |c: char| {
        if matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') {
            '_'
        } else {
            c
        }
    };
    let name: String = last.chars().filter(|c| !deceives(*c)).map(safe).collect();
    let name = name.trim_matches([' ', '.']);
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let reserved = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || ["COM", "LPT"]
            .iter()
            .any(|port| stem.strip_prefix(port).is_some_and(|n| n.len() == 1 && n != "0"));
    match name {
        "" => "object".to_owned(),
        name if reserved => format!("_{name}"),
        name => name.to_owned(),
    }
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
            ("a\0b\n", "ab"),
            ("実験 α.bin", "実験 α.bin"),
        ] {
            assert_eq!(file_name(key), expected, "{key:?}");
        }
    }
}
