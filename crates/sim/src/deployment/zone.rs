//! Availability zones: where nodes and clients are.

use super::{Deployment, NodeId};
use serde::{Deserialize, Serialize};
use std::fmt::{Display, Formatter, Result};

/// One of a Region's availability zones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the letter of a zone")]
pub enum Zone {
    /// The first one.
    A,
    /// The second one.
    B,
    /// The third one.
    C,
}

impl Zone {
    /// All of them.
    pub const ALL: [Zone; 3] = [Zone::A, Zone::B, Zone::C];

    /// The zone of a client, which is counted from 1: its application server is one of several that are spread
    /// evenly.
    pub fn of_client(client: u32) -> Zone {
        Zone::ALL[client.saturating_sub(1) as usize % Zone::ALL.len()]
    }

    /// Its letter.
    pub fn letter(self) -> char {
        char::from(b'a' + self as u8)
    }
}

impl Display for Zone {
    fn fmt(&self, f: &mut Formatter) -> Result {
        write!(f, "zone {}", self.letter())
    }
}

impl Deployment {
    /// The availability zone of a node where shards have replicas: those of one shard are in different zones, as
    /// far as there are three.
    pub fn zone_of(self, node: NodeId) -> Option<Zone> {
        // Each Region has zones of its own, which do not matter from outside.
        self.replication().filter(|_| self.global().is_none())?;
        let place = node.0 % self.shard_size() + self.shard_of(node);
        Some(Zone::ALL[usize::from(place) % Zone::ALL.len()])
    }

    /// Whether a client's messages to a node leave the client's zone.
    pub fn crosses_zones(self, client: u32, node: NodeId) -> bool {
        self.zone_of(node)
            .is_some_and(|zone| zone != Zone::of_client(client))
    }
}
