//! The connection form.

use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{Link, bucket_cors, selection, shell};
use crate::app::root::target;
use crate::app::route::{Route, style_from_word, style_word};
use crate::app::state::{Loading, Msg, State};
use crate::app::text::{self, Text};
use crate::driver::{Problem, Target};
use crate::platform::files::{self, PickedFile};
use crate::s3::{AddressingStyle, Bucket, Credentials, Provider, parse_credentials_file, recommended_rule};

/// A credentials file is small; anything else is none.
const CREDENTIALS_FILE_LIMIT: usize = 64 * 1024;

pub(in crate::app) fn view(state: &State, link: &Link) -> Html {
    let form = &state.form;
    let field = |id: &'static str, name: Text, value: &str, hint: &'static str, put: fn(&mut Target, String)| {
        let form = form.clone();
        let oninput = link.batch_callback(move |event: InputEvent| {
            let mut form = form.clone();
            put(&mut form, target::<HtmlInputElement>(&event)?.value());
            Some(Msg::FormChanged(form))
        });
        html! {
            <div class="field">
                <label for={id}>{ name }</label>
                <input {id} type="text" value={value.to_owned()} {oninput} placeholder={hint} autocomplete="off" autocapitalize="none" spellcheck="false"/>
            </div>
        }
    };
    // Secrets are never part of the state: the form's own elements hold them until Connect reads and clears them.
    let secret = |id: &'static str, name: Text, value: Option<String>, class: &'static str| {
        html! {
            <div class="field">
                <label for={id}>{ name }</label>
                <input {id} {class} type="text" {value} autocomplete="off" autocapitalize="none" spellcheck="false"/>
            </div>
        }
    };
    let given = state
        .profiles
        .get(state.profile)
        .map(|profile| profile.credentials.clone())
        .or_else(|| state.config.demo.clone());
    let (id, key, token) = match given {
        Some(found) => (
            Some(found.access_key_id.clone()),
            Some(found.secret_access_key.clone()),
            found.session_token.clone(),
        ),
        None => (None, None, None),
    };
    let onsubmit = link.callback(|event: SubmitEvent| {
        event.prevent_default();
        match read_credentials() {
            Some(credentials) => Msg::ConnectAsked(credentials),
            None => Msg::FormRefused(Problem::Missing { field: "Access key ID" }),
        }
    });
    let onprovider = link.batch_callback(|event: Event| {
        Some(Msg::ProviderChosen(Provider::from_id(
            &target::<HtmlSelectElement>(&event)?.value(),
        )?))
    });
    let changed = form.clone();
    let onstyle = link.batch_callback(move |event: Event| {
        let style = style_from_word(&target::<HtmlSelectElement>(&event)?.value())?;
        Some(Msg::FormChanged(Target {
            style,
            ..changed.clone()
        }))
    });
    let onfile = link.callback_future(|event: Event| async move { read_file(&event).await });
    let onprofile = link.batch_callback(|event: Event| {
        Some(Msg::ProfileChosen(
            target::<HtmlSelectElement>(&event)?.value().parse().ok()?,
        ))
    });
    let onpaste = link.batch_callback(|event: Event| {
        let event = event.dyn_into::<ClipboardEvent>().ok()?;
        let text = event.clipboard_data()?.get_data("text").ok()?;
        // Anything else goes into the field, as usual.
        let profiles = parse_credentials_file(&text).ok()?;
        event.prevent_default();
        Some(Msg::CredentialsRead(profiles))
    });
    let busy = state.connecting == Loading::Busy;
    html! {
        <section class="page narrow" aria-labelledby="connect-title">
            <h1 id="connect-title">{ text::CONNECT_TITLE }</h1>
            <p class="lead">{ text::TAGLINE }</p>
            { elsewhere(state) }
            { outcome(state, link) }
            { selection::deleting(state, link) }
            <form class="card" {onsubmit} {onpaste} novalidate=true>
                <fieldset>
                <legend>{ text::STORAGE }</legend>
                <div class="fields">
                    <div class="field">
                        <label for="provider">{ text::PROVIDER }</label>
                        <select id="provider" onchange={onprovider}>
                            { for Provider::ALL.into_iter().map(|provider| { let preset = provider.preset(); html! {
                                <option value={preset.id} selected={provider == form.provider}>{ text::storage::provider(provider) }</option>
                            } }) }
                        </select>
                    </div>
                    <div class="field">
                        <label for="style">{ text::STYLE }</label>
                        <select id="style" onchange={onstyle}>
                            { for [AddressingStyle::Path, AddressingStyle::VirtualHosted].into_iter().map(|style| html! {
                                <option value={style_word(style)} selected={style == form.style}>{ text::style(style) }</option>
                            }) }
                        </select>
                    </div>
                    { field("endpoint", text::ENDPOINT, &form.endpoint, "https://s3.example.org", |form, text| form.endpoint = text) }
                    { field("region", text::REGION, &form.region, "us-east-1", |form, text| form.region = text) }
                    { field("bucket", text::BUCKET_NAME, &form.bucket, "", |form, text| form.bucket = text) }
                    { field("prefix", text::PREFIX, &form.prefix, text::OPTIONAL.get(), |form, text| form.prefix = text) }
                </div>
                if let Some(about) = text::storage::about(form.provider) { <p class="hint">{ about }</p> }
                </fieldset>
                <fieldset>
                <legend>{ text::ACCESS_KEYS }</legend>
                <div class="fields">
                    if state.profiles.len() > 1 {
                        <div class="field">
                            <label for="profile">{ text::PROFILE }</label>
                            <select id="profile" onchange={onprofile}>
                                { for state.profiles.iter().enumerate().map(|(at, profile)| html! {
                                    <option value={at.to_string()} selected={at == state.profile}>{ profile.name.clone() }</option>
                                }) }
                            </select>
                        </div>
                    }
                    { secret("access-key-id", text::ACCESS_KEY_ID, id, "") }
                    { secret("secret-access-key", text::SECRET_ACCESS_KEY, key, "secret") }
                    { secret("session-token", text::SESSION_TOKEN, token, "secret") }
                    <div class="field">
                        <label for="credentials-file">{ text::CREDENTIALS_FILE }</label>
                        <input id="credentials-file" type="file" onchange={onfile}/>
                    </div>
                </div>
                <p class="hint">{ text::CREDENTIALS_STAY }</p>
                </fieldset>
                <div class="actions">
                    // Also while an attempt is under way: whoever sees a wrong letter need not wait for its end.
                    <button type="submit" class="primary" aria-busy={busy.to_string()}>{ text::CONNECT }</button>
                </div>
            </form>
            if !state.recent.is_empty() {
                <h2>{ text::RECENT }</h2>
                <ul class="recent">
                    { for state.recent.iter().cloned().map(|recent| { let name = format!("{} · {}", recent.bucket, recent.endpoint); html! {
                        <li><button type="button" class="quiet" onclick={link.callback(move |_| Msg::FormChanged(recent.clone()))}>{ name }</button></li>
                    } }) }
                </ul>
            }
        </section>
    }
}

