//! The cache node's work: the engine executes one command at a time, and everything it finds,
//! stores or removes becomes an event.

use super::replica::Change;
use super::{CacheNode, Due, LogDelete, Slot, World};
use crate::deployment::NodeId;
use crate::deployment::cluster::Answer;
use crate::draw::Stream;
use crate::event::{Broken, EventKind, Failure, MovedBytes, Operation, Party, Rejection, Verb};
use crate::log::Log;
use crate::monitor::{Spoiled, Spoiler};
use crate::procedure::{Instruction, Line};
use crate::request::ActiveRequest;
use crate::strategy::WriteTtl;
use cache::draw::scaled;
use cache::units::{Key, Micros, Version};
use cache::{Entry, Lookup, Refusal, Removal, RemovalCause, Ttl, Value};

impl World {
    /// A command arrives; the engine begins it once it has executed the earlier ones.
    pub(super) fn arrive_at_cache(&mut self, slot: Slot) {
        let lost_delete =
            self.in_force.lose_delete && self.request(slot).current_verb() == Verb::Delete;
        if lost_delete {
            self.in_force.lose_delete = false;
            return self.lose(slot);
        }
        if self.lose_if_cut(slot) {
            return;
        }
        let now = self.now;
        let active = self.request(slot);
        let (number, redirects) = (active.number, active.route.redirects);
        let seed = self.workload.seed;
        let service = match active.route.is_redirected {
            true => self.setup.redirected_service(seed, number, redirects),
            // The count already includes this trip.
            false => {
                let earlier = active.own_trips_to(Party::Cache) - 1;
                self.setup.cache_service(seed, number, earlier)
            }
        };
        // Nobody sees how many nodes serverless has, so no command waits for one of them.
        let waits = self.deployed.meter().is_none();
        let node = self.node_of(slot);
        let start = match waits {
            true => node.free_at.max(now),
            false => now,
        };
        node.free_at = start.after(service);
        let executed_at = node.free_at;
        let done_at = self.logged_at(slot, executed_at);
        let trip = self.request_mut(slot).trip_mut();
        trip.waited.0 += start.since(now).0;
        trip.service.0 += service.0 + done_at.since(executed_at).0;
        self.queue.schedule(done_at, Due::CacheDone(slot));
    }

    pub(super) fn answer_from_cache(&mut self, slot: Slot, log: &mut dyn Log) {
        if self.throttle(slot, log) {
            return self.send_back(slot);
        }
        let active = self.request(slot);
        let (key, verb, node) = (active.key, active.current_verb(), active.route.node);
        let reads = verb == Verb::Get;
        // While it waited for the log the node may have stopped.
        if self.is_durable() && self.deployed.is_stopped(node) {
            return self.lose(slot);
        }
        let answer = self.deployed.answer(node, self.place(key) as u16, reads);
        if let Some(Answer::Moved { slot: of_key, to }) = answer {
            let to = NodeId(to);
            self.emit(slot, EventKind::Moved { slot: of_key, to }, log);
            self.request_mut(slot).route.moved_to = Some(to);
            return self.send_back(slot);
        }
        if let Some(failure) = self.refusal(node, reads) {
            self.request_mut(slot).failure = Some(failure);
            return self.send_back(slot);
        }
        match verb {
            Verb::Get => self.cache_get(slot, key, log),
            Verb::Set => self.cache_set(slot, key, log),
            Verb::Delete => self.cache_delete(slot, key, log),
            Verb::Select | Verb::Update => unreachable!("the cache is not asked for rows"),
        }
        self.send_back(slot);
    }

    /// The error with which a node of a shard with replicas refuses a command.
    fn refusal(&self, node: NodeId, reads: bool) -> Option<Failure> {
        // In the engine's order: a replica refuses a write even while it is loading.
        match self.is_replica(node) {
            true if !reads => Some(Failure::ReadOnly),
            _ if self.deployed.is_syncing(node) => Some(match self.is_durable() {
                true => Failure::Restoring,
                false => Failure::Loading,
            }),
            _ => (!reads && self.log_is_behind(node)).then_some(Failure::LogBehind),
        }
    }

