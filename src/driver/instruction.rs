//! Instruction files: objects beside others that hold their envelope, or its wrapped key. Whoever may write to the bucket
//! can exchange them: they are read where an object has no envelope of its own or lacks its rest, never instead of what
//! stands with the object.

use super::Problem;
use super::session::Session;
use crate::encryption::EncryptionError;
use crate::encryption::s3ec::{Entries, Envelope, INSTRUCTION_FILE_SUFFIX, MAX_INSTRUCTION_FILE, is_instruction_file};
use crate::platform::abort::Abort;
use crate::s3::{ByteRange, GetObject, ListObjectsV2};

/// The key that the object's instruction file would have.
pub(super) fn key_of(key: &str) -> String {
    format!("{key}{INSTRUCTION_FILE_SUFFIX}")
}

/// Whether the object has an instruction file. Asked of a listing, so that there is no error where there is none.
pub(super) async fn exists(session: &Session, key: &str) -> Result<bool, Problem> {
    let prefix = key_of(key);
    let list = ListObjectsV2 {
        prefix: prefix.clone(),
        delimiter: None,
        continuation: None,
        max_keys: Some(1),
    };
    let page = session.call(&list, "", &Abort::new()).await?;
    Ok(page
        .objects
        .first()
        .is_some_and(|object| object.key == prefix && object.size > 0))
}

/// The envelope of an object, from these entries of its own and its instruction file. `None` if the file of that name is
/// something else.
pub(super) async fn envelope(
    session: &Session,
    key: &str,
    entries: Entries,
) -> Result<Option<Result<Envelope, EncryptionError>>, Problem> {
    let file = read(session, &key_of(key)).await?;
    Ok(is_instruction_file(&file).then(|| Envelope::with_instruction_file(entries, &file)))
}

/// The object that this one holds the envelope of, going by its name and what is in it.
pub(super) async fn instructs(session: &Session, key: &str, size: u64) -> Result<Option<String>, Problem> {
    let Some(of) = key.strip_suffix(INSTRUCTION_FILE_SUFFIX).filter(|of| !of.is_empty()) else {
        return Ok(None);
    };
    if !(1..=MAX_INSTRUCTION_FILE as u64).contains(&size) {
        return Ok(None);
    }
    let file = read(session, key).await?;
    Ok(is_instruction_file(&file).then(|| of.to_owned()))
}

/// No more of it than an instruction file may have, and one byte to see that it has more.
async fn read(session: &Session, key: &str) -> Result<Vec<u8>, Problem> {
    let range = ByteRange {
        start: 0,
        end: Some(MAX_INSTRUCTION_FILE as u64 + 1),
    };
    let get = GetObject {
        key: key.to_owned(),
        range: Some(range),
        if_match: None,
    };
    Ok(session.call_with_key(&get, key, &Abort::new()).await?.bytes.to_vec())
}
