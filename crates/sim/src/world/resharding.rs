//! Adding a shard to a cluster and removing one: slots and their keys move from node to node while clients go on.

use super::at_cache::expire;
use super::replica::Change;
use super::{CacheNode, Due, Slot, World};
use crate::deployment::resharding::Next;
use crate::deployment::slots::SLOTS;
use crate::deployment::{Client, GivenUp, Move, NodeId, Reach, ReshardStep, Resharding};
use crate::event::{EventKind, Gone};
use crate::fault::Fault;
use crate::log::Log;
use cache::units::{Key, Micros};
use cache::{Entry, RemovalCause, Ttl};
use std::rc::Rc;

/// How long a command of the one who reshards takes, there and back.
const ROUND_TRIP: Micros = Micros(300);
/// How many keys a `MIGRATE` takes along: the default of `valkey-cli --cluster-pipeline`.
const KEYS_A_BATCH: usize = 10;
/// Round trips for a slot: two `SETSLOT` before its keys move and two after, and three for each batch.
const TO_OPEN: u64 = 2;
const A_BATCH: u64 = 3;
const TO_CLOSE: u64 = 2;
const A_SLOT: u64 = TO_OPEN + TO_CLOSE;

/// How long Valkey 9 takes before a snapshot is on its way: it connects and forks. An estimate.
const SNAPSHOT_BEGINS: Micros = Micros(100_000);
/// How fast the snapshot is: its authors moved 10 GB, a quarter of 40 GB, in 10.7 s.
const BYTES_A_MICROSECOND: u64 = 1_000;
/// How long writes pause until the slots have their new owner. An estimate.
const PAUSE: Micros = Micros(10_000);

/// The keys of the slots that are to be moved, by slot. It follows from the workload and the commands so far, so it
/// is not part of the state that is hashed.
#[derive(Clone, Debug)]
pub(super) struct MovingKeys {
    by_slot: Rc<[(u16, Key)]>,
    /// Keys from this one on are not in the list yet.
    listed: u32,
}

impl Default for MovingKeys {
    fn default() -> Self {
        MovingKeys {
            by_slot: Rc::new([]),
            listed: 0,
        }
    }
}

impl MovingKeys {
    /// This clone's share of the memory, in bytes.
    pub(super) fn heap_bytes(&self) -> u64 {
        (size_of_val(&*self.by_slot) / Rc::strong_count(&self.by_slot)) as u64
    }
}

impl World {
    /// A shard joins or is to leave, if it can.
    pub(super) fn change_shards(&mut self, fault: Fault, reach: Reach, log: &mut dyn Log) {
        let joins = fault == Fault::AddShard;
        let shard = match reach {
            // A shard's log stays with its shard.
            _ if self.nodes.is_empty() || self.is_durable() => None,
            _ if joins => self.deployed.shard_to_add(),
            Reach::One(node) => self.deployed.shard_to_remove(node),
            Reach::All | Reach::Zone(_) | Reach::None => None,
        };
        let begun = shard.map(|shard| {
            let slots = self.deployed.begin_resharding(shard, joins);
            (self.deployed.primary_of(shard), slots)
        });
        while begun.is_some() && self.nodes.len() < self.deployed.nodes_so_far().into() {
            self.nodes.push(CacheNode::new(&self.setup));
        }
        let (entries, stored_bytes) = self.contents();
        let kind = EventKind::Fault {
            fault,
            reach: begun.map_or(Reach::None, |(node, _)| Reach::One(node)),
            entries,
            stored_bytes,
            gone: Gone(0),
        };
        self.record(None, Key(0), None, kind, log);
        if let Some((node, slots)) = begun {
            self.list_keys();
            self.tell(node, ReshardStep::Begins { joins, slots }, log);
            self.plan_next(log);
        }
    }

    fn way(&self) -> Resharding {
        let cluster = self.setup.cache.deployment.cluster();
        cluster.expect("only clusters are resharded").resharding
    }

    fn tell(&mut self, node: NodeId, step: ReshardStep, log: &mut dyn Log) {
        self.tell_of(node, Key(0), step, log);
    }

    fn tell_of(&mut self, node: NodeId, key: Key, step: ReshardStep, log: &mut dyn Log) {
        self.record_at(node, None, key, None, EventKind::Reshard { step }, log);
    }

