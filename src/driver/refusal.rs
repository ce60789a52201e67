//! From what a storage or a format says to a [`Problem`], and whether trying again can help.

use super::Problem;
use crate::encryption::EncryptionError;
use crate::s3::{BucketError, ErrorKind, KeyError, RequestError, S3Error, SseRequest};
use crate::transfer::FailureKind;

/// What an operation was about, for the words of its refusal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) operation: &'static str,
    pub(super) bucket: &'a str,
    pub(super) key: &'a str,
}

/// The storage's refusal as a problem.
pub(super) fn from_s3(error: &S3Error, subject: Subject<'_>) -> Problem {
    let Subject { operation, bucket, key } = subject;
    match error.kind() {
        ErrorKind::NoSuchBucket => Problem::NoSuchBucket {
            bucket: bucket.to_owned(),
        },
        ErrorKind::NoSuchKey => Problem::NoSuchKey { key: key.to_owned() },
        ErrorKind::AccessDenied => Problem::AccessDenied { operation },
        ErrorKind::InvalidObjectState => Problem::Archived,
        ErrorKind::InvalidAccessKeyId => Problem::UnknownAccessKey,
        ErrorKind::SignatureDoesNotMatch => of_name(key, Problem::WrongSecret),
        ErrorKind::ExpiredToken => Problem::ExpiredToken,
        ErrorKind::WrongRegion | ErrorKind::Redirect => Problem::WrongRegion {
            expected: error.region.clone(),
        },
        ErrorKind::PreconditionFailed => Problem::AlreadyExists,
        ErrorKind::NotImplemented => Problem::NotImplemented {
            operation,
            message: error.message.clone(),
        },
        ErrorKind::CustomerKeyNeeded => Problem::CustomerKeyNeeded,
        ErrorKind::Throttled
        | ErrorKind::Server
        | ErrorKind::RequestTimeout
        | ErrorKind::ConditionalRequestConflict => Problem::ServerBusy { status: error.status },
        ErrorKind::Malformed => Problem::BadAnswer {
            operation,
            detail: error.message.clone(),
        },
        ErrorKind::Unpacked => Problem::Unpacked,
        ErrorKind::NoSuchUpload
        | ErrorKind::RequestTimeTooSkewed
        | ErrorKind::EntityTooLarge
        | ErrorKind::InvalidRange
        | ErrorKind::Other => Problem::Refused {
            operation,
            status: error.status,
            code: error.code.clone(),
            message: error.message.clone(),
        },
    }
}

/// A request that could not even be made.
pub(super) fn from_request(error: &RequestError, subject: Subject<'_>) -> Problem {
    match error {
        RequestError::Key(_) => Problem::BadObjectKey {
            key: subject.key.to_owned(),
        },
        other => Problem::BadAnswer {
            operation: subject.operation,
            detail: other.to_string(),
        },
    }
}

/// A bucket that cannot be addressed as typed.
pub(super) fn from_bucket(error: &BucketError, endpoint: &str, bucket: &str) -> Problem {
    match error {
        BucketError::Endpoint(_) => Problem::BadEndpoint {
            endpoint: endpoint.to_owned(),
        },
        BucketError::Region => Problem::Missing { field: "Region" },
        _ => Problem::BadBucketName {
            bucket: bucket.to_owned(),
        },
    }
}

/// An upload that failed after it asked the storage for encryption: that wish is what was refused, as far as the answer
/// allows it (501 on Scality 7.4 and MinIO without a KMS, 400 for a bad key id, 403 for a key one may not use).
pub(super) fn of_sse(asked: &SseRequest, problem: Problem) -> Problem {
    let (status, code, message) = match &problem {
        _ if *asked == SseRequest::BucketDefault => return problem,
        Problem::NotImplemented { message, .. } => (501, "NotImplemented", message.as_str()),
        Problem::AccessDenied { .. } => (403, "AccessDenied", ""),
        Problem::CustomerKeyNeeded => (400, "InvalidArgument", ""),
        Problem::Refused {
            status, code, message, ..
        } if matches!(status, 400 | 403 | 404) => (*status, code.as_str(), message.as_str()),
        _ => return problem,
    };
    Problem::SseRefused {
        status,
        code: code.to_owned(),
        kind: asked.kind(),
        message: message.to_owned(),
    }
}

/// A signature that was not taken, or an answer that could not be read, for a name that Scality 7.4 cannot check: it breaks
/// characters beyond the basic plane in two.
pub(super) fn of_name(key: &str, problem: Problem) -> Problem {
    match problem {
        Problem::WrongSecret | Problem::Unreachable { .. } if key.chars().any(|c| c > '\u{ffff}') => {
            Problem::AstralKey { key: key.to_owned() }
        }
        problem => problem,
    }
}

