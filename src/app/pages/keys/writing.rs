//! How new files are written, and what is opened without asking.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{field, input};
use crate::app::pages::Link;
use crate::app::root::target;
use crate::app::state::{KeySetting, Msg, State};
use crate::app::text;
use crate::driver::WriteFormat;
use crate::encryption::s3ec::CommitmentPolicy;

pub(super) fn view(state: &State, link: &Link) -> Html {
    let onformat = link.batch_callback(|event: Event| {
        let id = target::<HtmlSelectElement>(&event)?.value();
        let format = WriteFormat::ALL.into_iter().find(|format| format.id() == id)?;
        Some(Msg::from(KeySetting::Format(format)))
    });
    html! {
        <div class="card">
            <h2>{ text::WRITE_AS }</h2>
            <div class="field">
                <label for="format">{ text::FORMAT }</label>
                <select id="format" onchange={onformat}>
                    { for state.formats().map(|format| html! { <option value={format.id()} selected={format == state.format}>{ text::format_name(format) }</option> }) }
                </select>
                <p class="hint">{ text::format_hint(state.format) }</p>
            </div>
            { policy(state, link) }
            { context(state, link) }
        </div>
    }
}

fn policy(state: &State, link: &Link) -> Html {
    let onchange = link.batch_callback(|event: Event| {
        let name = target::<HtmlSelectElement>(&event)?.value();
        let policy = CommitmentPolicy::ALL.into_iter().find(|policy| policy.name() == name)?;
        Some(Msg::from(KeySetting::Policy(policy)))
    });
    html! {
        <details>
            <summary>{ text::keys::POLICY }{ ": " }<code>{ state.policy.name() }</code></summary>
            <div class="stack">
                <div class="field">
                    <label for="policy">{ text::keys::POLICY }</label>
                    <select id="policy" {onchange}>
                        { for state.policies().map(|policy| html! { <option value={policy.name()} selected={policy == state.policy}>{ policy.name() }</option> }) }
                    </select>
                </div>
                <p class="hint">{ text::keys::policy(state.policy) }</p>
                <p class="hint">{ text::keys::POLICY_LIMIT }</p>
            </div>
        </details>
    }
}

fn context(state: &State, link: &Link) -> Html {
    let onsubmit = link.batch_callback(|event: SubmitEvent| {
        event.prevent_default();
        let (name, value) = (input("context-name")?, input("context-value")?);
        let pair = KeySetting::ContextPair {
            name: name.value(),
            value: value.value(),
        };
        name.set_value("");
        value.set_value("");
        Some(Msg::from(pair))
    });
    let onrequired = link.batch_callback(|event: Event| {
        let required = target::<HtmlInputElement>(&event)?.checked();
        Some(Msg::from(KeySetting::ContextRequired(required)))
    });
    let pair = |(name, value): (&String, &String)| {
        let gone = name.clone();
        let remove = link.callback(move |_| Msg::from(KeySetting::ContextPairRemoved(gone.clone())));
        html! {
            <li key={name.clone()} class="inline"><code class="grow">{ format!("{name} = {value}") }</code>
                <button type="button" class="quiet" aria-description={name.clone()} onclick={remove}>{ text::keys::REMOVE_PAIR }</button>
            </li>
        }
    };
    let pairs = &state.context.pairs;
    html! {
        <details>
            <summary>{ text::keys::CONTEXT }{ ": " }{ text::keys::context_count(pairs.len()) }</summary>
            <form class="stack" {onsubmit}>
                <p class="hint">{ text::keys::CONTEXT_HINT }</p>
                if !pairs.is_empty() {
                    <ul class="stack" aria-label={text::keys::CONTEXT}>{ for pairs.iter().map(pair) }</ul>
                    <label class="check"><input type="checkbox" checked={state.context.required} onchange={onrequired}/>{ text::keys::CONTEXT_REQUIRED }</label>
                }
                if let Some(fault) = state.context_fault { <p class="notice bad" role="alert">{ text::keys::context_fault(fault) }</p> }
                <div class="fields">
                    { field("context-name", text::keys::CONTEXT_NAME, "project") }
                    { field("context-value", text::keys::CONTEXT_VALUE, "climate-2026") }
                </div>
                <div class="actions start"><button type="submit">{ text::keys::ADD_PAIR }</button></div>
            </form>
        </details>
    }
}
