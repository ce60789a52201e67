//! Some objects to look at.

use super::super::Problem;
use super::super::session::Session;
use crate::platform::abort::Abort;
use crate::s3::{ListObjectsV2, ObjectSummary};

/// One page of the bucket's objects; where these credentials may list a prefix only, of that.
pub(in crate::driver) async fn some_objects(
    session: &Session,
    at_most: Option<u32>,
) -> Result<Vec<ObjectSummary>, Problem> {
    let listing = ListObjectsV2 {
        max_keys: at_most,
        ..ListObjectsV2::default()
    };
    let page = match session.call(&listing, "", &Abort::new()).await {
        Err(Problem::AccessDenied { .. }) if !session.target.prefix.is_empty() => {
            let prefix = session.target.prefix.clone();
            let listing = ListObjectsV2 { prefix, ..listing };
            session.call(&listing, "", &Abort::new()).await?
        }
        answer => answer?,
    };
    Ok(page.objects)
}
