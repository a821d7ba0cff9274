//! The units of DynamoDB, recounted from the queries that have begun.

use super::facts::Point;
use super::state::Query;
use cache::units::{Key, Version, stable_hash};
use scenario::Scenario;
use sim::{Intake, Limit, Verb};

/// The partition of a key: each has an equal share of the hashes of names.
pub fn partition(of: &Point, key: Key) -> u16 {
    let Intake::DynamoDb(table) = of.setup.database.intake else {
        panic!("only DynamoDB has partitions");
    };
    let name = of.scenario.key_name(key);
    let hash = u128::from(stable_hash(&&*name) >> 32 << 32);
    ((hash * u128::from(table.partitions)) >> 64) as u16
}

/// How many units have been used in this second of a limit, how many there are, and how many this query needs.
pub fn units(of: &Point, limit: Limit) -> (u32, Option<u32>, u32) {
    let Intake::DynamoDb(table) = of.setup.database.intake else {
        panic!("only DynamoDB has units");
    };
    let writes = of.verb() == Verb::Update;
    let most = match (limit, writes) {
        (Limit::Partition(_), false) => Some(3_000),
        (Limit::Partition(_), true) => Some(1_000),
        (Limit::Table, false) => table.provisioned.map(|units| units.read),
        (Limit::Table, true) => table.provisioned.map(|units| units.write),
    };
    let second = of.at().0 / 1_000_000;
    let begun = of.before.begun.iter().filter(|query| {
        let same = match limit {
            Limit::Partition(place) => partition(of, query.key) == place,
            Limit::Table => true,
        };
        same && query.at.0 / 1_000_000 == second && (query.verb == Verb::Update) == writes
    });
    let used = begun.map(|query| needed(of.scenario, query)).sum();
    (used, most, needed(of.scenario, &this_query(of)))
}

/// The query that an event is about.
fn this_query(of: &Point) -> Query {
    Query {
        number: of.event.request.expect("a request's query"),
        key: of.event.key,
        verb: of.verb(),
        at: of.at(),
        finds_row: of.row() > Version(0),
    }
}

/// How many units a query needs: one for each 4 KB that it reads or 1 KB that it writes.
fn needed(scenario: &Scenario, query: &Query) -> u32 {
    let bytes = match query.key.0 < scenario.workload.key_count() {
        true => scenario.workload.size_bytes(query.number, query.key),
        // What is asked for by hand has a value of the usual size.
        false => scenario.key_name(query.key).len() as u32 + 100,
    };
    match query.verb {
        Verb::Update => bytes.div_ceil(1_024).max(1),
        _ if query.finds_row => bytes.div_ceil(4_096).max(1),
        _ => 1,
    }
}

/// Whether a limit has units enough for this query.
pub fn has_units(of: &Point, limit: Limit) -> bool {
    let (used, most, needs) = units(of, limit);
    most.is_none_or(|most| used + needs <= most)
}
