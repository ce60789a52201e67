//! One GCM message from segments: byte for byte what one call makes.

use aes_gcm::aead::{Aead, KeyInit, Payload, consts::U16};
use aes_gcm::aes::Aes256;
use aes_gcm::{Aes256Gcm, AesGcm};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use proptest::prelude::*;
use sealdrop::encryption::ContentKey;
use sealdrop::encryption::gcm::{GcmMessage, MAX_PLAINTEXT_LENGTH, Segment, Share, TagSum};

/// What WebCrypto offers: AES-GCM with a 16-byte IV, in one call.
fn native(key: &[u8; 32], iv: [u8; 16], plaintext: &[u8], aad: &[u8]) -> (Vec<u8>, [u8; 16]) {
    let payload = Payload { msg: plaintext, aad };
    let mut sealed = AesGcm::<Aes256, U16>::new(key.into())
        .encrypt(&iv.into(), payload)
        .unwrap();
    let tag = sealed.split_off(plaintext.len());
    (sealed, tag.try_into().unwrap())
}

fn one_shot(key: &[u8; 32], iv: [u8; 12], plaintext: &[u8], aad: &[u8]) -> Vec<u8> {
    let payload = Payload { msg: plaintext, aad };
    Aes256Gcm::new(key.into()).encrypt(&iv.into(), payload).unwrap()
}

/// Segments with these block boundaries, in this order.
fn plan(total: u64, cuts: &[u64], order: u64) -> Vec<Segment> {
    let mut bounds: Vec<u64> = cuts.iter().map(|cut| cut * 16).filter(|&cut| cut < total).collect();
    bounds.extend([0, total]);
    bounds.sort_unstable();
    bounds.dedup();
    let mut segments: Vec<_> = bounds
        .windows(2)
        .map(|pair| Segment::new(pair[0], pair[1] - pair[0], total).unwrap())
        .collect();
    // A fixed shuffle: by a hash of place and `order`.
    segments.sort_by_key(|segment| (segment.offset() + 1).wrapping_mul(order | 1).rotate_left(17));
    segments
}

proptest! {
    #[test]
    fn any_size_any_cut_any_order_is_one_shot(
        key in any::<[u8; 32]>(),
        iv in any::<[u8; 12]>(),
        aad in prop::collection::vec(any::<u8>(), 0..40),
        plaintext in prop::collection::vec(any::<u8>(), 0..2000),
        cuts in prop::collection::vec(0u64..130, 0..8),
        order in any::<u64>(),
    ) {
        let expected = one_shot(&key, iv, &plaintext, &aad);
        let total = plaintext.len() as u64;
        let message = GcmMessage::new(&ContentKey::from_bytes(key), iv, &aad).unwrap();
        let segments = plan(total, &cuts, order);
        let mut ciphertext = vec![0; plaintext.len()];
        let mut written = TagSum::new(total).unwrap();
        let mut read = TagSum::new(total).unwrap();
        for segment in &segments {
            let range = segment.offset() as usize..segment.end() as usize;
            let (sealed, call_tag) = native(&key, message.pre_iv(segment), &plaintext[range.clone()], &[]);
            let share = message.share_of_encryption(*segment, call_tag);
            let mut soft = plaintext[range.clone()].to_vec();
            prop_assert!(message.encrypt_segment(*segment, &mut soft).same(&share));
            prop_assert_eq!(&soft, &sealed);
            written.add(&message, &share);
            let (_, call_tag) = native(&key, message.pre_iv(segment), &[], &sealed);
            let authenticated = message.share_of_authentication(*segment, call_tag);
            prop_assert!(authenticated.same(&share));
            read.add(&message, &Share::from_bytes(*segment, authenticated.expose()));
            message.apply_keystream(segment, &mut soft);
            prop_assert_eq!(&soft[..], &plaintext[range.clone()]);
            ciphertext[range].copy_from_slice(&sealed);
        }
        let tag = written.finish(&message).unwrap();
        prop_assert_eq!([&ciphertext[..], tag.bytes()].concat(), &expected[..]);
        let tag = read.finish(&message).unwrap();
        prop_assert!(tag.verify(&expected[plaintext.len()..]).is_ok());
        prop_assert!(tag.verify(&expected[plaintext.len() + 1..]).is_err());
    }

    #[test]
    fn neighbours_join(key in any::<[u8; 32]>(), bytes in prop::collection::vec(any::<u8>(), 1..900), cut in 0u64..60) {
        let total = bytes.len() as u64;
        let cut = (cut * 16).min(total / 16 * 16);
        let message = GcmMessage::new(&ContentKey::from_bytes(key), [1; 12], &[]).unwrap();
        let share = |from: u64, to: u64| {
            let segment = Segment::new(from, to - from, total).unwrap();
            message.authenticate_segment(segment, &bytes[from as usize..to as usize])
        };
        prop_assert!(message.join(&share(0, cut), &share(cut, total)).same(&share(0, total)));
    }
}

