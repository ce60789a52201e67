//! Messages of our own: written, read back, changed in every region.

use proptest::prelude::*;
use sealdrop::encryption::esdk::version1::Version1Header;
use sealdrop::encryption::esdk::{
    EncryptionContext, FOOTER_LENGTH, FRAME_LENGTH, FrameCipher, Header, Materials, Message, MessageSigner, Parsed,
    Recipient,
};
use sealdrop::encryption::{DataKey, EncryptionError, Key, KeyRef, OaepPadding, RsaPrivateKey, WrappingKey};

fn key() -> WrappingKey {
    WrappingKey::new([0x42; 32], "", "")
}

fn write(plaintext: &[u8]) -> Vec<u8> {
    let mut context = EncryptionContext::default();
    context.insert("sealdrop-object-key", "実験/α β.bin");
    let materials = Materials {
        data_key: DataKey::from_random([7; 32]),
        message_id: [9; 32],
        wrap_iv: [3; 12],
    };
    let message = Message::write(materials, &key(), &context, plaintext.len() as u64).unwrap();
    let cipher = FrameCipher::new(&message.content_key, message.message_id);
    let mut bytes = message.header.clone();
    for index in 0..message.layout.frame_count() {
        let frame = message.layout.frame(index);
        let part = &plaintext[frame.plaintext.start as usize..frame.plaintext.end as usize];
        bytes.extend(cipher.encrypt(&frame, part));
    }
    assert_eq!(bytes.len() as u64, message.layout.message_length());
    bytes
}

fn read(bytes: &[u8]) -> Result<Vec<u8>, EncryptionError> {
    let Parsed::Complete(header) = Header::parse(bytes)? else {
        return Err(EncryptionError::Damaged);
    };
    let opened = header.open([&key()])?;
    let layout = header.layout(bytes.len() as u64)?;
    let cipher = FrameCipher::new(&opened.content_key, header.message_id());
    let frames = (0..layout.frame_count()).map(|index| {
        let frame = layout.frame(index);
        cipher.decrypt(&frame, &bytes[frame.message.start as usize..frame.message.end as usize])
    });
    frames.collect::<Result<Vec<_>, _>>().map(|frames| frames.concat())
}

#[test]
fn sizes_around_a_frame_read_back() {
    let frame = FRAME_LENGTH as usize;
    for length in [0, 1, 15, 16, 17, frame - 1, frame, frame + 1, 2 * frame, 2 * frame + 5] {
        let plaintext: Vec<u8> = (0..length).map(|i| (i * 7 + i / 251) as u8).collect();
        assert!(read(&write(&plaintext)).unwrap() == plaintext, "{length} bytes");
    }
}

#[test]
fn context_is_authenticated_and_readable() {
    let Parsed::Complete(header) = Header::parse(&write(b"x")).unwrap() else {
        panic!("whole header given")
    };
    assert_eq!(header.context().get("sealdrop-object-key"), Some("実験/α β.bin"));
    assert_eq!(header.edks()[0].key_name(), "MyAppKeys / S3AESKey");
}

#[test]
fn any_changed_bit_is_refused() {
    let bytes = write(b"nothing of this may come out once a bit has changed");
    for at in 0..bytes.len() {
        for bit in [0x01, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            assert!(read(&changed).is_err(), "byte {at}");
        }
    }
}

#[test]
fn any_cut_and_any_addition_is_refused() {
    let bytes = write(b"truncation is caught");
    for length in 0..bytes.len() {
        assert!(read(&bytes[..length]).is_err(), "cut at {length}");
    }
    assert!(read(&[&bytes[..], b"x"].concat()).is_err());
}

#[test]
fn whole_frames_cannot_be_dropped_swapped_or_repeated() {
    let frame = FRAME_LENGTH as usize + 32;
    let plaintext = vec![5; 3 * FRAME_LENGTH as usize];
    let bytes = write(&plaintext);
    let header = bytes.len() - (2 * frame + FRAME_LENGTH as usize + 40);
    let (a, b) = (
        &bytes[header..header + frame],
        &bytes[header + frame..header + 2 * frame],
    );
    let last = &bytes[header + 2 * frame..];
    assert!(read(&[&bytes[..header], a, b, last].concat()).is_ok());
    for frames in [
        vec![b, last],
        vec![a, last],
        vec![b, a, last],
        vec![a, a, last],
        vec![a, b],
        vec![a, b, b, last],
    ] {
        assert!(read(&[&bytes[..header], &frames.concat()].concat()).is_err());
    }
}

#[test]
fn materials_that_do_not_fit_are_refused_before_anything_is_encrypted() {
    let mut context = EncryptionContext::default();
    context.insert("k", &"v".repeat(70_000));
    let materials = Materials {
        data_key: DataKey::from_random([7; 32]),
        message_id: [9; 32],
        wrap_iv: [3; 12],
    };
    let refused = Message::write(materials, &key(), &context, 1).err();
    assert_eq!(refused, Some(EncryptionError::TooLarge { limit: 65535 }));
}

proptest! {
    #[test]
    fn version_1_parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), suite in 0usize..9) {
        let suites = [0x0378u16, 0x0346, 0x0214, 0x0178, 0x0146, 0x0114, 0x0078, 0x0046, 0x0014];
        let message = [&[1, 0x80][..], &suites[suite].to_be_bytes(), &bytes].concat();
        if let Ok(Some(header)) = Version1Header::parse(&message) {
            prop_assert!(header.decrypt(&message, [&key()], true).is_err());
        }
    }

    #[test]
    fn parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Header::parse(&bytes);
        let with_magic = [&[2, 4, 0x78][..], &bytes].concat();
        if let Ok(Parsed::Complete(header)) = Header::parse(&with_magic) {
            prop_assert!(header.length() <= with_magic.len());
        }
    }
}

