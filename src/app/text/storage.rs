//! Sentences about the storage itself.

use crate::app::format;
use crate::app::state::Seen;
use crate::driver::{AuditState, Claims, CopyOutcome, CreationStep, CseState, DiagnosisQuestion};
use crate::s3::{
    BucketSse, CorsProbe, CorsReason, EncryptedCreation, EncryptionApi, Grounds, Provider, SseKind, SseState,
};

/// A label.
pub const CORS_CHECK: &str = "CORS check";
/// A label.
pub const CORS_INTRO: &str = "A browser shows this page only what the bucket's CORS rule allows. “Check CORS” also sends PUT, POST \
    and DELETE, to an upload that does not exist, and changes nothing.";
/// A label.
pub const READ_ONLY_CHECK: &str = "Found by reading alone when this page was opened.";
/// Said of a file whose wish was not granted.
pub const NOT_GRANTED: &str = "do not rely on it";
/// A label.
pub const CHECK_CORS: &str = "Check CORS";
/// A label.
pub const APPLY_CORS: &str = "Apply this rule";
/// A label.
pub const RULE_TO_SET: &str = "The rule this page needs";
/// A label.
pub const DIFFERENCE: &str = "What would change (existing rules are kept)";
/// A label.
pub const RULES_UNREADABLE: &str = "The bucket's present rules cannot be read from this page (not with these credentials, or, \
    on Ceph, not by any browser), so they cannot be changed from here without losing them. Give the rule to the bucket's owner.";
/// A label.
pub const NO_RULES_PER_BUCKET: &str = "This storage has no CORS rules per bucket (GetBucketCors: not implemented). MinIO's community \
    edition has one setting for the whole server instead, MINIO_API_CORS_ALLOW_ORIGIN: its operators must allow this page's origin.";
/// A label.
pub const APPLIED: &str = "The rule was written.";
/// A label.
pub const NOTHING_TO_CHANGE: &str = "The bucket has this rule already.";
/// A label.
pub const COPY: &str = "Copy";
/// A label.
pub const COMMANDS: &str = "The same in a terminal";
/// A label.
pub const CREATE_ENCRYPTED: &str = "Create encrypted bucket";
/// A label.
pub const CREATE_TITLE: &str = "A new bucket that encrypts";
/// A label.
pub const NEW_BUCKET: &str = "New bucket";
/// A label.
pub const HOW: &str = "By";
/// A label.
pub const ALGORITHM: &str = "Algorithm";
/// A label.
pub const KMS_KEY_ID: &str = "KMS key ID";
/// A label.
pub const LOCATION: &str = "Location constraint";
/// A label.
pub const CREATE: &str = "Create and verify";
/// A label.
pub const CHECK_IT_NOW: &str = "Check it now";
/// A label.
pub const NO_SSE_HERE: &str = "This storage has no server-side encryption. Encrypt in the browser (CSE) instead; that you can \
    prove yourself.";
/// A label.
pub const CANNOT_CONVERT: &str = "A bucket that was created plain cannot be made to encrypt later on ABCI 2.0-era storage, and \
    on no storage are objects encrypted afterwards. Create an encrypted bucket and copy the objects.";
/// A label.
pub const AUDIT: &str = "Audit";
/// A label.
pub const AUDIT_INTRO: &str = "Looks at every object: SSE by HEAD, CSE by its first bytes. Nothing is changed.";
/// A label.
pub const AUDIT_ALL: &str = "Audit all objects";
/// A label.
pub const AUDIT_PREFIX: &str = "Only keys that start with";
/// A label.
pub const PAUSE: &str = "Pause audit";
/// A label.
pub const RESUME: &str = "Resume audit";
/// A label.
pub const STOP: &str = "Stop";
/// A label.
pub const START_AUDIT: &str = "Start audit";
/// A label.
pub const NOT_COPIED: &str = "Objects not copied";
/// A label.
pub const EVIDENCE: &str = "Evidence";
/// A label.
pub const NO_EVIDENCE: &str = "No object was there to look at.";
/// A label.
pub const NO_BUCKET: &str = "Not connected to a bucket.";
/// A label.
pub const LAYERS: &str = "Two independent layers";
/// What the client's layer is.
pub const CSE_LAYER: &str = "An envelope you seal: your browser encrypts each file with your key before it is sent. The storage \
    and whoever runs it see ciphertext only, and you can prove it.";
/// What the storage's layer is.
pub const SSE_LAYER: &str = "A cabinet the storage locks: it encrypts what it keeps, with its own keys. That protects lost disks, \
    not against whoever runs the storage, and all anybody sees of it is what the storage says.";
