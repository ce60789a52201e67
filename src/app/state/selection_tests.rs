//! Selecting rows, and what is done with them.

use super::*;
use crate::driver::{BundleInto, Intent, ManyEvent};
use crate::s3::{ListPage, ObjectSummary};

fn state() -> State {
    let mut state = State::default();
    let target = Target {
        bucket: "data".into(),
        prefix: "p/".into(),
        ..Target::default()
    };
    let object = |name: &str, size| ObjectSummary {
        key: format!("p/{name}"),
        size,
        last_modified: String::new(),
        etag: String::new(),
    };
    let page = ListPage {
        objects: vec![object("a", 1), object("b", 20), object("c", 300), object("d", 4000)],
        common_prefixes: vec!["p/sub/".into()],
        next: None,
    };
    steps::connect(&mut state, target, page);
    state
}

fn toggle(state: &mut State, key: &str, on: bool, range: bool) {
    let key = key.to_owned();
    state.update(Msg::Selection(SelectionMsg::Toggled { key, on, range }));
}

fn sums(state: &State) -> (usize, u64, u64, u64) {
    let selection = &state.selection;
    (
        selection.len(),
        selection.objects(),
        selection.folders(),
        selection.bytes(),
    )
}

#[test]
fn rows_are_selected_one_by_one_in_ranges_and_all() {
    let mut state = state();
    toggle(&mut state, "p/a", true, false);
    toggle(&mut state, "p/c", true, true);
    assert_eq!(sums(&state), (3, 3, 0, 321));
    // Backwards over the folder, and off.
    toggle(&mut state, "p/sub/", true, true);
    assert_eq!(sums(&state), (4, 3, 1, 321));
    toggle(&mut state, "p/b", false, false);
    toggle(&mut state, "p/b", false, false);
    assert_eq!(sums(&state), (3, 2, 1, 301));
    state.update(Msg::Selection(SelectionMsg::All(true)));
    assert_eq!(sums(&state), (5, 4, 1, 4321));
    state.update(Msg::Selection(SelectionMsg::All(false)));
    assert_eq!(sums(&state), (0, 0, 0, 0));
}

#[test]
fn what_the_filter_hides_and_what_is_gone_is_not_selected() {
    let mut state = state();
    state.update(Msg::Selection(SelectionMsg::All(true)));
    state.update(Msg::Filtered("B".into()));
    // The folder's name has a b, too.
    assert_eq!(sums(&state), (2, 1, 1, 20));
    state.update(Msg::Driver(Event::Deleted { key: "p/b".into() }));
    assert_eq!(sums(&state), (1, 0, 1, 0));
    state.open_folder("p/sub/");
    assert!(state.selection.is_empty());
}

#[test]
fn a_selection_is_downloaded_under_the_open_folders_name() {
    let mut state = state();
    toggle(&mut state, "p/a", true, false);
    toggle(&mut state, "p/sub/", true, false);
    let asked = |effects: Vec<Effect>| match effects.into_iter().next() {
        Some(Effect::Send(Intent::DownloadMany { wanted, base, name, .. })) => (wanted.len(), base, name),
        other => panic!("{other:?}"),
    };
    let zip = Msg::Selection(SelectionMsg::DownloadAsked(BundleInto::Zip));
    assert_eq!(asked(state.update(zip)), (2, "p/".into(), "p".into()));
    toggle(&mut state, "p/a", false, false);
    let zip = Msg::Selection(SelectionMsg::DownloadAsked(BundleInto::Zip));
    assert_eq!(asked(state.update(zip)), (1, "p/".into(), "sub".into()));
    // The folder that is made has the name already.
    let folder = Msg::Selection(SelectionMsg::DownloadAsked(BundleInto::Folder));
    assert_eq!(asked(state.update(folder)), (1, "p/sub/".into(), "sub".into()));
}

#[test]
fn folders_are_counted_before_anything_is_deleted() {
    let mut state = state();
    toggle(&mut state, "p/a", true, false);
    toggle(&mut state, "p/sub/", true, false);
    let effects = state.update(Msg::Selection(SelectionMsg::DeleteAsked));
    assert!(matches!(effects[..], [Effect::Send(Intent::Count(_))]));
    let counted = |objects, all| {
        let bytes = 7;
        Msg::Driver(Event::Many(ManyEvent::Counted { objects, bytes, all }))
    };
    state.update(counted(1000, false));
    assert!(matches!(
        state.dialog,
        Some(Dialog::DeleteMany {
            objects: 1000,
            counted: false,
            ..
        })
    ));
    state.update(counted(1234, true));
    let effects = state.update(Msg::Confirmed);
    assert!(matches!(&effects[..], [Effect::Send(Intent::DeleteMany(wanted))] if wanted.len() == 2));
    assert!(state.must_ask_before_leaving());
    let deleted = |gone: Vec<String>, failed, over| Msg::Driver(Event::Many(ManyEvent::Deleted { gone, failed, over }));
    state.update(deleted(vec!["p/a".into()], Vec::new(), None));
    assert_eq!(state.listing.loaded(), 4);
    let denied = Problem::AccessDenied {
        operation: "DeleteObject",
    };
    let effects = state.update(deleted(Vec::new(), vec![("p/sub/x".into(), denied)], Some(Ok(()))));
    // The folder may be gone or not: it is listed again, and the refusal stays on the page.
    assert!(matches!(effects[..], [Effect::Send(Intent::List { .. })]));
    let deleting = state.selection.deleting.as_ref().expect("what failed is shown");
    assert_eq!((deleting.gone, deleting.total, deleting.failed.len()), (1, 1234, 1));
    assert!(!state.must_ask_before_leaving());
}

#[test]
fn objects_alone_need_no_counting_and_leave_no_report() {
    let mut state = state();
    toggle(&mut state, "p/a", true, false);
    toggle(&mut state, "p/b", true, false);
    assert!(state.update(Msg::Selection(SelectionMsg::DeleteAsked)).is_empty());
    state.update(Msg::Confirmed);
    let gone = vec!["p/a".into(), "p/b".into()];
    let over = Some(Ok(()));
    let failed = Vec::new();
    let effects = state.update(Msg::Driver(Event::Many(ManyEvent::Deleted { gone, failed, over })));
    assert!(effects.is_empty());
    assert_eq!(state.announcement, "Deleted 2 objects.");
    assert!(state.selection.deleting.is_none() && state.selection.is_empty());
}
