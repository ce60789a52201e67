//! What surrounds every page: header, places, notices; and the badges used everywhere.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::Link;
use crate::app::format;
use crate::app::route::{Link as FormLink, Route};
use crate::app::state::{Connection, Msg, State};
use crate::app::text::{self, Language, Text, language};
use crate::driver::{Cse, Problem};
use crate::platform::{clock, page};
use crate::s3::SseState;

pub(in crate::app) fn header(state: &State, link: &Link) -> Html {
    let bucket = state.target().map(|target| target.bucket.clone()).unwrap_or_default();
    let browse = match state.target() {
        Some(_) => Route::Browse {
            bucket: bucket.clone(),
            prefix: state.listing.prefix.clone(),
        },
        None => Route::Connect(FormLink::default()),
    };
    let place = |name: Text, route: Route, here: bool| {
        html! { <li><a href={route.to_hash()} aria-current={here.then_some("page")}>{ name }</a></li> }
    };
    let totals = state.transfers.totals();
    let transfers: Html = if totals.going > 0 {
        html! { <span class="count">{ format::count(totals.going as u64) }</span> }
    } else {
        html! {}
    };
    html! {
        <header class="top">
            <a class="skip" href={state.route.to_hash()} onclick={|event: MouseEvent| { event.prevent_default(); focus_main(); }}>{ text::SKIP }</a>
            <p class="brand">
                <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M12 2s7 7.6 7 12.5a7 7 0 0 1-14 0C5 9.600 12 2 12 2z" fill="currentColor"/><path d="M9 15l2.200 2.200L15.500 13" fill="none" stroke="var(--surface)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>
                { state.config.title.clone().unwrap_or_else(|| "sealdrop".into()) }
            </p>
            <nav aria-label={text::PLACES}>
                <ul>
                    { place(text::BROWSE, browse, matches!(state.route, Route::Browse { .. })) }
                    <li><a href={Route::Transfers.to_hash()} aria-current={(state.route == Route::Transfers).then_some("page")}>{ text::TRANSFERS }{ transfers }</a></li>
                    { place(text::KEYS, Route::Keys, state.route == Route::Keys) }
                    { place(text::BUCKET, Route::Bucket { bucket }, matches!(state.route, Route::Bucket { .. })) }
                    { place(text::CONNECTION, Route::Connect(FormLink::default()), matches!(state.route, Route::Connect(_))) }
                </ul>
            </nav>
            { for Language::ALL.into_iter().filter(|other| *other != language()).map(|other| html! {
                <button type="button" class="quiet language" lang={other.tag()} onclick={link.callback(move |_| Msg::LanguageChosen(other))}>{ other.name() }</button>
            }) }
        </header>
    }
}

/// Puts the keyboard's focus on the page's content.
pub(in crate::app) fn focus_main() {
    let main = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|page| page.get_element_by_id("main"));
    if let Some(main) = main.and_then(|main| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(main).ok()) {
        // An element that is in the page takes the focus.
        let _ = main.focus();
    }
}

pub(in crate::app) fn notices(state: &State, link: &Link) -> Html {
    let warnings = match &state.connection {
        Connection::On { warnings, .. } => warnings.as_slice(),
        _ => &[],
    };
    html! {
        <>
            if let Some(mistake) = &state.config_mistake {
                <p class="notice warn" role="alert">{ text::config_mistake(mistake) }</p>
            }
            { for warnings.iter().map(|warning| problem(warning, "warn")) }
            if let Some(why) = &state.credentials_wanted {
                <div class="notice bad" role="alert" data-credentials="wanted">
                    <p><strong>{ text::problem(why).0 }</strong>{ text::gap() }{ text::CREDENTIALS_WANTED }</p>
                    if !matches!(state.route, Route::Connect(_)) {
                        <a href={Route::Connect(FormLink::default()).to_hash()}>{ text::ENTER_CREDENTIALS }</a>
                    }
                </div>
            }
            if let Some(last) = &state.problem {
                <div class="closable">
                    { problem(last, "bad") }
                    <button type="button" onclick={link.callback(|_| Msg::ProblemClosed)}>{ text::CLOSE }</button>
                </div>
            }
        </>
    }
}

/// A problem with its next step, announced at once.
pub(in crate::app) fn problem(problem: &Problem, class: &'static str) -> Html {
    let (what, next) = text::problem(problem);
    html! { <p class={classes!("notice", class)} role="alert"><strong>{ what }</strong>{ text::gap() }{ next }</p> }
}

