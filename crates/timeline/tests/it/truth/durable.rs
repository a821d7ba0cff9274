//! What an observer knows of the logs of durable shards and of what only the cache has, and whether what is said of
//! them holds.

use super::facts::Point;
use super::state::{Copy, Lane};
use cache::units::{Key, Micros, Version};
use sim::{Durability, Event, EventKind, Failure, Fault, NodeId, Reach, Stage, Verb};
use std::collections::BTreeMap;
use timeline::{DurableFact, Source};

/// A shard's log as it is heard.
#[derive(Clone, Default, Debug)]
pub struct HeardLog {
    /// What it has.
    pub copies: BTreeMap<Key, Copy>,
    /// The changes that it does not have yet: when each was made, the key, and the copy that was stored.
    pub unlogged: Vec<(Micros, Key, Option<Copy>)>,
    /// When it was last more than 10 s behind, as far as that has ended.
    behind_until: Option<Micros>,
    /// When its primary had last read it.
    restored_at: Option<Micros>,
}

impl HeardLog {
    fn is_behind(&self, at: Micros) -> bool {
        let oldest = self.unlogged.first();
        oldest.is_some_and(|(made, ..)| at.since(*made) > Micros(10_000_000))
    }

    fn note_behind(&mut self, at: Micros) {
        if self.is_behind(at) {
            self.behind_until = Some(at);
        }
    }

    /// Adds a change at an instant: that is the latest use which the log knows of.
    fn add(&mut self, key: Key, copy: Option<Copy>, at: Micros) {
        let before = self.copies.remove(&key);
        if let Some(copy) = copy {
            let inserted_at = before.map_or(at, |copy| copy.inserted_at);
            let copy = Copy {
                used_at: at,
                inserted_at,
                ..copy
            };
            self.copies.insert(key, copy);
        }
    }

    /// What a primary has that restarts: the log, and what the console has done meanwhile.
    pub fn contents(&self, at: Micros) -> BTreeMap<Key, Copy> {
        let mut all = self.clone();
        for (_, key, copy) in std::mem::take(&mut all.unlogged) {
            all.add(key, copy, at);
        }
        all.copies
    }
}

impl Lane {
    pub fn is_durable(&self) -> bool {
        !self.logs.is_empty()
    }

    /// Begins with what the primaries hold.
    pub fn start_logs(&mut self, mode: Durability) {
        self.durability = mode;
        if mode == Durability::Off {
            return;
        }
        let primaries = self.primaries.clone();
        let of = |primary: &NodeId| HeardLog {
            copies: self.held_by(*primary),
            ..HeardLog::default()
        };
        self.logs = primaries.iter().map(of).collect();
    }

    pub fn held_by(&self, node: NodeId) -> BTreeMap<Key, Copy> {
        let copies = self.copies.iter().filter(|((at, _), _)| *at == node);
        copies
            .map(|((_, key), copy)| (*key, copy.clone()))
            .collect()
    }

    /// A primary has changed a key: the change is logged now, or is yet to be.
    pub fn log_change(&mut self, node: NodeId, key: Key, at: Micros) {
        let copy = self.copies.get(&(node, key)).cloned();
        let shard = self.shard_of(node);
        let now = self.durability == Durability::Sync;
        let log = &mut self.logs[shard];
        match now {
            true => log.add(key, copy, at),
            false => log.unlogged.push((at, key, copy)),
        }
    }

    /// The oldest change that is not in the log yet gets there.
    pub fn get_logged(&mut self, event: &Event) {
        let shard = self.shard_of(event.node);
        let log = &mut self.logs[shard];
        if !log.unlogged.is_empty() {
            log.note_behind(event.at);
            let (_, key, copy) = log.unlogged.remove(0);
            log.add(key, copy, event.at);
        }
    }

    /// The failing primaries lose what is not in the log.
    pub fn lose_unlogged(&mut self, reached: &[NodeId], at: Micros) {
        for &node in reached {
            if self.is_durable() && !self.is_replica(node) {
                let shard = self.shard_of(node);
                self.logs[shard].note_behind(at);
                self.logs[shard].unlogged.clear();
            }
        }
    }

    /// Notes that a shard's primary has read the log.
    pub fn note_restored(&mut self, node: NodeId, at: Micros) {
        let shard = self.shard_of(node);
        self.logs[shard].restored_at = Some(at);
    }

    /// What a node has that has loaded the log.
    pub fn load_log(&mut self, node: NodeId, as_primary: bool, at: Micros) {
        let shard = self.shard_of(node);
        let held = match as_primary {
            true => self.logs[shard].contents(at),
            false => self.logs[shard].copies.clone(),
        };
        self.copies.retain(|(at, _), _| *at != node);
        for (key, copy) in held {
            self.copies.insert((node, key), copy);
        }
    }

