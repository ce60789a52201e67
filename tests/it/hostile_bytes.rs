//! Whatever comes from outside, arbitrary or one step from right, is read or refused: no panic, and no more memory than
//! its own size justifies.

use std::sync::LazyLock;

use bytes::Bytes;
use http::Response;
use proptest::prelude::*;
use proptest::sample::Index;
use sealdrop::encryption::esdk::version1::Version1Header;
use sealdrop::encryption::esdk::{Header, Parsed};
use sealdrop::encryption::gcm::{Segment, Share};
use sealdrop::encryption::passphrase::PassphraseKdf;
use sealdrop::encryption::s3ec::{Entries, Envelope, Recognised, TextMap};
use sealdrop::encryption::{ContentKey, Key, RsaPrivateKey, RsaPublicKey, WrappingKey};
use sealdrop::kms::DataKeyAnswer;
use sealdrop::s3::{
    ByteRange, CompleteMultipartUpload, CopyObject, CreateMultipartUpload, GetBucketCors, GetBucketEncryption,
    GetObject, HeadObject, ListMultipartUploads, ListObjectsV2, ListParts, Operation, S3Error, UploadPart,
    parse_credentials_file,
};
use sealdrop::transfer::Checkpoint;

use crate::esdk_vectors;
use crate::vectors::pairs;

/// Reads, and has an eye on how much memory is held meanwhile.
fn modestly<T>(bytes: usize, read: impl FnOnce() -> T) -> T {
    let mut outcome = None;
    let held = allocation_counter::measure(|| outcome = Some(read())).bytes_max;
    let justified = 16 * 1024 + 40 * bytes as u64;
    assert!(held <= justified, "{held} bytes held for {bytes}");
    outcome.unwrap()
}

/// One change of a byte string.
type Edit = (Index, Index, u8, Vec<u8>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..9);
    prop::collection::vec((any::<Index>(), any::<Index>(), any::<u8>(), bytes), 0..4)
}

