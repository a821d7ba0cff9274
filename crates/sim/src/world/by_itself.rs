//! What no request causes: faults begin and end, the cache expires entries ten times a second, and
//! people who schedule the clients make moves.

use super::at_cache::expire;
use super::replica::Replica;
use super::{CacheNode, World};
use crate::deployment::{NodeId, Reach};
use crate::event::{Broken, EventKind, Gone};
use crate::fault::{Fault, ScheduledFault};
use crate::log::Log;
use crate::monitor::{Spoiled, Spoiler};
use crate::request::Phase;
use crate::write_queue::Queued;
use cache::ACTIVE_EXPIRE_PERIOD;
use cache::units::{Key, Micros};
use std::collections::BTreeMap;

/// With up to this many entries that expire, the cycle finds the next one instead of running every time.
const ENTRIES_TO_LOOK_THROUGH: u32 = 1_024;

/// The time from one move to the next, the same in every lane so that their moves share instants.
pub const MOVE_EVERY: Micros = Micros(1_000_000);

impl CacheNode {
    /// Notes when an entry expires, so that the cycle runs at the next tick after that.
    pub(super) fn watch_expiry(&mut self, expires_at: Option<Micros>) {
        let Some(end) = expires_at else { return };
        let period = ACTIVE_EXPIRE_PERIOD.0;
        let tick = Micros((end.0 / period + 1).saturating_mul(period));
        let due = self.expiry_due.map_or(tick, |due| due.min(tick));
        self.expiry_due = Some(due);
    }

    /// About how much memory a clone takes beside the cache and its own fields, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        let replica = self.replica.as_ref().map_or(0, Replica::heap_bytes);
        // A lease and a queued write take about the same.
        let queued = u64::from(self.write_queue.len()) * 64;
        replica + self.incoming.heap_bytes() + queued
    }
}

impl World {
    /// When the expiry cycle next has something to expire, or [`Micros::NEVER`].
    pub(super) fn expiry_due(&self) -> Micros {
        if !self.setup.cache.active_expiry {
            return Micros::NEVER;
        }
        let due = self.nodes.iter().filter_map(|node| node.expiry_due);
        due.min().unwrap_or(Micros::NEVER)
    }

    /// Lets every node whose cycle is due expire what it finds.
    pub(super) fn run_expiry_cycle(&mut self, log: &mut dyn Log) {
        let now = self.now;
        for id in (0..self.nodes.len() as u16).map(NodeId) {
            if self.node_mut(id).expiry_due.is_some_and(|due| due <= now) {
                self.expire_at(id, log);
            }
        }
    }

    fn expire_at(&mut self, id: NodeId, log: &mut dyn Log) {
        let now = self.now;
        let next_tick = now.after(ACTIVE_EXPIRE_PERIOD);
        let node = self.node_mut(id);
        let mut removed = Vec::new();
        node.cache
            .active_expire(now, |removal| removed.push(removal));
        node.expiry_due = None;
        if node.cache.volatile_len() > ENTRIES_TO_LOOK_THROUGH {
            node.expiry_due = Some(next_tick);
        } else {
            node.watch_expiry(node.cache.first_expiry());
            // Expired entries that the cycle has not sampled wait for the next one.
            node.expiry_due = node.expiry_due.map(|due| due.max(next_tick));
        }
        for removal in removed {
            let key = removal.entry.key;
            self.copy_is_gone(key, id);
            self.tell_replicas_of_delete(id, key);
            self.record_at(id, None, key, None, expire(None, &removal.entry), log);
        }
    }

    pub(super) fn begin_fault(&mut self, log: &mut dyn Log) {
        let ScheduledFault { fault, reach, .. } = self.setup.faults[self.next_fault as usize];
        self.next_fault += 1;
        self.next_fault_at = self.setup.fault_at(self.next_fault);
        self.suffer(fault, reach, log);
    }

