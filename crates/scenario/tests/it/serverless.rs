//! What serverless fixes and what can be set of it: each refusal names the field, the value and what was expected.

use crate::refused::assert_says;
use scenario::link::{decode, encode};
use scenario::{Invalid, Scenario, opening};
use serde_json::{Value, json};
use sim::{Deployment, Serverless};

/// The opening scene with a serverless cache in its first lane.
fn with(cache: Value, deployment: Value) -> Result<Scenario, Invalid> {
    let mut input = opening().to_value();
    input["lanes"][0]["cache"] = cache;
    input["lanes"][0]["cache"]["deployment"] = deployment;
    input["lanes"][0]["cache"]["deployment"]["kind"] = json!("serverless");
    Scenario::from_value(&input)
}

fn assert_refused(cache: Value, deployment: Value, path: &str, says: &[&str]) {
    let invalid = with(cache, deployment).expect_err("it is refused");
    assert_says(&invalid, &format!("/lanes/0/cache/{path}"), says);
}

#[test]
fn left_out_it_is_a_new_valkey_cache() {
    let scenario = with(json!({"scope": "volatile"}), json!({})).expect("valid");
    let new = Serverless {
        rate: 30_000,
        minimum: None,
        maximum: 15_000_000,
        slot_rate: 30_000,
        doubling: cache::units::Micros(150_000_000),
    };
    assert_eq!(
        scenario.lanes[0].cache.deployment,
        Deployment::Serverless(new)
    );
    let link = encode(&scenario.input, 0, None).expect("it fits into a link");
    let linked = decode(&link).expect("it can be read");
    assert_eq!(linked.scenario.input, scenario.input);
}

#[test]
fn its_policy_is_volatile_lru() {
    for policy in ["lru", "valkey-lru"] {
        let cache = json!({"policy": policy, "scope": "volatile"});
        with(cache, json!({})).expect("volatile-lru");
    }
    let says = ["volatile-lru", "\"volatile\"", "\"allkeys\""];
    assert_refused(json!({"policy": "lru"}), json!({}), "scope", &says);
    let says = ["volatile-lru", "\"valkey-lru\"", "\"arc\""];
    let cache = json!({"policy": "arc", "scope": "volatile"});
    assert_refused(cache, json!({}), "policy", &says);
}

#[test]
fn it_has_no_replica_that_is_seen() {
    let cache = json!({"scope": "volatile", "replica_lag_us": 5_000});
    let says = ["serverless keeps its replicas to itself", "5000"];
    assert_refused(cache, json!({}), "replica_lag_us", &says);
}

#[test]
fn rates_have_two_ends() {
    for (field, most) in [
        ("ecpu_per_second", 15_000_000),
        ("minimum_ecpu_per_second", 15_000_000),
        ("maximum_ecpu_per_second", 15_000_000),
        ("slot_ecpu_per_second", 90_000),
    ] {
        let volatile = json!({"scope": "volatile"});
        for inside in [1, most] {
            with(volatile.clone(), json!({ field: inside })).expect("an end of the range");
        }
        for outside in [0, most + 1] {
            let says = [format!("from 1 to {most}"), format!("is {outside}")];
            let says = says.each_ref().map(String::as_str);
            let path = format!("deployment/{field}");
            assert_refused(volatile.clone(), json!({ field: outside }), &path, &says);
        }
    }
}

#[test]
fn it_is_not_pre_scaled_for_more_than_its_maximum() {
    let rates =
        |minimum| json!({"maximum_ecpu_per_second": 100, "minimum_ecpu_per_second": minimum});
    let volatile = json!({"scope": "volatile"});
    with(volatile.clone(), rates(100)).expect("as much");
    let path = "deployment/minimum_ecpu_per_second";
    assert_refused(
        volatile,
        rates(101),
        path,
        &["at most the maximum, 100", "101"],
    );
}
