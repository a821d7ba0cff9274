//! What happens when a shard is added or removed: the facts, their words, and which of them an event tells.

use super::duration::duration;
use super::{Fact, NodeName, grouped, node};
use cache::units::{Micros, Version};
use scenario::Scenario;
use sim::{
    ByHand, Client, Fault, GivenUp, LaneSetup, NodeId, ReshardStep, Resharding, ScheduledFault,
    Verb,
};
use std::fmt::{Display, Formatter, Result};
use std::rc::Rc;

/// A clause about shards that join or leave, with its values. Shards are counted from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReshardFact {
    /// A key's slot, where a client's map may be out of date.
    KeyInSlot(Rc<str>, u16),
    /// A shard joins.
    Joins(u16),
    /// It has no slot yet.
    NoSlotYet,
    /// A shard is to leave.
    IsToLeave(u16),
    /// Its slots go to the others before.
    SlotsGoFirst,
    /// This many slots are to move to a shard.
    ToMoveTo(u16, u16),
    /// This many slots are to move away from a shard.
    ToMoveFrom(u16, u16),
    /// How slots move.
    Way(Resharding),
    /// Keys of a slot begin to move from one node to another.
    SlotOpens(u16, NodeName, NodeName),
    /// This many slots without keys have moved before it.
    EmptyBefore(u16),
    /// What a node that lacks a key of such a slot answers.
    AbsentIsAsked,
    /// The copy of a key moves from one node to another.
    KeyMoves(Rc<str>, Version, NodeName, NodeName),
    /// Its slot is moving.
    SlotIsMoving(u16),
    /// Its slot has moved.
    SlotHasMoved(u16),
    /// The copy of a key is dropped.
    KeyDropped(Rc<str>, Version),
    /// Its TTL ran out this long ago, and what has expired does not move.
    HadExpired(Micros),
    /// The node that it was to go to has no room for it.
    NoRoom,
    /// A slot has a new owner.
    SlotMoved(u16, NodeName),
    /// This node sends clients on from now on.
    SendsClientsOn(NodeName, Slots),
    /// A node sends another one a snapshot of this many slots.
    Snapshot(NodeName, NodeName, u16),
    /// It holds this many copies.
    SnapshotHolds(u32),
    /// Changes follow.
    ChangesFollow,
    /// A node holds writes to this many slots back.
    Pauses(NodeName, u16),
    /// So that this node gets the last changes, for this long.
    LastChanges(NodeName, Micros),
    /// A command has to wait at a node.
    HoldsBack(NodeName, Verb, Rc<str>),
    /// Writes to its slot are paused for this much longer.
    PausedFor(u16, Micros),
    /// This many slots have a new owner, all at once.
    SlotsMoved(u16, NodeName),
    /// A shard that joined has its slots.
    HasItsShare(u16),
    /// A shard has left.
    HasLeft(u16),
    /// This many slots have moved.
    Moved(u16),
    /// The resharding stops after this many slots.
    GivesUp(u16),
    /// Because this node has stopped, restarted or failed over.
    BecauseOf(NodeName),
    /// Because this node has no room for a key.
    NoRoomFor(NodeName, Rc<str>),
    /// The client loads the slot map again.
    MapFetched,
    /// This node has not answered.
    NoAnswerFrom(NodeName),
    /// A node answers that another one is to be asked about a slot.
    AnswersAsk(NodeName, u16),
    /// It has no copy of a key whose slot is moving to this node.
    AbsentAndMoving(Rc<str>, NodeName),
    /// The client asks there once.
    AsksOnce,
    /// The client takes it for an error.
    DoesNotAsk,
    /// The cluster serves nothing.
    ClusterDown,
    /// This node's slots are not served, and all have to be.
    NotCovered(NodeName),
    /// The cluster serves again.
    ClusterUp,
    /// Every slot is served.
    AllCovered,
}

/// Whether it is about one slot or several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Slots {
    /// One.
    One,
    /// Several.
    Many,
}

