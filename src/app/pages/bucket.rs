//! The bucket's encryption.

use yew::prelude::*;

use super::{Link, bucket_audit, bucket_cors, bucket_create, bucket_upload, shell};
use crate::app::state::{BucketReport, Msg, State, StorageMsg};
use crate::app::text::{self, storage as words};
use crate::app::verdicts;
use crate::s3::{self, BucketSse};

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let bucket = state.target().map(|target| target.bucket.clone()).unwrap_or_default();
    let judged = match &state.bucket {
        BucketReport::Known {
            facts, by_test_object, ..
        } => {
            let seen = BucketSse::judge(facts.iter().map(|facts| &facts.sse));
            Some(seen.weigh(state.storage.claims(*by_test_object)))
        }
        _ => None,
    };
    let sse = judged.as_ref().map_or("unknown", BucketSse::as_str);
    let busy = matches!(state.bucket, BucketReport::Checking);
    let empty = judged == Some(BucketSse::Empty);
    let auditing = state.storage.audit.as_ref().is_some_and(|audit| audit.is_running());
    let open = state.storage.plan_open;
    html! {
        <div class="page narrow">
            <section class="page" aria-label={text::BUCKET} data-sse={sse}>
                <h1>{ text::BUCKET }{ ": " }{ bucket }</h1>
                <p class="lead">{ text::TWO_LAYERS }</p>
                { report(state, judged.as_ref()) }
                <div class="actions start">
                    <button type="button" class={classes!((!empty).then_some("primary"))} aria-busy={busy.to_string()} disabled={busy} onclick={link.callback(|_| Msg::BucketCheckAsked { create: false })}>{ text::CHECK_WITH_HEAD }</button>
                    <button type="button" class={classes!(empty.then_some("primary"))} disabled={busy} onclick={link.callback(|_| Msg::BucketCheckAsked { create: true })}>{ text::CREATE_TEST_OBJECT }</button>
                    <button type="button" disabled={auditing} onclick={link.callback(|_| Msg::Storage(StorageMsg::AuditAsked))}>{ words::AUDIT_ALL }</button>
                    <button type="button" aria-expanded={open.to_string()} onclick={link.callback(move |_| Msg::Storage(StorageMsg::PlanOpened(!open)))}>{ words::CREATE_ENCRYPTED }</button>
                </div>
                <p class="hint">{ text::TEST_OBJECT_HINT }</p>
                if open { { bucket_create::view(state, link) } }
            </section>
            { bucket_upload::view(state, link) }
            { bucket_audit::view(state, link) }
            { bucket_cors::view(state, link) }
        </div>
    }
}

fn report(state: &State, judged: Option<&BucketSse>) -> Html {
    match &state.bucket {
        BucketReport::Unknown => html! {
            <>
                <p class="empty">{ text::NOT_CHECKED }</p>
                { earlier(state) }
            </>
        },
        BucketReport::Checking => html! { <p class="empty" role="status">{ text::CHECKING }</p> },
        BucketReport::Failed(problem) => shell::problem(problem, "bad"),
        BucketReport::Known {
            facts,
            by_test_object,
            at,
        } => {
            let loud = judged.is_some_and(|judged| judged.as_str() == "unconfirmed");
            html! {
                <div class="card">
                    <p class={classes!("verdict", loud.then_some("loud"))} role="status">{ judged.map(text::bucket_sse).unwrap_or_default() }</p>
                    <p>{ match judged { Some(BucketSse::All(state)) => text::sse_meaning(state), Some(BucketSse::Empty) => text::EMPTY_BUCKET, _ => text::MIXED_BUCKET } }</p>
                    if facts.is_empty() { { earlier(state) } }
                    if state.storage.claims.echoes { <p class="notice bad" role="alert">{ words::ECHOES }</p> }
                    <p class="hint">{ text::checked_at(&shell::local_date(*at), *by_test_object) }</p>
                    if let Some(claim) = words::default_encryption(&state.storage.claims) { <p class="hint">{ claim }</p> }
                    if !facts.is_empty() {
                        <ul class="evidence">
                            { for facts.iter().map(|facts| html! {
                                <li data-sse={facts.sse.as_str()}>
                                    <code>{ facts.key.clone() }</code>{ " " }{ shell::sse_badge(&facts.sse) }
                                    <span class="hint">{ " " }{ words::grounds(facts.grounds) }{ " " }
                                        { for facts.sse_headers.iter().map(|header| html! { <code>{ header.clone() }{ " " }</code> }) }</span>
                                </li>
                            }) }
                        </ul>
                    }
                    { commands(state) }
                </div>
            }
        }
    }
}

/// What an earlier visit found: a memory with a date, not what is.
fn earlier(state: &State) -> Html {
    let found = state.target().and_then(|target| verdicts::of(&state.verdicts, target));
    let Some((verdict, sse)) = found.and_then(|verdict| Some((verdict, verdict.sse()?))) else {
        return html! {};
    };
    html! {
        <p class="hint" data-earlier-sse={sse.as_str()}>
            { words::checked_before(&shell::local_date(verdict.at), text::bucket_sse(&sse), verdict.by_test_object) }
        </p>
    }
}

fn commands(state: &State) -> Html {
    let Some(bucket) = s3_bucket(state) else {
        return html! {};
    };
    let prefix = state.target().map(|target| target.prefix.clone()).unwrap_or_default();
    let mut lines = vec![
        s3::aws_get_bucket_encryption(&bucket),
        s3::aws_list_objects(&bucket, &prefix),
    ];
    if let BucketReport::Known {
        facts,
        by_test_object: false,
        ..
    } = &state.bucket
        && let Some(facts) = facts.first()
    {
        lines.push(s3::aws_head_object(&bucket, &facts.key));
    }
    shell::commands(&lines)
}

/// The connected bucket as the protocol knows it.
pub(super) fn s3_bucket(state: &State) -> Option<s3::Bucket> {
    let target = state.target()?;
    s3::Bucket::new(&target.endpoint, &target.region, &target.bucket, target.style).ok()
}
