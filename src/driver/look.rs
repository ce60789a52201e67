//! Looking at an object: HEAD for what the storage says, its first bytes for what we can see ourselves.

use super::engine::Engine;
use super::pinned::Pinned;
use super::session::Session;
use super::{Cse, CseState, ObjectFacts, Problem, describe, instruction, opening, refusal};
use crate::encryption::EncryptionError;
use crate::encryption::esdk::version1::Version1Header;
use crate::encryption::esdk::{Header, Parsed, looks_like_base64, looks_like_message};
use crate::encryption::s3ec::{AlgorithmSuite, Entries, Envelope, Format, Recognised, entries_of};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::s3::{Grounds, HeadObject, ObjectHead, ObjectSummary, SseState, judge, sse_headers};

/// First bytes fetched: most headers are below one kilobyte.
const START: u64 = 4096;

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
    Refused(Problem),
}

/// Whether an object has an instruction file beside it, which may hold all of its envelope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// Nobody knows: ask, where it matters.
    Unknown,
    /// A listing says that there is one, or none.
    Listed(bool),
}

/// HEAD, the first bytes, and where neither says anything the instruction file. For those who want to read the object.
pub(super) async fn look(engine: &Engine, session: &Session, key: &str, beside: Beside) -> Result<Looked, Problem> {
    let facts = head(session, key).await?;
    look_inside(engine, session, facts, beside).await
}

/// What is known of an object, for those who only tell of it: where the storage does not give its bytes out (archived, no
/// permission to read), what HEAD says stands, and the reason beside it.
pub(super) async fn facts(
    engine: &Engine,
    session: &Session,
    key: &str,
    beside: Beside,
) -> Result<ObjectFacts, Problem> {
    let mut facts = head(session, key).await?;
    match look_inside(engine, session, facts.clone(), beside).await {
        Ok(looked) => Ok(looked.facts),
        Err(problem) if refusal::is_of_content(&problem) => {
            facts.cse.state = describe::claimed(&facts.metadata).unwrap_or(CseState::Unknown);
            facts.cse.more.refused = Some(problem);
            Ok(facts)
        }
        Err(problem) => Err(problem),
    }
}

