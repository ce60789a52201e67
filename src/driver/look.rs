//! Looking at an object: HEAD for what the storage says, its first bytes for what we can see ourselves.

use super::engine::Engine;
use super::session::Session;
use super::{Cse, CseState, ObjectFacts, Problem, opening};
use crate::encryption::esdk::version1::{self, Version1Header};
use crate::encryption::esdk::{
    EncryptedDataKey, EncryptionContext, Header, Parsed, Wrap, looks_like_base64, looks_like_message,
};
use crate::encryption::s3ec::{self, Entries, Envelope, Format, INSTRUCTION_FILE_SUFFIX, KeyNeeded, Recognised};
use crate::encryption::{EncryptionError, KeyRef};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::s3::{ByteRange, GetObject, Grounds, HeadObject, ObjectHead, ObjectSummary, SseState, judge, sse_headers};

/// First bytes fetched: most headers are below one kilobyte.
const START: u64 = 4096;
/// Context pair: fingerprint of the wrapping key.
pub(super) const FINGERPRINT_PAIR: &str = "sealdrop-fingerprint";
/// Context pair: the key the object was written under.
pub(super) const OBJECT_KEY_PAIR: &str = "sealdrop-object-key";

/// An object looked at.
pub(super) struct Looked {
    pub(super) facts: ObjectFacts,
    pub(super) found: Found,
}

/// What an object's metadata and first bytes are.
pub(super) enum Found {
    /// Nothing we know: the object as it is.
    Plain,
    /// An AWS Encryption SDK message.
    Message(Header),
    /// One of version 1.
    Version1(Version1Header),
    /// An object of the S3 Encryption Client.
    Envelope(Envelope),
    /// Encrypted, but not readable here; why.
    Refused(EncryptionError),
}

/// HEAD, and the first bytes.
pub(super) async fn look(engine: &Engine, session: &Session, key: &str) -> Result<Looked, Problem> {
    let mut facts = head(session, key).await?;
    let found = match read_envelope(session, key, &facts.metadata).await? {
        Some(found) => found,
        None => read_start(session, key, &facts).await?,
    };
    match &found {
        Found::Message(header) => {
            facts.cse = of_header(engine, header, key);
            let layout = if header.is_signed() {
                header.signed_layout(facts.size, &opening::tail(session, key, facts.size).await?)
            } else {
                header.layout(facts.size)
            };
            facts.original_size = layout.ok().map(|layout| layout.plaintext_length());
        }
        Found::Version1(header) => {
            facts.cse = Cse {
                state: CseState::Esdk,
                wraps: wraps(header.edks()),
                suite: Some(header.suite().to_string()),
                key_needed: Some(names(header.edks())),
                risks: vec![version1::RISK],
                ..Cse::default()
            };
        }
        Found::Envelope(envelope) => {
            facts.cse = of_envelope(engine, envelope);
            let exact = envelope.suite() != s3ec::AlgorithmSuite::Aes256CbcIv16NoKdf;
            let length = envelope.plaintext_length(facts.size).ok();
            facts.original_size = length.filter(|_| exact);
        }
        Found::Refused(error) => {
            facts.cse.state = claimed(&facts.metadata).unwrap_or(CseState::Esdk);
            facts.cse.suite = Some(error.to_string());
        }
        Found::Plain => {
            facts.cse.state = match session.envelope_visible().await {
                Some(true) => CseState::None,
                Some(false) => CseState::Hidden,
                None => CseState::Unknown,
            };
            facts.original_size = (facts.cse.state == CseState::None).then_some(facts.size);
        }
    }
    Ok(Looked { facts, found })
}

/// HEAD alone: everything but the client-side encryption.
pub(super) async fn head(session: &Session, key: &str) -> Result<ObjectFacts, Problem> {
    let head = session
        .call_with_key(&HeadObject { key: key.to_owned() }, key, &Abort::new())
        .await?;
    Ok(facts_of(session, key, head).await)
}

/// What a HEAD answer says.
pub(super) async fn facts_of(session: &Session, key: &str, head: ObjectHead) -> ObjectFacts {
    let grounds = session.sse_grounds(&head).await;
    ObjectFacts {
        key: key.to_owned(),
        sse: judge(&head.headers, grounds.sight(), session.offers_sse()),
        grounds,
        sse_headers: sse_headers(&head.headers),
        size: head.size,
        original_size: None,
        etag: head.etag,
        last_modified: head.last_modified,
        content_type: head.content_type,
        version_id: head.version_id,
        checksums: head.checksums,
        metadata: head.metadata,
        cse: Cse::default(),
        looked_at: clock::now_ms(),
    }
}

