//! Copying an object that is too large for one CopyObject: in parts, inside the storage. What the storage takes along by
//! itself in one request has to be said anew here, so nothing is copied of which the page may not see all it needs.

use std::cell::Cell;
use std::time::Duration;

use futures::StreamExt;

use super::super::engine::Engine;
use super::super::look::{self, Beside};
use super::super::session::Session;
use super::super::{CseState, Problem, refusal};
use super::audit::Reins;
use crate::encryption::s3ec::{Format, entries_of};
use crate::platform::abort::Abort;
use crate::s3::{
    AbortMultipartUpload, CompleteMultipartUpload, CreateMultipartUpload, HeadObject, ObjectHead, ObjectSummary,
    UploadPartCopy, copy_ranges,
};

/// How long a request that copies may take: browsers give up after five minutes themselves, or later.
pub(super) const COPY_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Parts copied at a time.
const AT_A_TIME: usize = 4;
/// Media type of an object that has none.
const MEDIA_TYPE: &str = "binary/octet-stream";
/// Headers an object is given out with. The last two are seen only where the CORS rule exposes them.
const GIVEN_WITH: [&str; 5] = [
    "cache-control",
    "content-language",
    "expires",
    "content-disposition",
    "content-encoding",
];

/// Whether the page sees all metadata without which a copy could not be opened.
pub(super) async fn sees_what_opens(engine: &Engine, from: &Session, key: &str) -> Result<bool, Problem> {
    let all = [Format::V1, Format::V2, Format::V3].into_iter().flat_map(entries_of);
    let exposed = from.exposes_metadata(all).await;
    if exposed == Some(true) {
        return Ok(true);
    }
    let cse = look::facts(engine, from, key, Beside::Unknown).await?.cse;
    Ok(match cse.state {
        _ if cse.more.refused.is_some() => false,
        CseState::Hidden | CseState::Unknown => false,
        CseState::Esdk => true, // it opens without any
        _ => exposed.is_none(),
    })
}

/// Copies `object`; `moved` hears how many bytes are copied. `None`: stopped by the person. Whatever ends it early, its
/// parts are removed.
pub(super) async fn copy(
    from: &Session,
    to: &Session,
    object: &ObjectSummary,
    reins: &Reins,
    moved: impl Fn(u64),
) -> Result<Option<()>, Problem> {
    let key = object.key.as_str();
    let source = head(from, key).await?;
    let etag = source.etag.as_deref().unwrap_or(&object.etag); // a listing's cannot be hidden
    let create = CreateMultipartUpload {
        key: key.to_owned(),
        content_type: source.content_type.clone().unwrap_or_else(|| MEDIA_TYPE.to_owned()),
        metadata: source.metadata.clone(),
        given_with: given_with(&source),
    };
    let upload_id = to.call_once(&create, key, &Abort::new()).await?;
    let copied = parts(from, to, key, &upload_id, &source, etag, reins, moved).await;
    if !matches!(copied, Ok(Some(()))) {
        let abort = AbortMultipartUpload {
            key: key.to_owned(),
            upload_id,
        };
        match to.call(&abort, key, &Abort::new()).await {
            Ok(()) => {}
            Err(problem) if refusal::is_no_such_upload(&problem) => {}
            Err(problem) => {
                // Why the copy ended is told first, if it was not the person who ended it.
                let why = Box::new(copied.err().unwrap_or(problem));
                let bucket = to.target.bucket.clone();
                return Err(Problem::CopiedPartsRemain { bucket, why });
            }
        }
    }
    copied
}

#[allow(clippy::too_many_arguments)]
async fn parts(
    from: &Session,
    to: &Session,
    key: &str,
    upload_id: &str,
    source: &ObjectHead,
    etag: &str,
    reins: &Reins,
    moved: impl Fn(u64),
) -> Result<Option<()>, Problem> {
    let (abort, is_ending) = (&Abort::new(), &Cell::new(false));
    let mut copying = futures::stream::iter((1..).zip(copy_ranges(source.size)))
        .map(|(part_number, range)| async move {
            if is_ending.get() || !reins.go_on().await {
                return Ok(None);
            }
            let length = range.end - range.start;
            let part = UploadPartCopy {
                from_bucket: from.target.bucket.clone(),
                from_key: key.to_owned(),
                range,
                source_etag: etag.to_owned(),
                key: key.to_owned(),
                upload_id: upload_id.to_owned(),
                part_number,
            };
            let copied = to.call_patiently(&part, key, abort, COPY_TIMEOUT).await;
            let etag = copied.map_err(source_changed)?;
            Ok(Some((part_number, etag, length)))
        })
        .buffered(AT_A_TIME);
    let (mut parts, mut sum, mut ended) = (Vec::new(), 0, None);
    while let Some(copied) = copying.next().await {
        match copied {
            Ok(Some((number, etag, length))) => {
                parts.push((number, etag));
                sum += length;
                moved(sum);
            }
            // What is under way is waited for: a part that came after the end would stay.
            stopped => {
                is_ending.set(true);
                ended = ended.or(Some(stopped.map(|_| None)));
            }
        }
    }
    if let Some(ended) = ended {
        return ended;
    }
    // Not every storage compares the ETag of the source.
    let now = head(from, key).await?;
    if (&now.etag, now.size, &now.last_modified) != (&source.etag, source.size, &source.last_modified) {
        return Err(Problem::ObjectChanged);
    }
    let complete = CompleteMultipartUpload {
        key: key.to_owned(),
        upload_id: upload_id.to_owned(),
        parts,
        if_none_match: true,
    };
    to.call_within(&complete, key, abort, COPY_TIMEOUT).await?;
    Ok(Some(()))
}

/// The one condition of a request that copies is about its source.
pub(super) fn source_changed(problem: Problem) -> Problem {
    match problem {
        Problem::AlreadyExists => Problem::ObjectChanged,
        problem => problem,
    }
}

async fn head(session: &Session, key: &str) -> Result<ObjectHead, Problem> {
    session
        .call(&HeadObject { key: key.to_owned() }, key, &Abort::new())
        .await
}

fn given_with(source: &ObjectHead) -> Vec<(&'static str, String)> {
    let value = |name| source.headers.get(name)?.to_str().ok().map(str::to_owned);
    GIVEN_WITH
        .into_iter()
        .filter_map(|name| Some((name, value(name)?)))
        .collect()
}
