//! A lane as an observer knows it who sees the start and hears the events: copies, rows, connections,
//! queued writes, and what each request has done.

use super::durable::HeardLog;
use super::reshard::Shards;
use super::serverless::Meter;
use cache::Value;
use cache::units::{Key, Micros, Version};
use sim::deployment::ketama::Ring;
use sim::deployment::modulo;
use sim::{
    Applied, Deployment, Durability, Event, EventKind, Fault, Hashing, NodeId, Operation, Outcome,
    Reach, Spoiler, Verb, Waiting, World,
};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use timeline::Source;

/// A copy in the cache.
#[derive(Clone, Debug)]
pub struct Copy {
    pub version: Version,
    pub expires_at: Option<Micros>,
    pub inserted_at: Micros,
    pub used_at: Micros,
    pub source: Source,
    /// What made it stale, when, and which request did it.
    pub spoiled: Option<(Spoiler, Micros, Option<u32>)>,
}

impl Copy {
    pub fn is_live(&self, at: Micros) -> bool {
        self.expires_at.is_none_or(|end| at <= end)
    }
}

/// What a request has done so far.
#[derive(Clone, Debug)]
pub struct Story {
    pub key: Key,
    pub operation: Operation,
    pub client: u32,
    pub began: Micros,
    /// The commands that it sent.
    pub sent: Vec<(Verb, Micros)>,
    /// Whether its last GET found a copy; `None` before any, and if the answer was lost.
    pub found: Option<bool>,
    /// The copy that its last GET found.
    pub copy: Option<Copy>,
    /// When its GET removed an expired copy.
    pub expired_at: Option<Micros>,
    /// The version that it read last, and those that it wrote.
    pub read: Option<Version>,
    pub wrote: Vec<Version>,
    pub queued: Option<Version>,
    /// The queued version that it is writing to the row.
    pub flushing: Option<Version>,
    pub refused: bool,
    /// Whether a shard has named another one, and whether it did so last.
    pub moved: bool,
    pub was_moved: bool,
    pub replied: Option<(Micros, Outcome)>,
}

/// A query that has begun.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    pub number: u32,
    pub key: Key,
    pub verb: Verb,
    pub at: Micros,
    pub finds_row: bool,
}

/// A lane.
#[derive(Clone, Default, Debug)]
pub struct Lane {
    pub copies: BTreeMap<(NodeId, Key), Copy>,
    /// Rows that were written, and when.
    pub rows: BTreeMap<Key, (Version, Micros)>,
    /// How many queries run.
    pub running: u32,
    /// The requests whose queries wait, and since when.
    pub waiting: Vec<(u32, Micros)>,
    /// The queries that have begun in this second.
    pub begun: Vec<Query>,
    /// What write-behind has queued, and which request is to write it.
    pub queue: BTreeMap<Key, (Version, u32)>,
    /// The node at which each was queued.
    pub queued_at: BTreeMap<Key, NodeId>,
    /// The cache's nodes that clients use, and those that messages do not reach.
    pub in_use: Vec<NodeId>,
    pub cut: BTreeSet<NodeId>,
    pub stopped: BTreeSet<NodeId>,
    /// Of shards with replicas: the primaries, the nodes that clients take for them, the replicas that load
    /// their primary's data, when those that have stopped did, and those taken for failed.
    pub primaries: Vec<NodeId>,
    pub named: Vec<NodeId>,
    pub syncing: BTreeSet<NodeId>,
    pub stopped_at: BTreeMap<NodeId, Micros>,
    pub failed: BTreeSet<NodeId>,
    /// How many changes of its primary each replica has not got yet.
    pub behind: BTreeMap<NodeId, u32>,
    /// The logs of durable shards; none without.
    pub logs: Vec<HeardLog>,
    pub durability: Durability,
    /// What primaries held that have stopped, until it is clear whether a replica has it.
    pub open: BTreeMap<Key, Copy>,
    pub deployment: Deployment,
    /// The slots of a cluster.
    pub shards: Shards,
    /// The primaries that have stopped, restarted or failed over, and when.
    pub gone: BTreeSet<(NodeId, Micros)>,
    /// How many keys the workload has; later ones come by hand.
    pub workload_keys: u32,
    /// The instant of the latest event.
    pub now: Micros,
    pub names: BTreeMap<Key, Rc<str>>,
    /// The owners that shards have named, by slot: after a failover there are two, and the client may have heard of
    /// the former one only.
    pub told: BTreeMap<u16, BTreeSet<NodeId>>,
    pub stories: BTreeMap<u32, Story>,
    /// The keys that were filled, written or deleted, and when last.
    pub touched: BTreeMap<Key, Micros>,
    /// The Region that a person promotes, and when it is done.
    pub promoting: Option<(NodeId, Micros)>,
    pub database_is_down: bool,
    pub cache_is_cut: bool,
    /// Whether the node has failed over in this step, so that nobody knows its copies before the step's end.
    pub failed_over: bool,
    /// Rows that did not exist at the start.
    pub absent: BTreeSet<Key>,
    /// What a serverless cache has used of its rate.
    pub meter: Meter,
}

