//! Where the person is, and what of a folder is loaded and looked at.

use super::form::apply;
use super::{BucketReport, Details, Effect, Listing, Loading, Msg, Row, State, StorageMsg};
use crate::app::route::Route;
use crate::driver::Intent;

/// As many rows as a tall screen shows.
const ROWS_IN_SIGHT: usize = 30;

impl State {
    /// The address changed.
    pub(super) fn routed(&mut self, route: Route) -> Vec<Effect> {
        let open = match &route {
            Route::Connect(link) => {
                apply(&mut self.form, link);
                None
            }
            Route::Browse { bucket, prefix } => match self.target() {
                Some(target) if target.bucket == *bucket => {
                    (self.listing.prefix != *prefix || self.listing.loaded() == 0).then(|| prefix.clone())
                }
                _ => {
                    (self.form.bucket, self.form.prefix) = (bucket.clone(), prefix.clone());
                    None
                }
            },
            Route::Bucket { bucket } => {
                let target = self.target();
                let is_other = !bucket.is_empty() && target.is_none_or(|target| target.bucket != *bucket);
                let is_ours = target.is_some() && !is_other;
                if is_other {
                    self.form.bucket = bucket.clone();
                }
                // Who comes here wants to know, and HEAD changes nothing.
                if is_ours && matches!(self.bucket, BucketReport::Unknown) {
                    self.route = route;
                    let mut effects = self.take(Msg::BucketCheckAsked { create: false });
                    effects.extend(self.storage.update(StorageMsg::CorsAsked { full: false }));
                    return effects;
                }
                None
            }
            Route::Transfers | Route::Keys => None,
        };
        // Another page is another list, at its start.
        if std::mem::discriminant(&self.route) != std::mem::discriminant(&route) {
            self.first_row = 0;
            self.transfers.reopen();
        }
        self.route = route;
        open.map_or_else(Vec::new, |prefix| self.open_folder(&prefix))
    }

    /// Reads a folder from its start.
    pub(super) fn open_folder(&mut self, prefix: &str) -> Vec<Effect> {
        let (column, descending) = (self.listing.column, self.listing.descending);
        self.listing = Listing::open(prefix);
        self.selection.clear();
        (self.listing.column, self.listing.descending) = (column, descending);
        (self.first_row, self.loading, self.details) = (0, Loading::Busy, Details::Closed);
        vec![Effect::Send(Intent::List {
            prefix: prefix.to_owned(),
            continuation: None,
        })]
    }

    /// The next page, when the end of what is loaded comes in sight.
    pub(super) fn load_more(&mut self) -> Vec<Effect> {
        let near_the_end = self.first_row + 100 >= self.listing.rows().len();
        match self.listing.next.clone() {
            Some(token) if near_the_end && self.loading == Loading::Idle => {
                self.loading = Loading::Busy;
                vec![Effect::Send(Intent::List {
                    prefix: self.listing.prefix.clone(),
                    continuation: Some(token),
                })]
            }
            _ => Vec::new(),
        }
    }

    /// Has the rows in sight looked at, so that each shows its own SSE and CSE state.
    pub(super) fn glance(&self) -> Option<Effect> {
        let rows = self.listing.rows();
        let objects = rows
            .iter()
            .skip(self.first_row)
            .take(ROWS_IN_SIGHT)
            .filter_map(|row| match row {
                Row::Object(object) => Some(&object.key),
                Row::Folder(_) => None,
            });
        let unknown = |key: &&String| !self.facts.contains_key(*key) && !self.unseen.contains(*key);
        let keys: Vec<String> = objects.filter(unknown).cloned().collect();
        let instructed = keys.iter().filter(|key| self.listing.is_instructed(key));
        let instructed = instructed.cloned().collect();
        (!keys.is_empty()).then_some(Effect::Send(Intent::Glance { keys, instructed }))
    }
}
