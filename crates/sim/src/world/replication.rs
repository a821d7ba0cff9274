//! A shard's replicas: changes of the primary reach each of them with a lag, and one of them takes over
//! when the primary fails.

use super::{Due, World};
use crate::deployment::NodeId;
use crate::deployment::replication::{REPLACED_AFTER, REPOINTED_AFTER, SYNC, Stage};
use crate::deployment::{Deployment, Replication};
use crate::draw::{Stream, draw};
use crate::event::{Applied, EventKind};
use crate::log::Log;
use crate::monitor::{Spoiled, Spoiler};
use crate::world::replica::Change;
use cache::units::{Key, Micros};
use cache::{Entry, Lookup, Ttl};
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};

/// The changes on their way from a primary to one of its replicas.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Incoming {
    on_the_way: VecDeque<(Micros, Change)>,
    /// How many changes have been sent to it: each draws its own lag.
    sent: u32,
}

/// Nothing on the way hashes as nothing: so do nodes that are no replicas.
impl Hash for Incoming {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if *self != Incoming::default() {
            (&self.on_the_way, self.sent).hash(state);
        }
    }
}

impl Incoming {
    /// How many changes are on their way.
    pub(super) fn len(&self) -> u32 {
        self.on_the_way.len() as u32
    }

    pub(super) fn heap_bytes(&self) -> u64 {
        (self.on_the_way.len() * size_of::<(Micros, Change)>()) as u64
    }
}

impl World {
    fn replication(&self) -> Option<Replication> {
        self.setup.cache.deployment.replication()
    }

    /// Whether a node follows another one at this moment.
    pub(super) fn is_replica(&self, node: NodeId) -> bool {
        !self.deployed.is_primary(node)
    }

    /// The other nodes of a node's shard that work.
    fn others(&self, node: NodeId) -> Vec<NodeId> {
        let deployment = self.setup.cache.deployment;
        let members = deployment.members(deployment.shard_of(node));
        let others = members.filter(|other| *other != node && !self.deployed.is_stopped(*other));
        others.collect()
    }

    /// Gives the replicas the primaries' first contents.
    pub(super) fn start_replicas(&mut self) {
        if self.replication().is_none() {
            return;
        }
        for id in (0..self.nodes.len() as u16).map(NodeId) {
            if self.deployed.is_primary(id) {
                let cache = self.node_mut(id).cache.clone();
                for other in self.others(id) {
                    self.node_mut(other).cache = cache.clone();
                }
            }
        }
    }

    /// Sends a change of the node that has its key to the replicas.
    pub(super) fn tell_replicas(&mut self, change: Change) {
        self.tell_replicas_of(self.holder(change.key), change);
    }

    /// Sends a change of a node to its replicas.
    pub(super) fn tell_replicas_of(&mut self, primary: NodeId, change: Change) {
        self.node_mut(primary).tell_replica(change);
        // Replicas follow the log.
        if !self.log_change(primary, change) {
            self.send_to_replicas(primary, change);
        }
    }

    /// Sends a change of a primary to its replicas.
    pub(super) fn send_to_replicas(&mut self, primary: NodeId, change: Change) {
        let Some(replication) = self.replication() else {
            return;
        };
        let (now, seed) = (self.now, self.workload.seed);
        for replica in self.others(primary) {
            if self.deployed.is_syncing(replica) {
                // It gets the change with all the rest.
                continue;
            }
            let incoming = &mut self.node_mut(replica).incoming;
            let drawn = draw(
                seed,
                Stream::CacheReplicaLag,
                incoming.sent,
                replica.0.into(),
            );
            incoming.sent += 1;
            let before = incoming.on_the_way.back().map_or(now, |(at, _)| *at);
            let arrives_at = now.after(replication.lag.at(drawn)).max(before);
            incoming.on_the_way.push_back((arrives_at, change));
            self.queue.schedule(arrives_at, Due::CopyArrives(replica));
        }
    }

