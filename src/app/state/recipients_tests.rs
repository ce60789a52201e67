//! Recipients, chosen by hand.

use super::steps::add_key;
use super::*;
use crate::driver::{Intent, KeyId, KeyKind, KeyMaterial, KeyOrigin, UploadEncryption};

fn aes(state: &mut State) -> KeyId {
    add_key(state, KeyKind::Aes, KeyOrigin::File, true)
}

fn written_for(state: &State) -> Vec<Recipient> {
    match state.encryption() {
        Some(UploadEncryption::For(recipients)) => recipients,
        other => panic!("{other:?}"),
    }
}

#[test]
fn saved_keys_and_kms_are_added_beside_the_one_in_use() {
    let mut state = State::default();
    let (one, two) = (aes(&mut state), aes(&mut state));
    let unsaved = add_key(&mut state, KeyKind::Aes, KeyOrigin::Generated, false);
    let (first, second) = (Recipient::Key(one), Recipient::Key(two));
    state.update(Msg::AlsoFor(second, true));
    assert_eq!(state.encryption(), None, "nobody is added to no key");
    state.update(Msg::KeyChosen(one));
    for recipient in [second, Recipient::Key(unsaved), Recipient::Kms, first] {
        state.update(Msg::AlsoFor(recipient, true));
    }
    assert_eq!(written_for(&state), [first, second]);
    state.update(Msg::Driver(Event::KmsReady("arn".into())));
    assert_eq!(written_for(&state), [Recipient::Kms, second]);
    state.update(Msg::KeyChosen(two));
    assert_eq!(written_for(&state), [second], "it is not its own second recipient");
    state.update(Msg::AlsoFor(Recipient::Kms, true));
    assert_eq!(written_for(&state), [second, Recipient::Kms]);
    assert_eq!(state.recipient_label(Recipient::Kms), "arn");
    state.update(Msg::Driver(Event::KeyRemoved(two)));
    assert_eq!(state.encryption(), None);
}

#[test]
fn a_kms_key_that_only_opens_is_nobody_to_write_for() {
    let mut state = State::default();
    state.update(Msg::Driver(Event::KmsReady("arn".into())));
    assert_eq!(written_for(&state), [Recipient::Kms]);
    state.update(Msg::Driver(Event::KmsReadsOnly("alias/lab".into())));
    assert_eq!((state.encryption(), state.kms.as_ref()), (None, None));
    assert!(matches!(&state.key_problem, Some(Problem::KmsReadsOnly { key_id }) if key_id == "alias/lab"));
    assert_eq!(state.kms_reads.as_deref(), Some("alias/lab"), "it stays in sight");
    state.update(Msg::Driver(Event::KmsReady("arn".into())));
    assert_eq!((state.kms.as_deref(), state.kms_reads.as_ref()), (Some("arn"), None));
}

#[test]
fn an_object_of_the_s3_encryption_client_has_one_and_says_who_is_left_out() {
    let mut state = State::default();
    let (one, two) = (aes(&mut state), aes(&mut state));
    state.update(Msg::KeyChosen(one));
    state.update(Msg::AlsoFor(Recipient::Key(two), true));
    assert!(state.left_out().is_empty());
    state.update(Msg::KeySetting(KeySetting::Format(WriteFormat::S3ecV3)));
    assert_eq!(written_for(&state), [Recipient::Key(one)]);
    assert_eq!(state.left_out(), [Recipient::Key(two)]);
}

#[test]
fn one_passphrase_at_a_time() {
    let mut state = State::default();
    let phrase = |state: &mut State| add_key(state, KeyKind::Aes, KeyOrigin::Passphrase, true);
    let (one, two, key) = (phrase(&mut state), phrase(&mut state), aes(&mut state));
    state.update(Msg::KeyChosen(key));
    state.update(Msg::AlsoFor(Recipient::Key(one), true));
    state.update(Msg::AlsoFor(Recipient::Key(two), true));
    assert_eq!(written_for(&state), [Recipient::Key(key), Recipient::Key(one)]);
    state.update(Msg::KeyChosen(two));
    assert_eq!(written_for(&state), [Recipient::Key(two)]);
}

#[test]
fn a_passphrase_made_here_is_used_when_it_was_noted() {
    let mut state = State::default();
    let add_phrase = Intent::AddPassphrase {
        label: String::new(),
        passphrase: KeyMaterial(Vec::new()),
        made: true,
    };
    state.update(Msg::KeyAsked(add_phrase, true));
    let id = add_key(&mut state, KeyKind::Aes, KeyOrigin::Passphrase, false);
    assert!(state.active.is_none() && state.must_ask_before_leaving());
    let noted = state.update(Msg::PassphraseNoted);
    assert!(matches!(noted[..], [Effect::Send(Intent::PassphraseNoted(noted))] if noted == id));
    state.update(Msg::Driver(Event::KeySaved(id)));
    assert_eq!(state.active, Some(Recipient::Key(id)));
    assert!(!state.must_ask_before_leaving());
}

#[test]
fn public_keys_alone_do_not_read_back() {
    let mut state = State::default();
    let public = add_key(&mut state, KeyKind::RsaPublic { bits: 3072 }, KeyOrigin::File, true);
    let key = aes(&mut state);
    state.update(Msg::KeyChosen(public));
    assert!(!state.reads_back());
    state.update(Msg::AlsoFor(Recipient::Key(key), true));
    assert!(state.reads_back());
    state.update(Msg::KeySetting(KeySetting::Format(WriteFormat::S3ecV3)));
    assert!(!state.reads_back(), "the other one is left out");
}