    /// Begins or ends a fault at this moment.
    pub(super) fn suffer(&mut self, fault: Fault, reach: Reach, log: &mut dyn Log) {
        let reach = match self.setup.cache.deployment.hides_nodes_from(fault, reach) {
            true => Reach::None,
            false => reach,
        };
        if fault.is_of_shards() {
            return self.change_shards(fault, reach, log);
        }
        // The event says how much the cache holds after the fault, so the contents go first.
        let reached = self.reached(fault, reach);
        let several = self.setup.cache.deployment.has_several();
        let names_nodes = fault.is_of_several_nodes() || several || reach != Reach::All;
        let reach = match fault.is_of_nodes() && names_nodes && reached.is_empty() {
            true => Reach::None,
            false => reach,
        };
        let empties = matches!(
            fault,
            Fault::RestartCache | Fault::StopCacheNode | Fault::FailOverCache
        );
        let changed: Vec<NodeId> = match empties && self.deployed.work().is_some() {
            true => reached
                .iter()
                .copied()
                .filter(|&node| !self.is_replica(node))
                .collect(),
            false => Vec::new(),
        };
        let mut lost = BTreeMap::new();
        let replicated = self.setup.cache.deployment.replication().is_some();
        let failing: Vec<NodeId> = reached
            .iter()
            .copied()
            .filter(|&node| !self.is_replica(node))
            .collect();
        for &node in &reached {
            self.put_at_stake(fault, node);
            let queued = match fault {
                Fault::RestartCache
                | Fault::StopCacheNode
                | Fault::RemoveCacheNode
                | Fault::AddCacheNode => self.lose_contents(node),
                Fault::FailOverCache if replicated => self.lose_queue(node),
                Fault::FailOverCache => self.fail_over(node),
                _ => continue,
            };
            lost.append(&mut self.lose_unlogged(node, queued));
        }
        let known = self.monitor.keys().map(|key| (key, self.holder(key)));
        let known: Vec<(Key, NodeId)> = known.collect();
        self.deployed.suffer(fault, reach);
        for (key, holder) in known {
            if self.holder(key) != holder {
                self.monitor.clear(key);
            }
        }
        // Where there are several nodes, each that can't be reached is known by its number.
        let is_of_one = fault.is_of_nodes() && self.setup.cache.deployment.has_several();
        if !is_of_one && reach != Reach::None {
            self.in_force.apply(fault);
        }
        if matches!(fault, Fault::RemoveCacheNode | Fault::AddCacheNode) {
            self.judge_copies(Spoiler::NodesChanged);
        }
        match fault {
            Fault::StopCacheNode => self.note_stops(&reached),
            Fault::RestartCache => reached.iter().for_each(|&node| self.restart(node)),
            _ => {}
        }
        // A write is queued again when the reply to its flush was lost, so the row may have it.
        lost.retain(|key, queued| self.row(*key).version < queued.version);
        let mut gone = lost.len() as u32;
        if !self.is_settled_later(fault) {
            gone += failing.iter().map(|&node| self.settle(node).0).sum::<u32>();
        }
        let (entries, stored_bytes) = self.contents();
        let kind = EventKind::Fault {
            fault,
            reach,
            entries,
            stored_bytes,
            gone: Gone(gone),
        };
        // A fault concerns no key; the event names the first one.
        let event = self.record(None, Key(0), None, kind, log);
        for (key, queued) in lost {
            let promise = Broken::Durability {
                version: queued.version,
            };
            let kind = EventKind::Violation { promise };
            self.record(Some(queued.request), key, Some(event), kind, log);
        }
        match fault {
            Fault::FailOverCache if replicated => {
                reached.iter().for_each(|&node| self.promote(node, log));
            }
            Fault::PromoteRegion => reached.iter().for_each(|&node| self.begin_promotion(node)),
            Fault::StopDatabase => self.turn_away_queries(log),
            Fault::HealCache => {
                for delete in std::mem::take(&mut self.held_deletes) {
                    self.delete_by_log(delete, log);
                }
            }
            _ => {}
        }
        self.give_up_with(&changed, log);
        self.look_at_coverage(reached.first().copied(), log);
    }

