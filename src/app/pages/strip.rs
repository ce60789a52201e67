//! Always says what will happen to the next file.

use yew::prelude::*;

use super::Link;
use crate::app::route::Route;
use crate::app::state::{Msg, State};
use crate::app::text;
use crate::driver::{Recipient, UploadEncryption};

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let off = || html! { <button type="button" class="quiet" onclick={link.callback(|_| Msg::EncryptionSwitched(false))}>{ text::TURN_ENCRYPTION_OFF }</button> };
    match state.encryption() {
        Some(UploadEncryption::For(recipients)) => {
            let left_out = state.left_out();
            let (class, sign) = if left_out.is_empty() {
                ("good", "✓ ")
            } else {
                ("warn", "! ")
            };
            html! {
                <div class={classes!("strip", class)}>
                    <div class="grow">
                        <p><span aria-hidden="true">{ sign }</span>{ text::ENCRYPTED_WITH }{ " " }{ names(state, &recipients) }</p>
                        if !left_out.is_empty() { <p>{ text::keys::left_out(&labels(state, &left_out)) }</p> }
                        if !state.reads_back() { <p>{ text::keys::NO_READING_BACK }</p> }
                    </div>
                    { off() }
                </div>
            }
        }
        Some(UploadEncryption::Off) => html! {
            <div class="strip bad"><p><span aria-hidden="true">{ "✕ " }</span>{ text::ENCRYPTION_IS_OFF }</p>
            <button type="button" onclick={link.callback(|_| Msg::EncryptionSwitched(true))}>{ text::TURN_ENCRYPTION_ON }</button></div>
        },
        None => html! {
            <div class="strip warn"><p>{ text::NO_KEY_YET }{ " " }<a href={Route::Keys.to_hash()}>{ text::CHOOSE_KEY }</a></p>{ off() }</div>
        },
    }
}

/// The key in use by label and fingerprint, the others by label.
fn names(state: &State, recipients: &[Recipient]) -> Html {
    let Some((first, others)) = recipients.split_first() else {
        return html! {};
    };
    let name = match first {
        Recipient::Kms(_) => html! { <code>{ state.recipient_label(*first) }</code> },
        Recipient::Key(id) => {
            let fingerprint = state.key(*id).map(|key| key.fingerprint.clone()).unwrap_or_default();
            html! { <><strong>{ state.recipient_label(*first) }</strong>{ " " }<code>{ fingerprint }</code></> }
        }
    };
    html! {
        <>
            { name }
            if !others.is_empty() { { text::keys::ALSO_FOR }<strong>{ labels(state, others) }</strong> }
        </>
    }
}

fn labels(state: &State, recipients: &[Recipient]) -> String {
    let labels = recipients.iter().map(|recipient| state.recipient_label(*recipient));
    labels.collect::<Vec<_>>().join(text::comma())
}