impl Lane {
    /// Before the first step.
    pub fn start(world: &World, names: &BTreeMap<Key, Rc<str>>) -> Self {
        let deployment = match world.cache() {
            Some(_) => world.setup().cache.deployment,
            None => Deployment::Node,
        };
        let nodes = match deployment {
            Deployment::Node | Deployment::Serverless(_) => u16::from(world.cache().is_some()),
            Deployment::Cluster(cluster) => cluster.shards * (1 + cluster.replication.replicas),
            Deployment::Memcached(memcached) => memcached.nodes,
            Deployment::ReplicationGroup(replication) => 1 + replication.replicas,
            Deployment::GlobalDatastore(global) => 1 + global.replication.replicas,
        };
        let shards = match deployment.replication() {
            Some(of) => (0..nodes).step_by(usize::from(1 + of.replicas)).map(NodeId),
            None => (0..0).step_by(1).map(NodeId),
        };
        let primaries: Vec<NodeId> = shards.collect();
        let keys = names.keys().copied();
        let mut lane = Lane {
            absent: keys
                .filter(|&key| world.row(key).version == Version(0))
                .collect(),
            in_use: (0..nodes).map(NodeId).collect(),
            shards: Shards::start(deployment),
            workload_keys: world.key_count(),
            deployment,
            named: primaries.clone(),
            primaries,
            names: names.clone(),
            meter: Meter::start(world),
            ..Lane::default()
        };
        lane.look_at_cache(world);
        if world.cache().is_some() {
            lane.start_logs(world.setup().cache.durability.mode);
        }
        lane
    }

    /// Takes the cache's contents from the state: at the start, after a failover, after a console command.
    pub fn look_at_cache(&mut self, world: &World) {
        let known = std::mem::take(&mut self.copies);
        let nodes = world.nodes();
        let entries = nodes.flat_map(|(node, cache)| cache.entries().map(move |of| (node, of)));
        for (node, entry) in entries {
            let stale = entry.value.version < self.row(entry.key).0;
            let copy = Copy {
                version: entry.value.version,
                expires_at: entry.expires_at,
                inserted_at: entry.inserted_at,
                used_at: entry.used_at,
                source: source(entry.value),
                spoiled: known
                    .get(&(node, entry.key))
                    .filter(|_| stale)
                    .and_then(|copy| copy.spoiled),
            };
            self.copies.insert((node, entry.key), copy);
        }
    }

