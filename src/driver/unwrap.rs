//! From what an object says and the keys held to its content key. RSA is decrypted by WebCrypto where there is one: the
//! software's timing tells about the key.

use zeroize::Zeroizing;

use super::engine::Engine;
use super::session::Session;
use super::{Problem, describe, kms, readers, refusal};
use crate::encryption::esdk::version1::Version1Header;
use crate::encryption::esdk::{self, EncryptedDataKey, EncryptionContext, Header, RsaUnwrap};
use crate::encryption::s3ec::{self, Envelope, KeyNeeded, Policy};
use crate::encryption::{EncryptionError, Key, KeyRef, OaepPadding, RsaPrivateKey, passphrase};
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

/// The content key of a message that says the encryption context required.
pub(super) async fn message(engine: &Engine, session: &Session, header: &Header) -> Result<esdk::Opened, Problem> {
    engine.context.borrow().check(header.context().iter(), false)?;
    message_begun(engine, session, header).await
}

/// The content key of a message, whatever its context: the first of its recipients whose key is held.
pub(super) async fn message_begun(
    engine: &Engine,
    session: &Session,
    header: &Header,
) -> Result<esdk::Opened, Problem> {
    let refused = |error| refusal::from_encryption(error, Some(describe::key_needed(header)));
    let by_aes = {
        let vault = engine.vault.borrow();
        header.open(vault.all().filter(|key| matches!(key, KeyRef::Aes(_))))
    };
    match by_aes {
        Err(EncryptionError::NoMatchingKey) => {}
        opened => return opened.map_err(refused),
    }
    let mut failed = EncryptionError::NoMatchingKey;
    if let Some(entry) = header.context().get(passphrase::ENTRY) {
        let derived = engine.vault.borrow().derived(entry);
        match derived.and_then(|keys| header.open(keys.iter().map(|(_, key)| key))) {
            // What was said of the passphrase may be out of bounds: another recipient's key may be here.
            Err(error @ (EncryptionError::NoMatchingKey | EncryptionError::Unsupported { .. })) => failed = error,
            opened => return opened.map_err(refused),
        }
    }
    if let Some(data_key) = by_rsa(engine, |keys| header.rsa_unwraps(keys)).await {
        return header.open_with_data_key(&data_key, 0).map_err(refused);
    }
    if let Some(data_key) = by_kms(engine, session, header.edks(), header.context()).await? {
        return header.open_with_data_key(&data_key, 0).map_err(refused);
    }
    Err(if has_public_half(engine, header.edks(), header.context()) {
        Problem::PublicKeyOnly
    } else {
        refused(failed)
    })
}

/// The data key of a message of version 1 that says the encryption context required: the first of its recipients whose key
/// is held.
pub(super) async fn version1(
    engine: &Engine,
    session: &Session,
    header: &Version1Header,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    engine.context.borrow().check(header.context().iter(), false)?;
    let needed = readers::needed(&readers::of_message(header.edks(), header.context()));
    let refused = |error| refusal::from_encryption(error, Some(needed.clone()));
    let by_aes = {
        let vault = engine.vault.borrow();
        header.unwrap(vault.all().filter(|key| matches!(key, KeyRef::Aes(_))))
    };
    match by_aes {
        Err(EncryptionError::NoMatchingKey) => {}
        unwrapped => return unwrapped.map_err(refused),
    }
    if let Some(data_key) = by_rsa(engine, |keys| header.rsa_unwraps(keys)).await {
        return Ok(data_key);
    }
    if let Some(data_key) = by_kms(engine, session, header.edks(), header.context()).await? {
        return Ok(data_key);
    }
    Err(if has_public_half(engine, header.edks(), header.context()) {
        Problem::PublicKeyOnly
    } else {
        refused(EncryptionError::NoMatchingKey)
    })
}

/// The data key by one of the KMS keys held, if one is a recipient.
async fn by_kms(
    engine: &Engine,
    session: &Session,
    edks: &[EncryptedDataKey],
    context: &EncryptionContext,
) -> Result<Option<Zeroizing<Vec<u8>>>, Problem> {
    let mut refused = None;
    for edk in edks {
        let Some(arn) = edk.kms_key_arn() else { continue };
        match engine
            .unwrap_by_kms(session, arn, edk.ciphertext(), context.iter())
            .await
        {
            Ok(None) => {}
            Err(problem) => refused = Some(kms::telling(refused, problem)),
            opened => return opened,
        }
    }
    refused.map_or(Ok(None), Err)
}

