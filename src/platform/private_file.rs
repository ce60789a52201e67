//! Files in the origin's private file system: where a download waits until it has been checked.
//!
//! A worker writes through a synchronous handle (several times faster than the page could); the page then gets the
//! file and hands it to the person. All files are in one folder, so that leftovers can be swept.

use js_sys::{AsyncIterator, Function, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DedicatedWorkerGlobalScope, File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemReadWriteOptions, FileSystemSyncAccessHandle, StorageEstimate, StorageManager,
};

use super::clock;
use super::error::BrowserError;
use super::files::FileHandle;

const FOLDER: &str = "sealdrop-downloads";

#[wasm_bindgen]
extern "C" {
    // The page and workers both have it; web-sys knows it only as a property of one or the other.
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = storage)]
    static STORAGE: Option<StorageManager>;

    #[wasm_bindgen(thread_local_v2, js_name = FileSystemFileHandle)]
    static FILE_HANDLE_CLASS: Option<Function>;
}

/// Whether this browser has a private file system. Private windows may still refuse it; [`PrivateFile::create`] tells.
pub fn is_available() -> bool {
    let has_directory = STORAGE.with(|storage| {
        storage
            .as_ref()
            .is_some_and(|storage| Reflect::has(storage, &"getDirectory".into()).unwrap_or(false))
    });
    has_directory && FILE_HANDLE_CLASS.with(Option::is_some)
}

/// Bytes used by this origin, and bytes it may use; `None` if the browser does not say.
pub async fn estimate() -> Option<(u64, u64)> {
    let asked = STORAGE
        .with(|storage| storage.as_ref().map(StorageManager::estimate))?
        .ok()?;
    let estimate: StorageEstimate = JsFuture::from(asked).await.ok()?.unchecked_into();
    Some((estimate.get_usage()? as u64, estimate.get_quota()? as u64))
}

/// Asks the browser for more room: Firefox asks the person and then gives half of the disk instead of 10 GiB. Whether it
/// was granted shows in [`estimate`].
pub async fn ask_for_more() {
    let asked = STORAGE.with(|storage| storage.as_ref().map(StorageManager::persist));
    if let Some(Ok(asked)) = asked {
        // Refused, or failed: then there is as much room as before.
        let _ = JsFuture::from(asked).await;
    }
}

/// The file of that name, to be handed to the person.
///
/// # Errors
/// If there is none, or the private file system is refused.
pub async fn get(name: &str) -> Result<FileHandle, BrowserError> {
    let file = file_of(&open(&folder().await?, name, false).await?).await?;
    FileHandle::from_js(file.into()).ok_or_else(|| BrowserError::missing("private files"))
}

/// An empty file of that name; one that is there stays as it is.
///
/// # Errors
/// If the private file system is refused, or full.
pub async fn touch(name: &str) -> Result<(), BrowserError> {
    open(&folder().await?, name, true).await.map(|_| ())
}

/// Names of all files.
///
/// # Errors
/// If the private file system is refused.
pub async fn names() -> Result<Vec<String>, BrowserError> {
    names_in(&folder().await?).await
}

