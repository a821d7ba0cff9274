//! The logs of durable shards. A log has the shard's changes in their order: a synchronous one before anybody
//! sees them, an asynchronous one a while later. Replicas follow the log, and a node that restarts or takes over
//! has what is in it.

use super::replica::Change;
use super::{Due, Slot, World};
use crate::deployment::NodeId;
use crate::draw::{Stream, draw};
use crate::durability::{BEHIND_MAX, Durability, RESTORE};
use crate::event::{Applied, EventKind, Party, Verb};
use crate::log::Log;
use crate::write_queue::Queued;
use cache::units::{Key, Micros, Version};
use cache::{Cache, CacheSettings, Ttl};
use std::collections::{BTreeMap, VecDeque};

/// A shard's log.
#[derive(Clone, Debug, Hash)]
pub(super) struct ShardLog {
    /// What a node holds that has read it to its end.
    contents: Cache,
    /// The changes that it does not have yet, and when it gets them.
    on_the_way: VecDeque<(Micros, Change)>,
    /// How many changes have been sent to it: each draws its own lag.
    sent: u32,
    /// When it has the latest command that waits for it.
    written_until: Micros,
}

impl ShardLog {
    pub(super) fn new(engine: &CacheSettings) -> Self {
        ShardLog {
            contents: Cache::new(engine),
            on_the_way: VecDeque::new(),
            sent: 0,
            written_until: Micros::ZERO,
        }
    }

    /// What it says.
    pub(super) fn contents(&self) -> &Cache {
        &self.contents
    }

    pub(super) fn heap_bytes(&self) -> u64 {
        let on_the_way = self.on_the_way.len() * size_of::<(Micros, Change)>();
        self.contents.heap_bytes() + on_the_way as u64
    }
}

impl Change {
    /// Makes a cache that has had all changes before it have this one.
    pub(super) fn apply(&self, cache: &mut Cache, now: Micros) {
        match self.set {
            Some((value, size_bytes, expires_at)) => {
                let ttl = expires_at.map_or(Ttl::Clear, Ttl::Until);
                // Evictions are changes of their own, before this one.
                let _ = cache.set(self.key, value, size_bytes, ttl, now, |_| {});
            }
            None => {
                cache.delete(self.key, now);
            }
        }
    }
}

impl World {
    /// The log of a node's shard, where shards are durable.
    pub(super) fn shard_log(&self, node: NodeId) -> Option<&ShardLog> {
        let shard = self.setup.cache.deployment.shard_of(node);
        self.shard_logs.get(usize::from(shard))
    }

    fn shard_log_mut(&mut self, node: NodeId) -> Option<&mut ShardLog> {
        let shard = self.setup.cache.deployment.shard_of(node);
        self.shard_logs.get_mut(usize::from(shard))
    }

    pub(super) fn is_durable(&self) -> bool {
        !self.shard_logs.is_empty()
    }

    /// Puts the primaries' first contents into the logs.
    pub(super) fn start_logs(&mut self) {
        for shard in 0..self.shard_logs.len() as u16 {
            let first = self.setup.cache.deployment.first_of(shard);
            let contents = self.node_mut(first).cache.clone();
            self.shard_logs[usize::from(shard)].contents = contents;
        }
    }

    /// How many changes of a primary are not in its shard's log yet; `None` for a node without a log of its own.
    pub fn unlogged(&self, node: NodeId) -> Option<u32> {
        let log = self.shard_log(node)?;
        let is_primary = self.deployed.is_primary(node);
        is_primary.then_some(log.on_the_way.len() as u32)
    }

    /// Whether a primary loads what is in the log, and answers nothing meanwhile.
    pub(super) fn is_restoring(&self, node: NodeId) -> bool {
        self.is_durable() && self.deployed.is_primary(node) && self.deployed.is_syncing(node)
    }

    /// Whether any primary does.
    pub(super) fn any_is_restoring(&self) -> bool {
        let mut nodes = (0..self.nodes.len() as u16).map(NodeId);
        self.is_durable() && nodes.any(|node| self.is_restoring(node))
    }

    /// Whether the log is so far behind that a node takes no writes.
    pub(super) fn log_is_behind(&self, node: NodeId) -> bool {
        let oldest = self.shard_log(node).and_then(|log| log.on_the_way.front());
        oldest.is_some_and(|(_, change)| self.now.since(change.at) > BEHIND_MAX)
    }

    /// When a command has been executed that the engine is done with at `done_at`: a write of a synchronous shard is
    /// executed once it is in the log, so that nobody sees what could still be lost.
    pub(super) fn logged_at(&mut self, slot: Slot, done_at: Micros) -> Micros {
        let durability = self.setup.cache.durability;
        let active = self.request(slot);
        let (key, verb, node) = (active.key, active.current_verb(), active.route.node);
        let waits = durability.mode == Durability::Sync
            && self.is_durable()
            && verb != Verb::Get
            && self.holder(key) == node
            && !self.deployed.is_syncing(node);
        if !waits {
            return done_at;
        }
        let drawn = self.draw_for_trip(Stream::LogWrite, slot, Party::Cache);
        let log = self.shard_log_mut(node).expect("it is durable");
        let at = done_at.after(durability.write.at(drawn));
        log.written_until = at.max(log.written_until);
        log.written_until
    }

