//! Why an entry was evicted.

use crate::units::{Key, Micros};

/// Why an entry was evicted, with the values that decided it.
///
/// Shares, and what is held of them, are in entries, or in bytes where the capacity is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum EvictionReason {
    /// FIFO: it had been in the cache longest.
    FirstIn {
        /// How long ago it had entered.
        age: Micros,
    },
    /// LRU: no entry had gone unused for longer.
    LeastRecentlyUsed {
        /// How long it had gone unused.
        idle: Micros,
    },
    /// CLOCK: the hand found its reference bit at 0.
    Unreferenced {
        /// How long ago it had entered.
        age: Micros,
        /// How many entries with their bit at 1 the hand had passed and cleared before.
        passed: u32,
    },
    /// SIEVE: the hand found that it had not been visited.
    Unvisited {
        /// How long ago it had entered.
        age: Micros,
        /// How many visited entries the hand had passed and cleared before.
        passed: u32,
    },
    /// LFU: no entry had been used less often, and of those used equally often none had reached its
    /// count earlier.
    LeastFrequentlyUsed {
        /// How often it had been used; being stored is the first use.
        uses: u32,
        /// How many others had been used equally often.
        equals: u32,
        /// How long it had gone unused.
        idle: Micros,
    },
    /// Random: the draw fell on it.
    Random {
        /// Among how many.
        among: u32,
    },
    /// 2Q: it was the oldest of the queue that had to give.
    TwoQueue {
        /// Whether that was Am, the main queue, because A1in was within its share.
        main: bool,
        /// The weight of A1in.
        held: u64,
        /// A1in's share.
        share: u64,
    },
    /// ARC: it was the least recently used of the list that had to give.
    Arc {
        /// Whether the entry was in T2, the list of entries used more than once.
        frequent: bool,
        /// The weight of T1.
        held: u64,
        /// The target `p` for T1, in thousandths.
        target_milli: u64,
    },
    /// SLRU: it was the least recently used of its segment.
    Segmented {
        /// Whether that was the protected one, because nothing was on probation.
        protected: bool,
        /// How long it had gone unused.
        idle: Micros,
    },
    /// S3-FIFO: it came to the end of its queue without uses enough to stay.
    S3Fifo {
        /// Whether that was the main queue, because it exceeded its share or the small one was empty.
        main: bool,
        /// How often it had been used in that queue, up to 3.
        uses: u8,
        /// How many entries before it were kept: moved on to the main queue, or put back into it.
        passed: u32,
        /// The weight of the main queue.
        held: u64,
    },
    /// W-TinyLFU: it lost the contest for a place in the main part.
    Contest {
        /// Whether it came from the window, and not from the main part.
        newcomer: bool,
        /// The sketch's estimate of its uses.
        uses: u8,
        /// That of the one that stayed.
        rival_uses: u8,
        /// The one that stayed.
        rival: Key,
    },
    /// W-TinyLFU: it had no rival.
    Uncontested {
        /// Whether it came from the window because the main part was empty, and not from the main
        /// part because the window was within its share.
        window: bool,
        /// How long it had gone unused.
        idle: Micros,
    },
    /// Valkey's LRU: of the candidates it had been idle longest when it was looked at.
    SampledIdle {
        /// For how long, in whole ticks of the engine's clock.
        idle: Micros,
        /// How many keys this eviction drew.
        drawn: u32,
        /// How many candidates were in the pool, itself among them.
        pool: u32,
    },
    /// Valkey's LFU: of the candidates it had the lowest counter when it was looked at.
    SampledCounter {
        /// Its counter, decayed.
        counter: u8,
        /// How many keys this eviction drew.
        drawn: u32,
        /// How many candidates were in the pool, itself among them.
        pool: u32,
    },
    /// `volatile-ttl`: of the candidates its TTL runs out first.
    SampledTtl {
        /// How much of it was left.
        left: Micros,
        /// How many keys this eviction drew.
        drawn: u32,
        /// How many candidates were in the pool, itself among them.
        pool: u32,
    },
    /// The same policy over all keys: no candidate had a TTL, and it was one of them.
    SampledWithoutTtl {
        /// How many keys this eviction drew.
        drawn: u32,
        /// How many candidates were in the pool, itself among them.
        pool: u32,
    },
    /// Memcached: it was at the tail of the segment that had to give.
    Memcached {
        /// The segment.
        segment: MemcachedSegment,
        /// How long it had gone unused.
        idle: Micros,
    },
}

/// Memcached's queues.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MemcachedSegment {
    /// Where new entries begin.
    Hot,
    /// Where entries go that are used again.
    Warm,
    /// Where the others wait for their eviction.
    Cold,
}
