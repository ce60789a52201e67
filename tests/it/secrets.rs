//! No secret shows in what is written for programmers, or in an error: every type that holds one, and what holds those.

use std::fmt::Debug;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::Response;
use sealdrop::app::state::Msg;
use sealdrop::driver::{Intent, KeyMaterial, Target};
use sealdrop::encryption::esdk::MessageSigner;
use sealdrop::encryption::s3ec::{CommitmentPolicy, Content, Entries, Envelope, Materials, Policy, Recognised};
use sealdrop::encryption::s3ec::{TextMap, Wrapping, Written};
use sealdrop::encryption::{ContentKey, DataKey, Key, WrappingKey};
use sealdrop::kms::DataKeyAnswer;
use sealdrop::s3::{Credentials, CustomerKey, SseRequest, parse_credentials_file};

/// Every byte of every secret here.
const MARK: u8 = 0xa7;
const TEXT: &str = "marked-secret";

/// Fails if the marked bytes or text are in it, in any usual form.
fn shows_nothing(what: &dyn Debug) {
    for shown in [format!("{what:?}"), format!("{what:#?}")] {
        let compact: String = shown.split_whitespace().collect::<String>().to_lowercase();
        for form in ["a7a7", "167,167", "0xa7", "p6en", TEXT] {
            assert!(!compact.contains(form), "{form} in {shown}");
        }
    }
}

#[test]
fn keys_and_what_holds_them() {
    let aes = WrappingKey::new([MARK; 32], "", "");
    shows_nothing(&aes);
    shows_nothing(&Key::Aes(aes.clone()).as_ref());
    shows_nothing(&Key::Aes(aes.clone()));
    shows_nothing(&DataKey::from_random([MARK; 32]));
    shows_nothing(&ContentKey::from_bytes([MARK; 32]));
    shows_nothing(&MessageSigner::from_random(&[MARK; 48]).unwrap());
    shows_nothing(&KeyMaterial(vec![MARK; 32]));
    shows_nothing(&KeyMaterial(TEXT.into()));
    shows_nothing(&CustomerKey([MARK; 32]));
    shows_nothing(&SseRequest::SseC(CustomerKey([MARK; 32])));

    let description = TextMap::default();
    let wrapping = Wrapping::Key {
        key: (&aes).into(),
        description: &description,
    };
    shows_nothing(&wrapping);
    // V2 uses the data key itself.
    let materials = Materials {
        data_key: DataKey::from_random([MARK; 32]),
        message_id: [1; 28],
        iv: [2; 12],
        wrap_seed: [3; 32],
    };
    let written = Written::write(materials, CommitmentPolicy::ForbidEncryptAllowDecrypt, &wrapping, 0).unwrap();
    assert_eq!(written.content_key.expose(), &[MARK; 32]);
    shows_nothing(&written);
    let entries = Entries::from_metadata(&written.metadata).unwrap();
    let Ok(Recognised::Envelope(envelope)) = Envelope::recognise(entries) else {
        panic!("an envelope")
    };
    let policy = Policy {
        unlocked: true,
        ..Policy::default()
    };
    let opened = envelope.open([&aes], policy).unwrap();
    assert!(matches!(&opened.content, Content::Gcm { key, .. } if key.expose() == &[MARK; 32]));
    shows_nothing(&opened);
}

#[test]
fn credentials_and_what_holds_them() {
    let credentials = Credentials {
        access_key_id: TEXT.into(),
        secret_access_key: TEXT.into(),
        session_token: Some(TEXT.into()),
    };
    shows_nothing(&credentials);
    let intent = Intent::Connect {
        target: Target::default(),
        credentials: credentials.clone(),
    };
    shows_nothing(&intent);
    shows_nothing(&Msg::ConnectAsked(credentials));
    let file = format!("[me]\naws_access_key_id={TEXT}\naws_secret_access_key={TEXT}\naws_session_token={TEXT}\n");
    let profiles = parse_credentials_file(&file).unwrap();
    shows_nothing(&profiles);
    shows_nothing(&Msg::CredentialsRead(profiles));
    shows_nothing(&parse_credentials_file(&format!("[me]\naws_secret_access_key={TEXT}")).unwrap_err());
    shows_nothing(&parse_credentials_file(TEXT).unwrap_err());
    let (id, key) = ("1".into(), CustomerKey([MARK; 32]));
    shows_nothing(&Intent::GiveCustomerKey { id, key });
}

#[test]
fn errors_do_not_quote_what_could_not_be_read() {
    shows_nothing(&WrappingKey::from_text(&format!("{TEXT}{}", "a7".repeat(30)), "", "").unwrap_err());
    let key = STANDARD.encode([MARK; 32]);
    // A data key beside something that cannot be read.
    for body in [
        format!("{{\"Plaintext\":\"{key}\",\"KeyId\":5}}"),
        format!("{{\"Plaintext\":\"{key}\",\"CiphertextBlob\":\"!\",\"KeyId\":\"k\"}}"),
        format!("{{\"Plaintext\":\"{key}!\",\"KeyId\":\"k\"}}"),
        format!("{{\"Plaintext\":\"{key}"),
    ] {
        let answer = Response::new(Bytes::from(body));
        let error = DataKeyAnswer::read(&answer).unwrap_err();
        shows_nothing(&error);
        shows_nothing(&error.to_string());
    }
    let answer = Response::new(Bytes::from(format!("{{\"Plaintext\":\"{key}\",\"KeyId\":\"k\"}}")));
    shows_nothing(&DataKeyAnswer::read(&answer).unwrap());
}
