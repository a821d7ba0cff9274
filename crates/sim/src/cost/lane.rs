//! What a lane's cache costs a month: its nodes, and what serverless would charge for what it has done.

use super::money::MicroUsd;
use super::month::{self, Cost};
use super::prices::{Engine, NodeType, Prices};
use crate::deployment::Deployment;
use crate::metrics::Commands;
use crate::setup::CacheSetup;
use cache::units::Micros;

/// A lane's cache, and what it has done so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LaneUse {
    /// The engine that is paid for.
    pub engine: Engine,
    /// The type of every node.
    pub node_type: NodeType,
    /// All nodes, primaries and replicas.
    pub nodes: u64,
    /// How much memory the entries take now, in bytes; with the engine's overhead where the capacity counts it.
    pub stored_bytes: u64,
    /// The commands so far.
    pub commands: Commands,
    /// How long that took.
    pub span: Micros,
}

impl CacheSetup {
    /// The engine that is paid for, where a plan is made for `planned`: Memcached nodes are Memcached.
    pub fn engine_of(&self, planned: Engine) -> Engine {
        match self.deployment {
            Deployment::Memcached(_) => Engine::Memcached,
            _ => planned,
        }
    }

    /// The nodes that are paid for of a deployment of this many, replicas among them. One that has stopped is paid for
    /// too: it is replaced.
    pub fn paid_nodes(&self, nodes: u16) -> u64 {
        let replicas = u64::from(self.replica_lag.is_some());
        u64::from(nodes) * (1 + replicas)
    }
}

impl LaneUse {
    /// A month of its nodes; `None` where their price is not known.
    pub fn nodes_cost(&self, prices: &Prices) -> Option<MicroUsd> {
        let node_hour = prices.node_hour(self.engine, self.node_type)?;
        Some(month::nodes(node_hour, self.nodes, 0))
    }

    /// The ECPUs of a month, in thousandths, if all of it is like the time so far; `None` while no time has passed.
    pub fn milli_ecpu_a_month(&self) -> Option<u128> {
        month::whole_month(self.commands.milli_ecpu, self.span)
    }

    /// A month of serverless that holds what the cache holds now and executes its commands all the time; `None` while
    /// no time has passed.
    pub fn serverless_cost(&self, prices: &Prices) -> Option<Cost> {
        let of = prices.serverless(self.engine);
        let milli_ecpu = self.milli_ecpu_a_month()?;
        let cost = Cost {
            storage_micro_usd: month::storage(self.stored_bytes, of.minimum_bytes, of.gb_hour),
            requests_micro_usd: month::ecpus(milli_ecpu, of.million_ecpu),
            ..Cost::default()
        };
        Some(cost.summed())
    }
}
