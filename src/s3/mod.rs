//! The S3 protocol: requests as values, signing, answers, SSE state and errors. Nothing here knows encryption formats
//! or the browser, reads a clock or awaits.

mod abort_multipart_upload;
mod bucket;
mod clock;
mod complete_multipart_upload;
mod create_multipart_upload;
mod credentials;
mod credentials_file;
mod delete_object;
mod encoding;
mod endpoint;
mod error;
mod get_bucket_cors;
mod get_object;
mod head_bucket;
mod head_object;
mod list_multipart_uploads;
mod list_objects_v2;
mod list_parts;
mod operation;
mod provider;
mod put_object;
mod sign;
#[cfg(test)]
mod sign_vectors;
mod sse;
mod upload_part;
mod xml;

pub use abort_multipart_upload::AbortMultipartUpload;
pub use bucket::{Bucket, BucketError, KeyError, check_key};
pub use clock::clock_skew;
pub use complete_multipart_upload::CompleteMultipartUpload;
pub use create_multipart_upload::CreateMultipartUpload;
pub use credentials::Credentials;
pub use credentials_file::{CredentialsFileError, Profile, parse_credentials_file};
pub use delete_object::DeleteObject;
pub use endpoint::{Endpoint, EndpointError};
pub use error::{ErrorKind, S3Error};
pub use get_bucket_cors::{CorsRule, GetBucketCors, exposes};
pub use get_object::{BodyHead, ByteRange, GetObject, ObjectBytes};
pub use head_bucket::HeadBucket;
pub use head_object::{HeadObject, ObjectHead};
pub use list_multipart_uploads::{ListMultipartUploads, ListedUpload, UploadsPage};
pub use list_objects_v2::{ListObjectsV2, ListPage, ObjectSummary};
pub use list_parts::{ListParts, ListedPart, PartsPage};
pub use operation::{Operation, QUERY_EXPIRES, RequestError, Signing};
pub use provider::{AddressingStyle, Preset, Provider};
pub use put_object::{PutBody, PutObject, Written};
pub use sign::{Payload, SignError, Signer, sign_headers, sign_json, sign_query};
pub use sse::{BucketSse, SSE_HEADER, Sight, SseState, judge, sight};
pub use upload_part::UploadPart;
