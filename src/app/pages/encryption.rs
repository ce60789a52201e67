//! What the details say of an object's client-side encryption.

use yew::prelude::*;

use super::shell;
use crate::app::snippet;
use crate::app::state::State;
use crate::app::text::cse as words;
use crate::app::text::{self, Text};
use crate::driver::{Cse, KeyId, KmsInfo, ObjectFacts, WrappedKey};

/// Beside the term: the badge, what it means, and everything the object says about itself.
pub(super) fn view(state: &State, facts: &ObjectFacts) -> Html {
    let (cse, more) = (&facts.cse, &facts.cse.more);
    let key = |id: Option<KeyId>| id.and_then(|id| state.keys.iter().find(|key| key.id == id));
    html! {
        <>
            { shell::cse_badge(cse) }
            if let Some(suite) = &cse.suite { <p class="hint">{ text::suite(suite, &cse.wraps) }</p> }
            if let Some(key) = key(cse.opens_with) {
                <p class="hint">{ text::opens_with(&key.label, &key.fingerprint) }</p>
            } else if kms_key(state, cse).is_some() {
                <p class="hint">{ text::keys::OPENS_WITH_KMS }</p>
            } else if let Some(needed) = &cse.key_needed {
                <p class="hint">{ text::keys::needed(needed, cse.passphrase) }</p>
            }
            if let Some(problem) = &more.refused {
                <p class="notice bad">{ text::problem(problem).0 }{ text::gap() }{ text::problem(problem).1 }</p>
            }
            if let Some(of) = &more.instructs { <p class="notice warn">{ words::instructs(of) }</p> }
            if !cse.risks.is_empty() {
                <div class="notice warn"><p>{ if state.is_locked(cse) { text::LOCKED } else { text::keys::ALLOWED } }</p><ul>{ for cse.risks.iter().map(|risk| html! { <li>{ text::detail(risk).into_owned() }</li> }) }</ul></div>
            }
            if let Some(written) = &cse.written_as { <p class="notice warn">{ text::written_as(written) }</p> }
            if !more.recipients.is_empty() { { about(state, cse) } }
            { programs(state, facts) }
        </>
    }
}

/// The KMS key held that is one of the recipients, or may be.
fn kms_key<'s>(state: &'s State, cse: &Cse) -> Option<&'s KmsInfo> {
    let mut kms = cse.more.recipients.iter().filter(|recipient| recipient.wrap == "kms");
    kms.find_map(|recipient| state.kms_key_of(&recipient.name))
}

fn about(state: &State, cse: &Cse) -> Html {
    let more = &cse.more;
    let key = |id: Option<KeyId>, words: Text| {
        let key = id.and_then(|id| state.keys.iter().find(|key| key.id == id));
        key.map(|key| html! { <span class="hint">{ words }{ " " }{ &key.label }{ " " }<code>{ &key.fingerprint }</code></span> })
    };
    let recipient = |recipient: &WrappedKey| {
        html! {
            <li><code>{ words::recipient(recipient) }</code>{ " " }
                { for key(recipient.opens_with, words::OPENS_WITH) }{ for key(recipient.named, words::NAMED_LIKE) }</li>
        }
    };
    let frame_length = |length: u32| match length {
        0 => words::SINGLE_BLOCK.into(),
        length => text::exact_size(length.into()),
    };
    let pairs = words::pairs(cse);
    html! {
        <dl class="inner">
            if let Some(committing) = more.commitment {
                <dt>{ words::COMMITMENT }</dt><dd data-commitment={committing.to_string()}>{ words::commitment(committing) }</dd>
            }
            <dt>{ words::RECIPIENTS }</dt>
            <dd><ul class="names" aria-label={words::RECIPIENTS}>{ for more.recipients.iter().map(recipient) }</ul></dd>
            if let Some(file) = &more.instruction_file {
                <dt>{ words::INSTRUCTION_FILE }</dt>
                <dd>{ words::from_instruction_file(file, more.commitment == Some(true)) }</dd>
            }
            <dt>{ pairs }</dt>
            <dd>
                if more.pairs.is_empty() { { words::EMPTY } } else {
                    <ul class="names" aria-label={pairs}>{ for more.pairs.iter().map(|(name, value)| html! { <li><code>{ format!("{name}: {value}") }</code></li> }) }</ul>
                    if pairs == words::DESCRIPTION { <p class="hint">{ words::DESCRIPTION_HINT }</p> }
                }
            </dd>
            if let Some(length) = more.frame_length { <dt>{ words::FRAME_LENGTH }</dt><dd>{ frame_length(length) }</dd> }
        </dl>
    }
}

fn programs(state: &State, facts: &ObjectFacts) -> Html {
    let Some(target) = state.target() else {
        return html! {};
    };
    let kms = kms_key(state, &facts.cse).map(KmsInfo::name);
    let programs = snippet::decrypt(target, facts, &state.keys, kms);
    let program = |snippet: snippet::Snippet| {
        html! {
            <section aria-label={snippet.library}>
                <p><strong>{ snippet.library }</strong>{ " " }<span class="hint">{ if snippet.tested { words::RUN } else { words::NOT_RUN } }</span></p>
                { shell::copyable(&snippet.program) }
            </section>
        }
    };
    html! {
        if !programs.is_empty() {
            <details class="commands"><summary>{ words::DECRYPT_OFFICIALLY }</summary>{ for programs.into_iter().map(program) }</details>
        }
    }
}
