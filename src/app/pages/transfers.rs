//! The queue: a page of its own, and a drawer under the folder.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Link, customer_key, shell, transfer_list, unfinished_downloads};
use crate::app::root::target;
use crate::app::route::Route;
use crate::app::state::{ManifestForm, Msg, QueueMsg, Shown, State, Sums};
use crate::app::text::{Text, transfers as words};
use crate::app::{format, text};
use crate::driver::{Driver, Intent, Problem, Unfinished};

/// From so many transfers on, it helps to see some of them only.
const MANY: usize = 5;

pub(in crate::app) fn view(state: &State, link: &Link, driver: &Driver) -> Html {
    html! {
        <section class="page">
            <h1>{ text::TRANSFERS }</h1>
            if !state.transfers.is_empty() {
                <section aria-label={text::TRANSFERS} class="transfers">
                    { head(state, link, html! {}) }
                    { failures(state) }
                    { filters(state, link) }
                    { transfer_list::view(&state.transfers, link, transfer_list::ON_PAGE) }
                </section>
            } else {
                <p class="empty">{ text::NO_TRANSFERS }</p>
            }
            { manifest(state, link) }
            { unfinished(state, link, driver) }
            { unfinished_downloads::view(state, link) }
            if let Some(target) = state.target() {
                <p class="hint"><a href={Route::Bucket { bucket: target.bucket.clone() }.to_hash()}>{ text::leftovers::SEE_BUCKET }</a></p>
            }
        </section>
    }
}

pub(in crate::app) fn drawer(state: &State, link: &Link) -> Html {
    let folded = state.transfers.folded;
    let onfold = link.callback(move |_| Msg::Queue(QueueMsg::Fold(!folded)));
    let fold = html! {
        <button type="button" class="quiet" aria-expanded={(!folded).to_string()} onclick={onfold}>{ if folded { words::UNFOLD } else { words::FOLD } }</button>
    };
    html! {
        <div class="drawer">
            <section aria-label={text::TRANSFERS} class="transfers">
                { head(state, link, fold) }
                if !folded { { transfer_list::view(&state.transfers, link, transfer_list::IN_DRAWER) } }
            </section>
        </div>
    }
}

/// Sums, and what can be done to all, `last` behind it.
fn head(state: &State, link: &Link, last: Html) -> Html {
    let (totals, pace) = (state.transfers.totals(), state.transfers.pace);
    let ask = |class: &'static str, name: Text, msg: fn() -> Msg| {
        html! { <button type="button" {class} onclick={link.callback(move |_| msg())}>{ name }</button> }
    };
    html! {
        <>
            <div class="transfers-head" data-total={totals.total.to_string()} data-done={totals.done.to_string()} data-failed={totals.failed.to_string()}>
                <div class="sums">
                    <p class="summary">{ words::totals(&totals, &pace) }</p>
                    if totals.going > 0 && totals.uploads.size > 0 { <p class="hint">{ words::steps(&totals, &pace) }</p> }
                </div>
                <div class="actions">
                    if totals.going > totals.paused { { ask("quiet", text::PAUSE_ALL, || Msg::TransferAsked(Intent::Pause(None))) } }
                    if totals.paused > 0 { { ask("quiet", text::RESUME_ALL, || Msg::TransferAsked(Intent::Resume(None))) } }
                    if totals.failed > 1 { { ask("quiet", words::RETRY_FAILED, || Msg::Queue(QueueMsg::RetryFailed)) } }
                    if totals.going > 1 { { ask("quiet", words::CANCEL_ALL, || Msg::CancelAllAsked) } }
                    if totals.total > totals.going { { ask("quiet", text::REMOVE_FINISHED, || Msg::FinishedRemoved) } }
                    { last }
                </div>
            </div>
            if totals.going > 0 { <progress class="all" max="100" value={format::percent(totals.moved, totals.size).to_string()} aria-label={text::ALL_TRANSFERS}></progress> }
        </>
    }
}

