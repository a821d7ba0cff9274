//! The scenarios whose hashes are kept, and how they are hashed.

use cache_playground::scenario::{Scenario, opening};
use cache_playground::timeline::Run;
use std::rc::Rc;

/// The golden file.
pub const EXPECTED: &str = include_str!("../data/hashes.tsv");

/// The scenarios.
pub const NAMES: [&str; 4] = ["opening", "overlap", "expiry", "long"];

fn scenario(name: &str) -> Scenario {
    let json = match name {
        "overlap" => include_str!("../data/scenarios/overlap.json"),
        "expiry" => include_str!("../data/scenarios/expiry.json"),
        "long" => include_str!("../data/scenarios/long.json"),
        _ => return Scenario::new(opening()).expect("the opening scene is valid"),
    };
    let mut source = serde_json::Deserializer::from_str(json);
    Scenario::read(&mut source).expect("the golden scenarios are valid")
}

/// The hash of a scenario's whole log, and its state hashes at four places, visited backward.
pub fn hashes(name: &str) -> (String, String) {
    let run = Run::new(Rc::new(scenario(name)));
    let last = run.step_count();
    let places = [last, last * 2 / 3, last / 3, 0];
    let states = places.map(|step| format!("{:016x}", run.seek(step).state_hash()));
    (format!("{:016x}", run.log_hash()), states.join(" "))
}
