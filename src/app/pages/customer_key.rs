//! What is shown of an object stored with SSE-C whose key is not here, and the field for the key.

use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

use super::{Link, shell};
use crate::app::root::by_id;
use crate::app::state::Msg;
use crate::app::text::{self, storage as words};
use crate::driver::{Intent, Problem, Unfinished};
use crate::s3::{CustomerKey, Grounds, SseState};

const FIELD: &str = "object-customer-key";

/// Whether the key would help with this problem.
pub(super) fn would_help(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::CustomerKeyNeeded
            | Problem::CustomerKeyUnreadable
            | Problem::CustomerKeyWrong
            | Problem::CustomerKeyBlocked { .. }
    )
}

pub(super) fn view(key: &str, problem: &Problem, link: &Link) -> Html {
    let object = key.to_owned();
    let onsubmit = link.batch_callback(move |event: SubmitEvent| {
        event.prevent_default();
        let field: HtmlInputElement = by_id(FIELD)?;
        let object = object.clone();
        let Some(key) = CustomerKey::from_text(&field.value()) else {
            return Some(Msg::CustomerKeyRefused(object));
        };
        field.set_value("");
        Some(Msg::CustomerKeyGiven { object, key })
    });
    html! {
        <>
            <dl>
                <dt>{ text::SSE }</dt>
                <dd data-sse={SseState::SseC.as_str()}>{ shell::sse_badge(&SseState::SseC) }<p class="hint">{ text::sse_meaning(&SseState::SseC) }{ text::gap() }{ words::grounds(Grounds::KeyDemanded) }</p></dd>
            </dl>
            // That it is needed is said above.
            if *problem != Problem::CustomerKeyNeeded { { shell::problem(problem, "bad") } }
            <form class="stack" {onsubmit} novalidate=true>
                <div class="field">
                    <label for={FIELD}>{ words::CUSTOMER_KEY }</label>
                    <input id={FIELD} class="secret" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="object-customer-key-hint"/>
                </div>
                <p class="hint" id="object-customer-key-hint">{ words::CUSTOMER_KEY_HINT }</p>
                <div class="actions start"><button type="submit" class="primary">{ words::OPEN_WITH_KEY }</button></div>
            </form>
        </>
    }
}

/// The field for the key that an unfinished upload was begun with.
pub(super) fn of_unfinished(left: &Unfinished, link: &Link) -> Html {
    let field_id = format!("upload-key-{}", left.id);
    let (id, field) = (left.id.clone(), field_id.clone());
    let onsubmit = link.batch_callback(move |event: SubmitEvent| {
        event.prevent_default();
        let field: HtmlInputElement = by_id(&field)?;
        let key = CustomerKey::from_text(&field.value());
        field.set_value("");
        Some(match key {
            Some(key) => Msg::TransferAsked(Intent::GiveCustomerKey { id: id.clone(), key }),
            None => Msg::WentWrong(Problem::CustomerKeyUnreadable),
        })
    });
    html! {
        <form class="inline" {onsubmit} novalidate=true>
            <div class="field">
                <label for={field_id.clone()}>{ words::CUSTOMER_KEY }</label>
                <input id={field_id} class="secret" type="text" autocomplete="off" autocapitalize="none" spellcheck="false" aria-description={left.key.clone()}/>
            </div>
            <button type="submit" aria-description={left.key.clone()}>{ words::GIVE_KEY }</button>
        </form>
    }
}
