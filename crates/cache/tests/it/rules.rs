//! Rules that a few calls show: what a full cache refuses, values that grow, TTLs kept and cleared.

use cache::units::{Key, Micros};
use cache::{
    Cache, CacheSettings, Capacity, Lookup, PolicyKind, Refusal, RemovalCause, Scope, Ttl, Value,
    from_maxmemory_policy, maxmemory_policies, maxmemory_policy,
};

const VALUE: Value = Value::FIRST;

const BYTES: Capacity = Capacity::Bytes {
    capacity_bytes: 1_000,
    overhead_bytes: 50,
};

/// The trap of ElastiCache's default: `volatile-lru`, keys without a TTL, memory full.
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
        // A key with a TTL can go, one that has lost it again cannot.
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

#[test]
fn keeping_and_clearing_a_ttl() {
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

/// Ending a TTL is no use of the key, and the entry stays until something finds it expired.
#[test]
fn a_ttl_that_is_ended_leaves_the_entry_there() {
    for policy in PolicyKind::ALL {
        let mut cache = Cache::new(&CacheSettings::new(policy, 3));
        for key in 0..3 {
            let now = Micros(key.into());
            let stored = cache.set(Key(key), VALUE, 1, Ttl::Clear, now, |_| {});
            assert_eq!(stored, Ok(()));
        }
        let uses = |cache: &Cache| {
            let mut uses: Vec<_> = cache.entries().map(|of| (of.key, of.used_at)).collect();
            uses.sort_unstable();
            uses
        };
        let before = uses(&cache);
        cache.end_ttl(Key(0), Micros(9));
        assert_eq!(uses(&cache), before, "{policy:?}");
        let found = cache.get(Key(0), Micros(10));
        assert!(matches!(found, Lookup::Miss { expired: Some(_) }));
        assert_eq!(cache.len(), 2);
    }
}
