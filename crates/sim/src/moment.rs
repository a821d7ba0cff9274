//! The state of all lanes at one step. A clone of it is a keyframe.

use super::command::{ByHand, Intervention};
use super::event::{Event, EventId, EventKind};
use super::kinds::Kinds;
use super::log::Log;
use super::setup::LaneSetup;
use super::strategy::{Pattern, Strategy};
use super::workload::Workload;
use super::world::World;
use cache::units::{Micros, stable_hash};
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
    /// The lane without a cache. It makes no steps, and its events only count in its metrics.
    baseline: World,
    /// For each lane the event that its latest sentence tells.
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
    /// Of events that tell equally much the first one stays.
    #[inline(always)]
    fn hear(&mut self, step: u32, event: &Event) {
        let telling = event.kind.telling();
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
    /// The moment before the first step. There must be at least one lane.
    pub fn start(lanes: &[Rc<LaneSetup>], workload: &Rc<Workload>) -> Self {
        let world = |setup: Rc<LaneSetup>| World::new(setup, workload.clone());
        let mut baseline = LaneSetup::clone(&lanes[0]);
        let (read, write) = Pattern::NoCache.paths();
        baseline.strategy = Strategy::new(read, write);
        baseline.procedures = baseline.strategy.procedures(false);
        Moment {
            step: 0,
            at: Micros::ZERO,
            lanes: lanes.iter().cloned().map(world).collect(),
            baseline: world(Rc::new(baseline)),
            told: vec![Told::default(); lanes.len()],
            events: 0,
        }
    }

    /// Takes one step: carries out the command that is given here, or else goes to the next instant at
    /// which an event happens in any lane. Calls `hear` with the lane and the event for events of the `wanted`
    /// kinds; the baseline counts as the lane after the last. Returns the kinds of all its events, or `None` at the end, where it changes nothing.
    pub fn advance(
        &mut self,
        interventions: &[Intervention],
        wanted: Kinds,
        hear: &mut dyn FnMut(u8, &Event),
    ) -> Option<Kinds> {
        let mut ear = Ear {
            wanted,
            hear,
            heard: Kinds::NONE,
        };
        match command_at(interventions, self.step) {
            Some((place, command)) => self.carry_out(place, command, &mut ear),
            None => {
                while ear.heard == Kinds::NONE {
                    match self.due_at() {
                        Micros::NEVER => return None,
                        at => self.happen(at, &mut ear),
                    }
                }
            }
        }
        self.advance_baseline(&mut ear);
        self.step += 1;
        Some(ear.heard)
    }

    /// When something is due next in any lane, or [`Micros::NEVER`].
    #[inline(always)]
    fn due_at(&self) -> Micros {
        let lanes = self.lanes.iter().map(World::due_at);
        lanes.min().unwrap_or(Micros::NEVER)
    }

    /// Executes everything that is due at `at`.
    fn happen(&mut self, at: Micros, ear: &mut Ear) {
        self.at = at;
        self.each_lane(ear, |_, world, log| {
            if world.due_at() == at {
                world.advance(at, log);
            }
        });
    }

    /// Calls `act` for each lane in order, with the log for its events.
    #[inline(always)]
    fn each_lane(&mut self, ear: &mut Ear, act: impl Fn(usize, &mut World, &mut Numbering)) {
        let worlds = self.lanes.iter_mut().zip(&mut self.told);
        for (lane, (world, told)) in worlds.enumerate() {
            let mut log = Numbering {
                next: &mut self.events,
                step: self.step + 1,
                lane: lane as u8,
                told,
                ear,
            };
            act(lane, world, &mut log);
        }
    }

    fn carry_out(&mut self, place: u32, command: &ByHand, ear: &mut Ear) {
        let at = self.at;
        self.each_lane(ear, |lane, world, log| {
            world.note(command);
            if command.reaches(lane) {
                world.command(place, command, at, log);
            }
        });
        self.baseline.note(command);
        if command.reaches(0) {
            let lane = self.lanes.len() as u8;
            self.baseline
                .command(place, command, at, &mut Replies { lane, ear });
        }
    }

    /// Runs the baseline up to the lanes' instant. After their last step it runs to its end, so that its
    /// numbers cover all requests too.
    fn advance_baseline(&mut self, ear: &mut Ear) {
        let until = match self.due_at() {
            Micros::NEVER => Micros::NEVER,
            _ => self.at,
        };
        while let Some(at) = self.baseline.next_at().filter(|&at| at <= until) {
            let lane = self.lanes.len() as u8;
            self.baseline.advance(at, &mut Replies { lane, ear });
        }
    }

    /// The same requests without a cache, with the first lane's database and network.
    pub fn baseline(&self) -> &World {
        &self.baseline
    }

    /// Asks every lane, and the baseline last.
    pub fn of_worlds<T>(&self, ask: impl Fn(&World) -> T) -> Vec<T> {
        let of_lanes = self.lanes.iter().map(&ask);
        of_lanes.chain([ask(&self.baseline)]).collect()
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

    /// How many events there have been in the lanes.
    pub fn event_count(&self) -> EventId {
        self.events
    }

    /// How many requests have begun in the lane that is furthest.
    pub fn begun(&self) -> u32 {
        self.lanes.iter().map(World::begun).max().unwrap_or(0)
    }

    /// About how much memory it takes, in bytes.
    pub fn size_bytes(&self) -> u64 {
        let lanes: u64 = self.lanes.iter().map(World::heap_bytes).sum();
        let heap = lanes + self.baseline.heap_bytes();
        let own =
            size_of::<Moment>() + (self.lanes.len() * (size_of::<World>() + size_of::<Told>()));
        heap + own as u64
    }
}

/// The command given at a step, and its place among all. There is at most one, because each makes a step
/// of its own.
fn command_at(interventions: &[Intervention], step: u32) -> Option<(u32, &ByHand)> {
    let place = interventions.binary_search_by_key(&step, |given| given.step);
    let place = place.ok()?;
    Some((place as u32, &interventions[place].command))
}

/// The listener to the events of a step.
struct Ear<'a> {
    wanted: Kinds,
    hear: &'a mut dyn FnMut(u8, &Event),
    /// The kinds of events that happened, wanted or not.
    heard: Kinds,
}

/// Numbers the events of one lane, in one sequence for all lanes.
struct Numbering<'a, 'b> {
    next: &'a mut EventId,
    step: u32,
    lane: u8,
    told: &'a mut Told,
    ear: &'a mut Ear<'b>,
}

impl Log for Numbering<'_, '_> {
    fn record(&mut self, event: &Event) -> EventId {
        let id = *self.next;
        *self.next += 1;
        self.told.hear(self.step, event);
        let kind = Kinds::of(&event.kind);
        self.ear.heard = self.ear.heard.union(kind);
        if self.ear.wanted.intersects(kind) {
            (self.ear.hear)(self.lane, event);
        }
        id
    }
}

/// Passes on the answers of the baseline, whose events have no numbers.
struct Replies<'a, 'b> {
    lane: u8,
    ear: &'a mut Ear<'b>,
}

impl Log for Replies<'_, '_> {
    fn record(&mut self, event: &Event) -> EventId {
        if matches!(event.kind, EventKind::Reply { .. })
            && self.ear.wanted.intersects(Kinds::BASELINE_REPLY)
        {
            (self.ear.hear)(self.lane, event);
        }
        0
    }
}
