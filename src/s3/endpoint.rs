//! Where the storage answers.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// `http` or `https`, host, port, and the path in front of the bucket, in the one spelling that browsers use.
///
/// The spelling matters: the host header is signed, and it is the browser that writes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Endpoint {
    https: bool,
    /// Lower case; an IPv6 address in brackets.
    host: String,
    /// `None` for the scheme's own.
    port: Option<u16>,
    /// Empty, or `/a/b` without a slash at the end.
    path: String,
}

/// Why a text is no endpoint. Never carries the text: somebody may have put a password into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointError {
    /// Nothing there.
    Empty,
    /// It does not start with `http://` or `https://`.
    Scheme,
    /// It has a user name or password.
    Credentials,
    /// It has a `?query`.
    Query,
    /// It has a `#fragment`.
    Fragment,
    /// The host is missing or cannot be one (names in other scripts must be given as `xn--…`).
    Host,
    /// The port is not one of 1 to 65535.
    Port,
    /// The path has a character or a segment that browsers would rewrite.
    Path,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EndpointError::Empty => "the endpoint is empty",
            EndpointError::Scheme => "the endpoint must start with https:// or http://",
            EndpointError::Credentials => "the endpoint must not hold a user name or password",
            EndpointError::Query => "the endpoint must not hold a query",
            EndpointError::Fragment => "the endpoint must not hold a fragment",
            EndpointError::Host => "the endpoint's host is not a valid host name",
            EndpointError::Port => "the endpoint's port is not a port",
            EndpointError::Path => "the endpoint's path holds characters that are not allowed there",
        })
    }
}

impl std::error::Error for EndpointError {}

/// Longer than any endpoint, and short enough that endpoint and key together stay a URI.
const MAX_BYTES: usize = 2048;

impl Endpoint {
    /// Reads `https://host[:port][/path]`; white space around it and slashes at its end are dropped.
    pub fn parse(text: &str) -> Result<Endpoint, EndpointError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EndpointError::Empty);
        }
        let (scheme, rest) = text.split_once("://").ok_or(EndpointError::Scheme)?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(EndpointError::Scheme),
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(EndpointError::Credentials);
        }
        if path.contains('#') {
            return Err(EndpointError::Fragment);
        }
        if path.contains('?') {
            return Err(EndpointError::Query);
        }
        if text.len() > MAX_BYTES {
            return Err(EndpointError::Path);
        }
        let (host, port) = split_port(authority)?;
        let port = match port {
            None | Some("") => None,
            Some(digits) => Some(parse_port(digits)?),
        };
        let default = if https { 443 } else { 80 };
        Ok(Endpoint {
            https,
            host: canonical_host(host).ok_or(EndpointError::Host)?,
            port: port.filter(|port| *port != default),
            path: canonical_path(path).ok_or(EndpointError::Path)?,
        })
    }

    /// Whether the connection is encrypted and the server proves its name.
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether it is this computer itself, where plain http crosses no network.
    pub fn is_loopback(&self) -> bool {
        if let Some(inner) = self.host.strip_prefix('[') {
            return inner == "::1]";
        }
        match self.host.parse::<Ipv4Addr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => {
                let name = self.host.strip_suffix('.').unwrap_or(&self.host);
                name == "localhost" || name.ends_with(".localhost")
            }
        }
    }

    /// Host name or address, without port; IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Host, and port unless it is the scheme's own: what the browser sends as `Host`.
    pub fn authority(&self) -> String {
        match self.port {
            None => self.host.clone(),
            Some(port) => format!("{}:{port}", self.host),
        }
    }

    /// `https://host[:port]`: the origin that answers come from. Differs from the bucket's own for virtual-hosted style.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.authority())
    }

    /// The path in front of the bucket: empty, or `/a/b`.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// `http` or `https`.
    pub(super) fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// Whether the host is an address, so that no name can go in front of it.
    pub(super) fn is_address(&self) -> bool {
        self.host.starts_with('[') || self.host.parse::<Ipv4Addr>().is_ok()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<&str>), EndpointError> {
    if authority.starts_with('[') {
        let end = authority.find(']').ok_or(EndpointError::Host)? + 1;
        let (host, rest) = authority.split_at(end);
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(EndpointError::Host),
        };
    }
    Ok(match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    })
}

