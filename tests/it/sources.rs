//! What must not be in the sources, looked for in the sources.

use std::fs;
use std::path::Path;

fn read_all(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_all(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            found.push((path.display().to_string(), text));
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.len() > 100, "the sources were found");
    found
}

/// Ceph 16.2 takes `DELETE /bucket?encryption` for DeleteBucket.
#[test]
fn a_buckets_encryption_is_never_deleted() {
    let query = "(\"encryption\", None)";
    let mut asking = Vec::new();
    for (path, text) in sources() {
        // Comments may speak of it; requests may not.
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect::<Vec<_>>()
            .join("\n");
        assert!(
            !code.contains("DeleteBucket"),
            "{path} names an operation that deletes buckets"
        );
        if code.contains(query) {
            assert!(!code.contains("Method::DELETE"), "{path} deletes with ?encryption");
            asking.push(path);
        }
    }
    assert_eq!(
        asking.len(),
        2,
        "GetBucketEncryption and PutBucketEncryption alone ask: {asking:?}"
    );
}

/// What deletes names one object, or one multipart upload of one object.
#[test]
fn deletions_name_an_object() {
    let deleting: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| path.contains("/s3/") && text.contains("plain_request(Method::DELETE"))
        .map(|(path, text)| {
            assert!(
                !text.contains("bucket_query") && !text.contains("bucket_slash_query"),
                "{path}"
            );
            path
        })
        .collect();
    assert!(
        deleting.len() >= 2,
        "DeleteObject and AbortMultipartUpload are among them: {deleting:?}"
    );
}
