//! Small texts, and handles on files, kept by the browser across reloads and crashes, by key (IndexedDB).

use idb::{
    Database, DatabaseEvent, Factory, KeyRange, ObjectStoreParams, Query, Transaction, TransactionMode,
    TransactionResult,
};
use js_sys::{Array, Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbTransaction};

use super::error::BrowserError;
use super::file_access::KeptFile;

const STORE: &str = "records";
/// Sorts after every character that keys are made of.
const LAST: &str = "\u{ffff}";

/// A set of texts and handles by key.
#[derive(Debug)]
pub struct Records(IdbDatabase);

impl Records {
    /// Opens the set of this name; makes it if there is none.
    ///
    /// # Errors
    /// Where the browser keeps nothing (some private windows), or its disk is full.
    pub async fn open(name: &str) -> Result<Self, BrowserError> {
        let mut opening = Factory::new().map_err(plain)?.open(name, Some(1)).map_err(plain)?;
        opening.on_upgrade_needed(|event| {
            // If this fails, so does the opening as a whole: the store is missing at the first use.
            if let Ok(database) = event.database() {
                drop(database.create_object_store(STORE, ObjectStoreParams::new()));
            }
        });
        Ok(Records(opening.await.map_err(plain)?.into()))
    }

    /// Keeps a text. When this is done, it is on the disk: not even a power cut loses it.
    ///
    /// # Errors
    /// When it is not kept, [`BrowserError::is_no_space`] among the reasons.
    pub async fn put(&self, key: &str, text: &str) -> Result<(), BrowserError> {
        self.put_value(key, &text.into()).await
    }

    /// Keeps a handle on a file.
    ///
    /// # Errors
    /// As [`Records::put`].
    pub async fn put_file(&self, key: &str, file: &KeptFile) -> Result<(), BrowserError> {
        self.put_value(key, file.as_js()).await
    }

    async fn put_value(&self, key: &str, value: &JsValue) -> Result<(), BrowserError> {
        let change = self.durable_change()?;
        let store = change.object_store(STORE).map_err(plain)?;
        store
            .put(value, Some(&key.into()))
            .map_err(plain)?
            .await
            .map_err(plain)?;
        ended(change).await
    }

    /// Keeps a text where there is none yet, as [`Records::put`] does; else gives the text that is there and changes
    /// nothing. One step: of two tabs that do this at once, one is first.
    ///
    /// # Errors
    /// When it is not kept.
    pub async fn put_first(&self, key: &str, text: &str) -> Result<Option<String>, BrowserError> {
        let change = self.durable_change()?;
        let store = change.object_store(STORE).map_err(plain)?;
        let there = store.get(Query::Key(key.into())).map_err(plain)?.await.map_err(plain)?;
        if there.is_none() {
            let putting = store.put(&text.into(), Some(&key.into())).map_err(plain)?;
            putting.await.map_err(plain)?;
        }
        ended(change).await?;
        // What is no text is none of ours, and equals nothing.
        Ok(there.map(|there| there.as_string().unwrap_or_default()))
    }

    /// All keys that start with `prefix`, in order, with their texts.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn all(&self, prefix: &str) -> Result<Vec<(String, String)>, BrowserError> {
        let pairs = self.values(prefix).await?.into_iter();
        Ok(pairs
            .filter_map(|(key, value)| Some((key, value.as_string()?)))
            .collect())
    }

    /// All keys that start with `prefix`, in order, with their handles on files.
    ///
    /// # Errors
    /// As [`Records::all`].
    pub async fn files(&self, prefix: &str) -> Result<Vec<(String, KeptFile)>, BrowserError> {
        let pairs = self.values(prefix).await?.into_iter();
        Ok(pairs
            .filter_map(|(key, value)| Some((key, KeptFile::from_js(value)?)))
            .collect())
    }

    async fn values(&self, prefix: &str) -> Result<Vec<(String, JsValue)>, BrowserError> {
        let database = Database::from(self.0.clone());
        let reading = database
            .transaction(&[STORE], TransactionMode::ReadOnly)
            .map_err(plain)?;
        let store = reading.object_store(STORE).map_err(plain)?;
        let keys = store.get_all_keys(Some(range(prefix)?), None).map_err(plain)?;
        let values = store.get_all(Some(range(prefix)?), None).map_err(plain)?;
        let (keys, values) = (keys.await.map_err(plain)?, values.await.map_err(plain)?);
        let pairs = keys.iter().zip(values);
        Ok(pairs
            .filter_map(|(key, value)| Some((key.as_string()?, value)))
            .collect())
    }

    /// Forgets all keys that start with `prefix`.
    ///
    /// # Errors
    /// When they stay.
    pub async fn remove(&self, prefix: &str) -> Result<(), BrowserError> {
        let change = self.durable_change()?;
        let store = change.object_store(STORE).map_err(plain)?;
        store.delete(range(prefix)?).map_err(plain)?.await.map_err(plain)?;
        ended(change).await
    }

    /// Browsers that do not know the option ignore it, and were durable before there was one.
    fn durable_change(&self) -> Result<Transaction, BrowserError> {
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let begin: Function = Reflect::get(&self.0, &"transaction".into())?.unchecked_into();
        let arguments = Array::of3(&STORE.into(), &"readwrite".into(), &options);
        let change: IdbTransaction = Reflect::apply(&begin, &self.0, &arguments)?.unchecked_into();
        Ok(change.into())
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        // What was begun runs to its end.
        self.0.close();
    }
}

fn range(prefix: &str) -> Result<Query, BrowserError> {
    let end = format!("{prefix}{LAST}");
    let range = KeyRange::bound(&prefix.into(), &end.as_str().into(), None, None).map_err(plain)?;
    Ok(Query::KeyRange(range))
}

async fn ended(change: Transaction) -> Result<(), BrowserError> {
    match change.await.map_err(plain)? {
        TransactionResult::Committed => Ok(()),
        TransactionResult::Aborted => Err(BrowserError {
            name: "AbortError".into(),
            message: "the browser did not keep the record".into(),
        }),
    }
}

fn plain(error: idb::Error) -> BrowserError {
    BrowserError {
        name: String::new(),
        message: error.to_string(),
    }
}
