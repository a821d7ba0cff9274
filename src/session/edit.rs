//! Changing one thing of a scenario.

use crate::cache::PolicyKind;
use crate::scenario::ScenarioInput;
use crate::sim::{Pattern, WritePath};
use crate::units::Micros;

/// One change. Lanes are numbered from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Edit {
    /// Give a lane another pattern, with its usual read and write path.
    Pattern(usize, Pattern),
    /// Give a lane another write path.
    Write(usize, WritePath),
    /// Give a lane's cache another policy.
    Policy(usize, PolicyKind),
    /// Give a lane's cache another capacity, in entries.
    Capacity(usize, u32),
    /// Give what a lane caches another time to live, or none.
    Ttl(usize, Option<Micros>),
    /// Draw other latencies.
    Seed(String),
}

impl Edit {
    /// The scenario with this change.
    pub fn apply(&self, input: &ScenarioInput) -> ScenarioInput {
        let mut input = input.clone();
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
            Edit::Capacity(lane, capacity) => input.lanes[*lane].cache.capacity = *capacity,
            Edit::Ttl(lane, ttl) => input.lanes[*lane].strategy.ttl_us = *ttl,
            Edit::Seed(seed) => input.seed = seed.trim().to_owned(),
        }
        input
    }
}
