//! Arbitrary days of traffic, and plans for them.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use sim::cost::{Engine, NodeType, PlanInput, RATE_MAX};
use sim::day::{DayInput, Shape};

/// A day.
pub fn days() -> impl Strategy<Value = DayInput> {
    let traffic = (
        select(&Shape::ALL[..]),
        prop_oneof![0..=1_000_u32, 0..=600_000_u32, 0..=RATE_MAX],
        1..=720_u32,
        0..=1_000_u32,
    );
    let nodes = (
        prop_oneof![1..=1_000_u32, 50_000..=1_000_000_u32],
        any::<bool>(),
        option::of(0..=23_u32),
        any::<bool>(),
    );
    let pre_scaled = (
        prop_oneof![Just(0), 1..=15_000_000_u32],
        0..=23_u32,
        1..=24_u32,
    );
    (traffic, nodes, pre_scaled).prop_map(|(traffic, nodes, pre_scaled)| {
        let (shape, peak_per_second, busy_minutes, quiet_per_mille) = traffic;
        let (node_requests_per_second, sized_for_peak, failover_hour, replica_reads) = nodes;
        let (pre_scaled_ecpu_per_second, pre_scaled_from_hour, pre_scaled_hours) = pre_scaled;
        DayInput {
            shape,
            peak_per_second,
            busy_minutes,
            quiet_per_mille,
            node_requests_per_second,
            sized_for_peak,
            replica_reads,
            failover_hour,
            pre_scaled_ecpu_per_second,
            pre_scaled_from_hour,
            pre_scaled_hours,
        }
    })
}

/// What the plan says for it.
pub fn plans() -> impl Strategy<Value = PlanInput> {
    (
        select(&Engine::ALL[..]),
        select(&NodeType::ALL[..]),
        prop_oneof![1..=1_000_u32, 1..=1_048_576_u32],
        1..=40_000_000_000_u64,
        (0..=1_000_u32, 0..=5_u32, 0..=1_000_u32),
        (0..=100_u32, any::<bool>()),
    )
        .prop_map(
            |(
                engine,
                node_type,
                value_bytes,
                data_bytes,
                shares,
                (cross_zone_percent, durable),
            )| {
                let (read_per_mille, replicas, hot_key_per_mille) = shares;
                PlanInput {
                    engine,
                    node_type,
                    value_bytes,
                    data_bytes,
                    read_per_mille,
                    replicas,
                    hot_key_per_mille,
                    cross_zone_percent,
                    durable,
                    ..PlanInput::default()
                }
            },
        )
}
