//! Reading one version of an object in several requests.

use std::ops::Range;
use std::time::Duration;

use super::session::Session;
use super::{ObjectFacts, Problem};
use crate::platform::abort::Abort;
use crate::platform::probe;
use crate::s3::{BodyHead, ByteRange, GetObject};

/// Bytes of one request: so few that a slow network brings them before the time is up.
const STEP: u64 = 1 << 20;
/// So much of its beginning is asked for to find out why nothing of it came.
const FIRST: u64 = 4096;
/// A whole object whose answer does not begin in this time is no answer.
const PROBE: Duration = Duration::from_secs(10);

/// The object as it was when it was looked at.
#[derive(Clone, Copy)]
pub(super) struct Pinned<'a> {
    pub(super) session: &'a Session,
    pub(super) facts: &'a ObjectFacts,
    pub(super) abort: &'a Abort,
}

impl Pinned<'_> {
    /// These bytes of it, all of them.
    pub(super) async fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Problem> {
        let mut bytes = Vec::new();
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + STEP);
            let get = GetObject {
                key: self.facts.key.clone(),
                range: Some(ByteRange { start, end: Some(end) }),
                if_match: None,
            };
            let answer = match self.session.call_with_key(&get, &self.facts.key, self.abort).await {
                Ok(answer) => answer,
                Err(problem) => return Err(why_no_part(self.session, &self.facts.key, problem).await),
            };
            if !is_of(&answer.head, self.facts) || answer.bytes.len() as u64 != end - start {
                return Err(Problem::ObjectChanged);
            }
            bytes.extend_from_slice(&answer.bytes);
            start = end;
        }
        Ok(bytes)
    }
}

/// Why nothing of an object could be read, again and again. Where its whole is answered readably, it may be that the
/// storage sends a part under a Content-Encoding all the same, of which Chromium gives nothing, or that parts alone come
/// without CORS headers. The browser says no more of either than that it failed; whether the whole is packed tells them
/// apart.
pub(super) async fn why_no_part(session: &Session, key: &str, problem: Problem) -> Problem {
    let get = |range| GetObject {
        key: key.to_owned(),
        range,
        if_match: None,
    };
    if !matches!(problem, Problem::Unreachable { .. }) {
        return problem;
    }
    let first = ByteRange {
        start: 0,
        end: Some(FIRST),
    };
    match session.call_once(&get(Some(first)), key, &Abort::new()).await {
        Err(Problem::Unreachable { .. }) => {}
        // Firefox gives the first of the parts unpacked, and of the others nothing.
        Err(Problem::Unpacked) => return Problem::Unpacked,
        // By now parts are answered.
        _ => return problem,
    }
    let Ok(request) = session.sign(&get(None), key) else {
        return problem;
    };
    let url = request.uri().to_string();
    if !probe::is_good(&url, &Abort::new(), PROBE).await {
        return problem;
    }
    match probe::is_packed(&url, &Abort::new(), PROBE).await {
        Some(true) => Problem::Unpacked,
        Some(false) => Problem::PartsHidden,
        None => problem,
    }
}

/// Whether an answer is of the object that was looked at, as far as CORS lets it be seen. Without If-Match, which would
/// cost a preflight, the answers themselves are compared.
pub(super) fn is_of(head: &BodyHead, facts: &ObjectFacts) -> bool {
    let same =
        |seen: Option<&str>, known: &Option<String>| seen.is_none() || known.is_none() || seen == known.as_deref();
    let modified = head.headers.get("last-modified").and_then(|value| value.to_str().ok());
    same(head.etag.as_deref(), &facts.etag)
        && same(modified, &facts.last_modified)
        && head.total.is_none_or(|total| total == facts.size)
}
