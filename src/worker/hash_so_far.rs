//! A SHA-256 that one worker begins and another goes on with.

use serde::{Deserialize, Serialize};
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a file's bytes up to some place, to go on from there: the parts of a file are read by whichever worker
/// has time for them. The default is that of no bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashSoFar(Vec<u8>);

impl HashSoFar {
    /// What has gone into the hash.
    pub fn of(hash: &Sha256) -> HashSoFar {
        HashSoFar(hash.serialize().to_vec())
    }

    /// The hash, to go on with; `None` if this came from nowhere.
    pub fn open(&self) -> Option<Sha256> {
        let state = SerializedState::<Sha256>::try_from(&self.0[..]).ok()?;
        Sha256::deserialize(&state).ok()
    }

    /// The hash of all of the file, if this is its end.
    pub fn finish(&self) -> Option<[u8; 32]> {
        Some(self.open()?.finalize().into())
    }
}

impl Default for HashSoFar {
    fn default() -> Self {
        HashSoFar::of(&Sha256::new())
    }
}

/// It tells about the file.
impl std::fmt::Debug for HashSoFar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HashSoFar(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_wherever_the_parts_were_cut() {
        let bytes: Vec<u8> = (0..1000u32).map(|at| (at % 251) as u8).collect();
        for cuts in [
            vec![],
            vec![0],
            vec![64],
            vec![1, 63, 64, 65, 999],
            vec![500, 500, 1000],
        ] {
            let mut so_far = HashSoFar::default();
            let mut start = 0;
            for end in cuts.into_iter().chain([bytes.len()]) {
                let text = serde_json::to_string(&so_far).expect("plain");
                let mut hash = serde_json::from_str::<HashSoFar>(&text)
                    .expect("reads back")
                    .open()
                    .expect("whole");
                hash.update(&bytes[start..end]);
                (so_far, start) = (HashSoFar::of(&hash), end);
            }
            assert_eq!(so_far.finish(), Some(Sha256::digest(&bytes).into()));
        }
    }

    #[test]
    fn what_is_no_state_is_not_gone_on_with() {
        for garbled in ["[]", "[1,2,3]"] {
            let so_far: HashSoFar = serde_json::from_str(garbled).expect("a list");
            assert!(so_far.open().is_none() && so_far.finish().is_none());
        }
        assert!(
            !format!("{:?}", HashSoFar::default()).contains("103"),
            "0x67, of the first word"
        );
    }
}
