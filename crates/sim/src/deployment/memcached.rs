//! Memcached nodes: the client chooses the node by the key's hash, and the nodes know nothing of each other.
//! A node that leaves takes its data with it, and the keys of the others may move.

use super::ketama::{self, Ring};
use super::kind::Kind;
use super::modulo;
use super::{Deployed, NodeId};
use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// Memcached nodes as they are set up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Memcached {
    /// How many nodes there are at the start.
    pub nodes: u16,
    /// How the client chooses among them.
    pub hashing: Hashing,
}

/// How a Memcached client chooses the node of a key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a way to hash")]
pub enum Hashing {
    /// By a ring on which each node has 160 points, known as ketama.
    #[default]
    Ketama,
    /// By the remainder of the key's hash, divided by the number of nodes.
    Modulo,
}

impl Hashing {
    /// Every way, in the order in which they are offered.
    pub const ALL: [Hashing; 2] = [Hashing::Ketama, Hashing::Modulo];
}

/// The port of Memcached.
const PORT: u16 = 11_211;

/// The servers on a client's list, in order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Servers {
    hashing: Hashing,
    in_use: Vec<NodeId>,
    ring: Rc<Ring>,
}

impl Kind for Memcached {
    fn noun(&self) -> &'static str {
        "node"
    }

    /// The nodes at the start, and one that can be added.
    fn shard_count(&self) -> u16 {
        self.nodes + 1
    }

    fn has_places(&self) -> bool {
        true
    }

    fn place_of(&self, key: &[u8]) -> u32 {
        match self.hashing {
            Hashing::Ketama => ketama::hash(key),
            Hashing::Modulo => modulo::hash(key),
        }
    }

    fn start(&self, deployed: &mut Deployed) {
        let servers = Servers::of(self.hashing, (0..self.nodes).map(NodeId).collect());
        deployed.servers = Some(Rc::new(servers));
    }

    fn starts_with(&self, node: NodeId) -> bool {
        node.0 < self.nodes
    }

    fn suffer(&self, now: &mut Deployed, fault: Fault, node: NodeId) {
        let servers = now.servers.as_ref().expect("the client has a list");
        let changed = match fault {
            Fault::AddCacheNode => servers.with(node),
            Fault::RemoveCacheNode => servers.without(node),
            _ => return,
        };
        now.servers = Some(Rc::new(changed));
        now.cut.remove(&node);
        now.stopped.remove(&node);
    }

    fn holder(&self, now: &Deployed, place: u32) -> NodeId {
        let servers = now.servers.as_ref().expect("the client has a list");
        servers.at(place)
    }

    fn is_changed_by(&self, now: &Deployed, fault: Fault, node: NodeId) -> Option<bool> {
        let servers = now.servers.as_ref()?;
        match fault {
            Fault::RemoveCacheNode => Some(servers.has(node) && servers.can_do_without()),
            Fault::AddCacheNode => Some(!servers.has(node)),
            _ => None,
        }
    }
}

impl Servers {
    fn of(hashing: Hashing, in_use: Vec<NodeId>) -> Self {
        let names: Vec<String> = in_use.iter().map(|&node| name(node)).collect();
        Servers {
            hashing,
            ring: Rc::new(Ring::new(
                &names.iter().map(String::as_str).collect::<Vec<_>>(),
            )),
            in_use,
        }
    }

    /// The node of the keys with this hash.
    pub(super) fn at(&self, hash: u32) -> NodeId {
        let place = match self.hashing {
            Hashing::Ketama => self.ring.at(hash),
            Hashing::Modulo => modulo::at(hash, self.in_use.len() as u16),
        };
        self.in_use[usize::from(place)]
    }

    pub(super) fn has(&self, node: NodeId) -> bool {
        self.in_use.contains(&node)
    }

    /// Whether there is another node beside any one of them.
    pub(super) fn can_do_without(&self) -> bool {
        self.in_use.len() > 1
    }

    pub(super) fn without(&self, node: NodeId) -> Self {
        let rest = self.in_use.iter().copied().filter(|&other| other != node);
        Servers::of(self.hashing, rest.collect())
    }

    pub(super) fn with(&self, node: NodeId) -> Self {
        let mut in_use = self.in_use.clone();
        in_use.push(node);
        in_use.sort_unstable();
        Servers::of(self.hashing, in_use)
    }
}

/// The name of a node, on which its points on the ring depend.
fn name(node: NodeId) -> String {
    format!("10.0.1.{}:{PORT}", u32::from(node.0) + 10)
}
