//! What a lane costs a month, against sums made by hand from the published prices; and the sizes of which ECPUs are
//! counted.

use cache::Scope;
use proptest::prelude::*;
use scenario::{
    DeploymentInput, DeploymentKind, LaneInput, RequestInput, ScenarioInput, VALUE_BYTES,
    WorkloadInput,
};
use sim::cost::{Engine, MicroUsd, NodeType};
use sim::{Durability, EventKind, Operation, Pattern, ReadPath, WritePath};
use support::cases;
use support::scenarios::{calm_scenarios, request, run, scenario};
use support::steady::{LOOK_UP_US, steady};
use timeline::{CostFrame, CostPartFrame, Frame, LaneFrame};

const PATHS: (ReadPath, WritePath) = (ReadPath::CacheAside, WritePath::Invalidate);

fn at_the_end(input: ScenarioInput) -> (Frame, LaneFrame) {
    let run = run(input);
    let frame = Frame::of(&run, &run.seek(run.step_count()));
    let lane = frame.lanes[0].clone();
    (frame, lane)
}

/// The cost of a lane with this deployment after one read.
fn cost(deployment: DeploymentInput, change: impl Fn(&mut ScenarioInput)) -> CostFrame {
    let mut lane = steady(PATHS);
    lane.cache.deployment = deployment;
    let mut input = scenario(vec![request(0, Operation::Read, "a")], vec![lane]);
    change(&mut input);
    at_the_end(input).1.cost
}

fn part<'a>(parts: &'a [CostPartFrame], name: &str) -> (&'a str, Option<u64>) {
    let found = parts.iter().find(|part| part.name == name);
    let found = found.expect("the part is there");
    (&found.text, found.micro_usd.map(|amount| amount.0))
}

/// Synchronous durability is a share of the nodes' price; the asynchronous kind has no published one.
#[test]
fn durability_is_a_part_of_its_own() {
    let cluster = DeploymentInput {
        kind: DeploymentKind::Cluster,
        shards: 2,
        replicas: 1,
        node_type: NodeType::M7gLarge,
        ..DeploymentInput::default()
    };
    let of = |durability: Durability, engine: Engine| {
        cost(cluster.clone(), |input| {
            input.lanes[0].cache.durability = durability;
            input.plan.engine = engine;
        })
    };
    // 4 × 730 × 126,400, and 18 % of it.
    let synchronous = of(Durability::Sync, Engine::Valkey);
    assert_eq!(part(&synchronous.parts, "Nodes").1, Some(369_088_000));
    assert_eq!(
        part(&synchronous.parts, "Durability"),
        ("synchronous: 18 % of the nodes’ price", Some(66_435_840))
    );
    assert_eq!(synchronous.total_micro_usd, Some(MicroUsd(435_523_840)));
    let asynchronous = of(Durability::Async, Engine::Valkey);
    assert_eq!(part(&asynchronous.parts, "Durability").1, None);
    assert_eq!(asynchronous.total_micro_usd, Some(MicroUsd(369_088_000)));
    let redis = of(Durability::Sync, Engine::RedisOss);
    assert_eq!(part(&redis.parts, "Durability").1, None);
    let off = of(Durability::Off, Engine::Valkey);
    assert!(off.parts.iter().all(|part| part.name != "Durability"));
}

#[test]
fn a_lane_pays_for_each_of_its_nodes() {
    // 730 × 12,800.
    let one = cost(DeploymentInput::default(), |_| {});
    assert_eq!(one.total_micro_usd, Some(MicroUsd(9_344_000)));
    assert_eq!(
        part(&one.parts, "Nodes"),
        (
            "1 t4g.micro node × 730 h × $0.0128, Valkey",
            Some(9_344_000)
        )
    );
    assert_eq!(part(&one.parts, "Database"), ("not priced", None));

    // 3 × 730 × 219,000.
    let cluster = DeploymentInput {
        kind: DeploymentKind::Cluster,
        shards: 3,
        node_type: NodeType::R7gLarge,
        ..DeploymentInput::default()
    };
    let three = cost(cluster, |input| input.plan.engine = Engine::RedisOss);
    assert_eq!(three.total_micro_usd, Some(MicroUsd(479_610_000)));
    assert_eq!(
        part(&three.parts, "Nodes").0,
        "3 r7g.large nodes × 730 h × $0.219, Redis OSS"
    );

    // The replica that takes over is a node too: 2 × 730 × 12,800.
    let two = cost(DeploymentInput::default(), |input| {
        input.lanes[0].cache.replica_lag_us = Some(5_000);
    });
    assert_eq!(two.total_micro_usd, Some(MicroUsd(18_688_000)));

    // Replicas are nodes: 3 × (1 + 2) × 730 × 126,400.
    let replicated = DeploymentInput {
        kind: DeploymentKind::Cluster,
        shards: 3,
        replicas: 2,
        node_type: NodeType::M7gLarge,
        ..DeploymentInput::default()
    };
    let nine = cost(replicated, |_| {});
    assert_eq!(part(&nine.parts, "Nodes").1, Some(830_448_000));

    // At a price of the scenario's own: 730 × 20,000.
    let edited = cost(DeploymentInput::default(), |input| {
        input.prices.valkey_t4g_micro_hour_micro_usd = MicroUsd(20_000);
    });
    assert_eq!(edited.total_micro_usd, Some(MicroUsd(14_600_000)));
}

