//! One lane's world: requests arrive, execute their procedures, and everything they do becomes an
//! event.
//!
//! `execute` has the instructions, `trips` the network, `at_cache` and `at_database` the work done
//! there, `nodes` the cache's nodes, `replica` a node's replica, `resharding` how slots move, `serverless` the rate
//! of a serverless cache, and `by_itself` what no request asks for: faults, the expiry cycle, a person's moves.
//!
//! A world is a value. Cloning it is a keyframe, and two worlds made from the same setup and
//! advanced equally often are equal.

mod at_cache;
mod at_database;
mod at_hand;
mod by_itself;
mod console;
mod durable;
mod execute;
mod gone;
mod nodes;
mod regions;
mod replica;
mod replication;
mod requests;
mod resharding;
mod serverless;
mod trips;
mod turn;

use super::added::Added;
use super::database::{Database, Row};
use super::deployment::{Deployed, NodeId};
use super::draw::{Stream, draw};
use super::event::{Event, EventId, EventKind, Party};
use super::fault::InForce;
use super::log::{Log, NoLog};
use super::metrics::Metrics;
use super::monitor::Monitor;
use super::queue::Queue;
use super::request::{ActiveRequest, Phase};
use super::setup::LaneSetup;
use super::workload::{Cursor, Workload};
use cache::units::{Key, Micros, Version};
use cache::{Ttl, Value};
use durable::ShardLog;
use gone::AtStake;
use nodes::CacheNode;
use requests::{Requests, Slot};
use resharding::MovingKeys;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

pub use by_itself::MOVE_EVERY;
pub use turn::Turn;

/// A thing due in the event queue. A request is named by its slot and has at most one thing due.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Due {
    /// A message reaches the cache node.
    CacheArrival(Slot),
    /// The engine has executed a command.
    CacheDone(Slot),
    /// A message reaches the database.
    DatabaseArrival(Slot),
    /// A query is done.
    DatabaseDone(Slot),
    /// A reply reaches the application.
    Return(Slot),
    /// A trip times out.
    TimedOut(Slot),
    /// A wait is over.
    Resume(Slot),
    /// A commit reaches the database's replica.
    Replicate(Key, Version),
    /// The commit log deletes a key from the cache.
    LogDelete(LogDelete),
    /// A change of a primary reaches a replica.
    CopyArrives(NodeId),
    /// The other nodes take one that has stopped for failed.
    Noticed(NodeId),
    /// A replica is elected for a primary that has failed.
    Election(NodeId),
    /// The primary endpoint's name leads to this node.
    Repointed(NodeId),
    /// A replica has loaded its primary's contents, or a primary what is in the log.
    Synced(NodeId),
    /// A change of a durable shard gets into its log.
    Logged(u16),
    /// A resharding goes on.
    Reshard,
    /// A Region's promotion is done.
    RegionPromoted(NodeId),
}

/// A delete that the commit log sends for a write.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct LogDelete {
    key: Key,
    /// The write's request.
    request: u32,
    /// The write's event.
    cause: EventId,
}

/// The state of one lane.
#[derive(Clone, Debug)]
pub struct World {
    setup: Rc<LaneSetup>,
    workload: Rc<Workload>,
    now: Micros,
    queue: Queue<Due>,
    /// The next request of the workload, unless a person schedules the clients.
    cursor: Cursor,
    /// How many requests of the workload have begun.
    begun: u32,
    /// The keys and requests of the commands so far.
    added: Added,
    requests: Requests,
    last_answered: Option<ActiveRequest>,
    /// The cache's nodes; none without a cache.
    nodes: Vec<CacheNode>,
    /// Which of them are in use and can be reached, and which keys they have.
    deployed: Deployed,
    /// The shards' logs; none unless they are durable.
    shard_logs: Vec<ShardLog>,
    /// What failing nodes held, until it is known what has survived.
    at_stake: AtStake,
    database: Database,
    /// The loads that other requests wait for, by key.
    loads: BTreeMap<Key, Load>,
    /// The deletes that the commit log sends once the cache can be reached again.
    held_deletes: Vec<LogDelete>,
    in_force: InForce,
    next_fault: u32,
    /// When the scenario's next fault begins, or [`Micros::NEVER`].
    next_fault_at: Micros,
    /// How many of the schedule's moves have been made.
    moves_made: u32,
    /// For each client that has moved, the first request of the workload it has not begun.
    next_of_client: BTreeMap<u32, u32>,
    monitor: Monitor,
    /// The keys of the slots that are being moved.
    moving_keys: MovingKeys,
    metrics: Metrics,
    /// When something is due next, or [`Micros::NEVER`]. Kept up to date after every event, because it is
    /// read more often than it changes.
    next_at: Micros,
}

