//! Which keys of an upload are taken already.

use std::collections::BTreeSet;

use futures::stream::{self, StreamExt};

use super::Problem;
use super::session::Session;
use crate::platform::abort::Abort;
use crate::s3::{HeadObject, ListObjectsV2};

/// Listing is one request for a thousand keys, but may run into a million strangers: from here on HEAD is cheaper.
const MAX_PAGES: usize = 50;
const HEADS_AT_A_TIME: usize = 6;

/// The keys of `keys` under which the bucket has an object.
pub(super) async fn taken(session: &Session, keys: &[String]) -> Result<BTreeSet<String>, Problem> {
    let wanted: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else {
        return Ok(BTreeSet::new());
    };
    let mut taken = BTreeSet::new();
    let mut continuation = None;
    for _ in 0..MAX_PAGES {
        let operation = ListObjectsV2 {
            prefix: common_prefix(first, last).to_owned(),
            delimiter: None,
            continuation: continuation.take(),
            max_keys: None,
        };
        let page = match session.call(&operation, "", &Abort::new()).await {
            Ok(page) => page,
            // Those who may write but not list still get an answer, one key at a time.
            Err(Problem::AccessDenied { .. }) => break,
            Err(problem) => return Err(problem),
        };
        let past_the_last = page.objects.last().is_some_and(|object| object.key.as_str() > *last);
        taken.extend(
            page.objects
                .into_iter()
                .map(|object| object.key)
                .filter(|key| wanted.contains(key.as_str())),
        );
        continuation = page.next;
        if continuation.is_none() || past_the_last {
            return Ok(taken);
        }
    }
    let mut heads = stream::iter(wanted.into_iter().filter(|key| !taken.contains(*key)))
        .map(async |key| {
            let head = HeadObject { key: key.to_owned() };
            (key, session.call_with_key(&head, key, &Abort::new()).await)
        })
        .buffer_unordered(HEADS_AT_A_TIME);
    let mut found = Vec::new();
    while let Some((key, answer)) = heads.next().await {
        match answer {
            Ok(_) | Err(Problem::CustomerKeyNeeded) => found.push(key.to_owned()),
            Err(Problem::NoSuchKey { .. }) => {}
            // Neither list nor HEAD: the storage itself refuses to overwrite, where it honours If-None-Match.
            Err(Problem::AccessDenied { .. }) => break,
            Err(problem) => return Err(problem),
        }
    }
    drop(heads);
    taken.extend(found);
    Ok(taken)
}

/// In sorted order, what the first and the last share, all share.
pub(super) fn common_prefix<'a>(first: &'a str, last: &str) -> &'a str {
    let same = first.char_indices().zip(last.chars()).find(|((_, a), b)| a != b);
    match same {
        Some(((at, _), _)) => &first[..at],
        None => &first[..first.len().min(last.len())],
    }
}
