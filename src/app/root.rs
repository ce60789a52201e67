//! The root component: holds the state, feeds it messages, runs its effects.

use std::time::Duration;

use bytes::Bytes;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DragEvent, Event, HtmlDialogElement};
use yew::prelude::*;

use super::awake::Awake;
use super::config::{self, Config};
use super::pages;
use super::route::Route;
use super::state::{Effect, Hold, Msg, State};
use super::text::Language;
use super::way_back::WayBack;
use super::{recent, text, verdicts};
use crate::driver::{self, Driver, Problem};
use crate::platform::abort::Abort;
use crate::platform::listener::Listener;
use crate::platform::{http as net, local_storage, page, save};

/// Where recent buckets are kept. No secrets.
const RECENT: &str = "sealdrop-recent";
const VERDICTS: &str = "sealdrop-verdicts";
/// The tag of the language that was chosen; boot.js reads it too.
const LANGUAGE: &str = "sealdrop-language";

/// Shows the app in `#app`.
pub fn start() {
    let place = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|page| page.get_element_by_id("app"));
    if let Some(place) = place {
        place.set_text_content(None);
        yew::Renderer::<Root>::with_root(place).render();
    }
}

/// The app.
pub(super) struct Root {
    state: State,
    driver: Driver,
    dialog: NodeRef,
    way_back: WayBack,
    leaving: Option<Listener>,
    awake: Awake,
    /// The tab's.
    title: String,
    _hash: Listener,
}

impl Component for Root {
    type Message = Msg;
    type Properties = ();