/// What many lines would say alike, said once and in full.
fn failures(state: &State) -> Html {
    let reasons = state.transfers.common_failures();
    let reason = |(problem, count): &(&Problem, usize)| {
        let (what, next) = text::problem(problem);
        html! { <p class="notice bad"><strong>{ words::failed_alike(*count) }</strong>{ " " }{ what }{ text::gap() }{ next }</p> }
    };
    html! { if !reasons.is_empty() { <div class="stack">{ for reasons.iter().map(reason) }</div> } }
}

fn filters(state: &State, link: &Link) -> Html {
    let (totals, showing) = (state.transfers.totals(), state.transfers.showing());
    if totals.total < MANY && showing == Shown::All {
        return html! {};
    }
    let filter = |shown: Shown| {
        let onclick = link.callback(move |_| {
            shell::to_the_top(&format!(".{}", transfer_list::CLASS));
            Msg::Queue(QueueMsg::Show(shown))
        });
        html! { <button type="button" aria-pressed={(shown == showing).to_string()} {onclick}>{ words::shown(shown, &totals) }</button> }
    };
    html! {
        <div class="filters" role="group" aria-label={words::SHOW}>
            { for [Shown::All, Shown::Going, Shown::Failed, Shown::Done].map(filter) }
        </div>
    }
}

fn manifest(state: &State, link: &Link) -> Html {
    let manifest = &state.transfers.manifest;
    if manifest.is_empty() {
        return html! {};
    }
    let onchange = link.batch_callback(|event: Event| {
        let name = target::<HtmlSelectElement>(&event)?.value();
        let form = ManifestForm::ALL.into_iter().find(|form| form.name() == name)?;
        Some(Msg::Queue(QueueMsg::ManifestForm(form)))
    });
    let option = |form: ManifestForm| html! { <option value={form.name()} selected={form == manifest.form}>{ form.name() }</option> };
    let sums = (manifest.form == ManifestForm::Sums).then(|| manifest.sums());
    let is_empty = sums.as_ref().is_some_and(Sums::is_empty);
    html! {
        <section class="card manifest" aria-labelledby="manifest-title">
            <div class="grow">
                <h2 id="manifest-title">{ words::MANIFEST }</h2>
                <p class="hint">{ words::manifest_records(manifest.len()) }{ " · " }{ words::MANIFEST_HINT }</p>
                if let Some(sums) = &sums { { of_sums(sums, state) } }
            </div>
            <div class="actions">
                <label for="manifest-form" class="visually-hidden">{ words::MANIFEST_FORM }</label>
                <select id="manifest-form" {onchange}>
                    { for ManifestForm::ALL.map(option) }
                </select>
                <button type="button" disabled={is_empty} onclick={link.callback(|_| Msg::Queue(QueueMsg::SaveManifest))}>{ words::SAVE_MANIFEST }</button>
            </div>
        </section>
    }
}

/// What can be checked by the sums, and how.
fn of_sums(sums: &Sums, state: &State) -> Html {
    let settings = state.target().filter(|_| sums.missing > 0 && !state.checks.hash);
    html! {
        <>
            <p class="hint" data-files={sums.len().to_string()} data-missing={sums.missing.to_string()}>
                { words::sums_kept(sums) }
                if let Some(target) = settings {
                    { " " }<a href={Route::Bucket { bucket: target.bucket.clone() }.to_hash()}>{ words::HASH_EVERY_FILE }</a>
                }
            </p>
            if !sums.is_empty() { <p class="hint">{ words::sums_names(sums) }{ " " }<code>{ "sha256sum -c SHA256SUMS" }</code></p> }
        </>
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
        let reopen = {
            let (driver, id) = (driver.clone(), left.id.clone());
            // At once: the browser asks the person only within the click.
            Callback::from(move |_: MouseEvent| driver.open_again(id.clone()))
        };
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
                    if left.has_file && !left.needs_customer_key {
                        <button type="button" class="primary" aria-description={left.key.clone()} onclick={reopen}>{ text::RESUME }</button>
                    }
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
