//! The commands of a player as scripts write them: those that move the playhead or do something to a world,
//! and a line of the console.

use super::pace::{Pace, ReadingPace};
use scenario::{Invalid, read};
use serde::Deserialize;
use serde_json::Value;
use sim::{
    Ask, ByHand, ExpireCommand, Fault, FaultCommand, Kinds, Operation, RequestCommand, Zone,
};
use std::rc::Rc;

/// A command to a player.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Command {
    /// Move by a number of units, backward if negative.
    Step {
        /// How many units.
        by: i32,
        /// The unit.
        unit: Unit,
    },
    /// Go to a step.
    Seek {
        /// The step, from 0 to the number of steps.
        step: u32,
    },
    /// Play from here on.
    Play {
        /// How fast.
        pace: Pace,
    },
    /// Stop playing.
    Pause,
    /// Go back to before the first step.
    Reset,
    /// Play a stretch again and again, or no longer.
    Loop(Option<Repeat>),
    /// Begin or end a fault at the playhead: from there on there is another run.
    Fault(FaultCommand),
    /// Where people schedule: let a client execute one more instruction. Moves that were made after
    /// the present ones are dropped.
    Move {
        /// The client, from 1.
        client: u32,
    },
}

/// A stretch of the run that is played again and again: from the state at one step to that at
/// another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Repeat {
    /// The step where it begins.
    pub from: u32,
    /// The later one where it ends.
    pub to: u32,
    /// Whether playing repeats it: one that is off is only remembered.
    pub on: bool,
}

/// A line of the console as scripts write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a console command")]
struct LineInput {
    #[serde(rename = "type")]
    _type: CommandType,
    /// The lane, from 1; the first if left out.
    #[serde(default = "first_lane")]
    lane: u32,
    text: String,
}

const fn first_lane() -> u32 {
    1
}

/// A line of the console and the lane it is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConsoleLine {
    /// The lane, from 0.
    pub lane: usize,
    /// The line.
    pub text: String,
}

impl ConsoleLine {
    /// Reads `{type: "console", lane, text}`; `None` if it is another command.
    ///
    /// # Errors
    /// The first field that is missing, unknown or of the wrong type, with its path.
    pub fn read(value: &Value) -> Result<Option<ConsoleLine>, Invalid> {
        if value.get("type").and_then(Value::as_str) != Some("console") {
            return Ok(None);
        }
        let input: LineInput = read("The command", value)?;
        let Some(lane) = input.lane.checked_sub(1) else {
            return Err(Invalid::new("/lane", "the number of a lane, from 1", 0));
        };
        Ok(Some(ConsoleLine {
            lane: lane as usize,
            text: input.text,
        }))
    }
}

/// A request as scripts write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a request command")]
struct RequestInput {
    #[serde(rename = "type")]
    _type: CommandType,
    op: Operation,
    key: Rc<str>,
    #[serde(default)]
    lane: Option<u32>,
}

/// An expiry as scripts write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an expire command")]
struct ExpireInput {
    #[serde(rename = "type")]
    _type: CommandType,
    key: Rc<str>,
    #[serde(default)]
    lane: Option<u32>,
}

/// Reads `{type: "request", op, key, lane}` or `{type: "expire", key, lane}`; `None` if it is another
/// command.
///
/// # Errors
/// The first field that is missing, unknown or of the wrong type, with its path.
pub fn read_act(value: &Value) -> Result<Option<ByHand>, Invalid> {
    Ok(match value.get("type").and_then(Value::as_str) {
        Some("request") => {
            let RequestInput { op, key, lane, .. } = read("The command", value)?;
            let request = Ask { op, key };
            Some(ByHand::Request(RequestCommand { request, lane }))
        }
        Some("expire") => {
            let ExpireInput { key, lane, .. } = read("The command", value)?;
            Some(ByHand::Expire(ExpireCommand { expire: key, lane }))
        }
        _ => None,
    })
}

/// A command as scripts write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a command object")]
struct CommandInput {
    r#type: CommandType,
    by: Option<i32>,
    #[serde(default)]
    unit: Unit,
    step: Option<u32>,
    from: Option<u32>,
    to: Option<u32>,
    on: Option<bool>,
    pace: Option<ReadingPace>,
    speed: Option<f64>,
    fault: Option<Fault>,
    lane: Option<u32>,
    node: Option<u16>,
    zone: Option<Zone>,
    client: Option<u32>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum CommandType {
    Step,
    Seek,
    Play,
    Pause,
    Reset,
    Loop,
    Fault,
    Move,
    Console,
    Request,
    Expire,
}

impl Command {
    /// The fields that this command has, as scripts write it.
    const fn fields(&self) -> &'static [&'static str] {
        match self {
            Command::Step { .. } => &["type", "by", "unit"],
            Command::Seek { .. } => &["type", "step"],
            Command::Play {
                pace: Pace::Reading(_),
            } => &["type", "pace"],
            Command::Play {
                pace: Pace::Proportional(_),
            } => &["type", "speed"],
            Command::Loop(Some(_)) => &["type", "from", "to", "on"],
            Command::Loop(None) => &["type"],
            Command::Fault(_) => &["type", "fault", "lane", "node", "zone"],
            Command::Move { .. } => &["type", "client"],
            Command::Pause | Command::Reset => &["type"],
        }
    }

