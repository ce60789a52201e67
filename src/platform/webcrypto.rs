//! AES-256-GCM, AES-CTR and RSA-OAEP by the browser's own WebCrypto, in the page or in a worker.

use std::fmt;
use std::future::Future;

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, CryptoKey, SubtleCrypto};
use zeroize::Zeroizing;

#[wasm_bindgen]
extern "C" {
    // The page and workers both have it; web-sys knows it only as a property of one or the other.
    #[wasm_bindgen(thread_local_v2, js_namespace = crypto, js_name = subtle)]
    static SUBTLE: Option<SubtleCrypto>;
}

/// WebCrypto refused: for [`AesGcmKey::decrypt`] that means the tag did not fit. It never says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationFailed;

impl fmt::Display for OperationFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the browser's cryptography refused")
    }
}

impl std::error::Error for OperationFailed {}

/// Whether there is WebCrypto: only in secure contexts (https, or loopback).
pub fn is_available() -> bool {
    subtle().is_ok()
}

fn subtle() -> Result<SubtleCrypto, OperationFailed> {
    SUBTLE.with(Clone::clone).ok_or(OperationFailed)
}

/// SHA-256 of these bytes.
///
/// # Errors
/// If there is no WebCrypto here.
pub async fn sha256(bytes: &Uint8Array) -> Result<[u8; 32], OperationFailed> {
    let digesting = subtle()?.digest_with_str_and_js_u8_array("SHA-256", bytes);
    let sum = self::bytes(JsFuture::from(digesting.map_err(refused)?).await)?;
    let mut out = [0; 32];
    if sum.length() != 32 {
        return Err(OperationFailed);
    }
    sum.copy_to(&mut out);
    Ok(out)
}

/// A key inside WebCrypto; its bytes cannot be taken out again.
#[derive(Clone)]
pub struct AesGcmKey {
    subtle: SubtleCrypto,
    key: CryptoKey,
}

impl AesGcmKey {
    /// Hands the key to WebCrypto.
    ///
    /// # Errors
    /// If there is no WebCrypto here.
    pub async fn import(key: &[u8; 32]) -> Result<Self, OperationFailed> {
        let subtle = subtle()?;
        let raw = Uint8Array::from(key.as_slice());
        let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
        let importing = subtle.import_key_with_str("raw", &raw, "AES-GCM", false, &usages);
        // WebCrypto has copied the bytes before it returned.
        raw.fill(0, 0, raw.length());
        let imported = JsFuture::from(importing.map_err(refused)?).await.map_err(refused)?;
        Ok(AesGcmKey {
            subtle,
            key: imported.dyn_into().map_err(refused)?,
        })
    }

    /// Ciphertext with the 16 bytes of tag behind it. The pair of key and `iv` must serve this one plaintext only. The
    /// browser has taken its copy of the plaintext when this returns, before the future is polled.
    ///
    /// # Errors
    /// If the browser has no memory for it.
    pub fn encrypt(
        &self,
        iv: &[u8; 12],
        aad: &[u8],
        plaintext: &Uint8Array,
    ) -> impl Future<Output = Result<Uint8Array, OperationFailed>> + use<> {
        let params = params(iv, aad);
        let working = self
            .subtle
            .encrypt_with_object_and_js_u8_array(&params, &self.key, plaintext);
        let working = working.map(JsFuture::from).map_err(refused);
        async move { bytes(working?.await) }
    }

    /// The plaintext of ciphertext with tag, once the tag was checked.
    ///
    /// # Errors
    /// If key, `iv`, `aad`, ciphertext and tag do not belong together.
    pub fn decrypt(
        &self,
        iv: &[u8; 12],
        aad: &[u8],
        ciphertext_and_tag: &Uint8Array,
    ) -> impl Future<Output = Result<Uint8Array, OperationFailed>> + use<> {
        let params = params(iv, aad);
        let working = self
            .subtle
            .decrypt_with_object_and_js_u8_array(&params, &self.key, ciphertext_and_tag);
        let working = working.map(JsFuture::from).map_err(refused);
        async move { bytes(working?.await) }
    }
}

