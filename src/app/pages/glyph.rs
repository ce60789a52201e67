//! Signs for what can be done with a row: where words would leave no room for names, they stand in their place.

use yew::prelude::*;

use crate::app::text::{self, Text};

/// What can be done with a row of the bucket.
#[derive(Clone, Copy)]
pub(super) enum RowAction {
    /// Shows what is known of it.
    Details,
    /// Downloads it.
    Download,
    /// Deletes it.
    Delete,
}

impl RowAction {
    fn word(self) -> Text {
        match self {
            RowAction::Details => text::DETAILS,
            RowAction::Download => text::DOWNLOAD,
            RowAction::Delete => text::DELETE,
        }
    }

    /// Lines in a square of 24 by 24: an i in a circle, an arrow down to a line, a bin.
    fn lines(self) -> &'static str {
        match self {
            RowAction::Details => "M21 12a9 9 0 1 1-18 0a9 9 0 0 1 18 0M12 11v5.5M12 7.5v.1",
            RowAction::Download => "M12 4v11M7 10.5l5 5l5-5M5 20h14",
            RowAction::Delete => "M4.5 7h15M9 7V4h6v3M6.5 7l1 13h9l1-13M10.5 11v5.5M13.5 11v5.5",
        }
    }

    /// A button with the word and the sign; the stylesheet shows one of them, and the word is its name either way.
    pub(super) fn button(self, of: &str, onclick: Callback<MouseEvent>) -> Html {
        let word = self.word();
        html! {
            <button type="button" class="quiet" title={word} aria-description={of.to_owned()} {onclick}>
                <svg class="glyph" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d={self.lines()} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg>
                <span class="word">{ word }</span>
            </button>
        }
    }
}
