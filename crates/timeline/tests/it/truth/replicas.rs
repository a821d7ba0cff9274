//! What an observer knows of replicas, and whether what is said of them holds.

use super::facts::Point;
use super::state::{Copy, Lane};
use cache::units::{Key, Micros, Version};
use sim::{ByHand, Durability, NodeId, Spoiler, Stage};
use std::collections::BTreeMap;
use timeline::ReplicaFact;

impl Lane {
    /// The shard of a node, where shards have replicas.
    pub fn shard_of(&self, node: NodeId) -> usize {
        let replication = self.deployment.replication();
        usize::from(node.0 / (1 + replication.map_or(0, |of| of.replicas)))
    }

    /// The nodes of a node's shard.
    pub fn members(&self, node: NodeId) -> Vec<NodeId> {
        let all = self.in_use.iter().copied();
        all.filter(|other| self.shard_of(*other) == self.shard_of(node))
            .collect()
    }

    /// Whether a node is a replica.
    pub fn is_replica(&self, node: NodeId) -> bool {
        // A shard that is yet to join has no primary.
        let primary = self.primaries.get(self.shard_of(node));
        primary.is_some_and(|primary| *primary != node)
    }

    /// A change of a primary leaves for its replicas.
    pub fn change(&mut self, primary: NodeId, key: Key, at: Micros) {
        if self.primaries.is_empty() || self.is_replica(primary) {
            return;
        }
        if self.is_durable() {
            self.log_change(primary, key, at);
            if self.durability == Durability::Async {
                return;
            }
        }
        self.reach_replicas(primary);
    }

    /// A change leaves for the replicas.
    pub fn reach_replicas(&mut self, primary: NodeId) {
        for other in self.members(primary) {
            let works = !self.stopped.contains(&other) && !self.syncing.contains(&other);
            if other != primary && works {
                *self.behind.entry(other).or_default() += 1;
            }
        }
    }

    /// A node drops what it holds.
    fn empty(&mut self, node: NodeId) {
        self.copies.retain(|(at, _), _| *at != node);
        self.behind.remove(&node);
    }

    /// A node works again with nothing in it.
    pub fn come_back(&mut self, node: NodeId) {
        self.stopped_at.remove(&node);
        self.failed.remove(&node);
        if self.primaries.is_empty() {
            return;
        }
        self.empty(node);
        if self.is_replica(node) {
            self.give_up_promoting(node);
            self.syncing.insert(node);
            return;
        }
        if self.is_durable() {
            self.syncing.insert(node);
            return;
        }
        for other in self.members(node) {
            if !self.stopped.contains(&other) {
                self.empty(other);
            }
            self.syncing.remove(&other);
        }
    }

    /// Notes which copies of a node that has come back are out of date.
    fn judge_restored(&mut self, node: NodeId, at: Micros) {
        let keys: Vec<Key> = self.held_by(node).into_keys().collect();
        for key in keys {
            let row = self.row(key).0;
            let copy = self.copies.get_mut(&(node, key)).expect("it is held");
            let old = copy.version < row;
            copy.spoiled = old.then_some((Spoiler::Restored, at, None));
        }
    }

    pub fn fail_over(&mut self, node: NodeId, stage: Stage, at: Micros) {
        let shard = self.shard_of(node);
        match stage {
            Stage::Noticed { .. } => {
                self.failed.insert(node);
            }
            Stage::Leaderless { .. } | Stage::ClusterDown | Stage::ClusterUp => {}
            Stage::Promoted { .. } => {
                let others = self.members(node);
                let before = self.primaries[shard];
                self.primaries[shard] = node;
                self.become_primary_region(node);
                self.behind.remove(&node);
                self.drop_strays(node);
                for other in others.into_iter().filter(|other| *other != node) {
                    if !self.stopped.contains(&other) {
                        self.empty(other);
                        self.syncing.insert(other);
                    }
                }
                if self.is_durable() {
                    self.load_log(node, true, at);
                    for at in self.queued_at.values_mut() {
                        if *at == before {
                            *at = node;
                        }
                    }
                }
                let keys = self.copies.keys();
                let rows: BTreeMap<Key, Version> =
                    keys.map(|&(_, key)| (key, self.row(key).0)).collect();
                for ((of, key), copy) in &mut self.copies {
                    if *of == node {
                        let old = copy.version < rows[key];
                        copy.spoiled = old.then_some((Spoiler::FailOver, at, None));
                    }
                }
            }
            Stage::Repointed => self.named[shard] = self.primaries[shard],
            Stage::Restored { .. } => {
                self.note_restored(node, at);
                self.syncing.remove(&node);
                self.load_log(node, true, at);
                self.judge_restored(node, at);
            }
            Stage::Synced { .. } if self.is_durable() => {
                self.syncing.remove(&node);
                self.load_log(node, false, at);
            }
            Stage::Synced { .. } => {
                self.syncing.remove(&node);
                let primary = self.primaries[shard];
                let held: Vec<(Key, Copy)> = self
                    .copies
                    .iter()
                    .filter(|((of, _), _)| *of == primary)
                    .map(|((_, key), copy)| (*key, copy.clone()))
                    .collect();
                for (key, copy) in held {
                    self.copies.insert((node, key), copy);
                }
            }
            Stage::Replaced { .. } => {
                self.stopped.remove(&node);
                self.come_back(node);
            }
        }
    }
}

