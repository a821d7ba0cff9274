//! What a lane's cache costs a month: its nodes, and what serverless charges or would charge for what it has done.

use super::money::MicroUsd;
use super::month::{self, Cost};
use super::prices::{Engine, NodeType, Prices};
use crate::deployment::{Deployment, Serverless};
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
    /// The ECPUs a second for which a serverless cache was pre-scaled, which are paid for at least; 0 without.
    pub minimum_rate: u32,
}

impl CacheSetup {
    /// The engine that is paid for, where a plan is made for `planned`: Memcached nodes are Memcached.
    pub fn engine_of(&self, planned: Engine) -> Engine {
        match self.deployment {
            Deployment::Memcached(_) => Engine::Memcached,
            _ => planned,
        }
    }

    /// Its settings, if it is serverless.
    pub fn serverless(&self) -> Option<Serverless> {
        match self.deployment {
            Deployment::Serverless(serverless) => Some(serverless),
            _ => None,
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

    /// The bytes between zones or Regions of a month, if all of it is like the time so far; `None` while no time has passed.
    pub fn far_bytes_a_month(&self) -> Option<u128> {
        month::whole_month(self.commands.far_bytes, self.span)
    }

    /// A month of data between zones; `None` while no time has passed.
    pub fn other_zone_cost(&self, prices: &Prices) -> Option<MicroUsd> {
        let bytes = self.far_bytes_a_month()?;
        Some(month::cross_zone(bytes, prices.cross_zone_gb_micro_usd))
    }

    /// A month of their surcharge for synchronous durability, which only Valkey has; `None` without a price.
    pub fn durability_cost(&self, prices: &Prices) -> Option<MicroUsd> {
        if self.engine != Engine::Valkey {
            return None;
        }
        let nodes = self.nodes_cost(prices)?;
        Some(month::durability(nodes, prices.durability_per_mille))
    }

    /// The ECPUs of a month, in thousandths, if all of it is like the time so far: at least those for which the
    /// cache was pre-scaled. `None` while no time has passed.
    pub fn milli_ecpu_a_month(&self) -> Option<u128> {
        let used = month::whole_month(self.commands.milli_ecpu, self.span)?;
        Some(used.max(self.least_milli_ecpu_a_month()))
    }

    /// The ECPUs of a month for which a serverless cache was pre-scaled, in thousandths.
    pub fn least_milli_ecpu_a_month(&self) -> u128 {
        u128::from(self.minimum_rate) * u128::from(month::HOURS * 3_600) * 1_000
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
