//! SSE of a bucket, judged from its objects and from what it says of itself.

use super::{DefaultEncryption, SseState};

/// SSE of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BucketSse {
    /// No object was there to look at.
    Empty,
    /// All objects looked at are in this state.
    All(SseState),
    /// They differ.
    Mixed,
}

/// What else is known when a bucket is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BucketClaims<'a> {
    /// What GetBucketEncryption answers, if it has an answer.
    pub default: Option<&'a DefaultEncryption>,
    /// The only object looked at was stored a moment ago, by us: it should be as `default` says.
    pub by_test_object: bool,
    /// The storage's HEAD repeats an algorithm that does not exist: what it says about SSE proves nothing.
    pub echoes: bool,
}

impl BucketSse {
    /// Judges the states of the objects looked at. Key ids may differ within one state.
    pub fn judge<'a>(states: impl IntoIterator<Item = &'a SseState>) -> BucketSse {
        let mut states = states.into_iter();
        match states.next() {
            None => BucketSse::Empty,
            Some(first) if states.all(|state| state.as_str() == first.as_str()) => BucketSse::All(first.clone()),
            Some(_) => BucketSse::Mixed,
        }
    }

    /// Holds the verdict against what the bucket claims. A claim that a fresh object does not bear out, and a HEAD that
    /// repeats nonsense, leave the bucket unconfirmed.
    pub fn weigh(self, claims: BucketClaims<'_>) -> BucketSse {
        let plain = self == BucketSse::All(SseState::None);
        let shown = matches!(&self, BucketSse::All(state) if state.is_encrypted());
        let broken_promise = plain && claims.by_test_object && claims.default.is_some();
        if broken_promise || (shown && claims.echoes) {
            return BucketSse::All(SseState::Unconfirmed);
        }
        self
    }

    /// The value of `data-sse`.
    pub fn as_str(&self) -> &'static str {
        match self {
            BucketSse::Empty => "empty",
            BucketSse::All(state) => state.as_str(),
            BucketSse::Mixed => "mixed",
        }
    }

    /// The verdict with this [`BucketSse::as_str`], without key ids.
    pub fn from_id(id: &str) -> Option<BucketSse> {
        use SseState::{Hidden, None as Plain, NotOffered, SseC, SseKms, SseKmsDsse, SseS3, Unconfirmed, Unknown};
        let key_id = || None;
        let states = [
            SseS3,
            SseKms { key_id: key_id() },
            SseKmsDsse { key_id: key_id() },
            SseC,
            Plain,
            Hidden,
            NotOffered,
            Unconfirmed,
            Unknown,
        ];
        let mut all = states.into_iter().map(BucketSse::All);
        match id {
            "empty" => Some(BucketSse::Empty),
            "mixed" => Some(BucketSse::Mixed),
            id => all.find(|verdict| verdict.as_str() == id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_read_back() {
        for id in "sse-s3 sse-kms sse-kms-dsse sse-c none hidden not-offered unconfirmed unknown empty mixed".split(' ')
        {
            assert_eq!(BucketSse::from_id(id).expect(id).as_str(), id);
        }
        assert_eq!(BucketSse::from_id("perfect"), None);
    }

    #[test]
    fn a_bucket_is_what_its_objects_are() {
        let bucket = |states: &[SseState]| BucketSse::judge(states).as_str();
        assert_eq!(bucket(&[]), "empty");
        assert_eq!(bucket(&[SseState::SseS3, SseState::SseS3]), "sse-s3");
        assert_eq!(bucket(&[SseState::SseS3, SseState::None]), "mixed");
        let kms = |id: &str| SseState::SseKms {
            key_id: Some(id.into()),
        };
        assert_eq!(bucket(&[kms("a"), kms("b")]), "sse-kms");
    }

    #[test]
    fn claims_are_held_against_what_was_seen() {
        let default = DefaultEncryption {
            algorithm: "AES256".into(),
            ..DefaultEncryption::default()
        };
        let claim = BucketClaims {
            default: Some(&default),
            by_test_object: true,
            echoes: false,
        };
        let weigh = |state, claims| BucketSse::All(state).weigh(claims).as_str();
        assert_eq!(weigh(SseState::None, claim), "unconfirmed");
        assert_eq!(weigh(SseState::SseS3, claim), "sse-s3");
        assert_eq!(weigh(SseState::Hidden, claim), "hidden");
        let older = BucketClaims {
            by_test_object: false,
            ..claim
        };
        assert_eq!(weigh(SseState::None, older), "none", "older objects may be plain");
        let echoes = BucketClaims {
            echoes: true,
            ..BucketClaims::default()
        };
        assert_eq!(weigh(SseState::SseS3, echoes), "unconfirmed");
        assert_eq!(weigh(SseState::None, echoes), "none");
        assert_eq!(BucketSse::Empty.weigh(claim).as_str(), "empty");
    }
}
