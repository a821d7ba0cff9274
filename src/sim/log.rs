//! Where a world's events go.

use super::event::{Event, EventId};

/// Takes events in the order in which they happen and gives each its number.
pub(crate) trait Log {
    /// Takes one event; gives its number, which later events name as their cause.
    fn record(&mut self, event: &Event) -> EventId;
}

/// Keeps none.
pub(crate) struct Unheard;

impl Log for Unheard {
    fn record(&mut self, _event: &Event) -> EventId {
        0
    }
}