#[test]
fn what_goes_between_zones_is_paid_for_by_the_gigabyte() {
    let mut lane = steady(PATHS);
    lane.cache.deployment = DeploymentInput {
        kind: DeploymentKind::ReplicationGroup,
        replicas: 1,
        ..DeploymentInput::default()
    };
    // The primary is in zone a, and so is the first client; the second one is in zone b.
    let mut requests = Vec::new();
    for client in [1, 2] {
        for at_us in [0, 400_000, 800_000] {
            requests.push(RequestInput {
                client,
                ..request(at_us + u64::from(client), Operation::Read, "a")
            });
        }
    }
    requests.sort_by_key(|request| request.at_us);
    let (frame, lane) = at_the_end(scenario(requests, vec![lane]));
    // Each client has its key and value moved at most three times.
    let entry = u64::from(lane.cache.entries[0].size_bytes);
    let (text, amount) = part(&lane.cost.parts, "Between zones");
    let nodes = part(&lane.cost.parts, "Nodes").1.expect("a price");
    let amount = amount.expect("a price");
    let (month_us, run_us) = (730 * 3_600 * 1_000_000_u128, u128::from(frame.at_us.0));
    // A miss moves nothing: a fill and two hits cross, at 10,000 micro-dollars a gigabyte.
    let month = (u128::from(3 * entry) * month_us + run_us / 2) / run_us;
    assert_eq!(
        u128::from(amount),
        (month * 10_000 + 500_000_000) / 1_000_000_000
    );
    assert!(text.contains("$0.01 per GB"), "{text}");
    assert_eq!(lane.cost.total_micro_usd, Some(MicroUsd(nodes + amount)));
}

#[test]
fn without_a_cache_there_are_no_nodes_to_pay() {
    let mut input = scenario(
        vec![request(0, Operation::Read, "a")],
        vec![steady(Pattern::NoCache.paths())],
    );
    let (_, lane) = at_the_end(input.clone());
    assert_eq!(lane.cost.total_micro_usd, Some(MicroUsd(0)));
    assert_eq!(lane.cost.serverless, None);
    assert_eq!((lane.metrics.commands, lane.metrics.milli_ecpu), (0, 0));
    // Without a database there is none to say something of.
    input.lanes = vec![steady(Pattern::CacheOnly.paths())];
    let (_, lane) = at_the_end(input);
    assert!(lane.cost.parts.iter().all(|part| part.name != "Database"));
}

#[test]
fn the_price_of_memcached_nodes_is_not_known_and_that_is_said() {
    let nodes = DeploymentInput {
        kind: DeploymentKind::Memcached,
        ..DeploymentInput::default()
    };
    let memcached = cost(nodes, |_| {});
    assert_eq!(memcached.total_micro_usd, None);
    assert_eq!(
        part(&memcached.parts, "Nodes"),
        ("this page has no price for Memcached nodes", None)
    );
    // Serverless Memcached has a price: 730 × 1 GB × 125,000.
    let serverless = memcached.serverless.expect("time has passed");
    assert_eq!(part(&serverless.parts, "Storage").1, Some(91_250_000));
}

/// A value of this many bytes under a key of one byte.
fn sized(at_us: u64, op: Operation, key: &str, value_bytes: u32) -> RequestInput {
    RequestInput {
        value_bytes,
        ..request(at_us, op, key)
    }
}

/// A miss, a fill of 3.2 kB and a GET of it; the same with a small value; a DELETE that finds a copy and one that
/// finds none: 1 + 3.2 + 3.2, 1 + 1 + 1, and 1 + 1 ECPUs.
#[test]
fn commands_are_charged_by_what_they_moved() {
    let (read, write) = (Operation::Read, Operation::Write);
    let requests = vec![
        sized(0, read, "a", 3_199),
        sized(1_000_000, read, "a", 3_199),
        sized(2_000_000, read, "b", 100),
        sized(3_000_000, write, "a", 3_199),
        sized(4_000_000, write, "a", 3_199),
        // The last event is at 10 s.
        sized(10_000_000 - LOOK_UP_US, read, "b", 100),
    ];
    let (frame, lane) = at_the_end(scenario(requests, vec![steady(PATHS)]));
    assert_eq!(frame.at_us.0, 10_000_000);
    assert_eq!(
        (lane.metrics.commands, lane.metrics.milli_ecpu),
        (8, 12_400)
    );
    let serverless = lane.cost.serverless.expect("time has passed");
    // A month has 262,800 times 10 s: 12.4 × 262,800 × 2,300 / 1,000,000.
    assert_eq!(
        part(&serverless.parts, "Requests"),
        (
            "3,258,720 ECPU × $0.0023 per million (12.4 in the run’s 10 s, all month)",
            Some(7_495)
        )
    );
    // 730 × 0.1 × 84,000. The cache holds a key of 1 byte and a value of 100.
    assert_eq!(
        part(&serverless.parts, "Storage"),
        (
            "100 MB (minimum; holds 101 B now) × 730 h × $0.084 per GB",
            Some(6_132_000)
        )
    );
    assert_eq!(serverless.total_micro_usd, MicroUsd(6_139_495));
}

