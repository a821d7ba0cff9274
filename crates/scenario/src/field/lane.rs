//! The database's and the network's inputs, and the distributions of time that many inputs have.

use super::super::lane_input::DatabaseInput;
use super::super::ranges::{GAP_MAX_US, LATENCY_MAX_US, PARTITIONS, TABLE_UNITS, TIME_MAX_US};
use super::cache::REPLICATED;
use super::{Choice, Field, Kind, Optional, Variant, With, count, none_or};
use crate::read;
use serde_json::{Value, json};
use sim::{DatabaseKind, latency};

/// Makes the kinds of distributions of spans up to a maximum.
macro_rules! distribution {
    ($name:ident, $max_us:expr) => {
        pub(super) static $name: [Variant; 3] = [
            Variant {
                tag: "p50_us",
                title: "Percentiles",
                about: "set p50, p90, p99 and max; values in between are interpolated",
                fields: &[
                    Field::new("/p50_us", "p50", Kind::Span((1, $max_us)), ""),
                    Field::new("/p90_us", "p90", Kind::Span((1, $max_us)), ""),
                    Field::new("/p99_us", "p99", Kind::Span((1, $max_us)), ""),
                    Field::new("/max_us", "max", Kind::Span((1, $max_us)), ""),
                ],
                make: |from| {
                    let middle = middle_us(from).max(1);
                    let at = |times: u64| Value::from((middle * times).min($max_us));
                    json!({
                        "p50_us": at(1),
                        "p90_us": at(2),
                        "p99_us": at(4),
                        "max_us": at(10),
                    })
                },
            },
            Variant {
                tag: "exponential_mean_us",
                title: "Exponential",
                about: "memoryless; standard deviation equals the mean",
                fields: &[Field::new(
                    "/exponential_mean_us",
                    "mean",
                    Kind::Span((1, $max_us)),
                    "",
                )],
                make: |from| {
                    let mean_us = Value::from(middle_us(from).max(1));
            json!({"exponential_mean_us": mean_us})
                },
            },
            Variant {
                tag: "constant_us",
                title: "Constant",
                about: "always the same",
                fields: &[Field::new(
                    "/constant_us",
                    "always",
                    Kind::Span((0, $max_us)),
                    "",
                )],
        make: |from| json!({"constant_us": middle_us(from)}),
            },
        ];
    };
}

distribution!(LATENCY, LATENCY_MAX_US);
distribution!(GAP, GAP_MAX_US);
distribution!(OWN_TTL, TIME_MAX_US);

/// The number that stands for a distribution when another kind is made of it, in microseconds.
fn middle_us(of: &Value) -> u64 {
    let known = ["p50_us", "exponential_mean_us", "constant_us"];
    let number = known.iter().find_map(|name| of.get(name)?.as_u64());
    number.unwrap_or(1_000)
}

choices!(KINDS: DatabaseKind, kind => Choice {
    name: kind.name(),
    title: kind.title(),
    about: match kind {
        DatabaseKind::Relational => "a query needs one of the pool's connections, and waits when all are busy",
        DatabaseKind::DynamoDb => "a query begins at once, or is throttled if its partition has too few units left in this second",
        DatabaseKind::MemoryDb => "reads come from memory in microseconds; a write takes milliseconds and is durable",
    },
});

static CAPACITY_MODES: [Choice; 2] = [
    Choice {
        name: "on-demand",
        title: "On-demand",
        about: "only the partitions have a limit",
    },
    Choice {
        name: "provisioned",
        title: "Provisioned",
        about: "the table has read and write units too, which its partitions share",
    },
];

/// What has to change with a lane's kind of database, of the inputs as they are now: the whole database, with the
/// latencies of the new kind where it had the old kind's, and without a replica that the new kind can't have.
pub(super) fn changes_with_kind(
    inputs: &Value,
    lane: &str,
    kind: &Value,
) -> Option<(String, Value, &'static str)> {
    let place = format!("{lane}/database");
    let now: DatabaseInput = read("It", inputs.pointer(&place)?).ok()?;
    let kind: DatabaseKind = read("It", kind).ok()?;
    let (old, new) = (DatabaseInput::of(now.kind), DatabaseInput::of(kind));
    let changed = DatabaseInput {
        kind,
        read: if now.read == old.read {
            new.read
        } else {
            now.read
        },
        write: if now.write == old.write {
            new.write
        } else {
            now.write
        },
        replica_lag: now.replica_lag.filter(|_| kind != DatabaseKind::DynamoDb),
        ..now.clone()
    };
    let only_kind = DatabaseInput { kind, ..now };
    if changed == only_kind {
        return None;
    }
    let why = match changed.replica_lag == only_kind.replica_lag {
        true => "with the latencies of that kind",
        false => "without a read replica",
    };
    let value = serde_json::to_value(changed).expect("inputs are plain data");
    Some((place, value, why))
}

/// The place of a lane's kind of database.
const KIND: &str = "/lanes/*/database/kind";

const RELATIONAL: &[With] = &[(KIND, &["relational"])];
const DYNAMODB: &[With] = &[(KIND, &["dynamodb"])];
const PROVISIONED: &[With] = &[
    (KIND, &["dynamodb"]),
    ("/lanes/*/database/capacity_mode", &["provisioned"]),
];

