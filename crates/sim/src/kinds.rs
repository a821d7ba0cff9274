//! What is told apart of events while a run is simulated: of which kinds they are, and how much each tells.

use super::event::{EventKind, Verb};

/// Some kinds of events, as far as anybody tells them apart: a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Kinds(u32);

impl Kinds {
    /// None at all.
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
    /// Any other.
    pub const OTHER: Kinds = Kinds(1 << 8);
    /// All of them.
    pub const ALL: Kinds = Kinds((1 << 9) - 1);

    /// The one that an event is of.
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
            EventKind::Fault { .. } => Kinds::FAULT,
            _ => Kinds::OTHER,
        }
    }

    /// These and others.
    pub const fn and(self, others: Kinds) -> Kinds {
        Kinds(self.0 | others.0)
    }

    /// Whether any of these is among others.
    pub const fn any_of(self, others: Kinds) -> bool {
        self.0 & others.0 != 0
    }
}

/// An event, as far as anybody tells it apart. Whoever records one knows its kind, and there this is a
/// constant.
#[derive(Clone, Copy)]
pub struct Sort {
    /// Of which kind it is.
    pub kind: Kinds,
    /// How much it tells compared with the others of its instant.
    pub telling: u8,
}

impl Sort {
    /// An event's.
    #[inline(always)]
    pub const fn of(kind: &EventKind) -> Sort {
        Sort {
            kind: Kinds::of(kind),
            telling: kind.telling(),
        }
    }
}

impl EventKind {
    /// How much an event tells compared with the others of its instant: a stale read says that it was a
    /// hit, an expiry that it led to a miss, a request that it sends its first message.
    #[inline]
    pub const fn telling(&self) -> u8 {
        match self {
            EventKind::Violation { .. } => 4,
            EventKind::Stale { .. }
            | EventKind::Expire {
                verb: Some(Verb::Get),
                ..
            }
            | EventKind::Fault { .. }
            | EventKind::Console { .. } => 3,
            EventKind::Send { .. } | EventKind::Wait { .. } | EventKind::Hold => 1,
            _ => 2,
        }
    }
}
