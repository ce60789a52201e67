//! PEM text (RFC 7468) around DER, read leniently: any line length, anything before and after the block.

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// The first block of `text` whose label `wanted` accepts: its label and its DER bytes. `None` when there is none or
/// its base64 is broken. Allocates no more than the text is long.
pub(crate) fn read(text: &str, wanted: impl Fn(&str) -> bool) -> Option<(&str, Zeroizing<Vec<u8>>)> {
    let mut rest = text;
    loop {
        let (_, after) = rest.split_once("-----BEGIN ")?;
        let (label, after) = after.split_once("-----")?;
        if !wanted(label) {
            rest = after;
            continue;
        }
        let end = after.find(&format!("-----END {label}-----"))?;
        let mut compact = Zeroizing::new(String::with_capacity(end));
        compact.extend(after[..end].chars().filter(|c| !c.is_ascii_whitespace()));
        let mut der = Zeroizing::new(vec![0; compact.len() / 4 * 3]);
        let length = STANDARD.decode_slice(compact.as_bytes(), &mut der).ok()?;
        der.truncate(length);
        return Some((label, der));
    }
}

/// A PEM block with lines of 64 characters.
pub(crate) fn write(label: &str, der: &[u8]) -> Zeroizing<String> {
    let mut base64 = Zeroizing::new(vec![0; der.len().div_ceil(3) * 4]);
    let length = STANDARD
        .encode_slice(der, &mut base64)
        .expect("four characters for three bytes");
    let mut text = Zeroizing::new(String::with_capacity(length + length / 64 + 2 * label.len() + 40));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    for line in base64[..length].chunks(64) {
        text.push_str(std::str::from_utf8(line).expect("base64 is ASCII"));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(der in prop::collection::vec(any::<u8>(), 0..300)) {
            let text = write("PUBLIC KEY", &der);
            prop_assert!(text.lines().all(|line| line.len() <= 64));
            let (label, read) = read(&text, |label| label == "PUBLIC KEY").unwrap();
            prop_assert_eq!((label, &read[..]), ("PUBLIC KEY", &der[..]));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(-----BEGIN |-----|-----END |A| |\n|[ -~]|é){0,40}") {
            if let Some((_, der)) = read(&text, |_| true) {
                prop_assert!(der.len() <= text.len());
            }
        }
    }

    #[test]
    fn other_blocks_are_passed_over() {
        let text = format!(
            "junk\r\n{}{}",
            *write("CERTIFICATE", b"no"),
            *write("PUBLIC KEY", b"yes")
        );
        let (_, der) = read(&text.replace('\n', "\r\n"), |label| label == "PUBLIC KEY")
            .map(|(l, d)| (l.len(), d))
            .unwrap();
        assert_eq!(&der[..], b"yes");
        assert!(read("-----BEGIN PUBLIC KEY-----\nAAAA", |_| true).is_none());
    }
}