impl Display for ReshardFact {
    fn fmt(&self, f: &mut Formatter) -> Result {
        match self {
            ReshardFact::KeyInSlot(key, slot) => write!(f, "{key} is in slot {slot}"),
            ReshardFact::Joins(shard) => write!(f, "Shard {shard} joins the cluster"),
            ReshardFact::NoSlotYet => f.write_str("it is empty and owns no slot yet"),
            ReshardFact::IsToLeave(shard) => write!(f, "Shard {shard} is to leave the cluster"),
            ReshardFact::SlotsGoFirst => f.write_str("its slots move to the other shards first"),
            ReshardFact::ToMoveTo(count, shard) => {
                write!(f, "{} are to move to shard {shard}", slots(*count))
            }
            ReshardFact::ToMoveFrom(count, shard) => {
                write!(f, "{} are to leave shard {shard}", slots(*count))
            }
            ReshardFact::Way(Resharding::Legacy) => {
                f.write_str("one slot after another, ten keys at a time")
            }
            ReshardFact::Way(Resharding::Atomic) => {
                f.write_str("all that go from one shard to another move at once")
            }
            ReshardFact::SlotOpens(slot, from, to) => {
                let from = from.capital();
                write!(f, "{from} begins to move slot {slot} to {to}")
            }
            ReshardFact::EmptyBefore(1) => f.write_str("1 slot without keys has moved before it"),
            ReshardFact::EmptyBefore(count) => {
                let count = grouped((*count).into());
                write!(f, "{count} slots without keys have moved before it")
            }
            ReshardFact::AbsentIsAsked => {
                f.write_str("until it has moved, a key that is not here is answered with ASK")
            }
            ReshardFact::KeyMoves(key, version, from, to) => {
                write!(f, "{key} v{} moves from {from} to {to}", version.0)
            }
            ReshardFact::SlotIsMoving(slot) => write!(f, "its slot {slot} is being moved"),
            ReshardFact::SlotHasMoved(slot) => write!(f, "its slot {slot} has a new owner"),
            ReshardFact::KeyDropped(key, version) => {
                write!(f, "{key} v{} is dropped, not moved", version.0)
            }
            ReshardFact::HadExpired(ago) => write!(f, "its TTL ran out {} ago", duration(*ago)),
            ReshardFact::NoRoom => f.write_str("the other node has no room for it"),
            ReshardFact::SlotMoved(slot, to) => {
                write!(f, "{} now owns slot {slot}", to.capital())
            }
            ReshardFact::SendsClientsOn(from, Slots::One) => {
                write!(f, "{from} answers MOVED for it from now on")
            }
            ReshardFact::SendsClientsOn(from, Slots::Many) => {
                write!(f, "{from} answers MOVED for them from now on")
            }
            ReshardFact::Snapshot(from, to, count) => {
                let from = from.capital();
                write!(f, "{from} sends {to} a snapshot of {}", slots(*count))
            }
            ReshardFact::SnapshotHolds(1) => f.write_str("it holds 1 entry"),
            ReshardFact::SnapshotHolds(count) => {
                write!(f, "it holds {} entries", grouped((*count).into()))
            }
            ReshardFact::ChangesFollow => {
                f.write_str("changes follow it, and clients notice nothing yet")
            }
            ReshardFact::Pauses(from, count) => {
                let from = from.capital();
                write!(f, "{from} holds back writes to {}", slots(*count))
            }
            ReshardFact::LastChanges(to, span) => {
                write!(f, "{to} gets the last changes within {}", duration(*span))
            }
            ReshardFact::HoldsBack(node, verb, key) => {
                write!(f, "{} holds back {} {key}", node.capital(), verb.name())
            }
            ReshardFact::PausedFor(slot, span) => write!(
                f,
                "writes to slot {slot} wait {} for its new owner",
                duration(*span)
            ),
            ReshardFact::SlotsMoved(count, to) => {
                let to = to.capital();
                write!(f, "{to} now owns {} more, all at once", slots(*count))
            }
            ReshardFact::HasItsShare(shard) => {
                write!(f, "Shard {shard} has its share of the slots")
            }
            ReshardFact::HasLeft(shard) => write!(f, "Shard {shard} has left the cluster"),
            ReshardFact::Moved(count) => write!(f, "{} have moved", slots(*count)),
            ReshardFact::GivesUp(count) => {
                write!(f, "The resharding stops after {}", slots(*count))
            }
            ReshardFact::BecauseOf(node) => {
                write!(f, "{node} has stopped, restarted or failed over")
            }
            ReshardFact::NoRoomFor(node, key) => {
                write!(f, "{node} is full and has no room for {key}")
            }
            ReshardFact::MapFetched => f.write_str("The client fetches the slot map again"),
            ReshardFact::NoAnswerFrom(node) => write!(f, "{node} has not answered"),
            ReshardFact::AnswersAsk(node, slot) => {
                write!(f, "{} answers ASK {slot}", node.capital())
            }
            ReshardFact::AbsentAndMoving(key, to) => {
                write!(f, "it does not have {key}, whose slot is moving to {to}")
            }
            ReshardFact::AsksOnce => {
                f.write_str("the client asks there this once and keeps its slot map")
            }
            ReshardFact::DoesNotAsk => f.write_str("this client takes it for an error"),
            ReshardFact::ClusterDown => f.write_str("The cluster is down"),
            ReshardFact::NotCovered(node) => write!(
                f,
                "the slots of {node} have no owner that works, and full coverage is required"
            ),
            ReshardFact::ClusterUp => f.write_str("The cluster is up again"),
            ReshardFact::AllCovered => f.write_str("every slot has an owner that works"),
        }
    }
}

