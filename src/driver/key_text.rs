//! What a person gives as a key: raw AES-256 in any shape, or RSA in PEM.

use super::{KeyOrigin, Problem};
use crate::encryption::{Key, RsaPrivateKey, RsaPublicKey, WrappingKey};

/// Reads the content of a key file, or what was pasted. A file with both halves of a pair is the private one.
pub(super) fn read(material: &[u8], origin: KeyOrigin, namespace: &str, name: &str) -> Result<Key, Problem> {
    let (namespace, name) = (namespace.trim(), name.trim());
    let text = std::str::from_utf8(material).ok();
    if let Some(text) = text.filter(|text| is_key_file(text)) {
        let has_private = text.contains("PRIVATE KEY-----");
        return match has_private {
            true => RsaPrivateKey::from_pem(text, namespace, name).map(|key| Key::RsaPrivate(Box::new(key))),
            false => RsaPublicKey::from_pem(text, namespace, name).map(Key::RsaPublic),
        }
        .map_err(|error| Problem::BadRsaKey {
            detail: error.to_string(),
        });
    }
    let aes = match (origin, text) {
        // 32 pasted characters are text, not 32 raw bytes.
        (KeyOrigin::Pasted, Some(text)) => WrappingKey::from_text(text, namespace, name),
        _ => WrappingKey::from_file(material, namespace, name),
    };
    aes.map(Key::Aes).map_err(|_| Problem::BadKeyMaterial)
}

/// Whether it is a key file of any kind, to be read as RSA or refused with what it is.
fn is_key_file(text: &str) -> bool {
    let starts = ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-", "PuTTY-User-Key-File"];
    text.contains("-----BEGIN ")
        || text.contains("---- BEGIN SSH2 ")
        || starts.iter().any(|start| text.trim_start().starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_apart() {
        let hex = "11".repeat(32);
        let aes = read(hex.as_bytes(), KeyOrigin::Pasted, " lab ", "").unwrap();
        assert!(matches!(&aes, Key::Aes(key) if key.namespace() == "lab"));
        let saved = crate::driver::vault::key_file(&aes);
        let again = read(saved.as_bytes(), KeyOrigin::File, "", "").unwrap();
        assert_eq!(again.as_ref().fingerprint(), aes.as_ref().fingerprint());
        assert!(matches!(read(&[7; 32], KeyOrigin::File, "", ""), Ok(Key::Aes(_))));
        assert_eq!(
            read(&[b'x'; 32], KeyOrigin::Pasted, "", "").err(),
            Some(Problem::BadKeyMaterial)
        );
        let broken = read(
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            KeyOrigin::File,
            "",
            "",
        );
        assert!(matches!(broken, Err(Problem::BadRsaKey { .. })));
        let locked = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
        assert!(matches!(
            read(locked, KeyOrigin::File, "", ""),
            Err(Problem::BadRsaKey { detail }) if detail.contains("passphrase")
        ));
        for (text, expected) in [
            ("ssh-rsa AAAAB3NzaC1yc2E lab@host", "ssh-keygen -e"),
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbg==\n-----END OPENSSH PRIVATE KEY-----",
                "ssh-keygen -p",
            ),
            ("PuTTY-User-Key-File-3: ssh-rsa", "SSH"),
            (
                "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----",
                "elliptic curve",
            ),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                "openssl x509",
            ),
            (
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----",
                "passphrase",
            ),
        ] {
            for origin in [KeyOrigin::File, KeyOrigin::Pasted] {
                let Err(Problem::BadRsaKey { detail }) = read(text.as_bytes(), origin, "", "") else {
                    panic!("{text}")
                };
                assert!(detail.contains(expected), "{text}: {detail}");
            }
        }
    }
}
