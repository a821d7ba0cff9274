//! Whether a fact holds at an event.
//!
//! A policy's own counters (hands, sketches, pools, segments) are not recomputed here, except for 2Q, ARC
//! and S3-FIFO: the naive policies of the cache crate are compared with them event by event.

use super::durable;
use super::regions;
use super::serverless;
use super::state::{Copy, Lane, Story};
use super::units::{has_units, partition, units};
use super::zones;
use super::{replicas, reshard};
use cache::units::{Key, Micros, Version};
use cache::{Capacity, Entry, EvictionReason, Scope};
use scenario::Scenario;
use sim::deployment::slots;
use sim::{
    ByHand, Client, Deployment, Event, EventKind, Failure, Fault, Intake, LaneSetup, Limit, NodeId,
    Operation, Outcome, ReadPath, Refused, Verb, World, WritePath,
};
use std::collections::BTreeSet;
use timeline::{Deleter, Effect, Fact, Finder, NodeName, Plan, Purpose};

/// An event, with what is known around it.
pub struct Point<'a> {
    pub scenario: &'a Scenario,
    pub setup: &'a LaneSetup,
    pub event: &'a Event,
    /// The lane before the event.
    pub before: &'a Lane,
    /// The lane before the step, if no earlier event of the step touches its cache.
    pub start: Option<&'a World>,
    /// What the event's request had done before it.
    pub story: Option<&'a Story>,
    /// The lane's events after it.
    pub later: &'a [Event],
    /// The lane after the step, if no later event of the step is about the same key.
    pub after: Option<&'a World>,
}

impl Point<'_> {
    pub fn at(&self) -> Micros {
        self.event.at
    }

    pub fn story(&self) -> &Story {
        self.story
            .unwrap_or_else(|| panic!("no request has begun: {:?}", self.event))
    }

    /// The request's number as it is shown.
    fn number(&self) -> Option<u32> {
        self.event.request.map(|number| number + 1)
    }

    pub fn is_key(&self, name: &str) -> bool {
        *self.scenario.key_name(self.event.key) == *name
    }

    /// The node at which the event happened, or that has the key.
    fn node(&self) -> NodeId {
        match self.event.kind {
            EventKind::Hit { .. }
            | EventKind::Stale { .. }
            | EventKind::Miss { .. }
            | EventKind::Behind { .. }
            | EventKind::Apply { .. }
            | EventKind::Reshard { .. }
            | EventKind::Ask { .. }
            | EventKind::Fill { .. }
            | EventKind::Evict { .. }
            | EventKind::Expire { .. }
            | EventKind::Delete { .. }
            | EventKind::Reject { .. }
            | EventKind::Enqueue { .. } => self.event.node,
            _ => self.before.holder(self.event.key),
        }
    }

    pub fn live(&self) -> Option<&Copy> {
        self.copy().filter(|copy| copy.is_live(self.at()))
    }

    fn copy(&self) -> Option<&Copy> {
        self.before.copies.get(&(self.node(), self.event.key))
    }

    /// The copy of the node that has the event's key.
    pub fn at_primary(&self) -> Option<&Copy> {
        let key = self.event.key;
        // A replica is behind the primary of its own shard.
        let holder = match self.event.kind {
            EventKind::Behind { .. } => {
                self.before.primaries[self.before.shard_of(self.event.node)]
            }
            _ => self.before.holder(key),
        };
        let copy = self.before.copies.get(&(holder, key));
        copy.filter(|copy| copy.is_live(self.at()))
    }

    /// Whether a name is that of the node with this number, from 0.
    pub fn is_node(&self, name: &NodeName, node: NodeId) -> bool {
        let noun = match self.setup.cache.deployment {
            Deployment::Node | Deployment::Serverless(_) => "cache",
            Deployment::Cluster(cluster) if cluster.replication.replicas == 0 => "shard",
            Deployment::Cluster(_) | Deployment::Memcached(_) | Deployment::ReplicationGroup(_) => {
                "node"
            }
            Deployment::GlobalDatastore(_) => "Region",
        };
        (name.noun, name.number) == (noun, node.0 + 1)
    }

    pub fn slot(&self) -> u16 {
        slots::slot_of(self.scenario.key_name(self.event.key).as_bytes())
    }

    pub fn client(&self) -> Option<Client> {
        match self.setup.cache.deployment {
            Deployment::Cluster(cluster) => Some(cluster.client),
            _ => None,
        }
    }

    /// Whether a fault of a node was to happen, by schedule or by hand.
    pub fn was_given(&self, fault: Fault, node: NodeId) -> bool {
        let number = Some(node.0 + 1);
        let at_us = self.at().0;
        let mut scheduled = self.scenario.input.faults.iter();
        let mut by_hand = self.scenario.input.commands.iter();
        scheduled.any(|of| (of.at_us, of.fault, of.node) == (at_us, fault, number))
            || by_hand.any(|given| match &given.command {
                ByHand::Fault(of) => (of.fault, of.node) == (fault, number),
                _ => false,
            })
    }

    pub fn row(&self) -> Version {
        self.before.row(self.event.key).0
    }

    /// Whether the lane is one whose cache is the only place, by its settings.
    pub fn has_no_database(&self) -> bool {
        let strategy = &self.setup.strategy;
        (strategy.read, strategy.write) == (ReadPath::CacheOnly, WritePath::CacheOnly)
    }

    /// What the request asks of the database, in the end: nothing may, where there is none.
    fn asks_database(&self) -> bool {
        let asks = |verb: Verb| matches!(verb, Verb::Select | Verb::Update);
        let mut to_come = self.goes_on().filter_map(|event| match event.kind {
            EventKind::Send { verb } => Some(verb),
            _ => None,
        });
        let mut sent = self.story.into_iter().flat_map(|story| &story.sent);
        to_come.any(asks) || sent.any(|of| asks(of.0))
    }

    /// What the cache holds after the step, where that is what the event left.
    fn left(&self) -> Option<Entry> {
        let node = self.node();
        let (_, cache) = self.after?.nodes().nth(usize::from(node.0))?;
        cache.peek(self.event.key)
    }

    pub fn is_left(&self, holds: impl Fn(Option<Entry>) -> bool) -> bool {
        self.after.is_none() || holds(self.left())
    }

    /// Whether a node is left with these versions and no others, where it can be known.
    pub fn is_left_at(&self, node: NodeId, version: impl Fn(Key) -> Option<Version>) -> bool {
        let Some((_, cache)) = self
            .after
            .and_then(|of| of.nodes().nth(usize::from(node.0)))
        else {
            return true;
        };
        let names = self.before.names.keys();
        names.copied().all(|key| {
            let held = cache.peek(key).map(|entry| entry.value.version);
            held == version(key)
        })
    }

    /// The request's later events.
    fn goes_on(&self) -> impl Iterator<Item = &Event> {
        let request = self.event.request;
        self.later.iter().filter(move |of| of.request == request)
    }

    /// What the request does next itself: not what its queued write or the commit log does for it.
    fn next_act(&self) -> Option<&Event> {
        self.goes_on().find(|event| {
            let kind = event.kind;
            matches!(
                kind,
                EventKind::Send { .. } | EventKind::Reply { .. } | EventKind::Finish
            )
        })
    }

    fn next_command(&self) -> Option<Verb> {
        self.goes_on().find_map(|event| match event.kind {
            EventKind::Send { verb } => Some(verb),
            _ => None,
        })
    }

    fn has_sent(&self, verb: Verb) -> bool {
        self.story().sent.iter().any(|of| of.0 == verb)
    }

    /// What the request has sent last.
    pub fn verb(&self) -> Verb {
        self.story().sent.last().expect("it has sent a query").0
    }

    fn writes(&self) -> bool {
        self.story().operation == Operation::Write
    }

    /// Other requests for the key that have no answer yet or are reloading.
    fn others(&self) -> impl Iterator<Item = (u32, &Story)> {
        let (request, key) = (self.event.request, self.event.key);
        let all = self.before.stories.iter();
        all.filter(move |(number, story)| Some(**number) != request && story.key == key)
            .map(|(number, story)| (*number, story))
    }

    /// When the copy of the event expires: the one left by a fill, or the one that a read found.
    fn expires_at(&self) -> Option<Option<Micros>> {
        match self.event.kind {
            EventKind::Fill { .. } => self.left().map(|entry| entry.expires_at),
            EventKind::Refresh { .. } => self.story().copy.as_ref().map(|copy| copy.expires_at),
            _ => Some(self.live()?.expires_at),
        }
    }
}

