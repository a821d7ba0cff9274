//! Scenarios: short ways to write one down, and a proptest strategy for arbitrary ones.

use crate::days::days;
use cache::units::Micros;
use cache::{PolicyKind, Scope};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use scenario::{
    CacheInput, CapacityMode, DatabaseInput, DeploymentInput, DeploymentKind, FaultInput,
    LaneInput, NetworkInput, RequestInput, Scenario, ScenarioInput, VALUE_BYTES, WarmInput,
    WorkloadInput,
};
use sim::cost::NodeType;
use sim::workload::Generated;
use sim::{
    Ask, ByHand, Client, DatabaseKind, Defences, Durability, Endpoint, Event, ExpireCommand, Fault,
    FaultCommand, Hashing, Intervention, Latency, Operation, ReadPath, RequestCommand, Resharding,
    Strategy as Paths, WritePath, WriteTtl, Zone,
};
use std::rc::Rc;
use timeline::{Player, Run};

/// Every combination of paths that a scenario may have.
pub fn paths() -> Vec<(ReadPath, WritePath)> {
    let pairs_of = |read: ReadPath| read.writes().map(move |write| (read, write));
    ReadPath::ALL.into_iter().flat_map(pairs_of).collect()
}

/// A request of client 1.
pub fn request(at_us: u64, op: Operation, key: &str) -> RequestInput {
    RequestInput {
        at_us,
        client: 1,
        op,
        key: key.to_owned(),
        ttl_us: None,
        value_bytes: VALUE_BYTES,
    }
}

/// A lane with every default and no TTL.
pub fn lane((read, write): (ReadPath, WritePath)) -> LaneInput {
    LaneInput {
        name: None,
        strategy: Paths::new(read, write),
        cache: CacheInput::default(),
        database: DatabaseInput::default(),
        network: NetworkInput::default(),
    }
}

/// A scenario that starts with empty caches.
pub fn scenario(requests: Vec<RequestInput>, lanes: Vec<LaneInput>) -> ScenarioInput {
    ScenarioInput {
        title: String::new(),
        intro: String::new(),
        seed: "1".to_owned(),
        warm: Vec::new(),
        absent: Vec::new(),
        workload: WorkloadInput::Script(requests),
        faults: Vec::new(),
        schedule: None,
        lanes,
        commands: Vec::new(),
        plan: Default::default(),
        prices: Default::default(),
        day: Default::default(),
    }
}

/// Plays a scenario that has to be valid.
pub fn run(input: ScenarioInput) -> Run {
    Run::new(Rc::new(valid(input)))
}

/// A player at the start of a scenario that has to be valid.
pub fn player(input: ScenarioInput) -> Player {
    Player::new(valid(input))
}

/// Validates inputs that have to be valid.
pub fn valid(input: ScenarioInput) -> Scenario {
    Scenario::new(input).expect("the test's scenario is valid")
}

/// A long run: two lanes with as many connections as they need.
pub fn served(requests: u32) -> ScenarioInput {
    let generated = Generated {
        requests,
        keys: 10_000,
        ..Generated::default()
    };
    let mut lanes = [paths()[0], paths()[1]].map(lane);
    for lane in &mut lanes {
        lane.cache.capacity = 1_000;
        lane.database.connections = 12;
    }
    ScenarioInput {
        workload: WorkloadInput::Generated(generated),
        ..scenario(vec![], lanes.into())
    }
}

/// The cache of a lane, from 0, restarts.
pub fn restart(lane: u8) -> FaultCommand {
    FaultCommand {
        fault: Fault::RestartCache,
        lane: Some(u32::from(lane) + 1),
        node: None,
        zone: None,
    }
}

/// One lane's events, with their causes as places among them. The log numbers the events of all
/// lanes together, so the numbers themselves depend on the other lanes.
pub fn events_of_lane(run: &Run, lane: u8) -> Vec<Event> {
    let log = run.log();
    let mut place_of = vec![None; log.len()];
    let mut events: Vec<Event> = Vec::new();
    for (id, logged) in log.iter().enumerate() {
        if logged.lane == lane {
            let mut event = logged.event;
            event.cause = event.cause.map(|cause| {
                place_of[cause as usize].expect("a cause is an earlier event of the same lane")
            });
            place_of[id] = Some(events.len() as u32);
            events.push(event);
        }
    }
    events
}

