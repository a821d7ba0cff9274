//! What happens without a request's doing: faults begin and end, the cache expires entries ten times a
//! second, its replica follows, and where people schedule, they move.

use super::at_cache::expire;
use super::{CacheNode, World};
use crate::event::{Broken, EventKind};
use crate::fault::Fault;
use crate::log::Log;
use crate::monitor::{Spoiled, Spoiler};
use crate::request::Phase;
use crate::setup::LaneSetup;
use crate::write_queue::Queued;
use cache::units::{Key, Micros};
use cache::{Cache, Entry, Ttl, Value};
use std::collections::{BTreeMap, VecDeque};

/// How far apart the expiry cycles are: ten a second, as in Valkey (`hz 10`).
const EXPIRY_CYCLE_US: u64 = 100_000;

/// Up to so many entries the cycle looks up which ends next instead of looking in every time.
const ENTRIES_TO_LOOK_THROUGH: u32 = 1_024;

/// Moves begin a second apart, so that every lane's moves share their instants.
pub const MOVE_EVERY: Micros = Micros(1_000_000);

/// A replica of the cache node: what has reached it, and what is on the way.
#[derive(Clone, Debug, Hash)]
pub(super) struct Replica {
    cache: Cache,
    lag: Micros,
    on_the_way: VecDeque<Change>,
}

/// A change of the node's contents: a key is stored (value, size and end) or goes.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Change {
    pub(super) at: Micros,
    pub(super) key: Key,
    pub(super) set: Option<(Value, u32, Option<Micros>)>,
}

impl Replica {
    pub(super) fn new(setup: &LaneSetup) -> Self {
        Replica {
            cache: Cache::new(&setup.cache.engine),
            lag: setup.cache.replica_lag.unwrap_or_default(),
            on_the_way: VecDeque::new(),
        }
    }

    /// Applies what has arrived by `now`.
    fn catch_up(&mut self, now: Micros) {
        while let Some(&change) = self.on_the_way.front() {
            if change.at.after(self.lag) > now {
                break;
            }
            self.on_the_way.pop_front();
            let _ = match change.set {
                Some((value, size, end)) => {
                    let ttl = end.map_or(Ttl::Clear, Ttl::Until);
                    // The node had room for it, and the replica is of the same size.
                    let kept = self
                        .cache
                        .set(change.key, value, size, ttl, change.at, |_| {});
                    kept.is_ok()
                }
                None => self.cache.delete(change.key, change.at).is_some(),
            };
        }
    }
}

impl CacheNode {
    /// An entry ends then: the cycle has to look at it by the next tick.
    pub(super) fn watch_expiry(&mut self, expires_at: Option<Micros>) {
        let Some(end) = expires_at else { return };
        let tick = Micros((end.0 / EXPIRY_CYCLE_US + 1).saturating_mul(EXPIRY_CYCLE_US));
        let due = self.expiry_due.map_or(tick, |due| due.min(tick));
        self.expiry_due = Some(due);
    }

    /// About how much memory a clone takes beside the cache and its own fields, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        let replica = self.replica.as_ref().map_or(0, |replica| {
            replica.cache.heap_bytes() + (replica.on_the_way.len() * size_of::<Change>()) as u64
        });
        // A lease and a queued write take about as much.
        replica + u64::from(self.write_queue.len()) * 64
    }

    /// The replica begins with what the node begins with.
    pub(super) fn start_replica(&mut self) {
        if let Some(replica) = &mut self.replica {
            replica.cache = self.cache.clone();
        }
    }

    pub(super) fn tell_replica(&mut self, change: Change) {
        if let Some(replica) = &mut self.replica {
            replica.on_the_way.push_back(change);
            // What has arrived long ago need not be kept in flight.
            replica.catch_up(change.at);
        }
    }
}

impl World {
    /// When the expiry cycle has something to do next, or [`Micros::NEVER`].
    pub(super) fn expiry_due(&self) -> Micros {
        let due = self.node.as_ref().and_then(|node| node.expiry_due);
        match due {
            Some(due) if self.setup.cache.active_expiry => due,
            _ => Micros::NEVER,
        }
    }

    pub(super) fn run_expiry_cycle(&mut self, log: &mut dyn Log) {
        let now = self.now;
        let next_tick = now.after(Micros(EXPIRY_CYCLE_US));
        let node = self.node_mut();
        let mut removed = Vec::new();
        node.cache
            .active_expire(now, |removal| removed.push(removal));
        node.expiry_due = None;
        if node.cache.volatile_len() > ENTRIES_TO_LOOK_THROUGH {
            node.expiry_due = Some(next_tick);
        } else {
            let ends = node.cache.entries().filter_map(|entry| entry.expires_at);
            if let Some(first) = ends.min() {
                node.watch_expiry(Some(first));
                // What the cycle's draws have passed over waits for the next one.
                node.expiry_due = node.expiry_due.map(|due| due.max(next_tick));
            }
        }
        for removal in removed {
            let key = removal.entry.key;
            self.monitor.clear(key);
            self.tell_replica_of_delete(key);
            self.record(None, key, None, expire(None, &removal.entry), log);
        }
    }

