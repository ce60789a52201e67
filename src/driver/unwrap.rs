//! From what an object says and the keys held to its content key. RSA is decrypted by WebCrypto where there is one: the
//! software's timing tells about the key.

use zeroize::Zeroizing;

use super::engine::Engine;
use super::session::Session;
use super::{Problem, describe, refusal};
use crate::encryption::esdk::{self, Header};
use crate::encryption::s3ec::{self, Envelope, KeyNeeded, Policy};
use crate::encryption::{EncryptionError, Key, KeyRef, OaepPadding, passphrase};
use crate::platform::webcrypto;

/// Messages do not say their padding; these are tried after the key's own.
const PADDINGS: [OaepPadding; 4] = [
    OaepPadding::Sha256,
    OaepPadding::Sha1,
    OaepPadding::Sha384,
    OaepPadding::Sha512,
];

/// One private RSA key, taken out of the vault for an operation that takes its time.
struct Rsa {
    bits: usize,
    pkcs8: Zeroizing<Vec<u8>>,
}

fn rsa_keys(engine: &Engine) -> Vec<Rsa> {
    let vault = engine.vault.borrow();
    let ids = (0..).map_while(|index| vault.id_at(index));
    let private = ids.filter_map(|id| match vault.get(id)?.0 {
        Key::RsaPrivate(key) => Some(Rsa {
            bits: key.public().bits() as usize,
            pkcs8: key.to_pkcs8_der(),
        }),
        _ => None,
    });
    private.collect()
}

/// The content key of a message.
pub(super) async fn message(engine: &Engine, session: &Session, header: &Header) -> Result<esdk::Opened, Problem> {
    let refused = |error| refusal::from_encryption(error, Some(describe::key_needed(header)));
    let by_aes = {
        let vault = engine.vault.borrow();
        header.open(vault.all().filter(|key| matches!(key, KeyRef::Aes(_))))
    };
    match by_aes {
        Err(EncryptionError::NoMatchingKey) => {}
        opened => return opened.map_err(refused),
    }
    if let Some(entry) = header.context().get(passphrase::ENTRY) {
        let derived = engine.vault.borrow().derived(entry).map_err(refused)?;
        return header.open(&derived).map_err(refused);
    }
    if let Some(kms) = engine.kms() {
        for edk in header.edks() {
            let Some(arn) = edk.kms_key_arn() else { continue };
            let answer = kms
                .decrypt(session, edk.ciphertext(), Some(arn), header.context().iter())
                .await?;
            return header.open_with_data_key(&answer.plaintext, 0).map_err(refused);
        }
    }
    if !webcrypto::is_available() {
        let vault = engine.vault.borrow();
        return header.open(vault.all()).map_err(refused);
    }
    let keys = rsa_keys(engine);
    let wrapped: Vec<Vec<u8>> = {
        let rsa = header.edks().iter().filter(|edk| edk.wrap() == esdk::Wrap::Rsa);
        rsa.map(|edk| edk.ciphertext.clone()).collect()
    };
    for key in &keys {
        for ciphertext in &wrapped {
            for hash in PADDINGS.into_iter().filter_map(OaepPadding::web_crypto_hash) {
                if let Ok(data_key) = webcrypto::rsa_oaep_decrypt(&key.pkcs8, hash, ciphertext).await {
                    return header.open_with_data_key(&data_key, 0).map_err(refused);
                }
            }
        }
    }
    Err(if keys.is_empty() && has_public_half(engine, header) {
        Problem::PublicKeyOnly
    } else {
        refused(EncryptionError::NoMatchingKey)
    })
}

fn has_public_half(engine: &Engine, header: &Header) -> bool {
    let needed = describe::key_needed(header);
    let vault = engine.vault.borrow();
    vault.by_fingerprint(&needed).is_some()
}

/// The content key of an object of the S3 Encryption Client.
pub(super) async fn envelope(
    engine: &Engine,
    session: &Session,
    envelope: &Envelope,
    policy: Policy,
) -> Result<s3ec::Opened, Problem> {
    let refused = |error| refusal::from_encryption(error, Some(describe::envelope_key_needed(envelope)));
    match envelope.key_needed() {
        KeyNeeded::Rsa { padding, bits } => {
            let Some(hash) = padding.web_crypto_hash().filter(|_| webcrypto::is_available()) else {
                let vault = engine.vault.borrow();
                return envelope.open(vault.all(), policy).map_err(refused);
            };
            let keys = rsa_keys(engine);
            let mut fitting = keys
                .iter()
                .filter(|key| key.bits.next_multiple_of(8) == bits)
                .peekable();
            if fitting.peek().is_none() {
                return Err(refused(EncryptionError::NoMatchingKey));
            }
            let mut outcome = Err(EncryptionError::NoMatchingKey);
            for key in fitting {
                let payload = webcrypto::rsa_oaep_decrypt(&key.pkcs8, hash, envelope.wrapped_key()).await;
                // A failure looks like every other.
                outcome = envelope.open_with_payload(&payload.unwrap_or_default(), policy);
                if outcome.is_ok() {
                    break;
                }
            }
            outcome.map_err(refused)
        }
        KeyNeeded::Aes => {
            let vault = engine.vault.borrow();
            if let Some(entry) = envelope.description().get(passphrase::ENTRY) {
                // With the same salt the key is there already, and found first.
                let mut keys: Vec<KeyRef<'_>> = vault.all().collect();
                let derived = vault.derived(entry).map_err(refused)?;
                keys.extend(derived.iter().map(KeyRef::Aes));
                return envelope.open(keys, policy).map_err(refused);
            }
            envelope.open(vault.all(), policy).map_err(refused)
        }
        KeyNeeded::Kms => {
            let Some(kms) = engine.kms() else {
                return Err(refused(EncryptionError::NoMatchingKey));
            };
            let ask = envelope.kms_decrypt(None).map_err(refused)?;
            let key_id = ask.key_id.as_deref().unwrap_or(&kms.key_id);
            let context = ask.encryption_context.iter();
            let answer = kms
                .decrypt(session, &ask.ciphertext_blob, Some(key_id), context)
                .await?;
            envelope.open_with_payload(&answer.plaintext, policy).map_err(refused)
        }
    }
}