fn slots(count: u16) -> String {
    match count {
        1 => "1 slot".to_owned(),
        count => format!("{} slots", grouped(count.into())),
    }
}

/// Whether shards are added to a lane's cluster or removed from it, so that a client's map may be out of date.
pub(super) fn reshards(scenario: &Scenario, lane: &LaneSetup) -> bool {
    let scheduled = |of: &ScheduledFault| of.fault.is_of_shards();
    let by_hand = scenario
        .interventions
        .iter()
        .any(|given| match &given.command {
            ByHand::Fault(of) => of.fault.is_of_shards(),
            ByHand::Console(_) | ByHand::Request(_) | ByHand::Expire(_) => false,
        });
    let cluster = lane.cache.deployment.cluster();
    cluster.is_some() && (by_hand || lane.faults.iter().any(scheduled))
}

/// A shard is added or removed.
pub(super) fn begun(lane: &LaneSetup, fault: Fault, node: NodeId) -> Vec<Fact> {
    let shard = lane.cache.deployment.shard_of(node) + 1;
    let facts = match fault {
        Fault::AddShard => [ReshardFact::Joins(shard), ReshardFact::NoSlotYet],
        _ => [ReshardFact::IsToLeave(shard), ReshardFact::SlotsGoFirst],
    };
    facts.map(Fact::Reshard).into()
}

/// A node answers `ASK`.
pub(super) fn asked(
    lane: &LaneSetup,
    key: Rc<str>,
    node: NodeId,
    slot: u16,
    to: NodeId,
) -> Vec<Fact> {
    let cluster = lane.cache.deployment.cluster();
    let plain = cluster.is_some_and(|of| of.client == Client::Plain);
    let facts = [
        ReshardFact::AnswersAsk(node::name(lane, node), slot),
        ReshardFact::AbsentAndMoving(key, node::name(lane, to)),
        match plain {
            true => ReshardFact::DoesNotAsk,
            false => ReshardFact::AsksOnce,
        },
    ];
    facts.map(Fact::Reshard).into()
}

