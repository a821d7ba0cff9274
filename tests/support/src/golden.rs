//! The scenarios whose hashes are kept, and how they are hashed. `browser/determinism.test.mjs` makes
//! the same ones from the same files.

#![allow(
    dead_code,
    reason = "each test file is a crate, and not all of them hash"
)]

use cache::PolicyKind;
use scenario::{Scenario, opening};
use serde_json::{Value, json};
use sim::{ReadPath, WritePath};
use std::rc::Rc;
use timeline::Run;

/// The golden file.
pub const EXPECTED: &str = include_str!("../data/hashes.tsv");

/// The scenarios with files of their own.
const FILES: [(&str, &str); 4] = [
    ("overlap", include_str!("../data/scenarios/overlap.json")),
    ("expiry", include_str!("../data/scenarios/expiry.json")),
    ("long", include_str!("../data/scenarios/long.json")),
    ("race", include_str!("../data/scenarios/race.json")),
];

/// What every other scenario is made from.
const MATRIX: &str = include_str!("../data/scenarios/matrix.json");

/// For each further one what it has instead of the matrix's own: values by JSON pointer.
const VARIANTS: &str = include_str!("../data/scenarios/variants.json");

/// The scenarios with their names: those of files, `matrix/<policy>/<read>/<write>` for each policy with
/// each pair of paths that go together, and the variants. Those without a database came later and stand at
/// the end, so that the rows before them are what they were.
pub fn scenarios() -> Vec<(String, Scenario)> {
    let opening = Scenario::new(opening()).expect("the opening scene is valid");
    let mut all = vec![("opening".to_owned(), opening)];
    for (name, json) in FILES {
        all.push((name.to_owned(), scenario(name, &parsed(json))));
    }
    for policy in PolicyKind::ALL {
        for read in ReadPath::ALL {
            // Without a cache there is no policy to tell apart.
            if read.about().database && (read.about().caches || policy == PolicyKind::Lru) {
                all.extend(read.writes().map(|write| of_matrix(policy, read, write)));
            }
        }
    }
    let variants = parsed(VARIANTS);
    for (name, changes) in variants.as_object().expect("an object of variants") {
        let mut input = parsed(MATRIX);
        for (pointer, value) in changes.as_object().expect("an object of changes") {
            set(&mut input, pointer, value.clone());
        }
        all.push((name.clone(), scenario(name, &input)));
    }
    let only_cache = |policy| of_matrix(policy, ReadPath::CacheOnly, WritePath::CacheOnly);
    all.extend(PolicyKind::ALL.map(only_cache));
    all
}

fn of_matrix(policy: PolicyKind, read: ReadPath, write: WritePath) -> (String, Scenario) {
    let mut input = parsed(MATRIX);
    let names = [json!(policy), json!(read), json!(write)];
    let paths = ["cache/policy", "strategy/read", "strategy/write"];
    let mut name = "matrix".to_owned();
    for (path, value) in paths.into_iter().zip(names) {
        name.push('/');
        name.push_str(value.as_str().expect("it is written as its name"));
        set(&mut input, &format!("/lanes/0/{path}"), value);
    }
    let scenario = scenario(&name, &input);
    (name, scenario)
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).expect("the golden scenarios are JSON")
}

/// Sets a value whose parent exists.
fn set(input: &mut Value, pointer: &str, value: Value) {
    let (parent, field) = pointer
        .rsplit_once('/')
        .expect("a pointer begins with a slash");
    input.pointer_mut(parent).expect("the parent is there")[field] = value;
}

fn scenario(name: &str, input: &Value) -> Scenario {
    Scenario::from_value(input).unwrap_or_else(|invalid| panic!("{name}: {invalid:?}"))
}

/// The row of the golden file: the hash of a scenario's whole log, and its state hashes at four places,
/// visited backward.
pub fn row(name: &str, scenario: Scenario) -> String {
    let run = Run::new(Rc::new(scenario));
    let last = run.step_count();
    let places = [last, last * 2 / 3, last / 3, 0];
    let states = places.map(|step| format!("{:016x}", run.seek(step).state_hash()));
    format!("{name}\t{:016x}\t{}", run.log_hash(), states.join(" "))
}
