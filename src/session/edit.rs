//! Changing one thing of a scenario.

use super::race;
use super::traffic;
use cache::PolicyKind;
use cache::units::Micros;
use scenario::{Guard, Invalid, PRESETS, Plain, Scenario, ScenarioInput};
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
    /// Give what a lane caches another time to live, or none.
    Ttl(usize, Option<Micros>),
    /// Draw other latencies.
    Seed(String),
    /// Where people schedule: switch a defence on or off in a lane.
    Guard(usize, Guard, bool),
    /// Where people schedule: take a lane's defences away, and put a lane that has them beside it.
    Beside(usize, Vec<Guard>),
    /// Where people schedule: have these moves made instead.
    Schedule(Vec<u32>),
    /// Put a copy of a lane after the last one.
    AddLane(usize),
    /// Take a lane away.
    RemoveLane(usize),
    /// Put other values at some places.
    Set(Set),
    /// Write the generated requests down, one by one.
    WriteDown,
    /// Generate requests that are like those of the script.
    Generate,
    /// Take the requests of a preset: an index into [`PRESETS`].
    Traffic(usize),
}

/// Values at places, and what to tell of them.
#[derive(Clone, PartialEq, Debug)]
pub struct Set {
    /// What is put where: JSON pointers into the canonical inputs.
    pub values: Vec<(String, Plain)>,
    /// What is different: a sentence.
    pub told: String,
}

impl Edit {
    /// What is different from now on, for the person who changed it. `letters` name the lanes.
    pub fn sentence(&self, letter: impl Fn(usize) -> char) -> String {
        match self {
            Edit::Pattern(lane, pattern) => {
                let (title, rule) = match pattern {
                    Pattern::CacheAside => (
                        "cache-aside",
                        "a miss fills the cache, a write goes to the database only",
                    ),
                    Pattern::WriteThrough => (
                        "write-through",
                        "every write goes to the database and then to the cache",
                    ),
                    Pattern::ReadThrough => (
                        "read-through",
                        "a library loads what is missing, and a write deletes the key",
                    ),
                    Pattern::WriteBehind => (
                        "write-behind",
                        "a write goes to the cache, and to the database a while later",
                    ),
                    Pattern::RefreshAhead => (
                        "refresh-ahead",
                        "a copy in use is reloaded before it expires",
                    ),
                    Pattern::NoCache => ("without a cache", "every read goes to the database"),
                };
                format!("Lane {} is {title} now: {rule}.", letter(*lane))
            }
            Edit::Write(lane, write) => {
                format!("Lane {} now {}.", letter(*lane), write.about().rule)
            }
            Edit::Policy(lane, policy) => {
                let (title, rule) = (policy.title(), policy.about().rule);
                format!("Lane {} now uses {title}, which {rule}.", letter(*lane))
            }
            Edit::Capacity(lane, 1) => {
                format!("Lane {}'s cache has room for 1 entry now.", letter(*lane))
            }
            Edit::Capacity(lane, capacity) => {
                format!(
                    "Lane {}'s cache has room for {capacity} entries now.",
                    letter(*lane)
                )
            }
            Edit::CapacityBytes(lane, bytes) => {
                format!(
                    "Lane {}'s cache has room for {bytes} bytes now.",
                    letter(*lane)
                )
            }
            Edit::Ttl(lane, Some(ttl)) => {
                format!(
                    "What lane {} caches lives for {} now.",
                    letter(*lane),
                    duration(*ttl)
                )
            }
            Edit::Ttl(lane, None) => {
                format!(
                    "What lane {} caches has no time to live now.",
                    letter(*lane)
                )
            }
            Edit::AddLane(lane) => format!(
                "The last lane is a copy of lane {}: change one thing in it, and see what that does.",
                letter(*lane)
            ),
            Edit::RemoveLane(lane) => format!("The lane that was {} is gone.", letter(*lane)),
            Edit::Seed(seed) => format!("Latencies are drawn from seed {} now.", seed.trim()),
            Edit::Set(set) => set.told.clone(),
            Edit::WriteDown => {
                "The requests are written down now: each can be changed by itself.".to_owned()
            }
            Edit::Generate => {
                "The requests are generated now, as many and about as mixed as the script's."
                    .to_owned()
            }
            Edit::Traffic(preset) => {
                format!(
                    "The requests are those of “{}” now.",
                    PRESETS[*preset].title
                )
            }
            Edit::Guard(lane, guard, on) => format!(
                "Lane {} {} now: {}.",
                letter(*lane),
                if *on {
                    "has a defence"
                } else {
                    "does without a defence"
                },
                race::rule(*guard)
            ),
            Edit::Beside(lane, _) => format!(
                "Lane {} has no defence now, and lane {} is the same with it.",
                letter(*lane),
                letter(*lane + 1)
            ),
            Edit::Schedule(moves) if moves.is_empty() => "Nobody has moved yet.".to_owned(),
            Edit::Schedule(moves) => format!("{} other moves are made now.", moves.len()),
        }
    }

    /// The inputs of a scenario with this change. Whether they are valid is still to be seen.
    ///
    /// # Errors
    /// If what is put somewhere is not what belongs there.
    pub fn apply(&self, scenario: &Scenario) -> Result<ScenarioInput, Invalid> {
        let mut input = ScenarioInput::clone(&scenario.input);
        match self {
            Edit::Pattern(lane, pattern) => {
                let lane = &mut input.lanes[*lane];
                (lane.strategy.read, lane.strategy.write) = pattern.paths();
                // A name given by hand might no longer tell what the lane does.
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
                let mut plain = Plain::of(&input);
                for (place, value) in &set.values {
                    if !plain.put(place, value.clone()) {
                        return Err(Invalid::new(place, "a place in the scenario", "none"));
                    }
                }
                return plain.read("The scenario");
            }
            Edit::WriteDown => traffic::write_down(&mut input, &scenario.workload),
            Edit::Generate => traffic::generate(&mut input, &scenario.workload),
            Edit::Traffic(preset) => {
                input.workload = PRESETS[*preset].scenario().workload;
                traffic::forget_keys(&mut input);
            }
            Edit::Guard(lane, guard, on) => guard.switch(&mut input.lanes[*lane].strategy, *on),
            Edit::Beside(lane, guards) => {
                let mut without = input.lanes[*lane].clone();
                for guard in guards {
                    guard.switch(&mut without.strategy, false);
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
                // Given at steps that are others now.
                input.commands.clear();
            }
        }
        Ok(input)
    }
}

/// What goes wrong in the one lane goes wrong in its copy, and what a person did to the one is done to
/// its copy as well: at the step that the first of both makes, since at most one thing is done at a step.
/// So whatever is done later is done at a later step.
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

/// What was for that lane alone goes with it, with the steps that commands to it made, and the lanes after
/// it move up.
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
