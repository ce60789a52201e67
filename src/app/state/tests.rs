//! The reducer, driven by hand.

use super::steps::{add_key, connect, facts, pick};
use super::*;
use crate::driver::{
    BatchId, Cse, Direction, Existing, Integrity, Intent, KeyId, KeyKind, KeyOrigin, SaveTo, TransferId, TransferInfo,
    TransferState, UploadEncryption,
};
use crate::s3::ListPage;

fn connected() -> State {
    let mut state = State::default();
    let target = Target {
        bucket: "data".into(),
        prefix: "p/".into(),
        ..Target::default()
    };
    connect(&mut state, target, ListPage::default());
    state
}

fn key(state: &mut State, saved: bool) -> KeyId {
    add_key(state, KeyKind::Aes, KeyOrigin::Generated, saved)
}

fn for_key(id: KeyId) -> UploadEncryption {
    UploadEncryption::For(vec![Recipient::Key(id)])
}

#[test]
fn connecting_opens_the_bucket_and_remembers_it() {
    let state = connected();
    assert_eq!(state.recent.len(), 1);
    assert_eq!(state.listing.prefix, "p/");
}

#[test]
fn whoever_opens_the_bucket_page_is_shown_what_head_says_once() {
    let mut state = connected();
    let open = |state: &mut State| {
        let bucket = "data".to_owned();
        let effects = state.update(Msg::Routed(Route::Bucket { bucket }));
        effects
            .iter()
            .filter(|effect| matches!(effect, Effect::Send(Intent::CheckBucket)))
            .count()
    };
    assert_eq!(open(&mut state), 1);
    state.update(Msg::Driver(Event::BucketChecked {
        facts: Vec::new(),
        by_test_object: false,
        at: 1.0,
    }));
    assert_eq!(open(&mut state), 0, "what is known is not asked for again");
}

#[test]
fn a_test_object_that_was_asked_for_is_not_overtaken_by_an_earlier_look() {
    let mut state = connected();
    let seen = |by_test_object| {
        Msg::Driver(Event::BucketChecked {
            facts: Vec::new(),
            by_test_object,
            at: 1.0,
        })
    };
    state.update(Msg::BucketCheckAsked { create: false });
    state.update(Msg::BucketCheckAsked { create: true });
    state.update(seen(false));
    assert!(matches!(state.bucket, BucketReport::Checking { .. }));
    state.update(seen(true));
    assert!(matches!(
        state.bucket,
        BucketReport::Known {
            by_test_object: true,
            ..
        }
    ));
}

#[test]
fn an_unsaved_key_cannot_be_used() {
    let mut state = connected();
    let id = key(&mut state, false);
    state.update(Msg::KeyChosen(id));
    assert_eq!(state.encryption(), None);
    assert!(state.must_ask_before_leaving());
    state.update(Msg::Driver(Event::KeySaved(id)));
    state.update(Msg::KeyChosen(id));
    assert_eq!(state.encryption(), Some(for_key(id)));
}

#[test]
fn files_dropped_without_a_key_wait_for_one_and_are_never_sent_in_clear() {
    let mut state = connected();
    assert!(pick(&mut state, BatchId(7)).is_empty());
    assert!(matches!(state.dialog, Some(Dialog::NeedKey { files: 1, .. })));
    let effects = state.update(Msg::Confirmed);
    assert!(matches!(effects[..], [Effect::Go(Route::Keys)]));
    let id = key(&mut state, true);
    let effects = state.update(Msg::KeyChosen(id));
    let [
        Effect::Send(Intent::Upload {
            encryption,
            existing,
            prefix,
            ..
        }),
    ] = &effects[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (encryption.clone(), *existing, prefix.as_str()),
        (for_key(id), Existing::Ask, "p/")
    );
}

#[test]
fn encryption_goes_off_only_after_a_question() {
    let mut state = connected();
    state.update(Msg::EncryptionSwitched(false));
    assert!(!state.encryption_off);
    state.update(Msg::Dismissed);
    assert!(!state.encryption_off);
    state.update(Msg::EncryptionSwitched(false));
    state.update(Msg::Confirmed);
    assert_eq!(state.encryption(), Some(UploadEncryption::Off));
}

#[test]
fn existing_keys_are_asked_about() {
    let mut state = connected();
    let id = key(&mut state, true);
    state.update(Msg::KeyChosen(id));
    assert_eq!(pick(&mut state, BatchId(7)).len(), 1);
    let keys = Rc::new(vec!["p/a".to_owned()]);
    state.update(Msg::Driver(Event::Conflicts {
        batch: BatchId(7),
        keys,
        total: 1,
    }));
    let effects = state.update(Msg::SkipExisting);
    assert!(
        matches!(
            effects[..],
            [Effect::Send(Intent::Upload {
                existing: Existing::Skip,
                ..
            })]
        ),
        "{effects:?}"
    );
}

