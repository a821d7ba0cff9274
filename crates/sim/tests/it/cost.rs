//! What a month costs, against figures computed by hand, and where the cheaper deployment changes.

use proptest::prelude::*;
use proptest::sample::select;
use sim::cost::{
    Cost, DATA_MAX, Engine, LimitKind, MicroUsd, NodeType, PRICE_MAX, PlanInput, Prices, Published,
    RATE_MAX, month, plan,
};
use std::collections::BTreeSet;
use support::cases;

const GB: u64 = 1_000_000_000;
const MB: u64 = 1_000_000;

/// A sum in dollars, to the cent.
fn dollars(cost: Cost) -> String {
    let cents = cost.total_micro_usd.cents();
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Twenty deployments, and what a month of nodes and of serverless costs in dollars. Computed apart from
/// this code, in decimal arithmetic, from the prices of us-east-1 in `prices.json`:
///
/// - nodes: 730 × shards × (1 + replicas) × price, × 1.18 if durable, and for each GB that crosses zones
///   0.01;
/// - serverless: 730 × the higher of GB and minimum × price, and for each million requests the higher of 1
///   and the kilobytes × price.
const DEPLOYMENTS: &str = "
engine    node       per second  value        MB hours replicas cross durable shards      nodes   serverless
# A comparison that was worked out beforehand: 256 against 674 dollars.
valkey    r7g.large       10000   1000     10000    24        1     0 no           1     255.79       673.64
# Its break-evens: about 4.2 GB without traffic, 41,000 requests a second at 100 MB, and twelve times that in
# two hours a day.
valkey    r7g.large           0   1000      4200    24        1     0 no           1     255.79       257.54
valkey    r7g.large       41000   1000       100    24        1     0 no           1     255.79       253.95
valkey    r7g.large      500000   1000       100     2        1     0 no           1     255.79       257.98
# Less than the minimum, and small values.
valkey    t4g.micro         100    200        50    24        0     0 no           1       9.34         6.74
valkey    t4g.micro        2500   1000       400    12        1     0 no           1      18.69        32.08
valkey    t4g.micro          50    500      3000    24        2     0 no           8     224.26       184.26
# 3.2 ECPUs a command.
valkey    m7g.large        3200   3200      5000    24        1     0 no           1     184.54       368.49
# A little more than one node holds.
valkey    m7g.large       20000    100      5200     8        2     0 no           2     553.63       359.16
valkey    m7g.large        1000   1000     40000    24        1    66 no           8    1493.70      2458.84
valkey    m7g.large        1000   1000      1000    24        1     0 yes          1     217.76        67.36
valkey    r7g.large       80000   2500    200000    10        2    50 yes         19    9697.28     12767.70
valkey    r7g.large     1000000   1000   1000000    24        1     0 no          95   24300.24     67364.40
redis-oss r7g.large       10000   1000     10000    24        1     0 no           1     319.74      1001.85
redis-oss t4g.micro          10    100       200    24        0     0 no           1      11.68        91.34
redis-oss m7g.large        7500   4096     12500     6        5    33 no           3    2142.72      1209.25
redis-oss r7g.large      250000    700     60000     4        2     0 no           6    2877.66      5847.30
memcached r7g.large        5000   1500      3000    24        0     0 no           1          -       340.76
memcached m7g.large           1      1         1     1        0     0 no           1          -        91.25
# The largest that can be planned.
valkey    r7g.large    20000000 1048576 10000000    24        5   100 no         950 551860552.80 127373455.49
";

#[test]
fn twenty_deployments_cost_what_they_do_by_hand() {
    let prices = Prices::default();
    let rows = DEPLOYMENTS.lines().skip(2);
    let rows: Vec<&str> = rows.filter(|row| !row.starts_with('#')).collect();
    assert_eq!(rows.len(), 20);
    for row in rows {
        let columns: Vec<&str> = row.split_whitespace().collect();
        let number = |column: usize| columns[column].parse::<u64>().expect("a number");
        let engine = Engine::ALL.into_iter().find(|of| of.name() == columns[0]);
        let node_type = NodeType::ALL.into_iter().find(|of| of.name() == columns[1]);
        let input = PlanInput {
            engine: engine.expect("an engine"),
            node_type: node_type.expect("a type"),
            requests_per_second: number(2) as u32,
            value_bytes: number(3) as u32,
            data_bytes: number(4) * MB,
            busy_hours: number(5) as u32,
            replicas: number(6) as u32,
            cross_zone_percent: number(7) as u32,
            durable: columns[8] == "yes",
            ..PlanInput::default()
        };
        let plan = plan(&input, &prices);
        let nodes = plan
            .node_based
            .map_or("-".to_owned(), |nodes| dollars(nodes.cost));
        let serverless = dollars(plan.serverless.cost);
        assert_eq!(input.shards(), number(9), "{row}");
        assert_eq!([&*nodes, &*serverless], columns[10..], "{row}");
    }
}

/// Divided by hand: (255.792 − 6.132) / 0.0060444 requests a second, and 255.792 / 61.32 GB, of which half
/// a micro-dollar is rounded up.
#[test]
fn break_evens_are_those_found_by_hand() {
    let prices = Prices::default();
    let small = PlanInput {
        requests_per_second: 100,
        data_bytes: 100 * MB,
        ..PlanInput::default()
    };
    let two_hours = PlanInput {
        busy_hours: 2,
        ..small.clone()
    };
    let idle = PlanInput {
        requests_per_second: 0,
        ..small.clone()
    };
    let by_rate = |input| plan(input, &prices).break_even.requests_per_second;
    assert_eq!(by_rate(&small), Some(41_305));
    assert_eq!(by_rate(&two_hours), Some(495_653));
    assert_eq!(plan(&idle, &prices).break_even.data_bytes, [4_171_428_564]);
    let busier = PlanInput {
        requests_per_second: 1_000,
        ..small.clone()
    };
    assert_eq!(
        plan(&busier, &prices).break_even.data_bytes,
        [4_072_857_135]
    );
    // With two replicas the second shard is dearer than the data that it makes room for, at first.
    let two_replicas = PlanInput {
        replicas: 2,
        ..idle.clone()
    };
    let found = plan(&two_replicas, &prices).break_even.data_bytes;
    assert_eq!(found, [6_257_142_849, 10_527_885_773, 12_514_285_707]);
    // Where nodes are cheaper without a request, more requests make them cheaper still.
    let large = PlanInput {
        data_bytes: 10 * GB,
        ..small.clone()
    };
    assert_eq!(by_rate(&large), None);
    let memcached = PlanInput {
        engine: Engine::Memcached,
        ..small
    };
    let none = plan(&memcached, &prices).break_even;
    assert_eq!(
        (none.requests_per_second, none.data_bytes),
        (None, Vec::new())
    );
}

/// The data file and the fields of the prices have the same names, each entry once, with a date and a source.
#[test]
fn every_price_is_in_the_file_once() {
    let file = Published::get();
    let names: BTreeSet<&str> = file.prices.iter().map(|price| &*price.name).collect();
    assert_eq!(names.len(), file.prices.len());
    let prices = serde_json::to_value(Prices::default()).expect("plain data");
    let fields = prices.as_object().expect("an object");
    assert_eq!(names, fields.keys().map(String::as_str).collect());
    for price in &file.prices {
        assert_eq!(
            fields[&price.name].as_u64(),
            Some(price.value),
            "{}",
            price.name
        );
        assert!(
            price.date.starts_with("2026-") && price.source.len() > 20,
            "{}",
            price.name
        );
    }
    assert_eq!((&*file.region, &*file.currency), ("us-east-1", "USD"));
    for node_type in NodeType::ALL {
        assert_eq!(node_type.about().name, node_type.name());
    }
    // 0.0023 dollars for a million ECPUs are exact.
    assert_eq!(
        Prices::default().serverless(Engine::Valkey).million_ecpu,
        MicroUsd(2_300)
    );
}

#[test]
fn a_price_is_from_nothing_to_a_hundred_dollars() {
    let read = |value: i64| serde_json::from_value::<MicroUsd>(value.into());
    assert_eq!(read(0).expect("free"), MicroUsd(0));
    assert_eq!(read(PRICE_MAX.0 as i64).expect("dear"), PRICE_MAX);
    for beyond in [-1, PRICE_MAX.0 as i64 + 1] {
        let why = read(beyond).expect_err("no price").to_string();
        assert!(
            why.contains(&beyond.to_string()) && why.contains("from 0 to 100000000"),
            "{why}"
        );
    }
}

/// The higher of vCPU time and kilobytes, never their sum, and at least 1.
#[test]
fn a_command_takes_the_ecpus_that_aws_gives_as_examples() {
    assert_eq!(month::milli_ecpu(3_200, 1_000), 3_200);
    assert_eq!(month::milli_ecpu(10, 1_000), 1_000);
    assert_eq!(month::milli_ecpu(3_200, 6_400), 6_400);
    assert_eq!(month::usable_bytes(14_037_181_030), 10_527_885_772);
}

#[test]
fn each_limit_is_named_where_it_is_reached() {
    let prices = Prices::default();
    let easy = PlanInput::default();
    let nodes = |input: &PlanInput| {
        let plan = plan(input, &prices).node_based.expect("it has prices");
        (plan.limits, plan.nodes)
    };
    assert_eq!(nodes(&easy), (Vec::new(), 2));
    assert_eq!(plan(&easy, &prices).serverless.limits, []);
    let node = |change: fn(&mut PlanInput)| {
        let mut input = easy.clone();
        change(&mut input);
        let limits = nodes(&input).0.into_iter();
        limits
            .map(|limit| (limit.kind, limit.value, limit.limit, limit.stops))
            .collect::<Vec<_>>()
    };
    let serverless = |change: fn(&mut PlanInput)| {
        let mut input = easy.clone();
        change(&mut input);
        let limits = plan(&input, &prices).serverless.limits.into_iter();
        limits
            .map(|limit| (limit.kind, limit.value, limit.limit, limit.stops))
            .collect::<Vec<_>>()
    };
    let shard = 10_527_885_772;
    let memory = |bytes| (LimitKind::ShardMemory, bytes, shard, false);
    assert_eq!(node(|it| it.data_bytes = 10_527_885_772), []);
    assert_eq!(
        node(|it| it.data_bytes = 10_527_885_773),
        [memory(shard + 1)]
    );
    // 6 shards with one replica are 12 nodes, 46 are 92, 126 are 252.
    let six = node(|it| it.data_bytes = 6 * 10_527_885_772);
    assert_eq!(
        six,
        [memory(6 * shard), (LimitKind::Subnet28, 12, 11, false)]
    );
    let many = node(|it| it.data_bytes = 46 * 10_527_885_772);
    let nodes_limit = (LimitKind::Nodes, 92, 90, false);
    assert_eq!(
        many,
        [
            memory(46 * shard),
            nodes_limit,
            (LimitKind::Subnet28, 92, 11, false)
        ]
    );
    let more = node(|it| it.data_bytes = 126 * 10_527_885_772);
    let nodes_limit = (LimitKind::Nodes, 252, 90, false);
    assert_eq!(
        more,
        [
            memory(126 * shard),
            nodes_limit,
            (LimitKind::Subnet24, 252, 251, false)
        ]
    );
    let most = node(|it| it.data_bytes = 501 * 10_527_885_772);
    assert_eq!(most[1], (LimitKind::Shards, 501, 500, true));
    assert_eq!(most[2], (LimitKind::NodesRaised, 1_002, 500, true));
    assert_eq!(node(|it| it.connections = 65_000), []);
    assert_eq!(
        node(|it| it.connections = 65_001),
        [(LimitKind::Connections, 65_001, 65_000, true)]
    );
    let micro = node(|it| {
        (it.node_type, it.connections, it.data_bytes) = (NodeType::T4gMicro, 20_001, 100 * MB);
    });
    assert_eq!(micro, [(LimitKind::Connections, 20_001, 20_000, true)]);
    assert_eq!(node(|it| it.durable = true), []);
    let missing = (LimitKind::DurabilityMissing, 1, 0, true);
    assert_eq!(
        node(|it| (it.durable, it.engine) = (true, Engine::RedisOss)),
        [missing]
    );
    let lonely = node(|it| (it.durable, it.replicas) = (true, 0));
    assert_eq!(lonely, [(LimitKind::DurabilityReplicas, 0, 1, true)]);
    // A twentieth of 2,500,000 writes of 1,000 bytes are 125 MB a second.
    let writes = node(|it| (it.durable, it.requests_per_second) = (true, 2_500_000));
    assert_eq!(
        writes,
        [(LimitKind::DurabilityWrites, 125_000_000, 104_857_600, true)]
    );

    let minimum = serverless(|it| it.data_bytes = 99_999_999);
    assert_eq!(
        minimum,
        [(LimitKind::ServerlessMinimum, 99_999_999, 100_000_000, false)]
    );
    let storage = serverless(|it| it.data_bytes = 5_368_709_120_001);
    let most = 5_000 * 1024 * 1024 * 1024;
    assert_eq!(
        storage,
        [(LimitKind::ServerlessStorage, most + 1, most, true)]
    );
    let rate = serverless(|it| (it.requests_per_second, it.hot_key_per_mille) = (15_000_001, 0));
    assert_eq!(rate, [(LimitKind::EcpuRate, 15_000_001, 15_000_000, true)]);
    let slot = |kind, value| [(kind, value, 30_000, true)];
    assert_eq!(serverless(|it| it.requests_per_second = 3_000_000), []);
    let hot = serverless(|it| it.requests_per_second = 3_000_100);
    assert_eq!(hot, slot(LimitKind::SlotRateWithoutReplicas, 30_001));
    let hotter = serverless(|it| it.requests_per_second = 9_000_100);
    assert_eq!(hotter, slot(LimitKind::SlotRate, 90_001));
    let written = serverless(|it| (it.requests_per_second, it.read_per_mille) = (3_000_100, 0));
    assert_eq!(written, slot(LimitKind::SlotRate, 30_001));
    // Twice the bytes, half the rate.
    let large = serverless(|it| (it.requests_per_second, it.value_bytes) = (1_500_100, 2_000));
    assert_eq!(large, slot(LimitKind::SlotRateWithoutReplicas, 30_002));
    let connected = serverless(|it| it.connections = 65_001);
    assert_eq!(
        connected,
        [(LimitKind::ServerlessConnections, 65_001, 65_000, true)]
    );
    let durable = serverless(|it| it.durable = true);
    assert_eq!(durable, [(LimitKind::ServerlessDurability, 1, 0, true)]);
}

fn inputs() -> impl Strategy<Value = PlanInput> {
    let deployment = (
        select(&[Engine::Valkey, Engine::RedisOss][..]),
        select(&NodeType::ALL[..]),
        0..6_u32,
        0..=100_u32,
        any::<bool>(),
    );
    let rates = prop_oneof![0..=RATE_MAX, 0..100_000_u32];
    let sizes = prop_oneof![1..=DATA_MAX, 1..20 * GB];
    let traffic = (rates, 1..=100_000_u32, sizes, 1..=24_u32);
    (deployment, traffic).prop_map(|(deployment, traffic)| {
        let (engine, node_type, replicas, cross_zone_percent, durable) = deployment;
        let (requests_per_second, value_bytes, data_bytes, busy_hours) = traffic;
        PlanInput {
            requests_per_second,
            value_bytes,
            data_bytes,
            busy_hours,
            replicas,
            engine,
            node_type,
            cross_zone_percent,
            durable,
            ..PlanInput::default()
        }
    })
}

/// Whether nodes cost at most as much as serverless.
fn no_dearer(input: &PlanInput) -> bool {
    let plan = plan(input, &Prices::default());
    let nodes = plan.node_based.expect("it has prices").cost.total_micro_usd;
    nodes <= plan.serverless.cost.total_micro_usd
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn more_of_anything_never_costs_less(input in inputs(), rate in 0..1_000_000_u32, data in 0..100 * GB) {
        let cost = |input: &PlanInput| {
            let plan = plan(input, &Prices::default());
            let nodes = plan.node_based.expect("it has prices");
            (nodes.cost, plan.serverless.cost)
        };
        let before = cost(&input);
        let busier = PlanInput { requests_per_second: input.requests_per_second + rate, ..input.clone() };
        let larger = PlanInput { data_bytes: input.data_bytes + data, ..input.clone() };
        for after in [cost(&busier), cost(&larger)] {
            prop_assert!(before.0.total_micro_usd <= after.0.total_micro_usd);
            prop_assert!(before.1.total_micro_usd <= after.1.total_micro_usd);
        }
        for cost in [before.0, before.1] {
            let parts = [
                cost.nodes_micro_usd, cost.storage_micro_usd, cost.requests_micro_usd,
                cost.cross_zone_micro_usd, cost.durability_micro_usd,
            ];
            prop_assert_eq!(parts.iter().map(|part| part.0).sum::<u64>(), cost.total_micro_usd.0);
        }
    }

    #[test]
    fn at_the_break_even_the_cheaper_one_changes(input in inputs()) {
        let found = plan(&input, &Prices::default()).break_even;
        let at_rate = |requests_per_second| no_dearer(&PlanInput { requests_per_second, ..input.clone() });
        match found.requests_per_second {
            Some(rate) => {
                prop_assert_eq!(at_rate(rate - 1), at_rate(0));
                prop_assert_ne!(at_rate(rate), at_rate(0));
                prop_assert_ne!(at_rate(rate.saturating_add(1)), at_rate(0));
            }
            None => prop_assert_eq!(at_rate(RATE_MAX), at_rate(0)),
        }
        let at_size = |data_bytes| no_dearer(&PlanInput { data_bytes, ..input.clone() });
        let mut side = at_size(0);
        let mut before = 0;
        for size in found.data_bytes {
            prop_assert!(size > before);
            prop_assert_eq!(at_size(before), side);
            prop_assert_eq!(at_size(size - 1), side);
            prop_assert_eq!(at_size(size), !side);
            (side, before) = (!side, size);
        }
    }

    /// Shards hold the data with the reserve kept, and one fewer would not.
    #[test]
    fn there_are_as_many_shards_as_the_data_needs(input in inputs()) {
        let nodes = plan(&input, &Prices::default()).node_based.expect("it has prices");
        let of_one = input.node_type.about().maxmemory_bytes * 3 / 4;
        prop_assert!(input.data_bytes <= nodes.shards * of_one);
        prop_assert!(nodes.shards == 1 || input.data_bytes > (nodes.shards - 1) * of_one);
        prop_assert_eq!(nodes.headroom_bytes, nodes.usable_bytes - input.data_bytes);
        prop_assert_eq!(nodes.nodes, nodes.shards * u64::from(1 + input.replicas));
    }
}
