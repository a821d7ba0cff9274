//! What has to change with a lane's cache when a Global Datastore is chosen in the set-up.

use super::super::lane_input::{CacheInput, DeploymentInput, DeploymentKind};
use crate::read;
use serde_json::Value;
use sim::Durability;
use sim::cost::NodeType;

/// What has to change with a lane's deployment, of the inputs as they are now: the whole cache. A Global Datastore
/// takes larger nodes than the smallest, has no replica beside its Regions, and is not durable.
pub(super) fn changes_with_regions(
    inputs: &Value,
    lane: &str,
    kind: &Value,
) -> Option<(String, Value, &'static str)> {
    let place = format!("{lane}/cache");
    let now: CacheInput = read("It", inputs.pointer(&place)?).ok()?;
    if read("It", kind) != Ok(DeploymentKind::GlobalDatastore) {
        return None;
    }
    let small = now.deployment.node_type == NodeType::T4gMicro;
    let durable = now.durability != Durability::Off;
    let why = match (small, now.replica_lag_us) {
        // What is durable is a cluster of larger nodes, and has no replica of that kind.
        _ if durable => "without durability",
        (false, None) => return None,
        (true, None) => "with m7g.large nodes",
        (false, Some(_)) => "without a replica of its own",
        (true, Some(_)) => "with m7g.large nodes and no replica of its own",
    };
    let changed = CacheInput {
        replica_lag_us: None,
        durability: Durability::Off,
        deployment: DeploymentInput {
            kind: DeploymentKind::GlobalDatastore,
            node_type: match small {
                true => NodeType::M7gLarge,
                false => now.deployment.node_type,
            },
            ..now.deployment
        },
        ..now
    };
    let value = serde_json::to_value(changed).expect("inputs are plain data");
    Some((place, value, why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_global_datastore_brings_larger_nodes_and_nothing_else() {
        let choose = |cache: Value, kind: &str| {
            let inputs = json!({"lanes": [{"cache": cache}]});
            let also = changes_with_regions(&inputs, "/lanes/0", &Value::from(kind));
            also.map(|(_, value, why)| (read::<CacheInput>("It", &value).expect("a cache"), why))
        };
        let (cache, why) =
            choose(json!({"capacity": 7}), "global-datastore").expect("larger nodes");
        assert_eq!(why, "with m7g.large nodes");
        assert_eq!(cache.deployment.node_type, NodeType::M7gLarge);
        assert_eq!(cache.deployment.kind, DeploymentKind::GlobalDatastore);
        assert_eq!(cache.capacity, 7);
        let large = json!({"replica_lag_us": 5, "deployment": {"node_type": "r7g.large"}});
        let (cache, why) = choose(large, "global-datastore").expect("no replica");
        assert_eq!(why, "without a replica of its own");
        assert_eq!(cache.replica_lag_us, None);
        assert_eq!(cache.deployment.node_type, NodeType::R7gLarge);
        let durable = json!({"durability": "sync", "deployment": {"kind": "cluster", "replicas": 1, "node_type": "r7g.large"}});
        let (cache, why) = choose(durable, "global-datastore").expect("no durability");
        assert_eq!(why, "without durability");
        assert_eq!(cache.durability, Durability::Off);
        let large = json!({"deployment": {"node_type": "r7g.large"}});
        assert_eq!(choose(large, "global-datastore"), None);
        assert_eq!(choose(json!({}), "cluster"), None);
    }
}
