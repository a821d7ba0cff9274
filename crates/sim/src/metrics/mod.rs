//! What is counted: from events alone, never from inputs. Where Amazon CloudWatch has a name for a
//! number, the field's documentation gives it.

mod histogram;
mod replies;
mod series;

pub use histogram::Histogram;
pub use replies::Replies;
pub use series::{Gauges, Interval, Series, Served};

use super::cost::month;
use super::deployment::{ReshardStep, Stage};
use super::event::{EventKind, Gone, Operation, Outcome, Refused};
use cache::units::Micros;
use std::hash::{Hash, Hasher};

/// The counts and latencies of one lane up to a moment.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Metrics {
    /// Requests that arrived.
    pub requests: u64,
    /// Look-ups that found the key (`CacheHits`). A stale read is a hit too.
    pub hits: u64,
    /// Look-ups that did not (`CacheMisses`).
    pub misses: u64,
    /// Values stored in the cache, by a miss or a write.
    pub fills: u64,
    /// Entries removed to make room (`Evictions`).
    pub evictions: u64,
    /// Entries removed because their TTL had run out (`Reclaimed`).
    pub expirations: u64,
    /// Entries deleted on request.
    pub deletions: u64,
    /// Rows read from the database.
    pub database_reads: u64,
    /// Rows written to the database.
    pub database_writes: u64,
    /// Trips to the cache or the database that failed.
    pub failed_trips: u64,
    /// Requests whose client got an error.
    pub failed_requests: u64,
    /// Values that the cache was told not to store: older than its copy, or without a valid lease.
    pub rejected_writes: u64,
    /// Commands that a shard answered with MOVED.
    pub redirects: LaterCount,
    /// Queries that DynamoDB throttled (`ThrottledRequests`).
    pub throttled: LaterCount,
    /// Commands that a serverless cache throttled (`ThrottledCmds`).
    pub throttled_commands: LaterCount,
    /// Commands that the cache has executed.
    pub commands: Commands,
    /// Acknowledged writes that are gone.
    pub gone: Gone,
    /// Promises that were broken: stale reads that nothing bounds, and lost writes.
    pub violations: u64,
    /// Hits whose copy was older than the row at that moment: how long the row had held a newer
    /// version.
    pub stale_age: Spans,
    /// The answers to reads.
    pub read_replies: Replies,
    /// The answers to writes.
    pub write_replies: Replies,
    /// How long queries waited for a connection, those that did not have to among them.
    pub database_wait: Histogram,
    /// The same over time.
    pub series: Series,
}

/// The commands that a cache has executed: look-ups, values stored or refused, and deletes, of requests, of the
/// commit log and of the console. MOVED is no answer, and a command that fails is not one either.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Commands {
    /// How many.
    pub count: u64,
    /// The ECPUs that serverless would charge for them, in thousandths.
    pub milli_ecpu: u64,
    /// How many bytes of keys and values clients' commands moved to or from a node in another zone or Region.
    pub far_bytes: u64,
}

impl Commands {
    /// Counts a simple command.
    fn add(&mut self, moved_bytes: u32) {
        self.count += 1;
        self.milli_ecpu += month::milli_ecpu(moved_bytes.into(), 0);
    }
}

/// They hash as nothing, as before they were counted: they follow from the events, whose counts are hashed here and
/// which the log's hash has one by one.
impl Hash for Commands {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// A count that metrics did not have from the beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LaterCount(pub u64);

/// None hash as nothing, as before there were any.
impl Hash for LaterCount {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if self.0 > 0 {
            self.0.hash(state);
        }
    }
}

/// Spans of time of which only the sum and the longest are kept. Ages of stale copies reach from
/// microseconds to hours, so that a histogram of them would take as much memory as two others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub struct Spans {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub sum: Micros,
    /// The longest; zero if there is none.
    pub max: Micros,
}

impl Spans {
    fn add(&mut self, span: Micros) {
        self.count += 1;
        self.sum = self.sum.after(span);
        self.max = self.max.max(span);
    }

    /// The mean, but for the part below a microsecond; `None` while there is none.
    pub fn mean(&self) -> Option<Micros> {
        self.sum.0.checked_div(self.count).map(Micros)
    }
}

impl Metrics {
    /// Before the first event, with the entries that the cache holds from the start.
    pub(super) fn new(entries: u32, stored_bytes: u64) -> Self {
        Metrics {
            requests: 0,
            hits: 0,
            misses: 0,
            fills: 0,
            evictions: 0,
            expirations: 0,
            deletions: 0,
            database_reads: 0,
            database_writes: 0,
            failed_trips: 0,
            failed_requests: 0,
            rejected_writes: 0,
            redirects: LaterCount(0),
            throttled: LaterCount(0),
            throttled_commands: LaterCount(0),
            commands: Commands::default(),
            gone: Gone::default(),
            violations: 0,
            stale_age: Spans::default(),
            read_replies: Replies::default(),
            write_replies: Replies::default(),
            database_wait: Histogram::default(),
            series: Series::new(Gauges {
                entries,
                stored_bytes,
                ..Gauges::default()
            }),
        }
    }