/// What a listing says of an object, which is nothing of its SSE.
pub(super) fn facts_of_listed(object: ObjectSummary) -> ObjectFacts {
    ObjectFacts {
        key: object.key,
        sse: SseState::Unknown,
        grounds: Grounds::Nothing,
        sse_headers: Vec::new(),
        size: object.size,
        original_size: None,
        etag: Some(object.etag).filter(|etag| !etag.is_empty()),
        last_modified: Some(object.last_modified).filter(|date| !date.is_empty()),
        content_type: None,
        version_id: None,
        checksums: Vec::new(),
        metadata: Vec::new(),
        cse: Cse::default(),
        looked_at: clock::now_ms(),
    }
}

/// An object that the storage does not show without its SSE-C key: that much is known, and what the listing says.
pub(super) fn locked(object: &ObjectSummary) -> ObjectFacts {
    ObjectFacts {
        key: object.key.clone(),
        sse: SseState::SseC,
        grounds: Grounds::KeyDemanded,
        sse_headers: Vec::new(),
        size: object.size,
        original_size: None,
        etag: Some(object.etag.clone()),
        last_modified: None,
        content_type: None,
        version_id: None,
        checksums: Vec::new(),
        metadata: Vec::new(),
        cse: Cse::default(),
        looked_at: clock::now_ms(),
    }
}

/// The S3 Encryption Client by its metadata, where CORS shows them; `None` when they say nothing.
async fn read_envelope(session: &Session, key: &str, metadata: &[(String, String)]) -> Result<Option<Found>, Problem> {
    let pairs = || metadata.iter().map(|(name, value)| (name, value));
    let recognised = Entries::from_metadata(pairs()).and_then(Envelope::recognise);
    let envelope = match recognised {
        Ok(Recognised::Nothing) => return Ok(None),
        Ok(Recognised::Envelope(envelope)) => Ok(envelope),
        Ok(Recognised::NeedsInstructionFile) => {
            let file = format!("{key}{INSTRUCTION_FILE_SUFFIX}");
            let get = GetObject {
                key: file.clone(),
                range: None,
                if_match: None,
            };
            let file = session.call_with_key(&get, &file, &Abort::new()).await?.bytes;
            Entries::from_metadata(pairs()).and_then(|entries| Envelope::with_instruction_file(entries, &file))
        }
        Err(error) => Err(error),
    };
    Ok(Some(envelope.map_or_else(Found::Refused, Found::Envelope)))
}

/// The format that the metadata claim, of an object that is refused.
fn claimed(metadata: &[(String, String)]) -> Option<CseState> {
    let has = |name: &str| metadata.iter().any(|(key, _)| key == name);
    match () {
        () if has("x-amz-c") || has("x-amz-3") => Some(CseState::S3ecV3),
        () if has("x-amz-key-v2") => Some(CseState::S3ecV2),
        () if has("x-amz-key") => Some(CseState::S3ecV1),
        () => None,
    }
}

async fn read_start(session: &Session, key: &str, facts: &ObjectFacts) -> Result<Found, Problem> {
    let mut wanted = START;
    loop {
        if facts.size == 0 {
            return Ok(Found::Plain);
        }
        let end = wanted.min(facts.size);
        let range = ByteRange {
            start: 0,
            end: Some(end),
        };
        let operation = GetObject {
            key: key.to_owned(),
            range: Some(range),
            if_match: None,
        };
        let bytes = session.call_with_key(&operation, key, &Abort::new()).await?.bytes;
        if looks_like_base64(&bytes) {
            let what = "an AWS Encryption SDK message stored as base64 text".to_owned();
            return Ok(Found::Refused(EncryptionError::Unsupported { what }));
        }
        if !looks_like_message(&bytes) {
            return Ok(Found::Plain);
        }
        let more = if bytes[0] == 1 {
            match Version1Header::parse(&bytes) {
                Ok(Some(header)) => return Ok(Found::Version1(header)),
                Ok(None) => Ok(bytes.len() + 1),
                Err(error) => Err(error),
            }
        } else {
            match Header::parse(&bytes) {
                Ok(Parsed::Complete(header)) => return Ok(Found::Message(header)),
                Ok(Parsed::NeedMore { at_least }) => Ok(at_least),
                Err(error) => Err(error),
            }
        };
        match more {
            Ok(at_least) if at_least as u64 <= facts.size => wanted = at_least as u64 + START,
            Ok(_) => return Ok(Found::Refused(EncryptionError::Damaged)),
            Err(EncryptionError::NotAMessage) => return Ok(Found::Plain),
            Err(error) => return Ok(Found::Refused(error)),
        }
    }
}

