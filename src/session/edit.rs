//! Changing one thing of a scenario.

use super::race;
use super::traffic;
use cache::PolicyKind;
use cache::units::Micros;
use scenario::{Defence, Invalid, Scenario, ScenarioInput, Scene, letter, read};
use serde_json::Value;
use sim::{Intervention, Pattern, WritePath};
use timeline::duration;

/// One change. Lanes are numbered from 0.
#[derive(Clone, PartialEq, Debug)]
pub enum Edit {
    /// Give a lane another pattern, with its usual read and write path.
    Pattern(usize, Pattern),
    /// Give a lane another write path.
    Write(usize, WritePath),
    /// Give a lane's cache another policy.
    Policy(usize, PolicyKind),
    /// Give a lane's cache another capacity, in entries.
    Capacity(usize, u64),
    /// Give a lane's cache another capacity, in bytes.
    CapacityBytes(usize, u64),
    /// Give a lane another TTL, or none.
    Ttl(usize, Option<Micros>),
    /// Draw other latencies.
    Seed(String),
    /// Switch a defence on or off in a lane of a race.
    Defence(usize, Defence, bool),
    /// Put a copy of a race's lane without these defences before it.
    Beside(usize, Vec<Defence>),
    /// Have the clients of a race make these moves.
    Schedule(Vec<u32>),
    /// Put a copy of a lane after the last one.
    AddLane(usize),
    /// Take a lane away.
    RemoveLane(usize),
    /// Put other values at some places.
    Set(Set),
    /// Turn generated requests into a list of requests.
    WriteDown,
    /// Replace a list of requests by a generator that makes similar ones.
    Generate,
    /// Take the requests of a scene.
    Traffic(&'static Scene),
}

/// Values to put at places, and the sentence that announces them.
#[derive(Clone, PartialEq, Debug)]
pub struct Set {
    /// JSON pointers into the inputs, each with its new value.
    pub values: Vec<(String, Value)>,
    /// The sentence.
    pub told: String,
}

impl Edit {
    /// A sentence that tells whoever made the change what is different.
    pub fn sentence(&self) -> String {
        match self {
            Edit::Pattern(lane, pattern) => {
                let about = pattern.about();
                let (title, rule) = (about.title.to_lowercase(), about.rule);
                format!("Lane {} now uses {title}: {rule}.", letter(*lane))
            }
            Edit::Write(lane, write) => {
                format!("Lane {} now {}.", letter(*lane), write.about().rule)
            }
            Edit::Policy(lane, policy) => {
                let (title, rule) = (policy.title(), policy.about().rule);
                format!("Lane {} now uses {title}, which {rule}.", letter(*lane))
            }
            Edit::Capacity(lane, 1) => {
                format!("Lane {}'s cache now holds 1 entry.", letter(*lane))
            }
            Edit::Capacity(lane, capacity) => {
                format!(
                    "Lane {}'s cache now holds {capacity} entries.",
                    letter(*lane)
                )
            }
            Edit::CapacityBytes(lane, bytes) => {
                format!("Lane {}'s cache now holds {bytes} bytes.", letter(*lane))
            }
            Edit::Ttl(lane, Some(ttl)) => {
                format!("Lane {}: TTL is now {}.", letter(*lane), duration(*ttl))
            }
            Edit::Ttl(lane, None) => format!("Lane {}: copies now have no TTL.", letter(*lane)),
            Edit::AddLane(lane) => format!(
                "Added a copy of lane {}. Change one thing in it and compare.",
                letter(*lane)
            ),
            Edit::RemoveLane(lane) => format!("Removed lane {}.", letter(*lane)),
            Edit::Seed(seed) => format!("Random seed is now {}.", seed.trim()),
            Edit::Set(set) => set.told.clone(),
            Edit::WriteDown => "Requests are now a list; edit each one below.".to_owned(),
            Edit::Generate => {
                "Requests are now generated, with the same count and read/write mix as the script."
                    .to_owned()
            }
            Edit::Traffic(scene) => format!("The requests are now those of “{}”.", scene.title),
            Edit::Defence(lane, defence, on) => format!(
                "Lane {} now runs {} this defence: {}.",
                letter(*lane),
                if *on { "with" } else { "without" },
                race::rule(*defence)
            ),
            Edit::Beside(lane, _) => format!(
                "Lane {} runs without the defence, lane {} with it.",
                letter(*lane),
                letter(*lane + 1)
            ),
            Edit::Schedule(moves) if moves.is_empty() => "No client has moved yet.".to_owned(),
            Edit::Schedule(moves) => match moves.len() {
                1 => "The run now follows 1 move.".to_owned(),
                moves => format!("The run now follows {moves} moves."),
            },
        }
    }

