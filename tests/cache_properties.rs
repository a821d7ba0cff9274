//! The cache engine does what a naive model of it does, whatever it is asked.

mod common;

use cache_playground::cache::{
    Cache, Entry, EvictionReason, Lookup, PolicyKind, Removal, RemovalCause, Value,
};
use cache_playground::units::{Key, Micros, Version};
use common::cases;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The engine written for being obviously right: a vector in the policy's order, searched from the
/// front, the next one out last.
struct Model {
    policy: PolicyKind,
    capacity: usize,
    entries: Vec<Entry>,
}

impl Model {
    fn new(policy: PolicyKind, capacity: u32) -> Self {
        Model {
            policy,
            capacity: capacity as usize,
            entries: Vec::new(),
        }
    }

    fn place(&self, key: Key) -> Option<usize> {
        self.entries.iter().position(|entry| entry.key == key)
    }

    /// Where a used entry goes. Without a wildcard: a new policy has to say here what it does.
    fn used(&mut self, place: usize) {
        match self.policy {
            PolicyKind::Fifo => {}
            PolicyKind::Lru => self.entries[..=place].rotate_right(1),
        }
    }

    fn reason(&self, victim: &Entry, now: Micros) -> EvictionReason {
        match self.policy {
            PolicyKind::Fifo => EvictionReason::FirstIn {
                age: Micros(now.0 - victim.inserted_at.0),
            },
            PolicyKind::Lru => EvictionReason::LeastRecentlyUsed {
                idle: Micros(now.0 - victim.used_at.0),
            },
        }
    }

    /// Removes the entry of `key` if its time to live has ended.
    fn expire(&mut self, key: Key, now: Micros) -> Option<Removal> {
        let place = self.place(key)?;
        let over = self.entries[place].expires_at.is_some_and(|end| end < now);
        over.then(|| Removal {
            entry: self.entries.remove(place),
            cause: RemovalCause::Expired,
        })
    }

    fn get(&mut self, key: Key, now: Micros) -> Lookup {
        let expired = self.expire(key, now);
        let Some(place) = self.place(key) else {
            return Lookup::Miss { expired };
        };
        let before = self.entries[place];
        self.entries[place].used_at = now;
        self.used(place);
        Lookup::Hit(before)
    }

    fn set(&mut self, key: Key, value: Value, end: Option<Micros>, now: Micros) -> Vec<Removal> {
        let mut removals: Vec<Removal> = self.expire(key, now).into_iter().collect();
        let mut new = Entry {
            key,
            value,
            inserted_at: now,
            used_at: now,
            expires_at: end,
        };
        if let Some(place) = self.place(key) {
            let entry = self.entries[place];
            new.inserted_at = entry.inserted_at;
            self.entries[place] = new;
            self.used(place);
            let cause = RemovalCause::Replaced;
            return vec![Removal { entry, cause }];
        }
        if self.entries.len() == self.capacity {
            let entry = self.entries.pop().expect("capacities are at least 1");
            let cause = RemovalCause::Evicted(self.reason(&entry, now));
            removals.push(Removal { entry, cause });
        }
        self.entries.insert(0, new);
        removals
    }

    fn delete(&mut self, key: Key, now: Micros) -> Option<Removal> {
        self.expire(key, now).or_else(|| {
            self.place(key).map(|place| Removal {
                entry: self.entries.remove(place),
                cause: RemovalCause::Deleted,
            })
        })
    }
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Get,
    Set { ttl_us: Option<u64> },
    Delete,
}

/// An action on a key, and how much time passes before it.
type Call = (u64, Action, Key);