    /// Lists the keys of the slots that are to be moved.
    fn list_keys(&mut self) {
        let mut moves = vec![false; usize::from(SLOTS)];
        for of in &self.deployed.work_mut().moves {
            moves[usize::from(of.first)..=usize::from(of.last)].fill(true);
        }
        let listed = self.key_count();
        let placed = (0..listed).map(|key| (self.place(Key(key)) as u16, Key(key)));
        let mut by_slot: Vec<(u16, Key)> = placed
            .filter(|(slot, _)| moves[usize::from(*slot)])
            .collect();
        by_slot.sort_unstable();
        self.moving_keys = MovingKeys {
            by_slot: by_slot.into(),
            listed,
        };
    }

    /// The keys of slots, in order.
    fn keys_of(&self, slots: &Move) -> Vec<Key> {
        let MovingKeys { by_slot, listed } = &self.moving_keys;
        let from = by_slot.partition_point(|(slot, _)| *slot < slots.first);
        let until = by_slot.partition_point(|(slot, _)| *slot <= slots.last);
        let of_list = by_slot[from..until].iter().map(|(_, key)| *key);
        let added = (*listed..self.key_count()).map(Key);
        let added =
            added.filter(|&key| (slots.first..=slots.last).contains(&(self.place(key) as u16)));
        of_list.chain(added).collect()
    }

    /// The next slot with keys that is to be moved, and how many without keys are before it.
    fn next_slot_with_keys(&mut self) -> Option<(u16, u16)> {
        let moves = self.deployed.work()?.moves.iter();
        let mut before = 0;
        for of in moves {
            let slots = self
                .keys_of(of)
                .into_iter()
                .map(|key| self.place(key) as u16);
            if let Some(slot) = slots.min() {
                return Some((slot, before + slot - of.first));
            }
            before += of.count();
        }
        None
    }

    /// Schedules what comes after a slot, or after all the slots that went from one shard to another.
    fn plan_next(&mut self, log: &mut dyn Log) {
        match self.way() {
            Resharding::Legacy => match self.next_slot_with_keys() {
                Some((slot, before)) => {
                    let trips = u64::from(before) * A_SLOT + TO_OPEN;
                    self.plan(Next::Open { slot, before }, trips);
                }
                None => {
                    let moves = self.deployed.work_mut().moves.iter();
                    let slots: u16 = moves.map(Move::count).sum();
                    self.plan(Next::End, u64::from(slots) * A_SLOT);
                }
            },
            Resharding::Atomic => match self.deployed.work_mut().job() {
                job if job.is_empty() => self.plan(Next::End, 0),
                job => self.send_snapshot(&job, log),
            },
        }
    }

    fn plan(&mut self, next: Next, round_trips: u64) {
        let at = self.now.after(Micros(round_trips * ROUND_TRIP.0));
        self.plan_at(next, at);
    }

    fn plan_at(&mut self, next: Next, at: Micros) {
        self.deployed.work_mut().next = next;
        self.queue.schedule(at, Due::Reshard);
    }

    /// Does what is due of a resharding.
    pub(super) fn go_on_resharding(&mut self, log: &mut dyn Log) {
        match self.deployed.work_mut().next {
            Next::Open { slot, before } => self.open_slot(slot, before, log),
            Next::Batch(slot) => self.move_batch(slot, log),
            Next::Close(slot) => {
                let given = self.hand_over(1, log);
                let (from, to) = self.ends(&given[0]);
                self.tell(from, ReshardStep::SlotMoved { slot, to }, log);
                self.plan_next(log);
            }
            Next::Pause => {
                let job = self.deployed.work_mut().job();
                let (from, to) = self.ends(&job[0]);
                let paused = ReshardStep::Paused {
                    to,
                    slots: job.iter().map(Move::count).sum(),
                    span: PAUSE,
                };
                self.tell(from, paused, log);
                let until = self.now.after(PAUSE);
                self.plan_at(Next::Flip(until), until);
            }
            Next::Flip(_) => self.flip(log),
            Next::End => self.end_resharding(log),
        }
    }