    /// Counts an event of an instant. Events come in order of time.
    pub(super) fn count(&mut self, at: Micros, kind: &EventKind) {
        if let Some(bytes) = kind.moved_bytes() {
            self.commands.add(bytes);
        }
        let interval = self.series.at(at);
        self.gone.0 += kind.gone();
        match *kind {
            EventKind::Request { .. } => {
                self.requests += 1;
                interval.requests += 1;
            }
            EventKind::Send { .. } => (),
            EventKind::Moved { .. } | EventKind::Ask { .. } => self.redirects.0 += 1,
            EventKind::Reshard {
                step: ReshardStep::KeyDropped { size_bytes, .. },
            } => self.remove(size_bytes),
            EventKind::Hit { .. } => {
                self.hits += 1;
                interval.hits += 1;
            }
            EventKind::Stale { since, .. } => {
                self.stale_age.add(since);
                interval.stale_reads += 1;
                interval.stale_age_sum_us = interval.stale_age_sum_us.saturating_add(since.0);
            }
            EventKind::Miss { .. } => {
                self.misses += 1;
                interval.misses += 1;
            }
            EventKind::Fill {
                size_bytes,
                replaced,
                replaced_bytes,
                ..
            } => {
                self.fills += 1;
                self.series.change(|gauges| {
                    gauges.entries += u32::from(replaced.is_none());
                    gauges.stored_bytes += u64::from(size_bytes);
                    gauges.stored_bytes -= u64::from(replaced_bytes);
                });
            }
            EventKind::Evict { size_bytes, .. } => {
                self.evictions += 1;
                interval.evictions += 1;
                self.remove(size_bytes);
            }
            EventKind::Expire { size_bytes, .. } => {
                self.expirations += 1;
                interval.expirations += 1;
                self.remove(size_bytes);
            }
            EventKind::Delete {
                found, size_bytes, ..
            } => {
                if found {
                    self.deletions += 1;
                    self.remove(size_bytes);
                }
            }
            EventKind::Queue { waiting } => self.series.change(|gauges| gauges.queued = waiting),
            EventKind::Query { waited, .. } => {
                self.database_wait.add(waited);
                // Who arrives while others wait has to wait too, so while there is a queue it is its
                // first that gets a connection.
                self.series.change(|gauges| {
                    gauges.queued = gauges.queued.saturating_sub(1);
                    gauges.busy += 1;
                });
            }
            EventKind::Read { .. } => {
                self.database_reads += 1;
                interval.database_reads += 1;
                self.series.change(|gauges| gauges.busy -= 1);
            }
            EventKind::Write { .. } => {
                self.database_writes += 1;
                interval.database_writes += 1;
                self.series.change(|gauges| gauges.busy -= 1);
            }
            EventKind::Refuse { at } => {
                let change = match at {
                    Refused::Arriving | Refused::QueueFull { .. } => return,
                    Refused::Throttled(_) => {
                        self.throttled.0 += 1;
                        return;
                    }
                    Refused::Waiting => (1, 0),
                    Refused::Executing => (0, 1),
                };
                self.series.change(|gauges| {
                    gauges.queued -= change.0;
                    gauges.busy -= change.1;
                });
            }
            EventKind::Fault {
                entries,
                stored_bytes,
                ..
            }
            | EventKind::Failover {
                stage:
                    Stage::Promoted {
                        entries,
                        stored_bytes,
                        ..
                    }
                    | Stage::Restored {
                        entries,
                        stored_bytes,
                        ..
                    },
            }
            | EventKind::Reshard {
                step:
                    ReshardStep::GivesUp {
                        entries,
                        stored_bytes,
                        ..
                    },
            } => self.series.change(|gauges| {
                gauges.entries = entries;
                gauges.stored_bytes = stored_bytes;
            }),
            EventKind::Fail { .. } => {
                self.failed_trips += 1;
                interval.failed_trips += 1;
            }
            EventKind::Reject { .. } => {
                self.rejected_writes += 1;
            }
            EventKind::Throttle { .. } => self.throttled_commands.0 += 1,
            EventKind::Violation { .. } => self.violations += 1,
            EventKind::Console { flushed, .. } => {
                if flushed {
                    self.series.change(|gauges| {
                        gauges.entries = 0;
                        gauges.stored_bytes = 0;
                    });
                }
            }
            EventKind::Finish
            | EventKind::Hold
            | EventKind::Idle { .. }
            | EventKind::Wait { .. }
            | EventKind::Refresh { .. }
            | EventKind::Enqueue { .. }
            | EventKind::Replicate { .. }
            | EventKind::Apply { .. }
            | EventKind::Logged { .. }
            | EventKind::Behind { .. }
            | EventKind::Failover { .. }
            | EventKind::Grow { .. }
            | EventKind::Reshard { .. }
            | EventKind::EndTtl { .. } => {}
            EventKind::Reply {
                operation,
                latency,
                outcome,
                ..
            } => {
                self.failed_requests += u64::from(outcome == Outcome::Failed);
                interval.count_reply(latency, outcome);
                match operation {
                    Operation::Read => self.read_replies.add(latency, outcome),
                    Operation::Write => self.write_replies.add(latency, outcome),
                }
            }
        }
    }

    fn remove(&mut self, size_bytes: u32) {
        self.series.change(|gauges| {
            gauges.entries -= 1;
            gauges.stored_bytes -= u64::from(size_bytes);
        });
    }

    /// How much memory it takes beside itself, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        let replies = [&self.read_replies, &self.write_replies].into_iter();
        let histograms = replies.flat_map(|of| [&of.served, &of.failed]);
        let histograms = histograms.chain([&self.database_wait]);
        let histograms = histograms.map(Histogram::heap_bytes);
        histograms.sum::<u64>() + self.series.heap_bytes()
    }
}
