//! What went wrong, and the next step.

use super::{SAVE_FIRST, downloads, preview, storage};
use crate::app::format;
use crate::driver::Problem;

/// What happened, and the next step.
pub fn problem(problem: &Problem) -> (String, String) {
    let said = |what: &str, next: &str| (what.to_owned(), next.to_owned());
    match problem {
        Problem::Offline => said(
            "This computer is offline.",
            "Transfers go on by themselves when the network is back; anything else, try again then.",
        ),
        Problem::MixedContent { endpoint } => (
            format!("This page came over https, and browsers do not let it talk to {endpoint}."),
            "Use the storage's https endpoint, or open this page from http on the same computer.".into(),
        ),
        Problem::PlainHttp { host } => (
            format!(
                "The connection to {host} is plain http: names, and files without client-side encryption, can be read on the way."
            ),
            "Use https if the storage offers it.".into(),
        ),
        Problem::BadEndpoint { endpoint } => (
            format!("“{endpoint}” is not an endpoint URL."),
            "Write it like https://s3.example.org, without a bucket or a key.".into(),
        ),
        Problem::BadBucketName { bucket } => (
            format!("“{bucket}” cannot be a bucket's name at this address."),
            "Check its spelling; try path-style addressing.".into(),
        ),
        Problem::Missing { field } => (format!("{field} is empty."), "Fill it in and connect again.".into()),
        Problem::Unreachable { endpoint } => (
            format!("Nothing answers at {endpoint}."),
            "Check the endpoint's name and port, the certificate, and whether this network reaches it (VPN, firewall)."
                .into(),
        ),
        Problem::CorsBlocked { endpoint, origin } => (
            format!("{endpoint} answers, but the browser may not read it."),
            format!(
                "Either the bucket has no CORS rule for {origin}, or the access key, the bucket name or this computer's clock is \
                wrong: many storages send such refusals without CORS. Check the key and the name first, then have the bucket's \
                owner set the CORS rule this page needs."
            ),
        ),
        Problem::UnknownAccessKey => said(
            "The storage does not know this access key ID.",
            "Check it, and the endpoint it belongs to.",
        ),
        Problem::WrongSecret => said(
            "The secret access key does not fit the access key ID.",
            "Paste it again, without spaces around it.",
        ),
        Problem::ExpiredToken => said(
            "The session token has expired.",
            "Get new credentials, connect again, and retry.",
        ),
        Problem::WrongRegion { expected } => (
            "The bucket is in another region.".into(),
            expected.as_ref().map_or_else(
                || "The storage sends the request elsewhere without saying where. Ask the bucket's owner for its region, and use \
                    the endpoint of that region."
                    .into(),
                |region| format!("Set the region to {region}."),
            ),
        ),
        Problem::ClockSkew { seconds } => (
            format!(
                "This computer's clock is {} {} the storage's.",
                off_by(*seconds),
                if *seconds > 0 { "ahead of" } else { "behind" }
            ),
            "It is corrected for in this page; set the clock when you can.".into(),
        ),
        Problem::NoSuchBucket { bucket } => (
            format!("There is no bucket named {bucket}."),
            "Check its name and the endpoint.".into(),
        ),
        Problem::NoSuchKey { key } => (
            format!("There is no object {key} any more."),
            "Refresh the list.".into(),
        ),
        Problem::AccessDenied { operation } => (
            format!("These credentials may not do that ({operation})."),
            "Ask the bucket's owner for the permission; check that this is the right bucket and the right key.".into(),
        ),
        Problem::Archived => said(
            "This object is archived (Glacier, for one): the storage does not give its content out.",
            "Have it restored first (“Initiate restore” in Amazon's console, or aws s3api restore-object), then try again.",
        ),
        Problem::NotImplemented { operation, message } => (
            format!("This storage does not offer {operation}{}.", in_its_words(message)),
            "Nothing you can do here.".into(),
        ),
        Problem::ServerBusy { status } => (
            format!("The storage is busy or broken (status {status}); several tries did not help."),
            "Retry later.".into(),
        ),
        Problem::Contradictory { what } => (
            format!("What this object says about its encryption does not fit together: {what}. It is refused as a whole; no reading of it is tried."),
            "Somebody changed it, or a program copied only part of its metadata. Get another copy, or download it as stored.".into(),
        ),
        Problem::EnvelopeHidden => said(
            "This object is encrypted, but the bucket's CORS rule hides part of what it says about that.",
            "Ask the bucket's owner to expose every x-amz-meta-x-amz-* header of this portal's rule; Bucket encryption → CORS check shows which are missing.",
        ),
        Problem::InstructionFileMissing { file } => (
            format!("This object's key is in an instruction file that is not there: {file}."),
            "Without it nobody can read the object. Look whether it was moved or deleted, and put it back.".into(),
        ),
        Problem::Base64Message => said(
            "This is a message of the AWS Encryption SDK that was stored as base64 text, not as bytes.",
            "Download it as stored, decode it (base64 -d), and upload the result without encryption: then it opens here and everywhere else.",
        ),
        Problem::NoPreview(why) => preview::none(*why),
        Problem::Paused => said("Paused.", ""),
        Problem::OtherFile => said(
            "This is not the file that was begun: its size or date differs.",
            "Choose the same file, or discard the unfinished upload and upload this one anew.",
        ),
        Problem::UsedElsewhere => said(
            "Another tab goes on with this transfer.",
            "Let it finish there, or close that tab and resume here.",
        ),
        Problem::SameKey => said(
            "Another file in this queue becomes the same object; this one was not sent, so that neither is lost.",
            "Rename one of them, or add this one again when the other has arrived: you will be asked.",
        ),
        Problem::AlreadyExists => said(
            "An object with this key exists already.",
            "Upload again and choose to replace it.",
        ),
        Problem::ListDenied { bucket } => (
            format!("The storage does not let these credentials list {bucket}: nothing of it can be shown."),
            "If its name is right, uploading may work all the same; that a file is there, you have only the storage's word for then."
                .into(),
        ),
        Problem::Unconfirmed { why } => {
            let (why, next) = self::problem(why);
            (
                format!("The storage took the file, but it could not be looked at, so nobody knows that all of it is there: {why}"),
                format!("{next} Retry looks again, and sends nothing.").trim_start().to_owned(),
            )
        }
        Problem::WrittenOver { key } => (
            format!("The storage took the file, but {key} is another object by now: somebody else wrote to it."),
            "Look at that object; to replace it, upload this file again.".into(),
        ),
        Problem::PartsRemain => said(
            "This browser has forgotten the upload, but these credentials may not remove the parts that were sent.",
            "They stay in the bucket, unseen: ask its owner to abort incomplete multipart uploads.",
        ),
        Problem::ObjectChanged => said(
            "The object was changed while it was being read.",
            "Try again: the new version will be read.",
        ),
        Problem::Refused {
            operation,
            status,
            code,
            message,
        } => {
            let words = [code.as_str(), message.as_str()].into_iter().filter(|word| !word.is_empty());
            match words.collect::<Vec<_>>().join(" ") {
                // An answer to HEAD has no words.
                words if words.is_empty() => (
                    format!("The storage refused {operation} (status {status}) without saying why."),
                    "Ask the storage's operators if it goes on.".into(),
                ),
                words => (
                    format!("The storage refused {operation}: {words} (status {status})."),
                    "If the words do not help, ask the storage's operators.".into(),
                ),
            }
        }
        Problem::BadAnswer { operation, detail } => (
            format!("The answer to {operation} makes no sense: {detail}."),
            "Check that the endpoint is an S3 storage.".into(),
        ),
        Problem::SizeMismatch { sent, found } => (
            format!("{sent} bytes were sent, but the bucket has {found}: do not trust this object."),
            "Retry the upload.".into(),
        ),
        Problem::FileUnreadable => said(
            "The file cannot be read: it was moved, changed or deleted.",
            "Pick it again.",
        ),
        Problem::FileNotAllowed => said(
            "The browser was not allowed to read the file again.",
            "Press Resume once more and allow it, or choose the file again.",
        ),
        Problem::EncryptedWrongly => said(
            "A part did not open right after it was encrypted: this computer or its browser computes wrongly. The part was not sent.",
            "Do not trust this computer with the file; try another one, or another browser.",
        ),
        Problem::FileChanged => said(
            "The file changed while it was being uploaded.",
            "Retry: it starts over with a fresh key.",
        ),
        Problem::BadObjectKey { key } => (
            format!(
                "“{key}” cannot be sent: object keys in a browser must not be empty, hold “.” or “..” as a folder, or be over 1024 bytes."
            ),
            "Rename the file or the folder.".into(),
        ),
        Problem::AstralKey { key } => (
            format!(
                "The storage does not take a request about “{key}”. Some (Scality 7.4) cannot check signatures of names with emoji or \
                other characters beyond U+FFFF."
            ),
            "Rename the file and try again; if other files fail too, check the secret access key.".into(),
        ),
        Problem::TooLarge { limit } => (
            format!("This is larger than the limit of {}.", format::size(*limit)),
            "Split it.".into(),
        ),
        Problem::BadKeyMaterial => said(
            "This is not a 256-bit key.",
            "Use 32 raw bytes, 64 hex digits, base64 of 32 bytes, or an RSA key in PEM.",
        ),
        Problem::Locked { why } => (
            format!("This object is in an older format and stays closed: {why}."),
            "If you know where it comes from, open it in its details with “Unlock and download”.".into(),
        ),
        Problem::KmsUnreachable { endpoint } => (
            format!(
                "No readable answer from KMS at {endpoint}: it is not there, or it does not allow this page (CORS)."
            ),
            "AWS itself allows no pages: use a proxy that adds CORS, or a key of your own instead.".into(),
        ),
        Problem::KmsRefused { code, message } => (
            format!("KMS refused ({code}): {message}"),
            "Check the key's id and its policy, and that these credentials may use it.".into(),
        ),
        Problem::BadRsaKey { detail } => (
            format!("This key cannot be used: {detail}."),
            "Choose another file.".into(),
        ),
        Problem::PublicKeyOnly => said(
            "Only the public half of this key is here: it encrypts, but opens nothing.",
            "Load the private key to read.",
        ),
        Problem::ReservedNamespace => said(
            "Namespaces that start with aws-kms belong to AWS KMS keys.",
            "Choose another namespace.",
        ),
        Problem::DuplicateKey { label } => (format!("This key is here already, as {label}."), "Use that one.".into()),
        Problem::RecipientMissing { missing } => (
            format!("This upload must start over, but not for fewer recipients than it was begun for: {missing} is missing."),
            "Load that key, or discard the upload and upload the file anew.".into(),
        ),
        Problem::ContextMismatch { stored, required } => (
            format!(
                "You require the encryption context {required}, and this object has {}. Nothing was saved.",
                if stored.is_empty() { "none" } else { stored.as_str() }
            ),
            "It may be another object than you think. If it is the right one, change what you require on the Keys page.".into(),
        ),
        Problem::OneRecipient => said(
            "Objects of the S3 Encryption Client have one recipient.",
            "Choose the AWS Encryption SDK format, or one key.",
        ),
        Problem::OnePassphrase => said(
            "An object can be opened with one passphrase only.",
            "Take one of them out on the Keys page.",
        ),
        Problem::NoKey => said("No key is chosen.", "Choose one on the Keys page."),
        Problem::KeyNotSaved => said("This key was not saved yet.", SAVE_FIRST),
        Problem::KeyNeeded { needed } => (
            "None of your keys opens this object. Nothing was saved.".into(),
            match needed {
                Some(needed) => format!("Load the key {needed} on the Keys page."),
                None => "Load its key on the Keys page.".into(),
            },
        ),
        Problem::NotAuthentic => said(
            "The object is not authentic: it was damaged or tampered with. Nothing was saved.",
            "Retry once; if it stays, get another copy, and tell the bucket's owner.",
        ),
        Problem::UnsupportedEncryption { what } => (
            format!("This version of sealdrop cannot read {what}. Nothing was saved."),
            "Download it as stored and open it with the official library.".into(),
        ),
        Problem::NoSpace { needed, free } => (
            match (needed, free) {
                (0, _) => "The disk, or this browser's share of it, is full.".into(),
                (needed, Some(free)) => format!(
                    "{} are needed, {} are free for this page.",
                    format::size(*needed),
                    format::size(*free)
                ),
                (needed, None) => format!("{} are needed; this browser has less.", format::size(*needed)),
            },
            "Free some space and retry. What was downloaded just now counts for some minutes more, until the browser has surely \
            saved it."
                .into(),
        ),
        Problem::NotRemoved => said(
            "What had come of this download is still in this browser's private storage: the browser does not let go of it.",
            "Close other tabs of this page, then press Discard.",
        ),
        Problem::NotWritten { detail } => (
            format!("The browser does not write this file into the folder: {detail}"),
            "Download it by itself, or everything as a ZIP.".into(),
        ),
        Problem::Unpacked => said(
            "This object was stored packed (Content-Encoding), and the browser unpacks it on the way: its stored bytes do not arrive. \
            Nothing was saved.",
            "This storage cannot be asked not to. Fetch the object with a program that leaves it packed, such as aws s3 cp.",
        ),
        Problem::SomeMissing { missing, saved } => downloads::some_missing(*missing, *saved),
        Problem::CannotSave { limit } => (
            format!(
                "This browser window cannot save more than {} safely.",
                format::size(*limit)
            ),
            "Use a normal (not private) window.".into(),
        ),
        Problem::SseRefused {
            status,
            code,
            kind,
            message,
        } => (
            match status {
                0 => "The storage refuses the server-side encryption that was asked for, in a way this page may not read: \
                    without the wish, a test object is stored."
                    .into(),
                _ => format!(
                    "The storage refuses the server-side encryption that was asked for ({code}, status {status}{}).",
                    in_its_words(message)
                ),
            },
            storage::sse_refused(*status, *kind).into(),
        ),
        Problem::SseUnconfirmed { key } => (
            format!("{key} was stored, but HEAD does not show the server-side encryption it asked for."),
            "Do not rely on it: encrypt in the browser (CSE), or use a bucket that encrypts. The badges tell which files it \
            concerns."
                .into(),
        ),
        Problem::NoBucketDefaults => said(
            "This storage knows no default encryption for buckets, so the new one would be plain. Nothing was created.",
            "If it is a Scality storage of before 7.10, as ABCI 2.0's was, choose “Scality header” under “By”; only a bucket \
            that is created so will ever encrypt.",
        ),
        Problem::NewBucketUnreadable { bucket } => (
            format!("Nothing about {bucket} can be read from this page: it is not there yet, or it has no CORS rule for it."),
            "Run the commands below, the one for the CORS rule too, then check again.".into(),
        ),
        Problem::ClockOff { seconds } => (
            format!(
                "This computer's clock is {} {}: the storage refuses every request.",
                off_by(*seconds),
                if *seconds > 0 { "ahead" } else { "behind" }
            ),
            "Set the clock (turn automatic time on), then connect again.".into(),
        ),
        Problem::KeyRefusedUnreadably => said(
            "The bucket is there and this page may read about it, but the answer to the signed request is kept from this page.",
            "Most storages do that with a wrong access key ID or secret access key: check both, and the region.",
        ),
        Problem::CustomerKeyNeeded => said(
            "This object was stored with SSE-C: the storage shows nothing of it without the key it was stored with.",
            "Open the object's details and give its SSE-C key.",
        ),
        Problem::CustomerKeyInClear => said(
            "The connection is plain http: everybody on the way could read the SSE-C key. It was not sent.",
            "Connect through the storage's https endpoint.",
        ),
        Problem::CustomerKeyUnreadable => said("This is no SSE-C key.", "Give 64 hex digits, or base64 of 32 bytes."),
        Problem::CustomerKeyOfUpload => said(
            "This upload was begun with another SSE-C key; every part needs the same one.",
            "Give that key, or discard the upload and upload the file anew.",
        ),
        Problem::BadEncryptionContext => said(
            "The encryption context must be a JSON object of strings.",
            "Write it like {\"project\": \"climate\"}, or leave it empty.",
        ),
        Problem::CustomerKeyWrong => said(
            "The storage does not open the object with this key. The key was not kept.",
            "Give the key the object was stored with.",
        ),
        Problem::CustomerKeyBlocked { origin } => (
            "The SSE-C key travels in headers, and the bucket's CORS rule does not let this page send them.".into(),
            format!(
                "Allow the headers x-amz-server-side-encryption-customer-* (AllowedHeaders) for {origin}; Bucket encryption → CORS check shows the rule."
            ),
        ),
        Problem::BucketExists { bucket } => (
            format!("There is a bucket named {bucket} already. Nothing was changed."),
            "Choose another name.".into(),
        ),
        Problem::BrowserCannotCreate => said(
            "This storage does not let a browser create buckets: one that does not exist yet has no CORS rule.",
            "Run the command below in a terminal, then press “Check it now”.",
        ),
        Problem::NotEncrypting { bucket } => (
            format!("A test object in {bucket} was not shown as encrypted. Nothing was copied."),
            "Choose a bucket that encrypts; create one above.".into(),
        ),
        Problem::RulesChanged => said(
            "Somebody changed the bucket's CORS rules meanwhile. Nothing was written.",
            "Check again, and look at the difference.",
        ),
        Problem::Browser { detail } => (
            detail.clone(),
            "Try again. If it happens again, reload the page once no transfer is running: a reload interrupts them.".into(),
        ),
        Problem::LeftBehind { files, bucket } => (
            match files {
                1 => format!("A file that was chosen for {bucket} still waited, and was not uploaded: another bucket is connected now."),
                _ => format!(
                    "{} files that were chosen for {bucket} still waited, and were not uploaded: another bucket is connected now.",
                    format::count(*files as u64)
                ),
            },
            "Choose them again where they are to go.".into(),
        ),
        Problem::Cancelled => said("Cancelled.", ""),
    }
}

/// What the storage said, to be put behind our own words.
fn in_its_words(message: &str) -> String {
    match message.trim().trim_end_matches('.') {
        "" => String::new(),
        message => format!(" – “{message}”"),
    }
}

/// How far a clock is off, either way: in whole minutes, at least one. A Date header says no more than the second, and the
/// answer was under way for a while.
fn off_by(seconds: i64) -> String {
    let minutes = (seconds.unsigned_abs() as f64 / 60.0).round().max(1.0);
    format::duration(minutes * 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_off_by_minutes() {
        let said = |seconds| problem(&Problem::ClockSkew { seconds }).0;
        for seconds in [1199, 1200, 1201, 1229] {
            assert_eq!(said(seconds), "This computer's clock is 20 min ahead of the storage's.");
        }
        assert_eq!(said(-10_801), "This computer's clock is 3 h behind the storage's.");
        assert_eq!(off_by(1), "1 min");
    }
}
