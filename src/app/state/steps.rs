//! What tests of the state begin with.

use super::*;
use crate::driver::{BatchId, Cse, KeyId, KeyKind, KeyOrigin, PickedEntry};
use crate::s3::{Grounds, ListPage, SseState};

/// The driver has connected to this place, and this is its first page.
pub(super) fn connect(state: &mut State, target: Target, page: ListPage) -> Vec<Effect> {
    let warnings = Vec::new();
    state.update(Msg::Driver(Event::Connected { target, page, warnings }))
}

/// The driver holds one more key.
pub(super) fn add_key(state: &mut State, kind: KeyKind, origin: KeyOrigin, saved: bool) -> KeyId {
    let id = KeyId(state.keys.len() as u32);
    state.update(Msg::Driver(Event::KeyAdded(KeyInfo {
        id,
        label: format!("key {}", id.0),
        fingerprint: format!("{}", id.0),
        namespace: "n".into(),
        name: "k".into(),
        kind,
        origin,
        saved,
        padding: None,
    })));
    id
}

/// One file was picked: `a`, of one byte.
pub(super) fn pick(state: &mut State, batch: BatchId) -> Vec<Effect> {
    let entries = Rc::new(vec![PickedEntry {
        path: "a".into(),
        size: 1,
    }]);
    state.update(Msg::Driver(Event::Picked {
        batch,
        entries,
        unreadable: Vec::new(),
    }))
}

/// An object of which no more is known than that it is there.
pub(in crate::app) fn facts(key: &str) -> ObjectFacts {
    ObjectFacts {
        key: key.into(),
        size: 1,
        original_size: None,
        etag: None,
        last_modified: None,
        content_type: None,
        version_id: None,
        checksums: Vec::new(),
        metadata: Vec::new(),
        sse: SseState::Unknown,
        grounds: Grounds::Nothing,
        sse_headers: Vec::new(),
        cse: Cse::default(),
        looked_at: 0.0,
    }
}