/// An object key that cannot be sent.
pub(super) fn from_key(_error: &KeyError, key: &str) -> Problem {
    Problem::BadObjectKey { key: key.to_owned() }
}

/// A message that cannot be read or written. `needed` names the key that would open it.
pub(super) fn from_encryption(error: EncryptionError, needed: Option<String>) -> Problem {
    match error {
        EncryptionError::NoMatchingKey => Problem::KeyNeeded { needed },
        EncryptionError::Damaged | EncryptionError::NotAMessage => Problem::NotAuthentic,
        EncryptionError::Unsupported { what } => Problem::UnsupportedEncryption { what },
        EncryptionError::Contradictory { what } => Problem::Contradictory { what },
        EncryptionError::Locked { why } => Problem::Locked { why: why.into() },
        EncryptionError::TooLarge { limit } => Problem::TooLarge { limit },
    }
}

/// Whether the storage does not know the multipart upload (any more). Ceph says so of ListParts in words about the key.
pub(super) fn is_no_such_upload(problem: &Problem) -> bool {
    match problem {
        Problem::Refused { code, .. } => code == "NoSuchUpload",
        Problem::NoSuchKey { .. } => true,
        _ => false,
    }
}

/// Whether the storage keeps back this object or its content, for a reason of its own: what else is known stands, and the
/// same again changes nothing.
pub(super) fn is_of_content(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Archived
            | Problem::AccessDenied { .. }
            | Problem::NotImplemented { .. }
            | Problem::Refused { .. }
            | Problem::BadAnswer { .. }
            | Problem::Unpacked
            | Problem::PartsHidden
    ) && matches!(kind(problem), FailureKind::Final)
}

