//! S3-FIFO: a small queue on probation, a main queue with reinsertion, and a queue of ghosts.
//!
//! Yang et al., SOSP '23.

use super::queue::Queue;
use super::{Queues, Reference};
use cache::units::Key;

/// The marks of the queues are the hits, which count to three.
#[derive(Clone)]
pub struct S3Fifo {
    capacity: u64,
    small: Queue,
    main: Queue,
    ghost: Queue,
    /// The key that is coming was found among the ghosts.
    remembered: bool,
    /// Of the latest victim: whether it came from main, its hits, how many before it were kept, and
    /// what main held at first.
    why: [u64; 4],
}

impl S3Fifo {
    pub fn new(capacity: u64) -> Self {
        S3Fifo {
            capacity,
            small: Queue::default(),
            main: Queue::default(),
            ghost: Queue::default(),
            remembered: false,
            why: [0; 4],
        }
    }

    /// The oldest of small goes, unless it was hit twice: then it goes into main, and the next one is
    /// looked at, whatever main has grown to by then.
    fn victim_of_small(&mut self) -> Option<Key> {
        while let Some(oldest) = self.small.oldest() {
            self.why[1] = oldest.mark.into();
            if oldest.mark < 2 {
                return Some(oldest.key);
            }
            self.small.pop();
            self.main.push(oldest.key, oldest.weight);
            self.why[2] += 1;
        }
        None
    }

    /// The oldest of main goes, unless it was hit: then it goes round with one hit fewer.
    fn victim_of_main(&mut self) -> Option<Key> {
        while let Some(oldest) = self.main.oldest() {
            self.why[1] = oldest.mark.into();
            if oldest.mark == 0 {
                return Some(oldest.key);
            }
            self.main.pop();
            self.main
                .push_marked(oldest.key, oldest.weight, oldest.mark - 1);
            self.why[2] += 1;
        }
        None
    }
}

impl Reference for S3Fifo {
    fn coming(&mut self, key: Key, _weight: u64) {
        self.remembered = self.ghost.take(key).is_some();
    }

    fn insert(&mut self, key: Key, weight: u64) {
        let queue = if self.remembered {
            &mut self.main
        } else {
            &mut self.small
        };
        queue.push(key, weight);
    }

    fn hit(&mut self, key: Key) {
        for queue in [&mut self.small, &mut self.main] {
            if let Some(item) = queue.find(key) {
                item.mark = (item.mark + 1).min(3);
            }
        }
    }

    fn resized(&mut self, key: Key, weight: u64) {
        self.small.resize(key, weight);
        self.main.resize(key, weight);
    }

    fn remove(&mut self, key: Key) {
        self.small.take(key);
        self.main.take(key);
    }

    fn victim(&mut self) -> Option<Key> {
        self.why = [0, 0, 0, self.main.weight()];
        while !(self.small.is_empty() && self.main.is_empty()) {
            // Small's share is a tenth; main's is the rest.
            let main_share = self.capacity - self.capacity / 10;
            let from_main = self.main.weight() > main_share || self.small.is_empty();
            self.why[0] = from_main.into();
            let victim = if from_main {
                self.victim_of_main()
            } else {
                self.victim_of_small()
            };
            if victim.is_some() {
                return victim;
            }
        }
        None
    }

    /// What goes from small is remembered, up to what would fill main.
    fn evict(&mut self, key: Key) {
        if let Some(gone) = self.small.take(key) {
            self.ghost.push(key, gone.weight);
            self.ghost.shrink_to(self.capacity * 9 / 10);
        }
        self.main.take(key);
    }

    fn why(&self) -> Vec<u64> {
        self.why.to_vec()
    }

    fn mark(&self, key: Key) -> Option<u32> {
        self.small.mark(key).or(self.main.mark(key))
    }

    fn queues(&self) -> Queues {
        vec![("small", self.small.keys()), ("main", self.main.keys())]
    }

    fn ghosts(&self) -> Queues {
        vec![("ghost", self.ghost.keys())]
    }
}
