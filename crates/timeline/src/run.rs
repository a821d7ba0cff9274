//! A scenario being played: what is known of it so far, and the way back to any step.
//!
//! A run grows: it is simulated a slice at a time, so that a person can look at its beginning
//! meanwhile. Whatever is asked of a step that is not known yet simulates up to there first, so that no
//! answer depends on the slices.
//!
//! Neither the states nor the events of a long run would fit into memory. Kept are sparse keyframes, a
//! summary of each block, and what was looked at lately; the rest is executed again when it is wanted.

use super::block::{Record, StepEvents, StepMark};
use super::history::History;
use super::latencies::Answered;
use super::limits::Limits;
use super::log::LoggedEvent;
use super::recent::{Moments, Records};
use super::series_frame::SeriesFrame;
use cache::units::{Micros, StableHasher};
use scenario::{Invalid, Scenario};
use sim::{ByHand, Event, Kinds, Moment};
use std::cell::{Cell, RefCell};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// Where the run has to go on at once, it does so in slices of this many events.
const SLICE_EVENTS: u32 = 1 << 14;
/// A run of more requests is not read sentence by sentence: at a normal pace it would take ten minutes.
const READ_REQUESTS: u32 = 60;
/// How far before a block, in blocks, states are kept on the way to it. Going back, those blocks are wanted
/// next: ever fewer states left behind on the way make that cheap.
const KEPT_BEFORE: [usize; 5] = [32, 8, 2, 1, 0];

/// A run of a scenario. Everything in it is derived from the scenario.
pub struct Run {
    scenario: Rc<Scenario>,
    pub(super) history: RefCell<History>,
    moments: RefCell<Moments>,
    records: RefCell<Records>,
    pub(super) limits: Limits,
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

    /// The last step that both runs share, if they differ in their commands only. `u32::MAX` if those are
    /// the same too.
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

    /// The scenario that it plays.
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.scenario
    }

    /// Simulates at least this many more events, up to the end of a step. Returns whether the end is
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

    /// Simulates until a step is known. Returns whether there is such a step.
    pub fn reach(&self, step: u32) -> bool {
        self.simulate_until(|history| history.frontier.step >= step)
    }

    /// Simulates until a condition holds. Returns whether it does; it may not even at the end.
    pub(super) fn simulate_until(&self, enough: impl Fn(&History) -> bool) -> bool {
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

    /// How many steps are known so far: the run has at least as many.
    pub fn known_steps(&self) -> u32 {
        self.history.borrow().frontier.step
    }

    /// How many requests of the workload have begun as far as the run is known.
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

    /// Whether it has too many sentences for anybody to read them all.
    pub fn is_long(&self) -> bool {
        self.scenario.workload.len() > READ_REQUESTS
    }

    /// Whether something happened at a step that playing at reading pace stops for.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn is_worth_reading(&self, step: u32) -> bool {
        let events = self.events_at(step);
        events
            .iter()
            .any(|logged| logged.event.kind.is_worth_reading())
    }

    /// The last step up to this one at which something happened that is worth reading; 0 if there is none.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn last_worth_reading(&self, step: u32) -> u32 {
        let mut steps = (1..=step).rev();
        steps
            .find(|&step| self.is_worth_reading(step))
            .unwrap_or_default()
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
        for back in KEPT_BEFORE {
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
    pub(super) fn record(&self, index: usize) -> Rc<Record> {
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

    /// How long a request takes in a lane, from its arrival to its answer; `None` if it is never
    /// answered. Simulates on until it is.
    pub fn latency(&self, request: u32, lane: usize) -> Option<Micros> {
        self.answer(request, lane).map(|of| of.latency)
    }

    fn answer(&self, request: u32, lane: usize) -> Option<Answered> {
        if !self.scenario.reaches(request, lane) {
            return None;
        }
        self.simulate_until(|history| history.latencies.get(request, lane as u8).is_some());
        self.history.borrow().latencies.get(request, lane as u8)
    }

    /// The answer to a request without a cache; `None` if it is never answered. Simulates on until it is.
    pub fn answer_without_cache(&self, request: u32) -> Option<Answered> {
        self.answer(request, self.scenario.lanes.len())
    }

    /// The longest that any request took in any lane or without a cache, as far as the run is known.
    pub fn longest_latency(&self) -> Micros {
        let history = self.history.borrow();
        let longest = history.frontier.of_worlds(|world| {
            let metrics = world.metrics();
            metrics.read_replies.max().max(metrics.write_replies.max())
        });
        longest.into_iter().flatten().max().unwrap_or(Micros::ZERO)
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

    /// Frees most of its memory while another run is looked at. All answers stay the same; some take longer.
    pub(super) fn rest(&self) {
        self.moments.borrow_mut().clear();
        self.records.borrow_mut().clear();
        let resting_bytes = self.limits.keyframe_bytes / 4;
        self.history.borrow_mut().thin_to(resting_bytes);
    }
}
