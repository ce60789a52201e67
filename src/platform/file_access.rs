//! Handles on the person's files that outlive the page (File System Access). Where the browser has none, files are
//! picked again.

use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{DataTransferItem, FileSystemDirectoryHandle, FileSystemFileHandle};

use super::error::BrowserError;
use super::files::{FileHandle, PickedFile};

/// Where a picked file came from: enough to get its handle when one is wanted, which for most files is never.
#[derive(Clone, Debug)]
pub struct FileOrigin(Rc<Origin>);

#[derive(Debug)]
struct Origin {
    /// Ends in the handle of what was dropped or picked, or in `null`.
    root: Promise,
    /// Below a dropped folder: the names on the way to the file.
    path: Vec<String>,
}

/// What was dropped: a file, or a folder with many.
#[derive(Clone, Debug)]
pub(super) struct DroppedRoot(Promise);

impl DroppedRoot {
    /// Call it inside the drop event. `None` where the browser has no handles.
    pub(super) fn of_item(item: &DataTransferItem) -> Option<DroppedRoot> {
        let ask: Function = Reflect::get(item, &"getAsFileSystemHandle".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let asked: Promise = Reflect::apply(&ask, item, &Array::new()).ok()?.dyn_into().ok()?;
        // That there is no handle is an answer, and no unhandled rejection.
        Some(DroppedRoot(future_to_promise(async move {
            Ok(JsFuture::from(asked).await.unwrap_or(JsValue::NULL))
        })))
    }

    /// The file at this path, whose first name is the root's own.
    pub(super) fn at(&self, path: &str) -> FileOrigin {
        let path = path.split('/').skip(1).map(str::to_owned).collect();
        let root = self.0.clone();
        FileOrigin(Rc::new(Origin { root, path }))
    }
}

impl FileOrigin {
    fn of_handle(handle: &FileSystemFileHandle) -> FileOrigin {
        let (root, path) = (Promise::resolve(handle.as_ref() as &JsValue), Vec::new());
        FileOrigin(Rc::new(Origin { root, path }))
    }

    /// The handle, if the browser gives it.
    pub async fn handle(&self) -> Option<KeptFile> {
        let mut found = JsFuture::from(self.0.root.clone()).await.ok()?;
        let mut names = self.0.path.iter().peekable();
        while let Some(name) = names.next() {
            let folder: FileSystemDirectoryHandle = found.dyn_into().ok()?;
            let step = match names.peek() {
                Some(_) => folder.get_directory_handle(name),
                None => folder.get_file_handle(name),
            };
            found = JsFuture::from(step).await.ok()?;
        }
        KeptFile::from_js(found)
    }
}

/// A handle on a file, which the browser can keep beyond the page. It is no permission: that is asked for anew.
#[derive(Clone, Debug)]
pub struct KeptFile(FileSystemFileHandle);

impl KeptFile {
    /// Takes a handle; `None` if it is none of a file.
    pub(super) fn from_js(value: JsValue) -> Option<KeptFile> {
        value.dyn_into().ok().map(KeptFile)
    }

    pub(super) fn as_js(&self) -> &JsValue {
        &self.0
    }

    /// Asks the person's permission, if the browser wants one, and opens the file. `None` if they said no. Call it while
    /// handling a click.
    ///
    /// # Errors
    /// If the file is not there any more, or the browser does not let it be read.
    pub fn open(&self) -> impl Future<Output = Result<Option<FileHandle>, BrowserError>> + use<> {
        let (handle, asking) = (self.0.clone(), self.ask());
        async move {
            if let Some(asking) = asking?
                && JsFuture::from(asking).await?.as_string().as_deref() != Some("granted")
            {
                return Ok(None);
            }
            let origin = FileOrigin::of_handle(&handle);
            let file = JsFuture::from(handle.get_file()).await?;
            let file = FileHandle::from_js(file).ok_or_else(|| BrowserError::missing("file behind this handle"))?;
            Ok(Some(file.with_origin(origin)))
        }
    }

    /// Browsers without `requestPermission` give only handles that may be read.
    fn ask(&self) -> Result<Option<Promise>, BrowserError> {
        let Some(request) = Reflect::get(&self.0, &"requestPermission".into())
            .ok()
            .and_then(|request| request.dyn_into::<Function>().ok())
        else {
            return Ok(None);
        };
        let mode = Object::new();
        Reflect::set(&mode, &"mode".into(), &"read".into())?;
        let asked = Reflect::apply(&request, &self.0, &Array::of1(&mode))?;
        Ok(asked.dyn_into().ok())
    }
}

/// Whether files are better asked for by [`pick`] than by an input element: only there do they come with handles. A
/// browser that is driven by automation can answer an input element's dialog, but not this one.
pub fn can_pick() -> bool {
    let global = js_sys::global();
    let driven = Reflect::get(&global, &"navigator".into())
        .and_then(|navigator| Reflect::get(&navigator, &"webdriver".into()))
        .is_ok_and(|driven| driven.is_truthy());
    !driven && Reflect::has(&global, &"showOpenFilePicker".into()).unwrap_or(false)
}

/// Asks the person for files; none if they cancelled. Call it while handling a click, where [`can_pick`] says so.
///
/// # Errors
/// If the browser has no such dialog, or does not show it here.
pub async fn pick() -> Result<Vec<PickedFile>, BrowserError> {
    let global = js_sys::global();
    let show: Function = Reflect::get(&global, &"showOpenFilePicker".into())?
        .dyn_into()
        .map_err(|_| BrowserError::missing("dialog for choosing files"))?;
    let options = Object::new();
    Reflect::set(&options, &"multiple".into(), &JsValue::TRUE)?;
    let asked: Promise = Reflect::apply(&show, &global, &Array::of1(&options))?.unchecked_into();
    let picked = match JsFuture::from(asked).await.map_err(BrowserError::from) {
        Ok(picked) => picked,
        Err(error) if error.is_cancelled() => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for handle in Array::from(&picked).iter() {
        let handle: FileSystemFileHandle = handle.unchecked_into();
        let file = JsFuture::from(handle.get_file()).await?.unchecked_into();
        files.push(PickedFile::with_origin(
            file,
            handle.name(),
            FileOrigin::of_handle(&handle),
        ));
    }
    Ok(files)
}
