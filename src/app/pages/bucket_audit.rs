//! The audit of all objects.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Link, shell};
use crate::app::root::target;
use crate::app::state::{Audit, AuditGroup, Export, Msg, State, StorageMsg};
use crate::app::text::storage as words;
use crate::driver::AuditState;

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let storage = &state.storage;
    let auditing = storage.audit.as_ref().is_some_and(Audit::is_running);
    let oninput = link.batch_callback(|event: InputEvent| {
        let prefix = target::<HtmlInputElement>(&event)?.value();
        Some(Msg::Storage(StorageMsg::AuditPrefix(prefix)))
    });
    html! {
        <section class="card" aria-label={words::AUDIT}>
            <h2>{ words::AUDIT }</h2>
            <p class="hint">{ words::AUDIT_INTRO }</p>
            <div class="inline">
                <div class="field grow">
                    <label for="audit-prefix">{ words::AUDIT_PREFIX }</label>
                    <input id="audit-prefix" type="text" value={storage.audit_prefix.clone()} {oninput} autocomplete="off" autocapitalize="none" spellcheck="false"/>
                </div>
                <button type="button" disabled={auditing} onclick={link.callback(|_| Msg::Storage(StorageMsg::AuditAsked))}>{ words::START_AUDIT }</button>
            </div>
            { storage.audit.as_ref().map(|audit| outcome(audit, link)).unwrap_or_default() }
        </section>
    }
}

fn outcome(audit: &Audit, link: &Link) -> Html {
    let say = |msg: fn() -> StorageMsg| link.callback(move |_: MouseEvent| Msg::Storage(msg()));
    let looked = audit.looked();
    html! {
        <div class="stack" data-audit={if audit.is_running() { "running" } else { "over" }}>
            <p role="status">{ words::audit_state(&audit.state, audit.paused, looked, audit.listed) }</p>
            if let AuditState::Failed(problem) = &audit.state { { shell::problem(problem, "bad") } }
            { chart(audit) }
            <div class="actions start">
                if audit.is_running() {
                    if audit.paused {
                        <button type="button" onclick={say(|| StorageMsg::AuditPaused(false))}>{ words::RESUME }</button>
                    } else {
                        <button type="button" onclick={say(|| StorageMsg::AuditPaused(true))}>{ words::PAUSE }</button>
                    }
                    <button type="button" onclick={say(|| StorageMsg::AuditCancelled)}>{ words::STOP }</button>
                }
                <button type="button" disabled={looked == 0} onclick={say(|| StorageMsg::ExportAsked(Export::Csv))}>{ words::EXPORT_CSV }</button>
                <button type="button" disabled={looked == 0} onclick={say(|| StorageMsg::ExportAsked(Export::Json))}>{ words::EXPORT_JSON }</button>
            </div>
            <h3>{ words::EXCEPTIONS }</h3>
            if looked == 0 {
                <p class="hint">{ words::NONE_LOOKED_AT }</p>
            } else if audit.exceptions.is_empty() {
                <p class="hint">{ words::NO_EXCEPTIONS }</p>
            } else {
                <ul class="names" tabindex="0" aria-label={words::EXCEPTIONS} data-count={audit.exception_count.to_string()}>
                    { for audit.exceptions.iter().map(|(key, group)| html! {
                        <li><code>{ key.clone() }</code><span class="hint">{ " " }{ words::seen(&audit.groups[*group].seen) }</span></li>
                    }) }
                </ul>
                if audit.exception_count > audit.exceptions.len() as u64 {
                    <p class="hint">{ words::more_exceptions(audit.exceptions.len(), audit.exception_count) }</p>
                }
            }
        </div>
    }
}

/// One bar for each kind of object, the commonest first.
fn chart(audit: &Audit) -> Html {
    let mut groups: Vec<_> = audit.groups.iter().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    let bar = |group: &&AuditGroup| {
        let (sse, cse) = group.seen.ids();
        let class = match &group.seen {
            seen if seen.is_protected() => "good",
            seen if seen.is_plain() => "bad",
            _ => "warn",
        };
        html! {
            <li data-sse={sse} data-cse={cse} data-count={group.count.to_string()}>
                <span>{ words::seen(&group.seen) }</span>
                <progress {class} max={audit.looked().to_string()} value={group.count.to_string()} aria-hidden="true"></progress>
                <span class="number">{ words::share(group.count, audit.looked()) }</span>
            </li>
        }
    };
    html! { if !groups.is_empty() { <ul class="chart" aria-label={words::CHART}>{ for groups.iter().map(bar) }</ul> } }
}