/// How they go together.
pub const LAYERS_HINT: &str = "Neither needs the other: a file may have both, one, or none.";
/// A label.
pub const WISH_IS_TRIED: &str = "A test object asks first, is looked at and removed, so that no file is stored under a wish that \
    is refused.";
/// Introduces a command.
pub const BY_TOOL: &str = "With ABCI's own tool:";
/// Introduces a command.
pub const BY_CURL: &str = "Or the one request that tool sends, with curl 7.86 or later:";
/// Introduces a command.
pub const BY_DEFAULT_ON_SCALITY: &str = "Or, on Scality 7.10 and later (ABCI 2.0 since 2022), with the aws tool:";
/// Introduces a command.
pub const BY_DEFAULT: &str = "With the aws tool:";
/// Introduces a command.
pub const THEN_CORS: &str = "Then let this page read the new bucket (its CORS rule):";
/// A label.
pub const EXPORT_CSV: &str = "Save as CSV";
/// A label.
pub const EXPORT_JSON: &str = "Save as JSON";
/// A label.
pub const EXCEPTIONS: &str = "Objects that neither layer is known to protect";
/// A label.
pub const NO_EXCEPTIONS: &str = "None: every object looked at is encrypted by the storage or by a client.";
/// A label.
pub const NONE_LOOKED_AT: &str = "No object was looked at.";
/// A label.
pub const CHART: &str = "Objects by both layers";
/// A reason.
pub const GONE: &str = "Deleted since it was listed.";
/// A reason.
pub const OTHER_REASONS: &str = "Could not be looked at; there were too many different reasons to keep them all.";
/// A label.
pub const COPY_TITLE: &str = "Copy objects into an encrypted bucket";
/// A label.
pub const COPY_INTRO: &str = "The storage copies each object with its metadata; the copy is then compared by HEAD. Objects that \
    are there already are left alone, and the originals stay: delete them yourself when you are sure.";
/// A label.
pub const COPY_INTO: &str = "Into bucket";
/// A label.
pub const START_COPY: &str = "Copy objects";
/// A label.
pub const UPLOAD_SSE: &str = "New files ask the storage for";
/// A label.
pub const CUSTOMER_KEY: &str = "SSE-C key";
/// A label.
pub const CUSTOMER_KEY_HINT: &str = "64 hex digits, or base64 of 32 bytes. It stays in this page's memory and goes to this \
    storage only, with every request about the object.";
/// A warning.
pub const CUSTOMER_KEY_LOST: &str = "Keep a copy: nobody can open the files without it.";
/// A label.
pub const GIVE_KEY: &str = "Give key";
/// A label.
pub const OPEN_WITH_KEY: &str = "Open with this key";
/// A label.
pub const KMS_CONTEXT: &str = "Encryption context (JSON)";
/// A label.
pub const USE_SSE: &str = "Use for new files";
/// A label.
pub const DIAGNOSIS: &str = "Diagnosis";
/// A label.
pub const DIAGNOSIS_INTRO: &str =
    "The browser says only that it failed. This is what can be told apart, in this order:";
/// A label.
pub const ECHOES: &str = "This storage's HEAD repeats an encryption algorithm that does not exist. What it says about \
    encryption proves nothing: rely on client-side encryption.";

/// What to know before connecting there.
pub fn about(provider: Provider) -> Option<&'static str> {
    Some(match provider {
        Provider::Abci3 => {
            "Reachable from ABCI's own nodes only. It has no server-side encryption: what sealdrop encrypts in the browser is \
            the protection your files have."
        }
        Provider::Abci2 => {
            "ABCI's storage until October 2024. A bucket encrypts if it was created so; the Bucket encryption page tells."
        }
        Provider::Minio => {
            "Its community edition has one CORS setting for the whole server, which must allow this page."
        }
        Provider::Garage => "Encrypts only with a key you send along (SSE-C).",
        Provider::Aws | Provider::Ceph | Provider::SeaweedFs => {
            "The bucket needs a CORS rule for this page; if it has none, Connect shows the rule to set."
        }
        Provider::Other => return None,
    })
}

/// How an encrypted bucket is made.
pub fn creation(how: EncryptedCreation) -> &'static str {
    match how {
        EncryptedCreation::BucketDefault => "Bucket default (PutBucketEncryption)",
        EncryptedCreation::ScalityHeader => "Scality header (ABCI 2.0)",
    }
}