    /// The nodes that slots leave and go to.
    fn ends(&self, of: &Move) -> (NodeId, NodeId) {
        (
            self.deployed.primary_of(of.from),
            self.deployed.primary_of(of.to),
        )
    }

    /// The next slots get their new owner, with the writes that are queued of them and with keys that came while
    /// slots before them were moved.
    fn hand_over(&mut self, count: u16, log: &mut dyn Log) -> Vec<Move> {
        let given = self.deployed.give(count);
        for of in &given {
            let (from, to) = self.ends(of);
            self.move_queue(of, from, to);
            for key in self.keys_of(of) {
                let copy = self.node_mut(from).cache.peek(key);
                if let (false, Some(entry)) = (self.move_key(key, from, to, log), copy) {
                    self.drop_entry(&entry, None, from, log);
                }
            }
        }
        given
    }

    fn move_queue(&mut self, of: &Move, from: NodeId, to: NodeId) {
        if self.node_mut(from).write_queue.len() == 0 {
            return;
        }
        let keys = self.keys_of(of);
        let queued = self
            .node_mut(from)
            .write_queue
            .take_all(|key| keys.contains(&key));
        self.node_mut(to).write_queue.add(queued);
    }

    fn open_slot(&mut self, slot: u16, before: u16, log: &mut dyn Log) {
        self.hand_over(before, log);
        let of = self.deployed.work_mut().moves[0];
        let (from, to) = self.ends(&of);
        self.tell(from, ReshardStep::SlotOpens { slot, to, before }, log);
        let one = Move {
            first: slot,
            last: slot,
            ..of
        };
        match self.held(&one, from).is_empty() {
            true => self.plan(Next::Close(slot), TO_CLOSE),
            false => self.plan(Next::Batch(slot), A_BATCH),
        }
    }

    /// The keys of slots of which a node has copies, expired ones among them.
    fn held(&self, slots: &Move, node: NodeId) -> Vec<Key> {
        let cache = &self.nodes[usize::from(node.0)].cache;
        let keys = self.keys_of(slots).into_iter();
        keys.filter(|key| cache.peek(*key).is_some()).collect()
    }

    fn move_batch(&mut self, slot: u16, log: &mut dyn Log) {
        let Some(of) = self.deployed.work_mut().open() else {
            unreachable!("a batch is of an open slot");
        };
        let (from, to) = self.ends(&of);
        let held = self.held(&of, from);
        for &key in held.iter().take(KEYS_A_BATCH) {
            if !self.move_key(key, from, to, log) {
                return self.give_up(GivenUp::NoRoom(to, key), true, log);
            }
        }
        match held.len() > KEYS_A_BATCH {
            true => self.plan(Next::Batch(slot), A_BATCH),
            false => self.plan(Next::Close(slot), TO_CLOSE),
        }
    }

    /// Moves the copy of a key, if there is one. Returns whether the node that it goes to had room.
    fn move_key(&mut self, key: Key, from: NodeId, to: NodeId, log: &mut dyn Log) -> bool {
        let now = self.now;
        let Some(entry) = self.node_mut(from).cache.peek(key) else {
            return true;
        };
        if entry.is_expired(now) {
            self.drop_entry(&entry, entry.expires_at, from, log);
            return true;
        }
        let ttl = entry.expires_at.map_or(Ttl::Clear, Ttl::Until);
        let mut removed = Vec::new();
        let keep = |removal| removed.push(removal);
        let (value, size) = (entry.value, entry.size_bytes);
        let target = &mut self.node_mut(to).cache;
        let stored = target.set(key, value, size, ttl, now, keep).is_ok();
        for removal in &removed {
            let other = removal.entry.key;
            let kind = match removal.cause {
                RemovalCause::Evicted(reason) => EventKind::Evict {
                    value: removal.entry.value,
                    reason,
                    size_bytes: removal.entry.size_bytes,
                },
                _ => expire(None, &removal.entry),
            };
            self.copy_is_gone(other, to);
            let (at, set) = (now, None);
            let change = Change {
                at,
                key: other,
                set,
            };
            self.tell_replicas_of(to, change);
            self.record_at(to, None, other, None, kind, log);
        }
        if !stored {
            return false;
        }
        let expires_at = entry.expires_at;
        self.node_mut(to).watch_expiry(expires_at);
        let (at, set) = (now, Some((value, size, expires_at)));
        self.tell_replicas_of(to, Change { at, key, set });
        self.node_mut(from).cache.delete(key, now);
        let (at, set) = (now, None);
        self.tell_replicas_of(from, Change { at, key, set });
        let moves = ReshardStep::KeyMoves {
            from,
            value,
            expires_at,
            slot: self.place(key) as u16,
        };
        self.tell_of(to, key, moves, log);
        true
    }

