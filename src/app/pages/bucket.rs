//! The bucket's encryption: the verdict first, then what it rests on, then what can be done.

use yew::prelude::*;

use super::{
    Link, bucket_audit, bucket_copy, bucket_cors, bucket_create, bucket_layers, bucket_leftovers, bucket_upload, shell,
    upload_checks,
};
use crate::app::route::{Link as FormLink, Route};
use crate::app::state::{BucketReport, Msg, State, StorageMsg};
use crate::app::text::{self, storage as words};
use crate::app::verdicts;
use crate::driver::ObjectFacts;
use crate::s3::{self, BucketSse, SseState};

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let Some(target) = state.target() else {
        return html! {
            <section class="page narrow" aria-label={text::BUCKET} data-sse="unknown">
                <h1>{ text::BUCKET }</h1>
                <p class="empty">{ words::NO_BUCKET }{ " " }<a href={Route::Connect(FormLink::default()).to_hash()}>{ text::CONNECT_TITLE }</a></p>
            </section>
        };
    };
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
    html! {
        <div class="page narrow">
            <section class="page" aria-label={text::BUCKET} data-sse={sse}>
                <h1>{ text::BUCKET }{ ": " }<span class="bucket-name">{ target.bucket.clone() }</span></h1>
                <div class={classes!("card", "finding", tone(judged.as_ref()))}>
                    { report(state, judged.as_ref()) }
                    { actions(state, link, judged.as_ref()) }
                </div>
                { evidence(state) }
                if state.storage.plan_open { { bucket_create::view(state, link) } }
            </section>
            { bucket_layers::view(state, judged.as_ref()) }
            { bucket_upload::view(state, link) }
            { upload_checks::view(state, link) }
            { bucket_audit::view(state, link) }
            { bucket_copy::view(state, link) }
            { bucket_leftovers::view(state, link) }
            { bucket_cors::view(state, link) }
        </div>
    }
}

fn actions(state: &State, link: &Link, judged: Option<&BucketSse>) -> Html {
    let busy = matches!(state.bucket, BucketReport::Checking { .. });
    let auditing = state.storage.audit.as_ref().is_some_and(|audit| audit.is_running());
    let open = state.storage.plan_open;
    // Where HEAD of what is there decided nothing, a test object may.
    let test = matches!(judged, Some(BucketSse::Empty | BucketSse::All(SseState::Unknown)));
    html! {
        <>
            <div class="actions start">
                <button type="button" class={classes!((!test).then_some("primary"))} aria-busy={busy.to_string()} onclick={link.callback(|_| Msg::BucketCheckAsked { create: false })}>{ text::CHECK_WITH_HEAD }</button>
                <button type="button" class={classes!(test.then_some("primary"))} aria-describedby="test-object-hint" onclick={link.callback(|_| Msg::BucketCheckAsked { create: true })}>{ text::CREATE_TEST_OBJECT }</button>
                <button type="button" disabled={auditing} onclick={link.callback(|_| Msg::Storage(StorageMsg::AuditAsked))}>{ words::AUDIT_ALL }</button>
                <button type="button" aria-expanded={open.to_string()} onclick={link.callback(move |_| Msg::Storage(StorageMsg::PlanOpened(!open)))}>{ words::CREATE_ENCRYPTED }</button>
            </div>
            <p class="hint" id="test-object-hint">{ text::TEST_OBJECT_HINT }</p>
        </>
    }
}

/// Good, bad, in between, or nothing known: the colour that goes with the words and the sign.
pub(super) fn tone(judged: Option<&BucketSse>) -> &'static str {
    match judged {
        Some(BucketSse::All(state)) if state.is_encrypted() => "good",
        Some(BucketSse::All(SseState::None | SseState::Unconfirmed)) => "bad",
        Some(BucketSse::All(SseState::Hidden) | BucketSse::Mixed) => "warn",
        _ => "quiet",
    }
}

/// The sign that goes with a tone.
pub(super) fn sign(tone: &str) -> &'static str {
    match tone {
        "good" => "✓",
        "bad" => "✕",
        "warn" => "◐",
        _ => "?",
    }
}

fn report(state: &State, judged: Option<&BucketSse>) -> Html {
    match (&state.bucket, judged) {
        (BucketReport::Checking { .. }, _) => html! { <p class="verdict" role="status">{ text::CHECKING }</p> },
        (BucketReport::Failed(problem), _) => shell::problem(problem, "bad"),
        (BucketReport::Known { by_test_object, at, .. }, Some(judged)) => html! {
            <>
                <p class="verdict" role="status"><span class="sign" aria-hidden="true">{ sign(tone(Some(judged))) }</span>{ text::bucket_sse(judged) }</p>
                <p>{ words::bucket_meaning(judged, state.storage.claims.echoes) }</p>
                <p class="next">{ words::bucket_next(judged) }</p>
                if *judged == BucketSse::Empty { { earlier(state) } }
                if state.storage.claims.echoes { <p class="notice bad" role="alert">{ words::ECHOES }</p> }
                <p class="hint">
                    { text::checked_at(&shell::local_date(*at), *by_test_object) }
                    if let Some(claim) = words::default_encryption(&state.storage.claims) { { " " }{ claim } }
                </p>
            </>
        },
        _ => html! {
            <>
                <p class="verdict"><span class="sign" aria-hidden="true">{ sign("quiet") }</span>{ text::NOT_CHECKED }</p>
                { earlier(state) }
            </>
        },
    }
}

/// What the verdict rests on: each object that was looked at, how its state is known, and the headers word for word.
fn evidence(state: &State) -> Html {
    let BucketReport::Known { facts, .. } = &state.bucket else {
        return html! {};
    };
    let line = |facts: &ObjectFacts| {
        html! {
            <li data-sse={facts.sse.as_str()}>
                <p><code>{ facts.key.clone() }</code>{ " " }{ shell::sse_badge(&facts.sse) }</p>
                <p class="hint">{ words::grounds(facts.grounds) }{ for facts.sse_headers.iter().map(|header| html! { <>{ " " }<code>{ header.clone() }</code></> }) }</p>
            </li>
        }
    };
    html! {
        <div class="card">
            <h2>{ words::EVIDENCE }</h2>
            if facts.is_empty() {
                <p class="hint">{ words::NO_EVIDENCE }</p>
            } else {
                <ul class="evidence" aria-label={words::EVIDENCE}>{ for facts.iter().map(|facts| line(facts)) }</ul>
            }
            { commands(state) }
        </div>
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
            { words::checked_before(&shell::local_date(verdict.at), text::bucket_sse(&sse).get(), verdict.by_test_object) }
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
