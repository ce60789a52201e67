//! Looking at what was uploaded: is it there, whole, and the one that was sent?

use std::rc::Rc;

use super::record::Record;
use super::roll_call::{self, Unseen};
use super::sent_object::SentObject;
use super::upload_work::Work;
use super::writing::Writing;
use super::{Cse, CseState, FileHash, ObjectFacts, Problem, describe, look};
use crate::s3::{
    ByteRange, CompleteMultipartUpload, GetObject, HeadObject, ListObjectsV2, ObjectHead, ObjectSummary, Operation,
    SseRequest, etag_md5, etag_of_parts,
};
use crate::transfer::SMALL_FILE;

impl Work {
    pub(super) async fn confirm(&self, identify: bool) -> Result<u64, Problem> {
        if !identify && let Some(listed) = self.find_in_listing().await {
            self.is_unseen.set(true);
            let size = listed.size;
            let written = self.written.borrow().clone().unwrap_or_default();
            self.facts.replace(Some(ObjectFacts {
                original_size: Some(self.plan.plaintext_length()),
                version_id: written.version_id,
                cse: self.cse(),
                ..look::facts_of_listed(listed)
            }));
            return Ok(size);
        }
        let head = HeadObject { key: self.key.clone() };
        let head = match self.steady_call(&self.with_sse(&head)).await {
            // Whoever may only write is not shown what was written.
            Err(Problem::AccessDenied { .. }) if !identify => return self.confirm_unseen().await,
            // It is not our own success that the storage did not know.
            Err(Problem::NoSuchKey { .. }) if identify => {
                return Err(Problem::Refused {
                    operation: CompleteMultipartUpload::NAME,
                    status: 404,
                    code: "NoSuchUpload".into(),
                    message: "the parts that were sent are gone".into(),
                });
            }
            head => head?,
        };
        let size = head.size;
        if identify && !self.is_ours(&head).await? {
            return Err(Problem::AlreadyExists);
        }
        if !identify && self.is_written_over(&head) && !self.is_ours(&head).await? {
            return Err(Problem::WrittenOver { key: self.key.clone() });
        }
        // Where CORS shows them; where it hides them, the storage took them with the upload or refused it.
        let lost_entry = self.metadata().into_iter().find(|(name, value)| {
            let seen = head.metadata.iter().find(|(seen, _)| seen == name);
            seen.is_some_and(|(_, seen)| seen != value)
        });
        if let Some((name, _)) = lost_entry {
            return Err(Problem::BadAnswer {
                operation: HeadObject::NAME,
                detail: format!(
                    "the storage changed the object's metadata ({name}), without which nothing can open it"
                ),
            });
        }
        let mut facts = look::facts_of(&self.session(), &self.key, head).await;
        facts.sse = self.sse.confirmed(facts.sse);
        facts.original_size = Some(self.plan.plaintext_length());
        facts.cse = self.cse();
        self.facts.replace(Some(facts));
        Ok(size)
    }

    /// The object as a listing shows it, where nobody may look at it by HEAD; where nobody may list either, by the storage's
    /// word, which it gave when it took all of the object.
    async fn confirm_unseen(&self) -> Result<u64, Problem> {
        let listed = match self.listed().await {
            Err(Problem::AccessDenied { .. }) => ObjectSummary {
                key: self.key.clone(),
                size: self.plan.object_length(),
                last_modified: String::new(),
                etag: self.etag_written().unwrap_or_default(),
            },
            listed => listed?.ok_or_else(|| Problem::NoSuchKey { key: self.key.clone() })?,
        };
        let size = listed.size;
        if self.etag_written().is_some_and(|written| written != listed.etag) {
            return Err(Problem::WrittenOver { key: self.key.clone() });
        }
        let facts = look::facts_of_listed(listed);
        self.facts.replace(Some(ObjectFacts {
            sse: self.sse.confirmed(facts.sse.clone()),
            original_size: Some(self.plan.plaintext_length()),
            version_id: self.written.borrow().clone().unwrap_or_default().version_id,
            cse: self.cse(),
            ..facts
        }));
        Ok(size)
    }

    /// While many small files are under way: the object as a listing shows it. Only where nothing more is to be known:
    /// SSE that was asked for, and metadata without which nothing opens it, are seen by HEAD alone.
    async fn find_in_listing(&self) -> Option<ObjectSummary> {
        let engine = &self.engine;
        let is_plain_to_see = self.plan.part_count() == 1
            && self.plan.plaintext_length() <= SMALL_FILE
            && self.sse == SseRequest::BucketDefault
            && self.metadata().is_empty();
        let to_come = engine.queue.small_uploads_waiting();
        let session = self.session();
        if !is_plain_to_see || !engine.roll_call.is_worth_it(&session, to_come) {
            return None;
        }
        engine.queue.make_room(self.id);
        engine.clone().run_queue();
        let sent = SentObject {
            size: self.plan.object_length(),
            etag: self.etag_written(),
            replaces: self.replace,
        };
        roll_call::answer(engine, &session, &self.key, sent).await
    }

