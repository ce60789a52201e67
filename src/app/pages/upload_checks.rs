//! How carefully uploads are checked, and whether every file is hashed.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::Link;
use crate::app::root::target;
use crate::app::state::{Msg, State};
use crate::app::text::checks as words;
use crate::driver::{Integrity, UploadChecks};

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let provider = state.target().map(|target| target.provider).unwrap_or_default();
    let checks = state.checks;
    let onchange = link.batch_callback(move |event: Event| {
        let integrity = Integrity::from_id(&target::<HtmlSelectElement>(&event)?.value())?;
        Some(Msg::ChecksChosen(UploadChecks { integrity, ..checks }))
    });
    let onverify = link.batch_callback(move |event: Event| {
        let verify = target::<HtmlInputElement>(&event)?.checked();
        Some(Msg::ChecksChosen(UploadChecks { verify, ..checks }))
    });
    let onhash = link.batch_callback(move |event: Event| {
        let hash = target::<HtmlInputElement>(&event)?.checked();
        Some(Msg::ChecksChosen(UploadChecks { hash, ..checks }))
    });
    html! {
        <section class="card" aria-label={words::TITLE}>
            <details>
                <summary>{ words::TITLE }{ ": " }<span data-integrity={checks.integrity.id()} data-verify={checks.verify.to_string()} data-hash={checks.hash.to_string()}>{ words::summary(checks) }</span></summary>
                <div class="stack">
                    <div class="field">
                        <label for="integrity">{ words::INTEGRITY }</label>
                        <select id="integrity" {onchange}>
                            { for Integrity::ALL.iter().map(|integrity| html! { <option value={integrity.id()} selected={*integrity == checks.integrity}>{ words::integrity(*integrity) }</option> }) }
                        </select>
                        <p class="hint">{ words::compared(checks.integrity, provider) }</p>
                    </div>
                    <div class="field check">
                        <label><input type="checkbox" checked={checks.verify} onchange={onverify}/>{ " " }{ words::VERIFY }</label>
                        <p class="hint">{ words::VERIFY_HINT }</p>
                    </div>
                    <div class="field check">
                        <label><input type="checkbox" checked={checks.hash} onchange={onhash}/>{ " " }{ words::HASH }</label>
                        <p class="hint">{ words::HASH_HINT }</p>
                    </div>
                </div>
            </details>
        </section>
    }
}