/// Whether trying again can help.
pub(super) fn kind(problem: &Problem) -> FailureKind {
    match problem {
        Problem::Offline => FailureKind::Offline,
        Problem::ExpiredToken | Problem::UnknownAccessKey | Problem::WrongSecret => FailureKind::Credentials,
        // Every try is signed for its own moment: one may have come late, after the computer had slept.
        Problem::Unreachable { .. }
        | Problem::CorsBlocked { .. }
        | Problem::ServerBusy { .. }
        | Problem::KmsUnreachable { .. }
        | Problem::ClockSkew { .. } => FailureKind::Transient,
        Problem::AlreadyExists => FailureKind::PerhapsDone,
        Problem::Refused { code, .. } if code == "NoSuchUpload" => FailureKind::PerhapsDone,
        // S3 answers a cut body or a lost connection to its own back end with these.
        Problem::Refused { code, .. }
            if matches!(
                code.as_str(),
                // The last is Ceph's, the one before it Garage's: the body is not what its checksum says.
                "IncompleteBody" | "BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch"
            ) =>
        {
            FailureKind::Transient
        }
        // A worker that crashed, no memory: nothing of the file, and nothing of the storage.
        Problem::Browser { .. } => FailureKind::Later,
        _ => FailureKind::Final,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::SseKind;

    fn problem(status: u16, code: &str) -> Problem {
        let subject = Subject {
            operation: "PutObject",
            bucket: "b",
            key: "k",
        };
        from_s3(&S3Error::refused(status, code, "words"), subject)
    }

    #[test]
    fn each_refusal_has_its_own_problem() {
        assert_eq!(
            problem(404, "NoSuchBucket"),
            Problem::NoSuchBucket { bucket: "b".into() }
        );
        assert_eq!(problem(403, "InvalidAccessKeyId"), Problem::UnknownAccessKey);
        assert_eq!(problem(403, "SignatureDoesNotMatch"), Problem::WrongSecret);
        assert_eq!(
            problem(403, "AccessDenied"),
            Problem::AccessDenied { operation: "PutObject" }
        );
        assert_eq!(problem(403, "InvalidObjectState"), Problem::Archived);
        assert_eq!(problem(412, "PreconditionFailed"), Problem::AlreadyExists);
        assert_eq!(problem(503, "SlowDown"), Problem::ServerBusy { status: 503 });
    }

    #[test]
    fn a_refused_wish_for_encryption_is_told_from_other_refusals() {
        let asked = |status, code| of_sse(&SseRequest::SseS3, problem(status, code));
        for (status, code) in [(501, "NotImplemented"), (400, "InvalidArgument"), (403, "AccessDenied")] {
            let told = asked(status, code);
            assert!(
                matches!(&told, Problem::SseRefused { status: told, code: by, kind: SseKind::SseS3, .. } if (*told, by.as_str()) == (status, code)),
                "{told:?}"
            );
        }
        assert_eq!(asked(503, "SlowDown"), Problem::ServerBusy { status: 503 });
        let nothing_asked = of_sse(&SseRequest::BucketDefault, problem(501, "NotImplemented"));
        assert!(matches!(
            nothing_asked,
            Problem::NotImplemented {
                operation: "PutObject",
                ..
            }
        ));
    }

    #[test]
    fn a_name_with_an_emoji_does_not_make_the_secret_wrong() {
        let refused = |key| {
            let subject = Subject {
                operation: "PutObject",
                bucket: "b",
                key,
            };
            from_s3(&S3Error::refused(403, "SignatureDoesNotMatch", "words"), subject)
        };
        assert_eq!(refused("結果.txt"), Problem::WrongSecret);
        assert_eq!(refused("🎉.txt"), Problem::AstralKey { key: "🎉.txt".into() });
        assert_eq!(kind(&refused("🎉.txt")), FailureKind::Final, "the other files go on");
        assert_eq!(of_name("🎉", Problem::Offline), Problem::Offline);
    }

    #[test]
    fn only_what_can_heal_is_tried_again() {
        assert_eq!(kind(&problem(503, "SlowDown")), FailureKind::Transient);
        assert_eq!(kind(&Problem::ClockSkew { seconds: 0 }), FailureKind::Transient);
        assert_eq!(kind(&Problem::Offline), FailureKind::Offline);
        assert_eq!(kind(&Problem::ExpiredToken), FailureKind::Credentials);
        assert_eq!(kind(&problem(404, "NoSuchUpload")), FailureKind::PerhapsDone);
        assert!(is_no_such_upload(&problem(404, "NoSuchUpload")) && is_no_such_upload(&problem(404, "NoSuchKey")));
        assert!(!is_no_such_upload(&problem(404, "NoSuchBucket")) && !is_no_such_upload(&problem(403, "AccessDenied")));
        assert_eq!(kind(&problem(412, "PreconditionFailed")), FailureKind::PerhapsDone);
        assert_eq!(kind(&problem(403, "AccessDenied")), FailureKind::Final);
        assert_eq!(kind(&Problem::NotAuthentic), FailureKind::Final);
    }

    #[test]
    fn content_that_is_kept_back_is_told_from_an_object_that_is_gone_and_a_bad_moment() {
        for (status, code, kept_back) in [
            (403, "InvalidObjectState", true),
            (403, "AccessDenied", true),
            (400, "InvalidRequest", true),
            (404, "NoSuchKey", false),
            (503, "SlowDown", false),
            (400, "ExpiredToken", false),
        ] {
            assert_eq!(is_of_content(&problem(status, code)), kept_back, "{code}");
        }
        for other in [Problem::Offline, Problem::ObjectChanged, Problem::CustomerKeyNeeded] {
            assert!(!is_of_content(&other), "{other:?}");
        }
    }

    #[test]
    fn what_cannot_be_sent_names_what_was_typed() {
        let subject = Subject {
            operation: "HeadObject",
            bucket: "b",
            key: "a/../b",
        };
        let bad_key = Problem::BadObjectKey { key: "a/../b".into() };
        let error = crate::s3::check_key("a/../b").unwrap_err();
        assert_eq!(from_key(&error, "a/../b"), bad_key);
        assert_eq!(from_request(&RequestError::Key(error), subject), bad_key);
        let bucket = |endpoint, region, name| {
            let error = crate::s3::Bucket::new(endpoint, region, name, crate::s3::AddressingStyle::Path).unwrap_err();
            from_bucket(&error, endpoint, name)
        };
        assert_eq!(
            bucket("ftp://x", "r", "data"),
            Problem::BadEndpoint {
                endpoint: "ftp://x".into()
            }
        );
        assert_eq!(bucket("https://x", "", "data"), Problem::Missing { field: "Region" });
        assert_eq!(
            bucket("https://x", "r", "a/b"),
            Problem::BadBucketName { bucket: "a/b".into() }
        );
    }

    #[test]
    fn every_failed_check_is_the_same_to_the_person() {
        for error in [EncryptionError::Damaged, EncryptionError::NotAMessage] {
            assert_eq!(from_encryption(error, None), Problem::NotAuthentic);
        }
        let needed = Some("0123".to_owned());
        assert_eq!(
            from_encryption(EncryptionError::NoMatchingKey, needed.clone()),
            Problem::KeyNeeded { needed }
        );
    }
}
