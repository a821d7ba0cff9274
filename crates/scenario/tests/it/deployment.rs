//! What a cache may be made of, and the faults of its nodes: each refusal names the field, the value and what was
//! expected, and without a deployment an input is what it was.

use crate::refused::assert_says;
use scenario::{Scenario, opening};
use serde_json::{Value, json};

/// The opening scene with something changed.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut input = opening().to_value();
    for (pointer, value) in changes {
        let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
        input.pointer_mut(parent).expect("its parent")[field] = value.clone();
    }
    input
}

fn assert_refused(changes: &[(&str, Value)], path: &str, says: &[&str]) {
    let invalid = Scenario::from_value(&with(changes)).expect_err("it is refused");
    assert_says(&invalid, path, says);
}

#[test]
fn numbers_of_shards_and_nodes_have_two_ends() {
    for (field, most) in [("shards", 500), ("nodes", 60)] {
        let path = format!("/lanes/0/cache/deployment/{field}");
        for inside in [1, most] {
            Scenario::from_value(&with(&[(&path, json!(inside))])).expect("an end of the range");
        }
        for outside in [0, most + 1] {
            let says = [format!("1 to {most}"), format!("is {outside}")];
            let says = says.each_ref().map(String::as_str);
            assert_refused(&[(&path, json!(outside))], &path, &says);
        }
    }
}

#[test]
fn an_unknown_name_is_refused_with_the_known_ones() {
    for (field, known) in [
        ("kind", "memcached"),
        ("client", "follows-moved"),
        ("hashing", "ketama"),
    ] {
        let path = format!("/lanes/0/cache/deployment/{field}");
        assert_refused(&[(&path, json!("ring"))], &path, &[known, "ring"]);
    }
}

#[test]
fn memcached_has_no_replica() {
    let memcached = ("/lanes/0/cache/deployment", json!({"kind": "memcached"}));
    let lag = ("/lanes/0/cache/replica_lag_us", json!(5_000));
    let path = "/lanes/0/cache/replica_lag_us";
    assert_refused(&[memcached, lag], path, &["Memcached", "5000"]);
}

#[test]
fn a_fault_names_a_node_where_it_is_one_of_nodes() {
    let fault = |fault: &str, node: Value| {
        let fault = json!([{"at_us": 0, "fault": fault, "node": node}]);
        [("/faults", fault)]
    };
    let path = "/faults/0/node";
    assert_refused(&fault("slow-database", json!(1)), path, &["left out"]);
    assert_refused(
        &fault("remove-cache-node", Value::Null),
        path,
        &["number of a cache node"],
    );
    assert_refused(
        &fault("stop-cache-node", json!(501)),
        path,
        &["1 to 500", "is 501"],
    );
    assert_refused(
        &fault("stop-cache-node", json!(0)),
        path,
        &["1 to 500", "is 0"],
    );
    for node in [json!(1), json!(500), Value::Null] {
        Scenario::from_value(&with(&fault("stop-cache-node", node))).expect("valid");
    }
}

#[test]
fn a_fault_names_a_zone_where_it_is_one_of_zones() {
    let fault = |fault: &str, node: Value, zone: Value| {
        let fault = json!([{"at_us": 0, "fault": fault, "node": node, "zone": zone}]);
        [("/faults", fault)]
    };
    let (path, none) = ("/faults/0/zone", Value::Null);
    let says = ["left out", "not one of a zone", "b"];
    assert_refused(
        &fault("slow-database", none.clone(), json!("b")),
        path,
        &says,
    );
    assert_refused(
        &fault("fail-over-cache", none.clone(), json!("b")),
        path,
        &says,
    );
    let says = ["left out", "names a node", "c"];
    assert_refused(&fault("cut-cache", json!(2), json!("c")), path, &says);
    let says = ["`a`, `b`", "\"d\""];
    assert_refused(&fault("cut-cache", none.clone(), json!("d")), path, &says);
    for zone in [json!("a"), json!("c"), none.clone()] {
        let zone = fault("stop-cache-node", none.clone(), zone);
        Scenario::from_value(&with(&zone)).expect("valid");
    }
}

/// ElastiCache makes only clusters with replicas durable, of larger nodes than t4g.
#[test]
fn durability_takes_a_cluster_with_replicas() {
    let path = "/lanes/0/cache/durability";
    let cluster = |replicas: u32, node_type: &str| {
        let cluster = json!({"kind": "cluster", "replicas": replicas, "node_type": node_type});
        ("/lanes/0/cache/deployment", cluster)
    };
    let group = json!({"kind": "replication-group", "replicas": 1, "node_type": "m7g.large"});
    for durability in ["sync", "async"] {
        let durable = (path, json!(durability));
        let fits = [cluster(1, "m7g.large"), durable.clone()];
        Scenario::from_value(&with(&fits)).expect("a durable cluster");
        for deployment in [
            cluster(0, "m7g.large"),
            cluster(1, "t4g.micro"),
            ("/lanes/0/cache/deployment", group.clone()),
            ("/lanes/0/cache/deployment", json!({"kind": "memcached"})),
            ("/lanes/0/cache/deployment", json!({})),
        ] {
            let says = ["cluster", "1 replica", "m7g.large", durability];
            assert_refused(&[deployment, durable.clone()], path, &says);
        }
        let global = json!({"kind": "global-datastore", "node_type": "m7g.large"});
        let global = ("/lanes/0/cache/deployment", global);
        let says = ["\"off\" in a Global Datastore", durability];
        assert_refused(&[global, durable], path, &says);
    }
    assert_refused(&[(path, json!("always"))], path, &["async", "always"]);
    let lag = "/lanes/0/cache/log_lag/constant_us";
    let late = ("/lanes/0/cache/log_lag", json!({"constant_us": 60_000_001}));
    assert_refused(&[late], lag, &["60000000", "60000001"]);
}

/// Links and files from before there were deployments mean one node.
#[test]
fn without_a_deployment_a_cache_is_one_node() {
    let scenario = Scenario::from_value(&with(&[])).expect("valid");
    for lane in &scenario.lanes {
        assert_eq!(lane.cache.deployment, sim::Deployment::Node);
    }
    let mut old = opening().to_value();
    for lane in old["lanes"].as_array_mut().expect("lanes") {
        let cache = lane["cache"].as_object_mut().expect("a cache");
        cache.remove("deployment");
    }
    let read = Scenario::from_value(&old).expect("valid");
    assert_eq!(read.input, scenario.input);
}