/// Whether what the observer knows of a lane is the lane's state.
pub fn agrees(lane: &Lane, world: &World) -> Result<(), String> {
    let nodes = world.nodes();
    let held = nodes.flat_map(|(node, cache)| cache.entries().map(move |of| (node, of)));
    let held: Vec<((NodeId, Key), Version)> = {
        let held = held.map(|(node, entry)| ((node, entry.key), entry.value.version));
        let mut held: Vec<_> = held.collect();
        held.sort_unstable();
        held
    };
    let heard: Vec<((NodeId, Key), Version)> = lane
        .copies
        .iter()
        .map(|(key, of)| (*key, of.version))
        .collect();
    if held != heard {
        return Err(format!("cache {held:?}, heard {heard:?}"));
    }
    for &node in &lane.in_use {
        let owned = world.deployed().slots(node);
        let owned = owned.iter().flat_map(|&(first, last)| first..=last);
        let shard = lane.shard_of(node) as u16;
        let owners = (0..).zip(&lane.shards.owners);
        let heard = owners.filter(|(_, owner)| **owner == shard);
        if !owned.eq(heard.map(|(slot, _)| slot)) {
            return Err(format!("the slots of {node:?}"));
        }
    }
    for (&key, &(version, at)) in &lane.rows {
        let row = world.row(key);
        if (row.version, row.committed_at) != (version, at) {
            return Err(format!("row {row:?}, heard v{} at {at:?}", version.0));
        }
    }
    lane.meter.agrees(world)?;
    let (database, queued) = (world.database(), world.queued_writes());
    if (database.busy(), database.queued()) != (lane.running, lane.waiting.len() as u32) {
        return Err(format!(
            "{} queries run, heard {}",
            database.busy(),
            lane.running
        ));
    }
    if queued != lane.queue.len() as u32 {
        return Err(format!("{queued} writes queued, heard {:?}", lane.queue));
    }
    Ok(())
}

