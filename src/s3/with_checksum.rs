//! An operation that also says what its body digests to, so that the storage refuses a body that changed on its way.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html#API_UploadPart_RequestSyntax>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};

use super::operation::set_header;
use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing};

/// What the storage is to compare the body with. Never a trailer: Scality refuses those, and they need a body of another
/// form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyChecksum {
    /// `Content-MD5`: every storage compares it.
    ContentMd5([u8; 16]),
    /// `x-amz-content-sha256` with the body's own hash in place of `UNSIGNED-PAYLOAD`: the body is part of the signature.
    /// Scality and SeaweedFS take it and do not compare.
    SignedSha256([u8; 32]),
}

/// `operation`, whose body the browser holds, with the body's checksum, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithChecksum<'a, O> {
    /// What to do.
    pub operation: &'a O,
    /// Of the body.
    pub checksum: Option<BodyChecksum>,
}

impl<O: Operation> Operation for WithChecksum<'_, O> {
    type Output = O::Output;

    const NAME: &'static str = O::NAME;

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = self.operation.request(bucket)?;
        if let Some(BodyChecksum::ContentMd5(sum)) = &self.checksum {
            set_header(&mut request, "content-md5", &STANDARD.encode(sum))?;
        }
        Ok(request)
    }

    fn signing(&self) -> Signing {
        match (self.operation.signing(), self.checksum) {
            (Signing::Headers(Payload::Unsigned), Some(BodyChecksum::SignedSha256(sum))) => {
                Signing::Headers(Payload::Digested(sum))
            }
            (signing, _) => signing,
        }
    }

    fn output(&self, response: &Response<Bytes>) -> Result<O::Output, S3Error> {
        self.operation.output(response)
    }
}

/// The ETag as the MD5 it is for objects and parts that are stored without SSE-KMS and SSE-C; `None` for one that cannot
/// be an MD5, such as that of a multipart object.
pub fn etag_md5(etag: &str) -> Option<[u8; 16]> {
    let etag = etag.trim_matches('"');
    let digits = etag.len() == 32 && etag.bytes().all(|digit| digit.is_ascii_hexdigit());
    let byte = |at: usize| u8::from_str_radix(&etag[2 * at..2 * at + 2], 16).ok();
    let mut sum = [0; 16];
    for (at, place) in sum.iter_mut().enumerate().take(if digits { 16 } else { 0 }) {
        *place = byte(at)?;
    }
    digits.then_some(sum)
}

/// The ETag that a multipart object has where those of its parts are their MD5.
pub fn etag_of_parts(parts: &[[u8; 16]]) -> String {
    use md5::{Digest, Md5};
    let sum = Md5::digest(parts.concat());
    let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}-{}", parts.len())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::s3::{AddressingStyle, Credentials, UploadPart};

    fn sent(checksum: Option<BodyChecksum>) -> Request<Bytes> {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let credentials = Credentials {
            access_key_id: "AKID".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: None,
        };
        let part = UploadPart {
            key: "k".into(),
            upload_id: "u".into(),
            part_number: 1,
        };
        let operation = WithChecksum {
            operation: &part,
            checksum,
        };
        operation.signed(&bucket, &credentials, UNIX_EPOCH).expect("signed")
    }

    #[test]
    fn the_checksum_is_sent_and_signed() {
        let plain = sent(None);
        assert_eq!(plain.headers()["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
        assert!(!plain.headers().contains_key("content-md5"));
        let md5 = sent(Some(BodyChecksum::ContentMd5([0xff; 16])));
        assert_eq!(md5.headers()["content-md5"], "/////////////////////w==");
        assert!(
            md5.headers()["authorization"]
                .to_str()
                .expect("ASCII")
                .contains("SignedHeaders=content-md5;host")
        );
        let signed = sent(Some(BodyChecksum::SignedSha256([0xab; 32])));
        assert_eq!(signed.headers()["x-amz-content-sha256"], "ab".repeat(32).as_str());
        assert!(!signed.body().iter().any(|_| true), "the browser adds the body");
    }

    #[test]
    fn etags_that_are_md5_are_told_from_others() {
        assert_eq!(etag_md5("\"ffffffffffffffffffffffffffffffff\""), Some([255; 16]));
        assert_eq!(
            etag_md5("000102030405060708090A0B0c0d0e0f").map(|sum| sum[15]),
            Some(15)
        );
        for other in ["", "abc-2", "zz".repeat(16).as_str(), "é".repeat(16).as_str()] {
            assert_eq!(etag_md5(other), None, "{other}");
        }
        // Two empty parts: MD5 of twice d41d8cd98f00b204e9800998ecf8427e.
        let empty = etag_md5("d41d8cd98f00b204e9800998ecf8427e").expect("an MD5");
        assert_eq!(etag_of_parts(&[empty, empty]), "5873dd45edd01f09c1ef2e7819369e8e-2");
    }
}
