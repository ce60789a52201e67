//! The keyboard's focus: where it is, and giving it back.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::page::document;

/// An element that had the focus.
#[derive(Debug)]
pub struct Focused(HtmlElement);

/// What has the focus; `None` if nothing has.
pub fn focused() -> Option<Focused> {
    let element = document().active_element()?;
    let is_body = document().body().is_some_and(|body| *body == element);
    element.dyn_into().ok().filter(|_| !is_body).map(Focused)
}

impl Focused {
    /// Gives it the focus again. `false` if it cannot have it: it is gone from the page, hidden, or disabled.
    pub fn give_back(&self) -> bool {
        // Whether it worked shows below.
        let _ = self.0.focus();
        document().active_element().is_some_and(|element| element == *self.0)
    }
}