impl AesGcmKey {
    /// A segment of a longer message: ciphertext, and the call's own tag, which is a secret. `pre_iv` starts the counter
    /// where the segment does; with it the key must serve this one plaintext only. The browser has taken its copy of the
    /// plaintext when this returns, before the future is polled.
    ///
    /// # Errors
    /// If the browser has no memory for it.
    pub fn encrypt_segment(
        &self,
        pre_iv: &[u8; 16],
        plaintext: &Uint8Array,
    ) -> impl Future<Output = Result<(Uint8Array, [u8; 16]), OperationFailed>> + use<> {
        let params = AesGcmParams::new_with_u8_array("AES-GCM", &Uint8Array::from(pre_iv.as_slice()));
        params.set_tag_length(128);
        let working = self
            .subtle
            .encrypt_with_object_and_js_u8_array(&params.into(), &self.key, plaintext);
        let working = working.map(JsFuture::from).map_err(refused);
        async move {
            let sealed = bytes(working?.await)?;
            let end = sealed.length();
            let length = end.checked_sub(16).ok_or(OperationFailed)?;
            Ok((sealed.subarray(0, length), tag(&sealed.subarray(length, end))?))
        }
    }

    /// The tag, a secret, of a call that encrypts nothing and has a segment's ciphertext as additional data.
    ///
    /// # Errors
    /// If the browser has no memory for it.
    pub fn authenticate_segment(
        &self,
        pre_iv: &[u8; 16],
        ciphertext: &Uint8Array,
    ) -> impl Future<Output = Result<[u8; 16], OperationFailed>> + use<> {
        let params = AesGcmParams::new_with_u8_array("AES-GCM", &Uint8Array::from(pre_iv.as_slice()));
        params.set_additional_data_u8_array(ciphertext);
        params.set_tag_length(128);
        let nothing = Uint8Array::new_with_length(0);
        let working = self
            .subtle
            .encrypt_with_object_and_js_u8_array(&params.into(), &self.key, &nothing);
        let working = working.map(JsFuture::from).map_err(refused);
        async move { tag(&bytes(working?.await)?) }
    }
}

fn tag(bytes: &Uint8Array) -> Result<[u8; 16], OperationFailed> {
    let mut tag = [0; 16];
    if bytes.length() != 16 {
        return Err(OperationFailed);
    }
    bytes.copy_to(&mut tag);
    Ok(tag)
}

/// An AES-256 key inside WebCrypto for counter mode.
#[derive(Clone)]
pub struct AesCtrKey {
    subtle: SubtleCrypto,
    key: CryptoKey,
}

impl AesCtrKey {
    /// Hands the key to WebCrypto.
    ///
    /// # Errors
    /// If there is no WebCrypto here.
    pub async fn import(key: &[u8; 32]) -> Result<Self, OperationFailed> {
        let subtle = subtle()?;
        let usages = Array::of1(&"encrypt".into());
        let key = import(&subtle, "raw", key, &"AES-CTR".into(), &usages).await?;
        Ok(AesCtrKey { subtle, key })
    }

    /// Adds the key stream that starts at this counter block; the last 32 bits count. Authenticates nothing. The browser
    /// has taken its copy of the data when this returns, before the future is polled.
    ///
    /// # Errors
    /// If the browser has no memory for it.
    pub fn apply(
        &self,
        counter: &[u8; 16],
        data: &Uint8Array,
    ) -> impl Future<Output = Result<Uint8Array, OperationFailed>> + use<> {
        let params = object(&[
            ("name", &"AES-CTR".into()),
            ("counter", &Uint8Array::from(counter.as_slice())),
            ("length", &32.into()),
        ]);
        let working = params.and_then(|params| {
            let call = self
                .subtle
                .encrypt_with_object_and_js_u8_array(&params, &self.key, data);
            call.map(JsFuture::from).map_err(refused)
        });
        async move { bytes(working?.await) }
    }
}

impl fmt::Debug for AesCtrKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesCtrKey(<redacted>)")
    }
}

/// RSA-OAEP encryption with this SubjectPublicKeyInfo; `hash` is WebCrypto's name, such as `SHA-256`, and serves MGF1
/// too.
///
/// # Errors
/// If there is no WebCrypto, it is no RSA key, or `payload` does not fit.
pub async fn rsa_oaep_encrypt(spki: &[u8], hash: &str, payload: &[u8]) -> Result<Vec<u8>, OperationFailed> {
    let subtle = subtle()?;
    let key = import(
        &subtle,
        "spki",
        spki,
        &rsa_oaep(hash)?.into(),
        &Array::of1(&"encrypt".into()),
    )
    .await?;
    let data = Uint8Array::from(payload);
    let working = subtle.encrypt_with_object_and_js_u8_array(&object(&[("name", &"RSA-OAEP".into())])?, &key, &data);
    data.fill(0, 0, data.length());
    Ok(bytes(JsFuture::from(working.map_err(refused)?).await)?.to_vec())
}