    /// The inputs of a scenario with this change, not validated yet.
    ///
    /// # Errors
    /// If a place does not exist, or a value is of the wrong type.
    pub fn apply(&self, scenario: &Scenario) -> Result<ScenarioInput, Invalid> {
        let mut input = ScenarioInput::clone(&scenario.input);
        match self {
            Edit::Pattern(lane, pattern) => {
                let lane = &mut input.lanes[*lane];
                (lane.strategy.read, lane.strategy.write) = pattern.paths();
                // A name given by hand may no longer fit what the lane does.
                lane.name = None;
            }
            Edit::Write(lane, write) => {
                input.lanes[*lane].strategy.write = *write;
                input.lanes[*lane].name = None;
            }
            Edit::Policy(lane, policy) => input.lanes[*lane].cache.policy = *policy,
            Edit::Capacity(lane, capacity) => {
                // One that is too large for the field is refused with the others.
                let capacity = u32::try_from(*capacity).unwrap_or(u32::MAX);
                input.lanes[*lane].cache.capacity = capacity;
            }
            Edit::CapacityBytes(lane, bytes) => {
                input.lanes[*lane].cache.capacity_bytes = Some(*bytes);
            }
            Edit::Ttl(lane, ttl) => input.lanes[*lane].strategy.ttl_us = *ttl,
            Edit::Seed(seed) => input.seed = seed.trim().to_owned(),
            Edit::AddLane(lane) => add_lane(&mut input, *lane),
            Edit::RemoveLane(lane) => remove_lane(&mut input, *lane),
            Edit::Set(set) => {
                let mut inputs = input.to_value();
                for (place, value) in &set.values {
                    let Some(at) = inputs.pointer_mut(place) else {
                        return Err(Invalid::new(place, "a place in the scenario", "none"));
                    };
                    *at = value.clone();
                }
                return read("The scenario", &inputs);
            }
            Edit::WriteDown => traffic::write_down(&mut input, &scenario.workload),
            Edit::Generate => traffic::generate(&mut input, &scenario.workload),
            Edit::Traffic(scene) => {
                input.workload = scene.scenario().workload;
                traffic::forget_keys(&mut input);
            }
            Edit::Defence(lane, defence, on) => {
                defence.switch(&mut input.lanes[*lane].strategy, *on)
            }
            Edit::Beside(lane, defences) => {
                let mut without = input.lanes[*lane].clone();
                for defence in defences {
                    defence.switch(&mut without.strategy, false);
                }
                input.lanes.insert(*lane, without);
                let number = *lane as u32 + 1;
                let faults = input.faults.iter_mut().map(|fault| &mut fault.lane);
                let commands = input
                    .commands
                    .iter_mut()
                    .map(|given| given.command.lane_mut());
                for of in faults.chain(commands).flatten() {
                    *of += u32::from(*of >= number);
                }
            }
            Edit::Schedule(moves) => {
                input.schedule = Some(moves.clone());
                // Their steps belong to the old moves.
                input.commands.clear();
            }
        }
        Ok(input)
    }
}

/// Adds a copy of a lane, with the lane's faults and commands. A step takes one command at most, so the
/// copy's command comes one step after the lane's, and all later commands move back by one.
fn add_lane(input: &mut ScenarioInput, lane: usize) {
    input.lanes.push(input.lanes[lane].clone());
    let copy = Some(input.lanes.len() as u32);
    let mut faults = Vec::with_capacity(input.faults.len());
    for fault in &input.faults {
        faults.push(fault.clone());
        if fault.lane == Some(lane as u32 + 1) {
            let mut same = fault.clone();
            same.lane = copy;
            faults.push(same);
        }
    }
    input.faults = faults;
    let mut commands = Vec::with_capacity(input.commands.len());
    let mut copies = 0;
    for given in &input.commands {
        let mut given = given.clone();
        given.step = given.step.saturating_add(copies);
        let step = given.step.saturating_add(1);
        let mut same = given.command.clone();
        let of_the_one = same.lane() == Some(lane as u32 + 1);
        *same.lane_mut() = copy;
        commands.push(given);
        if of_the_one {
            commands.push(Intervention {
                step,
                command: same,
            });
            copies += 1;
        }
    }
    input.commands = commands;
}

/// Removes a lane with its own faults and commands. Later commands move forward by the steps that the
/// removed ones made, and the lanes after it are renumbered.
fn remove_lane(input: &mut ScenarioInput, lane: usize) {
    let gone = lane as u32 + 1;
    input.lanes.remove(lane);
    input.faults.retain(|fault| fault.lane != Some(gone));
    let mut fewer = 0;
    input.commands.retain_mut(|given| {
        let stays = given.command.lane() != Some(gone);
        given.step -= fewer;
        fewer += u32::from(!stays);
        stays
    });
    let faults = input.faults.iter_mut().map(|fault| &mut fault.lane);
    let commands = input.commands.iter_mut();
    let commands = commands.map(|given| given.command.lane_mut());
    for number in faults.chain(commands).flatten() {
        *number -= u32::from(*number > gone);
    }
}
