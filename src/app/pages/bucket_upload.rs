//! What new files ask of the storage.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Link, shell};
use crate::app::root::{by_id, target};
use crate::app::state::{Msg, State, StorageMsg};
use crate::app::text::{self, Text, storage as words};
use crate::driver::Problem;
use crate::s3::{CustomerKey, SseKind, SseRequest};

const KMS_KEY: &str = "upload-kms-key";
const KMS_CONTEXT: &str = "upload-kms-context";
const CUSTOMER_KEY: &str = "upload-customer-key";

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let storage = &state.storage;
    let offered = storage.upload_kinds();
    let hint = html! { <p class="hint">{ words::sse_of_uploads(storage.provider, storage.claims.api()) }</p> };
    if offered.len() == 1 {
        return html! {
            <section class="card" aria-label={words::UPLOAD_SSE}>
                <h2>{ words::UPLOAD_SSE }{ ": " }{ words::sse_kind(SseKind::BucketDefault) }</h2>
                { hint }
            </section>
        };
    }
    let trying = storage.upload_trying;
    let (now, draft) = (state.storage.upload_sse, state.storage.upload_draft);
    let onsubmit = link.callback(move |event: SubmitEvent| {
        event.prevent_default();
        Msg::Storage(match read(draft) {
            Ok(request) => StorageMsg::UploadWith(draft, request),
            Err(problem) => StorageMsg::UploadRefused(problem),
        })
    });
    let onchange = link.batch_callback(|event: Event| {
        let kind = SseKind::from_id(&target::<HtmlSelectElement>(&event)?.value())?;
        Some(Msg::Storage(StorageMsg::UploadDraft(kind)))
    });
    let text = |id: &'static str, name: Text, class: &'static str| {
        html! { <div class="field"><label for={id}>{ name }</label><input {id} {class} type="text" autocomplete="off" autocapitalize="none" spellcheck="false"/></div> }
    };
    html! {
        <section class="card" aria-label={words::UPLOAD_SSE}>
            <details>
                <summary>{ words::UPLOAD_SSE }{ ": " }<span data-upload-sse={now.id()}>{ words::sse_kind(now) }</span></summary>
                <form class="stack" {onsubmit} novalidate=true>
                    { hint }
                    <div class="fields">
                        <div class="field">
                            <label for="upload-sse">{ words::UPLOAD_SSE }</label>
                            <select id="upload-sse" {onchange}>
                                { for offered.iter().map(|kind| html! { <option value={kind.id()} selected={*kind == draft}>{ words::sse_kind(*kind) }</option> }) }
                            </select>
                        </div>
                        if draft.has_kms_key() {
                            { text(KMS_KEY, words::KMS_KEY_ID, "") }
                            { text(KMS_CONTEXT, words::KMS_CONTEXT, "") }
                        }
                        if draft == SseKind::SseC { { text(CUSTOMER_KEY, words::CUSTOMER_KEY, "secret") } }
                    </div>
                    if draft == SseKind::SseC { <p class="hint">{ words::CUSTOMER_KEY_HINT }{ text::gap() }{ words::CUSTOMER_KEY_LOST }</p> }
                    if let Some(problem) = &storage.upload_problem { { shell::problem(problem, "bad") } }
                    <div class="actions start"><button type="submit" aria-busy={trying.to_string()} disabled={trying}>{ words::USE_SSE }</button></div>
                    if draft != SseKind::BucketDefault { <p class="hint">{ words::WISH_IS_TRIED }</p> }
                </form>
            </details>
            if let Some(shown) = &storage.upload_shown {
                <p role="status" class={classes!("strip", if shown.is_encrypted() { "good" } else { "bad" })} data-wish-sse={shown.as_str()}>{ words::wish_tried(now, shown) }</p>
            }
        </section>
    }
}

/// Reads the form. Secrets are in its elements only; the key's field is emptied once it was taken.
fn read(kind: SseKind) -> Result<SseRequest, Problem> {
    let filled = |id: &str| {
        by_id::<HtmlInputElement>(id)
            .map(|input| input.value().trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    Ok(match kind {
        SseKind::BucketDefault => SseRequest::BucketDefault,
        SseKind::SseS3 => SseRequest::SseS3,
        SseKind::SseKms | SseKind::DsseKms => {
            let context = filled(KMS_CONTEXT);
            if context.as_deref().is_some_and(|context| !is_context(context)) {
                return Err(Problem::BadEncryptionContext);
            }
            SseRequest::SseKms {
                key_id: filled(KMS_KEY),
                context,
                dsse: kind == SseKind::DsseKms,
            }
        }
        SseKind::SseC => {
            let key = filled(CUSTOMER_KEY).and_then(|text| CustomerKey::from_text(&text));
            let key = key.ok_or(Problem::CustomerKeyUnreadable)?;
            if let Some(field) = by_id::<HtmlInputElement>(CUSTOMER_KEY) {
                field.set_value("");
            }
            SseRequest::SseC(key)
        }
    })
}

fn is_context(text: &str) -> bool {
    serde_json::from_str::<std::collections::BTreeMap<String, String>>(text).is_ok()
}
