//! Data keys from AWS KMS, asked with the credentials of the connection.

use std::time::Duration;

use ::http::Request;
use bytes::Bytes;

use super::Problem;
use super::session::Session;
use crate::kms::{DataKeyAnswer, Decrypt, GenerateDataKey, KmsEndpoint, KmsErrorKind};
use crate::platform::abort::Abort;
use crate::platform::http::{self, HttpError};
use crate::s3::SignError;

const TIMEOUT: Duration = Duration::from_secs(30);

/// The KMS key new files are encrypted under, and where KMS is.
pub(super) struct KmsKey {
    pub(super) endpoint: KmsEndpoint,
    /// Id, ARN or alias.
    pub(super) key_id: String,
    /// Its ARN, as KMS told it.
    pub(super) arn: String,
}

impl KmsKey {
    /// A fresh data key bound to these pairs.
    pub(super) async fn generate<'c>(
        &self,
        session: &Session,
        context: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> Result<DataKeyAnswer, Problem> {
        let ask = GenerateDataKey { key_id: &self.key_id };
        let request = session.for_kms(|credentials, time| ask.signed(context, &self.endpoint, credentials, time));
        self.send(request).await
    }

    /// The data key that KMS wrapped, under these pairs. `key_id`: the key that must have wrapped it, where known.
    pub(super) async fn decrypt<'c>(
        &self,
        session: &Session,
        ciphertext_blob: &[u8],
        key_id: Option<&str>,
        context: impl IntoIterator<Item = (&'c str, &'c str)>,
    ) -> Result<DataKeyAnswer, Problem> {
        let ask = Decrypt {
            key_id,
            ciphertext_blob,
        };
        let request = session.for_kms(|credentials, time| ask.signed(context, &self.endpoint, credentials, time));
        self.send(request).await
    }

    async fn send(&self, request: Result<Request<Bytes>, SignError>) -> Result<DataKeyAnswer, Problem> {
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
        DataKeyAnswer::read(&answer).map_err(|error| match error.kind() {
            KmsErrorKind::InvalidCiphertext => Problem::NotAuthentic,
            KmsErrorKind::OtherKey => Problem::KeyNeeded {
                needed: Some("of AWS KMS that wrapped it".to_owned()),
            },
            KmsErrorKind::Credentials => Problem::WrongSecret,
            KmsErrorKind::Transient => Problem::ServerBusy { status: error.status },
            _ => Problem::KmsRefused {
                code: error.code,
                message: error.message,
            },
        })
    }
}
