//! Blocks: the run cut into pieces of about a thousand events each. A summary of every block is kept; its
//! events are found by executing it again.

use super::command::Unit;
use super::log::LoggedEvent;
use cache::units::Micros;
use sim::{EventId, EventKind, Kinds, Moment, World};
use std::ops::{Deref, Range};
use std::rc::Rc;

/// The summary of a block. Its own steps are those after `step`, up to the next block's.
#[derive(Clone)]
pub(super) struct Block {
    /// The step at which it begins: the last one before its own.
    pub step: u32,
    /// The instant of that step.
    pub at: Micros,
    /// How many requests of the workload have begun at that step, in the lane that is furthest.
    pub begun: u32,
    /// The state at that step, where it is kept.
    pub keyframe: Option<Rc<Moment>>,
    /// How many of its steps have an event of each [`Unit`].
    pub steps_with: [u32; Unit::COUNT],
}

impl Block {
    pub(super) fn beginning_at(moment: &Moment) -> Self {
        Block {
            step: moment.step,
            at: moment.at,
            begun: moment.begun(),
            keyframe: None,
            steps_with: [0; Unit::COUNT],
        }
    }

    /// Counts a step that has events of these kinds.
    pub(super) fn count_step(&mut self, kinds: Kinds) {
        for (unit, count) in Unit::ALL.into_iter().zip(&mut self.steps_with) {
            let counts = unit == Unit::Event || kinds.intersects(unit.kinds());
            *count += u32::from(counts);
        }
    }
}

/// The summary of a step.
#[derive(Clone, Copy)]
pub(super) struct StepMark {
    pub at: Micros,
    /// The end of its events in the log.
    pub events_end: EventId,
    /// Whether no request is under way after it.
    pub idle: bool,
}

impl StepMark {
    pub(super) fn of(moment: &Moment) -> StepMark {
        StepMark {
            at: moment.at,
            events_end: moment.event_count(),
            idle: moment.lanes.iter().all(World::is_idle),
        }
    }
}

/// A block's steps and events, in full.
#[derive(Clone)]
pub(super) struct Record {
    /// The step at which the block begins.
    step: u32,
    /// That step's mark, and then one for each of the block's own.
    marks: Vec<StepMark>,
    pub events: Vec<LoggedEvent>,
}

impl Record {
    pub(super) fn beginning_at(moment: &Moment) -> Self {
        Record {
            step: moment.step,
            marks: vec![StepMark::of(moment)],
            events: Vec::new(),
        }
    }

    /// Ends a step, whose events have been pushed.
    pub(super) fn end_step(&mut self, moment: &Moment) {
        self.marks.push(StepMark::of(moment));
    }

    /// Frees the memory that was reserved for growth: the block is over.
    pub(super) fn close(&mut self) {
        self.marks.shrink_to_fit();
        self.events.shrink_to_fit();
    }

    /// A step's mark; the block's beginning has one too.
    pub(super) fn mark(&self, step: u32) -> StepMark {
        self.marks[(step - self.step) as usize]
    }

    /// The block's own steps.
    pub(super) fn steps(&self) -> Range<u32> {
        self.step + 1..self.step + self.marks.len() as u32
    }

    /// The last step at or before an instant, if the block's beginning is.
    pub(super) fn step_before(&self, at: Micros) -> u32 {
        let after = self.marks.partition_point(|mark| mark.at <= at);
        self.step + (after as u32).saturating_sub(1)
    }

    /// The places of a step's events in `events`.
    fn places(&self, step: u32) -> Range<usize> {
        let first = self.marks[0].events_end;
        let end = |step: u32| (self.mark(step).events_end - first) as usize;
        end(step - 1)..end(step)
    }

    /// The events of one of the block's own steps.
    pub(super) fn events_at(&self, step: u32) -> &[LoggedEvent] {
        &self.events[self.places(step)]
    }

    /// About how much memory it takes, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let marks = self.marks.capacity() * size_of::<StepMark>();
        (marks + self.events.capacity() * size_of::<LoggedEvent>()) as u64
    }

    /// Whether a step of the block has an event of that unit.
    pub(super) fn has(&self, step: u32, unit: Unit) -> bool {
        unit == Unit::Event
            || self
                .events_at(step)
                .iter()
                .any(|logged| unit.kinds().intersects(Kinds::of(&logged.event.kind)))
    }

    /// The step at which a request begins, in whichever lane is first.
    pub(super) fn step_of_request(&self, number: u32) -> Option<u32> {
        let begins = |logged: &LoggedEvent| {
            logged.event.request == Some(number)
                && matches!(logged.event.kind, EventKind::Request { .. })
        };
        let place = self.events.iter().position(begins)?;
        let id = self.marks[0].events_end + place as EventId;
        let before = self.marks.partition_point(|mark| mark.events_end <= id);
        Some(self.step + before as u32)
    }
}

/// The events of one step, in order, lane after lane: a slice that keeps its record alive.
#[derive(Clone)]
pub struct StepEvents {
    record: Rc<Record>,
    places: Range<usize>,
}

impl StepEvents {
    pub(super) fn of(record: Rc<Record>, step: u32) -> Self {
        let places = match record.steps().contains(&step) {
            true => record.places(step),
            false => 0..0,
        };
        StepEvents { record, places }
    }

    /// Their numbers in the log.
    pub fn ids(&self) -> Range<EventId> {
        let first = self.record.marks[0].events_end;
        first + self.places.start as EventId..first + self.places.end as EventId
    }
}

impl Deref for StepEvents {
    type Target = [LoggedEvent];

    fn deref(&self) -> &[LoggedEvent] {
        &self.record.events[self.places.clone()]
    }
}
