//! The part of a run that has been simulated: summaries of its blocks, sparse keyframes, and the state from
//! which it goes on.

use super::block::{Block, Record};
use super::latencies::{Answered, Latencies};
use super::limits::Limits;
use super::log::LoggedEvent;
use super::stretch::Tally;
use scenario::Scenario;
use sim::{Event, EventId, EventKind, Kinds, Moment, Outcome};
use std::rc::Rc;

/// The blocks from one keyframe to the next at first: a few milliseconds of work.
const KEYFRAME_BLOCKS: usize = 16;

/// The part of a run that has been simulated.
pub(super) struct History {
    /// The blocks; the last one is still being filled.
    pub blocks: Vec<Block>,
    /// Each lane's counts when each block began.
    tallies: Vec<Tally>,
    /// How many faults each lane has had.
    faults: Vec<u32>,
    pub latencies: Latencies,
    /// The state at the last known step.
    pub frontier: Moment,
    /// Whether that is the end.
    pub finished: bool,
    /// The block that is being filled, while all events are kept: those of a run that is long anyway are
    /// not even noted.
    open: Option<Rc<Record>>,
    /// The number of the first event after that block.
    open_end: EventId,
    /// Every so-many-th block has a keyframe.
    spacing: usize,
    /// About how many bytes the keyframes take.
    keyframe_bytes: u64,
    limits: Limits,
}

impl History {
    /// The history of a run that stands at its beginning.
    pub(super) fn new(scenario: &Scenario, limits: Limits) -> Self {
        let frontier = Moment::start(&scenario.lanes, &scenario.workload);
        let mut history = History {
            blocks: Vec::new(),
            tallies: Vec::new(),
            faults: vec![0; scenario.lanes.len()],
            latencies: Latencies::new(scenario.workload.len(), scenario.lanes.len() + 1),
            open: None,
            open_end: 0,
            frontier,
            finished: false,
            spacing: KEYFRAME_BLOCKS,
            keyframe_bytes: 0,
            limits,
        };
        history.open_block();
        history
    }

    /// The same up to a step, from where another run can go on. Shares what can be shared.
    ///
    /// The state itself is back at the last keyframe before, so that the few steps from there are to be
    /// taken again.
    pub(super) fn up_to(&self, step: u32) -> Self {
        let kept = |block: &&Block| block.step <= step && block.keyframe.is_some();
        let index = self.blocks.iter().rposition(|block| kept(&block));
        let index = index.expect("the beginning is a keyframe");
        let block = &self.blocks[index];
        let keyframe = block.keyframe.as_ref().expect("found by its keyframe");
        let frontier = Moment::clone(keyframe);
        let lanes = frontier.lanes.len();

        let mut latencies = self.latencies.clone();
        let begun = frontier.lanes.iter().map(|world| world.begun()).max();
        let sent_by_hand = frontier.lanes[0].sent_by_hand();
        latencies.forget_from(begun.unwrap_or(0), sent_by_hand);
        let worlds = frontier.lanes.iter().chain([frontier.baseline()]);
        for (lane, world) in worlds.enumerate() {
            let active = world.active();
            // One that goes on after its answer has its latency already.
            let unanswered = active.iter().filter(|active| active.answered_at.is_none());
            let under_way = unanswered.map(|active| active.number);
            let not_begun = world.begun()..begun.unwrap_or(0);
            for number in under_way.chain(not_begun) {
                latencies.forget(number, lane as u8);
            }
        }
        let mut blocks = self.blocks[..=index].to_vec();
        blocks[index].steps_with = Default::default();
        let tallies = self.tallies[..(index + 1) * lanes].to_vec();
        let faults = tallies[index * lanes..].iter().map(|tally| tally.faults);
        History {
            keyframe_bytes: keyframe_bytes(&blocks),
            open: opened(&frontier, self.limits),
            open_end: frontier
                .event_count()
                .saturating_add(self.limits.block_events),
            faults: faults.collect(),
            blocks,
            tallies,
            latencies,
            frontier,
            finished: false,
            spacing: self.spacing,
            limits: self.limits,
        }
    }