    /// Puts a change of a primary on its way to the log. Returns whether it is not there yet.
    pub(super) fn log_change(&mut self, primary: NodeId, change: Change) -> bool {
        let (now, seed) = (self.now, self.workload.seed);
        let durability = self.setup.cache.durability;
        let shard = self.setup.cache.deployment.shard_of(primary);
        let Some(log) = self.shard_log_mut(primary) else {
            return false;
        };
        if durability.mode == Durability::Sync {
            change.apply(&mut log.contents, now);
            return false;
        }
        let drawn = draw(seed, Stream::LogLag, log.sent, shard.into());
        log.sent += 1;
        let before = log.on_the_way.back().map_or(now, |(at, _)| *at);
        let arrives_at = now.after(durability.lag.at(drawn)).max(before);
        log.on_the_way.push_back((arrives_at, change));
        self.queue.schedule(arrives_at, Due::Logged(shard));
        true
    }

    /// The next change gets into a shard's log, and from there to the replicas.
    pub(super) fn get_logged(&mut self, shard: u16, log: &mut dyn Log) {
        let now = self.now;
        let of_shard = &mut self.shard_logs[usize::from(shard)];
        let Some((_, change)) = of_shard.on_the_way.pop_front() else {
            unreachable!("whatever is due is on its way");
        };
        change.apply(&mut of_shard.contents, now);
        let primary = self.holder(change.key);
        self.send_to_replicas(primary, change);
        let applied = match change.set {
            Some((value, _, expires_at)) => Applied::Stored { value, expires_at },
            None => Applied::Removed,
        };
        let lag = now.since(change.at);
        let kind = EventKind::Logged { applied, lag };
        self.record_at(primary, None, change.key, None, kind, log);
    }

    /// A primary loses its memory, and with it what is not in the log. Of the writes that it had queued for the
    /// database, keeps those that are in the log, and returns the others.
    pub(super) fn lose_unlogged(
        &mut self,
        node: NodeId,
        queued: BTreeMap<Key, Queued>,
    ) -> BTreeMap<Key, Queued> {
        if !self.is_durable() || self.is_replica(node) {
            return queued;
        }
        let shard = self.setup.cache.deployment.shard_of(node);
        let log = &mut self.shard_logs[usize::from(shard)];
        let on_the_way = std::mem::take(&mut log.on_the_way);
        self.queue.forget(|due| *due == Due::Logged(shard));
        let (mut kept, mut lost) = (BTreeMap::new(), BTreeMap::new());
        for (key, queued) in queued {
            let row = self.row(key).version;
            let changes = on_the_way.iter().filter(|(_, change)| change.key == key);
            let stored = changes.filter_map(|(_, change)| Some(change.set?.0.version));
            // The first write that is lost; those before it are in the log.
            let first = stored.filter(|version| *version > row).min();
            let logged = first.map_or(queued.version, |first| Version(first.0 - 1));
            if logged < queued.version {
                lost.insert(key, queued);
            }
            if logged > row {
                let version = logged;
                kept.insert(key, Queued { version, ..queued });
            }
        }
        self.node_mut(node).write_queue.restore(kept);
        lost
    }

    /// Gives a node that takes over what is in the log, and the writes that the primary before it had queued.
    pub(super) fn take_from_log(&mut self, to: NodeId, from: NodeId) {
        if !self.is_durable() {
            return;
        }
        self.load_log(to, true);
        let queue = std::mem::take(&mut self.node_mut(from).write_queue);
        self.node_mut(to).write_queue = queue;
    }

    /// Gives a node what is in the log; a primary also what is on its way there, because it has made these changes.
    pub(super) fn load_log(&mut self, node: NodeId, as_primary: bool) {
        let now = self.now;
        let log = self.shard_log(node).expect("it is durable");
        let mut contents = log.contents.clone();
        if as_primary {
            for (_, change) in &log.on_the_way {
                change.apply(&mut contents, now);
            }
        }
        self.node_mut(node).cache = contents;
    }

    /// A primary has come back, and loads what is in the log.
    pub(super) fn begin_restore(&mut self, id: NodeId) {
        let shard = self.deployed.shard_mut(id).expect("it has replicas");
        shard.syncing.insert(id);
        shard.missed.clear();
        self.queue.forget(|due| *due == Due::Synced(id));
        self.queue
            .schedule(self.now.after(RESTORE), Due::Synced(id));
    }
}
