//! A policy's inner order as plain data: queues and ghosts, the hand, counters, what was drawn.

use cache::units::Key;
use cache::{Cache, Candidate, Member, QueueShape};
use serde::Serialize;
use std::rc::Rc;

/// The most members of a queue that are listed: those that go next.
const MEMBERS_MAX: usize = 300;

/// What a policy knows beyond the order of the entries.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ShapeFrame {
    /// Its queues, the one whose entries are kept longest first.
    pub queues: Vec<QueueFrame>,
    /// The entry at which the hand of CLOCK or SIEVE will look first.
    pub hand: Option<Rc<str>>,
    /// ARC's target for its first list, in thousandths of an entry or byte.
    pub target_milli: Option<u64>,
    /// The keys that the last eviction drew, in that order.
    pub sample: Vec<CandidateFrame>,
    /// The pool that Valkey's policies keep between evictions, the best candidate last.
    pub pool: Vec<CandidateFrame>,
}

/// One queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct QueueFrame {
    /// Its name in the policy's paper.
    pub name: &'static str,
    /// How much it may hold, in entries or bytes, if it has a share of its own.
    pub limit: Option<u64>,
    /// Whether it holds keys only, of entries that are gone.
    pub ghosts: bool,
    /// How many it holds.
    pub count: u32,
    /// Members, next victim last; of more than 300, those that go next.
    pub members: Vec<MemberFrame>,
}

/// One place in a queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MemberFrame {
    /// The key.
    pub key: Rc<str>,
    /// The policy's mark on it: a reference bit, a counter.
    pub mark: Option<u32>,
}

/// A key that a policy of Valkey's has looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CandidateFrame {
    /// The key.
    pub key: Rc<str>,
    /// The value that it was judged by when it was looked at. LRU: the idle time in ticks of the clock.
    /// LFU: the counter. TTL: when it ends, in microseconds; `null` if never.
    pub value: Option<u64>,
    /// Whether it has left the cache since.
    pub gone: bool,
}

impl ShapeFrame {
    /// The shape of a cache, with `name` for its keys.
    pub(super) fn of(cache: &Cache, name: impl Fn(Key) -> Rc<str>) -> Self {
        let shape = cache.shape();
        let candidate = |candidate: &Candidate| looked_at(cache, candidate, name(candidate.key));
        ShapeFrame {
            queues: shape
                .queues
                .iter()
                .map(|queue| of_queue(queue, &name))
                .collect(),
            hand: shape.hand.map(&name),
            target_milli: shape.target_milli,
            sample: shape.sample.iter().map(candidate).collect(),
            pool: shape.pool.iter().map(candidate).collect(),
        }
    }
}

fn looked_at(cache: &Cache, candidate: &Candidate, key: Rc<str>) -> CandidateFrame {
    let compared = cache.policy().about().compares;
    CandidateFrame {
        key,
        value: compared.and_then(|compared| compared.value(candidate.score)),
        gone: cache.peek(candidate.key).is_none(),
    }
}

fn of_queue(queue: &QueueShape, name: &impl Fn(Key) -> Rc<str>) -> QueueFrame {
    let member = |member: &Member| MemberFrame {
        key: name(member.key),
        mark: member.mark,
    };
    let unlisted = queue.members.len().saturating_sub(MEMBERS_MAX);
    QueueFrame {
        name: queue.name,
        limit: queue.limit,
        ghosts: queue.ghosts,
        count: queue.members.len() as u32,
        members: queue.members[unlisted..].iter().map(member).collect(),
    }
}
