//! The words of both layers' badges, and what they mean.

use crate::driver::CseState;
use crate::s3::{BucketSse, SseState};

/// A badge's words for an SSE state.
pub fn sse(state: &SseState) -> &'static str {
    match state {
        SseState::SseS3 => "SSE-S3 (AES256)",
        SseState::SseKms { .. } => "SSE-KMS",
        SseState::SseKmsDsse { .. } => "DSSE-KMS",
        SseState::SseC => "SSE-C",
        SseState::None => "Not encrypted by the storage",
        SseState::Hidden => "Hidden by CORS",
        SseState::NotOffered => "Not offered by this storage",
        SseState::Unconfirmed => "Asked for, not confirmed",
        SseState::Unknown => "Unknown",
    }
}

/// What an SSE state means.
pub fn sse_meaning(state: &SseState) -> &'static str {
    match state {
        SseState::SseS3 => "The storage says it encrypts this with its own keys.",
        SseState::SseKms { .. } | SseState::SseKmsDsse { .. } => {
            "The storage says it encrypts this with a key of its KMS."
        }
        SseState::SseC => "The storage encrypts this with a key the customer sends each time.",
        SseState::None => "HEAD would show the header, and it is not there: the storage keeps this as it was sent.",
        SseState::Hidden => {
            "The bucket's CORS rule does not let this page see the header. That says nothing about whether \
            the object is encrypted. Ask the bucket's owner to expose x-amz-server-side-encryption."
        }
        SseState::NotOffered => {
            "This storage has no server-side encryption. Client-side encryption protects your files."
        }
        SseState::Unconfirmed => "It was asked for on upload, but HEAD does not show it. Do not rely on it.",
        SseState::Unknown => {
            "Nothing decides it: the header is not visible and no CORS rule that could be read tells whether it would be, or it \
            has a value that this version does not know."
        }
    }
}

/// Words for a bucket's SSE.
pub fn bucket_sse(state: &BucketSse) -> &'static str {
    match state {
        BucketSse::Empty => "Empty: nothing to look at yet",
        BucketSse::All(state) => sse(state),
        BucketSse::Mixed => "Mixed: objects differ",
    }
}

/// A badge's words for a CSE state.
pub fn cse(state: CseState) -> &'static str {
    match state {
        CseState::S3ecV1 => "S3 Encryption Client V1",
        CseState::S3ecV2 => "S3 Encryption Client V2",
        CseState::S3ecV2Cbc => "S3 Encryption Client V2 (CBC)",
        CseState::S3ecV3 => "S3 Encryption Client V3",
        CseState::Esdk => "AWS Encryption SDK",
        CseState::None => "Not encrypted by a client",
        CseState::Hidden => "Hidden by CORS",
        CseState::Unknown => "Unknown",
    }
}
