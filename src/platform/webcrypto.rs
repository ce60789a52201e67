//! AES-256-GCM by the browser's own WebCrypto, in the page or in a worker.

use std::fmt;

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AesGcmParams, CryptoKey, SubtleCrypto};

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

    /// Ciphertext with the 16 bytes of tag behind it. The pair of key and `iv` must serve this one plaintext only.
    ///
    /// # Errors
    /// If the browser has no memory for it.
    pub async fn encrypt(
        &self,
        iv: &[u8; 12],
        aad: &[u8],
        plaintext: &Uint8Array,
    ) -> Result<Uint8Array, OperationFailed> {
        let params = params(iv, aad);
        let working = self
            .subtle
            .encrypt_with_object_and_js_u8_array(&params, &self.key, plaintext);
        bytes(JsFuture::from(working.map_err(refused)?).await)
    }

    /// The plaintext of ciphertext with tag, once the tag was checked.
    ///
    /// # Errors
    /// If key, `iv`, `aad`, ciphertext and tag do not belong together.
    pub async fn decrypt(
        &self,
        iv: &[u8; 12],
        aad: &[u8],
        ciphertext_and_tag: &Uint8Array,
    ) -> Result<Uint8Array, OperationFailed> {
        let params = params(iv, aad);
        let working = self
            .subtle
            .decrypt_with_object_and_js_u8_array(&params, &self.key, ciphertext_and_tag);
        bytes(JsFuture::from(working.map_err(refused)?).await)
    }
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
