//! The state of all lanes at one step. A clone of it is a keyframe.

use super::hash::stable_hash;
use super::log::LoggedEvent;
use crate::scenario::Scenario;
use crate::sim::{Event, EventId, LaneSetup, Pattern, World, log::Log};
use crate::units::Micros;
use std::rc::Rc;

/// All lanes, and the lane without a cache that they are measured against, at one step.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The step: how many have been taken from the start.
    pub step: u32,
    /// The instant of that step.
    pub at: Micros,
    /// The lanes.
    pub lanes: Vec<World>,
    /// The same requests without a cache, with the first lane's database and network.
    pub baseline: World,
    events: EventId,
}

impl Moment {
    /// Before anything has happened.
    pub(super) fn start(scenario: &Scenario) -> Self {
        let world = |setup: Rc<LaneSetup>| World::new(setup, scenario.workload.clone());
        let mut baseline = LaneSetup::clone(&scenario.lanes[0]);
        (baseline.strategy.read, baseline.strategy.write) = Pattern::NoCache.paths();
        Moment {
            step: 0,
            at: Micros::ZERO,
            lanes: scenario.lanes.iter().cloned().map(world).collect(),
            baseline: world(Rc::new(baseline)),
            events: 0,
        }
    }

    /// Takes one step: goes to the next instant at which an event happens in any lane. Gives false,
    /// and changes nothing, at the end.
    pub(super) fn advance(&mut self, mut keep: impl FnMut(LoggedEvent)) -> bool {
        let before = self.events;
        while self.events == before {
            let Some(at) = self.lanes.iter().filter_map(World::next_at).min() else {
                return false;
            };
            self.at = at;
            for (lane, world) in self.lanes.iter_mut().enumerate() {
                if world.next_at() == Some(at) {
                    let mut log = Numbering {
                        next: &mut self.events,
                        lane: lane as u8,
                        keep: &mut keep,
                    };
                    world.advance(at, &mut log);
                }
            }
        }
        self.step += 1;
        self.let_baseline_catch_up();
        true
    }

    /// The baseline makes no steps of its own. After the last step of the lanes it runs to its end,
    /// so that its numbers are about all requests too.
    fn let_baseline_catch_up(&mut self) {
        let over = self.lanes.iter().all(|world| world.next_at().is_none());
        while let Some(at) = self.baseline.next_at() {
            if at > self.at && !over {
                break;
            }
            self.baseline.advance(at, &mut Unheard);
        }
    }

    /// The canonical hash of all lanes: the same whichever way the step was reached.
    pub fn state_hash(&self) -> u64 {
        stable_hash(&self.lanes)
    }

    pub(super) fn event_count(&self) -> EventId {
        self.events
    }
}

/// Gives the lanes' events their numbers in one log.
struct Numbering<'a, F> {
    next: &'a mut EventId,
    lane: u8,
    keep: &'a mut F,
}

impl<F: FnMut(LoggedEvent)> Log for Numbering<'_, F> {
    fn record(&mut self, event: Event) -> EventId {
        let id = *self.next;
        *self.next += 1;
        let lane = self.lane;
        (self.keep)(LoggedEvent { lane, event });
        id
    }
}

/// The baseline's events are counted in its metrics and not kept.
struct Unheard;

impl Log for Unheard {
    fn record(&mut self, _event: Event) -> EventId {
        0
    }
}
