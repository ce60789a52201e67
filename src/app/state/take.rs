//! What each message changes.

use super::{BucketReport, Details, Dialog, Effect, Loading, Msg, Row, State};
use crate::app::route::Route;
use crate::app::text;
use crate::driver::{Existing, Intent, Problem, StorageIntent};

impl State {
    /// Takes in one message, and nothing that follows of it for the page as a whole.
    pub(super) fn take(&mut self, msg: Msg) -> Vec<Effect> {
        match msg {
            Msg::Routed(route) => self.routed(route),
            Msg::Configured(config) => self.configured(config),
            Msg::Remembered(recent) => {
                self.recent = recent;
                Vec::new()
            }
            Msg::VerdictsRead(verdicts) => {
                self.verdicts = verdicts;
                Vec::new()
            }
            Msg::LanguageChosen(language) => vec![Effect::Speak(language)],
            Msg::FormChanged(form) => {
                self.form = form;
                Vec::new()
            }
            Msg::ProviderChosen(provider) => {
                self.choose_provider(provider);
                Vec::new()
            }
            Msg::CredentialsRead(profiles) => {
                self.announcement = text::credentials_read(&profiles);
                self.profiles = profiles;
                self.choose_profile(0);
                Vec::new()
            }
            Msg::ProfileChosen(profile) => {
                self.choose_profile(profile);
                Vec::new()
            }
            Msg::FormRefused(problem) => {
                self.connecting = Loading::Failed(problem);
                Vec::new()
            }
            Msg::ConnectAsked(credentials) => {
                self.connecting = Loading::Busy;
                self.storage.diagnosis.clear();
                self.announcement = text::CONNECTING.into();
                vec![Effect::Send(Intent::Connect {
                    target: self.form.clone(),
                    credentials,
                })]
            }
            Msg::DisconnectAsked => vec![Effect::Send(Intent::Disconnect)],
            Msg::FolderOpened(prefix) => match self.target() {
                Some(target) => vec![Effect::Go(Route::Browse {
                    bucket: target.bucket.clone(),
                    prefix,
                })],
                None => Vec::new(),
            },
            Msg::Refreshed => {
                (self.facts, self.unseen, self.locked) = Default::default();
                self.open_folder(&self.listing.prefix.clone())
            }
            Msg::Scrolled(row) => {
                self.first_row = row;
                self.load_more()
            }
            Msg::Filtered(filter) => {
                self.listing.filter = filter;
                self.listing.arrange();
                self.selection.keep_shown(&self.listing.rows());
                self.first_row = 0;
                Vec::new()
            }
            Msg::Sorted(column) => {
                self.listing.descending = self.listing.column == column && !self.listing.descending;
                self.listing.column = column;
                self.listing.arrange();
                Vec::new()
            }
            Msg::DetailsAsked(key) => {
                self.details = Details::Looking(key.clone());
                vec![Effect::Send(Intent::Look { key })]
            }
            Msg::DetailsClosed => {
                self.details = Details::Closed;
                Vec::new()
            }
            Msg::PreviewAsked(key) => self.preview(key),
            Msg::PreviewClosed => vec![self.stop_preview()],
            Msg::DownloadAsked {
                key,
                save,
                as_stored,
                unlocked,
            } => {
                let size = self.listing.rows().iter().find_map(|row| match row {
                    Row::Object(object) if object.key == key => Some(object.size),
                    _ => None,
                });
                // Only what was on the screen can have been agreed to.
                let unlocked = match &self.details {
                    Details::Open(facts) if unlocked && facts.key == key => facts.cse.risks.clone(),
                    _ => Vec::new(),
                };
                vec![Effect::Send(Intent::Download {
                    key,
                    size,
                    save,
                    as_stored,
                    unlocked,
                })]
            }
            Msg::DeleteAsked(key) => {
                self.dialog = Some(Dialog::Delete(key));
                Vec::new()
            }
            Msg::Selection(msg) => self.selection(msg),
            Msg::Confirmed => self.confirmed(Existing::Replace),
            Msg::SkipExisting => self.confirmed(Existing::Skip),
            Msg::Dismissed => match self.dialog.take() {
                Some(Dialog::Conflicts { batch, .. } | Dialog::NeedKey { batch, .. }) => {
                    self.uploads.0.remove(&batch);
                    vec![Effect::Send(Intent::DropBatch(batch))]
                }
                Some(Dialog::DeleteMany { .. }) => vec![Effect::Send(Intent::StopMany)],
                _ => Vec::new(),
            },
            Msg::Dragged(over) => {
                self.dragging = over;
                Vec::new()
            }
            Msg::EncryptionSwitched(on) => {
                if on {
                    self.encryption_off = false;
                } else {
                    self.dialog = Some(Dialog::EncryptionOff);
                }
                Vec::new()
            }
            Msg::KeyPasted(something) => {
                self.key_pasted = something;
                Vec::new()
            }
            Msg::ChecksChosen(checks) => {
                // What else is chosen here says nothing about what the storage is to compare.
                self.checks_chosen |= checks.integrity != self.checks.integrity;
                self.checks = checks;
                vec![Effect::Send(Intent::SetChecks(checks))]
            }
            Msg::KeySetting(setting) => self.set(setting),
            Msg::KeyNamesGiven {
                id,
                namespace,
                name,
                padding,
            } => {
                self.key_problem = None;
                vec![Effect::Send(Intent::NameKey {
                    id,
                    namespace,
                    name,
                    padding,
                })]
            }
            Msg::KeyAsked(intent, activate) => {
                self.key_problem = None;
                self.activate_next = activate;
                vec![Effect::Send(intent)]
            }
            Msg::PassphraseNoted => self.passphrase_noted(),
            Msg::KeyChosen(id) => self.use_key(id),
            Msg::KmsChosen(id) => self.use_kms(id),
            Msg::AlsoFor(recipient, add) => {
                self.add_recipient(recipient, add);
                Vec::new()
            }
            Msg::KeyRemovalAsked(id) => {
                self.dialog = self
                    .keys
                    .iter()
                    .find(|key| key.id == id)
                    .cloned()
                    .map(Dialog::RemoveKey);
                Vec::new()
            }
            Msg::TransferAsked(intent) => vec![Effect::Send(intent)],
            Msg::TransfersHeld(by, held) => {
                self.transfers.hold(by, held);
                Vec::new()
            }
            Msg::CancelAllAsked => {
                self.dialog = Some(Dialog::CancelAll);
                Vec::new()
            }
            Msg::Queue(msg) => self.transfers.update(msg),
            Msg::FinishedRemoved => vec![Effect::Send(Intent::Remove(self.transfers.ended()))],
            Msg::BucketCheckAsked { create } => {
                self.bucket = BucketReport::Checking { by_test_object: create };
                vec![Effect::Send(if create {
                    Intent::CreateTestObject
                } else {
                    Intent::CheckBucket
                })]
            }
            Msg::CustomerKeyGiven { object, key } => {
                self.details = Details::Looking(object.clone());
                vec![Effect::Send(Intent::Storage(StorageIntent::UseCustomerKey {
                    object,
                    key,
                }))]
            }
            Msg::CustomerKeyRefused(object) => {
                self.details = Details::Failed(object, Problem::CustomerKeyUnreadable);
                Vec::new()
            }
            Msg::Leftovers(msg) => {
                let (question, effects) = self.leftovers.update(msg);
                self.dialog = question.or(self.dialog.take());
                effects
            }
            Msg::Storage(msg) => self.storage.update(msg),
            Msg::WentWrong(problem) => {
                self.problem = Some(problem);
                Vec::new()
            }
            Msg::ProblemClosed => {
                self.problem = None;
                Vec::new()
            }
            Msg::Driver(event) => self.heard(event),
        }
    }
}
