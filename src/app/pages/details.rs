//! The details of one object.

use yew::prelude::*;

use super::{Link, customer_key, preview, shell};
use crate::app::format;
use crate::app::state::{Details, Msg, State};
use crate::app::text::{self, Text};
use crate::driver::{ObjectFacts, SaveTo};
use crate::platform::save;
use crate::s3::{self, Bucket, SseState};

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let (key, body) = match &state.details {
        Details::Closed => return html! {},
        Details::Looking(key) => (
            key.clone(),
            html! { <p class="hint" aria-busy="true">{ text::LOOKING }</p> },
        ),
        Details::Failed(key, problem) if customer_key::would_help(problem) => {
            (key.clone(), customer_key::view(key, problem, link))
        }
        Details::Failed(key, problem) => (key.clone(), shell::problem(problem, "bad")),
        Details::Open(facts) => (facts.key.clone(), facts_list(state, link, facts)),
    };
    html! {
        <aside role="region" class="details card" aria-label={text::OBJECT_DETAILS}>
            <div class="details-head"><h2>{ key }</h2><button type="button" class="quiet" onclick={link.callback(|_| Msg::DetailsClosed)}>{ text::CLOSE }</button></div>
            { body }
        </aside>
    }
}

/// Download with the usual care.
pub(super) fn download(key: &str, save: SaveTo, as_stored: bool) -> Msg {
    Msg::DownloadAsked {
        key: key.to_owned(),
        save,
        as_stored,
        unlocked: false,
    }
}

/// The command that shows the same.
fn command(bucket: &Bucket, facts: &ObjectFacts) -> String {
    match facts.sse {
        SseState::SseC => s3::aws_head_object_sse_c(bucket, &facts.key),
        _ => s3::aws_head_object(bucket, &facts.key),
    }
}

fn facts_list(state: &State, link: &Link, facts: &ObjectFacts) -> Html {
    let hidden = || html! { <span class="hint">{ text::NOT_VISIBLE }</span> };
    let or_hidden = |value: &Option<String>| {
        value
            .clone()
            .map_or_else(hidden, |value| html! { <code>{ value }</code> })
    };
    let entry = |name: Text, value: Html| html! { <><dt>{ name }</dt><dd>{ value }</dd></> };
    let cse = &facts.cse;
    let is_locked = state.is_locked(cse);
    let size = |bytes: u64| html! { { text::exact_size(bytes) } };
    let [load, ask, stored, unlock] = [(); 4].map(|()| facts.key.clone());
    html! {
        <>
            <div class="actions start">
                <button type="button" class="primary" onclick={link.callback(move |_| download(&load, SaveTo::Downloads, false))}>{ text::DOWNLOAD }</button>
                { preview::button(state, link, facts) }
                if !is_locked && save::can_pick_save_target() {
                    <button type="button" onclick={link.callback(move |_| download(&ask, SaveTo::Ask, false))}>{ text::SAVE_AS }</button>
                }
                if is_locked {
                    <button type="button" class="danger" onclick={link.callback(move |_| Msg::DownloadAsked { key: unlock.clone(), save: SaveTo::Downloads, as_stored: false, unlocked: true })}>{ text::UNLOCK }</button>
                }
                if cse.state != crate::driver::CseState::None {
                    <button type="button" class="quiet" onclick={link.callback(move |_| download(&stored, SaveTo::Downloads, true))}>{ text::DOWNLOAD_AS_STORED }</button>
                }
            </div>
            { preview::view(state, link, facts) }
            <dl>
                <dt>{ text::SSE }</dt>
                <dd data-sse={facts.sse.as_str()}>{ shell::sse_badge(&facts.sse) }<p class="hint">{ text::sse_meaning(&facts.sse) }</p>
                    <p class="hint">{ text::storage::grounds(facts.grounds) }{ text::gap() }{ shell::local_date(facts.looked_at) }</p>
                    { for facts.sse_headers.iter().map(|header| html! { <p><code>{ header.clone() }</code></p> }) }
                    if let Some(bucket) = super::bucket::s3_bucket(state) { { shell::commands(&[command(&bucket, facts)]) } }
                </dd>
                <dt>{ text::CSE }</dt>
                <dd data-cse={cse.state.as_str()} data-cse-wrap={(!cse.wraps.is_empty()).then(|| cse.wraps.join(" "))}>
                    { super::encryption::view(state, facts) }
                </dd>
                { entry(text::SIZE, size(facts.size)) }
                { entry(text::ORIGINAL_SIZE, facts.original_size.map_or_else(|| html! { { text::UNKNOWN } }, size)) }
                { entry(text::ETAG, or_hidden(&facts.etag)) }
                { entry(text::LAST_MODIFIED, facts.last_modified.as_deref().and_then(format::from_http_date).map_or_else(hidden, |at| html! { { shell::local_date(at) } })) }
                { entry(text::CHECKSUM, if facts.checksums.is_empty() { html! { { text::NONE_SHOWN } } } else { html! { <code>{ facts.checksums.join(" ") }</code> } }) }
                if let Some(version) = &facts.version_id { { entry(text::VERSION, html! { <code>{ version.clone() }</code> }) } }
                { entry(text::USER_METADATA, if facts.metadata.is_empty() { html! { { text::NONE_SHOWN } } } else { html! {
                    <ul class="names">{ for facts.metadata.iter().map(|(name, value)| html! { <li><code>{ format!("{name}: {value}") }</code></li> }) }</ul>
                } }) }
            </dl>
        </>
    }
}
