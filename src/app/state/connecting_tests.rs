//! Connecting to one bucket after the other.

use super::*;
use crate::driver::{BatchId, Direction, Intent, ManyEvent, TransferId, TransferInfo, TransferState};
use crate::s3::{ListPage, ObjectSummary, SseState};

fn connect(state: &mut State, endpoint: &str, bucket: &str) -> Vec<Effect> {
    let target = Target {
        endpoint: endpoint.into(),
        bucket: bucket.into(),
        ..Target::default()
    };
    steps::connect(state, target, ListPage::default())
}

fn uploaded(id: u64, endpoint: &str, bucket: &str) -> Msg {
    let facts = ObjectFacts {
        sse: SseState::SseS3,
        ..steps::facts("a")
    };
    Msg::Driver(Event::Transfers(vec![TransferInfo {
        state: TransferState::Done,
        facts: Some(Rc::new(facts)),
        endpoint: endpoint.into(),
        bucket: bucket.into(),
        ..TransferInfo::new(TransferId(id), Direction::Upload, "a".into(), 1, true)
    }]))
}

fn pick(state: &mut State) {
    steps::pick(state, BatchId(7));
}

fn drops(effects: &[Effect]) -> bool {
    let drop = |effect: &Effect| matches!(effect, Effect::Send(Intent::DropBatch(BatchId(7))));
    effects.iter().any(drop)
}

#[test]
fn what_was_uploaded_to_one_bucket_is_not_shown_in_another() {
    let mut state = State::default();
    connect(&mut state, "https://here", "ours");
    for (id, (endpoint, bucket)) in [("https://here", "theirs"), ("https://there", "ours")]
        .into_iter()
        .enumerate()
    {
        state.update(uploaded(id as u64, endpoint, bucket));
        assert_eq!(
            (state.listing.loaded(), state.facts.len()),
            (0, 0),
            "{endpoint} {bucket}"
        );
    }
    assert_eq!(state.transfers.totals().done, 2, "the queue shows it");
    state.update(uploaded(2, "https://here", "ours"));
    assert_eq!((state.listing.loaded(), state.facts.len()), (1, 1));
}

#[test]
fn a_question_about_one_bucket_is_not_answered_for_the_next() {
    let mut state = State::default();
    connect(&mut state, "https://here", "first");
    state.update(Msg::DeleteAsked("a".into()));
    connect(&mut state, "https://here", "second");
    assert!(state.dialog.is_none());
    assert!(state.update(Msg::Confirmed).is_empty());
    state.update(Msg::CancelAllAsked);
    connect(&mut state, "https://here", "first");
    assert!(matches!(state.dialog, Some(Dialog::CancelAll)), "transfers go on");
}

#[test]
fn files_that_wait_for_a_key_do_not_go_to_another_bucket() {
    let mut state = State::default();
    connect(&mut state, "https://here", "first");
    pick(&mut state);
    assert!(!drops(&connect(&mut state, "https://here", "first")), "new credentials");
    assert!(matches!(state.dialog, Some(Dialog::NeedKey { .. })));
    assert!(drops(&connect(&mut state, "https://here", "second")));
    assert!(state.dialog.is_none());
    let bucket = "first".to_owned();
    assert_eq!(state.problem, Some(Problem::LeftBehind { files: 1, bucket }));
    state.update(Msg::EncryptionSwitched(false));
    assert!(state.update(Msg::Confirmed).is_empty(), "nothing waits any more");
}

#[test]
fn files_on_their_way_to_the_queue_stay_with_their_bucket() {
    let mut state = State::default();
    connect(&mut state, "https://here", "first");
    state.encryption_off = true;
    pick(&mut state);
    assert!(!drops(&connect(&mut state, "https://here", "second")));
    assert_eq!(state.problem, None);
    let (batch, keys) = (BatchId(7), Rc::new(vec!["a".into()]));
    let effects = state.update(Msg::Driver(Event::Conflicts { batch, keys, total: 1 }));
    assert!(
        drops(&effects) && state.dialog.is_none(),
        "nobody is asked about another bucket"
    );
    let bucket = "first".to_owned();
    assert_eq!(state.problem, Some(Problem::LeftBehind { files: 1, bucket }));
}

#[test]
fn a_connection_stays_while_another_is_tried_and_when_that_fails() {
    let mut state = State::default();
    connect(&mut state, "https://here", "first");
    let credentials = crate::s3::Credentials {
        access_key_id: "id".into(),
        secret_access_key: "secret".into(),
        session_token: None,
    };
    state.update(Msg::ConnectAsked(credentials));
    let bucket = |state: &State| state.target().map(|target| target.bucket.clone());
    assert_eq!(
        (bucket(&state), &state.connecting),
        (Some("first".into()), &Loading::Busy)
    );
    state.update(Msg::Driver(Event::ConnectFailed(Problem::WrongSecret)));
    assert_eq!(bucket(&state), Some("first".into()), "with its transfers");
    assert_eq!(state.connecting, Loading::Failed(Problem::WrongSecret));
    connect(&mut state, "https://here", "second");
    assert_eq!(
        (bucket(&state), &state.connecting),
        (Some("second".into()), &Loading::Idle)
    );
    state.update(Msg::FormRefused(Problem::WrongSecret));
    state.update(Msg::Driver(Event::Disconnected));
    assert_eq!((bucket(&state), &state.connecting), (None, &Loading::Idle));
}

