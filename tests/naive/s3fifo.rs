//! S3-FIFO: a small queue on probation, a main queue with reinsertion, and a queue of ghosts.
//!
//! Yang et al., SOSP '23.

use super::queue::take;
use super::{Queues, Reference};
use cache_playground::units::Key;

/// A key and its hits, which count to three.
type Counted = (Key, u32);

#[derive(Clone)]
pub struct S3Fifo {
    capacity: usize,
    small: Vec<Counted>,
    main: Vec<Counted>,
    ghost: Vec<Key>,
    /// The key that is coming was found among the ghosts.
    remembered: bool,
    /// Of the latest eviction: whether the victim came from main, its hits, how many before it were
    /// kept, and what main held at first.
    why: [u64; 4],
}

impl S3Fifo {
    pub fn new(capacity: usize) -> Self {
        S3Fifo {
            capacity,
            small: Vec::new(),
            main: Vec::new(),
            ghost: Vec::new(),
            remembered: false,
            why: [0; 4],
        }
    }

    /// The oldest of small goes into the ghosts, unless it was hit twice: then it goes into main,
    /// and the next one is looked at, whatever main has grown to by then.
    fn evict_from_small(&mut self) -> Option<Key> {
        while let Some((key, hits)) = self.small.pop() {
            self.why[1] = hits.into();
            if hits < 2 {
                self.ghost.insert(0, key);
                self.ghost.truncate(self.capacity * 9 / 10);
                return Some(key);
            }
            self.main.insert(0, (key, 0));
            self.why[2] += 1;
        }
        None
    }

    /// The oldest of main goes, unless it was hit: then it goes round with one hit fewer.
    fn evict_from_main(&mut self) -> Option<Key> {
        while let Some((key, hits)) = self.main.pop() {
            self.why[1] = hits.into();
            if hits == 0 {
                return Some(key);
            }
            self.main.insert(0, (key, hits - 1));
            self.why[2] += 1;
        }
        None
    }
}

impl Reference for S3Fifo {
    fn coming(&mut self, key: Key) {
        self.remembered = take(&mut self.ghost, key);
    }

    fn insert(&mut self, key: Key) {
        let queue = if self.remembered {
            &mut self.main
        } else {
            &mut self.small
        };
        queue.insert(0, (key, 0));
    }

    fn hit(&mut self, key: Key) {
        for (other, hits) in self.small.iter_mut().chain(&mut self.main) {
            if *other == key {
                *hits = (*hits + 1).min(3);
            }
        }
    }

    fn remove(&mut self, key: Key) {
        self.small.retain(|&(other, _)| other != key);
        self.main.retain(|&(other, _)| other != key);
    }

    fn evict(&mut self) -> Option<Key> {
        self.why = [0, 0, 0, self.main.len() as u64];
        while !(self.small.is_empty() && self.main.is_empty()) {
            // Small's share is a tenth; main's is the rest.
            let main_share = self.capacity - self.capacity / 10;
            let from_main = self.main.len() > main_share || self.small.is_empty();
            self.why[0] = from_main.into();
            let victim = if from_main {
                self.evict_from_main()
            } else {
                self.evict_from_small()
            };
            if victim.is_some() {
                return victim;
            }
        }
        None
    }

    fn why(&self) -> Vec<u64> {
        self.why.to_vec()
    }

    fn mark(&self, key: Key) -> Option<u32> {
        let mut all = self.small.iter().chain(&self.main);
        all.find(|counted| counted.0 == key)
            .map(|counted| counted.1)
    }

    fn queues(&self) -> Queues {
        let keys = |queue: &[Counted]| queue.iter().map(|&(key, _)| key).collect();
        vec![("small", keys(&self.small)), ("main", keys(&self.main))]
    }

    fn ghosts(&self) -> Queues {
        vec![("ghost", self.ghost.clone())]
    }
}
