//! A folder of the bucket: upload into it, look at what is in it.

use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::glyph::RowAction;
use super::{Link, bucket, details, selection, shell, strip, transfers};
use crate::app::format;
use crate::app::root::target;
use crate::app::route::Route;
use crate::app::state::{Column, Loading, Msg, Row, SelectionMsg, State};
use crate::app::text::{self, Text};
use crate::driver::{Driver, SaveTo};
use crate::s3::{SseState, aws_list_objects};

/// The element that scrolls.
const LIST: &str = "objects";
/// Height of a row in CSS pixels, as in components.css.
const ROW: usize = 52;
/// Rows drawn: more than any screen shows, and some on either side.
const WINDOW: usize = 60;
const BEFORE: usize = 12;

pub(in crate::app) fn view(state: &State, link: &Link, driver: &Driver) -> Html {
    let choose = |id: &'static str, name: Text, folder: bool| {
        let driver = driver.clone();
        let onchange = Callback::from(move |event: Event| {
            let Some(input) = target::<HtmlInputElement>(&event) else {
                return;
            };
            if let Some(files) = input.files() {
                driver.pick_files(&files);
            }
            // The same files can be chosen again.
            input.set_value("");
        });
        html! { <input {id} class="visually-hidden" type="file" multiple=true webkitdirectory={folder} aria-label={name} tabindex="-1" {onchange}/> }
    };
    let click = |id: &'static str| Callback::from(move |_: MouseEvent| click(id));
    let ask = {
        let driver = driver.clone();
        Callback::from(move |_: MouseEvent| {
            if !driver.ask_for_files() {
                self::click("choose-files");
            }
        })
    };
    let onfilter = link.batch_callback(|event: InputEvent| {
        shell::to_the_top(&format!("#{LIST}"));
        Some(Msg::Filtered(target::<HtmlInputElement>(&event)?.value()))
    });
    html! {
        <section class="page" aria-labelledby="browse-title">
            { crumbs(state) }
            { strip::view(state, link) }
            { choose("choose-files", text::CHOOSE_FILES, false) }
            { choose("choose-folder", text::CHOOSE_FOLDER, true) }
            { selection::deleting(state, link) }
            if !state.selection.is_empty() {
                { selection::bar(state, link) }
            } else {
            <div class="toolbar">
                <button type="button" class="primary" onclick={ask}>{ text::UPLOAD_FILES }</button>
                <button type="button" onclick={click("choose-folder")}>{ text::UPLOAD_FOLDER }</button>
                <div class="field filter"><label for="filter" class="visually-hidden">{ text::FILTER }</label><input id="filter" type="text" placeholder={text::FILTER} value={state.listing.filter.clone()} oninput={onfilter}/></div>
                <button type="button" class="quiet" onclick={link.callback(|_| Msg::Refreshed)}>{ text::REFRESH }</button>
            </div>
            }
            <div class="split">
                <div class="grow">
                    { table(state, link) }
                    { footer(state) }
                    if let Some(bucket) = bucket::s3_bucket(state) { { shell::commands(&[aws_list_objects(&bucket, &state.listing.prefix)]) } }
                </div>
                { details::view(state, link) }
            </div>
            if !state.transfers.is_empty() { { transfers::drawer(state, link) } }
        </section>
    }
}

fn click(id: &str) {
    let input = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|page| page.get_element_by_id(id));
    if let Some(input) = input.and_then(|input| wasm_bindgen::JsCast::dyn_into::<HtmlInputElement>(input).ok()) {
        input.click();
    }
}

fn crumbs(state: &State) -> Html {
    let bucket = state.target().map(|target| target.bucket.clone()).unwrap_or_default();
    let prefix = &state.listing.prefix;
    let ends: Vec<usize> = prefix.match_indices('/').map(|(at, _)| at + 1).collect();
    let to = |prefix: &str| {
        Route::Browse {
            bucket: bucket.clone(),
            prefix: prefix.to_owned(),
        }
        .to_hash()
    };
    let mut start = 0;
    let crumbs = ends.iter().map(|&end| {
        let name = prefix[start..end].trim_end_matches('/').to_owned();
        start = end;
        html! { <li><a href={to(&prefix[..end])} aria-current={(end == prefix.len()).then_some("page")}>{ if name.is_empty() { "/".into() } else { name } }</a></li> }
    });
    html! {
        <nav class="crumbs" aria-label={text::BREADCRUMBS}>
            <h1 id="browse-title" class="visually-hidden">{ format!("{bucket}/{prefix}") }</h1>
            <ol><li><a href={to("")}>{ bucket.clone() }</a></li>{ for crumbs.collect::<Vec<_>>() }</ol>
        </nav>
    }
}