#[test]
fn the_bucket_that_an_address_names_stays_in_the_form_when_presets_come() {
    let presets = || {
        let mut config = crate::app::config::Config::default();
        config.form.bucket = Some("preset".into());
        Msg::Configured(Ok(config))
    };
    for (address, bucket) in [
        ("#/bucket/named", "named"),
        ("#/browse/named/", "named"),
        ("#/bucket", "preset"),
        ("#/keys", "preset"),
    ] {
        let mut state = State::default();
        state.update(Msg::Routed(Route::parse(address)));
        state.update(presets());
        assert_eq!(state.form.bucket, bucket, "{address}");
    }
}

#[test]
fn deleting_that_was_stopped_by_connecting_elsewhere_is_reported_with_its_bucket() {
    let mut state = State::default();
    connect(&mut state, "https://here", "first");
    state.update(uploaded(0, "https://here", "first"));
    let key = "a".to_owned();
    let on = true;
    state.update(Msg::Selection(SelectionMsg::Toggled { key, on, range: false }));
    state.update(Msg::Selection(SelectionMsg::DeleteAsked));
    state.update(Msg::Confirmed);
    connect(&mut state, "https://here", "second");
    state.update(uploaded(1, "https://here", "second"));
    assert!(state.must_ask_before_leaving(), "the last answers are still to come");
    state.update(Msg::Driver(Event::Many(ManyEvent::Deleted {
        gone: vec!["a".into()],
        failed: Vec::new(),
        over: Some(Err(Problem::Cancelled)),
    })));
    assert_eq!(
        state.listing.loaded(),
        1,
        "the other bucket's object of that name is there"
    );
    assert_eq!(state.announcement, "In first: Stopped: 1 of 1 were deleted.");
    let report = state.selection.deleting.as_ref().expect("until somebody closes it");
    assert_eq!((report.bucket.as_str(), report.gone), ("first", 1));
    assert!(!state.must_ask_before_leaving());
}

#[test]
fn all_that_could_not_be_deleted_are_counted_and_some_are_named() {
    let mut state = State::default();
    connect(&mut state, "https://here", "first");
    state.update(uploaded(0, "https://here", "first"));
    state.update(Msg::Selection(SelectionMsg::All(true)));
    state.update(Msg::Selection(SelectionMsg::DeleteAsked));
    state.update(Msg::Confirmed);
    let failed = (0..1234).map(|at| (at.to_string(), Problem::Offline)).collect();
    let (gone, over) = (Vec::new(), Some(Ok(())));
    state.update(Msg::Driver(Event::Many(ManyEvent::Deleted { gone, failed, over })));
    assert!(
        state.announcement.contains("1,234 objects could not be deleted"),
        "{}",
        state.announcement
    );
}

#[test]
fn an_address_of_another_bucket_shows_nothing_of_the_connected_one() {
    let mut state = State::default();
    connect(&mut state, "https://here", "ours");
    for (route, named) in [
        (Route::parse("#/browse/ours/a/"), None),
        (Route::parse("#/browse/theirs/a/"), Some("theirs")),
        (Route::Transfers, None),
        (Route::parse("#/bucket/theirs"), Some("theirs")),
        (Route::parse("#/bucket/ours"), None),
        (Route::parse("#/bucket"), None),
    ] {
        let effects = state.update(Msg::Routed(route.clone()));
        assert_eq!(
            (state.names_another_bucket(), state.takes_files()),
            (named, named.is_none()),
            "{route:?}"
        );
        assert!(named.is_none() || effects.is_empty(), "{route:?} asks for {effects:?}");
    }
    state.update(Msg::Routed(Route::parse("#/browse/theirs/a/")));
    assert_eq!(
        (state.form.bucket.as_str(), state.form.prefix.as_str()),
        ("theirs", "a/")
    );
}

#[test]
fn what_was_seen_of_an_object_is_not_said_of_the_next_one_of_its_name() {
    let mut state = State::default();
    connect(&mut state, "https://here", "ours");
    state.update(uploaded(0, "https://here", "ours"));
    let listed = |size, etag: &str| {
        Msg::Driver(Event::Listed {
            prefix: String::new(),
            continuation: None,
            page: ListPage {
                objects: vec![ObjectSummary {
                    key: "a".into(),
                    size,
                    last_modified: String::new(),
                    etag: etag.into(),
                }],
                ..ListPage::default()
            },
        })
    };
    state.update(listed(1, "e"));
    assert!(
        state.facts.contains_key("a"),
        "its ETag was not seen: the size is the same"
    );
    state.update(listed(2, "e"));
    assert!(!state.facts.contains_key("a"));
    state.unseen.insert("a".into());
    state.locked.insert("a".into());
    state.update(listed(2, "e"));
    assert!(
        state.unseen.is_empty() && state.locked.is_empty(),
        "it is looked at again"
    );

    state.update(uploaded(1, "https://here", "ours"));
    state.locked.insert("a".into());
    let Msg::Driver(Event::Transfers(mut changes)) = uploaded(2, "https://here", "ours") else {
        unreachable!("it tells of a transfer");
    };
    let facts = changes[0].facts.as_deref().cloned().expect("facts");
    changes[0].facts = Some(Rc::new(ObjectFacts {
        sse: SseState::Unknown,
        ..facts
    }));
    state.update(Msg::Driver(Event::Transfers(changes)));
    assert!(
        state.facts.is_empty() && state.locked.is_empty(),
        "replaced by what nobody looked at"
    );
}