/// Whether a fact is true at a point.
pub fn holds(fact: &Fact, of: &Point) -> bool {
    let at = of.at();
    if of.before.failed_over && is_about_copies(fact) {
        return true;
    }
    match fact {
        Fact::Asks(client, operation, key) => {
            let request = of.event.request.expect("a request");
            let request = of.scenario.workload.request(request);
            (request.client, request.operation) == (*client, *operation) && of.is_key(key)
        }
        Fact::YouAsk(operation, key) => {
            let request = of.event.request.expect("a request");
            let nth = request - of.scenario.workload.len();
            let commands = of.scenario.input.commands.iter();
            let mut asked = commands.filter_map(|given| match &given.command {
                ByHand::Request(asked) => Some(&asked.request),
                _ => None,
            });
            let asked = asked.nth(nth as usize);
            asked.is_some_and(|ask| (ask.op, &ask.key) == (*operation, key)) && of.is_key(key)
        }
        Fact::Plan(plan) => of.next_command().is_none_or(|verb| {
            let read = of.setup.strategy.read;
            match plan {
                Plan::CheckCache => verb == Verb::Get && read == ReadPath::CacheAside,
                Plan::LibraryChecksCache => verb == Verb::Get && read != ReadPath::CacheAside,
                Plan::AskDatabase => verb == Verb::Select,
                Plan::AskCacheOnly => verb == Verb::Get && !of.asks_database(),
                Plan::CacheThenDatabase => verb == Verb::Set && !of.has_no_database(),
                Plan::WriteCacheOnly => verb == Verb::Set && !of.asks_database(),
                Plan::DeleteThenWrite => verb == Verb::Delete,
                Plan::WriteDatabase => verb == Verb::Update,
            }
        }),
        Fact::Sends(_, key) | Fact::SendsTo(_, key, _) | Fact::Miss(key) if !of.is_key(key) => {
            false
        }
        Fact::SendsTo(_, _, node) if !of.is_node(node, of.event.node) => false,
        // Which command it is shows in its answer; that it is the request's next one does here.
        Fact::Sends(verb, _) | Fact::SendsTo(verb, ..) => match verb {
            Verb::Select | Verb::Get => !of.writes(),
            Verb::Update | Verb::Delete => of.writes(),
            Verb::Set => true,
        },
        Fact::Purpose(purpose) => intended(*purpose, of),
        Fact::Hit(key, version) => {
            of.is_key(key) && of.live().is_some_and(|copy| copy.version == *version)
        }
        Fact::StaleHit(key, copy, row) => {
            of.is_key(key)
                && of.live().is_some_and(|held| held.version == *copy)
                && of.row() == *row
                && copy < row
        }
        Fact::Miss(_) | Fact::NothingToOverwrite => of.live().is_none(),
        Fact::StoredBy(source) => of.live().is_some_and(|copy| copy.source == *source),
        Fact::ExpiresIn(left) => match of.event.kind {
            EventKind::Fill { .. } if of.left().is_none() => true,
            _ => of.expires_at() == Some(Some(at.after(*left))),
        },
        Fact::TtlIsUp => of.expires_at().flatten().is_some_and(|end| end <= at),
        Fact::NoTtl => match of.event.kind {
            EventKind::Fill { .. } if of.left().is_none() => true,
            _ => of.expires_at() == Some(None),
        },
        Fact::RowChangedAgo(span) => at.since(of.before.row(of.event.key).1) == *span,
        Fact::StaleForUpTo(left) => of
            .live()
            .is_some_and(|copy| copy.expires_at == Some(at.after(*left))),
        Fact::StaleWithoutTtl => of.live().is_some_and(|copy| copy.expires_at.is_none()),
        Fact::NotInCache => of.copy().is_none() && of.story().expired_at != Some(at),
        // A replica leaves what has expired to its primary.
        Fact::TtlHadRunOut if of.before.is_replica(of.event.node) => {
            of.copy().is_some() && of.live().is_none()
        }
        Fact::TtlHadRunOut => of.copy().is_none() && of.story().expired_at == Some(at),
        Fact::Replica(fact) => replicas::holds(fact, of),
        Fact::Zone(fact) => zones::holds(fact, of),
        Fact::Region(fact) => regions::holds(fact, of),
        Fact::Durable(fact) => durable::holds(fact, of),
        Fact::WritesGone(count) => durable::gone(of) == Some(*count as usize),
        Fact::Serverless(fact) => serverless::holds(fact, of),
        Fact::Reshard(fact) => reshard::holds(fact, of),
        Fact::NeedsDatabase => comes_from_database(of),
        // There is no row and no copy, and the request looks nowhere else.
        Fact::NowhereElse => {
            of.has_no_database()
                && of.live().is_none()
                && of.row() == Version(0)
                && !of.asks_database()
        }
        Fact::ConsoleGetsNil => of.event.request.is_none() && of.live().is_none(),
        Fact::Stores(key, version) => {
            let stored = match of.story {
                None => None,
                // A count goes on from the copy that has not expired, and begins anew without one.
                Some(_) if of.has_no_database() => {
                    Some(Version(of.live().map_or(0, |copy| copy.version.0) + 1))
                }
                Some(story) if of.setup.strategy.write == WritePath::WriteBehind && of.writes() => {
                    let queued = of.before.queue.get(&story.key);
                    let newest = of.row().max(queued.map_or(Version(0), |of| of.0));
                    Some(Version(newest.0 + 1))
                }
                Some(story) => story.wrote.last().copied().or(story.read),
            };
            of.is_key(key)
                && stored.is_none_or(|stored| stored == *version)
                && of.is_left(|entry| entry.is_none_or(|entry| entry.value.version == *version))
        }
        Fact::Overwrites(version) => of.copy().is_some_and(|copy| copy.version == *version),
        Fact::StaleOnArrival(row) => {
            of.row() == *row && of.is_left(|entry| entry.is_none_or(|of| of.value.version < *row))
        }
        Fact::Evicted(key) => of.is_key(key) && of.copy().is_some(),
        Fact::FullOfEntries(node, _) | Fact::FullOfBytes(node, _)
            if !node
                .as_ref()
                .is_none_or(|node| of.is_node(node, of.event.node))
                || node.is_none()
                    != matches!(
                        of.setup.cache.deployment,
                        Deployment::Node | Deployment::Serverless(_)
                    ) =>
        {
            false
        }
        Fact::FullOfEntries(_, all) => {
            let here = of.before.copies.keys();
            of.setup.cache.engine.capacity == Capacity::Entries(*all)
                && here.filter(|copy| copy.0 == of.event.node).count() == *all as usize
        }
        Fact::FullOfBytes(_, all) => matches!(
            of.setup.cache.engine.capacity,
            Capacity::Bytes { capacity_bytes, .. } if capacity_bytes == *all
        ),
        Fact::SlotOwnedBy(key, slot, node) => {
            of.is_key(key) && *slot == of.slot() && of.is_node(node, of.before.holder(of.event.key))
        }
        Fact::OwnsSlotOf(key, node) => {
            of.is_key(key) && of.is_node(node, of.before.owner(of.event.key))
        }
        Fact::AsksWithoutMap(slot, node) => {
            *slot == of.slot()
                && of.client() == Some(Client::FollowsMoved)
                && of.is_node(node, NodeId(0))
                && of.event.node == NodeId(0)
        }
        Fact::WasToldOwner(slot, node) => {
            let told = of.before.told.get(slot);
            let named = |told: &BTreeSet<NodeId>| told.iter().any(|owner| of.is_node(node, *owner));
            *slot == of.slot() && told.is_some_and(named)
        }
        Fact::KnowsOnly(node) => {
            let goes_there = of.is_node(node, NodeId(0)) && of.event.node == NodeId(0);
            of.client() == Some(Client::Plain) && goes_there
        }
        Fact::HashChose(hashing, node) => {
            let chosen = of.before.holder(of.event.key);
            let known = match of.setup.cache.deployment {
                Deployment::Memcached(memcached) => memcached.hashing == *hashing,
                _ => false,
            };
            known && of.is_node(node, chosen) && of.event.node == chosen
        }
        Fact::AnswersMoved(node, slot) => {
            let owner = of.before.owner(of.event.key);
            *slot == of.slot() && of.is_node(node, of.event.node) && owner != of.event.node
        }
        Fact::ClientFollows => {
            let owner = of.before.owner(of.event.key);
            let mut next = of.goes_on();
            let next = next.find(|event| {
                matches!(event.kind, EventKind::Send { .. } | EventKind::Fail { .. })
            });
            next.is_none_or(|next| match next.kind {
                EventKind::Send { .. } => next.node == owner,
                // The answer was lost.
                _ => true,
            })
        }
        Fact::ClientDoesNotFollow => {
            let sends_again = of.goes_on().next().is_some_and(|next| match next.kind {
                EventKind::Send { verb } => verb.party() == sim::Party::Cache,
                _ => false,
            });
            of.client() == Some(Client::Plain) && !sends_again
        }
        Fact::NodeFault(fault, node) | Fact::NodeFaultMeans(fault, node) => {
            let id = NodeId(node.number - 1);
            of.is_node(node, id) && of.was_given(*fault, id) && of.before.is_changed_by(*fault, id)
        }
        Fact::FaultWithoutNode(fault) => {
            // A zone with nothing to change, in this lane.
            if zones::given(*fault, of).is_some() {
                return true;
            }
            let all = (0..40).map(NodeId);
            let mut given = all.filter(|&node| of.was_given(*fault, node)).peekable();
            match given.peek() {
                Some(_) => given.any(|node| !of.before.is_changed_by(*fault, node)),
                None => of
                    .before
                    .in_use
                    .iter()
                    .all(|&of_all| !of.before.is_changed_by(*fault, of_all)),
            }
        }
        Fact::NothingChanges => true,
        Fact::Chosen(reason) => of.copy().is_some_and(|copy| chosen(*reason, copy, of)),
        Fact::UnusedSinceStart => of.copy().is_some_and(|copy| copy.used_at == Micros::ZERO),
        Fact::Expired(key, version) => expired(key, *version, of),
        Fact::ExpiredSoMiss(key, version) => {
            let next = of.goes_on().next();
            expired(key, *version, of)
                && next.is_some_and(|next| matches!(next.kind, EventKind::Miss { .. }))
        }
        Fact::TtlRanOutAgo(span) => {
            let end = of.copy().and_then(|copy| copy.expires_at);
            end.is_some_and(|end| end.after(*span) == at)
        }
        Fact::FoundBy(Finder::Command(verb)) => {
            of.story().sent.last().map(|of| of.0) == Some(*verb)
        }
        Fact::FoundBy(Finder::Console) => of.event.request.is_none() && of.event.cause.is_some(),
        Fact::FoundBy(Finder::Cycle) => of.event.request.is_none() && of.setup.cache.active_expiry,
        Fact::Deletes(key) => of.is_key(key) && of.copy().is_some(),
        Fact::NothingToDelete(key) => of.is_key(key) && of.copy().is_none(),
        Fact::DeletedFor(deleter) => match deleter {
            Deleter::BeforeWrite => of.writes() && of.story().wrote.is_empty(),
            Deleter::AfterWrite | Deleter::CommitLog => !of.story().wrote.is_empty(),
            Deleter::Writer => {
                of.writes()
                    && of.setup.strategy.write == WritePath::DeleteFirst
                    && of.setup.strategy.defences.double_delete_us.is_some()
            }
            Deleter::TooLarge => of.story().sent.last().map(|of| of.0) == Some(Verb::Set),
            Deleter::Console => of.event.request.is_none(),
        },
        Fact::NoCopy => of.live().is_none(),
        Fact::YouExpire(key, version) => {
            of.is_key(key) && of.live().is_some_and(|copy| copy.version == *version)
        }
        // Nothing is before the very start, at which a copy is valid for one microsecond more.
        Fact::StaysUntilFound => of.is_left(|entry| {
            entry.is_some_and(|entry| entry.is_expired(at.after(Micros(1))))
                && (at == Micros::ZERO || entry.is_some_and(|entry| entry.is_expired(at)))
        }),
        Fact::NothingToExpire(key) => of.is_key(key) && of.live().is_none(),
        Fact::LaneWithoutCache => of.setup.strategy.read == ReadPath::NoCache,
        Fact::NoCache => of.setup.strategy.read == ReadPath::NoCache,
        Fact::StartsQuery(verb, key) => of.is_key(key) && of.has_sent(*verb),
        Fact::ConnectionFree => {
            let waited = of.before.waiting.iter();
            let mut since = waited.filter(|waiting| Some(waiting.0) == of.event.request);
            since.all(|waiting| waiting.1 == at)
                && of.before.running < of.setup.database.intake.connections()
        }
        Fact::WaitedForConnection(span) => {
            let mut waiting = of.before.waiting.iter();
            let since = waiting.find(|waiting| Some(waiting.0) == of.event.request);
            since.is_some_and(|waiting| at.since(waiting.1) == *span)
        }
        Fact::QueryWaits(key) => of.is_key(key) && of.before.running > 0,
        Fact::AllBusy(all) => {
            of.setup.database.intake.connections() == *all && of.before.running == *all
        }
        Fact::QueriesWaiting(all) => of.before.waiting.len() + 1 == *all as usize,
        Fact::Returns(key, version) => {
            of.is_key(key)
                && match of.setup.database.replica_lag {
                    None => *version == of.row(),
                    Some(_) => *version <= of.row(),
                }
        }
        Fact::NoRow(key) => of.is_key(key) && of.row() == Version(0),
        Fact::ReplicaLacksRow(key) => {
            of.is_key(key) && of.row() > Version(0) && of.setup.database.replica_lag.is_some()
        }
        Fact::ToldAbsent => !of.writes(),
        Fact::RowToApplication => !of.writes(),
        Fact::FromLaggingReplica(row) => {
            of.row() == *row && of.setup.database.replica_lag.is_some()
        }
        Fact::Commits(key, version) => {
            let row = |world: &World| world.row(of.event.key).version == *version;
            of.is_key(key) && *version >= of.row() && of.after.is_none_or(row)
        }
        Fact::CopyCurrent(copy) => {
            written(of).is_some_and(|row| holds_copy(of, *copy) && *copy == row)
        }
        Fact::CopyNewer(copy) => {
            written(of).is_some_and(|row| holds_copy(of, *copy) && *copy > row)
        }
        Fact::CopyStale(copy) => {
            written(of).is_some_and(|row| holds_copy(of, *copy) && *copy < row)
        }
        Fact::Answered(number, span) | Fact::Failed(number, span) => {
            of.number() == Some(*number) && at.since(of.story().began) == *span
        }
        Fact::ClientGetsError => of.story().replied.is_none(),
        Fact::AnsweredAbsent => !of.writes() && !of.has_no_database(),
        // Its one look-up missed.
        Fact::AnsweredNoKey => {
            !of.writes() && of.has_no_database() && of.story().found == Some(false)
        }
        Fact::Trips(all) => of.story().sent.len() == *all as usize,
        Fact::Done(number) => of.number() == Some(*number),
        Fact::BackgroundDone => of.story().replied.is_some() && of.next_command().is_none(),
        Fact::Ready(number, key) => of.number() == Some(*number) && of.is_key(key),
        Fact::PressClient | Fact::WaitsForMove(_) => of.scenario.workload.schedule.is_some(),
        Fact::SecondPasses | Fact::OnlyTimers => of.scenario.workload.schedule.is_some(),
        Fact::CannotMove(client) => of.scenario.workload.has_client(*client),
        Fact::NothingToDo => true,
        Fact::NoLease(number, key) => of.number() == Some(*number) && of.is_key(key),
        Fact::LeaseHeld(span) => {
            let again = of.next_act();
            let mut others = of.others();
            again.is_none_or(|again| again.at >= at.after(*span))
                && others.any(|(_, other)| other.found == Some(false))
        }
        Fact::WaitsFor(number, other) => {
            of.number() == Some(*number) && of.others().any(|(of, _)| of + 1 == *other)
        }
        Fact::Loading(key) => {
            let EventKind::Wait {
                why: sim::Waiting::Load { request },
            } = of.event.kind
            else {
                return false;
            };
            let mut others = of.others();
            of.is_key(key)
                && others.any(|(number, other)| {
                    number == request && other.sent.iter().any(|sent| sent.0 == Verb::Select)
                })
        }
        Fact::Sleeps(number, span) => {
            let next = of.next_act();
            of.number() == Some(*number) && next.is_none_or(|next| next.at >= at.after(*span))
        }
        Fact::AlreadyAnswered => of.story().replied.is_some(),
        Fact::ReloadedAfter(key) => of.is_key(key) && of.story().replied.is_some(),
        Fact::NoLongerFresh => of.story().found == Some(true) && of.setup.strategy.refreshes(),
        Fact::ReloadedEarly(key) => of.is_key(key) && of.story().replied.is_none(),
        Fact::XFetchPicked(_) => {
            of.story().found == Some(true)
                && of.setup.strategy.defences.xfetch_beta_percent.is_some()
        }
        Fact::Rejects(key, version) => {
            of.is_key(key)
                && of.is_left(|entry| entry.is_none_or(|of| of.value.version != *version))
                || of.copy().is_some_and(|copy| copy.version == *version)
        }
        Fact::HoldsNewer(version) => holds_copy(of, *version),
        Fact::LeaseVoid => of.setup.strategy.defences.lease_us.is_some() && !of.writes(),
        Fact::NothingToReload(version) => {
            of.story().read == Some(*version)
                && of.copy().is_none_or(|copy| copy.version > *version)
        }
        Fact::Queued(key, version) => {
            of.is_key(key) && holds_copy(of, *version) && *version > of.row()
        }
        Fact::ReplacesQueued(old) => {
            let queued = of.before.queue.get(&of.event.key);
            queued.is_some_and(|queued| queued.0 == *old)
        }
        Fact::WritesWaiting(all) => {
            of.before.queue.len() + 1 == *all as usize
                && !of.before.queue.contains_key(&of.event.key)
        }
        Fact::ReplicaHas(key, version) => of.is_key(key) && *version <= of.row(),
        Fact::CommitArrived => of.row() > Version(0),
        Fact::CommandFails(verb, key) => {
            let node = of.before.holder(of.event.key);
            let restoring = of.before.is_durable() && of.before.syncing.contains(&node);
            let out = restoring || of.before.is_cut_off(node);
            let by_log = *verb == Verb::Delete && out;
            of.is_key(key) && (by_log || of.story().sent.last().map(|of| of.0) == Some(*verb))
        }
        Fact::FailedBecause(why, timeout) => match why {
            Failure::Timeout => {
                let sent = of.story().sent.last().map(|of| of.1);
                let node = of.before.holder(of.event.key);
                of.before.is_cut_off(node) || sent.is_some_and(|sent| sent.after(*timeout) <= at)
            }
            Failure::DatabaseDown | Failure::Overloaded | Failure::Throttled => of.story().refused,
            Failure::CacheThrottled => of.before.meter.has_refused(of.event.request),
            Failure::ReadOnly => {
                let deployment = of.setup.cache.deployment;
                matches!(
                    deployment,
                    Deployment::ReplicationGroup(_) | Deployment::GlobalDatastore(_)
                ) && of.story().sent.last().map(|of| of.0) != Some(Verb::Get)
            }
            // The commit log's own DELETE, or a command.
            Failure::Restoring if of.before.syncing.contains(&of.node()) => true,
            Failure::Restoring | Failure::LogBehind => durable::refused(*why, of),
            Failure::Loading => of.setup.cache.deployment.replication().is_some(),
            Failure::Asked => of.client() == Some(Client::Plain),
            Failure::ClusterDown => match of.setup.cache.deployment {
                Deployment::Cluster(cluster) => cluster.full_coverage,
                _ => false,
            },
            Failure::Moved => of.story().moved && of.client() == Some(Client::Plain),
            Failure::CacheError | Failure::OutOfMemory | Failure::TooLarge => {
                of.story().sent.last().map(|of| of.0) == Some(Verb::Set)
            }
        },
        Fact::RefusesQuery(key) => of.is_key(key),
        Fact::RefusedAt(place) => {
            let mut waiting = of.before.waiting.iter();
            let waits = waiting.any(|waiting| Some(waiting.0) == of.event.request);
            let queued = of.before.waiting.len() as u32;
            let is_full = match of.setup.database.intake {
                Intake::Relational(pool) => {
                    of.before.running == pool.connections
                        && pool.queue_max.is_some_and(|most| queued >= most)
                }
                Intake::DynamoDb(_) | Intake::MemoryDb => false,
            };
            let works = matches!(place, Refused::QueueFull { .. } | Refused::Throttled(_));
            of.before.database_is_down != works
                && match place {
                    Refused::Throttled(throttle) => {
                        let (used, most, needs) = units(of, throttle.limit);
                        (throttle.used, Some(throttle.most), throttle.needs) == (used, most, needs)
                            && used + needs > throttle.most
                            && throttle.verb == of.verb()
                            && match throttle.limit {
                                Limit::Partition(place) => place == partition(of, of.event.key),
                                Limit::Table => {
                                    has_units(of, Limit::Partition(partition(of, of.event.key)))
                                }
                            }
                    }
                    Refused::QueueFull { waiting } => is_full && *waiting == queued,
                    Refused::Arriving => !waits,
                    Refused::Waiting => waits,
                    Refused::Executing => !waits && of.before.running > 0,
                }
        }
        Fact::Fault(fault, effect) | Fact::FaultMeans(fault, effect) => {
            let deletes = [WritePath::Invalidate, WritePath::DeleteFirst];
            let lacking = match fault {
                Fault::FailOverCache => {
                    of.setup.cache.replica_lag.is_none() && of.before.primaries.is_empty()
                }
                Fault::LoseNextDelete => !deletes.contains(&of.setup.strategy.write),
                Fault::SlowDatabase
                | Fault::StopDatabase
                | Fault::CutDatabase
                | Fault::HealDatabase => of.has_no_database(),
                _ => false,
            };
            let fails = matches!(
                fault,
                Fault::RestartCache | Fault::FailOverCache | Fault::StopCacheNode
            );
            let from_log = fails && of.before.is_durable();
            let for_good = *fault == Fault::RestartCache && of.has_no_database() && !from_log;
            match effect {
                Effect::Usual => !lacking && !for_good && !from_log,
                Effect::FromLog => from_log,
                Effect::Lacking => lacking,
                Effect::ForGood => for_good && of.is_left(|entry| entry.is_none()),
            }
        }
        Fact::StaleForGood(key) => {
            of.is_key(key) && of.live().is_some_and(|copy| copy.version < of.row())
        }
        Fact::Spoiled(how, ago) => of.live().is_some_and(|copy| {
            let since = Micros(at.0 - ago.0);
            copy.spoiled == Some((how.by, since, how.request)) || how.by == sim::Spoiler::FailOver
        }),
        Fact::NothingPending => {
            let pending = |event: &Event| {
                event.key == of.event.key
                    && matches!(event.kind, EventKind::Delete { .. })
                    && event
                        .request
                        .is_some_and(|number| of.before.stories.contains_key(&number))
            };
            of.live().is_some_and(|copy| copy.expires_at.is_none()) && !of.later.iter().any(pending)
        }
        Fact::WriteLost(key, version) => of.is_key(key) && of.row() < *version,
        Fact::WasQueuedFor(number) => {
            let EventKind::Violation {
                promise: sim::Broken::Durability { version },
            } = of.event.kind
            else {
                return false;
            };
            let mut all = of.before.stories.values();
            of.number() == Some(*number)
                && of.story().queued.is_some()
                && all.any(|story| story.key == of.event.key && story.queued == Some(version))
        }
        Fact::Console(_) | Fact::Replies(_) => of.event.request.is_none(),
        Fact::PartitionHasUnits(number, all) => {
            let Intake::DynamoDb(table) = of.setup.database.intake else {
                return false;
            };
            let place = partition(of, of.event.key);
            *number == place + 1
                && *all == table.partitions
                && has_units(of, Limit::Partition(place))
                && has_units(of, Limit::Table)
        }
        Fact::ThrottlesQuery(key) => {
            let of_partition = Limit::Partition(partition(of, of.event.key));
            of.is_key(key) && !(has_units(of, of_partition) && has_units(of, Limit::Table))
        }
        Fact::NoPool => {
            of.setup.database.intake == Intake::MemoryDb && of.before.waiting.is_empty()
        }
    }
}

