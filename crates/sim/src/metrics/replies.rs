//! How long requests took until their answers, those that were served apart from those that failed.

use super::Histogram;
use crate::event::Outcome;
use cache::units::Micros;
use std::hash::{Hash, Hasher};

/// The answers to requests of one kind. A refusal is quick, and would make a lane that fails look fast.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Replies {
    /// How long requests took whose client got no error (CloudWatch: `SuccessfulReadRequestLatency`).
    pub served: Histogram,
    /// How long the others took.
    pub failed: Histogram,
}

impl Replies {
    pub(super) fn add(&mut self, latency: Micros, outcome: Outcome) {
        match outcome {
            Outcome::Failed => self.failed.add(latency),
            _ => self.served.add(latency),
        }
    }

    /// How many there are of both kinds.
    pub fn count(&self) -> u64 {
        self.served.count() + self.failed.count()
    }

    /// The longest time of both kinds.
    pub fn max(&self) -> Option<Micros> {
        self.served.max().max(self.failed.max())
    }
}

/// They hash as one histogram of both kinds, as they did when there was one: the log's hash has what failed.
impl Hash for Replies {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.failed.count() == 0 {
            return self.served.hash(state);
        }
        let mut all = self.served.clone();
        all.merge(&self.failed);
        all.hash(state);
    }
}
