//! Text from bytes in the encodings that browsers know.

use web_sys::{TextDecodeOptions, TextDecoder};

use super::error::BrowserError;

/// Decodes text; what fits nowhere becomes U+FFFD. A mark of byte order is left out. Unless the bytes are the `whole` text,
/// a character cut at their end is left out, too.
///
/// # Errors
/// If the browser does not know the encoding.
pub fn text(encoding: &str, bytes: &[u8], whole: bool) -> Result<String, BrowserError> {
    let decoder = TextDecoder::new_with_label(encoding)?;
    let options = TextDecodeOptions::new();
    options.set_stream(!whole);
    Ok(decoder.decode_with_u8_array_and_options(bytes, &options)?)
}
