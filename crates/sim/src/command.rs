//! Commands that a person gives while a world runs. A run depends on nothing but the scenario and the
//! list of commands with the steps at which they are given.

use super::deployment::{NodeId, Reach, Zone};
use super::event::Operation;
use super::fault::Fault;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Begins or ends a fault in one lane, or in all of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with a fault")]
pub struct FaultCommand {
    /// The fault that begins or ends.
    pub fault: Fault,
    /// The lane, from 1; every lane if left out.
    #[serde(default)]
    pub lane: Option<u32>,
    /// The cache node, from 1, where there are several; every node if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<u16>,
    /// The availability zone whose nodes it reaches, where nodes have replicas; every zone if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
}

impl FaultCommand {
    /// Which cache nodes it reaches.
    pub fn reach(self) -> Reach {
        reach(self.node, self.zone)
    }
}

/// Which cache nodes the number of one reaches, counted from 1, or a zone, or neither for all.
pub fn reach(node: Option<u16>, zone: Option<Zone>) -> Reach {
    let one = node.and_then(|number| number.checked_sub(1));
    match (one, zone) {
        (Some(node), _) => Reach::One(NodeId(node)),
        (None, Some(zone)) => Reach::Zone(zone),
        (None, None) => Reach::All,
    }
}

/// A line typed into the console, against the cache of one lane, or those of all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ConsoleCommand {
    /// The line, such as `SET user:7 v2 EX 60`. Keys are the scenario's. A stored value is a version of the
    /// key's row, because staleness is judged by versions.
    pub console: Rc<str>,
    /// The lane, from 1; every lane if left out.
    pub lane: Option<u32>,
}

/// Sends a request to the application of one lane, or of all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RequestCommand {
    /// The request.
    pub request: Ask,
    /// The lane, from 1; every lane if left out.
    pub lane: Option<u32>,
}

/// What a person asks the application for.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with op and key")]
pub struct Ask {
    /// Whether it reads or writes.
    pub op: Operation,
    /// The key. It may be new: then the database has no row for it until one is written.
    pub key: Rc<str>,
}

/// Ends the TTL of a key's copy now, in the cache of one lane or of all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ExpireCommand {
    /// The key.
    pub expire: Rc<str>,
    /// The lane, from 1; every lane if left out.
    pub lane: Option<u32>,
}

/// A command that a person gives.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(untagged, try_from = "ByHandInput")]
pub enum ByHand {
    /// Begins or ends a fault: `{fault, lane}`.
    Fault(FaultCommand),
    /// Gives the cache a command: `{console, lane}`.
    Console(ConsoleCommand),
    /// Sends a request: `{request, lane}`.
    Request(RequestCommand),
    /// Lets a copy expire: `{expire, lane}`.
    Expire(ExpireCommand),
}

/// Any of them, as JSON has it.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with a fault, a console command, a request or a key to expire"
)]
struct ByHandInput {
    #[serde(default)]
    fault: Option<Fault>,
    #[serde(default)]
    console: Option<Rc<str>>,
    #[serde(default)]
    request: Option<Ask>,
    #[serde(default)]
    expire: Option<Rc<str>>,
    #[serde(default)]
    lane: Option<u32>,
    #[serde(default)]
    node: Option<u16>,
    #[serde(default)]
    zone: Option<Zone>,
}

impl TryFrom<ByHandInput> for ByHand {
    type Error = &'static str;

    fn try_from(input: ByHandInput) -> Result<ByHand, &'static str> {
        let ByHandInput {
            fault,
            console,
            request,
            expire,
            lane,
            node,
            zone,
        } = input;
        match (fault, console, request, expire) {
            (Some(fault), None, None, None) => Ok(ByHand::Fault(FaultCommand {
                fault,
                lane,
                node,
                zone,
            })),
            _ if node.is_some() => Err("a node is only named with a fault"),
            _ if zone.is_some() => Err("a zone is only named with a fault"),
            (None, Some(console), None, None) => {
                Ok(ByHand::Console(ConsoleCommand { console, lane }))
            }
            (None, None, Some(request), None) => {
                Ok(ByHand::Request(RequestCommand { request, lane }))
            }
            (None, None, None, Some(expire)) => Ok(ByHand::Expire(ExpireCommand { expire, lane })),
            _ => Err("expected one of fault, console, request and expire"),
        }
    }
}

impl From<FaultCommand> for ByHand {
    fn from(command: FaultCommand) -> Self {
        ByHand::Fault(command)
    }
}

impl ByHand {
    /// The lane, from 1; `None` for every lane.
    pub fn lane(&self) -> Option<u32> {
        match self {
            ByHand::Fault(command) => command.lane,
            ByHand::Console(command) => command.lane,
            ByHand::Request(command) => command.lane,
            ByHand::Expire(command) => command.lane,
        }
    }

    /// Mutable access to the lane.
    pub fn lane_mut(&mut self) -> &mut Option<u32> {
        match self {
            ByHand::Fault(command) => &mut command.lane,
            ByHand::Console(command) => &mut command.lane,
            ByHand::Request(command) => &mut command.lane,
            ByHand::Expire(command) => &mut command.lane,
        }
    }

    /// The key that it names, which may be new. Lines of the console name keys that are there.
    pub fn key(&self) -> Option<&Rc<str>> {
        match self {
            ByHand::Fault(_) | ByHand::Console(_) => None,
            ByHand::Request(command) => Some(&command.request.key),
            ByHand::Expire(command) => Some(&command.expire),
        }
    }

    /// Whether it reaches the world of a lane, counted from 0.
    pub fn reaches(&self, lane: usize) -> bool {
        self.lane().is_none_or(|number| number as usize == lane + 1)
    }
}

/// A command and the step at which it is given.
///
/// It takes effect after everything that happens at `step`, and makes a step of its own, `step + 1`, at
/// the same instant. So the steps up to `step` are the same with and without it. If the run has no such
/// step, it is never carried out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with a step and a command")]
pub struct Intervention {
    /// The step at which it is given.
    pub step: u32,
    /// The command.
    pub command: ByHand,
}
