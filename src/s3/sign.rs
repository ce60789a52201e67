//! SigV4 signatures, over the crate `aws-sigv4`.
//!
//! S3 differs from other services: the path is percent-encoded once and not normalised, and the payload's hash, or
//! `UNSIGNED-PAYLOAD`, is part of the signature.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html>

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SessionTokenMode, SignableBody, SignableRequest, SignatureLocation,
    SigningInstructions, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri};

use super::Credentials;
use super::encoding::encode_query;

/// Who signs, for which region, and at what time.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The keys.
    pub credentials: &'a Credentials,
    /// SigV4 region.
    pub region: &'a str,
    /// Now. In the browser: `UNIX_EPOCH` and what `Date.now()` says; S3 refuses more than 15 minutes of difference.
    pub time: SystemTime,
}

/// What the signature says about the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Its SHA-256: for bodies that are in the request.
    Hashed,
    /// `UNSIGNED-PAYLOAD`: for bodies that the browser holds.
    Unsigned,
    /// This SHA-256: for bodies that the browser holds and that were hashed there.
    Digested([u8; 32]),
}

/// Why a request cannot be signed. Never carries a header's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignError {
    /// The URI has no host.
    NoHost,
    /// Only GET and HEAD are signed in the query: anything else causes a preflight anyway.
    Method(Method),
    /// A header that S3 wants to see signed, on a request that is signed in the query.
    HeaderInQuerySigning(HeaderName),
    /// A header's value is not visible ASCII.
    Header(HeaderName),
    /// Key id, token or region are empty or hold characters that cannot be sent.
    Credentials,
    /// URL, key id, token and region together do not fit into a URL.
    TooLong,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SignError::NoHost => f.write_str("the request has no host"),
            SignError::Method(method) => write!(f, "{method} is not signed in the query"),
            SignError::HeaderInQuerySigning(name) => write!(f, "{name} must be signed, and the query cannot do that"),
            SignError::Header(name) => write!(f, "{name} holds characters that cannot be signed"),
            SignError::TooLong => f.write_str("the signed request would be too long"),
            SignError::Credentials => f.write_str("the credentials hold characters that cannot be sent"),
        }
    }
}

impl std::error::Error for SignError {}

/// Adds `x-amz-date`, `x-amz-content-sha256`, `authorization` and, for temporary keys, `x-amz-security-token`.
///
/// Every header that the request has is signed with it; none may be added later but those browsers add.
pub fn sign_headers(
    mut request: Request<Bytes>,
    payload: Payload,
    signer: &Signer<'_>,
) -> Result<Request<Bytes>, SignError> {
    let mut headers = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(|_| SignError::Header(name.clone()))?;
        headers.push((name.as_str(), value));
    }
    let body = match payload {
        Payload::Hashed => SignableBody::Bytes(request.body()),
        Payload::Unsigned => SignableBody::UnsignedPayload,
        Payload::Digested(sum) => SignableBody::Precomputed(sum.iter().map(|byte| format!("{byte:02x}")).collect()),
    };
    let mut settings = settings(SignatureLocation::Headers);
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let instructions = instructions(&request, headers, body, settings, S3, signer)?;
    let (added, _) = instructions.into_parts();
    add_headers(&mut request, added.iter().map(|header| (header.name(), header.value())))?;
    Ok(request)
}

fn add_headers<'h>(
    request: &mut Request<Bytes>,
    added: impl Iterator<Item = (&'static str, &'h str)>,
) -> Result<(), SignError> {
    for (name, value) in added {
        let mut value = HeaderValue::from_str(value).map_err(|_| SignError::Credentials)?;
        value.set_sensitive(true);
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(())
}

/// Signs a request to another service of AWS, whose body is in the request: `x-amz-date`, `authorization` and, for
/// temporary keys, `x-amz-security-token`.
pub fn sign_json(mut request: Request<Bytes>, service: &str, signer: &Signer<'_>) -> Result<Request<Bytes>, SignError> {
    let mut headers = Vec::with_capacity(request.headers().len());
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(|_| SignError::Header(name.clone()))?;
        headers.push((name.as_str(), value));
    }
    let settings = settings(SignatureLocation::Headers);
    let body = SignableBody::Bytes(request.body());
    let (added, _) = instructions(&request, headers, body, settings, service, signer)?.into_parts();
    add_headers(&mut request, added.iter().map(|header| (header.name(), header.value())))?;
    Ok(request)
}

