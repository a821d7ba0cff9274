//! What an observer knows of slots and of shards that join or leave, and whether what is said of them holds.

use super::facts::Point;
use super::state::{Copy, Lane, source};
use cache::units::{Key, Micros};
use sim::deployment::slots;
use sim::{
    ByHand, Client, Deployment, Event, EventKind, Fault, NodeId, ReshardStep, Resharding, Verb,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use timeline::{NodeName, ReshardFact};

/// A resharding under way, as it is heard.
#[derive(Clone, Debug)]
pub struct Moving {
    pub shard: u16,
    pub joins: bool,
    /// The slots that are still to be moved, one by one, and where they go.
    pub plan: VecDeque<(u16, u16)>,
    pub moved: u16,
    /// Whether the first slot of the plan is being moved key by key.
    pub open: bool,
    /// Until when writes to the slots of the first job wait.
    pub paused_until: Option<Micros>,
}

/// What is known of slots.
#[derive(Clone, Default, Debug)]
pub struct Shards {
    /// The owner of each slot.
    pub owners: Vec<u16>,
    /// The owners by the client's map.
    pub known: Vec<u16>,
    pub in_use: BTreeSet<u16>,
    pub moving: Option<Moving>,
}

impl Shards {
    pub fn start(deployment: Deployment) -> Self {
        let Deployment::Cluster(cluster) = deployment else {
            return Shards::default();
        };
        let owner = |slot| slots::shard_of(slot, cluster.shards);
        let owners: Vec<u16> = (0..slots::SLOTS).map(owner).collect();
        Shards {
            known: owners.clone(),
            owners,
            in_use: (0..cluster.shards).collect(),
            moving: None,
        }
    }

    fn slots_of(&self, shard: u16) -> Vec<u16> {
        let all = (0..).zip(&self.owners);
        all.filter(|(_, owner)| **owner == shard)
            .map(|(slot, _)| slot)
            .collect()
    }

    /// Which slots go where, in order: everybody has an even share after it.
    fn plan(&self, shard: u16, joins: bool) -> VecDeque<(u16, u16)> {
        let others = self.in_use.iter().copied().filter(|other| *other != shard);
        let others: Vec<u16> = others.collect();
        let mut plan = VecDeque::new();
        if joins {
            let share = usize::from(slots::SLOTS) / (others.len() + 1);
            for &other in &others {
                let own = self.slots_of(other);
                let beyond = own.len().saturating_sub(share);
                plan.extend(own.into_iter().take(beyond).map(|slot| (slot, shard)));
            }
            return plan;
        }
        let mut own: VecDeque<u16> = self.slots_of(shard).into();
        let all = usize::from(slots::SLOTS);
        for (place, &other) in others.iter().enumerate() {
            let share = all / others.len() + usize::from(place < all % others.len());
            let mut lacks = share.saturating_sub(self.slots_of(other).len());
            if place + 1 == others.len() {
                lacks = own.len();
            }
            for _ in 0..lacks.min(own.len()) {
                plan.extend(own.pop_front().map(|slot| (slot, other)));
            }
        }
        plan
    }
}

impl Lane {
    pub fn slot(&self, key: Key) -> u16 {
        slots::slot_of(self.names[&key].as_bytes())
    }

    /// The primary of a shard.
    pub fn primary(&self, shard: u16) -> NodeId {
        let with_replicas = self.primaries.get(usize::from(shard));
        with_replicas.copied().unwrap_or(NodeId(shard))
    }

    /// The primary of the shard that owns a key's slot.
    pub fn owner(&self, key: Key) -> NodeId {
        self.primary(self.shards.owners[usize::from(self.slot(key))])
    }

    /// The slot that is being moved key by key, and the nodes that it leaves and goes to.
    pub fn open(&self) -> Option<(u16, NodeId, NodeId)> {
        let moving = self.shards.moving.as_ref().filter(|moving| moving.open)?;
        let &(slot, to) = moving.plan.front()?;
        let from = self.shards.owners[usize::from(slot)];
        Some((slot, self.primary(from), self.primary(to)))
    }

    /// The first slots of the plan that go from one shard to another, and the nodes.
    fn job(&self) -> Option<(Vec<u16>, NodeId, NodeId)> {
        let plan = &self.shards.moving.as_ref()?.plan;
        let ends = |(slot, to): &(u16, u16)| (self.shards.owners[usize::from(*slot)], *to);
        let first = ends(plan.front()?);
        let same = plan.iter().take_while(|of| ends(of) == first);
        let job = same.map(|(slot, _)| *slot).collect();
        Some((job, self.primary(first.0), self.primary(first.1)))
    }

    /// Whether so many slots of the plan have no key and the next one has. A key that comes by hand counts from when
    /// it comes, which is not known here.
    fn is_next_with_keys(&self, count: usize) -> bool {
        let Some(Moving { plan, .. }) = &self.shards.moving else {
            return false;
        };
        let keyed = |(slot, _): &(u16, u16), from: u32| {
            let mut keys = self.names.keys();
            keys.any(|&key| key.0 < from && self.slot(key) == *slot)
        };
        let mut before = plan.iter().take(count);
        !before.any(|of| keyed(of, self.workload_keys))
            && plan.get(count).is_some_and(|of| keyed(of, u32::MAX))
    }

    /// Where a slot is in the plan.
    fn place_in_plan(&self, slot: u16) -> Option<usize> {
        let plan = &self.shards.moving.as_ref()?.plan;
        plan.iter().position(|(of, _)| *of == slot)
    }

    /// The next slots of the plan get their owners, with the writes that are queued of them.
    fn hand_over(&mut self, count: usize) {
        let Some(moving) = &mut self.shards.moving else {
            return;
        };
        let given: BTreeMap<u16, u16> = moving.plan.drain(..count).collect();
        moving.moved += count as u16;
        moving.open = false;
        moving.paused_until = None;
        for (&slot, &to) in &given {
            self.shards.owners[usize::from(slot)] = to;
        }
        let queued: Vec<Key> = self.queued_at.keys().copied().collect();
        for key in queued {
            if let Some(&to) = given.get(&self.slot(key)) {
                let at = self.primary(to);
                self.queued_at.insert(key, at);
            }
        }
    }

    /// Whether a shard can join, or that of a node can leave.
    pub fn can_reshard(&self, fault: Fault, node: NodeId) -> bool {
        let mut shards = self.shards.in_use.iter();
        let works = shards.all(|&shard| !self.stopped.contains(&self.primary(shard)));
        let shard = self.shard_of(node) as u16;
        let one_of_several = self.shards.in_use.contains(&shard) && self.shards.in_use.len() > 1;
        let is_cluster = !self.shards.owners.is_empty();
        let joins = fault == Fault::AddShard;
        // A shard's log stays with its shard.
        let moves = is_cluster && !self.is_durable() && self.shards.moving.is_none();
        moves && works && (joins || one_of_several)
    }

    /// A shard joins or is to leave.
    pub fn change_shards(&mut self, fault: Fault, node: NodeId) {
        let (shard, joins) = (self.shard_of(node) as u16, fault == Fault::AddShard);
        let plan = self.shards.plan(shard, joins);
        self.shards.moving = Some(Moving {
            shard,
            joins,
            plan,
            moved: 0,
            open: false,
            paused_until: None,
        });
        if !joins {
            return;
        }
        let replicas = self.deployment.replication().map_or(0, |of| of.replicas);
        let first = shard * (1 + replicas);
        for node in (first..=first + replicas).map(NodeId) {
            self.in_use.push(node);
        }
        self.in_use.sort_unstable();
        self.shards.in_use.insert(shard);
        if !self.primaries.is_empty() {
            let (place, node) = (usize::from(shard), NodeId(first));
            for of in [&mut self.primaries, &mut self.named] {
                match of.get_mut(place) {
                    Some(primary) => *primary = node,
                    None => of.push(node),
                }
            }
        }
    }

    pub fn reshard(&mut self, event: &Event, step: ReshardStep) {
        let (at, key, here) = (event.at, event.key, event.node);
        match step {
            ReshardStep::Begins { .. }
            | ReshardStep::Snapshot { .. }
            | ReshardStep::WriteWaits { .. } => {}
            ReshardStep::SlotOpens { slot, .. } => {
                self.hand_over(self.place_in_plan(slot).unwrap_or(0));
                let moving = self.shards.moving.as_mut().expect("under way");
                moving.open = true;
            }
            ReshardStep::KeyMoves {
                from,
                value,
                expires_at,
                ..
            } => {
                let old = self.copies.remove(&(from, key));
                let copy = Copy {
                    version: value.version,
                    expires_at,
                    inserted_at: at,
                    used_at: at,
                    source: source(value),
                    spoiled: old.and_then(|copy| copy.spoiled),
                };
                self.copies.insert((here, key), copy);
                self.change(here, key, at);
                self.change(from, key, at);
            }
            ReshardStep::KeyDropped { .. } => {
                self.copies.remove(&(here, key));
                self.change(here, key, at);
            }
            ReshardStep::SlotMoved { .. } => self.hand_over(1),
            ReshardStep::Paused { span, .. } => {
                let moving = self.shards.moving.as_mut().expect("under way");
                moving.paused_until = Some(at.after(span));
            }
            ReshardStep::SlotsMoved { .. } => {
                let count = self.job().map_or(0, |job| job.0.len());
                self.hand_over(count);
            }
            ReshardStep::Ends { .. } => {
                let rest = self.shards.moving.as_ref().map_or(0, |of| of.plan.len());
                self.hand_over(rest);
                let over = self.shards.moving.take().expect("under way");
                if !over.joins {
                    self.shards.in_use.remove(&over.shard);
                    let left = |node: NodeId| self.shard_of(node) == usize::from(over.shard);
                    let left: Vec<NodeId> =
                        self.in_use.iter().copied().filter(|n| left(*n)).collect();
                    for node in left {
                        self.in_use.retain(|other| *other != node);
                        self.cut.remove(&node);
                        self.stopped.remove(&node);
                        self.stopped_at.remove(&node);
                        self.failed.remove(&node);
                        self.syncing.remove(&node);
                        self.behind.remove(&node);
                        self.copies.retain(|(at, _), _| *at != node);
                    }
                }
            }
            ReshardStep::GivesUp { .. } => self.give_up(),
            ReshardStep::MapFetched => self.shards.known = self.shards.owners.clone(),
        }
    }

    /// Whether a primary has stopped, restarted or failed over at this instant.
    fn is_gone(&self, node: NodeId) -> bool {
        self.gone.contains(&(node, self.now))
    }

    fn give_up(&mut self) {
        if let Some((slot, from, to)) = self.open() {
            let target_works = !self.is_gone(to);
            let loser = match target_works {
                true => from,
                false => to,
            };
            let winner = if target_works { to } else { from };
            if target_works {
                self.hand_over(1);
            }
            let queued: Vec<Key> = self.queued_at.keys().copied().collect();
            for key in queued {
                if self.slot(key) == slot {
                    self.queued_at.insert(key, winner);
                }
            }
            let of_loser = self.copies.keys().copied().filter(|(at, _)| *at == loser);
            let of_slot: Vec<(NodeId, Key)> =
                of_loser.filter(|of| self.slot(of.1) == slot).collect();
            for of in of_slot {
                self.copies.remove(&of);
                self.change(loser, of.1, self.now);
            }
        }
        self.shards.moving = None;
    }

    /// A node that takes over drops what its shard has given away.
    pub fn drop_strays(&mut self, node: NodeId) {
        if self.shards.owners.is_empty() {
            return;
        }
        let shard = self.shard_of(node) as u16;
        let mine = |key: Key| self.shards.owners[usize::from(self.slot(key))] == shard;
        let strays = self.copies.keys().copied();
        let strays: Vec<_> = strays.filter(|of| of.0 == node && !mine(of.1)).collect();
        for of in strays {
            self.copies.remove(&of);
        }
    }

    /// Whether every slot has an owner that the others do not take for failed.
    fn is_covered(&self) -> bool {
        let owners: BTreeSet<u16> = self.shards.owners.iter().copied().collect();
        owners
            .into_iter()
            .all(|shard| !self.failed.contains(&self.primary(shard)))
    }
}

/// Whether a fact is true at a point.
pub fn holds(fact: &ReshardFact, of: &Point) -> bool {
    let (before, at, here) = (of.before, of.at(), of.event.node);
    let cluster = match of.setup.cache.deployment {
        Deployment::Cluster(cluster) => cluster,
        _ => return false,
    };
    let is_here = |node: &NodeName| of.is_node(node, here);
    let shard_here = before.shard_of(here) as u16;
    let moving = before.shards.moving.as_ref();
    let moved = moving.map_or(0, |moving| moving.moved);
    let planned = moving.map_or(0, |moving| moving.plan.len() as u16);
    let slot_count = |shard: u16| before.shards.slots_of(shard).len() as u16;
    let was_given = |faults: &[Fault]| {
        let mut scheduled = of.scenario.input.faults.iter();
        let mut by_hand = of.scenario.input.commands.iter();
        scheduled.any(|of| of.at_us == at.0 && faults.contains(&of.fault))
            || by_hand.any(|given| match &given.command {
                ByHand::Fault(of) => faults.contains(&of.fault),
                _ => false,
            })
    };
    // The nodes of a job are those that it was announced with.
    let is_job = |from: &NodeName, to: &NodeName, count: u16| {
        before.job().is_some_and(|(slots, source, target)| {
            of.is_node(from, source) && of.is_node(to, target) && slots.len() == usize::from(count)
        })
    };
    let later = |is: &dyn Fn(&ReshardStep) -> bool| {
        of.later.iter().find(|event| match &event.kind {
            EventKind::Reshard { step } => is(step),
            _ => false,
        })
    };
    match fact {
        ReshardFact::KeyInSlot(key, slot) => of.is_key(key) && *slot == of.slot(),
        ReshardFact::Joins(shard) => {
            let new = NodeId((shard - 1) * (1 + cluster.replication.replicas));
            !before.in_use.contains(&new) && moving.is_none() && was_given(&[Fault::AddShard])
        }
        ReshardFact::NoSlotYet => {
            let new = later(&|step| matches!(step, ReshardStep::Begins { .. }));
            new.is_some_and(|event| slot_count(before.shard_of(event.node) as u16) == 0)
        }
        ReshardFact::IsToLeave(shard) => {
            before.shards.in_use.contains(&(shard - 1))
                && moving.is_none()
                && was_given(&[Fault::RemoveShard])
        }
        ReshardFact::SlotsGoFirst => before.shards.in_use.len() > 1,
        ReshardFact::ToMoveTo(count, shard) => {
            planned == *count
                && moving.is_some_and(|of| of.joins && of.plan.iter().all(|to| to.1 + 1 == *shard))
        }
        ReshardFact::ToMoveFrom(count, shard) => {
            planned == *count
                && slot_count(shard - 1) == *count
                && moving.is_some_and(|of| !of.joins)
        }
        ReshardFact::Way(way) => {
            let until = of.later.iter().take_while(|event| {
                let step = match event.kind {
                    EventKind::Reshard { step } => step,
                    _ => return true,
                };
                !matches!(step, ReshardStep::Ends { .. } | ReshardStep::GivesUp { .. })
            });
            let mut until = until.map(|event| event.kind);
            *way == cluster.resharding
                && match way {
                    Resharding::Legacy => !until.any(|kind| {
                        matches!(
                            kind,
                            EventKind::Reshard {
                                step: ReshardStep::Snapshot { .. }
                            }
                        )
                    }),
                    Resharding::Atomic => !until.any(|kind| matches!(kind, EventKind::Ask { .. })),
                }
        }
        ReshardFact::SlotOpens(slot, from, to) => {
            let place = before.place_in_plan(*slot);
            place.is_some_and(|place| {
                let (_, target) = moving.expect("it has a plan").plan[place];
                let source = before.primary(before.shards.owners[usize::from(*slot)]);
                before.is_next_with_keys(place)
                    && of.is_node(from, source)
                    && of.is_node(to, before.primary(target))
            }) && is_here(from)
        }
        ReshardFact::EmptyBefore(count) => before.is_next_with_keys((*count).into()),
        ReshardFact::AbsentIsAsked => cluster.resharding == Resharding::Legacy,
        ReshardFact::KeyMoves(key, version, from, to) => {
            let from_node = NodeId(from.number - 1);
            let copy = before.copies.get(&(from_node, of.event.key));
            of.is_key(key)
                && is_here(to)
                && of.is_node(from, from_node)
                && copy.is_some_and(|copy| copy.version == *version && copy.is_live(at))
                && of.is_left(|entry| entry.is_some_and(|entry| entry.value.version == *version))
        }
        ReshardFact::SlotIsMoving(slot) => {
            *slot == of.slot()
                && moving.is_some_and(|moving| moving.plan.iter().any(|to| to.0 == *slot))
        }
        ReshardFact::SlotHasMoved(slot) => *slot == of.slot() && before.owner(of.event.key) == here,
        ReshardFact::KeyDropped(key, version) => {
            let copy = before.copies.get(&(here, of.event.key));
            of.is_key(key) && copy.is_some_and(|copy| copy.version == *version)
        }
        ReshardFact::HadExpired(ago) => {
            let copy = before.copies.get(&(here, of.event.key));
            let ended = copy.and_then(|copy| copy.expires_at);
            ended.is_some_and(|end| end < at && end.after(*ago) == at)
        }
        ReshardFact::NoRoom => {
            let copy = before.copies.get(&(here, of.event.key));
            copy.is_some_and(|copy| copy.is_live(at))
        }
        ReshardFact::SlotMoved(slot, to) => before.open().is_some_and(|(open, from, target)| {
            let mut left = before.copies.keys();
            open == *slot
                && of.is_node(to, target)
                && from == here
                && !left.any(|(node, key)| *node == from && before.slot(*key) == open)
        }),
        ReshardFact::SendsClientsOn(from, _) => is_here(from),
        ReshardFact::Snapshot(from, to, count) => is_job(from, to, *count) && is_here(from),
        ReshardFact::SnapshotHolds(count) => before.job().is_some_and(|(slots, from, _)| {
            let copies = before.copies.keys().filter(|(node, _)| *node == from);
            let of_job = copies.filter(|(_, key)| slots.contains(&before.slot(*key)));
            of_job.count() == *count as usize
        }),
        ReshardFact::ChangesFollow => cluster.resharding == Resharding::Atomic,
        ReshardFact::Pauses(from, count) => {
            let job = before.job();
            is_here(from)
                && job.is_some_and(|(slots, source, _)| {
                    source == here && slots.len() == usize::from(*count)
                })
        }
        ReshardFact::LastChanges(to, span) => {
            let next = later(&|step| {
                matches!(
                    step,
                    ReshardStep::SlotsMoved { .. } | ReshardStep::GivesUp { .. }
                )
            });
            before
                .job()
                .is_some_and(|(.., target)| of.is_node(to, target))
                && next.is_none_or(|event| match event.kind {
                    EventKind::Reshard {
                        step: ReshardStep::SlotsMoved { .. },
                    } => event.at == at.after(*span),
                    _ => event.at <= at.after(*span),
                })
        }
        ReshardFact::HoldsBack(node, verb, key) => {
            of.is_key(key)
                && is_here(node)
                && of.story().sent.last().map(|sent| sent.0) == Some(*verb)
                && matches!(verb, Verb::Set | Verb::Delete)
        }
        ReshardFact::PausedFor(slot, span) => {
            let until = moving.and_then(|moving| moving.paused_until);
            *slot == of.slot()
                && until == Some(at.after(*span))
                && before.job().is_some_and(|(slots, ..)| slots.contains(slot))
        }
        ReshardFact::SlotsMoved(count, to) => before.job().is_some_and(|(slots, from, target)| {
            slots.len() == usize::from(*count) && of.is_node(to, target) && from == here
        }),
        ReshardFact::HasItsShare(shard) => {
            shard_here + 1 == *shard
                && moving.is_some_and(|of| of.joins && of.plan.iter().all(|to| to.1 == shard_here))
        }
        ReshardFact::HasLeft(shard) => {
            shard_here + 1 == *shard
                && slot_count(shard_here) == planned
                && moving.is_some_and(|of| !of.joins)
        }
        ReshardFact::Moved(count) => moved + planned == *count,
        ReshardFact::GivesUp(count) => {
            let handed = before.open().is_some_and(|(.., to)| !before.is_gone(to));
            moved + u16::from(handed) == *count
        }
        ReshardFact::BecauseOf(node) => {
            before.is_gone(NodeId(node.number - 1))
                && was_given(&[
                    Fault::StopCacheNode,
                    Fault::RestartCache,
                    Fault::FailOverCache,
                ])
        }
        ReshardFact::NoRoomFor(node, key) => {
            let target = before.open().map(|open| open.2);
            let target = target.or_else(|| before.job().map(|job| job.2));
            let mut names = before.names.values();
            target.is_some_and(|target| of.is_node(node, target)) && names.any(|name| name == key)
        }
        ReshardFact::MapFetched => {
            of.client() == Some(Client::ClusterAware) && before.shards.known != before.shards.owners
        }
        ReshardFact::NoAnswerFrom(node) => is_here(node),
        ReshardFact::AnswersAsk(node, slot) => {
            is_here(node)
                && *slot == of.slot()
                && before
                    .open()
                    .is_some_and(|open| (open.0, open.1) == (*slot, here))
        }
        ReshardFact::AbsentAndMoving(key, to) => {
            let copy = before.copies.get(&(here, of.event.key));
            of.is_key(key)
                && !copy.is_some_and(|copy| copy.is_live(at))
                && before.open().is_some_and(|open| of.is_node(to, open.2))
        }
        ReshardFact::AsksOnce => of.client() != Some(Client::Plain),
        ReshardFact::DoesNotAsk => of.client() == Some(Client::Plain),
        ReshardFact::ClusterDown => cluster.full_coverage && !before.is_covered(),
        ReshardFact::NotCovered(node) => {
            let since = before.stopped_at.get(&here);
            is_here(node)
                && before.primary(shard_here) == here
                && slot_count(shard_here) > 0
                && since.is_some_and(|at| at.after(cluster.replication.node_timeout) <= of.at())
        }
        ReshardFact::ClusterUp => cluster.full_coverage,
        ReshardFact::AllCovered => before.is_covered(),
    }
}
