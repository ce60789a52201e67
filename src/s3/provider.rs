//! What kinds of S3 storage we know, and how a connection to each starts.

use super::Endpoint;

/// Whether the bucket goes into the path or the host name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressingStyle {
    /// `https://host/bucket/key`.
    #[default]
    Path,
    /// `https://bucket.host/key`; a name with a dot goes into the path all the same on https (`Bucket::new`).
    VirtualHosted,
}

/// A kind of S3 storage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provider {
    /// Amazon S3.
    Aws,
    /// ABCI Cloud Storage of ABCI 2.0 (Scality).
    Abci2,
    /// ABCI Cloud Storage of ABCI 3.0: no SSE.
    Abci3,
    /// Ceph RADOS Gateway.
    Ceph,
    /// MinIO.
    Minio,
    /// SeaweedFS.
    SeaweedFs,
    /// Garage: no SSE-S3.
    Garage,
    /// Anything else.
    #[default]
    Other,
}

/// What a provider's connection form starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Word used in links and `config.json`, such as `abci3`.
    pub id: &'static str,
    /// Name to show.
    pub name: &'static str,
    /// Endpoint URL, empty where it is the user's own; `{region}` stands for the region.
    pub endpoint: &'static str,
    /// SigV4 region.
    pub region: &'static str,
    /// Addressing style.
    pub style: AddressingStyle,
    /// Whether the storage offers SSE-S3 at all.
    pub offers_sse: bool,
}

/// How a bucket comes to encrypt what it stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncryptedCreation {
    /// CreateBucket, then PutBucketEncryption.
    #[default]
    BucketDefault,
    /// One signed header on CreateBucket; never later (Scality, ABCI 2.0's `create-encrypted-bucket`).
    ScalityHeader,
}

impl Provider {
    /// All of them, in the order of the form.
    pub const ALL: [Provider; 8] = [
        Provider::Aws,
        Provider::Abci3,
        Provider::Abci2,
        Provider::Ceph,
        Provider::Minio,
        Provider::SeaweedFs,
        Provider::Garage,
        Provider::Other,
    ];

    /// Its preset.
    pub fn preset(self) -> Preset {
        let preset = |id, name, endpoint, region, style, offers_sse| Preset {
            id,
            name,
            endpoint,
            region,
            style,
            offers_sse,
        };
        use AddressingStyle::{Path, VirtualHosted};
        match self {
            Provider::Aws => preset(
                "aws",
                "Amazon S3",
                "https://s3.{region}.amazonaws.com",
                "us-east-1",
                VirtualHosted,
                true,
            ),
            Provider::Abci2 => preset(
                "abci2",
                "ABCI Cloud Storage (2.0)",
                "https://s3.abci.ai",
                "us-east-1",
                Path,
                true,
            ),
            Provider::Abci3 => preset(
                "abci3",
                "ABCI Cloud Storage (3.0)",
                "https://s3.v3.abci.ai",
                "ap-northeast-1",
                Path,
                false,
            ),
            Provider::Ceph => preset("ceph", "Ceph RGW", "", "us-east-1", Path, true),
            Provider::Minio => preset("minio", "MinIO", "", "us-east-1", Path, true),
            Provider::SeaweedFs => preset("seaweedfs", "SeaweedFS", "", "us-east-1", Path, true),
            Provider::Garage => preset("garage", "Garage", "", "garage", Path, false),
            Provider::Other => preset("other", "Other S3 storage", "", "us-east-1", Path, true),
        }
    }

    /// Whose endpoint this is, where the host alone tells.
    pub fn of_endpoint(endpoint: &Endpoint) -> Option<Provider> {
        match endpoint.host() {
            "s3.abci.ai" => Some(Provider::Abci2),
            "s3.v3.abci.ai" => Some(Provider::Abci3),
            host if host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn") => Some(Provider::Aws),
            _ => None,
        }
    }

    /// The provider with this [`Preset::id`].
    pub fn from_id(id: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|provider| provider.preset().id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_known_says_whose_it_is() {
        let of = |endpoint| Provider::of_endpoint(&Endpoint::parse(endpoint).expect("an endpoint"));
        assert_eq!(of("https://s3.abci.ai"), Some(Provider::Abci2));
        assert_eq!(of("https://s3.v3.abci.ai/"), Some(Provider::Abci3));
        assert_eq!(of("https://s3.eu-west-1.amazonaws.com"), Some(Provider::Aws));
        assert_eq!(of("https://s3.amazonaws.com.example"), None);
        assert_eq!(of("http://127.0.0.1:9000"), None);
    }
}
