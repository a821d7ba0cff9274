//! What a person can do to a world while it runs. Together with the scenario, the list of such commands
//! and the steps at which they are given is all that a run depends on.

use super::fault::Fault;
use serde::{Deserialize, Serialize};

/// A command to the world of one lane, or to those of all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with a fault")]
pub struct WorldCommand {
    /// What is to happen.
    pub fault: Fault,
    /// In which lane, from 1; in every lane if left out.
    #[serde(default)]
    pub lane: Option<u32>,
}

impl WorldCommand {
    /// Whether it reaches the world of a lane, counted from 0.
    pub fn reaches(&self, lane: usize) -> bool {
        self.lane.is_none_or(|number| number as usize == lane + 1)
    }
}

/// A command and when it is given.
///
/// It takes effect after everything that happens at `step`, and makes a step of its own, `step + 1`, at
/// the same instant. So the steps up to `step` are the same with and without it. If the run has no such
/// step, it is never carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with a step and a command")]
pub struct Intervention {
    /// The step at which it is given.
    pub step: u32,
    /// What is to be done.
    pub command: WorldCommand,
}
