//! Multipart uploads that were left in the bucket.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Link, shell};
use crate::app::root::target;
use crate::app::state::{LeftoverRow, Leftovers, LeftoversMsg, Msg, State};
use crate::app::text::leftovers as words;
use crate::driver::{LeftoverState, LeftoversState};
use crate::platform::clock;

/// Lines drawn; the sums count all.
const SHOWN: usize = 200;

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let leftovers = &state.leftovers;
    let busy = leftovers.state == Some(LeftoversState::Running);
    let name = if leftovers.state.is_some() {
        words::LIST_AGAIN
    } else {
        words::LIST
    };
    html! {
        <section class="card" aria-label={words::TITLE} data-leftovers={leftovers.state.is_some().then(|| leftovers.rows.len().to_string())}>
            <h2>{ words::TITLE }</h2>
            <p class="hint">{ words::INTRO }</p>
            <div class="actions start">
                <button type="button" disabled={busy} aria-busy={busy.to_string()} onclick={link.callback(|_| Msg::Leftovers(LeftoversMsg::Asked))}>{ name }</button>
            </div>
            { leftovers.state.as_ref().map(|listing| outcome(leftovers, listing, link)).unwrap_or_default() }
        </section>
    }
}

fn outcome(leftovers: &Leftovers, listing: &LeftoversState, link: &Link) -> Html {
    let more = leftovers.rows.len().saturating_sub(SHOWN);
    html! {
        <div class="stack">
            <p role="status">{ words::summary(leftovers, listing) }</p>
            if let LeftoversState::Failed(problem) = listing { { shell::problem(problem, "bad") } }
            if !leftovers.rows.is_empty() {
                <div class="transfers"><ul>{ for leftovers.rows.values().take(SHOWN).map(|row| item(row, link)) }</ul></div>
                if more > 0 { <p class="hint">{ words::and_more(more) }</p> }
                { by_age(leftovers, listing, link) }
            }
        </div>
    }
}

fn item(row: &LeftoverRow, link: &Link) -> Html {
    let leftover = &row.leftover;
    let (key, id) = (leftover.id.key.clone(), leftover.id.clone());
    let started = leftover.started.map(shell::local_date);
    let running = leftover.state == LeftoverState::Running;
    html! {
        <li key={format!("{}\u{0}{}", leftover.id.key, leftover.id.upload_id)} data-key={key.clone()} data-upload-id={leftover.id.upload_id.clone()} data-leftover={leftover.state.as_str()}>
            <div class="grow">
                <p class="name">{ key.clone() }</p>
                <p class="hint">{ words::line(leftover, started.as_deref()) }{ " · " }{ words::state(leftover.state) }</p>
                if let Err(problem) = &leftover.held { { shell::problem(problem, "warn") } }
                if let Some(problem) = &row.problem { { shell::problem(problem, "bad") } }
            </div>
            <div class="actions">
                <button type="button" class="quiet" aria-description={key} disabled={running || row.busy} aria-busy={row.busy.to_string()} onclick={link.callback(move |_| Msg::Leftovers(LeftoversMsg::AbortAsked(id.clone())))}>{ if row.busy { words::ABORTING } else { words::ABORT } }</button>
            </div>
        </li>
    }
}

fn by_age(leftovers: &Leftovers, listing: &LeftoversState, link: &Link) -> Html {
    let oninput = link.batch_callback(|event: InputEvent| {
        let days = target::<HtmlInputElement>(&event)?.value().trim().parse().ok()?;
        Some(Msg::Leftovers(LeftoversMsg::Days(days)))
    });
    let now = clock::now_ms();
    let none = leftovers.old(now).is_empty() || *listing == LeftoversState::Running;
    html! {
        <div class="inline">
            <div class="field">
                <label for="leftover-days">{ words::DAYS }</label>
                <input id="leftover-days" type="number" min="0" step="1" value={leftovers.days.to_string()} {oninput}/>
            </div>
            <button type="button" class="danger" disabled={none} onclick={link.callback(move |_| Msg::Leftovers(LeftoversMsg::AbortOldAsked(clock::now_ms())))}>{ words::ABORT_OLD }</button>
        </div>
    }
}
