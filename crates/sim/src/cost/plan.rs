//! Node-based or serverless: what each costs for the same traffic and data, and which limits it reaches.

use super::break_even::{BreakEven, break_even};
use super::limits::{self, Limit};
use super::month::{self, Cost};
use super::prices::{Engine, NodeType, Prices};
use serde::{Deserialize, Serialize};

/// Traffic, data and deployment. Outside the busy hours there is no traffic.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a plan object")]
pub struct PlanInput {
    /// Commands to the cache a second, in the busy hours; 1,000 if left out.
    pub requests_per_second: u32,
    /// How large a value is on average, in bytes: 1,000 if left out.
    pub value_bytes: u32,
    /// How much memory the data takes, keys and overhead included; 1 GB if left out.
    pub data_bytes: u64,
    /// How many hours of a day are busy; 24 if left out.
    pub busy_hours: u32,
    /// How many of 1,000 requests are reads; 950 if left out.
    pub read_per_mille: u32,
    /// Replicas of each shard; 1 if left out.
    pub replicas: u32,
    /// The engine.
    pub engine: Engine,
    /// The type of every node.
    pub node_type: NodeType,
    /// Open connections: application instances times their pools; 100 if left out.
    pub connections: u32,
    /// How many of 1,000 requests are for the most popular key; 10 if left out.
    pub hot_key_per_mille: u32,
    /// How much of the traffic between the application and the nodes crosses zones, in percent; 0 if left
    /// out.
    pub cross_zone_percent: u32,
    /// Whether writes are logged in two zones before they are answered (Valkey 9's synchronous durability).
    pub durable: bool,
}

impl Default for PlanInput {
    fn default() -> Self {
        PlanInput {
            requests_per_second: 1_000,
            value_bytes: 1_000,
            data_bytes: 1_000_000_000,
            busy_hours: 24,
            read_per_mille: 950,
            replicas: 1,
            engine: Engine::Valkey,
            node_type: NodeType::R7gLarge,
            connections: 100,
            hot_key_per_mille: 10,
            cross_zone_percent: 0,
            durable: false,
        }
    }
}

impl PlanInput {
    /// The ECPUs of a second in the busy hours, in thousandths.
    pub fn milli_ecpu_per_second(&self) -> u64 {
        u64::from(self.requests_per_second) * month::milli_ecpu(self.value_bytes.into(), 0)
    }

    /// How many bytes are written each second in the busy hours.
    pub(super) fn written_bytes_per_second(&self) -> u64 {
        let writes = 1_000 - u64::from(self.read_per_mille.min(1_000));
        let moved = u64::from(self.requests_per_second) * u64::from(self.value_bytes);
        (moved * writes).div_ceil(1_000)
    }

    fn requests_a_month(&self) -> u128 {
        month::requests(self.requests_per_second, self.busy_hours)
    }

    /// How many bytes a shard can hold.
    pub fn usable_bytes(&self) -> u64 {
        month::usable_bytes(self.node_type.about().maxmemory_bytes)
    }

    /// How many shards the data needs. Only memory is counted: no source says how many requests a second these
    /// node types serve.
    pub fn shards(&self) -> u64 {
        self.data_bytes.div_ceil(self.usable_bytes()).max(1)
    }

    /// A month of nodes; `None` where their price is not known.
    pub fn node_based_cost(&self, prices: &Prices) -> Option<Cost> {
        self.node_based_cost_over(prices, month::HOURS, self.shards(), self.requests_a_month())
    }

