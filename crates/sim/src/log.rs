//! Where a world's events go.

use super::event::{Event, EventId};

/// Takes the events of a world in the order in which they happen.
pub trait Log {
    /// Takes one event and returns its number, which later events name as their cause.
    fn record(&mut self, event: &Event) -> EventId;
}

/// Drops every event: for a run of which only the metrics are wanted.
pub struct NoLog;

impl Log for NoLog {
    fn record(&mut self, _event: &Event) -> EventId {
        0
    }
}
