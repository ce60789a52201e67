//! Where the keyboard's focus goes when what had it is closed: back to where it came from. A browser does so only for a
//! dialog that is closed, not for one that is taken out of the page.

use super::pages::shell;
use super::state::State;
use crate::platform::focus::{self, Focused};

/// The ways back from what is open.
#[derive(Default)]
pub(super) struct WayBack {
    preview: Way,
    details: Way,
    dialog: Way,
}

#[derive(Default)]
struct Way {
    /// What is open.
    open: Option<String>,
    /// What had the focus before.
    from: Option<Focused>,
}

impl Way {
    fn note(&mut self, open: Option<&str>) {
        if open != self.open.as_deref() {
            if open.is_some() {
                self.from = focus::focused();
            }
            self.open = open.map(str::to_owned);
        }
    }
}

impl WayBack {
    /// Notes what was opened; call it before that is drawn, while the focus is still where it was.
    pub(super) fn note(&mut self, state: &State) {
        // One question after the other is one dialog.
        self.dialog.note(state.dialog.as_ref().map(|_| ""));
        self.details.note(state.details.key().map(String::as_str));
        self.preview.note(state.previewing.key());
    }

    /// Goes back, if something was closed and the focus with it; call it after drawing.
    pub(super) fn go(&mut self) {
        // From the inside: with the panel, the preview in it is closed too, and the button it was opened with gone.
        let ways = [&mut self.preview, &mut self.details, &mut self.dialog].into_iter();
        let closed = ways.filter(|way| way.open.is_none());
        let closed: Vec<_> = closed.filter_map(|way| way.from.take()).collect();
        if !closed.is_empty() && focus::focused().is_none() && !closed.iter().any(Focused::give_back) {
            shell::focus_main();
        }
    }
}
