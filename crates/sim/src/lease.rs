//! Leases: a miss gives at most one request at a time the right to fill a key.
//!
//! Source: R. Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013: a token is given at most
//! once in ten seconds for a key, a delete voids it, and a fill without a valid one is refused.

use cache::units::{Key, Micros};
use std::collections::BTreeMap;

/// The leases that the cache node has given.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Leases {
    given: BTreeMap<Key, Lease>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Lease {
    request: u32,
    until: Micros,
}

impl Leases {
    /// Gives `request` the lease of `key` unless another request holds one that has not expired.
    pub(super) fn ask(&mut self, key: Key, request: u32, now: Micros, length: Micros) -> bool {
        let taken = |lease: &Lease| lease.request != request && lease.until > now;
        if self.given.get(&key).is_some_and(taken) {
            return false;
        }
        let until = now.after(length);
        self.given.insert(key, Lease { request, until });
        true
    }

    /// Takes back the lease of `key` if `request` holds it, and returns whether it did.
    pub(super) fn redeem(&mut self, key: Key, request: u32) -> bool {
        let has = self.given.get(&key).map(|lease| lease.request) == Some(request);
        if has {
            self.given.remove(&key);
        }
        has
    }

    /// Voids the key's lease, because the key was deleted or written. Returns whether a request held it.
    pub(super) fn void(&mut self, key: Key) -> bool {
        self.given.remove(&key).is_some()
    }

    pub(super) fn clear(&mut self) {
        self.given.clear();
    }
}
