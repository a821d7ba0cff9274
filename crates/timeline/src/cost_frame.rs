//! What a lane costs a month, at the prices of its scenario, part by part.

use super::words::{bytes, counted, duration, ecpus, grouped, per_mille, price, thousandths};
use cache::units::Micros;
use scenario::ScenarioInput;
use serde::Serialize;
use sim::cost::{LaneUse, MicroUsd, Prices, month};
use sim::{Durability, World};

/// What a lane costs a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CostFrame {
    /// All parts that have a price, in micro-dollars; `null` where no source gives the price of the nodes, and of
    /// serverless before any time has passed.
    pub total_micro_usd: Option<MicroUsd>,
    /// The parts.
    pub parts: Vec<CostPartFrame>,
    /// The same cache as serverless; `null` without a cache, before any time has passed, and where it is serverless.
    pub serverless: Option<ServerlessCostFrame>,
}

/// What serverless costs or would cost that holds what the cache holds now, and all month executes the commands of the run
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
            minimum_rate: setup
                .cache
                .serverless()
                .and_then(|of| of.minimum)
                .unwrap_or(0),
        };
        let has_cache = setup.strategy.caches();
        let is_serverless = has_cache && setup.cache.serverless().is_some();
        let cache = match has_cache {
            true if is_serverless => serverless_parts(&of, prices).into(),
            true => vec![nodes(
                &of,
                prices,
                setup.cache.deployment.global().is_some(),
            )],
            false => vec![CostPartFrame {
                name: "Nodes",
                text: "this lane has no cache".to_owned(),
                micro_usd: Some(MicroUsd(0)),
            }],
        };
        let durability = setup
            .is_durable()
            .then(|| durability(&of, setup.cache.durability.mode, prices));
        let database = setup.strategy.has_database().then(|| CostPartFrame {
            name: "Database",
            text: "not priced".to_owned(),
            micro_usd: None,
        });
        let deployment = setup.cache.deployment;
        let on_the_way = match deployment.replication() {
            Some(_) if has_cache && deployment.global().is_some() => Some(between_regions(&of)),
            Some(_) if has_cache => Some(between_zones(&of, prices)),
            _ => None,
        };
        let parts = cache.into_iter().chain(durability).chain(on_the_way);
        let parts: Vec<CostPartFrame> = parts.chain(database).collect();
        CostFrame {
            total_micro_usd: match is_serverless {
                true => of.serverless_cost(prices).map(|cost| cost.total_micro_usd),
                false => total(&parts),
            },
            parts,
            // Serverless has no Global Datastore.
            serverless: match has_cache && !is_serverless && deployment.global().is_none() {
                true => serverless(&of, prices),
                false => None,
            },
        }
    }
}

/// All that has a price; `None` where the nodes, which come first, have none.
fn total(parts: &[CostPartFrame]) -> Option<MicroUsd> {
    parts.first()?.micro_usd?;
    let amounts = parts.iter().filter_map(|part| part.micro_usd);
    Some(MicroUsd(amounts.map(|amount| amount.0).sum()))
}

/// The nodes. Those of several Regions are all taken at the list's prices, which are one Region's.
fn nodes(of: &LaneUse, prices: &Prices, in_regions: bool) -> CostPartFrame {
    let (engine, node_type) = (of.engine.title(), of.node_type.name());
    let text = match prices.node_hour(of.engine, of.node_type) {
        Some(hour) => {
            let nodes = counted(of.nodes as usize, &format!("{node_type} node"));
            let listed = match in_regions {
                true => ", taken to be the price in each Region",
                false => "",
            };
            let hour = price(hour);
            format!("{nodes} × {} h × {hour}, {engine}{listed}", month::HOURS)
        }
        None => format!("this page has no price for {engine} nodes"),
    };
    CostPartFrame {
        name: "Nodes",
        text,
        micro_usd: of.nodes_cost(prices),
    }
}

/// What clients' commands moved between zones. Changes on their way to replicas are no clients' traffic.
fn between_zones(of: &LaneUse, prices: &Prices) -> CostPartFrame {
    let month = of.far_bytes_a_month().unwrap_or_default();
    let month = bytes(u64::try_from(month).unwrap_or(u64::MAX));
    CostPartFrame {
        name: "Between zones",
        text: format!(
            "{month} × {} per GB ({} in the run’s {}, all month)",
            price(prices.cross_zone_gb_micro_usd),
            bytes(of.commands.far_bytes),
            duration(of.span),
        ),
        micro_usd: of.other_zone_cost(prices),
    }
}

/// The same between Regions, for which there is no price in the list. Nor is there one for the changes on their way.
fn between_regions(of: &LaneUse) -> CostPartFrame {
    CostPartFrame {
        name: "Between Regions",
        text: format!(
            "not priced: {} in the run’s {} by clients, and what Regions copy",
            bytes(of.commands.far_bytes),
            duration(of.span),
        ),
        micro_usd: None,
    }
}

/// The surcharge for durability. No source gives that of the asynchronous kind.
fn durability(of: &LaneUse, mode: Durability, prices: &Prices) -> CostPartFrame {
    let (text, micro_usd) = match (mode, of.durability_cost(prices)) {
        (Durability::Sync, Some(cost)) => {
            let share = per_mille(prices.durability_per_mille.into());
            (
                format!("synchronous: {share} of the nodes’ price"),
                Some(cost),
            )
        }
        (Durability::Sync, None) => (
            "Valkey only: this page has no price for it".to_owned(),
            None,
        ),
        _ => (
            "asynchronous: this page has no price for it".to_owned(),
            None,
        ),
    };
    CostPartFrame {
        name: "Durability",
        text,
        micro_usd,
    }
}

/// The same cache as serverless; `None` before any time has passed.
fn serverless(of: &LaneUse, prices: &Prices) -> Option<ServerlessCostFrame> {
    Some(ServerlessCostFrame {
        total_micro_usd: of.serverless_cost(prices)?.total_micro_usd,
        parts: serverless_parts(of, prices).into(),
    })
}

/// What serverless stores and what it executes.
fn serverless_parts(of: &LaneUse, prices: &Prices) -> [CostPartFrame; 2] {
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
    let of_month = |milli_ecpu: u128| {
        let whole = u64::try_from((milli_ecpu + 500) / 1_000).unwrap_or(u64::MAX);
        format!(
            "{} ECPU × {} per million",
            ecpus(whole),
            price(listed.million_ecpu)
        )
    };
    let requests = match of.milli_ecpu_a_month() {
        None => "no time has passed yet".to_owned(),
        Some(milli_ecpu) if milli_ecpu == of.least_milli_ecpu_a_month() && milli_ecpu > 0 => {
            let rate = grouped(of.minimum_rate.into());
            format!(
                "{} ({rate} ECPU/s pre-scaled, all month)",
                of_month(milli_ecpu)
            )
        }
        Some(milli_ecpu) => format!(
            "{} ({} in the run’s {}, all month)",
            of_month(milli_ecpu),
            thousandths(of.commands.milli_ecpu),
            duration(of.span),
        ),
    };
    let part = |name, text, micro_usd| CostPartFrame {
        name,
        text,
        micro_usd,
    };
    let storage_cost = month::storage(of.stored_bytes, listed.minimum_bytes, listed.gb_hour);
    let requests_cost = of
        .milli_ecpu_a_month()
        .map(|milli_ecpu| month::ecpus(milli_ecpu, listed.million_ecpu));
    [
        part("Storage", storage, Some(storage_cost)),
        part("Requests", requests, requests_cost),
    ]
}