    /// The version of a queued write that survives a failure of its node, if any does: the log has it, or an older
    /// one that the row has not.
    pub fn logged_in_queue(&self, key: Key, queued: Version) -> Option<Version> {
        let node = self.holder(key);
        let row = self.row(key).0;
        let lost = self.logs[self.shard_of(node)].unlogged.iter();
        let lost = lost.filter(|(_, of, _)| *of == key);
        let lost = lost.filter_map(|(.., copy)| Some(copy.as_ref()?.version));
        let first = lost.filter(|version| *version > row).min();
        let survives = first.map_or(queued, |first| Version(first.0 - 1));
        (survives > row).then_some(survives)
    }
}

/// The newest writes of clients that only these nodes hold.
fn only_there(of: &Point, nodes: &[NodeId]) -> BTreeMap<Key, Copy> {
    let lane = of.before;
    let held = lane.copies.iter().filter(|((node, _), copy)| {
        nodes.contains(node)
            && !lane.is_replica(*node)
            && matches!(copy.source, Source::Request(_))
            && copy.is_live(of.at())
    });
    held.map(|((_, key), copy)| (*key, copy.clone())).collect()
}

/// How many acknowledged writes are gone with an event.
pub fn gone(of: &Point) -> Option<usize> {
    let lane = of.before;
    let (fault, reach) = match of.event.kind {
        EventKind::Fault { fault, reach, .. } => (fault, reach),
        EventKind::Failover {
            stage: Stage::Promoted { .. } | Stage::Leaderless { .. },
        } => return gone_in_failover(of),
        _ => return None,
    };
    let loses_memory = matches!(
        fault,
        Fault::RestartCache
            | Fault::FailOverCache
            | Fault::StopCacheNode
            | Fault::RemoveCacheNode
            | Fault::AddCacheNode
    );
    if !loses_memory {
        return Some(0);
    }
    let reached = lane.reached(fault, reach);
    let queued = lane.queue.iter().filter(|(key, (version, _))| {
        let lost = reached.contains(&lane.queued_at[key]) && of.before.row(**key).0 < *version;
        let logged = lane
            .is_durable()
            .then(|| lane.logged_in_queue(**key, *version));
        lost && logged.flatten() != Some(*version)
    });
    let queued = queued.count();
    let settled_later = !lane.primaries.is_empty()
        && !lane.is_durable()
        && matches!(fault, Fault::StopCacheNode | Fault::FailOverCache);
    if !of.has_no_database() || settled_later {
        return Some(queued);
    }
    let mut held = only_there(of, &reached);
    let failing: Vec<NodeId> = reached
        .into_iter()
        .filter(|node| !lane.is_replica(*node))
        .collect();
    if !failing.is_empty() {
        let shards: Vec<usize> = failing.iter().map(|node| lane.shard_of(*node)).collect();
        let open = lane.open.iter();
        let open = open.filter(|(key, _)| shards.contains(&lane.shard_of(lane.holder(**key))));
        held.extend(open.map(|(key, copy)| (*key, copy.clone())));
    }
    let survives = |key: &Key, copy: &Copy| match lane.is_durable() {
        true => {
            let log = &lane.logs[lane.shard_of(lane.holder(*key))];
            let logged = log.copies.get(key);
            logged.is_some_and(|logged| logged.version >= copy.version)
        }
        // What has become of it can be seen after the step.
        false => {
            let after = of.after.and_then(|world| world.copy(*key));
            after.is_some_and(|after| after.value.version >= copy.version)
        }
    };
    let lost = held
        .iter()
        .filter(|(key, copy)| copy.is_live(of.at()) && !survives(key, copy));
    Some(queued + lost.count())
}

/// The same once it is clear whether a replica has them.
fn gone_in_failover(of: &Point) -> Option<usize> {
    let lane = of.before;
    if !of.has_no_database() {
        return Some(0);
    }
    let shard = lane.shard_of(of.event.node);
    let mut open = lane.open.clone();
    if of.is_global() && !lane.stopped.contains(&lane.primaries[shard]) {
        // A primary Region that works drops what it holds when another one takes its place.
        open.extend(only_there(of, &[lane.primaries[shard]]));
    }
    let open = open.iter();
    let open = open
        .filter(|(key, copy)| lane.shard_of(lane.holder(**key)) == shard && copy.is_live(of.at()));
    let survives = |key: &Key, copy: &Copy| {
        let leads = matches!(
            of.event.kind,
            EventKind::Failover {
                stage: Stage::Promoted { .. }
            }
        );
        let taken_over = lane.copies.get(&(of.event.node, *key)).filter(|_| leads);
        taken_over.is_some_and(|held| held.version >= copy.version)
    };
    Some(open.filter(|(key, copy)| !survives(key, copy)).count())
}