    /// The next change of the primary reaches a replica.
    pub(super) fn apply_at_replica(&mut self, id: NodeId, log: &mut dyn Log) {
        let now = self.now;
        let node = self.node_mut(id);
        let Some((_, change)) = node.incoming.on_the_way.pop_front() else {
            unreachable!("whatever is due is on its way");
        };
        let Change { key, set, .. } = change;
        let applied = match set {
            Some((value, size_bytes, expires_at)) => {
                let ttl = expires_at.map_or(Ttl::Clear, Ttl::Until);
                // Evictions are the primary's, and reach the replica as deletes before this.
                let _ = node.cache.set(key, value, size_bytes, ttl, now, |_| {});
                Applied::Stored { value, expires_at }
            }
            None => {
                node.cache.delete(key, now);
                Applied::Removed
            }
        };
        self.record_at(id, None, key, None, EventKind::Apply { applied }, log);
    }

    /// Looks a key up at a replica, which leaves expired entries to the primary. Says as well whether there
    /// is one.
    pub(super) fn look_up_at_replica(&mut self, id: NodeId, key: Key) -> (Lookup, bool) {
        let now = self.now;
        let cache = &mut self.node_mut(id).cache;
        match cache.peek(key) {
            Some(entry) if !entry.is_expired(now) => (cache.get(key, now), false),
            entry => (Lookup::Miss { expired: None }, entry.is_some()),
        }
    }

    /// Drops the changes on their way to a node, and the copy of its primary's data that it is making.
    fn drop_incoming(&mut self, id: NodeId) {
        self.node_mut(id).incoming.on_the_way.clear();
        self.queue.forget(|due| match due {
            Due::CopyArrives(node) | Due::Synced(node) => *node == id,
            _ => false,
        });
    }

    /// Empties a node, and drops the changes on their way to it.
    fn empty(&mut self, id: NodeId) {
        self.drop_incoming(id);
        let node = self.node_mut(id);
        node.cache.flush(|_| {});
        node.expiry_due = None;
    }

    /// Notes that nodes have stopped, and that the others will notice.
    pub(super) fn note_stops(&mut self, stopped: &[NodeId]) {
        let Some(replication) = self.replication() else {
            return self.note_stops_alone(stopped);
        };
        let now = self.now;
        for &id in stopped {
            self.drop_incoming(id);
            let mut missed = BTreeMap::new();
            if self.deployed.is_primary(id) && !self.is_durable() {
                // What had not arrived is lost with the primary, from which no replica can load any more.
                for other in self.others(id) {
                    missed.insert(other, self.changes_behind(other));
                    self.drop_incoming(other);
                }
            }
            let shard = self.deployed.shard_mut(id).expect("it has replicas");
            shard.stopped_at.insert(id, now);
            shard.syncing.remove(&id);
            if shard.primary == id {
                shard.missed = missed;
            }
            if !self.setup.cache.deployment.fails_over() {
                // Between Regions nobody notices by itself.
                self.stop_promotion_of(id);
                continue;
            }
            let noticed_at = now.after(replication.node_timeout);
            self.queue.schedule(noticed_at, Due::Noticed(id));
        }
    }

    /// The same of nodes without replicas. It matters only where every slot has to be served.
    fn note_stops_alone(&mut self, stopped: &[NodeId]) {
        if let Some(cluster) = self.setup.cache.deployment.cluster()
            && cluster.full_coverage
        {
            let noticed_at = self.now.after(cluster.replication.node_timeout);
            for &id in stopped {
                self.queue.schedule(noticed_at, Due::Noticed(id));
            }
        }
    }

    /// Says that the cluster is down, or up again, if that is news. `because` is the node that changed.
    pub(super) fn look_at_coverage(&mut self, because: Option<NodeId>, log: &mut dyn Log) {
        if let Some(up) = self.deployed.look_at_coverage() {
            let stage = match up {
                true => Stage::ClusterUp,
                false => Stage::ClusterDown,
            };
            self.tell_stage(because.unwrap_or_default(), stage, log);
        }
    }

    /// A node has been silent for the node timeout.
    pub(super) fn notice(&mut self, id: NodeId, log: &mut dyn Log) {
        let primary = match self.deployed.shard_mut(id) {
            Some(shard) => {
                shard.failed.insert(id);
                shard.primary == id
            }
            None => {
                self.deployed.note_failure(id);
                true
            }
        };
        self.tell_stage(id, Stage::Noticed { primary }, log);
        self.look_at_coverage(Some(id), log);
        if let (true, Some(replication)) = (primary, self.replication()) {
            let elected_at = self.now.after(replication.election());
            self.queue.schedule(elected_at, Due::Election(id));
        }
    }

