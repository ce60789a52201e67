//! What new files ask of the storage.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Link, shell};
use crate::app::root::by_id;
use crate::app::state::{Msg, SseChoice, State, StorageMsg};
use crate::app::text::storage as words;
use crate::driver::Problem;
use crate::s3::{CustomerKey, SseRequest};

/// The value of the form's choice.
const CHOICES: [(&str, &str, SseChoice); 4] = [
    ("default", "the bucket's default", SseChoice::BucketDefault),
    ("sse-s3", "SSE-S3 (AES256)", SseChoice::SseS3),
    ("sse-kms", "SSE-KMS (aws:kms)", SseChoice::SseKms),
    ("sse-c", "SSE-C (your key, sent each time)", SseChoice::SseC),
];

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    if state
        .target()
        .is_some_and(|target| target.provider.encrypted_creation().is_none())
    {
        return html! { <p class="hint">{ words::NO_SSE_HERE }</p> };
    }
    let now = state.storage.upload_sse;
    let onsubmit = link.callback(|event: SubmitEvent| {
        event.prevent_default();
        read().map_or(
            Msg::Storage(StorageMsg::UploadRefused(Problem::CustomerKeyUnreadable)),
            |(choice, request)| Msg::Storage(StorageMsg::UploadWith(choice, request)),
        )
    });
    let text = |id: &'static str, name: &'static str, class: &'static str| {
        html! { <div class="field"><label for={id}>{ name }</label><input {id} {class} type="text" autocomplete="off" autocapitalize="none" spellcheck="false"/></div> }
    };
    let word = CHOICES
        .iter()
        .find(|(_, _, choice)| *choice == now)
        .map_or("", |(_, word, _)| *word);
    html! {
        <section class="page" aria-label={words::UPLOAD_SSE}>
            <details>
                <summary>{ words::UPLOAD_SSE }{ ": " }<span data-upload-sse={CHOICES.iter().find(|(_, _, choice)| *choice == now).map(|(id, _, _)| *id)}>{ word }</span></summary>
                <form {onsubmit} novalidate=true>
                    <div class="fields">
                        <div class="field">
                            <label for="upload-sse">{ words::UPLOAD_SSE }</label>
                            <select id="upload-sse">
                                { for CHOICES.iter().map(|(id, word, choice)| html! { <option value={*id} selected={*choice == now}>{ *word }</option> }) }
                            </select>
                        </div>
                        { text("upload-kms-key", words::KMS_KEY_ID, "") }
                        { text("upload-kms-context", words::KMS_CONTEXT, "") }
                        { text("upload-customer-key", words::CUSTOMER_KEY, "secret") }
                    </div>
                    if let Some(problem) = &state.storage.upload_problem { { shell::problem(problem, "bad") } }
                    <div class="actions start"><button type="submit">{ words::USE_SSE }</button></div>
                </form>
            </details>
        </section>
    }
}

/// Reads the form. Secrets are in its elements only; the key's field is emptied once it was taken.
fn read() -> Option<(SseChoice, SseRequest)> {
    let chosen: HtmlSelectElement = by_id("upload-sse")?;
    let input = by_id::<HtmlInputElement>;
    let filled = |id: &str| {
        input(id)
            .map(|input| input.value().trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let (_, _, choice) = CHOICES.into_iter().find(|(id, _, _)| *id == chosen.value())?;
    let request = match choice {
        SseChoice::BucketDefault => SseRequest::BucketDefault,
        SseChoice::SseS3 => SseRequest::SseS3,
        SseChoice::SseKms => SseRequest::SseKms {
            key_id: filled("upload-kms-key"),
            context: filled("upload-kms-context"),
        },
        SseChoice::SseC => {
            let field = input("upload-customer-key")?;
            let key = CustomerKey::from_text(&field.value())?;
            field.set_value("");
            SseRequest::SseC(key)
        }
    };
    Some((choice, request))
}
