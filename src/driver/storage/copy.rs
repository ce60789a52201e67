//! Copying objects into a bucket that encrypts. The sources stay; what is there already stays too.

use std::rc::Rc;

use super::super::engine::Engine;
use super::super::session::Session;
use super::super::{Event, ObjectFacts, Problem, bucket_check, look};
use super::audit::Reins;
use super::copy_parts::{self, COPY_TIMEOUT};
use super::{AuditState, CopyDifference, CopyOutcome, CopyProgress, CopyRow, StorageEvent};
use crate::platform::abort::Abort;
use crate::s3::{CopyObject, ListObjectsV2, MAX_COPY_BYTES, ObjectSummary};

/// Copies one object after the other: the work is the storage's, and two at a time would not be faster.
pub(super) async fn copy(engine: &Engine, session: &Session, into: String, prefix: String, reins: Rc<Reins>) {
    tell(engine, session, Vec::new(), None, AuditState::Running);
    let state = match run(engine, session, &into, prefix, &reins).await {
        Ok(()) if reins.cancelled.get() => AuditState::Cancelled,
        Ok(()) => AuditState::Done,
        Err(problem) => AuditState::Failed(problem),
    };
    tell(engine, session, Vec::new(), None, state);
}

fn tell(engine: &Engine, session: &Session, rows: Vec<CopyRow>, in_parts: Option<CopyProgress>, state: AuditState) {
    let event = StorageEvent::Copying { rows, in_parts, state };
    engine.tell(session, Event::Storage(event));
}

async fn run(engine: &Engine, from: &Session, into: &str, prefix: String, reins: &Reins) -> Result<(), Problem> {
    if into == from.target.bucket {
        return Err(Problem::BucketExists {
            bucket: into.to_owned(),
        });
    }
    let to = from.sibling(into)?;
    if !bucket_check::try_out(engine, &to).await?.sse.is_encrypted() {
        return Err(Problem::NotEncrypting {
            bucket: into.to_owned(),
        });
    }
    let mut continuation = None;
    loop {
        let listing = ListObjectsV2 {
            prefix: prefix.clone(),
            continuation,
            ..ListObjectsV2::default()
        };
        let page = from.call(&listing, "", &Abort::new()).await?;
        for object in page.objects {
            if !reins.go_on().await {
                return Ok(());
            }
            let outcome = match one(engine, from, &to, &object, reins).await {
                Ok(Some(outcome)) => outcome,
                Ok(None) => return Ok(()),
                Err(Problem::Offline) => return Err(Problem::Offline),
                Err(problem) => CopyOutcome::Failed(problem),
            };
            let row = CopyRow {
                key: object.key,
                outcome,
            };
            tell(engine, from, vec![row], None, AuditState::Running);
        }
        continuation = page.next;
        if continuation.is_none() {
            return Ok(());
        }
    }
}

/// Copies one object and compares; `None`: stopped by the person.
async fn one(
    engine: &Engine,
    from: &Session,
    to: &Session,
    object: &ObjectSummary,
    reins: &Reins,
) -> Result<Option<CopyOutcome>, Problem> {
    let key = object.key.as_str();
    match look::head(to, key).await {
        Ok(_) => return Ok(Some(CopyOutcome::Exists)),
        Err(Problem::NoSuchKey { .. }) => {}
        Err(problem) => return Err(problem),
    }
    let source = look::head(from, key).await?;
    let copied = if object.size > MAX_COPY_BYTES {
        if !copy_parts::sees_what_opens(engine, from, key).await? {
            return Ok(Some(CopyOutcome::SourceHidden));
        }
        let moved = |moved| {
            let progress = CopyProgress {
                key: key.to_owned(),
                moved,
                size: object.size,
            };
            tell(engine, from, Vec::new(), Some(progress), AuditState::Running);
        };
        moved(0);
        copy_parts::copy(from, to, object, reins, moved).await
    } else {
        let copy = CopyObject {
            from_bucket: from.target.bucket.clone(),
            from_key: key.to_owned(),
            key: key.to_owned(),
            source_etag: source.etag.clone(),
        };
        let copied = to.call_within(&copy, key, &Abort::new(), COPY_TIMEOUT).await;
        copied.map(|_| Some(())).map_err(copy_parts::source_changed)
    };
    match copied {
        Ok(Some(())) => compare(to, &source).await.map(Some),
        Ok(None) => Ok(None),
        Err(Problem::AlreadyExists) => Ok(Some(CopyOutcome::Exists)),
        // The copy may be there, and only the answer be lost.
        Err(problem @ (Problem::Unreachable { .. } | Problem::ServerBusy { .. })) => {
            compare(to, &source).await.map(Some).map_err(|_| problem)
        }
        Err(problem) => Err(problem),
    }
}

/// What the copy in `to` is, next to its source.
async fn compare(to: &Session, source: &ObjectFacts) -> Result<CopyOutcome, Problem> {
    let copied = look::head(to, &source.key).await?;
    // An entry that this page does not see is lost only where it would see it: without its envelope nothing opens an
    // object of the S3 Encryption Client.
    let lost = source.metadata.iter().any(|entry| !copied.metadata.contains(entry));
    Ok(if copied.size != source.size {
        CopyOutcome::Differs(CopyDifference::Size)
    } else if !copied.sse.is_encrypted() {
        CopyOutcome::Differs(CopyDifference::Encryption)
    } else if copied.content_type != source.content_type {
        CopyOutcome::Differs(CopyDifference::ContentType)
    } else if !lost {
        CopyOutcome::Verified
    } else if to.envelope_visible().await == Some(true) || !copied.metadata.is_empty() {
        CopyOutcome::Differs(CopyDifference::Metadata)
    } else {
        CopyOutcome::MetadataHidden
    })
}
