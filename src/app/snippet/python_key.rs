//! Python: the key that opens the object, from the file beside the program or from a passphrase.

use super::Subject;
use crate::encryption::passphrase::PassphraseKdf;

/// Lines that end with `key` being the bytes of the raw AES key.
pub(super) struct AesKey {
    /// What `pip install` needs for them.
    pub(super) needs: &'static str,
    /// The lines.
    pub(super) lines: String,
}

/// How the raw AES key comes into the program. A passphrase is asked for: it lies in no file.
pub(super) fn aes(subject: &Subject<'_>) -> AesKey {
    let entry = subject.passphrase_kdf();
    match entry.and_then(|entry| PassphraseKdf::from_entry(entry).ok()) {
        None => AesKey {
            needs: "",
            lines: "key = bytes.fromhex(open(\"sealdrop-key.txt\").read().strip())\n".to_owned(),
        },
        Some(kdf) => AesKey {
            needs: " 'cryptography>=44'",
            lines: format!(
                "import getpass, unicodedata\n\
                 from cryptography.hazmat.primitives.kdf.argon2 import Argon2id\n\n\
                 passphrase = unicodedata.normalize(\"NFKC\", getpass.getpass(\"Passphrase: \").strip()).encode()\n\
                 key = Argon2id(salt=bytes.fromhex(\"{}\"), length=32, iterations={}, lanes={}, memory_cost={}).derive(passphrase)\n",
                kdf.salt().iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
                kdf.passes(),
                kdf.lanes(),
                kdf.memory_kib(),
            ),
        },
    }
}
