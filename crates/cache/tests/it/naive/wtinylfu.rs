//! W-TinyLFU: an LRU window of a hundredth, a segmented LRU for the rest with four fifths of it protected,
//! and a contest at the door: the window's oldest comes in if its key was used more often than that of
//! the one that would have to go.
//!
//! Einziger, Friedman and Manes, ACM Transactions on Storage 13(4), 2017, figure 5.

use super::queue::{Item, Queue};
use super::sketch::Sketch;
use super::{Queues, Reference};
use cache::Capacity;
use cache::units::Key;

/// The entries that the sketch is made for in a cache that counts bytes. The engine makes a larger one
/// when there are more, as in no test here.
const ENTRIES_IN_BYTES: u32 = 64;

#[derive(Clone)]
pub struct WTinyLfu {
    window: Queue,
    probation: Queue,
    protected: Queue,
    window_share: u64,
    protected_share: u64,
    sketch: Sketch,
    coming_weight: u64,
    /// Of a contest: whether the newcomer lost it, the loser's uses, the winner's, and the winner. Else
    /// whether the victim came from the window.
    why: Vec<u64>,
}

/// The victim, and the one that stays if there was a contest.
struct Verdict {
    loser: Item,
    winner: Option<Item>,
}

impl WTinyLfu {
    pub fn new(of: Capacity) -> Self {
        let (capacity, entries) = match of {
            Capacity::Entries(entries) => (entries.into(), entries),
            Capacity::Bytes { capacity_bytes, .. } => (capacity_bytes, ENTRIES_IN_BYTES),
        };
        let window_share = (capacity / 100).max(1);
        WTinyLfu {
            window: Queue::default(),
            probation: Queue::default(),
            protected: Queue::default(),
            window_share,
            protected_share: (capacity - window_share) * 8 / 10,
            sketch: Sketch::new(entries),
            coming_weight: 0,
            why: Vec::new(),
        }
    }

    /// What the window has no share for goes on probation. It does not give away all that it has: an
    /// entry that is too large for it waits there for the next one.
    fn settle_window(&mut self) {
        while self.window.weight() > self.window_share {
            match self.window.oldest() {
                Some(oldest) if oldest.weight < self.window.weight() => {
                    self.window.pop();
                    self.probation.push(oldest.key, oldest.weight);
                }
                _ => break,
            }
        }
    }

    /// So does what the protected segment has no share for.
    fn settle_protected(&mut self) {
        while self.protected.weight() > self.protected_share {
            let Some(oldest) = self.protected.pop() else {
                break;
            };
            self.probation.push(oldest.key, oldest.weight);
        }
    }

    /// The victim for an entry of this weight. While the window has room for it, no entry leaves the
    /// window, and the main part has to make room.
    fn judge(&self, weight: u64) -> Option<Verdict> {
        let main = self.probation.oldest().or(self.protected.oldest());
        let window_is_full = self.window.weight() + weight > self.window_share;
        let (newcomer, incumbent) = match (self.window.oldest(), main) {
            (Some(newcomer), Some(incumbent)) if window_is_full => (newcomer, incumbent),
            (newcomer, incumbent) => {
                let loser = incumbent.or(newcomer)?;
                return Some(Verdict {
                    loser,
                    winner: None,
                });
            }
        };
        let uses = |item: Item| self.sketch.estimate(item.key);
        let (loser, winner) = if uses(newcomer) > uses(incumbent) {
            (incumbent, newcomer)
        } else {
            (newcomer, incumbent)
        };
        Some(Verdict {
            loser,
            winner: Some(winner),
        })
    }
}

impl Reference for WTinyLfu {
    fn coming(&mut self, key: Key, weight: u64) {
        self.sketch.count(key);
        self.coming_weight = weight;
    }

    fn insert(&mut self, key: Key, weight: u64) {
        self.window.push(key, weight);
        self.settle_window();
        // A value that grows needs room, too, and then nothing is coming.
        self.coming_weight = 0;
    }

    fn hit(&mut self, key: Key) {
        self.sketch.count(key);
        if let Some(used) = self.probation.take(key) {
            self.protected.push(key, used.weight);
            self.settle_protected();
        } else {
            self.window.refresh(key);
            self.protected.refresh(key);
        }
    }

    fn resized(&mut self, key: Key, weight: u64) {
        for segment in [&mut self.window, &mut self.probation, &mut self.protected] {
            segment.resize(key, weight);
        }
        self.settle_window();
        self.settle_protected();
    }

    fn remove(&mut self, key: Key) {
        for segment in [&mut self.window, &mut self.probation, &mut self.protected] {
            segment.take(key);
        }
    }

    fn victim(&mut self) -> Option<Key> {
        let Verdict { loser, winner } = self.judge(self.coming_weight)?;
        let newcomer = self.window.mark(loser.key).is_some();
        self.why = vec![newcomer.into()];
        if let Some(winner) = winner {
            for item in [loser, winner] {
                self.why.push(self.sketch.estimate(item.key).into());
            }
            self.why.push(winner.key.0.into());
            // A newcomer that wins is on probation.
            if let Some(winner) = self.window.take(winner.key) {
                self.probation.push(winner.key, winner.weight);
            }
        }
        Some(loser.key)
    }

    /// A key that only might come is not counted.
    fn next_out(&self, weight: u64) -> Option<Key> {
        self.judge(weight).map(|verdict| verdict.loser.key)
    }

    fn why(&self) -> Vec<u64> {
        self.why.clone()
    }

    fn mark(&self, key: Key) -> Option<u32> {
        Some(self.sketch.estimate(key))
    }

    fn queues(&self) -> Queues {
        vec![
            ("window", self.window.keys()),
            ("probation", self.probation.keys()),
            ("protected", self.protected.keys()),
        ]
    }
}