pub(super) static DATABASE: [Field; 10] = [
    Field::new(
        "/lanes/*/database/kind",
        "Kind",
        Kind::Choice(&KINDS),
        "What the system of record is.",
    ),
    Field::new(
        "/lanes/*/database/connections",
        "Connections",
        count((1, 64), ""),
        "How many queries can run at once; the rest wait in a queue.",
    )
    .only_with(RELATIONAL)
    .known_as("the pool; DatabaseConnections"),
    Field::new(
        "/lanes/*/database/read",
        "Read time",
        Kind::OneOf(&LATENCY),
        "How long a read takes once it has begun.",
    )
    .known_as("ReadLatency"),
    Field::new(
        "/lanes/*/database/write",
        "Write time",
        Kind::OneOf(&LATENCY),
        "How long a write takes once it has begun.",
    )
    .known_as("WriteLatency"),
    Field::new(
        "/lanes/*/database/replica_lag",
        "Lag of the read replica",
        none_or(&Kind::OneOf(&LATENCY), || json!({"constant_us": 20_000})),
        "Adds a read replica this far behind the primary; all reads go to it.",
    )
    .only_with(&[(KIND, &["relational", "memorydb"])])
    .known_as("ReplicaLag"),
    Field::new(
        "/lanes/*/database/queue_max",
        "Longest queue",
        Kind::Optional(Optional {
            of: &count((0, 10_000), "queries"),
            when_on: || Value::from(20),
            absent: "no limit",
        }),
        "When so many queries wait for a connection, further ones are refused at once.",
    )
    .only_with(RELATIONAL)
    .known_as("load shedding"),
    Field::new(
        "/lanes/*/database/partitions",
        "Partitions",
        count(PARTITIONS, ""),
        "How many partitions share the keys, by a hash of their names. Each delivers at most 3,000 read units and 1,000 write units a second; a unit reads 4 KB or writes 1 KB. For reads in microseconds with little change of code DynamoDB has a cache of its own, DAX.",
    )
    .only_with(DYNAMODB),
    Field::new(
        "/lanes/*/database/capacity_mode",
        "Capacity mode",
        Kind::Choice(&CAPACITY_MODES),
        "Whether the table has units of its own beside those of its partitions.",
    )
    .only_with(DYNAMODB)
    .known_as("BillingMode"),
    Field::new(
        "/lanes/*/database/read_units",
        "Read units",
        count(TABLE_UNITS, "a second"),
        "The table's read units. Any partition may use them, up to 3,000.",
    )
    .only_with(PROVISIONED)
    .known_as("ReadCapacityUnits"),
    Field::new(
        "/lanes/*/database/write_units",
        "Write units",
        count(TABLE_UNITS, "a second"),
        "The table's write units. Any partition may use them, up to 1,000.",
    )
    .only_with(PROVISIONED)
    .known_as("WriteCapacityUnits"),
];

pub(super) static NETWORK: [Field; 5] = [
    Field::new(
        "/lanes/*/network/cache",
        "Round trip to the cache",
        Kind::OneOf(&LATENCY),
        "From the application to the cache and back, without the cache's own work.",
    ),
    Field::new(
        "/lanes/*/network/other_zone",
        "Round trip to another zone",
        Kind::Optional(Optional {
            of: &Kind::OneOf(&LATENCY),
            when_on: || json!(latency::OTHER_ZONE_ROUND_TRIP),
            absent: "as in the same zone",
        }),
        "To a node of another availability zone, where shards have replicas. Clients are spread over the zones.",
    )
    .only_with(REPLICATED),
    Field::new(
        "/lanes/*/network/other_region",
        "Round trip to another Region",
        Kind::OneOf(&LATENCY),
        "From a client to a cache in another Region and back.",
    )
    .only_with(&[("/lanes/*/cache/deployment/kind", &["global-datastore"])]),
    Field::new(
        "/lanes/*/network/database",
        "Round trip to the database",
        Kind::OneOf(&LATENCY),
        "From the application to the database and back, without the database's own work.",
    ),
    Field::new(
        "/lanes/*/network/timeout_us",
        "Time-out",
        Kind::Span((1, LATENCY_MAX_US)),
        "How long the application waits before it gives up on an answer.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CapacityMode;

    #[test]
    fn names_are_those_of_the_inputs() {
        for (choice, kind) in KINDS.iter().zip(DatabaseKind::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(kind));
        }
        for (choice, mode) in CAPACITY_MODES.iter().zip(CapacityMode::ALL) {
            assert_eq!(read("It", &Value::from(choice.name)), Ok(mode));
        }
    }

    #[test]
    fn another_kind_brings_its_latencies_and_keeps_those_that_were_set() {
        let inputs = |database: Value| json!({"lanes": [{"database": database}]});
        let choose = |database: Value, kind: &str| {
            let also = changes_with_kind(&inputs(database), "/lanes/0", &Value::from(kind));
            also.map(|(place, value, _)| {
                assert_eq!(place, "/lanes/0/database");
                read::<DatabaseInput>("It", &value).expect("a database")
            })
        };
        let dynamodb = choose(json!({}), "dynamodb").expect("its latencies are others");
        assert_eq!(dynamodb, DatabaseInput::of(DatabaseKind::DynamoDb));
        let back = serde_json::to_value(dynamodb).expect("inputs are plain data");
        assert_eq!(choose(back, "relational"), Some(DatabaseInput::default()));
        assert_eq!(choose(json!({}), "relational"), None);

        let own = json!({"read": {"constant_us": 5}, "replica_lag": {"constant_us": 7}});
        let dynamodb = choose(own.clone(), "dynamodb").expect("its write time is another");
        assert_eq!(
            serde_json::to_value(dynamodb.read).ok(),
            Some(json!({"constant_us": 5}))
        );
        assert_eq!(dynamodb.replica_lag, None);
        let memorydb = choose(own, "memorydb").expect("its write time is another");
        assert!(memorydb.replica_lag.is_some());
    }
}