/// Whether a fact cannot be checked in the step in which the node has failed over.
fn is_about_copies(fact: &Fact) -> bool {
    !matches!(fact, Fact::WriteLost(..) | Fact::WasQueuedFor(_))
}

fn expired(key: &str, version: Version, of: &Point) -> bool {
    let copy = of.copy();
    of.is_key(key) && copy.is_some_and(|copy| copy.version == version && !copy.is_live(of.at()))
}

/// The version that the step leaves in the row.
fn written(of: &Point) -> Option<Version> {
    match of.event.kind {
        EventKind::Write { version, .. } => Some(version),
        _ => None,
    }
}

fn holds_copy(of: &Point, version: Version) -> bool {
    of.live().is_some_and(|copy| copy.version == version)
}

/// Whether what a reader gets after its miss is read from the database by it or by another request, or
/// has just been written there.
fn comes_from_database(of: &Point) -> bool {
    let reply = of
        .goes_on()
        .position(|event| matches!(event.kind, EventKind::Reply { .. }));
    let Some(EventKind::Reply { outcome, .. }) =
        reply.and_then(|nth| of.goes_on().nth(nth)).map(|e| e.kind)
    else {
        return true;
    };
    if outcome == Outcome::Failed {
        return true;
    }
    let answered = of
        .goes_on()
        .nth(reply.expect("it is answered"))
        .expect("the reply");
    let until = of
        .later
        .iter()
        .take_while(|event| !std::ptr::eq(*event, answered));
    let mut until = until.filter(|event| event.key == of.event.key);
    let loaded = until.any(|event| {
        matches!(
            event.kind,
            EventKind::Read { .. } | EventKind::Write { .. } | EventKind::Fill { .. }
        )
    });
    loaded || of.others().any(|(_, other)| other.read.is_some())
}

