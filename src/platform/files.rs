//! Files that a person picked or dropped.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use futures::future::join_all;
use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemEntry, FileSystemFileEntry};

use super::clock;
use super::error::BrowserError;
use super::file_access::{DroppedRoot, FileOrigin};

/// A file or a slice of one. Cloning and slicing read nothing.
#[derive(Clone, Debug)]
pub struct FileHandle {
    blob: Blob,
    origin: Option<FileOrigin>,
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It is larger than the caller wanted to read.
    TooLarge {
        /// Its size in bytes.
        size: u64,
    },
    /// Moved, deleted, changed since it was picked, or not permitted.
    Unreadable(BrowserError),
}

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ReadError::TooLarge { size } => write!(f, "the file has {size} bytes, which is too many here"),
            ReadError::Unreadable(error) => write!(f, "the file cannot be read ({error})"),
        }
    }
}

impl std::error::Error for ReadError {}

impl FileHandle {
    /// A handle on these bytes, kept by the browser.
    ///
    /// # Errors
    /// If the browser cannot keep them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BrowserError> {
        // The parts are one array, made by copying: a view of wasm memory must not outlive this call.
        let parts = js_sys::Array::of1(&Uint8Array::from(bytes));
        let blob = Blob::new_with_u8_array_sequence(&parts)?;
        Ok(FileHandle { blob, origin: None })
    }

    /// One after the other, without copying.
    ///
    /// # Errors
    /// If the browser has no memory for it.
    pub fn concat(parts: &[FileHandle]) -> Result<Self, BrowserError> {
        let list: js_sys::Array = parts.iter().map(|part| JsValue::from(part.blob.clone())).collect();
        let blob = Blob::new_with_blob_sequence(&list)?;
        Ok(FileHandle { blob, origin: None })
    }

    /// Takes a `File` or `Blob`, such as one posted to a worker; `None` if it is neither.
    pub fn from_js(value: JsValue) -> Option<Self> {
        let blob: Blob = value.dyn_into().ok()?;
        Some(FileHandle { blob, origin: None })
    }

    /// The `File` or `Blob`, to be posted to a worker: only the handle travels.
    pub fn as_js(&self) -> &JsValue {
        &self.blob
    }

    pub(super) fn as_blob(&self) -> &Blob {
        &self.blob
    }

    /// Bytes `start..end`; what is beyond the end is left out.
    pub fn slice(&self, start: u64, end: u64) -> FileHandle {
        let blob = self
            .blob
            .slice_with_f64_and_f64(start as f64, end as f64)
            .expect("slicing reads nothing and takes any numbers");
        FileHandle { blob, origin: None }
    }

    /// Where the whole file came from, if the browser lets it be opened again later.
    pub fn origin(&self) -> Option<&FileOrigin> {
        self.origin.as_ref()
    }

    pub(super) fn with_origin(mut self, origin: FileOrigin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        self.blob.size() as u64
    }

    /// Milliseconds since 1970; 0 for slices and for what never was a file. The browser may look at the disk for it, and holds
    /// the page up meanwhile: not to be asked of ten thousand files.
    pub fn last_modified(&self) -> f64 {
        self.blob.dyn_ref::<File>().map_or(0.0, File::last_modified)
    }

    /// Reads all of it into wasm memory: for key files and the like.
    ///
    /// # Errors
    /// If it is larger than `max` bytes or cannot be read.
    pub async fn read_small(&self, max: usize) -> Result<Vec<u8>, ReadError> {
        let size = self.size();
        if size > max as u64 {
            return Err(ReadError::TooLarge { size });
        }
        let buffer = JsFuture::from(self.blob.array_buffer())
            .await
            .map_err(|thrown| ReadError::Unreadable(thrown.into()))?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }
}

/// A picked or dropped file.
#[derive(Clone, Debug)]
pub struct PickedFile {
    /// Relative to what was picked, `/`-separated, in the form the file system gave (macOS: often NFD).
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// The file itself.
    pub handle: FileHandle,
}

impl PickedFile {
    fn new(file: File, path: String) -> Self {
        let handle = FileHandle {
            blob: file.into(),
            origin: None,
        };
        PickedFile {
            path,
            size: handle.size(),
            handle,
        }
    }

    pub(super) fn with_origin(file: File, path: String, origin: FileOrigin) -> Self {
        let mut picked = PickedFile::new(file, path);
        picked.handle.origin = Some(origin);
        picked
    }
}

fn path_in_list(file: &File) -> String {
    let relative = js_sys::Reflect::get(file, &"webkitRelativePath".into())
        .ok()
        .and_then(|path| path.as_string());
    relative.filter(|path| !path.is_empty()).unwrap_or_else(|| file.name())
}

/// The files of an `<input type=file>`; with `webkitdirectory`, their paths begin with the picked folder's name.
pub fn from_file_list(list: &FileList) -> Vec<PickedFile> {
    (0..list.length())
        .filter_map(|index| list.get(index))
        .map(|file| {
            let path = path_in_list(&file);
            PickedFile::new(file, path)
        })
        .collect()
}

/// How long files are looked at in one go, milliseconds. Chromium asks the file system for the size of each, and stands
/// still meanwhile: a millisecond for every file where the computer is busy.
const ONE_GO_MS: f64 = 8.0;

