//! Many objects downloaded as one: how far that is, and what is not there.

use yew::prelude::*;

use crate::app::text::{self, downloads};
use crate::driver::BundleInfo;

pub(super) fn view(bundle: &BundleInfo) -> Html {
    let more = bundle.missing.saturating_sub(bundle.first_missing.len() as u64);
    let item = |(key, problem): &(String, crate::driver::Problem)| {
        let (what, next) = text::problem(problem);
        html! { <li><code>{ key.clone() }</code>{ " " }{ what }{ text::gap() }{ next }</li> }
    };
    html! {
        <>
            <p class="hint" data-saved={bundle.saved.to_string()} data-missing={bundle.missing.to_string()} data-verified={bundle.verified.to_string()} data-objects={bundle.total.map(|total| total.to_string())}>
                { downloads::bundle(bundle) }
                if !bundle.now.is_empty() { { " · " }{ bundle.now.clone() } }
            </p>
            if bundle.relocated > 0 { <p class="notice warn">{ downloads::relocated(bundle.relocated) }</p> }
            if bundle.missing > 0 {
                <details>
                    <summary>{ downloads::missing(bundle.missing) }</summary>
                    <ul class="names">{ for bundle.first_missing.iter().map(item) }</ul>
                    if more > 0 { <p class="hint">{ downloads::more(more) }</p> }
                </details>
            }
        </>
    }
}
