//! Where a world's events go.

use super::event::{Event, EventId, EventKind};
use super::kinds::Sort;
use cache::units::{Key, Micros};

/// An event as it is told, which nobody has copied yet: most listeners only count. Its fields are an
/// [`Event`]'s and in the same order, so that both have the same hash.
#[derive(Clone, Copy, Hash)]
pub struct Heard<'a> {
    /// When it happened.
    pub at: Micros,
    /// Of which request, from 0; `None` for what happens by itself.
    pub request: Option<u32>,
    /// Of which key.
    pub key: Key,
    /// What caused it.
    pub cause: Option<EventId>,
    /// What happened.
    pub kind: &'a EventKind,
}

impl Heard<'_> {
    /// The same to keep.
    pub fn event(&self) -> Event {
        Event {
            at: self.at,
            request: self.request,
            key: self.key,
            cause: self.cause,
            kind: *self.kind,
        }
    }
}

/// Takes events in the order in which they happen and gives each its number.
pub trait Log {
    /// Takes one event; gives its number, which later events name as their cause.
    fn record(&mut self, event: Heard, sort: Sort) -> EventId;
}

/// Keeps none.
pub struct Unheard;

impl Log for Unheard {
    fn record(&mut self, _event: Heard, _sort: Sort) -> EventId {
        0
    }
}
