//! Connecting: check what was typed, list once, and when nothing can be read find out why.

use std::time::Duration;

use super::refusal;
use super::session::Session;
use super::storage::diagnosis;
use super::{Diagnosis, Problem, Target, folder_prefix};
use crate::platform::{clock, page};
use crate::s3::{Bucket, Credentials, Endpoint, ListPage, Provider};

/// A storage that does not answer in this time does not answer.
const ANSWER: Duration = Duration::from_secs(20);
/// So often a busy storage is asked, with this pause between.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// A session that works, the first page of its listing, and what is worth a warning.
pub(super) async fn connect(
    mut target: Target,
    credentials: Credentials,
) -> Result<(Session, ListPage, Vec<Problem>), (Problem, Vec<Diagnosis>)> {
    let (endpoint, bucket, plain_http) = check(&mut target, &credentials).map_err(|problem| (problem, Vec::new()))?;
    let session = Session::new(target, bucket, credentials);
    let mut warnings = Vec::new();
    let page = match first_page(&session).await {
        Ok(page) => page,
        // Whoever may only write can upload all the same.
        Err(Problem::AccessDenied { .. }) => {
            warnings.push(Problem::ListDenied {
                bucket: session.target.bucket.clone(),
            });
            ListPage::default()
        }
        Err(Problem::Unreachable { .. }) => return Err(diagnosis::why(&session, &endpoint).await),
        Err(problem) => return Err((problem, Vec::new())),
    };
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

/// Lists, also where this computer's clock is off and the storage refuses it without telling its own time: this page's server
/// may tell.
async fn first_page(session: &Session) -> Result<ListPage, Problem> {
    let signed = session.clock_ahead_seconds();
    match try_first_page(session).await {
        Err(problem @ Problem::ClockSkew { .. }) => match diagnosis::skew_of_this_computer().await {
            Some(ahead) if session.correct_clock(signed, ahead) => try_first_page(session).await,
            _ => Err(problem),
        },
        outcome => outcome,
    }
}

/// Lists, and does not wait long where nothing answers: somebody wants to know why. What is busy is asked again, and so is
/// a storage by whose clock the request was not in time.
async fn try_first_page(session: &Session) -> Result<ListPage, Problem> {
    for _ in 1..TRIES {
        match session.list_within(&session.target.prefix, ANSWER).await {
            Err(Problem::ServerBusy { .. }) => clock::sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
    session.list_within(&session.target.prefix, ANSWER).await
}

/// Checks what was typed, before anything is sent.
fn check(target: &mut Target, credentials: &Credentials) -> Result<(Endpoint, Bucket, bool), Problem> {
    for text in [&mut target.endpoint, &mut target.region, &mut target.bucket] {
        *text = text.trim().to_owned();
    }
    target.prefix = folder_prefix(&target.prefix);
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
    // What is known of a storage follows from its address, where that is known, not from what was chosen.
    if let Some(provider) = Provider::of_endpoint(&endpoint) {
        target.provider = provider;
    }
    let plain_http = !endpoint.is_https() && !endpoint.is_loopback();
    if plain_http && page::protocol() == "https:" {
        return Err(Problem::MixedContent {
            endpoint: target.endpoint.clone(),
        });
    }
    Ok((endpoint, bucket, plain_http))
}