    /// The replica that has missed least takes over from a primary, if there is one that works and has the data.
    pub(super) fn promote(&mut self, from: NodeId, log: &mut dyn Log) {
        let others = self.others(from);
        let shard = self.deployed.shard(from).expect("it has replicas");
        let missed = |node: NodeId| match shard.stopped_at.contains_key(&from) {
            // Whoever takes over reads the log to its end.
            _ if self.is_durable() => 0,
            true => shard.missed.get(&node).copied().unwrap_or(0),
            false => self.nodes[usize::from(node.0)].incoming.len(),
        };
        let able = others.iter().filter(|node| shard.can_take_over(**node));
        let Some((lost, to)) = able.map(|&node| (missed(node), node)).min() else {
            let gone = self.settle(from);
            return self.tell_stage(from, Stage::Leaderless { gone }, log);
        };
        self.take_over(from, to, lost, log);
    }

    /// A replica takes over from a primary, of whose changes it has missed some.
    pub(super) fn take_over(&mut self, from: NodeId, to: NodeId, lost: u32, log: &mut dyn Log) {
        let others = self.others(from);
        let shard = self.deployed.shard_mut(from).expect("it has replicas");
        shard.primary = to;
        shard.missed.clear();
        self.drop_incoming(to);
        self.take_from_log(to, from);
        self.drop_strays(to);
        self.judge_promoted(to, Spoiler::FailOver);
        for other in others
            .into_iter()
            .filter(|other| *other != to)
            .chain([from])
        {
            if !self.deployed.is_stopped(other) {
                self.begin_sync(other);
            }
        }
        let (entries, stored_bytes) = self.contents();
        let stage = Stage::Promoted {
            from,
            lost,
            entries,
            stored_bytes,
            gone: self.settle(to),
        };
        self.tell_stage(to, stage, log);
        // Whoever promotes a Region tells the application.
        if self.setup.cache.deployment.global().is_some() {
            self.deployed.repoint(to);
        }
        // A cluster's client finds out by itself.
        if matches!(self.setup.cache.deployment, Deployment::ReplicationGroup(_)) {
            self.queue.forget(|due| matches!(due, Due::Repointed(_)));
            if self.deployed.shard(to).is_some_and(|of| of.named != to) {
                let at = self.now.after(REPOINTED_AFTER);
                self.queue.schedule(at, Due::Repointed(to));
            }
        }
        for delete in std::mem::take(&mut self.held_deletes) {
            self.delete_by_log(delete, log);
        }
        self.look_at_coverage(Some(to), log);
    }

    /// Notes which copies of a new primary are out of date, and when they expire.
    pub(super) fn judge_promoted(&mut self, id: NodeId, by: Spoiler) {
        let now = self.now;
        let mut monitor = std::mem::take(&mut self.monitor);
        monitor.retain(|key| self.holder(key) != id);
        let entries: Vec<Entry> = self.node_mut(id).cache.entries().collect();
        for entry in &entries {
            if self.holder(entry.key) == id && entry.value.version < self.row(entry.key).version {
                let how = Spoiled {
                    by,
                    at: now,
                    request: None,
                };
                monitor.spoil(entry.key, how);
            }
        }
        self.monitor = monitor;
        let node = self.node_mut(id);
        node.expiry_due = None;
        for entry in &entries {
            // An entry that the replica still holds may have expired long ago; it is due at the next tick.
            node.watch_expiry(entry.expires_at.map(|end| end.max(now)));
        }
    }

    /// A replica drops its data and loads the primary's, once there is a primary that works.
    fn begin_sync(&mut self, id: NodeId) {
        self.stop_promotion_of(id);
        self.empty(id);
        self.node_mut(id).leases.clear();
        let shard = self.deployed.shard_mut(id).expect("it has replicas");
        shard.syncing.insert(id);
        // The log is there without a primary.
        let works = !shard.stopped_at.contains_key(&shard.primary);
        if works || self.is_durable() {
            self.queue.schedule(self.now.after(SYNC), Due::Synced(id));
        }
    }