/// RSA-OAEP decryption with this PKCS#8. Every failure is the same.
///
/// # Errors
/// If there is no WebCrypto, or the ciphertext was not made with this key and hash.
pub async fn rsa_oaep_decrypt(
    pkcs8: &[u8],
    hash: &str,
    ciphertext: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OperationFailed> {
    let subtle = subtle()?;
    let key = import(
        &subtle,
        "pkcs8",
        pkcs8,
        &rsa_oaep(hash)?.into(),
        &Array::of1(&"decrypt".into()),
    )
    .await?;
    let data = Uint8Array::from(ciphertext);
    let working = subtle.decrypt_with_object_and_js_u8_array(&object(&[("name", &"RSA-OAEP".into())])?, &key, &data);
    let opened = bytes(JsFuture::from(working.map_err(refused)?).await)?;
    let payload = Zeroizing::new(opened.to_vec());
    opened.fill(0, 0, opened.length());
    Ok(payload)
}

/// A new RSA key pair of this many bits, as PKCS#8. 4096 bits take seconds.
///
/// # Errors
/// If there is no WebCrypto or it does not make keys of this size.
pub async fn generate_rsa_key(bits: u32) -> Result<Zeroizing<Vec<u8>>, OperationFailed> {
    let subtle = subtle()?;
    let algorithm = rsa_oaep("SHA-256")?;
    set(&algorithm, "modulusLength", &bits.into())?;
    set(&algorithm, "publicExponent", &Uint8Array::from(&[1, 0, 1][..]))?;
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let making = subtle
        .generate_key_with_object(&algorithm, true, &usages)
        .map_err(refused)?;
    let pair = JsFuture::from(making).await.map_err(refused)?;
    let private: CryptoKey = Reflect::get(&pair, &"privateKey".into())
        .map_err(refused)?
        .dyn_into()
        .map_err(refused)?;
    let exporting = subtle.export_key("pkcs8", &private).map_err(refused)?;
    let exported = bytes(JsFuture::from(exporting).await)?;
    let pkcs8 = Zeroizing::new(exported.to_vec());
    exported.fill(0, 0, exported.length());
    Ok(pkcs8)
}

fn rsa_oaep(hash: &str) -> Result<Object, OperationFailed> {
    object(&[("name", &"RSA-OAEP".into()), ("hash", &hash.into())])
}

/// A key that cannot be taken out again. `algorithm`: its name or an object.
async fn import(
    subtle: &SubtleCrypto,
    format: &str,
    key: &[u8],
    algorithm: &JsValue,
    usages: &Array,
) -> Result<CryptoKey, OperationFailed> {
    let data = Uint8Array::from(key);
    let importing = match algorithm.as_string() {
        Some(name) => subtle.import_key_with_str(format, &data, &name, false, usages),
        None => subtle.import_key_with_object(format, &data, algorithm.unchecked_ref(), false, usages),
    };
    // WebCrypto has copied the bytes before it returned.
    data.fill(0, 0, data.length());
    let imported = JsFuture::from(importing.map_err(refused)?).await.map_err(refused)?;
    imported.dyn_into().map_err(refused)
}

fn object(fields: &[(&str, &JsValue)]) -> Result<Object, OperationFailed> {
    let object = Object::new();
    for (name, value) in fields {
        set(&object, name, value)?;
    }
    Ok(object)
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), OperationFailed> {
    Reflect::set(object, &name.into(), value).map(drop).map_err(refused)
}

impl fmt::Debug for AesGcmKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AesGcmKey(<redacted>)")
    }
}

fn params(iv: &[u8; 12], aad: &[u8]) -> Object {
    let params = AesGcmParams::new_with_u8_array("AES-GCM", &Uint8Array::from(iv.as_slice()));
    params.set_additional_data_u8_array(&Uint8Array::from(aad));
    params.set_tag_length(128);
    params.into()
}

fn bytes(outcome: Result<JsValue, JsValue>) -> Result<Uint8Array, OperationFailed> {
    outcome.map(|buffer| Uint8Array::new(&buffer)).map_err(refused)
}

fn refused<E>(_details: E) -> OperationFailed {
    OperationFailed
}
