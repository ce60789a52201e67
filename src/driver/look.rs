//! Looking at an object: HEAD for what the storage says, its first bytes for what we can see ourselves.

use super::engine::Engine;
use super::session::Session;
use super::{Cse, CseState, ObjectFacts, Problem};
use crate::encryption::esdk::{EncryptionContext, Header, Parsed, Wrap, looks_like_base64, looks_like_message};
use crate::encryption::{EncryptionError, KeyRef};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::s3::{ByteRange, GetObject, HeadObject, ObjectHead, judge, sse_headers};

/// First bytes fetched: most headers are below one kilobyte.
const START: u64 = 4096;
/// Context pair: fingerprint of the wrapping key.
pub(super) const FINGERPRINT_PAIR: &str = "sealdrop-fingerprint";
/// Context pair: the key the object was written under.
pub(super) const OBJECT_KEY_PAIR: &str = "sealdrop-object-key";

/// An object looked at.
pub(super) struct Looked {
    pub(super) facts: ObjectFacts,
    /// The message header, if it is a message of the version we read.
    pub(super) header: Option<Header>,
    /// A message that cannot be read, and why.
    pub(super) refused: Option<EncryptionError>,
}

/// HEAD, and the first bytes.
pub(super) async fn look(engine: &Engine, session: &Session, key: &str) -> Result<Looked, Problem> {
    let mut facts = head(session, key).await?;
    let (header, refused) = match envelope(&facts.metadata) {
        Some((state, wrap)) => {
            facts.cse = Cse {
                state,
                wraps: wrap.into_iter().collect(),
                ..Cse::default()
            };
            let what = format!("the Amazon S3 Encryption Client format ({})", state.as_str());
            (None, Some(EncryptionError::Unsupported { what }))
        }
        None => read_start(session, key, &facts).await?,
    };
    if let Some(header) = &header {
        facts.cse = of_header(engine, header, key);
        facts.original_size = header.layout(facts.size).ok().map(|layout| layout.plaintext_length());
    } else if let (CseState::Unknown, Some(refused)) = (facts.cse.state, &refused) {
        facts.cse.state = CseState::Esdk;
        if let EncryptionError::Unsupported { what } = refused {
            facts.cse.suite = Some(what.clone());
        }
    } else if facts.cse.state == CseState::Unknown {
        facts.cse.state = match session.envelope_visible().await {
            Some(true) => CseState::None,
            Some(false) => CseState::Hidden,
            None => CseState::Unknown,
        };
        facts.original_size = (facts.cse.state == CseState::None).then_some(facts.size);
    }
    Ok(Looked { facts, header, refused })
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
    let offered = session.target.provider.preset().offers_sse;
    ObjectFacts {
        key: key.to_owned(),
        sse: judge(&head.headers, grounds.sight(), offered),
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

type Start = (Option<Header>, Option<EncryptionError>);

async fn read_start(session: &Session, key: &str, facts: &ObjectFacts) -> Result<Start, Problem> {
    let mut wanted = START;
    loop {
        if facts.size == 0 {
            return Ok((None, None));
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
            return Ok((None, Some(EncryptionError::Unsupported { what })));
        }
        if !looks_like_message(&bytes) {
            return Ok((None, None));
        }
        match Header::parse(&bytes) {
            Ok(Parsed::Complete(header)) => return Ok((Some(header), None)),
            Ok(Parsed::NeedMore { at_least }) if at_least as u64 <= facts.size => wanted = at_least as u64 + START,
            Ok(Parsed::NeedMore { .. }) => return Ok((None, Some(EncryptionError::Damaged))),
            Err(EncryptionError::NotAMessage) => return Ok((None, None)),
            Err(error) => return Ok((None, Some(error))),
        }
    }
}

/// The Amazon S3 Encryption Client by its metadata, where CORS shows it.
fn envelope(metadata: &[(String, String)]) -> Option<(CseState, Option<&'static str>)> {
    let get = |name: &str| {
        metadata
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let wrap = |text: &str| match text {
        "02" | "AES/GCM" | "AESWrap" => Some("aes"),
        "12" | "kms" | "kms+context" => Some("kms"),
        text if text == "22" || text.starts_with("RSA") => Some("rsa"),
        _ => None,
    };
    if get("x-amz-c").is_some() || get("x-amz-3").is_some() {
        return Some((CseState::S3ecV3, get("x-amz-w").and_then(wrap)));
    }
    if get("x-amz-key-v2").is_some() {
        let cbc = get("x-amz-cek-alg").is_some_and(|algorithm| algorithm.contains("CBC"));
        let state = if cbc { CseState::S3ecV2Cbc } else { CseState::S3ecV2 };
        return Some((state, get("x-amz-wrap-alg").and_then(wrap)));
    }
    // V1's own key entry may be hidden while its IV is not.
    get("x-amz-key").or(get("x-amz-iv")).map(|_| (CseState::S3ecV1, None))
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
        matches!(key, KeyRef::RsaPrivate(_)) && rsa.into_iter().any(|edk| edk.key_name() == key.name())
    };
    let by_name = || vault.all().position(named);
    let mut wraps: Vec<_> = header.edks().iter().map(|edk| edk.wrap().as_str()).collect();
    wraps.dedup();
    Cse {
        state: CseState::Esdk,
        wraps,
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
    let names = || {
        header
            .edks()
            .iter()
            .map(|edk| edk.key_name())
            .collect::<Vec<_>>()
            .join(", ")
    };
    fingerprint.unwrap_or_else(names)
}

/// The key the object was written under, if that is another one.
pub(super) fn written_as(context: &EncryptionContext, key: &str) -> Option<String> {
    context
        .get(OBJECT_KEY_PAIR)
        .filter(|written| *written != key)
        .map(str::to_owned)
}
