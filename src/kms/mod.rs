//! AWS KMS, as far as client-side encryption needs it: `GenerateDataKey` and `Decrypt` as values. JSON 1.1 over POST,
//! signed with SigV4. Nothing here knows encryption formats or the browser.
//!
//! <https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html>

mod answer;
mod request;

pub use answer::{DataKeyAnswer, KmsError, KmsErrorKind};
pub use request::{Decrypt, GenerateDataKey, KmsEndpoint};