    /// Reads `{type: "step", by, unit}`, `{type: "seek", step}`, `{type: "play", pace}` or `{type: "play", speed}`,
    /// `{type: "pause"}`, `{type: "reset"}`, `{type: "loop", from, to, on}` (without `from` and `to`: no
    /// loop any more), `{type: "fault", fault, lane}` or `{type: "move", client}`.
    ///
    /// # Errors
    /// The first field that is missing, unknown or of the wrong type, with its path.
    pub fn read(value: &Value) -> Result<Command, Invalid> {
        let input: CommandInput = read("The command", value)?;
        let missing = |path: &str, expected: &str| Invalid::new(path, expected, "missing");
        let command = match input.r#type {
            CommandType::Step => Command::Step {
                by: input.by.ok_or_else(|| missing("/by", "a whole number"))?,
                unit: input.unit,
            },
            CommandType::Seek => Command::Seek {
                step: input
                    .step
                    .ok_or_else(|| missing("/step", "a whole number"))?,
            },
            CommandType::Play => Command::Play {
                pace: match input.speed {
                    Some(speed) => Pace::Proportional(speed),
                    None => Pace::Reading(input.pace.unwrap_or_default()),
                },
            },
            CommandType::Pause => Command::Pause,
            CommandType::Reset => Command::Reset,
            CommandType::Loop => Command::Loop(match (input.from, input.to) {
                (None, None) => None,
                (from, to) => Some(Repeat {
                    from: from.ok_or_else(|| missing("/from", "a whole number"))?,
                    to: to.ok_or_else(|| missing("/to", "a whole number"))?,
                    on: input.on.unwrap_or(true),
                }),
            }),
            CommandType::Fault => Command::Fault(FaultCommand {
                fault: input
                    .fault
                    .ok_or_else(|| missing("/fault", "the name of a fault"))?,
                lane: input.lane,
                node: input.node,
                zone: input.zone,
            }),
            CommandType::Console | CommandType::Request | CommandType::Expire => {
                let expected = "a command that moves the playhead, or breaks something";
                return Err(Invalid::new("/type", expected, &value["type"]));
            }
            CommandType::Move => Command::Move {
                client: input
                    .client
                    .ok_or_else(|| missing("/client", "a whole number"))?,
            },
        };
        // A field that only other commands have must not be ignored.
        let known = command.fields();
        let mut given = value.as_object().into_iter().flatten();
        match given.find(|(field, _)| !known.contains(&field.as_str())) {
            Some((field, _)) => Err(Invalid::unknown(format!("/{field}"), &known.join(", "))),
            None => Ok(command),
        }
    }
}

/// The unit of a step: it goes to the next or previous one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Anything that happens: one step.
    #[default]
    Event,
    /// A request that reaches the application.
    Request,
    /// A look-up that finds nothing.
    Miss,
    /// An entry removed to make room.
    Eviction,
    /// An entry removed because its TTL had run out.
    Expiration,
    /// A read of a copy older than the row.
    Stale,
    /// A trip that fails, or a promise that is broken.
    Error,
}

impl Unit {
    /// The number of units.
    pub(super) const COUNT: usize = Unit::Error as usize + 1;

    /// All units, in the order of their numbers.
    pub const ALL: [Unit; Unit::COUNT] = [
        Unit::Event,
        Unit::Request,
        Unit::Miss,
        Unit::Eviction,
        Unit::Expiration,
        Unit::Stale,
        Unit::Error,
    ];

    /// The kinds of events that it counts.
    pub(super) const fn kinds(self) -> Kinds {
        match self {
            Unit::Event => Kinds::ALL,
            Unit::Request => Kinds::REQUEST,
            Unit::Miss => Kinds::MISS,
            Unit::Eviction => Kinds::EVICTION,
            Unit::Expiration => Kinds::EXPIRATION,
            Unit::Stale => Kinds::STALE,
            Unit::Error => Kinds::ERROR,
        }
    }
}