    /// The node that has a key.
    pub fn holder(&self, key: Key) -> NodeId {
        let name = self.names[&key].as_bytes();
        match self.deployment {
            Deployment::Node | Deployment::Serverless(_) => NodeId(0),
            Deployment::ReplicationGroup(_) | Deployment::GlobalDatastore(_) => self.primaries[0],
            Deployment::Cluster(_) => {
                let owner = self.owner(key);
                let copy = self.copies.get(&(owner, key));
                let has_it = copy.is_some_and(|copy| copy.is_live(self.now));
                match self.open() {
                    Some((slot, _, to)) if slot == self.slot(key) && !has_it => to,
                    _ => owner,
                }
            }
            Deployment::Memcached(memcached) => {
                let place = match memcached.hashing {
                    Hashing::Modulo => modulo::server_of(name, self.in_use.len() as u16),
                    Hashing::Ketama => {
                        let address = |node: &NodeId| format!("10.0.1.{}:11211", node.0 + 10);
                        let servers: Vec<String> = self.in_use.iter().map(address).collect();
                        let servers: Vec<&str> = servers.iter().map(String::as_str).collect();
                        Ring::new(&servers).server_of(name)
                    }
                };
                self.in_use[usize::from(place)]
            }
        }
    }

    /// Whether messages to a node are lost.
    pub fn is_cut_off(&self, node: NodeId) -> bool {
        let lost = self.cut.contains(&node) || self.stopped.contains(&node);
        self.cache_is_cut || lost || !self.in_use.contains(&node)
    }

    /// Whether a fault of a node changes anything.
    pub fn is_changed_by(&self, fault: Fault, node: NodeId) -> bool {
        let used = self.in_use.contains(&node);
        let memcached = matches!(self.deployment, Deployment::Memcached(_));
        if fault.is_of_shards() {
            return self.can_reshard(fault, node);
        }
        match (self.deployment, fault) {
            (Deployment::Serverless(_), _) => false,
            (Deployment::Node, Fault::StopCacheNode) => false,
            (_, Fault::RemoveCacheNode) => memcached && used && self.in_use.len() > 1,
            (Deployment::Memcached(of), Fault::AddCacheNode) => !used && node.0 <= of.nodes,
            (_, Fault::AddCacheNode) => false,
            (Deployment::GlobalDatastore(_), Fault::FailOverCache) => false,
            (Deployment::GlobalDatastore(_), Fault::PromoteRegion) => {
                let works = !self.stopped.contains(&node) && !self.syncing.contains(&node);
                used && self.promoting.is_none() && self.primaries != [node] && works
            }
            (_, Fault::PromoteRegion) => false,
            (Deployment::Node, _) => used,
            (_, Fault::FailOverCache) if !self.primaries.is_empty() => {
                let able = |other: NodeId| {
                    other != node
                        && !self.stopped.contains(&other)
                        && !self.syncing.contains(&other)
                };
                used && self.primaries.contains(&node)
                    && !self.stopped.contains(&node)
                    && self.members(node).into_iter().any(able)
            }
            (_, Fault::StopCacheNode | Fault::CutCache | Fault::FailOverCache) => {
                used && !self.is_cut_off(node)
            }
            (_, Fault::HealCache) => used && self.cut.contains(&node),
            (_, Fault::RestartCache) => used && !self.cut.contains(&node),
            _ => used,
        }
    }

    /// The version of a row, and since when it has it.
    pub fn row(&self, key: Key) -> (Version, Micros) {
        let first = Version(u32::from(!self.absent.contains(&key)));
        self.rows
            .get(&key)
            .copied()
            .unwrap_or((first, Micros::ZERO))
    }