fn table(state: &State, link: &Link) -> Html {
    let rows = state.listing.rows();
    let first = state
        .first_row
        .saturating_sub(BEFORE)
        .min(rows.len().saturating_sub(WINDOW));
    let last = (first + WINDOW).min(rows.len());
    let head = |column: Column, name: Text, class: &'static str| {
        let sorted = state.listing.column == column;
        let order = match (sorted, state.listing.descending) {
            (false, _) => None,
            (true, false) => Some("ascending"),
            (true, true) => Some("descending"),
        };
        let arrow = match order {
            Some("ascending") => " ↑",
            Some(_) => " ↓",
            None => "",
        };
        html! { <th scope="col" {class} aria-sort={order}><button type="button" class="plain" onclick={link.callback(move |_| Msg::Sorted(column))}>{ name }<span aria-hidden="true">{ arrow }</span></button></th> }
    };
    let onscroll =
        link.batch_callback(|event: Event| Some(Msg::Scrolled(target::<Element>(&event)?.scroll_top() as usize / ROW)));
    let spacer = |rows: usize| {
        html! { if rows > 0 { <tr aria-hidden="true" class="spacer"><td height={(rows * ROW).to_string()}></td></tr> } }
    };
    html! {
        <div id={LIST} class="scroll" {onscroll} tabindex="0" role="group" aria-label={text::OBJECT_LIST}>
            <table aria-label={text::OBJECTS} aria-rowcount={(rows.len() + 1).to_string()}>
                <thead><tr aria-rowindex="1">
                    { selection::of_all(state, link, rows.len()) }
                    { head(Column::Name, text::NAME, "") }
                    { head(Column::Size, text::SIZE, "number") }
                    { head(Column::Modified, text::MODIFIED, "wide") }
                    <th scope="col" class="wide">{ text::PROTECTION }</th>
                    <th scope="col"><span class="visually-hidden">{ text::ACTIONS }</span></th>
                </tr></thead>
                <tbody>
                    { spacer(first) }
                    { for (first..last).map(|at| row(state, link, at, &rows[at])) }
                    { spacer(rows.len() - last) }
                </tbody>
            </table>
        </div>
    }
}

fn row(state: &State, link: &Link, at: usize, row: &Row) -> Html {
    let key = row.key().to_owned();
    let name = key[state.listing.prefix.len()..].to_owned();
    let index = (at + 2).to_string();
    match row {
        Row::Folder(prefix) => {
            let wanted = prefix.clone();
            let bucket = state.target().map(|target| target.bucket.clone()).unwrap_or_default();
            let href = Route::Browse {
                bucket,
                prefix: prefix.clone(),
            }
            .to_hash();
            html! {
                <tr key={key.clone()} aria-rowindex={index} data-key={key} class="folder">
                    { selection::of_row(state, link, prefix, &name) }
                    <th scope="row" aria-label={name.clone()}><span class="icon" aria-hidden="true">{ "▸" }</span><a {href} class="name" aria-label={name.clone()}>{ shell::name(&name) }</a></th>
                    <td class="number"></td><td class="wide"></td><td class="wide"></td>
                    <td class="row-actions">{ RowAction::Download.button(&name, link.callback(move |_| Msg::Selection(SelectionMsg::FolderAsked(wanted.clone())))) }</td>
                </tr>
            }
        }
        Row::Object(object) => {
            let facts = state.facts.get(&key);
            let locked = state.locked.contains(&key).then_some(SseState::SseC);
            let sse = facts.map(|facts| &facts.sse).or(locked.as_ref());
            let cse = facts.map_or("unknown", |facts| facts.cse.state.as_str());
            let date =
                format::from_iso_date(&object.last_modified).or_else(|| format::from_http_date(&object.last_modified));
            let (look, load, delete) = (key.clone(), key.clone(), key.clone());
            html! {
                <tr key={key.clone()} aria-rowindex={index} data-key={key.clone()} data-sse={sse.map_or("unknown", SseState::as_str)} data-cse={cse}>
                    { selection::of_row(state, link, &key, &name) }
                    <th scope="row" aria-label={name.clone()}><span class="name" title={key.clone()}>{ shell::name(&name) }</span></th>
                    <td class="number">{ format::size(object.size) }</td>
                    <td class="wide">{ date.map(shell::local_date).unwrap_or_default() }</td>
                    <td class="wide protection">{ for facts.map(|facts| shell::cse_badge(&facts.cse)) }{ " " }{ for sse.map(shell::sse_badge) }</td>
                    <td class="row-actions">
                        { RowAction::Details.button(&name, link.callback(move |_| Msg::DetailsAsked(look.clone()))) }
                        { RowAction::Download.button(&name, link.callback(move |_| details::download(&load, SaveTo::Downloads, false))) }
                        { RowAction::Delete.button(&name, link.callback(move |_| Msg::DeleteAsked(delete.clone()))) }
                    </td>
                </tr>
            }
        }
    }
}

fn footer(state: &State) -> Html {
    let shown = state.listing.rows().len();
    match &state.loading {
        Loading::Failed(problem) => shell::problem(problem, "bad"),
        Loading::Busy => html! { <p class="hint" aria-busy="true">{ text::loading(state.listing.loaded()) }</p> },
        Loading::Idle if state.listing.loaded() == 0 => html! { <p class="empty">{ text::EMPTY_FOLDER }</p> },
        Loading::Idle => {
            html! { <p class="hint">{ text::shown(shown, state.listing.loaded(), state.listing.next.is_some()) }</p> }
        }
    }
}
