//! Writing into a folder that the person picked (File System Access; Chromium).

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemWritableFileStream,
};

use super::error::BrowserError;
use super::files::FileHandle;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = showDirectoryPicker)]
    fn show_directory_picker(options: &JsValue) -> Result<Promise, JsValue>;
}

/// Whether the person can be asked for a folder.
pub fn can_pick() -> bool {
    Reflect::has(&js_sys::global(), &"showDirectoryPicker".into()).unwrap_or(false)
}

/// Asks the person for a folder; `None` if they cancelled. Must be called while handling a click.
///
/// # Errors
/// If the browser has no such dialog, or refuses it.
pub async fn pick() -> Result<Option<Folder>, BrowserError> {
    if !can_pick() {
        return Err(BrowserError::missing("dialog for choosing a folder"));
    }
    let options = Object::new();
    Reflect::set(&options, &"mode".into(), &"readwrite".into())?;
    Reflect::set(&options, &"id".into(), &"downloads".into())?;
    match JsFuture::from(show_directory_picker(&options)?)
        .await
        .map_err(BrowserError::from)
    {
        Ok(picked) => Ok(Some(Folder(picked.unchecked_into()))),
        Err(error) if error.is_cancelled() => Ok(None),
        Err(error) => Err(error),
    }
}

/// A folder of this computer.
#[derive(Clone, Debug)]
pub struct Folder(FileSystemDirectoryHandle);

impl Folder {
    /// Whether there is a file or folder of that name in it.
    ///
    /// # Errors
    /// If the browser refuses the name, or to look.
    pub async fn has(&self, name: &str) -> Result<bool, BrowserError> {
        match self.open(name, false).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            // A file.
            Err(error) if error.name == "TypeMismatchError" => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// The folder of that name in it, made if need be.
    ///
    /// # Errors
    /// If there is a file of that name, or the browser refuses.
    pub async fn create(&self, name: &str) -> Result<Folder, BrowserError> {
        self.open(name, true).await
    }

    async fn open(&self, name: &str, create: bool) -> Result<Folder, BrowserError> {
        let options = FileSystemGetDirectoryOptions::new();
        options.set_create(create);
        let opening = self.0.get_directory_handle_with_options(name, &options);
        Ok(Folder(JsFuture::from(opening).await?.unchecked_into()))
    }

    /// Writes a file of that name, which replaces one that is there. It appears when it is whole.
    ///
    /// # Errors
    /// [`BrowserError::is_no_space`] if the disk is full; a `TypeError` if the browser refuses the name.
    pub async fn write(&self, name: &str, content: &FileHandle) -> Result<(), BrowserError> {
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let opening = self.0.get_file_handle_with_options(name, &options);
        let file: FileSystemFileHandle = JsFuture::from(opening).await?.unchecked_into();
        let stream: FileSystemWritableFileStream = JsFuture::from(file.create_writable()).await?.unchecked_into();
        let writing = async {
            JsFuture::from(stream.write_with_blob(content.as_blob())?).await?;
            JsFuture::from(stream.close()).await
        };
        if let Err(error) = writing.await {
            // The empty file that marks the place goes too; what cannot be removed stays empty.
            let _ = JsFuture::from(self.0.remove_entry(name)).await;
            return Err(error.into());
        }
        Ok(())
    }
}