    fn cache_get(&mut self, slot: Slot, key: Key, log: &mut dyn Log) {
        let now = self.now;
        let node = self.request(slot).route.node;
        let (found, keeps_expired) = match self.is_replica(node) {
            true => self.look_up_at_replica(node, key),
            false => (self.node_mut(node).cache.get(key, now), false),
        };
        let version = match &found {
            Lookup::Hit(entry) => Some(entry.value.version),
            Lookup::Miss { .. } => None,
        };
        match found {
            Lookup::Hit(entry) => self.hit(slot, &entry, log),
            Lookup::Miss { expired } => {
                if let Some(removal) = expired {
                    self.removed(slot, Verb::Get, &removal, log);
                }
                let expired = expired.is_some() || keeps_expired;
                self.emit(slot, EventKind::Miss { expired }, log);
                self.request_mut(slot).hit = false;
                let number = self.request(slot).number;
                // Without a database there is nothing to load the key from, so no lease is given.
                let lease = self.setup.strategy.defences.lease_us;
                let lease = lease.filter(|_| self.setup.strategy.has_database());
                if let Some(length) = lease {
                    let given = self.node_of(slot).leases.ask(key, number, now, length);
                    self.request_mut(slot).lease_denied = !given;
                }
            }
        }
        // What a primary that has stopped held is not known.
        if self.is_replica(node) && !self.deployed.is_stopped(self.holder(key)) {
            let copy = self.copy(key).filter(|copy| !copy.is_expired(now));
            let primary = copy.map(|copy| copy.value.version);
            if primary != version {
                let found = version;
                self.emit(slot, EventKind::Behind { found, primary }, log);
            }
        }
    }

    fn hit(&mut self, slot: Slot, entry: &Entry, log: &mut dyn Log) {
        let now = self.now;
        let Entry {
            key,
            value,
            expires_at,
            size_bytes,
            ..
        } = *entry;
        let active = self.request_mut(slot);
        active.hit = true;
        active.lease_denied = false;
        active.version = Some(value.version);
        active.due = value.fresh_until.is_some_and(|end| now > end);
        active.rebuild = value.rebuild;
        active.copy_expires_at = expires_at;
        let hit = EventKind::Hit {
            value,
            expires_at,
            size: MovedBytes(size_bytes),
        };
        self.emit(slot, hit, log);
        let row = self.row(key);
        if value.version >= row.version {
            return;
        }
        let stale = EventKind::Stale {
            copy: value.version,
            row: row.version,
            since: now.since(row.committed_at),
            expires_at,
        };
        self.emit(slot, stale, log);
        // The monitor knows the copy of the node that has the key.
        let node = self.request(slot).route.node;
        let since = self.monitor.of(key).filter(|_| self.holder(key) == node);
        if let Some(since) = since.filter(|_| expires_at.is_none() && !self.delete_is_pending(key))
        {
            let promise = Broken::BoundedStaleness { since };
            self.emit(slot, EventKind::Violation { promise }, log);
        }
    }

    /// Whether a request under way, or the commit log for a write that is committed or about to be, will
    /// still delete or overwrite the key. Then its copy is only stale for a while.
    fn delete_is_pending(&self, key: Key) -> bool {
        let to_come = |active: &ActiveRequest| {
            let lines = &active.procedure(&self.setup).lines;
            let ahead = lines.get(active.line as usize..).unwrap_or_default();
            // A write that has lost a DELETE still makes its second one.
            let changes_copy = |line: &Line| match line.instruction {
                Instruction::CacheFill => !active.cache_failed,
                other => matches!(other.verb(), Some(Verb::Set | Verb::Delete)),
            };
            active.operation == Operation::Write
                && active.key == key
                && ahead.iter().any(changes_copy)
        };
        let logged = |active: &ActiveRequest| {
            let lines = &active.procedure(&self.setup).lines;
            let ahead = lines.get(active.line as usize..).unwrap_or_default();
            let commits = |line: &Line| line.instruction.verb() == Some(Verb::Update);
            active.key == key && active.operation == Operation::Write && ahead.iter().any(commits)
        };
        let by_log = self.setup.strategy.defences.commit_log_us.is_some()
            && (self.requests.iter().any(logged)
                || self.held_deletes.iter().any(|held| held.key == key)
                || self
                    .queue
                    .any(|due| matches!(due, Due::LogDelete(delete) if delete.key == key)));
        by_log || self.requests.iter().any(to_come)
    }

    fn cache_set(&mut self, slot: Slot, key: Key, log: &mut dyn Log) {
        if std::mem::take(&mut self.in_force.fail_cache_write) {
            self.request_mut(slot).failure = Some(Failure::CacheError);
            return;
        }
        let active = self.request(slot);
        let instruction = active
            .current_line(&self.setup)
            .map(|line| line.instruction);
        let queues = instruction == Some(Instruction::CacheSetAndQueue);
        // Where the cache is written first, its node numbers the versions: it has the queue or the only copy.
        let numbers = queues || instruction == Some(Instruction::CacheSetOnlyCopy);
        let version = match active.version {
            _ if numbers => Version(self.newest(key).0 + 1),
            version => version.expect("a SET follows a read or a write of the row"),
        };
        self.request_mut(slot).version = Some(version);
        if let Some(why) = self.rejection(slot, key, version, instruction) {
            let number = self.request(slot).number;
            let size = MovedBytes(self.added.size_bytes(&self.workload, number, key));
            return self.emit(slot, EventKind::Reject { version, why, size }, log);
        }
        self.store(slot, key, version, log);
        if queues && self.request(slot).failure.is_none() {
            let number = self.request(slot).number;
            let queue = &mut self.node_of(slot).write_queue;
            let replaces = queue.push(key, version, number);
            let waiting = self.queued_writes();
            self.request_mut(slot).coalesced = replaces.is_some();
            let queued = EventKind::Enqueue {
                version,
                replaces,
                waiting,
            };
            self.emit(slot, queued, log);
        }
    }

