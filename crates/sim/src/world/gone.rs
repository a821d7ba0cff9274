//! Which acknowledged writes are gone. Where there is no database the cache has the only copy of what a client was
//! told is written; what a failure takes of that, and nothing brings back, is counted key by key.

use super::World;
use crate::deployment::NodeId;
use crate::event::Gone;
use crate::fault::Fault;
use cache::Value;
use cache::units::{Key, Micros, Version};
use std::collections::BTreeMap;

/// What failing nodes held that only they held, until it is known what has survived. It hashes as nothing: it follows
/// from the events.
#[derive(Clone, Debug, Default)]
pub(super) struct AtStake(BTreeMap<Key, Held>);

/// A key's newest write in a node that fails.
#[derive(Clone, Copy, Debug)]
struct Held {
    shard: u16,
    version: Version,
    expires_at: Option<Micros>,
}

impl World {
    /// Notes what a node holds that is about to lose its memory.
    pub(super) fn put_at_stake(&mut self, fault: Fault, node: NodeId) {
        let loses_memory = matches!(
            fault,
            Fault::RestartCache
                | Fault::FailOverCache
                | Fault::StopCacheNode
                | Fault::RemoveCacheNode
                | Fault::AddCacheNode
        );
        if !loses_memory || self.setup.strategy.has_database() || self.is_replica(node) {
            return;
        }
        let shard = self.setup.cache.deployment.shard_of(node);
        let now = self.now;
        let entries = self.nodes[usize::from(node.0)].cache.entries();
        for entry in entries {
            let by_client = entry.value.origin.is_some_and(|of| of != Value::BY_HAND);
            if by_client && !entry.is_expired(now) {
                let held = Held {
                    shard,
                    version: entry.value.version,
                    expires_at: entry.expires_at,
                };
                self.at_stake.0.insert(entry.key, held);
            }
        }
    }

    /// Whether a fault leaves it open what survives, because a replica may take over.
    pub(super) fn is_settled_later(&self, fault: Fault) -> bool {
        let replicated = self.setup.cache.deployment.replication().is_some();
        let fails = matches!(fault, Fault::StopCacheNode | Fault::FailOverCache);
        fails && replicated && !self.is_durable()
    }

    /// Counts what is gone of what a shard held: keys whose newest write is neither in the log nor in a primary, and
    /// whose TTL has not ended anyway.
    pub(super) fn settle(&mut self, node: NodeId) -> Gone {
        let of_shard = self.setup.cache.deployment.shard_of(node);
        let now = self.now;
        let at_stake = std::mem::take(&mut self.at_stake.0);
        let (settled, open) = at_stake
            .into_iter()
            .partition(|(_, held)| held.shard == of_shard);
        self.at_stake.0 = open;
        let survives = |key: Key, held: &Held| {
            let entry = match self.shard_log(node) {
                Some(log) => log.contents().peek(key),
                None => self.copy(key),
            };
            entry.is_some_and(|entry| entry.value.version >= held.version)
        };
        let settled: BTreeMap<Key, Held> = settled;
        let gone = settled.iter().filter(|(key, held)| {
            held.expires_at.is_none_or(|end| end >= now) && !survives(**key, held)
        });
        Gone(gone.count() as u32)
    }
}
