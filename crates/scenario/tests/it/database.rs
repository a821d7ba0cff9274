//! What a database may be: each refusal names the field, the value and what was expected; a kind brings its own
//! latencies; and without a kind an input is what it was.

use crate::refused::assert_says;
use scenario::link::{decode, encode};
use scenario::{CapacityMode, DatabaseInput, Scenario, opening};
use serde_json::{Value, json};
use sim::{DatabaseKind, Intake, Pool, Table, Units};

/// The opening scene with a database in its first lane.
fn with(database: Value) -> Result<Scenario, scenario::Invalid> {
    let mut input = opening().to_value();
    input["lanes"][0]["database"] = database;
    Scenario::from_value(&input)
}

fn assert_refused(database: Value, field: &str, says: &[&str]) {
    let invalid = with(database).expect_err("it is refused");
    assert_says(&invalid, &format!("/lanes/0/database/{field}"), says);
}

#[test]
fn numbers_have_two_ends() {
    for (field, most) in [
        ("partitions", 64),
        ("read_units", 40_000),
        ("write_units", 40_000),
    ] {
        for inside in [1, most] {
            with(json!({"kind": "dynamodb", field: inside})).expect("an end of the range");
        }
        for outside in [0, most + 1] {
            let says = [format!("from 1 to {most}"), format!("is {outside}")];
            let says = says.each_ref().map(String::as_str);
            assert_refused(json!({ field: outside }), field, &says);
        }
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_known_ones() {
    assert_refused(json!({"kind": "mongodb"}), "kind", &["dynamodb", "mongodb"]);
    let says = ["on-demand", "provisioned", "burst"];
    assert_refused(json!({"capacity_mode": "burst"}), "capacity_mode", &says);
    assert_refused(json!({"read": null}), "read", &["constant_us"]);
}

#[test]
fn dynamodb_has_no_read_replica() {
    let lag = json!({"kind": "dynamodb", "replica_lag": {"constant_us": 5}});
    assert_refused(lag, "replica_lag", &["null", "strongly consistent"]);
    with(json!({"kind": "memorydb", "replica_lag": {"constant_us": 5}})).expect("it may lag");
}

#[test]
fn a_kind_brings_its_latencies_and_its_settings() {
    let database = |value: Value| with(value).expect("it is valid").lanes[0].database;
    let plain = database(json!({}));
    let pool = Pool {
        connections: 4,
        queue_max: None,
    };
    assert_eq!(plain.intake, Intake::Relational(pool));
    for kind in DatabaseKind::ALL {
        let usual = DatabaseInput::of(kind);
        let of_kind = database(json!({"kind": kind.name()}));
        assert_eq!((of_kind.read, of_kind.write), (usual.read, usual.write));
        assert_eq!(of_kind.intake.kind(), kind);
        let own = database(json!({"kind": kind.name(), "read": {"constant_us": 7}}));
        assert_eq!((own.read.at(0).0, own.write), (7, usual.write));
    }
    let table = json!({"kind": "dynamodb", "partitions": 9, "read_units": 5, "write_units": 6});
    let mut table = Value::clone(&table);
    let of = |provisioned| {
        Intake::DynamoDb(Table {
            partitions: 9,
            provisioned,
        })
    };
    assert_eq!(database(table.clone()).intake, of(None));
    table["capacity_mode"] = json!("provisioned");
    assert_eq!(
        database(table).intake,
        of(Some(Units { read: 5, write: 6 }))
    );
}

/// What a link leaves out depends on the kind, in both directions.
#[test]
fn a_link_keeps_what_differs_from_the_kinds_own() {
    let latencies = |kind| {
        let of = DatabaseInput::of(kind);
        (of.read, of.write)
    };
    for kind in DatabaseKind::ALL {
        for (read, write) in DatabaseKind::ALL.map(latencies) {
            let mut input = opening();
            input.lanes[1].database = DatabaseInput {
                read,
                write,
                capacity_mode: CapacityMode::Provisioned,
                ..DatabaseInput::of(kind)
            };
            let link = encode(&input, 3, None).expect("it fits into a link");
            let linked = decode(&link).expect("it can be read");
            assert_eq!(*linked.scenario.input, input);
        }
    }
}
