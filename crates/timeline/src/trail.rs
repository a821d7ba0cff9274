//! The history of one key or one request: each event in its sentence.

use super::log::LoggedEvent;
use super::run::Run;
use super::words::{Sentence, sentence};
use cache::units::{Key, Micros};
use sim::{Event, EventKind, ReshardStep};
use std::ops::RangeInclusive;

/// The most events that are looked through on each side of a step.
const EVENTS_MAX: usize = 1 << 13;

/// The search on a side ends with this many happenings.
const HAPPENINGS_MAX: usize = 100;

/// The key or request that is followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject {
    /// Everything that happens to a key, whatever causes it.
    Key(Key),
    /// Everything that a request does or causes, by its number from 0.
    Request(u32),
}

impl Subject {
    /// Whether an event is about it.
    pub fn is_in(self, event: &Event) -> bool {
        match self {
            Subject::Request(number) => event.request == Some(number),
            // These are about no key; a number stands in its place.
            Subject::Key(key) => {
                let of_no_key = |step: ReshardStep| !step.is_of_key();
                let about_none = matches!(event.kind, EventKind::Reshard { step } if of_no_key(step))
                    || matches!(
                        event.kind,
                        EventKind::Fault { .. }
                            | EventKind::Failover { .. }
                            | EventKind::Idle { .. }
                    );
                event.key == key && !about_none
            }
        }
    }
}

/// One thing that happened to it, in one lane or in the same way in several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Happening {
    /// The step.
    pub step: u32,
    /// Its instant.
    pub at: Micros,
    /// The lanes, from 0.
    pub lanes: Vec<u8>,
    /// The request that did it, from 0; `None` for what happens by itself.
    pub request: Option<u32>,
    /// The sentence about it.
    pub said: Sentence,
}

/// The part of a run's events that is about one key or request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trail {
    /// The happenings in order.
    pub happenings: Vec<Happening>,
    /// The steps that have been looked through.
    pub steps: RangeInclusive<u32>,
    /// Whether the run goes on after them.
    pub goes_on: bool,
}

impl Trail {
    /// The happenings around a step. Of a long run, only a part is looked through on each side.
    pub fn around(run: &Run, subject: Subject, step: u32) -> Trail {
        let mut trail = Trail {
            happenings: Vec::new(),
            steps: step + 1..=step,
            goes_on: false,
        };
        let (mut first, mut seen) = (step + 1, 0);
        // Step 0 has no events.
        while first > 1 && seen < EVENTS_MAX && trail.happenings.len() < HAPPENINGS_MAX {
            first -= 1;
            seen += trail.look(run, subject, first, 0);
        }
        let (mut next, mut seen) = (step + 1, 0);
        let before = trail.happenings.len();
        while run.reach(next) {
            let found = trail.happenings.len() - before;
            if seen >= EVENTS_MAX || found >= HAPPENINGS_MAX {
                trail.goes_on = true;
                break;
            }
            let end = trail.happenings.len();
            seen += trail.look(run, subject, next, end);
            next += 1;
        }
        trail.steps = first..=next - 1;
        trail
    }

    /// Adds what a step has of it, from a place on. Returns how many events were looked through.
    fn look(&mut self, run: &Run, subject: Subject, step: u32, place: usize) -> usize {
        let events = run.events_at(step);
        let mut end = place;
        for logged in events.iter().filter(|logged| subject.is_in(&logged.event)) {
            let said = sentence(run.scenario(), logged);
            let LoggedEvent { lane, event } = *logged;
            let same = |other: &&mut Happening| {
                other.said == said && other.request == event.request && !other.lanes.contains(&lane)
            };
            match self.happenings[place..end].iter_mut().find(same) {
                Some(same) => same.lanes.push(lane),
                None => {
                    let happening = Happening {
                        step,
                        at: event.at,
                        lanes: vec![lane],
                        request: event.request,
                        said,
                    };
                    self.happenings.insert(end, happening);
                    end += 1;
                }
            }
        }
        events.len()
    }

    /// The place of the first happening after a step.
    pub fn after(&self, step: u32) -> usize {
        self.happenings
            .partition_point(|happening| happening.step <= step)
    }

    /// Whether what happened right before and after a step is known from it.
    pub fn covers(&self, step: u32) -> bool {
        let near = 32.min(self.steps.end() - self.steps.start());
        (*self.steps.start() <= 1 || step >= self.steps.start() + near)
            && (!self.goes_on || step + near <= *self.steps.end())
    }
}
