//! New keys: made here, loaded, pasted, or from a passphrase.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::passphrase::PassphraseForm;
use super::{field, input, value};
use crate::app::pages::Link;
use crate::app::root::target;
use crate::app::state::{Msg, State};
use crate::app::text;
use crate::driver::{Intent, KeyMaterial, KeyOrigin, Problem};
use crate::platform::files;

/// Larger files hold no key.
const KEY_FILE_LIMIT: usize = 16 * 1024;

pub(super) fn view(state: &State, link: &Link) -> Html {
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
        Some(Msg::KeyAsked(add("", text.into_bytes(), KeyOrigin::Pasted), true))
    });
    let ongenerate = link.callback(|_| {
        let label = value("key-label");
        Msg::KeyAsked(Intent::GenerateKey { label }, false)
    });
    let onpair = link.callback(|_| {
        let label = value("key-label");
        Msg::KeyAsked(Intent::GenerateKeyPair { label }, false)
    });
    let onphrase = link.callback(|(passphrase, made): (KeyMaterial, bool)| {
        let label = value("key-label");
        let add = Intent::AddPassphrase {
            label,
            passphrase,
            made,
        };
        Msg::KeyAsked(add, true)
    });
    let onnoted = link.callback(|()| Msg::PassphraseNoted);
    html! {
        <div class="card">
            <h2>{ text::ADD_KEY }</h2>
            <div class="fields">
                { field("key-label", text::LABEL, text::OPTIONAL.get()) }
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
            <details>
                <summary>{ text::NAMES_FOR_LIBRARIES }</summary>
                <p class="hint">{ text::NAMES_HINT }</p>
                <div class="fields">
                    { field("key-namespace", text::NAMESPACE, "MyAppKeys") }
                    { field("key-name", text::KEY_NAME, text::keys::DEFAULT_NAMES.get()) }
                </div>
            </details>
            <div class="actions start">
                <button type="button" class={classes!(state.keys.is_empty().then_some("primary"))} onclick={ongenerate}>{ text::GENERATE_KEY }</button>
                <button type="button" onclick={onpair}>{ text::GENERATE_PAIR }</button>
                <p class="hint">{ text::keys::WHICH_KEY }</p>
            </div>
            <hr/>
            <PassphraseForm onuse={onphrase} {onnoted}/>
        </div>
    }
}

/// `None` when there is no file, or one that cannot be a key.
async fn read_file(event: &Event) -> Option<Msg> {
    let input = target::<HtmlInputElement>(event)?;
    let file = files::from_file_list(&input.files()?).into_iter().next()?;
    let bytes = file.handle.read_small(KEY_FILE_LIMIT).await.ok()?;
    input.set_value("");
    let stem = file.path.rsplit_once('.').map_or(file.path.as_str(), |(stem, _)| stem);
    Some(Msg::KeyAsked(add(stem, bytes, KeyOrigin::File), false))
}

fn add(fallback: &str, bytes: Vec<u8>, origin: KeyOrigin) -> Intent {
    let label = value("key-label");
    let label = if label.trim().is_empty() {
        fallback.to_owned()
    } else {
        label
    };
    Intent::AddKey {
        label,
        namespace: value("key-namespace"),
        name: value("key-name"),
        material: KeyMaterial(bytes),
        origin,
    }
}