/// The same for any number of files, without holding the page up. The list is read at once, as the input is emptied
/// before its files have been looked at.
pub fn collect(list: &FileList) -> impl Future<Output = Vec<PickedFile>> + use<> {
    let files: Vec<File> = js_sys::Array::from(list).iter().map(JsCast::unchecked_into).collect();
    async move {
        let mut picked = Vec::with_capacity(files.len());
        let mut since = clock::monotonic_ms();
        for file in files {
            if clock::monotonic_ms() - since > ONE_GO_MS {
                clock::sleep(Duration::ZERO).await;
                since = clock::monotonic_ms();
            }
            let path = path_in_list(&file);
            picked.push(PickedFile::new(file, path));
        }
        picked
    }
}

/// What came out of a drop.
#[derive(Clone, Debug, Default)]
pub struct Dropped {
    /// All files, of all folders.
    pub files: Vec<PickedFile>,
    /// Paths of files and folders that could not be read.
    pub unreadable: Vec<String>,
}

/// Collects what was dropped. Call it inside the drop event: the browser forgets the items when the event is over.
/// The returned future then walks the folders, depth first, and does not hold on to the event.
pub fn from_drop(transfer: &DataTransfer) -> impl Future<Output = Dropped> + use<> {
    let mut dropped = Dropped::default();
    let mut entries = Vec::new();
    // By name: paths begin with it. Two of one name cannot be told apart, and are without.
    let mut roots: HashMap<String, Option<DroppedRoot>> = HashMap::new();
    let items = transfer.items();
    for item in (0..items.length())
        .filter_map(|index| items.get(index))
        .filter(|item| item.kind() == "file")
    {
        // Dropped text and links are not files; a file without an entry (an image dragged out of a page) still is one.
        match item.webkit_get_as_entry() {
            Ok(Some(entry)) => {
                let root = DroppedRoot::of_item(&item);
                roots
                    .entry(entry.name())
                    .and_modify(|other| *other = None)
                    .or_insert(root);
                entries.push(entry);
            }
            _ => {
                if let Ok(Some(file)) = item.get_as_file() {
                    let name = file.name();
                    dropped.files.push(PickedFile::new(file, name));
                }
            }
        }
    }
    async move {
        let walked = walk(entries).await;
        dropped.files.extend(walked.files);
        dropped.unreadable.extend(walked.unreadable);
        for file in &mut dropped.files {
            let name = file.path.split('/').next().unwrap_or_default();
            let root = roots.get(name).and_then(Option::as_ref);
            file.handle.origin = root.map(|root| root.at(&file.path));
        }
        dropped
    }
}

/// Walks entries of the File and Directory Entries API, depth first.
pub async fn walk(entries: Vec<FileSystemEntry>) -> Dropped {
    let mut dropped = Dropped::default();
    let mut folders = Vec::new();
    take_in(entries, &mut dropped, &mut folders).await;
    // The last one is walked first.
    folders.reverse();
    while let Some(folder) = folders.pop() {
        let reader = folder.create_reader();
        let mut below = Vec::new();
        // One call gives at most about a hundred entries; only an empty answer is the end. Every call is answered by
        // a task of its own, so the page stays alive between them.
        loop {
            let batch = answer_of(|found, failed| reader.read_entries_with_callback_and_callback(found, failed)).await;
            let Ok(batch) = batch else {
                dropped.unreadable.push(path_of(&folder));
                break;
            };
            let batch: Vec<FileSystemEntry> = js_sys::Array::from(&batch).iter().map(JsCast::unchecked_into).collect();
            if batch.is_empty() {
                break;
            }
            take_in(batch, &mut dropped, &mut below).await;
        }
        folders.extend(below.into_iter().rev());
    }
    dropped
}

/// Opens the files among `entries`, all at once, and puts the folders aside.
async fn take_in(entries: Vec<FileSystemEntry>, dropped: &mut Dropped, folders: &mut Vec<FileSystemDirectoryEntry>) {
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_directory() {
            folders.push(entry.unchecked_into());
        } else {
            files.push(open(entry.unchecked_into()));
        }
    }
    for opened in join_all(files).await {
        match opened {
            Ok(file) => dropped.files.push(file),
            Err(path) => dropped.unreadable.push(path),
        }
    }
}

/// The file, or its path if it cannot be opened.
async fn open(entry: FileSystemFileEntry) -> Result<PickedFile, String> {
    let path = path_of(&entry);
    let file = answer_of(|found, failed| {
        entry.file_with_callback_and_callback(found, failed);
        Ok(())
    })
    .await;
    match file.map(JsCast::dyn_into::<File>) {
        Ok(Ok(file)) => Ok(PickedFile::new(file, path)),
        _ => Err(path),
    }
}

/// `fullPath` begins with a slash that says nothing.
fn path_of(entry: &FileSystemEntry) -> String {
    let path = entry.full_path();
    path.strip_prefix('/').map(str::to_owned).unwrap_or(path)
}

/// Awaits an API of the age before promises: one callback for the answer, one for the error.
async fn answer_of(call: impl FnOnce(&Function, &Function) -> Result<(), JsValue>) -> Result<JsValue, BrowserError> {
    let mut call = Some(call);
    let mut started = Ok(());
    let promise = Promise::new(&mut |resolve, reject| {
        if let Some(call) = call.take() {
            started = call(&resolve, &reject);
        }
    });
    started?;
    Ok(JsFuture::from(promise).await?)
}
