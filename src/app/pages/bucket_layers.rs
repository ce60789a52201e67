//! The two layers, side by side: which of them protects what, and how each stands for the next file.

use yew::prelude::*;

use super::bucket;
use crate::app::route::Route;
use crate::app::state::State;
use crate::app::text::{self, storage as words};
use crate::driver::UploadEncryption;
use crate::s3::BucketSse;

pub(super) fn view(state: &State, judged: Option<&BucketSse>) -> Html {
    let (tone, said) = match state.encryption() {
        Some(UploadEncryption::For(recipients)) => {
            let labels = recipients.iter().map(|recipient| state.recipient_label(*recipient));
            let labels = labels.collect::<Vec<_>>().join(text::comma());
            ("good", format!("{} {labels}", text::ENCRYPTED_WITH))
        }
        Some(UploadEncryption::Off) => ("bad", text::ENCRYPTION_IS_OFF.into()),
        None => ("quiet", text::NO_KEY_YET.into()),
    };
    html! {
        <section class="page" aria-label={words::LAYERS}>
            <h2>{ words::LAYERS }</h2>
            <div class="layers">
                <div class="card">
                    <h3>{ text::CSE }</h3>
                    <p>{ words::CSE_LAYER }</p>
                    { stands(tone, &said) }
                    if tone != "good" { <p><a href={Route::Keys.to_hash()}>{ text::CHOOSE_KEY }</a></p> }
                </div>
                <div class="card">
                    <h3>{ text::SSE }</h3>
                    <p>{ words::SSE_LAYER }</p>
                    { stands(bucket::tone(judged), judged.map_or(text::NOT_CHECKED, text::bucket_sse).get()) }
                </div>
            </div>
            <p class="hint">{ words::LAYERS_HINT }</p>
        </section>
    }
}

/// How a layer stands, in words and with a sign.
fn stands(tone: &'static str, said: &str) -> Html {
    html! { <p><span class={classes!("badge", tone)} aria-hidden="true">{ bucket::sign(tone) }</span>{ " " }{ said.to_owned() }</p> }
}