    /// Takes one step; at the end, changes nothing but `finished`. Calls `closed` with the record of a block
    /// that this step has closed.
    pub(super) fn advance(&mut self, scenario: &Scenario, closed: impl FnOnce(usize, Rc<Record>)) {
        let index = self.blocks.len() - 1;
        let (latencies, faults) = (&mut self.latencies, &mut self.faults);
        // Whoever holds the open block keeps it as it was.
        let mut open = self.open.as_mut().map(Rc::make_mut);
        let wanted = match open {
            Some(_) => Kinds::ALL,
            None => Kinds::REPLY.union(Kinds::FAULT),
        };
        let wanted = wanted.union(Kinds::BASELINE_REPLY);
        let lanes = self.frontier.lanes.len();
        let mut hear = |lane, event: &Event| {
            match event.kind {
                EventKind::Reply {
                    latency, outcome, ..
                } => {
                    let number = event.request.expect("a reply answers a request");
                    let failed = outcome == Outcome::Failed;
                    latencies.set(number, lane, Answered { latency, failed });
                }
                EventKind::Fault { .. } | EventKind::Failover { .. } => {
                    faults[usize::from(lane)] += 1
                }
                EventKind::Reshard { step } if step.is_stage() => faults[usize::from(lane)] += 1,
                _ => {}
            }
            if usize::from(lane) == lanes {
                // The baseline's events are not part of the log.
                return;
            }
            if let Some(open) = &mut open {
                let event = *event;
                open.events.push(LoggedEvent { lane, event });
            }
        };
        let interventions = &scenario.interventions;
        let Some(kinds) = self.frontier.advance(interventions, wanted, &mut hear) else {
            self.finished = true;
            return;
        };
        if let Some(open) = open {
            open.end_step(&self.frontier);
        }
        self.blocks[index].count_step(kinds);
        if self.frontier.event_count() >= self.open_end {
            if let Some(mut record) = self.open.take() {
                Rc::make_mut(&mut record).close();
                closed(index, record);
            }
            self.open_block();
        }
    }

    fn open_block(&mut self) {
        let mut block = Block::beginning_at(&self.frontier);
        if self.blocks.len().is_multiple_of(self.spacing) {
            self.keyframe_bytes += self.frontier.size_bytes();
            block.keyframe = Some(Rc::new(self.frontier.clone()));
        }
        self.blocks.push(block);
        self.open = opened(&self.frontier, self.limits);
        self.open_end = self
            .frontier
            .event_count()
            .saturating_add(self.limits.block_events);
        for lane in 0..self.frontier.lanes.len() {
            self.tallies.push(self.counted_now(lane));
        }
        // The latest keyframe shares memory with the state that goes on, and takes more once they differ.
        let budget = self.limits.keyframe_bytes - self.limits.keyframe_bytes / 16;
        if self.keyframe_bytes > budget {
            self.thin_to(budget);
        }
    }

    /// Drops every second keyframe until the rest takes no more than `budget_bytes`. The first and a later
    /// one always stay.
    pub(super) fn thin_to(&mut self, budget_bytes: u64) {
        // What a keyframe takes depends on what others share with it.
        self.keyframe_bytes = keyframe_bytes(&self.blocks);
        while self.keyframe_bytes > budget_bytes && self.spacing < self.blocks.len() {
            self.spacing *= 2;
            for (index, block) in self.blocks.iter_mut().enumerate() {
                if !index.is_multiple_of(self.spacing) {
                    block.keyframe = None;
                }
            }
            self.keyframe_bytes = keyframe_bytes(&self.blocks);
        }
    }

    fn counted_now(&self, lane: usize) -> Tally {
        Tally::so_far(self.frontier.lanes[lane].metrics(), self.faults[lane])
    }

