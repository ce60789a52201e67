//! The queue: a page of its own, and a drawer under the folder.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Link, customer_key, shell};
use crate::app::root::target;
use crate::app::state::{Hold, Msg, State};
use crate::app::{format, text};
use crate::driver::{Direction, Driver, Intent, TransferInfo, TransferState, Unfinished};

/// Lines drawn on the page; totals count all.
const MOST_SHOWN: usize = 200;
const MOST_IN_DRAWER: usize = 30;

pub(in crate::app) fn view(state: &State, link: &Link, driver: &Driver) -> Html {
    html! {
        <section class="page">
            <h1>{ text::TRANSFERS }</h1>
            { region(state, link, MOST_SHOWN) }
            { unfinished(state, link, driver) }
            if state.transfers.is_empty() { <p class="empty">{ text::NO_TRANSFERS }</p> }
        </section>
    }
}

pub(in crate::app) fn drawer(state: &State, link: &Link) -> Html {
    html! { <div class="drawer">{ region(state, link, MOST_IN_DRAWER) }</div> }
}

fn region(state: &State, link: &Link, most: usize) -> Html {
    let totals = state.transfers.totals();
    let more = totals.total.saturating_sub(most);
    let hold = |held| link.callback(move |_: PointerEvent| Msg::TransfersHeld(Hold::Pointer, held));
    let hold_focus = |held| link.callback(move |_: FocusEvent| Msg::TransfersHeld(Hold::Focus, held));
    html! {
        <section aria-label={text::TRANSFERS} class="transfers">
            <div class="transfers-head" data-total={totals.total.to_string()} data-done={totals.done.to_string()} data-failed={totals.failed.to_string()}>
                <p class="summary">{ text::totals(&totals) }</p>
                if totals.going > totals.paused {
                    <button type="button" class="quiet" onclick={link.callback(|_| Msg::TransferAsked(Intent::Pause(None)))}>{ text::PAUSE_ALL }</button>
                }
                if totals.paused > 0 {
                    <button type="button" class="quiet" onclick={link.callback(|_| Msg::TransferAsked(Intent::Resume(None)))}>{ text::RESUME_ALL }</button>
                }
                if totals.total > totals.going {
                    <button type="button" class="quiet" onclick={link.callback(|_| Msg::FinishedRemoved)}>{ text::REMOVE_FINISHED }</button>
                }
            </div>
            if totals.going > 0 { <progress class="all" max="100" value={format::percent(totals.moved, totals.size).to_string()} aria-label={text::ALL_TRANSFERS}></progress> }
            <ul onpointerenter={hold(true)} onpointerleave={hold(false)} onfocusin={hold_focus(true)} onfocusout={hold_focus(false)}>
                { for state.transfers.shown().take(most).map(|info| item(link, info)) }
            </ul>
            if more > 0 { <p class="hint">{ text::and_more(more) }</p> }
        </section>
    }
}

/// What an earlier page left, each to be gone on with by choosing its file again.
fn unfinished(state: &State, link: &Link, driver: &Driver) -> Html {
    if state.unfinished.is_empty() {
        return html! {};
    }
    let item = |left: &Unfinished| {
        let (driver, id, discard) = (driver.clone(), left.id.clone(), left.id.clone());
        let input = format!("again-{}", left.id);
        let onchange = Callback::from(move |event: Event| {
            if let Some(input) = target::<HtmlInputElement>(&event) {
                if let Some(files) = input.files() {
                    driver.pick_again(id.clone(), &files);
                }
                input.set_value("");
            }
        });
        html! {
            <li key={left.id.clone()} data-key={left.key.clone()}>
                <div class="grow">
                    <p class="name">{ left.key.clone() }</p>
                    <p class="hint">{ text::unfinished(left, &shell::local_date(left.started)) }{ " " }<code>{ left.fingerprint.clone() }</code></p>
                </div>
                if left.needs_customer_key {
                    { customer_key::of_unfinished(left, link) }
                } else {
                    <div class="field">
                        <label for={input.clone()}>{ text::CHOOSE_AGAIN }</label>
                        <input id={input} type="file" aria-description={left.key.clone()} {onchange}/>
                    </div>
                }
                <div class="actions">
                    <button type="button" class="quiet" aria-description={left.key.clone()} onclick={link.callback(move |_| Msg::TransferAsked(Intent::Discard { id: discard.clone() }))}>{ text::DISCARD }</button>
                </div>
            </li>
        }
    };
    html! {
        <section aria-labelledby="unfinished-title" class="transfers card">
            <h2 id="unfinished-title">{ text::UNFINISHED }</h2>
            <p class="hint">{ text::UNFINISHED_HINT }</p>
            <ul>{ for state.unfinished.iter().map(item) }</ul>
        </section>
    }
}

fn item(link: &Link, info: &TransferInfo) -> Html {
    let id = info.id;
    let percent = format::percent(info.moved, info.size);
    let up = info.direction == Direction::Upload;
    let over = info.state.is_over();
    let state = info.state.as_str();
    let detail = match &info.state {
        TransferState::Failed(problem) | TransferState::Waiting(problem) => {
            let (what, next) = text::problem(problem);
            html! { <p class="why">{ what }{ " " }{ next }</p> }
        }
        TransferState::Running => html! { <p class="hint">{ text::progress(info) }</p> },
        TransferState::Done => html! {
            <p class="hint">
                { format::size(info.size) }
                if let Some(facts) = info.facts.as_ref().filter(|_| up) {
                    { " · " }{ shell::cse_badge(&facts.cse) }{ " " }{ shell::sse_badge(&facts.sse) }
                    if let Some(etag) = &facts.etag { { " · ETag " }<code>{ etag.clone() }</code> }
                }
                if !up && info.encrypted { { " · " }{ text::VERIFIED } }
            </p>
        },
        _ => html! { <p class="hint">{ format::size(info.size) }</p> },
    };
    html! {
        <li key={id.0} data-key={info.key.clone()} data-direction={if up { "upload" } else { "download" }} data-state={state}>
            <div class="grow">
                <p class="name"><span aria-hidden="true">{ if up { "↑ " } else { "↓ " } }</span>{ info.key.clone() }{ " " }<span class={classes!("state", state)}>{ text::state(&info.state) }</span></p>
                if !over { <progress max="100" value={percent.to_string()} aria-label={info.key.clone()} aria-valuetext={text::value_text(percent, info)}></progress> }
                { detail }
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