/// A kind of SSE, in a form.
pub fn sse_kind(kind: SseKind) -> &'static str {
    match kind {
        SseKind::BucketDefault => "the bucket's default",
        SseKind::SseS3 => "SSE-S3 (AES256)",
        SseKind::SseKms => "SSE-KMS (aws:kms)",
        SseKind::DsseKms => "DSSE-KMS (aws:kms:dsse, two layers)",
        SseKind::SseC => "SSE-C (your key, sent each time)",
    }
}

/// What to know about asking this storage for SSE.
pub fn sse_of_uploads(provider: Provider, api: EncryptionApi) -> &'static str {
    use EncryptionApi::{Absent, Answers, InUse};
    match provider {
        Provider::Abci3 | Provider::Garage if api == InUse => {
            "This bucket has a default encryption, so this is not the storage it was taken for: what HEAD shows counts."
        }
        Provider::Abci3 => NO_SSE_HERE,
        Provider::Abci2 if matches!(api, Answers | InUse) => {
            "This storage takes a wish for SSE-S3 (Scality 7.10 or later). What HEAD shows afterwards counts, and is shown."
        }
        Provider::Abci2 if api == Absent => {
            "This storage refuses (501) to encrypt single files on request: a bucket encrypts all or nothing, as it was \
            created. Create an encrypted bucket, or encrypt in the browser (CSE)."
        }
        Provider::Abci2 => {
            "Until 2022 this storage encrypted whole buckets only, as they were created. “Check with HEAD” finds out which \
            kind it is."
        }
        Provider::Garage => {
            "This storage encrypts only with a key you send (SSE-C); it takes a wish for SSE-S3 and ignores it."
        }
        Provider::Ceph => {
            "Ceph before 17.2 takes a wish for SSE-S3 and ignores it. What HEAD shows afterwards counts, and is shown."
        }
        Provider::Minio => "Without a KMS this storage refuses SSE-S3 and SSE-KMS (501). SSE-C needs https.",
        Provider::SeaweedFs => "SSE-KMS needs a key ID here. What HEAD shows afterwards counts, and is shown.",
        Provider::Aws | Provider::Other => "What HEAD shows after the upload counts, and is shown.",
    }
}

/// What to do about a wish for SSE that was refused.
pub fn sse_refused(status: u16, kind: SseKind) -> &'static str {
    match (status, kind) {
        (403, SseKind::SseC) => {
            "Amazon refuses SSE-C in buckets made since April 2026 unless their owner allows it; a policy may refuse it too. \
            Ask the bucket's owner, or choose the bucket's default."
        }
        (403, SseKind::SseKms | SseKind::DsseKms) => {
            "Your access key may not use the KMS key. Ask for the right to it, or choose the bucket's default."
        }
        (403, _) => "The bucket's policy or your rights forbid it. Ask its owner, or choose the bucket's default.",
        (501 | 0, _) => {
            "It does not take this wish with an upload: Scality 7.4 (ABCI 2.0 until 2022) takes none, Scality no SSE-C, MinIO \
            nothing without a KMS. Choose the bucket's default; a check shows whether the bucket encrypts by itself."
        }
        (_, SseKind::SseKms | SseKind::DsseKms) => {
            "Check the KMS key ID and the encryption context, or choose the bucket's default."
        }
        _ => "Choose the bucket's default; a check shows whether the bucket encrypts by itself.",
    }
}

/// What a test object showed of the wish for new files.
pub fn wish_tried(kind: SseKind, shown: &SseState) -> String {
    let kind = sse_kind(kind);
    match shown {
        SseState::Unconfirmed if kind == sse_kind(SseKind::SseC) => format!(
            "The storage took a test object with {kind}, but gives it away without the key, or shows no sign of it. Do not rely on it."
        ),
        SseState::Unconfirmed => format!(
            "The storage took a test object with the wish for {kind}, but HEAD does not show that it was granted. Do not rely on it: \
            encrypt in the browser (CSE)."
        ),
        SseState::Hidden => format!(
            "The storage took a test object with the wish for {kind}; CORS hides from this page whether it was granted."
        ),
        state => format!("Confirmed by a test object: HEAD shows {}.", super::sse(state)),
    }
}

/// A step of making a bucket.
pub fn creation_step(step: CreationStep) -> &'static str {
    match step {
        CreationStep::Free => "See that the name is free",
        CreationStep::Create => "Create the bucket",
        CreationStep::Encrypt => "Set its default encryption",
        CreationStep::Cors => "Set its CORS rule for this page",
        CreationStep::Verify => "Look at a test object with HEAD, and remove it",
    }
}

/// Whether a step was done.
pub fn step_outcome(done: bool) -> &'static str {
    if done { "done" } else { "failed" }
}