/// Removes the file of that name. That it is not there any more is no error.
///
/// # Errors
/// If somebody holds it open, or the private file system is refused.
pub async fn remove(name: &str) -> Result<(), BrowserError> {
    match JsFuture::from(folder().await?.remove_entry(name))
        .await
        .map_err(BrowserError::from)
    {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

/// Removes what earlier sessions left: files whose names begin with `prefix` and that nobody has written to for
/// `idle_ms` milliseconds, unless `stays` says that the one of this name is still wanted. Files held open by another tab
/// stay. Gives the number removed.
///
/// A finished file that another tab is still handing to the person is not held open: that is what `idle_ms` is for.
///
/// # Errors
/// If the private file system is refused.
pub async fn sweep(prefix: &str, idle_ms: f64, stays: impl Fn(&str) -> bool) -> Result<usize, BrowserError> {
    let folder = folder().await?;
    let mut removed = 0;
    let is_left = |name: &&String| name.starts_with(prefix) && !stays(name);
    for name in names_in(&folder).await?.iter().filter(is_left) {
        // A file may go away, or be locked, between any two steps: then it is not ours to remove.
        let Ok(handle) = open(&folder, name, false).await else {
            continue;
        };
        let Ok(file) = file_of(&handle).await else { continue };
        if clock::now_ms() - file.last_modified() >= idle_ms && JsFuture::from(folder.remove_entry(name)).await.is_ok()
        {
            removed += 1;
        }
    }
    Ok(removed)
}

/// A private file being written, in a worker: only there do browsers have synchronous handles. It is held exclusively.
/// Dropping it closes the handle and keeps the file.
#[derive(Debug)]
pub struct PrivateFile {
    handle: FileSystemSyncAccessHandle,
}

impl PrivateFile {
    /// An empty file of that name, which replaces one that is there.
    ///
    /// # Errors
    /// If somebody holds it open, the private file system is refused, or this is not a worker.
    pub async fn create(name: &str) -> Result<Self, BrowserError> {
        let file = Self::take(name, true).await?;
        file.truncate(0)?;
        Ok(file)
    }

    /// The file of that name, with what is in it.
    ///
    /// # Errors
    /// [`BrowserError::is_not_found`] if there is none; else as [`PrivateFile::create`].
    pub async fn open(name: &str) -> Result<Self, BrowserError> {
        Self::take(name, false).await
    }

    async fn take(name: &str, create: bool) -> Result<Self, BrowserError> {
        if !js_sys::global().is_instance_of::<DedicatedWorkerGlobalScope>() {
            return Err(BrowserError::missing("synchronous file handles outside of workers"));
        }
        let file = open(&folder().await?, name, create).await?;
        if !Reflect::has(&file, &"createSyncAccessHandle".into())? {
            return Err(BrowserError::missing("synchronous file handles"));
        }
        let handle = JsFuture::from(file.create_sync_access_handle()).await?;
        Ok(PrivateFile {
            handle: handle.unchecked_into(),
        })
    }

    /// Writes all of `bytes` at `offset`.
    ///
    /// # Errors
    /// [`BrowserError::is_no_space`] if the disk or the quota is full; part of it may have been written.
    pub fn write_at(&self, offset: u64, bytes: &Uint8Array) -> Result<(), BrowserError> {
        let mut done = 0;
        while done < bytes.length() {
            let options = FileSystemReadWriteOptions::new();
            options.set_at(offset as f64 + f64::from(done));
            let rest = bytes.subarray(done, bytes.length());
            let written = self.handle.write_with_js_u8_array_and_options(&rest, &options)?;
            // In a private window a Chromium without space throws nothing: it gives an error's number, -8, as if it were an
            // unsigned length. More than there was cannot have been written.
            if written < 1.0 || written > f64::from(rest.length()) {
                return Err(BrowserError {
                    name: "QuotaExceededError".into(),
                    message: "nothing was written".into(),
                });
            }
            done += written as u32;
        }
        Ok(())
    }

    /// The same for bytes in wasm memory.
    ///
    /// # Errors
    /// As [`PrivateFile::write_at`].
    pub fn write_bytes_at(&self, offset: u64, bytes: &[u8]) -> Result<(), BrowserError> {
        self.write_at(offset, &Uint8Array::from(bytes))
    }

    /// Waits until everything is on disk.
    ///
    /// # Errors
    /// If the disk is full.
    pub fn flush(&self) -> Result<(), BrowserError> {
        Ok(self.handle.flush()?)
    }

    /// Bytes.
    ///
    /// # Errors
    /// If the browser cannot tell.
    pub fn size(&self) -> Result<u64, BrowserError> {
        Ok(self.handle.get_size()? as u64)
    }

    /// Cuts or extends it to `size` bytes.
    ///
    /// # Errors
    /// If the disk or the quota is full.
    pub fn truncate(&self, size: u64) -> Result<(), BrowserError> {
        Ok(self.handle.truncate_with_f64(size as f64)?)
    }

    /// Ends writing; the page can get the file now.
    ///
    /// # Errors
    /// If what was written could not be brought to disk.
    pub fn close(self) -> Result<(), BrowserError> {
        self.flush()
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        self.handle.close();
    }
}

async fn folder() -> Result<FileSystemDirectoryHandle, BrowserError> {
    if !is_available() {
        return Err(BrowserError::missing("private file system"));
    }
    let asked = STORAGE.with(|storage| storage.as_ref().map(StorageManager::get_directory));
    let asked = asked.ok_or_else(|| BrowserError::missing("private file system"))?;
    let root: FileSystemDirectoryHandle = JsFuture::from(asked).await?.unchecked_into();
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    Ok(JsFuture::from(root.get_directory_handle_with_options(FOLDER, &options))
        .await?
        .unchecked_into())
}

async fn open(
    folder: &FileSystemDirectoryHandle,
    name: &str,
    create: bool,
) -> Result<FileSystemFileHandle, BrowserError> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    Ok(JsFuture::from(folder.get_file_handle_with_options(name, &options))
        .await?
        .unchecked_into())
}

async fn file_of(handle: &FileSystemFileHandle) -> Result<File, BrowserError> {
    Ok(JsFuture::from(handle.get_file()).await?.unchecked_into())
}

async fn names_in(folder: &FileSystemDirectoryHandle) -> Result<Vec<String>, BrowserError> {
    let keys: AsyncIterator = folder.keys();
    let mut names = Vec::new();
    loop {
        let step = JsFuture::from(keys.next()?).await?;
        if Reflect::get(&step, &"done".into())?.is_truthy() {
            return Ok(names);
        }
        names.extend(Reflect::get(&step, &"value".into())?.as_string());
    }
}