    /// The reason for which the node refuses to store a value, if it does.
    fn rejection(
        &mut self,
        slot: Slot,
        key: Key,
        version: Version,
        instruction: Option<Instruction>,
    ) -> Option<Rejection> {
        let now = self.now;
        let active = self.request(slot);
        let (number, reloads) = (active.number, active.reloads());
        let with = self.setup.strategy.defences;
        let node = self.node_of(slot);
        let resident = node.cache.peek(key);
        let replaceable = resident.is_some_and(|entry| entry.value.version <= version);
        let held = resident.filter(|entry| !entry.is_expired(now));
        let held = held.map(|entry| entry.value.version);
        if instruction == Some(Instruction::CacheFill) && with.lease_us.is_some() {
            // Leases are for misses. A reload compares and sets: it replaces the copy that it found, unless
            // that has been removed or overwritten by a newer one.
            match reloads {
                true if replaceable => {}
                true => return Some(Rejection::CopyGone),
                false if node.leases.redeem(key, number) => {}
                false => return Some(Rejection::LeaseVoid),
            }
        }
        if instruction != Some(Instruction::CacheFill) {
            node.leases.void(key);
        }
        if instruction == Some(Instruction::CacheSetIfPresent) && held.is_none() {
            return Some(Rejection::NotThere);
        }
        let newer = held.filter(|&held| with.version_check && held > version);
        newer.map(Rejection::Newer)
    }

    fn store(&mut self, slot: Slot, key: Key, version: Version, log: &mut dyn Log) {
        let now = self.now;
        let number = self.request(slot).number;
        let ttl = self.ttl_of(slot, version);
        let fresh_for = match ttl {
            Ttl::Until(end) => self.setup.strategy.fresh_for(Some(end.since(now))),
            Ttl::Keep | Ttl::Clear => self.setup.strategy.fresh_for(None),
        };
        let value = Value {
            version,
            origin: Some(number),
            fresh_until: fresh_for.map(|span| now.after(span)),
            rebuild: match self.setup.strategy.defences.xfetch_beta_percent {
                Some(_) => now.since(self.request(slot).load_began),
                None => Micros::ZERO,
            },
        };
        let size = self.added.size_bytes(&self.workload, number, key);
        // Making room for one entry can evict many smaller ones.
        let mut removed = Vec::new();
        let keep = |removal| removed.push(removal);
        let stored = self
            .node_of(slot)
            .cache
            .set(key, value, size, ttl, now, keep);
        let (mut replaced, mut replaced_bytes) = (None, 0);
        for removal in &removed {
            match removal.cause {
                RemovalCause::Replaced => {
                    replaced = Some(removal.entry.value.version);
                    replaced_bytes = removal.entry.size_bytes;
                }
                _ => self.removed(slot, Verb::Set, removal, log),
            }
        }
        if let Err(refusal) = stored {
            self.request_mut(slot).failure = Some(match refusal {
                Refusal::OutOfMemory => Failure::OutOfMemory,
                Refusal::TooLarge { .. } => Failure::TooLarge,
            });
            return;
        }
        let node = self.node_of(slot);
        let expires_at = node.cache.peek(key).and_then(|entry| entry.expires_at);
        node.watch_expiry(expires_at);
        self.tell_replicas(Change {
            at: now,
            key,
            set: Some((value, size, expires_at)),
        });
        let row = self.row(key).version;
        let fill = EventKind::Fill {
            value,
            row,
            replaced,
            expires_at,
            size_bytes: size,
            replaced_bytes,
        };
        self.emit(slot, fill, log);
        let node = self.request(slot).route.node;
        if self.holder(key) == node {
            self.monitor.clear(key);
            if version < row {
                self.spoil(key, Spoiler::OldFill, slot);
            }
        }
    }

    /// The TTL that a SET of this request carries.
    fn ttl_of(&self, slot: Slot, version: Version) -> Ttl {
        let active = self.request(slot);
        let strategy = &self.setup.strategy;
        let own = self.workload.ttl(active.number, active.key);
        if active.operation == Operation::Write {
            match strategy.write_ttl {
                WriteTtl::Set => {}
                WriteTtl::Drop => return Ttl::Clear,
                WriteTtl::Keep => return Ttl::Keep,
            }
        }
        let ttl = match strategy.defences.negative_ttl_us {
            Some(negative) if version == Version(0) => Some(negative),
            _ => own.over(strategy.ttl_us),
        };
        let Some(ttl) = ttl else { return Ttl::Clear };
        let jitter_percent = u64::from(strategy.defences.ttl_jitter_percent);
        let spread = ttl.0 * 2 * jitter_percent / 100;
        let draw = self.draw(Stream::TtlJitter, active.number, active.trip_count());
        let added = scaled(spread, (draw >> 32) as u32);
        let shortest = ttl.0 - spread / 2;
        Ttl::Until(self.now.after(Micros(shortest + added)))
    }

