//! Data keys from AWS KMS.

use yew::prelude::*;

use super::{also, field, value};
use crate::app::pages::Link;
use crate::app::state::{Msg, State};
use crate::app::text;
use crate::driver::{Intent, KmsInfo, Recipient};

pub(super) fn view(state: &State, link: &Link) -> Html {
    let region = state.target().map(|target| target.region.clone());
    let region = region.unwrap_or_else(|| "us-east-1".into());
    let asked_region = region.clone();
    let onsubmit = link.callback(move |event: SubmitEvent| {
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
    html! {
        <form class="card" {onsubmit}>
            <h2>{ text::KMS }</h2>
            <p class="hint">{ text::KMS_HINT }</p>
            { for state.kms.iter().map(|held| key(state, link, held)) }
            <div class="fields">
                { field("kms-key", text::KMS_KEY, "") }
                { field("kms-endpoint", text::KMS_ENDPOINT, &format!("https://kms.{region}.amazonaws.com")) }
            </div>
            <div class="actions"><button type="submit">{ text::USE_KMS }</button></div>
        </form>
    }
}

/// A KMS key that worked, as far as it did.
fn key(state: &State, link: &Link, key: &KmsInfo) -> Html {
    let id = key.id;
    let active = state.active == Some(Recipient::Kms(id)) && !state.encryption_off;
    html! {
        <>
            <p><code>{ key.name().to_owned() }</code>{ " " }
                if active {
                    <span class="badge good">{ text::IN_USE }</span>
                } else if key.writes {
                    <button type="button" onclick={link.callback(move |_| Msg::KmsChosen(id))}>{ text::keys::USE_THIS_KMS_KEY }</button>
                } else {
                    <span class="badge quiet">{ text::keys::OPENS_ONLY }</span>
                }
            </p>
            { also(state, link, Recipient::Kms(id)) }
        </>
    }
}
