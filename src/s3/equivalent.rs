//! The commands that do the same in a terminal. They name no secret: `aws` and `curl` take the keys from the environment.

use super::{AddressingStyle, Bucket, CorsRule, DefaultEncryption, SCALITY_HEADER, cors_json};

/// A POSIX shell word: quoted where it must be.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// `aws s3api`, at this endpoint and in the bucket's way of addressing. Given an endpoint, the tool writes the bucket into
/// the path; without one it is Amazon's own, with the bucket as a host name.
/// <https://docs.aws.amazon.com/cli/latest/topic/s3-config.html#addressing-style>
fn aws(bucket: &Bucket, command: &str, options: &[(&str, &str)]) -> String {
    let virtual_hosted = bucket.style() == AddressingStyle::VirtualHosted;
    let mut line = String::new();
    if virtual_hosted && !is_amazon(bucket) {
        line.push_str("aws configure set default.s3.addressing_style virtual &&\n");
    }
    line.push_str(&format!("aws s3api {command}"));
    if !(virtual_hosted && is_amazon(bucket)) {
        line.push_str(&format!(" --endpoint-url {}", word(&endpoint(bucket))));
    }
    line.push_str(&format!(
        " --region {} --bucket {}",
        word(bucket.region()),
        word(bucket.name())
    ));
    for (name, value) in options {
        // Else it would be read as the next option.
        let between = if value.starts_with('-') { '=' } else { ' ' };
        line.push_str(&format!(" --{name}{between}{}", word(value)));
    }
    line
}

fn endpoint(bucket: &Bucket) -> String {
    format!("{}{}", bucket.endpoint().origin(), bucket.endpoint().path())
}

fn is_amazon(bucket: &Bucket) -> bool {
    let host = bucket.endpoint().host();
    host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")
}

/// HeadObject.
pub fn aws_head_object(bucket: &Bucket, key: &str) -> String {
    aws(bucket, "head-object", &[("key", key)])
}

/// HeadObject of what was stored with SSE-C; the 32 bytes of the key lie in a file.
pub fn aws_head_object_sse_c(bucket: &Bucket, key: &str) -> String {
    let options = [
        ("key", key),
        ("sse-customer-algorithm", "AES256"),
        ("sse-customer-key", "fileb://sse-c.key"),
    ];
    aws(bucket, "head-object", &options)
}

/// ListObjectsV2, one page of one folder.
pub fn aws_list_objects(bucket: &Bucket, prefix: &str) -> String {
    aws(bucket, "list-objects-v2", &[("prefix", prefix), ("delimiter", "/")])
}

/// GetBucketCors.
pub fn aws_get_bucket_cors(bucket: &Bucket) -> String {
    aws(bucket, "get-bucket-cors", &[])
}

/// PutBucketCors with these rules.
pub fn aws_put_bucket_cors(bucket: &Bucket, rules: &[CorsRule]) -> String {
    aws(bucket, "put-bucket-cors", &[("cors-configuration", &cors_json(rules))])
}

/// GetBucketEncryption.
pub fn aws_get_bucket_encryption(bucket: &Bucket) -> String {
    aws(bucket, "get-bucket-encryption", &[])
}

/// CreateBucket, then PutBucketEncryption.
pub fn aws_create_encrypted_bucket(bucket: &Bucket, location: Option<&str>, default: &DefaultEncryption) -> String {
    let place = location.map(|location| format!("LocationConstraint={location}"));
    let options: Vec<_> = place
        .iter()
        .map(|place| ("create-bucket-configuration", place.as_str()))
        .collect();
    let mut by_default = serde_json::json!({ "SSEAlgorithm": default.algorithm });
    if let Some(id) = default.key_id.as_ref().filter(|_| default.algorithm != "AES256") {
        by_default["KMSMasterKeyID"] = id.as_str().into();
    }
    let rules = serde_json::json!({ "Rules": [{ "ApplyServerSideEncryptionByDefault": by_default }] }).to_string();
    format!(
        "{} &&\n{}",
        aws(bucket, "create-bucket", &options),
        aws(
            bucket,
            "put-bucket-encryption",
            &[("server-side-encryption-configuration", &rules)]
        )
    )
}

/// A copy in parts with everything that belongs to the object, for what is too large for one CopyObject. Needs version 2 of
/// the tool: version 1 loses the metadata of large objects. <https://docs.aws.amazon.com/cli/latest/reference/s3/cp.html>
pub fn aws_copy_large(from: &Bucket, into: &str, key: &str) -> String {
    let place = |bucket: &str| word(&format!("s3://{bucket}/{key}"));
    format!(
        "aws s3 cp --copy-props metadata-directive --endpoint-url {} --region {} {} {}",
        word(&endpoint(from)),
        word(from.region()),
        place(from.name()),
        place(into)
    )
}

