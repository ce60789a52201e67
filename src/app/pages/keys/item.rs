//! One key that is held.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{also, value};
use crate::app::pages::Link;
use crate::app::root::by_id;
use crate::app::state::{Msg, State};
use crate::app::text::{self, Text};
use crate::driver::{Intent, KeyInfo, KeyKind, KeyOrigin, Recipient};
use crate::encryption::OaepPadding;

pub(super) fn view(state: &State, link: &Link, key: &KeyInfo) -> Html {
    let (id, recipient) = (key.id, Recipient::Key(key.id));
    let save_first = match key.origin {
        KeyOrigin::Passphrase => text::keys::NOTE_FIRST,
        _ => text::SAVE_FIRST,
    };
    let active = state.active == Some(recipient) && !state.encryption_off;
    html! {
        <li key={id.0} aria-label={key.label.clone()} aria-current={active.then_some("true")} class="card key">
            <div class="grow">
                <p class="name">{ key.label.clone() }if active { { " " }<span class="badge good">{ text::IN_USE }</span> }</p>
                <p class="hint"><span>{ text::FINGERPRINT }{ " " }</span><code>{ key.fingerprint.clone() }</code>{ format!(" · {} · {} / {}", text::key_kind(key.kind), key.namespace, key.name) }</p>
                if matches!(key.kind, KeyKind::RsaPublic { .. }) { <p class="hint">{ text::DROP_BOX }</p> }
                if !key.saved { <p class="notice warn">{ save_first }</p> }
                { also(state, link, recipient) }
            </div>
            <div class="actions">
                <button type="button" class={classes!((!key.saved).then_some("primary"))} onclick={link.callback(move |_| Msg::KeyAsked(Intent::SaveKeyFile(id), false))}>{ text::SAVE_KEY_FILE }</button>
                if matches!(key.kind, KeyKind::RsaPrivate { .. }) {
                    <button type="button" onclick={link.callback(move |_| Msg::KeyAsked(Intent::SavePublicKey(id), false))}>{ text::SAVE_PUBLIC_KEY }</button>
                }
                if !active {
                    <button type="button" class={classes!(key.saved.then_some("primary"))} disabled={!key.saved} title={(!key.saved).then(|| save_first.get())} onclick={link.callback(move |_| Msg::KeyChosen(id))}>{ text::USE_KEY }</button>
                }
                <button type="button" class="quiet" onclick={link.callback(move |_| Msg::KeyRemovalAsked(id))}>{ text::REMOVE }</button>
            </div>
            { names(link, key) }
        </li>
    }
}

/// What the official libraries must be told to find this key.
fn names(link: &Link, key: &KeyInfo) -> Html {
    let id = key.id;
    let [namespace, name, padding] = ["namespace", "name", "padding"].map(|what| format!("{what}-{}", id.0));
    let ids = (namespace.clone(), name.clone(), padding.clone());
    let onsubmit = link.callback(move |event: SubmitEvent| {
        event.prevent_default();
        let (namespace, name, padding) = &ids;
        let chosen = by_id::<HtmlSelectElement>(padding).map(|select| select.value());
        let scheme = |padding: &OaepPadding| padding.scheme() == chosen.as_deref();
        Msg::KeyNamesGiven {
            id,
            namespace: value(namespace),
            name: value(name),
            padding: OaepPadding::WRITTEN.into_iter().find(scheme),
        }
    });
    let field = |id: String, name: Text, value: &str| {
        html! { <div class="field"><label for={id.clone()}>{ name }</label><input {id} type="text" value={value.to_owned()} autocomplete="off" autocapitalize="none" spellcheck="false"/></div> }
    };
    html! {
        <details class="whole">
            <summary>{ text::keys::NAMES }</summary>
            <form class="stack" {onsubmit}>
                <p class="hint">{ text::keys::NAMES_HINT }</p>
                <div class="fields">
                    { field(namespace, text::keys::ITS_NAMESPACE, &key.namespace) }
                    { field(name, text::keys::ITS_NAME, &key.name) }
                    if let Some(used) = key.padding {
                        <div class="field">
                            <label for={padding.clone()}>{ text::keys::PADDING }</label>
                            <select id={padding}>
                                { for OaepPadding::WRITTEN.into_iter().filter_map(|padding| Some(html! { <option value={padding.scheme()?} selected={padding == used}>{ padding.scheme()? }</option> })) }
                            </select>
                        </div>
                    }
                </div>
                <div class="actions start"><button type="submit">{ text::keys::CHANGE_NAMES }</button></div>
            </form>
        </details>
    }
}