/// What the new bucket turned out to be.
pub fn creation_verdict(bucket: &str, sse: &SseState) -> String {
    match sse {
        SseState::Unconfirmed => format!(
            "{bucket} is NOT confirmed to encrypt: the storage took the request, but HEAD shows nothing on a new object."
        ),
        SseState::Hidden => format!("{bucket} is there, but CORS hides the header that would tell. Set its CORS rule."),
        state if state.is_encrypted() => {
            format!("{bucket} encrypts: HEAD shows {} on a new object.", super::sse(state))
        }
        state => format!("{bucket}: {}.", super::sse(state)),
    }
}

/// What a probe is about.
pub fn cors_probe(probe: CorsProbe) -> String {
    match probe {
        CorsProbe::Method(method) => format!("{method} is allowed"),
        CorsProbe::RequestHeaders => "Headers of encrypted uploads may be sent".into(),
        CorsProbe::Errors => "Refusals can be read".into(),
        CorsProbe::Header(name) => format!("{name} is visible"),
        CorsProbe::Sse => "The SSE header is visible".into(),
        CorsProbe::Envelope => "Metadata of the S3 Encryption Client is visible".into(),
    }
}

/// Why it came out so.
pub fn cors_reason(reason: CorsReason) -> &'static str {
    match reason {
        CorsReason::Seen => "seen",
        CorsReason::RuleAllows => "by the bucket's rule",
        CorsReason::RuleLacks => "the bucket's rule does not name it",
        CorsReason::NotSeen => "every answer carries it, and this page does not see it",
        CorsReason::Blocked => "the browser kept the answer from this page",
        CorsReason::NoObject => "no object to look at",
        CorsReason::RulesUnreadable => "the bucket's rules cannot be read, and nothing else decides",
        CorsReason::NotChecked => "not tried",
        CorsReason::NoRuleMatches => "no rule of the bucket matches this page; something else lets it in",
    }
}

/// How an SSE state is known.
pub fn grounds(grounds: Grounds) -> &'static str {
    match grounds {
        Grounds::Shown => "HEAD shows it.",
        Grounds::ShownElsewhere => "HEAD of another object in this bucket showed the header, so it is visible here.",
        Grounds::KeyDemanded => "The storage refuses to read it without the key it was stored with.",
        Grounds::RuleExposes => "The bucket's CORS rule exposes the header, and it is not there.",
        Grounds::EverythingShown => "This storage exposes every header, and it is not there.",
        Grounds::RuleHides => "The bucket's CORS rule does not expose the header.",
        Grounds::NothingShown => "CORS shows this page not even the ETag.",
        Grounds::Nothing => "Neither the answer nor the CORS rules decide.",
    }
}

/// What a verdict on the bucket means.
pub fn bucket_meaning(judged: &BucketSse, echoes: bool) -> &'static str {
    match judged {
        BucketSse::All(SseState::Unconfirmed) if echoes => {
            "HEAD says that objects are encrypted, but this storage's HEAD repeats whatever it is told."
        }
        BucketSse::All(SseState::Unconfirmed) => {
            "The bucket claims to encrypt new objects, but HEAD does not show it on one that was stored a moment ago."
        }
        BucketSse::All(state) => super::sse_meaning(state),
        BucketSse::Empty => super::EMPTY_BUCKET,
        BucketSse::Mixed => super::MIXED_BUCKET,
    }
}

/// What to do about it.
pub fn bucket_next(judged: &BucketSse) -> &'static str {
    match judged {
        BucketSse::All(state) if state.is_encrypted() => {
            "Next: nothing has to be done. An audit tells whether that holds for every object."
        }
        BucketSse::All(SseState::None | SseState::Unconfirmed) => {
            "Next: encrypt in the browser (CSE), or create an encrypted bucket and copy the objects into it."
        }
        BucketSse::All(SseState::NotOffered) => "Next: encrypt in the browser (CSE).",
        BucketSse::All(SseState::Hidden) => "Next: see the CORS check below for the rule that shows it.",
        BucketSse::All(_) => "Next: create a test object, or see the CORS check below.",
        BucketSse::Empty => "Next: create a test object.",
        BucketSse::Mixed => "Next: audit all objects to find those that are not encrypted.",
    }
}

/// What the copying covers.
pub fn copy_scope(prefix: &str) -> String {
    if prefix.is_empty() {
        "All objects of this bucket are copied; the audit's field above narrows it down.".into()
    } else {
        format!("Only keys that start with “{prefix}” are copied (the audit's field above).")
    }
}