/// The sample with these changes: bytes replaced, put in, taken out, repeated, made as large as they can be.
fn edited(sample: &[u8], edits: Vec<Edit>) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for (at, to, kind, new) in edits {
        if bytes.is_empty() {
            break;
        }
        let (at, to) = (at.index(bytes.len()), to.index(bytes.len()));
        let range = at.min(to)..at.max(to);
        match kind % 6 {
            0 => bytes[at] = new.first().copied().unwrap_or(0xff),
            1 => drop(bytes.splice(at..at, new)),
            2 => drop(bytes.drain(range)),
            3 => {
                let again = bytes[range.start..range.end.min(range.start + 200)].to_vec();
                drop(bytes.splice(at..at, again));
            }
            4 => bytes[at..].iter_mut().take(new.len()).for_each(|byte| *byte = 0xff),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

static MESSAGES: LazyLock<Vec<esdk_vectors::Vector>> = LazyLock::new(|| {
    let mut messages = esdk_vectors::vectors();
    messages.retain(|vector| vector.message().len() < 3000);
    messages
});

static ENVELOPES: LazyLock<Vec<Vec<(String, String)>>> = LazyLock::new(|| {
    let metadata = |json: &serde_json::Value| {
        let pairs = json["metadata"].as_object().unwrap().iter();
        pairs
            .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
            .collect()
    };
    pairs("s3ec", 52).iter().map(|pair| metadata(&pair.json)).collect()
});

static PEM: LazyLock<Vec<String>> = LazyLock::new(|| {
    let key = MESSAGES
        .iter()
        .flat_map(|vector| &vector.keys)
        .find_map(|key| match key {
            Key::RsaPrivate(key) => Some(key),
            _ => None,
        });
    let key = key.unwrap();
    vec![key.to_pem().to_string(), key.public().to_pem()]
});

const ANSWERS: [&str; 8] = [
    "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken><KeyCount>1</KeyCount><Contents><Key>a%20b</Key><Size>12345</Size><ETag>&quot;e&quot;</ETag><LastModified>2026-01-02T03:04:05Z</LastModified></Contents><CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes><EncodingType>url</EncodingType></ListBucketResult>",
    "<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>7</NextPartNumberMarker><Part><PartNumber>7</PartNumber><ETag>\"e\"</ETag><Size>5242880</Size></Part></ListPartsResult>",
    "<ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker><Upload><Key>k</Key><UploadId>u</UploadId><Initiated>2026-01-02T03:04:05Z</Initiated></Upload></ListMultipartUploadsResult>",
    "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>",
    "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
    "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
    "<CompleteMultipartUploadResult><ETag>\"e-2\"</ETag></CompleteMultipartUploadResult>",
    "<Error><Code>NoSuchKey</Code><Message>m</Message><Region>r</Region></Error>",
];

/// Every operation reads the same answer.
fn read_everywhere(answer: &Response<Bytes>) {
    let key = || "k".to_owned();
    let range = Some(ByteRange { start: 5, end: Some(9) });
    let get = GetObject {
        key: key(),
        range,
        if_match: None,
    };
    let _ = get.body_head(answer);
    let _ = get.output(answer);
    let _ = HeadObject { key: key() }.output(answer);
    let list = ListObjectsV2 {
        prefix: String::new(),
        delimiter: Some("/".into()),
        continuation: None,
        max_keys: None,
    };
    let _ = list.output(answer);
    let parts = ListParts {
        key: key(),
        upload_id: "u".into(),
        after: 0,
    };
    let _ = parts.output(answer);
    let uploads = ListMultipartUploads {
        prefix: String::new(),
        after: None,
    };
    let _ = uploads.output(answer);
    let _ = GetBucketCors.output(answer);
    let _ = GetBucketEncryption.output(answer);
    let create = CreateMultipartUpload {
        key: key(),
        content_type: String::new(),
        metadata: vec![],
        given_with: Vec::new(),
    };
    let _ = create.output(answer);
    let complete = CompleteMultipartUpload {
        key: key(),
        upload_id: "u".into(),
        parts: vec![(1, "e".into())],
        if_none_match: false,
    };
    let _ = complete.output(answer);
    let copy = CopyObject {
        from_bucket: key(),
        from_key: key(),
        key: key(),
        source_etag: None,
    };
    let _ = copy.output(answer);
    let part = UploadPart {
        key: key(),
        upload_id: "u".into(),
        part_number: 1,
    };
    let _ = part.output(answer);
    let _ = S3Error::from_response(answer);
    let _ = DataKeyAnswer::read(answer);
}

fn answer(status: u16, headers: &[(&str, &str)], body: Vec<u8>) -> Response<Bytes> {
    let mut answer = Response::builder().status(status);
    for (name, value) in headers {
        answer = answer.header(*name, *value);
    }
    answer.body(Bytes::from(body)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn message_headers(which in any::<Index>(), edits in edits(), arbitrary in prop::collection::vec(any::<u8>(), 0..300)) {
        let sample = MESSAGES[which.index(MESSAGES.len())].message();
        for bytes in [edited(sample, edits), arbitrary] {
            modestly(bytes.len(), || {
                if let Ok(Parsed::Complete(header)) = Header::parse(&bytes) {
                    let names: Vec<_> = header.edks().iter().map(|edk| (edk.wrap(), edk.key_name())).collect();
                    assert_eq!(names.len(), header.edks().len());
                    let _ = (header.layout(u64::MAX), header.signed_layout(bytes.len() as u64, &bytes));
                    if let Ok(verifier) = header.verifier() {
                        let _ = verifier.finish(&bytes);
                    }
                }
                let _ = Version1Header::parse(&bytes);
            });
        }
    }

    #[test]
    fn old_messages_read_whole(which in any::<Index>(), edits in edits()) {
        let vector = &MESSAGES[which.index(MESSAGES.len())];
        let aes: Vec<_> = vector.keys.iter().filter(|key| matches!(key, Key::Aes(_))).collect();
        let bytes = edited(vector.message(), edits);
        modestly(bytes.len(), || {
            if let Ok(Some(header)) = Version1Header::parse(&bytes) {
                let _ = header.decrypt(&bytes, aes, true);
            }
        });
    }

    #[test]
    fn envelopes(which in any::<Index>(), entry in any::<Index>(), edits in edits(), arbitrary in ".{0,200}") {
        let metadata = &ENVELOPES[which.index(ENVELOPES.len())];
        let entry = entry.index(metadata.len());
        for value in [text(&edited(metadata[entry].1.as_bytes(), edits)), arbitrary] {
            let mut changed = metadata.clone();
            changed[entry].1 = value;
            let size = changed.iter().map(|(name, value)| name.len() + value.len()).sum();
            modestly(size, || {
                let entries = Entries::from_metadata(changed.iter().map(|(name, value)| (name, value)));
                if let Ok(Recognised::Envelope(envelope)) = entries.and_then(Envelope::recognise) {
                    let _ = (envelope.key_needed(), envelope.plaintext_length(u64::MAX), envelope.kms_decrypt(None));
                }
            });
        }
    }

    #[test]
    fn instruction_files(which in any::<Index>(), edits in edits(), arbitrary in prop::collection::vec(any::<u8>(), 0..300)) {
        let metadata = &ENVELOPES[which.index(ENVELOPES.len())];
        let all: TextMap = metadata.iter().map(|(name, value)| (name, value)).collect();
        for file in [edited(all.to_json().as_bytes(), edits), arbitrary] {
            modestly(file.len(), || {
                let _ = Envelope::with_instruction_file(Entries::default(), &file);
                let _ = TextMap::from_json(&file);
            });
        }
    }

    #[test]
    fn aes_key_files(arbitrary in prop::collection::vec(any::<u8>(), 0..200), edits in edits()) {
        let file = WrappingKey::new([0xa7; 32], "", "").to_file();
        for bytes in [edited(file.as_bytes(), edits), arbitrary] {
            modestly(bytes.len(), || drop(WrappingKey::from_file(&bytes, "", "")));
        }
    }

    #[test]
    fn credentials_files(edits in edits(), arbitrary in ".{0,200}") {
        let ini = "[default]\naws_access_key_id = A\naws_secret_access_key = s\n[profile two]\nregion=r\naws_session_token='t'\n";
        let csv = "User name,Access key ID,Secret access key\nme,\"A\",\"s\"\n";
        for text in [text(&edited(ini.as_bytes(), edits.clone())), text(&edited(csv.as_bytes(), edits)), arbitrary] {
            if let Ok(profiles) = modestly(text.len(), || parse_credentials_file(&text)) {
                prop_assert!(!profiles.is_empty());
            }
        }
    }

    #[test]
    fn answers_of_storages(
        which in any::<Index>(),
        edits in edits(),
        status in prop::sample::select(vec![200u16, 206, 301, 400, 403, 404, 500]),
        header in "[ -~]{0,40}",
    ) {
        let body = edited(ANSWERS[which.index(ANSWERS.len())].as_bytes(), edits);
        let size = body.len();
        let names = ["etag", "content-range", "content-length", "last-modified", "x-amz-server-side-encryption"];
        let headers = names.map(|name| (name, header.as_str()));
        let answer = answer(status, &headers, body);
        modestly(size, || read_everywhere(&answer));
    }

    #[test]
    fn answers_of_kms(edits in edits()) {
        let good = r#"{"Plaintext":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","CiphertextBlob":"AAAA","KeyId":"arn"}"#;
        let body = edited(good.as_bytes(), edits);
        let size = body.len();
        let answer = answer(200, &[], body);
        modestly(size, || drop(DataKeyAnswer::read(&answer)));
    }

    #[test]
    fn records_of_uploads(edits in edits()) {
        let good = r#"{"id":"00","place":"p","key":"k","upload_id":"u","header":"AgR4","fingerprint":"f","file":{"size":1,"modified_ms":1.5},"replace":true,"started_ms":1.0,"sse":{"kind":"sse-kms"}}"#;
        let text = text(&edited(good.as_bytes(), edits));
        modestly(text.len(), || drop(Checkpoint::from_text(&text)));
    }

    #[test]
    fn sealed_shares_and_passphrase_entries(bytes in prop::collection::vec(any::<u8>(), 0..60), edits in edits()) {
        let segment = Segment::new(0, 16, 16).unwrap();
        prop_assert!(Share::unseal(&bytes, segment, &ContentKey::from_bytes([7; 32])).is_err());
        let entry = PassphraseKdf::new([1; 16]).to_entry();
        let changed = text(&edited(entry.as_bytes(), edits));
        modestly(changed.len(), || drop(PassphraseKdf::from_entry(&changed)));
    }
}

proptest! {
    // Big numbers in debug builds take their time.
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn pem_files(edits in edits(), arbitrary in "(-----BEGIN (RSA )?(PUBLIC|PRIVATE) KEY-----|-----END|[A-Za-z0-9+/=\n]{0,30}){0,9}") {
        for text in PEM.iter().map(|pem| text(&edited(pem.as_bytes(), edits.clone()))).chain([arbitrary]) {
            modestly(text.len(), || {
                let _ = RsaPublicKey::from_pem(&text, "", "");
                let _ = RsaPrivateKey::from_pem(&text, "", "");
            });
        }
    }
}

/// Nesting and references, the classics against parsers of text.
#[test]
fn deep_and_expanding_documents_are_refused() {
    let deep = format!("<ListBucketResult>{}", "<a>".repeat(200_000));
    let entities: String = (1..20)
        .map(|n| format!("<!ENTITY e{n} \"&e{};&e{};\">", n - 1, n - 1))
        .collect();
    let laughs =
        format!("<!DOCTYPE x [<!ENTITY e0 \"ha\">{entities}]><ListBucketResult><Name>&e19;</Name></ListBucketResult>");
    let external = "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><Error><Code>&f;</Code></Error>".to_owned();
    for body in [deep, laughs, external] {
        let size = body.len();
        for status in [200, 403] {
            let answer = answer(status, &[], body.clone().into_bytes());
            modestly(size, || read_everywhere(&answer));
        }
    }
    for json in ["[".repeat(100_000), "{\"a\":".repeat(100_000)] {
        assert_eq!(modestly(json.len(), || TextMap::from_json(json.as_bytes())), None);
        assert_eq!(modestly(json.len(), || Checkpoint::from_text(&json)), None);
    }
}
