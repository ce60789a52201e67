//! What the parts of the page know: nothing yet, on its way, there, or why not.

use std::rc::Rc;

use crate::driver::{ObjectFacts, Problem, Target};

/// Whether there is a connection.
#[derive(Clone, Debug, Default)]
pub enum Connection {
    /// None.
    #[default]
    Off,
    /// There is one. It stays while another is tried, and when that fails.
    On {
        /// Where to.
        target: Target,
        /// What is worth a warning.
        warnings: Vec<Problem>,
    },
}

/// Something that is being fetched.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loading {
    /// Nothing under way.
    #[default]
    Idle,
    /// On its way.
    Busy,
    /// It did not come.
    Failed(Problem),
}

/// The details panel.
#[derive(Clone, Debug, Default)]
pub enum Details {
    /// Not shown.
    #[default]
    Closed,
    /// Being looked at.
    Looking(String),
    /// Could not be looked at.
    Failed(String, Problem),
    /// Shown.
    Open(Rc<ObjectFacts>),
}

impl Details {
    /// Whose they are.
    pub fn key(&self) -> Option<&String> {
        match self {
            Details::Closed => None,
            Details::Looking(key) | Details::Failed(key, _) => Some(key),
            Details::Open(facts) => Some(&facts.key),
        }
    }
}

/// What is known of the bucket's SSE.
#[derive(Clone, Debug, Default)]
pub enum BucketReport {
    /// Not looked yet.
    #[default]
    Unknown,
    /// Looking.
    Checking {
        /// At a test object, not at what is there.
        by_test_object: bool,
    },
    /// Could not look.
    Failed(Problem),
    /// Looked.
    Known {
        /// Objects that were looked at.
        facts: Vec<Rc<ObjectFacts>>,
        /// Whether it was our own test object, removed since.
        by_test_object: bool,
        /// Milliseconds since 1970.
        at: f64,
    },
}
