//! The policies that draw: what holds of every draw, and how well they do on the whole.

use crate::cases::cases;
use crate::naive::calls::{Action, SetTtl, calls, send};
use crate::streams::{STREAMS, SplitMix};
use cache::units::{Key, Micros, Version};
use cache::{
    Cache, CacheSettings, Candidate, Entry, EvictionReason, PolicyKind, QueueShape, RemovalCause,
    Scope, Shape, Ttl, Value,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

fn value() -> Value {
    Value {
        version: Version(1),
        origin: None,
        ..Value::FIRST
    }
}

/// How many candidates Valkey's policies keep from one eviction to the next.
const POOL: usize = 16;

/// How ready an entry is to go, by Valkey's rules; higher goes first.
fn score(settings: &CacheSettings, entry: &Entry, now: Micros) -> Option<u64> {
    let tick = settings.tuning.lru_clock.0.max(1);
    match settings.policy {
        PolicyKind::ValkeyLru => Some(now.0 / tick - entry.used_at.0 / tick),
        PolicyKind::ValkeyTtl => Some(u64::MAX - entry.expires_at.map_or(u64::MAX, |end| end.0)),
        // The counter is a draw's result: only its range is known.
        _ => None,
    }
}

/// One eviction, seen from outside: before it, whom it took, and after it.
struct Eviction {
    before: BTreeMap<Key, Entry>,
    pool_before: Vec<Candidate>,
    victim: Entry,
    reason: EvictionReason,
    after: Shape,
    now: Micros,
}

impl Eviction {
    fn check(&self, settings: &CacheSettings) -> Result<(), TestCaseError> {
        let sample = &self.after.sample;
        let candidates: Vec<Candidate> = sample.iter().chain(&self.pool_before).copied().collect();
        let volatile = |entry: &&Entry| entry.expires_at.is_some();
        let known = match settings.scope {
            Scope::AllKeys => self.before.len(),
            Scope::Volatile => self.before.values().filter(volatile).count(),
        };
        let drawn = known.min(settings.tuning.samples as usize);
        // A pool full of better candidates that are gone all takes a second draw.
        prop_assert!(
            sample.len() == drawn || sample.len() == 2 * drawn,
            "{:?}",
            sample
        );
        for sample in sample.chunks(drawn) {
            let keys: BTreeSet<Key> = sample.iter().map(|candidate| candidate.key).collect();
            prop_assert_eq!(keys.len(), drawn, "drawn twice: {:?}", sample);
        }
        prop_assert!(self.after.pool.len() <= POOL);
        for candidate in sample {
            let entry = self.before.get(&candidate.key);
            prop_assert!(entry.is_some(), "{:?} is not there", candidate);
            let entry = entry.expect("it was just looked at");
            if settings.scope == Scope::Volatile {
                prop_assert!(entry.expires_at.is_some(), "{:?} has no end", candidate);
            }
            if let Some(score) = score(settings, entry, self.now) {
                prop_assert_eq!(candidate.score, score, "{:?}", entry);
            }
        }
        // The victim is the best of sample and pool by the scores that were noted; candidates that
        // are gone, or may not be evicted any more, are passed over.
        let noted = |key: Key| {
            let noted = candidates
                .iter()
                .filter(move |candidate| candidate.key == key);
            noted.map(|candidate| candidate.score).max()
        };
        let best = noted(self.victim.key);
        prop_assert!(best.is_some(), "{:?} was no candidate", self.victim);
        let eligible = |key| match self.before.get(&key) {
            Some(entry) => settings.scope == Scope::AllKeys || entry.expires_at.is_some(),
            None => false,
        };
        for candidate in &candidates {
            if eligible(candidate.key) {
                prop_assert!(
                    Some(candidate.score) <= best,
                    "{:?}, {:?}",
                    candidate,
                    self.victim
                );
            }
        }
        self.check_reason(settings, best.unwrap_or_default())?;
        for pair in self.after.pool.windows(2) {
            prop_assert!(pair[0].score <= pair[1].score, "the pool's order");
        }
        Ok(())
    }

    /// The reason's values are those that were noted of the victim.
    fn check_reason(&self, settings: &CacheSettings, noted: u64) -> Result<(), TestCaseError> {
        let drawn = match self.reason {
            EvictionReason::SampledIdle { idle, drawn, .. } => {
                prop_assert_eq!(idle.0, noted * settings.tuning.lru_clock.0.max(1));
                drawn
            }
            EvictionReason::SampledCounter { counter, drawn, .. } => {
                prop_assert_eq!(255 - u64::from(counter), noted);
                drawn
            }
            EvictionReason::SampledTtl { left, drawn, .. } => {
                // That of now: it may have changed since it was looked at.
                let end = self.victim.expires_at;
                prop_assert_eq!(Some(left), end.map(|end| end.since(self.now)));
                drawn
            }
            EvictionReason::SampledWithoutTtl { drawn, .. } => {
                // It may have had one when it was looked at.
                prop_assert_eq!(self.victim.expires_at, None);
                drawn
            }
            other => return Err(TestCaseError::fail(format!("{other:?}"))),
        };
        prop_assert_eq!(drawn as usize, self.after.sample.len());
        Ok(())
    }
}

fn by_key(cache: &Cache) -> BTreeMap<Key, Entry> {
    cache.entries().map(|entry| (entry.key, entry)).collect()
}

#[test]
fn the_victim_is_the_best_of_sample_and_pool() {
    let policies = [
        PolicyKind::ValkeyLru,
        PolicyKind::ValkeyLfu,
        PolicyKind::ValkeyTtl,
    ];
    for policy in policies {
        let scope = prop_oneof![Just(Scope::AllKeys), Just(Scope::Volatile)];
        let settings = (scope, 2..60_u32, 1..8_u32, 0..40_u64, any::<u64>());
        let settings = settings.prop_map(move |(scope, capacity, samples, lru_clock, seed)| {
            let mut settings = CacheSettings::new(policy, capacity);
            settings.scope = scope;
            settings.seed = seed;
            settings.tuning.samples = samples;
            settings.tuning.lru_clock = Micros(lru_clock);
            settings.tuning.lfu_decay = Micros(20);
            settings
        });
        let keys = (0..120_u32).prop_map(Key);
        let strategy = (settings, calls(keys, Just(1), 100..600));
        let result = TestRunner::new(cases(60)).run(&strategy, |(settings, calls)| {
            let mut cache = Cache::new(&settings);
            let mut now = Micros(0);
            for (gap_us, action, key) in calls {
                now.0 += gap_us;
                let mut before = by_key(&cache);
                let pool_before = cache.shape().pool;
                let (_, _, removals) = send(&mut cache, action, key, value(), now);
                for removal in removals {
                    match removal.cause {
                        RemovalCause::Evicted(reason) => Eviction {
                            reason,
                            before: before.clone(),
                            pool_before: pool_before.clone(),
                            victim: removal.entry,
                            after: cache.shape(),
                            now,
                        }
                        .check(&settings)?,
                        // Gone before the sample was drawn.
                        _ => drop(before.remove(&removal.entry.key)),
                    }
                }
            }
            Ok(())
        });
        if let Err(error) = result {
            panic!("{}: {error}", policy.name());
        }
    }
}

/// W-TinyLFU: who loses the contest was used less often by the sketch's count, and a newcomer as often
/// at most; the queues keep to their shares, and an entry that was hit on probation is protected.
#[test]
fn the_contest_of_w_tinylfu_is_fair() {
    let settings =
        (2..80_u32).prop_map(|capacity| CacheSettings::new(PolicyKind::WTinyLfu, capacity));
    let keys = (0..160_u32).prop_map(Key);
    let strategy = (settings, calls(keys, Just(1), 200..800));
    let result = TestRunner::new(cases(60)).run(&strategy, |(settings, calls)| {
        let mut cache = Cache::new(&settings);
        let mut now = Micros(0);
        let mut contests = 0;
        for (gap_us, action, key) in calls {
            now.0 += gap_us;
            let queue = |cache: &Cache, name| {
                let mut queues = cache.shape().queues.into_iter();
                queues.find(|queue| queue.name == name).expect("a queue")
            };
            let has = |queue: &QueueShape| queue.members.iter().any(|member| member.key == key);
            let on_probation = has(&queue(&cache, "probation"));
            let (found, _, removals) = send(&mut cache, action, key, value(), now);
            let protected = queue(&cache, "protected");
            // The one that moves up may be all that is protected, and be moved down again.
            if on_probation && found.is_some() && protected.limit > Some(0) {
                prop_assert!(has(&protected), "{:?} is protected", key);
            }
            for queue in [&protected, &queue(&cache, "window")] {
                prop_assert!(
                    Some(queue.members.len() as u64) <= queue.limit,
                    "{:?}",
                    queue
                );
            }
            for removal in removals {
                if let RemovalCause::Evicted(EvictionReason::Contest {
                    newcomer,
                    uses,
                    rival_uses,
                    rival,
                }) = removal.cause
                {
                    contests += 1;
                    prop_assert!(uses < rival_uses || newcomer && uses == rival_uses);
                    prop_assert!(cache.peek(rival).is_some(), "{:?} stays", rival);
                    prop_assert_ne!(rival, removal.entry.key);
                }
            }
        }
        let small = cache.capacity() < 20;
        prop_assert!(contests > 0 || !small, "no contest");
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// Fills a cache, uses it at random, and then only inserts: with a sample that holds every entry, the
/// victims are exactly those of `rank`, the smallest first.
fn check_exact(policy: PolicyKind, tick: u64, rank: impl Fn(&Entry) -> u64) {
    for seed in 0..30 {
        let mut random = SplitMix::new(seed);
        let entries = 2 + random.below(30);
        let mut settings = CacheSettings::new(policy, entries);
        settings.seed = seed;
        settings.tuning.samples = entries;
        settings.tuning.lru_clock = Micros(tick);
        let mut cache = Cache::new(&settings);
        let mut now = Micros(1_000);
        for key in 0..entries {
            let end = Micros(1_000_000 + u64::from(random.below(1_000_000)));
            let set = Action::Set {
                ttl: SetTtl::For(end.0),
                size_bytes: 1,
            };
            let (_, stored, _) = send(&mut cache, set, Key(key), value(), now);
            assert_eq!(stored, Ok(()));
            now.0 += 3;
        }
        for _ in 0..10 * entries {
            now.0 += 1 + u64::from(random.below(5));
            cache.get(Key(random.below(entries)), now);
        }
        now.0 += tick;
        for key in 0..entries {
            let least = cache
                .entries()
                .filter(|entry| entry.key.0 < entries)
                .map(|entry| rank(&entry))
                .min();
            let mut victim = None;
            let end = Ttl::Until(Micros(now.0 + 100_000_000));
            let stored = cache.set(Key(1_000 + key), value(), 1, end, now, |removal| {
                victim = Some(rank(&removal.entry));
                assert!(
                    removal.entry.key.0 < entries,
                    "an old one goes: {removal:?}"
                );
            });
            assert_eq!(stored, Ok(()));
            assert_eq!(victim, least, "{}, seed {seed}", policy.name());
            now.0 += 1;
        }
    }
}

#[test]
fn sampled_lru_of_everything_is_lru_up_to_the_clock() {
    for tick in [1, 7, 50] {
        check_exact(PolicyKind::ValkeyLru, tick, |entry| entry.used_at.0 / tick);
    }
}

#[test]
fn volatile_ttl_of_everything_evicts_the_nearest_end() {
    check_exact(PolicyKind::ValkeyTtl, 1, |entry| {
        entry.expires_at.expect("all have an end").0
    });
}

/// Every entry is as likely to go as any other, whatever its age or its uses.
#[test]
fn random_evicts_every_entry_as_often() {
    const ENTRIES: u32 = 8;
    const TURNS: u32 = 8_000;
    let mut settings = CacheSettings::new(PolicyKind::Random, ENTRIES);
    settings.seed = 3;
    let mut cache = Cache::new(&settings);
    for key in 0..ENTRIES {
        cache.request(Key(key), Micros(0));
    }
    let mut by_age = [0_u32; ENTRIES as usize];
    for turn in 0..TURNS {
        let now = Micros(u64::from(turn));
        let mut ages: Vec<Key> = cache.entries().map(|entry| entry.key).collect();
        ages.sort_unstable();
        cache.get(ages[0], now);
        let key = Key(ENTRIES + turn);
        let stored = cache.set(key, value(), 1, Ttl::Clear, now, |removal| {
            let age = ages.iter().position(|&key| key == removal.entry.key);
            by_age[age.expect("a resident")] += 1;
        });
        assert_eq!(stored, Ok(()));
    }
    let fair = TURNS / ENTRIES;
    // Five standard deviations of about 30.
    let odd = by_age.iter().find(|&&count| count.abs_diff(fair) > 150);
    assert_eq!(odd, None, "{by_age:?}");
}

/// The draws are fixed by the seed, and differ with it.
#[test]
fn draws_follow_the_seed() {
    let (_, skew) = STREAMS[0];
    let keys = &skew()[..5_000];
    for policy in [
        PolicyKind::Random,
        PolicyKind::ValkeyLru,
        PolicyKind::ValkeyLfu,
    ] {
        let outcome = |seed| {
            let mut settings = CacheSettings::new(policy, 100);
            settings.seed = seed;
            settings.tuning.lru_clock = Micros(1);
            let mut cache = Cache::new(&settings);
            let hits = (0..).zip(keys);
            hits.map(|(now, &key)| cache.request(Key(key), Micros(now)))
                .collect::<Vec<bool>>()
        };
        assert_eq!(outcome(1), outcome(1), "{}", policy.name());
        assert_ne!(outcome(1), outcome(2), "{}", policy.name());
    }
}
