//! Keys: make, load, save, choose.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;
use zeroize::Zeroizing;

use super::{Link, shell};
use crate::app::root::target;
use crate::app::state::{Msg, State};
use crate::app::text;
use crate::driver::{Intent, KeyInfo, KeyKind, KeyMaterial, KeyOrigin, Problem, WriteFormat};
use crate::encryption::passphrase;
use crate::platform::{files, random};

/// A passphrase worth fewer bits can be guessed by anyone who has the object.
const LEAST_BITS: u32 = 50;
/// Larger files hold no key.
const KEY_FILE_LIMIT: usize = 16 * 1024;

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let onfile = link.callback_future(|event: Event| async move {
        read_file(&event)
            .await
            .unwrap_or(Msg::Driver(crate::driver::Event::KeyRefused(Problem::BadKeyMaterial)))
    });
    let onpaste = link.batch_callback(|event: InputEvent| {
        Some(Msg::KeyPasted(
            !target::<HtmlInputElement>(&event)?.value().trim().is_empty(),
        ))
    });
    let onuse = link.batch_callback(|event: SubmitEvent| {
        event.prevent_default();
        let input = input("paste-key")?;
        let text = input.value();
        input.set_value("");
        Some(match add("", text.into_bytes(), KeyOrigin::Pasted) {
            Msg::KeyAsked(intent, _) => Msg::KeyAsked(intent, true),
            other => other,
        })
    });
    let ongenerate = link.callback(|_| {
        Msg::KeyAsked(
            Intent::GenerateKey {
                label: value("key-label"),
            },
            false,
        )
    });
    let onpair = link.callback(|_| {
        let label = value("key-label");
        Msg::KeyAsked(Intent::GenerateKeyPair { label }, false)
    });
    let onphrasetyped = link.batch_callback(|event: InputEvent| {
        let phrase = Zeroizing::new(target::<HtmlInputElement>(&event)?.value());
        Some(Msg::PassphraseTyped(passphrase::estimated_bits(phrase.trim())))
    });
    let onsuggest = link.batch_callback(|_| {
        let phrase = passphrase::make_passphrase(&random::make_array());
        input("passphrase")?.set_value(&phrase);
        Some(Msg::PassphraseTyped(passphrase::estimated_bits(&phrase)))
    });
    let onphrase = link.batch_callback(|event: SubmitEvent| {
        event.prevent_default();
        let field = input("passphrase")?;
        let passphrase = KeyMaterial(field.value().into_bytes());
        field.set_value("");
        let label = value("key-label");
        Some(Msg::KeyAsked(Intent::AddPassphrase { label, passphrase }, true))
    });
    let region = state
        .target()
        .map(|target| target.region.clone())
        .unwrap_or_else(|| "us-east-1".into());
    let asked_region = region.clone();
    let onkms = link.callback(move |event: SubmitEvent| {
        event.prevent_default();
        let (endpoint, key_id) = (value("kms-endpoint"), value("kms-key"));
        let region = asked_region.clone();
        Msg::KeyAsked(
            Intent::UseKms {
                endpoint,
                region,
                key_id,
            },
            false,
        )
    });
    let onformat = link.batch_callback(|event: Event| {
        let id = target::<HtmlSelectElement>(&event)?.value();
        let format = WriteFormat::ALL.into_iter().find(|format| format.id() == id)?;
        Some(Msg::FormatChosen(format))
    });
    html! {
        <section class="page narrow" aria-labelledby="keys-title">
            <h1 id="keys-title">{ text::KEYS }</h1>
            <p class="lead">{ text::KEYS_INTRO }</p>
            if let Some(problem) = &state.key_problem { { shell::problem(problem, "bad") } }
            if state.keys.is_empty() {
                <p class="empty">{ text::NO_KEYS }</p>
            } else {
                <ul class="keys" aria-label={text::KEYS}>{ for state.keys.iter().map(|key| item(state, link, key)) }</ul>
            }
            <div class="card">
                <h2>{ text::ADD_KEY }</h2>
                <div class="fields">
                    <div class="field"><label for="key-label">{ text::LABEL }</label><input id="key-label" type="text" placeholder={text::OPTIONAL} autocomplete="off"/></div>
                    <div class="field">
                        <label for="key-file">{ text::KEY_FILE }</label>
                        <input id="key-file" type="file" onchange={onfile}/>
                        <p class="hint">{ text::KEY_SHAPES }</p>
                    </div>
                </div>
                <form class="inline" onsubmit={onuse}>
                    <div class="field grow">
                        <label for="paste-key">{ text::PASTE_KEY }</label>
                        <input id="paste-key" class="secret" type="text" oninput={onpaste} autocomplete="off" autocapitalize="none" spellcheck="false"/>
                    </div>
                    if state.key_pasted { <button type="submit" class="primary">{ text::USE_KEY }</button> }
                </form>
                <form class="inline" onsubmit={onphrase}>
                    <div class="field grow">
                        <label for="passphrase">{ text::PASSPHRASE }</label>
                        <input id="passphrase" type="text" oninput={onphrasetyped.clone()} autocomplete="off" autocapitalize="none" spellcheck="false"/>
                    </div>
                    <button type="button" onclick={onsuggest}>{ text::SUGGEST_PASSPHRASE }</button>
                    if state.passphrase_bits > 0 { <button type="submit" class="primary" disabled={state.passphrase_bits < LEAST_BITS}>{ text::USE_PASSPHRASE }</button> }
                </form>
                <p class="hint">{ text::passphrase_strength(state.passphrase_bits) }</p>
                <details>
                    <summary>{ text::NAMES_FOR_LIBRARIES }</summary>
                    <p class="hint">{ text::NAMES_HINT }</p>
                    <div class="fields">
                        <div class="field"><label for="key-namespace">{ text::NAMESPACE }</label><input id="key-namespace" type="text" placeholder="MyAppKeys" autocomplete="off" spellcheck="false"/></div>
                        <div class="field"><label for="key-name">{ text::KEY_NAME }</label><input id="key-name" type="text" placeholder="S3AESKey" autocomplete="off" spellcheck="false"/></div>
                    </div>
                </details>
                <div class="actions">
                    <button type="button" onclick={onpair}>{ text::GENERATE_PAIR }</button>
                    <button type="button" class={classes!(state.keys.is_empty().then_some("primary"))} onclick={ongenerate}>{ text::GENERATE_KEY }</button>
                </div>
            </div>
            <form class="card" onsubmit={onkms}>
                <h2>{ text::KMS }</h2>
                <p class="hint">{ text::KMS_HINT }</p>
                if let Some(arn) = &state.kms { <p><span class="badge good">{ text::IN_USE }</span>{ " " }<code>{ arn.clone() }</code></p> }
                <div class="fields">
                    <div class="field"><label for="kms-key">{ text::KMS_KEY }</label><input id="kms-key" type="text" autocomplete="off" spellcheck="false"/></div>
                    <div class="field"><label for="kms-endpoint">{ text::KMS_ENDPOINT }</label><input id="kms-endpoint" type="text" placeholder={format!("https://kms.{region}.amazonaws.com")} autocomplete="off" spellcheck="false"/></div>
                </div>
                <div class="actions"><button type="submit">{ text::USE_KMS }</button></div>
            </form>
            <div class="card">
                <h2>{ text::WRITE_AS }</h2>
                <div class="field">
                    <label for="format">{ text::FORMAT }</label>
                    <select id="format" onchange={onformat}>
                        { for WriteFormat::ALL.into_iter().map(|format| html! { <option value={format.id()} selected={format == state.format}>{ text::format_name(format) }</option> }) }
                    </select>
                    <p class="hint">{ text::format_hint(state.format) }</p>
                </div>
            </div>
        </section>
    }
}

