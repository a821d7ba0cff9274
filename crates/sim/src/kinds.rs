//! The kinds of events that a run can search for and filter by, and which event of an instant is the
//! one to tell of.

use super::event::{EventKind, Verb};

/// A set of kinds of events, one bit a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kinds(u32);

impl Kinds {
    /// The empty set.
    pub const NONE: Kinds = Kinds(0);
    /// [`EventKind::Request`].
    pub const REQUEST: Kinds = Kinds(1 << 0);
    /// [`EventKind::Miss`].
    pub const MISS: Kinds = Kinds(1 << 1);
    /// [`EventKind::Evict`].
    pub const EVICTION: Kinds = Kinds(1 << 2);
    /// [`EventKind::Expire`].
    pub const EXPIRATION: Kinds = Kinds(1 << 3);
    /// [`EventKind::Stale`].
    pub const STALE: Kinds = Kinds(1 << 4);
    /// [`EventKind::Fail`] and [`EventKind::Violation`].
    pub const ERROR: Kinds = Kinds(1 << 5);
    /// [`EventKind::Reply`].
    pub const REPLY: Kinds = Kinds(1 << 6);
    /// [`EventKind::Fault`].
    pub const FAULT: Kinds = Kinds(1 << 7);
    /// Every kind that has no bit of its own.
    pub const OTHER: Kinds = Kinds(1 << 8);
    /// The answers of the baseline, which are no events of a lane.
    pub const BASELINE_REPLY: Kinds = Kinds(1 << 9);
    /// Every event of a lane.
    pub const ALL: Kinds = Kinds((1 << 9) - 1);

    /// The set that holds this event's kind only.
    #[inline]
    pub const fn of(kind: &EventKind) -> Kinds {
        match kind {
            EventKind::Request { .. } => Kinds::REQUEST,
            EventKind::Miss { .. } => Kinds::MISS,
            EventKind::Evict { .. } => Kinds::EVICTION,
            EventKind::Expire { .. } => Kinds::EXPIRATION,
            EventKind::Stale { .. } => Kinds::STALE,
            EventKind::Fail { .. } | EventKind::Violation { .. } => Kinds::ERROR,
            EventKind::Reply { .. } => Kinds::REPLY,
            EventKind::Fault { .. } | EventKind::Failover { .. } => Kinds::FAULT,
            EventKind::Reshard { step } if step.is_stage() => Kinds::FAULT,
            EventKind::Send { .. }
            | EventKind::Hit { .. }
            | EventKind::Fill { .. }
            | EventKind::Delete { .. }
            | EventKind::Query { .. }
            | EventKind::Queue { .. }
            | EventKind::Refuse { .. }
            | EventKind::Read { .. }
            | EventKind::Write { .. }
            | EventKind::Finish
            | EventKind::Hold
            | EventKind::Idle { .. }
            | EventKind::Wait { .. }
            | EventKind::Refresh { .. }
            | EventKind::Moved { .. }
            | EventKind::Ask { .. }
            | EventKind::Reshard { .. }
            | EventKind::Reject { .. }
            | EventKind::Enqueue { .. }
            | EventKind::Replicate { .. }
            | EventKind::Console { .. }
            | EventKind::Apply { .. }
            | EventKind::Logged { .. }
            | EventKind::Behind { .. }
            | EventKind::Throttle { .. }
            | EventKind::Grow { .. }
            | EventKind::EndTtl { .. } => Kinds::OTHER,
        }
    }

    /// The kinds in either set.
    pub const fn union(self, others: Kinds) -> Kinds {
        Kinds(self.0 | others.0)
    }

    /// Whether the sets have a kind in common.
    pub const fn intersects(self, others: Kinds) -> bool {
        self.0 & others.0 != 0
    }
}

impl EventKind {
    /// How much an event tells compared with the others of its instant: a stale read says that it was a
    /// hit, an expiry that it led to a miss, a request that it sends its first message.
    #[inline]
    pub const fn telling(&self) -> u8 {
        match self {
            // It says more than that the copy is stale: why it is, and for how long about.
            EventKind::Violation { .. } | EventKind::Behind { .. } => 4,
            EventKind::Stale { .. }
            | EventKind::Expire {
                verb: Some(Verb::Get),
                ..
            }
            | EventKind::Fault { .. }
            | EventKind::Failover { .. }
            | EventKind::Grow { .. }
            | EventKind::Console { .. }
            | EventKind::EndTtl { .. } => 3,
            EventKind::Reshard { step } if step.is_stage() => 3,
            EventKind::Send { .. } | EventKind::Wait { .. } | EventKind::Hold => 1,
            EventKind::Request { .. }
            | EventKind::Hit { .. }
            | EventKind::Miss { .. }
            | EventKind::Fill { .. }
            | EventKind::Evict { .. }
            | EventKind::Expire { .. }
            | EventKind::Delete { .. }
            | EventKind::Query { .. }
            | EventKind::Queue { .. }
            | EventKind::Refuse { .. }
            | EventKind::Read { .. }
            | EventKind::Write { .. }
            | EventKind::Reply { .. }
            | EventKind::Finish
            | EventKind::Idle { .. }
            | EventKind::Refresh { .. }
            | EventKind::Moved { .. }
            | EventKind::Ask { .. }
            | EventKind::Reshard { .. }
            | EventKind::Reject { .. }
            | EventKind::Enqueue { .. }
            | EventKind::Replicate { .. }
            | EventKind::Apply { .. }
            | EventKind::Logged { .. }
            | EventKind::Throttle { .. }
            | EventKind::Fail { .. } => 2,
        }
    }

    /// Whether playing at reading pace stops for it. Messages on their way, a query that gets a connection at
    /// once and work in the background only move past.
    pub const fn is_worth_reading(&self) -> bool {
        match self {
            EventKind::Query { waited, .. } => waited.0 > 0,
            EventKind::Read { .. }
            | EventKind::Finish
            | EventKind::Idle { .. }
            | EventKind::Replicate { .. }
            | EventKind::Apply { .. }
            | EventKind::Logged { .. } => false,
            other => other.telling() > 1 || matches!(other, EventKind::Wait { .. }),
        }
    }
}