/// Whether a fact is true at a point.
pub fn holds(fact: &ReplicaFact, of: &Point) -> bool {
    let at = of.at();
    match fact {
        ReplicaFact::PrimaryEndpoint(node) => {
            of.is_node(node, of.event.node) && of.before.named == [of.event.node]
        }
        ReplicaFact::ReaderEndpoint(node) => {
            let named = of.before.named[0];
            let mut others = of.before.members(named).into_iter();
            of.is_node(node, of.event.node)
                && (of.event.node != named
                    || !others.any(|of_all| of_all != named && !of.before.failed.contains(&of_all)))
        }
        ReplicaFact::MapSays(slot, node) => {
            let named = of.before.named[of.before.shard_of(of.event.node)];
            let was_told = of.story().was_moved;
            *slot == of.slot()
                && of.is_node(node, of.event.node)
                && (named == of.event.node || was_told)
        }
        ReplicaFact::ReadsSlotFrom(slot, node) => {
            let holder = of.before.holder(of.event.key);
            *slot == of.slot()
                && of.is_node(node, of.event.node)
                && of.before.members(holder).contains(&of.event.node)
        }
        ReplicaFact::Stores(node, key, version) => {
            of.is_key(key)
                && of.is_node(node, of.event.node)
                && of.is_left(|entry| entry.is_none_or(|of| of.value.version == *version))
        }
        ReplicaFact::Removes(node, key) => {
            of.is_key(key) && of.is_node(node, of.event.node) && of.is_left(|entry| entry.is_none())
        }
        ReplicaFact::ChangeArrived => of.before.is_replica(of.event.node),
        ReplicaFact::ServesOld(node, key, version) => {
            of.is_key(key)
                && of.is_node(node, of.event.node)
                && of.before.is_replica(of.event.node)
                && of.live().is_some_and(|copy| copy.version == *version)
        }
        ReplicaFact::Lacks(node, key) => {
            of.is_key(key)
                && of.is_node(node, of.event.node)
                && of.before.is_replica(of.event.node)
                && of.live().is_none()
        }
        ReplicaFact::PrimaryHas(version) => {
            let copy = of.at_primary();
            copy.is_some_and(|copy| copy.version == *version)
        }
        ReplicaFact::PrimaryHasNone => of.at_primary().is_none(),
        ReplicaFact::TakenForFailed(node) => {
            of.is_node(node, of.event.node) && of.before.stopped.contains(&of.event.node)
        }
        ReplicaFact::SilentFor(span) => {
            let since = of.before.stopped_at.get(&of.event.node);
            since.is_some_and(|since| since.after(*span) == at)
        }
        ReplicaFact::NoneTakesOver(node) => {
            of.is_node(node, of.event.node)
                && of.before.primaries.contains(&of.event.node)
                && of.before.stopped.contains(&of.event.node)
        }
        ReplicaFact::NoneHasTheData => {
            let members = of.before.members(of.event.node);
            members.into_iter().all(|other| {
                let out = of.before.stopped.contains(&other) || of.before.syncing.contains(&other);
                other == of.event.node || out
            })
        }
        ReplicaFact::Promoted(node) => {
            of.is_node(node, of.event.node)
                && of.before.is_replica(of.event.node)
                && !of.before.stopped.contains(&of.event.node)
                && !of.before.syncing.contains(&of.event.node)
        }
        ReplicaFact::ChangesLost(count, from) => {
            let primary = of.before.primaries[of.before.shard_of(of.event.node)];
            let behind = |node: NodeId| of.before.behind.get(&node).copied().unwrap_or(0);
            let members = of.before.members(primary).into_iter();
            let able = members.filter(|other| {
                let out = of.before.stopped.contains(other) || of.before.syncing.contains(other);
                *other != primary && !out
            });
            // What the console changed makes no event.
            let typed = of.scenario.input.commands.iter();
            let is_typed = typed
                .clone()
                .any(|of| matches!(of.command, ByHand::Console(_)));
            of.is_node(from, primary)
                && (is_typed
                    || (behind(of.event.node) == *count
                        // A person may promote another Region than the one that misses least.
                        && (of.is_global() || able.map(behind).min() == Some(*count))))
        }
        ReplicaFact::EndpointMoves(node) => {
            of.is_node(node, of.event.node)
                && of.before.primaries == [of.event.node]
                && of.before.named != [of.event.node]
        }
        ReplicaFact::ClientsConnect => of.before.primaries == [of.event.node],
        ReplicaFact::MapFetched => of.client().is_some(),
        ReplicaFact::PrimaryOfShard(node, shard) => {
            let primary = of.before.primaries[usize::from(*shard) - 1];
            of.is_node(node, primary) && primary == of.event.node
        }
        ReplicaFact::Synced(node) => {
            of.is_node(node, of.event.node) && of.before.syncing.contains(&of.event.node)
        }
        ReplicaFact::AnswersWith(count) => {
            let primary = of.before.primaries[of.before.shard_of(of.event.node)];
            let held = of.before.copies.keys();
            held.filter(|(node, _)| *node == primary).count() == *count as usize
        }
        ReplicaFact::Replaced(node) => {
            of.is_node(node, of.event.node) && of.before.stopped.contains(&of.event.node)
        }
        ReplicaFact::CopiesFirst => of.before.is_replica(of.event.node),
        ReplicaFact::ComesEmpty => !of.before.is_replica(of.event.node),
        ReplicaFact::FaultMeans(fault, node) => {
            let id = NodeId(node.number - 1);
            of.is_node(node, id) && of.was_given(*fault, id) && of.before.is_changed_by(*fault, id)
        }
        ReplicaFact::HasNone => of.before.members(of.event.node).len() == 1,
        ReplicaFact::PrimaryLacks(key) => of.is_key(key) && of.at_primary().is_none(),
    }
}