/// A load that others wait for.
#[derive(Clone, Debug, Hash)]
struct Load {
    leader: Slot,
    waiting: Vec<Slot>,
}

impl World {
    /// The world before the first request.
    pub fn new(setup: Rc<LaneSetup>, workload: Rc<Workload>) -> Self {
        let cached = setup.strategy.caches();
        let nodes = setup.cache.deployment.node_count();
        let mut world = World {
            now: Micros::ZERO,
            queue: Queue::new(),
            cursor: workload.start(),
            begun: 0,
            added: Added::default(),
            requests: Requests::default(),
            last_answered: None,
            nodes: match cached {
                true => (0..nodes).map(|_| CacheNode::new(&setup)).collect(),
                false => Vec::new(),
            },
            deployed: Deployed::start(setup.cache.deployment, &workload),
            shard_logs: match setup.is_durable() {
                true => (0..setup.cache.deployment.shard_count())
                    .map(|_| ShardLog::new(&setup.cache.engine))
                    .collect(),
                false => Vec::new(),
            },
            at_stake: AtStake::default(),
            database: Database::new(workload.key_count(), setup.database.intake),
            loads: BTreeMap::new(),
            held_deletes: Vec::new(),
            in_force: InForce::default(),
            next_fault: 0,
            next_fault_at: setup.fault_at(0),
            moves_made: 0,
            next_of_client: BTreeMap::new(),
            monitor: Monitor::default(),
            moving_keys: MovingKeys::default(),
            metrics: Metrics::new(0, 0),
            next_at: Micros::NEVER,
            setup,
            workload,
        };
        world.warm_up();
        world.next_at = world.find_next_at();
        world
    }

    /// Stores the copies that the cache holds from the start.
    fn warm_up(&mut self) {
        if self.nodes.is_empty() {
            return;
        }
        let workload = self.workload.clone();
        for warm in &workload.warm {
            let node = self.holder(warm.key);
            let node = &mut self.nodes[usize::from(node.0)];
            let left = self.setup.strategy.ttl_us.map(|ttl| ttl.since(warm.age));
            // A copy as old as its TTL would have expired.
            if left != Some(Micros::ZERO) {
                let ttl = left.map_or(Ttl::Clear, Ttl::Until);
                let size = warm.size_bytes;
                // A copy that does not fit is left out: no client waits for an answer.
                let stored =
                    node.cache
                        .set(warm.key, Value::FIRST, size, ttl, Micros::ZERO, |_| {});
                if stored.is_ok() {
                    node.watch_expiry(left);
                }
            }
        }
        self.nodes.iter_mut().for_each(CacheNode::start_replica);
        self.start_replicas();
        self.start_logs();
        let (entries, stored_bytes) = self.contents();
        self.metrics = Metrics::new(entries, stored_bytes);
    }

    /// The lane's settings.
    pub fn setup(&self) -> &LaneSetup {
        &self.setup
    }