/// Arbitrary scenarios: requests that overlap, caches that are too small, pools that are too small,
/// and TTLs that end within the run.
pub fn scenarios() -> impl Strategy<Value = ScenarioInput> {
    let requests = vec(requests(), 1..=40).prop_map(in_order_of_arrival);
    let fault = (
        0..2_000_000_u64,
        select(&Fault::ALL[..]),
        option::of(prop_oneof![
            2 => (1..=4_u16).prop_map(Ok),
            1 => select(&Zone::ALL[..]).prop_map(Err)
        ]),
    );
    let faults = vec(fault, 0..=4);
    let parts = (any::<u64>(), warm(), requests, faults, vec(lanes(), 1..=4));
    (parts, days()).prop_map(|((seed, warm, requests, mut faults, lanes), day)| {
        faults.sort_unstable();
        let fault = |(at_us, fault, place): (u64, Fault, Option<Result<u16, Zone>>)| FaultInput {
            at_us,
            fault,
            lane: None,
            node: match place {
                Some(Ok(node)) if fault.is_of_nodes() => Some(node),
                _ if fault.needs_node() => Some(1),
                _ => None,
            },
            zone: match place {
                Some(Err(zone)) if fault.is_of_zones() => Some(zone),
                _ => None,
            },
        };
        ScenarioInput {
            seed: seed.to_string(),
            warm,
            faults: faults.into_iter().map(fault).collect(),
            day,
            ..scenario(requests, lanes)
        }
    })
}

/// A lane with faults of its nodes: when, which, and at which node.
pub fn with_faults(
    lane: LaneInput,
    requests: Vec<RequestInput>,
    faults: &[(u64, Fault, u16)],
) -> ScenarioInput {
    let fault = |&(at_us, fault, node)| FaultInput {
        at_us,
        fault,
        lane: None,
        node: Some(node),
        zone: None,
    };
    let mut input = scenario(requests, vec![lane]);
    input.faults = faults.iter().map(fault).collect();
    input
}

/// Makes a lane's cache a durable cluster.
pub fn make_durable(lane: &mut LaneInput, durability: Durability) {
    lane.cache.replica_lag_us = None;
    lane.cache.durability = durability;
    let deployment = &mut lane.cache.deployment;
    deployment.kind = DeploymentKind::Cluster;
    deployment.node_type = NodeType::M7gLarge;
    deployment.replicas = deployment.replicas.max(1);
}

/// Scenarios with requests and expiries by hand, of keys that they have and of new ones, in one lane or all.
pub fn acted_scenarios() -> impl Strategy<Value = ScenarioInput> {
    scenarios().prop_flat_map(with_acts)
}

/// A scenario with a few requests and expiries by hand.
pub fn with_acts(mut input: ScenarioInput) -> impl Strategy<Value = ScenarioInput> {
    // A copy without a TTL that is made to expire joins the order of exact LRU as if it had just been used, and then
    // the reason of an eviction does not hold.
    for lane in &mut input.lanes {
        if lane.cache.deployment.kind == DeploymentKind::Serverless {
            lane.cache.policy = PolicyKind::ValkeyLru;
        }
    }
    let lane = option::of(1..=input.lanes.len() as u32);
    // Keys 8 and 9 are new.
    let key = (0..10_u32).prop_map(|number| Rc::<str>::from(format!("key:{number}")));
    let op = prop_oneof![
        Just(Some(Operation::Read)),
        Just(Some(Operation::Write)),
        Just(None)
    ];
    let act = (0..150_u32, op, key, lane);
    vec(act, 1..12).prop_map(move |mut acts| {
        acts.sort_unstable_by_key(|(step, ..)| *step);
        acts.dedup_by_key(|(step, ..)| *step);
        let given = |(step, op, key, lane)| Intervention {
            step,
            command: match op {
                Some(op) => ByHand::Request(RequestCommand {
                    request: Ask { op, key },
                    lane,
                }),
                None => ByHand::Expire(ExpireCommand { expire: key, lane }),
            },
        };
        ScenarioInput {
            commands: acts.into_iter().map(given).collect(),
            ..input.clone()
        }
    })
}

/// The same without faults and refusals: for what holds only while nothing goes wrong.
pub fn calm_scenarios() -> impl Strategy<Value = ScenarioInput> {
    scenarios().prop_map(|mut input| {
        input.faults.clear();
        if let WorkloadInput::Script(requests) = &mut input.workload {
            requests.iter_mut().for_each(|of| of.value_bytes %= 1_000);
        }
        for lane in &mut input.lanes {
            lane.database.queue_max = None;
            lane.database.capacity_mode = CapacityMode::OnDemand;
            lane.cache.deployment.ecpu_per_second = 30_000;
            lane.cache.deployment.slot_ecpu_per_second = 30_000;
            lane.cache.deployment.maximum_ecpu_per_second = 15_000_000;
            // A client that takes MOVED for an error can't use a cluster.
            if lane.cache.deployment.client == Client::Plain {
                lane.cache.deployment.client = Client::FollowsMoved;
            }
        }
        input
    })
}

