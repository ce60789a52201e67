//! The question on the screen, as a native modal dialog.

use yew::prelude::*;

use super::Link;
use crate::app::state::{Dialog, Msg, State};
use crate::app::text::{self, leftovers, transfers as words};

pub(in crate::app) fn view(state: &State, link: &Link, node: &NodeRef) -> Html {
    let Some(dialog) = &state.dialog else { return html! {} };
    let (title, body, confirm, danger) = match dialog {
        Dialog::Conflicts { keys, total, .. } => (
            text::CONFLICTS_TITLE,
            text::conflicts(keys.len(), *total),
            text::REPLACE,
            true,
        ),
        Dialog::Delete(key) => (
            text::DELETE_TITLE,
            text::delete_question(key, state.instruction_file(key), state.facts.get(key)),
            text::DELETE_OBJECT,
            true,
        ),
        Dialog::DeleteMany {
            objects,
            bytes,
            counted,
            ..
        } => (
            text::downloads::DELETE_MANY_TITLE,
            text::downloads::delete_question(*objects, *bytes, *counted),
            text::downloads::DELETE_ALL,
            true,
        ),
        Dialog::AbortLeftovers { ids, bytes, resumable } => {
            let keys: Vec<_> = ids.iter().map(|id| id.key.as_str()).collect();
            (
                leftovers::QUESTION_TITLE,
                leftovers::question(&keys, *bytes, *resumable),
                leftovers::ABORT,
                true,
            )
        }
        Dialog::EncryptionOff => (text::OFF_TITLE, text::OFF_BODY.into(), text::TURN_OFF, true),
        Dialog::RemoveKey(key) => (
            text::REMOVE_KEY_TITLE,
            text::remove_key_question(key),
            text::REMOVE_KEY,
            true,
        ),
        Dialog::CancelAll => (
            words::CANCEL_ALL_TITLE,
            words::cancel_all(&state.transfers.totals()),
            words::CANCEL_ALL,
            true,
        ),
        Dialog::NeedKey { files, .. } => (text::NEED_KEY_TITLE, text::need_key(*files), text::CHOOSE_KEY, false),
    };
    let dismiss = match dialog {
        Dialog::CancelAll => words::KEEP_GOING,
        _ => text::CANCEL,
    };
    // Nobody can agree to a number that is not known yet.
    let counting = matches!(dialog, Dialog::DeleteMany { counted: false, .. });
    let skip = matches!(dialog, Dialog::Conflicts { .. });
    let keys = match dialog {
        Dialog::Conflicts { keys, .. } => keys.iter().take(10).cloned().collect(),
        Dialog::AbortLeftovers { ids, .. } if ids.len() > 1 => ids.iter().take(10).map(|id| id.key.clone()).collect(),
        _ => Vec::new(),
    };
    let oncancel = link.callback(|event: Event| {
        event.prevent_default();
        Msg::Dismissed
    });
    html! {
        <dialog ref={node.clone()} aria-labelledby="dialog-title" {oncancel}>
            <h2 id="dialog-title">{ title }</h2>
            <p>{ body }</p>
            if !keys.is_empty() {
                <ul class="names">{ for keys.into_iter().map(|key: String| html! { <li>{ key }</li> }) }</ul>
            }
            <div class="actions">
                <button type="button" onclick={link.callback(|_| Msg::Dismissed)}>{ dismiss }</button>
                if skip {
                    <button type="button" onclick={link.callback(|_| Msg::SkipExisting)}>{ text::SKIP_EXISTING }</button>
                }
                <button type="button" disabled={counting} class={if danger { "danger" } else { "primary" }} onclick={link.callback(|_| Msg::Confirmed)}>{ confirm }</button>
            </div>
        </dialog>
    }
}
