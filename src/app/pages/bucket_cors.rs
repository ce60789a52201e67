//! The CORS doctor.

use yew::prelude::*;

use super::{Link, bucket, shell};
use crate::app::state::{CorsCheck, Msg, State, StorageMsg};
use crate::app::text::{self, storage as words};
use crate::driver::CorsReport;
use crate::s3::{Bucket, Change, CorsFinding, CorsRule, aws_get_bucket_cors, aws_put_bucket_cors, cors_json, cors_xml};

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let busy = matches!(state.storage.cors, CorsCheck::Checking { .. });
    html! {
        <section class="card" aria-label={words::CORS_CHECK}>
            <h2>{ words::CORS_CHECK }</h2>
            <p class="hint">{ words::CORS_INTRO }</p>
            <div class="actions start">
                <button type="button" aria-busy={busy.to_string()} onclick={link.callback(|_| Msg::Storage(StorageMsg::CorsAsked { full: true }))}>{ words::CHECK_CORS }</button>
            </div>
            { match &state.storage.cors {
                CorsCheck::Unknown => html! {},
                CorsCheck::Checking { .. } => html! { <p class="empty" role="status">{ text::CHECKING }</p> },
                CorsCheck::Failed(problem) => shell::problem(problem, "bad"),
                CorsCheck::Known(report) => findings(state, link, report),
            } }
        </section>
    }
}

fn checks(findings: &[CorsFinding]) -> Html {
    html! {
        <ul class="checks">
            { for findings.iter().map(|finding| shell::check(finding.ok, &words::cors_probe(finding.probe), words::cors_reason(finding.reason).get())) }
        </ul>
    }
}

fn findings(state: &State, link: &Link, report: &CorsReport) -> Html {
    let changes = report.difference.iter().any(|(change, _)| *change != Change::Kept);
    html! {
        <div class="stack">
            if report.applied { <p class="outcome" role="status">{ words::APPLIED }</p> }
            { checks(&report.findings) }
            if !report.full { <p class="hint">{ words::READ_ONLY_CHECK }</p> }
            if !report.per_bucket {
                <p class="notice warn">{ words::NO_RULES_PER_BUCKET }</p>
            } else if report.rules.is_none() {
                <p class="notice warn">{ words::RULES_UNREADABLE }</p>
            } else if changes {
                <h3>{ words::DIFFERENCE }</h3>
                <pre class="difference" tabindex="0">
                    { for report.difference.iter().map(|(change, line)| match change {
                        Change::Added => html! { <ins>{ format!("+ {line}\n") }</ins> },
                        Change::Removed => html! { <del>{ format!("- {line}\n") }</del> },
                        Change::Kept => html! { <span>{ format!("  {line}\n") }</span> },
                    }) }
                </pre>
                <div class="actions start">
                    <button type="button" class="primary" onclick={link.callback(|_| Msg::Storage(StorageMsg::CorsApplied))}>{ words::APPLY_CORS }</button>
                </div>
            } else {
                <p>{ words::NOTHING_TO_CHANGE }</p>
            }
            { rule(&report.proposed, bucket::s3_bucket(state).as_ref()) }
        </div>
    }
}

/// Rules to paste, and the command that writes them.
pub(super) fn rule(rules: &[CorsRule], bucket: Option<&Bucket>) -> Html {
    html! {
        <>
            <details>
                <summary>{ words::RULE_TO_SET }{ " (JSON)" }</summary>
                { shell::copyable(&cors_json(rules)) }
            </details>
            <details>
                <summary>{ words::RULE_TO_SET }{ " (XML)" }</summary>
                { shell::copyable(&cors_xml(rules)) }
            </details>
            if let Some(bucket) = bucket {
                { shell::commands(&[aws_get_bucket_cors(bucket), aws_put_bucket_cors(bucket, rules)]) }
            }
        </>
    }
}