fn item(state: &State, link: &Link, key: &KeyInfo) -> Html {
    let (id, active) = (key.id, state.active == Some(key.id) && !state.encryption_off);
    html! {
        <li key={id.0} aria-label={key.label.clone()} aria-current={active.then_some("true")} class="card key">
            <div class="grow">
                <p class="name">{ key.label.clone() }if active { { " " }<span class="badge good">{ text::IN_USE }</span> }</p>
                <p class="hint"><span>{ text::FINGERPRINT }{ " " }</span><code>{ key.fingerprint.clone() }</code>{ format!(" · {} · {} / {}", text::key_kind(key.kind), key.namespace, key.name) }</p>
                if matches!(key.kind, KeyKind::RsaPublic { .. }) { <p class="hint">{ text::DROP_BOX }</p> }
                if !key.saved { <p class="notice warn">{ text::SAVE_FIRST }</p> }
            </div>
            <div class="actions">
                <button type="button" class={classes!((!key.saved).then_some("primary"))} onclick={link.callback(move |_| Msg::KeyAsked(Intent::SaveKeyFile(id), false))}>{ text::SAVE_KEY_FILE }</button>
                if matches!(key.kind, KeyKind::RsaPrivate { .. }) {
                    <button type="button" onclick={link.callback(move |_| Msg::KeyAsked(Intent::SavePublicKey(id), false))}>{ text::SAVE_PUBLIC_KEY }</button>
                }
                if !active {
                    <button type="button" class={classes!(key.saved.then_some("primary"))} disabled={!key.saved} title={(!key.saved).then_some(text::SAVE_FIRST)} onclick={link.callback(move |_| Msg::KeyChosen(id))}>{ text::USE_KEY }</button>
                }
                <button type="button" class="quiet" onclick={link.callback(move |_| Msg::KeyRemovalAsked(id))}>{ text::REMOVE }</button>
            </div>
        </li>
    }
}

/// `None` when there is no file, or one that cannot be a key.
async fn read_file(event: &Event) -> Option<Msg> {
    let input = target::<HtmlInputElement>(event)?;
    let file = files::from_file_list(&input.files()?).into_iter().next()?;
    let bytes = file.handle.read_small(KEY_FILE_LIMIT).await.ok()?;
    input.set_value("");
    let stem = file.path.rsplit_once('.').map_or(file.path.as_str(), |(stem, _)| stem);
    Some(add(stem, bytes, KeyOrigin::File))
}

fn input(id: &str) -> Option<HtmlInputElement> {
    wasm_bindgen::JsCast::dyn_into(web_sys::window()?.document()?.get_element_by_id(id)?).ok()
}

fn value(id: &str) -> String {
    input(id).map(|input| input.value()).unwrap_or_default()
}

fn add(fallback: &str, bytes: Vec<u8>, origin: KeyOrigin) -> Msg {
    let label = value("key-label");
    let label = if label.trim().is_empty() {
        fallback.to_owned()
    } else {
        label
    };
    let (namespace, name) = (value("key-namespace"), value("key-name"));
    Msg::KeyAsked(
        Intent::AddKey {
            label,
            namespace,
            name,
            material: KeyMaterial(bytes),
            origin,
        },
        false,
    )
}
