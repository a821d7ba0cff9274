//! One queue, or none.

use super::{Queue, Shape};

/// A recency list.
pub(super) const LRU: Shape = Shape {
    queues: &[Queue::soft("recency", "with a time to live")],
    ..Shape::PLAIN
};

/// A queue.
pub(super) const FIFO: Shape = Shape {
    queues: &[Queue::soft("queue", "with a time to live")],
    ..Shape::PLAIN
};

/// By how often each has been used.
pub(super) const LFU: Shape = Shape {
    queues: &[Queue::soft("by count", "with a time to live")],
    mark: Some(|uses| format!("×{uses}")),
    ..Shape::PLAIN
};

/// No order at all.
pub(super) const RANDOM: Shape = Shape {
    queues: &[Queue::soft("keys", "with a time to live")],
    ordered: false,
    note: Some("In no order: the draw decides."),
    ..Shape::PLAIN
};

/// Nothing leaves to make room.
pub(super) const NO_EVICTION: Shape = Shape {
    queues: &[Queue::soft("keys", "with a time to live")],
    ordered: false,
    note: Some("Evicts nothing, refuses instead."),
    ..Shape::PLAIN
};
