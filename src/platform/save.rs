//! Handing files to the person.

use std::time::Duration;

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, FileSystemFileHandle, FileSystemWritableFileStream, HtmlAnchorElement, Url};

use super::clock;
use super::error::BrowserError;
use super::files::FileHandle;
use super::page;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = showSaveFilePicker)]
    fn show_save_file_picker(options: &JsValue) -> Result<Promise, JsValue>;
}

/// The browser needs the URL only until the download has begun, and tells nobody when that is.
const URL_LIFE: Duration = Duration::from_secs(60);

/// Downloads the file under that name, as a click on a link would. A private file behind it must stay until the browser
/// has copied it, of which no event tells: leave removing it to a later sweep.
///
/// # Errors
/// If the browser makes no URL for it.
pub fn download_file(file: &FileHandle, name: &str) -> Result<(), BrowserError> {
    let url = Url::create_object_url_with_blob(file.as_blob())?;
    let link: HtmlAnchorElement = page::document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    // Not in the document: nothing there changes, and a click works all the same.
    link.click();
    spawn_local(async move {
        clock::sleep(URL_LIFE).await;
        // A URL that is gone is what we want.
        let _ = Url::revoke_object_url(&url);
    });
    Ok(())
}

/// Downloads these bytes under that name: key files and the like.
///
/// # Errors
/// If the browser cannot keep the bytes.
pub fn download_bytes(name: &str, media_type: &str, bytes: &[u8]) -> Result<(), BrowserError> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
    let handle = FileHandle::from_js(blob.into()).ok_or_else(|| BrowserError::missing("blobs"))?;
    download_file(&handle, name)
}

/// Whether the person can be asked where to save (File System Access).
pub fn can_pick_save_target() -> bool {
    Reflect::has(&js_sys::global(), &"showSaveFilePicker".into()).unwrap_or(false)
}

/// Asks the person where to save; `None` if they cancelled. Must be called while handling a click.
///
/// # Errors
/// If the browser has no such dialog, refuses it, or the file cannot be opened for writing.
pub async fn pick_save_target(name: &str) -> Result<Option<SaveTarget>, BrowserError> {
    if !can_pick_save_target() {
        return Err(BrowserError::missing("dialog for choosing where to save"));
    }
    let options = Object::new();
    Reflect::set(&options, &"suggestedName".into(), &name.into())?;
    let picked = match JsFuture::from(show_save_file_picker(&options)?)
        .await
        .map_err(BrowserError::from)
    {
        Ok(picked) => picked,
        Err(error) if error.is_cancelled() => return Ok(None),
        Err(error) => return Err(error),
    };
    let file: FileSystemFileHandle = picked.unchecked_into();
    let stream = JsFuture::from(file.create_writable()).await?.unchecked_into();
    Ok(Some(SaveTarget { stream, open: true }))
}

/// A place the person picked. What is written appears there only when it is closed; dropping it before leaves nothing.
#[derive(Debug)]
pub struct SaveTarget {
    stream: FileSystemWritableFileStream,
    open: bool,
}

impl SaveTarget {
    /// Appends these bytes. Keep them unchanged until it is done.
    ///
    /// # Errors
    /// [`BrowserError::is_no_space`] if the disk is full.
    pub async fn write(&self, bytes: &Uint8Array) -> Result<(), BrowserError> {
        JsFuture::from(self.stream.write_with_js_u8_array(bytes)?).await?;
        Ok(())
    }

    /// Appends a file, such as a private file that has been checked.
    ///
    /// # Errors
    /// As [`SaveTarget::write`].
    pub async fn write_file(&self, file: &FileHandle) -> Result<(), BrowserError> {
        JsFuture::from(self.stream.write_with_blob(file.as_blob())?).await?;
        Ok(())
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// If that fails; nothing appears then.
    pub async fn close(mut self) -> Result<(), BrowserError> {
        JsFuture::from(self.stream.close()).await?;
        self.open = false;
        Ok(())
    }

    /// Throws away what was written.
    ///
    /// # Errors
    /// If the browser cannot.
    pub async fn abort(mut self) -> Result<(), BrowserError> {
        self.open = false;
        JsFuture::from(self.stream.abort()).await?;
        Ok(())
    }
}

impl Drop for SaveTarget {
    fn drop(&mut self) {
        if self.open {
            let aborted = self.stream.abort();
            spawn_local(async move {
                // A stream that has failed already leaves nothing behind either.
                let _ = JsFuture::from(aborted).await;
            });
        }
    }
}