    fn cache_delete(&mut self, slot: Slot, key: Key, log: &mut dyn Log) {
        let now = self.now;
        let removal = self.node_of(slot).delete(key, now);
        // Whoever removes an expired entry tells the replicas.
        let deletes = removal.is_some_and(|removal| removal.cause != RemovalCause::Expired);
        self.tell_replicas_of_attempt(key, deletes);
        let (mut found, mut size_bytes) = (false, 0);
        if let Some(removal) = removal {
            match removal.cause {
                RemovalCause::Expired => self.removed(slot, Verb::Delete, &removal, log),
                _ => (found, size_bytes) = (true, removal.entry.size_bytes),
            }
        }
        let node = self.request(slot).route.node;
        self.copy_is_gone(key, node);
        let delete = EventKind::Delete {
            found,
            from_log: false,
            size_bytes,
        };
        self.emit(slot, delete, log);
    }

    /// Executes the commit log's delete, or keeps it until the node can be reached.
    pub(super) fn delete_by_log(&mut self, delete: LogDelete, log: &mut dyn Log) {
        let LogDelete {
            key,
            request,
            cause,
        } = delete;
        let now = self.now;
        let node = self.holder(key);
        let restoring = self.is_restoring(node);
        if restoring || self.is_cut_off(node) {
            self.held_deletes.push(delete);
            let kind = EventKind::Fail {
                verb: Verb::Delete,
                failure: match restoring {
                    true => Failure::Restoring,
                    false => Failure::Timeout,
                },
            };
            self.record_at(node, Some(request), key, Some(cause), kind, log);
            return;
        }
        let removal = self.node_mut(node).delete(key, now);
        self.tell_replicas_of_attempt(key, removal.is_some());
        self.monitor.clear(key);
        let kind = EventKind::Delete {
            found: removal.is_some(),
            from_log: true,
            size_bytes: removal.map_or(0, |removal| removal.entry.size_bytes),
        };
        self.record_at(node, Some(request), key, Some(cause), kind, log);
    }

    /// The same of a delete that may have found nothing. Only the replica that is hidden behind one node is
    /// told of that.
    fn tell_replicas_of_attempt(&mut self, key: Key, found: bool) {
        if found || self.setup.cache.deployment.replication().is_none() {
            self.tell_replicas_of_delete(key);
        }
    }

    pub(super) fn tell_replicas_of_delete(&mut self, key: Key) {
        let (at, set) = (self.now, None);
        self.tell_replicas(Change { at, key, set });
    }

    /// Records that a request's command removed an entry.
    fn removed(&mut self, slot: Slot, verb: Verb, removal: &Removal, log: &mut dyn Log) {
        let entry = &removal.entry;
        let kind = match removal.cause {
            RemovalCause::Evicted(reason) => EventKind::Evict {
                value: entry.value,
                reason,
                size_bytes: entry.size_bytes,
            },
            RemovalCause::Expired => expire(Some(verb), entry),
            // A SET whose value is too large deletes the old copy.
            RemovalCause::Deleted => EventKind::Delete {
                found: true,
                from_log: false,
                size_bytes: entry.size_bytes,
            },
            RemovalCause::Replaced | RemovalCause::Flushed => {
                unreachable!("whoever overwrites or flushes says so")
            }
        };
        let node = self.request(slot).route.node;
        self.copy_is_gone(entry.key, node);
        self.tell_replicas_of_delete(entry.key);
        self.emit_about(slot, entry.key, kind, log);
    }

    /// Notes that a request has left an old copy under `key`.
    pub(super) fn spoil(&mut self, key: Key, by: Spoiler, slot: Slot) {
        let active = self.request(slot);
        let how = Spoiled {
            by,
            at: self.now,
            request: Some(active.number),
        };
        self.monitor.spoil(key, how);
    }
}

impl CacheNode {
    /// Deletes a key and voids its lease.
    fn delete(&mut self, key: Key, now: Micros) -> Option<Removal> {
        self.leases.void(key);
        self.cache.delete(key, now)
    }
}

pub(super) fn expire(verb: Option<Verb>, entry: &Entry) -> EventKind {
    EventKind::Expire {
        verb,
        value: entry.value,
        expired_at: entry.expires_at.unwrap_or_default(),
        size_bytes: entry.size_bytes,
    }
}
