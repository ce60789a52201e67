//! Content-MD5, which storages want with every XML that changes a bucket (Scality refuses it otherwise).
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html#API_PutBucketEncryption_RequestSyntax>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use md5::{Digest, Md5};

use super::RequestError;
use super::operation::set_header;

/// Puts an XML document into the request, with its media type and its Content-MD5.
pub(super) fn set_xml(request: &mut Request<Bytes>, xml: String) -> Result<(), RequestError> {
    set_header(request, "content-type", "application/xml")?;
    set_header(request, "content-md5", &STANDARD.encode(Md5::digest(xml.as_bytes())))?;
    *request.body_mut() = xml.into();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc_holds() {
        // RFC 1321, A.5.
        let mut request = Request::new(Bytes::new());
        set_xml(&mut request, "message digest".to_owned()).expect("set");
        assert_eq!(request.headers()["content-md5"], "+WtpfXy3k41SWi8xqvFh0A==");
    }
}
