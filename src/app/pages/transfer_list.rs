//! The list of transfers: a few lines are drawn as they are, many in a window that follows the scrolling.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::{Link, shell};
use crate::app::root::target;
use crate::app::state::{Hold, ListWindow, Msg, QueueMsg, Transfers};
use crate::app::{format, text};
use crate::driver::{Direction, FileHash, Intent, TransferInfo, TransferState, Vouched};
use crate::s3::SseState;

/// The class of the list, by which the root finds it.
pub(in crate::app) const CLASS: &str = "transfer-list";

/// Lines in sight in the drawer, and on the page of its own on the highest of screens (3,840 pixels); the stylesheet limits both.
pub(super) const IN_DRAWER: usize = 4;
pub(super) const ON_PAGE: usize = 32;

pub(super) fn view(transfers: &Transfers, link: &Link, in_sight: usize) -> Html {
    let lines = transfers.lines();
    if lines == 0 {
        return html! { <p class="hint">{ text::transfers::NONE_SHOWN }</p> };
    }
    let (window, drawn) = (transfers.window, transfers.window.drawn(lines, in_sight));
    let hold = |held| link.callback(move |_: PointerEvent| Msg::TransfersHeld(Hold::Pointer, held));
    let hold_focus = |held| link.callback(move |_: FocusEvent| Msg::TransfersHeld(Hold::Focus, held));
    let onscroll = link.batch_callback(move |event: Event| {
        let seen = measure(&target(&event)?);
        (seen != window).then_some(Msg::Queue(QueueMsg::Scrolled(seen)))
    });
    // An attribute and no style: the page's policy forbids styles that are not in its stylesheets.
    let space = |lines: usize| html! { if lines > 0 { <svg class="space" aria-hidden="true" width="1" height={window.pixels(lines).to_string()}></svg> } };
    let items = transfers.shown(drawn.clone()).zip(drawn.start + 1..);
    html! {
        <div class={classes!(CLASS, ListWindow::is_needed(lines).then_some("windowed"))} tabindex="0" role="group" aria-label={text::transfers::LINES}
            {onscroll} onpointerenter={hold(true)} onpointerleave={hold(false)}>
            { space(drawn.start) }
            <ul role="list" onfocusin={hold_focus(true)} onfocusout={hold_focus(false)}>
                { for items.map(|(info, at)| item(link, info, at, lines)) }
            </ul>
            { space(lines - drawn.end) }
        </div>
    }
}

/// How far the list is scrolled, and how high its lines are: the stylesheet decides that, by the width of the page.
fn measure(list: &Element) -> ListWindow {
    let line = list.query_selector("li").ok().flatten();
    let line = line.and_then(|line| line.dyn_into::<HtmlElement>().ok());
    let height = line.map_or(0, |line| line.offset_height());
    ListWindow::at(list.scroll_top().max(0) as u32, height.max(0) as u32)
}

fn item(link: &Link, info: &TransferInfo, at: usize, of: usize) -> Html {
    let id = info.id;
    let percent = format::percent(info.moved, info.size);
    let up = info.direction == Direction::Upload;
    let over = info.state.is_over();
    let state = info.state.as_str();
    let detail = match &info.state {
        TransferState::Failed(problem) | TransferState::Waiting(problem) => {
            let (what, next) = text::problem(problem);
            let why = format!("{what}{}{next}", text::gap());
            html! { <p class="why" title={why.clone()}>{ why }</p> }
        }
        TransferState::Preparing if !up && info.moved > 0 => {
            html! { <p class="hint">{ text::unfinished::checking(info) }</p> }
        }
        TransferState::Verifying if let FileHash::Computing(read) = info.sha256 => {
            html! { <p class="hint">{ text::transfers::hashing(read, info) }</p> }
        }
        TransferState::Running => html! { <p class="hint">{ text::transfers::progress(info) }</p> },
        TransferState::Done => html! {
            <p class="hint">
                { format::size(info.size) }
                if let Some(facts) = info.facts.as_ref().filter(|_| up) {
                    { " · " }{ shell::cse_badge(&facts.cse) }{ " " }{ shell::sse_badge(&facts.sse) }
                    if facts.sse == SseState::Unconfirmed { { " " }<strong class="why">{ text::storage::NOT_GRANTED }</strong> }
                    if let Some(etag) = &facts.etag { { " · ETag " }<code>{ etag.clone() }</code> }
                }
                if let Some(by) = info.vouched {
                    { " · " }<span class={classes!((by == Vouched::Nothing).then_some("why"))} data-vouched={format!("{by:?}")}>{ text::vouched(by) }</span>
                }
                if info.sha256 == FileHash::Unread { { " · " }<span class="why">{ text::transfers::NOT_HASHED }</span> }
            </p>
        },
        _ => html! { <p class="hint">{ format::size(info.size) }</p> },
    };
    html! {
        <li key={id.0} aria-setsize={of.to_string()} aria-posinset={at.to_string()} data-key={info.key.clone()} data-direction={if up { "upload" } else { "download" }} data-state={state}>
            <div class="grow">
                <p class="name" title={info.key.clone()}><span class="way" aria-hidden="true">{ if up { "↑ " } else { "↓ " } }</span>{ shell::name(&info.key) }{ " " }<span class={classes!("state", state)}>{ text::state(&info.state) }</span></p>
                if !over { <progress max="100" value={percent.to_string()} aria-label={info.key.clone()} aria-valuetext={text::value_text(percent, info)}></progress> }
                { detail }
                if let Some(bundle) = &info.bundle { { super::bundle::view(bundle) } }
                if let Some(why) = info.started_over { <p class="notice warn">{ text::unfinished::started_over(why) }</p> }
                if let Some(written) = &info.written_as { <p class="notice warn">{ text::written_as(written) }</p> }
            </div>
            <div class="actions">
                if info.state == TransferState::Paused {
                    <button type="button" aria-description={info.key.clone()} onclick={link.callback(move |_| Msg::TransferAsked(Intent::Resume(Some(vec![id]))))}>{ text::RESUME }</button>
                } else if !over {
                    <button type="button" class="quiet" aria-description={info.key.clone()} onclick={link.callback(move |_| Msg::TransferAsked(Intent::Pause(Some(vec![id]))))}>{ text::PAUSE }</button>
                }
                if !over { <button type="button" class="quiet" aria-description={info.key.clone()} onclick={link.callback(move |_| Msg::TransferAsked(Intent::Cancel(id)))}>{ text::CANCEL }</button> }
                if matches!(info.state, TransferState::Failed(_) | TransferState::Cancelled) {
                    <button type="button" aria-description={info.key.clone()} onclick={link.callback(move |_| Msg::TransferAsked(Intent::Retry(id)))}>{ text::RETRY }</button>
                }
                if over { <button type="button" class="quiet" aria-description={info.key.clone()} onclick={link.callback(move |_| Msg::TransferAsked(Intent::Remove(vec![id])))}>{ text::REMOVE }</button> }
            </div>
        </li>
    }
}
