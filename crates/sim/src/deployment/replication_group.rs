//! A replication group: one shard without slots, a primary and its replicas.

use super::kind::Kind;
use super::{Deployed, NodeId, Replication};

impl Kind for Replication {
    fn noun(&self) -> &'static str {
        "node"
    }

    fn replication(&self) -> Option<Replication> {
        Some(*self)
    }

    fn holder(&self, now: &Deployed, _place: u32) -> NodeId {
        now.shards[0].primary
    }

    fn asked(&self, now: &Deployed, _place: u32, client: u32, reads: bool) -> NodeId {
        now.asked_of(0, client, reads)
    }
}