    /// So many hours of so many shards, and requests in them; `None` where their price is not known.
    pub(crate) fn node_based_cost_over(
        &self,
        prices: &Prices,
        hours: u64,
        shards: u64,
        requests: u128,
    ) -> Option<Cost> {
        let node_hour = prices.node_hour(self.engine, self.node_type)?;
        let nodes_micro_usd = month::nodes_over(hours, node_hour, shards, self.replicas.into());
        let moved = requests * u128::from(self.value_bytes);
        let crossing = moved * u128::from(self.cross_zone_percent) / 100;
        let per_mille = match self.durable && self.engine == Engine::Valkey {
            true => prices.durability_per_mille,
            false => 0,
        };
        let cost = Cost {
            nodes_micro_usd,
            cross_zone_micro_usd: month::cross_zone(crossing, prices.cross_zone_gb_micro_usd),
            durability_micro_usd: month::durability(nodes_micro_usd, per_mille),
            ..Cost::default()
        };
        Some(cost.summed())
    }

    /// A month of serverless. Its endpoints are in the application's own zones, so nothing crosses.
    pub fn serverless_cost(&self, prices: &Prices) -> Cost {
        let milli_ecpu = month::milli_ecpu(self.value_bytes.into(), 0);
        let milli_ecpu = self.requests_a_month() * u128::from(milli_ecpu);
        self.serverless_cost_over(prices, month::HOURS, milli_ecpu)
    }

    /// So many hours of serverless, and ECPUs in them, in thousandths.
    pub(crate) fn serverless_cost_over(
        &self,
        prices: &Prices,
        hours: u64,
        milli_ecpu: u128,
    ) -> Cost {
        let of = prices.serverless(self.engine);
        let cost = Cost {
            storage_micro_usd: month::storage_over(
                hours,
                self.data_bytes,
                of.minimum_bytes,
                of.gb_hour,
            ),
            requests_micro_usd: month::ecpus(milli_ecpu, of.million_ecpu),
            ..Cost::default()
        };
        cost.summed()
    }
}

/// Both deployments side by side.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Plan {
    /// Nodes; `null` where their price is not known.
    pub node_based: Option<NodeBased>,
    /// Serverless.
    pub serverless: Serverless,
    /// Where both cost the same.
    pub break_even: BreakEven,
}

/// Nodes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NodeBased {
    /// How many shards the data needs.
    pub shards: u64,
    /// All nodes, primaries and replicas.
    pub nodes: u64,
    /// How many bytes all shards can hold.
    pub usable_bytes: u64,
    /// How many more bytes fit before another shard is needed.
    pub headroom_bytes: u64,
    /// A month.
    pub cost: Cost,
    /// The limits that are reached.
    pub limits: Vec<Limit>,
}

/// Serverless.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Serverless {
    /// How many bytes are billed.
    pub billed_bytes: u64,
    /// The ECPUs of a busy second, in thousandths.
    pub milli_ecpu_per_second: u64,
    /// A month.
    pub cost: Cost,
    /// The limits that are reached.
    pub limits: Vec<Limit>,
}

impl NodeBased {
    /// Whether no limit stops it.
    pub fn is_possible(&self) -> bool {
        self.limits.iter().all(|limit| !limit.stops)
    }
}

impl Serverless {
    /// Whether no limit stops it.
    pub fn is_possible(&self) -> bool {
        self.limits.iter().all(|limit| !limit.stops)
    }
}

/// Plans both.
pub fn plan(input: &PlanInput, prices: &Prices) -> Plan {
    let (shards, usable_bytes) = (input.shards(), input.usable_bytes());
    let node_based = input.node_based_cost(prices).map(|cost| NodeBased {
        shards,
        nodes: shards * (1 + u64::from(input.replicas)),
        usable_bytes: shards * usable_bytes,
        headroom_bytes: shards * usable_bytes - input.data_bytes,
        cost,
        limits: limits::of_nodes(input, shards, usable_bytes),
    });
    let minimum_bytes = prices.serverless(input.engine).minimum_bytes;
    Plan {
        node_based,
        serverless: Serverless {
            billed_bytes: input.data_bytes.max(minimum_bytes),
            milli_ecpu_per_second: input.milli_ecpu_per_second(),
            cost: input.serverless_cost(prices),
            limits: limits::of_serverless(input, minimum_bytes),
        },
        break_even: break_even(input, prices),
    }
}
