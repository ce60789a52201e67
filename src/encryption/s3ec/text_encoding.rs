//! Undoes what S3 does to metadata that is not US-ASCII: it takes the UTF-8 bytes for Latin-1 characters and hands the
//! result out as RFC 2047 encoded words ("double encoding").
//!
//! Source: amazon-s3-encryption-client-java, `ContentMetadataDecodingStrategy`.

use base64::{Engine, engine::general_purpose::STANDARD};

/// The text that was stored. Text that was not encoded comes back as it is.
pub(super) fn undo(value: &str) -> String {
    let words = decode_words(value);
    latin1_as_utf8(&words).unwrap_or(words)
}

/// Reads UTF-8 out of text whose characters are bytes; `None` when they are no bytes or no UTF-8.
fn latin1_as_utf8(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    String::from_utf8(bytes?).ok()
}

/// Decodes RFC 2047 encoded words; white space between two of them is no text.
fn decode_words(value: &str) -> String {
    let (mut text, mut rest, mut after_word) = (String::new(), value, false);
    while let Some(start) = rest.find("=?") {
        let before = &rest[..start];
        let Some((decoded, after)) = decode_word(&rest[start..]) else {
            text.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            after_word = false;
            continue;
        };
        if !(after_word && before.trim().is_empty()) {
            text.push_str(before);
        }
        text.push_str(&decoded);
        rest = after;
        after_word = true;
    }
    text + rest
}

/// `=?charset?encoding?text?=` at the start, and what follows it.
fn decode_word(value: &str) -> Option<(String, &str)> {
    let (charset, rest) = value.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (encoded, rest) = rest.split_once("?=")?;
    let bytes = match encoding {
        "B" | "b" => STANDARD.decode(encoded).ok()?,
        "Q" | "q" => decode_q(encoded)?,
        _ => return None,
    };
    let text = match charset.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok()?,
        "iso-8859-1" => bytes.into_iter().map(char::from).collect(),
        "us-ascii" => String::from_utf8(bytes).ok().filter(|text| text.is_ascii())?,
        _ => return None,
    };
    Some((text, rest))
}

fn decode_q(encoded: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => b' ',
            b'=' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            other => other,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_and_double_encoded_text_come_out_as_stored() {
        let stored = r#"{"実験":"é"}"#;
        let latin1: String = stored.bytes().map(char::from).collect();
        let word = format!("=?UTF-8?B?{}?=", STANDARD.encode(&latin1));
        let q: String = latin1.bytes().map(|byte| format!("={byte:02X}")).collect();
        let two = format!(
            "=?utf-8?Q?{}?=\r\n =?UTF-8?b?{}?=",
            &q[..6],
            STANDARD.encode(&latin1[2..])
        );
        for value in [stored, &latin1, &word, &format!("=?UTF-8?Q?{q}?="), &two] {
            assert_eq!(undo(value), stored, "{value}");
        }
        for value in [
            "{}",
            r#"{"a":"=?x?="}"#,
            "=?UTF-8?B?!?=",
            "=?utf-7?Q?a?=",
            "=?",
            "caf\u{e9}",
        ] {
            assert_eq!(undo(value), value);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_undone_without_growing_out_of_bounds(value in "(=\\?|\\?=|UTF-8|\\?[BQ]\\?|=[0-9A-F]{2}|\\PC){0,30}") {
            prop_assert!(undo(&value).len() <= 2 * value.len());
        }
    }
}
