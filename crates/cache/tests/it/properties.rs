//! The cache engine does what a naive reference does, whatever it is asked.

use crate::cases::cases;
use crate::naive::calls::{Call, calls, send};
use crate::naive::pair::{Pair, hash};
use crate::naive::reference;
use crate::streams::STREAMS;
use cache::units::{Key, Micros, Version};
use cache::{BareCache, Cache, CacheSettings, Capacity, Lookup, PolicyKind, Scope, Ttl, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Whether a policy has a reference: all but those that draw, which `sampled_policies.rs` judges.
fn is_predicted(policy: PolicyKind) -> bool {
    let about = policy.about();
    let draws = about.compares.is_some() || (about.evicts && !about.ordered);
    !draws
}

/// The engine under these settings beside its reference, or beside one that follows it.
fn pair(settings: &CacheSettings) -> Pair {
    // Ghosts remember the entries of the whole cache. What they mean for a part of it no paper says.
    let mut queues = settings.policy.about().queues.iter();
    let with_ghosts = queues.any(|queue| queue.ghosts);
    let is_predicted =
        is_predicted(settings.policy) && !(with_ghosts && settings.scope == Scope::Volatile);
    if !is_predicted {
        return Pair::followed(settings);
    }
    let policy = reference(settings.policy.name(), settings.capacity);
    Pair::predicted(settings, policy.expect("a reference of this name"))
}

/// Plays random calls on random settings of every policy, `times` times each.
fn check<S: Strategy<Value = (CacheSettings, Vec<Call>)>>(
    times: u32,
    policies: impl IntoIterator<Item = PolicyKind>,
    calls: impl Fn(PolicyKind) -> S,
) {
    for policy in policies {
        let result = TestRunner::new(cases(times)).run(&calls(policy), |(settings, calls)| {
            let mut pair = pair(&settings);
            for call in calls {
                pair.call(call)?;
            }
            Ok(())
        });
        if let Err(error) = result {
            panic!("{}: {error}", policy.name());
        }
    }
}

fn few_keys() -> impl Strategy<Value = Key> {
    (0..16_u32).prop_map(Key)
}

/// Settings with a capacity in entries and a seed of their own.
fn entries(
    policy: PolicyKind,
    scope: Scope,
    capacity: std::ops::Range<u32>,
) -> impl Strategy<Value = CacheSettings> {
    (capacity, any::<u64>()).prop_map(move |(capacity, seed)| CacheSettings {
        scope,
        seed,
        ..CacheSettings::new(policy, capacity)
    })
}

#[test]
fn every_policy_does_what_its_reference_does() {
    check(150, PolicyKind::ALL, |policy| {
        let settings = entries(policy, Scope::AllKeys, 1..12);
        (settings, calls(few_keys(), Just(1), 1..300))
    });
}

/// Long streams over more keys, so that every queue and list of ghosts fills and overflows.
#[test]
fn every_policy_does_what_its_reference_does_for_long() {
    check(8, PolicyKind::ALL, |policy| {
        let settings = entries(policy, Scope::AllKeys, 10..40);
        let keys = prop_oneof![2 => 0..20_u32, 2 => 0..60_u32, 1 => 0..200_u32];
        (settings, calls(keys.prop_map(Key), Just(1), 1_500..2_500))
    });
}

#[test]
fn policies_that_know_volatile_entries_only_do_what_their_references_do() {
    check(150, PolicyKind::ALL, |policy| {
        let settings = entries(policy, Scope::Volatile, 1..12);
        (settings, calls(few_keys(), Just(1), 1..300))
    });
}

/// Settings with a capacity in bytes and a seed of their own.
fn bytes(
    policy: PolicyKind,
    capacity_bytes: std::ops::Range<u64>,
    overhead_bytes: std::ops::Range<u32>,
) -> impl Strategy<Value = CacheSettings> {
    let scope = prop_oneof![3 => Just(Scope::AllKeys), 1 => Just(Scope::Volatile)];
    let parts = (scope, capacity_bytes, overhead_bytes, any::<u64>());
    parts.prop_map(
        move |(scope, capacity_bytes, overhead_bytes, seed)| CacheSettings {
            scope,
            seed,
            capacity: Capacity::Bytes {
                capacity_bytes,
                overhead_bytes,
            },
            ..CacheSettings::new(policy, 1)
        },
    )
}

#[test]
fn capacities_in_bytes_are_kept() {
    check(150, PolicyKind::ALL, |policy| {
        let sizes = prop_oneof![Just(0_u32), 1..20_u32, 1..200_u32, 1..600_u32];
        let settings = bytes(policy, 1..500, 0..60);
        (settings, calls(few_keys(), sizes, 1..300))
    });
}

/// Room for dozens of entries, so that shares and ghosts hold several of very different sizes.
#[test]
fn capacities_in_bytes_are_kept_for_long() {
    check(12, PolicyKind::ALL, |policy| {
        let sizes = prop_oneof![4 => 0..40_u32, 4 => 0..200_u32, 1 => 0..3_000_u32];
        let keys = prop_oneof![1 => 0..20_u32, 1 => 0..60_u32];
        let settings = bytes(policy, 300..6_000, 1..60);
        (settings, calls(keys.prop_map(Key), sizes, 1_000..1_500))
    });
}

#[test]
fn keys_far_apart_are_told_apart() {
    check(40, PolicyKind::ALL, |policy| {
        let settings = entries(policy, Scope::AllKeys, 4..24);
        (settings, calls(scattered_keys(), Just(1), 100..400))
    });
}

/// A copy and the original do the same from then on.
#[test]
fn a_copy_goes_on_identically() {
    for policy in PolicyKind::ALL {
        let settings = entries(policy, Scope::AllKeys, 1..30);
        let keys = prop_oneof![4 => (0..60_u32).prop_map(Key), 1 => scattered_keys()];
        let strategy = (settings, calls(keys, 1..9_u32, 200..500), 0..200_usize);
        let result = TestRunner::new(cases(20)).run(&strategy, |(settings, calls, half)| {
            let mut original = Cache::new(&settings);
            let mut copy = None;
            let mut now = Micros(0);
            for (number, (gap_us, action, key)) in (0..).zip(calls) {
                if number == half {
                    copy = Some(original.clone());
                }
                now.0 += gap_us;
                let value = value(number as u32);
                let outcome = send(&mut original, action, key, value, now);
                if let Some(copy) = &mut copy {
                    prop_assert_eq!(send(copy, action, key, value, now), outcome);
                    prop_assert_eq!(hash(copy), hash(&original));
                }
            }
            Ok(())
        });
        if let Err(error) = result {
            panic!("{}: {error}", policy.name());
        }
    }
}

/// Small and odd capacities, at which shares round, and one of which a hundredth is more than one
/// entry: the oracle's table has round ones only.
#[test]
fn the_engine_misses_as_often_as_the_references() {
    for (name, stream) in STREAMS {
        let keys = &stream()[..30_000];
        for policy in PolicyKind::ALL
            .into_iter()
            .filter(|&policy| is_predicted(policy))
        {
            for capacity in [1, 2, 3, 5, 9, 11, 37, 99, 151, 317] {
                let requests = || keys.iter().map(|&key| Key(key)).zip((0..).map(Micros));
                let mut cache = Cache::new(&CacheSettings::new(policy, capacity));
                let missed = |&(key, now): &(Key, Micros)| !cache.request(key, now);
                let engine = requests().filter(missed).count() as u64;
                let bare = BareCache::new(policy, capacity).misses(requests());
                let reference = crate::naive::misses(policy.name(), capacity, keys);
                let policy = policy.name();
                assert_eq!(
                    [engine, bare],
                    [reference; 2],
                    "{name}, {policy}, {capacity} entries"
                );
            }
        }
    }
}

fn value(version: u32) -> Value {
    Value {
        version: Version(version),
        origin: None,
        ..Value::FIRST
    }
}

/// Keys on both sides of where the index's words, or its table so far, may end.
fn scattered_keys() -> impl Strategy<Value = Key> {
    let ends = proptest::sample::select(&[64, 128, 4_096, 65_536, 1_000_000][..]);
    (ends, 0..6_u32).prop_map(|(end, n)| Key(end + n - 3))
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn what_is_missed_is_stored(
        policy in proptest::sample::select(&PolicyKind::ALL[..]),
        capacity in 1..20_u32,
        keys in vec(0..30_u32, 1..300),
    ) {
        let mut cache = Cache::new(&CacheSettings::new(policy, capacity));
        for (now, key) in (0..).map(Micros).zip(keys) {
            let there = cache.peek(Key(key)).is_some();
            prop_assert_eq!(cache.request(Key(key), now), there);
            let refused = policy == PolicyKind::NoEviction && cache.len() == capacity;
            prop_assert!(cache.peek(Key(key)).is_some() || refused);
        }
    }

    /// The reference simulators' request is a read, and a write after a miss.
    #[test]
    fn a_request_is_a_get_and_perhaps_a_set(
        policy in proptest::sample::select(&PolicyKind::ALL[..]),
        capacity in 1..20_u32,
        keys in vec(0..40_u32, 1..300),
    ) {
        let mut one = Cache::new(&CacheSettings::new(policy, capacity));
        let mut two = one.clone();
        for (now, key) in (0..).map(Micros).zip(keys) {
            let hit = matches!(two.get(Key(key), now), Lookup::Hit(_));
            if !hit {
                // A refusal is a miss as well.
                let _ = two.set(Key(key), value(1), 1, Ttl::Clear, now, |_| {});
            }
            prop_assert_eq!(one.request(Key(key), now), hit);
            prop_assert_eq!(hash(&one), hash(&two));
        }
    }

    /// What counts misses by the million keeps less of each entry, and its policy does not notice.
    #[test]
    fn a_bare_cache_is_where_one_with_values_is(
        policy in proptest::sample::select(&PolicyKind::ALL[..]),
        capacity in 1..20_u32,
        // Up to an hour apart: counters and clocks of the engine's go by that.
        requests in vec((0..40_u32, 0..3_600_000_000_u64), 1..300),
    ) {
        let mut cache = Cache::new(&CacheSettings::new(policy, capacity));
        let mut bare = BareCache::new(policy, capacity);
        let mut now = Micros::ZERO;
        for (key, gap_us) in requests {
            now.0 += gap_us;
            let missed = u64::from(!cache.request(Key(key), now));
            prop_assert_eq!(bare.misses(std::iter::once((Key(key), now))), missed);
            prop_assert_eq!(bare.shape(now), cache.shape());
        }
    }

    /// A loop of the active cycle that can look at all entries with a TTL looks at each
    /// once; and there is another loop after one that found more than a tenth expired.
    #[test]
    fn a_loop_of_the_active_cycle_looks_at_each_entry_once(
        policy in proptest::sample::select(&PolicyKind::ALL[..]),
        ends in vec(any::<bool>(), 1..=20),
    ) {
        let mut cache = Cache::new(&CacheSettings::new(policy, 20));
        for (key, &over) in (0..).zip(&ends) {
            let ttl = Ttl::Until(Micros(if over { 10 } else { 1_000 }));
            let stored = cache.set(Key(key), value(1), 1, ttl, Micros(0), |_| {});
            prop_assert_eq!(stored, Ok(()));
        }
        let all = ends.len() as u32;
        let over = ends.iter().filter(|&&over| over).count() as u32;
        let (loops, looked_at) = match (over * 10 > all, all - over) {
            (false, _) => (1, all),
            // Nothing is left to look at.
            (true, 0) => (1, all),
            (true, rest) => (2, all + rest),
        };
        let cycle = cache.active_expire(Micros(500), |_| {});
        prop_assert_eq!((cycle.loops, cycle.looked_at, cycle.expired), (loops, looked_at, over));
    }

    /// Mattson's inclusion: what a smaller LRU holds, a larger one holds as well.
    #[test]
    fn a_larger_lru_never_misses_more(
        capacity in 1..20_u32,
        more in 1..10_u32,
        keys in vec(0..40_u32, 1..400),
    ) {
        let mut small = Cache::new(&CacheSettings::new(PolicyKind::Lru, capacity));
        let mut large = Cache::new(&CacheSettings::new(PolicyKind::Lru, capacity + more));
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
        let mut cache = Cache::new(&CacheSettings::new(PolicyKind::Fifo, capacity));
        let keys = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
        let missed = |&(now, key): &(u64, u32)| !cache.request(Key(key), Micros(now));
        (0..).zip(keys).filter(missed).count()
    };
    assert_eq!((misses(3), misses(4)), (9, 10));
}

#[test]
fn an_entry_is_expired_after_its_end_and_not_at_it() {
    let (key, end) = (Key(1), Micros(100));
    for policy in PolicyKind::ALL {
        let mut cache = Cache::new(&CacheSettings::new(policy, 1));
        let stored = cache.set(key, value(1), 1, Ttl::Until(end), Micros(0), |_| {});
        assert_eq!(stored, Ok(()));
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

/// The active cycle comes across every expired entry and removes no other.
#[test]
fn the_active_cycle_finds_every_expired_entry() {
    for policy in PolicyKind::ALL {
        let mut cache = Cache::new(&CacheSettings::new(policy, 2_000));
        for key in 0..2_000_u32 {
            let ttl = match key % 4 {
                0 => Ttl::Clear,
                1 => Ttl::Until(Micros(1_000)),
                _ => Ttl::Until(Micros(u64::from(key) % 10)),
            };
            let stored = cache.set(Key(key), value(1), 1, ttl, Micros(0), |_| {});
            assert_eq!(stored, Ok(()));
        }
        let now = Micros(500);
        let first = cache.active_expire(now, |removal| assert!(removal.entry.is_expired(now)));
        // Two in three have expired: the loops go on as long as they find more than a tenth.
        assert!(first.loops > 10, "{first:?}");
        for _ in 0..200 {
            cache.active_expire(now, |removal| assert!(removal.entry.is_expired(now)));
        }
        assert_eq!(cache.len(), 1_000, "{}", policy.name());
        assert!(cache.entries().all(|entry| !entry.is_expired(now)));
        let idle = cache.active_expire(now, |_| panic!("nothing else has expired"));
        assert_eq!((idle.loops, idle.looked_at, idle.expired), (1, 20, 0));
    }
}
