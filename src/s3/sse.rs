//! Server-side encryption as HEAD shows it.

/// SSE state, by the names of the UI contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SseState {
    /// `AES256`.
    SseS3,
    /// `aws:kms`.
    SseKms {
        /// Key id or ARN, where shown.
        key_id: Option<String>,
    },
    /// `aws:kms:dsse`.
    SseKmsDsse {
        /// Key id or ARN, where shown.
        key_id: Option<String>,
    },
    /// Encrypted with a key the customer sends.
    SseC,
    /// The header would be visible, and is not there.
    None,
    /// CORS does not expose the header.
    Hidden,
    /// This storage has no SSE.
    NotOffered,
    /// Asked for on upload; HEAD does not show it.
    Unconfirmed,
    /// Not looked yet, or nothing decides.
    #[default]
    Unknown,
}

impl SseState {
    /// The value of `data-sse`.
    pub fn as_str(&self) -> &'static str {
        match self {
            SseState::SseS3 => "sse-s3",
            SseState::SseKms { .. } => "sse-kms",
            SseState::SseKmsDsse { .. } => "sse-kms-dsse",
            SseState::SseC => "sse-c",
            SseState::None => "none",
            SseState::Hidden => "hidden",
            SseState::NotOffered => "not-offered",
            SseState::Unconfirmed => "unconfirmed",
            SseState::Unknown => "unknown",
        }
    }
}