const TTLS_US: std::ops::Range<u64> = 1..100_000;

fn keys() -> impl Strategy<Value = String> {
    (0..8_u32).prop_map(|number| format!("key:{number}"))
}

/// A request whose `at_us` is still the gap to the one before it: often none or a part of a trip.
fn requests() -> impl Strategy<Value = RequestInput> {
    let gap_us = prop_oneof![Just(0), 1..400_u64, 1..20_000_u64, 1..300_000_u64];
    let op = prop_oneof![2 => Just(Operation::Read), 1 => Just(Operation::Write)];
    let ttl_us = option::weighted(0.2, TTLS_US);
    // A few that a partition of DynamoDB can write only one or two of in a second.
    let value_bytes = prop_oneof![9 => 0..1_000_u32, 1 => 300_000..1_048_576_u32];
    let parts = (gap_us, 1..=3_u32, op, keys(), ttl_us, value_bytes);
    parts.prop_map(
        |(at_us, client, op, key, ttl_us, value_bytes)| RequestInput {
            client,
            ttl_us,
            value_bytes,
            ..request(at_us, op, &key)
        },
    )
}

fn in_order_of_arrival(mut requests: Vec<RequestInput>) -> Vec<RequestInput> {
    let mut now_us = 0;
    for request in &mut requests {
        now_us += request.at_us;
        request.at_us = now_us;
    }
    requests
}

fn warm() -> impl Strategy<Value = Vec<WarmInput>> {
    let entry = (keys(), prop_oneof![Just(0), TTLS_US]);
    let entry = entry.prop_map(|(key, age_us)| WarmInput { key, age_us });
    // A key may occur once only.
    vec(entry, 0..5).prop_map(|mut entries| {
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        entries.dedup_by(|a, b| a.key == b.key);
        entries
    })
}

fn lanes() -> impl Strategy<Value = LaneInput> {
    let policy = select(&PolicyKind::ALL[..]);
    let paths = (select(paths()), option::of(TTLS_US), select(WRITE_TTLS));
    let nodes = (any::<bool>(), option::weighted(0.3, 0..50_000_u64));
    let queues = option::weighted(0.3, 0..3_u32);
    let kinds = prop_oneof![
        2 => Just(DeploymentKind::Node),
        1 => Just(DeploymentKind::Cluster),
        1 => Just(DeploymentKind::Memcached),
        2 => Just(DeploymentKind::ReplicationGroup),
        2 => Just(DeploymentKind::Serverless),
        1 => Just(DeploymentKind::GlobalDatastore),
    ];
    let deployment = (
        kinds,
        select(&Client::ALL[..]),
        select(&Hashing::ALL[..]),
        select(&NodeType::ALL[..]),
        1..=3_u16,
        (
            0..=3_u16,
            select(&Endpoint::ALL[..]),
            1..200_u64,
            select(&Durability::ALL[..]),
            lags(),
            option::of(Just(Latency::new(800, 1_500, 2_500, 8_000))),
        ),
        rates(),
        (select(&Resharding::ALL[..]), any::<bool>()),
    );
    let replica_lag = option::weighted(0.3, Just(Latency::new(500, 5_000, 20_000, 90_000)));
    let parts = (
        paths,
        defences(),
        (policy, 1..=6_u32, 1..=2_u32, queues),
        nodes,
        replica_lag,
        deployment,
        databases(),
    );
    parts.prop_map(
        |(
            (paths, ttl_us, write_ttl),
            defences,
            (policy, capacity, connections, queue),
            node,
            lag,
            (
                kind,
                client,
                hashing,
                node_type,
                count,
                (replicas, endpoint, timeout_ms, durability, log_lag, other_zone),
                rates,
                (resharding, full_coverage),
            ),
            database,
        )| {
            let mut lane = lane(paths);
            lane.strategy.ttl_us = ttl_us.map(Micros);
            lane.strategy.write_ttl = write_ttl;
            lane.strategy.flush_delay_us = Micros(20_000);
            lane.strategy.defences = defences;
            // A soft TTL is shorter than the hard one.
            let soft = &mut lane.strategy.defences.soft_ttl_us;
            *soft = soft.filter(|soft| ttl_us.is_none_or(|hard| soft.0 < hard));
            lane.cache.policy = policy;
            lane.cache.capacity = capacity;
            (lane.cache.active_expiry, lane.cache.replica_lag_us) = node;
            lane.cache.deployment = DeploymentInput {
                kind,
                shards: count,
                client,
                nodes: count,
                hashing,
                node_type,
                replicas,
                endpoint,
                lag: Latency::new(500, 5_000, 20_000, 90_000),
                node_timeout_us: 100_000 + timeout_ms * 1_000,
                resharding,
                full_coverage,
                regions: count.max(2),
                region_lag: Latency::new(500, 5_000, 20_000, 90_000),
                promotion_us: 100_000 + timeout_ms * 1_000,
                ..rates
            };
            if kind == DeploymentKind::GlobalDatastore && node_type == NodeType::T4gMicro {
                lane.cache.deployment.node_type = NodeType::M7gLarge;
            }
            let replicated = lane.cache.deployment.deployment().replication().is_some();
            let serverless = kind == DeploymentKind::Serverless;
            if kind == DeploymentKind::Memcached || serverless || replicated {
                lane.cache.replica_lag_us = None;
            }
            if serverless {
                (lane.cache.policy, lane.cache.scope) = match policy {
                    PolicyKind::ValkeyLru => (policy, Scope::Volatile),
                    _ => (PolicyKind::Lru, Scope::Volatile),
                };
            }
            let is_durable = kind == DeploymentKind::Cluster && replicated;
            if is_durable && node_type != NodeType::T4gMicro {
                lane.cache.durability = durability;
            }
            lane.cache.log_lag = log_lag;
            // The primary gives leases.
            if lane.strategy.defences.lease_us.is_some() {
                lane.cache.deployment.endpoint = Endpoint::Primary;
            }
            lane.database = database;
            lane.database.connections = connections;
            lane.database.queue_max = queue;
            lane.database.replica_lag = match lane.database.kind {
                DatabaseKind::DynamoDb => None,
                DatabaseKind::Relational | DatabaseKind::MemoryDb => lag,
            };
            lane.network.timeout_us = 150_000;
            lane.network.other_zone = other_zone;
            lane
        },
    )
}