#[test]
fn totals_count_and_the_live_region_hears_only_turns() {
    let mut state = connected();
    let info = |moved, state| TransferInfo {
        moved,
        state,
        ..TransferInfo::new(TransferId(1), Direction::Upload, "p/a".into(), 100, true)
    };
    let mut hear = |moved, transfer_state| {
        state.announcement.clear();
        state.update(Msg::Driver(Event::Transfers(vec![info(moved, transfer_state)])));
        state.announcement.clone()
    };
    assert!(hear(0, TransferState::Running).contains("started"));
    assert_eq!(hear(10, TransferState::Running), "");
    assert!(hear(30, TransferState::Running).contains("25"));
    assert_eq!(hear(20, TransferState::Running), "", "a quarter is told once");
    assert_eq!(hear(30, TransferState::Running), "");
    assert!(hear(100, TransferState::Done).contains("1 done"));
    assert_eq!(state.transfers.totals().done, 1);
}

fn conflict(state: &mut State, id: u64) {
    state.update(Msg::Driver(Event::Conflicts {
        batch: BatchId(id),
        keys: Rc::new(vec!["p/a".into()]),
        total: 1,
    }));
}

/// Which batches are uploaded, and where to.
fn uploads(effects: &[Effect]) -> Vec<(u64, String)> {
    let upload = |effect: &Effect| match effect {
        Effect::Send(Intent::Upload { batch, prefix, .. }) => Some((batch.0, prefix.clone())),
        _ => None,
    };
    effects.iter().filter_map(upload).collect()
}

#[test]
fn other_transfers_do_not_move_replaced_files_to_another_folder() {
    let mut state = connected();
    let id = key(&mut state, true);
    state.update(Msg::KeyChosen(id));
    pick(&mut state, BatchId(1));
    state.update(Msg::Driver(Event::Transfers(Vec::new())));
    conflict(&mut state, 1);
    assert_eq!(uploads(&state.update(Msg::Confirmed)), [(1, "p/".to_owned())]);
}

#[test]
fn a_second_drop_does_not_lose_the_first() {
    let mut state = connected();
    let id = key(&mut state, true);
    state.update(Msg::KeyChosen(id));
    pick(&mut state, BatchId(1));
    let effects = pick(&mut state, BatchId(2));
    assert!(matches!(&effects[..], [Effect::Send(Intent::Upload { .. })]));
    conflict(&mut state, 1);
    conflict(&mut state, 2);
    assert_eq!(uploads(&state.update(Msg::Confirmed)), [(1, "p/".to_owned())]);
    assert_eq!(uploads(&state.update(Msg::SkipExisting)), [(2, "p/".to_owned())]);
    assert!(state.dialog.is_none());
}

#[test]
fn files_under_way_are_not_uploaded_again_when_another_key_is_chosen() {
    let mut state = connected();
    let (first, second) = (key(&mut state, true), key(&mut state, true));
    state.update(Msg::KeyChosen(first));
    assert_eq!(uploads(&pick(&mut state, BatchId(1))).len(), 1);
    assert!(uploads(&state.update(Msg::KeyChosen(second))).is_empty());
}

#[test]
fn no_object_is_shown_twice() {
    let mut state = connected();
    let mut listed = |continuation: Option<&str>, key: &str, next: Option<&str>| {
        let object = crate::s3::ObjectSummary {
            key: key.into(),
            size: 1,
            last_modified: String::new(),
            etag: String::new(),
        };
        state.update(Msg::Driver(Event::Listed {
            prefix: "p/".into(),
            continuation: continuation.map(str::to_owned),
            page: ListPage {
                objects: vec![object],
                common_prefixes: Vec::new(),
                next: next.map(str::to_owned),
            },
        }));
        state.listing.put("p/z", 5, "");
        state.listing.arrange();
        state.listing.rows().len()
    };
    // "Refresh" twice: two first pages. Then the page with the object that an upload had put there.
    assert_eq!(listed(None, "p/a", Some("t")), 2);
    assert_eq!(listed(None, "p/a", Some("t")), 2);
    assert_eq!(listed(Some("t"), "p/z", None), 2);
}

