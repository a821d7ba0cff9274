//! Valkey's: the keys in the order of what they are judged by, the last sample, and the pool.

use super::{Queue, Shape};
use crate::view::shell::format::grouped;
use cache::units::Micros;
use timeline::duration;

const QUEUE: &[Queue] = &[Queue::soft("keys", "may be drawn")];

/// By idle time.
pub(super) const LRU: Shape = Shape {
    queues: QUEUE,
    judged_by: Some(|idle, _| format!("idle {}", grouped(idle.unwrap_or_default()))),
    ..Shape::PLAIN
};

/// By a counter that grows by chance and decays.
pub(super) const LFU: Shape = Shape {
    queues: QUEUE,
    mark: Some(|counter| format!("count {counter}")),
    judged_by: Some(|counter, _| grouped(counter.unwrap_or_default())),
    ..Shape::PLAIN
};

/// By what is left of the time to live.
pub(super) const TTL: Shape = Shape {
    queues: QUEUE,
    judged_by: Some(|ends, at| match ends {
        Some(end) if end > at.0 => duration(Micros(end).since(at)),
        Some(_) => "over".to_owned(),
        None => "no TTL".to_owned(),
    }),
    ..Shape::PLAIN
};
