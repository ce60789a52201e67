//! What is known of the storage itself: its claims, CORS, a new bucket, the audit, the copying.

use std::rc::Rc;

use super::Effect;
use super::audit::Audit;
use crate::driver::{
    AuditState, Claims, CopyOutcome, CopyProgress, CopyRow, CorsReport, Creation, CreationPlan, Diagnosis, Intent,
    Problem, StorageEvent, StorageIntent, Target,
};
use crate::s3::{BucketClaims, EncryptedCreation, EncryptionApi, Provider, SseKind, SseRequest, SseState};

/// The CORS check.
#[derive(Clone, Debug, Default)]
pub enum CorsCheck {
    /// Not asked for.
    #[default]
    Unknown,
    /// Under way.
    Checking {
        /// With requests that write, to an upload that does not exist.
        full: bool,
    },
    /// It did not work.
    Failed(Problem),
    /// Its outcome.
    Known(Rc<CorsReport>),
}

/// A form to save the audit in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
}

/// Copying into another bucket.
#[derive(Clone, Debug)]
pub struct Copying {
    /// Into which.
    pub into: String,
    /// Where it stands.
    pub state: AuditState,
    /// Objects that are there now, verified.
    pub verified: usize,
    /// All others, with the reason.
    pub others: Vec<CopyRow>,
    /// The object that is copied in parts just now.
    pub in_parts: Option<CopyProgress>,
}

/// What is known of the storage.
#[derive(Clone, Debug, Default)]
pub struct Storage {
    /// What the storage was taken for.
    pub provider: Provider,
    /// What the bucket says of itself.
    pub claims: Claims,
    /// The CORS check.
    pub cors: CorsCheck,
    /// The form for a new bucket.
    pub plan: CreationPlan,
    /// Whether that form is open.
    pub plan_open: bool,
    /// The bucket being made or verified.
    pub creation: Option<Rc<Creation>>,
    /// The audit.
    pub audit: Option<Audit>,
    /// What the next audit is to cover.
    pub audit_prefix: String,
    /// Copying.
    pub copying: Option<Copying>,
    /// Into which bucket the next copying goes.
    pub copy_into: String,
    /// What new objects ask of the storage.
    pub upload_sse: SseKind,
    /// What the form for it shows.
    pub upload_draft: SseKind,
    /// Whether a test object is asking for it at this moment.
    pub upload_trying: bool,
    /// What HEAD showed of that test object.
    pub upload_shown: Option<SseState>,
    /// Whether it was said that HEAD does not show what a file asked for.
    pub upload_doubt_told: bool,
    /// Why the last choice was not taken.
    pub upload_problem: Option<Problem>,
    /// What a failed connection was found to lack.
    pub diagnosis: Vec<Diagnosis>,
}

/// What happened on the bucket page.
#[derive(Debug)]
pub enum StorageMsg {
    /// Probe CORS.
    CorsAsked {
        /// With requests that write, to an upload that does not exist; else by reading alone.
        full: bool,
    },
    /// Write the proposed rules.
    CorsApplied,
    /// The form for a new bucket was opened or closed.
    PlanOpened(bool),
    /// It changed.
    PlanChanged(CreationPlan),
    /// Make the bucket.
    CreationAsked,
    /// See whether a bucket made elsewhere encrypts.
    VerificationAsked,
    /// The audit's prefix changed.
    AuditPrefix(String),
    /// Look at everything.
    AuditAsked,
    /// Pause, or go on.
    AuditPaused(bool),
    /// End it.
    AuditCancelled,
    /// Save what it found.
    ExportAsked(Export),
    /// The bucket to copy into changed.
    CopyInto(String),
    /// Copy.
    CopyAsked,
    /// End it.
    CopyCancelled,
    /// A kind was chosen in the form.
    UploadDraft(SseKind),
    /// What was typed cannot be asked for.
    UploadRefused(Problem),
    /// What new objects are to ask for.
    UploadWith(SseKind, SseRequest),
}

