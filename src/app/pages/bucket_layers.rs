//! The two layers, side by side: which of them protects what, and how each stands for the next file.

use yew::prelude::*;

use super::shell;
use crate::app::route::Route;
use crate::app::state::State;
use crate::app::text::{self, storage as words};
use crate::driver::UploadEncryption;
use crate::s3::BucketSse;

pub(super) fn view(state: &State, judged: Option<&BucketSse>) -> Html {
    let client = match state.encryption() {
        Some(UploadEncryption::Key(_)) => {
            let label = state.active_key().map(|key| key.label.clone()).unwrap_or_default();
            (true, format!("{} {label}", text::ENCRYPTED_WITH))
        }
        Some(UploadEncryption::Kms) => (
            true,
            text::ENCRYPTED_WITH.to_owned() + " " + state.kms.as_deref().unwrap_or(""),
        ),
        Some(UploadEncryption::Off) => (false, text::ENCRYPTION_IS_OFF.to_owned()),
        None => (false, text::NO_KEY_YET.to_owned()),
    };
    let server = judged.is_some_and(|judged| matches!(judged, BucketSse::All(state) if state.is_encrypted()));
    let said = judged.map_or(text::NOT_CHECKED, text::bucket_sse);
    html! {
        <section class="page" aria-label={words::LAYERS}>
            <h2>{ words::LAYERS }</h2>
            <div class="layers">
                <div class="card">
                    <h3>{ text::CSE }</h3>
                    <p>{ words::CSE_LAYER }</p>
                    <ul class="checks">{ shell::check(Some(client.0), &client.1, "") }</ul>
                    if !client.0 { <p><a href={Route::Keys.to_hash()}>{ text::CHOOSE_KEY }</a></p> }
                </div>
                <div class="card">
                    <h3>{ text::SSE }</h3>
                    <p>{ words::SSE_LAYER }</p>
                    <ul class="checks">{ shell::check(judged.filter(|judged| is_known(judged)).map(|_| server), said, "") }</ul>
                </div>
            </div>
            <p class="hint">{ words::LAYERS_HINT }</p>
        </section>
    }
}

/// Whether anything is known of the storage's layer.
fn is_known(judged: &BucketSse) -> bool {
    !matches!(judged.as_str(), "empty" | "hidden" | "unknown" | "mixed")
}
