//! The cache engine's operations, as a trace's records ask for them.

use super::record::{Lifetime, Record};
use cache::units::Micros;
use cache::{Cache, Entry, Lookup, Removal, Ttl, Value};
use sim::Strategy;

/// Reads the record's key. Returns its entry; `on_removed` gets one that had expired.
pub(super) fn get(
    cache: &mut Cache,
    record: &Record,
    mut on_removed: impl FnMut(&Removal),
) -> Option<Entry> {
    match cache.get(record.key, record.at) {
        Lookup::Hit(entry) => Some(entry),
        Lookup::Miss { expired } => {
            expired.iter().for_each(&mut on_removed);
            None
        }
    }
}

/// Stores the record's key with a size of key and value in bytes, and with the strategy's TTL if the
/// record says nothing about one.
pub(super) fn set(
    cache: &mut Cache,
    record: &Record,
    size: u32,
    strategy: &Strategy,
    mut on_removed: impl FnMut(&Removal),
) {
    let until = |ttl: Micros| record.at.after(ttl);
    let ttl = match record.lifetime {
        Lifetime::Unsaid => strategy
            .ttl_us
            .map_or(Ttl::Clear, |ttl| Ttl::Until(until(ttl))),
        Lifetime::Never => Ttl::Clear,
        Lifetime::After(ttl) => Ttl::Until(until(ttl)),
        Lifetime::Keep => Ttl::Keep,
    };
    let tell = |removal: Removal| on_removed(&removal);
    // A refused SET leaves its key uncached: the next read misses.
    let lifetime = match ttl {
        Ttl::Until(end) => Some(end.since(record.at)),
        Ttl::Clear | Ttl::Keep => None,
    };
    let value = Value {
        fresh_until: strategy.fresh_for(lifetime).map(until),
        ..Value::FIRST
    };
    let _ = cache.set(record.key, value, size, ttl, record.at, tell);
}

/// Deletes the record's key.
pub(super) fn delete(cache: &mut Cache, record: &Record, on_removed: impl FnMut(&Removal)) {
    cache
        .delete(record.key, record.at)
        .iter()
        .for_each(on_removed);
}

/// Changes the TTL of the record's key, if it is cached.
pub(super) fn expire(cache: &mut Cache, record: &Record, mut on_removed: impl FnMut(&Removal)) {
    let until = match record.lifetime {
        Lifetime::After(ttl) => Some(record.at.after(ttl)),
        Lifetime::Unsaid | Lifetime::Never | Lifetime::Keep => None,
    };
    if let Lookup::Miss {
        expired: Some(removal),
    } = cache.expire(record.key, until, record.at)
    {
        on_removed(&removal);
    }
}
