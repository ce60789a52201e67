//! `config.json` beside `index.html`: what a deployed portal starts with.

use serde::Deserialize;

use super::route::{Link, style_from_word};
use crate::driver::{Intent, KeyMaterial, KeyOrigin, WriteFormat};
use crate::encryption::RsaPublicKey;
use crate::s3::{Credentials, Provider};

/// A deployed portal's presets, read and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// Name of the portal, shown in the header and the window title.
    pub title: Option<String>,
    /// What the connection form starts with.
    pub form: Link,
    /// Formats that may be written, the usual one first; empty where the portal does not care.
    pub formats: Vec<WriteFormat>,
    /// The key that new files are encrypted with from the start (drop-box).
    pub public_key: Option<PublicKeyPreset>,
    /// Throw-away credentials of a local demonstration; only ever honoured on a loopback host.
    pub demo: Option<Credentials>,
}

/// A portal's public key, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeyPreset {
    /// PEM, or where it is: beside the page, before [`Config::with_public_key`] was given it.
    pub source: KeySource,
    label: String,
    namespace: String,
    name: String,
}

/// Where a portal's public key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// Here, as PEM.
    Pem(String),
    /// In a file beside the page.
    File(String),
}

impl PublicKeyPreset {
    /// Takes it into the vault.
    pub fn intent(&self) -> Intent {
        let pem = match &self.source {
            KeySource::Pem(pem) => pem.as_str(),
            KeySource::File(_) => "",
        };
        Intent::AddKey {
            label: self.label.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            material: KeyMaterial(pem.as_bytes().to_vec()),
            origin: KeyOrigin::File,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawPublicKey {
    Text(String),
    Named(NamedPublicKey),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NamedPublicKey {
    key: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    name: String,
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
    formats: Option<Vec<String>>,
    public_key: Option<RawPublicKey>,
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
            formats: formats(&raw.formats.unwrap_or_default())?,
            public_key: raw.public_key.map(public_key).transpose()?,
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

impl Config {
    /// The file beside the page that holds the public key, if it is in one.
    pub fn public_key_file(&self) -> Option<&str> {
        match &self.public_key.as_ref()?.source {
            KeySource::File(path) => Some(path),
            KeySource::Pem(_) => None,
        }
    }

    /// The same with what that file held.
    ///
    /// # Errors
    /// As [`Config::parse`].
    pub fn with_public_key(mut self, pem: &str) -> Result<Config, String> {
        check_public_key(pem)?;
        if let Some(key) = &mut self.public_key {
            key.source = KeySource::Pem(pem.to_owned());
        }
        Ok(self)
    }
}

fn formats(words: &[String]) -> Result<Vec<WriteFormat>, String> {
    let format = |word: &String| {
        let known = WriteFormat::ALL.into_iter().find(|format| format.id() == word);
        known.ok_or_else(|| {
            let known = WriteFormat::ALL.map(WriteFormat::id).join(", ");
            format!("unknown format \"{word}\"; known are {known}")
        })
    };
    words.iter().map(format).collect()
}

fn public_key(raw: RawPublicKey) -> Result<PublicKeyPreset, String> {
    let raw = match raw {
        RawPublicKey::Named(named) => named,
        RawPublicKey::Text(key) => NamedPublicKey {
            key,
            label: String::new(),
            namespace: String::new(),
            name: String::new(),
        },
    };
    let source = if raw.key.contains("-----BEGIN ") {
        check_public_key(&raw.key)?;
        KeySource::Pem(raw.key)
    } else if raw.key.trim().is_empty() || raw.key.contains(':') || raw.key.starts_with("//") {
        // Whoever can exchange the key can read everything: it comes from where the page comes from.
        return Err("publicKey must be PEM text or the name of a file beside the page".into());
    } else {
        KeySource::File(raw.key)
    };
    let label = match raw.label.trim() {
        "" => "Drop-box".to_owned(),
        label => label.to_owned(),
    };
    Ok(PublicKeyPreset {
        source,
        label,
        namespace: raw.namespace,
        name: raw.name,
    })
}

fn check_public_key(pem: &str) -> Result<(), String> {
    if pem.contains("PRIVATE KEY-----") {
        return Err("publicKey holds a private key, which everybody can read now: replace the key pair".into());
    }
    match RsaPublicKey::from_pem(pem, "", "") {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("publicKey: {error}")),
    }
}

fn known_providers() -> String {
    Provider::ALL.map(|provider| provider.preset().id).join(", ")
}

/// What a host answered to the question for a file beside the page: its text, if there is such a file.
///
/// # Errors
/// A part of a sentence: why there is no telling.
pub fn text_of(status: u16, body: &[u8]) -> Result<Option<String>, String> {
    match status {
        200..=299 => match std::str::from_utf8(body) {
            // Editors of Windows put a mark in front, which is no part of the text.
            Ok(text) => Ok(Some(text.trim_start_matches('\u{feff}').to_owned())),
            Err(_) => Err("it is not UTF-8 text".into()),
        },
        // Object storages say 403 of a file that is not there to those who may not list.
        403 | 404 | 410 => Ok(None),
        _ => Err(format!("the page's server answers with status {status}")),
    }
}

/// Whether a text is a page: static hosts that answer every path with the page itself have no `config.json` either.
pub fn is_page(text: &str) -> bool {
    text.trim_start().starts_with('<')
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

    fn public_pem() -> String {
        let json: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/esdk/abci-page-verbatim.json")).unwrap();
        let pem = json["keys"][0]["private_key_pem"].as_str().unwrap();
        let private = crate::encryption::RsaPrivateKey::from_pem(pem, "", "").unwrap();
        private.public().to_pem()
    }

    #[test]
    fn a_drop_box_has_a_public_key_of_its_own_place() {
        let json = |key: serde_json::Value| serde_json::json!({"publicKey": key, "formats": ["esdk"]}).to_string();
        let config = Config::parse(&json(public_pem().into()), "x").unwrap();
        assert_eq!(
            (config.public_key_file(), &config.formats[..]),
            (None, &[WriteFormat::Esdk][..])
        );
        let Intent::AddKey { label, material, .. } = config.public_key.unwrap().intent() else {
            panic!("a key to add")
        };
        assert_eq!((label.as_str(), &material.0[..]), ("Drop-box", public_pem().as_bytes()));

        let named = serde_json::json!({"key": "keys/lab.pem", "label": "Lab", "name": "LabKey"});
        let config = Config::parse(&json(named), "x").unwrap();
        assert_eq!(config.public_key_file(), Some("keys/lab.pem"));
        let config = config.with_public_key(&public_pem()).unwrap();
        let Intent::AddKey { label, name, .. } = config.public_key.clone().unwrap().intent() else {
            panic!("a key to add")
        };
        assert_eq!(
            (config.public_key_file(), label.as_str(), name.as_str()),
            (None, "Lab", "LabKey")
        );
        assert!(config.with_public_key("<!doctype html>").is_err());
        for elsewhere in ["https://evil.example/key.pem", "//evil.example/key.pem", "data:x", " "] {
            assert!(Config::parse(&json(elsewhere.into()), "x").is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn private_keys_and_unknown_formats_are_mistakes() {
        let wrong = |json: serde_json::Value| Config::parse(&json.to_string(), "x").expect_err("a mistake");
        let pem = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----";
        let mistake = wrong(serde_json::json!({"publicKey": pem}));
        assert!(
            mistake.contains("private key") && !mistake.contains("c2VjcmV0"),
            "{mistake}"
        );
        let broken = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
        assert!(wrong(serde_json::json!({"publicKey": broken})).contains("publicKey"));
        assert!(wrong(serde_json::json!({"formats": ["zip"]})).contains("zip"));
    }

    #[test]
    fn only_a_file_that_is_not_there_is_no_file() {
        for missing in [403, 404, 410] {
            assert_eq!(text_of(missing, b"<html>"), Ok(None), "{missing}");
        }
        for broken in [401, 429, 500, 502, 503] {
            assert!(
                text_of(broken, b"{}").is_err_and(|why| why.contains(&broken.to_string())),
                "{broken}"
            );
        }
        assert_eq!(text_of(200, "\u{feff}{}".as_bytes()), Ok(Some("{}".into())));
        assert!(text_of(200, b"\xff\xfe{\0}\0").is_err(), "UTF-16");
        assert!(is_page("\n<!doctype html>") && !is_page("{}") && !is_page(""));
    }

    #[test]
    fn empty_is_fine() {
        assert_eq!(Config::parse("{}", "localhost"), Ok(Config::default()));
    }
}
