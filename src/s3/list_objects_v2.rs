//! ListObjectsV2.

/// One object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectSummary {
    /// Object key.
    pub key: String,
    /// Stored size in bytes.
    pub size: u64,
    /// ISO 8601, as the storage wrote it.
    pub last_modified: String,
    /// ETag without quotes.
    pub etag: String,
}

/// One page of a listing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// Objects, in key order.
    pub objects: Vec<ObjectSummary>,
    /// Common prefixes ("folders"), each ending in the delimiter.
    pub common_prefixes: Vec<String>,
    /// Token for the next page, if there is one.
    pub next: Option<String>,
}