/// An SSE state as a word with a sign: never by colour alone.
pub(in crate::app) fn sse_badge(state: &SseState) -> Html {
    let (class, sign) = match state {
        SseState::SseS3 | SseState::SseKms { .. } | SseState::SseKmsDsse { .. } | SseState::SseC => ("good", "✓"),
        SseState::None | SseState::Unconfirmed => ("bad", "✕"),
        SseState::Hidden => ("warn", "◐"),
        SseState::NotOffered | SseState::Unknown => ("quiet", "?"),
    };
    badge(class, sign, "SSE", text::sse(state))
}

/// A CSE state likewise.
pub(in crate::app) fn cse_badge(cse: &Cse) -> Html {
    use crate::driver::CseState as S;
    let (class, sign) = match cse.state {
        S::Unknown => ("quiet", "?"),
        _ if cse.more.refused.is_some() => ("bad", "✕"),
        S::Esdk | S::S3ecV3 | S::S3ecV2 => ("good", "✓"),
        S::S3ecV1 | S::S3ecV2Cbc | S::Hidden => ("warn", "◐"),
        S::None => ("bad", "✕"),
    };
    badge(class, sign, "CSE", text::cse(cse.state))
}

fn badge(class: &'static str, sign: &'static str, layer: &'static str, words: Text) -> Html {
    html! {
        <span class={classes!("badge", class)}><span aria-hidden="true">{ sign }</span>{ " " }<abbr>{ layer }</abbr>{ " " }{ words }</span>
    }
}

/// A name, cut in two where a narrow screen may break it: its end stays in sight.
pub(in crate::app) fn name(name: &str) -> Html {
    let (start, end) = format::ends(name);
    html! { <><span class="start">{ start.to_owned() }</span><span class="end">{ end.to_owned() }</span></> }
}

/// Scrolls the list that this selector finds to its start: it is about to show other lines, from their first.
pub(in crate::app) fn to_the_top(selector: &str) {
    let page = web_sys::window().and_then(|window| window.document());
    if let Some(list) = page.and_then(|page| page.query_selector(selector).ok().flatten()) {
        list.set_scroll_top(0);
    }
}

/// Local date and time of milliseconds since 1970.
pub(in crate::app) fn local_date(milliseconds: f64) -> String {
    format::date(milliseconds, clock::minutes_east())
}

/// One checked thing: a word and a sign, never colour alone.
pub(in crate::app) fn check(ok: Option<bool>, what: &str, why: &str) -> Html {
    let (class, sign, data) = match ok {
        Some(true) => ("good", "✓", "true"),
        Some(false) => ("bad", "✕", "false"),
        None => ("quiet", "?", "unknown"),
    };
    let word = text::storage::outcome(ok);
    html! {
        <li data-ok={data}>
            <span class={classes!("badge", class)}><span aria-hidden="true">{ sign }</span>{ " " }{ word }</span>
            { " " }{ what.to_owned() }
            if !why.is_empty() { <span class="hint">{ " – " }{ why.to_owned() }</span> }
        </li>
    }
}

/// A text with a button that copies it.
pub(in crate::app) fn copyable(what: &str) -> Html {
    // Another text is another thing: nothing has been said of it.
    html! { <Copyable key={what.to_owned()} what={what.to_owned()} language={language()}/> }
}

#[derive(Properties, PartialEq)]
struct CopyableProps {
    what: String,
    /// Drawn again when it changes.
    language: Language,
}

/// Says how the copying went: where it is not allowed, the text is right there to be copied by hand.
#[component]
fn Copyable(props: &CopyableProps) -> Html {
    let said = use_state(|| None::<Text>);
    let onclick = {
        let (what, said) = (props.what.clone(), said.clone());
        Callback::from(move |_: MouseEvent| {
            let (what, said) = (what.clone(), said.clone());
            spawn_local(async move {
                said.set(Some(match page::copy_text(&what).await {
                    Ok(()) => text::COPIED,
                    Err(_) => text::NOT_COPIED,
                }));
            });
        })
    };
    html! {
        <div class="copyable">
            <pre tabindex="0"><code>{ props.what.clone() }</code></pre>
            <button type="button" {onclick}>{ text::storage::COPY }</button>
            <p class="hint" role="status">{ said.map_or("", Text::get) }</p>
        </div>
    }
}

/// The commands that do the same in a terminal. They hold no secret.
pub(in crate::app) fn commands(lines: &[String]) -> Html {
    html! {
        <details class="commands">
            <summary>{ text::storage::COMMANDS }</summary>
            { for lines.iter().map(|line| copyable(line)) }
        </details>
    }
}
