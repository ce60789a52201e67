//! Sentences about the checks of uploads.

use crate::driver::{Integrity, UploadChecks};
use crate::s3::Provider;

/// A label.
pub const TITLE: &str = "Checks while uploading";
/// A label.
pub const INTEGRITY: &str = "Integrity";
/// A label.
pub const VERIFY: &str = "Open every part once more after it was encrypted";
/// What for.
pub const VERIFY_HINT: &str = "Each part is authenticated as a reader will do it, before it is sent. Guards against broken memory in this \
    computer; costs about as much computing as encrypting.";

/// A choice.
pub fn integrity(integrity: Integrity) -> &'static str {
    match integrity {
        Integrity::Off => "nothing beyond the connection",
        Integrity::ContentMd5 => "Content-MD5",
        Integrity::SignedPayload => "SHA-256 in the signature",
    }
}

/// What is chosen, in few words.
pub fn summary(checks: UploadChecks) -> String {
    let verify = if checks.verify {
        ", every part opened once more"
    } else {
        ""
    };
    format!("{}{verify}", integrity(checks.integrity))
}

/// What the choice is worth with this storage.
pub fn compared(integrity: Integrity, provider: Provider) -> &'static str {
    match (integrity, integrity.is_compared_by(provider)) {
        (Integrity::Off, _) => {
            "The connection guards the bytes on their way; nothing is compared with what arrived. Encrypted files show any change when they are opened."
        }
        (_, Some(true)) => {
            "The storage compares what arrived with it, and refuses a part that changed on its way; that part is sent again."
        }
        (_, Some(false)) => "This storage takes it and does not compare: choose Content-MD5.",
        (Integrity::ContentMd5, None) => "Nearly every storage compares it and refuses a part that changed on its way.",
        (_, None) => "Whether this storage compares it is not known; Content-MD5 is compared by nearly all.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_is_ignored_is_not_praised() {
        let ignored = compared(Integrity::SignedPayload, Provider::Abci2);
        assert!(ignored.contains("does not compare"), "{ignored}");
        let checks = UploadChecks {
            integrity: Integrity::ContentMd5,
            verify: true,
        };
        assert_eq!(summary(checks), "Content-MD5, every part opened once more");
    }
}
