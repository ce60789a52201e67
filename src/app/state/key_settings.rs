//! How new files are written, and what is opened without asking.

use super::{Effect, Msg, State};
use crate::driver::{Cse, Intent, WriteFormat};
use crate::encryption::s3ec::CommitmentPolicy;

/// What the person set beside the keys themselves.
#[derive(Debug)]
pub enum KeySetting {
    /// A format was chosen.
    Format(WriteFormat),
    /// A key commitment policy was chosen.
    Policy(CommitmentPolicy),
    /// A pair for the encryption context was entered.
    ContextPair {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// A pair is to go.
    ContextPairRemoved(String),
    /// Objects must say it to be opened, or not.
    ContextRequired(bool),
}

impl From<KeySetting> for Msg {
    fn from(setting: KeySetting) -> Msg {
        Msg::KeySetting(setting)
    }
}

/// The policies under which the official libraries write this format.
fn writes(policy: CommitmentPolicy, format: WriteFormat) -> bool {
    (policy == CommitmentPolicy::ForbidEncryptAllowDecrypt) == (format == WriteFormat::S3ecV2)
}

impl State {
    /// The formats this portal allows.
    pub fn formats(&self) -> impl Iterator<Item = WriteFormat> + '_ {
        let allowed = &self.config.formats;
        WriteFormat::ALL
            .into_iter()
            .filter(|format| allowed.is_empty() || allowed.contains(format))
    }

    /// The policies under which one of them is written.
    pub fn policies(&self) -> impl Iterator<Item = CommitmentPolicy> + '_ {
        let written = |policy: &CommitmentPolicy| self.formats().any(|format| writes(*policy, format));
        CommitmentPolicy::ALL.into_iter().filter(written)
    }

    /// Whether an object stays closed until the person unlocks it.
    pub fn is_locked(&self, cse: &Cse) -> bool {
        let is_allowed = cse.lacks_only_commitment && self.policy.allows_non_committing();
        !cse.risks.is_empty() && !is_allowed
    }

    pub(super) fn set(&mut self, setting: KeySetting) -> Vec<Effect> {
        match setting {
            KeySetting::Format(format) => return self.choose_format(format),
            KeySetting::Policy(policy) => return self.choose_policy(policy),
            KeySetting::ContextPair { name, value } => {
                let is_first = self.context.pairs.is_empty();
                self.context_fault = self.context.insert(&name, &value).err();
                if self.context_fault.is_some() {
                    return Vec::new();
                }
                self.context.required |= is_first;
            }
            KeySetting::ContextPairRemoved(name) => drop(self.context.pairs.remove(&name)),
            KeySetting::ContextRequired(required) => self.context.required = required,
        }
        vec![Effect::Send(Intent::SetContext(self.context.clone()))]
    }

    /// Format and policy belong together: leaving the format without commitment brings the earlier policy back.
    pub(super) fn choose_format(&mut self, format: WriteFormat) -> Vec<Effect> {
        if !self.formats().any(|allowed| allowed == format) {
            return Vec::new();
        }
        self.format = format;
        if !writes(self.policy, format) {
            let fitting = if format == WriteFormat::S3ecV2 {
                CommitmentPolicy::ForbidEncryptAllowDecrypt
            } else {
                self.earlier_policy
            };
            self.earlier_policy = std::mem::replace(&mut self.policy, fitting);
        }
        self.writing_effects()
    }

    fn choose_policy(&mut self, policy: CommitmentPolicy) -> Vec<Effect> {
        let written = |format: &WriteFormat| writes(policy, *format);
        let current = Some(self.format).filter(written);
        let Some(format) = current.or_else(|| self.formats().find(written)) else {
            return Vec::new();
        };
        (self.policy, self.format) = (policy, format);
        if policy != CommitmentPolicy::ForbidEncryptAllowDecrypt {
            self.earlier_policy = policy;
        }
        self.writing_effects()
    }

    fn writing_effects(&self) -> Vec<Effect> {
        vec![
            Effect::Send(Intent::SetFormat(self.format)),
            Effect::Send(Intent::SetPolicy(self.policy)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::ContextFault;

    const STRICT: CommitmentPolicy = CommitmentPolicy::RequireEncryptRequireDecrypt;
    const READS_ALL: CommitmentPolicy = CommitmentPolicy::RequireEncryptAllowDecrypt;
    const FORBID: CommitmentPolicy = CommitmentPolicy::ForbidEncryptAllowDecrypt;

    #[test]
    fn policy_and_format_say_the_same() {
        let mut state = State::default();
        assert_eq!((state.policy, state.format), (STRICT, WriteFormat::Esdk));
        state.set(KeySetting::Format(WriteFormat::S3ecV2));
        assert_eq!(state.policy, FORBID);
        state.set(KeySetting::Format(WriteFormat::S3ecV3));
        assert_eq!(state.policy, STRICT, "what was relaxed for the format is strict again");
        state.set(KeySetting::Policy(READS_ALL));
        assert_eq!(state.format, WriteFormat::S3ecV3);
        state.set(KeySetting::Policy(FORBID));
        assert_eq!(state.format, WriteFormat::S3ecV2);
        let effects = state.set(KeySetting::Format(WriteFormat::Esdk));
        assert_eq!(state.policy, READS_ALL);
        assert!(matches!(
            effects[..],
            [
                Effect::Send(Intent::SetFormat(WriteFormat::Esdk)),
                Effect::Send(Intent::SetPolicy(READS_ALL))
            ]
        ));
    }

    #[test]
    fn a_portal_allows_what_it_allows() {
        let mut state = State::default();
        state.config.formats = vec![WriteFormat::Esdk, WriteFormat::S3ecV3];
        assert!(state.set(KeySetting::Format(WriteFormat::S3ecV2)).is_empty());
        assert!(state.set(KeySetting::Policy(FORBID)).is_empty());
        assert_eq!(state.policies().collect::<Vec<_>>(), [STRICT, READS_ALL]);
        assert_eq!((state.policy, state.format), (STRICT, WriteFormat::Esdk));
    }

    #[test]
    fn only_the_lack_of_commitment_is_allowed_by_a_policy() {
        let mut state = State::default();
        let old = Cse {
            risks: vec!["no commitment"],
            lacks_only_commitment: true,
            ..Cse::default()
        };
        let legacy = Cse {
            lacks_only_commitment: false,
            ..old.clone()
        };
        assert!(state.is_locked(&old) && state.is_locked(&legacy) && !state.is_locked(&Cse::default()));
        state.set(KeySetting::Policy(READS_ALL));
        assert!(!state.is_locked(&old) && state.is_locked(&legacy));
    }

    #[test]
    fn a_context_is_required_once_it_was_entered() {
        let mut state = State::default();
        let pair = |name: &str, value: &str| KeySetting::ContextPair {
            name: name.into(),
            value: value.into(),
        };
        assert!(state.set(pair("aws:x", "1")).is_empty());
        assert_eq!(state.context_fault, Some(ContextFault::Reserved));
        let effects = state.set(pair("project", "climate"));
        let [Effect::Send(Intent::SetContext(wish))] = &effects[..] else {
            panic!("{effects:?}")
        };
        assert!(wish.required && wish.pairs["project"] == "climate" && state.context_fault.is_none());
        state.set(KeySetting::ContextRequired(false));
        state.set(pair("run", "7"));
        assert!(!state.context.required, "a choice stays");
        state.set(KeySetting::ContextPairRemoved("run".into()));
        assert_eq!(state.context.pairs.len(), 1);
    }
}
