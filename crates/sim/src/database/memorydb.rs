//! MemoryDB: a durable in-memory database. Every query begins when it arrives. A read takes the engine
//! microseconds, so that the round trip is most of it; a write is in a log in several availability zones before
//! it is answered, which takes milliseconds, and so no committed write is lost.
//!
//! The engine works on one command at a time. Its microseconds never add up to a queue that could be seen beside
//! the round trip, so none is simulated.

use super::{Arrival, Query, Serve};

/// How many queries run.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Running {
    queries: u32,
}

impl Serve for Running {
    fn arrive(&mut self, _: &Query) -> Arrival {
        self.queries += 1;
        Arrival::Begins
    }

    fn leave(&mut self) -> Option<u32> {
        self.queries -= 1;
        None
    }

    fn busy(&self) -> u32 {
        self.queries
    }
}
