//! Message formats and the algorithm suites of their content.

/// A message format: which metadata entries an object has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `x-amz-key`: AES-CBC. Read only.
    V1,
    /// `x-amz-key-v2`: AES-GCM without key commitment; from old clients AES-CBC.
    V2,
    /// `x-amz-3`: AES-GCM with key commitment.
    V3,
}

/// How the content is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlgorithmSuite {
    /// 0x0070: AES-256-CBC with PKCS#7 padding, no authentication. Read only.
    Aes256CbcIv16NoKdf,
    /// 0x0072: AES-256-GCM with the data key itself.
    Aes256GcmIv12Tag16NoKdf,
    /// 0x0073, written `115`: AES-256-GCM with a derived key and key commitment.
    Aes256GcmHkdfSha512CommitKey,
}

impl AlgorithmSuite {
    /// The text that names it in metadata, and that the key wraps are bound to.
    pub fn label(self) -> &'static str {
        match self {
            AlgorithmSuite::Aes256CbcIv16NoKdf => "AES/CBC/PKCS5Padding",
            AlgorithmSuite::Aes256GcmIv12Tag16NoKdf => "AES/GCM/NoPadding",
            AlgorithmSuite::Aes256GcmHkdfSha512CommitKey => "115",
        }
    }

    /// Its id; only 0x0073 ever stands in an object.
    pub fn id(self) -> u16 {
        match self {
            AlgorithmSuite::Aes256CbcIv16NoKdf => 0x70,
            AlgorithmSuite::Aes256GcmIv12Tag16NoKdf => 0x72,
            AlgorithmSuite::Aes256GcmHkdfSha512CommitKey => 0x73,
        }
    }

    /// Whether the object is bound to one data key.
    pub fn is_committing(self) -> bool {
        self == AlgorithmSuite::Aes256GcmHkdfSha512CommitKey
    }
}
