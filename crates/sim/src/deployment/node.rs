//! One node, which has everything.

use super::kind::Kind;
use super::{Deployed, NodeId};

/// One node.
pub(super) struct Node;

impl Kind for Node {
    fn noun(&self) -> &'static str {
        "cache"
    }

    fn has_several(&self) -> bool {
        false
    }

    fn holder(&self, _now: &Deployed, _place: u32) -> NodeId {
        NodeId::default()
    }
}