fn rsa() -> RsaPrivateKey {
    let json: serde_json::Value = serde_json::from_str(include_str!("../vectors/s3ec/v3-rsa-java-0.json")).unwrap();
    RsaPrivateKey::from_pem(json["keys"]["rsa_private_key_pem"].as_str().unwrap(), "", "").unwrap()
}

fn write_for(recipients: &[Recipient<'_>], sign: bool) -> Result<Vec<u8>, EncryptionError> {
    let mut context = EncryptionContext::default();
    context.insert("project", "demo");
    let signer = sign.then(|| MessageSigner::from_random(&[0x17; 48]).unwrap());
    let plaintext = b"for several";
    let data_key = DataKey::from_random([7; 32]);
    let message = Message::write_for(data_key, [9; 32], recipients, signer, &context, plaintext.len() as u64)?;
    let cipher = FrameCipher::new(&message.content_key, message.message_id);
    let frame = cipher.encrypt(&message.layout.frame(0), plaintext);
    let mut bytes = [message.header, frame].concat();
    if let Some(mut signer) = message.signer {
        bytes.chunks(100).for_each(|chunk| signer.update(chunk));
        let footer = signer.finish();
        assert_eq!(footer.len() as u64, FOOTER_LENGTH);
        bytes.extend(footer);
    }
    Ok(bytes)
}

fn header_of(bytes: &[u8]) -> Header {
    let Parsed::Complete(header) = Header::parse(bytes).unwrap() else {
        panic!("whole header given")
    };
    header
}

fn read_signed(bytes: &[u8], key: KeyRef<'_>) -> Result<Vec<u8>, EncryptionError> {
    let header = header_of(bytes);
    let opened = header.open([key])?;
    let layout = header.signed_layout(bytes.len() as u64, bytes)?;
    let (signed, footer) = bytes.split_at(layout.message_length() as usize);
    let mut verifier = header.verifier()?;
    verifier.update(signed);
    verifier.finish(footer)?;
    let frame = layout.frame(0);
    let bytes = &bytes[frame.message.start as usize..frame.message.end as usize];
    FrameCipher::new(&opened.content_key, header.message_id()).decrypt(&frame, bytes)
}

#[test]
fn every_recipient_opens_and_the_signature_holds() {
    let (aes, rsa) = (key(), rsa());
    let recipients = [
        Recipient::Key {
            key: KeyRef::from(&aes),
            seed: &[1; 32],
        },
        Recipient::Key {
            key: KeyRef::from(rsa.public()),
            seed: &[2; 32],
        },
        Recipient::Kms {
            key_arn: "arn:aws:kms:x:1:key/2",
            ciphertext_blob: b"blob",
        },
    ];
    let signed = write_for(&recipients, true).unwrap();
    let plain = write_for(&recipients, false).unwrap();
    for key in [KeyRef::from(&aes), KeyRef::from(&rsa)] {
        assert_eq!(read_signed(&signed, key).unwrap(), b"for several");
        assert!(header_of(&plain).open([key]).is_ok());
    }
    let header = header_of(&plain);
    assert_eq!(header.edks()[1].key_name(), "MyAppKeys / S3RSAKey");
    let kms = &header.edks()[2];
    assert_eq!(
        (kms.kms_key_arn(), kms.ciphertext()),
        (Some("arn:aws:kms:x:1:key/2"), &b"blob"[..])
    );
    assert!(header.open_with_data_key(&[7; 32], 2).is_ok());
    assert_eq!(header.open([rsa.public()]).err(), Some(EncryptionError::NoMatchingKey));
    let other_padding = rsa.clone().with_padding(OaepPadding::Sha512);
    assert_eq!(
        header.open([&other_padding]).err(),
        Some(EncryptionError::NoMatchingKey)
    );
    assert!(header.open([&Key::RsaPrivate(Box::new(rsa.clone()))]).is_ok());
}

#[test]
fn a_signed_message_is_refused_with_any_change() {
    let aes = key();
    let signed = write_for(
        &[Recipient::Key {
            key: KeyRef::from(&aes),
            seed: &[1; 32],
        }],
        true,
    )
    .unwrap();
    for at in (100..signed.len()).step_by(11).chain(signed.len() - 10..signed.len()) {
        let mut changed = signed.clone();
        changed[at] ^= 4;
        let parsed = matches!(Header::parse(&changed), Ok(Parsed::Complete(_)));
        assert!(
            !parsed || read_signed(&changed, KeyRef::from(&aes)).is_err(),
            "byte {at}"
        );
    }
    assert!(read_signed(&[&signed[..], b"x"].concat(), KeyRef::from(&aes)).is_err());
    assert!(
        read_signed(&signed[..signed.len() - 105], KeyRef::from(&aes)).is_err(),
        "without its footer"
    );
}

#[test]
fn footers_always_have_the_same_length() {
    for seed in 1..40u8 {
        let mut signer = MessageSigner::from_random(&[seed; 48]).unwrap();
        signer.update(&[seed]);
        assert_eq!(signer.finish().len() as u64, FOOTER_LENGTH);
    }
}

#[test]
fn reserved_names_and_no_recipient_are_refused() {
    assert!(matches!(
        write_for(&[], false),
        Err(EncryptionError::Unsupported { .. })
    ));
    let mut context = EncryptionContext::default();
    context.insert("aws-crypto-public-key", "mine");
    let aes = key();
    let recipients = [Recipient::Key {
        key: KeyRef::from(&aes),
        seed: &[1; 32],
    }];
    let refused = Message::write_for(DataKey::from_random([7; 32]), [9; 32], &recipients, None, &context, 1).err();
    assert!(matches!(refused, Some(EncryptionError::Unsupported { .. })));
}