impl Lane {
    /// The nodes that a fault changes.
    pub fn reached(&self, fault: Fault, reach: Reach) -> Vec<NodeId> {
        let reached = match reach {
            Reach::All => self.in_use.clone(),
            Reach::One(node) => vec![node],
            Reach::Zone(zone) => self.in_zone(zone),
            Reach::None => Vec::new(),
        };
        let several = self.deployment != sim::Deployment::Node;
        let changed = |node: &NodeId| !several || self.is_changed_by(fault, *node);
        reached.into_iter().filter(changed).collect()
    }

    /// Notes what primaries held that stop, until it is clear whether a replica has it, and forgets it after that.
    pub fn note_open(&mut self, event: &Event) {
        let (at, primaries) = (event.at, !self.primaries.is_empty());
        match event.kind {
            EventKind::Fault { fault, reach, .. } => {
                let reached = self.reached(fault, reach);
                let failing: Vec<NodeId> = reached
                    .into_iter()
                    .filter(|node| !self.is_replica(*node))
                    .collect();
                match fault {
                    Fault::StopCacheNode | Fault::FailOverCache
                        if primaries && !self.is_durable() =>
                    {
                        for node in failing {
                            let held = self.held_by(node).into_iter().filter(|(_, copy)| {
                                copy.is_live(at) && matches!(copy.source, Source::Request(_))
                            });
                            self.open.extend(held);
                        }
                    }
                    Fault::RestartCache => {
                        let shards: Vec<usize> =
                            failing.iter().map(|node| self.shard_of(*node)).collect();
                        self.settle(&shards);
                    }
                    _ => {}
                }
            }
            EventKind::Failover {
                stage: Stage::Promoted { .. } | Stage::Leaderless { .. },
            } => self.settle(&[self.shard_of(event.node)]),
            _ => {}
        }
    }

    fn settle(&mut self, shards: &[usize]) {
        let keys: Vec<Key> = self.open.keys().copied().collect();
        for key in keys {
            if shards.contains(&self.shard_of(self.holder(key))) {
                self.open.remove(&key);
            }
        }
    }
}

/// Whether a command can have been refused because its node was reading the log, or had one that was too far behind,
/// since it was sent.
pub fn refused(why: Failure, of: &Point) -> bool {
    let (lane, at) = (of.before, of.at());
    if !lane.is_durable() {
        return false;
    }
    let shard = lane.shard_of(lane.holder(of.event.key));
    let log = &lane.logs[shard];
    let Some(&(verb, sent)) = of.story().sent.last() else {
        return false;
    };
    match why {
        Failure::LogBehind => {
            lane.durability == Durability::Async
                && verb != Verb::Get
                && (log.is_behind(at) || log.behind_until.is_some_and(|until| until >= sent))
        }
        _ => {
            let members = lane.members(lane.primaries[shard]);
            let mut out = members
                .iter()
                .filter(|&node| lane.syncing.contains(node) || lane.stopped.contains(node));
            out.next().is_some() || log.restored_at.is_some_and(|restored| restored >= sent)
        }
    }
}

/// Whether a fact is true at a point.
pub fn holds(fact: &DurableFact, of: &Point) -> bool {
    let (lane, at, node) = (of.before, of.at(), of.event.node);
    if !lane.is_durable() {
        return false;
    }
    let log = &lane.logs[lane.shard_of(node)];
    let oldest = log.unlogged.first();
    let oldest = oldest.filter(|(_, key, _)| *key == of.event.key);
    match fact {
        DurableFact::LogHas(key, version) => {
            let copy = oldest.and_then(|(.., copy)| copy.as_ref());
            of.is_key(key) && copy.is_some_and(|copy| copy.version == *version)
        }
        DurableFact::LogHasRemoval(key) => {
            of.is_key(key) && oldest.is_some_and(|(.., copy)| copy.is_none())
        }
        DurableFact::MadeAgo(span) => oldest.is_some_and(|(made, ..)| made.after(*span) == at),
        // It took at least half the median to write the log.
        DurableFact::Logged => {
            let durability = of.setup.cache.durability;
            let sent = of.story().sent.last().map(|of| of.1);
            let least = durability.write.at(0);
            durability.mode == Durability::Sync && sent.is_some_and(|sent| sent.after(least) <= at)
        }
        DurableFact::ReadsLog => of.is_left_at(node, |key| {
            log.contents(at).get(&key).map(|copy| copy.version)
        }),
        DurableFact::Restored(named) => of.is_node(named, node) && lane.syncing.contains(&node),
        DurableFact::AnswersWith(count) if lane.is_replica(node) => {
            log.copies.len() == *count as usize
        }
        DurableFact::AnswersWith(count) => log.contents(at).len() == *count as usize,
        DurableFact::LoadsFirst => lane.stopped.contains(&node),
        DurableFact::FaultMeans(fault, named) => {
            let id = NodeId(named.number - 1);
            of.is_node(named, id) && of.was_given(*fault, id) && lane.is_changed_by(*fault, id)
        }
        DurableFact::GoneUnlogged(count) => gone(of) == Some(*count as usize) && *count > 0,
    }
}