fn parse_port(digits: &str) -> Result<u16, EndpointError> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EndpointError::Port);
    }
    digits.parse().ok().filter(|port| *port != 0).ok_or(EndpointError::Port)
}

fn canonical_host(host: &str) -> Option<String> {
    if let Some(inner) = host.strip_prefix('[') {
        let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
        // Browsers write an embedded IPv4 address as two hexadecimal groups, Rust as a dotted quad.
        return Some(match (address.to_ipv4_mapped(), address.segments()) {
            (Some(_), [.., high, low]) => format!("[::ffff:{high:x}:{low:x}]"),
            (None, _) => format!("[{address}]"),
        });
    }
    let host = host.to_ascii_lowercase();
    let name = host.strip_suffix('.').unwrap_or(&host);
    let label_fits = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    if name.len() > 253 || !name.split('.').all(label_fits) {
        return None;
    }
    // Browsers take a host that ends in a number for an IPv4 address and rewrite short and hexadecimal ones.
    let last = name.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if numeric && host.parse::<Ipv4Addr>().is_err() {
        return None;
    }
    Some(host)
}

fn canonical_path(path: &str) -> Option<String> {
    let path = path.trim_end_matches('/');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let dots = |segment: &str| segment == "." || segment == "..";
    (path.bytes().all(allowed) && !path.split('/').any(dots)).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_spelled_as_browsers_spell_them() {
        for (text, spelled) in [
            ("https://s3.abci.ai", "https://s3.abci.ai"),
            ("  https://S3.Example.COM/  ", "https://s3.example.com"),
            ("HTTP://localhost:80", "http://localhost"),
            ("https://h:443/", "https://h"),
            ("https://h:80", "https://h:80"),
            ("http://h:443", "http://h:443"),
            ("http://127.0.0.1:8333//", "http://127.0.0.1:8333"),
            ("https://h/gateway/s3/", "https://h/gateway/s3"),
            ("http://[0:0::1]:9000", "http://[::1]:9000"),
            ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
            ("https://h.:8443", "https://h.:8443"),
            ("https://under_score.example", "https://under_score.example"),
            ("https://h:", "https://h"),
        ] {
            assert_eq!(
                Endpoint::parse(text).map(|endpoint| endpoint.to_string()),
                Ok(spelled.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        use EndpointError::*;
        for (text, error) in [
            ("", Empty),
            (" \n", Empty),
            ("s3.example.com", Scheme),
            ("ftp://h", Scheme),
            ("javascript:alert(1)", Scheme),
            ("https://AKIA:secret@h", Credentials),
            ("https://user@h/path", Credentials),
            ("https://h?x=1", Query),
            ("https://h/#x", Fragment),
            ("https://h/?a#b", Fragment),
            ("https://", Host),
            ("https:///path", Host),
            ("https://a b", Host),
            ("https://ex%41mple", Host),
            ("https://例え.jp", Host),
            ("https://a..b", Host),
            ("https://[::1", Host),
            ("https://[::1]x", Host),
            ("https://[zz]", Host),
            ("https://127.1", Host),
            ("https://0x7f.0.0.0x1", Host),
            ("https://1.2.3.4.5", Host),
            ("https://h:0", Port),
            ("https://h:65536", Port),
            ("https://h:+80", Port),
            ("https://h:a", Port),
            ("https://h/a b", Path),
            ("https://h/../b", Path),
            ("https://h/./b", Path),
            ("https://h\\b", Path),
            ("https://h/%2e", Path),
        ] {
            assert_eq!(Endpoint::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn loopback_is_this_computer() {
        for (text, loopback) in [
            ("http://localhost:8333", true),
            ("http://s3.localhost", true),
            ("http://127.8.9.10", true),
            ("http://[::1]", true),
            ("http://localhost.example.com", false),
            ("http://notlocalhost", false),
            ("http://192.168.0.1", false),
            ("http://127.example.com", false),
        ] {
            let endpoint = Endpoint::parse(text).expect("these are endpoints");
            assert_eq!(endpoint.is_loopback(), loopback, "{text}");
        }
    }
}
