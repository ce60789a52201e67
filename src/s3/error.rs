//! What storages say when they refuse.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http::Response;
use serde::Deserialize;

use super::{clock, xml};

/// A refusal, or an answer that makes no sense.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Error {
    /// HTTP status. May be a good one: S3 sometimes finds out late.
    pub status: u16,
    /// S3's code, such as `NoSuchKey`; empty where the answer has none (HEAD has no body).
    pub code: String,
    /// The storage's own words, or what was wrong with the answer; may be empty.
    pub message: String,
    /// `x-amz-request-id`, where visible.
    pub request_id: Option<String>,
    /// The storage's clock, where visible.
    pub server_time: Option<SystemTime>,
    /// Where the bucket is, if the storage says so.
    pub region: Option<String>,
    /// What was asked for, in the storage's words.
    pub resource: Option<String>,
    /// What we make of an answer that is no refusal.
    judged: Option<ErrorKind>,
}

/// What a refusal means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// No such bucket.
    NoSuchBucket,
    /// No such object.
    NoSuchKey,
    /// No such multipart upload: aborted, completed, or never there.
    NoSuchUpload,
    /// These credentials may not.
    AccessDenied,
    /// The object is archived, and was not restored.
    InvalidObjectState,
    /// The access key id is unknown.
    InvalidAccessKeyId,
    /// The secret does not fit, or something changed the request on its way.
    SignatureDoesNotMatch,
    /// The session token is over, or none.
    ExpiredToken,
    /// The clocks differ by more than 15 minutes.
    RequestTimeTooSkewed,
    /// Signed for one region, the bucket is in another: see [`S3Error::region`].
    WrongRegion,
    /// `If-Match` or `If-None-Match` did not hold.
    PreconditionFailed,
    /// Somebody else writes the same key right now.
    ConditionalRequestConflict,
    /// Larger than the storage takes.
    EntityTooLarge,
    /// The object has no such bytes; an empty object has none.
    InvalidRange,
    /// The object was stored with SSE-C: nothing is told without its key.
    CustomerKeyNeeded,
    /// The storage does not know this operation.
    NotImplemented,
    /// Too fast, or the storage is overloaded.
    Throttled,
    /// The storage is broken.
    Server,
    /// The request did not arrive in time, or not whole.
    RequestTimeout,
    /// The bucket is somewhere else.
    Redirect,
    /// The answer is not what S3 answers: [`S3Error::message`] says why.
    Malformed,
    /// The browser unpacked the body (Content-Encoding): the stored bytes are not to be had.
    Unpacked,
    /// See status, code and message.
    Other,
}

impl ErrorKind {
    /// Whether the same request may work a little later.
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            ErrorKind::Throttled | ErrorKind::Server | ErrorKind::RequestTimeout
        )
    }
}

impl S3Error {
    /// A refusal with this status, code and message.
    pub fn refused(status: u16, code: &str, message: &str) -> S3Error {
        S3Error {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            request_id: None,
            server_time: None,
            region: None,
            resource: None,
            judged: None,
        }
    }

    /// An answer that makes no sense.
    pub fn malformed(status: u16, detail: impl Into<String>) -> S3Error {
        S3Error {
            judged: Some(ErrorKind::Malformed),
            ..S3Error::refused(status, "", &detail.into())
        }
    }

    /// A good answer whose body the browser unpacked on the way.
    pub fn unpacked(status: u16) -> S3Error {
        S3Error {
            judged: Some(ErrorKind::Unpacked),
            ..S3Error::refused(status, "", "the body was unpacked on the way")
        }
    }

    /// Reads a refusal: XML if there is some, else what status and headers say.
    pub fn from_response(response: &Response<Bytes>) -> S3Error {
        let body = xml::text(response.body())
            .filter(|text| xml::root_name(text).as_deref() == Some("Error"))
            .and_then(|text| quick_xml::de::from_str::<ErrorBody>(text).ok())
            .unwrap_or_default();
        let header = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let filled = |text: String| (!text.is_empty()).then_some(text);
        let server_time = clock::parse_iso8601(&body.server_time).or_else(|| clock::date_header(response.headers()));
        S3Error {
            status: response.status().as_u16(),
            request_id: filled(body.request_id).or_else(|| header("x-amz-request-id")),
            server_time,
            region: filled(body.region)
                .or_else(|| header("x-amz-bucket-region"))
                .or_else(|| expected_region(&body.message)),
            resource: filled(body.resource),
            code: body.code,
            message: body.message,
            judged: None,
        }
    }