    pub fn hear(&mut self, event: &Event) {
        self.note_open(event);
        let (at, key) = (event.at, event.key);
        self.now = at;
        self.meter.hear(event, &self.names[&key]);
        let (holder, here) = (self.holder(key), (event.node, key));
        if let EventKind::Request { operation, client } = event.kind {
            let story = Story {
                key,
                operation,
                client,
                began: at,
                sent: Vec::new(),
                found: None,
                copy: None,
                expired_at: None,
                read: None,
                wrote: Vec::new(),
                queued: None,
                flushing: None,
                refused: false,
                moved: false,
                was_moved: false,
                replied: None,
            };
            self.stories
                .insert(event.request.expect("a request"), story);
        }
        let row = self.row(key);
        let copies = &mut self.copies;
        let story = event
            .request
            .and_then(|number| self.stories.get_mut(&number));
        match event.kind {
            EventKind::Send { verb } => {
                let story = story.expect("begun");
                story.sent.push((verb, at));
                let was_moved = std::mem::take(&mut story.was_moved);
                if was_moved {
                    self.shards.known = self.shards.owners.clone();
                }
                if was_moved && !self.named.is_empty() {
                    let replicas = self.deployment.replication().map_or(0, |of| of.replicas);
                    let shard = usize::from(event.node.0 / (1 + replicas));
                    self.named[shard] = self.primaries[shard];
                }
                let own = self
                    .queue
                    .get(&key)
                    .filter(|of| Some(of.1) == event.request);
                if let (Verb::Update, Some(&(version, _))) = (verb, own) {
                    story.flushing = Some(version);
                    self.queue.remove(&key);
                    self.queued_at.remove(&key);
                }
            }
            // What could not be written is queued again, unless something newer is.
            EventKind::Wait {
                why: Waiting::Delay { .. },
            } => {
                let number = event.request.expect("a request waits");
                if let Some(version) = story.expect("begun").flushing.take() {
                    self.queue.entry(key).or_insert((version, number));
                    self.queued_at.entry(key).or_insert(holder);
                }
            }
            EventKind::Hit { .. } => {
                if let Some(copy) = copies.get_mut(&here) {
                    copy.used_at = at;
                }
                if let Some(story) = story {
                    story.found = Some(true);
                    story.copy = copies.get(&here).cloned();
                }
            }
            // The cache may have found a copy whose way to the application was cut.
            EventKind::Fail {
                verb: Verb::Get, ..
            } => {
                if let Some(story) = story {
                    (story.found, story.copy) = (None, None);
                }
            }
            EventKind::Miss { .. } => {
                if let Some(story) = story {
                    story.found = Some(false);
                }
            }
            EventKind::Fill {
                value, expires_at, ..
            } => {
                let inserted_at = copies.get(&here).map_or(at, |copy| copy.inserted_at);
                let spoiler = match event.request {
                    Some(_) => Spoiler::OldFill,
                    None => Spoiler::Console,
                };
                let copy = Copy {
                    version: value.version,
                    expires_at,
                    inserted_at,
                    used_at: at,
                    source: match event.request {
                        Some(number) => Source::Request(number + 1),
                        None => Source::Console,
                    },
                    spoiled: (value.version < row.0).then_some((spoiler, at, event.request)),
                };
                copies.insert(here, copy);
                self.touched.insert(key, at);
            }
            EventKind::Evict { .. } => {
                copies.remove(&here);
            }
            EventKind::Expire { .. } => {
                copies.remove(&here);
                if let Some(story) = story {
                    story.expired_at = Some(at);
                }
            }
            EventKind::Delete { .. } => {
                copies.remove(&here);
                self.touched.insert(key, at);
            }
            EventKind::Query { verb, .. } => {
                self.running += 1;
                self.begun
                    .retain(|query| query.at.0 / 1_000_000 == at.0 / 1_000_000);
                self.begun.push(Query {
                    number: event.request.expect("a request's"),
                    key,
                    verb,
                    at,
                    finds_row: row.0 > Version(0),
                });
                self.waiting.retain(|of| Some(of.0) != event.request);
            }
            EventKind::Queue { .. } => {
                self.waiting.push((event.request.expect("a request's"), at));
            }
            EventKind::Refuse { at: place } => {
                story.expect("begun").refused = true;
                self.waiting.retain(|of| Some(of.0) != event.request);
                if place == sim::Refused::Executing {
                    self.running -= 1;
                }
            }
            EventKind::Read { version, .. } => {
                story.expect("begun").read = Some(version);
                self.running -= 1;
            }
            EventKind::Write { version, .. } => {
                story.expect("begun").wrote.push(version);
                self.running -= 1;
                // Two writes can have one version: the later one changes nothing.
                if version > row.0 {
                    self.rows.insert(key, (version, at));
                }
                self.touched.insert(key, at);
                if let Some(copy) = copies.get_mut(&(holder, key))
                    && copy.version < version
                {
                    copy.spoiled
                        .get_or_insert((Spoiler::Write, at, event.request));
                }
            }
            EventKind::Reply { outcome, .. } => {
                story.expect("begun").replied = Some((at, outcome));
            }
            EventKind::Enqueue { version, .. } => {
                story.expect("begun").queued = Some(version);
                let number = event.request.expect("a request queues");
                self.queue.entry(key).or_insert((version, number)).0 = version;
                self.queued_at.entry(key).or_insert(event.node);
            }
            EventKind::Fault { fault, reach, .. } => self.suffer(fault, reach, at),
            EventKind::Moved { .. } => {
                let story = story.expect("begun");
                (story.moved, story.was_moved) = (true, true);
                let (slot, owner) = (self.slot(key), self.owner(key));
                self.told.entry(slot).or_default().insert(owner);
            }
            EventKind::Console { flushed: true, .. } => {
                let of_primaries: Vec<(NodeId, Key)> = copies.keys().copied().collect();
                for of in of_primaries {
                    if !self.is_replica(of.0) {
                        self.copies.remove(&of);
                        self.change(of.0, of.1, at);
                    }
                }
            }
            EventKind::Apply { applied } => {
                if let Some(behind) = self.behind.get_mut(&event.node) {
                    *behind = behind.saturating_sub(1);
                }
                match applied {
                    Applied::Removed => {
                        copies.remove(&here);
                    }
                    Applied::Stored { value, expires_at } => {
                        let inserted_at = copies.get(&here).map_or(at, |copy| copy.inserted_at);
                        let copy = Copy {
                            version: value.version,
                            expires_at,
                            inserted_at,
                            used_at: at,
                            source: source(value),
                            spoiled: None,
                        };
                        copies.insert(here, copy);
                    }
                }
            }
            EventKind::Logged { .. } => {
                self.get_logged(event);
                self.reach_replicas(event.node);
            }
            EventKind::Failover { stage } => self.fail_over(event.node, stage, at),
            EventKind::Reshard { step } => self.reshard(event, step),
            EventKind::EndTtl { .. } => {
                if let Some(copy) = copies.get_mut(&here).filter(|copy| copy.is_live(at)) {
                    copy.expires_at = Some(Micros(at.0.saturating_sub(1)));
                }
            }
            // These change nothing that is kept here.
            EventKind::Request { .. }
            | EventKind::Ask { .. }
            | EventKind::Behind { .. }
            | EventKind::Throttle { .. }
            | EventKind::Grow { .. }
            | EventKind::Stale { .. }
            | EventKind::Fail { .. }
            | EventKind::Finish
            | EventKind::Hold
            | EventKind::Idle { .. }
            | EventKind::Wait { .. }
            | EventKind::Refresh { .. }
            | EventKind::Reject { .. }
            | EventKind::Replicate { .. }
            | EventKind::Violation { .. }
            | EventKind::Console { .. } => {}
        }
        let changes = match event.kind {
            EventKind::Fill { .. } | EventKind::Evict { .. } | EventKind::Expire { .. } => true,
            EventKind::Delete { found, .. } => found,
            EventKind::EndTtl { copy } => copy.is_some(),
            _ => false,
        };
        if changes {
            self.change(event.node, key, at);
        }
    }

