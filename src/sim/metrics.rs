//! What is counted: from events alone, never from inputs. Where Amazon CloudWatch has a name for a
//! number, the field's documentation gives it.

use super::event::{Event, EventKind, Operation};
use crate::units::Micros;

/// The counts and latencies of one lane up to a moment.
#[derive(Clone, PartialEq, Eq, Debug, Hash, Default)]
pub struct Metrics {
    /// Look-ups that found the key (`CacheHits`). A stale read is a hit too.
    pub hits: u64,
    /// Look-ups that did not (`CacheMisses`).
    pub misses: u64,
    /// Hits whose copy was older than the row at that moment.
    pub stale_reads: u64,
    /// Values stored in the cache, by a miss or a write.
    pub fills: u64,
    /// Entries removed to make room (`Evictions`).
    pub evictions: u64,
    /// Entries removed because their time to live had ended (`Reclaimed`).
    pub expirations: u64,
    /// Entries deleted on request.
    pub deletions: u64,
    /// Rows read from the database.
    pub database_reads: u64,
    /// Rows written to the database.
    pub database_writes: u64,
    /// How long answered reads took.
    pub read_latency: Latencies,
    /// How long answered writes took.
    pub write_latency: Latencies,
}

impl Metrics {
    pub(super) fn count(&mut self, event: &Event) {
        let counter = match event.kind {
            EventKind::Hit { .. } => &mut self.hits,
            EventKind::Miss { .. } => &mut self.misses,
            EventKind::Stale { .. } => &mut self.stale_reads,
            EventKind::Fill { .. } => &mut self.fills,
            EventKind::Evict { .. } => &mut self.evictions,
            EventKind::Expire { .. } => &mut self.expirations,
            EventKind::Delete { found: true } => &mut self.deletions,
            EventKind::Read { .. } => &mut self.database_reads,
            EventKind::Write { .. } => &mut self.database_writes,
            EventKind::Reply {
                operation, latency, ..
            } => {
                match operation {
                    Operation::Read => self.read_latency.add(latency),
                    Operation::Write => self.write_latency.add(latency),
                }
                return;
            }
            _ => return,
        };
        *counter += 1;
    }
}

/// Every latency of one kind, kept sorted, so that a percentile is one that really occurred.
#[derive(Clone, PartialEq, Eq, Debug, Hash, Default)]
pub struct Latencies {
    sorted_us: Vec<u64>,
}

impl Latencies {
    fn add(&mut self, latency: Micros) {
        let place = self.sorted_us.partition_point(|&us| us <= latency.0);
        self.sorted_us.insert(place, latency.0);
    }

    /// The nearest-rank percentile: the smallest latency that at least `percent` of all are at or
    /// below. `None` while there is none.
    pub fn percentile(&self, percent: u64) -> Option<Micros> {
        let count = self.sorted_us.len() as u64;
        let rank = (count * percent).div_ceil(100).max(1);
        self.sorted_us.get(rank as usize - 1).copied().map(Micros)
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.sorted_us.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile(50), None);
        for us in [50, 15, 40, 20, 35] {
            latencies.add(Micros(us));
        }
        let percentiles = [5, 30, 40, 50, 99, 100].map(|p| latencies.percentile(p));
        let expected = [15, 20, 20, 35, 50, 50].map(|us| Some(Micros(us)));
        assert_eq!(percentiles, expected);
    }
}
