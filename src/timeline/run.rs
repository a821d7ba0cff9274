//! A scenario played to its end once: its log, sparse keyframes, and the way back to any step.

use super::hash::stable_hash;
use super::log::LoggedEvent;
use super::moment::Moment;
use crate::scenario::Scenario;
use crate::sim::{EventId, EventKind};
use crate::units::Micros;
use lru::LruCache;
use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::rc::Rc;

/// Every so many steps a keyframe is kept. Going to a step re-executes fewer than that.
const KEYFRAME_STEPS: u32 = 2048;

/// How many moments that were visited lately are kept as well: stepping back and forth is free.
const RECENT_MOMENTS: usize = 64;

/// A finished run of a scenario. Everything in it is derived from the scenario.
pub struct Run {
    scenario: Rc<Scenario>,
    log: Vec<LoggedEvent>,
    /// For each step what is known without its state; step 0 has no events.
    steps: Vec<StepMark>,
    /// The time each request took in each lane, by request and then lane.
    latencies: Vec<Micros>,
    keyframes: Vec<Rc<Moment>>,
    recent: RefCell<LruCache<u32, Rc<Moment>>>,
}

/// A run is equal to itself only: comparing two is asking whether one has been replaced.
impl PartialEq for Run {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for Run {}

/// A step, in short.
struct StepMark {
    at: Micros,
    /// Where its events end in the log.
    events_end: EventId,
    /// Whether no request is under way after it.
    idle: bool,
}

impl StepMark {
    fn of(moment: &Moment) -> StepMark {
        StepMark {
            at: moment.at,
            events_end: moment.event_count(),
            idle: moment.lanes.iter().all(|lane| lane.active().is_empty()),
        }
    }
}

impl Run {
    /// Plays `scenario` to its end.
    pub fn new(scenario: Rc<Scenario>) -> Self {
        let lanes = scenario.lanes.len();
        let mut log = Vec::new();
        let mut latencies = vec![Micros::ZERO; scenario.workload.requests.len() * lanes];
        let mut moment = Moment::start(&scenario);
        let mut steps = vec![StepMark::of(&moment)];
        let mut keyframes = vec![Rc::new(moment.clone())];
        while moment.advance(|logged| {
            if let EventKind::Reply { latency, .. } = logged.event.kind {
                let place = logged.event.request as usize * lanes + logged.lane as usize;
                latencies[place] = latency;
            }
            log.push(logged);
        }) {
            steps.push(StepMark::of(&moment));
            if moment.step.is_multiple_of(KEYFRAME_STEPS) {
                keyframes.push(Rc::new(moment.clone()));
            }
        }
        let recent = NonZeroUsize::new(RECENT_MOMENTS).expect("not zero");
        Run {
            scenario,
            log,
            steps,
            latencies,
            keyframes,
            recent: RefCell::new(LruCache::new(recent)),
        }
    }

    /// What was run.
    pub fn scenario(&self) -> &Rc<Scenario> {
        &self.scenario
    }

    /// How many steps there are; they are numbered from 1, and step 0 is before the first.
    pub fn step_count(&self) -> u32 {
        self.steps.len() as u32 - 1
    }

    /// The instant of a step.
    pub fn step_at(&self, step: u32) -> Micros {
        self.steps[step as usize].at
    }

    /// Whether no request is under way in any lane after a step.
    pub fn is_idle_after(&self, step: u32) -> bool {
        self.steps[step as usize].idle
    }

    /// The last step at or before an instant.
    pub fn step_before(&self, at: Micros) -> u32 {
        let after = self.steps.partition_point(|step| step.at <= at);
        (after as u32).saturating_sub(1)
    }

    /// The state at a step. Clones the nearest kept moment before it and re-executes from there.
    ///
    /// # Panics
    /// If there is no such step.
    pub fn seek(&self, step: u32) -> Rc<Moment> {
        assert!(step <= self.step_count());
        let mut recent = self.recent.borrow_mut();
        if let Some(moment) = recent.get(&step) {
            return moment.clone();
        }
        let keyframe = &self.keyframes[(step / KEYFRAME_STEPS) as usize];
        // Looking back a few steps finds what playing and stepping forward have just left there.
        let near = (step.saturating_sub(8)..step).rev();
        let near = near.filter_map(|s| recent.peek(&s)).next();
        let start = near.filter(|moment| moment.step > keyframe.step);
        let mut moment = Moment::clone(start.unwrap_or(keyframe));
        while moment.step < step {
            moment.advance(|_| ());
        }
        let moment = Rc::new(moment);
        recent.put(step, moment.clone());
        moment
    }

    /// The whole log.
    pub fn log(&self) -> &[LoggedEvent] {
        &self.log
    }

    /// The numbers of the events of a step.
    pub fn events_of(&self, step: u32) -> Range<usize> {
        match step {
            0 => 0..0,
            _ => {
                let end = |step: u32| self.steps[step as usize].events_end as usize;
                end(step - 1)..end(step)
            }
        }
    }

    /// The events of a step, in order, lane after lane.
    pub fn events_at(&self, step: u32) -> &[LoggedEvent] {
        &self.log[self.events_of(step)]
    }

    /// The step at which the request reaches the application, in whichever lane: they share it.
    pub fn step_of_request(&self, number: u32) -> Option<u32> {
        let request = self.scenario.workload.requests.get(number as usize)?;
        // Steps are instants, so the step at that instant is the one.
        Some(self.step_before(request.at)).filter(|&step| self.step_at(step) == request.at)
    }

    /// How long a request takes in a lane, from its arrival to its answer.
    pub fn latency(&self, request: u32, lane: usize) -> Micros {
        let place = request as usize * self.scenario.lanes.len() + lane;
        self.latencies[place]
    }

    /// The canonical hash of the whole log.
    pub fn log_hash(&self) -> u64 {
        stable_hash(&self.log)
    }
}
