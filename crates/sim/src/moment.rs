//! The state of all lanes at one step. A clone of it is a keyframe.

use super::command::{ByHand, Intervention};
use super::event::{Event, EventId};
use super::kinds::Kinds;
use super::log::{Log, NoLog};
use super::setup::LaneSetup;
use super::strategy::{Pattern, Strategy};
use super::workload::Workload;
use super::world::World;
use cache::units::{Micros, stable_hash};
use std::cell::{Ref, RefCell};
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
    /// The lane without a cache. It makes no steps and nobody hears of its events, so it is behind the lanes until somebody
    /// asks for it: many of its instants in a row take less time than one between two steps.
    baseline: RefCell<World>,
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
    /// Before anything has happened in lanes of these set-ups, of which there is one at least.
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
            baseline: RefCell::new(world(Rc::new(baseline))),
            told: vec![Told::default(); lanes.len()],
            events: 0,
        }
    }

    /// Takes one step: carries out the command that is given here, or else goes to the next instant at
    /// which an event happens in any lane. Events of the `wanted` kinds are told to `hear`, with their
    /// lanes. Gives of which kinds there were any; `None`, and changes nothing, at the end.
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
        self.step += 1;
        Some(ear.heard)
    }

    /// When something is due next in any lane, or [`Micros::NEVER`].
    #[inline(always)]
    fn due_at(&self) -> Micros {
        let lanes = self.lanes.iter().map(World::due_at);
        lanes.min().unwrap_or(Micros::NEVER)
    }

    /// Lets everything happen that is due at `at`.
    fn happen(&mut self, at: Micros, ear: &mut Ear) {
        self.at = at;
        self.each_lane(ear, |_, world, log| {
            if world.due_at() == at {
                world.advance(at, log);
            }
        });
    }

    /// Has the lanes act, one after the other, each with the log that its events go to.
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
        // A command comes after everything that happens at its step.
        self.let_baseline_catch_up();
        self.each_lane(ear, |lane, world, log| {
            if command.reaches(lane) {
                world.command(place, command, at, log);
            }
        });
        if command.reaches(0) {
            let baseline = self.baseline.get_mut();
            baseline.command(place, command, self.at, &mut NoLog);
        }
    }

    /// Lets the baseline go as far as the lanes are. After their last step it runs to its end, so that its
    /// numbers are about all requests too.
    pub fn let_baseline_catch_up(&self) {
        // A lane that is over has nothing due, and so is later than anything.
        let until = match self.due_at() {
            Micros::NEVER => Micros::NEVER,
            _ => self.at,
        };
        let mut baseline = self.baseline.borrow_mut();
        loop {
            let at = baseline.due_at();
            if at > until || at == Micros::NEVER {
                break;
            }
            // Its events are counted in its metrics and not kept.
            baseline.advance(at, &mut NoLog);
        }
    }

    /// The same requests without a cache, with the first lane's database and network.
    pub fn baseline(&self) -> Ref<'_, World> {
        self.let_baseline_catch_up();
        self.baseline.borrow()
    }

    /// What is asked for of every lane, and of the baseline last.
    pub fn of_worlds<T>(&self, ask: impl Fn(&World) -> T) -> Vec<T> {
        let of_lanes = self.lanes.iter().map(&ask);
        of_lanes.chain([ask(&self.baseline())]).collect()
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

    /// How many requests have begun, in the lane that is furthest.
    pub fn begun(&self) -> u32 {
        self.lanes.iter().map(World::begun).max().unwrap_or(0)
    }

    /// About how much memory it takes, in bytes.
    pub fn size_bytes(&self) -> u64 {
        let lanes: u64 = self.lanes.iter().map(World::heap_bytes).sum();
        let heap = lanes + self.baseline.borrow().heap_bytes();
        let own =
            size_of::<Moment>() + (self.lanes.len() * (size_of::<World>() + size_of::<Told>()));
        heap + own as u64
    }
}

/// The command that is given at a step, and its place among all. At most one is: each makes a step of
/// its own.
fn command_at(interventions: &[Intervention], step: u32) -> Option<(u32, &ByHand)> {
    let place = interventions.binary_search_by_key(&step, |given| given.step);
    let place = place.ok()?;
    Some((place as u32, &interventions[place].command))
}

/// Who hears of the events of a step.
struct Ear<'a> {
    wanted: Kinds,
    hear: &'a mut dyn FnMut(u8, &Event),
    /// Of which kinds there were any, wanted or not.
    heard: Kinds,
}

/// Gives the lanes' events their numbers in one log.
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
