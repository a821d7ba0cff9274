//! A policy's inner order, as the stage draws it.

use super::slab::{Slab, Slot};
use crate::units::Key;

/// Everything a policy knows, at one moment.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Shape {
    /// Its queues, the one whose entries are kept longest first. The resident entries of all queues
    /// without [`ghosts`](QueueShape::ghosts) are all entries of the cache, each once.
    pub queues: Vec<QueueShape>,
    /// The entry at which the hand of CLOCK or SIEVE will look first.
    pub hand: Option<Key>,
    /// ARC's target `p` for its first list, in thousandths of an entry or byte.
    pub target_milli: Option<u64>,
    /// The keys that the last eviction sampled, in order.
    pub sample: Vec<Candidate>,
    /// The pool that Valkey's policies keep from one eviction to the next, the best candidate last.
    pub pool: Vec<Candidate>,
}

/// One of a policy's queues.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueueShape {
    /// Its name in the policy's paper.
    pub name: &'static str,
    /// How much it may hold (entries, or bytes where the capacity is in bytes), if it has a share of
    /// its own.
    pub limit: Option<u64>,
    /// Whether it holds keys only, of entries that are gone.
    pub ghosts: bool,
    /// From the one kept longest to the next out.
    pub members: Vec<Member>,
}

/// One place in a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    /// The key.
    pub key: Key,
    /// The policy's mark, such as a reference bit or a counter.
    pub mark: Option<u32>,
}

/// A key that a policy of Valkey's has looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Candidate {
    /// The key.
    pub key: Key,
    /// How ready it was to go when it was looked at; higher goes first. LRU: the idle time in ticks of
    /// the clock. LFU: 255 less the counter. TTL: the end of its TTL, counted down from the
    /// largest number.
    pub score: u64,
}

impl QueueShape {
    /// The shape of a ring of resident entries.
    pub(super) fn of_ring(
        name: &'static str,
        limit: Option<u64>,
        slab: &Slab,
        end: Slot,
        mark: impl Fn(u32) -> Option<u32>,
    ) -> Self {
        let member = |slot| Member {
            key: slab.key(slot),
            mark: mark(slab.mark(slot)),
        };
        QueueShape {
            name,
            limit,
            ghosts: false,
            members: slab.ring(end).map(member).collect(),
        }
    }
}
