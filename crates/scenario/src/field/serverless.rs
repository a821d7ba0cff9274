//! What has to change with a lane's cache when serverless is chosen in the set-up.

use super::super::lane_input::{CacheInput, DeploymentInput, DeploymentKind};
use super::super::validate_serverless::has_its_policy;
use crate::read;
use cache::{PolicyKind, Scope};
use serde_json::Value;

/// What has to change with a lane's deployment, of the inputs as they are now: the whole cache. Serverless has
/// one policy, and no replica that is seen.
pub(super) fn changes_with_deployment(
    inputs: &Value,
    lane: &str,
    kind: &Value,
) -> Option<(String, Value, &'static str)> {
    let place = format!("{lane}/cache");
    let now: CacheInput = read("It", inputs.pointer(&place)?).ok()?;
    if read("It", kind) != Ok(DeploymentKind::Serverless) {
        return None;
    }
    let why = match (has_its_policy(&now), now.replica_lag_us) {
        (true, None) => return None,
        (false, None) => "with the policy volatile-lru",
        (true, Some(_)) => "without a replica of its own",
        (false, Some(_)) => "with the policy volatile-lru and no replica of its own",
    };
    let policy = match now.policy {
        PolicyKind::Lru => PolicyKind::Lru,
        _ => PolicyKind::ValkeyLru,
    };
    let changed = CacheInput {
        policy,
        scope: Scope::Volatile,
        replica_lag_us: None,
        deployment: DeploymentInput {
            kind: DeploymentKind::Serverless,
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
    fn serverless_brings_its_policy_and_nothing_else() {
        let choose = |cache: Value, kind: &str| {
            let inputs = json!({"lanes": [{"cache": cache}]});
            let also = changes_with_deployment(&inputs, "/lanes/0", &Value::from(kind));
            also.map(|(place, value, why)| {
                assert_eq!(place, "/lanes/0/cache");
                (read::<CacheInput>("It", &value).expect("a cache"), why)
            })
        };
        let (cache, why) =
            choose(json!({"policy": "arc", "capacity": 7}), "serverless").expect("another policy");
        assert_eq!(why, "with the policy volatile-lru");
        assert!(has_its_policy(&cache));
        assert_eq!(cache.capacity, 7);
        assert_eq!(cache.deployment.kind, DeploymentKind::Serverless);
        let (cache, why) = choose(
            json!({"replica_lag_us": 5, "scope": "volatile"}),
            "serverless",
        )
        .expect("a replica");
        assert_eq!(
            (cache.replica_lag_us, cache.policy),
            (None, PolicyKind::Lru)
        );
        assert_eq!(why, "without a replica of its own");
        assert_eq!(choose(json!({"scope": "volatile"}), "serverless"), None);
        assert_eq!(choose(json!({"policy": "arc"}), "cluster"), None);
    }
}
