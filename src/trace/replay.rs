//! A whole file through one lane's cache: the same engine and the same procedures as on the stage,
//! but request after request, without latencies.

use super::Trace;
use crate::cache::{Cache, Lookup, PolicyKind, Removal, RemovalCause, Value};
use crate::sim::{Instruction, LaneSetup, Operation, ReadPath};
use crate::units::{Key, Micros, Version};

/// What a whole file came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Replay {
    /// How many reads.
    pub reads: u64,
    /// How many writes.
    pub writes: u64,
    /// Reads that found their key in the cache.
    pub hits: u64,
    /// Reads that did not; without a cache, all.
    pub misses: u64,
    /// Entries removed to make room.
    pub evictions: u64,
    /// Entries removed because their time to live had ended.
    pub expirations: u64,
}

/// Replays `trace` through the cache of a lane.
pub fn replay(trace: &Trace, lane: &LaneSetup) -> Replay {
    let mut counts = Replay::default();
    let mut cache = match lane.strategy.read {
        ReadPath::NoCache => None,
        _ => Some(Cache::new(lane.cache.policy, lane.cache.capacity)),
    };
    for record in &trace.records {
        let lines = match record.operation {
            Operation::Read => lane.strategy.read.procedure().lines,
            Operation::Write => lane.strategy.write.procedure().lines,
        };
        match record.operation {
            Operation::Read => counts.reads += 1,
            Operation::Write => counts.writes += 1,
        }
        let now = record.at;
        let ttl = record.ttl.over(lane.strategy.ttl_us);
        let mut hit = false;
        for line in lines {
            let Some(cache) = &mut cache else { break };
            match line.instruction {
                Instruction::CacheGet => match cache.get(record.key, now) {
                    Lookup::Hit(_) => hit = true,
                    Lookup::Miss { expired } => {
                        expired.iter().for_each(|removal| counts.count(removal));
                    }
                },
                Instruction::ReplyIfHit if hit => break,
                Instruction::CacheSet => {
                    let expires_at = ttl.map(|ttl| now.after(ttl));
                    let on_removed = |removal: Removal| counts.count(&removal);
                    cache.set(record.key, ANY_VALUE, expires_at, now, on_removed);
                }
                Instruction::CacheDelete => {
                    let removal = cache.delete(record.key, now);
                    removal.iter().for_each(|removal| counts.count(removal));
                }
                Instruction::Begin
                | Instruction::ReplyIfHit
                | Instruction::DatabaseRead
                | Instruction::DatabaseWrite
                | Instruction::Reply => {}
            }
        }
        if record.operation == Operation::Read {
            match hit {
                true => counts.hits += 1,
                false => counts.misses += 1,
            }
        }
    }
    counts
}

/// Who misses does not depend on what is stored.
const ANY_VALUE: Value = Value {
    version: Version(1),
    origin: None,
};

impl Replay {
    fn count(&mut self, removal: &Removal) {
        match removal.cause {
            RemovalCause::Evicted(_) => self.evictions += 1,
            RemovalCause::Expired => self.expirations += 1,
            RemovalCause::Deleted | RemovalCause::Replaced => {}
        }
    }

    /// Misses of all reads, in hundredths of a percent; `None` without reads.
    pub fn miss_per_myriad(&self) -> Option<u64> {
        (self.misses * 10_000 + self.reads / 2).checked_div(self.reads)
    }
}

/// The misses of a bare cache over a stream of reads: the figure that reference simulators give.
pub fn miss_count(keys: &[Key], policy: PolicyKind, capacity: u32) -> u64 {
    let mut cache = Cache::new(policy, capacity);
    let missed = keys
        .iter()
        .filter(|&&key| !cache.request(key, Micros::ZERO));
    missed.count() as u64
}
