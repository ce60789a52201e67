//! Recipients, chosen by hand.

use super::steps::add_key;
use super::*;
use crate::driver::{Intent, KeyId, KeyKind, KeyMaterial, KeyOrigin, KmsId, KmsInfo, UploadEncryption};

fn aes(state: &mut State) -> KeyId {
    add_key(state, KeyKind::Aes, KeyOrigin::File, true)
}

/// The driver holds this KMS key; `writes` with its ARN.
fn hold(state: &mut State, id: u32, key_id: &str, writes: bool) -> Recipient {
    let id = KmsId(id);
    state.update(Msg::Driver(Event::KmsHeld(KmsInfo {
        id,
        key_id: key_id.into(),
        arn: writes.then(|| key_id.into()),
        writes,
    })));
    Recipient::Kms(id)
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
    for recipient in [second, Recipient::Key(unsaved), Recipient::Kms(KmsId(0)), first] {
        state.update(Msg::AlsoFor(recipient, true));
    }
    assert_eq!(written_for(&state), [first, second]);
    let kms = hold(&mut state, 0, "arn", true);
    assert_eq!(written_for(&state), [kms, second]);
    state.update(Msg::KeyChosen(two));
    assert_eq!(written_for(&state), [second], "it is not its own second recipient");
    state.update(Msg::AlsoFor(kms, true));
    assert_eq!(written_for(&state), [second, kms]);
    assert_eq!(state.recipient_label(kms), "arn");
    state.update(Msg::Driver(Event::KeyRemoved(two)));
    assert_eq!(state.encryption(), None);
}

#[test]
fn one_kms_key_at_a_time() {
    let mut state = State::default();
    let key = aes(&mut state);
    let one = hold(&mut state, 1, "arn:1", true);
    state.update(Msg::KeyChosen(key));
    state.update(Msg::AlsoFor(one, true));
    let two = hold(&mut state, 2, "arn:2", true);
    assert_eq!(written_for(&state), [two]);
    state.update(Msg::AlsoFor(one, true));
    assert_eq!(written_for(&state), [two]);
    state.update(Msg::KmsChosen(KmsId(1)));
    assert_eq!(written_for(&state), [one], "the earlier one is held all the same");
}

#[test]
fn a_kms_key_that_only_opens_is_nobody_to_write_for_and_leaves_the_others() {
    let mut state = State::default();
    let one = hold(&mut state, 1, "arn:1", true);
    let key = aes(&mut state);
    state.update(Msg::KeyChosen(key));
    state.update(Msg::AlsoFor(one, true));
    let lab = hold(&mut state, 2, "alias/lab", false);
    assert!(matches!(&state.key_problem, Some(Problem::KmsReadsOnly { key_id }) if key_id == "alias/lab"));
    assert_eq!(written_for(&state), [Recipient::Key(key), one]);
    state.update(Msg::KmsChosen(KmsId(2)));
    assert!(!state.may_be_added(lab) && written_for(&state).len() == 2);
    assert_eq!(state.recipient_label(lab), "alias/lab", "it stays in sight");

    state.update(Msg::KmsChosen(KmsId(1)));
    hold(&mut state, 1, "arn:1", false);
    assert_eq!(state.encryption(), None, "it may not be written for any more");
    hold(&mut state, 2, "arn:2", true);
    assert_eq!((written_for(&state), state.kms.len()), (vec![lab], 2));
}

#[test]
fn an_object_opens_with_the_kms_key_it_names_and_one_that_names_none_perhaps_with_any() {
    let mut state = State::default();
    let opens = |state: &State, arn| state.kms_key_of(arn).map(|key| key.name().to_owned());
    assert_eq!(opens(&state, ""), None);
    hold(&mut state, 2, "alias/lab", false);
    assert_eq!(opens(&state, "arn:1").as_deref(), Some("alias/lab"));
    hold(&mut state, 0, "arn:0", true);
    hold(&mut state, 1, "arn:1", true);
    assert_eq!(opens(&state, "arn:0").as_deref(), Some("arn:0"));
    assert_eq!(opens(&state, "").as_deref(), Some("arn:1"), "the one in use");
    assert_eq!(opens(&state, "arn:3").as_deref(), Some("alias/lab"));
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
