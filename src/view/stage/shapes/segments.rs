//! Several queues, under the names of the papers.

use super::{Queue, Shape};

/// A1in, its ghosts, and the main queue.
pub(super) const TWO_Q: Shape = Shape {
    queues: &[
        Queue::soft("A1in", "new keys, first in first out"),
        Queue::ghosts("A1out", "keys that left A1in"),
        Queue::soft("Am", "came again, by recency"),
    ],
    ..Shape::PLAIN
};

/// Two recency lists with a ghost list each, and the target between them.
pub(super) const ARC: Shape = Shape {
    queues: &[
        Queue::soft("T1", "used once"),
        Queue::ghosts("B1", "keys that left T1"),
        Queue::soft("T2", "used again"),
        Queue::ghosts("B2", "keys that left T2"),
    ],
    ..Shape::PLAIN
};

/// Probation, and what was used there.
pub(super) const SLRU: Shape = Shape {
    queues: &[
        Queue::soft("probation", "new keys"),
        Queue::hard("protected", "used again"),
    ],
    ..Shape::PLAIN
};

/// Small, main, and the ghosts of small.
pub(super) const S3_FIFO: Shape = Shape {
    queues: &[
        Queue::soft("small", "new keys"),
        Queue::soft("main", "used again"),
        Queue::ghosts("ghost", "keys that left small"),
    ],
    mark: Some(|uses| format!("freq {uses}")),
    ..Shape::PLAIN
};

/// The window, and the segmented main part; the sketch's estimate on every entry.
pub(super) const W_TINY_LFU: Shape = Shape {
    queues: &[
        Queue::hard("window", "new keys"),
        Queue::soft("probation", "won a place"),
        Queue::hard("protected", "used again"),
    ],
    mark: Some(|estimate| format!("est. {estimate}")),
    ..Shape::PLAIN
};

/// Memcached's three.
pub(super) const MEMCACHED: Shape = Shape {
    queues: &[
        Queue::soft("HOT", "new keys"),
        Queue::soft("WARM", "used again"),
        Queue::soft("COLD", "the others"),
    ],
    mark: Some(|active| match active {
        0 => String::new(),
        _ => "active".to_owned(),
    }),
    ..Shape::PLAIN
};
