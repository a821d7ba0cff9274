//! How a cache is set up: policy, scope, capacity and the engines' tuning parameters.

use super::policy::PolicyKind;
use crate::units::Micros;
use serde::{Deserialize, Serialize};

/// The largest capacity the engine takes, in entries.
pub const CAPACITY_MAX: u32 = 1_000_000;

/// The largest capacity the engine takes, in bytes: 1 TiB.
pub const CAPACITY_BYTES_MAX: u64 = 1 << 40;

/// A cache's settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct CacheSettings {
    /// The eviction policy.
    pub policy: PolicyKind,
    /// The entries that may be evicted at all.
    pub scope: Scope,
    /// The capacity.
    pub capacity: Capacity,
    /// The engines' parameters.
    pub tuning: Tuning,
    /// Fixes the draws of the policies that draw.
    pub seed: u64,
}

impl CacheSettings {
    /// A cache with a capacity in entries, all of which may be evicted; default tuning, seed 0.
    pub fn new(policy: PolicyKind, entries: u32) -> Self {
        CacheSettings {
            policy,
            scope: Scope::AllKeys,
            capacity: Capacity::Entries(entries),
            tuning: Tuning::default(),
            seed: 0,
        }
    }
}

/// The entries that may be evicted: the first half of the names of Valkey's `maxmemory-policy`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", expecting = "allkeys or volatile")]
pub enum Scope {
    /// Every entry.
    AllKeys,
    /// Only entries with a TTL. The policy knows no others; when none is left, a write that
    /// needs room is refused.
    Volatile,
}

/// How much fits into a cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Capacity {
    /// In entries, whatever their sizes: from 1 to [`CAPACITY_MAX`].
    Entries(u32),
    /// In bytes.
    Bytes {
        /// The whole, from 1 to [`CAPACITY_BYTES_MAX`].
        capacity_bytes: u64,
        /// The engine's own overhead for each entry, in bytes, beyond key and value.
        overhead_bytes: u32,
    },
}

/// The engines' parameters, named as in `valkey.conf` where they are its own. The default is the
/// engines' default.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Tuning {
    /// `maxmemory-samples`: how many keys an eviction of Valkey's looks at; at least 1.
    pub samples: u32,
    /// The resolution of Valkey's LRU clock (`LRU_CLOCK_RESOLUTION`, one second in the engine).
    /// Two uses within one tick look equally old. Zero stands for the finest, a microsecond.
    pub lru_clock: Micros,
    /// `lfu-log-factor`: how slowly Valkey's LFU counter grows.
    pub lfu_log_factor: u32,
    /// `lfu-decay-time`: a counter drops by one after this long without a use; zero is never.
    pub lfu_decay: Micros,
    /// How many keys one loop of the active expiry cycle looks at
    /// (`ACTIVE_EXPIRE_CYCLE_KEYS_PER_LOOP`); at least 1.
    pub active_expire_keys: u32,
}

impl Default for Tuning {
    fn default() -> Self {
        Tuning {
            samples: 5,
            lru_clock: Micros(1_000_000),
            lfu_log_factor: 10,
            lfu_decay: Micros(60_000_000),
            active_expire_keys: 20,
        }
    }
}

/// What becomes of a key's TTL at a SET.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Ttl {
    /// `KEEPTTL`: the key keeps the one it has, if it is there and has one.
    Keep,
    /// A plain `SET`: the key has none afterwards, whatever it had.
    Clear,
    /// `EX`, `PX` and their kind: it ends at this instant.
    Until(Micros),
}
