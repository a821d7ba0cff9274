//! Adding a shard to a cluster that runs, and removing one: which slots get another owner, and how far that has
//! got. The keys themselves are moved by the world (`world/resharding.rs`).

use super::NodeId;
use super::cluster::{Client, Migration};
use super::deployed::Deployed;
use super::replication::Shard;
use super::slot_map::{Move, SlotMap, plan_to_add, plan_to_remove};
use super::slots::even_range;
use cache::units::Micros;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

/// How slots are moved from one shard to another.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    expecting = "the name of a way to move slots"
)]
pub enum Resharding {
    /// One slot after another, a few keys at a time, as before Valkey 9.
    #[default]
    Legacy,
    /// All slots that go from one shard to another at once, as Valkey 9 does.
    Atomic,
}

impl Resharding {
    /// Every way, in the order in which they are offered.
    pub const ALL: [Resharding; 2] = [Resharding::Legacy, Resharding::Atomic];
}

/// The most shards of a cluster: ElastiCache's quota for clusters without replicas, on request.
const NODES_MAX: u16 = 500;

/// What a resharding does next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Next {
    /// Slot by slot: this one is marked as leaving and arriving, and those before it, without keys, have moved.
    Open {
        /// The slot.
        slot: u16,
        /// How many are before it.
        before: u16,
    },
    /// Some keys of the open slot move.
    Batch(u16),
    /// The open slot gets its new owner.
    Close(u16),
    /// All at once: the target has the snapshot, and writes pause until then.
    Pause,
    /// The slots get their new owner.
    Flip(Micros),
    /// All has been moved.
    End,
}

/// A resharding under way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Work {
    /// The shard that joins or leaves.
    pub shard: u16,
    /// Whether it joins.
    pub joins: bool,
    /// What is still to be moved, in order.
    pub moves: VecDeque<Move>,
    /// How many slots have been moved.
    pub moved: u16,
    /// What is due.
    pub next: Next,
}

impl Work {
    /// The slot that keys are being moved of.
    pub fn open(&self) -> Option<Move> {
        match self.next {
            Next::Batch(slot) | Next::Close(slot) => {
                let of = self.moves.front()?;
                Some(Move {
                    first: slot,
                    last: slot,
                    ..*of
                })
            }
            _ => None,
        }
    }

    /// The slots that go from one shard to another at once: the first moves between the same two.
    pub fn job(&self) -> Vec<Move> {
        let first = self.moves.front().map(|of| (of.from, of.to));
        let same = |of: &&Move| Some((of.from, of.to)) == first;
        self.moves.iter().take_while(same).copied().collect()
    }
}

/// What differs from the start, once a shard has been added or removed.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Resharded {
    /// Which shard has each slot.
    pub owners: SlotMap,
    /// The map that clients have.
    pub known: SlotMap,
    /// How many shards there have been.
    pub shards: u16,
    /// Those that have left.
    pub left: BTreeSet<u16>,
    /// The resharding under way.
    pub work: Option<Work>,
}

impl Deployed {
    fn cluster_shards(&self) -> Option<u16> {
        let cluster = self.deployment.cluster()?;
        let resharded = self.resharded.as_ref();
        Some(resharded.map_or(cluster.shards, |of| of.shards))
    }

    /// How many nodes there have been.
    pub(crate) fn nodes_so_far(&self) -> u16 {
        let per_shard = self.deployment.node_count() / self.deployment.shard_count();
        self.cluster_shards()
            .map_or(self.deployment.node_count(), |shards| shards * per_shard)
    }

    /// How many nodes there are at this moment, or can be among Memcached nodes.
    pub fn node_count(&self) -> u16 {
        let all = (0..self.nodes_so_far()).map(NodeId);
        all.filter(|&node| !self.has_left(node)).count() as u16
    }

    pub(super) fn has_left(&self, node: NodeId) -> bool {
        let shard = self.deployment.shard_of(node);
        let resharded = self.resharded.as_ref();
        resharded.is_some_and(|of| of.left.contains(&shard))
    }

    fn shards_in_use(&self) -> Vec<u16> {
        let left = |shard: &u16| {
            let resharded = self.resharded.as_ref();
            resharded.is_some_and(|of| of.left.contains(shard))
        };
        let all = 0..self.cluster_shards().unwrap_or(0);
        all.filter(|shard| !left(shard)).collect()
    }