    fn drop_entry(
        &mut self,
        entry: &Entry,
        expired_at: Option<Micros>,
        node: NodeId,
        log: &mut dyn Log,
    ) {
        self.drop_copy(entry.key, node);
        let dropped = ReshardStep::KeyDropped {
            value: entry.value,
            expired_at,
            size_bytes: entry.size_bytes,
        };
        self.tell_of(node, entry.key, dropped, log);
    }

    /// Drops a copy that does not move, and forgets why it was stale.
    fn drop_copy(&mut self, key: Key, node: NodeId) {
        let now = self.now;
        if self.node_mut(node).cache.delete(key, now).is_some() {
            let (at, set) = (now, None);
            self.tell_replicas_of(node, Change { at, key, set });
            let holder = self.holder(key);
            if self.node_mut(holder).cache.peek(key).is_none() {
                self.monitor.clear(key);
            }
        }
    }

    fn send_snapshot(&mut self, job: &[Move], log: &mut dyn Log) {
        let (from, to) = self.ends(&job[0]);
        let held: Vec<Key> = job.iter().flat_map(|of| self.held(of, from)).collect();
        let cache = &self.nodes[usize::from(from.0)].cache;
        let sizes = held.iter().filter_map(|&key| cache.peek(key));
        let bytes: u64 = sizes.map(|entry| u64::from(entry.size_bytes)).sum();
        let snapshot = ReshardStep::Snapshot {
            to,
            slots: job.iter().map(Move::count).sum(),
            keys: held.len() as u32,
        };
        self.tell(from, snapshot, log);
        let sent = self.now.after(SNAPSHOT_BEGINS);
        self.plan_at(Next::Pause, sent.after(Micros(bytes / BYTES_A_MICROSECOND)));
    }

    /// All slots that go from one shard to another get their new owner at once, unless their keys find no room there.
    fn flip(&mut self, log: &mut dyn Log) {
        let job = self.deployed.work_mut().job();
        let (from, to) = self.ends(&job[0]);
        if let Some(key) = self.finds_no_room(&job, from, to) {
            return self.give_up(GivenUp::NoRoom(to, key), false, log);
        }
        let slots = job.iter().map(Move::count).sum();
        self.tell(from, ReshardStep::SlotsMoved { to, slots }, log);
        self.hand_over(slots, log);
        self.plan_next(log);
    }

    /// The first key of slots that a node can't take in.
    fn finds_no_room(&self, job: &[Move], from: NodeId, to: NodeId) -> Option<Key> {
        let now = self.now;
        let source = &self.nodes[usize::from(from.0)].cache;
        let mut trial = self.nodes[usize::from(to.0)].cache.clone();
        let held = job.iter().flat_map(|of| self.held(of, from));
        let live = held
            .filter_map(|key| source.peek(key))
            .filter(|of| !of.is_expired(now));
        live.into_iter().find_map(|entry| {
            let ttl = entry.expires_at.map_or(Ttl::Clear, Ttl::Until);
            let stored = trial.set(entry.key, entry.value, entry.size_bytes, ttl, now, |_| {});
            stored.is_err().then_some(entry.key)
        })
    }

    fn end_resharding(&mut self, log: &mut dyn Log) {
        let left = self.deployed.work_mut().moves.iter().map(Move::count).sum();
        self.hand_over(left, log);
        let Some((work, leaves)) = self.deployed.end_resharding(false) else {
            unreachable!("it was under way");
        };
        if leaves {
            for node in self.setup.cache.deployment.members(work.shard) {
                self.forget_node(node);
            }
        }
        let ends = ReshardStep::Ends {
            joins: work.joins,
            slots: work.moved,
        };
        let primary = self.deployed.primary_of(work.shard);
        self.tell(primary, ends, log);
        self.delete_what_was_held(log);
    }

