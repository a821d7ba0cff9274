//! The inputs: everything that a run is derived from, validated once and then immutable.

mod by_hand;
mod difference;
pub mod field;
mod input;
mod invalid;
mod keys;
mod lane_input;
mod lane_names;
pub mod link;
mod race_defence;
mod ranges;
mod read;
mod scenes;
mod validate;
mod validate_lane;
mod validate_serverless;
mod validate_workload;
mod workload_input;

pub use difference::{Difference, differences};
pub use input::{FaultInput, ScenarioInput, WarmInput};
pub use invalid::Invalid;
pub use keys::KeyTable;
pub use lane_input::{
    CacheInput, CapacityMode, DatabaseInput, DeploymentInput, DeploymentKind, LaneInput,
    NetworkInput,
};
pub use race_defence::{DEFENCES, Defence};
pub use ranges::{
    CLIENTS_MAX, COMMANDS_MAX, GENERATED_REQUESTS_MAX, KEY_BYTES_MAX, KEYS_MAX, LANES_MAX,
    REQUESTS_MAX, TIME_MAX_US, letter,
};
pub use read::{escaped, parse, quoted, read};
pub use scenes::{Chapter, Goal, Listed, RACES, Race, SCENES, Scene, default_lanes, opening};
pub use validate::check_command;
pub use validate::valid_key;
pub use workload_input::{RequestInput, VALUE_BYTES, WorkloadInput};

use serde_json::Value;
use sim::{Added, ByHand, Intervention, LaneSetup, Workload};
use std::rc::Rc;

/// A validated scenario: the canonical inputs, and what the simulation is made from.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The inputs with every default filled in.
    pub input: Rc<ScenarioInput>,
    /// The requests and starting state, shared by all lanes.
    pub workload: Rc<Workload>,
    /// The configurations that are compared.
    pub lanes: Vec<Rc<LaneSetup>>,
    /// What a person does to them on the way, in order of the steps.
    pub interventions: Rc<[Intervention]>,
    /// The requests and keys that those commands add to the workload.
    added: Rc<Added>,
}

impl Scenario {
    /// Validates inputs.
    ///
    /// # Errors
    /// The first field that is out of its range or does not fit the others, with its path.
    pub fn new(input: ScenarioInput) -> Result<Scenario, Invalid> {
        validate::validate(input)
    }

    /// The scenario of inputs that another one has as its own.
    ///
    /// # Errors
    /// None if they are: what has been validated stays valid.
    pub fn again(input: &Rc<ScenarioInput>) -> Result<Scenario, Invalid> {
        let scenario = Scenario::new(ScenarioInput::clone(input))?;
        Ok(Scenario {
            input: input.clone(),
            ..scenario
        })
    }

    /// The same with a command given at a step, and without those given there or later.
    ///
    /// # Errors
    /// If the command does not fit the scenario.
    pub fn with_command(&self, step: u32, command: ByHand) -> Result<Scenario, Invalid> {
        validate::check_command("", &command, &self.input)?;
        let mut input = ScenarioInput::clone(&self.input);
        input.commands.retain(|given| given.step < step);
        if input.commands.len() == COMMANDS_MAX {
            let expected = format!("at most {COMMANDS_MAX} of them in a run");
            return Err(Invalid::new("/command", &expected, "one more"));
        }
        input.commands.push(Intervention { step, command });
        let commands = input.commands.iter().map(|given| &given.command);
        Ok(Scenario {
            added: Rc::new(Added::by(&self.workload, commands)),
            interventions: input.commands.as_slice().into(),
            input: Rc::new(input),
            workload: self.workload.clone(),
            lanes: self.lanes.clone(),
        })
    }

    /// Reads inputs from JSON text, and validates them.
    ///
    /// # Errors
    /// Where the text is not JSON, or the first field that is missing, unknown, of the wrong type or out
    /// of its range, with its path.
    pub fn from_json(text: &str) -> Result<Scenario, Invalid> {
        Scenario::from_value(&parse("The scenario", text)?)
    }

    /// Reads inputs from a JSON value, and validates them.
    ///
    /// # Errors
    /// The first field that is missing, unknown, of the wrong type or out of its range, with its path.
    pub fn from_value(value: &Value) -> Result<Scenario, Invalid> {
        Scenario::new(read("The scenario", value)?)
    }
}
