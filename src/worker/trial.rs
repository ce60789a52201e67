//! A trial of this browser's WebCrypto, once in every worker: the one long GCM message rests on corners of it that few
//! pages use, such as 16-byte IVs. A browser that fails has the work done another way, and writes nothing wrong.

use std::cell::Cell;

use js_sys::Uint8Array;

use crate::encryption::ContentKey;
use crate::encryption::gcm::{GcmMessage, Segment};
use crate::platform::webcrypto::{self, AesCtrKey, AesGcmKey, OperationFailed};

/// What WebCrypto can be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// One AES-GCM call makes a segment of a longer message.
    Segments,
    /// AES-CTR.
    Counter,
    /// Nothing.
    Software,
}

thread_local! {
    static VERDICT: Cell<Option<Verdict>> = const { Cell::new(None) };
}

/// The verdict on this browser.
pub(super) async fn verdict() -> Verdict {
    if let Some(verdict) = VERDICT.get() {
        return verdict;
    }
    let verdict = if !webcrypto::is_available() {
        Verdict::Software
    } else if segments_are_right().await == Ok(true) {
        Verdict::Segments
    } else if counters_are_right().await == Ok(true) {
        Verdict::Counter
    } else {
        Verdict::Software
    };
    VERDICT.set(Some(verdict));
    verdict
}

/// A key that encrypts nothing else.
const KEY: [u8; 32] = *b"sealdrop's trial of the browser.";
/// At the start, across a block's end, and beyond 2^32 bytes.
const SEGMENTS: [(u64, u64); 3] = [(0, 48), (48, 39), ((1 << 32) + 16, 23)];

struct Sample {
    segment: Segment,
    plaintext: Vec<u8>,
    ciphertext: Vec<u8>,
}

fn samples(message: &GcmMessage) -> impl Iterator<Item = Sample> {
    SEGMENTS.into_iter().filter_map(move |(offset, length)| {
        let segment = Segment::new(offset, length, offset + length).ok()?;
        let plaintext: Vec<u8> = (0..length as u8).map(|byte| byte.wrapping_mul(37)).collect();
        let mut ciphertext = plaintext.clone();
        message.encrypt_segment(segment, &mut ciphertext);
        Some(Sample {
            segment,
            plaintext,
            ciphertext,
        })
    })
}

fn message() -> Result<GcmMessage, OperationFailed> {
    GcmMessage::new(&ContentKey::from_bytes(KEY), *b"trial of IVs", &[]).map_err(|_| OperationFailed)
}

async fn segments_are_right() -> Result<bool, OperationFailed> {
    let message = message()?;
    let gcm = AesGcmKey::import(&KEY).await?;
    for sample in samples(&message) {
        let pre_iv = message.pre_iv(&sample.segment);
        let expected = message.authenticate_segment(sample.segment, &sample.ciphertext);
        let (sealed, tag) = gcm.encrypt_segment(&pre_iv, &bytes(&sample.plaintext)).await?;
        let made = message.share_of_encryption(sample.segment, tag);
        let tag = gcm.authenticate_segment(&pre_iv, &bytes(&sample.ciphertext)).await?;
        let read = message.share_of_authentication(sample.segment, tag);
        if sealed.to_vec() != sample.ciphertext || !made.same(&expected) || !read.same(&expected) {
            return Ok(false);
        }
    }
    counters_are_right().await
}

async fn counters_are_right() -> Result<bool, OperationFailed> {
    let message = message()?;
    let ctr = AesCtrKey::import(&KEY).await?;
    for sample in samples(&message) {
        let counter = message.counter_block(&sample.segment);
        if ctr.apply(&counter, &bytes(&sample.plaintext)).await?.to_vec() != sample.ciphertext {
            return Ok(false);
        }
    }
    Ok(true)
}

fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}
