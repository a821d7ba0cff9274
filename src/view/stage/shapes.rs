//! What a policy's own picture takes: the words beside its entries, and the room that it needs.

use super::layout::{Needs, SectionKind, SectionNeeds};
use super::node_places::NodeNeeds;
use super::rate_lines::RATE_LINES;
use crate::view::shell::format::grouped;
use cache::units::Micros;
use cache::{Compared, PolicyKind, QueueAbout, Scope};
use timeline::{CacheFrame, DatabaseFrame, NodeFrame, ShapeFrame, duration};

/// What the mark of an entry means under a policy, in words.
pub fn mark_words(policy: PolicyKind, mark: u32) -> String {
    let words = policy.about().mark;
    words.map_or_else(String::new, |words| words(mark))
}

/// The value that a sampled key was compared by, in words.
pub fn candidate_words(compared: Compared, value: Option<u64>, at: Micros) -> String {
    match (compared, value) {
        (Compared::Idle, idle) => format!("idle {}", grouped(idle.unwrap_or_default())),
        (Compared::Counter, counter) => grouped(counter.unwrap_or_default()),
        (Compared::Expiry, Some(end)) if end > at.0 => duration(Micros(end).since(at)),
        (Compared::Expiry, Some(_)) => "expired".to_owned(),
        (Compared::Expiry, None) => "no TTL".to_owned(),
    }
}

/// How many entries there is room for in the picture of a cache whose capacity is in bytes: how many fit
/// changes with their sizes, and the picture keeps its size.
const PLACES_OF_BYTES: usize = 8;

/// The name of the queue of entries that the policy does not know.
const NO_TTL: &str = "no ttl";

/// What a stage has to make room for. It follows from settings and limits, which
/// stay as they are during a run.
pub fn needs(
    cache: &CacheFrame,
    nodes: &[NodeFrame],
    database: &DatabaseFrame,
    samples: u32,
    clients: usize,
) -> Needs {
    let rows = database.exists().then_some(database.row_count as usize);
    if !nodes.is_empty() {
        // Each node shows its entries in their order, whatever the policy's shape.
        let room = |node: &NodeFrame| NodeNeeds {
            entries: match node.cache.capacity_bytes {
                Some(_) => PLACES_OF_BYTES,
                None => node.cache.capacity as usize,
            },
            shard: node.shard,
            zone: node.zone,
        };
        return Needs {
            sections: Vec::new(),
            nodes: nodes.iter().map(room).collect(),
            hand: false,
            notes: 0,
            rows,
            clients,
        };
    }
    let about = cache.policy.about();
    let capacity = match cache.capacity_bytes {
        Some(_) => PLACES_OF_BYTES,
        None => cache.capacity as usize,
    };
    let known = cache.shape.as_ref();
    let queue = |queue: &QueueAbout| {
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
            ring: about.ring,
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
        sections.extend(about.queues.iter().map(queue));
        if cache.scope == Scope::Volatile {
            let hint = "never evicted";
            sections.push(extra(NO_TTL, hint, SectionKind::Entries, capacity));
        }
        if about.compares.is_some() {
            let cells = samples as usize;
            sections.push(extra("sample", "drawn last", SectionKind::Sample, cells));
            sections.push(extra("pool", "best first", SectionKind::Pool, 16));
        }
    }
    // The line that says what the two ends of the order mean; the legend of the dense drawing, and what
    // is pointed at in it.
    let ends = about.ordered && !about.ring && sections.len() == 1;
    let dense = cache.exists() && capacity > crate::view::stage::layout::DENSE_ABOVE;
    Needs {
        sections,
        hand: about.hand,
        notes: usize::from(ends)
            + usize::from(about.note.is_some())
            + RATE_LINES * usize::from(cache.serverless.is_some())
            + 2 * usize::from(dense),
        nodes: Vec::new(),
        rows,
        clients,
    }
}

fn limit(shape: &ShapeFrame, name: &str) -> Option<u64> {
    let queue = shape.queues.iter().find(|queue| queue.name == name)?;
    queue.limit
}
