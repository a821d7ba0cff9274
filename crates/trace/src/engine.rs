//! Everything that traces need of the cache engine.

use super::record::{Lifetime, Record};
use cache::units::Micros;
use cache::{Cache, Entry, Lookup, Removal, Ttl, Value};
use sim::Strategy;

/// Reads the record's key. Gives what was there, and tells of what was removed.
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

/// Stores the record's key with so many bytes of key and value, and with the strategy's time to live
/// where the record says nothing of one.
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
    // A refused SET leaves its key uncached: the next read misses. Nor does it matter what is stored.
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

/// Changes the time to live of the record's key, if it is there.
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
