//! What to do about a plain bucket: copy its objects into one that encrypts.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Link, bucket, shell};
use crate::app::root::target;
use crate::app::state::{Copying, Msg, State, StorageMsg};
use crate::app::text::{self, storage as words};
use crate::driver::{AuditState, CopyOutcome, CopyRow};
use crate::s3::{Bucket, aws_copy_large};

/// Lines shown.
const SHOWN: usize = 100;

pub(super) fn view(state: &State, link: &Link) -> Html {
    let storage = &state.storage;
    let running = storage
        .copying
        .as_ref()
        .is_some_and(|copying| copying.state == AuditState::Running);
    let oninput = link.batch_callback(|event: InputEvent| {
        let bucket = target::<HtmlInputElement>(&event)?.value();
        Some(Msg::Storage(StorageMsg::CopyInto(bucket)))
    });
    html! {
        <section class="card" aria-label={words::COPY_TITLE}>
            <details>
                <summary>{ words::COPY_TITLE }</summary>
                <div class="stack">
                    <p class="hint">{ words::COPY_INTRO }{ text::gap() }{ words::copy_scope(&storage.audit_prefix) }</p>
                    <div class="inline">
                        <div class="field grow">
                            <label for="copy-into">{ words::COPY_INTO }</label>
                            <input id="copy-into" type="text" value={storage.copy_into.clone()} {oninput} autocomplete="off" autocapitalize="none" spellcheck="false"/>
                        </div>
                        <button type="button" disabled={running || storage.copy_into.trim().is_empty()} onclick={link.callback(|_| Msg::Storage(StorageMsg::CopyAsked))}>{ words::START_COPY }</button>
                        if running { <button type="button" onclick={link.callback(|_| Msg::Storage(StorageMsg::CopyCancelled))}>{ words::STOP }</button> }
                    </div>
                    { storage.copying.as_ref().map(|copying| copied(state, copying)).unwrap_or_default() }
                </div>
            </details>
        </section>
    }
}

fn copied(state: &State, copying: &Copying) -> Html {
    let from = bucket::s3_bucket(state);
    html! {
        <>
            <p role="status" data-verified={copying.verified.to_string()}>{ words::copied(copying.verified, copying.others.len(), &copying.state) }</p>
            if let Some(progress) = &copying.in_parts {
                <p data-copying={progress.key.clone()}>{ words::in_parts(progress) }</p>
                <progress max={progress.size.to_string()} value={progress.moved.to_string()} aria-label={words::IN_PARTS}></progress>
            }
            if let AuditState::Failed(problem) = &copying.state { { shell::problem(problem, "bad") } }
            if !copying.others.is_empty() {
                <ul class="names" tabindex="0" aria-label={words::NOT_COPIED}>
                    { for copying.others.iter().take(SHOWN).map(|row| other(from.as_ref(), &copying.into, row)) }
                </ul>
            }
        </>
    }
}

fn other(from: Option<&Bucket>, into: &str, row: &CopyRow) -> Html {
    html! {
        <li>
            <code>{ row.key.clone() }</code>{ ": " }{ words::copy_outcome(&row.outcome) }
            if let Some(bucket) = from.filter(|_| row.outcome == CopyOutcome::SourceHidden) {
                { shell::copyable(&aws_copy_large(bucket, into, &row.key)) }
            }
        </li>
    }
}
