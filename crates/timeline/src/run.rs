//! A scenario being played: what is known of it so far, and the way back to any step.
//!
//! A run grows: it is simulated a slice at a time, so that a person can look at its beginning
//! meanwhile. Whatever is asked of a step that is not known yet simulates up to there first, so that no
//! answer depends on the slices.
//!
//! Neither the states nor the events of a long run would fit into memory. Kept are sparse keyframes, a
//! summary of each block, and what was looked at lately; the rest is executed again when it is wanted.

use super::block::{Record, StepEvents, StepMark};
use super::command::Unit;
use super::history::History;
use super::limits::Limits;
use super::log::LoggedEvent;
use super::recent::{Moments, Records};
use super::series_frame::SeriesFrame;
use super::stretch::Stretch;
use cache::units::{Micros, StableHasher};
use scenario::{Invalid, Scenario};
use sim::{ByHand, Event, Kinds, Moment};
use std::cell::{Cell, RefCell};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// Where the run has to go on at once, it does so in pieces of so many events.
const SLICE_EVENTS: u32 = 1 << 14;
/// A part of so many blocks is looked at step by step, even if they have to be executed again.
const EXACT_BLOCKS: usize = 16;

/// A run of a scenario. Everything in it is derived from the scenario.
pub struct Run {
    scenario: Rc<Scenario>,
    history: RefCell<History>,
    moments: RefCell<Moments>,
    records: RefCell<Records>,
    limits: Limits,
    replayed: Cell<u64>,
}

/// A run is equal to itself only: comparing two is asking whether one has been replaced.
impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Run {}

impl Run {
    /// A run that stands at its beginning: nothing is simulated yet.
    pub fn new(scenario: Rc<Scenario>) -> Self {
        let limits = Limits::of(&scenario);
        Run::within(limits, scenario)
    }

    /// The same with limits of its own. They change how long an answer takes, and no answer.
    pub fn within(limits: Limits, scenario: Rc<Scenario>) -> Self {
        let history = History::new(&scenario, limits);
        Run::with(scenario, history, limits)
    }

    fn with(scenario: Rc<Scenario>, history: History, limits: Limits) -> Self {
        Run {
            scenario,
            history: RefCell::new(history),
            moments: RefCell::new(Moments::new(limits.moment_bytes)),
            records: RefCell::new(Records::new(limits.recorded_events)),
            limits,
            replayed: Cell::new(0),
        }
    }

    /// Another run, in which a command is given at a step. Up to that step it is the same; commands that
    /// this run has from there on are not in the other one.
    ///
    /// # Errors
    /// If the command does not fit the scenario, or there is no such step.
    pub fn fork(&self, step: u32, command: impl Into<ByHand>) -> Result<Run, Invalid> {
        if !self.reach(step) {
            let expected = format!("from 0 to {}", self.known_steps());
            return Err(Invalid::new("/step", &expected, step));
        }
        let scenario = self.scenario.with_command(step, command.into())?;
        let history = self.history.borrow().up_to(step);
        Ok(Run::with(Rc::new(scenario), history, self.limits))
    }

    /// Up to which step this run and another are the same, if both are of one scenario but for the
    /// commands. `u32::MAX` if the commands are the same too.
    pub fn shared_with(&self, other: &Run) -> u32 {
        let (these, those) = (&self.scenario.interventions, &other.scenario.interventions);
        let same = these
            .iter()
            .zip(those.iter())
            .take_while(|(a, b)| a == b)
            .count();
        let first = |of: &[sim::Intervention]| of.get(same).map_or(u32::MAX, |i| i.step);
        first(these).min(first(those))
    }

