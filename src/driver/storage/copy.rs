//! Copying objects into a bucket that encrypts. The sources stay; what is there already stays too.

use std::rc::Rc;

use super::super::engine::Engine;
use super::super::session::Session;
use super::super::{Event, Problem, bucket_check, look};
use super::audit::Reins;
use super::{AuditState, CopyDifference, CopyOutcome, CopyRow, StorageEvent};
use crate::platform::abort::Abort;
use crate::s3::{CopyObject, ListObjectsV2, MAX_COPY_BYTES, ObjectSummary};

/// Copies one object after the other: the work is the storage's, and two at a time would not be faster.
pub(super) async fn copy(engine: &Engine, session: &Session, into: String, prefix: String, reins: Rc<Reins>) {
    tell(engine, session, Vec::new(), AuditState::Running);
    let state = match run(engine, session, &into, prefix, &reins).await {
        Ok(()) if reins.cancelled.get() => AuditState::Cancelled,
        Ok(()) => AuditState::Done,
        Err(problem) => AuditState::Failed(problem),
    };
    tell(engine, session, Vec::new(), state);
}

fn tell(engine: &Engine, session: &Session, rows: Vec<CopyRow>, state: AuditState) {
    engine.tell(session, Event::Storage(StorageEvent::Copying { rows, state }));
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
            let outcome = one(from, &to, &object).await.unwrap_or_else(CopyOutcome::Failed);
            if outcome == CopyOutcome::Failed(Problem::Offline) {
                return Err(Problem::Offline);
            }
            let row = CopyRow {
                key: object.key,
                outcome,
            };
            tell(engine, from, vec![row], AuditState::Running);
        }
        continuation = page.next;
        if continuation.is_none() {
            return Ok(());
        }
    }
}

async fn one(from: &Session, to: &Session, object: &ObjectSummary) -> Result<CopyOutcome, Problem> {
    if object.size > MAX_COPY_BYTES {
        return Ok(CopyOutcome::TooLarge);
    }
    let key = object.key.as_str();
    match look::head(to, key).await {
        Ok(_) => return Ok(CopyOutcome::Exists),
        Err(Problem::NoSuchKey { .. }) => {}
        Err(problem) => return Err(problem),
    }
    let source = look::head(from, key).await?;
    let copy = CopyObject {
        from_bucket: from.target.bucket.clone(),
        from_key: key.to_owned(),
        key: key.to_owned(),
        source_etag: source.etag.clone(),
    };
    to.call_once(&copy, key, &Abort::new()).await?;
    let copied = look::head(to, key).await?;
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
