//! Signatures against AWS's published examples and against botocore, natively and on wasm32.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri};
use serde::Deserialize;

use super::*;

const PUBLISHED: &str = include_str!("../../tests/vectors/sigv4/published.json");
const BOTOCORE: &str = include_str!("../../tests/vectors/sigv4/botocore.json");

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// The keys of AWS's examples.
fn example_credentials() -> Credentials {
    Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
        session_token: None,
    }
}

/// The same, changed.
fn but(change: impl FnOnce(&mut Credentials)) -> Credentials {
    let mut credentials = example_credentials();
    change(&mut credentials);
    credentials
}

fn signer(credentials: &Credentials) -> Signer<'_> {
    Signer {
        credentials,
        region: "us-east-1",
        time: at(1_369_353_600),
    }
}

fn get(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).expect("a request")
}

/// Scheme, authority and path; and the query's pairs as they stand, sorted: their order means nothing.
fn parts(url: &str) -> (String, Vec<String>) {
    let (front, query) = url.split_once('?').unwrap_or((url, ""));
    let mut pairs: Vec<String> = query.split('&').map(str::to_owned).collect();
    pairs.sort();
    (front.to_owned(), pairs)
}

#[derive(Deserialize)]
struct Published {
    name: String,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
    authorization: Option<String>,
    expires: Option<u64>,
    signed_url: Option<String>,
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn aws_published_examples() {
    let vectors: Vec<Published> = serde_json::from_str(PUBLISHED).expect("published.json");
    assert_eq!(vectors.len(), 5);
    let credentials = example_credentials();
    for vector in vectors {
        let mut request = Request::builder().method(vector.method.as_str()).uri(&vector.url);
        for (name, value) in &vector.headers {
            request = request.header(name, value);
        }
        let request = request.body(Bytes::from(vector.body)).expect("a request");
        let signer = signer(&credentials);
        if let Some(expires) = vector.expires {
            let signed = sign_query(request, Duration::from_secs(expires), &signer).expect("signed");
            let expected = vector.signed_url.expect("a presigned example has its URL");
            assert_eq!(parts(&signed.uri().to_string()), parts(&expected), "{}", vector.name);
            continue;
        }
        let signed = sign_headers(request, Payload::Hashed, &signer).expect("signed");
        let expected = vector.authorization.expect("a signed example has its header");
        assert_eq!(signed.headers()["authorization"], expected.as_str(), "{}", vector.name);
        assert_eq!(signed.headers()["x-amz-date"], "20130524T000000Z");
    }
}

#[derive(Deserialize)]
struct Botocore {
    name: String,
    endpoint: String,
    region: String,
    style: String,
    bucket: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    time: u64,
    operation: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    content_type: String,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    body: String,
    url: String,
    authorization: Option<String>,
    content_sha256: Option<String>,
}

impl Botocore {
    fn signed(&self) -> Request<Bytes> {
        let key = self.key.clone();
        match self.operation.as_str() {
            "HeadObject" => self.sign(&HeadObject { key }),
            "GetObject" => self.sign(&GetObject {
                key,
                range: None,
                if_match: None,
            }),
            "ListObjectsV2" => self.sign(&ListObjectsV2 {
                prefix: self.prefix.clone(),
                delimiter: Some("/".to_owned()),
                continuation: None,
                max_keys: Some(7),
            }),
            "UploadPart" => self.sign(&UploadPart {
                key,
                upload_id: "a+b/c=d~e".to_owned(),
                part_number: 10_000,
            }),
            "PutObject" => self.sign(&PutObject {
                key,
                content_type: self.content_type.clone(),
                metadata: self.metadata.clone().into_iter().collect(),
                if_none_match: true,
                body: PutBody::Inline(Bytes::from(self.body.clone())),
            }),
            other => panic!("{other} is no operation of the vectors"),
        }
    }

