//! The objects that are wanted, listed page by page as they are needed.

use std::collections::VecDeque;

use futures::stream::{self, Stream};

use super::Wanted;
use crate::driver::Problem;
use crate::driver::session::Session;
use crate::platform::abort::Abort;
use crate::s3::{ListObjectsV2, ListPage, ObjectSummary};

/// How far a list was worked off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::driver) struct Position {
    source: usize,
    after: Option<String>,
}

struct Walk<'a> {
    session: &'a Session,
    wanted: &'a [Wanted],
    source: usize,
    page: VecDeque<ObjectSummary>,
    /// Where the next page begins; an inner `None` is the beginning.
    next: Option<Option<String>>,
}

/// The objects after `from`, each with the position behind it.
pub(in crate::driver) fn list<'a>(
    session: &'a Session,
    wanted: &'a [Wanted],
    from: Position,
) -> impl Stream<Item = Result<(Position, ObjectSummary), Problem>> + 'a {
    let walk = Walk {
        session,
        wanted,
        source: from.source,
        page: VecDeque::new(),
        next: Some(from.after.as_deref().map(ListObjectsV2::after_key)),
    };
    stream::try_unfold(walk, |mut walk| async move {
        let next = walk.next().await?;
        Ok(next.map(|next| (next, walk)))
    })
}

impl Walk<'_> {
    async fn next(&mut self) -> Result<Option<(Position, ObjectSummary)>, Problem> {
        loop {
            if let Some(object) = self.page.pop_front() {
                let position = Position {
                    source: self.source,
                    after: Some(object.key.clone()),
                };
                return Ok(Some((position, object)));
            }
            match (self.wanted.get(self.source), self.next.take()) {
                (None, _) => return Ok(None),
                (Some(Wanted::Object { key, size }), _) => {
                    self.skip();
                    let position = Position {
                        source: self.source,
                        after: None,
                    };
                    let object = ObjectSummary {
                        key: key.clone(),
                        size: *size,
                        last_modified: String::new(),
                        etag: String::new(),
                    };
                    return Ok(Some((position, object)));
                }
                (Some(Wanted::Prefix(prefix)), Some(continuation)) => {
                    let page = page(self.session, prefix, continuation).await?;
                    self.page = page.objects.into();
                    self.next = page.next.map(Some);
                }
                (Some(Wanted::Prefix(_)), None) => self.skip(),
            }
        }
    }

    fn skip(&mut self) {
        self.source += 1;
        self.next = Some(None);
    }
}

/// One page of everything below the prefix.
async fn page(session: &Session, prefix: &str, continuation: Option<String>) -> Result<ListPage, Problem> {
    let listing = ListObjectsV2 {
        prefix: prefix.to_owned(),
        continuation,
        ..ListObjectsV2::default()
    };
    session.call(&listing, "", &Abort::new()).await
}

/// Objects and stored bytes of what is wanted; `heard` is told after every page.
pub(in crate::driver) async fn count(
    session: &Session,
    wanted: &[Wanted],
    heard: impl Fn(u64, u64),
) -> Result<(u64, u64), Problem> {
    let (mut objects, mut bytes) = (0, 0);
    for wanted in wanted {
        let prefix = match wanted {
            Wanted::Prefix(prefix) => prefix,
            Wanted::Object { size, .. } => {
                (objects, bytes) = (objects + 1, bytes + size);
                continue;
            }
        };
        let mut continuation = None;
        loop {
            let page = page(session, prefix, continuation).await?;
            objects += page.objects.len() as u64;
            bytes += page.objects.iter().map(|object| object.size).sum::<u64>();
            heard(objects, bytes);
            continuation = page.next;
            if continuation.is_none() {
                break;
            }
        }
    }
    Ok((objects, bytes))
}
