//! Data keys from AWS KMS, asked with the credentials of the connection.

use std::rc::Rc;
use std::time::{Duration, SystemTime};

use ::http::Request;
use bytes::Bytes;
use zeroize::Zeroizing;

use super::engine::Engine;
use super::kms_keys::KmsKey;
use super::session::Session;
use super::{KmsId, KmsInfo, Problem};
use crate::kms::{DataKeyAnswer, Decrypt, GenerateDataKey, KmsEndpoint, KmsError, KmsErrorKind};
use crate::platform::abort::Abort;
use crate::platform::http::{self, HttpError};
use crate::platform::{clock, page};
use crate::s3::{Credentials, SignError, seconds_ahead};

const TIMEOUT: Duration = Duration::from_secs(30);

impl KmsKey {
    /// A fresh data key bound to these pairs.
    pub(super) async fn generate<'c>(
        &self,
        session: &Session,
        context: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> Result<DataKeyAnswer, Problem> {
        let context: Vec<_> = context.into_iter().collect();
        let key_id = &self.info.key_id;
        let ask = GenerateDataKey { key_id };
        let answer = self.send(session, |credentials, time| {
            ask.signed(context.iter().copied(), &self.endpoint, credentials, time)
        });
        let answer = answer.await?;
        match &self.info.arn {
            // The person saw the one it stood for.
            Some(arn) if *arn != answer.key_arn => Err(Problem::KmsRefused {
                code: String::new(),
                message: "the alias stands for another key by now".to_owned(),
            }),
            _ => Ok(answer),
        }
    }

    /// The data key that KMS wrapped with this key, under these pairs.
    async fn decrypt(
        &self,
        session: &Session,
        ciphertext_blob: &[u8],
        context: &[(&str, &str)],
    ) -> Result<DataKeyAnswer, Problem> {
        let ask = Decrypt {
            key_id: Some(&self.info.key_id),
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
            _ if !page::is_online() => Problem::Offline,
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
    /// Holds this KMS key from now on: for new files too when it gives a data key, else to open objects only.
    pub(super) async fn use_kms(&self, endpoint: &str, region: &str, key_id: &str) -> Result<KmsInfo, Problem> {
        let session = self.session().map_err(|_| Problem::Missing { field: "connection" })?;
        let endpoint = KmsEndpoint::new(endpoint, region.trim()).ok_or(Problem::BadEndpoint {
            endpoint: endpoint.to_owned(),
        })?;
        let key_id = key_id.trim().to_owned();
        if key_id.is_empty() {
            return Err(Problem::Missing { field: "KMS key ID" });
        }
        let info = KmsInfo {
            key_id,
            ..KmsInfo::default()
        };
        let mut key = KmsKey { endpoint, info };
        match key.generate(&session, [("sealdrop", "check")]).await {
            Ok(answer) => {
                key.info.arn = Some(answer.key_arn.clone());
                key.info.writes = true;
            }
            // Whoever has nothing but kms:Decrypt reads with it.
            Err(Problem::KmsRefused { code, .. }) if code == "AccessDeniedException" => {}
            Err(problem) => return Err(problem),
        }
        Ok(self.kms.borrow_mut().hold(key))
    }

    /// The KMS key with this id.
    pub(super) fn kms_key(&self, id: KmsId) -> Result<Rc<KmsKey>, Problem> {
        self.kms.borrow().get(id).ok_or(Problem::NoKey)
    }

    /// The data key, by one of the KMS keys held that may be the one with this ARN (empty where the object does not name it);
    /// `None` if there is none. As the official keyrings do, only keys that were chosen are asked for: who writes an object
    /// could name a key of his own.
    pub(super) async fn unwrap_by_kms(
        &self,
        session: &Session,
        arn: &str,
        ciphertext_blob: &[u8],
        context: impl Iterator<Item = (&str, &str)>,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, Problem> {
        let context: Vec<_> = context.collect();
        let keys = self.kms.borrow().that_may_be(arn);
        let mut refused = None;
        for key in keys {
            match key.decrypt(session, ciphertext_blob, &context).await {
                Ok(answer) => return Ok(Some(answer.plaintext)),
                Err(problem) => refused = Some(telling(refused, problem)),
            }
        }
        refused.map_or(Ok(None), Err)
    }
}

/// Of two refusals the one that tells more: not that another key wrapped it.
pub(super) fn telling(before: Option<Problem>, problem: Problem) -> Problem {
    before
        .filter(|before| !matches!(before, Problem::KeyNeeded { .. }))
        .unwrap_or(problem)
}
