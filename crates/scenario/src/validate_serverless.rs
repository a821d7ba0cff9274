//! What serverless fixes. Refuses what does not go with it.

use super::Invalid;
use super::lane_input::{CacheInput, DeploymentKind};
use cache::{PolicyKind, Scope};

/// Whether a cache has the policy of serverless: volatile-lru, as the engine approximates it or exactly.
pub(super) fn has_its_policy(cache: &CacheInput) -> bool {
    let is_lru = matches!(cache.policy, PolicyKind::Lru | PolicyKind::ValkeyLru);
    is_lru && cache.scope == Scope::Volatile
}

/// Checks that a serverless cache has its policy, and that it was not pre-scaled for more than its maximum.
pub(super) fn check_serverless(path: &str, cache: &CacheInput) -> Result<(), Invalid> {
    let deployment = &cache.deployment;
    if deployment.kind != DeploymentKind::Serverless {
        return Ok(());
    }
    if !has_its_policy(cache) {
        let (field, expected) = match cache.scope {
            Scope::Volatile => (
                "policy",
                "\"lru\" or \"valkey-lru\" with serverless, whose policy is volatile-lru",
            ),
            Scope::AllKeys => (
                "scope",
                "\"volatile\" with serverless, whose policy is volatile-lru",
            ),
        };
        let found = match cache.scope {
            Scope::Volatile => cache.policy.name(),
            Scope::AllKeys => "allkeys",
        };
        return Err(Invalid::new(
            format!("{path}/cache/{field}"),
            expected,
            format!("{found:?}"),
        ));
    }
    let maximum = deployment.maximum_ecpu_per_second;
    match deployment.minimum_ecpu_per_second {
        Some(minimum) if minimum > maximum => {
            let path = format!("{path}/cache/deployment/minimum_ecpu_per_second");
            let expected = format!("at most the maximum, {maximum}");
            Err(Invalid::new(path, &expected, minimum))
        }
        _ => Ok(()),
    }
}
