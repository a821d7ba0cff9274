//! Where a world's events go.

use super::event::{Event, EventId};

/// Takes events in the order in which they happen and gives each its number.
pub(crate) trait Log {
    /// Takes one event; gives its number, which later events name as their cause.
    fn record(&mut self, event: Event) -> EventId;
}
