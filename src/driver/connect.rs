//! Connecting: check what was typed, list once, and when nothing can be read find out why.

use std::time::Duration;

use super::refusal;
use super::session::Session;
use super::{Problem, Target};
use crate::platform::abort::Abort;
use crate::platform::{page, probe};
use crate::s3::{Bucket, Credentials, Endpoint, ListPage};

/// A server that does not answer a probe in this time is not there.
const PROBE: Duration = Duration::from_secs(10);

/// A session that works, the first page of its listing, and what is worth a warning.
pub(super) async fn connect(
    mut target: Target,
    credentials: Credentials,
) -> Result<(Session, ListPage, Vec<Problem>), Problem> {
    for text in [&mut target.endpoint, &mut target.region, &mut target.bucket] {
        *text = text.trim().to_owned();
    }
    let fields = [
        (&target.endpoint, "Endpoint URL"),
        (&target.region, "Region"),
        (&target.bucket, "Bucket"),
        (&credentials.access_key_id, "Access key ID"),
        (&credentials.secret_access_key, "Secret access key"),
    ];
    if let Some((_, field)) = fields.iter().find(|(text, _)| text.is_empty()) {
        return Err(Problem::Missing { field });
    }
    target.endpoint = target.endpoint.replace("{region}", &target.region);
    let bad = || Problem::BadEndpoint {
        endpoint: target.endpoint.clone(),
    };
    let endpoint = Endpoint::parse(&target.endpoint).map_err(|_| bad())?;
    let bucket = Bucket::new(&target.endpoint, &target.region, &target.bucket, target.style)
        .map_err(|error| refusal::from_bucket(&error, &target.endpoint, &target.bucket))?;
    let plain_http = !endpoint.is_https() && !endpoint.is_loopback();
    if plain_http && page::protocol() == "https:" {
        return Err(Problem::MixedContent {
            endpoint: target.endpoint,
        });
    }
    let probe_url = format!("{}/", endpoint.origin());
    let session = Session::new(target, bucket, credentials);
    let page = match session.list(&session.target.prefix, None).await {
        Ok(page) => page,
        Err(Problem::Unreachable { endpoint }) => return Err(why_unreachable(&probe_url, endpoint).await),
        Err(problem) => return Err(problem),
    };
    let mut warnings = Vec::new();
    if plain_http {
        warnings.push(Problem::PlainHttp {
            host: endpoint.host().to_owned(),
        });
    }
    if session.clock_ahead_seconds() != 0 {
        warnings.push(Problem::ClockSkew {
            seconds: session.clock_ahead_seconds(),
        });
    }
    Ok((session, page, warnings))
}

/// The browser says only that it failed. Whether anything answers there at all tells the two main causes apart.
async fn why_unreachable(url: &str, endpoint: String) -> Problem {
    match probe::no_cors(url, &Abort::new(), PROBE).await {
        Ok(()) => Problem::CorsBlocked {
            endpoint,
            origin: page::origin(),
        },
        Err(_) if !page::is_online() => Problem::Offline,
        Err(_) => Problem::Unreachable { endpoint },
    }
}