/// Whether the application's purpose is one that it can have.
fn intended(purpose: Purpose, of: &Point) -> bool {
    let story = of.story();
    let has_written = !story.wrote.is_empty();
    match purpose {
        Purpose::SaveQuery => !of.writes() && !of.has_no_database(),
        Purpose::OnlyPlaceToLook => !of.writes() && of.has_no_database() && !of.asks_database(),
        Purpose::OnlyPlaceToStore => of.writes() && of.has_no_database() && !of.asks_database(),
        Purpose::NoCache => of.setup.strategy.read == ReadPath::NoCache && story.found.is_none(),
        Purpose::NoUsableCopy => {
            of.setup.strategy.read != ReadPath::NoCache && story.found != Some(true)
        }
        Purpose::LoadRow => !of.writes(),
        Purpose::KeepForNextRead => !of.writes() && story.read.is_some(),
        Purpose::CacheFirst => of.writes() && !of.has_sent(Verb::Update),
        Purpose::UpdateCopy | Purpose::CacheToo | Purpose::RowChanged => has_written,
        Purpose::DeleteBeforeWrite => of.writes() && !of.has_sent(Verb::Update),
        Purpose::RemoveCopy => of.writes(),
        Purpose::FlushQueued => story.queued.is_some(),
        Purpose::RealData => of.writes() && story.queued.is_none(),
    }
}

