//! The page itself: where it is, its address bar, its tab. Page only; workers have none.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Event, HtmlMetaElement, Location, Window};

use super::error::BrowserError;
use super::listener::Listener;

fn window() -> Window {
    web_sys::window().expect("called in the page, which has a window")
}

pub(super) fn document() -> Document {
    window().document().expect("a page's window has a document")
}

fn location() -> Location {
    window().location()
}

/// `https://host[:port]`: what a bucket's CORS rule must allow. `null` for a page from a file.
pub fn origin() -> String {
    location().origin().unwrap_or_default()
}

/// `https:`, `http:` or `file:`.
pub fn protocol() -> String {
    location().protocol().unwrap_or_default()
}

/// Whether the page may use WebCrypto, workers with modules, and private files: https or loopback.
pub fn is_secure_context() -> bool {
    window().is_secure_context()
}

/// Whether the page was loaded from this computer.
pub fn is_loopback() -> bool {
    location().hostname().is_ok_and(|host| is_loopback_host(&host))
}

/// Whether a host name as found in a URL means this computer.
pub fn is_loopback_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host == "::1"
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The absolute URL of something beside the page; `None` if it cannot be one.
pub fn resolve(relative: &str) -> Option<String> {
    let base = document().base_uri().ok()??;
    web_sys::Url::new_with_base(relative, &base).ok().map(|url| url.href())
}

/// The content of `<meta name=…>`; `None` if there is none.
pub fn meta(name: &str) -> Option<String> {
    let found = document().query_selector(&format!("meta[name='{name}']")).ok()??;
    found.dyn_ref::<HtmlMetaElement>().map(HtmlMetaElement::content)
}

/// What stands behind `#` in the address, with the `#`; empty if nothing.
pub fn hash() -> String {
    location().hash().unwrap_or_default()
}

/// The query of the address, with the `?`; empty if there is none.
pub fn search() -> String {
    location().search().unwrap_or_default()
}

/// Goes to another hash; the person can go back.
pub fn set_hash(hash: &str) {
    // Changing the hash loads nothing, so it cannot be refused.
    let _ = location().set_hash(hash);
}

/// Replaces the address by one relative to the page, such as `?a=b#/c` or `#/c`, without loading anything, without a
/// step to go back to, and without a `hashchange` event. For taking things out of the address bar.
///
/// # Errors
/// If browsers think it is done too often.
pub fn replace_address(relative: &str) -> Result<(), BrowserError> {
    let target = if relative.starts_with('#') {
        // A bare hash would be resolved against <base>, and keep the query.
        format!("{}{relative}", location().pathname().unwrap_or_default())
    } else {
        relative.to_owned()
    };
    Ok(window()
        .history()?
        .replace_state_with_url(&JsValue::NULL, "", Some(&target))?)
}

/// Calls back when the hash changes, until dropped.
pub fn on_hash_change(callback: impl Fn() + 'static) -> Listener {
    Listener::new(&window(), "hashchange", move |_| callback())
}

/// Whether the browser believes there is a network. `false` is sure, `true` is not.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Calls back with [`is_online`] when it changes, until dropped.
pub fn on_connectivity(callback: impl Fn(bool) + Clone + 'static) -> [Listener; 2] {
    let offline = callback.clone();
    let target = window();
    [
        Listener::new(&target, "online", move |_| callback(true)),
        Listener::new(&target, "offline", move |_| offline(false)),
    ]
}

/// Calls back with whether the tab can be seen, when that changes, until dropped.
pub fn on_visibility(callback: impl Fn(bool) + 'static) -> Listener {
    let target = document();
    Listener::new(&target.clone(), "visibilitychange", move |_| callback(!target.hidden()))
}

/// Whether the keyboard's focus is inside an element that this selector finds.
pub fn has_focus_in(selector: &str) -> bool {
    let focused = document().active_element();
    // A selector that is none finds nothing.
    focused.is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
}

/// Sets the tab's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// The languages that the person reads, best first, as BCP 47 tags.
pub fn languages() -> Vec<String> {
    let languages = window().navigator().languages();
    languages.iter().filter_map(|tag| tag.as_string()).collect()
}

/// Says in which language the page is, as a BCP 47 tag.
pub fn set_language(tag: &str) {
    if let Some(root) = document().document_element() {
        // The name of this attribute is one.
        let _ = root.set_attribute("lang", tag);
    }
}

/// While held, the browser asks before it closes the page: keep it while transfers run.
pub fn ask_before_leaving() -> Listener {
    Listener::new(&window(), "beforeunload", |event: Event| event.prevent_default())
}

/// Puts text on the clipboard. Must be called while handling a click.
///
/// # Errors
/// If the person or the browser forbids it, or the context is not secure.
pub async fn copy_text(text: &str) -> Result<(), BrowserError> {
    let clipboard = window().navigator().clipboard();
    if clipboard.is_undefined() {
        return Err(BrowserError::missing("clipboard here"));
    }
    JsFuture::from(clipboard.write_text(text)).await?;
    Ok(())
}
