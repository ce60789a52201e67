//! `config.json` beside `index.html`: what a deployed portal starts with.

use serde::Deserialize;

use super::route::{Link, style_from_word};
use crate::s3::{Credentials, Provider};

/// A deployed portal's presets, read and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Name of the portal, shown in the header and the window title.
    pub title: Option<String>,
    /// What the connection form starts with.
    pub form: Link,
    /// Throw-away credentials of a local demonstration; only ever honoured on a loopback host.
    pub demo: Option<Credentials>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Raw {
    title: Option<String>,
    provider: Option<String>,
    endpoint: Option<String>,
    region: Option<String>,
    bucket: Option<String>,
    prefix: Option<String>,
    style: Option<String>,
    demo_credentials: Option<RawCredentials>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawCredentials {
    access_key_id: String,
    secret_access_key: String,
}

impl Config {
    /// Reads the file's text. `page_host` is the host name this page came from: demonstration credentials of any other
    /// than a loopback host are ignored, because everybody who can open the page could read them.
    ///
    /// # Errors
    /// A sentence for whoever wrote the file: the line and what is wrong. It never quotes a value.
    pub fn parse(json: &str, page_host: &str) -> Result<Config, String> {
        let raw: Raw = serde_json::from_str(json).map_err(|error| match error.classify() {
            // Data errors quote the value they met, which may be a secret in the wrong place.
            serde_json::error::Category::Data if error.to_string().starts_with("unknown field") => error.to_string(),
            serde_json::error::Category::Data => {
                format!(
                    "a value of the wrong kind at line {} column {}",
                    error.line(),
                    error.column()
                )
            }
            _ => error.to_string(),
        })?;
        let provider = match raw.provider {
            None => None,
            Some(id) => match Provider::from_id(&id) {
                Some(provider) => Some(provider),
                None => return Err(format!("unknown provider \"{id}\"; known are {}", known_providers())),
            },
        };
        let style = match raw.style.as_deref() {
            None => None,
            Some(word) => match style_from_word(word) {
                Some(style) => Some(style),
                None => return Err(format!("unknown style \"{word}\"; known are path, virtual")),
            },
        };
        Ok(Config {
            title: raw.title.filter(|title| !title.trim().is_empty()),
            form: Link {
                provider,
                endpoint: raw.endpoint,
                region: raw.region,
                bucket: raw.bucket,
                prefix: raw.prefix,
                style,
            },
            demo: raw
                .demo_credentials
                .filter(|_| is_loopback(page_host))
                .map(|credentials| Credentials {
                    access_key_id: credentials.access_key_id,
                    secret_access_key: credentials.secret_access_key,
                    session_token: None,
                }),
        })
    }
}

fn known_providers() -> String {
    Provider::ALL.map(|provider| provider.preset().id).join(", ")
}

/// Whether a URL's host is this computer itself.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMO: &str = r#"{
        "title": "Demo", "provider": "seaweedfs", "endpoint": "http://127.0.0.1:8333", "region": "us-east-1",
        "bucket": "sealed", "prefix": "", "style": "path",
        "demoCredentials": {"accessKeyId": "demo", "secretAccessKey": "throw-away"}
    }"#;

    #[test]
    fn a_demo_fills_everything() {
        let config = Config::parse(DEMO, "127.0.0.1").expect("a config");
        assert_eq!(config.title.as_deref(), Some("Demo"));
        assert_eq!(config.form.provider, Some(Provider::SeaweedFs));
        assert_eq!(config.form.bucket.as_deref(), Some("sealed"));
        assert_eq!(config.demo.expect("credentials").access_key_id, "demo");
    }

    #[test]
    fn demo_credentials_stay_on_this_computer() {
        for host in [
            "portal.example.org",
            "127.0.0.1.example.org",
            "10.0.0.1",
            "notlocalhost",
            "",
        ] {
            assert_eq!(Config::parse(DEMO, host).expect("a config").demo, None, "{host}");
        }
        for host in ["localhost", "127.0.0.1", "127.8.9.1", "[::1]", "app.localhost"] {
            assert!(Config::parse(DEMO, host).expect("a config").demo.is_some(), "{host}");
        }
    }

    #[test]
    fn mistakes_are_named_without_quoting_secrets() {
        let wrong = |json: &str| Config::parse(json, "localhost").expect_err("a mistake");
        assert!(wrong(r#"{"provider": "azure"}"#).contains("azure"));
        assert!(wrong(r#"{"style": "dns"}"#).contains("dns"));
        assert!(wrong(r#"{"buckets": "x"}"#).contains("unknown field"));
        assert!(wrong("{").contains("line 1"));
        let quoted = wrong(r#"{"demoCredentials": "s3cret"}"#);
        assert!(!quoted.contains("s3cret"), "{quoted}");
    }

    #[test]
    fn empty_is_fine() {
        assert_eq!(Config::parse("{}", "localhost"), Ok(Config::default()));
    }
}