/// Puts the signature into the query of a GET or HEAD, so that a browser sends it without asking first (preflight).
///
/// No header is added, and none is signed but `host`. Headers that the request has stay unsigned: `Range` with
/// one range needs no preflight, `If-Match` does. `x-amz-…` headers would have to be signed and are refused.
/// The URL is as good as a credential until `expires` (whole seconds, at most seven days) has passed.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>
pub fn sign_query(
    mut request: Request<Bytes>,
    expires: Duration,
    signer: &Signer<'_>,
) -> Result<Request<Bytes>, SignError> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Err(SignError::Method(request.method().clone()));
    }
    if let Some(name) = request
        .headers()
        .keys()
        .find(|name| name.as_str().starts_with("x-amz-"))
    {
        return Err(SignError::HeaderInQuerySigning(name.clone()));
    }
    let mut settings = settings(SignatureLocation::QueryParams);
    settings.expires_in = Some(expires);
    let instructions = instructions(
        &request,
        Vec::new(),
        SignableBody::UnsignedPayload,
        settings,
        S3,
        signer,
    )?;
    let (_, added) = instructions.into_parts();
    let mut uri = request.uri().to_string();
    for (name, value) in added {
        uri.push(if uri.contains('?') { '&' } else { '?' });
        uri.push_str(name);
        uri.push('=');
        uri.push_str(&encode_query(&value));
    }
    *request.uri_mut() = Uri::try_from(uri).map_err(|_| SignError::TooLong)?;
    Ok(request)
}

/// Service name in the signature.
const S3: &str = "s3";

/// Longest URI of the crate `http`.
const MAX_URI_BYTES: usize = 65_534;

/// More than the names, dates and hashes that a query signature adds.
const FIXED_QUERY_BYTES: usize = 512;

fn settings(location: SignatureLocation) -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.signature_location = location;
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.session_token_mode = SessionTokenMode::Include;
    settings
}

fn instructions(
    request: &Request<Bytes>,
    headers: Vec<(&str, &str)>,
    body: SignableBody<'_>,
    settings: SigningSettings,
    service: &str,
    signer: &Signer<'_>,
) -> Result<SigningInstructions, SignError> {
    // The crate takes the authority for granted.
    if request.uri().host().is_none_or(str::is_empty) {
        return Err(SignError::NoHost);
    }
    let Signer {
        credentials,
        region,
        time,
    } = *signer;
    // The crate panics on a header that cannot be written: check what goes into one, region included.
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    let token = credentials.session_token.as_deref();
    if !plain(&credentials.access_key_id) || !plain(region) || !token.is_none_or(plain) {
        return Err(SignError::Credentials);
    }
    // The crate panics as well on a URL that becomes longer than a URI may be; encoding makes three bytes of one.
    let uri = request.uri().to_string();
    let variable = uri.len() + credentials.access_key_id.len() + token.map_or(0, str::len) + region.len();
    if 3 * variable + FIXED_QUERY_BYTES > MAX_URI_BYTES {
        return Err(SignError::TooLong);
    }
    // The crate's own copy is wiped on drop, too.
    let identity = AwsCredentials::new(
        &credentials.access_key_id,
        &credentials.secret_access_key,
        credentials.session_token.clone(),
        None,
        "sealdrop",
    )
    .into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(time)
        .settings(settings)
        .build()
        .expect("every field is set above")
        .into();
    let request = SignableRequest::new(request.method().as_str(), uri, headers.into_iter(), body)
        .map_err(|_| SignError::NoHost)?;
    let (instructions, _) = sign(request, &params).map_err(|_| SignError::Credentials)?.into_parts();
    Ok(instructions)
}
