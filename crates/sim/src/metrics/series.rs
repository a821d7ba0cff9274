//! What was counted, over time: at most 128 intervals of equal length, however long the run is. When
//! there is no room for another, neighbours are merged and the length doubles.
//!
//! Where Amazon CloudWatch has a name for a number, the field's documentation gives it.

use crate::event::Outcome;
use cache::units::Micros;
use serde::Serialize;
use std::hash::{Hash, Hasher};

/// The most intervals.
const INTERVALS_MAX: usize = 128;

/// How long an interval is at first.
const FIRST_LENGTH: Micros = Micros(1_000);

/// What happened within one interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default, Serialize)]
pub struct Interval {
    /// Requests that arrived.
    pub requests: u32,
    /// Requests that were answered, be it with an error.
    pub replies: u32,
    /// Look-ups that found the key (`CacheHits`).
    pub hits: u32,
    /// Look-ups that did not (`CacheMisses`).
    pub misses: u32,
    /// Hits whose copy was older than the row.
    pub stale_reads: u32,
    /// Trips that failed.
    pub failed_trips: u32,
    /// Entries removed to make room (`Evictions`).
    pub evictions: u32,
    /// Entries removed because their TTL had run out (`Reclaimed`).
    pub expirations: u32,
    /// Rows read from the database.
    pub database_reads: u32,
    /// Rows written to the database.
    pub database_writes: u32,
    /// The most queries that waited for a connection at once.
    pub queued_max: u32,
    /// How many entries the cache held at the end (`CurrItems`).
    pub entries: u32,
    /// How many bytes their keys and values took at the end; `BytesUsedForCache` counts the engine's
    /// overhead too.
    pub stored_bytes: u64,
    /// How long the answered requests had taken, together.
    pub latency_sum_us: u64,
    /// The longest that one of them had taken.
    pub latency_max_us: u64,
    /// How long the stale copies' rows had held a newer version, together.
    pub stale_age_sum_us: u64,
    /// How long the connections were busy, together: divided by the interval's length and the number
    /// of connections it is the database's utilisation.
    pub busy_us: u64,
    /// How long queries waited for a connection, together: divided by the interval's length it is the
    /// mean length of the queue.
    pub queued_us: u64,
    /// The answered requests whose client got no error.
    pub served: Served,
}

/// Requests that were answered without an error, within one interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Served {
    /// How many.
    pub replies: u32,
    /// How long they had taken, together.
    pub latency_sum_us: u64,
    /// The longest that one of them had taken.
    pub latency_max_us: u64,
}

/// They hash as nothing, as before they were told apart: they follow from the events, which the log's hash has.
impl Hash for Served {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Interval {
    pub(super) fn count_reply(&mut self, latency: Micros, outcome: Outcome) {
        self.replies += 1;
        self.latency_sum_us = self.latency_sum_us.saturating_add(latency.0);
        self.latency_max_us = self.latency_max_us.max(latency.0);
        if outcome != Outcome::Failed {
            let served = &mut self.served;
            served.replies += 1;
            served.latency_sum_us = served.latency_sum_us.saturating_add(latency.0);
            served.latency_max_us = served.latency_max_us.max(latency.0);
        }
    }

    /// Adds the interval after it.
    pub fn merge(&mut self, later: &Interval) {
        self.requests += later.requests;
        self.replies += later.replies;
        self.hits += later.hits;
        self.misses += later.misses;
        self.stale_reads += later.stale_reads;
        self.failed_trips += later.failed_trips;
        self.evictions += later.evictions;
        self.expirations += later.expirations;
        self.database_reads += later.database_reads;
        self.database_writes += later.database_writes;
        self.queued_max = self.queued_max.max(later.queued_max);
        self.entries = later.entries;
        self.stored_bytes = later.stored_bytes;
        self.latency_sum_us = self.latency_sum_us.saturating_add(later.latency_sum_us);
        self.latency_max_us = self.latency_max_us.max(later.latency_max_us);
        self.stale_age_sum_us = self.stale_age_sum_us.saturating_add(later.stale_age_sum_us);
        self.busy_us += later.busy_us;
        self.queued_us += later.queued_us;
        let (served, later) = (&mut self.served, later.served);
        served.replies += later.replies;
        served.latency_sum_us = served.latency_sum_us.saturating_add(later.latency_sum_us);
        served.latency_max_us = served.latency_max_us.max(later.latency_max_us);
    }
}

/// What holds at an instant and goes on holding until an event changes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, Default)]
pub struct Gauges {
    /// How many connections are executing something.
    pub busy: u32,
    /// How many queries wait for one.
    pub queued: u32,
    /// How many entries the cache holds.
    pub entries: u32,
    /// How many bytes their keys and values take.
    pub stored_bytes: u64,
}

/// The intervals so far.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Series {
    length: Micros,
    /// The last one is under way.
    intervals: Vec<Interval>,
    now: Micros,
    gauges: Gauges,
}

impl Series {
    pub(super) fn new(gauges: Gauges) -> Self {
        let mut series = Series {
            length: FIRST_LENGTH,
            intervals: Vec::new(),
            now: Micros::ZERO,
            gauges,
        };
        series.intervals.push(series.begun());
        series
    }

    /// How long each interval is; the first begins at the scenario's start.
    pub fn length(&self) -> Micros {
        self.length
    }

    /// The intervals in order. The last one ends with the last event so far.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// How long the connections have been busy so far, together.
    pub fn busy_us(&self) -> u64 {
        self.intervals.iter().map(|interval| interval.busy_us).sum()
    }