/// Rates of serverless caches, so low that a few commands exceed them, and that they grow within the run.
fn rates() -> impl Strategy<Value = DeploymentInput> {
    let rate = prop_oneof![2 => 1..=6_u32, 1 => 1_000..=2_000_u32];
    let parts = (
        rate,
        option::weighted(0.3, 1..=8_u32),
        8..=2_000_u32,
        prop_oneof![2 => 1..=4_u32, 1 => Just(30_000_u32)],
        100_000..1_500_000_u64,
    );
    parts.prop_map(
        |(ecpu_per_second, minimum, maximum, slot_ecpu_per_second, doubling_us)| DeploymentInput {
            ecpu_per_second,
            minimum_ecpu_per_second: minimum,
            maximum_ecpu_per_second: maximum,
            slot_ecpu_per_second,
            doubling_us,
            ..DeploymentInput::default()
        },
    )
}

/// How long after its reply a write is logged: soon, late, or so late that writes are rejected.
fn lags() -> impl Strategy<Value = Latency> {
    prop_oneof![
        2 => Just(Latency::new(500, 5_000, 20_000, 90_000)),
        2 => Just(Latency::new(200_000, 500_000, 1_000_000, 3_000_000)),
        1 => Just(Latency::Constant { us: 12_000_000 })
    ]
}

/// Databases of every kind. The provisioned tables have so few units that they throttle.
fn databases() -> impl Strategy<Value = DatabaseInput> {
    let kinds = prop_oneof![
        2 => Just(DatabaseKind::Relational),
        2 => Just(DatabaseKind::DynamoDb),
        1 => Just(DatabaseKind::MemoryDb)
    ];
    let units = (1..=8_u32, 1..=8_u32);
    let parts = (kinds, 1..=3_u16, select(&CapacityMode::ALL[..]), units);
    parts.prop_map(
        |(kind, partitions, capacity_mode, (read_units, write_units))| DatabaseInput {
            partitions,
            capacity_mode,
            read_units,
            write_units,
            ..DatabaseInput::of(kind)
        },
    )
}

const WRITE_TTLS: &[WriteTtl] = &[WriteTtl::Set, WriteTtl::Drop, WriteTtl::Keep];

/// Each defence on or off.
fn defences() -> impl Strategy<Value = Defences> {
    let span = || option::weighted(0.2, TTLS_US.prop_map(Micros));
    let switches = (0..=30_u32, any::<bool>(), any::<bool>());
    let parts = (switches, span(), span(), span(), span(), span());
    let xfetch = option::weighted(0.2, 50..400_u32);
    (parts, xfetch).prop_map(
        |((switches, lease, double_delete, soft, negative, log), xfetch)| Defences {
            ttl_jitter_percent: switches.0,
            single_flight: switches.1,
            lease_us: lease,
            version_check: switches.2,
            double_delete_us: double_delete,
            soft_ttl_us: soft,
            xfetch_beta_percent: xfetch,
            negative_ttl_us: negative,
            commit_log_us: log,
        },
    )
}
