//! The state of all lanes at one step. A clone of it is a keyframe.

use super::hash::stable_hash;
use super::narrate::telling;
use crate::scenario::Scenario;
use crate::sim::{
    ByHand, EventId, Intervention, LaneSetup, Pattern, Strategy, World,
    log::{Heard, Log, Unheard},
};
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
    /// For each lane what its latest sentence is about.
    told: Vec<Told>,
    events: EventId,
}

/// The most telling event of a lane's latest step with any.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    step: u32,
    telling: u8,
    request: Option<u32>,
}

impl Told {
    /// Of those that tell equally much the first counts.
    #[inline(always)]
    fn hear(&mut self, step: u32, event: Heard) {
        let telling = telling(event.kind);
        if event.request.is_some() && (step != self.step || telling > self.telling) {
            *self = Told {
                step,
                telling,
                request: event.request,
            };
        }
    }
}

impl Moment {
    /// Before anything has happened.
    pub(super) fn start(scenario: &Scenario) -> Self {
        let world = |setup: Rc<LaneSetup>| World::new(setup, scenario.workload.clone());
        let mut baseline = LaneSetup::clone(&scenario.lanes[0]);
        let (read, write) = Pattern::NoCache.paths();
        baseline.strategy = Strategy::new(read, write);
        baseline.procedures = baseline.strategy.procedures(false);
        Moment {
            step: 0,
            at: Micros::ZERO,
            lanes: scenario.lanes.iter().cloned().map(world).collect(),
            baseline: world(Rc::new(baseline)),
            told: vec![Told::default(); scenario.lanes.len()],
            events: 0,
        }
    }

    /// Takes one step: carries out the command that is given here, or else goes to the next instant at
    /// which an event happens in any lane. Gives false, and changes nothing, at the end.
    pub(super) fn advance(&mut self, scenario: &Scenario, mut keep: impl FnMut(u8, Heard)) -> bool {
        match command_at(&scenario.interventions, self.step) {
            Some((place, command)) => self.carry_out(place, command, &mut keep),
            None => {
                let before = self.events;
                while self.events == before {
                    match self.due_at() {
                        Micros::NEVER => return false,
                        at => self.happen(at, &mut keep),
                    }
                }
            }
        }
        self.step += 1;
        self.let_baseline_catch_up();
        true
    }

    /// When something is due next in any lane, or [`Micros::NEVER`].
    #[inline(always)]
    fn due_at(&self) -> Micros {
        let lanes = self.lanes.iter().map(World::due_at);
        lanes.min().unwrap_or(Micros::NEVER)
    }

    /// Lets everything happen that is due at `at`.
    fn happen(&mut self, at: Micros, keep: &mut impl FnMut(u8, Heard)) {
        self.at = at;
        let worlds = self.lanes.iter_mut().zip(&mut self.told);
        for (lane, (world, told)) in worlds.enumerate() {
            if world.due_at() == at {
                let mut log = Numbering {
                    next: &mut self.events,
                    step: self.step + 1,
                    lane: lane as u8,
                    told,
                    keep,
                };
                world.advance(at, &mut log);
            }
        }
    }

    fn carry_out(&mut self, place: u32, command: &ByHand, keep: &mut impl FnMut(u8, Heard)) {
        let worlds = self.lanes.iter_mut().zip(&mut self.told);
        for (lane, (world, told)) in worlds.enumerate() {
            if command.reaches(lane) {
                let mut log = Numbering {
                    next: &mut self.events,
                    step: self.step + 1,
                    lane: lane as u8,
                    told,
                    keep,
                };
                world.command(place, command, self.at, &mut log);
            }
        }
        if command.reaches(0) {
            self.baseline.command(place, command, self.at, &mut Unheard);
        }
    }

    /// The baseline makes no steps of its own. After the last step of the lanes it runs to its end,
    /// so that its numbers are about all requests too.
    fn let_baseline_catch_up(&mut self) {
        // A lane that is over has nothing due, and so is later than anything.
        let until = match self.due_at() {
            Micros::NEVER => Micros::NEVER,
            _ => self.at,
        };
        loop {
            let at = self.baseline.due_at();
            if at > until || at == Micros::NEVER {
                break;
            }
            // Its events are counted in its metrics and not kept.
            self.baseline.advance(at, &mut Unheard);
        }
    }

    /// The canonical hash of all lanes: the same whichever way the step was reached.
    pub fn state_hash(&self) -> u64 {
        stable_hash(&self.lanes)
    }

    /// The request that a lane's latest sentence is about: that of its most telling event at this step,
    /// or at the last step before at which something happened in the lane.
    pub fn telling_request(&self, lane: usize) -> Option<u32> {
        self.told[lane].request
    }

    pub(super) fn event_count(&self) -> EventId {
        self.events
    }

    /// How many requests have begun, in the lane that is furthest.
    pub(super) fn begun(&self) -> u32 {
        self.lanes.iter().map(World::begun).max().unwrap_or(0)
    }

    /// About how much memory it takes, in bytes.
    pub fn size_bytes(&self) -> u64 {
        let worlds = self.lanes.iter().chain([&self.baseline]);
        let heap: u64 = worlds.map(World::heap_bytes).sum();
        let own =
            size_of::<Moment>() + (self.lanes.len() * (size_of::<World>() + size_of::<Told>()));
        heap + own as u64
    }

    /// The lanes, and the baseline last.
    pub(super) fn worlds_mut(&mut self) -> impl Iterator<Item = &mut World> {
        self.lanes.iter_mut().chain([&mut self.baseline])
    }
}

/// The command that is given at a step, and its place among all. At most one is: each makes a step of
/// its own.
fn command_at(interventions: &[Intervention], step: u32) -> Option<(u32, &ByHand)> {
    let place = interventions.binary_search_by_key(&step, |given| given.step);
    let place = place.ok()?;
    Some((place as u32, &interventions[place].command))
}

/// Gives the lanes' events their numbers in one log.
struct Numbering<'a, K> {
    next: &'a mut EventId,
    step: u32,
    lane: u8,
    told: &'a mut Told,
    keep: &'a mut K,
}

impl<K: FnMut(u8, Heard)> Log for Numbering<'_, K> {
    fn record(&mut self, event: Heard) -> EventId {
        let id = *self.next;
        *self.next += 1;
        self.told.hear(self.step, event);
        (self.keep)(self.lane, event);
        id
    }
}