/// What the bucket says of itself.
pub fn default_encryption(claims: &Claims) -> Option<String> {
    Some(match claims.default.as_ref()? {
        Ok(Some(default)) => {
            let key = default
                .key_id
                .as_ref()
                .map(|id| format!(", key {id}"))
                .unwrap_or_default();
            format!(
                "Bucket default (GetBucketEncryption): {}{key}. It concerns new objects only.",
                default.algorithm
            )
        }
        Ok(None) => "Bucket default (GetBucketEncryption): none.".into(),
        Err(problem) => format!(
            "GetBucketEncryption gives no answer here: {}",
            super::problem(problem).0
        ),
    })
}

/// What was found in an earlier visit.
pub fn checked_before(date: &str, verdict: &str, by_test_object: bool) -> String {
    let how = if by_test_object {
        "a test object"
    } else {
        "some of its objects"
    };
    format!("Checked on {date}, by {how}: {verdict}. That was then; check again to know what is now.")
}

/// Where a long job stands.
pub fn audit_state(state: &AuditState, paused: bool, looked: u64, listed: u64) -> String {
    let (looked, listed) = (format::count(looked), format::count(listed));
    let how = match state {
        AuditState::Running if paused => "Paused: ",
        AuditState::Running => "Looking: ",
        AuditState::Done => "Done: ",
        AuditState::Cancelled => "Stopped: ",
        AuditState::Failed(_) => "Ended: ",
    };
    format!("{how}{looked} of {listed} objects looked at.")
}

/// What was seen of objects, in words.
pub fn seen(seen: &Seen) -> String {
    match seen {
        Seen::Layers(sse, CseState::None) if *sse == SseState::None => "Encrypted by nobody".into(),
        Seen::Layers(sse, cse) => {
            let client = match cse {
                CseState::None => "not by a client",
                CseState::Hidden => "client side hidden by CORS",
                CseState::Unknown => "client side unknown",
                cse => super::cse(*cse),
            };
            format!("{}, {client}", super::sse(sse))
        }
        Seen::Unreadable(why) => why.clone(),
    }
}

/// So many of all: the number, and percent that never say 0 or 100 of what is there or missing.
pub fn share(count: u64, all: u64) -> String {
    let percent = match count * 100 / all.max(1) {
        0 if count > 0 => "under 1".to_owned(),
        percent => percent.to_string(),
    };
    format!("{} ({percent} %)", format::count(count))
}

/// That there are more exceptions than shown.
pub fn more_exceptions(shown: usize, all: u64) -> String {
    format!(
        "The first {} of {}. The saved files have them all.",
        format::count(shown as u64),
        format::count(all)
    )
}

/// What became of a copy.
pub fn copy_outcome(outcome: &CopyOutcome) -> String {
    match outcome {
        CopyOutcome::Verified => "copied and verified".into(),
        CopyOutcome::Exists => "is there already; left alone".into(),
        CopyOutcome::TooLarge => "larger than 5 GiB, which no storage copies in one request; use the command below".into(),
        CopyOutcome::MetadataHidden => {
            "copied and encrypted, but CORS hides from this page whether its metadata came along: apply the CORS rule to the new \
            bucket, then compare"
                .into()
        }
        CopyOutcome::Differs(what) => format!("copied, but its {what} differs: do not rely on it"),
        CopyOutcome::Failed(problem) => super::problem(problem).0,
    }
}

/// How far the copying is.
pub fn copied(verified: usize, others: usize, state: &AuditState) -> String {
    let how = match state {
        AuditState::Running => "Copying: ",
        AuditState::Done => "Done: ",
        AuditState::Cancelled => "Stopped: ",
        AuditState::Failed(_) => "Ended: ",
    };
    format!("{how}{verified} copied and verified, {others} not.")
}

/// A question of the diagnosis.
pub fn diagnosis(question: DiagnosisQuestion) -> &'static str {
    match question {
        DiagnosisQuestion::Online => "This computer is online",
        DiagnosisQuestion::NotMixed => "The browser may talk to that endpoint (no http from https)",
        DiagnosisQuestion::Answers => "Something answers there (name, port, certificate)",
        DiagnosisQuestion::Clock => "This computer's clock agrees with this page's server",
        DiagnosisQuestion::BucketReadable => "This page may read answers about this bucket (name and CORS)",
        DiagnosisQuestion::SignedReadable => "The signed request is answered readably (key, secret, clock)",
    }
}

/// Yes, no, or nobody can tell.
pub fn outcome(ok: Option<bool>) -> &'static str {
    match ok {
        Some(true) => "ok",
        Some(false) => "missing",
        None => "unknown",
    }
}