    /// The most queries that have waited for a connection at once.
    pub fn queued_max(&self) -> u32 {
        let queued = self.intervals.iter().map(|interval| interval.queued_max);
        queued.max().unwrap_or(0)
    }

    /// The instant up to which time has been counted: the last event's.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// What holds after the last event.
    pub fn gauges(&self) -> Gauges {
        self.gauges
    }

    /// How much memory it takes beside itself, in bytes.
    pub fn heap_bytes(&self) -> u64 {
        size_of_val(&self.intervals[..]) as u64
    }

    /// When the interval under way ends.
    fn end(&self) -> Micros {
        Micros(self.length.0 * self.intervals.len() as u64)
    }

    /// Lets time pass until `at`, and returns the interval that an event of that instant belongs to.
    #[inline(always)]
    pub(super) fn at(&mut self, at: Micros) -> &mut Interval {
        if at > self.now {
            self.let_time_pass(at);
        }
        self.under_way()
    }

    fn let_time_pass(&mut self, at: Micros) {
        while at >= self.end() {
            self.pass_until(self.end());
            self.begin_interval(at);
        }
        self.pass_until(at);
    }

    #[inline(always)]
    fn under_way(&mut self) -> &mut Interval {
        self.intervals.last_mut().expect("there is always one")
    }

    /// Changes what holds from now on.
    #[inline(always)]
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Gauges)) {
        change(&mut self.gauges);
        self.note_gauges();
    }

    /// What holds has changed.
    fn note_gauges(&mut self) {
        let gauges = self.gauges;
        let last = self.under_way();
        last.queued_max = last.queued_max.max(gauges.queued);
        last.entries = gauges.entries;
        last.stored_bytes = gauges.stored_bytes;
    }

    #[inline(always)]
    fn pass_until(&mut self, at: Micros) {
        let span = at.since(self.now).0;
        let gauges = self.gauges;
        let last = self.under_way();
        last.busy_us += span * u64::from(gauges.busy);
        last.queued_us += span * u64::from(gauges.queued);
        self.now = at;
    }

    /// Begins the next interval, after intervals have been merged until those up to `at` have room.
    fn begin_interval(&mut self, at: Micros) {
        while at.0 / self.length.0 >= INTERVALS_MAX as u64 {
            self.halve();
        }
        if self.now >= self.end() {
            self.intervals.push(self.begun());
        }
    }

    /// An interval in which nothing has happened yet.
    fn begun(&self) -> Interval {
        Interval {
            queued_max: self.gauges.queued,
            entries: self.gauges.entries,
            stored_bytes: self.gauges.stored_bytes,
            ..Interval::default()
        }
    }

    fn halve(&mut self) {
        self.length.0 *= 2;
        let merged = self.intervals.chunks(2).map(|pair| {
            let mut merged = pair[0];
            pair[1..].iter().for_each(|later| merged.merge(later));
            merged
        });
        self.intervals = merged.collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gauges_are_weighted_by_time_across_intervals() {
        let mut series = Series::new(Gauges::default());
        series.at(Micros(500));
        series.change(|gauges| (gauges.busy, gauges.queued) = (2, 3));
        series.at(Micros(2_250));
        series.change(|gauges| (gauges.busy, gauges.queued) = (1, 0));
        series.at(Micros(2_750)).hits += 1;
        let of = |i: usize| series.intervals()[i];
        assert_eq!([0, 1, 2].map(|i| of(i).busy_us), [1_000, 2_000, 1_000]);
        assert_eq!([0, 1, 2].map(|i| of(i).queued_us), [1_500, 3_000, 750]);
        assert_eq!([0, 1, 2].map(|i| of(i).queued_max), [3, 3, 3]);
        assert_eq!([0, 1, 2].map(|i| of(i).hits), [0, 0, 1]);
    }

    #[test]
    fn a_long_run_keeps_its_sums_in_a_bounded_number_of_intervals() {
        let mut series = Series::new(Gauges {
            busy: 1,
            entries: 7,
            ..Gauges::default()
        });
        for i in 1..=10_000 {
            let interval = series.at(Micros(i * 777));
            interval.requests += 1;
            interval.latency_max_us = interval.latency_max_us.max(i);
        }
        let (length, last) = (series.length().0, 7_770_000);
        assert!(series.intervals().len() <= INTERVALS_MAX);
        assert!(series.intervals().len() > INTERVALS_MAX / 4);
        assert_eq!(series.intervals().len() as u64, last / length + 1);
        let sum = |of: fn(&Interval) -> u64| series.intervals().iter().map(of).sum::<u64>();
        assert_eq!(sum(|interval| interval.requests.into()), 10_000);
        assert_eq!(sum(|interval| interval.busy_us), last);
        for (i, interval) in series.intervals().iter().enumerate() {
            let end = (i as u64 + 1) * length;
            let latest = ((end - 1) / 777).min(10_000);
            assert_eq!(interval.latency_max_us, latest, "{i}");
            assert_eq!(interval.entries, 7);
        }
    }

    #[test]
    fn a_long_silence_is_cheap_and_correct() {
        let mut series = Series::new(Gauges {
            busy: 1,
            ..Gauges::default()
        });
        let year = 31_536_000_000_000;
        series.at(Micros(year)).requests += 1;
        assert!(series.intervals().len() <= INTERVALS_MAX);
        let busy: u64 = series.intervals().iter().map(|i| i.busy_us).sum();
        assert_eq!(busy, year);
        assert_eq!(series.intervals().last().map(|i| i.requests), Some(1));
    }
}