/// What an envelope says, and which held key may open it: that shows only when it is used.
fn of_envelope(engine: &Engine, envelope: &Envelope) -> Cse {
    let (state, wrap) = (
        match envelope.format() {
            Format::V1 => CseState::S3ecV1,
            Format::V2 if envelope.suite() == s3ec::AlgorithmSuite::Aes256CbcIv16NoKdf => CseState::S3ecV2Cbc,
            Format::V2 => CseState::S3ecV2,
            Format::V3 => CseState::S3ecV3,
        },
        match envelope.key_needed() {
            KeyNeeded::Aes => "aes",
            KeyNeeded::Rsa { .. } => "rsa",
            KeyNeeded::Kms => "kms",
        },
    );
    let vault = engine.vault.borrow();
    let described = |key: KeyRef<'_>| {
        let fingerprint = key.fingerprint().to_string();
        key.can_decrypt() && envelope.description().iter().any(|(_, value)| value == fingerprint)
    };
    Cse {
        state,
        wraps: vec![wrap],
        suite: Some(format!("0x{:04x}", envelope.suite().id())),
        key_needed: Some(envelope_key_needed(envelope)),
        opens_with: vault.all().position(described).and_then(|index| vault.id_at(index)),
        written_as: None,
        risks: envelope.risks().into_iter().map(|risk| risk.explanation()).collect(),
    }
}

/// The fingerprint our own objects carry in their material description, else the kind of key.
pub(super) fn envelope_key_needed(envelope: &Envelope) -> String {
    if let Some(fingerprint) = envelope.description().get(FINGERPRINT_PAIR) {
        return fingerprint.to_owned();
    }
    match envelope.key_needed() {
        KeyNeeded::Aes => "a raw AES-256 key".into(),
        KeyNeeded::Rsa { bits, .. } => format!("an RSA private key of {bits} bits"),
        KeyNeeded::Kms => "an AWS KMS key".into(),
    }
}

/// What a message header says, and which held key opens it.
pub(super) fn of_header(engine: &Engine, header: &Header, key: &str) -> Cse {
    let vault = engine.vault.borrow();
    // A private RSA key is not used just to look: its names have to do.
    let aes = vault.all().enumerate().filter(|(_, key)| matches!(key, KeyRef::Aes(_)));
    let (places, aes): (Vec<usize>, Vec<KeyRef<'_>>) = aes.unzip();
    let opened = header.open(aes).ok().map(|opened| places[opened.key_index]);
    let authentic = opened.is_some();
    let named = |key: KeyRef<'_>| {
        let rsa = header.edks().iter().filter(|edk| edk.wrap() == Wrap::Rsa);
        matches!(key, KeyRef::RsaPrivate(_))
            && rsa
                .into_iter()
                .any(|edk| edk.key_name() == format!("{} / {}", key.namespace(), key.name()))
    };
    let by_name = || vault.all().position(named);
    Cse {
        state: CseState::Esdk,
        wraps: wraps(header.edks()),
        risks: Vec::new(),
        suite: Some(header.suite().to_string()),
        key_needed: Some(key_needed(header)),
        opens_with: opened.or_else(by_name).and_then(|index| vault.id_at(index)),
        // Only an authentic context may accuse anybody.
        written_as: if authentic {
            written_as(header.context(), key)
        } else {
            None
        },
    }
}

/// The fingerprint our own messages carry, else namespace and name.
pub(super) fn key_needed(header: &Header) -> String {
    let fingerprint = header.context().get(FINGERPRINT_PAIR).map(str::to_owned);
    fingerprint.unwrap_or_else(|| names(header.edks()))
}

fn names(edks: &[EncryptedDataKey]) -> String {
    edks.iter().map(|edk| edk.key_name()).collect::<Vec<_>>().join(", ")
}

fn wraps(edks: &[EncryptedDataKey]) -> Vec<&'static str> {
    let mut wraps: Vec<_> = edks.iter().map(|edk| edk.wrap().as_str()).collect();
    wraps.dedup();
    wraps
}

/// The key the object was written under, if that is another one.
pub(super) fn written_as(context: &EncryptionContext, key: &str) -> Option<String> {
    context
        .get(OBJECT_KEY_PAIR)
        .filter(|written| *written != key)
        .map(str::to_owned)
}