/// The data key by one of the private RSA keys held; `unwraps` gives what they may open.
async fn by_rsa<'m>(
    engine: &Engine,
    unwraps: impl FnOnce(Vec<KeyRef<'_>>) -> Vec<RsaUnwrap<'m>>,
) -> Option<Zeroizing<Vec<u8>>> {
    let attempts: Vec<(Zeroizing<Vec<u8>>, OaepPadding, Vec<u8>)> = {
        let vault = engine.vault.borrow();
        let attempts = unwraps(vault.all().collect()).into_iter().filter_map(|unwrap| {
            match vault.get(vault.id_at(unwrap.key_index)?)?.0 {
                Key::RsaPrivate(key) => Some((key.to_pkcs8_der(), unwrap.padding, unwrap.ciphertext.to_vec())),
                Key::Aes(_) | Key::RsaPublic(_) => None,
            }
        });
        attempts.collect()
    };
    let others = |own: OaepPadding| PADDINGS.into_iter().filter(move |padding| *padding != own);
    let own = attempts.iter().map(|(key, own, ciphertext)| (key, *own, ciphertext));
    let tries = own.chain(
        attempts
            .iter()
            .flat_map(|(key, own, ciphertext)| others(*own).map(move |padding| (key, padding, ciphertext))),
    );
    for (key, padding, ciphertext) in tries {
        let opened = match padding.web_crypto_hash().filter(|_| webcrypto::is_available()) {
            Some(hash) => webcrypto::rsa_oaep_decrypt(key, hash, ciphertext).await.ok(),
            None => {
                let key = RsaPrivateKey::from_pkcs8_der(key, "", "").ok()?;
                key.decrypt(padding, ciphertext).ok()
            }
        };
        if opened.is_some() {
            return opened;
        }
    }
    None
}

/// Whether one of the recipients is a public key held here: it opens nothing.
fn has_public_half(engine: &Engine, edks: &[EncryptedDataKey], context: &EncryptionContext) -> bool {
    let vault = engine.vault.borrow();
    let readers = readers::of_message(edks, context);
    let noted = readers.iter().filter_map(|reader| reader.fingerprint.as_deref());
    let mut held = noted.filter_map(|fingerprint| vault.get(vault.by_fingerprint(fingerprint)?));
    held.any(|(key, _)| matches!(key, Key::RsaPublic(_)))
}

/// Whether the object names its key, and that one is not here: then it is missing, and nothing says that the object is
/// damaged.
fn lacks_named_key(engine: &Engine, envelope: &Envelope) -> bool {
    let kdf_entry = envelope.description().get(passphrase::ENTRY);
    let named = readers::of_envelope(envelope).fingerprint;
    named.is_some_and(|named| engine.vault.borrow().holder(&named, kdf_entry).is_none())
}

/// The content key of an object of the S3 Encryption Client. One wrapped by KMS must say the encryption context required;
/// the others have none.
pub(super) async fn envelope(
    engine: &Engine,
    session: &Session,
    envelope: &Envelope,
    policy: Policy,
) -> Result<s3ec::Opened, Problem> {
    if envelope.key_needed() == KeyNeeded::Kms {
        engine.context.borrow().check(envelope.description().iter(), true)?;
    }
    envelope_begun(engine, session, envelope, policy).await
}

/// The same, whatever its context.
pub(super) async fn envelope_begun(
    engine: &Engine,
    session: &Session,
    envelope: &Envelope,
    policy: Policy,
) -> Result<s3ec::Opened, Problem> {
    match with_keys_held(engine, session, envelope, policy).await {
        Err(Problem::NotAuthentic) if lacks_named_key(engine, envelope) => Err(Problem::KeyNeeded {
            needed: Some(describe::envelope_key_needed(envelope)),
        }),
        opened => opened,
    }
}

async fn with_keys_held(
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
                keys.extend(derived.iter().map(|(_, key)| KeyRef::Aes(key)));
                return envelope.open(keys, policy).map_err(refused);
            }
            envelope.open(vault.all(), policy).map_err(refused)
        }
        KeyNeeded::Kms => {
            let ask = envelope.kms_decrypt(None).map_err(refused)?;
            // Of the old wrap, what it names may be an alias.
            let context = ask.encryption_context.iter();
            let opened = engine.unwrap_by_kms(session, "", &ask.ciphertext_blob, context).await?;
            let payload = opened.ok_or_else(|| refused(EncryptionError::NoMatchingKey))?;
            envelope.open_with_payload(&payload, policy).map_err(refused)
        }
    }
}