    /// How many keys write-behind has queued for the database.
    pub fn queued_writes(&self) -> u32 {
        let queued = self.nodes.iter().map(|node| node.write_queue.len());
        queued.sum()
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The row of `key`; of version 0 where there is none, as everywhere without a database.
    pub fn row(&self, key: Key) -> Row {
        let has_database = self.setup.strategy.has_database();
        self.database.written(key).unwrap_or_else(|| Row {
            version: Version(u32::from(
                has_database && self.workload.exists_at_start(key),
            )),
            committed_at: Micros::ZERO,
        })
    }

    /// The newest version that a client has been told is written: the row's, or one that is queued. Without
    /// a database it is that of the cache's copy, and 0 once that has expired or is gone.
    fn newest(&self, key: Key) -> Version {
        if !self.setup.strategy.has_database() {
            let copy = self.copy(key);
            let copy = copy.filter(|copy| !copy.is_expired(self.now));
            return copy.map_or(Version(0), |copy| copy.value.version);
        }
        let row = self.row(key).version;
        let queues = self.nodes.iter().map(|node| &node.write_queue);
        let queued = queues.filter_map(|queue| queue.version(key));
        queued.fold(row, Version::max)
    }

    /// What has been counted up to now.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The faults in force.
    pub fn in_force(&self) -> InForce {
        self.in_force
    }

    /// How many requests of the workload have begun.
    pub fn begun(&self) -> u32 {
        self.begun
    }

    /// How many requests have been sent by hand, to any lane.
    pub fn sent_by_hand(&self) -> u32 {
        self.added.request_count(&self.workload) - self.workload.len()
    }

    /// How many keys there are, with those that have been added by hand, in any lane.
    pub fn key_count(&self) -> u32 {
        self.added.key_count(&self.workload)
    }

    /// How many of the schedule's moves have been made.
    pub fn moves_made(&self) -> u32 {
        self.moves_made
    }

    /// The requests under way, in order of their numbers.
    pub fn active(&self) -> Vec<&ActiveRequest> {
        self.requests.in_order()
    }

    /// The oldest `at_most` requests under way, in order of their numbers.
    pub fn oldest_active(&self, at_most: usize) -> Vec<&ActiveRequest> {
        self.requests.oldest(at_most)
    }

    /// The request under way of that number.
    pub fn active_request(&self, number: u32) -> Option<&ActiveRequest> {
        self.requests.iter().find(|active| active.number == number)
    }

    /// The requests under way that have a message in flight or a query running, in order of their numbers.
    pub fn on_the_move(&self) -> Vec<&ActiveRequest> {
        let moving = |active: &&ActiveRequest| {
            matches!(
                active.phase,
                Phase::Outbound { .. } | Phase::Inbound { .. } | Phase::Executing { .. }
            )
        };
        let mut requests: Vec<&ActiveRequest> = self.requests.iter().filter(moving).collect();
        requests.sort_unstable_by_key(|active| active.number);
        requests
    }

    /// How many requests are under way.
    pub fn active_count(&self) -> u32 {
        self.requests.len() as u32
    }

    /// Whether no request is under way.
    pub fn is_idle(&self) -> bool {
        self.requests.is_empty()
    }

    /// The request that was answered last.
    pub fn last_answered(&self) -> Option<&ActiveRequest> {
        self.last_answered.as_ref()
    }

    /// The next instant at which something is due, or `None` at the end.
    pub fn next_at(&self) -> Option<Micros> {
        (self.next_at != Micros::NEVER).then_some(self.next_at)
    }

    /// Like [`next_at`](Self::next_at), but [`Micros::NEVER`] at the end.
    #[inline]
    pub fn due_at(&self) -> Micros {
        self.next_at
    }

    fn find_next_at(&self) -> Micros {
        let begins = match self.workload.schedule {
            Some(_) => self.next_move_at(),
            None => self.cursor.next_at(),
        };
        let next = self.queue.next_at().unwrap_or(Micros::NEVER);
        let next = next.min(begins.unwrap_or(Micros::NEVER));
        let next = next.min(self.next_fault_at);
        // Neither the expiry cycle alone nor a replacement or a rate that grows keeps a run going.
        match next {
            Micros::NEVER => Micros::NEVER,
            _ => next
                .min(self.expiry_due())
                .min(self.replaced_at())
                .min(self.grows_at()),
        }
    }

    /// Executes everything that is due at `at`, which must be [`next_at`](Self::next_at).
    pub fn advance(&mut self, at: Micros, log: &mut dyn Log) {
        self.now = at;
        // One thing can make another one due at the same instant: a trip may take no time at all.
        while self.next_at == at {
            if self.next_fault_at == at {
                self.begin_fault(log);
            } else if let Some(due) = self.queue.pop_at(at) {
                self.happen(due, log);
            } else if self.expiry_due() == at {
                self.run_expiry_cycle(log);
            } else if self.replaced_at() == at {
                self.replace_failed(log);
            } else if self.grows_at() == at {
                self.grow(log);
            } else if self.workload.schedule.is_some() {
                self.make_move(log);
            } else {
                let number = self.cursor.taken();
                let request = self.workload.take(&mut self.cursor);
                let slot = self.admit(number, request, log);
                self.go_on(slot, log);
            }
            self.next_at = self.find_next_at();
        }
    }

    /// Runs to the end. The events are counted in the metrics and dropped.
    pub fn run_to_end(&mut self) {
        while let Some(at) = self.next_at() {
            self.advance(at, &mut NoLog);
        }
    }

    fn happen(&mut self, due: Due, log: &mut dyn Log) {
        match due {
            Due::CacheArrival(slot) => self.arrive_at_cache(slot),
            Due::CacheDone(slot) => self.answer_from_cache(slot, log),
            Due::DatabaseArrival(slot) => self.arrive_at_database(slot, log),
            Due::DatabaseDone(slot) => self.answer_from_database(slot, log),
            Due::Return(slot) => self.come_back(slot, log),
            Due::TimedOut(slot) => self.time_out(slot, log),
            Due::Resume(slot) => self.go_on(slot, log),
            Due::Replicate(key, version) => self.replicate(key, version, log),
            Due::LogDelete(delete) => self.delete_by_log(delete, log),
            Due::CopyArrives(node) => self.apply_at_replica(node, log),
            Due::Noticed(node) => self.notice(node, log),
            Due::Election(node) => self.promote(node, log),
            Due::Repointed(node) => self.repoint(node, log),
            Due::Synced(node) => self.finish_sync(node, log),
            Due::Logged(shard) => self.get_logged(shard, log),
            Due::Reshard => self.go_on_resharding(log),
            Due::RegionPromoted(node) => self.promote_region(node, log),
        }
    }

    #[inline]
    fn request(&self, slot: Slot) -> &ActiveRequest {
        self.requests.get(slot)
    }

    #[inline]
    fn request_mut(&mut self, slot: Slot) -> &mut ActiveRequest {
        self.requests.get_mut(slot)
    }

    /// A draw for a request. `occurrence` distinguishes it from the request's other draws of this stream.
    fn draw(&self, stream: Stream, number: u32, occurrence: u32) -> u64 {
        draw(self.workload.seed, stream, number, occurrence)
    }

    /// A draw for the trip that a request is making.
    fn draw_for_trip(&self, stream: Stream, slot: Slot, party: Party) -> u64 {
        let active = self.request(slot);
        self.draw(stream, active.number, active.trips_to(party) - 1)
    }

    /// Records an event of a request about its own key, caused by the request's event before.
    fn emit(&mut self, slot: Slot, kind: EventKind, log: &mut dyn Log) {
        let id = self.emit_about(slot, self.request(slot).key, kind, log);
        self.request_mut(slot).last_event = id;
    }

    /// Records an event of a request that may be about another key, such as an entry that was evicted.
    fn emit_about(&mut self, slot: Slot, key: Key, kind: EventKind, log: &mut dyn Log) -> EventId {
        let active = self.request(slot);
        let (request, cause) = (Some(active.number), Some(active.last_event));
        let node = match kind.is_at_cache() {
            true => active.route.node,
            false => NodeId::default(),
        };
        if let Some(bytes) = kind.moved_bytes() {
            let deployment = self.setup.cache.deployment;
            if deployment.is_far(active.client, node) {
                self.metrics.commands.far_bytes += u64::from(bytes);
            }
        }
        self.record_at(node, request, key, cause, kind, log)
    }

    /// Counts an event that no request makes at a cache node, and gives it to the log.
    fn record(
        &mut self,
        request: Option<u32>,
        key: Key,
        cause: Option<EventId>,
        kind: EventKind,
        log: &mut dyn Log,
    ) -> EventId {
        self.record_at(NodeId::default(), request, key, cause, kind, log)
    }

    /// Counts an event at a cache node, and gives it to the log.
    fn record_at(
        &mut self,
        node: NodeId,
        request: Option<u32>,
        key: Key,
        cause: Option<EventId>,
        kind: EventKind,
        log: &mut dyn Log,
    ) -> EventId {
        self.metrics.count(self.now, &kind);
        self.meter(key, &kind);
        log.record(&Event {
            at: self.now,
            request,
            key,
            cause,
            node,
            kind,
        })
    }
}

/// Hashes the state without the setup and the workload, which worlds of one scenario share.
impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.now.hash(state);
        self.queue.hash(state);
        self.cursor.taken().hash(state);
        self.begun.hash(state);
        // Nothing is hashed where nothing was added, which keeps the hashes of runs without it.
        if !self.added.is_empty() {
            self.added.hash(state);
        }
        self.requests.hash(state);
        self.last_answered.hash(state);
        // One node hashes as it did when there was no other, and so does none.
        self.nodes.first().hash(state);
        for other in self.nodes.iter().skip(1) {
            other.hash(state);
        }
        self.deployed.hash(state);
        if !self.shard_logs.is_empty() {
            self.shard_logs.hash(state);
        }
        self.database.hash(state);
        self.loads.hash(state);
        self.held_deletes.hash(state);
        self.in_force.hash(state);
        self.next_fault.hash(state);
        self.moves_made.hash(state);
        self.next_of_client.hash(state);
        self.monitor.hash(state);
        self.metrics.hash(state);
    }
}