#[test]
fn before_any_time_has_passed_there_is_no_rate() {
    let run = run(scenario(
        vec![request(5, Operation::Read, "a")],
        vec![steady(PATHS)],
    ));
    let cost = &Frame::of(&run, &run.seek(0)).lanes[0].cost;
    assert_eq!(cost.total_micro_usd, Some(MicroUsd(9_344_000)));
    assert_eq!(cost.serverless, None);
}

/// The size of a key with its value, stored by a request of the script or there from the start.
fn size(input: &ScenarioInput, key: &str, by: Option<u32>) -> u32 {
    let WorkloadInput::Script(script) = &input.workload else {
        panic!("these scenarios are scripts");
    };
    let value_bytes = by.map_or(VALUE_BYTES, |number| script[number as usize].value_bytes);
    key.len() as u32 + value_bytes
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn what_a_command_moved_is_the_size_of_the_value_in_the_inputs(input in calm_scenarios()) {
        let run = run(input.clone());
        for logged in run.log() {
            let event = logged.event;
            let key = run.scenario().key_name(event.key);
            match event.kind {
                EventKind::Hit { value, size: moved, .. } => {
                    prop_assert_eq!(moved.0, size(&input, &key, value.origin));
                }
                EventKind::Reject { size: moved, .. } => {
                    prop_assert_eq!(moved.0, size(&input, &key, event.request));
                }
                _ => {}
            }
        }
    }

    #[test]
    fn a_node_type_changes_the_price_and_nothing_in_the_run(input in calm_scenarios()) {
        let mut other = input.clone();
        let larger = |lane: &mut LaneInput| lane.cache.deployment.node_type = NodeType::M7gLarge;
        other.lanes.iter_mut().for_each(larger);
        let (one, other) = (run(input), run(other));
        one.complete();
        other.complete();
        prop_assert_eq!(one.log_hash(), other.log_hash());
        prop_assert_eq!(one.seek(one.step_count()).state_hash(), other.seek(other.step_count()).state_hash());
    }
}

/// A serverless lane pays for what it stores and executes, and no nodes: as the comparison says of one node that
/// did the same.
#[test]
fn a_serverless_lane_pays_for_what_it_stores_and_executes() {
    let volatile = |input: &mut ScenarioInput| input.lanes[0].cache.scope = Scope::Volatile;
    let node = cost(DeploymentInput::default(), volatile);
    let alike = node.serverless.expect("time has passed");
    let rates = DeploymentInput {
        kind: DeploymentKind::Serverless,
        ..DeploymentInput::default()
    };
    let serverless = cost(rates.clone(), volatile);
    assert_eq!(serverless.total_micro_usd, Some(alike.total_micro_usd));
    assert_eq!(serverless.parts[..2], alike.parts[..]);
    assert_eq!(part(&serverless.parts, "Database"), ("not priced", None));
    assert_eq!(
        serverless.serverless, None,
        "it need not be compared with itself"
    );

    // 1,000 × 3,600 × 730 ECPUs are more than it uses: × 2,300 / 1,000,000.
    let prescaled = DeploymentInput {
        minimum_ecpu_per_second: Some(1_000),
        ..rates.clone()
    };
    let prescaled = cost(prescaled, volatile);
    assert_eq!(
        part(&prescaled.parts, "Requests"),
        (
            "2,628 million ECPU × $0.0023 per million (1,000 ECPU/s pre-scaled, all month)",
            Some(6_044_400)
        )
    );
    // A lower minimum is no more than what it uses.
    let little = DeploymentInput {
        minimum_ecpu_per_second: Some(1),
        ..rates
    };
    let little = cost(little, volatile);
    assert_eq!(little.total_micro_usd, serverless.total_micro_usd);
}

#[test]
fn before_any_time_has_passed_serverless_has_no_total() {
    let mut lane = steady(PATHS);
    lane.cache.scope = Scope::Volatile;
    lane.cache.deployment.kind = DeploymentKind::Serverless;
    let run = run(scenario(vec![request(5, Operation::Read, "a")], vec![lane]));
    let cost = &Frame::of(&run, &run.seek(0)).lanes[0].cost;
    assert_eq!(cost.total_micro_usd, None);
    assert_eq!(
        part(&cost.parts, "Requests"),
        ("no time has passed yet", None)
    );
}
