//! What holds for every policy, in entries and in bytes, over all keys and over volatile ones only.

use crate::streams::SplitMix;
use cache::units::{Key, Micros};
use cache::{
    Cache, CacheSettings, Capacity, Entry, Lookup, Member, PolicyKind, Refusal, Removal,
    RemovalCause, Scope, Ttl, Value, from_maxmemory_policy, maxmemory_policies, maxmemory_policy,
};
use std::collections::{BTreeMap, BTreeSet};

const VALUE: Value = Value::FIRST;

const BYTES: Capacity = Capacity::Bytes {
    capacity_bytes: 1_000,
    overhead_bytes: 50,
};

/// Every way to set up a small cache.
fn settings() -> Vec<CacheSettings> {
    let mut all = Vec::new();
    for policy in PolicyKind::ALL {
        for scope in [Scope::AllKeys, Scope::Volatile] {
            for capacity in [
                Capacity::Entries(1),
                Capacity::Entries(4),
                Capacity::Entries(40),
                BYTES,
            ] {
                all.push(CacheSettings {
                    scope,
                    capacity,
                    seed: 3,
                    ..CacheSettings::new(policy, 1)
                });
            }
        }
    }
    all
}

/// A cache under random commands, with an account of what went in and out.
struct Trial {
    cache: Cache,
    random: SplitMix,
    now: Micros,
    /// The resident entries by key, as the answers and removals tell.
    known: BTreeMap<Key, Entry>,
}

impl Trial {
    fn draw(&mut self, below: u64) -> u64 {
        self.random.next_u64() % below
    }

    fn take(&mut self, removals: impl IntoIterator<Item = Removal>) {
        for Removal { entry, cause } in removals {
            let known = self.known.remove(&entry.key);
            assert_eq!(known, Some(entry), "{cause:?}");
            let expired = entry.is_expired(self.now);
            match cause {
                RemovalCause::Expired => assert!(expired),
                RemovalCause::Evicted(_) => {
                    let volatile = entry.expires_at.is_some();
                    assert!(volatile || self.cache.settings().scope == Scope::AllKeys);
                }
                RemovalCause::Deleted | RemovalCause::Replaced => assert!(!expired),
                RemovalCause::Flushed => {}
            }
        }
    }

    fn command(&mut self) {
        self.now.0 += self.draw(20);
        let now = self.now;
        let key = Key(self.draw(60) as u32);
        let ttl = match self.draw(4) {
            0 => Ttl::Clear,
            1 => Ttl::Keep,
            _ => Ttl::Until(Micros(now.0 + self.draw(800))),
        };
        match self.draw(100) {
            0..50 => {
                let answer = self.cache.get(key, now);
                self.answered(key, answer, |entry| entry.expires_at);
            }
            50..85 => self.set(key, ttl),
            85..92 => {
                let removal = self.cache.delete(key, now);
                assert_eq!(removal.is_some(), self.known.contains_key(&key));
                self.take(removal);
            }
            92..97 => {
                let until = match ttl {
                    Ttl::Until(end) => Some(end),
                    Ttl::Keep | Ttl::Clear => None,
                };
                let answer = self.cache.expire(key, until, now);
                self.answered(key, answer, |_| until);
            }
            97..99 => {
                let mut removals = Vec::new();
                let cycle = self
                    .cache
                    .active_expire(now, |removal| removals.push(removal));
                assert_eq!(removals.len() as u32, cycle.expired);
                assert!(cycle.expired <= cycle.looked_at);
                self.take(removals);
            }
            _ => {
                let mut removals = Vec::new();
                self.cache.flush(|removal| removals.push(removal));
                self.take(removals);
                assert!(self.known.is_empty() && self.cache.is_empty());
            }
        }
    }

    fn answered(
        &mut self,
        key: Key,
        answer: Lookup,
        expires_at: impl Fn(&Entry) -> Option<Micros>,
    ) {
        match answer {
            Lookup::Hit(before) => {
                assert!(!before.is_expired(self.now));
                let known = self.known.get_mut(&key);
                let known = known.expect("a hit is of a resident entry");
                assert_eq!(*known, before);
                known.used_at = self.now;
                known.expires_at = expires_at(known);
            }
            Lookup::Miss { expired } => {
                assert_eq!(expired.is_some(), self.known.contains_key(&key));
                self.take(expired);
            }
        }
    }

