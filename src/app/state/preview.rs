//! The preview in the details panel: asked for by a button, gone when the panel shows something else.

use std::rc::Rc;

use super::{Details, Effect, State};
use crate::driver::{Event, Intent, Preview, Problem};

/// What the panel shows of the object's content.
#[derive(Clone, Debug, Default)]
pub enum Previewing {
    /// Nothing.
    #[default]
    Idle,
    /// The preview of this object is being made.
    Busy(String),
    /// There it is.
    Shown(Rc<Preview>),
    /// There is none of this object.
    Failed(String, Problem),
}

impl Previewing {
    /// Whose it is.
    pub fn key(&self) -> Option<&str> {
        match self {
            Previewing::Idle => None,
            Previewing::Busy(key) | Previewing::Failed(key, _) => Some(key),
            Previewing::Shown(preview) => Some(&preview.key),
        }
    }
}

impl State {
    /// Asks for a preview of the object whose details are open.
    pub(super) fn preview(&mut self, key: String) -> Vec<Effect> {
        self.previewing = Previewing::Busy(key.clone());
        vec![Effect::Send(Intent::Preview { key })]
    }

    /// Forgets a preview whose object is not shown any more.
    pub(super) fn drop_preview(&mut self) -> Option<Effect> {
        let open = match &self.details {
            Details::Open(facts) => Some(facts.key.as_str()),
            _ => None,
        };
        (self.previewing.key().is_some() && self.previewing.key() != open).then(|| self.stop_preview())
    }

    /// Forgets the preview, and everything it holds.
    pub(super) fn stop_preview(&mut self) -> Effect {
        self.previewing = Previewing::Idle;
        Effect::Send(Intent::StopPreview)
    }

    /// An answer counts only while it is waited for.
    pub(super) fn previewed(&mut self, event: Event) {
        let Previewing::Busy(waiting) = &self.previewing else {
            return;
        };
        match event {
            Event::Previewed(preview) if preview.key == *waiting => {
                self.announcement = crate::app::text::preview::announced(&preview);
                self.previewing = Previewing::Shown(preview);
            }
            Event::PreviewFailed { key, problem } if key == *waiting => {
                self.previewing = Previewing::Failed(key, problem);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Msg, steps};
    use super::*;
    use crate::driver::{PreviewContent, Proof};

    fn preview(key: &str) -> Msg {
        let preview = Preview {
            key: key.into(),
            content: PreviewContent::Empty,
            proof: Proof::Nothing,
            length: 0,
            shown: 0,
            written_as: None,
        };
        Msg::Driver(Event::Previewed(Rc::new(preview)))
    }

    fn looked(key: &str) -> Msg {
        Msg::Driver(Event::Looked(Rc::new(steps::facts(key))))
    }

    fn open(state: &mut State, key: &str) {
        state.update(Msg::DetailsAsked(key.into()));
        state.update(looked(key));
    }

    #[test]
    fn a_preview_is_shown_when_asked_for_and_only_then() {
        let mut state = State::default();
        open(&mut state, "a");
        state.update(preview("a"));
        assert!(matches!(state.previewing, Previewing::Idle));
        let effects = state.update(Msg::PreviewAsked("a".into()));
        assert!(matches!(&effects[..], [Effect::Send(Intent::Preview { key })] if key == "a"));
        state.update(preview("b"));
        assert!(matches!(state.previewing, Previewing::Busy(_)));
        state.update(preview("a"));
        assert!(matches!(state.previewing, Previewing::Shown(_)));
    }

    #[test]
    fn it_is_stopped_and_forgotten_with_the_panel() {
        let stopped = |effects: &[Effect]| effects.iter().any(|e| matches!(e, Effect::Send(Intent::StopPreview)));
        let mut state = State::default();
        open(&mut state, "a");
        state.update(Msg::PreviewAsked("a".into()));
        assert!(stopped(&state.update(Msg::DetailsAsked("b".into()))));
        state.update(looked("b"));
        state.update(preview("a"));
        assert!(matches!(state.previewing, Previewing::Idle));
        state.update(Msg::PreviewAsked("b".into()));
        state.update(preview("b"));
        assert!(stopped(&state.update(Msg::PreviewClosed)));
        assert!(matches!(state.previewing, Previewing::Idle));
        state.update(Msg::PreviewAsked("b".into()));
        assert!(stopped(&state.update(Msg::DetailsClosed)));
        assert!(!stopped(&state.update(Msg::DetailsClosed)));
    }
    #[test]
    fn deleting_another_object_leaves_the_panel_open() {
        let mut state = State::default();
        open(&mut state, "a");
        let deleted = |key: &str| Msg::Driver(Event::Deleted { key: key.into() });
        state.update(deleted("b"));
        assert_eq!(state.details.key().map(String::as_str), Some("a"));
        state.update(deleted("a"));
        assert!(matches!(state.details, Details::Closed));
    }
}