/// Whether a policy's reason fits the copies.
fn chosen(reason: EvictionReason, copy: &Copy, of: &Point) -> bool {
    let at = of.at();
    let here = of.before.copies.iter();
    let all = here
        .filter(|(copy, _)| copy.0 == of.event.node)
        .map(|(_, copy)| copy);
    let eligible: Vec<&Copy> = match of.setup.cache.engine.scope {
        Scope::AllKeys => all.collect(),
        Scope::Volatile => all.filter(|copy| copy.expires_at.is_some()).collect(),
    };
    let age_is = |age: Micros| copy.inserted_at.after(age) == at;
    let idle_is = |idle: Micros| copy.used_at.after(idle) == at;
    match reason {
        EvictionReason::FirstIn { age } => {
            age_is(age) && eligible.iter().all(|of| of.inserted_at >= copy.inserted_at)
        }
        EvictionReason::LeastRecentlyUsed { idle } => {
            idle_is(idle) && eligible.iter().all(|of| of.used_at >= copy.used_at)
        }
        EvictionReason::Unreferenced { age, .. } | EvictionReason::Unvisited { age, .. } => {
            age_is(age)
        }
        EvictionReason::LeastFrequentlyUsed { idle, .. }
        | EvictionReason::Segmented { idle, .. }
        | EvictionReason::Uncontested { idle, .. }
        | EvictionReason::Memcached { idle, .. } => idle_is(idle),
        EvictionReason::Random { among } => eligible.len() == among as usize,
        EvictionReason::SampledTtl { left, .. } => {
            copy.expires_at.is_some_and(|end| end.since(at) == left)
        }
        EvictionReason::SampledWithoutTtl { .. } => copy.expires_at.is_none(),
        EvictionReason::Contest { rival, .. } => rival != of.event.key,
        EvictionReason::TwoQueue { .. }
        | EvictionReason::Arc { .. }
        | EvictionReason::S3Fifo { .. } => queued(reason, of),
        EvictionReason::SampledIdle { .. } | EvictionReason::SampledCounter { .. } => true,
    }
}