    fn set(&mut self, key: Key, ttl: Ttl) {
        let in_bytes = matches!(self.cache.settings().capacity, Capacity::Bytes { .. });
        let size_bytes = if in_bytes { self.draw(1_100) as u32 } else { 1 };
        let now = self.now;
        let before = self.known.get(&key).copied();
        let before = before.filter(|entry| !entry.is_expired(now));
        let mut removals = Vec::new();
        let outcome = self
            .cache
            .set(key, VALUE, size_bytes, ttl, now, |r| removals.push(r));
        let mut causes = removals
            .iter()
            .map(|removal| (removal.entry.key, removal.cause));
        match outcome {
            Ok(()) => {
                let replaced = causes.any(|cause| cause == (key, RemovalCause::Replaced));
                assert_eq!(replaced, before.is_some());
            }
            Err(Refusal::TooLarge { .. }) => {
                assert!(size_bytes + 50 > 1_000);
                let deleted = causes.any(|cause| cause == (key, RemovalCause::Deleted));
                assert_eq!(deleted, before.is_some());
            }
            Err(Refusal::OutOfMemory) => {
                // Of what the policy knows only the entry itself can be left.
                let scope = self.cache.settings().scope;
                let keeps = self.cache.policy() == PolicyKind::NoEviction;
                assert!(keeps || scope == Scope::Volatile);
                let own = self.cache.peek(key);
                let own_volatile = own.is_some_and(|entry| entry.expires_at.is_some());
                assert!(keeps || self.cache.volatile_len() == u32::from(own_volatile));
            }
        }
        // A value that is overwritten counts as used; the removal shows it as it was before.
        self.take(removals);
        if outcome == Ok(()) {
            let expires_at = match ttl {
                Ttl::Clear => None,
                Ttl::Keep => before.and_then(|entry| entry.expires_at),
                Ttl::Until(end) => Some(end),
            };
            let entry = Entry {
                key,
                value: VALUE,
                size_bytes,
                inserted_at: before.map_or(now, |entry| entry.inserted_at),
                used_at: now,
                expires_at,
            };
            self.known.insert(key, entry);
        } else if let Some(kept) = self.known.get_mut(&key) {
            // Refused for want of memory: the old value stays, and has been used.
            kept.used_at = now;
        }
    }

    fn check(&self) {
        let cache = &self.cache;
        let entries: BTreeMap<Key, Entry> = cache.entries().map(|e| (e.key, e)).collect();
        assert_eq!(entries, self.known);
        assert_eq!(cache.len() as usize, entries.len());
        let volatile = entries.values().filter(|e| e.expires_at.is_some()).count();
        assert_eq!(cache.volatile_len() as usize, volatile);
        let sizes: u64 = entries.values().map(|e| u64::from(e.size_bytes)).sum();
        match cache.settings().capacity {
            Capacity::Entries(capacity) => {
                assert!(cache.len() <= capacity);
                assert_eq!(cache.used_bytes(), sizes);
            }
            Capacity::Bytes { capacity_bytes, .. } => {
                assert_eq!(cache.used_bytes(), sizes + 50 * u64::from(cache.len()));
                assert!(cache.used_bytes() <= capacity_bytes);
            }
        }
        for (key, entry) in &entries {
            assert_eq!(cache.peek(*key), Some(*entry));
        }
        let next = cache.next_out();
        assert_eq!(
            next.is_some(),
            cache.entries().last() == next && next.is_some()
        );
        self.check_shape();
    }

    /// The queues hold every resident entry once, and ghosts only of keys that the policy has not.
    fn check_shape(&self) {
        let shape = self.cache.shape();
        let mut resident = BTreeSet::new();
        let mut ghosts = BTreeSet::new();
        for queue in &shape.queues {
            for Member { key, .. } in &queue.members {
                let of = if queue.ghosts {
                    &mut ghosts
                } else {
                    &mut resident
                };
                assert!(of.insert(*key), "{key:?} twice");
            }
        }
        assert!(resident.iter().eq(self.known.keys()));
        if self.cache.settings().scope == Scope::AllKeys {
            assert!(ghosts.is_disjoint(&resident));
        }
        if let Some(hand) = shape.hand {
            assert!(resident.contains(&hand));
        }
        assert!(shape.pool.len() <= 16);
    }
}

#[test]
fn the_account_adds_up_whatever_is_asked() {
    for settings in settings() {
        for seed in 0..4 {
            let mut trial = Trial {
                cache: Cache::new(&settings),
                random: SplitMix::new(seed),
                now: Micros(0),
                known: BTreeMap::new(),
            };
            for _ in 0..600 {
                trial.command();
                trial.check();
            }
        }
    }
}

