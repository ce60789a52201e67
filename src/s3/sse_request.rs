//! Asking for SSE on upload.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use md5::{Digest, Md5};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::operation::set_header;
use super::sse::{CUSTOMER_HEADER, CUSTOMER_KEY_HEADER, KEY_ID_HEADER, SSE_HEADER};
use super::{RequestError, SseKind, SseState};

const CONTEXT_HEADER: &str = "x-amz-server-side-encryption-context";
const CUSTOMER_MD5_HEADER: &str = "x-amz-server-side-encryption-customer-key-md5";

/// The key of SSE-C, 256 bits. The storage sees it with every request and forgets it. Redacted in Debug, wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct CustomerKey(pub [u8; 32]);

impl std::fmt::Debug for CustomerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CustomerKey(<redacted>)")
    }
}

/// What an upload asks of the storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SseRequest {
    /// Nothing: the bucket's default decides.
    #[default]
    BucketDefault,
    /// SSE-S3.
    SseS3,
    /// SSE-KMS.
    SseKms {
        /// Key id or ARN; `None` for the storage's default key.
        key_id: Option<String>,
        /// Encryption context, as JSON of strings.
        context: Option<String>,
        /// Two layers: DSSE-KMS.
        dsse: bool,
    },
    /// SSE-C.
    SseC(CustomerKey),
    /// An algorithm nobody has heard of, to see whether the storage's HEAD repeats whatever it was told.
    Unheard(&'static str),
}

impl SseRequest {
    /// Headers of PutObject and CreateMultipartUpload.
    pub(super) fn set_on_object<B>(&self, request: &mut Request<B>) -> Result<(), RequestError> {
        match self {
            SseRequest::BucketDefault => Ok(()),
            SseRequest::SseS3 => set_header(request, SSE_HEADER, "AES256"),
            SseRequest::SseKms { key_id, context, dsse } => {
                set_header(request, SSE_HEADER, if *dsse { "aws:kms:dsse" } else { "aws:kms" })?;
                if let Some(id) = key_id {
                    set_header(request, KEY_ID_HEADER, id)?;
                }
                match context {
                    Some(json) => set_header(request, CONTEXT_HEADER, &STANDARD.encode(json)),
                    None => Ok(()),
                }
            }
            SseRequest::SseC(key) => key.set_on(request),
            SseRequest::Unheard(algorithm) => set_header(request, SSE_HEADER, algorithm),
        }
    }

    /// Headers of UploadPart, HEAD and GET: SSE-C only, the rest is settled by then.
    pub(super) fn set_on_part<B>(&self, request: &mut Request<B>) -> Result<(), RequestError> {
        match self {
            SseRequest::SseC(key) => key.set_on(request),
            _ => Ok(()),
        }
    }

    /// Which kind it is.
    pub fn kind(&self) -> SseKind {
        match self {
            SseRequest::BucketDefault | SseRequest::Unheard(_) => SseKind::BucketDefault,
            SseRequest::SseS3 => SseKind::SseS3,
            SseRequest::SseKms { dsse: false, .. } => SseKind::SseKms,
            SseRequest::SseKms { dsse: true, .. } => SseKind::DsseKms,
            SseRequest::SseC(_) => SseKind::SseC,
        }
    }

    /// What HEAD shows after this was asked for: where it shows nothing, the wish was not granted, or nobody can tell.
    /// `hidden` stays `hidden`: there the page is to blame, not the storage.
    pub fn confirmed(&self, seen: SseState) -> SseState {
        match (self, seen) {
            (SseRequest::BucketDefault, seen) => seen,
            (_, SseState::None | SseState::NotOffered | SseState::Unknown) => SseState::Unconfirmed,
            (SseRequest::SseKms { .. }, SseState::SseS3) => SseState::Unconfirmed,
            (SseRequest::SseKms { dsse: true, .. }, SseState::SseKms { .. }) => SseState::Unconfirmed,
            (SseRequest::SseC(_), SseState::SseS3 | SseState::SseKms { .. }) => SseState::Unconfirmed,
            (_, seen) => seen,
        }
    }
}

impl CustomerKey {
    /// Reads 64 hex digits, or base64 of 32 bytes.
    pub fn from_text(text: &str) -> Option<CustomerKey> {
        let text = text.trim();
        if text.len() == 64 && text.is_ascii() {
            let mut key = [0; 32];
            for (byte, at) in key.iter_mut().zip((0..64).step_by(2)) {
                *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
            }
            return Some(CustomerKey(key));
        }
        let bytes = Zeroizing::new(STANDARD.decode(text).ok()?);
        Some(CustomerKey(bytes.as_slice().try_into().ok()?))
    }