    /// The shard that has a slot.
    pub(crate) fn owner(&self, slot: u16) -> u16 {
        match (&self.resharded, self.deployment.cluster()) {
            (Some(resharded), _) => resharded.owners.owner(slot),
            (None, Some(cluster)) => cluster.shard_of(slot),
            (None, None) => 0,
        }
    }

    /// The shard that has a slot by the client's map.
    pub(super) fn known_owner(&self, slot: u16) -> u16 {
        match &self.resharded {
            Some(resharded) => resharded.known.owner(slot),
            None => self.owner(slot),
        }
    }

    /// The shards that have slots.
    pub(super) fn shards_with_slots(&self) -> Vec<u16> {
        let mut shards = self.shards_in_use();
        if let Some(resharded) = &self.resharded {
            shards.retain(|shard| resharded.owners.count(*shard) > 0);
        }
        shards
    }

    /// The client loads the slot map. Returns whether its own was out of date.
    pub(crate) fn fetch_map(&mut self) -> bool {
        let Some(resharded) = &mut self.resharded else {
            return false;
        };
        let news = resharded.known != resharded.owners;
        if news {
            let resharded = Rc::make_mut(resharded);
            resharded.known = resharded.owners.clone();
        }
        news
    }

    /// The slots of a node's shard: the first and the last of each range.
    pub fn slots(&self, node: NodeId) -> Vec<(u16, u16)> {
        let shard = self.deployment.shard_of(node);
        match (&self.resharded, self.deployment.cluster()) {
            (Some(resharded), _) => resharded.owners.ranges(shard),
            (None, Some(cluster)) => vec![even_range(shard, cluster.shards).into_inner()],
            (None, None) => Vec::new(),
        }
    }

    /// The node that takes the writes of a shard.
    pub(crate) fn primary_of(&self, shard: u16) -> NodeId {
        let with_replicas = self.shards.get(usize::from(shard));
        with_replicas.map_or(self.deployment.first_of(shard), |shard| shard.primary)
    }

    /// The resharding under way.
    pub(crate) fn work(&self) -> Option<&Work> {
        self.resharded.as_ref()?.work.as_ref()
    }

    pub(crate) fn work_mut(&mut self) -> &mut Work {
        let work = self.resharded_mut().work.as_mut();
        work.expect("something is due only while a resharding is under way")
    }

    fn resharded_mut(&mut self) -> &mut Resharded {
        let resharded = self.resharded.as_mut();
        Rc::make_mut(resharded.expect("a shard has been added or removed"))
    }

    /// The slots that are being moved now, and the nodes that they leave and go to: one slot at a time, or all that
    /// go from one shard to another.
    pub fn on_the_way(&self) -> Option<(Vec<Move>, NodeId, NodeId)> {
        let work = self.work()?;
        let slots = match work.next {
            Next::Pause | Next::Flip(_) => work.job(),
            _ => work.open().into_iter().collect(),
        };
        let first = slots.first()?;
        let ends = (self.primary_of(first.from), self.primary_of(first.to));
        Some((slots, ends.0, ends.1))
    }

    /// The shard that joins or leaves in a resharding under way, whether it joins, and how many slots are still to
    /// be moved.
    pub fn resharding(&self) -> Option<(u16, bool, u16)> {
        let work = self.work()?;
        let left = work.moves.iter().map(Move::count).sum();
        Some((work.shard, work.joins, left))
    }

    /// If keys of a slot are being moved: the node that they go to.
    pub(crate) fn open_to(&self, slot: u16) -> Option<NodeId> {
        let open = self.work()?.open()?;
        (open.first == slot).then(|| self.primary_of(open.to))
    }

    /// Whether keys of a slot are being moved away from a node, or to it.
    pub(super) fn migration(&self, node: NodeId, slot: u16) -> Option<Migration> {
        let to = self.open_to(slot)?;
        match node {
            _ if node == to => Some(Migration::Arriving),
            _ if node == self.primary_of(self.owner(slot)) => Some(Migration::Leaving { to: to.0 }),
            _ => None,
        }
    }

    /// Until when a node holds writes to a slot back.
    pub(crate) fn paused_until(&self, node: NodeId, slot: u16) -> Option<Micros> {
        let work = self.work()?;
        let Next::Flip(until) = work.next else {
            return None;
        };
        let job = work.job();
        let of_slot = |of: &Move| (of.first..=of.last).contains(&slot);
        let paused = job.iter().any(of_slot) && self.primary_of(job[0].from) == node;
        paused.then_some(until)
    }

