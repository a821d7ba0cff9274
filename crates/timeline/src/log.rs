//! An event in a run's log.

use sim::Event;

/// An event and the lane it happened in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LoggedEvent {
    /// The lane, from 0.
    pub lane: u8,
    /// What happened.
    pub event: Event,
}