/// For W-TinyLFU the new key's own count may decide, so it is left out.
#[test]
fn the_next_one_out_is_the_one_that_a_new_key_evicts() {
    let known = |settings: &CacheSettings| {
        let kept = [PolicyKind::WTinyLfu, PolicyKind::NoEviction];
        !kept.contains(&settings.policy) && matches!(settings.capacity, Capacity::Entries(_))
    };
    for settings in settings().into_iter().filter(known) {
        let mut trial = Trial {
            cache: Cache::new(&settings),
            random: SplitMix::new(9),
            now: Micros(0),
            known: BTreeMap::new(),
        };
        for new in 0..1_500 {
            trial.command();
            let mut copy = trial.cache.clone();
            let now = trial.now;
            let ttl = Ttl::Until(Micros(now.0 + 5));
            for filler in 1_000..1_000 + copy.capacity() - copy.len() {
                let stored = copy.set(Key(filler), VALUE, 1, ttl, now, |_| {});
                assert_eq!(stored, Ok(()));
            }
            let next = copy.next_out();
            let mut evicted = Vec::new();
            let _ = copy.set(Key(2_000 + new), VALUE, 1, ttl, now, |removal| {
                evicted.push(removal.entry);
            });
            assert_eq!(evicted, Vec::from_iter(next), "{settings:?}");
        }
    }
}

#[test]
fn equal_calls_give_equal_caches() {
    for settings in settings() {
        let trial = |seed| {
            let mut trial = Trial {
                cache: Cache::new(&settings),
                random: SplitMix::new(seed),
                now: Micros(0),
                known: BTreeMap::new(),
            };
            (0..300).for_each(|_| trial.command());
            let halfway = trial.cache.clone();
            (0..300).for_each(|_| trial.command());
            let entries: Vec<Entry> = trial.cache.entries().collect();
            (
                format!("{halfway:?}"),
                format!("{:?}", trial.cache),
                entries,
            )
        };
        assert_eq!(trial(1), trial(1));
    }
}

/// The trap of ElastiCache's default: `volatile-lru`, keys without a time to live, memory full.
#[test]
fn without_a_volatile_key_a_full_cache_refuses_what_needs_room() {
    for (name, policy, scope) in maxmemory_policies() {
        assert_eq!(from_maxmemory_policy(name), Some((policy, scope)));
        assert_eq!(maxmemory_policy(policy, scope), Some(name));
        let mut cache = Cache::new(&CacheSettings {
            scope,
            ..CacheSettings::new(policy, 3)
        });
        let now = Micros(5);
        let set = |cache: &mut Cache, key, ttl| {
            let mut evicted = None;
            let outcome = cache.set(Key(key), VALUE, 1, ttl, now, |removal| {
                if matches!(removal.cause, RemovalCause::Evicted(_)) {
                    evicted = Some(removal.entry.key.0);
                }
            });
            (outcome, evicted)
        };
        let refused = (Err(Refusal::OutOfMemory), None);
        for key in 0..3 {
            assert_eq!(set(&mut cache, key, Ttl::Clear), (Ok(()), None));
        }
        let refuses = name.starts_with("volatile") || name == "noeviction";
        assert_eq!(set(&mut cache, 9, Ttl::Clear) == refused, refuses, "{name}");
        if !refuses {
            continue;
        }
        assert_eq!(cache.len(), 3);
        // Reads, overwriting and deleting go on.
        assert!(matches!(cache.get(Key(1), now), Lookup::Hit(_)));
        assert_eq!(set(&mut cache, 1, Ttl::Clear), (Ok(()), None));
        // A key with a time to live can go, one that has lost it again cannot.
        let end = Some(Micros(1_000));
        assert!(matches!(cache.expire(Key(2), end, now), Lookup::Hit(_)));
        if name != "noeviction" {
            assert_eq!(set(&mut cache, 9, Ttl::Clear), (Ok(()), Some(2)), "{name}");
            assert!(matches!(cache.expire(Key(1), end, now), Lookup::Hit(_)));
            assert!(matches!(cache.expire(Key(1), None, now), Lookup::Hit(_)));
            assert_eq!(set(&mut cache, 8, Ttl::Clear), refused, "{name}");
            assert_eq!(set(&mut cache, 1, Ttl::Until(Micros(99))), (Ok(()), None));
            assert_eq!(set(&mut cache, 1, Ttl::Keep), (Ok(()), None));
            assert_eq!(set(&mut cache, 8, Ttl::Clear), (Ok(()), Some(1)), "{name}");
        }
        assert!(cache.delete(Key(0), now).is_some());
        assert_eq!(set(&mut cache, 7, Ttl::Clear), (Ok(()), None), "{name}");
    }
    assert_eq!(
        Refusal::OutOfMemory.to_string(),
        "OOM command not allowed when used memory > 'maxmemory'."
    );
    assert_eq!(maxmemory_policy(PolicyKind::Lru, Scope::AllKeys), None);
}