    /// The shard that would join: one that has left, or a new one. `None` while slots are on their way, while a
    /// primary does not work, and where the cluster is as large as it may be.
    pub fn shard_to_add(&self) -> Option<u16> {
        if !self.can_reshard() {
            return None;
        }
        let left = self.resharded.as_ref().and_then(|of| of.left.first());
        let new = self.cluster_shards()?;
        let shard = left.copied().unwrap_or(new);
        let has_room = self
            .deployment
            .members(shard)
            .all(|node| node.0 < NODES_MAX);
        has_room.then_some(shard)
    }

    /// The shard of a node that would leave: it is not the last one.
    pub fn shard_to_remove(&self, node: NodeId) -> Option<u16> {
        let shard = self.deployment.shard_of(node);
        let in_use = self.shards_in_use();
        let can = self.can_reshard() && in_use.contains(&shard) && in_use.len() > 1;
        can.then_some(shard)
    }

    fn can_reshard(&self) -> bool {
        let works = |shard: u16| !self.is_stopped(self.primary_of(shard));
        let all_work = self.shards_in_use().into_iter().all(works);
        self.cluster_shards().is_some() && self.work().is_none() && all_work
    }

    /// Begins to move slots. Returns how many are to be moved.
    pub(crate) fn begin_resharding(&mut self, shard: u16, joins: bool) -> u16 {
        let Some(shards) = self.cluster_shards() else {
            unreachable!("only clusters are resharded");
        };
        let others = self.shards_in_use();
        let others: Vec<u16> = others.into_iter().filter(|of| *of != shard).collect();
        let before = self.resharded.take().unwrap_or_else(|| {
            let owners = SlotMap::even(shards);
            Rc::new(Resharded {
                known: owners.clone(),
                owners,
                shards,
                left: BTreeSet::new(),
                work: None,
            })
        });
        let mut resharded = Rc::unwrap_or_clone(before);
        let moves = match joins {
            true => plan_to_add(&resharded.owners, &others, shard),
            false => plan_to_remove(&resharded.owners, &others, shard),
        };
        if joins {
            resharded.left.remove(&shard);
            resharded.shards = resharded.shards.max(shard + 1);
            for node in self.deployment.members(shard) {
                self.cut.remove(&node);
                self.stopped.remove(&node);
            }
            if self.deployment.replication().is_some() {
                let fresh = Shard::new(self.deployment.first_of(shard));
                let place = usize::from(shard);
                match self.shards.get_mut(place) {
                    Some(known) => *known = fresh,
                    None => self.shards.push(fresh),
                }
            }
        }
        let count = moves.iter().map(Move::count).sum();
        resharded.work = Some(Work {
            shard,
            joins,
            moves,
            moved: 0,
            next: Next::End,
        });
        self.resharded = Some(Rc::new(resharded));
        count
    }

    /// The next slots get their new owners. Returns which those are.
    pub(crate) fn give(&mut self, mut count: u16) -> Vec<Move> {
        let mut given = Vec::new();
        let work = self.work_mut();
        while let (Some(of), true) = (work.moves.front_mut(), count > 0) {
            let part = Move {
                last: of.last.min(of.first + (count - 1)),
                ..*of
            };
            count -= part.count();
            work.moved += part.count();
            match part.last == of.last {
                true => drop(work.moves.pop_front()),
                false => of.first = part.last + 1,
            }
            given.push(part);
        }
        let owners = &mut self.resharded_mut().owners;
        for of in &given {
            owners.give(of.first..=of.last, of.to);
        }
        given
    }

    /// Whether a shard has ever been added or removed.
    pub(crate) fn is_resharded(&self) -> bool {
        self.resharded.is_some()
    }

    /// Whether the client can ask a node that `ASK` names.
    pub(crate) fn follows_ask(&self) -> bool {
        let cluster = self.deployment.cluster();
        cluster.is_some_and(|of| of.client != Client::Plain)
    }

    /// The work is over, or is given up. A shard that has given all its slots away leaves. Returns what was done, and
    /// whether it leaves.
    pub(crate) fn end_resharding(&mut self, is_given_up: bool) -> Option<(Work, bool)> {
        let resharded = self.resharded_mut();
        let work = resharded.work.take()?;
        let leaves = !work.joins && !is_given_up;
        if leaves {
            resharded.left.insert(work.shard);
            for node in self.deployment.members(work.shard) {
                self.cut.remove(&node);
                self.replace(node);
            }
        }
        Some((work, leaves))
    }
}