    /// Sends the deletes of the commit log that waited for a node whose slots another one has now.
    fn delete_what_was_held(&mut self, log: &mut dyn Log) {
        let held = std::mem::take(&mut self.held_deletes);
        for delete in held {
            match self.is_cut_off(self.holder(delete.key)) {
                true => self.held_deletes.push(delete),
                false => self.delete_by_log(delete, log),
            }
        }
    }

    /// Gives a resharding up if one of these nodes, which are primaries, takes part in it.
    pub(super) fn give_up_with(&mut self, changed: &[NodeId], log: &mut dyn Log) {
        let deployment = self.setup.cache.deployment;
        let Some(work) = self.deployed.work() else {
            return;
        };
        let takes_part = |node: &&NodeId| {
            let shard = deployment.shard_of(**node);
            work.shard == shard
                || work
                    .moves
                    .iter()
                    .any(|of| of.from == shard || of.to == shard)
        };
        if let Some(&node) = changed.iter().find(takes_part) {
            let open = work.open().map(|of| of.to);
            let works = open != Some(deployment.shard_of(node));
            self.give_up(GivenUp::NodeChanged(node), works, log);
        }
    }

    /// Gives a resharding up. The slot of which keys are being moved goes to its new owner if that works, and what
    /// is left of it elsewhere is dropped: a node deletes the keys of slots that it does not own.
    fn give_up(&mut self, why: GivenUp, target_works: bool, log: &mut dyn Log) {
        self.queue.forget(|due| matches!(due, Due::Reshard));
        if let Some(of) = self.deployed.work_mut().open() {
            let (from, to) = self.ends(&of);
            let keys = self.keys_of(&of);
            let loser = match target_works {
                true => {
                    self.move_queue(&of, from, to);
                    self.deployed.give(1);
                    from
                }
                false => {
                    self.move_queue(&of, to, from);
                    to
                }
            };
            self.deployed.work_mut().next = Next::End;
            for key in keys {
                self.drop_copy(key, loser);
            }
        }
        let Some((work, _)) = self.deployed.end_resharding(true) else {
            unreachable!("it was under way");
        };
        let (entries, stored_bytes) = self.contents();
        let step = ReshardStep::GivesUp {
            why,
            slots: work.moved,
            entries,
            stored_bytes,
        };
        let primary = self.deployed.primary_of(work.shard);
        self.tell(primary, step, log);
    }

    /// A replica that takes over drops the keys of slots that its shard has given away, of which the deletes had not
    /// reached it.
    pub(super) fn drop_strays(&mut self, node: NodeId) {
        if !self.deployed.is_resharded() {
            return;
        }
        let shard = self.setup.cache.deployment.shard_of(node);
        let entries = self.node_mut(node).cache.entries();
        let keys: Vec<Key> = entries.map(|entry| entry.key).collect();
        for key in keys {
            if self.deployed.owner(self.place(key) as u16) != shard {
                let now = self.now;
                self.node_mut(node).cache.delete(key, now);
            }
        }
    }

    /// Holds a write back while its slot gets a new owner. Returns whether it has to wait.
    pub(super) fn hold_write(&mut self, slot: Slot, log: &mut dyn Log) -> bool {
        let (key, node) = (self.request(slot).key, self.request(slot).route.node);
        let of_key = self.place(key) as u16;
        let Some(until) = self.deployed.paused_until(node, of_key) else {
            return false;
        };
        let span = until.since(self.now);
        if span == Micros::ZERO {
            return false;
        }
        self.request_mut(slot).trip_mut().waited.0 += span.0;
        let verb = self.request(slot).current_verb();
        let step = ReshardStep::WriteWaits {
            verb,
            slot: of_key,
            span,
        };
        self.emit(slot, EventKind::Reshard { step }, log);
        self.queue.schedule(until, Due::CacheDone(slot));
        true
    }

    /// A client that keeps a map loads it again when a node has not answered.
    pub(super) fn fetch_map(&mut self, node: NodeId, log: &mut dyn Log) {
        if let Some(cluster) = self.setup.cache.deployment.cluster()
            && cluster.client == Client::ClusterAware
            && self.deployed.fetch_map()
        {
            self.tell(node, ReshardStep::MapFetched, log);
        }
    }
}