/// A step of a resharding at a node, about a key if there is one.
pub(super) fn step(
    lane: &LaneSetup,
    key_of: impl Fn(cache::units::Key) -> Rc<str>,
    event: &sim::Event,
    step: ReshardStep,
) -> Vec<Fact> {
    let deployment = lane.cache.deployment;
    let cluster = deployment.cluster();
    let way = cluster.map_or(Resharding::Legacy, |of| of.resharding);
    let name = |node| node::name(lane, node);
    let here = name(event.node);
    let shard = deployment.shard_of(event.node) + 1;
    let key = key_of(event.key);
    let facts = match step {
        ReshardStep::Begins { joins, slots } => vec![
            match joins {
                true => ReshardFact::ToMoveTo(slots, shard),
                false => ReshardFact::ToMoveFrom(slots, shard),
            },
            ReshardFact::Way(way),
        ],
        ReshardStep::SlotOpens { slot, to, before } => {
            let mut facts = vec![ReshardFact::SlotOpens(slot, here, name(to))];
            if before > 0 {
                facts.push(ReshardFact::EmptyBefore(before));
            }
            facts.push(ReshardFact::AbsentIsAsked);
            facts
        }
        ReshardStep::KeyMoves {
            from, value, slot, ..
        } => vec![
            ReshardFact::KeyMoves(key, value.version, name(from), here),
            match way {
                Resharding::Legacy => ReshardFact::SlotIsMoving(slot),
                Resharding::Atomic => ReshardFact::SlotHasMoved(slot),
            },
        ],
        ReshardStep::KeyDropped {
            value, expired_at, ..
        } => vec![
            ReshardFact::KeyDropped(key, value.version),
            match expired_at {
                Some(end) => ReshardFact::HadExpired(event.at.since(end)),
                None => ReshardFact::NoRoom,
            },
        ],
        ReshardStep::SlotMoved { slot, to } => vec![
            ReshardFact::SlotMoved(slot, name(to)),
            ReshardFact::SendsClientsOn(here, Slots::One),
        ],
        ReshardStep::Snapshot { to, slots, keys } => vec![
            ReshardFact::Snapshot(here, name(to), slots),
            ReshardFact::SnapshotHolds(keys),
            ReshardFact::ChangesFollow,
        ],
        ReshardStep::Paused { to, slots, span } => vec![
            ReshardFact::Pauses(here, slots),
            ReshardFact::LastChanges(name(to), span),
        ],
        ReshardStep::WriteWaits { verb, slot, span } => vec![
            ReshardFact::HoldsBack(here, verb, key),
            ReshardFact::PausedFor(slot, span),
        ],
        ReshardStep::SlotsMoved { to, slots } => vec![
            ReshardFact::SlotsMoved(slots, name(to)),
            ReshardFact::SendsClientsOn(here, Slots::Many),
        ],
        ReshardStep::Ends { joins, slots } => vec![
            match joins {
                true => ReshardFact::HasItsShare(shard),
                false => ReshardFact::HasLeft(shard),
            },
            ReshardFact::Moved(slots),
        ],
        ReshardStep::GivesUp { why, slots, .. } => vec![
            ReshardFact::GivesUp(slots),
            match why {
                GivenUp::NodeChanged(node) => ReshardFact::BecauseOf(name(node)),
                GivenUp::NoRoom(node, key) => ReshardFact::NoRoomFor(name(node), key_of(key)),
            },
        ],
        ReshardStep::MapFetched => vec![ReshardFact::MapFetched, ReshardFact::NoAnswerFrom(here)],
    };
    facts.into_iter().map(Fact::Reshard).collect()
}

/// The cluster refuses everything, or serves again.
pub(super) fn coverage(lane: &LaneSetup, node: NodeId, is_up: bool) -> Vec<Fact> {
    let facts = match is_up {
        true => [ReshardFact::ClusterUp, ReshardFact::AllCovered],
        false => [
            ReshardFact::ClusterDown,
            ReshardFact::NotCovered(node::name(lane, node)),
        ],
    };
    facts.map(Fact::Reshard).into()
}
