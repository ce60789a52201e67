//! What is selected, and what can be done with it; how far deleting is.

use yew::prelude::*;

use super::Link;
use crate::app::root::target;
use crate::app::state::{Msg, SelectionMsg, State};
use crate::app::text::{self, downloads};
use crate::driver::{BundleInto, SaveTo};
use crate::platform::folder;

/// Names of objects that could not be deleted, drawn.
const FAILED_SHOWN: usize = 20;

fn send(link: &Link, msg: SelectionMsg) -> Callback<MouseEvent> {
    link.callback(move |_| Msg::Selection(msg.clone()))
}

/// Stands where the buttons for uploading stand while nothing is selected.
pub(super) fn bar(state: &State, link: &Link) -> Html {
    let selection = &state.selection;
    let download = match selection.only_object().cloned() {
        Some(key) => {
            let onclick = link.callback(move |_| super::details::download(&key, SaveTo::Downloads, false));
            html! { <button type="button" class="primary" {onclick}>{ text::DOWNLOAD }</button> }
        }
        None => html! {
            <button type="button" class="primary" onclick={send(link, SelectionMsg::DownloadAsked(BundleInto::Zip))}>{ downloads::DOWNLOAD_ZIP }</button>
        },
    };
    let busy = selection
        .deleting
        .as_ref()
        .is_some_and(|deleting| deleting.over.is_none());
    html! {
        <div class="toolbar" role="group" aria-label={downloads::SELECTION} data-selected={selection.len().to_string()}>
            { download }
            if folder::can_pick() {
                <button type="button" onclick={send(link, SelectionMsg::DownloadAsked(BundleInto::Folder))}>{ downloads::SAVE_TO_FOLDER }</button>
            }
            <button type="button" disabled={busy} onclick={send(link, SelectionMsg::DeleteAsked)}>{ downloads::DELETE_SELECTED }</button>
            <p class="summary">{ downloads::selected(selection) }</p>
            <button type="button" class="quiet" onclick={send(link, SelectionMsg::All(false))}>{ downloads::CLEAR_SELECTION }</button>
        </div>
    }
}

/// Deleting many, while it goes on and when it met problems.
pub(super) fn deleting(state: &State, link: &Link) -> Html {
    let Some(deleting) = &state.selection.deleting else {
        return html! {};
    };
    let percent = (deleting.gone * 100).checked_div(deleting.total).unwrap_or(0);
    let failed = |(key, problem): &(String, crate::driver::Problem)| {
        html! { <li><code>{ key.clone() }</code>{ " " }{ text::problem(problem).0 }</li> }
    };
    html! {
        <section class="card" aria-label={downloads::DELETING}>
            <div class="transfers-head">
                <p class="summary">{ downloads::deleting(deleting, state.deletes_here()) }</p>
                if deleting.over.is_none() {
                    <button type="button" onclick={send(link, SelectionMsg::StopAsked)}>{ downloads::STOP }</button>
                } else {
                    <button type="button" class="quiet" onclick={send(link, SelectionMsg::ReportClosed)}>{ text::CLOSE }</button>
                }
            </div>
            if deleting.over.is_none() { <progress max="100" value={percent.to_string()} aria-label={downloads::DELETING}></progress> }
            if let Some(Err(problem)) = &deleting.over { { super::shell::problem(problem, "bad") } }
            if !deleting.failed.is_empty() { <ul class="names">{ for deleting.failed.iter().take(FAILED_SHOWN).map(failed) }</ul> }
        </section>
    }
}

/// The checkbox of a row.
pub(super) fn of_row(state: &State, link: &Link, key: &str, name: &str) -> Html {
    let chosen = key.to_owned();
    let onclick = link.batch_callback(move |event: MouseEvent| {
        let on = target::<web_sys::HtmlInputElement>(&event)?.checked();
        Some(Msg::Selection(SelectionMsg::Toggled {
            key: chosen.clone(),
            on,
            range: event.shift_key(),
        }))
    });
    html! { <td class="pick"><label><input type="checkbox" aria-label={downloads::select(name)} checked={state.selection.has(key)} {onclick}/></label></td> }
}

/// The checkbox of all rows.
pub(super) fn of_all(state: &State, link: &Link, rows: usize) -> Html {
    let all = rows > 0 && state.selection.len() == rows;
    let onclick = link.batch_callback(|event: MouseEvent| {
        let on = target::<web_sys::HtmlInputElement>(&event)?.checked();
        Some(Msg::Selection(SelectionMsg::All(on)))
    });
    html! { <td class="pick"><label><input type="checkbox" aria-label={downloads::SELECT_ALL} checked={all} disabled={rows == 0} {onclick}/></label></td> }
}