impl Storage {
    /// At the start of a connection.
    pub(super) fn for_target(target: &Target) -> Storage {
        let plan = CreationPlan {
            how: target
                .provider
                .encrypted_creation(EncryptionApi::Unknown)
                .unwrap_or_default(),
            // Amazon puts a bucket elsewhere only if that is said, and where it is usual, it must not be said.
            location: match target.provider {
                Provider::Aws if target.region != "us-east-1" => target.region.clone(),
                _ => String::new(),
            },
            ..CreationPlan::default()
        };
        Storage {
            provider: target.provider,
            plan,
            audit_prefix: target.prefix.clone(),
            ..Storage::default()
        }
    }

    /// The same bucket, connected again: what new files ask for stays as it was chosen.
    pub(super) fn again(&self, target: &Target) -> Storage {
        Storage {
            upload_sse: self.upload_sse,
            upload_draft: self.upload_draft,
            upload_shown: self.upload_shown.clone(),
            upload_doubt_told: self.upload_doubt_told,
            ..Storage::for_target(target)
        }
    }

    /// What new files may ask for there, as far as is known.
    pub fn upload_kinds(&self) -> &'static [SseKind] {
        self.provider.sse_of_uploads(self.claims.api())
    }

    /// What a new bucket may have as its default.
    pub fn bucket_kinds(&self) -> &'static [SseKind] {
        self.provider.sse_of_buckets(self.claims.api())
    }

    /// How an encrypted bucket is made there, if at all.
    pub fn creation_way(&self) -> Option<EncryptedCreation> {
        self.provider.encrypted_creation(self.claims.api())
    }

    /// The plan for a new bucket, whose name may have been pasted with spaces around it.
    fn tidy_plan(&self) -> CreationPlan {
        CreationPlan {
            bucket: self.plan.bucket.trim().to_owned(),
            ..self.plan.clone()
        }
    }

    /// What to hold against a verdict.
    pub fn claims(&self, by_test_object: bool) -> BucketClaims<'_> {
        BucketClaims {
            default: self
                .claims
                .default
                .as_ref()
                .and_then(|answer| answer.as_ref().ok()?.as_ref()),
            by_test_object,
            echoes: self.claims.echoes,
        }
    }

    pub(super) fn update(&mut self, msg: StorageMsg) -> Vec<Effect> {
        let send = |intent| vec![Effect::Send(Intent::Storage(intent))];
        match msg {
            StorageMsg::CorsAsked { full } => {
                self.cors = CorsCheck::Checking { full };
                send(StorageIntent::CheckCors { full })
            }
            StorageMsg::CorsApplied => match &self.cors {
                CorsCheck::Known(report) if report.rules.is_some() => {
                    let report = report.clone();
                    self.cors = CorsCheck::Checking { full: true };
                    send(StorageIntent::ApplyCors(report))
                }
                _ => Vec::new(),
            },
            StorageMsg::PlanOpened(open) => {
                self.plan_open = open;
                Vec::new()
            }
            StorageMsg::PlanChanged(plan) => {
                self.plan = plan;
                Vec::new()
            }
            StorageMsg::CreationAsked => send(StorageIntent::CreateEncrypted(self.tidy_plan())),
            StorageMsg::VerificationAsked => send(StorageIntent::VerifyBucket(self.tidy_plan())),
            StorageMsg::AuditPrefix(prefix) => {
                self.audit_prefix = prefix;
                Vec::new()
            }
            StorageMsg::AuditAsked => {
                let prefix = self.audit_prefix.clone();
                self.audit = Some(Audit::new(prefix.clone()));
                send(StorageIntent::Audit { prefix })
            }
            StorageMsg::AuditPaused(paused) => {
                if let Some(audit) = &mut self.audit {
                    audit.paused = paused;
                }
                send(StorageIntent::AuditPaused(paused))
            }
            StorageMsg::AuditCancelled => send(StorageIntent::AuditCancelled),
            StorageMsg::ExportAsked(export) => self.audit.as_ref().map_or_else(Vec::new, |audit| {
                let (ending, media_type, text) = audit.export(export);
                let name = format!("sealdrop-audit.{ending}");
                vec![Effect::SaveText { name, media_type, text }]
            }),
            StorageMsg::CopyInto(bucket) => {
                self.copy_into = bucket;
                Vec::new()
            }
            StorageMsg::CopyAsked => {
                let into = self.copy_into.trim().to_owned();
                self.copying = Some(Copying {
                    into: into.clone(),
                    state: AuditState::Running,
                    verified: 0,
                    others: Vec::new(),
                    in_parts: None,
                });
                let prefix = self.audit_prefix.clone();
                send(StorageIntent::Copy { into, prefix })
            }
            StorageMsg::CopyCancelled => send(StorageIntent::CopyCancelled),
            StorageMsg::UploadDraft(kind) => {
                (self.upload_draft, self.upload_problem) = (kind, None);
                Vec::new()
            }
            StorageMsg::UploadRefused(problem) => {
                self.upload_problem = Some(problem);
                Vec::new()
            }
            StorageMsg::UploadWith(choice, request) => {
                (self.upload_problem, self.upload_shown, self.upload_trying) = (None, None, true);
                self.upload_doubt_told = false;
                send(StorageIntent::UploadWith(choice, request))
            }
        }
    }

    pub(super) fn heard(&mut self, event: StorageEvent) {
        match event {
            StorageEvent::Claimed(claims) => {
                // Once caught, it stays caught: a later look without a test object does not ask again.
                let echoes = claims.echoes || self.claims.echoes;
                self.claims = Claims { echoes, ..claims };
                // A form that somebody fills in stays as it is.
                if let Some(how) = self.creation_way().filter(|_| !self.plan_open) {
                    self.plan.how = how;
                }
            }
            StorageEvent::UploadWith { kind, outcome } => {
                self.upload_trying = false;
                match outcome {
                    Ok(shown) => (self.upload_sse, self.upload_shown) = (kind, shown),
                    Err(problem) => self.upload_problem = Some(problem),
                }
            }
            // A quick look that was overtaken by the full check.
            StorageEvent::CorsChecked(report)
                if !report.full && matches!(self.cors, CorsCheck::Checking { full: true }) => {}
            StorageEvent::CorsChecked(report) => self.cors = CorsCheck::Known(report),
            StorageEvent::CorsFailed(problem) => self.cors = CorsCheck::Failed(problem),
            StorageEvent::Creating(creation) => {
                if creation.finished && creation.sse.as_ref().is_some_and(|sse| sse.is_encrypted()) {
                    self.copy_into.clone_from(&creation.plan.bucket);
                }
                self.creation = Some(creation);
            }
            StorageEvent::Audit { rows, listed, state } => {
                if let Some(audit) = &mut self.audit {
                    audit.heard(rows, listed, state);
                }
            }
            StorageEvent::Copying { rows, in_parts, state } => {
                if let Some(copying) = &mut self.copying {
                    let (verified, others): (Vec<_>, Vec<_>) =
                        rows.into_iter().partition(|row| row.outcome == CopyOutcome::Verified);
                    copying.verified += verified.len();
                    copying.others.extend(others);
                    (copying.in_parts, copying.state) = (in_parts, state);
                }
            }
            StorageEvent::Diagnosed(found) => self.diagnosis = found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::DefaultEncryption;

    #[test]
    fn rules_are_written_only_where_the_existing_ones_were_shown() {
        let mut storage = Storage::default();
        assert!(storage.update(StorageMsg::CorsApplied).is_empty());
        let mut report = CorsReport {
            origin: "https://o".into(),
            findings: Vec::new(),
            rules: None,
            per_bucket: true,
            full: true,
            proposed: Vec::new(),
            difference: Vec::new(),
            applied: false,
        };
        storage.heard(StorageEvent::CorsChecked(Rc::new(report.clone())));
        assert!(
            storage.update(StorageMsg::CorsApplied).is_empty(),
            "unreadable rules would be lost"
        );
        report.rules = Some(Vec::new());
        storage.heard(StorageEvent::CorsChecked(Rc::new(report)));
        assert_eq!(storage.update(StorageMsg::CorsApplied).len(), 1);
    }

    #[test]
    fn amazon_is_told_where_a_new_bucket_goes() {
        let location = |provider, region: &str| {
            let target = Target {
                provider,
                region: region.into(),
                ..Target::default()
            };
            Storage::for_target(&target).plan.location
        };
        assert_eq!(location(Provider::Aws, "eu-west-1"), "eu-west-1");
        assert_eq!(location(Provider::Aws, "us-east-1"), "");
        assert_eq!(location(Provider::Ceph, "eu-west-1"), "", "Ceph knows zonegroups there");
    }

    #[test]
    fn what_the_storage_answers_corrects_what_it_was_taken_for() {
        let taken_for = |provider| {
            Storage::for_target(&Target {
                provider,
                ..Target::default()
            })
        };
        let claimed = |default| {
            StorageEvent::Claimed(Claims {
                default: Some(default),
                echoes: false,
            })
        };
        let mut old_scality = taken_for(Provider::Other);
        assert_eq!(old_scality.plan.how, EncryptedCreation::BucketDefault);
        old_scality.heard(claimed(Err(Problem::NotImplemented {
            operation: "GetBucketEncryption",
            message: String::new(),
        })));
        assert_eq!(old_scality.plan.how, EncryptedCreation::ScalityHeader);
        let mut wrong = taken_for(Provider::Abci3);
        assert!(wrong.bucket_kinds().is_empty());
        wrong.heard(claimed(Ok(Some(DefaultEncryption::default()))));
        assert!(wrong.upload_kinds().contains(&SseKind::SseS3) && !wrong.bucket_kinds().is_empty());
    }

    #[test]
    fn spaces_around_a_new_buckets_name_are_no_part_of_it() {
        let mut storage = Storage::default();
        storage.plan.bucket = " lab-data\n".into();
        for asked in [StorageMsg::CreationAsked, StorageMsg::VerificationAsked] {
            let sent = storage.update(asked);
            assert!(
                matches!(&sent[..], [Effect::Send(Intent::Storage(
                    StorageIntent::CreateEncrypted(plan) | StorageIntent::VerifyBucket(plan)
                ))] if plan.bucket == "lab-data"),
                "{sent:?}"
            );
        }
    }

    #[test]
    fn new_files_ask_for_what_a_test_object_got_and_for_nothing_that_was_refused() {
        let mut storage = Storage::default();
        let sent = storage.update(StorageMsg::UploadWith(SseKind::SseS3, SseRequest::SseS3));
        assert_eq!((sent.len(), storage.upload_sse), (1, SseKind::BucketDefault));
        storage.heard(StorageEvent::UploadWith {
            kind: SseKind::SseS3,
            outcome: Ok(Some(SseState::Unconfirmed)),
        });
        assert_eq!(storage.upload_sse, SseKind::SseS3);
        assert_eq!(
            storage.upload_shown,
            Some(SseState::Unconfirmed),
            "taken, and said loudly"
        );
        storage.heard(StorageEvent::UploadWith {
            kind: SseKind::SseC,
            outcome: Err(Problem::Offline),
        });
        assert_eq!(storage.upload_sse, SseKind::SseS3, "what was refused is not taken");
        assert!(storage.upload_problem.is_some() && !storage.upload_trying);
    }

    #[test]
    fn a_storage_caught_repeating_nonsense_stays_caught() {
        let mut storage = Storage::default();
        for echoes in [true, false] {
            storage.heard(StorageEvent::Claimed(Claims { default: None, echoes }));
        }
        assert!(storage.claims(false).echoes);
    }
}