    /// Its MD5 in base64, by which storages name it.
    pub fn md5_base64(&self) -> String {
        STANDARD.encode(Md5::digest(self.0))
    }

    pub(super) fn set_on<B>(&self, request: &mut Request<B>) -> Result<(), RequestError> {
        set_header(request, CUSTOMER_HEADER, "AES256")?;
        let text = Zeroizing::new(STANDARD.encode(self.0));
        set_header(request, CUSTOMER_KEY_HEADER, &text)?;
        set_header(request, CUSTOMER_MD5_HEADER, &self.md5_base64())?;
        if let Some(value) = request.headers_mut().get_mut(CUSTOMER_KEY_HEADER) {
            value.set_sensitive(true);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(sse: &SseRequest, part: bool) -> Vec<String> {
        let mut request = Request::new(());
        if part {
            sse.set_on_part(&mut request).expect("set");
        } else {
            sse.set_on_object(&mut request).expect("set");
        }
        let text = |value: &http::HeaderValue| value.to_str().expect("ASCII").to_owned();
        let mut lines: Vec<_> = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}", text(value)))
            .collect();
        lines.sort();
        lines
    }

    #[test]
    fn each_kind_has_its_headers() {
        assert!(headers(&SseRequest::BucketDefault, false).is_empty());
        assert_eq!(
            headers(&SseRequest::SseS3, false),
            ["x-amz-server-side-encryption: AES256"]
        );
        let kms = SseRequest::SseKms {
            key_id: Some("k".into()),
            context: Some("{\"a\":\"b\"}".into()),
            dsse: false,
        };
        assert_eq!(
            headers(&kms, false),
            [
                "x-amz-server-side-encryption-aws-kms-key-id: k",
                "x-amz-server-side-encryption-context: eyJhIjoiYiJ9",
                "x-amz-server-side-encryption: aws:kms",
            ]
        );
        assert!(headers(&kms, true).is_empty());
    }

    #[test]
    fn a_customers_key_goes_with_every_request_and_is_never_printed() {
        let sse = SseRequest::SseC(CustomerKey([7; 32]));
        let lines = headers(&sse, true);
        assert_eq!(lines, headers(&sse, false));
        assert!(lines.contains(
            &"x-amz-server-side-encryption-customer-key: BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=".to_owned()
        ));
        let mut request = Request::new(());
        sse.set_on_part(&mut request).expect("set");
        for printed in [format!("{request:?}"), format!("{sse:?}")] {
            assert!(!printed.contains("BwcH") && !printed.contains("7, 7"), "{printed}");
        }
    }

    #[test]
    fn a_key_is_read_from_hex_and_base64_only_if_it_is_256_bits() {
        let seven = Some(CustomerKey([7; 32]));
        assert_eq!(CustomerKey::from_text(&" 07".trim().repeat(32)), seven);
        assert_eq!(
            CustomerKey::from_text("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="),
            seven
        );
        for bad in ["", "07", "zz".repeat(32).as_str(), "BwcH", "é"] {
            assert_eq!(CustomerKey::from_text(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_was_asked_for_must_be_shown() {
        let kms = |key_id: Option<&str>| SseState::SseKms {
            key_id: key_id.map(str::to_owned),
        };
        let asked = SseRequest::SseS3;
        assert_eq!(asked.confirmed(SseState::None), SseState::Unconfirmed);
        assert_eq!(asked.confirmed(SseState::NotOffered), SseState::Unconfirmed);
        assert_eq!(asked.confirmed(SseState::Hidden), SseState::Hidden);
        assert_eq!(asked.confirmed(SseState::SseS3), SseState::SseS3);
        assert_eq!(asked.confirmed(kms(None)), kms(None), "more than was asked for");
        let asked = SseRequest::SseKms {
            key_id: None,
            context: None,
            dsse: true,
        };
        assert_eq!(headers(&asked, false), ["x-amz-server-side-encryption: aws:kms:dsse"]);
        let dsse = SseState::SseKmsDsse { key_id: None };
        for less in [SseState::SseS3, kms(None)] {
            assert_eq!(asked.confirmed(less), SseState::Unconfirmed, "less than was asked for");
        }
        assert_eq!(asked.confirmed(dsse.clone()), dsse);
        assert_eq!(SseRequest::BucketDefault.confirmed(SseState::None), SseState::None);
    }
}