    /// What the storage answered to a file's only request.
    fn etag_written(&self) -> Option<String> {
        self.written.borrow().as_ref()?.etag.clone()
    }

    /// Whether another object may have come to lie there since this one was sent.
    fn is_written_over(&self, head: &ObjectHead) -> bool {
        let (written, seen) = (self.etag_written(), head.etag.as_ref());
        written
            .as_ref()
            .zip(seen)
            .is_some_and(|(written, seen)| written != seen)
    }

    /// The ETag of what the parts come to, where their own ETags are MD5: those the storage was asked to put together, or
    /// of parts that were proved.
    fn etag_of_all(&self) -> Option<String> {
        let put_together = self.etags_put_together.borrow();
        let sums: Vec<_> = match put_together.is_empty() {
            true => self.proofs.borrow().values().copied().collect(),
            false => put_together.iter().map(|etag| etag_md5(etag)).collect::<Option<_>>()?,
        };
        (sums.len() == usize::from(self.plan.part_count())).then(|| etag_of_parts(&sums))
    }

    /// Whether the object is the one this upload sent: the MD5 of its parts tell, and its header, or its envelope, is like
    /// no other.
    async fn is_ours(&self, head: &ObjectHead) -> Result<bool, Problem> {
        if let Some(etag) = self.etag_of_all()
            && self.etag_seen(head).await?.as_ref() == Some(&etag)
        {
            return Ok(true);
        }
        match self.writing.as_deref() {
            None => Ok(false),
            Some(Writing::Message(writing)) => {
                let header = &writing.message.header;
                let range = ByteRange {
                    start: 0,
                    end: Some(header.len() as u64),
                };
                let get = GetObject {
                    key: self.key.clone(),
                    range: Some(range),
                    if_match: None,
                };
                Ok(self.steady_call(&self.with_sse(&get)).await?.bytes == *header)
            }
            Some(Writing::Gcm(writing)) => {
                let same = |entry: &(String, String)| head.metadata.contains(entry);
                Ok(writing.metadata.iter().any(|(_, value)| value.len() > 30) && writing.metadata.iter().all(same))
            }
        }
    }

    /// The object's ETag; from a listing where CORS hides HEAD's.
    async fn etag_seen(&self, head: &ObjectHead) -> Result<Option<String>, Problem> {
        if head.etag.is_some() {
            return Ok(head.etag.clone());
        }
        match self.listed().await {
            // Who may not list does not know.
            Err(Problem::AccessDenied { .. }) => Ok(None),
            listed => Ok(listed?.map(|object| object.etag)),
        }
    }

    /// The object in a listing.
    async fn listed(&self) -> Result<Option<ObjectSummary>, Problem> {
        let listing = ListObjectsV2 {
            prefix: self.key.clone(),
            max_keys: Some(1),
            ..ListObjectsV2::default()
        };
        let first = self.steady_call(&listing).await?.objects.into_iter().next();
        Ok(first.filter(|object| object.key == self.key))
    }

    /// What was written, which nobody knows better.
    fn cse(&self) -> Cse {
        let record = self.writing.as_deref().map(Writing::record);
        let Some(record) = record else {
            return Cse {
                state: CseState::None,
                ..Cse::default()
            };
        };
        match Record::read(&record) {
            Some(Record::Message(header)) => describe::of_header(&self.engine.vault.borrow(), &header, &self.key),
            Some(Record::Object { envelope, .. }) => describe::of_envelope(&self.engine.vault.borrow(), &envelope),
            None => Cse::default(),
        }
    }

    pub(super) fn tell_facts(&self) {
        let facts = self.facts.take();
        if let Some(facts) = facts.clone().filter(|_| self.is_unseen.get()) {
            let (session, id) = (self.session(), self.id);
            roll_call::look_later(&self.engine, Unseen { session, id, facts });
        }
        let facts = facts.map(Rc::new);
        let sha256 = self.hashing.as_ref().and_then(|hashing| hashing.finish());
        self.engine.queue.update(self.id, |info| {
            info.moved = info.size;
            info.facts = facts;
            info.sha256 = sha256.map_or(FileHash::Unasked, |digits| FileHash::Known(digits.into()));
        });
    }
}
