//! What was found out about buckets in earlier visits, kept by the browser with its date. No secrets.

use serde::{Deserialize, Serialize};

use crate::driver::Target;
use crate::s3::BucketSse;

/// How many are remembered.
const MOST: usize = 32;

/// A verdict on a bucket, as it was then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    endpoint: String,
    bucket: String,
    sse: String,
    /// Whether a test object, removed since, was looked at.
    pub by_test_object: bool,
    /// When, milliseconds since 1970.
    pub at: f64,
}

impl Verdict {
    /// What was found at this place.
    pub fn new(target: &Target, sse: &BucketSse, by_test_object: bool, at: f64) -> Verdict {
        Verdict {
            endpoint: target.endpoint.clone(),
            bucket: target.bucket.clone(),
            sse: sse.as_str().to_owned(),
            by_test_object,
            at,
        }
    }

    /// What it was.
    pub fn sse(&self) -> Option<BucketSse> {
        BucketSse::from_id(&self.sse)
    }

    fn is_about(&self, endpoint: &str, bucket: &str) -> bool {
        self.endpoint == endpoint && self.bucket == bucket
    }
}

/// The one about this place.
pub fn of<'a>(verdicts: &'a [Verdict], target: &Target) -> Option<&'a Verdict> {
    verdicts
        .iter()
        .find(|verdict| verdict.is_about(&target.endpoint, &target.bucket))
}

/// Puts `verdict` in front, in place of an earlier one about the same bucket.
pub fn remember(verdicts: &mut Vec<Verdict>, verdict: Verdict) {
    verdicts.retain(|earlier| !earlier.is_about(&verdict.endpoint, &verdict.bucket));
    verdicts.insert(0, verdict);
    verdicts.truncate(MOST);
}

/// Reads what [`to_json`] wrote. Entries of another version are left out: the page looks again anyway.
pub fn from_json(json: &str) -> Vec<Verdict> {
    let stored: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    let read = |value| serde_json::from_value::<Verdict>(value).ok();
    let known = |verdict: &Verdict| verdict.sse().is_some() && verdict.at.is_finite();
    stored.into_iter().filter_map(read).filter(known).take(MOST).collect()
}

/// The list as JSON.
pub fn to_json(verdicts: &[Verdict]) -> String {
    // Texts and finite numbers only: serialising them cannot fail.
    serde_json::to_string(verdicts).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::SseState;

    fn target(bucket: &str) -> Target {
        Target {
            endpoint: "https://s3.example".into(),
            bucket: bucket.into(),
            ..Target::default()
        }
    }

    #[test]
    fn the_newest_verdict_on_a_bucket_is_kept_with_its_date() {
        let mut verdicts = Vec::new();
        let all = BucketSse::All;
        remember(
            &mut verdicts,
            Verdict::new(&target("a"), &all(SseState::None), false, 1.0),
        );
        remember(&mut verdicts, Verdict::new(&target("b"), &BucketSse::Mixed, false, 2.0));
        remember(
            &mut verdicts,
            Verdict::new(&target("a"), &all(SseState::SseS3), true, 3.0),
        );
        let verdicts = from_json(&to_json(&verdicts));
        assert_eq!(verdicts.len(), 2);
        let verdict = of(&verdicts, &target("a")).expect("a verdict");
        assert_eq!(verdict.sse(), Some(all(SseState::SseS3)));
        assert!(verdict.by_test_object && verdict.at == 3.0);
        assert_eq!(of(&verdicts, &target("c")), None);
    }

    #[test]
    fn few_are_kept_and_nonsense_is_not_read() {
        let mut verdicts = Vec::new();
        for bucket in 0..2 * MOST {
            let verdict = Verdict::new(&target(&bucket.to_string()), &BucketSse::Empty, false, 1.0);
            remember(&mut verdicts, verdict);
        }
        assert_eq!(verdicts.len(), MOST);
        for json in [
            "",
            "{}",
            "[1]",
            r#"[{"endpoint":"e","bucket":"b","sse":"perfect","by_test_object":true,"at":1}]"#,
        ] {
            assert_eq!(from_json(json), [], "{json}");
        }
    }
}