    pub(super) fn begin_fault(&mut self, log: &mut dyn Log) {
        let fault = self.setup.faults[self.next_fault as usize].fault;
        self.next_fault += 1;
        self.next_fault_at = self.setup.fault_at(self.next_fault);
        self.suffer(fault, log);
    }

    /// Lets a fault begin or end at this moment.
    pub(super) fn suffer(&mut self, fault: Fault, log: &mut dyn Log) {
        // What the node has lost is counted with the fault, so its contents go before the event.
        let lost = match fault {
            Fault::RestartCache => self.lose_contents(),
            Fault::FailOverCache => self.fail_over(),
            _ => BTreeMap::new(),
        };
        self.in_force.apply(fault);
        let cache = self.cache();
        let sizes = cache.into_iter().flat_map(Cache::entries);
        let kind = EventKind::Fault {
            fault,
            entries: self.cache().map_or(0, Cache::len),
            stored_bytes: sizes.map(|entry| u64::from(entry.size_bytes)).sum(),
        };
        // A fault is about no key; the first one's number stands in its place.
        let event = self.record(None, Key(0), None, kind, log);
        for (key, queued) in lost {
            let promise = Broken::Durability {
                version: queued.version,
            };
            let kind = EventKind::Violation { promise };
            self.record(Some(queued.request), key, Some(event), kind, log);
        }
        match fault {
            Fault::StopDatabase => self.turn_away_queries(log),
            Fault::HealCache => {
                for (key, request, cause) in std::mem::take(&mut self.held_deletes) {
                    self.delete_by_log(key, request, cause, log);
                }
            }
            _ => {}
        }
    }

    /// The node's contents are lost: gives what it has not written to the database yet.
    fn lose_contents(&mut self) -> BTreeMap<Key, Queued> {
        let Some(node) = &mut self.node else {
            return BTreeMap::new();
        };
        // What CONFIG SET has changed is lost as well: the node reads its settings again.
        node.cache.flush(|_| {});
        let engine = &self.setup.cache.engine;
        if (node.cache.settings().policy, node.cache.settings().scope)
            != (engine.policy, engine.scope)
        {
            node.cache.change_policy(engine.policy, engine.scope);
        }
        node.leases.clear();
        node.expiry_due = None;
        if let Some(replica) = &mut node.replica {
            replica.cache.flush(|_| {});
            replica.on_the_way.clear();
        }
        self.monitor.clear_all();
        node.write_queue.lose()
    }

    /// The replica takes over with what has reached it: later changes are lost. Without a replica an
    /// empty node does. Gives what was not written to the database yet.
    fn fail_over(&mut self) -> BTreeMap<Key, Queued> {
        let now = self.now;
        let replica = self.node.as_mut().and_then(|node| node.replica.as_mut());
        let Some(replica) = replica else {
            return self.lose_contents();
        };
        replica.catch_up(now);
        replica.on_the_way.clear();
        let cache = replica.cache.clone();
        let entries: Vec<Entry> = cache.entries().collect();
        self.monitor.clear_all();
        for entry in &entries {
            if entry.value.version < self.row(entry.key).version {
                let how = Spoiled {
                    by: Spoiler::FailOver,
                    at: now,
                    request: None,
                };
                self.monitor.spoil(entry.key, how);
            }
        }
        let node = self.node_mut();
        node.cache = cache;
        node.leases.clear();
        node.expiry_due = None;
        for entry in &entries {
            // One that the replica still holds may have ended long ago: its tick is the next one.
            node.watch_expiry(entry.expires_at.map(|end| end.max(now)));
        }
        node.write_queue.lose()
    }

    /// When the next move is made: at its second, or when the trips of the one before are over.
    pub(super) fn next_move_at(&self) -> Option<Micros> {
        let moves = self.workload.schedule.as_ref()?;
        let left = (self.moves_made as usize) < moves.len();
        let at = Micros(u64::from(self.moves_made) * MOVE_EVERY.0);
        (left && !self.is_on_a_trip()).then_some(at.max(self.now))
    }

    /// Lets the client whose turn it is execute one instruction that takes time. A client that waits
    /// for something, or has nothing left to do, loses its move.
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

    /// The client's next request that has not begun.
    fn next_number_of(&mut self, client: u32) -> Option<u32> {
        let number = self.unbegun_of(client)?;
        self.next_of_client.insert(client, number + 1);
        Some(number)
    }
}
