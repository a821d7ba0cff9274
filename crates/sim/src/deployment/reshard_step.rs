//! The steps of a resharding, as events tell them.

use super::NodeId;
use crate::event::Verb;
use cache::Value;
use cache::units::{Key, Micros};

/// A step of a resharding. Its event's node is the one that slots and keys leave, unless it says otherwise.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ReshardStep {
    /// A shard joins or is to leave; the event's node is its primary.
    Begins {
        /// Whether it joins.
        joins: bool,
        /// How many slots are to be moved.
        slots: u16,
    },
    /// A slot is marked as leaving one node and arriving at another, so that its keys can move.
    SlotOpens {
        /// The slot.
        slot: u16,
        /// The node that it goes to.
        to: NodeId,
        /// How many slots without keys have been moved before it.
        before: u16,
    },
    /// The copy of the event's key moves. The event's node is the one that it goes to.
    KeyMoves {
        /// The node that it leaves.
        from: NodeId,
        /// The copy.
        value: Value,
        /// When it expires.
        expires_at: Option<Micros>,
        /// Its slot.
        slot: u16,
    },
    /// The copy of the event's key is dropped instead.
    KeyDropped {
        /// The copy.
        value: Value,
        /// When it expired; `None` if it is dropped because the node that it was to go to has no room for it.
        expired_at: Option<Micros>,
        /// The size of its key and value, in bytes.
        size_bytes: u32,
    },
    /// A slot whose keys have moved has a new owner.
    SlotMoved {
        /// The slot.
        slot: u16,
        /// The new owner.
        to: NodeId,
    },
    /// A node sends another one a snapshot of slots.
    Snapshot {
        /// The node that it goes to.
        to: NodeId,
        /// How many slots.
        slots: u16,
        /// How many copies.
        keys: u32,
    },
    /// The snapshot and the changes since then have arrived: writes to the slots wait for the new owner.
    Paused {
        /// The node that the slots go to.
        to: NodeId,
        /// How many slots.
        slots: u16,
        /// For how long.
        span: Micros,
    },
    /// A command has to wait, because writes to its slot are paused.
    WriteWaits {
        /// The command.
        verb: Verb,
        /// The slot.
        slot: u16,
        /// For how long.
        span: Micros,
    },
    /// Slots that were sent at once have a new owner.
    SlotsMoved {
        /// The new owner.
        to: NodeId,
        /// How many slots.
        slots: u16,
    },
    /// All slots have been moved. The event's node is the primary of the shard that joined or has left.
    Ends {
        /// Whether it joined.
        joins: bool,
        /// How many slots were moved.
        slots: u16,
    },
    /// The resharding is given up. The event's node is the primary of the shard that joined or was to leave.
    GivesUp {
        /// Why.
        why: GivenUp,
        /// How many slots were moved.
        slots: u16,
        /// How many entries all primaries hold after it.
        entries: u32,
        /// The size of their keys and values, in bytes.
        stored_bytes: u64,
    },
    /// The client loads the slot map again, because a node that it asked has left.
    MapFetched,
}

impl ReshardStep {
    /// Whether it tells how far the whole has got, rather than what becomes of one slot, key or command.
    pub const fn is_stage(self) -> bool {
        matches!(
            self,
            ReshardStep::Begins { .. }
                | ReshardStep::Snapshot { .. }
                | ReshardStep::Paused { .. }
                | ReshardStep::SlotsMoved { .. }
                | ReshardStep::Ends { .. }
                | ReshardStep::GivesUp { .. }
        )
    }

    /// Whether it is about the event's key.
    pub const fn is_of_key(self) -> bool {
        matches!(
            self,
            ReshardStep::KeyMoves { .. }
                | ReshardStep::KeyDropped { .. }
                | ReshardStep::WriteWaits { .. }
        )
    }
}

/// Why a resharding is given up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum GivenUp {
    /// This node has stopped, restarted or failed over.
    NodeChanged(NodeId),
    /// This node is full, and its policy may evict nothing, so that this key finds no room there.
    NoRoom(NodeId, Key),
}
