//! What all operations have in common.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderName, Method, Request, Response, Uri};

use super::{Bucket, Credentials, KeyError, Payload, S3Error, SignError, Signer, sign_headers, sign_query};

/// How long a query-signed URL is good for: as long as S3 tolerates a clock that is off, so that a slow clock does
/// not make URLs that are born expired.
pub const QUERY_EXPIRES: Duration = Duration::from_secs(15 * 60);

/// Where a request carries its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// In the query: reads, which then need no CORS preflight.
    Query,
    /// In headers: everything else.
    Headers(Payload),
}

/// One S3 request as a value: it makes the HTTP request and reads the answer, and does nothing in between.
pub trait Operation {
    /// What a good answer says.
    type Output;

    /// AWS's name, such as `PutObject`.
    const NAME: &'static str;

    /// The request without a signature.
    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError>;

    /// How it is to be signed.
    fn signing(&self) -> Signing;

    /// Reads the whole answer, refusals included.
    fn output(&self, response: &Response<Bytes>) -> Result<Self::Output, S3Error>;

    /// The request as it is sent. Sign every attempt afresh.
    fn signed(
        &self,
        bucket: &Bucket,
        credentials: &Credentials,
        time: SystemTime,
    ) -> Result<Request<Bytes>, RequestError> {
        let request = self.request(bucket)?;
        let signer = Signer {
            credentials,
            region: bucket.region(),
            time,
        };
        Ok(match self.signing() {
            Signing::Query => sign_query(request, QUERY_EXPIRES, &signer)?,
            Signing::Headers(payload) => sign_headers(request, payload, &signer)?,
        })
    }
}

/// Why there is no request to send. Never carries a value that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The object key cannot be sent.
    Key(KeyError),
    /// Part numbers are 1 to 10000.
    PartNumber(u32),
    /// No parts, or not in ascending order.
    Parts,
    /// An empty byte range.
    EmptyRange,
    /// A header's value is not visible ASCII, or a metadata name is no header name.
    Header(String),
    /// Prefix, token or upload id are too long for a URL.
    QueryTooLong,
    /// No signature.
    Sign(SignError),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RequestError::Key(error) => error.fmt(f),
            RequestError::PartNumber(number) => write!(f, "{number} is not a part number from 1 to 10000"),
            RequestError::Parts => f.write_str("the list of parts is empty or out of order"),
            RequestError::EmptyRange => f.write_str("the byte range is empty"),
            RequestError::Header(name) => write!(f, "the header {name} cannot be sent"),
            RequestError::QueryTooLong => f.write_str("the request does not fit into a URL"),
            RequestError::Sign(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RequestError {}

impl From<KeyError> for RequestError {
    fn from(error: KeyError) -> Self {
        RequestError::Key(error)
    }
}

impl From<SignError> for RequestError {
    fn from(error: SignError) -> Self {
        RequestError::Sign(error)
    }
}

/// Sets a header to visible ASCII. Anything else would be signed in one encoding and sent in another.
pub(super) fn set_header<B>(request: &mut Request<B>, name: &str, value: &str) -> Result<(), RequestError> {
    let refused = || RequestError::Header(name.to_owned());
    let header = HeaderName::try_from(name).map_err(|_| refused())?;
    if !value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err(refused());
    }
    request
        .headers_mut()
        .insert(header, value.try_into().map_err(|_| refused())?);
    Ok(())
}

/// User metadata as `x-amz-meta-…` headers.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata>
pub(super) fn set_metadata<B>(request: &mut Request<B>, metadata: &[(String, String)]) -> Result<(), RequestError> {
    for (name, value) in metadata {
        set_header(request, &format!("x-amz-meta-{}", name.to_ascii_lowercase()), value)?;
    }
    Ok(())
}

/// A request without headers and body.
pub(super) fn plain_request(method: Method, uri: Uri) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    request
}
