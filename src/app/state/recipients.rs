//! Who can read new files.

use super::{Effect, State};
use crate::app::text;
use crate::driver::{Intent, KeyId, KeyInfo, KeyKind, KeyOrigin, KmsId, KmsInfo, Problem, Recipient, UploadEncryption};

impl State {
    /// The key in use, unless it is KMS's.
    pub fn active_key(&self) -> Option<&KeyInfo> {
        match self.active {
            Some(Recipient::Key(id)) => self.key(id),
            _ => None,
        }
    }

    /// A key held.
    pub fn key(&self, id: KeyId) -> Option<&KeyInfo> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// A KMS key held.
    pub fn kms_key(&self, id: KmsId) -> Option<&KmsInfo> {
        self.kms.iter().find(|key| key.id == id)
    }

    /// The KMS key held that may be the one with this ARN (empty where an object does not name it): the one in use before
    /// others, and one whose ARN is known before those that may be any.
    pub fn kms_key_of(&self, arn: &str) -> Option<&KmsInfo> {
        let may_be = self.kms.iter().filter(|key| key.may_be(arn));
        may_be.min_by_key(|key| (self.active != Some(Recipient::Kms(key.id)), key.arn.is_none()))
    }

    /// All that were chosen: the one in use first.
    pub fn recipients(&self) -> Vec<Recipient> {
        let Some(active) = self.active else { return Vec::new() };
        let others = self.also.iter().copied().filter(|other| *other != active);
        std::iter::once(active).chain(others).collect()
    }

    /// Those that new files are encrypted for: in a format with one recipient the one in use.
    pub fn written_for(&self) -> Vec<Recipient> {
        let mut recipients = self.recipients();
        if !self.format.is_message() {
            recipients.truncate(1);
        }
        recipients
    }

    /// Those that were chosen but cannot read new files, because the format has one recipient.
    pub fn left_out(&self) -> Vec<Recipient> {
        self.recipients().split_off(self.written_for().len())
    }

    /// How the next files will be written; `None` when a key must be chosen first.
    pub fn encryption(&self) -> Option<UploadEncryption> {
        match (self.encryption_off, self.written_for()) {
            (true, _) => Some(UploadEncryption::Off),
            (false, recipients) if recipients.is_empty() => None,
            (false, recipients) => Some(UploadEncryption::For(recipients)),
        }
    }

    /// Whether this page can read back what it writes: with public keys alone it cannot.
    pub fn reads_back(&self) -> bool {
        self.written_for().iter().any(|recipient| match recipient {
            Recipient::Kms(_) => true,
            Recipient::Key(id) => self
                .key(*id)
                .is_some_and(|key| !matches!(key.kind, KeyKind::RsaPublic { .. })),
        })
    }

    /// Whether new files may be encrypted for it beside the one in use. An object notes how *one* passphrase becomes
    /// its key, and *one* KMS key makes its data key.
    pub fn may_be_added(&self, recipient: Recipient) -> bool {
        let is_phrase = |recipient: Recipient| match recipient {
            Recipient::Key(id) => self.key(id).is_some_and(|key| key.origin == KeyOrigin::Passphrase),
            Recipient::Kms(_) => false,
        };
        let is_kms = |recipient| matches!(recipient, Recipient::Kms(_));
        let is_usable = match recipient {
            Recipient::Key(id) => self.key(id).is_some_and(|key| key.saved),
            Recipient::Kms(id) => self.kms_key(id).is_some_and(|key| key.writes),
        };
        let excludes =
            |other: Recipient| (is_phrase(recipient) && is_phrase(other)) || (is_kms(recipient) && is_kms(other));
        let mut others = self.recipients().into_iter().filter(|other| *other != recipient);
        self.active.is_some_and(|active| active != recipient) && is_usable && !others.any(excludes)
    }

    /// Encrypts new files for it too, or no more.
    pub(super) fn add_recipient(&mut self, recipient: Recipient, add: bool) {
        if !add {
            self.also.remove(&recipient);
        } else if self.may_be_added(recipient) {
            self.also.insert(recipient);
        }
    }

    /// Makes it the key in use.
    pub(super) fn activate(&mut self, recipient: Recipient) {
        (self.active, self.encryption_off) = (Some(recipient), false);
        self.also.remove(&recipient);
        for other in self.also.clone() {
            if !self.may_be_added(other) {
                self.also.remove(&other);
            }
        }
    }

    /// Encrypts with this key from now on, once its file was saved.
    pub(super) fn use_key(&mut self, id: KeyId) -> Vec<Effect> {
        if !self.keys.iter().any(|key| key.id == id && key.saved) {
            return Vec::new();
        }
        self.activate(Recipient::Key(id));
        self.announcement = self
            .active_key()
            .map(|key| text::key_in_use(&key.label))
            .unwrap_or_default();
        self.start_waiting()
    }

    /// The passphrase that was made here last, and waits to be noted, is in good hands.
    pub(super) fn passphrase_noted(&self) -> Vec<Effect> {
        let unsaved = |key: &&KeyInfo| key.origin == KeyOrigin::Passphrase && !key.saved;
        let last = self.keys.iter().rev().find(unsaved);
        let noted = last.map(|key| Effect::Send(Intent::PassphraseNoted(key.id)));
        noted.into_iter().collect()
    }

    /// A KMS key was chosen. One that only opens objects leaves those that files are encrypted for.
    pub(super) fn kms_held(&mut self, key: KmsInfo) -> Vec<Effect> {
        let (id, writes) = (key.id, key.writes);
        let key_id = key.key_id.clone();
        match self.kms.iter_mut().find(|known| known.id == id) {
            Some(known) => *known = key,
            None => self.kms.push(key),
        }
        if writes {
            return self.use_kms(id);
        }
        self.forget_recipient(Recipient::Kms(id));
        self.key_problem = Some(Problem::KmsReadsOnly { key_id });
        Vec::new()
    }

    /// Encrypts with this KMS key from now on, if these credentials may.
    pub(super) fn use_kms(&mut self, id: KmsId) -> Vec<Effect> {
        let Some(key) = self.kms_key(id).filter(|key| key.writes) else {
            return Vec::new();
        };
        self.announcement = text::key_in_use(key.name());
        self.activate(Recipient::Kms(id));
        self.start_waiting()
    }

    /// It is gone.
    pub(super) fn forget_recipient(&mut self, recipient: Recipient) {
        self.also.remove(&recipient);
        self.active = self.active.filter(|active| *active != recipient);
    }

    /// Its label; of KMS the ARN.
    pub fn recipient_label(&self, recipient: Recipient) -> String {
        match recipient {
            Recipient::Key(id) => self.key(id).map(|key| key.label.clone()),
            Recipient::Kms(id) => self.kms_key(id).map(|key| key.name().to_owned()),
        }
        .unwrap_or_default()
    }
}