    /// Gives a replica its primary's contents, which it has finished copying, or a primary those of its log.
    pub(super) fn finish_sync(&mut self, id: NodeId, log: &mut dyn Log) {
        let shard = self.deployed.shard_mut(id).expect("it has replicas");
        shard.syncing.remove(&id);
        let primary = shard.primary;
        match self.is_durable() {
            true => self.load_log(id, primary == id),
            false => self.node_mut(id).cache = self.node_mut(primary).cache.clone(),
        }
        let held = self.node_mut(id).cache.len();
        if primary != id {
            return self.tell_stage(id, Stage::Synced { entries: held }, log);
        }
        self.judge_promoted(id, Spoiler::Restored);
        let (entries, stored_bytes) = self.contents();
        let stage = Stage::Restored {
            held,
            entries,
            stored_bytes,
        };
        self.tell_stage(id, stage, log);
        for delete in std::mem::take(&mut self.held_deletes) {
            self.delete_by_log(delete, log);
        }
    }

    /// A node works again, empty. A primary that comes back empty empties its replicas.
    fn come_back_empty(&mut self, id: NodeId) {
        if self.replication().is_none() {
            return;
        }
        self.queue.forget(|due| match due {
            Due::Noticed(node) | Due::Election(node) => *node == id,
            _ => false,
        });
        if self.is_replica(id) {
            return self.begin_sync(id);
        }
        if self.is_durable() {
            return self.begin_restore(id);
        }
        for other in self.others(id) {
            self.empty(other);
        }
        let shard = self.deployed.shard_mut(id).expect("it has replicas");
        shard.syncing.clear();
        shard.missed.clear();
    }

    /// A node restarts, with nothing in it.
    pub(super) fn restart(&mut self, id: NodeId) {
        self.deployed.replace(id);
        if self.replication().is_none() {
            self.queue
                .forget(|due| matches!(due, Due::Noticed(node) if *node == id));
        }
        self.come_back_empty(id);
    }

    /// A node whose shard has left is empty, and nothing is due of it any more.
    pub(super) fn forget_node(&mut self, id: NodeId) {
        self.empty(id);
        self.node_mut(id).leases.clear();
        self.queue.forget(|due| match due {
            Due::Noticed(node) | Due::Election(node) => *node == id,
            _ => false,
        });
    }

    /// When the next node that has failed is replaced, or [`Micros::NEVER`]. Of a Region that is down, nobody knows.
    pub(super) fn replaced_at(&self) -> Micros {
        if !self.setup.cache.deployment.fails_over() {
            return Micros::NEVER;
        }
        let stops = self.deployed.stops();
        let next = stops.map(|(_, at)| at.after(REPLACED_AFTER)).min();
        next.unwrap_or(Micros::NEVER)
    }

    /// Replaces the nodes that failed six minutes ago.
    pub(super) fn replace_failed(&mut self, log: &mut dyn Log) {
        let now = self.now;
        let due: Vec<NodeId> = self
            .deployed
            .stops()
            .filter(|(_, at)| at.after(REPLACED_AFTER) <= now)
            .map(|(node, _)| node)
            .collect();
        for id in due {
            let replica = self.is_replica(id);
            self.deployed.replace(id);
            self.come_back_empty(id);
            self.tell_stage(id, Stage::Replaced { replica }, log);
            self.look_at_coverage(Some(id), log);
        }
    }

    /// Clients find the new primary under the primary endpoint's name.
    pub(super) fn repoint(&mut self, primary: NodeId, log: &mut dyn Log) {
        if !self.is_replica(primary) && self.deployed.repoint(primary) {
            self.tell_stage(primary, Stage::Repointed, log);
        }
    }

    /// A client of a cluster whose command was not answered loads the slot map again.
    pub(super) fn look_for_primary(&mut self, node: NodeId, log: &mut dyn Log) {
        if self.setup.cache.deployment.cluster().is_some() {
            self.deployed.forget(node);
            if let Some(primary) = self.deployed.shard(node).map(|shard| shard.primary) {
                self.repoint(primary, log);
            }
        }
    }

    fn tell_stage(&mut self, node: NodeId, stage: Stage, log: &mut dyn Log) {
        self.record_at(node, None, Key(0), None, EventKind::Failover { stage }, log);
    }
}
