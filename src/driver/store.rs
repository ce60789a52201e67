//! The browser's records, opened when they are first needed.

use std::rc::Rc;

use futures::lock::Mutex;

use crate::platform::records::Records;

const DATABASE: &str = "sealdrop";

/// What the browser keeps across reloads. Clones are the same.
#[derive(Clone, Default)]
pub(super) struct Store(Rc<Mutex<Option<Records>>>);

impl Store {
    /// Does something with the records; `None` where the browser keeps none. What fails is done once more with records that
    /// were opened anew: browsers close them when the disk had a bad moment, or the person cleared what is kept.
    pub(super) async fn with<T>(&self, work: impl AsyncFn(&Records) -> Option<T>) -> Option<T> {
        let mut records = self.0.lock().await;
        if let Some(open) = &*records
            && let Some(done) = work(open).await
        {
            return Some(done);
        }
        // Closed before it is opened again.
        records.take();
        *records = Records::open(DATABASE).await.ok();
        work(records.as_ref()?).await
    }
}
