//! The names of the policies, and the names that Valkey's users know.

use crate::settings::Scope;
use serde::{Deserialize, Serialize};

/// The eviction policies a person can choose.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a policy")]
pub enum PolicyKind {
    /// Least recently used.
    Lru,
    /// First in, first out.
    Fifo,
    /// FIFO with a second chance: one reference bit an entry.
    Clock,
    /// Least frequently used, with exact counts.
    Lfu,
    /// Any entry, with equal chances.
    Random,
    /// 2Q in its full version.
    #[serde(rename = "twoq")]
    TwoQ,
    /// The adaptive replacement cache.
    Arc,
    /// Segmented LRU.
    Slru,
    /// Three FIFO queues.
    #[serde(rename = "s3fifo")]
    S3Fifo,
    /// SIEVE.
    Sieve,
    /// Window TinyLFU.
    #[serde(rename = "wtinylfu")]
    WTinyLfu,
    /// Valkey's LRU, which draws samples.
    ValkeyLru,
    /// Valkey's LFU: samples, and counters that grow by chance and decay.
    ValkeyLfu,
    /// Valkey's sampled choice of what expires first.
    ValkeyTtl,
    /// Nothing is evicted, writes are refused.
    #[serde(rename = "noeviction")]
    NoEviction,
    /// Memcached's segmented LRU.
    Memcached,
}

use PolicyKind::*;

/// Every policy with its name and title and what the two ends of its order mean.
const NAMES: [(PolicyKind, &str, &str, [&str; 2]); 16] = [
    (Lru, "lru", "LRU", ["most recent", "least recent"]),
    (Fifo, "fifo", "FIFO", ["last in", "first in"]),
    (Clock, "clock", "CLOCK", ["behind the hand", "at the hand"]),
    (Lfu, "lfu", "LFU", ["most used", "least used"]),
    (Random, "random", "Random", ["any", "drawn next"]),
    (TwoQ, "twoq", "2Q", ["main", "first in"]),
    (Arc, "arc", "ARC", ["frequent", "recent"]),
    (Slru, "slru", "Segmented LRU", ["protected", "on probation"]),
    (S3Fifo, "s3fifo", "S3-FIFO", ["main", "small"]),
    (Sieve, "sieve", "SIEVE", ["last in", "at the hand"]),
    (
        WTinyLfu,
        "wtinylfu",
        "W-TinyLFU",
        ["protected", "next contest"],
    ),
    (
        ValkeyLru,
        "valkey-lru",
        "Valkey LRU",
        ["most recent", "next of the pool"],
    ),
    (
        ValkeyLfu,
        "valkey-lfu",
        "Valkey LFU",
        ["most used", "next of the pool"],
    ),
    (
        ValkeyTtl,
        "valkey-ttl",
        "Valkey TTL",
        ["lives longest", "next of the pool"],
    ),
    (
        NoEviction,
        "noeviction",
        "No eviction",
        ["last in", "first in"],
    ),
    (Memcached, "memcached", "Memcached", ["warm", "cold"]),
];

impl PolicyKind {
    /// Every policy, in the order in which they are offered.
    pub const ALL: [PolicyKind; 16] = {
        let mut all = [Lru; 16];
        let mut i = 0;
        while i < all.len() {
            all[i] = NAMES[i].0;
            // The tables are read by number.
            assert!(all[i] as usize == i);
            i += 1;
        }
        all
    };

    /// The name used in scenarios and by `missCounts`.
    pub const fn name(self) -> &'static str {
        NAMES[self as usize].1
    }

    /// The name on screen.
    pub const fn title(self) -> &'static str {
        NAMES[self as usize].2
    }

    /// The policy of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<PolicyKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What the two ends of [`Cache::entries`](crate::Cache::entries) mean under this policy.
    pub const fn ends(self) -> (&'static str, &'static str) {
        let [kept, out] = NAMES[self as usize].3;
        (kept, out)
    }
}

/// The settings of Valkey's `maxmemory-policy`, each with the policy and the scope that it stands for.
pub const MAXMEMORY_POLICIES: [(&str, PolicyKind, Scope); 8] = [
    ("noeviction", NoEviction, Scope::AllKeys),
    ("allkeys-lru", ValkeyLru, Scope::AllKeys),
    ("volatile-lru", ValkeyLru, Scope::Volatile),
    ("allkeys-lfu", ValkeyLfu, Scope::AllKeys),
    ("volatile-lfu", ValkeyLfu, Scope::Volatile),
    ("allkeys-random", Random, Scope::AllKeys),
    ("volatile-random", Random, Scope::Volatile),
    ("volatile-ttl", ValkeyTtl, Scope::Volatile),
];

/// What a setting of `maxmemory-policy` stands for.
pub fn from_maxmemory_policy(name: &str) -> Option<(PolicyKind, Scope)> {
    let mut all = MAXMEMORY_POLICIES.into_iter();
    let (_, kind, scope) = all.find(|setting| setting.0 == name)?;
    Some((kind, scope))
}

/// The setting of `maxmemory-policy` that stands for a policy and a scope, if Valkey has one.
pub fn maxmemory_policy(kind: PolicyKind, scope: Scope) -> Option<&'static str> {
    let mut all = MAXMEMORY_POLICIES.into_iter();
    let (name, ..) = all.find(|setting| (setting.1, setting.2) == (kind, scope))?;
    Some(name)
}
