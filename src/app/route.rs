//! Hash routes: where in the app the person is, readable and linkable on any static host.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::driver::folder_prefix;
use crate::s3::{AddressingStyle, Provider};

/// Everything but RFC 3986's unreserved characters: safe in a path segment and in a parameter.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a link to the connection form fills in. Never credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Preset.
    pub provider: Option<Provider>,
    /// Endpoint URL, without user information.
    pub endpoint: Option<String>,
    /// SigV4 region.
    pub region: Option<String>,
    /// Bucket name.
    pub bucket: Option<String>,
    /// Key prefix.
    pub prefix: Option<String>,
    /// Addressing style.
    pub style: Option<AddressingStyle>,
}

/// A place in the app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The connection form.
    Connect(Link),
    /// A folder of a bucket.
    Browse {
        /// Bucket name.
        bucket: String,
        /// Key prefix, empty for the whole bucket.
        prefix: String,
    },
    /// The queue.
    Transfers,
    /// Keys held in memory.
    Keys,
    /// Encryption state of a bucket.
    Bucket {
        /// Bucket name; empty where none was named.
        bucket: String,
    },
}

impl Default for Route {
    fn default() -> Self {
        Route::Connect(Link::default())
    }
}

impl Route {
    /// Reads `location.hash`, with or without its `#`. What is not understood leads to the connection form; parameters
    /// that are not ours, credentials among them, are dropped.
    pub fn parse(hash: &str) -> Route {
        let hash = hash.trim_start_matches('#');
        let (path, query) = hash.split_once('?').unwrap_or((hash, ""));
        let path = path.strip_prefix('/').unwrap_or(path);
        let (place, rest) = path.split_once('/').unwrap_or((path, ""));
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        match place {
            "browse" if !bucket.is_empty() => Route::Browse {
                bucket: decode(bucket),
                prefix: folder_prefix(&prefix.split('/').map(decode).collect::<Vec<_>>().join("/")),
            },
            "transfers" => Route::Transfers,
            "keys" => Route::Keys,
            "bucket" => Route::Bucket { bucket: decode(bucket) },
            _ => Route::Connect(Link::parse(query)),
        }
    }

    /// The hash, beginning with `#/`.
    pub fn to_hash(&self) -> String {
        match self {
            Route::Connect(link) => {
                let query = link.to_query();
                if query.is_empty() {
                    "#/connect".to_owned()
                } else {
                    format!("#/connect?{query}")
                }
            }
            Route::Browse { bucket, prefix } => {
                let prefix = prefix.split('/').map(encode).collect::<Vec<_>>().join("/");
                format!("#/browse/{}/{prefix}", encode(bucket))
            }
            Route::Transfers => "#/transfers".to_owned(),
            Route::Keys => "#/keys".to_owned(),
            Route::Bucket { bucket } if bucket.is_empty() => "#/bucket".to_owned(),
            Route::Bucket { bucket } => format!("#/bucket/{}", encode(bucket)),
        }
    }
}

impl Link {
    fn parse(query: &str) -> Link {
        let mut link = Link::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = decode(&value.replace('+', " "));
            match name {
                "provider" => link.provider = Provider::from_id(&value),
                "endpoint" => link.endpoint = Some(without_user_info(&value)),
                "region" => link.region = Some(value),
                "bucket" => link.bucket = Some(value),
                "prefix" => link.prefix = Some(value),
                "style" => link.style = style_from_word(&value),
                _ => {}
            }
        }
        link
    }

    fn to_query(&self) -> String {
        let mut query = Vec::new();
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value {
                query.push(format!("{name}={}", encode(value)));
            }
        };
        put("provider", self.provider.map(|provider| provider.preset().id));
        put("endpoint", self.endpoint.as_deref());
        put("region", self.region.as_deref());
        put("bucket", self.bucket.as_deref());
        put("prefix", self.prefix.as_deref());
        put("style", self.style.map(style_word));
        query.join("&")
    }
}

/// The word for an addressing style in links and `config.json`.
pub fn style_word(style: AddressingStyle) -> &'static str {
    match style {
        AddressingStyle::Path => "path",
        AddressingStyle::VirtualHosted => "virtual",
    }
}

/// The addressing style a link or `config.json` names.
pub fn style_from_word(word: &str) -> Option<AddressingStyle> {
    match word {
        "path" => Some(AddressingStyle::Path),
        "virtual" => Some(AddressingStyle::VirtualHosted),
        _ => None,
    }
}

/// Drops `user:password@`: a URL is no place for them, and they must not reach the address bar again.
fn without_user_info(endpoint: &str) -> String {
    let Some((scheme, rest)) = endpoint.split_once("://") else {
        return endpoint.to_owned();
    };
    let authority_ends = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..authority_ends].rfind('@') {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
        None => endpoint.to_owned(),
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_survives_the_address_bar() {
        for prefix in ["", "a/", "a//b/", "with space+plus/日本語/", "100%/#1/?x=/", "../x/"] {
            let route = Route::Browse {
                bucket: "my.bucket".to_owned(),
                prefix: prefix.to_owned(),
            };
            assert_eq!(Route::parse(&route.to_hash()), route, "{prefix}");
        }
    }

    #[test]
    fn a_folder_may_lack_its_last_slash() {
        let [short, whole] = ["#/browse/data/runs/1", "#/browse/data/runs/1/"].map(Route::parse);
        assert_eq!(short, whole);
    }

    #[test]
    fn folders_are_encoded_by_segment() {
        let route = Route::Browse {
            bucket: "data".to_owned(),
            prefix: "run 1/a&b/".to_owned(),
        };
        assert_eq!(route.to_hash(), "#/browse/data/run%201/a%26b/");
    }

    #[test]
    fn a_link_fills_the_form() {
        let route = Route::parse("#/connect?provider=abci3&bucket=data&prefix=a%2Fb%2F&style=virtual");
        let Route::Connect(link) = &route else {
            panic!("not the form")
        };
        assert_eq!(link.provider, Some(Provider::Abci3));
        assert_eq!(link.bucket.as_deref(), Some("data"));
        assert_eq!(link.prefix.as_deref(), Some("a/b/"));
        assert_eq!(link.style, Some(AddressingStyle::VirtualHosted));
        assert_eq!(Route::parse(&route.to_hash()), route);
    }

    #[test]
    fn credentials_in_a_link_are_dropped() {
        let route = Route::parse(
            "#/connect?accessKeyId=AKIA1&secretAccessKey=s3cret&sessionToken=t&endpoint=https%3A%2F%2Fid%3As3cret%40host%2Fx&bucket=b",
        );
        let hash = route.to_hash();
        assert_eq!(hash, "#/connect?endpoint=https%3A%2F%2Fhost%2Fx&bucket=b");
    }

    #[test]
    fn nonsense_leads_to_the_form() {
        for hash in ["", "#", "#/", "#/nowhere", "#/browse", "#/browse/"] {
            assert_eq!(Route::parse(hash), Route::default(), "{hash}");
        }
        assert_eq!(Route::parse("#/bucket"), Route::Bucket { bucket: String::new() });
    }
}
