//! What a lane costs a month, at the prices of its scenario, part by part.

use super::words::{bytes, counted, duration, ecpus, price, thousandths};
use cache::units::Micros;
use scenario::ScenarioInput;
use serde::Serialize;
use sim::World;
use sim::cost::{LaneUse, MicroUsd, Prices, month};

/// What a lane costs a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CostFrame {
    /// All parts that have a price, in micro-dollars; `null` where no source gives the price of the nodes.
    pub total_micro_usd: Option<MicroUsd>,
    /// The parts.
    pub parts: Vec<CostPartFrame>,
    /// The same cache as serverless; `null` without a cache, and before any time has passed.
    pub serverless: Option<ServerlessCostFrame>,
}

/// What serverless would cost that holds what the cache holds now, and all month executes the commands of the run
/// so far at their rate.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ServerlessCostFrame {
    /// All parts, in micro-dollars.
    pub total_micro_usd: MicroUsd,
    /// The parts.
    pub parts: Vec<CostPartFrame>,
}

/// A part of what is paid for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CostPartFrame {
    /// Its name.
    pub name: &'static str,
    /// How it is made up, or why it has no price.
    pub text: String,
    /// The amount, in micro-dollars; `null` if it has no price.
    pub micro_usd: Option<MicroUsd>,
}

impl CostFrame {
    /// The cost of a lane at an instant at which its cache holds this many bytes.
    pub(super) fn of(world: &World, stored_bytes: u64, now: Micros, input: &ScenarioInput) -> Self {
        let (setup, prices) = (world.setup(), &input.prices);
        let of = LaneUse {
            engine: setup.cache.engine_of(input.plan.engine),
            node_type: setup.cache.node_type,
            nodes: setup.cache.paid_nodes(world.deployed().node_count()),
            stored_bytes,
            commands: world.metrics().commands,
            span: now,
        };
        let has_cache = setup.strategy.caches();
        let nodes = match has_cache {
            true => nodes(&of, prices),
            false => CostPartFrame {
                name: "Nodes",
                text: "this lane has no cache".to_owned(),
                micro_usd: Some(MicroUsd(0)),
            },
        };
        let database = setup.strategy.has_database().then(|| CostPartFrame {
            name: "Database",
            text: "not priced".to_owned(),
            micro_usd: None,
        });
        CostFrame {
            total_micro_usd: nodes.micro_usd,
            parts: [nodes].into_iter().chain(database).collect(),
            serverless: match has_cache {
                true => serverless(&of, prices),
                false => None,
            },
        }
    }
}

fn nodes(of: &LaneUse, prices: &Prices) -> CostPartFrame {
    let (engine, node_type) = (of.engine.title(), of.node_type.name());
    let text = match prices.node_hour(of.engine, of.node_type) {
        Some(hour) => {
            let nodes = counted(of.nodes as usize, &format!("{node_type} node"));
            format!("{nodes} × {} h × {}, {engine}", month::HOURS, price(hour))
        }
        None => format!("this page has no price for {engine} nodes"),
    };
    CostPartFrame {
        name: "Nodes",
        text,
        micro_usd: of.nodes_cost(prices),
    }
}

fn serverless(of: &LaneUse, prices: &Prices) -> Option<ServerlessCostFrame> {
    let cost = of.serverless_cost(prices)?;
    let milli_ecpu = of.milli_ecpu_a_month()?;
    let listed = prices.serverless(of.engine);
    let billed = bytes(of.stored_bytes.max(listed.minimum_bytes));
    let held = match of.stored_bytes < listed.minimum_bytes {
        true => format!("minimum; holds {} now", bytes(of.stored_bytes)),
        false => "held now".to_owned(),
    };
    let storage = format!(
        "{billed} ({held}) × {} h × {} per GB",
        month::HOURS,
        price(listed.gb_hour)
    );
    let requests = format!(
        "{} ECPU × {} per million ({} in the run’s {}, all month)",
        ecpus(u64::try_from((milli_ecpu + 500) / 1_000).unwrap_or(u64::MAX)),
        price(listed.million_ecpu),
        thousandths(of.commands.milli_ecpu),
        duration(of.span),
    );
    let part = |name, text, micro_usd| CostPartFrame {
        name,
        text,
        micro_usd: Some(micro_usd),
    };
    Some(ServerlessCostFrame {
        total_micro_usd: cost.total_micro_usd,
        parts: vec![
            part("Storage", storage, cost.storage_micro_usd),
            part("Requests", requests, cost.requests_micro_usd),
        ],
    })
}
