//! Making a bucket that encrypts, and believing it only when a test object shows it.

use std::rc::Rc;

use super::super::engine::Engine;
use super::super::session::Session;
use super::super::{Event, Problem, bucket_check};
use super::{Creation, CreationPlan, CreationStep, StorageEvent, claims};
use crate::platform::abort::Abort;
use crate::platform::page;
use crate::s3::{
    CreateBucket, EncryptedCreation, EncryptionApi, HeadBucket, PutBucketCors, PutBucketEncryption, SseKind,
    SseRequest, recommended_rule,
};

/// Runs all steps; each is told as it ends. A step that fails ends it, except CORS: without it the rest may still work.
pub(super) async fn create(engine: &Engine, session: &Session, plan: CreationPlan) {
    let mut creation = begin(plan);
    let outcome = steps(engine, session, &mut creation).await;
    finish(engine, session, creation, outcome);
}

/// The last step alone, for a bucket that was made by a command.
pub(super) async fn verify(engine: &Engine, session: &Session, plan: CreationPlan) {
    let mut creation = begin(plan);
    let outcome = async {
        let new = session.sibling(&creation.plan.bucket)?;
        verify_in(engine, &new, &mut creation).await
    };
    let outcome = outcome.await.map_err(|problem| match problem {
        Problem::Unreachable { .. } => (
            CreationStep::Verify,
            Problem::NewBucketUnreadable {
                bucket: creation.plan.bucket.clone(),
            },
        ),
        problem => (CreationStep::Verify, problem),
    });
    finish(engine, session, creation, outcome);
}

fn begin(plan: CreationPlan) -> Creation {
    Creation {
        plan,
        steps: Vec::new(),
        sse: None,
        finished: false,
    }
}

fn finish(engine: &Engine, session: &Session, mut creation: Creation, outcome: Result<(), (CreationStep, Problem)>) {
    if let Err((step, problem)) = outcome {
        creation.steps.push((step, Err(problem)));
    }
    creation.finished = true;
    tell(engine, session, &creation);
}

fn tell(engine: &Engine, session: &Session, creation: &Creation) {
    engine.tell(
        session,
        Event::Storage(StorageEvent::Creating(Rc::new(creation.clone()))),
    );
}

async fn steps(engine: &Engine, session: &Session, creation: &mut Creation) -> Result<(), (CreationStep, Problem)> {
    use CreationStep::{Cors, Create, Encrypt, Free, Verify};
    let plan = creation.plan.clone();
    let done = |creation: &mut Creation, step| {
        creation.steps.push((step, Ok(())));
        tell(engine, session, creation);
    };
    tell(engine, session, creation);
    let new = session.sibling(&plan.bucket).map_err(|problem| (Free, problem))?;
    // Some storages answer 200 to the creation of a bucket one has, and everything after would change that one.
    match new.call_once(&HeadBucket, "", &Abort::new()).await {
        Err(Problem::NoSuchBucket { .. }) => done(creation, Free),
        Ok(_) | Err(Problem::AccessDenied { .. } | Problem::WrongRegion { .. }) => {
            return Err((Free, Problem::BucketExists { bucket: plan.bucket }));
        }
        Err(Problem::Unreachable { .. }) => return Err((Free, Problem::BrowserCannotCreate)),
        Err(problem) => return Err((Free, problem)),
    }
    let scality = plan.how == EncryptedCreation::ScalityHeader;
    // On Scality 7.4 a bucket made plain stays plain for good: find out before, not after.
    if !scality && claims(session).await.api() == EncryptionApi::Absent {
        return Err((Free, Problem::NoBucketDefaults));
    }
    let default = plan.default_encryption();
    let create = CreateBucket {
        location: plan.location(),
        scality_algorithm: scality.then(|| default.algorithm.clone()),
    };
    new.call_once(&create, "", &Abort::new())
        .await
        .map_err(|problem| match problem {
            Problem::Unreachable { .. } => (Create, Problem::BrowserCannotCreate),
            problem => (Create, problem),
        })?;
    done(creation, Create);
    if !scality {
        let encrypt = PutBucketEncryption(default);
        let encrypted = new.call(&encrypt, "", &Abort::new()).await;
        // The bucket is there: what it is, the test object tells.
        creation.steps.push((Encrypt, encrypted));
        tell(engine, session, creation);
    }
    let cors = PutBucketCors(vec![recommended_rule(&page::origin())]);
    let cors = new.call_once(&cors, "", &Abort::new()).await;
    creation.steps.push((Cors, cors));
    tell(engine, session, creation);
    verify_in(engine, &new, creation)
        .await
        .map_err(|problem| (Verify, problem))
}

/// 200 and plain is caught here.
async fn verify_in(engine: &Engine, new: &Session, creation: &mut Creation) -> Result<(), Problem> {
    let facts = bucket_check::try_out(engine, new).await?;
    let asked = if creation.plan.kind.has_kms_key() {
        SseRequest::SseKms {
            key_id: None,
            context: None,
            dsse: creation.plan.kind == SseKind::DsseKms,
        }
    } else {
        SseRequest::SseS3
    };
    creation.sse = Some(asked.confirmed(facts.sse));
    creation.steps.push((CreationStep::Verify, Ok(())));
    Ok(())
}
