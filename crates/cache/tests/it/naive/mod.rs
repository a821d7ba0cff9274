//! References for every policy that can be predicted, written from the papers to be obviously right:
//! vectors, searched from the front. They know nothing of the engine and are held to the oracle's
//! miss counts themselves, where it has some (`naive_references.rs`), before they judge it. What
//! a share or a step means where bytes are counted no paper says: that is what the engine documents.

#![allow(
    dead_code,
    reason = "each test file is a crate and uses a part of this"
)]

mod arc;
pub mod cache;
pub mod calls;
mod clock;
mod fifo;
pub mod follow;
mod lfu;
mod lru;
mod memcached;
mod noeviction;
pub mod pair;
mod queue;
mod reasons;
mod s3fifo;
mod sieve;
mod sketch;
mod slru;
mod twoq;
mod wtinylfu;

use ::cache::Capacity;
use ::cache::units::Key;

/// The queues of a policy by name, each from the end that is kept longest to the next one out.
pub type Queues = Vec<(&'static str, Vec<Key>)>;

/// What a policy decides. It learns of every entry that comes, is used and goes. An entry weighs what
/// it takes of the capacity: one where entries are counted, its bytes where bytes are.
pub trait Reference: Copying {
    /// `key`, which is not known, is about to be inserted, and room will be made for it next. What
    /// is remembered of a key that was here before is used up now.
    fn coming(&mut self, _key: Key, _weight: u64) {}

    /// `key`, the one last announced as coming, is here.
    fn insert(&mut self, key: Key, weight: u64);

    /// `key`, which is known, was read or overwritten.
    fn hit(&mut self, key: Key);

    /// What was stored under `key` weighs something else than before.
    fn resized(&mut self, _key: Key, _weight: u64) {}

    /// `key` went without an eviction.
    fn remove(&mut self, key: Key);

    /// Chooses the one that has to go, which is here until it is told so.
    fn victim(&mut self) -> Option<Key>;

    /// `key`, which was just chosen, goes.
    fn evict(&mut self, key: Key) {
        self.remove(key);
    }

    /// The one that the insertion of a key never seen before would push out of a full cache.
    fn next_out(&self, weight: u64) -> Option<Key> {
        let mut policy = self.copy();
        policy.coming(Key(u32::MAX), weight);
        policy.victim()
    }

    /// The values that decided the latest eviction, each policy's own.
    fn why(&self) -> Vec<u64> {
        Vec::new()
    }

    /// The queues of what is resident.
    fn queues(&self) -> Queues;

    /// What is noted about a resident key: a reference bit, a count.
    fn mark(&self, _key: Key) -> Option<u32> {
        None
    }

    /// The key at which the hand will look first, of a policy that has one.
    fn hand(&self) -> Option<Key> {
        None
    }

    /// ARC's target, in thousandths.
    fn target_milli(&self) -> Option<u64> {
        None
    }

    /// The queues of what is only remembered.
    fn ghosts(&self) -> Queues {
        Vec::new()
    }
}

/// A reference can be copied, so that its future can be tried out.
pub trait Copying {
    /// A copy that goes on by itself.
    fn copy(&self) -> Box<dyn Reference>;
}

impl<T: Reference + Clone + 'static> Copying for T {
    fn copy(&self) -> Box<dyn Reference> {
        Box::new(self.clone())
    }
}

/// The reference of this name for a cache of this capacity.
pub fn reference(policy: &str, of: Capacity) -> Option<Box<dyn Reference>> {
    let capacity = match of {
        Capacity::Entries(entries) => entries.into(),
        Capacity::Bytes { capacity_bytes, .. } => capacity_bytes,
    };
    Some(match policy {
        "fifo" => Box::new(fifo::Fifo::default()),
        "lru" => Box::new(lru::Lru::default()),
        "clock" => Box::new(clock::Clock::default()),
        "lfu" => Box::new(lfu::Lfu::default()),
        "sieve" => Box::new(sieve::Sieve::default()),
        "twoq" => Box::new(twoq::TwoQ::new(capacity)),
        "arc" => Box::new(arc::Arc::new(capacity)),
        "s3fifo" => Box::new(s3fifo::S3Fifo::new(capacity)),
        "slru" => Box::new(slru::Slru::new(capacity)),
        "memcached" => Box::new(memcached::Memcached::new(capacity)),
        "wtinylfu" => Box::new(wtinylfu::WTinyLfu::new(of)),
        "noeviction" => Box::new(noeviction::NoEviction::default()),
        _ => return None,
    })
}

/// The misses of a stream of requests, each of which stores what it misses.
pub fn misses(policy: &str, capacity: u32, keys: &[u32]) -> u64 {
    let of = Capacity::Entries(capacity);
    let mut policy = reference(policy, of).expect("a policy with a reference");
    let mut resident = Resident::default();
    let mut misses = 0;
    for &key in keys {
        if resident.has(key) {
            policy.hit(Key(key));
            continue;
        }
        misses += 1;
        policy.coming(Key(key), 1);
        while resident.count >= capacity {
            let Some(victim) = policy.victim() else { break };
            policy.evict(victim);
            resident.set(victim.0, false);
        }
        if resident.count < capacity {
            policy.insert(Key(key), 1);
            resident.set(key, true);
        }
    }
    misses
}

/// The resident keys, by number. The one concession to speed, outside of the policies.
#[derive(Default)]
struct Resident {
    there: Vec<bool>,
    count: u32,
}

impl Resident {
    fn has(&self, key: u32) -> bool {
        self.there.get(key as usize).is_some_and(|&there| there)
    }

    fn set(&mut self, key: u32, there: bool) {
        let place = key as usize;
        if place >= self.there.len() {
            self.there.resize(place + 1, false);
        }
        assert_ne!(self.there[place], there, "key {key} comes and goes in turn");
        self.there[place] = there;
        if there {
            self.count += 1;
        } else {
            self.count -= 1;
        }
    }
}
