//! A stretch of a run in numbers: what a long run is drawn by.

use crate::sim::EventKind;

/// What happened in one lane in a stretch of the run, counted in events.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Look-ups that found the key.
    pub hits: u32,
    /// Those that did not.
    pub misses: u32,
    /// Reads of a copy older than the row.
    pub stale: u32,
    /// Entries removed to make room.
    pub evictions: u32,
    /// Entries removed because their time to live had ended.
    pub expirations: u32,
    /// Values that the cache did not store.
    pub rejections: u32,
    /// Trips that failed.
    pub errors: u32,
    /// Faults that began or ended.
    pub faults: u32,
    /// Promises that were broken.
    pub violations: u32,
}

impl Tally {
    pub(super) fn count(&mut self, kind: &EventKind) {
        let counted = match kind {
            EventKind::Hit { .. } => &mut self.hits,
            EventKind::Miss { .. } => &mut self.misses,
            EventKind::Stale { .. } => &mut self.stale,
            EventKind::Evict { .. } => &mut self.evictions,
            EventKind::Expire { .. } => &mut self.expirations,
            EventKind::Reject { .. } => &mut self.rejections,
            EventKind::Fail { .. } => &mut self.errors,
            EventKind::Fault { .. } => &mut self.faults,
            EventKind::Violation { .. } => &mut self.violations,
            _ => return,
        };
        *counted += 1;
    }

    pub(super) fn add(&mut self, other: &Tally) {
        self.hits += other.hits;
        self.misses += other.misses;
        self.stale += other.stale;
        self.evictions += other.evictions;
        self.expirations += other.expirations;
        self.rejections += other.rejections;
        self.errors += other.errors;
        self.faults += other.faults;
        self.violations += other.violations;
    }
}

/// Some steps of a run that follow each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The last step before it.
    pub from: u32,
    /// Its last step.
    pub to: u32,
    /// What happened in it, lane after lane.
    pub lanes: Vec<Tally>,
}

impl Stretch {
    pub(super) fn new(from: u32, to: u32, lanes: usize) -> Self {
        let lanes = vec![Tally::default(); lanes];
        Stretch { from, to, lanes }
    }
}
