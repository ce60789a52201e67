//! From intent to loop.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use super::super::engine::Engine;
use super::super::session::Session;
use super::super::{Event, look};
use super::audit::Reins;
use super::{StorageEvent, StorageIntent, audit, copy, cors, create, wish};
use crate::s3::SseRequest;

/// The long jobs under way.
#[derive(Default)]
pub(in crate::driver) struct StorageJobs {
    audit: RefCell<Rc<Reins>>,
    copy: RefCell<Rc<Reins>>,
}

impl StorageJobs {
    /// Ends them.
    pub(in crate::driver) fn cancel(&self) {
        self.audit.borrow().cancelled.set(true);
        self.copy.borrow().cancelled.set(true);
    }
}

/// Carries out an intent.
pub(in crate::driver) fn take(engine: Rc<Engine>, intent: StorageIntent) {
    let Ok(session) = engine.session() else {
        return;
    };
    let jobs = &engine.storage;
    match intent {
        StorageIntent::AuditPaused(paused) => jobs.audit.borrow().paused.set(paused),
        StorageIntent::AuditCancelled => jobs.audit.borrow().cancelled.set(true),
        StorageIntent::CopyCancelled => jobs.copy.borrow().cancelled.set(true),
        StorageIntent::UploadWith(kind, sse) => spawn_local(async move {
            let outcome = match sse {
                SseRequest::BucketDefault => Ok(None),
                ref asked => wish::try_out(&engine, &session, asked).await.map(Some),
            };
            if outcome.is_ok() {
                session.set_upload_sse(sse);
            }
            engine.tell(&session, Event::Storage(StorageEvent::UploadWith { kind, outcome }));
        }),
        StorageIntent::UseCustomerKey { object, key } => spawn_local(async move {
            let looked = match session.use_customer_key(&object, &key).await {
                Ok(()) => look::facts(&engine, &session, &object, look::Beside::Unknown).await,
                Err(problem) => Err(problem),
            };
            let event = match looked {
                Ok(facts) => Event::Looked(Rc::new(facts)),
                Err(problem) => Event::LookFailed { key: object, problem },
            };
            engine.tell(&session, event);
        }),
        StorageIntent::CheckCors { full } => {
            spawn_local(async move { tell_cors(&engine, &session, cors::check(&session, full, false).await) });
        }
        StorageIntent::ApplyCors(shown) => {
            spawn_local(async move { tell_cors(&engine, &session, cors::apply(&session, &shown).await) });
        }
        StorageIntent::CreateEncrypted(plan) => {
            spawn_local(async move { create::create(&engine, &session, plan).await });
        }
        StorageIntent::VerifyBucket(plan) => spawn_local(async move { create::verify(&engine, &session, plan).await }),
        StorageIntent::Audit { prefix } => {
            jobs.audit.borrow().cancelled.set(true);
            let reins = jobs.audit.replace(Rc::default());
            drop(reins);
            let reins = jobs.audit.borrow().clone();
            spawn_local(async move { audit::audit(&engine, &session, prefix, reins).await });
        }
        StorageIntent::Copy { into, prefix } => {
            jobs.copy.borrow().cancelled.set(true);
            jobs.copy.replace(Rc::default());
            let reins = jobs.copy.borrow().clone();
            spawn_local(async move { copy::copy(&engine, &session, into, prefix, reins).await });
        }
    }
}

fn tell_cors(engine: &Engine, session: &Session, outcome: Result<super::CorsReport, super::Problem>) {
    let event = match outcome {
        Ok(report) => StorageEvent::CorsChecked(Rc::new(report)),
        Err(problem) => StorageEvent::CorsFailed(problem),
    };
    engine.tell(session, Event::Storage(event));
}