fn calls(
    keys: impl Strategy<Value = Key>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<Call>> {
    // Times to live of the size of the gaps, so that reads fall before, on and after their ends.
    let set = option::of(0..40_u64).prop_map(|ttl_us| Action::Set { ttl_us });
    let action = prop_oneof![5 => Just(Action::Get), 4 => set, 1 => Just(Action::Delete)];
    vec((0..10_u64, action, keys), count)
}

/// The cache and its model side by side, with a count of what went in and out.
struct Pair {
    cache: Cache,
    model: Model,
    now: Micros,
    written: u32,
    inserted: u64,
    gone: u64,
    gets: u64,
    hits: u64,
    misses: u64,
}

impl Pair {
    fn new(policy: PolicyKind, capacity: u32) -> Self {
        Pair {
            cache: Cache::new(policy, capacity),
            model: Model::new(policy, capacity),
            now: Micros(0),
            written: 0,
            inserted: 0,
            gone: 0,
            gets: 0,
            hits: 0,
            misses: 0,
        }
    }

    fn call(&mut self, (gap_us, action, key): Call) -> Result<(), TestCaseError> {
        self.now.0 += gap_us;
        match action {
            Action::Get => self.get(key)?,
            Action::Set { ttl_us } => self.set(key, ttl_us)?,
            Action::Delete => {
                let removal = self.cache.delete(key, self.now);
                prop_assert_eq!(removal, self.model.delete(key, self.now));
                self.count(removal);
            }
        }
        self.compare(key)
    }

    fn get(&mut self, key: Key) -> Result<(), TestCaseError> {
        let answer = self.cache.get(key, self.now);
        prop_assert_eq!(answer, self.model.get(key, self.now));
        self.gets += 1;
        match answer {
            Lookup::Hit(_) => self.hits += 1,
            Lookup::Miss { expired } => {
                self.misses += 1;
                self.count(expired);
            }
        }
        Ok(())
    }

    fn set(&mut self, key: Key, ttl_us: Option<u64>) -> Result<(), TestCaseError> {
        self.written += 1;
        let value = Value {
            version: Version(self.written),
            origin: Some(self.written),
        };
        let end = ttl_us.map(|ttl_us| Micros(self.now.0 + ttl_us));
        let mut removals = Vec::new();
        let keep = |removal| removals.push(removal);
        self.cache.set(key, value, end, self.now, keep);
        prop_assert_eq!(&removals, &self.model.set(key, value, end, self.now));
        let replaced = |removal: &Removal| removal.cause == RemovalCause::Replaced;
        self.inserted += u64::from(!removals.iter().any(replaced));
        self.count(removals);
        Ok(())
    }

    /// Counts the removals after which a key is gone.
    fn count(&mut self, removals: impl IntoIterator<Item = Removal>) {
        let gone = |removal: &Removal| removal.cause != RemovalCause::Replaced;
        self.gone += removals.into_iter().filter(gone).count() as u64;
    }

    fn compare(&self, key: Key) -> Result<(), TestCaseError> {
        let (cache, model) = (&self.cache, &self.model);
        let entries: Vec<Entry> = cache.entries().copied().collect();
        prop_assert_eq!(&entries, &model.entries, "the order of the entries");
        prop_assert_eq!(cache.next_out(), model.entries.last());
        prop_assert_eq!(
            cache.peek(key),
            model.place(key).map(|place| &entries[place])
        );
        prop_assert_eq!(cache.len() as usize, entries.len());
        prop_assert_eq!(cache.is_empty(), entries.is_empty());
        prop_assert!(cache.len() <= cache.capacity());
        prop_assert_eq!(self.hits + self.misses, self.gets);
        prop_assert_eq!(self.inserted, entries.len() as u64 + self.gone);
        Ok(())
    }
}

/// A key for which the engine's hash is `hash`: the inverse of its multiplier, times the hash.
fn key_with_hash(hash: u32) -> Key {
    let multiplier = 0x9E37_79B9_u32;
    let mut inverse = 1_u32;
    for _ in 0..5 {
        // Newton's step doubles the number of right bits, of which there are one to begin with.
        inverse = inverse.wrapping_mul(2_u32.wrapping_sub(multiplier.wrapping_mul(inverse)));
    }
    Key(hash.wrapping_mul(inverse))
}

/// Keys that all belong into the last cells of the index or the first, and so go round its end.
fn crowded_keys() -> impl Strategy<Value = Key> {
    let hashes = prop_oneof![0..24_u32, (0..24_u32).prop_map(|n| u32::MAX - n)];
    hashes.prop_map(key_with_hash)
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_policy_does_what_its_model_does(
        policy in select(&PolicyKind::ALL[..]),
        capacity in 1..7_u32,
        calls in calls((0..10_u32).prop_map(Key), 1..200),
    ) {
        let mut pair = Pair::new(policy, capacity);
        for call in calls {
            pair.call(call)?;
        }
    }

    #[test]
    fn keys_that_collide_in_the_index_are_told_apart(
        policy in select(&PolicyKind::ALL[..]),
        capacity in 8..48_u32,
        calls in calls(crowded_keys(), 100..400),
    ) {
        let mut pair = Pair::new(policy, capacity);
        for call in calls {
            pair.call(call)?;
        }
    }

    #[test]
    fn what_is_missed_is_stored(
        policy in select(&PolicyKind::ALL[..]),
        capacity in 1..20_u32,
        keys in vec(0..30_u32, 1..300),
    ) {
        let mut cache = Cache::new(policy, capacity);
        for (now, key) in (0..).map(Micros).zip(keys) {
            let there = cache.peek(Key(key)).is_some();
            prop_assert_eq!(cache.request(Key(key), now), there);
            prop_assert!(cache.peek(Key(key)).is_some());
        }
    }

    /// Mattson's inclusion: what a smaller LRU holds, a larger one holds as well.
    #[test]
    fn a_larger_lru_never_misses_more(
        capacity in 1..20_u32,
        more in 1..10_u32,
        keys in vec(0..40_u32, 1..400),
    ) {
        let mut small = Cache::new(PolicyKind::Lru, capacity);
        let mut large = Cache::new(PolicyKind::Lru, capacity + more);
        for (now, key) in (0..).map(Micros).zip(keys) {
            let small_hit = small.request(Key(key), now);
            let large_hit = large.request(Key(key), now);
            prop_assert!(large_hit || !small_hit);
        }
    }
}

/// Bélády's anomaly, with the reference string of his paper: a larger FIFO may miss more, and one
/// that does not is not FIFO.
#[test]
fn a_larger_fifo_may_miss_more() {
    let misses = |capacity| {
        let mut cache = Cache::new(PolicyKind::Fifo, capacity);
        let keys = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
        let missed = |&(now, key): &(u64, u32)| !cache.request(Key(key), Micros(now));
        (0..).zip(keys).filter(missed).count()
    };
    assert_eq!((misses(3), misses(4)), (9, 10));
}

#[test]
fn an_entry_is_expired_after_its_end_and_not_at_it() {
    let (key, end) = (Key(1), Micros(100));
    let value = Value {
        version: Version(1),
        origin: None,
    };
    for policy in PolicyKind::ALL {
        let mut cache = Cache::new(policy, 1);
        cache.set(key, value, Some(end), Micros(0), |_| {});
        assert!(matches!(cache.get(key, end), Lookup::Hit(_)));
        assert_eq!(cache.len(), 1);
        let after = Micros(end.0 + 1);
        assert!(cache.peek(key).is_some_and(|entry| entry.is_expired(after)));
        assert!(matches!(
            cache.get(key, after),
            Lookup::Miss { expired: Some(_) }
        ));
        assert!(cache.is_empty());
    }
}
