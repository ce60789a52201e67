//! An operation that also says what SSE it wants, or brings the key that SSE-C needs.

use bytes::Bytes;
use http::{Request, Response};

use super::{Bucket, Operation, Payload, RequestError, S3Error, Signing, SseRequest};

/// `operation` with the headers of `sse`: PutObject and CreateMultipartUpload ask for SSE, and with SSE-C every
/// request about the object brings the key. Such a request is signed in headers, so a browser asks first (preflight).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithSse<'a, O> {
    /// What to do.
    pub operation: &'a O,
    /// How the storage is to encrypt.
    pub sse: &'a SseRequest,
}

impl<O: Operation> Operation for WithSse<'_, O> {
    type Output = O::Output;

    const NAME: &'static str = O::NAME;

    fn request(&self, bucket: &Bucket) -> Result<Request<Bytes>, RequestError> {
        let mut request = self.operation.request(bucket)?;
        match O::NAME {
            "PutObject" | "CreateMultipartUpload" | "CopyObject" => self.sse.set_on_object(&mut request)?,
            _ => self.sse.set_on_part(&mut request)?,
        }
        Ok(request)
    }

    fn signing(&self) -> Signing {
        match (self.operation.signing(), self.sse) {
            // A key must not go into a URL, and `x-amz-` headers cannot be left unsigned.
            (Signing::Query, SseRequest::SseC(_)) => Signing::Headers(Payload::Hashed),
            (signing, _) => signing,
        }
    }

    fn output(&self, response: &Response<Bytes>) -> Result<O::Output, S3Error> {
        self.operation.output(response)
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::s3::{AddressingStyle, CreateMultipartUpload, Credentials, CustomerKey, HeadObject, UploadPart};

    fn sent<O: Operation>(operation: &O, sse: &SseRequest) -> Request<Bytes> {
        let bucket = Bucket::new("https://h", "us-east-1", "data", AddressingStyle::Path).expect("a bucket");
        let credentials = Credentials {
            access_key_id: "AKID".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: None,
        };
        let signed = WithSse { operation, sse }.signed(&bucket, &credentials, UNIX_EPOCH);
        signed.expect("signed")
    }

    #[test]
    fn the_wish_goes_with_the_object_and_a_customers_key_with_every_request() {
        let create = CreateMultipartUpload {
            key: "k".into(),
            content_type: "a/b".into(),
            metadata: Vec::new(),
            given_with: Vec::new(),
        };
        let part = UploadPart {
            key: "k".into(),
            upload_id: "u".into(),
            part_number: 1,
        };
        let head = HeadObject { key: "k".into() };
        let own = SseRequest::SseC(CustomerKey([1; 32]));
        let asked = |request: &Request<Bytes>| request.headers().contains_key("x-amz-server-side-encryption");
        let keyed = |request: &Request<Bytes>| {
            request
                .headers()
                .contains_key("x-amz-server-side-encryption-customer-key")
        };
        assert!(asked(&sent(&create, &SseRequest::SseS3)));
        assert!(!asked(&sent(&part, &SseRequest::SseS3)));
        for request in [sent(&create, &own), sent(&part, &own), sent(&head, &own)] {
            assert!(keyed(&request));
            assert!(
                request.headers()["authorization"]
                    .to_str()
                    .expect("ASCII")
                    .contains("-customer-key;")
            );
            assert!(!request.uri().to_string().contains("AQEB"), "no key in a URL");
        }
        let plain = sent(&head, &SseRequest::SseS3);
        assert!(plain.headers().is_empty(), "no preflight without need");
    }
}