    fn suffer(&mut self, fault: Fault, reach: Reach, at: Micros) {
        if reach == Reach::None {
            return;
        }
        if fault.is_of_shards() {
            return self.change_shards(fault, self.reached(fault, reach)[0]);
        }
        let several = !matches!(
            self.deployment,
            Deployment::Node | Deployment::Serverless(_)
        );
        let reached = self.reached(fault, reach);
        let empties = [
            Fault::RestartCache,
            Fault::StopCacheNode,
            Fault::FailOverCache,
        ];
        if empties.contains(&fault) {
            let primaries = reached.iter().filter(|node| !self.is_replica(**node));
            self.gone = primaries.map(|node| (*node, at)).collect();
        }
        match fault {
            Fault::RestartCache
            | Fault::StopCacheNode
            | Fault::RemoveCacheNode
            | Fault::AddCacheNode => {
                self.copies.retain(|(at, _), _| !reached.contains(at));
                self.forget_queued(&reached);
                self.lose_unlogged(&reached, at);
            }
            Fault::FailOverCache => {
                self.failed_over = self.primaries.is_empty();
                self.forget_queued(&reached);
                self.lose_unlogged(&reached, at);
            }
            _ => {}
        }
        match fault {
            Fault::CutCache if several => self.cut.extend(reached),
            Fault::HealCache if several => self.cut.retain(|node| !reached.contains(node)),
            Fault::StopCacheNode => {
                self.stopped.extend(reached.iter().copied());
                for node in reached {
                    self.syncing.remove(&node);
                    self.give_up_promoting(node);
                    self.stopped_at.insert(node, at);
                    self.behind.remove(&node);
                }
            }
            Fault::PromoteRegion => self.promote(reached[0], at),
            Fault::RestartCache => {
                self.stopped.retain(|node| !reached.contains(node));
                reached.into_iter().for_each(|node| self.come_back(node));
            }
            Fault::RemoveCacheNode | Fault::AddCacheNode => {
                let holders: BTreeMap<Key, NodeId> = self
                    .names
                    .keys()
                    .map(|&key| (key, self.holder(key)))
                    .collect();
                self.cut.retain(|node| !reached.contains(node));
                self.stopped.retain(|node| !reached.contains(node));
                self.in_use.retain(|node| !reached.contains(node));
                if fault == Fault::AddCacheNode {
                    self.in_use.extend(reached);
                    self.in_use.sort_unstable();
                }
                self.judge(&holders, at);
            }
            _ => {}
        }
        match fault {
            Fault::CutCache => self.cache_is_cut = !several,
            Fault::HealCache => self.cache_is_cut = false,
            Fault::StopDatabase => self.database_is_down = true,
            Fault::HealDatabase => self.database_is_down = false,
            _ => {}
        }
    }
}

