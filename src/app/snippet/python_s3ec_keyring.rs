//! A keyring for raw keys, for the Python S3 Encryption Client, which lets callers bring their own. It unwraps the data
//! key and nothing else: commitment, content and their order stay the official client's.

use super::python_s3ec::Keyring;
use super::{Subject, python_key};
use crate::driver::CseState;

/// `None` for wraps that are not known.
pub(super) fn of_raw_key(subject: &Subject<'_>) -> Option<Keyring> {
    let label = match subject.facts.cse.state {
        CseState::S3ecV3 => "115",
        _ => "AES/GCM/NoPadding",
    };
    let (imports, unwrap) = match (subject.recipient.wrap, subject.recipient.provider.as_str()) {
        ("aes", "02" | "AES/GCM") => (
            "from cryptography.hazmat.primitives.ciphers.aead import AESGCM\n",
            format!("data_key = AESGCM(key).decrypt(wrapped[:12], wrapped[12:], b\"{label}\")\n"),
        ),
        ("aes", "AESWrap") => (
            "from cryptography.hazmat.primitives.keywrap import aes_key_unwrap\n",
            "data_key = aes_key_unwrap(key, wrapped)\n".to_owned(),
        ),
        ("aes", "AES-ECB") => (
            "from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes\n\
             from cryptography.hazmat.primitives.padding import PKCS7\n",
            "cipher, padding = Cipher(algorithms.AES(key), modes.ECB()).decryptor(), PKCS7(128).unpadder()\n        \
             data_key = padding.update(cipher.update(wrapped) + cipher.finalize()) + padding.finalize()\n"
                .to_owned(),
        ),
        ("rsa", "22" | "RSA-OAEP-SHA1") => (
            "from cryptography.hazmat.primitives import hashes, serialization\n\
             from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP\n",
            format!(
                "payload = key.decrypt(wrapped, OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None))\n        \
                 data_key, label = payload[1:33], payload[33:]\n        \
                 if payload[0] != 32 or label != b\"{label}\":\n            \
                 raise ValueError(\"the data key was wrapped for content of another kind\")\n"
            ),
        ),
        ("rsa", "RSA/ECB/OAEPWithSHA-256AndMGF1Padding") => (
            "from cryptography.hazmat.primitives import hashes, serialization\n\
             from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP\n",
            "data_key = key.decrypt(wrapped, OAEP(MGF1(hashes.SHA1()), hashes.SHA256(), None))\n".to_owned(),
        ),
        _ => return None,
    };
    let (needs, key) = match subject.recipient.wrap {
        "rsa" => (
            "",
            "key = serialization.load_pem_private_key(open(\"sealdrop-private-key.pem\", \"rb\").read(), None)\n"
                .to_owned(),
        ),
        _ => {
            let key = python_key::aes(subject);
            (key.needs, key.lines)
        }
    };
    Some(Keyring {
        needs,
        imports: imports.to_owned(),
        materials: "AbstractKeyring",
        before: format!(
            "{key}\n\
             class RawKeyring(AbstractKeyring):\n    \
             # The client has a keyring for KMS only. This one unwraps the data key; all the rest is the client's.\n    \
             def on_encrypt(self, materials):\n        \
             raise NotImplementedError\n\n    \
             def on_decrypt(self, materials, encrypted_data_keys=None):\n        \
             [wrapped] = [one.encrypted_data_key for one in encrypted_data_keys]\n        \
             {unwrap}        \
             materials.plaintext_data_key = data_key\n        \
             return materials\n\n"
        ),
        expression: "RawKeyring()".to_owned(),
        context: String::new(),
    })
}