    fn create(ctx: &Context<Self>) -> Self {
        speak(chosen_language());
        let link = ctx.link().clone();
        let driver = Driver::start(move |event| link.send_message(Msg::Driver(event)));
        let mut state = State::default();
        state.update(Msg::Remembered(recent::from_json(
            &local_storage::get(RECENT).unwrap_or_default(),
        )));
        state.update(Msg::VerdictsRead(verdicts::from_json(
            &local_storage::get(VERDICTS).unwrap_or_default(),
        )));
        let route = Route::parse(&page::hash());
        // What a link carries beyond our own words (credentials, for one) must not stay in the address bar. If the
        // browser refuses to rewrite it, the address is at least never used.
        let _ = page::replace_address(&route.to_hash());
        state.update(Msg::Routed(route));
        let link = ctx.link().clone();
        spawn_local(async move {
            if let Some(config) = read_config().await {
                link.send_message(Msg::Configured(config));
            }
        });
        let link = ctx.link().clone();
        let hash = page::on_hash_change(move || link.send_message(Msg::Routed(Route::parse(&page::hash()))));
        Root {
            state,
            driver,
            dialog: NodeRef::default(),
            way_back: WayBack::default(),
            leaving: None,
            awake: Awake::new(),
            title: String::new(),
            _hash: hash,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        // A pressed button may be gone with its line, and nobody is told that the focus left it.
        let of_transfers = matches!(msg, Msg::Driver(driver::Event::Transfers(_)));
        if of_transfers && self.state.transfers.is_held_by_focus() && !page::has_focus_in(&list_selector()) {
            self.state.update(Msg::TransfersHeld(Hold::Focus, false));
        }
        // Downloads that ask for a place must reach the browser within the click.
        for effect in self.state.update(msg) {
            match effect {
                Effect::Send(intent) => self.driver.send(intent),
                Effect::Go(route) => page::set_hash(&route.to_hash()),
                Effect::SaveText { name, media_type, text } => {
                    if let Err(error) = save::download_bytes(&name, media_type, text.as_bytes()) {
                        let detail = error.to_string();
                        ctx.link().send_message(Msg::WentWrong(Problem::Browser { detail }));
                    }
                }
                Effect::Speak(language) => {
                    speak(language);
                    // Where nothing can be kept, the browser's languages decide again.
                    let _ = local_storage::set(LANGUAGE, language.tag());
                }
                // Where nothing can be kept, the page looks again.
                Effect::KeepVerdicts(list) => drop(local_storage::set(VERDICTS, &verdicts::to_json(&list))),
                Effect::Remember(targets) => drop(local_storage::set(RECENT, &recent::to_json(&targets))),
            }
        }
        self.way_back.note(&self.state);
        match (self.state.must_ask_before_leaving(), &self.leaving) {
            (true, None) => self.leaving = Some(page::ask_before_leaving()),
            (false, Some(_)) => self.leaving = None,
            _ => {}
        }
        let totals = self.state.transfers.totals();
        self.awake.want(totals.going > totals.paused);
        // The browser tells its windows of every title that is set, also of the same again.
        let title = self.title();
        if title != self.title {
            page::set_title(&title);
            self.title = title;
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let link = ctx.link();
        let driver = self.driver.clone();
        let (takes_files, reader) = (self.state.takes_files(), link.clone());
        let ondrop = link.batch_callback(move |event: DragEvent| {
            event.prevent_default();
            match event.data_transfer() {
                Some(files) if takes_files => driver.pick_dropped(&files),
                // Without a bucket the only file of use is one with credentials.
                Some(files) => reader.send_future(pages::connect::read_dropped(&files)),
                None => {}
            }
            Some(Msg::Dragged(false))
        });
        let over = self.state.dragging;
        let ondragover = link.batch_callback(move |event: DragEvent| {
            event.prevent_default();
            (!over).then_some(Msg::Dragged(true))
        });
        let ondragleave = link.batch_callback(|event: DragEvent| {
            // Only leaving the page counts, not moving over its parts.
            event.related_target().is_none().then_some(Msg::Dragged(false))
        });
        let state = &self.state;
        let place = match &state.route {
            Route::Connect(_) => pages::connect::view(state, link),
            _ if state.names_another_bucket().is_some() => pages::connect::view(state, link),
            Route::Browse { .. } if state.target().is_none() => pages::connect::view(state, link),
            Route::Browse { .. } => pages::browse::view(state, link, &self.driver),
            Route::Transfers => pages::transfers::view(state, link, &self.driver),
            Route::Keys => pages::keys::view(state, link),
            Route::Bucket { .. } if state.target().is_none() => pages::connect::view(state, link),
            Route::Bucket { .. } => pages::bucket::view(state, link),
        };
        html! {
            <div class="shell" data-drop={if over { "over" } else { "ready" }} {ondrop} {ondragover} {ondragleave}>
                { pages::shell::header(state, link) }
                <main id="main" tabindex="-1">
                    { pages::shell::notices(state, link) }
                    { place }
                </main>
                <p class="visually-hidden" role="status" aria-live="polite">{ state.announcement.clone() }</p>
                { pages::dialog::view(state, link, &self.dialog) }
                if over {
                    <div class="drop-veil" aria-hidden="true"><p>{ if takes_files { text::DROP_HERE } else { text::DROP_CREDENTIALS } }</p></div>
                }
            </div>
        }
    }

    fn rendered(&mut self, _ctx: &Context<Self>, _first: bool) {
        if let Some(dialog) = self.dialog.cast::<HtmlDialogElement>()
            && !dialog.open()
        {
            // It is in the document and not open, which is all that is asked for.
            let _ = dialog.show_modal();
        }
        self.way_back.go();
    }
}

impl Root {
    fn title(&self) -> String {
        let name = self.state.config.title.clone().unwrap_or_else(|| "sealdrop".into());
        let totals = self.state.transfers.totals();
        match totals.going {
            0 => name,
            _ => format!("{} % – {name}", super::format::percent(totals.moved, totals.size)),
        }
    }
}

/// What was chosen on an earlier visit, else the first of the browser's languages that the app speaks.
fn chosen_language() -> Language {
    let chosen = local_storage::get(LANGUAGE).and_then(|tag| Language::of_tag(&tag));
    chosen.unwrap_or_else(|| Language::of_tags(page::languages().iter().map(String::as_str)))
}

/// Says it to the reader's software, too: voices, fonts and line breaks go by it.
fn speak(language: Language) {
    text::speak(language);
    page::set_language(language.tag());
}

fn list_selector() -> String {
    format!(".{} ul", pages::transfer_list::CLASS)
}

/// The portal's presets; that there are none is normal.
async fn read_config() -> Option<Result<Config, String>> {
    let found = match read_beside("config.json").await {
        Ok(found) => found.filter(|text| !config::is_page(text)),
        Err(why) => return Some(Err(why)),
    };
    let host = web_sys::window()?.location().hostname().ok()?;
    let config = match Config::parse(&found?, &host) {
        Ok(config) => config,
        mistake => return Some(mistake),
    };
    let Some(file) = config.public_key_file() else {
        return Some(Ok(config));
    };
    Some(match read_beside(file).await {
        Ok(Some(pem)) => config.with_public_key(&pem),
        Ok(None) => Err(format!("the file of publicKey, {file}, is not beside the page")),
        Err(why) => Err(format!("the file of publicKey, {file}: {why}")),
    })
}

/// The text of a file beside the page, if there is one; why it cannot be read.
async fn read_beside(name: &str) -> Result<Option<String>, String> {
    // Whoever can exchange a portal's presets or its public key can read everything: never from elsewhere.
    let Some(url) = page::resolve(name).filter(|url| url.starts_with(&format!("{}/", page::origin()))) else {
        return Ok(None);
    };
    let request = ::http::Request::get(url).body(Bytes::new());
    let request = request.map_err(|error| error.to_string())?;
    match net::send(request, &Abort::new(), Duration::from_secs(10)).await {
        Ok(answer) => config::text_of(answer.status().as_u16(), answer.body()),
        Err(error) => Err(format!("the page's server gave no answer ({error})")),
    }
}

/// The element an event came from.
pub(super) fn target<T: JsCast>(event: &Event) -> Option<T> {
    event.target()?.dyn_into().ok()
}

/// The element of the page with this id.
pub(super) fn by_id<T: JsCast>(id: &str) -> Option<T> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}
