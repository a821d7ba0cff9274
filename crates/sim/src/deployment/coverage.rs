//! Full coverage: whether a cluster serves nothing while a slot is not served.

use super::replication::Shard;
use super::{Deployed, NodeId};
use std::collections::BTreeSet;

/// What is known of primaries that have stopped, where every slot has to be served.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Coverage {
    /// Nodes without replicas that the others take for failed.
    failed: BTreeSet<NodeId>,
    /// Whether every command is refused.
    is_down: bool,
}

impl Coverage {
    pub(super) fn is_down(&self) -> bool {
        self.is_down
    }

    /// A node that was taken for failed works again.
    pub(super) fn recover(&mut self, node: NodeId) {
        self.failed.remove(&node);
    }
}

impl Deployed {
    /// Where every slot has to be served: a node without replicas is taken for failed.
    pub(crate) fn note_failure(&mut self, node: NodeId) {
        self.coverage.failed.insert(node);
    }

    /// Looks whether every slot is served, where every slot has to be. Returns whether the cluster is up, if that is
    /// news.
    pub(crate) fn look_at_coverage(&mut self) -> Option<bool> {
        let cluster = self.deployment.cluster()?;
        let failed = |shard: u16| {
            let primary = self.primary_of(shard);
            let alone = self.coverage.failed.contains(&primary);
            let noticed = |of: &Shard| of.failed.contains(&primary);
            alone || self.shard(primary).is_some_and(noticed)
        };
        let down = cluster.full_coverage && self.shards_with_slots().into_iter().any(failed);
        let news = down != self.coverage.is_down;
        self.coverage.is_down = down;
        news.then_some(!down)
    }
}
