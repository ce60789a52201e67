//! Data keys from AWS KMS, asked with the credentials of the connection.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use ::http::Request;
use bytes::Bytes;

use super::engine::Engine;
use super::session::Session;
use super::{Event, Problem};
use crate::kms::{DataKeyAnswer, Decrypt, GenerateDataKey, KmsEndpoint, KmsError, KmsErrorKind};
use crate::platform::abort::Abort;
use crate::platform::clock;
use crate::platform::http::{self, HttpError};
use crate::s3::{Credentials, SignError, seconds_ahead};

const TIMEOUT: Duration = Duration::from_secs(30);

/// The KMS key that was chosen, and where KMS is.
pub(super) struct KmsKey {
    pub(super) endpoint: KmsEndpoint,
    /// Id, ARN or alias.
    pub(super) key_id: String,
    /// Its ARN, as KMS told it; where these credentials may not make data keys with it, nobody did.
    pub(super) arn: Option<String>,
}

impl KmsKey {
    /// What KMS is asked with.
    pub(super) fn id(&self) -> &str {
        self.arn.as_deref().unwrap_or(&self.key_id)
    }

    /// Whether the key with this ARN may be the one that was chosen. Which one an alias stands for only KMS knows, and it
    /// refuses every other.
    pub(super) fn may_be(&self, arn: &str) -> bool {
        let is_alias = self.key_id.starts_with("alias/") || self.key_id.contains(":alias/");
        match &self.arn {
            Some(own) => own == arn,
            None => is_alias || self.key_id == arn || arn.ends_with(&format!(":key/{}", self.key_id)),
        }
    }

    /// A fresh data key bound to these pairs.
    pub(super) async fn generate<'c>(
        &self,
        session: &Session,
        context: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> Result<DataKeyAnswer, Problem> {
        let context: Vec<_> = context.into_iter().collect();
        let ask = GenerateDataKey { key_id: &self.key_id };
        self.send(session, |credentials, time| {
            ask.signed(context.iter().copied(), &self.endpoint, credentials, time)
        })
        .await
    }

    /// The data key that KMS wrapped, under these pairs. `key_id`: the key that must have wrapped it, where known.
    pub(super) async fn decrypt<'c>(
        &self,
        session: &Session,
        ciphertext_blob: &[u8],
        key_id: Option<&str>,
        context: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> Result<DataKeyAnswer, Problem> {
        let context: Vec<_> = context.into_iter().collect();
        let ask = Decrypt {
            key_id,
            ciphertext_blob,
        };
        self.send(session, |credentials, time| {
            ask.signed(context.iter().copied(), &self.endpoint, credentials, time)
        })
        .await
    }

    /// Sends, and once more where KMS says what the time is: it takes five minutes, where S3 takes fifteen.
    async fn send(
        &self,
        session: &Session,
        sign: impl Fn(&Credentials, SystemTime) -> Result<Request<Bytes>, SignError>,
    ) -> Result<DataKeyAnswer, Problem> {
        let signed = session.clock_ahead_seconds();
        match self.send_once(session.for_kms(&sign)).await {
            Err(Problem::KmsClockOff { seconds }) if session.correct_clock(signed, seconds) => {
                self.send_once(session.for_kms(&sign)).await
            }
            outcome => outcome,
        }
    }

    async fn send_once(&self, request: Result<Request<Bytes>, SignError>) -> Result<DataKeyAnswer, Problem> {
        let request = request.map_err(|error| Problem::KmsRefused {
            code: "not sent".into(),
            message: error.to_string(),
        })?;
        let answer = http::send(request, &Abort::new(), TIMEOUT).await;
        let answer = answer.map_err(|error| match error {
            HttpError::Aborted => Problem::Cancelled,
            _ => Problem::KmsUnreachable {
                endpoint: self.endpoint.url(),
            },
        })?;
        DataKeyAnswer::read(&answer).map_err(refused)
    }
}

fn refused(error: KmsError) -> Problem {
    match (error.kind(), error.server_time()) {
        (KmsErrorKind::Clock, Some(time)) => Problem::KmsClockOff {
            seconds: seconds_ahead(clock::system_time(), time),
        },
        (KmsErrorKind::InvalidCiphertext, _) => Problem::NotAuthentic,
        (KmsErrorKind::OtherKey, _) => Problem::KeyNeeded {
            needed: Some("of AWS KMS that wrapped it".to_owned()),
        },
        (KmsErrorKind::Credentials, _) => Problem::WrongSecret,
        (KmsErrorKind::Transient, _) => Problem::ServerBusy { status: error.status },
        _ => Problem::KmsRefused {
            code: error.code,
            message: error.message,
        },
    }
}

impl Engine {
    /// Takes this KMS key into use: for new files too when it gives a data key, else to open objects only.
    pub(super) async fn use_kms(&self, endpoint: &str, region: &str, key_id: &str) -> Result<Event, Problem> {
        let session = self.session().map_err(|_| Problem::Missing { field: "connection" })?;
        let endpoint = KmsEndpoint::new(endpoint, region.trim()).ok_or(Problem::BadEndpoint {
            endpoint: endpoint.to_owned(),
        })?;
        let key_id = key_id.trim().to_owned();
        if key_id.is_empty() {
            return Err(Problem::Missing { field: "KMS key ID" });
        }
        let mut key = KmsKey {
            endpoint,
            key_id,
            arn: None,
        };
        let event = match key.generate(&session, [("sealdrop", "check")]).await {
            Ok(answer) => {
                key.arn = Some(answer.key_arn.clone());
                Event::KmsReady(answer.key_arn)
            }
            // Whoever has nothing but kms:Decrypt reads with it.
            Err(Problem::KmsRefused { code, .. }) if code == "AccessDeniedException" => {
                Event::KmsReadsOnly(key.key_id.clone())
            }
            Err(problem) => return Err(problem),
        };
        self.kms.replace(Some(Rc::new(key)));
        Ok(event)
    }

    /// The KMS key in use.
    pub(super) fn kms(&self) -> Option<Rc<KmsKey>> {
        self.kms.borrow().clone()
    }
}