#[test]
fn lines_stay_where_they_are_while_somebody_points_at_them() {
    let mut state = connected();
    let info = |id: u64, state| TransferInfo {
        state,
        ..TransferInfo::new(TransferId(id), Direction::Upload, format!("k{id}"), 1, true)
    };
    let order = |state: &State| {
        let all = 0..state.transfers.lines();
        state.transfers.shown(all).map(|info| info.id.0).collect::<Vec<_>>()
    };
    let hear = |state: &mut State, infos: Vec<TransferInfo>| drop(state.update(Msg::Driver(Event::Transfers(infos))));
    hear(
        &mut state,
        vec![info(0, TransferState::Running), info(1, TransferState::Queued)],
    );
    assert_eq!(order(&state), [0, 1]);
    state.update(Msg::TransfersHeld(Hold::Pointer, true));
    state.update(Msg::TransfersHeld(Hold::Focus, true));
    hear(
        &mut state,
        vec![info(0, TransferState::Cancelled), info(2, TransferState::Running)],
    );
    // The pressed button is gone, and the focus with it; the pointer is still there.
    state.update(Msg::TransfersHeld(Hold::Focus, false));
    assert_eq!(order(&state), [0, 1, 2]);
    state.update(Msg::TransfersHeld(Hold::Pointer, false));
    assert_eq!(order(&state), [2, 1, 0]);
}

#[test]
fn unlocking_covers_the_risks_that_were_shown_and_no_others() {
    let mut state = connected();
    let risky = |key: &str, risks: &[&'static str]| ObjectFacts {
        cse: Cse {
            risks: risks.to_vec(),
            ..Cse::default()
        },
        ..facts(key)
    };
    let taken = |state: &mut State, key: &str, unlocked| {
        let (key, save, as_stored) = (key.into(), SaveTo::Downloads, false);
        let effects = state.update(Msg::DownloadAsked {
            key,
            save,
            as_stored,
            unlocked,
        });
        match &effects[..] {
            [Effect::Send(Intent::Download { unlocked, .. })] => unlocked.clone(),
            other => panic!("{other:?}"),
        }
    };
    state.update(Msg::DetailsAsked("old.bin".into()));
    assert!(taken(&mut state, "old.bin", true).is_empty(), "nothing was shown yet");
    let risks = ["it is old", "it is weak"];
    state.update(Msg::Driver(Event::Looked(Rc::new(risky("old.bin", &risks)))));
    assert_eq!(taken(&mut state, "old.bin", true), risks);
    assert!(taken(&mut state, "old.bin", false).is_empty());
    assert!(taken(&mut state, "another.bin", true).is_empty());
}

#[test]
fn where_tls_does_not_guard_the_way_the_storage_compares_unless_the_person_chose() {
    let plain_http = |state: &mut State| {
        let effects = state.update(Msg::Driver(Event::Connected {
            target: Target::default(),
            page: ListPage::default(),
            warnings: vec![Problem::PlainHttp { host: "h".into() }],
        }));
        let told = |effect: &Effect| matches!(effect, Effect::Send(Intent::SetChecks(_)));
        assert!(effects.iter().any(told), "the driver knows what the page shows");
        state.checks.integrity
    };
    let mut state = connected();
    assert_eq!(state.checks.integrity, Integrity::Off);
    state.update(Msg::ChecksChosen(UploadChecks {
        hash: true,
        ..UploadChecks::default()
    }));
    assert_eq!(
        plain_http(&mut state),
        Integrity::ContentMd5,
        "of that nothing was chosen"
    );
    assert!(state.checks.hash);
    state.update(Msg::ChecksChosen(UploadChecks::default()));
    assert_eq!(plain_http(&mut state), Integrity::Off);
}

#[test]
fn credentials_are_asked_for_until_there_are_others_and_a_clock_is_shown_once() {
    let mut state = connected();
    state.update(Msg::Driver(Event::CredentialsWanted(Problem::ExpiredToken)));
    assert_eq!(state.credentials_wanted, Some(Problem::ExpiredToken));
    for seconds in [1200, 1201] {
        state.update(Msg::Driver(Event::ClockCorrected(seconds)));
    }
    let Connection::On { warnings, .. } = &state.connection else {
        panic!("connected")
    };
    assert_eq!(warnings, &[Problem::ClockSkew { seconds: 1201 }]);
    state.update(Msg::Driver(Event::ClockCorrected(0)));
    assert!(
        matches!(&state.connection, Connection::On { warnings, .. } if warnings.is_empty()),
        "it was set right"
    );
    connect(&mut state, Target::default(), ListPage::default());
    assert_eq!(state.credentials_wanted, None);
}
