//! What the panel "Plan" says is so: sentences and what is taken from a lane are computed again, apart from
//! the code that makes them.

use cache_playground::session::{Edit, Session, Set};
use cache_playground::view::{from_lane, limit_sentence, verdict};
use scenario::{SCENES, Scenario};
use serde_json::{Value, json};
use sim::cost::{Engine, NodeType, PlanInput, Prices, plan};
use timeline::Command;

/// The dollars in a sentence, in order, in cents.
fn amounts(sentence: &str) -> Vec<i64> {
    let after = sentence.split('$').skip(1);
    let amount = |text: &str| {
        let digits = text
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.'));
        let digits: String = digits.filter(|c| *c != ',').collect();
        let (whole, cents) = digits.trim_end_matches('.').split_once('.').expect("cents");
        assert_eq!(cents.len(), 2, "{sentence}");
        format!("{whole}{cents}").parse().expect("digits")
    };
    after.map(amount).collect()
}

/// A month in dollars by the published prices: nodes, data between zones, storage and requests.
fn month(input: &PlanInput) -> [f64; 4] {
    let (hour, of_redis, maxmemory) = match input.node_type {
        NodeType::T4gMicro => (0.0128, 0.016, 536_870_912.0),
        NodeType::M7gLarge => (0.1264, 0.158, 6_854_542_746.0),
        NodeType::R7gLarge => (0.1752, 0.219, 14_037_181_030.0),
    };
    let (hour, gb, million, minimum) = match input.engine {
        Engine::Valkey => (hour, 0.084, 0.0023, 0.1),
        _ => (of_redis, 0.125, 0.0034, 1.0),
    };
    let shards = (input.data_bytes as f64 / (maxmemory * 0.75)).ceil();
    let seconds = 730.0 * 3600.0 * f64::from(input.busy_hours) / 24.0;
    let requests = f64::from(input.requests_per_second) * seconds;
    let bytes = f64::from(input.value_bytes);
    let crossing = requests * bytes / 1e9 * f64::from(input.cross_zone_percent) / 100.0;
    [
        730.0 * shards * f64::from(1 + input.replicas) * hour,
        crossing * 0.01,
        730.0 * gb * f64::max(input.data_bytes as f64 / 1e9, minimum),
        requests / 1e6 * f64::max(1.0, bytes / 1000.0) * million,
    ]
}

/// Every mix of a few of each input.
fn inputs() -> Vec<PlanInput> {
    let mut all = Vec::new();
    for engine in [Engine::Valkey, Engine::RedisOss] {
        for node_type in NodeType::ALL {
            for (requests_per_second, hot_key_per_mille) in [(10, 10), (41_000, 10), (900_000, 0)] {
                for data_bytes in [20_000_000, 3_000_000_000, 11_000_000_000] {
                    for (busy_hours, value_bytes) in [(24, 1_000), (2, 40), (7, 9_000)] {
                        for (replicas, cross_zone_percent) in [(0, 0), (2, 100)] {
                            all.push(PlanInput {
                                requests_per_second,
                                value_bytes,
                                data_bytes,
                                busy_hours,
                                replicas,
                                engine,
                                node_type,
                                hot_key_per_mille,
                                cross_zone_percent,
                                ..PlanInput::default()
                            });
                        }
                    }
                }
            }
        }
    }
    all
}

fn said(input: &PlanInput) -> String {
    verdict(input, &plan(input, &Prices::default()))
}