/// The address is of another bucket than the connected one.
fn elsewhere(state: &State) -> Html {
    let (Some(named), Some(target)) = (state.names_another_bucket(), state.target()) else {
        return html! {};
    };
    let open = Route::Browse {
        bucket: target.bucket.clone(),
        prefix: state.listing.prefix.clone(),
    };
    html! {
        <p class="notice warn" role="alert">
            { text::another_bucket(named, &target.bucket) }
            { " " }<a href={open.to_hash()}>{ text::back_to(&target.bucket) }</a>
        </p>
    }
}

/// How the attempt to connect stands, and what is connected until it succeeds.
fn outcome(state: &State, link: &Link) -> Html {
    let connected = state.target().map(|target| target.bucket.as_str());
    let words = match (&state.connecting, connected) {
        (Loading::Busy, Some(bucket)) => {
            format!("{}{}{}", text::CONNECTING, text::gap(), text::still_connected(bucket))
        }
        (Loading::Busy, None) => text::CONNECTING.into(),
        (Loading::Failed(_), Some(bucket)) => text::still_connected(bucket),
        (Loading::Failed(_), None) => String::new(),
        (Loading::Idle, Some(bucket)) => text::connected(bucket),
        (Loading::Idle, None) => text::NOT_CONNECTED.into(),
    };
    html! {
        <>
            if let Loading::Failed(problem) = &state.connecting { { failed(state, problem) } }
            if !words.is_empty() {
                <p class="outcome" role="status">
                    { words }
                    if connected.is_some() {
                        { " " }<button type="button" onclick={link.callback(|_| Msg::DisconnectAsked)}>{ text::DISCONNECT }</button>
                    }
                </p>
            }
        </>
    }
}

fn failed(state: &State, problem: &Problem) -> Html {
    html! {
        <>
            { shell::problem(problem, "bad") }
            if !state.storage.diagnosis.is_empty() {
                <section class="card" aria-label={text::storage::DIAGNOSIS}>
                    <h2>{ text::storage::DIAGNOSIS }</h2>
                    <p class="hint">{ text::storage::DIAGNOSIS_INTRO }</p>
                    <ul class="checks">
                        { for state.storage.diagnosis.iter().map(|found| shell::check(found.ok, text::storage::diagnosis(found.question).get(), "")) }
                    </ul>
                    if let Problem::CorsBlocked { origin, .. } = problem {
                        { bucket_cors::rule(&[recommended_rule(origin)], typed_bucket(&state.form).as_ref()) }
                    }
                </section>
            }
        </>
    }
}

/// The bucket as typed, once it could be one.
fn typed_bucket(form: &Target) -> Option<Bucket> {
    let [endpoint, region, bucket] = [&form.endpoint, &form.region, &form.bucket].map(|text| text.trim());
    Bucket::new(endpoint, region, bucket, form.style).ok()
}

fn read_credentials() -> Option<Credentials> {
    let page = web_sys::window()?.document()?;
    let value = |id: &str| {
        let input: HtmlInputElement = wasm_bindgen::JsCast::dyn_into(page.get_element_by_id(id)?).ok()?;
        Some(input.value().trim().to_owned())
    };
    let token = value("session-token").filter(|token| !token.is_empty());
    Some(Credentials {
        access_key_id: value("access-key-id")?,
        secret_access_key: value("secret-access-key")?,
        session_token: token,
    })
}

async fn read_file(event: &Event) -> Msg {
    let list = target::<HtmlInputElement>(event).and_then(|input| input.files());
    read(list.map(|list| files::from_file_list(&list)).unwrap_or_default()).await
}

/// Reads what was dropped on the form; call it inside the drop event.
pub(in crate::app) fn read_dropped(transfer: &DataTransfer) -> impl Future<Output = Msg> + use<> {
    let dropped = files::from_drop(transfer);
    async move { read(dropped.await.files).await }
}

async fn read(files: Vec<PickedFile>) -> Msg {
    let refused = |detail: String| Msg::FormRefused(Problem::Browser { detail });
    let Some(file) = files.into_iter().next() else {
        return refused(text::NO_FILE.into());
    };
    let bytes = file.handle.read_small(CREDENTIALS_FILE_LIMIT).await.unwrap_or_default();
    match parse_credentials_file(&String::from_utf8_lossy(&bytes)) {
        Ok(profiles) => Msg::CredentialsRead(profiles),
        Err(error) => refused(text::credentials_refused(&error)),
    }
}
