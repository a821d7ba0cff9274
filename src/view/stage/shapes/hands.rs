//! A bit an entry, and a hand that looks for one without it.

use super::{Queue, Shape};

/// A circle with reference bits.
pub(super) const CLOCK: Shape = Shape {
    queues: &[Queue::soft("circle", "with a time to live")],
    mark: Some(|bit| format!("ref {bit}")),
    hand: true,
    ring: true,
    note: Some("The hand clears 1 and takes 0."),
    ..Shape::PLAIN
};

/// A queue in which the hand walks from the oldest to the newest.
pub(super) const SIEVE: Shape = Shape {
    queues: &[Queue::soft("queue", "with a time to live")],
    mark: Some(|visited| match visited {
        0 => String::new(),
        _ => "visited".to_owned(),
    }),
    hand: true,
    ..Shape::PLAIN
};
