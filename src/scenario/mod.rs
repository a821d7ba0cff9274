//! The inputs: everything that a run is derived from, validated once and then immutable.

mod catalogue;
mod input;
mod keys;
mod pointer;
mod validate;

pub use catalogue::{default_lanes, opening};
pub use input::{
    CacheInput, DatabaseInput, LaneInput, NetworkInput, RequestInput, ScenarioInput, WarmInput,
    WorkloadInput,
};
pub use keys::KeyTable;
pub use pointer::Invalid;
pub use validate::{
    CAPACITY_MAX, CLIENTS_MAX, KEY_BYTES_MAX, LANES_MAX, REQUESTS_MAX, TIME_MAX_US, valid_key,
};

use crate::sim::{LaneSetup, Workload};
use serde::Deserializer;
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
}

impl Scenario {
    /// Validates inputs.
    ///
    /// # Errors
    /// The first field that is out of its range or does not fit the others, with its path.
    pub fn new(input: ScenarioInput) -> Result<Scenario, Invalid> {
        validate::validate(input)
    }

    /// Reads inputs in any format that serde knows, and validates them.
    ///
    /// # Errors
    /// The first field that is missing, unknown, of the wrong type or out of its range, with its
    /// path.
    pub fn read<'de, D: Deserializer<'de>>(source: D) -> Result<Scenario, Invalid> {
        let input = serde_path_to_error::deserialize(source);
        Scenario::new(input.map_err(|error| Invalid::from_serde("The scenario", error))?)
    }
}