#[test]
fn a_value_that_grows_evicts_others_and_never_itself() {
    for policy in PolicyKind::ALL {
        let mut cache = Cache::new(&CacheSettings {
            capacity: BYTES,
            ..CacheSettings::new(policy, 1)
        });
        let ttl = |key: u32| Ttl::Until(Micros(1_000 + u64::from(key)));
        for key in 0..10 {
            let stored = cache.set(Key(key), VALUE, 50, ttl(key), Micros(0), |_| {});
            assert_eq!(stored, Ok(()));
        }
        assert_eq!(cache.used_bytes(), 1_000);
        for (size_bytes, left) in [(150, 9), (850, 2), (950, 1)] {
            let mut gone = Vec::new();
            let (key, now) = (Key(0), Micros(1));
            let stored = cache.set(key, VALUE, size_bytes, ttl(0), now, |r| gone.push(r));
            if policy == PolicyKind::NoEviction {
                assert_eq!(stored, Err(Refusal::OutOfMemory));
                assert_eq!(cache.peek(key).map(|entry| entry.size_bytes), Some(50));
                continue;
            }
            assert_eq!(stored, Ok(()), "{policy:?}");
            assert_eq!(cache.len(), left, "{policy:?}");
            let last = gone.pop().map(|removal| (removal.entry.key, removal.cause));
            assert_eq!(last, Some((key, RemovalCause::Replaced)), "{policy:?}");
            assert!(gone.iter().all(|removal| removal.entry.key != key));
        }
        // Too large even for the whole cache: the old value must not outlive the new one.
        let mut gone = Vec::new();
        let refused = cache.set(Key(0), VALUE, 951, Ttl::Clear, Micros(2), |r| gone.push(r));
        let (size_bytes, capacity_bytes) = (1_001, 1_000);
        let too_large = Refusal::TooLarge {
            size_bytes,
            capacity_bytes,
        };
        assert_eq!(refused, Err(too_large));
        assert_eq!(gone.len(), 1);
        assert_eq!(gone[0].cause, RemovalCause::Deleted);
        assert_eq!(cache.peek(Key(0)), None);
    }
}

/// 10 % may be expired and stay; more are looked for until they are fewer.
#[test]
fn the_active_cycle_goes_on_while_more_than_a_tenth_had_expired() {
    let mut cache = Cache::new(&CacheSettings::new(PolicyKind::Lru, 10_000));
    let mut set = |key, end| {
        let ttl = Ttl::Until(Micros(end));
        let stored = cache.set(Key(key), VALUE, 1, ttl, Micros(0), |_| {});
        assert_eq!(stored, Ok(()));
    };
    // Every tenth has a short life: two in twenty, which is a tenth and no more.
    (0..1_000).for_each(|key| set(key, if key % 10 == 0 { 10 } else { 1_000 }));
    let cycle = cache.active_expire(Micros(10), |_| panic!("at its end nothing is expired yet"));
    assert_eq!((cycle.loops, cycle.looked_at, cycle.expired), (1, 20, 0));
    let cycle = cache.active_expire(Micros(11), |_| {});
    assert_eq!((cycle.loops, cycle.looked_at, cycle.expired), (1, 20, 2));
    assert_eq!(cache.volatile_len(), 998);
    // Now all have: fifty loops of twenty, and none without an entry to look at.
    let mut gone = 0;
    let cycle = cache.active_expire(Micros(1_001), |removal| {
        assert_eq!(removal.cause, RemovalCause::Expired);
        gone += 1;
    });
    assert_eq!((cycle.loops, cycle.expired, gone), (50, 998, 998));
    assert!(cache.is_empty());
}

#[test]
fn keeping_and_clearing_a_time_to_live() {
    let mut cache = Cache::new(&CacheSettings::new(PolicyKind::Lru, 4));
    let mut end_after = |ttl| {
        let stored = cache.set(Key(1), VALUE, 1, ttl, Micros(1), |_| {});
        assert_eq!(stored, Ok(()));
        cache
            .peek(Key(1))
            .expect("it has just been stored")
            .expires_at
    };
    let end = Micros(50);
    assert_eq!(end_after(Ttl::Keep), None);
    assert_eq!(end_after(Ttl::Until(end)), Some(end));
    assert_eq!(end_after(Ttl::Keep), Some(end));
    assert_eq!(end_after(Ttl::Clear), None);
}

#[test]
fn a_reason_stays_small() {
    assert!(size_of::<cache::EvictionReason>() <= 24);
}
