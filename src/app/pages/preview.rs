//! What is in an object, in its details. Everything of the file is text nodes, or a picture from a `blob:` address: never
//! markup.

use std::rc::Rc;

use yew::prelude::*;

use super::{Link, shell};
use crate::app::state::{Msg, Previewing, State};
use crate::app::text::{self, Text, preview as words};
use crate::driver::{ObjectFacts, Preview, PreviewContent};
use crate::platform::object_url::ObjectUrl;
use crate::preview::Table;

/// The button that asks for a preview.
pub(super) fn button(state: &State, link: &Link, facts: &ObjectFacts) -> Html {
    if !facts.cse.risks.is_empty() || facts.cse.more.refused.is_some() {
        return html! {};
    }
    let key = facts.key.clone();
    let busy = matches!(state.previewing, Previewing::Busy(_));
    html! { <button type="button" disabled={busy} onclick={link.callback(move |_| Msg::PreviewAsked(key.clone()))}>{ words::PREVIEW }</button> }
}

/// The preview that was asked for.
pub(super) fn view(state: &State, link: &Link, facts: &ObjectFacts) -> Html {
    let close = |name: Text| {
        html! { <button type="button" class="quiet" onclick={link.callback(|_| Msg::PreviewClosed)}>{ name }</button> }
    };
    let body = match &state.previewing {
        Previewing::Idle if facts.cse.risks.is_empty() => return html! {},
        Previewing::Idle => return html! { <p class="hint">{ words::LOCKED }</p> },
        Previewing::Busy(_) => {
            html! { <div class="preview-head"><p class="hint" aria-busy="true">{ words::BUSY }</p>{ close(words::STOP) }</div> }
        }
        Previewing::Failed(_, problem) => shell::problem(problem, "warn"),
        Previewing::Shown(preview) => html! {
            <>
                <div class="preview-head"><p class="hint">{ words::extent(preview) }</p>{ close(words::CLOSE) }</div>
                { content(preview) }
                <p class="hint">{ words::proof(preview.proof) }</p>
                if let Some(written) = &preview.written_as { <p class="notice warn">{ text::written_as(written) }</p> }
            </>
        },
    };
    html! { <section class="preview" role="region" aria-label={words::PREVIEW}>{ body }</section> }
}

fn content(preview: &Preview) -> Html {
    match &preview.content {
        PreviewContent::Empty => html! {},
        PreviewContent::Text { text, .. } => html! { <pre class="preview-text" tabindex="0">{ text.clone() }</pre> },
        PreviewContent::Table { table, .. } => rows(table),
        PreviewContent::Picture { bytes, media_type } => {
            html! { <Picture bytes={bytes.clone()} media_type={*media_type} name={words::picture_of(&preview.key)}/> }
        }
        PreviewContent::Binary { head, .. } => {
            let lines = head
                .chunks(16)
                .map(|line| line.iter().map(|byte| format!("{byte:02x} ")).collect::<String>());
            html! { <pre class="preview-text" tabindex="0" aria-label={words::FIRST_BYTES}>{ lines.collect::<Vec<_>>().join("\n") }</pre> }
        }
    }
}

fn rows(table: &Table) -> Html {
    let mut rows = table.rows.iter();
    let head = rows.next().into_iter().flatten();
    html! {
        <div class="preview-table" tabindex="0" role="group" aria-label={words::PREVIEW}>
            <table>
                <thead><tr>{ for head.map(|cell| html! { <th scope="col">{ cell.clone() }</th> }) }</tr></thead>
                <tbody>{ for rows.map(|row| html! { <tr>{ for row.iter().map(|cell| html! { <td>{ cell.clone() }</td> }) }</tr> }) }</tbody>
            </table>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct PictureProps {
    bytes: Rc<[u8]>,
    media_type: &'static str,
    name: String,
}

/// A picture; its address is given back when it goes.
#[component]
fn Picture(props: &PictureProps) -> Html {
    let broken = use_state(|| false);
    let (bytes, media_type) = (props.bytes.clone(), props.media_type);
    let url = use_memo((bytes, media_type), |(bytes, media_type)| {
        ObjectUrl::new(bytes, media_type).ok()
    });
    let onerror = {
        let broken = broken.clone();
        Callback::from(move |_: Event| broken.set(true))
    };
    match &*url {
        Some(url) if !*broken => {
            html! { <img class="preview-picture" src={url.as_str().to_owned()} alt={props.name.clone()} {onerror}/> }
        }
        _ => html! { <p class="notice warn" role="alert">{ words::BROKEN_PICTURE }</p> },
    }
}
