//! The bucket's encryption.

use yew::prelude::*;

use super::{Link, shell};
use crate::app::state::{BucketReport, Msg, State};
use crate::app::text;
use crate::s3::BucketSse;

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let bucket = state.target().map(|target| target.bucket.clone()).unwrap_or_default();
    let judged = match &state.bucket {
        BucketReport::Known { facts, .. } => Some(BucketSse::judge(facts.iter().map(|facts| &facts.sse))),
        _ => None,
    };
    let sse = judged.as_ref().map_or("unknown", BucketSse::as_str);
    let busy = matches!(state.bucket, BucketReport::Checking);
    let empty = judged == Some(BucketSse::Empty);
    html! {
        <section class="page narrow" aria-label={text::BUCKET} data-sse={sse}>
            <h1>{ text::BUCKET }{ ": " }{ bucket }</h1>
            <p class="lead">{ text::TWO_LAYERS }</p>
            { report(state, judged.as_ref()) }
            <div class="actions start">
                <button type="button" class={classes!((!empty).then_some("primary"))} aria-busy={busy.to_string()} disabled={busy} onclick={link.callback(|_| Msg::BucketCheckAsked { create: false })}>{ text::CHECK_WITH_HEAD }</button>
                <button type="button" class={classes!(empty.then_some("primary"))} disabled={busy} onclick={link.callback(|_| Msg::BucketCheckAsked { create: true })}>{ text::CREATE_TEST_OBJECT }</button>
            </div>
            <p class="hint">{ text::TEST_OBJECT_HINT }</p>
        </section>
    }
}

fn report(state: &State, judged: Option<&BucketSse>) -> Html {
    match &state.bucket {
        BucketReport::Unknown => html! { <p class="empty">{ text::NOT_CHECKED }</p> },
        BucketReport::Checking => html! { <p class="empty" role="status">{ text::CHECKING }</p> },
        BucketReport::Failed(problem) => shell::problem(problem, "bad"),
        BucketReport::Known {
            facts,
            by_test_object,
            at,
        } => html! {
            <div class="card">
                <p class="verdict" role="status">{ judged.map(text::bucket_sse).unwrap_or_default() }</p>
                <p>{ match judged { Some(BucketSse::All(state)) => text::sse_meaning(state), Some(BucketSse::Empty) => text::EMPTY_BUCKET, _ => text::MIXED_BUCKET } }</p>
                <p class="hint">{ text::checked_at(&shell::local_date(*at), *by_test_object) }</p>
                if !facts.is_empty() {
                    <ul class="evidence">
                        { for facts.iter().map(|facts| html! { <li data-sse={facts.sse.as_str()}><code>{ facts.key.clone() }</code>{ " " }{ shell::sse_badge(&facts.sse) }</li> }) }
                    </ul>
                }
            </div>
        },
    }
}