    /// What is run.
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.scenario
    }

    /// Simulates at least so many events more, up to the end of a step. Gives whether the end is
    /// reached.
    pub fn advance(&self, events: u32) -> bool {
        let mut history = self.history.borrow_mut();
        let target = history.frontier.event_count().saturating_add(events);
        while !history.finished && history.frontier.event_count() < target {
            history.advance(&self.scenario, |index, record| {
                self.records.borrow_mut().put(index, record);
            });
        }
        history.finished
    }

    /// Simulates to the end.
    pub fn complete(&self) {
        while !self.advance(SLICE_EVENTS) {}
    }

    /// Simulates until a step is known. Gives whether there is such a step.
    pub fn reach(&self, step: u32) -> bool {
        self.simulate_until(|history| history.frontier.step >= step)
    }

    /// Gives whether the condition holds, at the latest at the end.
    fn simulate_until(&self, enough: impl Fn(&History) -> bool) -> bool {
        loop {
            if enough(&self.history.borrow()) {
                return true;
            }
            if self.is_finished() {
                return false;
            }
            self.advance(SLICE_EVENTS);
        }
    }

    /// Whether the end has been reached.
    pub fn is_finished(&self) -> bool {
        self.history.borrow().finished
    }

    /// How many steps are known so far; that many there are at least.
    pub fn known_steps(&self) -> u32 {
        self.history.borrow().frontier.step
    }

    /// How many requests have begun as far as the run is known.
    pub fn known_requests(&self) -> u32 {
        self.history.borrow().frontier.begun()
    }

    /// How many steps there are; they are numbered from 1, and step 0 is before the first.
    pub fn step_count(&self) -> u32 {
        self.complete();
        self.known_steps()
    }

    /// The instant of a step.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn step_at(&self, step: u32) -> Micros {
        self.mark(step).at
    }

    /// Whether no request is under way in any lane after a step.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn is_idle_after(&self, step: u32) -> bool {
        self.mark(step).idle
    }

    fn mark(&self, step: u32) -> StepMark {
        assert!(self.reach(step), "there is no step {step}");
        let index = self.history.borrow().block_of(step);
        self.record(index).mark(step)
    }

    /// The last step at or before an instant.
    pub fn step_before(&self, at: Micros) -> u32 {
        self.simulate_until(|history| history.frontier.at > at);
        let index = {
            let blocks = &self.history.borrow().blocks;
            blocks.partition_point(|block| block.at <= at).max(1) - 1
        };
        self.record(index).step_before(at)
    }

    /// The state at a step. Clones the nearest kept moment before it and re-executes from there.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn seek(&self, step: u32) -> Rc<Moment> {
        assert!(self.reach(step), "there is no step {step}");
        if let Some(moment) = self.moments.borrow_mut().get(step) {
            return moment;
        }
        let index = self.history.borrow().block_of(step);
        let mut moment = match self.within_block(index, step) {
            Some(start) => Moment::clone(&start),
            None => self.block_start(index),
        };
        self.replay(&mut moment, step, Kinds::NONE, &mut |_, _| ());
        let moment = Rc::new(moment);
        self.moments.borrow_mut().put(moment.clone());
        moment
    }

    /// The latest moment of a block at or before a step that was looked at lately; the block's beginning
    /// counts.
    fn within_block(&self, index: usize, step: u32) -> Option<Rc<Moment>> {
        let history = self.history.borrow();
        if history.frontier.step == step {
            return Some(Rc::new(history.frontier.clone()));
        }
        let recent = self.moments.borrow_mut().nearest(step);
        recent.filter(|recent| recent.step >= history.blocks[index].step)
    }

    /// The state at which a block begins, to go on from.
    fn block_start(&self, index: usize) -> Moment {
        let history = self.history.borrow();
        let first = history.blocks[index].step;
        let keyframe = history.keyframe_before(first);
        let recent = self.moments.borrow_mut().nearest(first);
        let recent = recent.filter(|recent| recent.step > keyframe.step);
        let mut moment = Moment::clone(recent.as_ref().unwrap_or(keyframe));
        // Going back, the blocks before this one are wanted next: ever fewer moments left behind on the
        // way make that cheap.
        for back in [32, 8, 2, 1, 0] {
            let step = history.blocks[index.saturating_sub(back)].step;
            if step > moment.step {
                self.replay(&mut moment, step, Kinds::NONE, &mut |_, _| ());
                self.moments.borrow_mut().put(Rc::new(moment.clone()));
            }
        }
        moment
    }

    /// Executes again up to a step. Tells of events of the wanted kinds.
    fn replay(
        &self,
        moment: &mut Moment,
        step: u32,
        wanted: Kinds,
        hear: &mut dyn FnMut(u8, &Event),
    ) {
        let before = moment.event_count();
        while moment.step < step {
            let kinds = moment.advance(&self.scenario.interventions, wanted, hear);
            assert!(kinds.is_some(), "a step that was there is there again");
        }
        let replayed = u64::from(moment.event_count() - before);
        self.replayed.set(self.replayed.get() + replayed);
    }

    /// The steps and events of a block, executed again if they are not kept.
    fn record(&self, index: usize) -> Rc<Record> {
        let history = self.history.borrow();
        let open = history.is_open(index);
        if let Some(record) = history.open_record().filter(|_| open) {
            return record.clone();
        }
        if let Some(record) = self.records.borrow_mut().get(index) {
            return record;
        }
        let mut moment = self.block_start(index);
        let mut record = Record::beginning_at(&moment);
        while moment.step < history.block_end(index) {
            let next = moment.step + 1;
            self.replay(&mut moment, next, Kinds::ALL, &mut |lane, &event| {
                record.events.push(LoggedEvent { lane, event });
            });
            record.end_step(&moment);
        }
        record.close();
        let record = Rc::new(record);
        // One that still grows would soon be out of date.
        if !open || history.finished {
            self.records.borrow_mut().put(index, record.clone());
        }
        record
    }

    /// How many events have been executed again so far: the work that looking at the run has made.
    pub fn replayed_events(&self) -> u64 {
        self.replayed.get()
    }

    /// The events of a step, in order, lane after lane.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn events_at(&self, step: u32) -> StepEvents {
        assert!(self.reach(step), "there is no step {step}");
        let index = self.history.borrow().block_of(step);
        StepEvents::of(self.record(index), step)
    }

    /// The whole log, simulated again where it is not kept: for runs that are known to be short.
    pub fn log(&self) -> Vec<LoggedEvent> {
        self.complete();
        let blocks = self.history.borrow().blocks.len();
        let records = (0..blocks).map(|index| self.record(index));
        records.flat_map(|record| record.events.clone()).collect()
    }

    /// The `count`-th step after (or before) `step` that has an event of that unit. Where there are not
    /// so many, the last of them, if any; and how many are missing.
    pub fn find(&self, step: u32, unit: Unit, forward: bool, count: u32) -> (Option<u32>, u32) {
        let mut left = count;
        // The last block with one, and the step in it once that has been looked for.
        let mut found: Option<(usize, Option<u32>)> = None;
        let first = self
            .history
            .borrow()
            .block_of(step.saturating_add(forward.into()));
        let mut next = Some(first);
        while let Some(index) = next.filter(|_| left > 0) {
            let known = |history: &History| index + 1 < history.blocks.len();
            if forward && !self.simulate_until(known) && index >= self.block_count() {
                break;
            }
            let with = self.history.borrow().blocks[index].steps_with[unit as usize];
            if index != first && with < left {
                // All of them count, wherever they are: nothing has to be executed again.
                if with > 0 {
                    found = Some((index, None));
                }
                left -= with;
            } else if with > 0 {
                let record = self.record(index);
                let wanted = |&at: &u32| {
                    let beyond = if forward { at > step } else { at < step };
                    beyond && record.has(at, unit)
                };
                let (hit, seen) = pick(record.steps().filter(wanted), forward, left);
                if hit.is_some() {
                    found = Some((index, hit));
                }
                left -= seen;
            }
            next = if forward {
                Some(index + 1)
            } else {
                index.checked_sub(1)
            };
        }
        let found = found.and_then(|(index, step)| {
            let record = self.record(index);
            let with = record.steps().filter(|&step| record.has(step, unit));
            step.or_else(|| pick(with, forward, u32::MAX).0)
        });
        (found, left)
    }

    fn block_count(&self) -> usize {
        self.history.borrow().blocks.len()
    }

    /// The step at which the request reaches the application, in whichever lane is first.
    pub fn step_of_request(&self, number: u32) -> Option<u32> {
        self.simulate_until(|history| history.frontier.begun() > number);
        let index = {
            let blocks = &self.history.borrow().blocks;
            blocks.partition_point(|block| block.begun <= number).max(1) - 1
        };
        self.record(index).step_of_request(number)
    }

    /// How long a request takes in a lane, from its arrival to its answer; `None` if it is never
    /// answered. Simulates on until it is.
    pub fn latency(&self, request: u32, lane: usize) -> Option<Micros> {
        self.simulate_until(|history| history.latencies.get(request, lane as u8).is_some());
        self.history.borrow().latencies.get(request, lane as u8)
    }

    /// What happened from one step (without it) to another, in at most so many stretches. They are as
    /// equal in steps as can be; of a long part of a long run, whose events are not at hand, each
    /// is of whole blocks, so that the first and the last one can reach beyond the part.
    ///
    /// # Panics
    /// If there is no step `to`, or `at_most` is 0.
    pub fn stretches(&self, from: u32, to: u32, at_most: u32) -> Vec<Stretch> {
        assert!(self.reach(to), "there is no step {to}");
        if from >= to {
            return Vec::new();
        }
        let lanes = self.scenario.lanes.len();
        let history = self.history.borrow();
        let (first, last) = (history.block_of(from + 1), history.block_of(to));
        let blocks = last + 1 - first;
        let at_hand = history.frontier.event_count() <= self.limits.recorded_events;
        if !at_hand && blocks > EXACT_BLOCKS {
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

    /// The numbers over time of all that is known of the run: each lane's, and after them the
    /// baseline's.
    pub fn series(&self) -> Vec<SeriesFrame> {
        SeriesFrame::of(&self.history.borrow().frontier)
    }

    /// The canonical hash of the whole log: of its events in order, and then of how many they are. It is
    /// found when it is asked for, by executing everything again from keyframe to keyframe, because no run
    /// needs it to go on.
    pub fn log_hash(&self) -> u64 {
        self.complete();
        let history = self.history.borrow();
        let mut hasher = StableHasher::default();
        let mut moment = Moment::start(&self.scenario.lanes, &self.scenario.workload);
        for (index, block) in history.blocks.iter().enumerate() {
            if let Some(keyframe) = &block.keyframe {
                moment = Moment::clone(keyframe);
            }
            // As a logged event hashes, which need not be made for it.
            let end = history.block_end(index);
            self.replay(&mut moment, end, Kinds::ALL, &mut |lane, event| {
                (lane, event).hash(&mut hasher);
            });
        }
        moment.event_count().hash(&mut hasher);
        hasher.finish()
    }

    /// About how much memory the run takes, in bytes: keyframes, summaries, and what was looked at.
    pub fn size_bytes(&self) -> u64 {
        let (moments, records) = (self.moments.borrow(), self.records.borrow());
        self.history.borrow().bytes() + moments.bytes() + records.bytes()
    }

    /// Gives up most of its memory while another run is looked at. All answers stay the same; some take
    /// longer.
    pub(super) fn rest(&self) {
        self.moments.borrow_mut().clear();
        self.records.borrow_mut().clear();
        let resting_bytes = self.limits.keyframe_bytes / 4;
        self.history.borrow_mut().thin_to(resting_bytes);
    }
}

/// The `count`-th of some steps from the side from which one comes, or the last there is, and how many
/// were passed.
fn pick(
    mut steps: impl DoubleEndedIterator<Item = u32>,
    forward: bool,
    count: u32,
) -> (Option<u32>, u32) {
    let (mut last, mut seen) = (None, 0);
    while seen < count {
        let next = if forward {
            steps.next()
        } else {
            steps.next_back()
        };
        let Some(next) = next else { break };
        last = Some(next);
        seen += 1;
    }
    (last, seen)
}