impl Lane {
    fn forget_queued(&mut self, nodes: &[NodeId]) {
        if self.is_durable() {
            let queued = std::mem::take(&mut self.queue);
            for (key, (version, request)) in queued {
                let reached = nodes.contains(&self.queued_at[&key]);
                let kept = match reached {
                    true => self.logged_in_queue(key, version),
                    false => Some(version),
                };
                if let Some(version) = kept {
                    self.queue.insert(key, (version, request));
                }
            }
        }
        let (at, durable) = (&self.queued_at, self.is_durable());
        self.queue
            .retain(|key, _| durable || !nodes.contains(&at[key]));
        let queue = &self.queue;
        self.queued_at.retain(|key, _| queue.contains_key(key));
    }

    /// When keys get other nodes, an old copy that is read again from now on is those nodes' fault.
    fn judge(&mut self, before: &BTreeMap<Key, NodeId>, at: Micros) {
        let names: Vec<Key> = self.names.keys().copied().collect();
        for key in names {
            let (holder, row) = (self.holder(key), self.row(key).0);
            let Some(copy) = self.copies.get_mut(&(holder, key)) else {
                continue;
            };
            if before[&key] != holder {
                copy.spoiled = None;
            }
            if copy.version < row {
                copy.spoiled
                    .get_or_insert((Spoiler::NodesChanged, at, None));
            }
        }
    }
}

pub fn source(value: Value) -> Source {
    match value.origin {
        None => Source::Start,
        Some(Value::BY_HAND) => Source::Console,
        Some(number) => Source::Request(number + 1),
    }
}
