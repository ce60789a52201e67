//! The S3 protocol: requests as values, signing, answers, SSE state and errors. Nothing here knows encryption formats
//! or the browser, reads a clock or awaits.

mod abort_multipart_upload;
mod bucket;
mod bucket_sse;
mod clock;
mod complete_multipart_upload;
mod content_md5;
mod copy_object;
mod cors_check;
mod cors_rules;
mod create_bucket;
mod create_multipart_upload;
mod credentials;
mod credentials_file;
mod delete_object;
mod encoding;
mod endpoint;
mod equivalent;
mod error;
mod get_bucket_cors;
mod get_bucket_encryption;
mod get_object;
mod head_bucket;
mod head_object;
mod list_multipart_uploads;
mod list_objects_v2;
mod list_parts;
mod operation;
mod provider;
mod put_bucket_cors;
mod put_bucket_encryption;
mod put_object;
mod sight;
mod sign;
#[cfg(test)]
mod sign_vectors;
mod sse;
mod sse_kind;
mod sse_request;
#[cfg(test)]
mod sse_table;
mod upload_part;
mod upload_part_copy;
mod with_checksum;
mod with_sse;
mod xml;

pub use abort_multipart_upload::AbortMultipartUpload;
pub use bucket::{Bucket, BucketError, KeyError, check_key};
pub use bucket_sse::{BucketClaims, BucketSse};
pub use clock::{clock_skew, parse_amz_date, seconds_ahead};
pub use complete_multipart_upload::CompleteMultipartUpload;
pub use copy_object::{CopyObject, MAX_COPY_BYTES};
pub use cors_check::{CorsFinding, CorsProbe, CorsReason, CorsSeen, cors_findings};
pub use cors_rules::{Change, cors_json, cors_xml, merge_rule, recommended_rule, rules_difference};
pub use create_bucket::{CreateBucket, SCALITY_HEADER};
pub use create_multipart_upload::CreateMultipartUpload;
pub use credentials::Credentials;
pub use credentials_file::{CredentialsFileError, Profile, parse_credentials_file};
pub use delete_object::DeleteObject;
pub use endpoint::{Endpoint, EndpointError};
pub use equivalent::{
    aws_copy_large, aws_create_encrypted_bucket, aws_get_bucket_cors, aws_get_bucket_encryption, aws_head_object,
    aws_head_object_sse_c, aws_list_objects, aws_put_bucket_cors, create_encrypted_bucket_tool,
    curl_create_scality_bucket, sibling,
};
pub use error::{ErrorKind, S3Error};
pub use get_bucket_cors::{CorsRule, GetBucketCors, exposes};
pub use get_bucket_encryption::{DefaultEncryption, GetBucketEncryption};
pub use get_object::{BodyHead, ByteRange, GetObject, ObjectBytes};
pub use head_bucket::HeadBucket;
pub use head_object::{HeadObject, ObjectHead};
pub use list_multipart_uploads::{ListMultipartUploads, ListedUpload, UploadsPage};
pub use list_objects_v2::{ListObjectsV2, ListPage, ObjectSummary};
pub use list_parts::{ListParts, ListedPart, PartsPage};
pub use operation::{Operation, QUERY_EXPIRES, RequestError, Signing};
pub use provider::{AddressingStyle, EncryptedCreation, Preset, Provider};
pub use put_bucket_cors::PutBucketCors;
pub use put_bucket_encryption::PutBucketEncryption;
pub use put_object::{PutBody, PutObject, Written};
pub use sight::{Grounds, Sight, grounds};
pub use sign::{Payload, SignError, Signer, sign_headers, sign_json, sign_query};
pub use sse::{SSE_HEADER, SseState, judge, sse_headers};
pub use sse_kind::{EncryptionApi, SseKind};
pub use sse_request::{CustomerKey, SseRequest};
pub use upload_part::UploadPart;
pub use upload_part_copy::{UploadPartCopy, copy_ranges};
pub use with_checksum::{BodyChecksum, WithChecksum, etag_md5, etag_of_parts};
pub use with_sse::WithSse;
