//! Replays a whole file through one lane's cache: with the engine and the procedures of the stage, but
//! request after request, without latencies.

use super::curve::Progress;
use super::record::{Access, Record};
use super::{Trace, engine};
use cache::{Cache, Entry, Removal, RemovalCause};
use serde::{Deserialize, Serialize};
use sim::{Instruction, LaneSetup, Line};
use std::rc::Rc;

/// The counts of a whole file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Replay {
    /// Reads.
    pub reads: u64,
    /// Writes.
    pub writes: u64,
    /// Deletions. They remove the cache's copy, whatever the write path does.
    pub deletes: u64,
    /// Reads that hit.
    pub hits: u64,
    /// Reads that missed; without a cache, all.
    pub misses: u64,
    /// Entries removed to make room.
    pub evictions: u64,
    /// Entries removed because they had expired.
    pub expirations: u64,
}

/// Replays a trace through the cache of a lane, in slices: the result does not depend on how they are
/// cut.
///
/// To cancel, drop it.
pub struct ReplayJob {
    trace: Rc<Trace>,
    lane: Rc<LaneSetup>,
    cache: Option<Cache>,
    at: usize,
    counts: Replay,
}

impl ReplayJob {
    /// A replay of `trace` through the cache of `lane`.
    pub fn new(trace: Rc<Trace>, lane: Rc<LaneSetup>) -> Self {
        let cache = cache_of(&lane);
        let (at, counts) = (0, Replay::default());
        ReplayJob {
            trace,
            lane,
            cache,
            at,
            counts,
        }
    }

    /// Replays up to `budget` more requests.
    pub fn advance(&mut self, budget: u64) -> Progress {
        let left = (self.trace.records.len() - self.at) as u64;
        let end = self.at + budget.min(left) as usize;
        for row in self.at..end {
            let record = self.trace.records.get(row);
            self.counts
                .request(&mut self.cache, &self.trace, &self.lane, &record);
        }
        self.at = end;
        Progress {
            done: end as u64,
            total: self.trace.records.len() as u64,
        }
    }

    /// The counts, once all requests have been replayed.
    pub fn result(&self) -> Option<Replay> {
        (self.at == self.trace.records.len()).then_some(self.counts)
    }
}

/// Replays a trace through the cache of a lane, in one go.
pub fn replay(trace: &Trace, lane: &LaneSetup) -> Replay {
    let mut counts = Replay::default();
    let mut cache = cache_of(lane);
    for record in trace.records.iter() {
        counts.request(&mut cache, trace, lane, &record);
    }
    counts
}

fn cache_of(lane: &LaneSetup) -> Option<Cache> {
    let caches = lane.strategy.caches();
    caches.then(|| Cache::new(&lane.cache.engine))
}

/// Whether a copy that has just been read need not be reloaded.
fn is_fresh(copy: &Entry, record: &Record) -> bool {
    copy.value.fresh_until.is_none_or(|end| record.at <= end)
}

impl Replay {
    fn request(
        &mut self,
        cache: &mut Option<Cache>,
        trace: &Trace,
        lane: &LaneSetup,
        record: &Record,
    ) {
        let (count, lines) = match record.access {
            Access::Read => (&mut self.reads, &lane.procedures.read.lines[..]),
            Access::Write => (&mut self.writes, &lane.procedures.write.lines[..]),
            Access::Delete => (&mut self.deletes, &[][..]),
            Access::Expire => (&mut 0, &[][..]),
        };
        *count += 1;
        let hit = match cache {
            Some(cache) => self.in_cache(cache, trace, lane, record, lines),
            None => false,
        };
        if record.access == Access::Read {
            match hit {
                true => self.hits += 1,
                false => self.misses += 1,
            }
        }
    }

    /// Does what concerns the cache. Returns whether the cache had the key.
    fn in_cache(
        &mut self,
        cache: &mut Cache,
        trace: &Trace,
        lane: &LaneSetup,
        record: &Record,
        lines: &[Line],
    ) -> bool {
        let mut hit = None;
        let on_removed = |removal: &Removal| self.count(removal);
        match record.access {
            Access::Delete => engine::delete(cache, record, on_removed),
            Access::Expire => engine::expire(cache, record, on_removed),
            Access::Read | Access::Write => {}
        }
        for line in lines {
            let on_removed = |removal: &Removal| self.count(removal);
            match line.instruction {
                Instruction::CacheGet => hit = engine::get(cache, record, on_removed),
                Instruction::ReplyIfHit if hit.is_some() => break,
                Instruction::StopIfFresh if hit.is_some_and(|copy| is_fresh(&copy, record)) => {
                    break;
                }
                Instruction::CacheSetIfPresent if cache.peek(record.key).is_none() => {}
                Instruction::CacheFill
                | Instruction::CacheSet
                | Instruction::CacheSetIfPresent
                | Instruction::CacheSetAndQueue
                | Instruction::CacheSetOnlyCopy => {
                    let size = trace.stored_bytes(record);
                    engine::set(cache, record, size, &lane.strategy, on_removed);
                }
                Instruction::CacheDelete => engine::delete(cache, record, on_removed),
                // Without latencies and with one request at a time, the rest has no effect.
                _ => {}
            }
        }
        hit.is_some()
    }

    fn count(&mut self, removal: &Removal) {
        match removal.cause {
            RemovalCause::Evicted(_) => self.evictions += 1,
            RemovalCause::Expired => self.expirations += 1,
            RemovalCause::Deleted | RemovalCause::Replaced | RemovalCause::Flushed => {}
        }
    }
}
