//! Buckets connected to before, kept by the browser. No credentials.

use serde::{Deserialize, Serialize};

use super::route::{style_from_word, style_word};
use crate::driver::Target;
use crate::s3::Provider;

/// How many are remembered.
pub const MOST: usize = 8;

#[derive(Serialize, Deserialize)]
struct Stored {
    provider: String,
    endpoint: String,
    region: String,
    bucket: String,
    prefix: String,
    style: String,
}

/// Reads what [`to_json`] wrote. Entries of another version are left out: the list is a convenience.
pub fn from_json(json: &str) -> Vec<Target> {
    let stored: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    stored
        .into_iter()
        .filter_map(|value| {
            let stored: Stored = serde_json::from_value(value).ok()?;
            Some(Target {
                provider: Provider::from_id(&stored.provider)?,
                endpoint: stored.endpoint,
                region: stored.region,
                bucket: stored.bucket,
                prefix: stored.prefix,
                style: style_from_word(&stored.style)?,
            })
        })
        .take(MOST)
        .collect()
}

/// The list as JSON.
pub fn to_json(targets: &[Target]) -> String {
    let stored: Vec<Stored> = targets
        .iter()
        .map(|target| Stored {
            provider: target.provider.preset().id.to_owned(),
            endpoint: target.endpoint.clone(),
            region: target.region.clone(),
            bucket: target.bucket.clone(),
            prefix: target.prefix.clone(),
            style: style_word(target.style).to_owned(),
        })
        .collect();
    // Strings only: serialising them cannot fail.
    serde_json::to_string(&stored).unwrap_or_default()
}

/// Puts `target` in front, once.
pub fn remember(targets: &mut Vec<Target>, target: Target) {
    targets.retain(|known| known.endpoint != target.endpoint || known.bucket != target.bucket);
    targets.insert(0, target);
    targets.truncate(MOST);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(bucket: &str) -> Target {
        Target {
            provider: Provider::Minio,
            endpoint: "https://s3.example.org".to_owned(),
            region: "us-east-1".to_owned(),
            bucket: bucket.to_owned(),
            ..Target::default()
        }
    }

    #[test]
    fn the_list_survives_storage() {
        let targets = vec![target("a"), target("b")];
        assert_eq!(from_json(&to_json(&targets)), targets);
        assert_eq!(from_json("not json"), []);
        assert_eq!(from_json(r#"[{"bucket": "from another version"}]"#), []);
    }

    #[test]
    fn the_latest_is_first_and_once() {
        let mut targets = Vec::new();
        for bucket in ["a", "b", "a"] {
            remember(&mut targets, target(bucket));
        }
        assert_eq!(targets, [target("a"), target("b")]);
        for number in 0..20 {
            remember(&mut targets, target(&number.to_string()));
        }
        assert_eq!(targets.len(), MOST);
    }
}
