//! How each policy's order is drawn. One file a family of policies, one constant a policy; this file
//! is their registry.
//!
//! To add one: a [`Shape`] in the file of its family (or in a new one), and a line in [`shape_of`].
//! The queues carry the names that the policy gives them in `cache/policy/`.

mod hands;
mod lists;
mod sampled;
mod segments;

use crate::view::stage::layout::{Needs, SectionKind, SectionNeeds};
use cache::units::Micros;
use cache::{PolicyKind, Scope};
use timeline::{CacheFrame, ShapeFrame};

/// How a policy is drawn.
pub(super) struct Shape {
    /// Its queues, from the one where new keys come in.
    pub queues: &'static [Queue],
    /// What the mark of an entry says, and in words.
    pub mark: Option<fn(u32) -> String>,
    /// Whether a hand walks over the entries.
    pub hand: bool,
    /// Whether the entries stand in a circle.
    pub ring: bool,
    /// Whether the order of the entries means anything.
    pub ordered: bool,
    /// For a policy that draws samples: what a candidate was judged by, in words.
    pub judged_by: Option<fn(Option<u64>, Micros) -> String>,
    /// What has to be said about it, below the entries.
    pub note: Option<&'static str>,
}

impl Shape {
    /// One queue, in order, with nothing else to show.
    const PLAIN: Shape = Shape {
        queues: &[],
        mark: None,
        hand: false,
        ring: false,
        ordered: true,
        judged_by: None,
        note: None,
    };
}

/// One queue of a policy.
pub(super) struct Queue {
    /// Its name in the frame.
    pub name: &'static str,
    /// What is in it, in a few words; only said where there are several parts.
    pub hint: &'static str,
    /// Whether it holds keys of entries that are gone.
    pub ghosts: bool,
    /// Whether it never holds more than its limit.
    pub hard: bool,
}

impl Queue {
    /// A queue that may grow to the whole capacity.
    const fn soft(name: &'static str, hint: &'static str) -> Queue {
        Queue {
            name,
            hint,
            ghosts: false,
            hard: false,
        }
    }

    /// A queue that never exceeds its limit.
    const fn hard(name: &'static str, hint: &'static str) -> Queue {
        Queue {
            hard: true,
            ..Queue::soft(name, hint)
        }
    }

    const fn ghosts(name: &'static str, hint: &'static str) -> Queue {
        Queue {
            ghosts: true,
            ..Queue::soft(name, hint)
        }
    }
}

/// How a policy is drawn.
pub(super) const fn shape_of(policy: PolicyKind) -> &'static Shape {
    match policy {
        PolicyKind::Lru => &lists::LRU,
        PolicyKind::Fifo => &lists::FIFO,
        PolicyKind::Lfu => &lists::LFU,
        PolicyKind::Random => &lists::RANDOM,
        PolicyKind::NoEviction => &lists::NO_EVICTION,
        PolicyKind::Clock => &hands::CLOCK,
        PolicyKind::Sieve => &hands::SIEVE,
        PolicyKind::TwoQ => &segments::TWO_Q,
        PolicyKind::Arc => &segments::ARC,
        PolicyKind::Slru => &segments::SLRU,
        PolicyKind::S3Fifo => &segments::S3_FIFO,
        PolicyKind::WTinyLfu => &segments::W_TINY_LFU,
        PolicyKind::Memcached => &segments::MEMCACHED,
        PolicyKind::ValkeyLru => &sampled::LRU,
        PolicyKind::ValkeyLfu => &sampled::LFU,
        PolicyKind::ValkeyTtl => &sampled::TTL,
    }
}

/// What the mark of an entry says under a policy, in words.
pub fn mark_words(policy: PolicyKind, mark: u32) -> String {
    shape_of(policy)
        .mark
        .map_or_else(String::new, |words| words(mark))
}

/// What a candidate of a policy was judged by, in words.
pub fn candidate_words(policy: PolicyKind, value: Option<u64>, at: Micros) -> String {
    let words = shape_of(policy).judged_by;
    words.map_or_else(String::new, |words| words(value, at))
}

/// For how many entries there is room in the picture of a cache whose capacity is in bytes: how many
/// fit changes with their sizes, and the picture keeps its size.
const PLACES_OF_BYTES: usize = 8;

/// The name of the queue of entries that the policy does not know.
const NO_TTL: &str = "no ttl";

/// What the cache's part of a stage has to make room for. It follows from settings and limits, which
/// stay as they are during a run.
pub fn needs(cache: &CacheFrame, samples: u32, rows: usize, clients: usize) -> Needs {
    let shape = shape_of(cache.policy);
    let capacity = match cache.capacity_bytes {
        Some(_) => PLACES_OF_BYTES,
        None => cache.capacity as usize,
    };
    let known = cache.shape.as_ref();
    let queue = |queue: &Queue| {
        let limit = known.and_then(|known| limit(known, queue.name));
        let counted = limit.filter(|_| cache.capacity_bytes.is_none());
        let bound = counted.filter(|_| queue.hard || queue.ghosts);
        SectionNeeds {
            name: queue.name,
            hint: queue.hint,
            kind: if queue.ghosts {
                SectionKind::Ghosts
            } else {
                SectionKind::Entries
            },
            cells: bound.map_or(capacity, |bound| capacity.min(bound as usize)),
            ring: shape.ring,
        }
    };
    let extra = |name, hint, kind, cells| SectionNeeds {
        name,
        hint,
        kind,
        cells,
        ring: false,
    };
    let mut sections: Vec<SectionNeeds> = Vec::new();
    if cache.exists() {
        sections.extend(shape.queues.iter().map(queue));
        if cache.scope == Scope::Volatile {
            let hint = "never evicted";
            sections.push(extra(NO_TTL, hint, SectionKind::Entries, capacity));
        }
        if shape.judged_by.is_some() {
            let cells = samples as usize;
            sections.push(extra("sample", "drawn last", SectionKind::Sample, cells));
            sections.push(extra("pool", "best first", SectionKind::Pool, 16));
        }
    }
    // The line that says what the two ends of the order mean; the legend of the dense drawing, and what
    // is pointed at in it.
    let ends = shape.ordered && !shape.ring && sections.len() == 1;
    let dense = cache.exists() && capacity > crate::view::stage::layout::DENSE_ABOVE;
    Needs {
        sections,
        hand: shape.hand,
        notes: usize::from(ends) + usize::from(shape.note.is_some()) + 2 * usize::from(dense),
        rows,
        clients,
    }
}

fn limit(shape: &ShapeFrame, name: &str) -> Option<u64> {
    let queue = shape.queues.iter().find(|queue| queue.name == name)?;
    queue.limit
}
