//! Stretches of a run in numbers, by which a long run is drawn.

use super::run::Run;
use sim::{EventKind, Metrics};

/// A part of up to this many blocks is counted step by step, even if they have to be executed again.
const EXACT_BLOCKS: usize = 16;

/// What happened in one lane in a stretch of the run, counted in events.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Look-ups that found the key.
    pub hits: u32,
    /// Look-ups that did not.
    pub misses: u32,
    /// Reads of a copy older than the row.
    pub stale: u32,
    /// Entries removed to make room.
    pub evictions: u32,
    /// Entries removed because their TTL had run out.
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
            EventKind::Fault { .. } | EventKind::Failover { .. } => &mut self.faults,
            EventKind::Reshard { step } if step.is_stage() => &mut self.faults,
            EventKind::Violation { .. } => &mut self.violations,
            EventKind::Request { .. }
            | EventKind::Send { .. }
            | EventKind::Fill { .. }
            | EventKind::Delete { .. }
            | EventKind::Query { .. }
            | EventKind::Queue { .. }
            | EventKind::Refuse { .. }
            | EventKind::Read { .. }
            | EventKind::Write { .. }
            | EventKind::Reply { .. }
            | EventKind::Finish
            | EventKind::Hold
            | EventKind::Idle { .. }
            | EventKind::Wait { .. }
            | EventKind::Refresh { .. }
            | EventKind::Moved { .. }
            | EventKind::Ask { .. }
            | EventKind::Reshard { .. }
            | EventKind::Enqueue { .. }
            | EventKind::Replicate { .. }
            | EventKind::Apply { .. }
            | EventKind::Logged { .. }
            | EventKind::Behind { .. }
            | EventKind::Throttle { .. }
            | EventKind::Grow { .. }
            | EventKind::Console { .. }
            | EventKind::EndTtl { .. } => return,
        };
        *counted += 1;
    }

    /// The lane's counts so far; metrics do not count faults.
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

    /// Subtracts earlier counts, which leaves what happened since.
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
    /// Each lane's counts.
    pub lanes: Vec<Tally>,
}

impl Stretch {
    pub(super) fn new(from: u32, to: u32, lanes: usize) -> Self {
        let lanes = vec![Tally::default(); lanes];
        Stretch { from, to, lanes }
    }
}

impl Run {
    /// What happened from one step (without it) to another, in at most so many stretches. They are as
    /// equal in steps as can be; of a long part of a long run, whose events are not kept, each is of whole
    /// blocks, so that the first and the last one can reach beyond the part.
    ///
    /// # Panics
    /// If there is no step `to`, or `at_most` is 0.
    pub fn stretches(&self, from: u32, to: u32, at_most: u32) -> Vec<Stretch> {
        assert!(self.reach(to), "there is no step {to}");
        if from >= to {
            return Vec::new();
        }
        let lanes = self.scenario().lanes.len();
        let history = self.history.borrow();
        let (first, last) = (history.block_of(from + 1), history.block_of(to));
        let blocks = last + 1 - first;
        let is_kept = history.frontier.event_count() <= self.limits.recorded_events;
        if !is_kept && blocks > EXACT_BLOCKS {
            let each = blocks.div_ceil(at_most as usize);
            let groups = (first..=last).step_by(each);
            return groups
                .map(|index| {
                    let end = (index + each - 1).min(last);
                    let (from, to) = (history.blocks[index].step, history.block_end(end));
                    let mut stretch = Stretch::new(from, to, lanes);
                    for (lane, tally) in stretch.lanes.iter_mut().enumerate() {
                        *tally = history.counted(end + 1, lane);
                        tally.take_off(&history.counted(index, lane));
                    }
                    stretch
                })
                .collect();
        }
        let (steps, count) = (to - from, at_most.min(to - from));
        let bound = |i: u32| from + (u64::from(i) * u64::from(steps) / u64::from(count)) as u32;
        let mut stretches: Vec<Stretch> = (0..count)
            .map(|i| Stretch::new(bound(i), bound(i + 1), lanes))
            .collect();
        let mut at = 0;
        for index in first..=last {
            let record = self.record(index);
            for step in record.steps().filter(|step| (from + 1..=to).contains(step)) {
                while stretches[at].to < step {
                    at += 1;
                }
                for logged in record.events_at(step) {
                    stretches[at].lanes[usize::from(logged.lane)].count(&logged.event.kind);
                }
            }
        }
        stretches
    }
}