async fn look_inside(
    engine: &Engine,
    session: &Session,
    mut facts: ObjectFacts,
    beside: Beside,
) -> Result<Looked, Problem> {
    let mut from_file = false;
    let found = match read_envelope(session, &facts, &mut from_file).await? {
        Some(found) => found,
        None => match read_start(session, &facts).await? {
            Found::Plain => read_beside(session, &facts, beside, &mut from_file).await?,
            found => found,
        },
    };
    let vault = || engine.vault.borrow();
    match &found {
        Found::Message(header) => {
            facts.cse = describe::of_header(&vault(), header, &facts.key);
            let layout = if header.is_signed() {
                header.signed_layout(facts.size, &opening::tail(session, &facts).await?)
            } else {
                header.layout(facts.size)
            };
            facts.original_size = layout.ok().map(|layout| layout.plaintext_length());
        }
        Found::Version1(header) => {
            facts.cse = describe::of_version1(&vault(), header);
        }
        Found::Envelope(envelope) => {
            facts.cse = describe::of_envelope(&vault(), envelope);
            let exact = envelope.suite() != AlgorithmSuite::Aes256CbcIv16NoKdf;
            let length = envelope.plaintext_length(facts.size).ok();
            facts.original_size = length.filter(|_| exact);
        }
        Found::Refused(problem) => {
            facts.cse.state = match problem {
                Problem::EnvelopeHidden => CseState::Hidden,
                _ if from_file => CseState::S3ecV2,
                _ => describe::claimed(&facts.metadata).unwrap_or(CseState::Esdk),
            };
            facts.cse.more.refused = Some(problem.clone());
        }
        Found::Plain => {
            facts.cse.state = match session.envelope_visible().await {
                Some(true) => CseState::None,
                Some(false) => CseState::Hidden,
                None => CseState::Unknown,
            };
            facts.original_size = (facts.cse.state == CseState::None).then_some(facts.size);
            facts.cse.more.instructs = instruction::instructs(session, &facts.key, facts.size).await?;
        }
    }
    facts.cse.more.instruction_file = from_file.then(|| instruction::key_of(&facts.key));
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
async fn read_envelope(session: &Session, facts: &ObjectFacts, from_file: &mut bool) -> Result<Option<Found>, Problem> {
    let entries = || Entries::from_metadata(facts.metadata.iter().map(|(name, value)| (name, value)));
    Ok(Some(match entries().and_then(Envelope::recognise) {
        Ok(Recognised::Nothing) => return Ok(None),
        Ok(Recognised::Envelope(envelope)) => Found::Envelope(envelope),
        Ok(Recognised::NeedsInstructionFile) if !instruction::exists(session, &facts.key).await? => {
            let file = instruction::key_of(&facts.key);
            Found::Refused(Problem::InstructionFileMissing { file })
        }
        Ok(Recognised::NeedsInstructionFile) => {
            *from_file = true;
            let read = match entries() {
                Ok(entries) => instruction::envelope(session, &facts.key, entries).await?,
                Err(error) => Some(Err(error)),
            };
            let file = || instruction::key_of(&facts.key);
            match read {
                Some(Ok(envelope)) => Found::Envelope(envelope),
                Some(Err(error)) => refused(session, facts, error).await,
                None => Found::Refused(Problem::InstructionFileMissing { file: file() }),
            }
        }
        Err(error) => refused(session, facts, error).await,
    }))
}

/// An object that says nothing of itself: what its instruction file says, if it has one.
async fn read_beside(
    session: &Session,
    facts: &ObjectFacts,
    beside: Beside,
    from_file: &mut bool,
) -> Result<Found, Problem> {
    let is_there = match beside {
        // Nothing that was encrypted is empty.
        _ if facts.size == 0 => false,
        Beside::Listed(is_there) => is_there,
        Beside::Unknown => instruction::exists(session, &facts.key).await?,
    };
    if !is_there {
        return Ok(Found::Plain);
    }
    let entries = Entries::from_metadata(facts.metadata.iter().map(|(name, value)| (name, value)));
    let read = match entries {
        Ok(entries) => instruction::envelope(session, &facts.key, entries).await?,
        Err(error) => Some(Err(error)),
    };
    *from_file = read.is_some();
    Ok(match read {
        None => Found::Plain,
        Some(Ok(envelope)) => Found::Envelope(envelope),
        Some(Err(error)) => refused(session, facts, error).await,
    })
}

/// What does not fit together may only be seen in part.
async fn refused(session: &Session, facts: &ObjectFacts, error: EncryptionError) -> Found {
    let format = match describe::claimed(&facts.metadata) {
        Some(CseState::S3ecV1) => Format::V1,
        Some(CseState::S3ecV2 | CseState::S3ecV2Cbc) => Format::V2,
        _ => Format::V3,
    };
    let hides = matches!(error, EncryptionError::Contradictory { .. })
        && session.exposes_metadata(entries_of(format)).await == Some(false);
    Found::Refused(if hides {
        Problem::EnvelopeHidden
    } else {
        refusal::from_encryption(error, None)
    })
}

async fn read_start(session: &Session, facts: &ObjectFacts) -> Result<Found, Problem> {
    let abort = &Abort::new();
    let pinned = Pinned { session, facts, abort };
    let mut wanted = START;
    loop {
        if facts.size == 0 {
            return Ok(Found::Plain);
        }
        let end = wanted.min(facts.size);
        let bytes = pinned.read(0..end).await?;
        if looks_like_base64(&bytes) {
            return Ok(Found::Refused(Problem::Base64Message));
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
            // Twice as much each time: a header of many small fields must not cost a request for each.
            Ok(at_least) if at_least as u64 <= facts.size => wanted = (at_least as u64 + START).max(2 * wanted),
            Ok(_) => return Ok(Found::Refused(Problem::NotAuthentic)),
            Err(EncryptionError::NotAMessage) => return Ok(Found::Plain),
            Err(error) => return Ok(Found::Refused(refusal::from_encryption(error, None))),
        }
    }
}
