//! What no request causes: faults begin and end, the cache expires entries ten times a second, its
//! replica follows, and people who schedule the clients make moves.

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
use cache::{ACTIVE_EXPIRE_PERIOD, Cache, Entry, Ttl, Value};
use std::collections::{BTreeMap, VecDeque};

/// In a cache of up to this many entries the cycle finds out which expires next instead of running every time.
const ENTRIES_TO_LOOK_THROUGH: u32 = 1_024;

/// The time from one move to the next, the same in every lane so that their moves share instants.
pub const MOVE_EVERY: Micros = Micros(1_000_000);

/// A replica of the cache node, and the changes on their way to it.
#[derive(Clone, Debug, Hash)]
pub(super) struct Replica {
    cache: Cache,
    lag: Micros,
    on_the_way: VecDeque<Change>,
}

/// A change of the node's contents: a key is stored with value, size and expiry, or removed.
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

    /// Applies the changes that have arrived by `now`.
    fn catch_up(&mut self, now: Micros) {
        while let Some(&change) = self.on_the_way.front() {
            if change.at.after(self.lag) > now {
                break;
            }
            self.on_the_way.pop_front();
            let _ = match change.set {
                Some((value, size, end)) => {
                    let ttl = end.map_or(Ttl::Clear, Ttl::Until);
                    // The replica is as large as the node, which had room for the entry.
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
        let replica = self.replica.as_ref().map_or(0, |replica| {
            replica.cache.heap_bytes() + (replica.on_the_way.len() * size_of::<Change>()) as u64
        });
        // A lease and a queued write take about the same.
        replica + u64::from(self.write_queue.len()) * 64
    }

    /// Gives the replica the node's first contents.
    pub(super) fn start_replica(&mut self) {
        if let Some(replica) = &mut self.replica {
            replica.cache = self.cache.clone();
        }
    }

    pub(super) fn tell_replica(&mut self, change: Change) {
        if let Some(replica) = &mut self.replica {
            replica.on_the_way.push_back(change);
            // Changes that have arrived need not be kept.
            replica.catch_up(change.at);
        }
    }
}

impl World {
    /// When the expiry cycle next has something to expire, or [`Micros::NEVER`].
    pub(super) fn expiry_due(&self) -> Micros {
        let due = self.node.as_ref().and_then(|node| node.expiry_due);
        match due {
            Some(due) if self.setup.cache.active_expiry => due,
            _ => Micros::NEVER,
        }
    }

    pub(super) fn run_expiry_cycle(&mut self, log: &mut dyn Log) {
        let now = self.now;
        let next_tick = now.after(ACTIVE_EXPIRE_PERIOD);
        let node = self.node_mut();
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

    /// Begins or ends a fault at this moment.
    pub(super) fn suffer(&mut self, fault: Fault, log: &mut dyn Log) {
        // The event says how much the cache holds after the fault, so the contents go first.
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
        // A fault concerns no key; the event names the first one.
        let event = self.record(None, Key(0), None, kind, log);
        for (key, queued) in lost {
            // A write is queued again when the reply to its flush was lost, so the row may have it.
            if self.row(key).version >= queued.version {
                continue;
            }
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

    /// Loses the node's contents, and returns the writes that had not reached the database.
    fn lose_contents(&mut self) -> BTreeMap<Key, Queued> {
        let Some(node) = &mut self.node else {
            return BTreeMap::new();
        };
        // Changes by CONFIG SET are lost as well: the node reads its settings again.
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

    /// The replica takes over with the changes that have reached it; later ones are lost. Without a replica an
    /// empty node takes over. Returns the writes that had not reached the database.
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
            // An entry that the replica still holds may have expired long ago; it is due at the next tick.
            node.watch_expiry(entry.expires_at.map(|end| end.max(now)));
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
