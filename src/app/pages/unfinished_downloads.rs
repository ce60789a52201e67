//! Downloads that an earlier page left, on the page of transfers.

use yew::prelude::*;

use super::{Link, shell};
use crate::app::state::{Msg, State};
use crate::app::text;
use crate::app::text::unfinished as words;
use crate::driver::{Intent, UnfinishedDownload};

pub(super) fn view(state: &State, link: &Link) -> Html {
    if state.unfinished_downloads.is_empty() {
        return html! {};
    }
    let item = |left: &UnfinishedDownload| {
        let (resume, discard) = (left.id.clone(), left.id.clone());
        let onresume = link.callback(move |_| Msg::TransferAsked(Intent::ResumeDownload { id: resume.clone() }));
        let ondiscard = link.callback(move |_| Msg::TransferAsked(Intent::Discard { id: discard.clone() }));
        html! {
            <li key={left.id.clone()} data-key={left.key.clone()}>
                <div class="grow">
                    <p class="name">{ left.key.clone() }</p>
                    <p class="hint">
                        { words::download(left, &shell::local_date(left.started)) }
                        if !left.is_plain && !left.key_needed.is_empty() { { " " }<code>{ left.key_needed.clone() }</code> }
                    </p>
                </div>
                <div class="actions">
                    <button type="button" class="primary" aria-description={left.key.clone()} onclick={onresume}>{ text::RESUME }</button>
                    <button type="button" class="quiet" aria-description={left.key.clone()} onclick={ondiscard}>{ text::DISCARD }</button>
                </div>
            </li>
        }
    };
    html! {
        <section aria-labelledby="unfinished-downloads-title" class="transfers card">
            <h2 id="unfinished-downloads-title">{ words::DOWNLOADS }</h2>
            <p class="hint">{ words::downloads_hint() }</p>
            <ul>{ for state.unfinished_downloads.iter().map(item) }</ul>
        </section>
    }
}
