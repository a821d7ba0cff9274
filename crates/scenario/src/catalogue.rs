//! The scenarios that come with the page.

use super::input::{ScenarioInput, WarmInput};
use super::lane_input::{CacheInput, DatabaseInput, LaneInput, NetworkInput};
use super::workload_input::{RequestInput, VALUE_BYTES, WorkloadInput};
use cache::units::Micros;
use sim::{Operation, Pattern, Strategy};

const SECOND_US: u64 = 1_000_000;

/// What the opening scene is called.
pub const OPENING_TITLE: &str = "Lazy or write-through?";

/// The opening scene: cache-aside, which writes to the database only, beside write-through.
///
/// Within the first twenty steps there is a hit, a miss with its three trips, an eviction, a fill, a
/// write in both patterns, and a read that shows what each write left behind. After that each
/// pattern shows its price: stale copies until the time to live ends on the left, entries pushed
/// out by writes that nobody reads on the right.
pub fn opening() -> ScenarioInput {
    use Operation::{Read, Write};
    let script = [
        (0, Read, "user:1"),
        (10, Read, "user:7"),
        (20, Write, "user:2"),
        (30, Read, "user:2"),
        (40, Write, "user:8"),
        (50, Read, "user:5"),
        (60, Read, "user:1"),
        (70, Read, "user:8"),
        (80, Read, "user:2"),
        (230, Read, "user:2"),
        (240, Read, "user:5"),
        (250, Write, "user:5"),
        (260, Read, "user:5"),
    ];
    let request = |&(second, op, key): &(u64, Operation, &str)| RequestInput {
        at_us: second * SECOND_US,
        client: 1,
        op,
        key: key.to_owned(),
        ttl_us: None,
        value_bytes: VALUE_BYTES,
    };
    let warm = [
        ("user:3", 240),
        ("user:5", 150),
        ("user:2", 90),
        ("user:1", 30),
    ];
    ScenarioInput {
        title: OPENING_TITLE.to_owned(),
        intro: "The same requests go to both lanes. Press Step and watch which one has to wait for the slow database."
            .to_owned(),
        seed: "7".to_owned(),
        warm: warm
            .iter()
            .map(|&(key, age)| WarmInput {
                key: key.to_owned(),
                age_us: age * SECOND_US,
            })
            .collect(),
        absent: Vec::new(),
        workload: WorkloadInput::Script(script.iter().map(request).collect()),
        faults: Vec::new(),
        schedule: None,
        lanes: default_lanes(),
        commands: Vec::new(),
    }
}

/// The lanes of the opening scene: cache-aside and write-through.
pub fn default_lanes() -> Vec<LaneInput> {
    [Pattern::CacheAside, Pattern::WriteThrough]
        .map(lane)
        .into()
}

/// A lane with a pattern's usual paths, a time to live of five minutes (the ElastiCache user
/// guide's example) and every other default.
pub(super) fn lane(pattern: Pattern) -> LaneInput {
    let (read, write) = pattern.paths();
    LaneInput {
        name: None,
        strategy: Strategy {
            ttl_us: Some(Micros(300 * SECOND_US)),
            ..Strategy::new(read, write)
        },
        cache: CacheInput::default(),
        database: DatabaseInput::default(),
        network: NetworkInput::default(),
    }
}
