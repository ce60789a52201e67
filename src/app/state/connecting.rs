//! What becomes of all that is known when another bucket is connected, or none.

use super::{BucketReport, Connection, Dialog, Effect, Leftovers, Listing, Loading, Msg, State, Storage};
use crate::app::recent;
use crate::app::route::{Link, Route};
use crate::app::text;
use crate::driver::{BatchId, Integrity, Intent, ObjectFacts, Problem, Target};
use crate::s3::{ListPage, ObjectSummary};

impl State {
    /// A bucket is connected, perhaps the same again with other credentials. Only transfers and the report on deleting know
    /// where they belong; everything else that is known is forgotten.
    pub(super) fn connected(&mut self, target: Target, page: ListPage, warnings: Vec<Problem>) -> Vec<Effect> {
        let mut effects = self.leave_for(&target);
        recent::remember(&mut self.recent, target.clone());
        self.announcement = text::connected(&target.bucket);
        let route = Route::Browse {
            bucket: target.bucket.clone(),
            prefix: target.prefix.clone(),
        };
        self.listing = Listing::open(&target.prefix);
        self.listing.add(page);
        self.selection.clear();
        (self.loading, self.first_row) = (Loading::Idle, 0);
        if warnings.iter().any(|it| matches!(it, Problem::ListDenied { .. })) {
            let operation = "ListObjectsV2";
            self.loading = Loading::Failed(Problem::AccessDenied { operation });
        }
        self.forget_objects();
        self.storage = match self.target() {
            Some(before) if before.is_at(&target.endpoint, &target.bucket) => self.storage.again(&target),
            _ => Storage::for_target(&target),
        };
        self.leftovers = Leftovers::default();
        // Where TLS does not guard the way, the storage compares what arrived; unless the person chose otherwise.
        if !self.checks_chosen {
            let is_plain = warnings.iter().any(|it| matches!(it, Problem::PlainHttp { .. }));
            self.checks.integrity = if is_plain {
                Integrity::ContentMd5
            } else {
                Integrity::Off
            };
        }
        (self.connection, self.connecting) = (Connection::On { target, warnings }, Loading::Idle);
        self.credentials_wanted = None;
        self.profiles.clear();
        effects.extend([
            Effect::Remember(self.recent.clone()),
            Effect::Send(Intent::SetChecks(self.checks)),
            Effect::Go(route),
        ]);
        effects
    }

    /// There is no connection any more.
    pub(super) fn disconnected(&mut self) -> Vec<Effect> {
        let mut effects = drop_batches(self.uploads.forget());
        self.credentials_wanted = None;
        (self.connection, self.connecting, self.listing) = Default::default();
        (self.unfinished, self.unfinished_downloads) = Default::default();
        self.dialog = None;
        self.selection.clear();
        self.forget_objects();
        (self.storage, self.leftovers) = Default::default();
        effects.push(Effect::Go(Route::Connect(Link::default())));
        effects
    }

    /// Nothing is known of this object any more.
    pub(super) fn forget_object(&mut self, key: &str) {
        self.facts.remove(key);
        self.unseen.remove(key);
        self.locked.remove(key);
    }

    /// Forgets what was seen of objects that are others in this listing, and looks again at those that could not be looked at.
    pub(super) fn forget_others(&mut self, page: &ListPage) {
        for listed in &page.objects {
            let is_other = self.facts.get(&listed.key).is_some_and(|facts| is_other(facts, listed));
            if is_other || self.unseen.contains(&listed.key) {
                self.forget_object(&listed.key);
            }
        }
    }

    fn forget_objects(&mut self) {
        (self.facts, self.unseen, self.locked, self.details) = Default::default();
        self.bucket = BucketReport::Unknown;
    }

    /// A question about the bucket that was connected must not be answered for the next one, and files that were chosen
    /// for one bucket must not go to another.
    fn leave_for(&mut self, next: &Target) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.dialog.as_ref().is_some_and(Dialog::is_of_bucket) {
            effects.extend(self.take(Msg::Dismissed));
        }
        let Some(left) = self
            .target()
            .filter(|target| !next.is_at(&target.endpoint, &target.bucket))
        else {
            return effects;
        };
        let bucket = left.bucket.clone();
        let files = self.uploads.waiting_files();
        if files > 0 {
            let bucket = bucket.clone();
            self.problem = Some(Problem::LeftBehind { files, bucket });
        }
        effects.extend(drop_batches(self.uploads.leave(&bucket)));
        if matches!(self.dialog, Some(Dialog::Conflicts { .. } | Dialog::NeedKey { .. })) {
            self.dialog = None;
        }
        effects
    }
}

/// Whether these facts were seen of another object than the one that is listed.
fn is_other(facts: &ObjectFacts, listed: &ObjectSummary) -> bool {
    let differs = |etag: &String| !listed.etag.is_empty() && *etag != listed.etag;
    facts.size != listed.size || facts.etag.as_ref().is_some_and(differs)
}

fn drop_batches(batches: Vec<BatchId>) -> Vec<Effect> {
    let drop = |batch| Effect::Send(Intent::DropBatch(batch));
    batches.into_iter().map(drop).collect()
}