    /// The nodes that a fault reaches and changes.
    fn reached(&self, fault: Fault, reach: Reach) -> Vec<NodeId> {
        if !fault.is_of_nodes() {
            return Vec::new();
        }
        let deployment = self.setup.cache.deployment;
        let all = (0..self.nodes.len() as u16).map(NodeId);
        let reached = all.filter(|&node| deployment.is_reached(reach, node));
        let several = deployment.has_several();
        reached
            .filter(|&node| match fault {
                // A single node is in use as long as there is a cache, and is cut off by the faults in force.
                _ if !several => !fault.is_of_several_nodes(),
                _ => self.deployed.is_changed_by(fault, node),
            })
            .collect()
    }

    /// Forgets why a key's copy was stale when the node that has the key has lost the copy.
    pub(super) fn copy_is_gone(&mut self, key: Key, from: NodeId) {
        if self.holder(key) == from {
            self.monitor.clear(key);
        }
    }

    /// Looks anew at the copies of all keys: which are there, and which are stale and for whose fault.
    pub(super) fn judge_copies(&mut self, by: Spoiler) {
        let mut stale = Vec::new();
        for (id, cache) in self.nodes() {
            let held = cache.entries().filter(|entry| self.holder(entry.key) == id);
            let old = held.filter(|entry| entry.value.version < self.row(entry.key).version);
            stale.extend(old.map(|entry| entry.key));
        }
        self.monitor.retain(|key| stale.contains(&key));
        for key in stale {
            let how = Spoiled {
                by,
                at: self.now,
                request: None,
            };
            self.monitor.spoil(key, how);
        }
    }

    /// Loses a node's contents, and returns the writes that had not reached the database.
    pub(super) fn lose_contents(&mut self, id: NodeId) -> BTreeMap<Key, Queued> {
        if self.setup.cache.deployment.has_several() {
            let entries = self.node_mut(id).cache.entries();
            let keys: Vec<Key> = entries.map(|entry| entry.key).collect();
            keys.into_iter().for_each(|key| self.copy_is_gone(key, id));
        } else {
            self.monitor.clear_all();
        }
        let setup = self.setup.clone();
        let node = self.node_mut(id);
        // Changes by CONFIG SET are lost as well: the node reads its settings again.
        node.cache.flush(|_| {});
        let engine = &setup.cache.engine;
        if (node.cache.settings().policy, node.cache.settings().scope)
            != (engine.policy, engine.scope)
        {
            node.cache.change_policy(engine.policy, engine.scope);
        }
        node.leases.clear();
        node.expiry_due = None;
        if let Some(replica) = &mut node.replica {
            replica.clear();
        }
        node.write_queue.lose()
    }

    /// When the next move is made: at its second, or once the trips of the move before are over.
    pub(super) fn next_move_at(&self) -> Option<Micros> {
        let moves = self.workload.schedule.as_ref()?;
        let left = (self.moves_made as usize) < moves.len();
        let at = Micros(u64::from(self.moves_made) * MOVE_EVERY.0);
        (left && !self.is_on_a_trip()).then_some(at.max(self.now))
    }

    /// Makes the next client in the order execute one instruction that takes time. A client that waits
    /// for something or has nothing left to do loses its move.
    pub(super) fn make_move(&mut self, log: &mut dyn Log) {
        let Some(moves) = &self.workload.schedule else {
            unreachable!("only a schedule has moves")
        };
        let client = moves[self.moves_made as usize];
        self.moves_made += 1;
        let slot = match self.requests.of_client(client) {
            Some(slot) => slot,
            None => match self.next_number_of(client) {
                Some(number) => self.admit(number, self.workload.request(number), log),
                None => return self.skip_move(client, log),
            },
        };
        if let Phase::Held { since } = self.request(slot).phase {
            let held = self.now.since(since);
            let active = self.request_mut(slot);
            if active.answered_at.is_none() {
                active.add_waiting(held);
            }
            active.granted = true;
            self.go_on(slot, log);
        } else {
            self.skip_move(client, log);
        }
    }

    fn skip_move(&mut self, client: u32, log: &mut dyn Log) {
        self.record(None, Key(0), None, EventKind::Idle { client }, log);
    }

    /// Takes the client's next request that has not begun.
    fn next_number_of(&mut self, client: u32) -> Option<u32> {
        let number = self.unbegun_of(client)?;
        self.next_of_client.insert(client, number + 1);
        Some(number)
    }
}
