//! A stretch of a run in numbers: what a long run is drawn by.

use sim::{EventKind, Metrics};

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

    /// What has happened in a lane so far. Of faults its metrics keep no count.
    pub(super) fn so_far(metrics: &Metrics, faults: u32) -> Tally {
        Tally {
            hits: metrics.hits as u32,
            misses: metrics.misses as u32,
            stale: metrics.stale_age.count as u32,
            evictions: metrics.evictions as u32,
            expirations: metrics.expirations as u32,
            rejections: metrics.rejected_writes as u32,
            errors: metrics.failed_trips as u32,
            faults,
            violations: metrics.violations as u32,
        }
    }

    /// Leaves what happened after something.
    pub(super) fn take_off(&mut self, before: &Tally) {
        self.hits -= before.hits;
        self.misses -= before.misses;
        self.stale -= before.stale;
        self.evictions -= before.evictions;
        self.expirations -= before.expirations;
        self.rejections -= before.rejections;
        self.errors -= before.errors;
        self.faults -= before.faults;
        self.violations -= before.violations;
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
