//! What somebody who may write to the bucket can do to a message of the AWS Encryption SDK: every region changed, cut,
//! doubled, its lengths made huge. Each time nothing comes out, and to the outside every failed check is the same.

use std::sync::LazyLock;

use proptest::prelude::*;
use sealdrop::encryption::Key;
use sealdrop::encryption::esdk::{Header, Parsed};

use crate::esdk_vectors::{Vector, open_any, vectors};
use crate::vectors::{is_uniform, places};

fn aes_keys(vector: &Vector) -> Vec<Key> {
    let is_aes = |key: &&Key| matches!(key, Key::Aes(_));
    vector.keys.iter().filter(is_aes).cloned().collect()
}

/// Good messages below so many bytes that an AES key opens: RSA in software takes its time, and what it wraps is under
/// the header's tag like all else.
fn small_with_aes(longest: usize) -> Vec<Vector> {
    let mut vectors = vectors();
    vectors.retain(|vector| vector.ours() && vector.message().len() < longest && !aes_keys(vector).is_empty());
    assert!(vectors.len() >= 20);
    vectors
}

/// Every region of a message: header, wrapped keys, context, commitment, tag, frames, footer.
#[test]
fn every_region_of_a_message_counts() {
    for vector in vectors() {
        // An RSA key in software takes its time; what it wraps is under the header's tag like all else.
        let aes: Vec<_> = vector
            .keys
            .iter()
            .filter(|key| matches!(key, Key::Aes(_)))
            .cloned()
            .collect();
        if !vector.ours() || aes.is_empty() || vector.message().len() > 10_000 {
            continue;
        }
        let (name, message) = (vector.name(), vector.message());
        let header = match Header::parse(message) {
            Ok(Parsed::Complete(header)) => header.length(),
            _ => message.len(),
        };
        let near_header = (0..80).chain(header.saturating_sub(60)..header + 20);
        let near_end = (1..=110).step_by(5).filter_map(|back| message.len().checked_sub(back));
        for at in places(message.len(), 30).chain(near_header).chain(near_end) {
            if at >= message.len() {
                continue;
            }
            let mut changed = message.to_vec();
            changed[at] ^= 1 << (at % 8);
            let outcome = open_any(&changed, &aes, true);
            assert!(outcome.as_ref().is_err_and(is_uniform), "{name} at {at}: {outcome:?}");
        }
        for at in places(message.len(), 20) {
            assert!(open_any(&message[..at], &aes, true).is_err(), "{name} cut at {at}");
        }
        assert!(
            open_any(&[message, &[0]].concat(), &aes, true).is_err(),
            "{name} with a byte more"
        );
        assert!(
            open_any(&[&[0], message].concat(), &aes, true).is_err(),
            "{name} with a byte in front"
        );
        assert!(
            open_any(&[message, message].concat(), &aes, true).is_err(),
            "{name} twice"
        );
    }
}

/// A message's lengths at their largest: refused, and nothing is set aside for what is not there.
#[test]
fn huge_lengths_are_refused() {
    for vector in vectors().iter().filter(|vector| vector.ours()) {
        let message = &vector.message()[..vector.message().len().min(2000)];
        for at in 0..message.len() - 8 {
            for huge in [&[0xff; 2][..], &[0xff; 4], &[0x7f, 0xff, 0xff, 0xff], &[0xff; 8]] {
                let mut changed = message.to_vec();
                changed[at..at + huge.len()].copy_from_slice(huge);
                // Parsing alone: opening every one would take minutes.
                match Header::parse(&changed) {
                    Ok(Parsed::NeedMore { at_least }) => assert!(at_least <= Header::MAX_LENGTH),
                    Ok(Parsed::Complete(header)) => {
                        let _ = header.layout(u64::MAX);
                        let _ = header.signed_layout(u64::MAX, &changed);
                    }
                    Err(error) => assert!(is_uniform(&error)),
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Any mutation of any message with an AES key: the same plaintext or none.
    #[test]
    fn any_mutated_message_opens_as_itself_or_not_at_all(
        which in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..4),
    ) {
        static VECTORS: LazyLock<Vec<Vector>> = LazyLock::new(|| small_with_aes(5000));
        let vector = &VECTORS[which.index(VECTORS.len())];
        let aes = aes_keys(vector);
        let mut message = vector.message().to_vec();
        for (at, byte, kind) in edits {
            let at = at.index(message.len());
            match kind {
                0 => message[at] = byte,
                1 => message.insert(at, byte),
                2 if message.len() > 1 => drop(message.remove(at)),
                _ => {
                    let other = usize::from(byte) % message.len();
                    message.swap(at, other);
                },
            }
            if message.is_empty() {
                break;
            }
        }
        match open_any(&message, &aes, true) {
            Ok(plaintext) => prop_assert!(message == vector.message() && plaintext == vector.pair.plaintext()),
            Err(error) => prop_assert!(is_uniform(&error)),
        }
    }
}
