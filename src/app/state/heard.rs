//! What each event of the driver changes.

use super::transfers::Uploaded;
use super::{BucketReport, Connection, Details, Effect, Loading, State};
use crate::app::text;
use crate::app::verdicts::{self, Verdict};
use crate::driver::{Event, Intent, Problem, Recipient};
use crate::s3::{BucketSse, SseState};

impl State {
    /// Takes in what the driver says.
    pub(super) fn heard(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Connected { target, page, warnings } => return self.connected(target, page, warnings),
            Event::ConnectFailed(problem) => self.connecting = Loading::Failed(problem),
            Event::CredentialsWanted(problem) => {
                self.announcement = text::CREDENTIALS_WANTED.into();
                self.credentials_wanted = Some(problem);
            }
            Event::ClockCorrected(seconds) => {
                if let Connection::On { warnings, .. } = &mut self.connection {
                    warnings.retain(|warning| !matches!(warning, Problem::ClockSkew { .. }));
                    if seconds != 0 {
                        warnings.push(Problem::ClockSkew { seconds });
                    }
                }
            }
            Event::Disconnected => return self.disconnected(),
            Event::Listed {
                prefix,
                continuation,
                page,
            } => {
                if prefix == self.listing.prefix && (continuation.is_none() || continuation == self.listing.next) {
                    if continuation.is_none() {
                        self.listing.clear();
                    }
                    self.forget_others(&page);
                    self.listing.add(page);
                    self.loading = Loading::Idle;
                    return self.load_more();
                }
            }
            Event::ListFailed { prefix, problem } => {
                if prefix == self.listing.prefix {
                    self.loading = Loading::Failed(problem);
                }
            }
            Event::Looked(facts) => {
                if matches!(&self.details, Details::Looking(key) if *key == facts.key) {
                    self.details = Details::Open(facts.clone());
                }
                self.locked.remove(&facts.key);
                self.facts.insert(facts.key.clone(), facts);
            }
            Event::LookFailed { key, problem } => {
                self.unseen.insert(key.clone());
                if problem == Problem::CustomerKeyNeeded {
                    self.locked.insert(key.clone());
                }
                if matches!(&self.details, Details::Looking(looking) if *looking == key) {
                    self.details = Details::Failed(key, problem);
                }
            }
            Event::Many(event) => return self.heard_of_many(event),
            event @ (Event::Previewed(_) | Event::PreviewFailed { .. }) => self.previewed(event),
            Event::Deleted { key } => {
                self.selection.remove(&key);
                self.listing.remove(&key);
                self.forget_object(&key);
                if self.details.key() == Some(&key) {
                    self.details = Details::Closed;
                }
                self.announcement = text::deleted(&key);
            }
            Event::DeleteFailed { problem, .. } => self.problem = Some(problem),
            Event::KeyAdded(key) => {
                let (id, is_saved) = (key.id, key.saved);
                self.announcement = text::key_added(&key);
                self.keys.push(key);
                self.key_pasted = false;
                if std::mem::take(&mut self.activate_next) {
                    if !is_saved {
                        self.use_when_saved = Some(id);
                    }
                    return self.use_key(id);
                }
            }
            Event::KmsHeld(key) => return self.kms_held(key),
            Event::KeyNamed(key) => {
                self.announcement = text::keys::named(&key);
                if let Some(known) = self.keys.iter_mut().find(|known| known.id == key.id) {
                    *known = key;
                }
            }
            Event::KeyRefused(problem) => self.key_problem = Some(problem),
            Event::KeySaved(id) => {
                self.keys
                    .iter_mut()
                    .filter(|key| key.id == id)
                    .for_each(|key| key.saved = true);
                self.announcement = text::KEY_SAVED.into();
                if self.use_when_saved == Some(id) {
                    self.use_when_saved = None;
                    return self.use_key(id);
                }
            }
            Event::KeyRemoved(id) => {
                self.keys.retain(|key| key.id != id);
                self.forget_recipient(Recipient::Key(id));
            }
            Event::Picked {
                batch,
                entries,
                unreadable,
            } => return self.picked(batch, &entries, &unreadable),
            Event::Conflicts { batch, keys, total } => return self.conflicts(batch, keys, total),
            Event::UploadRefused { batch, problem } => {
                self.problem = Some(problem);
                self.uploads.0.remove(&batch);
                return vec![Effect::Send(Intent::DropBatch(batch))];
            }
            Event::Transfers(changes) => {
                let uploaded = self.transfers.apply(changes);
                let (mut arrived, mut effects) = (false, Vec::new());
                for Uploaded {
                    facts,
                    endpoint,
                    bucket,
                } in uploaded
                {
                    if facts.sse == SseState::Unconfirmed && !self.storage.upload_doubt_told {
                        // Once for a wish: the badges say it of every file.
                        self.storage.upload_doubt_told = true;
                        self.problem = Some(Problem::SseUnconfirmed { key: facts.key.clone() });
                    }
                    // Of files that went to a bucket which was connected earlier, only the queue tells.
                    if !self.target().is_some_and(|target| target.is_at(&endpoint, &bucket)) {
                        continue;
                    }
                    arrived = true;
                    self.listing.put(
                        &facts.key,
                        facts.size,
                        facts.last_modified.as_deref().unwrap_or_default(),
                    );
                    // What was there before says nothing of it.
                    self.forget_object(&facts.key);
                    if self.details.key() == Some(&facts.key) {
                        self.details = Details::Looking(facts.key.clone());
                        effects.push(Effect::Send(Intent::Look { key: facts.key.clone() }));
                    }
                    // Of what nobody looked at yet, nothing is known that a row could show.
                    if facts.sse != SseState::Unknown {
                        self.facts.insert(facts.key.clone(), facts);
                    }
                }
                if arrived {
                    self.listing.arrange();
                }
                if let Some(news) = self.transfers.news() {
                    self.announcement = news;
                }
                return effects;
            }
            Event::Unfinished(unfinished) => self.unfinished = unfinished,
            Event::UnfinishedDownloads(unfinished) => self.unfinished_downloads = unfinished,
            Event::UnfinishedProblem(problem) => self.problem = Some(problem),
            Event::Pace(pace) => self.transfers.pace = pace,
            Event::TransfersRemoved(ids) => self.transfers.remove(&ids),
            // A look that was overtaken by the wish for a test object.
            Event::BucketChecked {
                by_test_object: false, ..
            } if matches!(self.bucket, BucketReport::Checking { by_test_object: true }) => {}
            Event::BucketChecked {
                facts,
                by_test_object,
                at,
            } => {
                let judged = BucketSse::judge(facts.iter().map(|facts| &facts.sse));
                let judged = judged.weigh(self.storage.claims(by_test_object));
                self.bucket = BucketReport::Known {
                    facts,
                    by_test_object,
                    at,
                };
                // An empty bucket says nothing new: what a test object showed earlier stays.
                if let Some(target) = self.target().filter(|_| judged != BucketSse::Empty) {
                    let verdict = Verdict::new(target, &judged, by_test_object, at);
                    verdicts::remember(&mut self.verdicts, verdict);
                    return vec![Effect::KeepVerdicts(self.verdicts.clone())];
                }
            }
            Event::Leftovers(event) => self.leftovers.heard(event),
            Event::Storage(event) => self.storage.heard(event),
            Event::BucketCheckFailed(problem) => self.bucket = BucketReport::Failed(problem),
        }
        Vec::new()
    }
}