/// ABCI 2.0's own tool. <https://github.com/aistairc/abci-docs> `abci-cloudstorage/encryption.md`
pub fn create_encrypted_bucket_tool(bucket: &Bucket) -> String {
    format!(
        "create-encrypted-bucket --endpoint-url {} {}",
        word(&bucket.endpoint().origin()),
        word(&format!("s3://{}", bucket.name()))
    )
}

/// The one request of that tool, by `curl` 7.86 or later, which signs the header.
pub fn curl_create_scality_bucket(bucket: &Bucket) -> String {
    format!(
        "curl --fail-with-body --aws-sigv4 {} --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" \\\n  \
         -X PUT -H '{SCALITY_HEADER}: AES256' {}",
        word(&format!("aws:amz:{}:s3", bucket.region())),
        word(&bucket.bucket_uri().to_string())
    )
}

/// A bucket of that name at the same place, for the commands about buckets that do not exist yet.
pub fn sibling(bucket: &Bucket, name: &str) -> Option<Bucket> {
    Bucket::new(&endpoint(bucket), bucket.region(), name, bucket.style()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket() -> Bucket {
        Bucket::new(
            "https://s3.abci.ai",
            "us-east-1",
            "dataset-s0001",
            AddressingStyle::Path,
        )
        .expect("a bucket")
    }

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them() {
        assert_eq!(word("a/b-c.d"), "a/b-c.d");
        assert_eq!(word(""), "''");
        assert_eq!(word("it's $HOME `x`"), r"'it'\''s $HOME `x`'");
        assert_eq!(
            aws_head_object(&bucket(), "a b"),
            "aws s3api head-object --endpoint-url https://s3.abci.ai --region us-east-1 --bucket dataset-s0001 --key 'a b'"
        );
    }

    #[test]
    fn the_bucket_is_addressed_as_this_page_does() {
        let list = |endpoint, style| {
            let bucket = Bucket::new(endpoint, "eu-west-1", "data", style).expect("a bucket");
            aws_list_objects(&bucket, "a/")
        };
        let rest = "--region eu-west-1 --bucket data --prefix a/ --delimiter /";
        let amazon = "https://s3.eu-west-1.amazonaws.com";
        assert_eq!(
            list(amazon, AddressingStyle::VirtualHosted),
            format!("aws s3api list-objects-v2 {rest}")
        );
        assert_eq!(
            list(amazon, AddressingStyle::Path),
            format!("aws s3api list-objects-v2 --endpoint-url {amazon} {rest}")
        );
        assert_eq!(
            list("https://s3.example:8443/base", AddressingStyle::Path),
            format!("aws s3api list-objects-v2 --endpoint-url https://s3.example:8443/base {rest}")
        );
        assert_eq!(
            list("https://s3.example", AddressingStyle::VirtualHosted),
            format!(
                "aws configure set default.s3.addressing_style virtual &&\n\
                 aws s3api list-objects-v2 --endpoint-url https://s3.example {rest}"
            )
        );
    }

    #[test]
    fn a_key_is_no_option_and_a_secret_no_word() {
        let command = aws_head_object_sse_c(&bucket(), "-rf x");
        assert!(
            command.contains(" --key='-rf x' --sse-customer-algorithm AES256"),
            "{command}"
        );
        assert!(command.ends_with("--sse-customer-key fileb://sse-c.key"));
    }

    #[test]
    fn abcis_own_words() {
        assert_eq!(
            create_encrypted_bucket_tool(&bucket()),
            "create-encrypted-bucket --endpoint-url https://s3.abci.ai s3://dataset-s0001"
        );
        let curl = curl_create_scality_bucket(&bucket());
        assert!(curl.contains("-H 'x-amz-scal-server-side-encryption: AES256' https://s3.abci.ai/dataset-s0001"));
        assert!(
            curl.contains("\"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\""),
            "keys by reference only"
        );
    }

    #[test]
    fn a_large_object_is_copied_in_parts_with_its_metadata() {
        assert_eq!(
            aws_copy_large(&bucket(), "safe", "a b"),
            "aws s3 cp --copy-props metadata-directive --endpoint-url https://s3.abci.ai --region us-east-1 \
             's3://dataset-s0001/a b' 's3://safe/a b'"
        );
    }

    #[test]
    fn a_kms_key_is_named_only_with_a_kms() {
        let default = |algorithm: &str| DefaultEncryption {
            algorithm: algorithm.into(),
            key_id: Some("k".into()),
            bucket_key: false,
        };
        let commands = aws_create_encrypted_bucket(&bucket(), Some("eu-west-1"), &default("aws:kms"));
        assert!(commands.contains("--create-bucket-configuration LocationConstraint=eu-west-1"));
        assert!(commands.contains(r#""KMSMasterKeyID":"k""#));
        assert!(!aws_create_encrypted_bucket(&bucket(), None, &default("AES256")).contains("KMSMasterKeyID"));
    }
}
