//! Ruby, the S3 encryption client of `aws-sdk-s3`, for formats V1 and V2.

use super::{Snippet, Subject, single_quoted};
use crate::driver::CseState;

/// `None` for wraps it does not read.
pub(super) fn program(subject: &Subject<'_>) -> Option<Snippet> {
    let target = subject.target;
    let (key, schema) = match (subject.recipient.wrap, subject.recipient.provider.as_str()) {
        ("aes", "AES/GCM" | "AES-ECB") => ("[File.read('sealdrop-key.txt').strip].pack('H*')", "aes_gcm"),
        ("rsa", "RSA-OAEP-SHA1") => (
            "OpenSSL::PKey::RSA.new(File.read('sealdrop-private-key.pem'))",
            "rsa_oaep_sha1",
        ),
        _ => return None,
    };
    let profile = match subject.facts.cse.state {
        CseState::S3ecV2 => "v2",
        _ => "v2_and_legacy",
    };
    let program = format!(
        "# gem install aws-sdk-s3 (Debian: apt install ruby-aws-sdk-s3)\n\
         require 'aws-sdk-s3'\n\n\
         client = Aws::S3::EncryptionV2::Client.new(\n  \
         client: Aws::S3::Client.new(endpoint: {}, region: {}, force_path_style: true),\n  \
         encryption_key: {key},\n  \
         key_wrap_schema: :{schema}, content_encryption_schema: :aes_gcm_no_padding, security_profile: :{profile})\n\
         plaintext = client.get_object(bucket: {}, key: {}).body.read\n\
         File.binwrite({}, plaintext)\n",
        single_quoted(&target.endpoint),
        single_quoted(&target.region),
        single_quoted(&target.bucket),
        single_quoted(&subject.facts.key),
        single_quoted(subject.file()),
    );
    Some(Snippet {
        library: "aws-sdk-s3, Ruby",
        program,
        tested: true,
    })
}
