//! Going on with an upload that was stopped: by a pause, a reload, a crash, or credentials that ran out.

use std::rc::Rc;
use std::time::Duration;

use super::engine::Engine;
use super::kept::Kept;
use super::session::Session;
use super::upload::{Earlier, Stage, UploadJob, plan};
use super::upload_work::cut;
use super::writing::{self, Writing};
use super::{Problem, UploadEncryption, record, refusal, sse_wish};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::platform::lock::Lock;
use crate::s3::{AbortMultipartUpload, HeadObject, ListParts, WithSse, etag_md5};

const LOCK_TRIES: u32 = 10;
const LOCK_WAIT: Duration = Duration::from_millis(100);

/// Opens the earlier run's message with the user's key and asks the storage which parts it has. `None` when there is
/// nothing to go on with (any more): the upload starts over. The earlier one is aborted then. So is every signed one:
/// its signature is made over all of it in order, with a key that is nowhere but in the memory of its run.
pub(super) async fn begin(
    engine: &Rc<Engine>,
    session: &Rc<Session>,
    job: &UploadJob,
    kept: &Rc<Kept>,
) -> Result<Option<(Option<Rc<Writing>>, Earlier)>, Problem> {
    let lock = take_lock(&kept.checkpoint.lock_name()).await?;
    // Whoever held the lock may have sent more since this was read.
    let kept = &match kept.is_from_disk {
        true => Rc::new(engine.kept.load(kept.checkpoint.clone()).await),
        false => kept.clone(),
    };
    let checkpoint = &kept.checkpoint;
    if !kept.looks_like(job.print()) || record::is_signed(&checkpoint.header) {
        start_over(engine, session, kept).await?;
        return Ok(None);
    }
    let writing = match &kept.writing {
        Some(writing) => Some(writing.clone()),
        // Only what was to go up in clear has none: a record that lost it must not turn a file to be encrypted into one.
        None if job.encryption == UploadEncryption::Off && checkpoint.is_plain() => None,
        None => Some(Rc::new(
            writing::again(engine, session, &checkpoint.header, checkpoint.file.size).await?,
        )),
    };
    let plan = plan(writing.as_deref(), || checkpoint.file.size)?;
    if checkpoint.cut != cut(&plan) {
        // Of a version that cut otherwise: what was sent under the same key would be cut anew, and proved by nothing.
        start_over(engine, session, kept).await?;
        return Ok(None);
    }
    // Of a file stored as it is nothing was kept in this browser; in the page that sent it the browser guards the file.
    let provable = |index: u16, etag: &str| match &writing {
        Some(_) => kept.knows(index),
        None => !kept.is_from_disk || (!sse_wish::hides_md5(&checkpoint.sse) && etag_md5(etag).is_some()),
    };
    let listed = match list_parts(session, &checkpoint.key, &checkpoint.upload_id).await {
        // Who may not list the parts cannot go on with them.
        Err(Problem::AccessDenied { .. }) => {
            start_over(engine, session, kept).await?;
            return Ok(None);
        }
        listed => listed?,
    };
    let Some(listed) = listed else {
        // Aborted elsewhere, or put together and nobody heard of it: then the object is there.
        let all_known = writing.is_none() || (0..plan.part_count()).all(|index| kept.knows(index));
        if all_known && is_stored(session, job, plan.object_length()).await? {
            let (kept, stage) = (kept.clone(), Stage::Object);
            return Ok(Some((writing, Earlier { kept, lock, stage })));
        }
        engine.kept.forget(checkpoint).await;
        return Ok(None);
    };
    let mut sent = Vec::new();
    for (number, etag, size) in listed {
        let index = number.wrapping_sub(1);
        if index >= plan.part_count() || !provable(index, &etag) {
            // Not from us, or its tags were lost: it can be neither proved nor made again.
            start_over(engine, session, kept).await?;
            return Ok(None);
        }
        let body = plan.part(index).body;
        if size == body.end - body.start {
            sent.push((index, etag));
        }
    }
    let (kept, stage) = (kept.clone(), Stage::Parts(sent));
    Ok(Some((writing, Earlier { kept, lock, stage })))
}

/// Whether there is an object of this size under the job's key. Whose it is, the upload finds out.
async fn is_stored(session: &Session, job: &UploadJob, size: u64) -> Result<bool, Problem> {
    let head = HeadObject { key: job.key.clone() };
    let operation = WithSse {
        operation: &head,
        sse: &job.sse,
    };
    match session.call(&operation, &job.key, &Abort::new()).await {
        Ok(head) => Ok(head.size == size),
        Err(Problem::NoSuchKey { .. }) => Ok(false),
        Err(problem) => Err(problem),
    }
}

/// Takes the lock, as soon as this page has let go of it. `None` where there are no locks: there is also no second tab then
/// that asks for one.
pub(super) async fn take_lock(name: &str) -> Result<Option<Lock>, Problem> {
    for _ in 0..LOCK_TRIES {
        match Lock::try_take(name).await {
            // This page's own earlier run lets go of it a moment after its end.
            Ok(None) => clock::sleep(LOCK_WAIT).await,
            Ok(lock) => return Ok(lock),
            Err(_) => return Ok(None),
        }
    }
    Err(Problem::UsedElsewhere)
}

/// Removes what was sent, if these credentials may, so that the file can be sent from its beginning.
async fn start_over(engine: &Engine, session: &Session, kept: &Kept) -> Result<(), Problem> {
    match abandon(engine, session, kept).await {
        // They are listed among the bucket's incomplete uploads.
        Ok(()) | Err(Problem::PartsRemain) => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Removes what was sent from the bucket, and the record of it.
///
/// # Errors
/// [`Problem::PartsRemain`] where these credentials may not remove it; the record is gone all the same.
pub(super) async fn abandon(engine: &Engine, session: &Session, kept: &Kept) -> Result<(), Problem> {
    let abort = AbortMultipartUpload {
        key: kept.checkpoint.key.clone(),
        upload_id: kept.checkpoint.upload_id.clone(),
    };
    let ended = match session.call(&abort, &kept.checkpoint.key, &Abort::new()).await {
        Err(Problem::AccessDenied { .. }) => Err(Problem::PartsRemain),
        Err(problem) if !refusal::is_no_such_upload(&problem) => return Err(problem),
        _ => Ok(()),
    };
    engine.kept.forget(&kept.checkpoint).await;
    ended
}

/// Number, ETag and size of every part the storage has; `None` when it does not know the upload.
async fn list_parts(session: &Session, key: &str, upload_id: &str) -> Result<Option<Vec<(u16, String, u64)>>, Problem> {
    let mut listed = Vec::new();
    let mut after = Some(0);
    while let Some(marker) = after {
        let operation = ListParts {
            key: key.to_owned(),
            upload_id: upload_id.to_owned(),
            after: marker,
        };
        match session.call(&operation, key, &Abort::new()).await {
            Ok(page) => {
                listed.extend(page.parts.into_iter().map(|part| (part.number, part.etag, part.size)));
                after = page.next;
            }
            Err(problem) if refusal::is_no_such_upload(&problem) => return Ok(None),
            Err(problem) => return Err(problem),
        }
    }
    Ok(Some(listed))
}
