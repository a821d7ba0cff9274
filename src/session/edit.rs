//! Changing one thing of a scenario.

use crate::cache::PolicyKind;
use crate::scenario::ScenarioInput;
use crate::sim::{Pattern, WritePath};
use crate::timeline::duration;
use crate::units::Micros;

/// One change. Lanes are numbered from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Edit {
    /// Give a lane another pattern, with its usual read and write path.
    Pattern(usize, Pattern),
    /// Give a lane another write path.
    Write(usize, WritePath),
    /// Give a lane's cache another policy.
    Policy(usize, PolicyKind),
    /// Give a lane's cache another capacity, in entries.
    Capacity(usize, u64),
    /// Give a lane's cache another capacity, in bytes.
    CapacityBytes(usize, u64),
    /// Give what a lane caches another time to live, or none.
    Ttl(usize, Option<Micros>),
    /// Draw other latencies.
    Seed(String),
}

impl Edit {
    /// What is different from now on, for the person who changed it. `letters` name the lanes.
    pub fn sentence(&self, letter: impl Fn(usize) -> char) -> String {
        match self {
            Edit::Pattern(lane, pattern) => {
                let (title, rule) = match pattern {
                    Pattern::CacheAside => (
                        "cache-aside",
                        "a miss fills the cache, a write goes to the database only",
                    ),
                    Pattern::WriteThrough => (
                        "write-through",
                        "every write goes to the database and then to the cache",
                    ),
                    Pattern::ReadThrough => (
                        "read-through",
                        "a library loads what is missing, and a write deletes the key",
                    ),
                    Pattern::WriteBehind => (
                        "write-behind",
                        "a write goes to the cache, and to the database a while later",
                    ),
                    Pattern::RefreshAhead => (
                        "refresh-ahead",
                        "a copy in use is reloaded before it expires",
                    ),
                    Pattern::NoCache => ("without a cache", "every read goes to the database"),
                };
                format!("Lane {} is {title} now: {rule}.", letter(*lane))
            }
            Edit::Write(lane, write) => {
                let rule = match write {
                    WritePath::WriteAround => {
                        "writes the database only now: a copy in the cache goes stale until its time to live ends"
                    }
                    WritePath::Invalidate => {
                        "deletes the key after each write now: the next read misses and loads the new row"
                    }
                    WritePath::Update => {
                        "overwrites a copy after the database now: a copy is as new as the row"
                    }
                    WritePath::WriteThrough => {
                        "writes the cache after the database now: a copy is as new as the row"
                    }
                    WritePath::WriteBehind => {
                        "writes the cache now and the database later: what is queued can be lost"
                    }
                    WritePath::DeleteFirst => {
                        "deletes the key before each write now: a read in between puts the old row back"
                    }
                };
                format!("Lane {} {rule}.", letter(*lane))
            }
            Edit::Policy(lane, policy) => {
                let rule = match policy {
                    PolicyKind::Lru => "what was unused for longest",
                    PolicyKind::Fifo => "what came in first",
                    PolicyKind::Clock => "what came in first and was not read since",
                    PolicyKind::Lfu => "what was used least",
                    PolicyKind::Random => "whatever is drawn",
                    PolicyKind::TwoQ => "what came in first, unless it came back once before",
                    PolicyKind::Arc => "by recency or by frequency, whichever pays",
                    PolicyKind::Slru => "what was not used again",
                    PolicyKind::S3Fifo => "what was not used while in its queue",
                    PolicyKind::Sieve => "what the hand finds unvisited",
                    PolicyKind::WTinyLfu => "what loses the contest of counts",
                    PolicyKind::ValkeyLru => "what was idle longest of a sample",
                    PolicyKind::ValkeyLfu => "what has the lowest counter of a sample",
                    PolicyKind::ValkeyTtl => "what expires first of a sample",
                    PolicyKind::NoEviction => "nothing and refuses what does not fit",
                    PolicyKind::Memcached => "what has gone cold",
                };
                format!("Lane {} evicts {rule} now.", letter(*lane))
            }
            Edit::Capacity(lane, 1) => {
                format!("Lane {}'s cache has room for 1 entry now.", letter(*lane))
            }
            Edit::Capacity(lane, capacity) => {
                format!(
                    "Lane {}'s cache has room for {capacity} entries now.",
                    letter(*lane)
                )
            }
            Edit::CapacityBytes(lane, bytes) => {
                format!(
                    "Lane {}'s cache has room for {bytes} bytes now.",
                    letter(*lane)
                )
            }
            Edit::Ttl(lane, Some(ttl)) => {
                format!(
                    "What lane {} caches lives for {} now.",
                    letter(*lane),
                    duration(*ttl)
                )
            }
            Edit::Ttl(lane, None) => {
                format!(
                    "What lane {} caches has no time to live now.",
                    letter(*lane)
                )
            }
            Edit::Seed(seed) => format!("Latencies are drawn from seed {} now.", seed.trim()),
        }
    }

    /// The scenario with this change.
    pub fn apply(&self, input: &ScenarioInput) -> ScenarioInput {
        let mut input = input.clone();
        match self {
            Edit::Pattern(lane, pattern) => {
                let lane = &mut input.lanes[*lane];
                (lane.strategy.read, lane.strategy.write) = pattern.paths();
                // A name given by hand might no longer tell what the lane does.
                lane.name = None;
            }
            Edit::Write(lane, write) => {
                input.lanes[*lane].strategy.write = *write;
                input.lanes[*lane].name = None;
            }
            Edit::Policy(lane, policy) => input.lanes[*lane].cache.policy = *policy,
            Edit::Capacity(lane, capacity) => {
                // One that is too large for the field is refused with the others.
                let capacity = u32::try_from(*capacity).unwrap_or(u32::MAX);
                input.lanes[*lane].cache.capacity = capacity;
            }
            Edit::CapacityBytes(lane, bytes) => {
                input.lanes[*lane].cache.capacity_bytes = Some(*bytes);
            }
            Edit::Ttl(lane, ttl) => input.lanes[*lane].strategy.ttl_us = *ttl,
            Edit::Seed(seed) => input.seed = seed.trim().to_owned(),
        }
        input
    }
}
