//! Keys: make, load, save, choose; for whom and how new files are written.

mod add;
mod item;
mod kms;
mod passphrase;
mod writing;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Link, shell, strip};
use crate::app::root::{by_id, target};
use crate::app::state::{Msg, State};
use crate::app::text::{self, Text};
use crate::driver::Recipient;

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    html! {
        <section class="page narrow" aria-labelledby="keys-title">
            <h1 id="keys-title">{ text::KEYS }</h1>
            <p class="lead">{ text::KEYS_INTRO }</p>
            if let Some(problem) = &state.key_problem { { shell::problem(problem, "bad") } }
            // One key in use says so itself.
            if state.recipients().len() > 1 { { strip::view(state, link) } }
            if state.keys.is_empty() {
                <p class="empty">{ text::NO_KEYS }</p>
            } else {
                <ul class="keys" aria-label={text::KEYS}>{ for state.keys.iter().map(|key| item::view(state, link, key)) }</ul>
            }
            { add::view(state, link) }
            { writing::view(state, link) }
            { kms::view(state, link) }
        </section>
    }
}

/// Whether new files can be read by it beside the key in use.
fn also(state: &State, link: &Link, recipient: Recipient) -> Html {
    if !state.may_be_added(recipient) {
        return html! {};
    }
    let onchange = link.batch_callback(move |event: Event| {
        Some(Msg::AlsoFor(recipient, target::<HtmlInputElement>(&event)?.checked()))
    });
    html! {
        <label class="check"><input type="checkbox" checked={state.also.contains(&recipient)} {onchange}/>{ text::keys::also_for(&state.recipient_label(recipient)) }</label>
    }
}

/// A text field that is read when its form is sent.
fn field(id: impl Into<AttrValue>, name: Text, placeholder: &str) -> Html {
    let id = id.into();
    html! {
        <div class="field"><label for={id.clone()}>{ name }</label><input {id} type="text" placeholder={placeholder.to_owned()} autocomplete="off" autocapitalize="none" spellcheck="false"/></div>
    }
}

fn input(id: &str) -> Option<HtmlInputElement> {
    by_id(id)
}

fn value(id: &str) -> String {
    input(id).map(|input| input.value()).unwrap_or_default()
}