#[test]
fn the_verdict_is_true() {
    let mut seen = [0; 4];
    for input in inputs() {
        let sentence = said(&input);
        let [nodes, zones, storage, requests] = month(&input);
        let cents = |dollars: f64| (dollars * 100.0).round() as i64;
        let totals = [cents(nodes + zones), cents(storage + requests)];
        let [of_nodes, of_serverless] = totals;
        let found = amounts(&sentence);
        let apart = (of_nodes - of_serverless).abs();
        let (cheaper, part, what, kind) = if of_nodes < of_serverless {
            let (part, what, kind) = match storage >= requests {
                true => (storage, "most for storage", 0),
                false => (requests, "most for requests", 1),
            };
            ("Node-based is cheaper by ", part, what, kind)
        } else {
            let (part, what, kind) = match nodes >= zones {
                true => (nodes, "paid for every hour, busy or not", 2),
                false => (zones, "data between zones", 3),
            };
            ("Serverless is cheaper by ", part, what, kind)
        };
        assert!(
            sentence.starts_with(cheaper) && sentence.contains(what),
            "{sentence}: {input:?}"
        );
        let least = of_nodes.min(of_serverless);
        assert_eq!(
            found,
            [apart, least, least + apart, cents(part)],
            "{sentence}: {input:?}"
        );
        seen[kind] += 1;
    }
    assert!(seen.iter().all(|&count| count > 3), "{seen:?}");
}

#[test]
fn the_verdict_says_where_a_limit_leaves_no_choice() {
    let easy = PlanInput::default();
    let rare = PlanInput {
        hot_key_per_mille: 0,
        requests_per_second: 16_000_000,
        ..easy.clone()
    };
    assert!(said(&rare).starts_with("Serverless reaches a limit. Nodes cost $255.79 a month"));
    let large = PlanInput {
        node_type: NodeType::T4gMicro,
        data_bytes: 400_000_000_000,
        ..easy.clone()
    };
    // 730 × 0.084 × 400 GB and 1,000 requests a second.
    assert!(said(&large).starts_with("Only serverless can do this, for $24,534.04 a month"));
    let both = PlanInput {
        hot_key_per_mille: 1_000,
        requests_per_second: 16_000_000,
        ..large
    };
    assert_eq!(said(&both), "Both reach a limit.");
    let memcached = PlanInput {
        engine: Engine::Memcached,
        ..easy
    };
    // 730 × 0.125 × 1 GB, and 2,628 million times 0.0034.
    assert!(said(&memcached).starts_with("Serverless costs $100.19 a month. No source gives"));
    let crowded = PlanInput {
        connections: 70_000,
        ..memcached
    };
    assert!(said(&crowded).contains("a month, but reaches a limit. No source gives"));
}

/// A sentence about a limit has the number that is needed and the number that there is.
#[test]
fn a_limit_is_said_with_its_numbers() {
    let input = PlanInput {
        requests_per_second: 16_000_000,
        data_bytes: 6_000_000_000_000,
        connections: 70_000,
        replicas: 5,
        ..PlanInput::default()
    };
    let plan = plan(&input, &Prices::default());
    let nodes = plan.node_based.expect("it has prices").limits;
    let said: Vec<String> = nodes
        .iter()
        .map(|limit| limit_sentence(&input, limit))
        .collect();
    assert_eq!(
        said,
        [
            "One r7g.large holds 10.5 GB, because 25 % of its memory is reserved: 6,000 GB needs 570 shards.",
            "A cluster has at most 500 shards; this plan needs 570.",
            "A cluster has at most 500 nodes; this plan needs 3,420.",
            "Each node takes an IP address: 3,420 do not fit into one /24 subnet, which leaves 251.",
            "One r7g.large takes at most 65,000 connections; this plan opens 70,000.",
        ]
    );
    let limits = plan.serverless.limits.iter();
    let said: Vec<String> = limits.map(|limit| limit_sentence(&input, limit)).collect();
    assert_eq!(
        said,
        [
            "A serverless cache stores at most 5,000 GiB (5,369 GB); this plan has 6,000 GB.",
            "A serverless cache executes at most 15,000,000 ECPU per second; this plan asks for 16,000,000.",
            "One slot gets at most 30,000 ECPU per second, and the hottest key alone asks for 160,000: the rest is throttled.",
            "A serverless cache takes 65,000 connections; of 70,000, some may fail.",
        ]
    );
}