    /// The refusal of a HEAD, which cannot carry a code: a 404 means this one.
    pub(super) fn from_head(response: &Response<Bytes>, not_found: &str) -> S3Error {
        let mut error = S3Error::from_response(response);
        if error.status == 404 && error.code.is_empty() {
            not_found.clone_into(&mut error.code);
        }
        error
    }

    /// A read without any SSE header was answered 400 with words about encryption: Amazon says `InvalidRequest` ("stored
    /// using a form of Server Side Encryption"), Ceph and SeaweedFS `InvalidArgument` ("Customer provided keys").
    fn demands_customer_key(&self) -> bool {
        let words = self.message.to_ascii_lowercase();
        self.status == 400
            && matches!(self.code.as_str(), "InvalidRequest" | "InvalidArgument")
            && (words.contains("customer provided key")
                || words.contains("stored using a form of server side encryption"))
    }

    /// A request that was signed in the query is too early or too late: 403 `AccessDenied`, as if the credentials were at
    /// fault. Amazon says "Request is not yet valid" and "Request has expired" (this one with `ServerTime`), MinIO "Request is
    /// not valid yet"; others have these words from either.
    fn is_about_the_clock(&self) -> bool {
        let words = self.message.to_ascii_lowercase();
        let told = [
            "request is not yet valid",
            "request is not valid yet",
            "request has expired",
        ];
        self.status == 403 && self.code == "AccessDenied" && told.iter().any(|told| words.contains(told))
    }

    /// What it means. The only place where codes and statuses get their meaning.
    pub fn kind(&self) -> ErrorKind {
        use ErrorKind::*;
        if let Some(kind) = self.judged {
            return kind;
        }
        match self.code.as_str() {
            _ if self.demands_customer_key() => CustomerKeyNeeded,
            "NoSuchBucket" => NoSuchBucket,
            "NoSuchKey" => NoSuchKey,
            "NoSuchUpload" => NoSuchUpload,
            _ if self.is_about_the_clock() => RequestTimeTooSkewed,
            "AccessDenied" | "AccessForbidden" | "AllAccessDisabled" | "AccountProblem" => AccessDenied,
            "InvalidObjectState" => InvalidObjectState,
            "InvalidAccessKeyId" => InvalidAccessKeyId,
            "SignatureDoesNotMatch" => SignatureDoesNotMatch,
            "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => ExpiredToken,
            "RequestTimeTooSkewed" => RequestTimeTooSkewed,
            "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError" if self.region.is_some() => {
                WrongRegion
            }
            "IllegalLocationConstraintException" | "InvalidRegion" => WrongRegion,
            "PermanentRedirect" | "TemporaryRedirect" | "Redirect" if self.region.is_some() => WrongRegion,
            "PreconditionFailed" => PreconditionFailed,
            "ConditionalRequestConflict" => ConditionalRequestConflict,
            "EntityTooLarge" => EntityTooLarge,
            "InvalidRange" => InvalidRange,
            "NotImplemented" => NotImplemented,
            "SlowDown"
            | "ServiceUnavailable"
            | "Throttling"
            | "ThrottlingException"
            | "RequestLimitExceeded"
            | "TooManyRequests"
            | "BandwidthLimitExceeded" => Throttled,
            "InternalError" => Server,
            "RequestTimeout" | "IncompleteBody" => RequestTimeout,
            _ => self.kind_by_status(),
        }
    }

    fn kind_by_status(&self) -> ErrorKind {
        use ErrorKind::*;
        match self.status {
            301 | 307 | 308 if self.region.is_some() => WrongRegion,
            301 | 302 | 307 | 308 => Redirect,
            403 => AccessDenied,
            408 => RequestTimeout,
            412 => PreconditionFailed,
            413 => EntityTooLarge,
            416 => InvalidRange,
            429 | 503 => Throttled,
            501 => NotImplemented,
            500..=599 => Server,
            _ => Other,
        }
    }

    /// Whether the same request may work a little later.
    pub fn is_transient(&self) -> bool {
        self.kind().is_transient()
    }

    /// Seconds by which this computer's clock is ahead of the storage's (negative: behind), where the answer told.
    pub fn clock_skew(&self, now: SystemTime) -> Option<i64> {
        self.server_time.map(|server| clock::seconds_ahead(now, server))
    }
}

