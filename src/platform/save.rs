//! Handing files to the person.

use std::cell::Cell;
use std::time::Duration;

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
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

/// Asks the person where to save; `None` if they cancelled. Must be called while handling a click. The browser makes the
/// file at once, or empties the one that was there.
///
/// # Errors
/// If the browser has no such dialog, or refuses it.
pub async fn pick_save_target(name: &str) -> Result<Option<SaveTarget>, BrowserError> {
    if !can_pick_save_target() {
        return Err(BrowserError::missing("dialog for choosing where to save"));
    }
    let options = Object::new();
    Reflect::set(&options, &"suggestedName".into(), &name.into())?;
    match JsFuture::from(show_save_file_picker(&options)?)
        .await
        .map_err(BrowserError::from)
    {
        Ok(picked) => Ok(Some(SaveTarget {
            file: picked.unchecked_into(),
            saved: Cell::new(false),
        })),
        Err(error) if error.is_cancelled() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A place the person picked. Dropped without anything saved there, it takes the empty file along that marks it.
#[derive(Debug)]
pub struct SaveTarget {
    file: FileSystemFileHandle,
    saved: Cell<bool>,
}

impl SaveTarget {
    /// Writes this file there, such as a private file that has been checked. It appears when it is whole; what was there,
    /// from an earlier time, stays until then.
    ///
    /// # Errors
    /// [`BrowserError::is_no_space`] if the disk is full. Nothing appears then.
    pub async fn save(&self, content: &FileHandle) -> Result<(), BrowserError> {
        let stream: FileSystemWritableFileStream = JsFuture::from(self.file.create_writable()).await?.unchecked_into();
        let writing = async {
            JsFuture::from(stream.write_with_blob(content.as_blob())?).await?;
            JsFuture::from(stream.close()).await
        };
        if let Err(error) = writing.await {
            // A stream that has failed already leaves nothing behind either.
            let _ = JsFuture::from(stream.abort()).await;
            return Err(error.into());
        }
        self.saved.set(true);
        Ok(())
    }

    /// Nothing is saved there for now: removes the empty file, if it is one and the browser can do that. Saving makes it anew.
    pub async fn clear(&self) {
        if !self.saved.get() {
            // A file that stays is empty.
            let _ = remove_if_empty(&self.file).await;
        }
    }
}

impl Drop for SaveTarget {
    fn drop(&mut self) {
        if !self.saved.get() {
            let file = self.file.clone();
            spawn_local(async move {
                let _ = remove_if_empty(&file).await;
            });
        }
    }
}

async fn remove_if_empty(file: &FileSystemFileHandle) -> Result<(), JsValue> {
    let content: Blob = JsFuture::from(file.get_file()).await?.unchecked_into();
    if content.size() == 0.0 {
        // Chromium has it, and web-sys does not.
        let remove: Function = Reflect::get(file, &"remove".into())?.dyn_into()?;
        let removed: Promise = remove.call0(file)?.dyn_into()?;
        JsFuture::from(removed).await?;
    }
    Ok(())
}
