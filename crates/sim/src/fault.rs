//! Faults, which are scheduled or clicked, and the same for every lane so that the comparison
//! stays fair.

use super::deployment::Reach;
use super::event::Party;
use cache::units::Micros;
use serde::{Deserialize, Serialize};

/// A fault that begins or ends in a lane.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "the name of a fault")]
pub enum Fault {
    /// The cache node restarts: its contents, its leases and what it has queued are lost.
    RestartCache,
    /// The cache node fails, and its replica takes over with the changes that have reached it.
    FailOverCache,
    /// Messages between application and cache are lost from now on.
    CutCache,
    /// The cache can be reached again.
    HealCache,
    /// Queries that begin from now on take ten times as long.
    SlowDatabase,
    /// The database refuses every query, including those that wait.
    StopDatabase,
    /// Messages between application and database are lost from now on.
    CutDatabase,
    /// The database works at its normal speed again and can be reached.
    HealDatabase,
    /// The next DELETE is lost on its way to the cache.
    LoseNextDelete,
    /// The next SET fails at the cache.
    FailNextCacheWrite,
    /// A cache node is gone: its contents are lost, and so is every message to it.
    StopCacheNode,
    /// A Memcached node is taken off the client's list, and its contents are lost.
    RemoveCacheNode,
    /// A Memcached node joins the client's list, empty.
    AddCacheNode,
    /// A shard joins a cluster, and gets its share of the slots from the others.
    AddShard,
    /// A shard of a cluster gives its slots to the others, and leaves.
    RemoveShard,
    /// A person promotes a secondary Region of a Global Datastore.
    PromoteRegion,
}

/// How many times as long a query takes while the database is slow.
pub(super) const SLOW_FACTOR: u64 = 10;

impl Fault {
    /// Every fault, in the order in which they are offered.
    pub const ALL: [Fault; 16] = [
        Fault::RestartCache,
        Fault::FailOverCache,
        Fault::CutCache,
        Fault::HealCache,
        Fault::SlowDatabase,
        Fault::StopDatabase,
        Fault::CutDatabase,
        Fault::HealDatabase,
        Fault::LoseNextDelete,
        Fault::FailNextCacheWrite,
        Fault::StopCacheNode,
        Fault::RemoveCacheNode,
        Fault::AddCacheNode,
        Fault::AddShard,
        Fault::RemoveShard,
        Fault::PromoteRegion,
    ];

    /// Whether it has to name a cache node, because it can't happen to all of them.
    pub const fn needs_node(self) -> bool {
        matches!(
            self,
            Fault::RemoveCacheNode
                | Fault::AddCacheNode
                | Fault::RemoveShard
                | Fault::PromoteRegion
        )
    }

    /// Whether it does nothing to a cache of one node.
    pub const fn is_of_several_nodes(self) -> bool {
        matches!(
            self,
            Fault::StopCacheNode
                | Fault::RemoveCacheNode
                | Fault::AddCacheNode
                | Fault::AddShard
                | Fault::RemoveShard
                | Fault::PromoteRegion
        )
    }

    /// Whether it changes which shards a cluster has.
    pub const fn is_of_shards(self) -> bool {
        matches!(self, Fault::AddShard | Fault::RemoveShard)
    }

    /// Whether it can reach one of several cache nodes alone.
    pub const fn is_of_nodes(self) -> bool {
        matches!(
            self,
            Fault::RestartCache
                | Fault::FailOverCache
                | Fault::CutCache
                | Fault::HealCache
                | Fault::StopCacheNode
                | Fault::RemoveCacheNode
                | Fault::AddCacheNode
                | Fault::RemoveShard
                | Fault::PromoteRegion
        )
    }

    /// Whether it can reach the nodes of one availability zone.
    pub const fn is_of_zones(self) -> bool {
        matches!(
            self,
            Fault::RestartCache | Fault::CutCache | Fault::HealCache | Fault::StopCacheNode
        )
    }

    /// The party that it concerns: the cache or the database, with the connection to it.
    pub const fn party(self) -> Party {
        match self {
            Fault::RestartCache
            | Fault::FailOverCache
            | Fault::CutCache
            | Fault::HealCache
            | Fault::LoseNextDelete
            | Fault::FailNextCacheWrite
            | Fault::StopCacheNode
            | Fault::RemoveCacheNode
            | Fault::AddCacheNode
            | Fault::AddShard
            | Fault::RemoveShard
            | Fault::PromoteRegion => Party::Cache,
            Fault::SlowDatabase
            | Fault::StopDatabase
            | Fault::CutDatabase
            | Fault::HealDatabase => Party::Database,
        }
    }
}

/// A fault and when it happens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ScheduledFault {
    /// The instant at which it begins.
    pub at: Micros,
    /// The fault.
    pub fault: Fault,
    /// Which cache nodes it reaches, if it is one of theirs.
    pub reach: Reach,
}

/// The faults that are in force in one lane.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize)]
pub struct InForce {
    /// Messages to and from the cache are lost.
    pub cache_cut: bool,
    /// Messages to and from the database are lost.
    pub database_cut: bool,
    /// Queries take longer.
    pub database_slow: bool,
    /// Queries are refused.
    pub database_down: bool,
    /// The next DELETE will be lost.
    pub lose_delete: bool,
    /// The next SET will fail.
    pub fail_cache_write: bool,
}

impl InForce {
    /// Whether a fault would change anything: there is nothing to heal where nothing is broken.
    pub fn is_changed_by(self, fault: Fault) -> bool {
        let mut after = self;
        after.apply(fault);
        after != self || matches!(fault, Fault::RestartCache | Fault::FailOverCache)
    }

    /// Updates the faults in force after a fault begins or ends.
    pub(super) fn apply(&mut self, fault: Fault) {
        match fault {
            Fault::RestartCache
            | Fault::FailOverCache
            | Fault::StopCacheNode
            | Fault::RemoveCacheNode
            | Fault::AddCacheNode
            | Fault::AddShard
            | Fault::RemoveShard
            | Fault::PromoteRegion => {}
            Fault::CutCache => self.cache_cut = true,
            Fault::HealCache => self.cache_cut = false,
            Fault::SlowDatabase => self.database_slow = true,
            Fault::StopDatabase => self.database_down = true,
            Fault::CutDatabase => self.database_cut = true,
            Fault::HealDatabase => {
                self.database_slow = false;
                self.database_down = false;
                self.database_cut = false;
            }
            Fault::LoseNextDelete => self.lose_delete = true,
            Fault::FailNextCacheWrite => self.fail_cache_write = true,
        }
    }
}
