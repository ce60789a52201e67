//! Bytes under an address of their own, for elements of the page.

use js_sys::{Array, Uint8Array};
use web_sys::{Blob, BlobPropertyBag, Url};

use super::error::BrowserError;

/// A `blob:` address, good as long as this lives.
#[derive(Debug)]
pub struct ObjectUrl(String);

impl ObjectUrl {
    /// Gives the bytes to the browser as that media type.
    ///
    /// # Errors
    /// If the browser cannot keep them.
    pub fn new(bytes: &[u8], media_type: &str) -> Result<ObjectUrl, BrowserError> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        // Copied: a view of wasm memory must not outlive this call.
        let parts = Array::of1(&Uint8Array::from(bytes));
        let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
        Ok(ObjectUrl(Url::create_object_url_with_blob(&blob)?))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        // A URL that is gone is what we want.
        let _ = Url::revoke_object_url(&self.0);
    }
}