    fn sign(&self, operation: &impl Operation) -> Request<Bytes> {
        let style = match self.style.as_str() {
            "path" => AddressingStyle::Path,
            "virtual" => AddressingStyle::VirtualHosted,
            other => panic!("{other} is no style"),
        };
        let bucket = Bucket::new(&self.endpoint, &self.region, &self.bucket, style).expect("a bucket");
        let credentials = Credentials {
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.clone(),
            session_token: self.session_token.clone(),
        };
        operation.signed(&bucket, &credentials, at(self.time)).expect("signed")
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_same_as_botocore() {
    let vectors: Vec<Botocore> = serde_json::from_str(BOTOCORE).expect("botocore.json");
    assert_eq!(vectors.len(), 164);
    for vector in vectors {
        let name = format!("{} {}", vector.operation, vector.name);
        let signed = vector.signed();
        assert_eq!(parts(&signed.uri().to_string()), parts(&vector.url), "{name}");
        let header = |name: &str| signed.headers().get(name).map(HeaderValue::as_bytes);
        assert_eq!(
            header("authorization"),
            vector.authorization.as_deref().map(str::as_bytes),
            "{name}"
        );
        assert_eq!(
            header("x-amz-content-sha256"),
            vector.content_sha256.as_deref().map(str::as_bytes)
        );
        match &vector.authorization {
            Some(_) => {
                let token = vector.session_token.as_deref();
                assert_eq!(header("x-amz-security-token"), token.map(str::as_bytes));
            }
            None => assert!(signed.headers().is_empty(), "{name}: a header would cause a preflight"),
        }
    }
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn a_range_stays_outside_a_query_signature() {
    let credentials = example_credentials();
    let mut ranged = get("https://examplebucket.s3.amazonaws.com/test.txt");
    ranged
        .headers_mut()
        .insert("range", HeaderValue::from_static("bytes=0-9"));
    let day = Duration::from_secs(86_400);
    let signed = sign_query(ranged, day, &signer(&credentials)).expect("signed");
    let uri = signed.uri().to_string();
    assert!(uri.contains("&X-Amz-SignedHeaders=host&"));
    assert!(uri.contains("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
    assert_eq!(signed.headers().len(), 1);
    assert_eq!(signed.headers()["range"], "bytes=0-9");
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_schemes_own_port_is_not_signed_because_it_is_not_sent() {
    let credentials = example_credentials();
    let signature = |url: &str| {
        let signed = sign_headers(get(url), Payload::Hashed, &signer(&credentials)).expect("signed");
        signed.headers()["authorization"].clone()
    };
    assert_eq!(signature("https://h:443/a"), signature("https://h/a"));
    assert_eq!(signature("http://h:80/a"), signature("http://h/a"));
    assert_ne!(signature("https://h:8443/a"), signature("https://h/a"));
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn what_cannot_be_signed_is_an_error_and_not_a_panic() {
    let good = example_credentials();
    let second = Duration::from_secs(1);
    let put = Request::put("https://h/a").body(Bytes::new()).expect("a request");
    assert_eq!(
        sign_query(put, second, &signer(&good)).map(|_| ()),
        Err(SignError::Method(Method::PUT))
    );
    let mut amz = get("https://h/a");
    amz.headers_mut()
        .insert("x-amz-acl", HeaderValue::from_static("private"));
    assert!(matches!(
        sign_query(amz, second, &signer(&good)),
        Err(SignError::HeaderInQuerySigning(name)) if name == "x-amz-acl"
    ));
    let mut binary = get("https://h/a");
    let value = HeaderValue::from_bytes(&[0xff]).expect("opaque bytes");
    binary.headers_mut().insert("x-amz-meta-a", value);
    assert!(matches!(
        sign_headers(binary, Payload::Hashed, &signer(&good)),
        Err(SignError::Header(name)) if name == "x-amz-meta-a"
    ));
    let mut pathless = get("https://h/a");
    *pathless.uri_mut() = Uri::from_static("/a");
    assert_eq!(
        sign_headers(pathless, Payload::Hashed, &signer(&good)).map(|_| ()),
        Err(SignError::NoHost)
    );
    for spoilt in [
        but(|keys| keys.access_key_id = "AK\nID".to_owned()),
        but(|keys| keys.access_key_id = "ÄKID".to_owned()),
        but(|keys| keys.access_key_id.clear()),
        but(|keys| keys.session_token = Some("a\r\nb".to_owned())),
    ] {
        let signer = signer(&spoilt);
        let by_headers = sign_headers(get("https://h/a"), Payload::Hashed, &signer).map(|_| ());
        let by_query = sign_query(get("https://h/a"), second, &signer).map(|_| ());
        assert_eq!(
            (by_headers, by_query),
            (Err(SignError::Credentials), Err(SignError::Credentials))
        );
    }
    let endless = but(|keys| keys.session_token = Some("t".repeat(70_000)));
    assert_eq!(
        sign_query(get("https://h/a"), second, &signer(&endless)).map(|_| ()),
        Err(SignError::TooLong)
    );
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn debug_of_a_signed_request_shows_no_secret() {
    let credentials = but(|keys| keys.session_token = Some("TOKENX".to_owned()));
    let signed = sign_headers(get("https://h/a"), Payload::Hashed, &signer(&credentials)).expect("signed");
    let debug = format!("{signed:?} {:?}", signer(&credentials));
    for secret in ["TOKENX", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI"] {
        assert!(!debug.contains(secret), "{debug}");
    }
}
