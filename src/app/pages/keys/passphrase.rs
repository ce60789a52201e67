//! A passphrase: one that was made here stands in the field, and stays in sight until it was written down.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use zeroize::Zeroizing;

use crate::app::root::target;
use crate::app::text;
use crate::driver::KeyMaterial;
use crate::encryption::passphrase;
use crate::platform::error::BrowserError;
use crate::platform::{random, save};

/// A passphrase worth fewer bits can be guessed by anyone who has the object.
const LEAST_BITS: u32 = 50;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    /// Takes the passphrase, and whether it was made here.
    pub onuse: Callback<(KeyMaterial, bool)>,
    /// The person has the one that was made here: it was saved, or they say so.
    pub onnoted: Callback<()>,
}

/// Nothing of it is in the app's state: a typed passphrase is in its field only.
#[component]
pub(super) fn PassphraseForm(props: &Props) -> Html {
    let field = use_node_ref();
    let bits = use_state(|| 0);
    // Made here and taken: shown, because nobody may have noted it.
    let to_note = use_state(|| None::<Zeroizing<String>>);
    // Why the browser did not save it.
    let unsaved = use_state(|| None::<String>);
    let made = use_mut_ref(|| Zeroizing::new(String::new()));
    let suggest = {
        let (field, bits, made) = (field.clone(), bits.clone(), made.clone());
        move || {
            let phrase = passphrase::make_passphrase(&random::make_array());
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.set_value(&phrase);
            }
            bits.set(passphrase::estimated_bits(&phrase));
            made.replace(phrase);
        }
    };
    {
        let suggest = suggest.clone();
        use_effect_with((), move |()| suggest());
    }
    let oninput = {
        let bits = bits.clone();
        Callback::from(move |event: InputEvent| {
            let typed = target::<HtmlInputElement>(&event).map(|field| Zeroizing::new(field.value()));
            bits.set(typed.map_or(0, |typed| passphrase::estimated_bits(typed.trim())));
        })
    };
    let onsubmit = {
        let (field, bits, made, onuse) = (field.clone(), bits.clone(), made.clone(), props.onuse.clone());
        let (to_note, unsaved) = (to_note.clone(), unsaved.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(field) = field.cast::<HtmlInputElement>() else {
                return;
            };
            let phrase = Zeroizing::new(field.value());
            if passphrase::estimated_bits(phrase.trim()) < LEAST_BITS {
                return;
            }
            field.set_value("");
            bits.set(0);
            let is_made = *phrase == **made.borrow();
            to_note.set(is_made.then(|| phrase.clone()));
            unsaved.set(None);
            onuse.emit((KeyMaterial(phrase.as_bytes().to_vec()), is_made));
        })
    };
    let onsuggest = Callback::from(move |_: MouseEvent| suggest());
    let is_made = !made.borrow().is_empty()
        && field
            .cast::<HtmlInputElement>()
            .is_some_and(|field| field.value() == **made.borrow());
    let onnoted = {
        let (to_note, onnoted) = (to_note.clone(), props.onnoted.clone());
        Callback::from(move |_: MouseEvent| {
            to_note.set(None);
            onnoted.emit(());
        })
    };
    let onsave = |phrase: &Zeroizing<String>| {
        let (phrase, unsaved, onnoted) = (phrase.clone(), unsaved.clone(), props.onnoted.clone());
        Callback::from(move |_: MouseEvent| {
            let problem = save_phrase(&phrase).err().map(|error| error.to_string());
            if problem.is_none() {
                onnoted.emit(());
            }
            unsaved.set(problem);
        })
    };
    html! {
        <form class="stack" {onsubmit}>
            <div class="inline">
                <div class="field grow">
                    <label for="passphrase">{ text::PASSPHRASE }</label>
                    <input id="passphrase" ref={field} type="text" {oninput} autocomplete="off" autocapitalize="none" spellcheck="false"/>
                </div>
                <button type="button" onclick={onsuggest}>{ text::SUGGEST_PASSPHRASE }</button>
                <button type="submit" disabled={*bits < LEAST_BITS}>{ text::USE_PASSPHRASE }</button>
            </div>
            <p class="hint">{ text::keys::passphrase_strength(*bits, is_made) }</p>
            if let Some(phrase) = &*to_note {
                <div class="notice warn stack" role="status">
                    <p>{ text::keys::NOTE_PASSPHRASE }{ " " }<code>{ phrase.as_str() }</code></p>
                    <div class="actions start">
                        <button type="button" onclick={onsave(phrase)}>{ text::keys::SAVE_PASSPHRASE }</button>
                        <button type="button" class="quiet" onclick={onnoted}>{ text::keys::PASSPHRASE_NOTED }</button>
                    </div>
                    if let Some(why) = &*unsaved { <p role="alert">{ text::keys::passphrase_unsaved(why) }</p> }
                </div>
            }
        </form>
    }
}

fn save_phrase(phrase: &Zeroizing<String>) -> Result<(), BrowserError> {
    let text = Zeroizing::new(format!("{}\n", phrase.as_str()));
    save::download_bytes("sealdrop-passphrase.txt", "text/plain", text.as_bytes())
}