    /// A lane's counts before a block, or up to now for the block after the last.
    pub(super) fn counted(&self, index: usize, lane: usize) -> Tally {
        let lanes = self.frontier.lanes.len();
        match self.tallies.get(index * lanes + lane) {
            Some(&tally) => tally,
            None => self.counted_now(lane),
        }
    }

    /// The block whose own steps include `step`; the first one for step 0, which belongs to none.
    pub(super) fn block_of(&self, step: u32) -> usize {
        let after = self.blocks.partition_point(|block| block.step < step);
        after.saturating_sub(1)
    }

    /// The last step of a block.
    pub(super) fn block_end(&self, index: usize) -> u32 {
        let next = self.blocks.get(index + 1);
        next.map_or(self.frontier.step, |next| next.step)
    }

    /// Whether a block is still being filled.
    pub(super) fn is_open(&self, index: usize) -> bool {
        index + 1 == self.blocks.len()
    }

    /// The record of the block that is still being filled, if there is one.
    pub(super) fn open_record(&self) -> Option<&Rc<Record>> {
        self.open.as_ref()
    }

    /// The latest keyframe at or before a step.
    pub(super) fn keyframe_before(&self, step: u32) -> &Rc<Moment> {
        let after = self.blocks.partition_point(|block| block.step <= step);
        let mut before = self.blocks[..after].iter().rev();
        let kept = before.find_map(|block| block.keyframe.as_ref());
        kept.expect("the beginning is a keyframe")
    }

    /// The memory of the keyframes and summaries, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let lanes = self.frontier.lanes.len();
        let of_block = size_of::<Block>() + lanes * size_of::<Tally>();
        let begun = self.frontier.begun() as usize;
        keyframe_bytes(&self.blocks)
            + self.frontier.size_bytes()
            + (self.blocks.len() * of_block) as u64
            + Latencies::bytes(begun, lanes)
    }
}

/// The memory of the keyframes, in bytes.
fn keyframe_bytes(blocks: &[Block]) -> u64 {
    let kept = blocks.iter().filter_map(|block| block.keyframe.as_ref());
    kept.map(|keyframe| keyframe.size_bytes()).sum()
}

/// The record of a block that begins here, while all events are kept.
fn opened(frontier: &Moment, limits: Limits) -> Option<Rc<Record>> {
    let kept = frontier.event_count() < limits.recorded_events;
    kept.then(|| Rc::new(Record::beginning_at(frontier)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::{WorkloadInput, opening};
    use sim::Latency;
    use sim::workload::Generated;

    /// Whatever there is room for: at every moment the keyframes are equally far apart and within the budget,
    /// and in the end they make good use of it.
    #[test]
    fn keyframes_are_equally_spaced_and_within_their_budget() {
        let mut input = opening();
        input.warm.clear();
        input.workload = WorkloadInput::Generated(Generated {
            requests: 40_000,
            gap: Latency::Exponential { mean_us: 4_000 },
            ..Generated::default()
        });
        let scenario = Scenario::new(input).expect("the test's scenario is valid");
        for keyframe_bytes in [1 << 20, 2 << 20, 3 << 20] {
            let limits = Limits {
                keyframe_bytes,
                ..Limits::of(&scenario)
            };
            let mut history = History::new(&scenario, limits);
            let mut opened = 0;
            while !history.finished {
                history.advance(&scenario, |_, _| ());
                if history.blocks.len() == opened {
                    continue;
                }
                opened = history.blocks.len();
                let kept = (0..opened).filter(|&index| history.blocks[index].keyframe.is_some());
                let spacing = history.spacing;
                assert!(kept.eq((0..opened).step_by(spacing)));
                let taken = super::keyframe_bytes(&history.blocks);
                assert!(taken <= keyframe_bytes, "{taken} of {keyframe_bytes} bytes");
            }
            let taken = super::keyframe_bytes(&history.blocks);
            assert!(
                history.spacing > KEYFRAME_BLOCKS,
                "{keyframe_bytes} are enough for all"
            );
            assert!(
                taken > keyframe_bytes / 4,
                "{taken} of {keyframe_bytes} bytes"
            );
        }
    }
}
