//! Looking at what was uploaded: is it there, whole, and the one that was sent?

use std::rc::Rc;

use super::record::Record;
use super::roll_call::{self, Unseen};
use super::sent_object::SentObject;
use super::upload_work::Work;
use super::writing::Writing;
use super::{Cse, CseState, ObjectFacts, Problem, describe, look};
use crate::s3::{
    ByteRange, CompleteMultipartUpload, GetObject, HeadObject, ObjectHead, ObjectSummary, Operation, SseRequest,
    etag_of_parts,
};
use crate::transfer::SMALL_FILE;

impl Work {
    pub(super) async fn confirm(&self, identify: bool) -> Result<u64, Problem> {
        if !identify && let Some(listed) = self.find_in_listing().await {
            self.is_unseen.set(true);
            let size = listed.size;
            let written = self.written.take();
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
        let mut facts = look::facts_of(&self.session, &self.key, head).await;
        facts.sse = self.sse.confirmed(facts.sse);
        facts.original_size = Some(self.plan.plaintext_length());
        facts.cse = self.cse();
        self.facts.replace(Some(facts));
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
        if !is_plain_to_see || !engine.roll_call.is_worth_it(&self.session, to_come) {
            return None;
        }
        engine.queue.make_room(self.id);
        engine.clone().run_queue();
        let sent = SentObject {
            size: self.plan.object_length(),
            etag: self.written.borrow().etag.clone(),
            replaces: self.replace,
        };
        roll_call::answer(engine, &self.session, &self.key, sent).await
    }

    /// Whether the object is the one this upload sent: its header, or its envelope, is like no other.
    async fn is_ours(&self, head: &ObjectHead) -> Result<bool, Problem> {
        match self.writing.as_deref() {
            // Nothing tells a plain file from an older object of the same size but the MD5 of its parts.
            None => {
                let sums: Vec<_> = self.proofs.borrow().values().copied().collect();
                let all = sums.len() == usize::from(self.plan.part_count());
                let same = all && head.etag.as_deref() == Some(&etag_of_parts(&sums));
                if same { Ok(true) } else { Err(Problem::AlreadyExists) }
            }
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
            let (session, id) = (self.session.clone(), self.id);
            roll_call::look_later(&self.engine, Unseen { session, id, facts });
        }
        let facts = facts.map(Rc::new);
        let sha256 = self.sha256.get().map(|digest| Rc::from(hex(&digest)));
        self.engine.queue.update(self.id, |info| {
            info.moved = info.size;
            info.facts = facts;
            info.sha256 = sha256;
        });
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
