//! Messages of our own: written, read back, changed in every region.

use proptest::prelude::*;
use sealdrop::encryption::esdk::{EncryptionContext, FrameCipher, Header, Materials, Message, Parsed};
use sealdrop::encryption::{DataKey, EncryptionError, WrappingKey};

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
    let frame = 1 << 20;
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
    let frame = (1 << 20) + 32;
    let plaintext = vec![5; 3 << 20];
    let bytes = write(&plaintext);
    let header = bytes.len() - (2 * frame + (1 << 20) + 40);
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
    fn parsing_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Header::parse(&bytes);
        let with_magic = [&[2, 4, 0x78][..], &bytes].concat();
        if let Ok(Parsed::Complete(header)) = Header::parse(&with_magic) {
            prop_assert!(header.length() <= with_magic.len());
        }
    }
}