/// Far offsets. The ciphertext in front is all zeros, which adds nothing to GHASH, so the oracle needs no gigabytes.
#[test]
fn segments_beyond_2_31_and_2_32_bytes_are_right() {
    use aes_gcm::aes::cipher::BlockCipherEncrypt;
    let (key, iv, aad) = ([0x42; 32], [1; 12], [0, 0x73]);
    let cipher = Aes256::new(&key.into());
    let encrypted = |block: [u8; 16]| {
        let mut block = block.into();
        cipher.encrypt_block(&mut block);
        <[u8; 16]>::from(block)
    };
    let block = |counter: u32| -> [u8; 16] { [&iv[..], &counter.to_be_bytes()].concat().try_into().unwrap() };
    let message = GcmMessage::new(&ContentKey::from_bytes(key), iv, &[]).unwrap();
    let with_aad = GcmMessage::new(&ContentKey::from_bytes(key), iv, &aad).unwrap();
    for offset in [
        0,
        (1 << 31) - 32,
        1 << 31,
        (1 << 32) - 32,
        1 << 32,
        1 << 35,
        MAX_PLAINTEXT_LENGTH - 80,
    ] {
        let plaintext: Vec<u8> = (0..77).collect();
        let segment = Segment::new(offset, 77, offset + 77).unwrap();
        let (sealed, call_tag) = native(&key, message.pre_iv(&segment), &plaintext, &[]);
        for (index, byte) in sealed.iter().enumerate() {
            let counter = 2 + (offset / 16) as u32 + (index / 16) as u32;
            assert_eq!(
                *byte,
                plaintext[index] ^ encrypted(block(counter))[index % 16],
                "{offset} + {index}"
            );
        }
        let share = message.share_of_encryption(segment, call_tag);
        let mut sum = TagSum::new(offset + 77).unwrap();
        sum.add(&message, &share);
        let mut zeros_before = TagSum::new(offset + 77).unwrap();
        zeros_before.add(
            &message,
            &Share::from_bytes(Segment::new(0, offset, offset + 77).unwrap(), [0; 16]),
        );
        zeros_before.add(&message, &share);
        let mut ghash = GHash::new(&encrypted([0; 16]).into());
        ghash.update_padded(&sealed);
        let lengths = [[0; 8], (8 * (offset + 77)).to_be_bytes()].concat();
        ghash.update_padded(&lengths);
        let hash = <[u8; 16]>::from(ghash.finalize());
        let expected: Vec<u8> = hash.iter().zip(encrypted(block(1))).map(|(a, b)| a ^ b).collect();
        assert_eq!(sum.finish(&message).is_some(), offset == 0, "bytes are missing");
        let tag = zeros_before.finish(&message).unwrap();
        assert_eq!(tag.bytes()[..], expected, "{offset}");
        assert_eq!(with_aad.pre_iv(&segment), message.pre_iv(&segment));
    }
}

#[test]
#[should_panic(expected = "counted twice")]
fn a_byte_counts_once() {
    let message = GcmMessage::new(&ContentKey::from_bytes([7; 32]), [1; 12], &[]).unwrap();
    let mut sum = TagSum::new(64).unwrap();
    for (offset, length) in [(0, 32), (16, 48)] {
        sum.add(
            &message,
            &Share::from_bytes(Segment::new(offset, length, 64).unwrap(), [0; 16]),
        );
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let message = GcmMessage::new(&ContentKey::from_bytes([0xa7; 32]), [1; 12], &[]).unwrap();
    let segment = Segment::new(0, 16, 16).unwrap();
    let share = Share::from_bytes(segment, [0xa7; 16]);
    let mut sum = TagSum::new(16).unwrap();
    sum.add(&message, &share);
    let shown = format!(
        "{message:?} {share:?} {sum:?} {:?}",
        TagSum::new(0).unwrap().finish(&message)
    );
    assert!(!shown.contains("a7") && !shown.contains("167"), "{shown}");
    assert_eq!(shown.matches("redacted").count(), 4, "{shown}");
}