/// Whether a reason of 2Q, ARC or S3-FIFO follows from its queues before the step, where those are known
/// and entries are counted.
fn queued(reason: EvictionReason, of: &Point) -> bool {
    let cache = of
        .start
        .and_then(|world| world.nodes().nth(usize::from(of.event.node.0)));
    let cache = cache.map(|(_, cache)| cache);
    let Some(shape) = cache.map(|cache| cache.shape()) else {
        return true;
    };
    if !matches!(of.setup.cache.engine.capacity, Capacity::Entries(_)) {
        return true;
    }
    let queue = |name: &str| shape.queues.iter().find(|queue| queue.name == name);
    let queue = |name: &str| queue(name).expect("a queue of the policy");
    let length = |name: &str| queue(name).members.len() as u64;
    let holds = |name: &str, key: Key| queue(name).members.iter().any(|of| of.key == key);
    let is_next = |name: &str| queue(name).members.last().map(|of| of.key) == Some(of.event.key);
    match reason {
        EvictionReason::TwoQueue { main, held, share } => {
            let from_main = held <= share && length("Am") > 0;
            let known = (length("A1in"), queue("A1in").limit) == (held, Some(share));
            known && main == from_main && is_next(if main { "Am" } else { "A1in" })
        }
        EvictionReason::Arc {
            frequent,
            held,
            target_milli,
        } => {
            // A key that comes back moves the target first.
            let coming = of.goes_on().next().map(|next| next.key);
            let returns = coming.is_none_or(|key| holds("B1", key) || holds("B2", key));
            length("T1") == held
                && is_next(if frequent { "T2" } else { "T1" })
                && (returns || shape.target_milli == Some(target_milli))
        }
        EvictionReason::S3Fifo {
            main,
            uses,
            passed,
            held,
        } => {
            let uses_of = |name: &str| -> Vec<(Key, u32)> {
                let members = queue(name).members.iter();
                members.map(|of| (of.key, of.mark.expect("uses"))).collect()
            };
            let (mut small, mut large) = (uses_of("small"), uses_of("main"));
            if queue("main").limit < Some(held) {
                small.clear();
            }
            // Those used twice go to the main queue, and those used there go round once more.
            let mut kept = 0;
            let victim = loop {
                match small.last() {
                    Some(&(key, uses)) if uses < 2 => break Some((key, uses, false)),
                    Some(&(key, _)) => {
                        small.pop();
                        large.insert(0, (key, 0));
                    }
                    None => match large.pop() {
                        Some((key, 0)) => break Some((key, 0, true)),
                        Some((key, uses)) => large.insert(0, (key, uses - 1)),
                        None => break None,
                    },
                }
                kept += 1;
            };
            let told = (of.event.key, uses.into(), main);
            length("main") == held && victim == Some(told) && kept == passed
        }
        _ => unreachable!("another policy's reason"),
    }
}
