//! A new bucket that encrypts.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Link, bucket, shell};
use crate::app::root::target;
use crate::app::state::{Msg, State, StorageMsg};
use crate::app::text::{Text, storage as words};
use crate::driver::{Creation, CreationPlan, CreationStep, Problem};
use crate::platform::page;
use crate::s3::{
    EncryptedCreation, SseKind, aws_create_encrypted_bucket, aws_put_bucket_cors, create_encrypted_bucket_tool,
    curl_create_scality_bucket, recommended_rule, sibling,
};

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let offered = state.storage.creation_way().is_some();
    let plan = &state.storage.plan;
    let text = |id: &'static str, name: Text, value: &str, put: fn(&mut CreationPlan, String)| {
        let plan = plan.clone();
        let oninput = link.batch_callback(move |event: InputEvent| {
            let mut plan = plan.clone();
            put(&mut plan, target::<HtmlInputElement>(&event)?.value());
            Some(Msg::Storage(StorageMsg::PlanChanged(plan)))
        });
        html! {
            <div class="field">
                <label for={id}>{ name }</label>
                <input {id} type="text" value={value.to_owned()} {oninput} autocomplete="off" autocapitalize="none" spellcheck="false"/>
            </div>
        }
    };
    let choose = |put: fn(&mut CreationPlan, &str)| {
        let plan = plan.clone();
        link.batch_callback(move |event: Event| {
            let mut plan = plan.clone();
            put(&mut plan, &target::<HtmlSelectElement>(&event)?.value());
            Some(Msg::Storage(StorageMsg::PlanChanged(plan)))
        })
    };
    let onhow = choose(|plan, value| {
        plan.how = if value == "scality" {
            EncryptedCreation::ScalityHeader
        } else {
            EncryptedCreation::BucketDefault
        };
    });
    let onalgorithm = choose(|plan, value| plan.kind = SseKind::from_id(value).unwrap_or_default());
    let kinds = match state.storage.bucket_kinds() {
        // Somebody who tries all the same is told by the test object.
        [] => &[SseKind::SseS3],
        kinds => kinds,
    };
    // Nothing chosen yet stands for the first: a list that shows another than is asked for would lie.
    let chosen = kinds.iter().find(|kind| **kind == plan.kind).or(kinds.first()).copied();
    let scality = plan.how == EncryptedCreation::ScalityHeader;
    let busy = state
        .storage
        .creation
        .as_ref()
        .is_some_and(|creation| !creation.finished);
    let onsubmit = link.callback(|event: SubmitEvent| {
        event.prevent_default();
        Msg::Storage(StorageMsg::CreationAsked)
    });
    let ready = !plan.bucket.trim().is_empty() && !busy;
    html! {
        <form class="card" aria-label={words::CREATE_TITLE} {onsubmit} novalidate=true>
            <h2>{ words::CREATE_TITLE }</h2>
            <p class="notice warn">{ words::CANNOT_CONVERT }</p>
            if !offered { <p class="notice bad">{ words::NO_SSE_HERE }</p> }
            <div class="fields">
                { text("new-bucket", words::NEW_BUCKET, &plan.bucket, |plan, text| plan.bucket = text) }
                <div class="field">
                    <label for="new-how">{ words::HOW }</label>
                    <select id="new-how" onchange={onhow}>
                        <option value="default" selected={!scality}>{ words::creation(EncryptedCreation::BucketDefault) }</option>
                        <option value="scality" selected={scality}>{ words::creation(EncryptedCreation::ScalityHeader) }</option>
                    </select>
                </div>
                <div class="field">
                    <label for="new-algorithm">{ words::ALGORITHM }</label>
                    <select id="new-algorithm" onchange={onalgorithm}>
                        { for kinds.iter().map(|kind| html! { <option value={kind.id()} selected={Some(*kind) == chosen}>{ words::sse_kind(*kind) }</option> }) }
                    </select>
                </div>
                if plan.kind.has_kms_key() && !scality { { text("new-kms-key", words::KMS_KEY_ID, &plan.key_id, |plan, text| plan.key_id = text) } }
                { text("new-location", words::LOCATION, &plan.location, |plan, text| plan.location = text) }
            </div>
            <div class="actions start">
                <button type="submit" class="primary" aria-busy={busy.to_string()} disabled={!ready}>{ words::CREATE }</button>
                <button type="button" disabled={!ready} onclick={link.callback(|_| Msg::Storage(StorageMsg::VerificationAsked))}>{ words::CHECK_IT_NOW }</button>
            </div>
            { state.storage.creation.as_deref().map(progress).unwrap_or_default() }
            { commands(state) }
        </form>
    }
}

fn progress(creation: &Creation) -> Html {
    let class = |encrypted: bool| if encrypted { "strip good" } else { "strip bad" };
    html! {
        <>
            <ul class="checks" aria-label={creation.plan.bucket.clone()}>
                { for creation.steps.iter().map(|(step, outcome)| self::step(*step, outcome.is_ok())) }
            </ul>
            { for creation.steps.iter().filter_map(|(_, outcome)| outcome.as_ref().err()).map(|problem| shell::problem(problem, "bad")) }
            if let Some(sse) = &creation.sse {
                <p role="status" class={class(sse.is_encrypted())} data-sse={sse.as_str()}>{ words::creation_verdict(&creation.plan.bucket, sse) }</p>
            }
        </>
    }
}

fn step(step: CreationStep, done: bool) -> Html {
    let (class, sign) = if done { ("good", "✓") } else { ("bad", "✕") };
    html! {
        <li data-ok={done.to_string()}>
            <span class={classes!("badge", class)}><span aria-hidden="true">{ sign }</span>{ " " }{ words::step_outcome(done) }</span>
            { " " }{ words::creation_step(step) }
        </li>
    }
}

/// The commands for this very bucket, once it has a name that can be one.
fn commands(state: &State) -> Html {
    let plan = &state.storage.plan;
    let Some(new) = bucket::s3_bucket(state).and_then(|bucket| sibling(&bucket, plan.bucket.trim())) else {
        return html! {};
    };
    let by_default = || aws_create_encrypted_bucket(&new, plan.location().as_deref(), &plan.default_encryption());
    let mut lines = match plan.how {
        EncryptedCreation::ScalityHeader => vec![
            (words::BY_TOOL, create_encrypted_bucket_tool(&new)),
            (words::BY_CURL, curl_create_scality_bucket(&new)),
            (words::BY_DEFAULT_ON_SCALITY, by_default()),
        ],
        EncryptedCreation::BucketDefault => vec![(words::BY_DEFAULT, by_default())],
    };
    let cors = aws_put_bucket_cors(&new, &[recommended_rule(&page::origin())]);
    lines.push((words::THEN_CORS, cors));
    // Where the browser was refused, the commands are the next step.
    let needed = state.storage.creation.as_deref().is_some_and(|creation| {
        let problems = creation.steps.iter().filter_map(|(_, outcome)| outcome.as_ref().err());
        problems.into_iter().any(|problem| {
            matches!(
                problem,
                Problem::BrowserCannotCreate | Problem::NewBucketUnreadable { .. }
            )
        })
    });
    html! {
        <details class="commands" open={needed}>
            <summary>{ words::COMMANDS }</summary>
            { for lines.iter().map(|(about, line)| html! { <><p class="hint">{ *about }</p>{ shell::copyable(line) }</> }) }
        </details>
    }
}
