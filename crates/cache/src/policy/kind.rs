//! How policies are named and found: by their name in scenarios, and by Valkey's settings.

use super::{About, PolicyKind};
use crate::settings::Scope;

impl PolicyKind {
    /// The name on screen.
    pub const fn title(self) -> &'static str {
        self.about().title
    }

    /// The policy of that [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<PolicyKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// The settings of Valkey's `maxmemory-policy`, each with the policy and the scope that it stands for.
pub fn maxmemory_policies() -> impl Iterator<Item = (&'static str, PolicyKind, Scope)> {
    PolicyKind::ALL.into_iter().flat_map(|kind| {
        let About { maxmemory, .. } = kind.about();
        maxmemory
            .iter()
            .map(move |&(name, scope)| (name, kind, scope))
    })
}

/// The policy and the scope that a setting of `maxmemory-policy` stands for.
pub fn from_maxmemory_policy(name: &str) -> Option<(PolicyKind, Scope)> {
    let (_, kind, scope) = maxmemory_policies().find(|setting| setting.0 == name)?;
    Some((kind, scope))
}

/// The setting of `maxmemory-policy` that stands for a policy and a scope, if Valkey has one.
pub fn maxmemory_policy(kind: PolicyKind, scope: Scope) -> Option<&'static str> {
    let (name, ..) =
        maxmemory_policies().find(|setting| (setting.1, setting.2) == (kind, scope))?;
    Some(name)
}