impl fmt::Display for S3Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)?;
        if !self.code.is_empty() {
            write!(f, ", {}", self.code)?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for S3Error {}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ErrorBody {
    code: String,
    message: String,
    resource: String,
    request_id: String,
    region: String,
    server_time: String,
}

/// `…; expecting 'eu-west-1'`: where a storage tells the region in words only.
fn expected_region(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("expecting '")?;
    let (region, _) = rest.split_once('\'')?;
    (!region.is_empty()).then(|| region.to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    fn error(status: u16, headers: &[(&str, &str)], body: &str) -> S3Error {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let body = Bytes::copy_from_slice(body.as_bytes());
        S3Error::from_response(&response.body(body).expect("a response"))
    }

    #[test]
    fn the_example_of_the_documentation_is_read() {
        let error = error(
            404,
            &[],
            r#"<?xml version="1.0" encoding="UTF-8"?>
            <Error>
              <Code>NoSuchKey</Code>
              <Message>The resource you requested does not exist</Message>
              <Resource>/mybucket/myfoto.jpg</Resource>
              <RequestId>4442587FB7D0A2F9</RequestId>
            </Error>"#,
        );
        assert_eq!(error.kind(), ErrorKind::NoSuchKey);
        assert_eq!(error.code, "NoSuchKey");
        assert_eq!(error.message, "The resource you requested does not exist");
        assert_eq!(error.resource.as_deref(), Some("/mybucket/myfoto.jpg"));
        assert_eq!(error.request_id.as_deref(), Some("4442587FB7D0A2F9"));
        assert_eq!(
            error.to_string(),
            "HTTP 404, NoSuchKey: The resource you requested does not exist"
        );
    }

    #[test]
    fn every_code_has_its_meaning() {
        use ErrorKind::*;
        for (status, code, kind, transient) in [
            (404, "NoSuchBucket", NoSuchBucket, false),
            (404, "NoSuchKey", NoSuchKey, false),
            (404, "NoSuchUpload", NoSuchUpload, false),
            (404, "", Other, false),
            (403, "AccessDenied", AccessDenied, false),
            (403, "SomethingNew", AccessDenied, false),
            (403, "", AccessDenied, false),
            (403, "InvalidObjectState", InvalidObjectState, false),
            (403, "InvalidAccessKeyId", InvalidAccessKeyId, false),
            (403, "SignatureDoesNotMatch", SignatureDoesNotMatch, false),
            (400, "ExpiredToken", ExpiredToken, false),
            (400, "InvalidToken", ExpiredToken, false),
            (403, "RequestTimeTooSkewed", RequestTimeTooSkewed, false),
            (400, "AuthorizationHeaderMalformed", Other, false),
            (412, "PreconditionFailed", PreconditionFailed, false),
            (412, "", PreconditionFailed, false),
            (409, "ConditionalRequestConflict", ConditionalRequestConflict, false),
            (409, "BucketNotEmpty", Other, false),
            (400, "EntityTooLarge", EntityTooLarge, false),
            (413, "", EntityTooLarge, false),
            (416, "InvalidRange", InvalidRange, false),
            (416, "", InvalidRange, false),
            (501, "NotImplemented", NotImplemented, false),
            (501, "", NotImplemented, false),
            (503, "SlowDown", Throttled, true),
            (503, "", Throttled, true),
            (429, "", Throttled, true),
            (500, "InternalError", Server, true),
            (200, "InternalError", Server, true),
            (200, "SlowDown", Throttled, true),
            (502, "", Server, true),
            (400, "RequestTimeout", RequestTimeout, true),
            (408, "", RequestTimeout, true),
            (301, "", Redirect, false),
            (301, "PermanentRedirect", Redirect, false),
            (307, "TemporaryRedirect", Redirect, false),
            (400, "MalformedXML", Other, false),
        ] {
            let error = S3Error::refused(status, code, "");
            assert_eq!(
                (error.kind(), error.is_transient()),
                (kind, transient),
                "{status} {code}"
            );
        }
        assert_eq!(S3Error::malformed(200, "html").kind(), Malformed);
        assert!(!S3Error::malformed(500, "html").is_transient());
    }

    #[test]
    fn the_right_region_is_found_wherever_it_is_told() {
        for error in [
            error(
                400,
                &[],
                "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>",
            ),
            error(
                400,
                &[],
                "<Error><Code>AuthorizationQueryParametersError</Code><Message>Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message></Error>",
            ),
            error(301, &[("x-amz-bucket-region", "eu-west-1")], ""),
            error(
                301,
                &[("x-amz-bucket-region", "eu-west-1")],
                "<Error><Code>PermanentRedirect</Code></Error>",
            ),
        ] {
            assert_eq!(error.kind(), ErrorKind::WrongRegion);
            assert_eq!(error.region.as_deref(), Some("eu-west-1"));
        }
        // Every answer may name the region; that alone is not what is wrong.
        let denied = error(403, &[("x-amz-bucket-region", "eu-west-1")], "");
        assert_eq!(denied.kind(), ErrorKind::AccessDenied);
    }

    #[test]
    fn the_storages_clock_is_read_from_xml_first() {
        let skewed = "<Error><Code>RequestTimeTooSkewed</Code><RequestTime>20130524T003000Z</RequestTime>\
                      <ServerTime>2013-05-24T00:00:00Z</ServerTime></Error>";
        let error = error(403, &[("date", "Fri, 24 May 2013 00:00:07 GMT")], skewed);
        let now = UNIX_EPOCH + Duration::from_secs(1_369_353_600 + 1800);
        assert_eq!(error.kind(), ErrorKind::RequestTimeTooSkewed);
        assert_eq!(error.clock_skew(now), Some(1800));
        assert_eq!(S3Error::refused(403, "", "").clock_skew(now), None);
    }

    #[test]
    fn the_date_header_is_the_storages_clock_too() {
        let error = error(403, &[("date", "Fri, 24 May 2013 00:00:00 GMT")], "");
        assert_eq!(error.clock_skew(UNIX_EPOCH), Some(-1_369_353_600));
    }

    #[test]
    fn a_query_that_comes_too_early_or_too_late_is_about_the_clock() {
        let kind = |message| S3Error::refused(403, "AccessDenied", message).kind();
        for message in [
            "Request is not yet valid",
            "Request is not valid yet",
            "Request has expired",
            "Request has expired.",
        ] {
            assert_eq!(kind(message), ErrorKind::RequestTimeTooSkewed, "{message}");
        }
        assert_eq!(kind("Access Denied"), ErrorKind::AccessDenied);
        let expired = error(
            403,
            &[("date", "Fri, 24 May 2013 00:40:00 GMT")],
            "<Error><Code>AccessDenied</Code><Message>Request has expired</Message><X-Amz-Expires>900</X-Amz-Expires>\
             <Expires>2013-05-24T00:15:00Z</Expires><ServerTime>2013-05-24T00:20:00Z</ServerTime></Error>",
        );
        let now = UNIX_EPOCH + Duration::from_secs(1_369_353_600);
        assert_eq!(
            (expired.kind(), expired.clock_skew(now)),
            (ErrorKind::RequestTimeTooSkewed, Some(-1200))
        );
    }

    #[test]
    fn a_read_that_lacks_the_customers_key_is_told_from_other_bad_requests() {
        let kind = |code, message| S3Error::refused(400, code, message).kind();
        for (code, message) in [
            (
                "InvalidRequest",
                "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to \
                 retrieve the object.",
            ),
            (
                "InvalidArgument",
                "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption \
                 algorithm.",
            ),
            (
                "InvalidArgument",
                "Requests specifying Server Side Encryption with Customer provided keys must provide the customer key.",
            ),
        ] {
            assert_eq!(kind(code, message), ErrorKind::CustomerKeyNeeded, "{message}");
        }
        assert_eq!(kind("InvalidArgument", "Invalid part number"), ErrorKind::Other);
        assert_eq!(kind("", ""), ErrorKind::Other, "HEAD has no words");
        assert_eq!(
            kind("ExpiredToken", "The provided token has expired."),
            ErrorKind::ExpiredToken
        );
    }

    #[test]
    fn a_body_that_is_no_s3_error_leaves_the_status_to_speak() {
        for body in [
            "",
            "Forbidden",
            "<html><body>Bad gateway</body></html>",
            "<Error><Code>x",
            "{\"code\":\"NoSuchKey\"}",
        ] {
            let error = error(502, &[("x-amz-request-id", "7")], body);
            assert_eq!((error.kind(), error.code.as_str()), (ErrorKind::Server, ""), "{body}");
            assert_eq!(error.request_id.as_deref(), Some("7"));
        }
    }
}