/// Counted again from the events of the lane.
#[test]
fn what_is_taken_from_a_lane_is_what_happened_in_it() {
    let session = Session::new();
    assert_eq!(from_lane(&session.snapshot().frame, 0), None);
    let scene = SCENES
        .iter()
        .find(|scene| scene.name == "product-page")
        .expect("a scene");
    session.load(Scenario::new(scene.scenario()).expect("valid"));
    session
        .command(Command::Seek { step: 900 })
        .expect("a step");
    let snapshot = session.snapshot();
    for lane in 0..snapshot.frame.lanes.len() {
        let (mut commands, mut reads, mut answered) = (0_u64, 0_u64, 0_u64);
        for logged in (0..=900).flat_map(|step| {
            snapshot
                .run
                .events_at(step)
                .iter()
                .cloned()
                .collect::<Vec<_>>()
        }) {
            if usize::from(logged.lane) != lane {
                continue;
            }
            match logged.event.kind {
                sim::EventKind::Hit { .. }
                | sim::EventKind::Miss { .. }
                | sim::EventKind::Fill { .. }
                | sim::EventKind::Reject { .. }
                | sim::EventKind::Delete { .. } => commands += 1,
                sim::EventKind::Reply { operation, .. } => {
                    answered += 1;
                    reads += u64::from(operation == sim::Operation::Read);
                }
                _ => {}
            }
        }
        let taken = from_lane(&snapshot.frame, lane).expect("there is something to take");
        let seconds = snapshot.frame.at_us.0 as f64 / 1e6;
        let rate = (commands as f64 / seconds).round() as u64;
        assert_eq!(taken.requests_per_second, Some(rate));
        assert_eq!(taken.read_per_mille, reads * 1_000 / answered);
        let cache = &snapshot.frame.lanes[lane].cache;
        let sizes: u64 = cache
            .entries
            .iter()
            .map(|entry| u64::from(entry.size_bytes))
            .sum();
        let mean = (sizes as f64 / cache.entries.len() as f64).round() as u64;
        assert_eq!(
            (taken.value_bytes, taken.data_bytes),
            (mean, cache.used_bytes)
        );
        assert!(
            taken.said.contains(&format!("{commands} commands in ")),
            "{}",
            taken.said
        );
    }
}

/// A rate below one a second is said as it is, although a plan takes whole numbers.
#[test]
fn a_slow_lane_is_not_said_to_be_faster_than_it_is() {
    let session = Session::new();
    session.command(Command::Seek { step: 60 }).expect("a step");
    let frame = session.snapshot().frame;
    let metrics = &frame.lanes[0].metrics;
    let commands = metrics.commands;
    let rate = commands as f64 * 1e6 / frame.at_us.0 as f64;
    assert!(rate < 1.0);
    let taken = from_lane(&frame, 0).expect("there is something to take");
    let (_, said) = taken.said.split_once(" are ").expect("a rate");
    let (said, _) = said
        .split_once(" per second, and a plan takes at least 1")
        .expect("its unit");
    assert!(
        (said.parse::<f64>().expect("a number") - rate).abs() < 0.001,
        "{said} of {rate}"
    );
}

/// Planning changes nothing in the run, is no change of the scene, and can be undone.
#[test]
fn a_plan_is_an_input_that_leaves_the_run_as_it_is() {
    let session = Session::new();
    session.command(Command::Seek { step: 12 }).expect("a step");
    let before = (session.state_hash(), session.snapshot().run.log_hash());
    let set = |place: &str, value: Value| {
        Edit::Set(Set {
            values: vec![(place.to_owned(), value)],
            told: String::new(),
        })
    };
    session
        .edit(&set("/plan/requests_per_second", json!(41_305)))
        .expect("in range");
    session
        .edit(&set("/prices/valkey_gb_hour_micro_usd", json!(90_000)))
        .expect("in range");
    assert_eq!(
        (session.state_hash(), session.snapshot().run.log_hash()),
        before
    );
    assert!(!session.is_changed());
    assert_eq!(session.undoable(false).as_deref(), Some("storage, Valkey"));
    session.undo(false);
    let input = session.snapshot().run.scenario().input.clone();
    assert_eq!(
        (input.plan.requests_per_second, &input.prices),
        (41_305, &Prices::default())
    );
}
