//! What a kind of deployment decides. Each kind implements this in a file of its own; what most of them have in
//! common stands here.

use super::{Deployed, NodeId, Replication};
use crate::fault::Fault;

/// A kind of deployment.
pub(super) trait Kind {
    /// The noun for one of its parts, which are counted from 1.
    fn noun(&self) -> &'static str;

    /// How many shards there are. A node that knows nothing of others is a shard of its own.
    fn shard_count(&self) -> u16 {
        1
    }

    /// How its shards are replicated; `None` if they have no replicas.
    fn replication(&self) -> Option<Replication> {
        None
    }

    /// Whether clients have nodes to choose among.
    fn has_several(&self) -> bool {
        true
    }

    /// Whether keys stand in different places: at nodes, or in slots.
    fn has_places(&self) -> bool {
        false
    }

    /// Whether keys have slots.
    fn has_slots(&self) -> bool {
        false
    }

    /// Whether nobody sees its nodes, so that no fault can reach one.
    fn hides_nodes(&self) -> bool {
        false
    }

    /// Whether its nodes notice when a primary fails, and elect another one.
    fn fails_over(&self) -> bool {
        self.replication().is_some()
    }

    /// Where a key stands: its slot, or its hash.
    fn place_of(&self, _key: &[u8]) -> u32 {
        0
    }

    /// Adds to a deployment before the first request what only this kind has.
    fn start(&self, _deployed: &mut Deployed) {}

    /// Whether a node is in use at the start.
    fn starts_with(&self, _node: NodeId) -> bool {
        true
    }

    /// The node that has the keys of a place: of a shard with replicas the primary.
    fn holder(&self, now: &Deployed, place: u32) -> NodeId;

    /// The node that a client asks first, with a command that reads or writes.
    fn asked(&self, now: &Deployed, place: u32, _client: u32, _reads: bool) -> NodeId {
        self.holder(now, place)
    }

    /// Whether a fault would change a node, where this kind has a rule of its own.
    fn is_changed_by(&self, _now: &Deployed, _fault: Fault, _node: NodeId) -> Option<bool> {
        None
    }

    /// A fault that only this kind knows changes a node.
    fn suffer(&self, _now: &mut Deployed, _fault: Fault, _node: NodeId) {}
}
